/* SPDX-License-Identifier: Apache-2.0 */
/* The head of every answer of the workbench: each route, by who may and who
 * may not, with a form of ours and with a forged one. */
#include "../web/head_check.h"
#include "world.h"

static void check(const struct world *w, const char *method, const char *path)
{
	const char *fault = head_fault(hl_buf_str(&w->headers), w->body.n,
		strncmp(path, "/static/", 8) == 0 && w->status == 200);

	if (fault) {
		fail_msg("%s %s: %d lacks %s\n%.*s", method, path, w->status,
			fault, HL_STR_ARG(hl_buf_str(&w->headers)));
	}
}

static void fill(const struct world *w, const char *pattern, char path[160])
{
	static const struct {
		const char *prefix;
		enum hl_ref_kind kind;
	} kinds[] = {{"/case/", HL_REF_CASE}, {"/report/", HL_REF_REPORT},
		{"/referral/", HL_REF_REFERRAL},
		{"/recipient/", HL_REF_RECIPIENT}, {"/staff/", HL_REF_STAFF}};
	const int64_t ids[] = {w->cases[HELD_ANNA], w->reports[HELD_ANNA],
		w->referral, w->recipient, w->f->people[VERA]};
	const char *colon = strchr(pattern, ':');
	char ref[HL_REF_MAX] = "exit.js";

	for (size_t i = 0; i < HL_ARRAY_LEN(kinds); i++) {
		if (strncmp(pattern, kinds[i].prefix,
			    strlen(kinds[i].prefix)) == 0) {
			hl_ref_print(kinds[i].kind, ids[i], ref);
		}
	}
	snprintf(path, 160, "%.*s%s%s",
		colon ? (int)(colon - pattern) : (int)strlen(pattern), pattern,
		colon ? ref : "",
		colon && strchr(colon, '/') ? strchr(colon, '/') : "");
}

static void ask(struct world *w, int person, const char *path)
{
	char form[256];

	world_ask(w, person, path, NULL);
	check(w, "GET", path);
	w->fetch_site = "same-origin";
	world_ask(w, person, path, "csrf=forged&words=some+words");
	check(w, "forged POST", path);
	w->fetch_site = NULL;
	if (person < 0 || !strcmp(path, "/logout")) {
		return;
	}
	snprintf(form, sizeof(form), "csrf=%s&words=some+words",
		w->csrf[person]);
	world_ask(w, person, path, form);
	check(w, "POST", path);
	if (w->status == 303) {
		world_restore(w);
	}
}

static void every_answer_has_its_head(void **state)
{
	static const int people[] = {-1, ANNA, SOFIE, RIKKE, ADAM};
	struct world *w = *state;

	for (size_t i = 0; i < hl_desk_routes.n; i++) {
		for (size_t k = 0; k < HL_ARRAY_LEN(people); k++) {
			char path[160];

			fill(w, hl_desk_routes.rows[i].pattern, path);
			ask(w, people[k], path);
		}
	}
	ask(w, ANNA, "/nothing/here");
	ask(w, -1, "/nothing/here");
}

/* Names of files hold nothing that came with the request. */
static void downloads_have_plain_names(void **state)
{
	static const char *const paths[] = {"/statistics.csv",
		"/statistics.json", "/statistics.csv?from=2026-01-01",
		"/statistics.csv?from=%22%0d%0aSet-Cookie:%20a=b",
		"/statistics.csv?to=..%2F..%2Fetc",
		"/statistics.json?from=x&to=%E2%80%AE"};
	struct world *w = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(paths); i++) {
		world_ask(w, SOFIE, paths[i], NULL);
		check(w, "GET", paths[i]);
		struct hl_str head = hl_buf_str(&w->headers);

		if ((w->status == 200 && !head_attaches(head)) ||
			head_value(head, "Set-Cookie").n) {
			fail_msg("%s: %d\n%.*s", paths[i], w->status,
				HL_STR_ARG(head));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(downloads_have_plain_names),
		cmocka_unit_test(every_answer_has_its_head),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
