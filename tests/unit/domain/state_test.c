/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The allowed changes, written down a second time and independently of the
 * table: for each machine and state the actions with their results. */
static const char *const allowed[HL_MACHINE_COUNT][12] = {
	[HL_MACHINE_REPORT] = {[HL_REPORT_RECEIVED] =
				       "triage>triaged withdraw>closed",
		[HL_REPORT_TRIAGED] = "retriage>received link>linked "
				      "feedback>feedback_ready withdraw>closed",
		[HL_REPORT_LINKED] = "feedback>feedback_ready withdraw>closed",
		[HL_REPORT_FEEDBACK_READY] =
			"retriage>received reopen>linked close>closed "
			"withdraw>closed",
		[HL_REPORT_CLOSED] = "reopen>linked erase>erased",
		[HL_REPORT_ERASED] = ""},
	[HL_MACHINE_CASE] = {[HL_CASE_NEW] = "lease>assigned reassign>assigned "
					     "recognise>agreed close>closed",
		[HL_CASE_ASSIGNED] = "lease>assigned release>new "
				     "reassign>assigned assess>assessed "
				     "recognise>agreed close>closed",
		[HL_CASE_ASSESSED] = "verify>verifying close>closed",
		[HL_CASE_VERIFYING] =
			"lease>verifying release>verifying "
			"reassign>verifying agree>agreed disagree>disagreed",
		[HL_CASE_AGREED] = "act>actioning close>closed reopen>new",
		[HL_CASE_DISAGREED] =
			"lease>disagreed release>disagreed "
			"reassign>disagreed adjudicate>adjudicated",
		[HL_CASE_ADJUDICATED] = "act>actioning close>closed "
					"reopen>new",
		[HL_CASE_ACTIONING] = "monitor>monitoring close>closed "
				      "reappear>actioning reopen>new",
		[HL_CASE_MONITORING] = "act>actioning close>closed "
				       "reappear>actioning reopen>new",
		[HL_CASE_CLOSED] = "reopen>new reappear>actioning "
				   "erase>erased",
		[HL_CASE_ERASED] = ""},
	[HL_MACHINE_ITEM] = {[HL_ITEM_UNCHECKED] =
				     "up>online miss>suspect_offline "
				     "declare_gone>offline "
				     "change_host>host_changed",
		[HL_ITEM_ONLINE] = "up>online miss>suspect_offline "
				   "declare_gone>offline "
				   "change_host>host_changed",
		[HL_ITEM_SUSPECT_OFFLINE] =
			"up>online miss>suspect_offline "
			"confirm_offline>offline declare_gone>offline "
			"change_host>host_changed",
		[HL_ITEM_OFFLINE] = "up>online miss>offline "
				    "change_host>host_changed",
		[HL_ITEM_HOST_CHANGED] =
			"up>host_changed miss>suspect_offline "
			"declare_gone>offline change_host>host_changed "
			"reroute>online"},
	[HL_MACHINE_REFERRAL] = {[HL_REFERRAL_DRAFT] =
					 "approve>approved close>closed",
		[HL_REFERRAL_APPROVED] =
			"hold>lea_hold queue>queued close>closed",
		[HL_REFERRAL_LEA_HOLD] =
			"unhold>queued expire>queued close>closed",
		[HL_REFERRAL_QUEUED] = "send>sent retry>retrying "
				       "fail>permanent_error close>closed "
				       "recall>sent",
		[HL_REFERRAL_SENT] = "queue>queued ack>acked bounce>bounced "
				     "close>closed",
		[HL_REFERRAL_ACKED] = "ack>acked queue>queued close>closed",
		[HL_REFERRAL_BOUNCED] = "ack>acked queue>queued close>closed",
		[HL_REFERRAL_RETRYING] =
			"send>sent retry>retrying fail>permanent_error "
			"queue>queued close>closed recall>sent",
		[HL_REFERRAL_PERMANENT_ERROR] =
			"queue>queued close>closed recall>sent",
		[HL_REFERRAL_CLOSED] = "ack>closed"},
};

/* The state behind "action>" in the list, or 0. */
static int expected(enum hl_machine m, int from, const char *action)
{
	struct hl_str rest = hl_str_c(allowed[m][from]), piece;

	while (hl_str_next(&rest, ' ', &piece)) {
		size_t at = hl_str_find_char(piece, '>');
		int to = 0;

		if (hl_str_eq(hl_str_sub(piece, 0, at), hl_str_c(action))) {
			assert_int_equal(
				0, hl_vocab_parse(hl_state_vocab(m),
					   hl_str_sub(piece, at + 1, piece.n),
					   &to));
			return to;
		}
	}
	return 0;
}

static void every_pair_of_state_and_action(void **state)
{
	int n_pairs = 0;

	(void)state;
	for (int m = 0; m < HL_MACHINE_COUNT; m++) {
		enum hl_machine machine = (enum hl_machine)m;
		const struct hl_vocab *v = hl_state_vocab(machine);

		for (int from = 1; from <= (int)v->n_words; from++) {
			for (int a = 1; a <= HL_ACTION_LAST; a++) {
				const char *name =
					hl_vocab_name(&hl_vocab_action, a);
				int want = expected(machine, from, name);
				int to = 0;
				int rc = hl_state_next(
					machine, from, (enum hl_action)a, &to);

				if (to != want ||
					rc != (want ? 0 : HL_DENIED)) {
					fail_msg("%s: %s %s gives %d, not %d",
						hl_vocab_name(
							&hl_vocab_machine, m),
						hl_vocab_name(v, from), name,
						to, want);
				}
				n_pairs++;
			}
		}
	}
	assert_int_equal((6 + 11 + 5 + 10) * HL_ACTION_LAST, n_pairs);
}

static void no_such_state_is_denied(void **state)
{
	static const int states[] = {-1, 0, 12, 99};
	int to = 77;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(states); i++) {
		assert_int_equal(
			HL_DENIED, hl_state_next(HL_MACHINE_CASE, states[i],
					   HL_ACTION_CLOSE, &to));
		assert_int_equal(HL_STEP_NONE,
			hl_state_step(HL_MACHINE_CASE, states[i]));
	}
	assert_int_equal(HL_DENIED,
		hl_state_next(HL_MACHINE_COUNT, 1, HL_ACTION_CLOSE, &to));
	assert_int_equal(77, to);
	assert_null(hl_state_vocab(HL_MACHINE_COUNT));
}

static void no_change_is_listed_twice(void **state)
{
	size_t n;
	const struct hl_transition *t = hl_state_table(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (t[i].machine == t[k].machine &&
				t[i].from == t[k].from &&
				t[i].action == t[k].action) {
				fail_msg("rows %zu and %zu", k, i);
			}
		}
	}
}

/* From its first state an object can come into every other one. */
static void every_state_is_reached(void **state)
{
	size_t n;
	const struct hl_transition *t = hl_state_table(&n);

	(void)state;
	for (int m = 0; m < HL_MACHINE_COUNT; m++) {
		const struct hl_vocab *v = hl_state_vocab((enum hl_machine)m);
		unsigned reached = 1u << hl_state_first((enum hl_machine)m);

		for (size_t round = 0; round < n; round++) {
			for (size_t i = 0; i < n; i++) {
				if ((int)t[i].machine == m &&
					(reached >> t[i].from & 1)) {
					reached |= 1u << t[i].to;
				}
			}
		}
		assert_int_equal((1u << (v->n_words + 1)) - 2, reached);
	}
}

/* A disagreement never becomes action without a decision, an illegal
 * verdict never without a second person. */
static void nothing_is_sent_on_one_opinion(void **state)
{
	static const int before[] = {HL_CASE_NEW, HL_CASE_ASSIGNED,
		HL_CASE_ASSESSED, HL_CASE_VERIFYING, HL_CASE_DISAGREED};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(before); i++) {
		for (int a = 1; a <= HL_ACTION_LAST; a++) {
			int to = 0;

			if (hl_state_next(HL_MACHINE_CASE, before[i],
				    (enum hl_action)a, &to) == 0 &&
				(to == HL_CASE_ACTIONING ||
					to == HL_CASE_MONITORING)) {
				fail_msg("%d %d", before[i], a);
			}
		}
	}
}

static void clocks(void **state)
{
	static const struct {
		enum hl_machine machine;
		int at;
		enum hl_step step;
	} rows[] = {
		{HL_MACHINE_REPORT, HL_REPORT_RECEIVED, HL_STEP_INTAKE},
		{HL_MACHINE_REPORT, HL_REPORT_CLOSED, HL_STEP_NONE},
		{HL_MACHINE_CASE, HL_CASE_NEW, HL_STEP_TRIAGE},
		{HL_MACHINE_CASE, HL_CASE_ASSIGNED, HL_STEP_ASSESSMENT},
		{HL_MACHINE_CASE, HL_CASE_VERIFYING, HL_STEP_VERIFICATION},
		{HL_MACHINE_CASE, HL_CASE_DISAGREED, HL_STEP_ADJUDICATION},
		{HL_MACHINE_CASE, HL_CASE_ACTIONING, HL_STEP_NOTICE},
		{HL_MACHINE_CASE, HL_CASE_MONITORING, HL_STEP_REMOVAL},
		{HL_MACHINE_CASE, HL_CASE_CLOSED, HL_STEP_NONE},
		{HL_MACHINE_ITEM, HL_ITEM_ONLINE, HL_STEP_NONE},
		{HL_MACHINE_REFERRAL, HL_REFERRAL_LEA_HOLD, HL_STEP_POLICE},
		{HL_MACHINE_REFERRAL, HL_REFERRAL_SENT, HL_STEP_REMOVAL},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_state_step(rows[i].machine, rows[i].at) !=
			rows[i].step) {
			fail_msg("row %zu", i);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_state_and_action),
		cmocka_unit_test(no_such_state_is_denied),
		cmocka_unit_test(no_change_is_listed_twice),
		cmocka_unit_test(every_state_is_reached),
		cmocka_unit_test(nothing_is_sent_on_one_opinion),
		cmocka_unit_test(clocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
