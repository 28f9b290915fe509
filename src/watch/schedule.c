/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/schedule.h"

#include "base/time.h"

enum { MAX_JITTER = 500 };
#define MAX_INTERVAL_US (366 * HL_US_PER_DAY)

void hl_watch_plan_default(struct hl_watch_plan *plan)
{
	*plan = (struct hl_watch_plan){
		.steps_us = {10 * HL_US_PER_MIN, 30 * HL_US_PER_MIN,
			HL_US_PER_HOUR, 2 * HL_US_PER_HOUR, 4 * HL_US_PER_HOUR},
		.n_steps = 5,
		.jitter_permille = 100,
		.misses = 3,
		.miss_gap_us = 3 * HL_US_PER_MIN,
		.unsure_limit = 5,
		.keep_us = 30 * HL_US_PER_DAY,
	};
}

static bool interval_ok(int64_t us)
{
	return us > 0 && us <= MAX_INTERVAL_US;
}

int hl_watch_plan_check(const struct hl_watch_plan *plan, struct hl_err *err)
{
	bool ok = plan->n_steps >= 1 && plan->n_steps <= HL_WATCH_STEPS;

	for (size_t i = 0; ok && i < plan->n_steps; i++) {
		ok = interval_ok(plan->steps_us[i]);
	}
	if (!ok) {
		return HL_FAIL(err, HL_E_INVALID,
			"watch: the schedule needs 1 to %d intervals of up to "
			"a year",
			HL_WATCH_STEPS);
	}
	if (plan->misses < 1 || !interval_ok(plan->miss_gap_us) ||
		plan->jitter_permille > MAX_JITTER || plan->unsure_limit < 0 ||
		plan->keep_us < 0) {
		return HL_FAIL(err, HL_E_INVALID,
			"watch: a number of the plan is out of its range");
	}
	return 0;
}

int hl_watch_plan_set(struct hl_watch_plan *plan,
	const struct hl_settings *settings, struct hl_err *err)
{
	size_t n = settings->n_watch_schedule;

	hl_watch_plan_default(plan);
	if (n > HL_WATCH_STEPS) {
		return HL_FAIL(err, HL_E_LIMIT,
			"watch.schedule has more than %d intervals",
			HL_WATCH_STEPS);
	}
	for (size_t i = 0; i < n; i++) {
		plan->steps_us[i] = settings->watch_schedule_us[i];
	}
	plan->n_steps = n ? n : plan->n_steps;
	plan->misses = settings->watch_misses;
	plan->miss_gap_us = settings->watch_miss_gap_us;
	return hl_watch_plan_check(plan, err);
}

/* From 0 to most, by a random number of 32 bits. */
static int64_t part_of(int64_t most, uint32_t random)
{
	return (int64_t)((__int128)most * random / UINT32_MAX);
}

static int64_t span_of(const struct hl_watch_plan *plan, int64_t interval_us)
{
	return interval_us / 1000 * (int64_t)plan->jitter_permille;
}

/* interval ± jitter */
static int64_t vary(
	const struct hl_watch_plan *plan, int64_t interval_us, uint32_t random)
{
	int64_t span = span_of(plan, interval_us);

	return interval_us - span + part_of(2 * span, random);
}

static int64_t longest(const struct hl_watch_plan *plan)
{
	int64_t most = plan->miss_gap_us;

	for (size_t i = 0; i < plan->n_steps; i++) {
		if (plan->steps_us[i] > most) {
			most = plan->steps_us[i];
		}
	}
	return most;
}

static int64_t interval(
	const struct hl_watch_plan *plan, const struct hl_watch_state *s)
{
	size_t last = plan->n_steps - 1;

	if (s->offline_at_us || (size_t)s->step > last) {
		return plan->steps_us[last];
	}
	return plan->steps_us[s->step];
}

void hl_watch_start(const struct hl_watch_plan *plan, int64_t now_us,
	uint64_t host_id, uint32_t random, struct hl_watch_state *out)
{
	*out = (struct hl_watch_state){.host_id = host_id};
	out->next_at_us = now_us + vary(plan, plan->steps_us[0], random);
}

static unsigned note_host(struct hl_watch_state *s, uint64_t host_id)
{
	bool changed = s->host_id && host_id && s->host_id != host_id;

	if (host_id) {
		s->host_id = host_id;
	}
	if (changed) {
		s->step = -1;
	}
	return changed ? HL_WATCH_EV_HOST_CHANGED : 0;
}

static unsigned note_present(struct hl_watch_state *s, int64_t at_us)
{
	unsigned events = 0;

	if (s->offline_at_us) {
		events = HL_WATCH_EV_REAPPEARED;
		s->step = -1;
	} else if (s->misses) {
		events = HL_WATCH_EV_CLEARED;
	}
	s->misses = s->unsure = 0;
	s->first_miss_us = s->last_miss_us = s->offline_at_us = 0;
	s->last_seen_us = at_us;
	return events;
}

/* The row of misses is so old that nobody can say what was in between. */
static bool is_stale(const struct hl_watch_plan *plan,
	const struct hl_watch_state *s, int64_t at_us)
{
	int64_t since = at_us - s->last_miss_us;

	return since > 2 * longest(plan) && since > 8 * plan->miss_gap_us;
}

static unsigned note_absent(const struct hl_watch_plan *plan,
	struct hl_watch_state *s, int64_t at_us)
{
	bool first = s->misses == 0;

	s->unsure = 0;
	if (s->offline_at_us) {
		return 0;
	}
	if (!first && at_us < s->last_miss_us) {
		s->last_miss_us = at_us; /* the clock was set back */
		return 0;
	}
	if (!first && is_stale(plan, s, at_us)) {
		s->misses = 0;
	} else if (!first && at_us - s->last_miss_us < plan->miss_gap_us) {
		return 0;
	}
	if (s->misses++ == 0) {
		s->first_miss_us = at_us;
	}
	s->last_miss_us = at_us;
	unsigned events = first ? HL_WATCH_EV_SUSPECT : 0;
	if (s->misses >= plan->misses) {
		s->offline_at_us = at_us;
		events |= HL_WATCH_EV_OFFLINE;
	}
	return events;
}

static unsigned note_unsure(
	const struct hl_watch_plan *plan, struct hl_watch_state *s)
{
	if (!plan->unsure_limit || s->unsure >= plan->unsure_limit) {
		return 0;
	}
	s->unsure++;
	return s->unsure == plan->unsure_limit ? HL_WATCH_EV_PERSON : 0;
}

static unsigned note_sight(const struct hl_watch_plan *plan,
	struct hl_watch_state *s, const struct hl_watch_seen *seen)
{
	switch (seen->sight) {
	case HL_WATCH_PRESENT:
		return note_present(s, seen->at_us);
	case HL_WATCH_ABSENT:
		return note_absent(plan, s, seen->at_us);
	case HL_WATCH_UNSURE:
		break;
	}
	return note_unsure(plan, s);
}

/* While misses are being counted the looks come closer, but never closer
 * than the gap, so that the next one can count. A row of unsure looks goes
 * back to the schedule. */
static int64_t next_after(const struct hl_watch_plan *plan,
	const struct hl_watch_state *s, int64_t at_us, uint32_t random)
{
	if (s->misses && !s->unsure && !s->offline_at_us) {
		int64_t gap = plan->miss_gap_us;

		return at_us + gap + part_of(span_of(plan, gap), random);
	}
	return at_us + vary(plan, interval(plan, s), random);
}

unsigned hl_watch_note(const struct hl_watch_plan *plan,
	const struct hl_watch_seen *seen, uint32_t random,
	struct hl_watch_state *s)
{
	unsigned events = note_host(s, seen->host_id);

	events |= note_sight(plan, s, seen);
	s->checks++;
	s->last_at_us = seen->at_us;
	if (s->step < HL_WATCH_STEPS) {
		s->step++;
	}
	if (s->offline_at_us &&
		seen->at_us - s->offline_at_us >= plan->keep_us) {
		s->next_at_us = 0;
		return events | HL_WATCH_EV_ENDED;
	}
	s->next_at_us = next_after(plan, s, seen->at_us, random);
	return events;
}

bool hl_watch_is_due(const struct hl_watch_plan *plan,
	const struct hl_watch_state *s, int64_t now_us)
{
	return s->next_at_us &&
	       (now_us >= s->next_at_us ||
		       s->next_at_us > hl_watch_furthest_us(plan, now_us));
}

int64_t hl_watch_furthest_us(const struct hl_watch_plan *plan, int64_t now_us)
{
	int64_t most = longest(plan);

	return now_us + most + span_of(plan, most);
}

const char *hl_watch_event_name(unsigned bit)
{
	switch (bit) {
	case HL_WATCH_EV_SUSPECT:
		return "suspect";
	case HL_WATCH_EV_OFFLINE:
		return "offline";
	case HL_WATCH_EV_CLEARED:
		return "cleared";
	case HL_WATCH_EV_REAPPEARED:
		return "reappeared";
	case HL_WATCH_EV_HOST_CHANGED:
		return "host-changed";
	case HL_WATCH_EV_PERSON:
		return "person";
	case HL_WATCH_EV_ENDED:
		return "ended";
	default:
		return NULL;
	}
}
