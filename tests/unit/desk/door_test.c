/* SPDX-License-Identifier: Apache-2.0 */
/* What the door and the account page ask for. */
#include <stdio.h>
#include <string.h>

#include "accounts/session.h"
#include "world.h"

static bool says(const struct world *w, const char *words)
{
	struct hl_str all = hl_buf_str(&w->body);

	return hl_str_find(all, hl_str_c(words)) < all.n;
}

/* Through the pages; what is behind them is tested with the accounts. */
static void the_second_factor_is_not_changed_by_a_click(void **state)
{
	static const struct {
		const char *path, *fields;
	} rows[] = {{"/account/recovery", ""},
		{"/account/recovery", "&password=&now=000000"},
		{"/account/recovery", "&password=first+words&now=000000"},
		{"/account/generator", ""},
		{"/account/generator", "&code=000000"},
		{"/account/generator",
			"&password=first+words&now=000000&code=000000"}};
	struct world *w = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char body[256];

		world_ask(w, ANNA, rows[i].path, NULL);
		if (w->status != 200 || !says(w, "name=\"password\"") ||
			!says(w, "name=\"now\"")) {
			fail_msg("%s asks for nothing", rows[i].path);
		}
		snprintf(body, sizeof(body), "csrf=%s%s", w->csrf[ANNA],
			rows[i].fields);
		world_ask(w, ANNA, rows[i].path, body);
		if (w->status != 422 || says(w, "hl-codes") ||
			!says(w, "There is a problem")) {
			fail_msg("%s%s gives %d", rows[i].path, rows[i].fields,
				w->status);
		}
		world_restore(w);
	}
}

#define NOTE "an hour of careful words"
#define NOTE_FORM "words=an+hour+of+careful+words&version=7"

static void note_path(const struct world *w, char path[64])
{
	char ref[HL_REF_MAX];

	hl_ref_print(HL_REF_CASE, w->cases[HELD_ANNA], ref);
	snprintf(path, 64, "/case/%s/note", ref);
}

/* The token in the form that is on the page. */
static void token_on_page(const struct world *w, char out[64])
{
	struct hl_str rest = hl_buf_str(&w->body);
	const struct hl_str head = HL_STR("novalidate><input type=\"hidden\" "
					  "name=\"csrf\" value=\"");
	size_t at = hl_str_find(rest, head);

	out[0] = '\0';
	if (at < rest.n) {
		rest = hl_str_sub(rest, at + head.n, rest.n);
		snprintf(out, 64, "%.*s", (int)hl_str_find_char(rest, '"'),
			rest.p);
	}
}

static bool case_says(struct world *w, const char *words)
{
	char path[64];

	note_path(w, path);
	*strrchr(path, '/') = '\0';
	world_ask(w, ANNA, path, NULL);
	return w->status == 200 && says(w, words);
}

/*
 * Anna writes for longer than her session lasts, presses the button, signs
 * in in another tab, comes back and presses twice more.
 */
static void words_outlive_a_session(void **state)
{
	struct world *w = *state;
	char path[64], token[64], body[512];

	note_path(w, path);
	w->fetch_site = "same-origin";
	world_ask(w, -1, path, "csrf=of-the-old-session&" NOTE_FORM);
	assert_int_equal(403, w->status);
	assert_true(says(w, "You are not signed in any more"));
	assert_true(says(w, "href=\"/login\" target=\"_blank\""));
	assert_true(says(w, NOTE));
	assert_true(says(w, "name=\"version\" value=\"7\""));

	world_ask(w, ANNA, path, "csrf=of-the-old-session&" NOTE_FORM);
	assert_int_equal(403, w->status);
	assert_true(says(w, NOTE));
	assert_true(says(w, "Send it now"));
	token_on_page(w, token);
	assert_string_equal(w->csrf[ANNA], token);

	w->fetch_site = NULL;
	assert_false(case_says(w, NOTE));
	w->fetch_site = "same-origin";
	snprintf(body, sizeof(body), "csrf=%s&" NOTE_FORM, token);
	world_ask(w, ANNA, path, body);
	assert_int_equal(303, w->status);
	w->fetch_site = NULL;
	assert_true(case_says(w, NOTE));
	world_restore(w);
}

/* Half way through signing in is not in. */
static void words_outlive_half_a_login(void **state)
{
	struct world *w = *state;
	char path[64], token[64], body[512];

	note_path(w, path);
	world_ask(w, HALF, "/login/setup", NULL);
	assert_int_equal(200, w->status);
	token_on_page(w, token);
	snprintf(body, sizeof(body), "csrf=%s&" NOTE_FORM, token);
	w->fetch_site = "same-origin";
	world_ask(w, HALF, path, body);
	w->fetch_site = NULL;
	assert_int_equal(403, w->status);
	assert_true(says(w, NOTE));
	assert_true(says(w, "href=\"/login/setup\" target=\"_blank\""));
}

/* What another site sends is not shown, let alone given a token. */
static void other_sites_get_nothing(void **state)
{
	static const struct {
		const char *site;
		bool words, token;
	} rows[] = {{"cross-site", false, false}, {"same-site", false, false},
		{"none", false, false}, {NULL, true, false},
		{"same-origin", true, true}};
	struct world *w = *state;
	char path[64], token[64];

	note_path(w, path);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		w->fetch_site = rows[i].site;
		world_ask(w, ANNA, path, "csrf=x&" NOTE_FORM);
		w->fetch_site = NULL;
		token_on_page(w, token);
		if (w->status != 403 || says(w, NOTE) != rows[i].words ||
			(strcmp(token, w->csrf[ANNA]) == 0) != rows[i].token) {
			fail_msg("%s: status %d, token %s",
				rows[i].site ? rows[i].site : "not said",
				w->status, token);
		}
	}
}

/* No secret stands on a page that was not asked for it. */
static void passwords_do_not_come_back(void **state)
{
	static const char *const forms[] = {
		"csrf=x&before=planted+old&after=planted+new&again=planted+new",
		"csrf=x&password=planted+words&now=123456"};
	struct world *w = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(forms); i++) {
		w->fetch_site = "same-origin";
		world_ask(w, ANNA, "/account/password", forms[i]);
		w->fetch_site = NULL;
		assert_int_equal(403, w->status);
		assert_false(says(w, "planted"));
	}
}

static void sign_key(struct world *w, int64_t out[2])
{
	out[0] = number(w->f,
		"SELECT length(sign_key) FROM staff WHERE login = 'halfway'");
	out[1] = number(
		w->f, "SELECT count(*) FROM staff WHERE sign_key <> x''");
}

static void go_in(struct world *w, const char *path, int64_t step)
{
	char code[7], token[64], body[256];
	struct hl_seal_totp totp;

	hl_accounts_enrol_secret(&w->tokens[HALF], &totp);
	hl_seal_totp_code(&totp, step, code);
	world_ask(w, HALF, path, NULL);
	token_on_page(w, token);
	snprintf(body, sizeof(body), "csrf=%s&code=%s", token, code);
	world_ask(w, HALF, path, body);
}

/* With the first login on; a wrong code leaves nothing. */
static void signing_keys_are_noted_at_the_door(void **state)
{
	struct world *w = *state;
	int64_t key[2], step = hl_seal_totp_step(hl_time_now_us());

	world_restore(w);
	sign_key(w, key);
	assert_int_equal(0, key[0]);
	assert_int_equal(0, key[1]);
	go_in(w, "/login/setup", step - 1000);
	assert_int_equal(422, w->status);
	sign_key(w, key);
	assert_int_equal(0, key[0]);
	go_in(w, "/login/setup", step);
	assert_int_equal(200, w->status);
	sign_key(w, key);
	assert_int_equal(32, key[0]);
	assert_int_equal(1, key[1]);
	world_restore(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_second_factor_is_not_changed_by_a_click),
		cmocka_unit_test(words_outlive_a_session),
		cmocka_unit_test(words_outlive_half_a_login),
		cmocka_unit_test(other_sites_get_nothing),
		cmocka_unit_test(passwords_do_not_come_back),
		cmocka_unit_test(signing_keys_are_noted_at_the_door),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
