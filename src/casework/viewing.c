/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/viewing.h"

#include "base/rand.h"
#include "base/time.h"
#include "casework/inner.h"

/* When a clock would stop if nobody did: at the end of the lease, and at
 * once when its holder has lost the case without anybody noticing. */
static int64_t end_of(const struct hl_row_viewing_running *v, int64_t now_us)
{
	int64_t end = v->until_us < now_us ? v->until_us : now_us;

	return end > v->started_at_us ? end : v->started_at_us;
}

static void put_stop(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_row_viewing_running *v, int64_t now_us)
{
	int64_t end = end_of(v, now_us);

	hl_tx_casefile_viewing_end(
		tx, &(struct hl_in_casefile_viewing_end){end, v->id});
	hl_tx_happened(tx, who->actor.user_id, HL_EVENT_CASE_VIEW_STOPPED,
		v->case_id, (end - v->started_at_us) / HL_US_PER_S, 0);
}

static int running(const struct hl_who *who,
	struct hl_row_viewing_running **rows, size_t *n, struct hl_err *err)
{
	struct hl_in_viewing_running in = {who->actor.user_id};

	return hl_get_viewing_running(
		who->store, who->arena, &in, rows, n, err);
}

/* HL_NOTFOUND: it runs already. */
static int start(const struct hl_who *who, int64_t case_id, struct hl_err *err)
{
	struct hl_row_viewing_running *rows;
	int64_t now = hl_time_now_us(), me = who->actor.user_id;
	size_t n;
	int r = running(who, &rows, &n, err);

	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	for (size_t i = 0; i < n; i++) {
		if (rows[i].case_id == case_id && rows[i].until_us > now) {
			hl_tx_drop(tx);
			return HL_NOTFOUND;
		}
		put_stop(tx, who, &rows[i], now);
	}
	/* a second click at the same moment finds the first one's clock */
	hl_tx_viewing_none(tx, &(struct hl_in_viewing_none){me});
	hl_tx_viewing_add(tx,
		&(struct hl_in_viewing_add){hl_rand_id(), case_id, me, now});
	hl_tx_happened(tx, me, HL_EVENT_CASE_VIEW_STARTED, case_id, 0, 0);
	return hl_tx_run(tx, err);
}

int hl_casework_view_start(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_casefile c;
	struct hl_casework_question question = {case_id, HL_AUTHZ_CASE_VIEWING};
	int r = hl_casework_ask(who, &question, &c, why, err);

	if (r) {
		return r;
	}
	for (int i = 0; i < HL_CASEWORK_TRIES; i++) {
		r = start(who, case_id, err);
		if (r != HL_CONFLICT) {
			return r == HL_NOTFOUND ? 0 : r;
		}
	}
	return hl_casework_refuse(why, HL_CASEWORK_BUSY);
}

int hl_casework_view_stop(
	const struct hl_who *who, int64_t case_id, struct hl_err *err)
{
	struct hl_row_viewing_running *rows;
	struct hl_tx *tx;
	bool found = false;
	size_t n;
	int r = running(who, &rows, &n, err);

	if (r) {
		return r;
	}
	tx = hl_tx_begin(who->store, who->arena);
	for (size_t i = 0; i < n; i++) {
		if (rows[i].case_id == case_id) {
			put_stop(tx, who, &rows[i], hl_time_now_us());
			found = true;
		}
	}
	if (!found) {
		hl_tx_drop(tx);
		return HL_NOTFOUND;
	}
	r = hl_tx_run(tx, err);
	return r == HL_CONFLICT ? HL_NOTFOUND : r;
}

int hl_casework_exposure(const struct hl_who *who,
	const struct hl_settings *settings, struct hl_casework_exposure *out,
	struct hl_err *err)
{
	int64_t now = hl_time_now_us();
	int64_t midnight = now - now % HL_US_PER_DAY;
	struct hl_in_viewing_today in = {midnight, who->actor.user_id};
	struct hl_row_viewing_today *today;
	struct hl_row_viewing_running *rows;
	size_t n;
	int r = hl_get_viewing_today(
		who->store, who->arena, &in, &today, &n, err);

	*out = (struct hl_casework_exposure){
		.budget_us =
			settings->exposure_minutes_per_day * HL_US_PER_MIN};
	if (!r && n) {
		out->today_us = today->sum_us;
	}
	if (!r) {
		r = running(who, &rows, &n, err);
	}
	for (size_t i = 0; i < n && !r; i++) {
		int64_t from = rows[i].started_at_us > midnight
				       ? rows[i].started_at_us
				       : midnight;
		int64_t end = end_of(&rows[i], now);

		out->today_us += end > from ? end - from : 0;
		if (rows[i].until_us > now) {
			out->running_case = rows[i].case_id;
			out->running_from_us = rows[i].started_at_us;
		}
	}
	return r;
}
