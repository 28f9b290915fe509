/* SPDX-License-Identifier: Apache-2.0 */
/* What ends by itself, and that the publisher gets to know of it. */
#include "help.h"

#include "base/time.h"

static int64_t seq(struct desk *d)
{
	return number(d->f, "SELECT seq FROM list_head");
}

static const struct cause {
	const char *what, *sql;
	enum hl_list_end why;
} causes[] = {
	{"gone", "UPDATE item SET state = 4", HL_LIST_END_GONE},
	{"reopened", "UPDATE cases SET state = 1, outcome = 0",
		HL_LIST_END_CASE},
	{"no longer illegal", "UPDATE cases SET outcome = 5", HL_LIST_END_CASE},
	{"being erased", "UPDATE item SET url_sealed = x''",
		HL_LIST_END_ERASED},
};

static void it_ends_with_its_cause(void **state)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(causes); i++) {
		struct desk *d = *state;
		int64_t id = listed(d, "http://example.org/s", NULL);
		int64_t before = seq(d);
		uint8_t leaf[HL_URLS_LEAF];

		assert_int_equal(0, sweep(d));
		change(d->f, causes[i].sql);
		if (seq(d) <= before) {
			fail_msg("%s: nobody is told", causes[i].what);
		}
		if (sweep(d) != 1 || state_of(d, id) != HL_LIST_ENDED) {
			fail_msg("%s: goes on", causes[i].what);
		}
		assert_int_equal(2, check_log(d));
		read_leaf(d, 1, leaf);
		assert_int_equal(2, leaf[0]);
		assert_int_equal(causes[i].why, leaf[1]);
		assert_int_equal(0, sweep(d));
		if (causes[i].why == HL_LIST_END_ERASED) {
			assert_int_equal(
				0, number(d->f, "SELECT item_id + case_id + "
						"length(place_hash) + "
						"length(place_sealed) "
						"FROM list_entry"));
		}
		close_desk(state);
		open_desk(state);
	}
}

static void what_is_still_there_stays(void **state)
{
	struct desk *d = *state;
	int64_t id = listed(d, "http://example.org/s", NULL);

	/* a single miss, or another host, does not take it off */
	change(d->f, "UPDATE item SET state = 3");
	assert_int_equal(0, sweep(d));
	change(d->f, "UPDATE item SET state = 5");
	assert_int_equal(0, sweep(d));
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, id));
}

/* It counts 72 hours; for four days more the watch brings it back. */
static void what_nobody_sees_ends(void **state)
{
	struct desk *d = *state;
	int64_t case_id, id = listed(d, "http://example.org/v", &case_id);
	uint8_t leaf[HL_URLS_LEAF];

	later(d->f, HL_LIST_FRESH_US + HL_LIST_REVIVE_US - 1);
	assert_int_equal(0, sweep(d));
	seen_online(d, case_id);
	later(d->f, HL_LIST_FRESH_US + HL_LIST_REVIVE_US - 1);
	assert_int_equal(0, sweep(d));
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, id));
	later(d->f, 1);
	assert_int_equal(1, sweep(d));
	assert_int_equal(HL_LIST_ENDED, state_of(d, id));
	assert_int_equal(2, check_log(d));
	read_leaf(d, 1, leaf);
	assert_int_equal(2, leaf[0]);
	assert_int_equal(HL_LIST_END_UNSEEN, leaf[1]);
	/* the watch comes too late; two people do not */
	seen_online(d, case_id);
	assert_int_equal(0, sweep(d));
	id = propose_page(d, case_id);
	assert_int_equal(0, try_approve(d, SOFIE, id));
	assert_int_equal(3, check_log(d));
}

/* Nobody looks at a canary, and what only waits is not blocked. */
static void what_nobody_need_see_stays(void **state)
{
	struct desk *d = *state;
	int64_t canary = listed(d, "http://birds.example.org/", NULL);
	int64_t waits = propose_page(d, illegal_case(d, "http://example.org/"));

	change(d->f, "INSERT INTO list_consumer (id, name, contact, tier, "
		     "stage, state, version, token_hash, sign_key, budget, "
		     "risk, tsig_name, tsig_sealed, notify, proposed_by, "
		     "proposed_at_us, approved_by, approved_at_us, ended_by, "
		     "ended_at_us) VALUES (5, 'C', '', 1, 1, 2, 1, x'05', x'', "
		     "9, '', '', x'', '', 1, 1, 2, 1, 0, 0); "
		     "UPDATE list_entry SET kind = 2, consumer_id = 5, "
		     "item_id = 0, case_id = 0 WHERE state = 2");
	later(d->f, 300 * HL_US_PER_DAY);
	assert_int_equal(0, sweep(d));
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, canary));
	assert_int_equal(HL_LIST_PROPOSED, state_of(d, waits));
}

static void one_that_waits_ends_without_a_leaf(void **state)
{
	struct desk *d = *state;
	int64_t id = propose_page(d, illegal_case(d, "http://example.org/w"));

	change(d->f, "UPDATE item SET state = 4");
	assert_int_equal(1, sweep(d));
	assert_int_equal(HL_LIST_ENDED, state_of(d, id));
	assert_int_equal(0, check_log(d));
}

/* The same by what people do, who need not know of lists. */
static void people_end_it_without_knowing(void **state)
{
	struct desk *d = *state;
	int64_t case_id, id = listed(d, "http://example.org/p", &case_id);

	ok(hl_casework_reopen(AS(SOFIE), case_id, NULL, NULL));
	assert_int_equal(1, sweep(d));
	assert_int_equal(HL_LIST_ENDED, state_of(d, id));
	assert_int_equal(2, check_log(d));
	id = listed(d, "http://example.org/q", &case_id);
	ok(hl_casework_close(
		AS(SOFIE), case_id, HL_CLOSE_UNREACHABLE, NULL, NULL));
	/* nobody can be reached: that is what blocking is for */
	assert_int_equal(0, sweep(d));
	ok(hl_casework_erase_propose(AS(SOFIE), case_id, NULL, NULL));
	ok(hl_casework_erase_approve(AS(SIMON), case_id, NULL, NULL));
	assert_int_equal(1, sweep(d));
	assert_int_equal(HL_LIST_END_ERASED,
		number_of(d->f,
			"SELECT ended_why FROM list_entry WHERE id = %lld",
			id));
	assert_int_equal(0, number_of(d->f,
				    "SELECT item_id + case_id FROM list_entry "
				    "WHERE id = %lld",
				    id));
}

/* Over one batch of them. */
static void many_end_at_once(void **state)
{
	struct desk *d = *state;
	int64_t id = listed(d, "http://example.org/m", NULL);

	(void)id;
	change(d->f,
		"WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM "
		"c "
		"WHERE x < 150) INSERT INTO list_entry SELECT x, kind, "
		"item_id, "
		"case_id, consumer_id, scope, keep, reason, "
		"CAST('p' || x AS BLOB), place_sealed, commitment, popular, 1, "
		"version, proposed_by, proposed_at_us, proposed_key, "
		"proposed_sig, 0, 0, x'', x'', 0, 0, 0, 0, 0, 0, 0, 0 "
		"FROM list_entry, c");
	change(d->f, "UPDATE item SET state = 4");
	assert_int_equal(151, sweep(d));
	assert_int_equal(0, number(d->f, "SELECT count(*) FROM list_entry "
					 "WHERE state <> 5"));
	assert_int_equal(2, check_log(d));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_DESK(it_ends_with_its_cause),
		TEST_DESK(what_is_still_there_stays),
		TEST_DESK(what_nobody_sees_ends),
		TEST_DESK(what_nobody_need_see_stays),
		TEST_DESK(one_that_waits_ends_without_a_leaf),
		TEST_DESK(people_end_it_without_knowing),
		TEST_DESK(many_end_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
