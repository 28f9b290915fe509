/* SPDX-License-Identifier: Apache-2.0 */
/* Held editions, halting, rolling back. */
#include "help.h"

#include <stdio.h>

#include "base/time.h"

static void put_edition(struct desk *d, int id, int state)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		"INSERT INTO list_edition VALUES (%d, %lld, 1, 1, 1, 0, %d, "
		"%d, 1, x'%02x', 0, 0, 0)",
		id, (long long)hl_time_now_us(), state == 1, state, id);
	change(d->f, sql);
}

static void somebody_else_releases(void **state)
{
	struct desk *d = *state;
	const struct hl_publish_edition *all;
	enum hl_publish_why why = 0;
	size_t n;

	listed(d, "http://example.org/e", NULL); /* Sofie approved it */
	put_edition(d, 1, HL_LIST_EDITION_PUBLISHED);
	put_edition(d, 2, HL_LIST_EDITION_HELD);
	ok(hl_publish_editions(AS(SOFIE), 10, &all, &n, NULL));
	assert_int_equal(2, n);
	assert_true(all[0].may_decide);
	assert_int_equal(HL_PUBLISH_INVOLVED, all[0].why);
	assert_false(all[1].may_decide);
	assert_int_equal(HL_DENIED,
		hl_publish_release(AS(SOFIE), 2, HL_STR("\x02"), &why, NULL));
	assert_int_equal(HL_PUBLISH_INVOLVED, why);
	assert_int_equal(HL_DENIED,
		hl_publish_release(AS(ANNA), 2, HL_STR("\x02"), &why, NULL));
	assert_int_equal(HL_DENIED,
		hl_publish_release(AS(SIMON), 2, HL_STR("\x03"), &why, NULL));
	assert_int_equal(HL_PUBLISH_CHANGED, why);
	assert_int_equal(HL_DENIED,
		hl_publish_release(AS(SIMON), 1, HL_STR("\x01"), &why, NULL));
	assert_int_equal(HL_PUBLISH_WRONG_STATE, why);
	assert_int_equal(HL_DENIED,
		hl_publish_release(AS(SIMON), 9, HL_STR("\x01"), &why, NULL));
	assert_int_equal(HL_PUBLISH_NOT_PERMITTED, why);
	ok(hl_publish_release(AS(SIMON), 2, HL_STR("\x02"), &why, NULL));
	assert_int_equal(HL_LIST_EDITION_RELEASED,
		number(d->f, "SELECT state FROM list_edition WHERE id = 2"));
	assert_int_equal(HL_DENIED,
		hl_publish_release(AS(SIMON), 2, HL_STR("\x02"), &why, NULL));
}

static void an_old_one_is_not_released(void **state)
{
	struct desk *d = *state;
	enum hl_publish_why why = 0;

	put_edition(d, 1, HL_LIST_EDITION_HELD);
	put_edition(d, 2, HL_LIST_EDITION_HELD);
	assert_int_equal(HL_DENIED,
		hl_publish_release(AS(SOFIE), 1, HL_STR("\x01"), &why, NULL));
	assert_int_equal(HL_PUBLISH_CHANGED, why);
	ok(hl_publish_edition_refuse(AS(SOFIE), 2, &why, NULL));
	assert_int_equal(HL_LIST_EDITION_REFUSED,
		number(d->f, "SELECT state FROM list_edition WHERE id = 2"));
}

/* What is published meanwhile takes nobody's say away. */
static void others_went_out_meanwhile(void **state)
{
	struct desk *d = *state;
	const struct hl_publish_edition *all;
	enum hl_publish_why why = 0;
	size_t n;

	put_edition(d, 1, HL_LIST_EDITION_OVERTAKEN);
	put_edition(d, 2, HL_LIST_EDITION_HELD);
	for (int i = 3; i < 153; i++) {
		put_edition(d, i, HL_LIST_EDITION_PUBLISHED);
	}
	ok(hl_publish_editions(AS(SOFIE), 10, &all, &n, NULL));
	assert_int_equal(11, n);
	assert_int_equal(2, all[10].id);
	assert_true(all[10].may_decide);
	ok(hl_publish_release(AS(SOFIE), 2, HL_STR("\x02"), &why, NULL));
	put_edition(d, 153, HL_LIST_EDITION_HELD);
	put_edition(d, 154, HL_LIST_EDITION_PUBLISHED);
	ok(hl_publish_edition_refuse(AS(SOFIE), 153, &why, NULL));
	/* one that is not the newest that people were asked about */
	put_edition(d, 155, HL_LIST_EDITION_HELD);
	put_edition(d, 156, HL_LIST_EDITION_REFUSED);
	assert_int_equal(HL_DENIED,
		hl_publish_edition_refuse(AS(SOFIE), 155, &why, NULL));
	assert_int_equal(HL_PUBLISH_CHANGED, why);
}

static void one_halts_two_resume(void **state)
{
	struct desk *d = *state;
	struct hl_publish_status status;
	enum hl_publish_why why = 0;
	bool waits;

	assert_int_equal(
		HL_DENIED, hl_publish_resume(AS(SOFIE), &waits, &why, NULL));
	assert_int_equal(HL_PUBLISH_WRONG_STATE, why);
	assert_int_equal(HL_DENIED, hl_publish_halt(AS(ANNA), &why, NULL));
	ok(hl_publish_halt(AS(SOFIE), &why, NULL));
	assert_int_equal(HL_DENIED, hl_publish_halt(AS(SIMON), &why, NULL));
	ok(hl_publish_resume(AS(SOFIE), &waits, &why, NULL));
	assert_true(waits);
	assert_int_equal(
		HL_DENIED, hl_publish_resume(AS(SOFIE), &waits, &why, NULL));
	assert_int_equal(HL_PUBLISH_SAME_PERSON, why);
	ok(hl_publish_status(AS(SIMON), &status, NULL));
	assert_true(status.halted_by && status.may_resume);
	assert_false(status.may_halt);
	ok(hl_publish_resume(AS(SIMON), &waits, &why, NULL));
	assert_false(waits);
	ok(hl_publish_status(AS(SIMON), &status, NULL));
	assert_true(!status.halted_by && !status.resume_by);
	/* halted again, nobody's old word counts */
	ok(hl_publish_halt(AS(SIMON), &why, NULL));
	ok(hl_publish_resume(AS(SIMON), &waits, &why, NULL));
	assert_true(waits);
}

/* As the publisher does when an entry goes out for the first time. */
static void went_out(struct desk *d, int64_t entry, int edition)
{
	char sql[160];

	snprintf(sql, sizeof(sql),
		"UPDATE list_entry SET first_edition = %d, released_at_us = "
		"%lld WHERE id = %lld",
		edition, (long long)hl_time_now_us(), (long long)entry);
	change(d->f, sql);
}

static void two_roll_back(void **state)
{
	struct desk *d = *state;
	struct hl_publish_status status;
	enum hl_publish_why why = 0;
	int64_t before = listed(d, "http://example.org/1", NULL), since, after;

	later(d->f, HL_US_PER_S);
	put_edition(d, 1, HL_LIST_EDITION_PUBLISHED);
	went_out(d, before, 1);
	later(d->f, HL_US_PER_S);
	since = listed(d, "http://example.org/2", NULL);
	assert_int_equal(HL_DENIED,
		hl_publish_rollback_propose(AS(SOFIE), 7, &why, NULL));
	ok(hl_publish_rollback_propose(AS(SOFIE), 1, &why, NULL));
	assert_int_equal(HL_DENIED,
		hl_publish_rollback_propose(AS(SIMON), 1, &why, NULL));
	assert_int_equal(HL_PUBLISH_WAITS, why);
	ok(hl_publish_status(AS(SOFIE), &status, NULL));
	assert_int_equal(1, status.rollback_n);
	assert_false(status.may_approve_rollback);
	assert_int_equal(HL_DENIED, hl_publish_rollback_approve(AS(SOFIE),
					    status.rollback_id, &why, NULL));
	assert_int_equal(HL_PUBLISH_SAME_PERSON, why);
	assert_int_equal(0, sweep(d));
	ok(hl_publish_rollback_approve(
		AS(SIMON), status.rollback_id, &why, NULL));
	later(d->f, HL_US_PER_S);
	after = listed(d, "http://example.org/3", NULL);
	assert_int_equal(1, sweep(d));
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, before));
	assert_int_equal(HL_LIST_ENDED, state_of(d, since));
	/* what came later stays */
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, after));
	assert_int_equal(4, check_log(d));
	assert_int_equal(HL_DENIED, hl_publish_rollback_approve(AS(SIMON),
					    status.rollback_id, &why, NULL));
	assert_int_equal(HL_PUBLISH_CHANGED, why);
}

/* What counts is what the edition had: not what waited in another one, held
 * back, while it went out; whether that has gone out since or not. */
static void what_was_held_is_rolled_back(void **state)
{
	struct desk *d = *state;
	struct hl_publish_status status;
	enum hl_publish_why why = 0;
	int64_t before = listed(d, "http://example.org/1", NULL);
	int64_t held = listed(d, "http://example.org/2", NULL);
	int64_t waits = listed(d, "http://example.org/3", NULL);

	later(d->f, HL_US_PER_S);
	put_edition(d, 1, HL_LIST_EDITION_PUBLISHED);
	went_out(d, before, 1);
	put_edition(d, 2, HL_LIST_EDITION_OVERTAKEN);
	later(d->f, HL_US_PER_S);
	put_edition(d, 3, HL_LIST_EDITION_PUBLISHED);
	went_out(d, held, 3);
	ok(hl_publish_rollback_propose(AS(SOFIE), 1, &why, NULL));
	ok(hl_publish_status(AS(SIMON), &status, NULL));
	assert_int_equal(2, status.rollback_n);
	ok(hl_publish_rollback_approve(
		AS(SIMON), status.rollback_id, &why, NULL));
	assert_int_equal(2, sweep(d));
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, before));
	assert_int_equal(HL_LIST_ENDED, state_of(d, held));
	assert_int_equal(HL_LIST_ENDED, state_of(d, waits));
	/* to the edition that had it, it stays */
	later(d->f, HL_US_PER_S);
	held = listed(d, "http://example.org/4", NULL);
	put_edition(d, 4, HL_LIST_EDITION_PUBLISHED);
	went_out(d, held, 4);
	put_edition(d, 5, HL_LIST_EDITION_PUBLISHED);
	ok(hl_publish_rollback_propose(AS(SOFIE), 4, &why, NULL));
	ok(hl_publish_status(AS(SIMON), &status, NULL));
	assert_int_equal(0, status.rollback_n);
	ok(hl_publish_rollback_approve(
		AS(SIMON), status.rollback_id, &why, NULL));
	assert_int_equal(0, sweep(d));
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, held));
}

static void a_roll_back_can_be_dropped(void **state)
{
	struct desk *d = *state;
	struct hl_publish_status status;

	put_edition(d, 1, HL_LIST_EDITION_PUBLISHED);
	ok(hl_publish_rollback_propose(AS(SOFIE), 1, NULL, NULL));
	ok(hl_publish_status(AS(SOFIE), &status, NULL));
	ok(hl_publish_rollback_drop(AS(SOFIE), status.rollback_id, NULL, NULL));
	ok(hl_publish_rollback_propose(AS(SOFIE), 1, NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_DESK(somebody_else_releases),
		TEST_DESK(an_old_one_is_not_released),
		TEST_DESK(others_went_out_meanwhile),
		TEST_DESK(one_halts_two_resume),
		TEST_DESK(two_roll_back),
		TEST_DESK(what_was_held_is_rolled_back),
		TEST_DESK(a_roll_back_can_be_dropped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
