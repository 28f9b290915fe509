/* SPDX-License-Identifier: Apache-2.0 */
/* Leases, viewing clocks and the day's exposure. */
#include "fixture.h"

#include <stdio.h>

#include "accounts/accounts.h"
#include "base/time.h"

static int take(
	struct fixture *f, enum person p, int64_t id, enum hl_casework_why *why)
{
	struct hl_who w = who(f, p);

	return hl_casework_take(&w, f->settings, id, why, NULL);
}

static size_t expire(struct fixture *f)
{
	size_t n;

	ok(hl_casework_expire_leases(
		f->store, f->arena, f->settings, 100, &n, NULL));
	return n;
}

static void a_lease_keeps_others_out_until_it_ends(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_casefile c;
	enum hl_casework_why why;

	ok(take(f, ANNA, id, &why));
	assert_int_equal(HL_DENIED, take(f, BENNY, id, &why));
	assert_int_equal(HL_CASEWORK_TAKEN, why);
	later(f, 59 * HL_US_PER_MIN);
	assert_int_equal(HL_DENIED, take(f, BENNY, id, &why));
	assert_int_equal(0, expire(f));
	later(f, HL_US_PER_MIN);
	/* free at once, whether or not the worker has come by */
	ok(take(f, BENNY, id, &why));
	load(f, id, &c);
	assert_int_equal(f->people[BENNY], c.now.holder);
	assert_int_equal(0, expire(f));
	later(f, 61 * HL_US_PER_MIN);
	assert_int_equal(1, expire(f));
	assert_int_equal(0, expire(f));
	load(f, id, &c);
	assert_int_equal(HL_CASE_NEW, c.now.state);
	assert_int_equal(0, c.now.holder);
	check_history(f);
}

static void who_lost_it_cannot_save(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_who anna = who(f, ANNA);
	struct hl_facts facts = facts_for(HL_OUTCOME_LEGAL);
	struct hl_casework_assessed out;
	enum hl_casework_why why;

	ok(take(f, ANNA, id, &why));
	later(f, 60 * HL_US_PER_MIN);
	assert_int_equal(HL_DENIED, hl_casework_assess(&anna, &f->laws, id,
					    &facts, &out, &why, NULL));
	assert_int_equal(HL_CASEWORK_NOT_HELD, why);
	assert_int_equal(HL_DENIED,
		hl_casework_renew(&anna, f->settings, id, &why, NULL));
	assert_int_equal(HL_CASEWORK_NOT_HELD, why);
	/* taking it again is all that is needed */
	ok(take(f, ANNA, id, &why));
	ok(hl_casework_assess(&anna, &f->laws, id, &facts, &out, &why, NULL));
}

static void renewing_and_giving_back(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_who anna = who(f, ANNA), benny = who(f, BENNY);
	struct hl_casefile c, d;
	enum hl_casework_why why;

	ok(take(f, ANNA, id, &why));
	load(f, id, &c);
	later(f, 30 * HL_US_PER_MIN);
	ok(hl_casework_renew(&anna, f->settings, id, &why, NULL));
	load(f, id, &d);
	assert_int_equal(c.now.lease_until_us + 30 * HL_US_PER_MIN,
		d.now.lease_until_us);
	assert_int_equal(c.version, d.version); /* open forms stay good */
	assert_int_equal(
		HL_DENIED, hl_casework_release(&benny, id, &why, NULL));
	ok(hl_casework_release(&anna, id, &why, NULL));
	load(f, id, &c);
	assert_int_equal(HL_CASE_NEW, c.now.state);
	assert_int_equal(HL_DENIED, hl_casework_release(&anna, id, &why, NULL));
	check_history(f);
}

static void the_most_urgent_comes_next(void **state)
{
	struct fixture *f = *state;
	struct hl_who anna = who(f, ANNA), vera = who(f, VERA),
		      sofie = who(f, SOFIE), rikke = who(f, RIKKE);
	int64_t old, urgent, id;
	enum hl_casework_why why;

	put_addresses(f, "example.org/old");
	later(f, HL_US_PER_S);
	triage_all(f);
	put_report(f, &(struct hl_report){.danger = HL_YNU_YES,
			      .place = HL_PLACE_WEBSITE,
			      .addresses_text = HL_STR("example.org/urgent")});
	triage_all(f);
	ok(hl_casework_take_next(
		&anna, f->settings, HL_CASEWORK_WORK_ANY, &urgent, &why, NULL));
	ok(hl_casework_take_next(
		&anna, f->settings, HL_CASEWORK_WORK_ANY, &old, &why, NULL));
	assert_int_not_equal(old, urgent);
	assert_int_equal(
		HL_NOTFOUND, hl_casework_take_next(&anna, f->settings,
				     HL_CASEWORK_WORK_ANY, &id, &why, NULL));
	assert_int_equal(
		HL_NOTFOUND, hl_casework_take_next(&vera, f->settings,
				     HL_CASEWORK_WORK_ANY, &id, &why, NULL));
	assert_int_equal(
		HL_DENIED, hl_casework_take_next(&rikke, f->settings,
				   HL_CASEWORK_WORK_ANY, &id, &why, NULL));
	assert_int_equal(HL_CASEWORK_NOT_PERMITTED, why);
	/* on to the second assessment, which is not Anna's */
	assess(f, urgent, HL_OUTCOME_BASELINE);
	assert_int_equal(
		HL_NOTFOUND, hl_casework_take_next(&anna, f->settings,
				     HL_CASEWORK_WORK_VERIFY, &id, &why, NULL));
	ok(hl_casework_take_next(
		&vera, f->settings, HL_CASEWORK_WORK_VERIFY, &id, &why, NULL));
	assert_int_equal(urgent, id);
	ok(hl_casework_release(&vera, id, &why, NULL));
	verify(f, urgent, HL_OUTCOME_LEGAL);
	assert_int_equal(
		HL_NOTFOUND, hl_casework_take_next(&vera, f->settings,
				     HL_CASEWORK_WORK_ANY, &id, &why, NULL));
	ok(hl_casework_take_next(
		&sofie, f->settings, HL_CASEWORK_WORK_ANY, &id, &why, NULL));
	assert_int_equal(urgent, id);
}

static void nobody_verifies_their_own(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_who benny = who(f, BENNY);
	struct hl_facts facts = facts_for(HL_OUTCOME_BASELINE);
	struct hl_casework_assessed out;
	enum hl_casework_why why;

	ok(take(f, BENNY, id, &why));
	ok(hl_casework_assess(&benny, &f->laws, id, &facts, &out, &why, NULL));
	assert_int_equal(HL_DENIED, take(f, BENNY, id, &why));
	assert_int_equal(HL_CASEWORK_SAME_PERSON, why);
	assert_int_equal(HL_DENIED, hl_casework_verify(&benny, &f->laws, id,
					    &facts, &out, &why, NULL));
	/* nor when a supervisor hands it to them */
	struct hl_who sofie = who(f, SOFIE);
	assert_int_equal(HL_DENIED, hl_casework_reassign(&sofie, f->settings,
					    id, f->people[BENNY], &why, NULL));
	assert_int_equal(HL_CASEWORK_UNFIT, why);
}

static void a_supervisor_hands_cases_over(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_who sofie = who(f, SOFIE), anna = who(f, ANNA);
	const struct hl_casework_person *people;
	struct hl_casefile c;
	enum hl_casework_why why;
	size_t n;

	assert_int_equal(HL_DENIED, hl_casework_reassign(&anna, f->settings, id,
					    f->people[BENNY], &why, NULL));
	ok(hl_casework_candidates(&sofie, id, &people, &n, NULL));
	assert_int_equal(2, n); /* Anna and Benny */
	ok(hl_casework_reassign(
		&sofie, f->settings, id, f->people[ANNA], &why, NULL));
	ok(hl_casework_view_start(&anna, id, &why, NULL));
	later(f, 10 * HL_US_PER_MIN);
	ok(hl_casework_reassign(
		&sofie, f->settings, id, f->people[BENNY], &why, NULL));
	load(f, id, &c);
	assert_int_equal(f->people[BENNY], c.now.holder);
	assert_int_equal(10 * HL_US_PER_MIN,
		number(f, "SELECT stopped_at_us - started_at_us FROM "
			  "viewing"));
	sofie = who(f, SOFIE);
	ok(hl_casework_reassign(&sofie, f->settings, id, 0, &why, NULL));
	load(f, id, &c);
	assert_int_equal(HL_CASE_NEW, c.now.state);
	assert_int_equal(HL_DENIED, hl_casework_reassign(&sofie, f->settings,
					    id, f->people[VERA], &why, NULL));
	assert_int_equal(HL_CASEWORK_UNFIT, why);
	assert_int_equal(HL_DENIED, hl_casework_reassign(&sofie, f->settings,
					    id, 4711, &why, NULL));
	change(f, "UPDATE staff SET active = 0 WHERE login = 'anna'");
	sofie = who(f, SOFIE);
	assert_int_equal(HL_DENIED, hl_casework_reassign(&sofie, f->settings,
					    id, f->people[ANNA], &why, NULL));
	check_history(f);
}

/* What was read of the case before cannot be written any more. */
static int put_stale(struct fixture *f, struct hl_casefile *c)
{
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);

	hl_casefile_put(tx, c, f->people[ANNA]);
	return hl_tx_run(tx, NULL);
}

static void a_lease_ends_with_the_person(void **state)
{
	static const struct {
		const char *name;
		unsigned roles;
		bool active, ends;
	} rows[] = {
		{"keeps the role", HL_ROLE_ANALYST, true, false},
		{"gets another", HL_ROLE_VERIFIER, true, false},
		{"has none with content", HL_ROLE_ADMIN, true, true},
		{"disabled", HL_ROLE_ANALYST, false, true},
	};
	struct fixture *f = *state;
	int64_t others = put_case(f, "example.org/others");
	struct hl_casefile c;

	ok(take(f, BENNY, others, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_who anna = who(f, ANNA), adam = who(f, ADAM);
		char address[32];

		snprintf(address, sizeof(address), "example.org/%zu", i);
		int64_t id = put_case(f, address);
		ok(take(f, ANNA, id, NULL));
		ok(hl_casework_view_start(&anna, id, NULL, NULL));
		load(f, id, &c);
		later(f, 10 * HL_US_PER_MIN);
		ok(hl_accounts_change(&adam, f->people[ANNA],
			&(struct hl_accounts_standing){
				rows[i].roles, rows[i].active, false},
			NULL, NULL));
		later(f, HL_US_PER_S);
		if (put_stale(f, &c) != (rows[i].ends ? HL_CONFLICT : 0) ||
			take(f, BENNY, id, NULL) !=
				(rows[i].ends ? 0 : HL_DENIED)) {
			fail_msg("%s", rows[i].name);
		}
		assert_int_equal(rows[i].ends ? 10 * HL_US_PER_MIN : 0,
			number_of(f,
				"SELECT sum(stopped_at_us - started_at_us) * "
				"(stopped_at_us > 0) FROM viewing WHERE "
				"case_id = %lld",
				id));
		change(f, "UPDATE staff SET active = 1, roles = 1 WHERE "
			  "login = 'anna'");
	}
	load(f, others, &c);
	assert_int_equal(f->people[BENNY], c.now.holder);
	assert_true(c.now.lease_until_us > hl_time_now_us());
	check_history(f);
}

/* Nobody has to take it first: the worker puts it back into the queue. */
static void a_leavers_case_is_new_again(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_who adam = who(f, ADAM);
	struct hl_casefile c;

	ok(take(f, ANNA, id, NULL));
	ok(hl_accounts_change(&adam, f->people[ANNA],
		&(struct hl_accounts_standing){HL_ROLE_ANALYST, false, false},
		NULL, NULL));
	assert_int_equal(1, expire(f));
	load(f, id, &c);
	assert_int_equal(HL_CASE_NEW, c.now.state);
	assert_int_equal(0, c.now.holder);
	check_history(f);
}

static void a_clock_set_back_holds_nobody_up(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_casefile c;
	enum hl_casework_why why;

	later(f, 400 * HL_US_PER_DAY);
	ok(take(f, ANNA, id, &why));
	hl_time_pretend(f->start_us + HL_US_PER_MIN);
	assert_int_equal(1, expire(f));
	load(f, id, &c);
	assert_int_equal(0, c.now.holder);
	ok(take(f, BENNY, id, &why));
	load(f, id, &c);
	assert_int_equal(
		hl_time_now_us() + 60 * HL_US_PER_MIN, c.now.lease_until_us);
	/* no step of the clock ends before it began */
	assert_int_equal(0,
		number(f, "SELECT count(*) FROM case_step WHERE ended_at_us <> "
			  "0 AND ended_at_us < started_at_us"));
	check_history(f);
}

static void the_viewing_clock(void **state)
{
	struct fixture *f = *state;
	int64_t a = put_case(f, "example.org/a"),
		b = put_case(f, "example.org/b");
	struct hl_who anna = who(f, ANNA), benny = who(f, BENNY);
	struct hl_casework_exposure e;
	enum hl_casework_why why;

	assert_int_equal(
		HL_DENIED, hl_casework_view_start(&anna, a, &why, NULL));
	ok(take(f, ANNA, a, &why));
	ok(take(f, ANNA, b, &why));
	assert_int_equal(
		HL_DENIED, hl_casework_view_start(&benny, a, &why, NULL));
	assert_int_equal(HL_NOTFOUND, hl_casework_view_stop(&anna, a, NULL));
	ok(hl_casework_view_start(&anna, a, &why, NULL));
	later(f, 2 * HL_US_PER_MIN);
	ok(hl_casework_view_start(&anna, a, &why, NULL)); /* runs on */
	later(f, 2 * HL_US_PER_MIN);
	ok(hl_casework_exposure(&anna, f->settings, &e, NULL));
	assert_int_equal(4 * HL_US_PER_MIN, e.today_us);
	assert_int_equal(a, e.running_case);
	/* one pair of eyes: another case's clock stops this one */
	ok(hl_casework_view_start(&anna, b, &why, NULL));
	later(f, HL_US_PER_MIN);
	ok(hl_casework_view_stop(&anna, b, NULL));
	assert_int_equal(HL_NOTFOUND, hl_casework_view_stop(&anna, b, NULL));
	ok(hl_casework_exposure(&anna, f->settings, &e, NULL));
	assert_int_equal(5 * HL_US_PER_MIN, e.today_us);
	assert_int_equal(0, e.running_case);
	assert_int_equal(2, number(f, "SELECT count(*) FROM viewing WHERE "
				      "stopped_at_us > 0"));
}

static void a_forgotten_clock_ends_with_the_lease(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_who anna = who(f, ANNA);
	struct hl_casework_exposure e;
	enum hl_casework_why why;

	ok(take(f, ANNA, id, &why));
	later(f, 50 * HL_US_PER_MIN);
	ok(hl_casework_view_start(&anna, id, &why, NULL));
	later(f, 5 * HL_US_PER_HOUR);
	ok(hl_casework_exposure(&anna, f->settings, &e, NULL));
	assert_int_equal(10 * HL_US_PER_MIN, e.today_us);
	assert_int_equal(0, e.running_case);
	assert_int_equal(1, expire(f));
	assert_int_equal(10 * HL_US_PER_MIN,
		number(f, "SELECT stopped_at_us - started_at_us FROM "
			  "viewing"));
	assert_int_equal(
		600, number(f, "SELECT a FROM event WHERE kind = 222"));
}

static void saving_stops_the_clock(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_who anna = who(f, ANNA);
	enum hl_casework_why why;

	ok(take(f, ANNA, id, &why));
	ok(hl_casework_view_start(&anna, id, &why, NULL));
	later(f, 3 * HL_US_PER_MIN);
	assess(f, id, HL_OUTCOME_BASELINE); /* takes a second */
	assert_int_equal(3 * HL_US_PER_MIN + HL_US_PER_S,
		number(f, "SELECT stopped_at_us - started_at_us FROM "
			  "viewing"));
}

static void the_day_has_its_limit(void **state)
{
	struct fixture *f = *state;
	int64_t a, b, id;
	struct hl_who anna, benny;
	enum hl_casework_why why;

	/* late in the evening, so that midnight comes */
	hl_time_pretend(f->start_us - f->start_us % HL_US_PER_DAY +
			23 * HL_US_PER_HOUR);
	a = put_case(f, "example.org/a");
	b = put_case(f, "example.org/b");
	anna = who(f, ANNA);
	benny = who(f, BENNY);
	ok(hl_settings_set(f->settings, HL_STR("exposure.minutes_per_day"),
		HL_STR("30"), NULL));
	ok(take(f, ANNA, a, &why));
	ok(hl_casework_view_start(&anna, a, &why, NULL));
	later(f, 29 * HL_US_PER_MIN);
	ok(take(f, ANNA, a, &why)); /* her own lease: no new case */
	later(f, HL_US_PER_MIN);
	assert_int_equal(HL_DENIED, take(f, ANNA, b, &why));
	assert_int_equal(HL_CASEWORK_EXPOSURE, why);
	assert_int_equal(
		HL_DENIED, hl_casework_take_next(&anna, f->settings,
				   HL_CASEWORK_WORK_ANY, &id, &why, NULL));
	assert_int_equal(HL_CASEWORK_EXPOSURE, why);
	/* what she holds she keeps; others go on */
	ok(take(f, ANNA, a, &why));
	ok(take(f, BENNY, b, &why));
	ok(hl_casework_release(&benny, b, &why, NULL));
	ok(hl_casework_view_stop(&anna, a, NULL));
	/* nobody is told about a limit who could not take the case anyway */
	struct hl_who vera = who(f, VERA);
	assert_int_equal(
		HL_DENIED, hl_casework_take(&vera, f->settings, b, &why, NULL));
	assert_int_equal(HL_CASEWORK_NOT_PERMITTED, why);
	later(f, 31 * HL_US_PER_MIN); /* past midnight */
	ok(take(f, ANNA, b, &why));
}

static void no_key_no_case(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_who anna = who(f, ANNA);
	enum hl_casework_why why;

	anna.ring = &f->empty;
	assert_int_equal(HL_DENIED,
		hl_casework_take(&anna, f->settings, id, &why, NULL));
	assert_int_equal(HL_CASEWORK_NO_KEY, why);
}

static void a_country_found_later_weighs(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_casefile c;
	size_t n;

	change(f, "UPDATE item SET country = 'DK'");
	ok(hl_casework_reprioritise(
		f->store, f->arena, f->settings, 10, &n, NULL));
	assert_int_equal(1, n);
	load(f, id, &c);
	assert_int_equal(50, c.now.priority);
	ok(hl_casework_reprioritise(
		f->store, f->arena, f->settings, 10, &n, NULL));
	assert_int_equal(0, n);
	change(f, "UPDATE item SET country = 'SE'");
	ok(hl_casework_reprioritise(
		f->store, f->arena, f->settings, 10, &n, NULL));
	assert_int_equal(1, n);
	load(f, id, &c);
	assert_int_equal(30, c.now.priority);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_lease_keeps_others_out_until_it_ends),
		TEST(who_lost_it_cannot_save),
		TEST(renewing_and_giving_back),
		TEST(the_most_urgent_comes_next),
		TEST(nobody_verifies_their_own),
		TEST(a_supervisor_hands_cases_over),
		TEST(a_lease_ends_with_the_person),
		TEST(a_leavers_case_is_new_again),
		TEST(a_clock_set_back_holds_nobody_up),
		TEST(the_viewing_clock),
		TEST(a_forgotten_clock_ends_with_the_lease),
		TEST(saving_stops_the_clock),
		TEST(the_day_has_its_limit),
		TEST(no_key_no_case),
		TEST(a_country_found_later_weighs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
