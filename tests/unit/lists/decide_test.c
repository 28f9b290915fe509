/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Floods and losses that come one by one. Each change to the store is a
 * restart as well, so all of this is remembered in the folder.
 */
#include <stdio.h>

#include "town.h"

#define H HL_US_PER_HOUR
#define S HL_US_PER_S
#define HELD "SELECT count(*) FROM list_edition WHERE state = 1"

/* Each entry has a host of its own. */
static uint32_t n_listed(struct town *t)
{
	struct hl_urls_manifest m;

	town_manifest(t, 1, &m);
	return m.rows;
}

static void goes(struct town *t, int first, int last)
{
	town_sql(t,
		"UPDATE list_entry SET state = 5, ended_why = 1, place_sealed "
		"= x'' WHERE id >= %d AND id <= %d",
		first, last);
}

/* So many that a person let out, all of them older than a day. */
static int64_t old_ones(struct town *t, uint32_t n)
{
	town_entries(t, 1, n);
	town_look(t, NOW - 30 * H);
	if (n > 20) {
		assert_int_equal(0, town_decide(t, true));
		town_look(t, NOW - 30 * H + S);
	}
	assert_int_equal(n, n_listed(t));
	return NOW;
}

static void a_slow_flood(void **state)
{
	struct town *t = *state;
	int64_t at = old_ones(t, 20);

	for (int i = 0; i < 10; i++) {
		town_entries(t, 101 + i * 15, 115 + i * 15);
		town_look(t, at + i * S);
	}
	assert_int_equal(1, town_count(t, HELD));
	/* the first fifteen passed */
	assert_int_equal(35, n_listed(t));
	assert_true(town_lists(t, 1, "h115.example", NULL));
	/* nobody looks: that a day is over lets nothing out */
	town_look(t, at + 25 * H);
	assert_int_equal(35, n_listed(t));
	town_entries(t, 251, 300);
	town_look(t, at + 25 * H + S);
	assert_int_equal(0, town_decide(t, true));
	town_look(t, at + 25 * H + 2 * S);
	assert_int_equal(220, n_listed(t));
	assert_int_equal(0, town_count(t, HELD));
	/* that counts for nothing from then on: twenty more pass */
	town_entries(t, 1001, 1020);
	town_look(t, at + 26 * H);
	assert_int_equal(240, n_listed(t));
	town_entry(t, 1021, 1, NOW);
	town_look(t, at + 26 * H + S);
	assert_int_equal(240, n_listed(t));
	assert_int_equal(1, town_count(t, HELD));
}

static void twenty_a_day(void **state)
{
	struct town *t = *state;

	for (int day = 0; day < 2; day++) {
		for (int i = 0; i < 20; i += 5) {
			town_entries(t, day * 20 + i + 1, day * 20 + i + 5);
			town_look(t, NOW + day * 25 * H + i * S);
		}
	}
	assert_int_equal(40, n_listed(t));
	assert_int_equal(0, town_count(t, HELD));
	town_entry(t, 41, 1, NOW);
	town_look(t, NOW + 26 * H);
	assert_int_equal(40, n_listed(t));
	assert_int_equal(1, town_count(t, HELD));
	/* what a person takes off leaves, whatever is held */
	town_sql(t, "UPDATE list_entry SET state = 5, ended_by = 9, "
		    "ended_why = 8, place_sealed = x'' WHERE id = 1");
	town_look(t, NOW + 26 * H + S);
	assert_int_equal(39, n_listed(t));
	assert_false(town_lists(t, 1, "h1.example", NULL));
	assert_false(town_lists(t, 1, "h41.example", NULL));
}

static void a_slow_loss(void **state)
{
	struct town *t = *state;
	int64_t at = old_ones(t, 200);

	for (int i = 0; i < 10; i++) {
		goes(t, 196 - 5 * i, 200 - 5 * i);
		town_look(t, at + i * S);
	}
	/* twenty left, one by one */
	assert_int_equal(180, n_listed(t));
	assert_int_equal(1, town_count(t, HELD));
	town_look(t, at + 25 * H);
	assert_int_equal(180, n_listed(t));
	goes(t, 6, 150);
	town_look(t, at + 25 * H + S);
	assert_int_equal(0, town_decide(t, true));
	town_look(t, at + 25 * H + 2 * S);
	assert_int_equal(5, n_listed(t));
	assert_int_equal(0, town_count(t, HELD));
	/* that counts for nothing from then on: but the last one stays */
	goes(t, 2, 5);
	town_look(t, at + 26 * H);
	assert_int_equal(1, n_listed(t));
	goes(t, 1, 1);
	town_look(t, at + 27 * H);
	assert_int_equal(1, n_listed(t));
	assert_int_equal(1, town_count(t, HELD));
}

static void a_few_a_day_go(void **state)
{
	struct town *t = *state;
	int64_t at = old_ones(t, 100);

	for (int day = 0; day < 3; day++) {
		town_sql(t, "UPDATE list_entry SET looked_at_us = %lld",
			(long long)(at + day * 25 * H));
		goes(t, day * 12 + 1, day * 12 + 12);
		town_look(t, at + day * 25 * H);
		assert_int_equal(88 - 12 * day, n_listed(t));
	}
	assert_int_equal(0, town_count(t, HELD));
}

static void a_refusal_stays(void **state)
{
	struct town *t = *state;
	int64_t at = old_ones(t, 6);

	for (int i = 0; i < 25; i += 5) {
		town_entries(t, 101 + i, 105 + i);
		town_look(t, at + i * S);
	}
	assert_int_equal(26, n_listed(t));
	assert_int_equal(0, town_decide(t, false));
	/* five are less than a day's twenty, and the day is over */
	town_look(t, at + 30 * H);
	assert_int_equal(26, n_listed(t));
	assert_int_equal(0, town_count(t, HELD));
	/* one of them goes by itself: a person is asked about the others */
	goes(t, 125, 125);
	town_look(t, at + 31 * H);
	assert_int_equal(26, n_listed(t));
	assert_int_equal(1, town_count(t, HELD));
	/* a person takes one back: the others are few */
	town_sql(t, "UPDATE list_entry SET state = 5, ended_by = 9, "
		    "ended_why = 8, place_sealed = x'' WHERE id = 124");
	town_look(t, at + 32 * H);
	assert_int_equal(29, n_listed(t));
	assert_int_equal(0, town_count(t, HELD));
}

static void a_refused_loss_stays(void **state)
{
	struct town *t = *state;
	int64_t at = old_ones(t, 30);

	town_sql(t, "UPDATE list_entry SET looked_at_us = %lld", (long long)at);
	town_look(t, at);
	for (int i = 1; i <= 9; i += 2) {
		goes(t, i, i + 1);
		town_look(t, at + i * S);
	}
	assert_int_equal(24, n_listed(t));
	assert_int_equal(0, town_decide(t, false));
	/* four of thirty are little, and the day is over */
	town_look(t, at + 26 * H);
	assert_int_equal(24, n_listed(t));
	town_sql(t, "UPDATE list_entry SET looked_at_us = %lld WHERE state = 2",
		(long long)(at + 60 * H));
	town_look(t, at + 61 * H);
	assert_int_equal(24, n_listed(t));
	/* each until its own minute */
	town_look(t, at + 73 * H);
	assert_int_equal(20, n_listed(t));
}

/* The folder may be another than the one that the person's edition was of. */
static void a_yes_is_to_a_digest(void **state)
{
	struct town *t = *state;

	town_entries(t, 1, 25);
	town_look(t, NOW);
	town_sql(t, "UPDATE list_edition SET digest = zeroblob(32) "
		    "WHERE state = 1");
	assert_int_equal(0, town_decide(t, true));
	town_look(t, NOW + H);
	assert_int_equal(0, n_listed(t));
	assert_int_equal(1, town_count(t, HELD));
	assert_int_equal(0, town_decide(t, true));
	town_look(t, NOW + 2 * H);
	assert_int_equal(25, n_listed(t));
}

/* Nobody ever had the set that was held: it went out under another number,
 * and may have been another one by then. */
static void what_was_held_is_no_way_back(void **state)
{
	struct town *t = *state;

	town_entries(t, 1, 25);
	town_look(t, NOW);
	assert_int_equal(0, town_decide(t, true));
	town_look(t, NOW + S);
	assert_int_equal(25, n_listed(t));
	assert_int_equal(HL_LIST_EDITION_OUT,
		town_count(t, "SELECT state FROM list_edition WHERE held"));
	assert_int_equal(1, town_count(t, "SELECT count(*) FROM list_edition "
					  "WHERE state = 2 AND n_hosts = 25"));
	assert_int_equal(0, town_count(t, "SELECT count(*) FROM list_edition "
					  "WHERE state = 2 AND held"));
}

static void tells(struct town *t, const char *of, int hosts, int more, int less)
{
	char sql[160];
	const char *const what[] = {"n_hosts", "n_added", "n_removed"};
	const int want[] = {hosts, more, less};

	for (size_t i = 0; i < HL_ARRAY_LEN(what); i++) {
		snprintf(sql, sizeof(sql),
			"SELECT %s FROM list_edition WHERE state = %s "
			"ORDER BY id DESC LIMIT 1",
			what[i], of);
		assert_int_equal(want[i], town_count(t, sql));
	}
}

/* From the one that went out before; whoever took a host off. */
static void an_edition_tells_its_change(void **state)
{
	struct town *t = *state;

	town_entries(t, 1, 4);
	town_look(t, NOW);
	tells(t, "2", 4, 4, 0);
	town_sql(t, "UPDATE list_entry SET state = 5, ended_by = 9, "
		    "ended_why = 8, place_sealed = x'' WHERE id = 1");
	town_look(t, NOW + S);
	tells(t, "2", 3, 0, 1);
	goes(t, 2, 2);
	town_entries(t, 5, 6);
	town_look(t, NOW + 2 * S);
	tells(t, "2", 4, 2, 1);
	/* what is held back is not in it */
	town_sql(t, "UPDATE list_head SET halted_by = 9, halted_at_us = 1");
	town_entry(t, 7, 1, NOW);
	town_look(t, NOW + 3 * S);
	tells(t, "1", 5, 1, 0);
	town_sql(t, "UPDATE list_entry SET state = 5, ended_by = 9, "
		    "ended_why = 8, place_sealed = x'' WHERE id = 3");
	town_look(t, NOW + 4 * S);
	tells(t, "2", 3, 0, 1);
}

#define IN_TOWN(f) cmocka_unit_test_setup_teardown(f, town_make, town_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TOWN(a_slow_flood),
		IN_TOWN(twenty_a_day),
		IN_TOWN(a_slow_loss),
		IN_TOWN(a_few_a_day_go),
		IN_TOWN(a_refusal_stays),
		IN_TOWN(a_refused_loss_stays),
		IN_TOWN(a_yes_is_to_a_digest),
		IN_TOWN(what_was_held_is_no_way_back),
		IN_TOWN(an_edition_tells_its_change),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
