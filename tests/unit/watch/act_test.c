/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/act.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct hl_casefile make(int case_state, int item_state)
{
	struct hl_casefile c = {.id = 1, .item_id = 2};

	c.now.state = c.was.state = case_state;
	c.now.item_state = c.was.item_state = item_state;
	c.now.outcome = c.was.outcome = HL_OUTCOME_BASELINE;
	if (case_state == HL_CASE_CLOSED) {
		c.now.closed_reason = c.was.closed_reason = HL_CLOSE_REMOVED;
	}
	return c;
}

/* What a look and its events lead to. */
static void looks_move_item_and_case(void **state)
{
	static const struct {
		const char *name;
		int case_before, item_before;
		enum hl_watch_sight sight;
		unsigned events;
		int case_after, item_after;
	} rows[] = {
		{"first sight", HL_CASE_MONITORING, HL_ITEM_UNCHECKED,
			HL_WATCH_PRESENT, 0, HL_CASE_MONITORING,
			HL_ITEM_ONLINE},
		{"still there", HL_CASE_MONITORING, HL_ITEM_ONLINE,
			HL_WATCH_PRESENT, 0, HL_CASE_MONITORING,
			HL_ITEM_ONLINE},
		{"first miss", HL_CASE_MONITORING, HL_ITEM_ONLINE,
			HL_WATCH_ABSENT, HL_WATCH_EV_SUSPECT,
			HL_CASE_MONITORING, HL_ITEM_SUSPECT_OFFLINE},
		{"there again before it counted", HL_CASE_MONITORING,
			HL_ITEM_SUSPECT_OFFLINE, HL_WATCH_PRESENT,
			HL_WATCH_EV_CLEARED, HL_CASE_MONITORING,
			HL_ITEM_ONLINE},
		{"gone", HL_CASE_MONITORING, HL_ITEM_SUSPECT_OFFLINE,
			HL_WATCH_ABSENT, HL_WATCH_EV_OFFLINE, HL_CASE_CLOSED,
			HL_ITEM_OFFLINE},
		{"gone at the first miss that counts", HL_CASE_MONITORING,
			HL_ITEM_ONLINE, HL_WATCH_ABSENT, HL_WATCH_EV_OFFLINE,
			HL_CASE_CLOSED, HL_ITEM_OFFLINE},
		{"gone, never seen", HL_CASE_MONITORING, HL_ITEM_UNCHECKED,
			HL_WATCH_ABSENT, HL_WATCH_EV_OFFLINE, HL_CASE_CLOSED,
			HL_ITEM_OFFLINE},
		{"gone while referrals are on their way", HL_CASE_ACTIONING,
			HL_ITEM_SUSPECT_OFFLINE, HL_WATCH_ABSENT,
			HL_WATCH_EV_OFFLINE, HL_CASE_ACTIONING,
			HL_ITEM_OFFLINE},
		{"referrals done after it went", HL_CASE_MONITORING,
			HL_ITEM_OFFLINE, HL_WATCH_ABSENT, 0, HL_CASE_CLOSED,
			HL_ITEM_OFFLINE},
		{"back after it was closed", HL_CASE_CLOSED, HL_ITEM_OFFLINE,
			HL_WATCH_PRESENT, HL_WATCH_EV_REAPPEARED,
			HL_CASE_ACTIONING, HL_ITEM_ONLINE},
		{"back on another host after it was closed", HL_CASE_CLOSED,
			HL_ITEM_OFFLINE, HL_WATCH_PRESENT,
			HL_WATCH_EV_REAPPEARED | HL_WATCH_EV_HOST_CHANGED,
			HL_CASE_ACTIONING, HL_ITEM_HOST_CHANGED},
		{"another host", HL_CASE_MONITORING, HL_ITEM_ONLINE,
			HL_WATCH_PRESENT, HL_WATCH_EV_HOST_CHANGED,
			HL_CASE_ACTIONING, HL_ITEM_HOST_CHANGED},
		{"another host, referrals still on their way",
			HL_CASE_ACTIONING, HL_ITEM_ONLINE, HL_WATCH_PRESENT,
			HL_WATCH_EV_HOST_CHANGED, HL_CASE_ACTIONING,
			HL_ITEM_HOST_CHANGED},
		{"unclear looks change nothing", HL_CASE_MONITORING,
			HL_ITEM_ONLINE, HL_WATCH_UNSURE, HL_WATCH_EV_PERSON,
			HL_CASE_MONITORING, HL_ITEM_ONLINE},
		{"unclear is no first sight", HL_CASE_MONITORING,
			HL_ITEM_UNCHECKED, HL_WATCH_UNSURE, 0,
			HL_CASE_MONITORING, HL_ITEM_UNCHECKED},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_casefile c =
			make(rows[i].case_before, rows[i].item_before);
		int r = hl_watch_act(&c, rows[i].sight, rows[i].events, NULL);

		if (r || c.now.state != rows[i].case_after ||
			c.now.item_state != rows[i].item_after) {
			fail_msg("%s: %d, case %d, item %d", rows[i].name, r,
				c.now.state, c.now.item_state);
		}
	}
}

static void a_case_closes_as_removed(void **state)
{
	struct hl_casefile c =
		make(HL_CASE_MONITORING, HL_ITEM_SUSPECT_OFFLINE);

	(void)state;
	assert_int_equal(0,
		hl_watch_act(&c, HL_WATCH_ABSENT, HL_WATCH_EV_OFFLINE, NULL));
	assert_int_equal(HL_CLOSE_REMOVED, c.now.closed_reason);
	assert_true(c.now.removed_at_us > 0);
}

static void what_is_gone_already_cannot_be_declared_gone(void **state)
{
	struct hl_casefile c = make(HL_CASE_CLOSED, HL_ITEM_OFFLINE);

	(void)state;
	assert_int_equal(
		HL_DENIED, hl_watch_gone(&c, HL_ACTION_DECLARE_GONE, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_move_item_and_case),
		cmocka_unit_test(a_case_closes_as_removed),
		cmocka_unit_test(what_is_gone_already_cannot_be_declared_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
