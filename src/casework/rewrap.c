/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/rewrap.h"

#include "base/time.h"
#include "casework/inner.h"

/*
 * Of a report and of an appeal only the wrapped key moves; all else is sealed
 * to the queue key itself, so it is opened and sealed again under the same
 * label. Each value is a batch of its own, guarded by its epoch: what somebody
 * else erased or took over meanwhile stays as they left it.
 */
#define ARENA_BYTES ((size_t)32 << 20)
#define WRAP_MAX 4096
#define IDLE_US HL_US_PER_HOUR

/* As in rewrap.sql. */
enum what {
	REPORT_KEY = 1,
	ADDRESS = 2,
	NOTE = 3,
	ASSESSMENT = 4,
	TRACE = 5,
	DOCUMENT = 6,
	ANSWER = 7,
	APPEAL_KEY = 8,
};

struct run {
	struct hl_who who; /* with an arena for one value */
	const struct hl_casefile_keys *keys;
	int64_t epoch; /* the older one */
};

static struct hl_seal_label label_of(const struct hl_row_rewrap_list *row)
{
	switch ((enum what)row->what) {
	case REPORT_KEY:
		break;
	case ADDRESS:
		return HL_LABEL_ITEM_URL(row->id);
	case NOTE:
		return HL_LABEL_NOTE(row->id);
	case ASSESSMENT:
		return HL_LABEL_ASSESSMENT(row->id);
	case TRACE:
		return HL_LABEL_TRACE(row->id);
	case DOCUMENT:
		return HL_LABEL_REFERRAL(row->id);
	case ANSWER:
		return HL_LABEL_ANSWER(row->id);
	case APPEAL_KEY:
		return HL_LABEL_LIST_APPEAL(row->id);
	}
	return row->part == HL_REPORT_PART_RELEASED
		       ? HL_LABEL_REPORT_RELEASED(row->id)
		       : HL_LABEL_REPORT_BODY(row->id);
}

static int rewrap_key(const struct run *run, const struct hl_seal_label *label,
	struct hl_str sealed, struct hl_str *out, struct hl_err *err)
{
	HL_BUF_AUTO wrapped = HL_BUF_INIT(WRAP_MAX);
	int r = hl_seal_key_rewrap(
		hl_seal_ring_find(&run->who.ring->queue, run->epoch),
		&run->keys->queue, label, sealed, &wrapped, err);

	*out = r ? HL_STR_NONE
		 : hl_arena_dup(run->who.arena, hl_buf_str(&wrapped));
	return r;
}

static int reseal(const struct run *run, const struct hl_row_rewrap_list *row,
	struct hl_str sealed, struct hl_str *out, struct hl_err *err)
{
	struct hl_seal_label label = label_of(row);
	struct hl_str plain;

	if (row->what == REPORT_KEY || row->what == APPEAL_KEY) {
		return rewrap_key(run, &label, sealed, out, err);
	}
	int r = hl_casefile_open(
		&run->who, run->epoch, &label, sealed, &plain, err);
	return r ? r
		 : hl_casefile_seal(run->who.arena, &run->keys->queue, &label,
			   plain, out, err);
}

static int put(const struct run *run, const struct hl_row_rewrap_list *row,
	struct hl_str sealed, struct hl_err *err)
{
	struct hl_store *store = run->who.store;
	struct hl_arena *arena = run->who.arena;
	int64_t to = run->keys->queue_epoch, from = run->epoch, id = row->id;

	switch ((enum what)row->what) {
	case REPORT_KEY:
		break;
	case ADDRESS:
		return hl_do_rewrap_item(store, arena,
			&(struct hl_in_rewrap_item){sealed, to, id, from}, err);
	case NOTE:
		return hl_do_rewrap_note(store, arena,
			&(struct hl_in_rewrap_note){sealed, to, id, from}, err);
	case ASSESSMENT:
		return hl_do_rewrap_assessment(store, arena,
			&(struct hl_in_rewrap_assessment){sealed, to, id, from},
			err);
	case TRACE:
		return hl_do_rewrap_trace(store, arena,
			&(struct hl_in_rewrap_trace){sealed, to, id, from},
			err);
	case DOCUMENT:
		return hl_do_rewrap_referral(store, arena,
			&(struct hl_in_rewrap_referral){sealed, to, id, from},
			err);
	case ANSWER:
		return hl_do_rewrap_answer(store, arena,
			&(struct hl_in_rewrap_answer){sealed, to, id, from},
			err);
	case APPEAL_KEY:
		return hl_do_rewrap_appeal(store, arena,
			&(struct hl_in_rewrap_appeal){sealed, to, id, from},
			err);
	}
	return hl_do_rewrap_part(store, arena,
		&(struct hl_in_rewrap_part){sealed, to, id, row->part, from},
		err);
}

/* HL_NOTFOUND: erased meanwhile, or it does not open: people see that at its
 * place, and it is no reason to keep the rest waiting. */
static int take_over(const struct run *run,
	const struct hl_row_rewrap_list *row, struct hl_err *err)
{
	struct hl_in_rewrap_get in = {row->what, row->id, row->part};
	struct hl_row_rewrap_get *got;
	struct hl_str sealed;
	size_t n;
	int r = hl_get_rewrap_get(
		run->who.store, run->who.arena, &in, &got, &n, err);

	if (r || !n || !got->sealed.n) {
		return r ? r : HL_NOTFOUND;
	}
	r = reseal(run, row, got->sealed, &sealed, err);
	if (r == HL_E_CRYPTO || r == HL_E_CORRUPT) {
		return HL_NOTFOUND;
	}
	return r ? r : put(run, row, sealed, err);
}

static int take_epoch(
	struct run *run, size_t n_most, size_t *n_done, struct hl_err *err)
{
	HL_ARENA_AUTO *listed = hl_arena_new(ARENA_BYTES, false);
	struct hl_in_rewrap_list in = {run->epoch, (int64_t)n_most};
	struct hl_row_rewrap_list *rows;
	size_t n;
	int r = listed ? hl_get_rewrap_list(
				 run->who.store, listed, &in, &rows, &n, err)
		       : HL_FAIL(err, HL_E_NOMEM, "no memory to rewrap");

	for (size_t i = 0; !r && i < n; i++) {
		hl_arena_reset(run->who.arena);
		r = take_over(run, &rows[i], err);
		*n_done += r == 0;
		r = r == HL_NOTFOUND ? 0 : r;
	}
	return r;
}

/* Looking for what is left goes through all open work, so it is not done at
 * each queue: when nothing was found, an hour passes. A new epoch has a mark of
 * its own. A time too far ahead is from a clock that was set back. */
static struct hl_str mark_of(const struct run *run)
{
	return hl_arena_printf(run->who.arena, "rewrap.idle.%lld",
		(long long)run->keys->queue_epoch);
}

static int is_idle(const struct run *run, bool *idle, struct hl_err *err)
{
	struct hl_in_meta_get in = {mark_of(run)};
	struct hl_row_meta_get *row;
	int64_t now = hl_time_now_us(), until = 0;
	size_t n;
	int r = hl_get_meta_get(
		run->who.store, run->who.arena, &in, &row, &n, err);

	*idle = !r && n && hl_str_to_i64(row->value, &until) && until > now &&
		until <= now + IDLE_US;
	return r;
}

static int rest(const struct run *run, struct hl_err *err)
{
	struct hl_in_meta_put in = {
		mark_of(run), hl_arena_printf(run->who.arena, "%lld",
				      (long long)(hl_time_now_us() + IDLE_US))};

	return hl_do_meta_put(run->who.store, run->who.arena, &in, err);
}

static int take_all(struct run *run, size_t n_most, size_t *n_done,
	bool *holds_older, struct hl_err *err)
{
	const struct hl_seal_ring_keys *queue = &run->who.ring->queue;
	int r = 0;

	for (size_t i = 0; i < queue->n && !r && *n_done < n_most; i++) {
		run->epoch = queue->at[i].epoch;
		if (run->epoch < run->keys->queue_epoch) {
			*holds_older = true;
			r = take_epoch(run, n_most - *n_done, n_done, err);
		}
	}
	return r;
}

int hl_casework_rewrap(const struct hl_who *who, size_t n_most, size_t *n_done,
	struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(ARENA_BYTES, true);
	struct hl_casefile_keys keys;
	struct run run = {.who = *who, .keys = &keys};
	bool idle = false, holds_older = false;
	int r = arena ? hl_casefile_keys(who->store, arena, &keys, err)
		      : HL_FAIL(err, HL_E_NOMEM, "no memory to rewrap");

	*n_done = 0;
	run.who.arena = arena;
	r = r ? r : is_idle(&run, &idle, err);
	if (r || idle) {
		return r;
	}
	r = take_all(&run, n_most, n_done, &holds_older, err);
	return r || *n_done || !holds_older ? r : rest(&run, err);
}
