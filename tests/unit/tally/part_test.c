/* SPDX-License-Identifier: Apache-2.0 */
/* The hour that has not ended, over ends and starts of the program. */
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tally_test.h"

#define HOUR HL_TALLY_HOUR_US
#define MINUTE HL_US_PER_MIN

static struct hl_tally_now now_of(struct desk *d)
{
	struct hl_tally_now now;

	hl_tally_now(d->t, &now);
	return now;
}

static void start_again(struct desk *d, int64_t now_us)
{
	hl_tally_free(d->t);
	d->t = NULL;
	desk_open(d, now_us);
}

static void end_and_start(struct desk *d, int64_t now_us)
{
	assert_int_equal(0, hl_tally_end(d->t, NULL));
	start_again(d, now_us);
}

static void path_of(struct desk *d, const char *name, char path[128])
{
	snprintf(path, 128, "%s/%s", d->folder, name);
}

static struct hl_str read_open(struct desk *d)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_TALLY_TEXT_MAX);
	char path[128];

	path_of(d, "open", path);
	assert_int_equal(0, hl_file_read(path, &text, NULL));
	return hl_arena_dup(d->arena, hl_buf_str(&text));
}

static void write_open(struct desk *d, struct hl_str text)
{
	char path[128];

	path_of(d, "open", path);
	assert_int_equal(0, hl_file_write(path, text, 0600, NULL));
}

static void ended_and_started_many_times(void **state)
{
	struct desk *d = *state;
	struct hl_tally_record r;
	char used[128];

	for (uint32_t i = 0; i < 20; i++) {
		desk_hit(d, 1 + i % 3, i, 1);
		hl_tally_add(d->t, 0, HL_STR_NONE);
		hl_tally_add_failed(d->t);
		end_and_start(d, NOON + i * MINUTE);
		assert_int_equal(2 * (i + 1), now_of(d).hits);
	}
	/* one hour, the clock's own, and nothing is told before its end */
	assert_int_equal(NOON, now_of(d).hour_us);
	assert_int_equal(0, desk_waiting(d));
	path_of(d, "used", used);
	assert_int_equal(-1, access(used, F_OK));
	assert_int_equal(0, hl_tally_tick(d->t, NOON + HOUR, NULL));
	assert_int_equal(1, desk_waiting(d));
	r = desk_take(d);
	assert_int_equal(NOON, r.hour_us);
	assert_int_equal(40, r.hits);
	assert_int_equal(20, r.failed);
	/* and the next one begins at nothing */
	end_and_start(d, NOON + HOUR);
	assert_int_equal(0, now_of(d).hits + now_of(d).failed);
	assert_int_equal(NOON + HOUR, now_of(d).hour_us);
}

/* Killed, ended, asleep, in turns, over five hours: sums are right, but for
 * what came in the last minute before a death. */
static void killed_and_ended_in_turns(void **state)
{
	struct desk *d = *state;
	int64_t now = NOON;
	uint64_t counted = 0, lost = 0, told = 0;

	for (uint32_t i = 0; i < 100; i++) {
		now += 3 * MINUTE;
		desk_hit(d, 7, i, 5);
		counted += 5;
		assert_in_range(hl_tally_tick(d->t, now, NULL), 0, HL_NOTFOUND);
		if (i % 3 == 0) {
			desk_hit(d, 7, i, 2);
			lost += 2;
			start_again(d, now + MINUTE);
		} else if (i % 3 == 1) {
			desk_hit(d, 7, i, 2);
			counted += 2;
			end_and_start(d, now + MINUTE);
		}
	}
	assert_int_equal(0, hl_tally_tick(d->t, now + HOUR, NULL));
	while (desk_waiting(d)) {
		struct hl_tally_record r = desk_take(d);

		assert_true(r.hour_us <= now);
		told += r.hits;
	}
	assert_true(lost > 0);
	assert_int_equal(counted, told);
}

/* Whoever comes back after the hour finds its record told as far as it went. */
static void started_hours_later(void **state)
{
	struct desk *d = *state;
	struct hl_tally_record r;

	for (int i = 0; i < 2; i++) {
		int64_t begun = NOON + i * 5 * HOUR;

		desk_hit(d, 7, 0, 10);
		if (i) {
			assert_int_equal(HL_NOTFOUND,
				hl_tally_tick(d->t, begun + MINUTE, NULL));
			start_again(d, begun + 5 * HOUR);
		} else {
			end_and_start(d, begun + 5 * HOUR);
		}
		assert_int_equal(begun + 5 * HOUR, now_of(d).hour_us);
		assert_int_equal(0, now_of(d).hits);
		assert_int_equal(1, desk_waiting(d));
		r = desk_take(d);
		assert_int_equal(begun, r.hour_us);
		assert_int_equal(10, r.hits);
		assert_int_equal(10, r.entry[0].hits);
	}
	/* told once, though its part lies there still */
	start_again(d, NOON + 11 * HOUR);
	assert_int_equal(0, desk_waiting(d));
	start_again(d, NOON + 5 * HOUR + MINUTE);
	assert_int_equal(0, now_of(d).hits);
}

/* Lines and clients that may be told are kept; what one does afterwards adds
 * nothing to them, what five more do, does. */
static void lines_and_clients(void **state)
{
	static const struct {
		const char *what;
		uint32_t after, hits, line_hits;
		uint32_t line_least, line_most, least, most;
	} rows[] = {
		{"nobody", 0, 0, 40, 18, 21, 22, 25},
		{"one, often", 1, 50, 40, 18, 21, 22, 25},
		{"four", 4, 4, 40, 18, 21, 22, 25},
		{"sixteen", 16, 16, 56, 30, 39, 35, 42},
	};
	struct desk *d = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t hour = NOON + (int64_t)i * HOUR;

		start_again(d, hour);
		desk_hit(d, 7, 0, 20);
		desk_hit(d, 7, 0, 20);
		desk_hit(d, 9, 100, 4);
		end_and_start(d, hour + MINUTE);
		for (uint32_t k = 0; k < rows[i].hits; k++) {
			desk_hit(d, 7, 1000 + k % rows[i].after, 1);
		}
		end_and_start(d, hour + 2 * MINUTE); /* twice is as once */
		assert_int_equal(0, hl_tally_tick(d->t, hour + HOUR, NULL));
		struct hl_tally_record r = desk_take(d);

		if (r.hits != 44 + rows[i].hits || r.entries != 2 ||
			r.n_entry != 1 || r.entry[0].id != 7 ||
			r.entry[0].hits != rows[i].line_hits ||
			r.entry[0].clients < rows[i].line_least ||
			r.entry[0].clients > rows[i].line_most ||
			r.clients < rows[i].least || r.clients > rows[i].most) {
			fail_msg("%s: %d hits, %d clients, %d entries; %zu "
				 "lines, %d of %d",
				rows[i].what, (int)r.hits, (int)r.clients,
				(int)r.entries, r.n_entry, (int)r.entry[0].hits,
				(int)r.entry[0].clients);
		}
	}
}

/* What was told of an entry and of clients is told once. */
static void told_once(void **state)
{
	struct desk *d = *state;

	desk_hit(d, 7, 0, 20);
	end_and_start(d, NOON);
	desk_hit(d, 7, 0, 20);
	assert_int_equal(0, hl_tally_tick(d->t, NOON + HOUR, NULL));
	assert_int_equal(40, desk_take(d).entry[0].hits);
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 2 * HOUR, NULL));
	struct hl_tally_record r = desk_take(d);
	assert_int_equal(0, r.hits + r.clients + r.entries + r.n_entry);
	desk_hit(d, 7, 100, 16);
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 3 * HOUR, NULL));
	r = desk_take(d);
	assert_int_equal(16, r.entry[0].hits);
	assert_in_range(r.entry[0].clients, 8, 16);
	assert_in_range(r.clients, 14, 18);
}

/* Nothing is on the disk that the hour's record would not tell. */
static void no_more_than_a_record(void **state)
{
	struct desk *d = *state;
	struct hl_tally_record r;
	struct stat st;
	char path[128];

	desk_hit(d, 7, 0, 20);
	desk_hit(d, 9, 100, 4);
	desk_hit(d, 9, 100, 4);
	assert_int_equal(HL_NOTFOUND, hl_tally_tick(d->t, NOON + MINUTE, NULL));
	assert_int_equal(
		0, hl_tally_read(read_open(d), d->pub, d->arena, &r, NULL));
	assert_int_equal(28, r.hits);
	assert_int_equal(1, r.n_entry);
	assert_int_equal(7, r.entry[0].id);
	path_of(d, "open", path);
	assert_int_equal(0, stat(path, &st));
	assert_int_equal(0600, st.st_mode & 07777);
	/* nor does its time tell when somebody was stopped */
	assert_int_equal(0, unlink(path));
	assert_int_equal(
		HL_NOTFOUND, hl_tally_tick(d->t, NOON + 2 * MINUTE - 1, NULL));
	assert_int_equal(-1, access(path, F_OK));
	assert_int_equal(
		HL_NOTFOUND, hl_tally_tick(d->t, NOON + 2 * MINUTE, NULL));
	assert_int_equal(0, access(path, F_OK));
}

/* What cannot be taken up is said, and stops nobody. */
static void not_to_be_taken(void **state)
{
	struct desk *d = *state;
	struct hl_tally_config was = d->config;
	static const char zeros[1 << 17];
	char bad[4096];

	desk_hit(d, 7, 0, 20);
	assert_int_equal(0, hl_tally_end(d->t, NULL));
	struct hl_str good = read_open(d);
	assert_in_range(good.n, 100, sizeof(bad));
	memcpy(bad, good.p, good.n);
	bad[good.n / 2] ^= 1;
	const struct {
		const char *what;
		struct hl_str text;
		uint64_t consumer;
		uint8_t hotline, key;
		uint64_t hits;
	} rows[] = {
		{"as it was", good, 4711, 0, 0, 20},
		{"damaged", {bad, good.n}, 4711, 0, 0, 0},
		{"cut off", hl_str_sub(good, 0, good.n / 2), 4711, 0, 0, 0},
		{"nothing", HL_STR(""), 4711, 0, 0, 0},
		{"longer", {zeros, sizeof(zeros)}, 4711, 0, 0, 0},
		{"another consumer", good, 4712, 0, 0, 0},
		{"another hotline", good, 4711, 1, 0, 0},
		{"another key", good, 4711, 0, 1, 0},
	};
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		d->config = was;
		d->config.consumer = rows[i].consumer;
		d->config.hotline[15] ^= rows[i].hotline;
		if (rows[i].key) {
			uint8_t pub[HL_TALLY_PUB_BYTES];

			crypto_sign_keypair(pub, d->config.secret);
		}
		write_open(d, rows[i].text);
		start_again(d, NOON + MINUTE);
		if (now_of(d).hits != rows[i].hits ||
			now_of(d).hour_us != NOON || desk_waiting(d)) {
			fail_msg("%s: %d hits", rows[i].what,
				(int)now_of(d).hits);
		}
		/* the next minute writes over it */
		assert_int_equal(HL_NOTFOUND,
			hl_tally_tick(d->t, NOON + 2 * MINUTE, NULL));
		start_again(d, NOON + 2 * MINUTE);
		assert_int_equal(rows[i].hits, now_of(d).hits);
	}
}

/* The end cannot write: how much is lost is said. */
static void no_room_at_the_end(void **state)
{
	struct desk *d = *state;
	struct hl_err err = {0};
	char away[80];

	snprintf(away, sizeof(away), "%s.away", d->folder);
	desk_hit(d, 7, 0, 10);
	assert_int_equal(HL_NOTFOUND, hl_tally_tick(d->t, NOON + MINUTE, NULL));
	desk_hit(d, 7, 0, 12);
	assert_int_equal(0, rename(d->folder, away));
	assert_true(hl_tally_end(d->t, &err) < 0);
	assert_non_null(strstr(err.msg, "12 blocked requests"));
	/* while it runs, the next minute is as good */
	assert_true(hl_tally_tick(d->t, NOON + 2 * MINUTE, &err) < 0);
	assert_int_equal(
		HL_NOTFOUND, hl_tally_tick(d->t, NOON + 2 * MINUTE, &err));
	assert_int_equal(0, rename(away, d->folder));
	assert_int_equal(
		HL_NOTFOUND, hl_tally_tick(d->t, NOON + 3 * MINUTE, &err));
	start_again(d, NOON + 3 * MINUTE);
	assert_int_equal(22, now_of(d).hits);
}

/* A record that waits for room goes first, and the part after it. */
static void no_room_for_a_record(void **state)
{
	struct desk *d = *state;
	struct hl_err err = {0};
	char away[80];

	snprintf(away, sizeof(away), "%s.away", d->folder);
	desk_hit(d, 7, 0, 10);
	assert_int_equal(HL_NOTFOUND, hl_tally_tick(d->t, NOON + MINUTE, NULL));
	desk_hit(d, 7, 0, 1);
	assert_int_equal(0, rename(d->folder, away));
	assert_true(hl_tally_tick(d->t, NOON + HOUR, &err) < 0);
	desk_hit(d, 7, 0, 12);
	assert_true(hl_tally_end(d->t, &err) < 0);
	assert_non_null(strstr(err.msg, "13 blocked requests"));
	assert_int_equal(0, rename(away, d->folder));
	assert_int_equal(0, hl_tally_end(d->t, &err));
	start_again(d, NOON + HOUR + MINUTE);
	assert_int_equal(11, desk_take(d).hits);
	assert_int_equal(12, now_of(d).hits);
	assert_int_equal(NOON + HOUR, now_of(d).hour_us);
}

/* The start cannot write the record of a part: the next tick does. */
static void no_room_at_the_start(void **state)
{
	struct desk *d = *state;
	struct rlimit was, small;

	desk_hit(d, 7, 0, 10);
	assert_int_equal(0, hl_tally_end(d->t, NULL));
	assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &was));
	small = was;
	small.rlim_cur = 20;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &small));
	start_again(d, NOON + 3 * HOUR);
	assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &was));
	assert_int_equal(0, desk_waiting(d));
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 3 * HOUR, NULL));
	assert_int_equal(10, desk_take(d).hits);
}

/* Put back by some hours the part goes on; by more, the clock was wrong. */
static void clock_put_back(void **state)
{
	struct desk *d = *state;

	desk_hit(d, 7, 0, 10);
	end_and_start(d, NOON - 2 * HOUR);
	assert_int_equal(10, now_of(d).hits);
	assert_int_equal(NOON, now_of(d).hour_us);
	end_and_start(d, NOON - 30 * HOUR);
	assert_int_equal(0, now_of(d).hits);
	assert_int_equal(NOON - 30 * HOUR, now_of(d).hour_us);
	struct hl_tally_record r = desk_take(d);
	assert_int_equal(NOON, r.hour_us);
	assert_int_equal(10, r.hits);
}

/* The hours that are written already: what comes counts for the next free
 * one, however many ends there are until then. */
static void ahead_of_the_clock(void **state)
{
	struct desk *d = *state;
	char path[128];

	hl_tally_free(d->t);
	d->t = NULL;
	path_of(d, "used", path);
	assert_int_equal(
		0, hl_file_write(path,
			   HL_STR("2026-11-22T12:00:00Z\n2026-11-22T13:00:00Z\n"
				  "2026-11-22T14:00:00Z\n"),
			   0600, NULL));
	desk_open(d, NOON);
	for (int i = 0; i < 10; i++) {
		desk_hit(d, 7, 0, 4);
		end_and_start(d, NOON + i * 5 * MINUTE);
	}
	assert_int_equal(NOON + 3 * HOUR, now_of(d).hour_us);
	assert_int_equal(40, now_of(d).hits);
	assert_int_equal(0, desk_waiting(d));
	assert_int_equal(0, hl_tally_tick(d->t, NOON + 4 * HOUR, NULL));
	assert_int_equal(40, desk_take(d).hits);
}

enum { EACH = 200000 };

static void *hit_many(void *arg)
{
	struct desk *d = arg;

	for (uint32_t i = 0; i < EACH; i++) {
		desk_hit(d, 1 + i % 10, i % 1000, 1);
	}
	return NULL;
}

/* Parts are written while others count: nothing is counted twice or lost. */
static void kept_while_others_count(void **state)
{
	struct desk *d = *state;
	int64_t now = NOON;
	uint64_t hits = 0;
	pthread_t thread;

	assert_int_equal(0, pthread_create(&thread, NULL, hit_many, d));
	for (int i = 0; i < 130; i++) {
		assert_in_range(hl_tally_tick(d->t, now += MINUTE, NULL), 0,
			HL_NOTFOUND);
	}
	pthread_join(thread, NULL);
	end_and_start(d, now);
	assert_int_equal(0, hl_tally_tick(d->t, now + HOUR, NULL));
	while (desk_waiting(d)) {
		struct hl_tally_record r = desk_take(d);

		for (size_t i = 0; i < r.n_entry; i++) {
			assert_true(r.entry[i].hits >= r.entry[i].clients);
		}
		hits += r.hits;
	}
	assert_int_equal(EACH, hits);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, desk_set_up, desk_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(ended_and_started_many_times),
		TEST(killed_and_ended_in_turns),
		TEST(started_hours_later),
		TEST(lines_and_clients),
		TEST(told_once),
		TEST(no_more_than_a_record),
		TEST(not_to_be_taken),
		TEST(no_room_at_the_end),
		TEST(no_room_for_a_record),
		TEST(no_room_at_the_start),
		TEST(clock_put_back),
		TEST(ahead_of_the_clock),
		TEST(kept_while_others_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
