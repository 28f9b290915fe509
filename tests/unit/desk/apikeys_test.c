/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of programs' keys: what an administrator is shown and refused. */
#include <stdio.h>

#include "accounts/apikey.h"
#include "base/text.h"
#include "store/sql.h"
#include "world.h"

static bool says(const struct world *w, const char *words)
{
	struct hl_str all = hl_buf_str(&w->body);

	return hl_str_find(all, hl_str_c(words)) < all.n;
}

static void ask(struct world *w, const char *path, const char *fields)
{
	char body[512];

	snprintf(body, sizeof(body), "csrf=%s%s", w->csrf[ADAM],
		fields ? fields : "");
	world_ask(w, ADAM, path, fields ? body : NULL);
}

static const char *revoke_path(const struct world *w, char path[64])
{
	char ref[HL_REF_MAX];

	hl_ref_print(HL_REF_API_KEY, w->apikey, ref);
	snprintf(path, 64, "/api-key/%s/revoke", ref);
	return path;
}

static size_t n_keys(struct world *w)
{
	struct hl_row_apikey_list *keys;
	size_t n;

	ok(hl_get_apikey_list(w->f->store, w->f->arena, &keys, &n, NULL));
	return n;
}

static void the_list_shows_keys_and_never_what_opens(void **state)
{
	struct world *w = *state;

	ask(w, "/api-keys", NULL);
	assert_int_equal(200, w->status);
	assert_true(says(w, "Example platform"));
	assert_true(says(w, "match, hash"));
	assert_true(says(w, ">20<"));
	assert_true(says(w, "no end"));
	assert_true(says(w, "never"));
	assert_true(says(w, "api.listen")); /* is not set here */
	assert_false(says(w, HL_ACCOUNTS_KEY_PREFIX "4"));
	assert_false(says(w, "id=\"api-key\""));
}

static void a_page_past_the_end_leads_to_the_first(void **state)
{
	struct world *w = *state;

	ask(w, "/api-keys?page=9", NULL);
	assert_int_equal(200, w->status);
	assert_true(says(w, "Nothing on this page"));
	assert_true(says(w, "href=\"/api-keys\""));
	assert_true(says(w, "First page"));
	assert_false(says(w, "No keys here"));
	assert_false(says(w, "Example platform"));
}

static void what_is_wrong_is_said_at_its_field(void **state)
{
	static const struct {
		const char *name, *fields, *at, *says;
	} rows[] = {
		{"nothing", "", "name-error", "Enter a name"},
		{"no scope", "&name=x&rate=1&days=1", "scopes-error",
			"Choose what the key is for"},
		{"no such scope", "&name=x&scopes=all&rate=1&days=1",
			"scopes-error", "Choose what the key is for"},
		{"no rate", "&name=x&scopes=match&rate=&days=1", "rate-error",
			"from 1 to 1000000"},
		{"rate 0", "&name=x&scopes=match&rate=0&days=1", "rate-error",
			"from 1 to 1000000"},
		{"too fast", "&name=x&scopes=match&rate=1000001&days=1",
			"rate-error", "from 1 to 1000000"},
		{"days in words", "&name=x&scopes=match&rate=1&days=ten",
			"days-error", "from 0 to 36500"},
		{"days gone by", "&name=x&scopes=match&rate=1&days=-1",
			"days-error", "from 0 to 36500"},
		{"two lines", "&name=x%0Ay&scopes=match&rate=1&days=1",
			"name-error", "on one line"},
	};
	struct world *w = *state;
	size_t before = n_keys(w);

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		ask(w, "/api-keys/add", rows[i].fields);
		if (w->status != 422 || !says(w, rows[i].at) ||
			!says(w, rows[i].says)) {
			fail_msg("%s: %d %.*s", rows[i].name, w->status,
				HL_STR_ARG(hl_buf_str(&w->body)));
		}
	}
	ask(w, "/api-keys/add", "&name=kept+as+typed&scopes=feed&rate=7&days=");
	assert_true(says(w, "kept as typed"));
	assert_true(says(w, "value=\"feed\" checked"));
	assert_false(says(w, "value=\"match\" checked"));
	assert_int_equal(before, n_keys(w));
}

/* The text on the page is the key, and no other page has it. */
static void a_new_key_is_shown_once_and_works(void **state)
{
	struct world *w = *state;
	int64_t id = 0;

	ask(w, "/api-keys/add",
		"&name=Example+partner&scopes=match&scopes=report&rate=50"
		"&days=30");
	assert_int_equal(200, w->status);
	struct hl_str all = hl_buf_str(&w->body);
	size_t at = hl_str_find(all, HL_STR(">" HL_ACCOUNTS_KEY_PREFIX));
	assert_true(at < all.n);
	char key[HL_ACCOUNTS_KEY_TEXT];
	snprintf(
		key, sizeof(key), "%.*s", (int)sizeof(key) - 1, all.p + at + 1);
	ok(hl_accounts_apikey_sender(
		w->f->store, w->f->arena, hl_str_c(key), &id, NULL));
	assert_true(id != 0 && id != w->apikey);
	ask(w, "/api-keys", NULL);
	assert_true(says(w, "Example partner"));
	assert_true(says(w, "match, report"));
	assert_false(says(w, key));
	world_restore(w);
}

static void revoking_asks_first_and_is_for_good(void **state)
{
	struct world *w = *state;
	char path[64];

	revoke_path(w, path);
	ask(w, path, NULL);
	assert_int_equal(200, w->status);
	assert_true(says(w, "Example platform"));
	assert_true(says(w, "for good"));
	ask(w, path, "");
	assert_int_equal(303, w->status);
	assert_string_equal("/api-keys", w->location);
	assert_non_null(strstr(w->notice, "within two seconds"));
	ask(w, "/api-keys", NULL);
	assert_true(says(w, "Revoked"));
	assert_false(says(w, path));
	for (int post = 0; post < 2; post++) {
		ask(w, path, post ? "" : NULL);
		assert_int_equal(303, w->status);
		assert_string_equal(
			"!This key has been revoked already.", w->notice);
	}
	world_restore(w);
}

static void what_is_no_key_is_not_there(void **state)
{
	static const char *const paths[] = {"/api-key/K-00000-00000/revoke",
		"/api-key/C-00000-00000/revoke", "/api-key/x/revoke"};
	struct world *w = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(paths); i++) {
		ask(w, paths[i], NULL);
		assert_int_equal(404, w->status);
		ask(w, paths[i], "");
		assert_int_equal(404, w->status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_shows_keys_and_never_what_opens),
		cmocka_unit_test(a_page_past_the_end_leads_to_the_first),
		cmocka_unit_test(what_is_wrong_is_said_at_its_field),
		cmocka_unit_test(a_new_key_is_shown_once_and_works),
		cmocka_unit_test(revoking_asks_first_and_is_for_good),
		cmocka_unit_test(what_is_no_key_is_not_there),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
