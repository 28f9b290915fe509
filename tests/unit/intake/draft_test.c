/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/time.h"
#include "store/sql.h"

static struct hl_str cookie_of(
	const struct hl_intake_draft *d, char out[HL_SEAL_TOKEN_TEXT])
{
	return hl_seal_token_print(&d->token, out);
}

static void assert_str(struct hl_str want, struct hl_str got)
{
	assert_int_equal(want.n, got.n);
	assert_memory_equal(want.p, got.p, want.n);
}

static void all_answers_come_back(void **state)
{
	struct fixture *f = *state;
	struct hl_intake_draft d, back;
	char cookie[HL_SEAL_TOKEN_TEXT];

	hl_intake_draft_init(&d);
	fixture_report(f->arena, 7, &d.report);
	assert_int_equal(0, hl_intake_draft_save(&f->at, &d, NULL));
	assert_int_equal(0, hl_intake_draft_load(&f->at, cookie_of(&d, cookie),
				    &back, NULL));
	assert_int_equal(1, back.version);
	assert_false(back.submitted);
	assert_int_equal(HL_YNU_NO, back.report.danger);
	assert_int_equal(HL_PLACE_FORUM, back.report.place);
	assert_int_equal(HL_SEEN_WEEK, back.report.seen);
	assert_int_equal(HL_YNU_YES, back.report.pay);
	assert_str(d.report.addresses_text, back.report.addresses_text);
	assert_str(d.report.where, back.report.where);
	assert_str(d.report.seen_note, back.report.seen_note);
	assert_str(d.report.pay_note, back.report.pay_note);
	assert_str(d.report.words, back.report.words);
	assert_str(d.report.contact, back.report.contact);
}

static void an_empty_draft_comes_back(void **state)
{
	struct fixture *f = *state;
	struct hl_intake_draft d, back;
	char cookie[HL_SEAL_TOKEN_TEXT];

	hl_intake_draft_init(&d);
	assert_int_equal(0, hl_intake_draft_save(&f->at, &d, NULL));
	assert_int_equal(0, hl_intake_draft_load(&f->at, cookie_of(&d, cookie),
				    &back, NULL));
	assert_int_equal(0, back.report.words.n);
	assert_int_equal(HL_YNU_UNANSWERED, back.report.danger);
}

static void a_cookie_that_opens_nothing(void **state)
{
	struct fixture *f = *state;
	static const char *const rows[] = {"", "x",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"../../../../../../../../../../../../../etc/"};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_intake_draft d;
		int r = hl_intake_draft_load(
			&f->at, hl_str_c(rows[i]), &d, NULL);

		if (r != HL_NOTFOUND) {
			fail_msg("cookie '%s': %d", rows[i], r);
		}
		r = hl_intake_draft_drop(&f->at, hl_str_c(rows[i]), NULL);
		if (r != 0) {
			fail_msg("drop '%s': %d", rows[i], r);
		}
	}
}

static void two_windows_do_not_overwrite_each_other(void **state)
{
	struct fixture *f = *state;
	struct hl_intake_draft d, other;
	char cookie[HL_SEAL_TOKEN_TEXT];

	hl_intake_draft_init(&d);
	assert_int_equal(0, hl_intake_draft_save(&f->at, &d, NULL));
	assert_int_equal(0, hl_intake_draft_load(&f->at, cookie_of(&d, cookie),
				    &other, NULL));
	other.report.words = HL_STR("the other window");
	assert_int_equal(0, hl_intake_draft_save(&f->at, &other, NULL));
	d.report.where = HL_STR("the first window");
	assert_int_equal(HL_CONFLICT, hl_intake_draft_save(&f->at, &d, NULL));
	assert_int_equal(
		0, hl_intake_draft_load(&f->at, hl_str_c(cookie), &d, NULL));
	assert_str(HL_STR("the other window"), d.report.words);
}

static void it_runs_out_and_is_purged(void **state)
{
	struct fixture *f = *state;
	struct hl_intake_draft d, back;
	char cookie[HL_SEAL_TOKEN_TEXT];
	int64_t now = hl_time_now_us() + HL_US_PER_DAY;
	struct hl_store *worker;

	hl_time_pretend(now);
	hl_intake_draft_init(&d);
	assert_int_equal(0, hl_intake_draft_save(&f->at, &d, NULL));
	hl_time_pretend(now + 29 * HL_US_PER_MIN);
	assert_int_equal(0, hl_intake_draft_load(&f->at, cookie_of(&d, cookie),
				    &back, NULL));
	assert_int_equal(0, hl_intake_draft_save(&f->at, &back, NULL));
	hl_time_pretend(now + 58 * HL_US_PER_MIN);
	assert_int_equal(
		0, hl_intake_draft_load(&f->at, hl_str_c(cookie), &back, NULL));
	assert_int_equal(0, hl_intake_draft_keep(&f->at, &back, NULL));
	hl_time_pretend(now + 87 * HL_US_PER_MIN);
	assert_int_equal(
		0, hl_intake_draft_load(&f->at, hl_str_c(cookie), &back, NULL));
	assert_int_equal(2, back.version);
	hl_time_pretend(now + 88 * HL_US_PER_MIN);
	assert_int_equal(HL_NOTFOUND,
		hl_intake_draft_load(&f->at, hl_str_c(cookie), &back, NULL));
	assert_int_equal(1, fixture_number(f, "SELECT count(*) FROM draft"));
	hl_store_close(f->store);
	f->store = NULL;
	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_WORKER, &worker, NULL));
	struct hl_in_draft_purge in = {hl_time_now_us()};
	assert_int_equal(0, hl_do_draft_purge(worker, f->arena, &in, NULL));
	hl_store_close(worker);
	assert_int_equal(0, fixture_number(f, "SELECT count(*) FROM draft"));
}

static void it_can_be_dropped_once_and_again(void **state)
{
	struct fixture *f = *state;
	struct hl_intake_draft d, back;
	char cookie[HL_SEAL_TOKEN_TEXT];

	hl_intake_draft_init(&d);
	assert_int_equal(0, hl_intake_draft_save(&f->at, &d, NULL));
	cookie_of(&d, cookie);
	assert_int_equal(
		0, hl_intake_draft_drop(&f->at, hl_str_c(cookie), NULL));
	assert_int_equal(
		0, hl_intake_draft_drop(&f->at, hl_str_c(cookie), NULL));
	assert_int_equal(HL_NOTFOUND,
		hl_intake_draft_load(&f->at, hl_str_c(cookie), &back, NULL));
	assert_int_equal(HL_CONFLICT, hl_intake_draft_save(&f->at, &d, NULL));
}

/* Each fits its own limit, and escaped they do not fit together. */
static void too_much_is_refused_whole(void **state)
{
	struct fixture *f = *state;
	struct hl_intake_draft d;
	char *many = malloc(65536);

	memset(many, '<', 65536);
	hl_intake_draft_init(&d);
	assert_int_equal(0, hl_intake_draft_save(&f->at, &d, NULL));
	d.report.addresses_text = hl_str_mem(many, 65536);
	assert_int_equal(HL_E_LIMIT, hl_intake_draft_save(&f->at, &d, NULL));
	memset(many, 'x', 65536);
	d.report.words = hl_str_mem(many, 40000);
	assert_int_equal(0, hl_intake_draft_save(&f->at, &d, NULL));
	free(many);
}

static void nothing_of_it_is_on_the_disk(void **state)
{
	struct fixture *f = *state;
	struct hl_intake_draft d;
	char cookie[HL_SEAL_TOKEN_TEXT];

	hl_intake_draft_init(&d);
	fixture_report(f->arena, 3, &d.report);
	assert_int_equal(0, hl_intake_draft_save(&f->at, &d, NULL));
	cookie_of(&d, cookie);
	/* The search finds what is there. */
	assert_true(fixture_files_have(f, HL_STR("answers_sealed")));
	assert_false(fixture_files_have(f, HL_STR("snapdragon")));
	assert_false(fixture_files_have(f, HL_STR("quillfeather")));
	assert_false(fixture_files_have(f, HL_STR("pelican")));
	assert_false(fixture_files_have(f, hl_str_c(cookie)));
	assert_false(fixture_files_have(
		f, hl_str_mem(d.token.b, sizeof(d.token.b))));
}

int main(void)
{
#define IN_STORE(test) \
	cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		IN_STORE(all_answers_come_back),
		IN_STORE(an_empty_draft_comes_back),
		IN_STORE(a_cookie_that_opens_nothing),
		IN_STORE(two_windows_do_not_overwrite_each_other),
		IN_STORE(it_runs_out_and_is_purged),
		IN_STORE(it_can_be_dropped_once_and_again),
		IN_STORE(too_much_is_refused_whole),
		IN_STORE(nothing_of_it_is_on_the_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
