/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Written by hand: from each state, what each act makes of it; 0 refused. */
static const struct {
	enum hl_list_state from;
	int to[6]; /* approve, popular, third, refuse, look, end */
} table[] = {
	{HL_LIST_PROPOSED, {HL_LIST_ACTIVE, HL_LIST_THIRD, 0, HL_LIST_REFUSED,
				   0, HL_LIST_ENDED}},
	{HL_LIST_ACTIVE, {0, 0, 0, 0, HL_LIST_ACTIVE, HL_LIST_ENDED}},
	{HL_LIST_THIRD,
		{0, 0, HL_LIST_ACTIVE, HL_LIST_REFUSED, 0, HL_LIST_ENDED}},
	{HL_LIST_REFUSED, {0, 0, 0, 0, 0, 0}},
	{HL_LIST_ENDED, {0, 0, 0, 0, 0, 0}},
};

static void every_state_and_act(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(table); i++) {
		for (int act = 1; act <= 6; act++) {
			enum hl_list_state to = 0;
			int r = hl_list_next(
				table[i].from, (enum hl_list_act)act, &to);

			if ((int)to != table[i].to[act - 1] ||
				r != (to ? 0 : HL_DENIED)) {
				fail_msg("%d by %d: %d", (int)table[i].from,
					act, (int)to);
			}
		}
	}
}

static void only_what_is_wide_has_a_reason(void **state)
{
	(void)state;
	for (int scope = 0; scope <= 5; scope++) {
		for (int reason = 0; reason <= 4; reason++) {
			bool wide = scope == HL_LIST_FOLDER ||
				    scope == HL_LIST_DOMAIN;
			bool fits = scope >= 1 && scope <= 4 && reason <= 3 &&
				    wide == (reason > 0);

			if (hl_list_reason_fits((enum hl_list_scope)scope,
				    (enum hl_list_reason)reason) != fits) {
				fail_msg("scope %d, reason %d", scope, reason);
			}
		}
	}
}

static void people_do_not_end_by_themselves(void **state)
{
	static const enum hl_list_end of_people[] = {HL_LIST_END_GONE,
		HL_LIST_END_PERSON, HL_LIST_END_MISTAKE, HL_LIST_END_WIDE,
		HL_LIST_END_ASKED};
	size_t n = 0;

	(void)state;
	for (int why = -1; why <= 12; why++) {
		n += hl_list_end_by_person((enum hl_list_end)why);
	}
	assert_int_equal(HL_ARRAY_LEN(of_people), n);
	for (size_t i = 0; i < HL_ARRAY_LEN(of_people); i++) {
		assert_true(hl_list_end_by_person(of_people[i]));
	}
}

static void an_answer_has_a_reason_of_its_own(void **state)
{
	(void)state;
	for (int s = 0; s <= 4; s++) {
		for (int why = 0; why <= 8; why++) {
			bool fits = (s == HL_LIST_APPEAL_UPHELD && why >= 1 &&
					    why <= 4) ||
				    (s == HL_LIST_APPEAL_REJECTED && why >= 5 &&
					    why <= 7);

			if (hl_list_appeal_fits((enum hl_list_appeal_state)s,
				    (enum hl_list_appeal_why)why) != fits) {
				fail_msg("state %d, why %d", s, why);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_and_act),
		cmocka_unit_test(only_what_is_wide_has_a_reason),
		cmocka_unit_test(people_do_not_end_by_themselves),
		cmocka_unit_test(an_answer_has_a_reason_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
