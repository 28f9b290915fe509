/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/publisher.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "town.h"

#define H HL_US_PER_HOUR
#define S(us) ((us) / HL_US_PER_S)
#define HELD "SELECT count(*) FROM list_edition WHERE state = 1"

static void an_entry_comes_and_goes(void **state)
{
	struct town *t = *state;
	struct hl_urls_manifest one, two, three;

	town_look(t, NOW);
	town_manifest(t, 1, &one);
	assert_int_equal(S(NOW), one.version);
	assert_int_equal(0, one.rows);
	town_entry(t, 7, 1, NOW);
	town_look(t, NOW + 5 * HL_US_PER_S);
	town_manifest(t, 1, &two);
	assert_int_equal(S(NOW) + 5, two.version);
	assert_int_equal(1, two.rows);
	assert_int_equal(1, two.log_leaves);
	assert_int_equal(1, two.n_deltas);
	assert_true(town_lists(t, 1, "h7.example", NULL));
	assert_false(town_lists(t, 1, "h8.example", NULL));
	assert_int_equal(1, town_count(t, "SELECT count(*) FROM list_entry "
					  "WHERE first_edition = 1"));
	/* nothing changes: no new version */
	town_look(t, NOW + 50 * HL_US_PER_S);
	town_manifest(t, 1, &three);
	assert_int_equal(S(NOW) + 5, three.version);
	/* an appeal was upheld */
	town_sql(t, "UPDATE list_entry SET state = 5, ended_by = 3, "
		    "ended_why = 2, place_sealed = x'' WHERE id = 7");
	town_look(t, NOW + 60 * HL_US_PER_S);
	assert_false(town_lists(t, 1, "h7.example", NULL));
	town_manifest(t, 1, &three);
	assert_int_equal(S(NOW) + 60, three.version);
	assert_int_equal(2, three.n_deltas);
	/* it is open everywhere within a minute, which consumers have for a
	 * tenth more and for fetching and taking it */
	assert_in_range(three.wait_s + three.wait_s / 10, HL_URLS_WAIT_MIN, 50);
}

static void a_minute_is_kept(void **state)
{
	struct town *t = *state;
	struct hl_urls_manifest m;
	uint32_t first, later;

	town_entry(t, 7, 1, NOW);
	town_look(t, NOW);
	assert_true(town_lists(t, 1, "h7.example", &first));
	assert_int_equal((NOW + 72 * H) / HL_US_PER_MIN, first);
	/* seen again an hour later: the row stays as it is */
	town_sql(t, "UPDATE list_entry SET looked_at_us = looked_at_us + %lld",
		(long long)H);
	town_look(t, NOW + H);
	assert_true(town_lists(t, 1, "h7.example", &later));
	assert_int_equal(first, later);
	town_manifest(t, 1, &m);
	assert_int_equal(S(NOW), m.version);
	/* less than a day is left */
	town_look(t, NOW + 48 * H + HL_US_PER_MIN);
	assert_true(town_lists(t, 1, "h7.example", &later));
	assert_int_equal(first + 60, later);
	/* nobody looked any more */
	town_look(t, NOW + 73 * H + HL_US_PER_MIN);
	assert_false(town_lists(t, 1, "h7.example", NULL));
}

static void renewed_twice_a_day(void **state)
{
	struct town *t = *state;
	struct hl_urls_manifest before, m;

	town_entry(t, 7, 1, NOW);
	town_look(t, NOW);
	town_manifest(t, 1, &before);
	town_look(t, NOW + 10 * H);
	town_manifest(t, 1, &m);
	assert_int_equal(S(NOW), m.version);
	town_look(t, NOW + 11 * H + HL_US_PER_MIN);
	town_manifest(t, 1, &m);
	assert_int_equal(S(NOW + 11 * H) + 60, m.version);
	assert_int_equal(before.epoch, m.epoch);
	assert_int_equal(m.made + 86400, m.expires);
	/* midnight: other keys, and no delta leads there */
	town_look(t, NOW + 15 * H + HL_US_PER_S);
	town_manifest(t, 1, &m);
	assert_int_equal(S(NOW + 15 * H) + 1, m.version);
	assert_int_equal(before.epoch + 1, m.epoch);
	assert_int_equal(0, m.n_deltas);
	assert_true(town_lists(t, 1, "h7.example", NULL));
}

static void a_flood_is_held(void **state)
{
	struct town *t = *state;

	town_entries(t, 1, 20);
	town_look(t, NOW);
	assert_true(town_lists(t, 1, "h20.example", NULL));
	town_entries(t, 101, 150);
	town_look(t, NOW + H);
	assert_false(town_lists(t, 1, "h101.example", NULL));
	assert_int_equal(1, town_count(t, HELD));
	/* what should leave leaves all the same, one by one */
	town_sql(t, "UPDATE list_entry SET state = 5, ended_why = 1, "
		    "place_sealed = x'' WHERE id = 20");
	town_look(t, NOW + 2 * H);
	assert_false(town_lists(t, 1, "h20.example", NULL));
	assert_true(town_lists(t, 1, "h19.example", NULL));
	assert_false(town_lists(t, 1, "h101.example", NULL));
	assert_int_equal(1, town_count(t, HELD));
	/* a person lets it out, though an edition was published meanwhile */
	assert_int_equal(0, town_decide(t, true));
	town_look(t, NOW + 3 * H);
	assert_true(town_lists(t, 1, "h101.example", NULL));
	assert_true(town_lists(t, 1, "h150.example", NULL));
	assert_int_equal(0, town_count(t, HELD));
	/* what was released did go out */
	assert_int_equal(3, town_count(t, "SELECT count(*) FROM list_edition "
					  "WHERE state = 2"));
	assert_int_equal(1, town_count(t, "SELECT count(*) FROM list_edition "
					  "WHERE state = 6 AND held <> 0 "
					  "AND decided_by = 9"));
}

/* So many editions that are over already. */
static void put_editions(struct town *t, int first, int last)
{
	town_sql(t,
		"WITH RECURSIVE n (i) AS (VALUES (%d) UNION ALL SELECT i + 1 "
		"FROM n WHERE i < %d) INSERT INTO list_edition SELECT i, 1, 1, "
		"1, 1, 0, 1, 4, 1, x'', 0, 0, 0 FROM n",
		first, last);
}

/* However much is published meanwhile. */
static void a_held_one_waits_for_ever(void **state)
{
	struct town *t = *state;

	town_entries(t, 1, 6);
	town_look(t, NOW);
	town_entries(t, 101, 130);
	town_look(t, NOW + H);
	put_editions(t, 3, 40);
	town_canary(t, 1000, 1);
	town_look(t, NOW + H + HL_US_PER_MIN);
	assert_int_equal(41, town_count(t, "SELECT max(id) FROM list_edition"));
	assert_int_equal(1, town_count(t, HELD));
	assert_int_equal(2, town_count(t, "SELECT id FROM list_edition "
					  "WHERE state = 1"));
	/* very much more: another set to look at, and only that one waits */
	town_entries(t, 201, 230);
	town_look(t, NOW + 2 * H);
	assert_int_equal(1, town_count(t, HELD));
	assert_int_equal(42, town_count(t, "SELECT id FROM list_edition "
					   "WHERE state = 1"));
	town_canary(t, 2000, 1);
	town_look(t, NOW + 2 * H + HL_US_PER_MIN);
	assert_int_equal(0, town_decide(t, true));
	town_look(t, NOW + 3 * H);
	assert_true(town_lists(t, 1, "h101.example", NULL));
	assert_true(town_lists(t, 1, "h230.example", NULL));
	assert_int_equal(HL_NOTFOUND, town_decide(t, true));
}

/* What is published is known, however many sets were held since. */
static void many_are_held(void **state)
{
	struct town *t = *state;

	town_entries(t, 1, 6);
	town_look(t, NOW);
	put_editions(t, 2, 40);
	town_look(t, NOW + H);
	assert_true(town_lists(t, 1, "h1.example", NULL));
	assert_int_equal(0, town_count(t, HELD));
	assert_int_equal(40, town_count(t, "SELECT max(id) FROM list_edition"));
}

static void an_item_is_gone(void **state)
{
	struct town *t = *state;

	town_entries(t, 1, 5);
	town_look(t, NOW);
	assert_true(town_lists(t, 1, "h5.example", NULL));
	town_sql(t, "UPDATE item SET state = 4 WHERE id = 5");
	town_look(t, NOW + HL_US_PER_S);
	assert_false(town_lists(t, 1, "h5.example", NULL));
	assert_true(town_lists(t, 1, "h4.example", NULL));
}

static void a_refused_one_stays_back(void **state)
{
	struct town *t = *state;

	town_entries(t, 1, 30);
	town_look(t, NOW);
	assert_false(town_lists(t, 1, "h1.example", NULL));
	assert_int_equal(0, town_decide(t, false));
	town_look(t, NOW + H);
	assert_false(town_lists(t, 1, "h1.example", NULL));
	assert_int_equal(0, town_count(t, HELD));
	/* those that nobody wanted are taken back; the others go out */
	town_sql(t, "UPDATE list_entry SET state = 5, ended_by = 9, "
		    "ended_why = 3, place_sealed = x'' WHERE id > 20");
	town_look(t, NOW + 2 * H);
	assert_true(town_lists(t, 1, "h1.example", NULL));
	assert_false(town_lists(t, 1, "h21.example", NULL));
}

static void a_sudden_loss_is_held(void **state)
{
	struct town *t = *state;
	uint32_t minute;

	town_entries(t, 1, 20);
	town_look(t, NOW);
	town_sql(t, "UPDATE list_entry SET state = 5, ended_why = 1, "
		    "place_sealed = x'' WHERE id > 10");
	town_look(t, NOW + H);
	assert_true(town_lists(t, 1, "h11.example", &minute));
	assert_int_equal(1, town_count(t, HELD));
	/* what a person takes off leaves, and what waits is not renewed */
	town_sql(t, "UPDATE list_entry SET state = 5, ended_by = 4, "
		    "ended_why = 2, place_sealed = x'' WHERE id = 1");
	town_look(t, NOW + 2 * H);
	assert_false(town_lists(t, 1, "h1.example", NULL));
	assert_true(town_lists(t, 1, "h11.example", &minute));
	assert_int_equal((NOW + 72 * H) / HL_US_PER_MIN, minute);
	/* its time runs out, whoever decides nothing */
	town_sql(t, "UPDATE list_entry SET looked_at_us = looked_at_us + %lld",
		(long long)(60 * H));
	town_look(t, NOW + 72 * H + HL_US_PER_MIN);
	assert_false(town_lists(t, 1, "h11.example", NULL));
	assert_true(town_lists(t, 1, "h2.example", NULL));
}

static void halted(void **state)
{
	struct town *t = *state;
	struct hl_urls_manifest m;

	town_entries(t, 1, 3);
	town_look(t, NOW);
	town_sql(t, "UPDATE list_head SET halted_by = 9");
	town_entry(t, 4, 1, NOW);
	town_look(t, NOW + H);
	assert_false(town_lists(t, 1, "h4.example", NULL));
	assert_int_equal(1, town_count(t, HELD));
	/* it goes on being renewed, and an appeal still counts */
	town_sql(t, "UPDATE list_entry SET state = 5, ended_by = 9, "
		    "ended_why = 2, place_sealed = x'' WHERE id = 3");
	town_look(t, NOW + 12 * H);
	assert_false(town_lists(t, 1, "h3.example", NULL));
	assert_true(town_lists(t, 1, "h2.example", NULL));
	town_manifest(t, 1, &m);
	assert_true(m.expires > (NOW + 30 * H) / HL_US_PER_S);
	town_sql(t, "UPDATE list_head SET halted_by = 0");
	town_look(t, NOW + 13 * H);
	assert_true(town_lists(t, 1, "h4.example", NULL));
	assert_int_equal(0, town_count(t, HELD));
}

static void in_two_stages(void **state)
{
	struct town *t = *state;

	t->stage_minutes = 30;
	town_consumer(t, 2, HL_LIST_TIER_ASKS, HL_LIST_STAGE_REST);
	town_canary(t, 90, 1);
	town_canary(t, 91, 2);
	town_entry(t, 7, 1, NOW);
	town_look(t, NOW);
	assert_true(town_lists(t, 1, "h7.example", NULL));
	assert_false(town_lists(t, 2, "h7.example", NULL));
	assert_true(town_lists(t, 1, "canary90.example", NULL));
	assert_false(town_lists(t, 1, "canary91.example", NULL));
	assert_true(town_lists(t, 2, "canary91.example", NULL));
	town_look(t, NOW + 29 * HL_US_PER_MIN);
	assert_false(town_lists(t, 2, "h7.example", NULL));
	town_look(t, NOW + 31 * HL_US_PER_MIN);
	assert_true(town_lists(t, 2, "h7.example", NULL));
	/* what is taken off is so for everybody at once */
	town_sql(t, "UPDATE list_entry SET state = 5, ended_by = 9, "
		    "ended_why = 2, place_sealed = x'' WHERE id = 7");
	town_look(t, NOW + 32 * HL_US_PER_MIN);
	assert_false(town_lists(t, 1, "h7.example", NULL));
	assert_false(town_lists(t, 2, "h7.example", NULL));
}

static void without_a_root_nothing(void **state)
{
	struct town *t = *state;
	struct hl_urls_manifest m;
	int64_t ends = NOW + 365 * HL_US_PER_DAY;

	/* what is seen of the root is told, without a stir */
	town_look(t, NOW);
	assert_int_equal(
		1, town_count(t, "SELECT root_version FROM list_head"));
	assert_int_equal(ends / HL_US_PER_S,
		town_count(t, "SELECT root_expires_us / 1000000 FROM "
			      "list_head"));
	town_sql(t, "DELETE FROM meta WHERE key LIKE 'lists.root.%%'");
	town_sql(t, "DELETE FROM list_version");
	town_entry(t, 7, 1, NOW);
	town_look(t, NOW);
	town_manifest(t, 1, &m);
	assert_int_equal(0, m.version);
	assert_int_equal(
		0, town_count(t, "SELECT root_version FROM list_head"));
}

static void what_does_not_fit_is_left_out(void **state)
{
	struct town *t = *state;

	town_entries(t, 1, 6);
	town_sql(t, "UPDATE list_entry SET commitment = (SELECT commitment "
		    "FROM list_entry WHERE id = 1) WHERE id = 2");
	town_sql(t, "UPDATE list_entry SET place_sealed = x'00' WHERE id = 3");
	town_sql(t, "DELETE FROM list_leaf WHERE entry_id = 6");
	town_sql(t, "UPDATE list_entry SET approved_by = proposed_by "
		    "WHERE id = 4");
	town_sql(t, "UPDATE list_entry SET popular = 1 WHERE id = 5");
	town_look(t, NOW);
	assert_true(town_lists(t, 1, "h1.example", NULL));
	for (int i = 2; i <= 6; i++) {
		char host[32];

		snprintf(host, sizeof(host), "h%d.example", i);
		if (town_lists(t, 1, host, NULL)) {
			fail_msg("%s is published", host);
		}
	}
	/* a third person says yes */
	town_sql(t, "UPDATE list_entry SET third_by = 3 WHERE id = 5");
	town_look(t, NOW + H);
	assert_true(town_lists(t, 1, "h5.example", NULL));
}

/* The folder is not in a backup: numbers go on above all that went out. */
static void after_a_restore(void **state)
{
	struct town *t = *state;
	struct hl_urls_manifest before, m;

	town_entries(t, 1, 3);
	town_look(t, NOW);
	town_manifest(t, 1, &before);
	DIR *d = opendir(t->folder);
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		char path[512];

		snprintf(path, sizeof(path), "%s/%s", t->folder, e->d_name);
		unlink(path);
	}
	closedir(d);
	town_close(t);
	town_open(t);
	town_look(t, NOW + H);
	town_manifest(t, 1, &m);
	assert_int_equal(before.version + 3600, m.version);
	assert_int_equal(before.epoch, m.epoch);
	assert_true(town_lists(t, 1, "h1.example", NULL));
	assert_int_equal(0, town_count(t, HELD));
}

static void take_off(struct town *t, int id)
{
	town_sql(t,
		"UPDATE list_entry SET state = 5, ended_by = 9, ended_why = 2, "
		"place_sealed = x'' WHERE id = %d",
		id);
}

static void keep_store(struct town *t, struct hl_buf *out)
{
	town_close(t);
	assert_int_equal(0, hl_file_read(t->db, out, NULL));
	town_open(t);
}

static void put_store_back(struct town *t, struct hl_str was)
{
	char path[160];

	town_close(t);
	snprintf(path, sizeof(path), "%s-wal", t->db);
	unlink(path);
	snprintf(path, sizeof(path), "%s-shm", t->db);
	unlink(path);
	assert_int_equal(0, hl_file_write(t->db, was, 0600, NULL));
	town_open(t);
}

/* A version that went out is never given to something else: the store is as
 * it was, and the folder is not. */
static void the_store_alone_is_put_back(void **state)
{
	struct town *t = *state;
	HL_BUF_AUTO was = HL_BUF_INIT((size_t)1 << 28);
	struct hl_urls_manifest before, m;

	town_entries(t, 1, 6);
	town_look(t, NOW);
	keep_store(t, &was);
	take_off(t, 6);
	town_look(t, NOW + HL_US_PER_MIN);
	town_manifest(t, 1, &before);
	assert_int_equal(5, before.rows);
	/* within the same second, as with a clock that stands */
	put_store_back(t, hl_buf_str(&was));
	take_off(t, 5);
	town_look(t, NOW + HL_US_PER_MIN);
	town_manifest(t, 1, &m);
	assert_int_equal(S(NOW), m.version);
	town_look(t, NOW + HL_US_PER_MIN + 2 * HL_US_PER_S);
	town_manifest(t, 1, &m);
	assert_int_equal(before.version + 2, m.version);
	assert_false(town_lists(t, 1, "h5.example", NULL));
	assert_true(town_lists(t, 1, "h6.example", NULL));
}

/* Store and folder, as from a snapshot of the machine. */
static void all_is_put_back(void **state)
{
	struct town *t = *state;
	HL_BUF_AUTO was = HL_BUF_INIT((size_t)1 << 28);
	struct hl_urls_manifest before, m;

	town_entries(t, 1, 6);
	town_look(t, NOW);
	keep_store(t, &was);
	take_off(t, 6);
	town_look(t, NOW + HL_US_PER_MIN);
	town_manifest(t, 1, &before);
	put_store_back(t, hl_buf_str(&was));
	hl_lists_drop(t->folder, 1, before.version);
	take_off(t, 5);
	town_look(t, NOW + HL_US_PER_MIN + HL_US_PER_S);
	town_manifest(t, 1, &m);
	assert_true(m.version > before.version);
	assert_int_equal(5, m.rows);
}

/* Twice in a second, and a clock that is set back. */
static void one_a_second(void **state)
{
	struct town *t = *state;
	struct hl_urls_manifest m;

	town_entries(t, 1, 6);
	town_look(t, NOW);
	take_off(t, 6);
	town_look(t, NOW + HL_US_PER_S / 2);
	town_manifest(t, 1, &m);
	assert_int_equal(S(NOW), m.version);
	/* nothing changes meanwhile, and it is not forgotten */
	town_look(t, NOW + HL_US_PER_S);
	town_manifest(t, 1, &m);
	assert_int_equal(S(NOW) + 1, m.version);
	assert_int_equal(5, m.rows);
	take_off(t, 5);
	town_look(t, NOW - H);
	town_manifest(t, 1, &m);
	assert_int_equal(S(NOW) + 2, m.version);
	assert_int_equal(4, m.rows);
}

static void old_files_go(void **state)
{
	struct town *t = *state;
	struct hl_urls_manifest m;
	int n = 0;

	for (int i = 1; i <= 20; i++) {
		town_entry(t, i, 1, NOW);
		town_look(t, NOW + i * HL_US_PER_MIN);
	}
	town_manifest(t, 1, &m);
	assert_int_equal(S(NOW) + 20 * 60, m.version);
	assert_int_equal(16, m.n_deltas);
	assert_int_equal(S(NOW) + 4 * 60, m.delta[0].from);
	DIR *d = opendir(t->folder);
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		n += e->d_name[0] != '.';
	}
	closedir(d);
	/* 17 lists and rows, 32 deltas of two versions, a state */
	assert_int_equal(17 + 17 + 32 + 1, n);
}

#define IN_TOWN(f) cmocka_unit_test_setup_teardown(f, town_make, town_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TOWN(an_entry_comes_and_goes),
		IN_TOWN(a_minute_is_kept),
		IN_TOWN(renewed_twice_a_day),
		IN_TOWN(a_flood_is_held),
		IN_TOWN(a_held_one_waits_for_ever),
		IN_TOWN(many_are_held),
		IN_TOWN(an_item_is_gone),
		IN_TOWN(a_refused_one_stays_back),
		IN_TOWN(a_sudden_loss_is_held),
		IN_TOWN(halted),
		IN_TOWN(in_two_stages),
		IN_TOWN(without_a_root_nothing),
		IN_TOWN(what_does_not_fit_is_left_out),
		IN_TOWN(after_a_restore),
		IN_TOWN(the_store_alone_is_put_back),
		IN_TOWN(all_is_put_back),
		IN_TOWN(one_a_second),
		IN_TOWN(old_files_go),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
