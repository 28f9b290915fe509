/* SPDX-License-Identifier: Apache-2.0 */
/* What was passed on while the worker got no address: it gets it later. */
#include "fixture.h"

#include <stdio.h>

#include "casefile/sealed.h"
#include "casework/share.h"

/* A case whose address the worker lacks, and which is being watched. */
static int64_t put_watched(struct fixture *f, const char *address)
{
	int64_t id = put_case(f, address);
	char sql[512];

	snprintf(sql, sizeof(sql),
		"UPDATE cases SET state = 9 WHERE id = %lld;"
		"INSERT INTO watch (item_id, active, stage, misses, "
		"last_miss_us, last_at_us, last_verdict, next_at_us, "
		"lease_until_us, started_at_us) SELECT id, 1, 0, 0, 0, 0, 0, "
		"1, 0, 1 FROM item WHERE case_id = %lld",
		(long long)id, (long long)id);
	change(f, sql);
	return id;
}

static size_t share(
	struct fixture *f, const struct hl_seal_ring *ring, size_t n_most)
{
	struct hl_who sofie = who(f, SOFIE);
	struct hl_err err = {.msg = ""};
	size_t n;

	sofie.ring = ring;
	if (hl_casework_share(&sofie, n_most, &n, &err)) {
		fail_msg("%s", err.msg);
	}
	return n;
}

static int64_t n_shared(struct fixture *f)
{
	return number(f, "SELECT count(*) FROM item WHERE worker_sealed <> "
			 "x''");
}

static int64_t n_waiting(struct fixture *f)
{
	struct hl_row_watch_waiting *row;
	size_t n;

	ok(hl_get_watch_waiting(f->store, f->arena, &row, &n, NULL));
	return row->n;
}

static void what_is_watched_is_shared_and_nothing_else(void **state)
{
	static const struct {
		const char *name, *change;
		int64_t n;
	} rows[] = {
		{"watched", "SELECT 1", 1},
		{"told, others not yet", "UPDATE cases SET state = 8", 1},
		{"opened again", "UPDATE cases SET state = 1", 1},
		{"removed, and still looked at",
			"UPDATE cases SET state = 10, closed_reason = 1", 1},
		{"paused", "UPDATE watch SET active = 0", 0},
		{"never watched", "DELETE FROM watch", 0},
		{"closed as not illegal",
			"UPDATE cases SET state = 10, closed_reason = 2", 0},
		{"erased", "UPDATE cases SET state = 11", 0},
		{"emptied", "UPDATE item SET url_sealed = x''", 0},
		{"shared already", "UPDATE item SET worker_sealed = x'01'", 0},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct fixture *f = *state;

		put_watched(f, "example.org/a");
		change(f, rows[i].change);
		int64_t before = n_shared(f), waiting = n_waiting(f);
		size_t n = share(f, &f->ring, 10);
		if ((int64_t)n != rows[i].n || waiting != rows[i].n ||
			n_shared(f) != before + rows[i].n || n_waiting(f)) {
			fail_msg("%s: %zu shared, %d waited", rows[i].name, n,
				(int)waiting);
		}
		assert_int_equal(0, share(f, &f->ring, 10));
		tear_down(state);
		set_up(state);
	}
}

static void the_worker_can_open_it(void **state)
{
	struct fixture *f = *state;
	HL_BUF_AUTO url = HL_BUF_SECRET(4096);
	struct hl_row_watch_url *row;
	size_t n;

	put_watched(f, "http://example.org/a#part");
	assert_int_equal(1, share(f, &f->ring, 1));
	int64_t id = number(f, "SELECT id FROM item");
	struct hl_seal_label label = HL_LABEL_ITEM_URL_WORKER(id);
	ok(hl_get_watch_url(f->store, f->arena, &(struct hl_in_watch_url){id},
		&row, &n, NULL));
	ok(hl_seal_open(&f->worker, &label, row->worker_sealed, &url, NULL));
	assert_true(hl_str_eq(
		HL_STR("http://example.org/a#part"), hl_buf_str(&url)));
}

static void a_few_at_a_time(void **state)
{
	struct fixture *f = *state;
	char address[64];

	for (int i = 0; i < 5; i++) {
		snprintf(address, sizeof(address), "example.org/%d", i);
		put_watched(f, address);
	}
	assert_int_equal(0, share(f, &f->ring, 0));
	assert_int_equal(2, share(f, &f->ring, 2));
	assert_int_equal(3, n_waiting(f));
	assert_int_equal(2, share(f, &f->ring, 2));
	assert_int_equal(1, share(f, &f->ring, 2));
	assert_int_equal(0, share(f, &f->ring, 2));
	assert_int_equal(5, n_shared(f));
}

/* More than are read at one time stand before it. */
static void what_does_not_open_keeps_nothing_waiting(void **state)
{
	struct fixture *f = *state;

	put_watched(f, "example.org/a");
	change(f, "WITH RECURSIVE k (n) AS (SELECT 1 UNION ALL SELECT n + 1 "
		  "FROM k WHERE n < 250) INSERT INTO item SELECT n, case_id, "
		  "zeroblob(n), host_hash, canon_version, kind, epoch, "
		  "zeroblob(99), x'', state, public_status, status_at_us, "
		  "passed_to, n_reports, n_independent, first_at_us, "
		  "last_at_us, country, asn, network, provider_id, "
		  "traced_at_us, 0, 0, removed_at_us FROM item, k;"
		  "INSERT INTO watch SELECT i.id, 1, 0, 0, 0, 0, 0, 0, 0, 0, "
		  "0, 0, 0, 0, 1, 0, 1 FROM item i WHERE i.id <= 250");
	assert_int_equal(251, n_waiting(f));
	assert_int_equal(1, share(f, &f->ring, 1));
	assert_int_equal(1, n_shared(f));
	assert_int_equal(250, n_waiting(f));
}

static void without_the_key_it_waits(void **state)
{
	struct fixture *f = *state;

	put_watched(f, "example.org/a");
	assert_int_equal(0, share(f, &f->empty, 10));
	assert_int_equal(1, n_waiting(f));
	/* nor is there anybody to seal it to */
	change(f, "UPDATE key_epoch SET closed_at_us = 1 WHERE kind = 4");
	assert_int_equal(0, share(f, &f->ring, 10));
	change(f, "UPDATE key_epoch SET closed_at_us = 0 WHERE kind = 4");
	assert_int_equal(1, share(f, &f->ring, 10));
}

/* The case ends between the reading and the writing. */
static void an_end_in_between_leaves_the_worker_nothing(void **state)
{
	static const char *const ends[] = {
		"UPDATE watch SET active = 0",
		"UPDATE cases SET state = 10, closed_reason = 2",
		"UPDATE item SET url_sealed = x''",
		"UPDATE item SET worker_sealed = x'02'",
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(ends); i++) {
		struct fixture *f = *state;

		put_watched(f, "example.org/a");
		struct hl_in_watch_give in = {
			HL_STR("new"), number(f, "SELECT id FROM item")};
		change(f, ends[i]);
		ok(hl_do_watch_give(f->store, f->arena, &in, NULL));
		if (number(f, "SELECT count(*) FROM item WHERE worker_sealed "
			      "= CAST('new' AS BLOB)")) {
			fail_msg("%s", ends[i]);
		}
		tear_down(state);
		set_up(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_watched_is_shared_and_nothing_else),
		TEST(the_worker_can_open_it),
		TEST(a_few_at_a_time),
		TEST(what_does_not_open_keeps_nothing_waiting),
		TEST(without_the_key_it_waits),
		TEST(an_end_in_between_leaves_the_worker_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
