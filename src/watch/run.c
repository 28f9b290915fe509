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

static void add_note(struct hl_tx *tx, int64_t item_id,
	const struct hl_watch_state *s, const struct hl_watch_look *look,
	unsigned events)
{
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
			    .wants_person = (events & HL_WATCH_EV_PERSON) != 0,
			    .last_verdict = look->verdict + 1,
			    .next_at_us = s->next_at_us,
			    .item_id = item_id});
	hl_tx_watch_check_add(
		tx, &(struct hl_in_watch_check_add){.id = hl_rand_id(),
			    .item_id = item_id,
			    .at_us = look->at_us,
			    .verdict = check_of(look),
			    .http_status = look->status,
			    .took_ms = look->took_us / 1000});
}

/* One look's consequences, in one batch with the item and its case. */
static int write_look(const struct hl_watch_worker *w, struct hl_arena *arena,
	int64_t item_id, const struct hl_watch_state *s,
	const struct hl_watch_look *look, unsigned events, struct hl_err *err)
{
	struct hl_casefile c;
	int r = hl_casefile_load_item(w->store, arena, item_id, &c, err);

	if (!r) {
		r = hl_watch_act(
			&c, hl_watch_sight_of(look->verdict), events, err);
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(w->store, arena);
	hl_casefile_put(tx, &c, 0);
	add_note(tx, item_id, s, look, events);
	if (events & HL_WATCH_EV_HOST_CHANGED) {
		hl_tx_watch_trace_again(tx, &(struct hl_in_watch_trace_again){
						    hl_time_now_us(), item_id});
	}
	return hl_tx_run(tx, err);
}

static int look_at(const struct hl_watch_worker *w, struct hl_arena *arena,
	const struct hl_row_watch_take *row, struct hl_err *err)
{
	HL_BUF_AUTO url = HL_BUF_SECRET(64u * 1024);
	struct hl_watch_state s = state_of(row);
	struct hl_watch_look look;
	uint32_t random = hl_rand_below(UINT32_MAX);
	int r = open_url(w, arena, row->item_id, &url, err);

	if (!r) {
		r = hl_watch_check(hl_buf_str(&url), &w->check, &look, err);
	}
	if (r) {
		return r;
	}
	struct hl_watch_seen seen = {
		.at_us = look.at_us, .sight = hl_watch_sight_of(look.verdict)};
	if (w->host_id && seen.sight == HL_WATCH_PRESENT) {
		seen.host_id = w->host_id(w->ctx, hl_buf_str(&url));
	}
	unsigned events = hl_watch_note(w->plan, &seen, random, &s);
	for (int i = 0; i < TRIES; i++) {
		r = write_look(w, arena, row->item_id, &s, &look, events, err);
		if (r != HL_CONFLICT) {
			break;
		}
	}
	return r;
}

int hl_watch_next(
	const struct hl_watch_worker *w, bool *found, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(ARENA_BYTES, true);
	int64_t now = hl_time_now_us();
	struct hl_in_watch_take in = {
		now + LEASE_US, now, now, now + 2 * LEASE_US};
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
