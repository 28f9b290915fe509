/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WATCH_SCHEDULE_H
#define HL_WATCH_SCHEDULE_H

#include "domain/settings.h"
#include "watch/check.h"

/*
 * When to look next, and what several looks together mean: docs/watch.md,
 * "The schedule". Pure: the caller brings time and randomness and keeps the
 * state.
 */
#define HL_WATCH_STEPS 16
struct hl_watch_plan {
	int64_t steps_us[HL_WATCH_STEPS]; /* intervals, the last repeats */
	size_t n_steps;                   /* at least 1 */
	unsigned jitter_permille;         /* up to 500 */
	int misses;                       /* at least 1 */
	int64_t miss_gap_us;
	int unsure_limit; /* 0: never asks for a person */
	int64_t keep_us;  /* how long to look on after offline */
};

/* The usual: 10 min, 30 min, 1 h, 2 h, 4 h; a tenth of jitter; 3 misses 3
 * min apart; 5 unsure; 30 days. */
void hl_watch_plan_default(struct hl_watch_plan *plan);
/* The default with the settings' schedule, misses and gap in it. */
int hl_watch_plan_set(struct hl_watch_plan *plan,
	const struct hl_settings *settings, struct hl_err *err);
/* HL_E_INVALID for a value out of its range. */
int hl_watch_plan_check(const struct hl_watch_plan *plan, struct hl_err *err);

struct hl_watch_state {
	int64_t next_at_us; /* 0: no more looks */
	int64_t last_at_us; /* 0: none yet, as below */
	int64_t last_seen_us;
	int64_t first_miss_us; /* of the row that runs or made it offline */
	int64_t last_miss_us;
	int64_t offline_at_us; /* 0: not offline */
	uint64_t host_id;      /* 0: not known */
	int checks;
	int step;
	int misses;
	int unsure;
};

/* Stable: bits are stored. */
enum {
	HL_WATCH_EV_SUSPECT = 1,
	HL_WATCH_EV_OFFLINE = 2,
	HL_WATCH_EV_CLEARED = 4,
	HL_WATCH_EV_REAPPEARED = 8,
	HL_WATCH_EV_HOST_CHANGED = 16,
	HL_WATCH_EV_PERSON = 32,
	HL_WATCH_EV_ENDED = 64,
};

struct hl_watch_seen {
	int64_t at_us;
	enum hl_watch_sight sight;
	uint64_t host_id; /* hl_trace_host_id(), 0 if not known */
};

/* The first look comes after the plan's first interval. host_id as known
 * from the trace. */
void hl_watch_start(const struct hl_watch_plan *plan, int64_t now_us,
	uint64_t host_id, uint32_t random, struct hl_watch_state *out);
/* Takes one observation into *state and gives the events, or'ed. */
unsigned hl_watch_note(const struct hl_watch_plan *plan,
	const struct hl_watch_seen *seen, uint32_t random,
	struct hl_watch_state *state);
bool hl_watch_is_due(const struct hl_watch_plan *plan,
	const struct hl_watch_state *state, int64_t now_us);
/* No next look is further ahead than this, unless the clock was set back. */
int64_t hl_watch_furthest_us(const struct hl_watch_plan *plan, int64_t now_us);
/* "host-changed" of one bit; NULL for another. Static. */
const char *hl_watch_event_name(unsigned bit);

#endif
