/* SPDX-License-Identifier: Apache-2.0 */
/* How a case is changed: everything that must go together does. */
#include "../casework/fixture.h"

#include "base/time.h"
#include "casefile/sealed.h"
#include "domain/status.h"

static int put(struct fixture *f, struct hl_casefile *c, int64_t actor)
{
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);

	hl_casefile_put(tx, c, actor);
	return hl_tx_run(tx, NULL);
}

static void a_change_brings_all_that_belongs_to_it(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_casefile c;

	load(f, id, &c);
	assert_int_equal(HL_CASE_NEW, c.now.state);
	assert_int_equal(HL_STATUS_RECEIVED, c.public_status);
	later(f, HL_US_PER_MIN);
	ok(hl_casefile_act(&c, HL_ACTION_LEASE, HL_EVENT_CASE_LEASED, NULL));
	c.now.holder = f->people[ANNA];
	c.now.lease_until_us = hl_time_now_us() + HL_US_PER_HOUR;
	ok(put(f, &c, f->people[ANNA]));
	assert_int_equal(
		HL_CASE_ASSIGNED, number(f, "SELECT state FROM cases"));
	assert_int_equal(2, number(f, "SELECT version FROM cases"));
	assert_int_equal(
		hl_time_now_us(), number(f, "SELECT state_at_us FROM cases"));
	assert_int_equal(f->people[ANNA],
		number(f, "SELECT actor FROM event WHERE kind = 202"));
	assert_int_equal(
		HL_CASE_NEW, number(f, "SELECT a FROM event WHERE kind = 202"));
	assert_int_equal(HL_STEP_ASSESSMENT,
		number(f, "SELECT step FROM case_step WHERE ended_at_us = 0"));
	assert_int_equal(f->people[ANNA],
		number(f, "SELECT holder FROM case_step WHERE ended_at_us = "
			  "0"));
	assert_int_equal(HL_US_PER_MIN,
		number(f, "SELECT ended_at_us - started_at_us FROM case_step "
			  "WHERE ended_at_us > 0"));
	assert_int_equal(HL_STATUS_ASSESSING,
		number(f, "SELECT public_status FROM item"));
	assert_int_equal(
		hl_time_now_us(), number(f, "SELECT status_at_us FROM item"));
	check_history(f);
}

static void what_the_table_does_not_know_changes_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_casefile c, before;
	struct hl_err err = {0};

	load(f, id, &c);
	before = c;
	assert_int_equal(HL_DENIED, hl_casefile_act(&c, HL_ACTION_AGREE,
					    HL_EVENT_CASE_AGREED, &err));
	assert_non_null(strstr(err.msg, "agree"));
	assert_int_equal(
		HL_DENIED, hl_casefile_item_act(&c, HL_ACTION_CONFIRM_OFFLINE,
				   HL_EVENT_ITEM_OFFLINE, NULL));
	assert_memory_equal(&before.now, &c.now, sizeof(c.now));
	assert_int_equal(0, c.n_changes);
}

static void who_comes_second_changes_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_casefile first, second;

	load(f, id, &first);
	load(f, id, &second);
	ok(hl_casefile_act(
		&first, HL_ACTION_LEASE, HL_EVENT_CASE_LEASED, NULL));
	first.now.holder = f->people[ANNA];
	ok(hl_casefile_act(
		&second, HL_ACTION_LEASE, HL_EVENT_CASE_LEASED, NULL));
	second.now.holder = f->people[BENNY];
	ok(put(f, &first, 1));
	assert_int_equal(HL_CONFLICT, put(f, &second, 2));
	assert_int_equal(
		f->people[ANNA], number(f, "SELECT holder FROM cases"));
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM event WHERE kind = 202"));
}

/* The status also follows from the item: it must still be as it was read. */
static void an_item_changed_meanwhile_is_a_conflict(void **state)
{
	static const char *const changes[] = {
		"UPDATE item SET passed_to = 2", "UPDATE item SET state = 2"};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(changes); i++) {
		char address[32];
		struct hl_casefile c;

		snprintf(address, sizeof(address), "example.org/%zu", i);
		int64_t id = put_case(f, address);
		load(f, id, &c);
		c.now.priority = 7;
		change(f, changes[i]);
		assert_int_equal(HL_CONFLICT, put(f, &c, 0));
	}
}

static void the_item_has_its_own_life(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_casefile c;

	load(f, id, &c);
	ok(hl_casefile_item_act(&c, HL_ACTION_UP, HL_EVENT_ITEM_ONLINE, NULL));
	c.now.passed_to |= hl_vocab_bit(HL_RECIPIENT_POLICE);
	ok(put(f, &c, 0));
	assert_int_equal(HL_STATUS_TO_POLICE,
		number(f, "SELECT public_status FROM item"));
	later(f, HL_US_PER_DAY);
	load(f, id, &c);
	ok(hl_casefile_item_act(
		&c, HL_ACTION_DECLARE_GONE, HL_EVENT_ITEM_OFFLINE, NULL));
	ok(put(f, &c, 0));
	assert_int_equal(
		HL_STATUS_REMOVED, number(f, "SELECT public_status FROM item"));
	assert_int_equal(
		hl_time_now_us(), number(f, "SELECT removed_at_us FROM item"));
	load(f, id, &c);
	ok(hl_casefile_item_act(
		&c, HL_ACTION_UP, HL_EVENT_ITEM_REAPPEARED, NULL));
	ok(put(f, &c, 0));
	assert_int_equal(0, number(f, "SELECT removed_at_us FROM item"));
	load(f, id, &c);
	assert_int_equal(c.item_id,
		number(f, "SELECT object_id FROM event WHERE kind = 308"));
	check_history(f);
}

static void a_new_cycle_begins_clean(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_casefile c;

	change(f, "UPDATE cases SET state = 10, outcome = 1, first_by = 1000, "
		  "second_by = 1002, closed_reason = 1, closed_at_us = 5;"
		  "UPDATE case_step SET ended_at_us = 5");
	load(f, id, &c);
	struct hl_casefile again = c;
	ok(hl_casefile_act(&c, HL_ACTION_REOPEN, HL_EVENT_CASE_REOPENED, NULL));
	assert_int_equal(1, c.now.reopened);
	assert_int_equal(0, c.now.outcome + c.now.first_by + c.now.second_by);
	assert_int_equal(0, c.now.closed_at_us + c.now.closed_reason);
	/* what comes back is known: its outcome stands */
	ok(hl_casefile_act(
		&again, HL_ACTION_REAPPEAR, HL_EVENT_CASE_REOPENED, NULL));
	assert_int_equal(1, again.now.reopened);
	assert_int_equal(HL_OUTCOME_BASELINE, again.now.outcome);
	assert_int_equal(1000, again.now.first_by);
	ok(put(f, &again, 0));
	assert_int_equal(1, number(f, "SELECT count(*) FROM case_step WHERE "
				      "ended_at_us = 0"));
}

/* Who was told last may learn that it is gone already. */
static void told_when_it_is_gone(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_casefile c;

	change(f, "UPDATE cases SET state = 8, outcome = 1");
	load(f, id, &c);
	struct hl_casefile there = c;
	ok(hl_casefile_all_told(&there, NULL));
	assert_int_equal(HL_CASE_MONITORING, there.now.state);
	change(f, "UPDATE item SET state = 4, removed_at_us = 9");
	load(f, id, &c);
	ok(hl_casefile_all_told(&c, NULL));
	assert_int_equal(HL_CASE_CLOSED, c.now.state);
	assert_int_equal(HL_CLOSE_REMOVED, c.now.closed_reason);
	ok(put(f, &c, 0));
	assert_int_equal(10, number(f, "SELECT state FROM cases"));
}

/* An event must not be lost, however many a change makes. */
static void too_many_events_spoil_the_batch(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_casefile c;

	load(f, id, &c);
	for (int i = 0; i <= HL_CASEFILE_CHANGES; i++) {
		hl_casefile_note(&c, HL_EVENT_CASE_NOTED, 0, 0);
	}
	assert_true(put(f, &c, 0) < 0);
	assert_int_equal(
		0, number(f, "SELECT count(*) FROM event WHERE kind = 224"));
}

static void there_is_no_such_case(void **state)
{
	struct fixture *f = *state;
	struct hl_casefile c;
	struct hl_authz_object o = hl_casefile_object(NULL, 5);

	assert_false(o.exists);
	assert_int_equal(5, o.now_us);
	assert_int_equal(HL_NOTFOUND,
		hl_casefile_load(f->store, f->arena, 4711, &c, NULL));
	assert_int_equal(HL_NOTFOUND,
		hl_casefile_load_item(f->store, f->arena, 4711, &c, NULL));
	assert_int_equal(
		HL_NOTFOUND, hl_casefile_load(f->store, f->arena, 0, &c, NULL));
	int64_t id = put_case(f, "example.org/a");
	int64_t item = number(f, "SELECT id FROM item");
	ok(hl_casefile_load_item(f->store, f->arena, item, &c, NULL));
	assert_int_equal(id, c.id);
}

static void keys_and_seals(void **state)
{
	struct fixture *f = *state;
	struct hl_casefile_keys keys;
	struct hl_seal_label label = HL_LABEL_NOTE(7), other = HL_LABEL_NOTE(8);
	struct hl_who anna = who(f, ANNA);
	struct hl_str sealed, plain;

	ok(hl_casefile_keys(f->store, f->arena, &keys, NULL));
	assert_int_equal(1, keys.queue_epoch);
	assert_memory_equal(
		&f->ring.queue.at[0].pub, &keys.queue, sizeof(keys.queue));
	ok(hl_casefile_seal(
		f->arena, &keys.queue, &label, HL_STR("words"), &sealed, NULL));
	ok(hl_casefile_open(&anna, 1, &label, sealed, &plain, NULL));
	assert_true(hl_str_eq(HL_STR("words"), plain));
	assert_int_equal(HL_E_CRYPTO,
		hl_casefile_open(&anna, 1, &other, sealed, &plain, NULL));
	assert_null(plain.p);
	assert_int_equal(HL_DENIED,
		hl_casefile_open(&anna, 2, &label, sealed, &plain, NULL));
	/* erased, or never there: nothing to open */
	ok(hl_casefile_open(&anna, 2, &label, HL_STR(""), &plain, NULL));
	assert_null(plain.p);
	change(f, "UPDATE key_epoch SET closed_at_us = 9 WHERE kind = 4");
	ok(hl_casefile_keys(f->store, f->arena, &keys, NULL));
	assert_int_equal(0, keys.worker_epoch);
	change(f, "UPDATE key_epoch SET closed_at_us = 9");
	assert_int_equal(HL_E_UNAVAILABLE,
		hl_casefile_keys(f->store, f->arena, &keys, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_change_brings_all_that_belongs_to_it),
		TEST(what_the_table_does_not_know_changes_nothing),
		TEST(who_comes_second_changes_nothing),
		TEST(an_item_changed_meanwhile_is_a_conflict),
		TEST(the_item_has_its_own_life),
		TEST(a_new_cycle_begins_clean),
		TEST(told_when_it_is_gone),
		TEST(too_many_events_spoil_the_batch),
		TEST(there_is_no_such_case),
		TEST(keys_and_seals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
