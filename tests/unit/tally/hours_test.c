/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tally_test.h"

#define HOUR HL_TALLY_HOUR_US

static void an_hour(void **state)
{
	struct desk *d = *state;

	desk_hit(d, 7, 0, 20);
	desk_hit(d, 7, 0, 20);
	desk_hit(d, 9, 100, 4); /* too few to be told */
	hl_tally_add(d->t, 0, HL_STR_NONE);
	hl_tally_add_failed(d->t);
	assert_int_equal(
		HL_NOTFOUND, hl_tally_tick(d->t, NOON + HOUR - 1, NULL));
	assert_int_equal(0, hl_tally_tick(d->t, NOON + HOUR, NULL));
	assert_int_equal(HL_NOTFOUND, hl_tally_tick(d->t, NOON + HOUR, NULL));
	struct hl_tally_record r = desk_take(d);
	assert_memory_equal("hotline", r.hotline, 7);
	assert_int_equal(4711, r.consumer);
	assert_int_equal(NOON, r.hour_us);
	assert_int_equal(45, r.hits);
	assert_in_range(r.clients, 23, 25);
	assert_int_equal(2, r.entries);
	assert_int_equal(1, r.failed);
	assert_int_equal(1, r.n_entry);
	assert_int_equal(7, r.entry[0].id);
	assert_int_equal(40, r.entry[0].hits);
	assert_in_range(r.entry[0].clients, 18, 21);

	/* an hour in which nothing was blocked is told as well */
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 2 * HOUR, NULL));
	r = desk_take(d);
	assert_int_equal(NOON + HOUR, r.hour_us);
	assert_int_equal(0, r.hits + r.clients + r.entries + r.failed);
	assert_int_equal(0, r.n_entry);
}

/* Who comes again is no new client of the day; hits wait until five new
 * clients stand behind them. */
static void small_cells(void **state)
{
	struct desk *d = *state;
	struct hl_tally_record r;

	desk_hit(d, 7, 0, 4);
	assert_int_equal(0, hl_tally_tick(d->t, NOON + HOUR, NULL));
	r = desk_take(d);
	assert_int_equal(4, r.hits);
	assert_int_equal(0, r.clients);
	assert_int_equal(0, r.n_entry);

	desk_hit(d, 7, 0, 12); /* eight new ones; twelve and four hits */
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 2 * HOUR, NULL));
	r = desk_take(d);
	assert_int_equal(12, r.hits);
	assert_in_range(r.clients, 11, 12);
	assert_int_equal(1, r.n_entry);
	assert_int_equal(16, r.entry[0].hits);
	uint64_t first = r.entry[0].clients;
	assert_in_range(first, 9, 12);

	/* one person, an hour later, many times: no line tells it */
	for (int i = 0; i < 50; i++) {
		desk_hit(d, 7, 99, 1);
	}
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 3 * HOUR, NULL));
	r = desk_take(d);
	assert_int_equal(50, r.hits);
	assert_int_equal(0, r.clients);
	assert_int_equal(1, r.entries);
	assert_int_equal(0, r.n_entry);

	/* with many more it is told, and the day's sum is right */
	desk_hit(d, 7, 200, 30);
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 4 * HOUR, NULL));
	r = desk_take(d);
	assert_int_equal(80, r.entry[0].hits);
	assert_in_range(first + r.entry[0].clients, 36, 50);
}

/* However many were told before, four who are new make no line and no number,
 * though they alone may move an estimate by hundreds; nor does one, with any
 * number of hits. */
static void few_among_many(void **state)
{
	static const struct {
		uint32_t before, alone, hits;
	} rows[] = {{450, 1, 6}, {450, 4, 9}, {3000, 1, 50}, {3000, 4, 50},
		{30000, 1, 6}, {30000, 4, 6}};
	struct desk *d = *state;
	int64_t hour = NOON;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows) * 20; i++) {
		size_t row = i % HL_ARRAY_LEN(rows);
		uint32_t before = rows[row].before;

		hl_tally_free(d->t);
		desk_open(d, hour); /* another salt */
		desk_hit(d, 7, 0, before);
		assert_int_equal(0, hl_tally_tick(d->t, hour += HOUR, NULL));
		struct hl_tally_record r = desk_take(d);
		assert_in_range(r.entry[0].clients, before / 2, 2 * before);
		for (uint32_t k = 0; k < rows[row].hits; k++) {
			desk_hit(d, 7, before, rows[row].alone);
		}
		assert_int_equal(0, hl_tally_tick(d->t, hour += HOUR, NULL));
		r = desk_take(d);
		if (r.n_entry || r.clients || r.entries != 1 ||
			r.hits != rows[row].hits * rows[row].alone) {
			fail_msg("%u, then %u: %zu lines, %d clients", before,
				rows[row].alone, r.n_entry, (int)r.clients);
		}
	}
}

/* Those who wait are told once enough came, and nobody twice. */
static void many_after_many(void **state)
{
	struct desk *d = *state;
	uint64_t hits = 0, clients = 0, entry_clients = 0;

	for (uint32_t i = 0; i < 6; i++) {
		uint32_t n = 1000u << i;

		desk_hit(d, 7, n, n);
		assert_int_equal(
			0, hl_tally_tick(d->t, NOON + (i + 1) * HOUR, NULL));
		struct hl_tally_record r = desk_take(d);

		assert_int_equal(1, r.n_entry);
		assert_int_equal(n, r.entry[0].hits);
		hits += r.entry[0].hits;
		entry_clients += r.entry[0].clients;
		clients += r.clients;
	}
	assert_int_equal(63000, hits);
	assert_in_range(clients, 54000, 72000);
	assert_in_range(entry_clients, 32000, 126000);
}

/* What was left of a day does not make five of the next. */
static void left_over(void **state)
{
	struct desk *d = *state;
	int64_t hour = NOON + 12 * HOUR;

	desk_hit(d, 7, 0, 4);
	assert_int_equal(0, hl_tally_tick(d->t, hour, NULL));
	assert_int_equal(0, desk_take(d).clients);
	desk_hit(d, 7, 0, 1);
	assert_int_equal(0, hl_tally_tick(d->t, hour += HOUR, NULL));
	assert_int_equal(0, desk_take(d).clients);
	desk_hit(d, 7, 100, 11);
	assert_int_equal(0, hl_tally_tick(d->t, hour += HOUR, NULL));
	assert_in_range(desk_take(d).clients, 12, 16);
}

/* After midnight everybody is new; what was hit before is not told. */
static void midnight(void **state)
{
	struct desk *d = *state;
	struct hl_tally_record r;

	desk_hit(d, 7, 0, 40);
	desk_hit(d, 9, 0, 3);
	for (int i = 1; i <= 12; i++) {
		assert_int_equal(0, hl_tally_tick(d->t, NOON + i * HOUR, NULL));
		r = desk_take(d);
	}
	assert_int_equal(NOON + 11 * HOUR, r.hour_us);
	struct hl_tally_now now;
	hl_tally_now(d->t, &now);
	assert_int_equal(0, now.n_entries);
	desk_hit(d, 7, 0, 40);
	desk_hit(d, 9, 0, 3);
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 13 * HOUR, NULL));
	r = desk_take(d);
	assert_int_equal(43, r.hits);
	assert_in_range(r.clients, 38, 42);
	assert_int_equal(1, r.n_entry);
	assert_int_equal(40, r.entry[0].hits);
}

/* The program was asleep for days: one record, of the hour that it began. */
static void a_long_sleep(void **state)
{
	struct desk *d = *state;

	desk_hit(d, 7, 0, 10);
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 100 * HOUR, NULL));
	struct hl_tally_record r = desk_take(d);
	assert_int_equal(NOON, r.hour_us);
	assert_int_equal(10, r.hits);
	assert_int_equal(0, desk_waiting(d));
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 101 * HOUR, NULL));
	assert_int_equal(NOON + 100 * HOUR, desk_take(d).hour_us);
}

/* Out of order, twice, and what was never there. */
static void taking(void **state)
{
	struct desk *d = *state;
	HL_BUF_AUTO first = HL_BUF_INIT(HL_TALLY_TEXT_MAX);
	HL_BUF_AUTO again = HL_BUF_INIT(HL_TALLY_TEXT_MAX);
	int64_t hour;

	assert_int_equal(
		HL_NOTFOUND, hl_tally_waiting(d->t, &first, &hour, NULL));
	for (int i = 1; i <= 3; i++) {
		desk_hit(d, 7, 0, 10);
		assert_int_equal(0, hl_tally_tick(d->t, NOON + i * HOUR, NULL));
	}
	assert_int_equal(3, desk_waiting(d));
	/* the same text each time that it is asked for */
	assert_int_equal(0, hl_tally_waiting(d->t, &first, &hour, NULL));
	assert_int_equal(0, hl_tally_waiting(d->t, &again, &hour, NULL));
	assert_string_equal(first.p, again.p);
	assert_int_equal(NOON, hour);
	assert_int_equal(0, hl_tally_taken(d->t, NOON + HOUR, NULL));
	assert_int_equal(0, hl_tally_taken(d->t, NOON + HOUR, NULL));
	assert_int_equal(0, hl_tally_taken(d->t, NOON + 77 * HOUR, NULL));
	assert_int_equal(2, desk_waiting(d));
	assert_int_equal(NOON, desk_take(d).hour_us);
	assert_int_equal(NOON + 2 * HOUR, desk_take(d).hour_us);
}

/* Killed: what waits is there, the minute that was open is lost, and the number
 * of its hour is still free. */
static void killed(void **state)
{
	struct desk *d = *state;

	desk_hit(d, 7, 0, 10);
	assert_int_equal(0, hl_tally_tick(d->t, NOON + HOUR, NULL));
	desk_hit(d, 7, 0, 10);
	hl_tally_free(d->t);
	desk_open(d, NOON + HOUR + HOUR / 4);
	assert_int_equal(10, desk_take(d).hits);
	desk_hit(d, 7, 0, 3);
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 2 * HOUR, NULL));
	struct hl_tally_record r = desk_take(d);
	assert_int_equal(NOON + HOUR, r.hour_us);
	assert_int_equal(3, r.hits);
}

static void clock_put_back(void **state)
{
	struct desk *d = *state;
	struct hl_tally_record r;

	assert_int_equal(0, hl_tally_tick(d->t, NOON + HOUR, NULL));
	desk_take(d);
	desk_hit(d, 7, 0, 10);
	/* by two hours: the hour goes on until the clock has caught up */
	assert_int_equal(HL_NOTFOUND, hl_tally_tick(d->t, NOON - HOUR, NULL));
	assert_int_equal(HL_NOTFOUND, hl_tally_tick(d->t, NOON, NULL));
	assert_int_equal(HL_NOTFOUND, hl_tally_tick(d->t, NOON + HOUR, NULL));
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 2 * HOUR, NULL));
	r = desk_take(d);
	assert_int_equal(NOON + HOUR, r.hour_us);
	assert_int_equal(10, r.hits);

	/* it had been wrong by years */
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 90000 * HOUR, NULL));
	desk_take(d);
	desk_hit(d, 7, 0, 10);
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 3 * HOUR, NULL));
	r = desk_take(d);
	assert_int_equal(NOON + 90000 * HOUR, r.hour_us);
	assert_int_equal(10, r.hits);
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 4 * HOUR, NULL));
	assert_int_equal(NOON + 3 * HOUR, desk_take(d).hour_us);
	/* back to an hour that was written: the next free one */
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 9000 * HOUR, NULL));
	desk_take(d);
	assert_int_equal(0, hl_tally_tick(d->t, NOON, NULL));
	desk_take(d);
	struct hl_tally_now now;
	hl_tally_now(d->t, &now);
	assert_int_equal(NOON + 5 * HOUR, now.hour_us);
}

/* The folder cannot be written: the record waits in memory, the next hour
 * goes on, and all of it is told when there is room again. */
static void full_disk(void **state)
{
	struct desk *d = *state;
	char away[80];
	struct hl_tally_now now;
	struct hl_err err;

	snprintf(away, sizeof(away), "%s.away", d->folder);
	desk_hit(d, 7, 0, 10);
	assert_int_equal(0, rename(d->folder, away));
	assert_int_equal(HL_E_IO, hl_tally_tick(d->t, NOON + HOUR, &err));
	desk_hit(d, 7, 100, 20);
	assert_int_equal(HL_E_IO, hl_tally_tick(d->t, NOON + 2 * HOUR, &err));
	assert_int_equal(HL_E_IO, hl_tally_tick(d->t, NOON + 3 * HOUR, &err));
	hl_tally_now(d->t, &now);
	assert_true(now.stuck);
	assert_int_equal(20, now.hits);
	assert_int_equal(0, rename(away, d->folder));
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 3 * HOUR, &err));
	struct hl_tally_record r = desk_take(d);
	assert_int_equal(NOON, r.hour_us);
	assert_int_equal(10, r.hits);
	r = desk_take(d);
	assert_int_equal(NOON + HOUR, r.hour_us);
	assert_int_equal(20, r.hits);
	hl_tally_now(d->t, &now);
	assert_false(now.stuck);
}

/* A size limit stands for a disk that fills up in the middle of a file. */
static void file_too_large(void **state)
{
	struct desk *d = *state;
	struct rlimit was, small;
	struct hl_err err;

	assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &was));
	small = was;
	small.rlim_cur = 20;
	signal(SIGXFSZ, SIG_IGN);
	desk_hit(d, 7, 0, 10);
	assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &small));
	int r = hl_tally_tick(d->t, NOON + HOUR, &err);
	assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &was));
	assert_true(r < 0);
	assert_int_equal(0, desk_waiting(d));
	assert_int_equal(0, hl_tally_tick(d->t, NOON + HOUR, &err));
	assert_int_equal(10, desk_take(d).hits);
}

static void foreign_files(void **state)
{
	static const char *const names[] = {"counters-", "counters-x",
		"counters-2026-11-22T99", "counters-2026-11-22T12.tmp",
		"notes.txt", "counters-2026-11-22T120"};
	struct desk *d = *state;
	char path[128];

	hl_tally_free(d->t);
	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", d->folder, names[i]);
		assert_int_equal(
			0, hl_file_write(path, HL_STR("x"), 0600, NULL));
	}
	desk_open(d, NOON);
	assert_int_equal(0, desk_waiting(d));
	hl_tally_free(d->t);
	d->t = NULL;
	snprintf(path, sizeof(path), "%s/used", d->folder);
	assert_int_equal(0, hl_file_write(path, HL_STR("x\n"), 0600, NULL));
	assert_int_equal(
		HL_E_CORRUPT, hl_tally_new(&d->config, NOON, &d->t, NULL));
}

static void refused_settings(void **state)
{
	struct desk *d = *state;
	struct hl_tally_config c = d->config;
	struct hl_tally *t = NULL;

	c.consumer = 0;
	assert_int_equal(HL_E_INVALID, hl_tally_new(&c, NOON, &t, NULL));
	c = d->config;
	c.folder = "/tmp/tally-which-is-not-there";
	assert_int_equal(HL_E_IO, hl_tally_new(&c, NOON, &t, NULL));
	c.folder = NULL;
	assert_int_equal(HL_E_INVALID, hl_tally_new(&c, NOON, &t, NULL));
	assert_null(t);
}

/* More entries than are counted one by one: totals stay right. */
static void more_entries_than_room(void **state)
{
	struct desk *d = *state;
	struct hl_tally_now now;

	for (uint64_t e = 1; e <= 5000; e++) {
		desk_hit(d, e, (uint32_t)e, 1);
	}
	hl_tally_now(d->t, &now);
	assert_int_equal(5000, now.hits);
	assert_int_equal(1600, now.n_entries);
	assert_int_equal(0, hl_tally_tick(d->t, NOON + HOUR, NULL));
	struct hl_tally_record r = desk_take(d);
	assert_int_equal(5000, r.hits);
	assert_in_range(r.clients, 4700, 5300);
	assert_int_equal(1600, r.entries);
	assert_int_equal(0, r.n_entry);
}

/* More entries than a record holds: the most hit first, the others in the
 * hours after. */
static void more_entries_than_lines(void **state)
{
	struct desk *d = *state;
	uint64_t hits = 0;
	size_t n = 0;

	hl_tally_free(d->t);
	d->config.n_entries = 4000;
	desk_open(d, NOON);
	for (uint64_t e = 1; e <= 1500; e++) {
		desk_hit(d, e, 0, e <= 500 ? 10 : 20);
	}
	for (int i = 1; i <= 2; i++) {
		assert_int_equal(0, hl_tally_tick(d->t, NOON + i * HOUR, NULL));
		struct hl_tally_record r = desk_take(d);

		for (size_t k = 0; k < r.n_entry; k++) {
			assert_true(r.entry[k].hits == (i == 1 ? 20 : 10));
			hits += r.entry[k].hits;
		}
		n += r.n_entry;
	}
	assert_int_equal(1500, n);
	assert_int_equal(25000, hits);
}

enum { THREADS = 4, EACH = 50000 };

static void *hit_many(void *arg)
{
	struct desk *d = arg;

	for (uint32_t i = 0; i < EACH; i++) {
		uint32_t client = i % 1000;

		hl_tally_add(
			d->t, 1 + i % 10, hl_str_mem(&client, sizeof(client)));
		if (i % 100 == 0) {
			hl_tally_add_failed(d->t);
		}
	}
	return NULL;
}

/* Hours end while others count: nothing is counted twice or lost. */
static void threads(void **state)
{
	struct desk *d = *state;
	pthread_t thread[THREADS];
	uint64_t hits = 0, failed = 0;
	int64_t hour = NOON;

	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(
			0, pthread_create(&thread[i], NULL, hit_many, d));
	}
	for (int i = 0; i < 8; i++) {
		assert_int_equal(0, hl_tally_tick(d->t, hour += HOUR, NULL));
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(thread[i], NULL);
	}
	assert_int_equal(0, hl_tally_tick(d->t, hour += HOUR, NULL));
	while (desk_waiting(d)) {
		struct hl_tally_record r = desk_take(d);

		hits += r.hits;
		failed += r.failed;
	}
	assert_int_equal(THREADS * EACH, hits);
	assert_int_equal(THREADS * EACH / 100, failed);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, desk_set_up, desk_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_hour),
		TEST(small_cells),
		TEST(few_among_many),
		TEST(many_after_many),
		TEST(left_over),
		TEST(midnight),
		TEST(a_long_sleep),
		TEST(taking),
		TEST(killed),
		TEST(clock_put_back),
		TEST(full_disk),
		TEST(file_too_large),
		TEST(foreign_files),
		TEST(refused_settings),
		TEST(more_entries_than_room),
		TEST(more_entries_than_lines),
		TEST(threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
