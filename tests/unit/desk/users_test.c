/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of the staff: what an administrator is asked and refused. */
#include <stdio.h>

#include "base/text.h"
#include "world.h"

static bool says(const struct world *w, const char *words)
{
	struct hl_str all = hl_buf_str(&w->body);

	return hl_str_find(all, hl_str_c(words)) < all.n;
}

static void ask(struct world *w, int64_t user, const char *tail,
	const char *fields, bool post)
{
	char ref[HL_REF_MAX], path[128], body[256];

	hl_ref_print(HL_REF_STAFF, user, ref);
	snprintf(path, sizeof(path), "/staff/%s%s", ref, tail);
	snprintf(body, sizeof(body), "csrf=%s%s", w->csrf[ADAM], fields);
	world_ask(w, ADAM, path, post ? body : NULL);
}

/* Simon's keys are gone, so that Sofie is the last to open contacts. */
static void leave_one(struct world *w, bool sheets)
{
	struct hl_in_key_share_drop drop = {w->f->people[SIMON]};
	struct hl_in_meta_put note = {
		HL_STR("escrow.identity.1"), HL_STR("0123abcd 2 3 1")};

	ok(hl_do_key_share_drop(w->f->store, w->f->arena, &drop, NULL));
	if (sheets) {
		ok(hl_do_meta_put(w->f->store, w->f->arena, &note, NULL));
	}
}

static void the_last_keys_are_not_destroyed_by_a_click(void **state)
{
	static const struct {
		const char *name, *tail, *fields;
		bool others;
		bool sheets;
		int status;
		const char *says;
	} rows[] = {
		{"two hold them", "/reset", "", true, false, 200,
			"first-password"},
		{"the last", "/reset", "", false, false, 422,
			"hands them to another supervisor"},
		{"the last, sure", "/reset", "&from_sheets=yes", false, false,
			422, "hands them to another supervisor"},
		{"sheets", "/reset", "", false, true, 422, "sheets-reset"},
		{"sheets, sure", "/reset", "&from_sheets=yes", false, true, 200,
			"first-password"},
		{"disable the last", "", "&roles=supervisor", false, false, 422,
			"hands them to another supervisor"},
		{"demote the last", "", "&roles=analyst&active=yes", false,
			false, 422, "hands them to another supervisor"},
		{"demote, sheets", "", "&roles=analyst&active=yes", false, true,
			422, "sheets-roles"},
		{"demote, sheets, sure", "",
			"&roles=analyst&active=yes&from_sheets=yes", false,
			true, 303, NULL},
	};
	struct world *w = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (!rows[i].others) {
			leave_one(w, rows[i].sheets);
		}
		ask(w, w->f->people[SOFIE], rows[i].tail, rows[i].fields, true);
		if (w->status != rows[i].status ||
			(rows[i].says && !says(w, rows[i].says))) {
			fail_msg("%s: %d %.*s", rows[i].name, w->status,
				HL_STR_ARG(hl_buf_str(&w->body)));
		}
		world_restore(w);
	}
}

/* No button that can only be refused. */
static void the_page_says_it_beforehand(void **state)
{
	struct world *w = *state;

	ask(w, w->f->people[SOFIE], "", "", false);
	assert_true(says(w, "Make a new first password"));
	assert_false(says(w, "sheets-reset"));
	leave_one(w, false);
	ask(w, w->f->people[SOFIE], "", "", false);
	assert_false(says(w, "Make a new first password"));
	assert_true(says(w, "Nobody else holds all keys of this person"));
	world_restore(w);
	leave_one(w, true);
	ask(w, w->f->people[SOFIE], "", "", false);
	assert_true(says(w, "Make a new first password"));
	assert_true(says(w, "sheets-reset"));
	world_restore(w);
}

/* What has been saved is what the page says. */
static void the_sentence_fits_what_was_saved(void **state)
{
	static const struct {
		const char *name, *fields, *says;
	} rows[] = {
		{"roles", "&roles=verifier&active=yes", "can come in again"},
		{"disabled", "&roles=verifier", "cannot sign in any more"},
		{"disabled still", "&roles=analyst", "cannot sign in any more"},
		{"enabled", "&roles=analyst&active=yes", "can sign in again"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		ask(w, w->f->people[ANNA], "", rows[i].fields, true);
		struct hl_str notice = hl_str_c(w->notice);

		if (w->status != 303 ||
			hl_str_find(notice, hl_str_c(rows[i].says)) >=
				notice.n) {
			fail_msg("%s: %d %s", rows[i].name, w->status,
				w->notice);
		}
	}
	world_restore(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_keys_are_not_destroyed_by_a_click),
		cmocka_unit_test(the_page_says_it_beforehand),
		cmocka_unit_test(the_sentence_fits_what_was_saved),
	};

	return cmocka_run_group_tests(tests, world_set_up, world_tear_down);
}
