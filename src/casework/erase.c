/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "casework/inner.h"
#include "casework/reports.h"

#define AT_ONCE 50

struct leg {
	enum hl_action action;
	enum hl_event event;
};

/* By way of whatever states lie between: the table knows no short cut. */
static int erase_one(struct hl_store *store, struct hl_arena *arena,
	const struct hl_row_reports_erasable *report, int64_t actor,
	struct hl_err *err)
{
	static const struct leg legs[] = {
		{HL_ACTION_FEEDBACK, HL_EVENT_REPORT_FEEDBACK},
		{HL_ACTION_CLOSE, HL_EVENT_REPORT_CLOSED},
		{HL_ACTION_ERASE, HL_EVENT_REPORT_ERASED}};
	struct hl_tx *tx = hl_tx_begin(store, arena);
	int state = (int)report->state, to;

	for (size_t i = 0; i < HL_ARRAY_LEN(legs); i++) {
		if (hl_state_next(HL_MACHINE_REPORT, state, legs[i].action,
			    &to) == 0) {
			hl_tx_happened(tx, actor, legs[i].event, report->id,
				state, to);
			state = to;
		}
	}
	if (state != HL_REPORT_ERASED) {
		hl_tx_drop(tx);
		return HL_FAIL(err, HL_E_INTERNAL, "report %lld: not erasable",
			(long long)report->id);
	}
	hl_tx_report_erase(tx,
		&(struct hl_in_report_erase){state, report->id, report->state});
	hl_tx_report_part_erase(
		tx, &(struct hl_in_report_part_erase){report->id});
	return hl_tx_run(tx, err);
}

int hl_casework_erase_reports(struct hl_store *store, struct hl_arena *arena,
	int64_t since_us, int64_t actor, size_t *n_done, struct hl_err *err)
{
	struct hl_in_reports_erasable in = {since_us, AT_ONCE};
	struct hl_row_reports_erasable *rows;
	size_t n = AT_ONCE, done = 1;
	int r = 0;

	*n_done = 0;
	/* ends also when others are faster at every one of a round */
	while (!r && n == AT_ONCE && done) {
		r = hl_get_reports_erasable(store, arena, &in, &rows, &n, err);
		done = 0;
		for (size_t i = 0; i < n && !r; i++) {
			r = erase_one(store, arena, &rows[i], actor, err);
			done += r == 0;
			r = r == HL_CONFLICT ? 0 : r;
		}
		*n_done += done;
	}
	return r;
}
