/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/sweep.h"

#include "base/log.h"
#include "base/time.h"
#include "casework/inner.h"
#include "casework/reports.h"

/* Erased cases whose reports a crash may have left behind. */
#define ERASED_SINCE_US (30 * HL_US_PER_DAY)

/* A fault of the store ends a sweep; anything else is that object's own. */
static int tolerate(int r, const char *what, int64_t id, struct hl_err *err)
{
	if (r >= 0 || r == HL_E_IO || r == HL_E_FULL || r == HL_E_UNAVAILABLE ||
		r == HL_E_NOMEM || r == HL_E_TIMEOUT) {
		return r < 0 ? r : 0;
	}
	hl_log(HL_LOG_WARN, "casework.sweep", "%s %lld: %s", what,
		(long long)id, err ? err->msg : hl_err_name(r));
	return 0;
}

static int expire(struct hl_store *store, struct hl_arena *arena, int64_t id,
	int64_t latest_us, struct hl_err *err)
{
	struct hl_casefile c;
	int64_t now = hl_time_now_us();
	int r = hl_casefile_load(store, arena, id, &c, err);

	if (r || !c.now.holder ||
		(c.now.lease_until_us > now &&
			c.now.lease_until_us <= latest_us)) {
		return r;
	}
	r = hl_casefile_act(
		&c, HL_ACTION_RELEASE, HL_EVENT_CASE_LEASE_EXPIRED, err);
	if (r) {
		return r;
	}
	c.now.holder = 0;
	c.now.lease_until_us = 0;
	struct hl_tx *tx = hl_tx_begin(store, arena);
	hl_casefile_put(tx, &c, 0);
	return hl_tx_run(tx, err);
}

int hl_casework_expire_leases(struct hl_store *store, struct hl_arena *arena,
	const struct hl_settings *settings, size_t n_most, size_t *n_done,
	struct hl_err *err)
{
	int64_t now = hl_time_now_us();
	int64_t latest = now + 2 * settings->case_lease_minutes * HL_US_PER_MIN;
	struct hl_in_case_expired in = {now, latest, (int64_t)n_most};
	struct hl_row_case_expired *rows;
	size_t n;
	int r = hl_get_case_expired(store, arena, &in, &rows, &n, err);

	*n_done = 0;
	for (size_t i = 0; i < n && !r; i++) {
		r = expire(store, arena, rows[i].id, latest, err);
		*n_done += r == 0;
		r = tolerate(r, "case", rows[i].id, err);
	}
	return r;
}

static int settle(struct hl_store *store, struct hl_arena *arena, int64_t id,
	int state, bool closed, struct hl_err *err)
{
	enum hl_action action = closed ? HL_ACTION_FEEDBACK : HL_ACTION_REOPEN;
	enum hl_event event =
		closed ? HL_EVENT_REPORT_FEEDBACK : HL_EVENT_REPORT_REOPENED;
	int to;

	if (hl_state_next(HL_MACHINE_REPORT, state, action, &to)) {
		return HL_DENIED;
	}
	struct hl_tx *tx = hl_tx_begin(store, arena);
	hl_tx_report_move(tx, &(struct hl_in_report_move){to, id, state});
	hl_tx_happened(tx, 0, event, id, state, to);
	return hl_tx_run(tx, err);
}

static int settle_closed(struct hl_store *store, struct hl_arena *arena,
	size_t n_most, size_t *n_done, struct hl_err *err)
{
	struct hl_in_reports_settled in = {(int64_t)n_most};
	struct hl_row_reports_settled *rows;
	size_t n;
	int r = hl_get_reports_settled(store, arena, &in, &rows, &n, err);

	for (size_t i = 0; i < n && !r; i++) {
		r = settle(store, arena, rows[i].id, (int)rows[i].state, true,
			err);
		*n_done += r == 0;
		r = tolerate(r, "report", rows[i].id, err);
	}
	return r;
}

static int settle_opened(struct hl_store *store, struct hl_arena *arena,
	size_t n_most, size_t *n_done, struct hl_err *err)
{
	struct hl_in_reports_unsettled in = {(int64_t)n_most};
	struct hl_row_reports_unsettled *rows;
	size_t n;
	int r = hl_get_reports_unsettled(store, arena, &in, &rows, &n, err);

	for (size_t i = 0; i < n && !r; i++) {
		r = settle(store, arena, rows[i].id, (int)rows[i].state, false,
			err);
		*n_done += r == 0;
		r = tolerate(r, "report", rows[i].id, err);
	}
	return r;
}

int hl_casework_settle_reports(struct hl_store *store, struct hl_arena *arena,
	size_t n_most, size_t *n_done, struct hl_err *err)
{
	size_t n_erased = 0;

	*n_done = 0;
	int r = settle_closed(store, arena, n_most, n_done, err);
	if (!r) {
		r = settle_opened(store, arena, n_most, n_done, err);
	}
	if (!r) {
		r = hl_casework_erase_reports(store, arena,
			hl_time_now_us() - ERASED_SINCE_US, 0, &n_erased, err);
	}
	*n_done += n_erased;
	return r;
}

static int reweigh(struct hl_store *store, struct hl_arena *arena,
	const struct hl_settings *settings, int64_t id, struct hl_err *err)
{
	struct hl_casework_urgency nothing_new = {0};
	struct hl_casefile c;
	int r = hl_casefile_load(store, arena, id, &c, err);

	if (r) {
		return r;
	}
	hl_casework_reweigh(&c, settings, &nothing_new);
	struct hl_tx *tx = hl_tx_begin(store, arena);
	hl_casefile_put(tx, &c, 0);
	return hl_tx_run(tx, err);
}

int hl_casework_reprioritise(struct hl_store *store, struct hl_arena *arena,
	const struct hl_settings *settings, size_t n_most, size_t *n_done,
	struct hl_err *err)
{
	struct hl_in_case_home in = {
		hl_str_c(hl_settings_home_country(settings)), (int64_t)n_most};
	struct hl_row_case_home *rows;
	size_t n;
	int r = 0;

	*n_done = 0;
	/* without points for it the reason never holds: nothing to mend */
	if (!in.home.n ||
		settings->priority.points[HL_PRIORITY_HOSTED_HOME] <= 0) {
		return 0;
	}
	r = hl_get_case_home(store, arena, &in, &rows, &n, err);
	for (size_t i = 0; i < n && !r; i++) {
		r = reweigh(store, arena, settings, rows[i].id, err);
		*n_done += r == 0;
		r = tolerate(r, "case", rows[i].id, err);
	}
	return r;
}
