/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/time.h"

#define MIN HL_US_PER_MIN
#define HOUR HL_US_PER_HOUR
#define DAY HL_US_PER_DAY
#define START (INT64_C(1790000000) * HL_US_PER_S)
#define MIDDLE (UINT32_MAX / 2) /* no jitter, but for one microsecond */

static struct hl_watch_plan plan(void)
{
	struct hl_watch_plan p;

	hl_watch_plan_default(&p);
	p.jitter_permille = 0;
	return p;
}

/*
 * A story: letters of what was seen, '+' present, '-' absent, '?' unsure,
 * each after the minutes before it; host ids by a digit behind.
 */
struct beat {
	int64_t after_min;
	char sight;
	int host;
	unsigned events;
	int64_t next_min; /* to the next look; -1: not checked, 0: none */
};

static enum hl_watch_sight sight_of(char c)
{
	return c == '+'   ? HL_WATCH_PRESENT
	       : c == '-' ? HL_WATCH_ABSENT
			  : HL_WATCH_UNSURE;
}

static void play(const char *name, const struct hl_watch_plan *p,
	const struct beat *beats, size_t n)
{
	struct hl_watch_state s;
	int64_t now = START;

	hl_watch_start(p, now, 1, MIDDLE, &s);
	for (size_t i = 0; i < n; i++) {
		now += beats[i].after_min * MIN;
		struct hl_watch_seen seen = {.at_us = now,
			.sight = sight_of(beats[i].sight),
			.host_id = (uint64_t)beats[i].host};
		unsigned events = hl_watch_note(p, &seen, MIDDLE, &s);
		int64_t next = s.next_at_us ? s.next_at_us - now : 0;

		if (events != beats[i].events ||
			(beats[i].next_min >= 0 &&
				next != beats[i].next_min * MIN)) {
			fail_msg("%s, beat %zu: events %u, next %lld s", name,
				i, events, (long long)(next / HL_US_PER_S));
		}
		assert_int_equal(i + 1, s.checks);
		assert_int_equal(now, s.last_at_us);
	}
}

#define SUSPECT HL_WATCH_EV_SUSPECT
#define OFFLINE HL_WATCH_EV_OFFLINE
#define CLEARED HL_WATCH_EV_CLEARED
#define REAPPEARED HL_WATCH_EV_REAPPEARED
#define HOST HL_WATCH_EV_HOST_CHANGED
#define PERSON HL_WATCH_EV_PERSON
#define ENDED HL_WATCH_EV_ENDED

#define STORY(name, ...)                                          \
	do {                                                      \
		static const struct beat beats[] = {__VA_ARGS__}; \
		struct hl_watch_plan p = plan();                  \
		play(name, &p, beats, HL_ARRAY_LEN(beats));       \
	} while (0)

static void stories(void **state)
{
	(void)state;
	STORY("online for long", {10, '+', 1, 0, 30}, {30, '+', 1, 0, 60},
		{60, '+', 1, 0, 120}, {120, '+', 1, 0, 240},
		{240, '+', 1, 0, 240}, {240, '+', 1, 0, 240});
	STORY("goes", {10, '+', 1, 0, 30}, {30, '-', 0, SUSPECT, 3},
		{3, '-', 0, 0, 3}, {3, '-', 0, OFFLINE, 240},
		{240, '-', 0, 0, 240});
	STORY("a hiccup", {10, '-', 0, SUSPECT, 3}, {3, '-', 0, 0, 3},
		{3, '+', 1, CLEARED, 120}, {120, '-', 0, SUSPECT, 3},
		{3, '-', 0, 0, 3}, {3, '-', 0, OFFLINE, 240});
	STORY("looks too close do not count", {10, '-', 0, SUSPECT, 3},
		{1, '-', 0, 0, 3}, {1, '-', 0, 0, 3}, {1, '-', 0, 0, 3},
		{2, '-', 0, 0, 3}, {1, '-', 0, OFFLINE, 240});
	STORY("comes back", {10, '-', 0, SUSPECT, 3}, {3, '-', 0, 0, 3},
		{3, '-', 0, OFFLINE, 240}, {240, '+', 1, REAPPEARED, 10},
		{10, '+', 1, 0, 30}, {30, '-', 0, SUSPECT, 3});
	STORY("moves", {10, '+', 2, HOST, 10}, {10, '+', 2, 0, 30},
		{30, '+', 0, 0, 60}, {60, '+', 2, 0, 120},
		{120, '+', 3, HOST, 10}, {10, '?', 4, HOST, 10});
	STORY("back elsewhere", {10, '-', 0, SUSPECT, 3}, {3, '-', 0, 0, 3},
		{3, '-', 0, OFFLINE, 240},
		{240, '+', 7, REAPPEARED | HOST, 10});
	STORY("unsure", {10, '?', 0, 0, 30}, {30, '?', 0, 0, 60},
		{60, '?', 0, 0, 120}, {120, '?', 0, 0, 240},
		{240, '?', 0, PERSON, 240}, {240, '?', 0, 0, 240},
		{240, '+', 1, 0, 240}, {240, '?', 0, 0, 240});
	STORY("unsure between misses", {10, '-', 0, SUSPECT, 3},
		{3, '?', 0, 0, 60}, {3, '-', 0, 0, 3}, {3, '?', 0, 0, 240},
		{3, '-', 0, OFFLINE, 240});
	STORY("unsure while offline", {10, '-', 0, SUSPECT, 3},
		{3, '-', 0, 0, 3}, {3, '-', 0, OFFLINE, 240},
		{240, '?', 0, 0, 240}, {240, '+', 0, REAPPEARED, 10});
	STORY("ends", {10, '-', 0, SUSPECT, 3}, {3, '-', 0, 0, 3},
		{3, '-', 0, OFFLINE, 240}, {29 * 1440, '-', 0, 0, 240},
		{1440, '-', 0, ENDED, 0});
	STORY("a last look finds it", {10, '-', 0, SUSPECT, 3},
		{3, '-', 0, 0, 3}, {3, '-', 0, OFFLINE, 240},
		{31 * 1440, '+', 1, REAPPEARED, 10});
}

static void clocks_and_pauses(void **state)
{
	(void)state;
	STORY("set back an hour", {10, '-', 0, SUSPECT, 3}, {-60, '-', 0, 0, 3},
		{3, '-', 0, 0, 3}, {3, '-', 0, OFFLINE, 240});
	STORY("set back while online", {10, '+', 1, 0, 30},
		{-1000000, '+', 1, 0, 60}, {60, '+', 1, 0, 120});
	STORY("set back while offline", {10, '-', 0, SUSPECT, 3},
		{3, '-', 0, 0, 3}, {3, '-', 0, OFFLINE, 240},
		{-100000, '-', 0, 0, 240}, {240, '+', 1, REAPPEARED, 10});
	STORY("machine off for a week", {10, '-', 0, SUSPECT, 3},
		{7 * 1440, '-', 0, 0, 3}, {3, '-', 0, 0, 3},
		{3, '-', 0, OFFLINE, 240});
	STORY("off for a night", {10, '-', 0, SUSPECT, 3}, {450, '-', 0, 0, 3},
		{3, '-', 0, OFFLINE, 240});
}

static void offline_tells_when(void **state)
{
	struct hl_watch_plan p = plan();
	struct hl_watch_state s;

	(void)state;
	hl_watch_start(&p, START, 0, MIDDLE, &s);
	const struct hl_watch_seen seen[] = {
		{START + 10 * MIN, HL_WATCH_PRESENT, 0},
		{START + 40 * MIN, HL_WATCH_ABSENT, 0},
		{START + 44 * MIN, HL_WATCH_ABSENT, 0},
		{START + 48 * MIN, HL_WATCH_ABSENT, 0},
	};
	for (size_t i = 0; i < HL_ARRAY_LEN(seen); i++) {
		hl_watch_note(&p, &seen[i], MIDDLE, &s);
	}
	assert_int_equal(START + 10 * MIN, s.last_seen_us);
	assert_int_equal(START + 40 * MIN, s.first_miss_us);
	assert_int_equal(START + 48 * MIN, s.offline_at_us);
}

static void due(void **state)
{
	struct hl_watch_plan p = plan();
	struct hl_watch_state s = {.next_at_us = START};

	(void)state;
	p.jitter_permille = 100;
	assert_false(hl_watch_is_due(&p, &s, START - 1));
	assert_true(hl_watch_is_due(&p, &s, START));
	assert_true(hl_watch_is_due(&p, &s, START + 30 * DAY));
	/* 4 h and a tenth is the longest way ahead that can be meant */
	assert_false(hl_watch_is_due(&p, &s, START - 4 * HOUR - 24 * MIN));
	assert_true(hl_watch_is_due(&p, &s, START - 4 * HOUR - 25 * MIN));
	assert_true(hl_watch_is_due(&p, &s, START - 3000 * DAY));
	s.next_at_us = 0;
	assert_false(hl_watch_is_due(&p, &s, START));
}

/* Within a tenth, both ends reached, and misses never closer than the gap. */
static void jitter_stays_in_its_bounds(void **state)
{
	static const uint32_t randoms[] = {
		0, 1, 1u << 16, MIDDLE, 1u << 31, UINT32_MAX - 1, UINT32_MAX};
	struct hl_watch_plan p = plan();
	int64_t least = INT64_MAX, most = 0;

	(void)state;
	p.jitter_permille = 100;
	for (size_t i = 0; i < HL_ARRAY_LEN(randoms); i++) {
		struct hl_watch_state s;
		struct hl_watch_seen miss = {START, HL_WATCH_ABSENT, 0};

		hl_watch_start(&p, START, 0, randoms[i], &s);
		int64_t span = s.next_at_us - START;
		least = span < least ? span : least;
		most = span > most ? span : most;
		hl_watch_note(&p, &miss, randoms[i], &s);
		int64_t gap = s.next_at_us - START;
		assert_true(gap >= p.miss_gap_us);
		assert_true(gap <= p.miss_gap_us + p.miss_gap_us / 10);
	}
	assert_int_equal(9 * MIN, least);
	assert_int_equal(11 * MIN, most);
}

static void plans_are_checked(void **state)
{
	struct hl_watch_plan good, p;

	(void)state;
	hl_watch_plan_default(&good);
	assert_int_equal(0, hl_watch_plan_check(&good, NULL));
#define BAD(change)                                        \
	do {                                               \
		p = good;                                  \
		change;                                    \
		if (hl_watch_plan_check(&p, NULL) == 0) {  \
			fail_msg("%s was taken", #change); \
		}                                          \
	} while (0)
	BAD(p.n_steps = 0);
	BAD(p.n_steps = HL_WATCH_STEPS + 1);
	BAD(p.steps_us[1] = 0);
	BAD(p.steps_us[4] = -1);
	BAD(p.steps_us[4] = INT64_MAX);
	BAD(p.misses = 0);
	BAD(p.miss_gap_us = 0);
	BAD(p.miss_gap_us = INT64_MAX);
	BAD(p.jitter_permille = 501);
	BAD(p.unsure_limit = -1);
	BAD(p.keep_us = -1);
}

static void a_plan_by_the_settings(void **state)
{
	HL_SETTINGS_AUTO *s = NULL;
	struct hl_watch_plan p;

	(void)state;
	assert_int_equal(0, hl_settings_new(&s, NULL));
	assert_int_equal(0, hl_watch_plan_set(&p, s, NULL));
	assert_int_equal(5, p.n_steps);
	assert_int_equal(4 * HOUR, p.steps_us[4]);
	assert_int_equal(0, hl_settings_set(s, HL_STR("watch.schedule"),
				    HL_STR("1m 5m 6h"), NULL));
	assert_int_equal(0,
		hl_settings_set(s, HL_STR("watch.misses"), HL_STR("7"), NULL));
	assert_int_equal(0, hl_settings_set(s, HL_STR("watch.miss_gap"),
				    HL_STR("2m"), NULL));
	assert_int_equal(0, hl_watch_plan_set(&p, s, NULL));
	assert_int_equal(3, p.n_steps);
	assert_int_equal(5 * MIN, p.steps_us[1]);
	assert_int_equal(7, p.misses);
	assert_int_equal(2 * MIN, p.miss_gap_us);
	s->n_watch_schedule = HL_WATCH_STEPS + 1;
	assert_int_equal(HL_E_LIMIT, hl_watch_plan_set(&p, s, NULL));
}

static void event_names(void **state)
{
	(void)state;
	for (unsigned bit = 1; bit <= HL_WATCH_EV_ENDED; bit <<= 1) {
		assert_non_null(hl_watch_event_name(bit));
	}
	assert_null(hl_watch_event_name(0));
	assert_null(hl_watch_event_name(3));
	assert_null(hl_watch_event_name(128));
}

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 32);
}

/*
 * Many sequences of nine looks of three kinds at three distances, also
 * backwards in time, for what must hold whatever happens.
 */
static void what_always_holds(void **state)
{
	static const int64_t gaps_min[] = {-45, 1, 5};
	struct hl_watch_plan p = plan();
	uint64_t seed = 1;

	(void)state;
	p.jitter_permille = 100;
	for (int story = 0; story < 200000; story++) {
		struct hl_watch_state s;
		int64_t now = START;
		int absent = 0;
		bool offline = false;

		hl_watch_start(&p, now, 0, next_random(&seed), &s);
		for (int i = 0; i < 9; i++) {
			uint32_t r = next_random(&seed);

			now += gaps_min[r % 3] * MIN;
			struct hl_watch_seen seen = {
				now, (enum hl_watch_sight)(r / 3 % 3), 0};
			unsigned ev = hl_watch_note(
				&p, &seen, next_random(&seed), &s);
			bool present = seen.sight == HL_WATCH_PRESENT;

			absent = present ? 0
					 : absent + (seen.sight ==
							    HL_WATCH_ABSENT);
			/* no verdict of offline before enough misses */
			assert_false((ev & OFFLINE) && absent < p.misses);
			/* the events tell the state's every turn */
			assert_int_equal(
				offline && present, (ev & REAPPEARED) != 0);
			offline = (offline || (ev & OFFLINE)) && !present;
			assert_int_equal(offline, s.offline_at_us != 0);
			/* a next look, ahead, and not beyond the longest */
			assert_true(s.next_at_us > now);
			assert_false(hl_watch_is_due(&p, &s, now));
			assert_true(hl_watch_is_due(
				&p, &s, now + 4 * HOUR + 24 * MIN));
			assert_true(s.misses <= p.misses);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stories),
		cmocka_unit_test(clocks_and_pauses),
		cmocka_unit_test(offline_tells_when),
		cmocka_unit_test(due),
		cmocka_unit_test(jitter_stays_in_its_bounds),
		cmocka_unit_test(plans_are_checked),
		cmocka_unit_test(a_plan_by_the_settings),
		cmocka_unit_test(event_names),
		cmocka_unit_test(what_always_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
