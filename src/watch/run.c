/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/run.h"

#include "base/log.h"
#include "base/rand.h"
#include "base/time.h"
#include "casefile/casefile.h"
#include "casefile/label.h"
#include "store/sql.h"
#include "watch/act.h"

#define LEASE_US (3 * HL_US_PER_MIN)
#define PUT_OFF_US (10 * HL_US_PER_MIN)
#define SLACK_US HL_US_PER_MIN /* between the processes' clocks */
#define ARENA_BYTES (4u << 20)
#define TRIES 3

static struct hl_watch_state state_of(const struct hl_row_watch_take *row)
{
	return (struct hl_watch_state){.next_at_us = row->next_at_us,
		.last_at_us = row->last_at_us,
		.last_seen_us = row->last_seen_us,
		.first_miss_us = row->first_miss_us,
		.last_miss_us = row->last_miss_us,
		.offline_at_us = row->offline_at_us,
		.host_id = (uint64_t)row->host_id,
		.checks = (int)row->checks,
		.step = (int)row->stage,
		.misses = (int)row->misses,
		.unsure = (int)row->unsure};
}

static int open_url(const struct hl_watch_worker *w, struct hl_arena *arena,
	int64_t item_id, struct hl_buf *url, struct hl_err *err)
{
	struct hl_seal_label label = HL_LABEL_ITEM_URL_WORKER(item_id);
	struct hl_in_watch_url in = {item_id};
	struct hl_row_watch_url *row;
	size_t n;
	int r = hl_get_watch_url(w->store, arena, &in, &row, &n, err);

	if (r || n == 0) {
		return r ? r : HL_NOTFOUND;
	}
	return hl_seal_open(w->secret, &label, row[0].worker_sealed, url, err);
}

/* In the words that checks are kept in and pages show. */
static enum hl_check check_of(const struct hl_watch_look *look)
{
	switch (look->verdict) {
	case HL_WATCH_ONLINE:
	case HL_WATCH_RESOLVES:
		return HL_CHECK_UP;
	case HL_WATCH_GONE:
		return look->asked_http ? HL_CHECK_MISS_HTTP
					: HL_CHECK_MISS_DNS;
	case HL_WATCH_UNREACHABLE:
		return HL_CHECK_MISS_CONNECT;
	case HL_WATCH_BLOCKED:
	case HL_WATCH_REDIRECTED:
		return HL_CHECK_UNCLEAR;
	case HL_WATCH_REFUSED:
		return HL_CHECK_REFUSED;
	case HL_WATCH_ERROR:
	case HL_WATCH_N_VERDICTS:
		break;
	}
	return HL_CHECK_FAILED;
}

/* A look that has been taken into the state of its watch. */
struct seen {
	int64_t item_id;
	struct hl_watch_state s;
	struct hl_watch_look look;
	unsigned events;
	bool wants_person; /* until a look says something again */
};

static void add_note(struct hl_tx *tx, const struct seen *seen)
{
	const struct hl_watch_state *s = &seen->s;
	const struct hl_watch_look *look = &seen->look;

	hl_tx_watch_note(
		tx, &(struct hl_in_watch_note){.active = s->next_at_us != 0,
			    .stage = s->step,
			    .misses = s->misses,
			    .first_miss_us = s->first_miss_us,
			    .last_miss_us = s->last_miss_us,
			    .last_at_us = s->last_at_us,
			    .last_seen_us = s->last_seen_us,
			    .offline_at_us = s->offline_at_us,
			    .host_id = (int64_t)s->host_id,
			    .checks = s->checks,
			    .unsure = s->unsure,
			    .wants_person = seen->wants_person,
			    .last_verdict = look->verdict + 1,
			    .next_at_us = s->next_at_us,
			    .item_id = seen->item_id});
	hl_tx_watch_check_add(
		tx, &(struct hl_in_watch_check_add){.id = hl_rand_id(),
			    .item_id = seen->item_id,
			    .at_us = look->at_us,
			    .verdict = check_of(look),
			    .http_status = look->status,
			    .took_ms = look->took_us / 1000});
}

/* After a removal, when nobody looks any more, the worker needs neither the
 * address nor what it compared with. */
static bool is_over(const struct hl_casefile *c, unsigned events)
{
	return events & HL_WATCH_EV_ENDED && c->now.state == HL_CASE_CLOSED;
}

static void add_consequences(
	struct hl_tx *tx, struct hl_casefile *c, const struct seen *seen)
{
	bool over = is_over(c, seen->events);

	/* without a change nobody else is kept from changing the case */
	if (c->n_changes || over) {
		hl_casefile_put(tx, c, 0);
	}
	add_note(tx, seen);
	if (seen->events & HL_WATCH_EV_HOST_CHANGED) {
		hl_tx_watch_trace_again(
			tx, &(struct hl_in_watch_trace_again){
				    hl_time_now_us(), c->item_id});
	}
	if (over) {
		hl_casefile_forget(tx, c);
	}
}

/* One look's consequences, in one batch with the item and its case. */
static int write_look(const struct hl_watch_worker *w, struct hl_arena *arena,
	const struct seen *seen, struct hl_err *err)
{
	struct hl_casefile c;
	int r = hl_casefile_load_item(w->store, arena, seen->item_id, &c, err);

	if (!r) {
		r = hl_watch_act(&c, hl_watch_sight_of(seen->look.verdict),
			seen->events, err);
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(w->store, arena);
	add_consequences(tx, &c, seen);
	return hl_tx_run(tx, err);
}

static void note(
	const struct hl_watch_worker *w, struct hl_str url, struct seen *out)
{
	struct hl_watch_seen seen = {.at_us = out->look.at_us,
		.sight = hl_watch_sight_of(out->look.verdict)};

	if (w->host_id && seen.sight == HL_WATCH_PRESENT) {
		seen.host_id = w->host_id(w->ctx, url);
	}
	out->events = hl_watch_note(
		w->plan, &seen, hl_rand_below(UINT32_MAX), &out->s);
	out->wants_person =
		w->plan->unsure_limit && out->s.unsure >= w->plan->unsure_limit;
}

static int look_at(const struct hl_watch_worker *w, struct hl_arena *arena,
	const struct hl_row_watch_take *row, struct hl_err *err)
{
	HL_BUF_AUTO url = HL_BUF_SECRET(64u * 1024);
	struct seen seen = {.item_id = row->item_id, .s = state_of(row)};
	int r = open_url(w, arena, row->item_id, &url, err);

	if (!r) {
		r = hl_watch_check(
			hl_buf_str(&url), &w->check, &seen.look, err);
	}
	if (r) {
		return r;
	}
	note(w, hl_buf_str(&url), &seen);
	for (int i = 0; i < TRIES; i++) {
		r = write_look(w, arena, &seen, err);
		if (r != HL_CONFLICT) {
			break;
		}
	}
	return r;
}

/* Further ahead than any look can be, unless the clock was set back. */
static int64_t too_far(const struct hl_watch_worker *w, int64_t now)
{
	int64_t far = hl_watch_furthest_us(w->plan, now);

	return SLACK_US + (far > now + PUT_OFF_US ? far : now + PUT_OFF_US);
}

int hl_watch_next(
	const struct hl_watch_worker *w, bool *found, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(ARENA_BYTES, true);
	int64_t now = hl_time_now_us();
	struct hl_in_watch_take in = {
		now + LEASE_US, now, too_far(w, now), now, now + 2 * LEASE_US};
	struct hl_row_watch_take *row;
	struct hl_err fault = {0};
	size_t n = 0;

	*found = false;
	if (!arena) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a check");
	}
	int r = hl_get_watch_take(w->store, arena, &in, &row, &n, err);
	if (r || n == 0) {
		return r;
	}
	*found = true;
	r = look_at(w, arena, &row[0], &fault);
	if (r == 0) {
		return 0;
	}
	hl_log_err(HL_LOG_WARN, "watch.put_off", &fault);
	struct hl_in_watch_put_off off = {now + PUT_OFF_US, row[0].item_id};
	return hl_do_watch_put_off(w->store, arena, &off, err);
}
