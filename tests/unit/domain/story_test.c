/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole lives of a case, a report, an item and a referral, told as steps: at
 * each the state machine and the permissions together must let exactly the
 * right person go on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/time.h"
#include "domain/authz.h"
#include "domain/state.h"

enum { ANNA = 1, BO, CARLA, SVEN, RITA, ADA };

static const struct {
	int64_t id;
	const char *name;
	unsigned roles;
} staff[] = {
	{ANNA, "Anna", HL_ROLE_ANALYST | HL_ROLE_VERIFIER},
	{BO, "Bo", HL_ROLE_ANALYST | HL_ROLE_VERIFIER},
	{CARLA, "Carla", HL_ROLE_ANALYST},
	{SVEN, "Sven", HL_ROLE_SUPERVISOR | HL_ROLE_VERIFIER},
	{RITA, "Rita", HL_ROLE_REFERRAL},
	{ADA, "Ada", HL_ROLE_ADMIN},
};

/* A set of people as a mask of 1 << id. */
#define P(id) (1u << (id))

static unsigned who_may(
	enum hl_authz_action action, const struct hl_authz_object *o)
{
	unsigned set = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(staff); i++) {
		const struct hl_authz_actor a = {
			staff[i].id, staff[i].roles, true, true};

		if (hl_authz_check(&a, action, o, NULL) == 0) {
			set |= P(staff[i].id);
		}
	}
	return set;
}

static void expect(enum hl_authz_action action, const struct hl_authz_object *o,
	unsigned people)
{
	unsigned set = who_may(action, o);

	if (set != people) {
		fail_msg("%s in %s: %x, not %x",
			hl_vocab_name(&hl_vocab_authz_action, (int)action),
			hl_vocab_name(&hl_vocab_case_state, o->state), set,
			people);
	}
}

static void go(enum hl_machine m, enum hl_action action, int *state)
{
	const char *from = hl_vocab_name(hl_state_vocab(m), *state);

	if (hl_state_next(m, *state, action, state)) {
		fail_msg("%s: no %s", from,
			hl_vocab_name(&hl_vocab_action, (int)action));
	}
}

static void take(struct hl_authz_object *o, int64_t who)
{
	go(HL_MACHINE_CASE, HL_ACTION_LEASE, &o->state);
	o->assigned_to = who;
	o->lease_until_us = o->now_us + HL_US_PER_HOUR;
}

static struct hl_authz_object new_case(void)
{
	return (struct hl_authz_object){.exists = true,
		.state = hl_state_first(HL_MACHINE_CASE),
		.now_us = 1000 * HL_US_PER_DAY};
}

/* Anna takes, reads and assesses; nobody else can meanwhile. */
static void first_assessment(struct hl_authz_object *o)
{
	expect(HL_AUTHZ_CASE_LEASE, o, P(ANNA) | P(BO) | P(CARLA));
	expect(HL_AUTHZ_CASE_READ, o, P(SVEN));
	take(o, ANNA);
	expect(HL_AUTHZ_CASE_LEASE, o, P(ANNA));
	expect(HL_AUTHZ_CASE_READ, o, P(ANNA) | P(SVEN));
	expect(HL_AUTHZ_CASE_ASSESS, o, P(ANNA));
	expect(HL_AUTHZ_CASE_VERIFY, o, 0);
	o->first_assessor = ANNA;
	o->assigned_to = 0;
	go(HL_MACHINE_CASE, HL_ACTION_ASSESS, &o->state);
	expect(HL_AUTHZ_CASE_ASSESS, o, 0);
	go(HL_MACHINE_CASE, HL_ACTION_VERIFY, &o->state);
}

/* Bo takes the second turn without seeing the first. */
static void second_assessment(struct hl_authz_object *o)
{
	expect(HL_AUTHZ_CASE_LEASE, o, P(BO) | P(SVEN));
	take(o, BO);
	expect(HL_AUTHZ_CASE_READ, o, P(ANNA) | P(BO) | P(SVEN));
	expect(HL_AUTHZ_FIRST_READ, o, P(ANNA));
	expect(HL_AUTHZ_CASE_VERIFY, o, P(BO));
	expect(HL_AUTHZ_REFERRAL_DRAFT, o, 0);
	o->second_assessor = BO;
	o->assigned_to = 0;
}

static void two_agree_and_it_is_removed(void **state)
{
	struct hl_authz_object o = new_case();

	(void)state;
	first_assessment(&o);
	second_assessment(&o);
	go(HL_MACHINE_CASE, HL_ACTION_AGREE, &o.state);
	o.illegal = true;
	expect(HL_AUTHZ_CASE_ADJUDICATE, &o, 0);
	expect(HL_AUTHZ_CASE_READ, &o, P(ANNA) | P(BO) | P(SVEN) | P(RITA));
	expect(HL_AUTHZ_FIRST_READ, &o, P(ANNA) | P(BO) | P(SVEN) | P(RITA));
	expect(HL_AUTHZ_REFERRAL_DRAFT, &o,
		P(ANNA) | P(BO) | P(SVEN) | P(RITA));
	go(HL_MACHINE_CASE, HL_ACTION_ACT, &o.state);
	expect(HL_AUTHZ_EXPORT_DOWNLOAD, &o, P(SVEN) | P(RITA));
	go(HL_MACHINE_CASE, HL_ACTION_MONITOR, &o.state);
	assert_int_equal(
		HL_STEP_REMOVAL, hl_state_step(HL_MACHINE_CASE, o.state));
	expect(HL_AUTHZ_CASE_CLOSE, &o, P(SVEN) | P(RITA));
	go(HL_MACHINE_CASE, HL_ACTION_CLOSE, &o.state);
	expect(HL_AUTHZ_REFERRAL_DRAFT, &o, 0);
	/* back online: straight to the referrals */
	go(HL_MACHINE_CASE, HL_ACTION_REAPPEAR, &o.state);
	assert_int_equal(HL_CASE_ACTIONING, o.state);
}

static void two_differ_and_a_third_decides(void **state)
{
	struct hl_authz_object o = new_case();

	(void)state;
	first_assessment(&o);
	second_assessment(&o);
	go(HL_MACHINE_CASE, HL_ACTION_DISAGREE, &o.state);
	expect(HL_AUTHZ_CASE_ADJUDICATE, &o, P(SVEN));
	expect(HL_AUTHZ_CASE_READ, &o, P(ANNA) | P(BO) | P(SVEN));
	expect(HL_AUTHZ_REFERRAL_DRAFT, &o, 0);
	o.adjudicator = SVEN;
	go(HL_MACHINE_CASE, HL_ACTION_ADJUDICATE, &o.state);
	/* decided to be legal: it never comes to the referral officer */
	expect(HL_AUTHZ_CASE_READ, &o, P(ANNA) | P(BO) | P(SVEN));
	expect(HL_AUTHZ_REFERRAL_DRAFT, &o, 0);
	go(HL_MACHINE_CASE, HL_ACTION_CLOSE, &o.state);
	expect(HL_AUTHZ_ERASE_PROPOSE, &o, P(SVEN));
}

/* With the only supervisor as second assessor nobody can adjudicate, and
 * the supervisor cannot do it all the same. */
static void a_supervisor_does_not_judge_twice(void **state)
{
	struct hl_authz_object o = new_case();

	(void)state;
	first_assessment(&o);
	take(&o, SVEN);
	expect(HL_AUTHZ_CASE_VERIFY, &o, P(SVEN));
	expect(HL_AUTHZ_FIRST_READ, &o, P(ANNA));
	o.second_assessor = SVEN;
	go(HL_MACHINE_CASE, HL_ACTION_DISAGREE, &o.state);
	expect(HL_AUTHZ_CASE_ADJUDICATE, &o, 0);
	expect(HL_AUTHZ_CASE_REASSIGN, &o, P(SVEN));
}

static void a_lease_runs_out(void **state)
{
	struct hl_authz_object o = new_case();

	(void)state;
	take(&o, ANNA);
	o.now_us = o.lease_until_us - 1;
	expect(HL_AUTHZ_CASE_ASSESS, &o, P(ANNA));
	o.now_us = o.lease_until_us;
	expect(HL_AUTHZ_CASE_ASSESS, &o, 0);
	expect(HL_AUTHZ_CASE_READ, &o, P(SVEN));
	expect(HL_AUTHZ_CASE_LEASE, &o, P(ANNA) | P(BO) | P(CARLA));
	take(&o, CARLA);
	expect(HL_AUTHZ_CASE_ASSESS, &o, P(CARLA));
	/* the clock set back gives the case to nobody else */
	o.now_us -= 100 * HL_US_PER_DAY;
	expect(HL_AUTHZ_CASE_ASSESS, &o, P(CARLA));
	expect(HL_AUTHZ_CASE_LEASE, &o, P(CARLA));
}

static void erasing_takes_two(void **state)
{
	struct hl_authz_object o = new_case();

	(void)state;
	go(HL_MACHINE_CASE, HL_ACTION_CLOSE, &o.state);
	expect(HL_AUTHZ_ERASE_APPROVE, &o, 0);
	expect(HL_AUTHZ_ERASE_PROPOSE, &o, P(SVEN));
	o.erase_proposed_by = SVEN;
	expect(HL_AUTHZ_ERASE_APPROVE, &o, 0);
	o.erase_proposed_by = 77; /* another supervisor */
	expect(HL_AUTHZ_ERASE_APPROVE, &o, P(SVEN));
	o.legal_hold = true;
	expect(HL_AUTHZ_ERASE_APPROVE, &o, 0);
	expect(HL_AUTHZ_CASE_LEGAL_HOLD, &o, P(SVEN));
	o.legal_hold = false;
	go(HL_MACHINE_CASE, HL_ACTION_ERASE, &o.state);
	for (int a = HL_AUTHZ_CASE_LEASE; a <= HL_AUTHZ_REFERRAL_DRAFT; a++) {
		if (a != HL_AUTHZ_CASE_READ) {
			expect((enum hl_authz_action)a, &o, 0);
		}
	}
}

/* "action>state …" from the machine's first state. */
static void walk(enum hl_machine m, const char *steps)
{
	struct hl_str rest = hl_str_c(steps), piece;
	int at = hl_state_first(m);

	while (hl_str_next(&rest, ' ', &piece)) {
		size_t mark = hl_str_find_char(piece, '>');
		int action = 0, want = 0;

		assert_int_equal(
			0, hl_vocab_parse(&hl_vocab_action,
				   hl_str_sub(piece, 0, mark), &action));
		assert_int_equal(0,
			hl_vocab_parse(hl_state_vocab(m),
				hl_str_sub(piece, mark + 1, piece.n), &want));
		go(m, (enum hl_action)action, &at);
		if (at != want) {
			fail_msg("%s: %.*s leads to %d", steps,
				HL_STR_ARG(piece), at);
		}
	}
}

static void other_lives(void **state)
{
	static const struct {
		enum hl_machine machine;
		const char *steps;
	} rows[] = {
		{HL_MACHINE_REPORT,
			"triage>triaged link>linked feedback>feedback_ready "
			"close>closed reopen>linked feedback>feedback_ready "
			"close>closed erase>erased"},
		{HL_MACHINE_REPORT,
			"triage>triaged feedback>feedback_ready "
			"retriage>received triage>triaged link>linked"},
		{HL_MACHINE_REPORT, "withdraw>closed erase>erased"},
		{HL_MACHINE_ITEM,
			"up>online miss>suspect_offline up>online "
			"miss>suspect_offline miss>suspect_offline "
			"confirm_offline>offline miss>offline up>online"},
		{HL_MACHINE_ITEM,
			"up>online change_host>host_changed up>host_changed "
			"reroute>online declare_gone>offline"},
		{HL_MACHINE_REFERRAL,
			"approve>approved hold>lea_hold expire>queued "
			"retry>retrying retry>retrying send>sent ack>acked "
			"close>closed ack>closed"},
		{HL_MACHINE_REFERRAL,
			"approve>approved queue>queued send>sent "
			"bounce>bounced queue>queued fail>permanent_error "
			"queue>queued send>sent queue>queued send>sent "
			"ack>acked"},
		{HL_MACHINE_REFERRAL, "approve>approved hold>lea_hold "
				      "close>closed"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		walk(rows[i].machine, rows[i].steps);
	}
}

/* A police hold is never left towards a recipient but by release, expiry
 * or the end. */
static void a_hold_blocks(void **state)
{
	(void)state;
	for (int a = 1; a <= HL_ACTION_LAST; a++) {
		int to = 0;

		if (hl_state_next(HL_MACHINE_REFERRAL, HL_REFERRAL_LEA_HOLD,
			    (enum hl_action)a, &to)) {
			continue;
		}
		assert_true(a == HL_ACTION_UNHOLD || a == HL_ACTION_EXPIRE ||
			    a == HL_ACTION_CLOSE);
		assert_true(
			to == HL_REFERRAL_QUEUED || to == HL_REFERRAL_CLOSED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_agree_and_it_is_removed),
		cmocka_unit_test(two_differ_and_a_third_decides),
		cmocka_unit_test(a_supervisor_does_not_judge_twice),
		cmocka_unit_test(a_lease_runs_out),
		cmocka_unit_test(erasing_takes_two),
		cmocka_unit_test(other_lives),
		cmocka_unit_test(a_hold_blocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
