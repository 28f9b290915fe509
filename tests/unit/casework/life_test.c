/* SPDX-License-Identifier: Apache-2.0 */
/* The whole life of a case, as people lead it. */
#include "fixture.h"

#include "base/time.h"

static int64_t status_of(struct fixture *f, int64_t case_id)
{
	return number_of(f,
		"SELECT public_status FROM item WHERE case_id = %lld", case_id);
}

static void from_report_to_referral(void **state)
{
	struct fixture *f = *state;
	int64_t report = put_addresses(f, "see hxxp://www.example[.]org/a");
	struct hl_who anna, benny;
	struct hl_casework_page page;
	struct hl_casefile c;
	int64_t id, again;

	assert_int_equal(1, triage_all(f));
	assert_int_equal(0, triage_all(f));
	id = case_of(f, report, 1);
	assert_int_equal(HL_STATUS_RECEIVED, status_of(f, id));
	later(f, 5 * HL_US_PER_MIN);
	anna = who(f, ANNA); /* status_of() opens the store anew */
	ok(hl_casework_take_next(
		&anna, f->settings, HL_CASEWORK_WORK_ANY, &again, NULL, NULL));
	assert_int_equal(id, again);
	assert_int_equal(HL_STATUS_ASSESSING, status_of(f, id));
	anna = who(f, ANNA);
	ok(hl_casework_page(&anna, id, &page, NULL));
	assert_true(page.content);
	assert_true(
		hl_str_eq(HL_STR("http://www.example.org/a"), page.address));
	assert_int_equal(1, page.n_reports);
	assert_true(page.reports[0].open);
	assert_true(hl_casework_allows(&page, HL_AUTHZ_CASE_ASSESS));
	assert_false(hl_casework_allows(&page, HL_AUTHZ_CASE_VERIFY));
	later(f, 5 * HL_US_PER_MIN);
	assess(f, id, HL_OUTCOME_BASELINE);
	load(f, id, &c);
	assert_int_equal(HL_CASE_VERIFYING, c.now.state);
	assert_int_equal(0, c.now.outcome); /* nobody may know yet */
	assert_int_equal(0, c.now.holder);
	benny = who(f, BENNY);
	ok(hl_casework_take_next(&benny, f->settings, HL_CASEWORK_WORK_VERIFY,
		&again, NULL, NULL));
	assert_int_equal(id, again);
	verify(f, id, HL_OUTCOME_BASELINE);
	load(f, id, &c);
	assert_int_equal(HL_CASE_ACTIONING, c.now.state);
	assert_int_equal(HL_OUTCOME_BASELINE, c.now.outcome);
	assert_int_equal(f->people[ANNA], c.now.first_by);
	assert_int_equal(f->people[BENNY], c.now.second_by);
	assert_true(c.now.reasons & hl_vocab_bit(HL_PRIORITY_PREPUBESCENT));
	assert_int_equal(HL_STATUS_ASSESSING, status_of(f, id));
	check_history(f);
}

static void outcomes_lead_on(void **state)
{
	static const struct {
		enum hl_outcome first;
		int after_first; /* case state */
		int reason, status;
	} rows[] = {
		{HL_OUTCOME_BASELINE, HL_CASE_VERIFYING, 0,
			HL_STATUS_ASSESSING},
		{HL_OUTCOME_NATIONAL, HL_CASE_VERIFYING, 0,
			HL_STATUS_ASSESSING},
		{HL_OUTCOME_CANNOT_TELL, HL_CASE_VERIFYING, 0,
			HL_STATUS_ASSESSING},
		{HL_OUTCOME_OFFENSIVE, HL_CASE_CLOSED, HL_CLOSE_NOT_ILLEGAL,
			HL_STATUS_NOT_ILLEGAL},
		{HL_OUTCOME_LEGAL, HL_CASE_CLOSED, HL_CLOSE_NOT_ILLEGAL,
			HL_STATUS_NOT_ILLEGAL},
		{HL_OUTCOME_PAYWALL, HL_CASE_CLOSED, HL_CLOSE_PAYWALL,
			HL_STATUS_UNREACHABLE},
		{HL_OUTCOME_GONE, HL_CASE_CLOSED, HL_CLOSE_GONE,
			HL_STATUS_UNREACHABLE},
	};
	struct fixture *f = *state;
	struct hl_casefile c;
	char address[64];

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		snprintf(address, sizeof(address), "example.org/%zu", i);
		int64_t id = put_case(f, address);

		assess(f, id, rows[i].first);
		load(f, id, &c);
		if (c.now.state != rows[i].after_first ||
			c.now.closed_reason != rows[i].reason ||
			status_of(f, id) != rows[i].status) {
			fail_msg("row %zu: state %d, reason %d, status %d", i,
				c.now.state, c.now.closed_reason,
				(int)status_of(f, id));
		}
	}
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM item WHERE state = 4 AND "
			     "removed_at_us > 0"));
	check_history(f);
}

static void not_reached_closes_so(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_who anna = who(f, ANNA);
	struct hl_facts facts = {0};
	struct hl_casework_assessed out;
	struct hl_casefile c;

	facts.value[HL_FACT_ACCESS] = HL_ACCESS_UNREACHABLE;
	ok(hl_casework_take(&anna, f->settings, id, NULL, NULL));
	ok(hl_casework_assess(&anna, &f->laws, id, &facts, &out, NULL, NULL));
	load(f, id, &c);
	assert_int_equal(HL_CASE_CLOSED, c.now.state);
	assert_int_equal(HL_CLOSE_UNREACHABLE, c.now.closed_reason);
}

static void second_opinions(void **state)
{
	static const struct {
		enum hl_outcome first, second;
		int after;
	} rows[] = {
		{HL_OUTCOME_BASELINE, HL_OUTCOME_BASELINE, HL_CASE_ACTIONING},
		{HL_OUTCOME_NATIONAL, HL_OUTCOME_NATIONAL, HL_CASE_ACTIONING},
		{HL_OUTCOME_BASELINE, HL_OUTCOME_NATIONAL, HL_CASE_DISAGREED},
		{HL_OUTCOME_BASELINE, HL_OUTCOME_LEGAL, HL_CASE_DISAGREED},
		{HL_OUTCOME_BASELINE, HL_OUTCOME_GONE, HL_CASE_DISAGREED},
		{HL_OUTCOME_CANNOT_TELL, HL_OUTCOME_CANNOT_TELL,
			HL_CASE_CLOSED},
		{HL_OUTCOME_CANNOT_TELL, HL_OUTCOME_BASELINE,
			HL_CASE_DISAGREED},
	};
	struct fixture *f = *state;
	struct hl_casefile c;
	char address[64];

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		snprintf(address, sizeof(address), "example.org/%zu", i);
		int64_t id = put_case(f, address);

		assess(f, id, rows[i].first);
		verify(f, id, rows[i].second);
		load(f, id, &c);
		if (c.now.state != rows[i].after ||
			(c.now.state == HL_CASE_DISAGREED && c.now.outcome)) {
			fail_msg("row %zu: state %d, outcome %d", i,
				c.now.state, c.now.outcome);
		}
	}
	check_history(f);
}

static void a_third_decides(void **state)
{
	static const struct {
		enum hl_outcome third;
		int after;
	} rows[] = {{HL_OUTCOME_BASELINE, HL_CASE_ACTIONING},
		{HL_OUTCOME_LEGAL, HL_CASE_CLOSED}};
	struct fixture *f = *state;
	struct hl_casework_assessed out;
	struct hl_casefile c;
	char address[64];

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_facts facts = facts_for(rows[i].third);

		snprintf(address, sizeof(address), "example.org/%zu", i);
		int64_t id = put_case(f, address);
		assess(f, id, HL_OUTCOME_BASELINE);
		verify(f, id, HL_OUTCOME_LEGAL);
		struct hl_who sofie = who(f, SOFIE);
		ok(hl_casework_adjudicate(
			&sofie, &f->laws, id, &facts, &out, NULL, NULL));
		load(f, id, &c);
		assert_int_equal(rows[i].after, c.now.state);
		assert_int_equal(rows[i].third, c.now.outcome);
		assert_int_equal(f->people[SOFIE], c.now.third_by);
	}
	check_history(f);
}

static void missing_facts_are_listed_and_nothing_is_saved(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_who anna = who(f, ANNA);
	struct hl_facts facts = {0};
	struct hl_casework_assessed out;
	struct hl_casefile c;

	ok(hl_casework_take(&anna, f->settings, id, NULL, NULL));
	facts.value[HL_FACT_ACCESS] = HL_ACCESS_SEEN;
	facts.value[HL_FACT_MATERIAL] = HL_MATERIAL_PHOTO;
	assert_int_equal(HL_E_INVALID, hl_casework_assess(&anna, &f->laws, id,
					       &facts, &out, NULL, NULL));
	assert_int_equal(0, out.law.outcome);
	assert_true(out.law.missing & hl_vocab_bit(HL_FACT_AGE));
	load(f, id, &c);
	assert_int_equal(HL_CASE_ASSIGNED, c.now.state);
	assert_int_equal(0, number(f, "SELECT count(*) FROM assessment"));
	/* nothing answered at all is no outcome either */
	anna = who(f, ANNA);
	facts = (struct hl_facts){0};
	assert_int_equal(HL_E_INVALID, hl_casework_assess(&anna, &f->laws, id,
					       &facts, &out, NULL, NULL));
}

static void a_double_click_saves_once(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_facts facts = facts_for(HL_OUTCOME_BASELINE);
	struct hl_casework_assessed out;
	enum hl_casework_why why;

	assess(f, id, HL_OUTCOME_BASELINE);
	struct hl_who anna = who(f, ANNA);
	assert_int_equal(HL_DENIED, hl_casework_assess(&anna, &f->laws, id,
					    &facts, &out, &why, NULL));
	assert_int_equal(HL_CASEWORK_WRONG_STATE, why);
	assert_int_equal(1, number(f, "SELECT count(*) FROM assessment"));
}

static void closing_and_opening_again(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_who sofie = who(f, SOFIE);
	struct hl_casefile c;
	enum hl_casework_why why;
	size_t n;

	assess(f, id, HL_OUTCOME_BASELINE);
	assert_int_equal(HL_DENIED, hl_casework_close(&sofie, id,
					    HL_CLOSE_UNREACHABLE, &why, NULL));
	assert_int_equal(HL_CASEWORK_WRONG_STATE, why);
	verify(f, id, HL_OUTCOME_BASELINE);
	/* two people agreed: closing does not undo it */
	assert_int_equal(HL_DENIED, hl_casework_close(&sofie, id,
					    HL_CLOSE_NOT_ILLEGAL, &why, NULL));
	assert_int_equal(HL_CASEWORK_REASON, why);
	assert_int_equal(HL_DENIED,
		hl_casework_close(&sofie, id, HL_CLOSE_REMOVED, &why, NULL));
	assert_int_equal(HL_CASEWORK_REASON, why);
	change(f, "UPDATE item SET passed_to = 2");
	sofie = who(f, SOFIE);
	assert_int_equal(HL_E_INVALID,
		hl_casework_close(&sofie, id, HL_CLOSE_UNANSWERED, &why, NULL));
	ok(hl_casework_close(&sofie, id, HL_CLOSE_REMOVED, &why, NULL));
	load(f, id, &c);
	assert_int_equal(HL_CASE_CLOSED, c.now.state);
	assert_int_equal(HL_ITEM_OFFLINE, c.now.item_state);
	assert_int_equal(HL_STATUS_REMOVED, status_of(f, id));
	ok(hl_casework_settle_reports(f->store, f->arena, 10, &n, NULL));
	assert_int_equal(1, n);
	assert_int_equal(HL_REPORT_FEEDBACK_READY,
		number(f, "SELECT state FROM report"));
	sofie = who(f, SOFIE);
	ok(hl_casework_reopen(&sofie, id, &why, NULL));
	load(f, id, &c);
	assert_int_equal(HL_CASE_NEW, c.now.state);
	assert_int_equal(1, c.now.reopened);
	assert_int_equal(0, c.now.first_by);
	assert_int_equal(0, c.now.outcome);
	ok(hl_casework_settle_reports(f->store, f->arena, 10, &n, NULL));
	assert_int_equal(
		HL_REPORT_LINKED, number(f, "SELECT state FROM report"));
	/* the new cycle has assessments of its own */
	assess(f, id, HL_OUTCOME_LEGAL);
	assert_int_equal(3, number(f, "SELECT count(*) FROM assessment"));
	check_history(f);
}

/* What two people agreed on is undone by assessing it anew, not while
 * somebody is being told. */
static void a_verdict_that_proves_wrong(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_casefile c;
	enum hl_casework_why why;

	assess(f, id, HL_OUTCOME_BASELINE);
	verify(f, id, HL_OUTCOME_BASELINE);
	put_referral(f, id, 4);
	struct hl_who sofie = who(f, SOFIE);
	assert_int_equal(HL_DENIED, hl_casework_reopen(&sofie, id, &why, NULL));
	assert_int_equal(HL_CASEWORK_REFERRALS, why);
	change(f, "UPDATE referral SET state = 10");
	sofie = who(f, SOFIE);
	ok(hl_casework_reopen(&sofie, id, &why, NULL));
	load(f, id, &c);
	assert_int_equal(HL_CASE_NEW, c.now.state);
	assert_int_equal(0, c.now.outcome);
	assert_int_equal(0, c.now.second_by);
	/* the reporter's receipt does not go back to "received" */
	assert_int_equal(HL_STATUS_ASSESSING, status_of(f, id));
	assess(f, id, HL_OUTCOME_LEGAL);
	assert_int_equal(HL_STATUS_NOT_ILLEGAL, status_of(f, id));
	check_history(f);
}

static void no_closing_over_referrals(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	enum hl_casework_why why;

	assess(f, id, HL_OUTCOME_BASELINE);
	verify(f, id, HL_OUTCOME_BASELINE);
	put_referral(f, id, 4);
	struct hl_who sofie = who(f, SOFIE);
	assert_int_equal(HL_DENIED,
		hl_casework_close(&sofie, id, HL_CLOSE_REMOVED, &why, NULL));
	assert_int_equal(HL_CASEWORK_REFERRALS, why);
	change(f, "UPDATE referral SET state = 5");
	change(f, "UPDATE item SET passed_to = 2");
	sofie = who(f, SOFIE);
	ok(hl_casework_close(&sofie, id, HL_CLOSE_REMOVED, &why, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(from_report_to_referral),
		TEST(outcomes_lead_on),
		TEST(not_reached_closes_so),
		TEST(second_opinions),
		TEST(a_third_decides),
		TEST(missing_facts_are_listed_and_nothing_is_saved),
		TEST(a_double_click_saves_once),
		TEST(closing_and_opening_again),
		TEST(a_verdict_that_proves_wrong),
		TEST(no_closing_over_referrals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
