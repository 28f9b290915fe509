/* SPDX-License-Identifier: Apache-2.0 */
/* What ends by itself. The store's rows say so, not a message that might be
 * lost: whatever closed, erased or moved a case needs to know nothing of
 * lists. One that somebody else changed meanwhile is read again. */
#include "publish/sweep.h"

#include "publish/inner.h"

#define AT_ONCE 64 /* entries a batch, with three statements each */
#define TRIES 4

static void end(struct hl_tx *tx, struct hl_arena *arena,
	const struct hl_row_list_sweep *row)
{
	hl_tx_list_entry_end(tx, &(struct hl_in_list_entry_end){.ended_by = 0,
					 .ended_at_us = hl_time_now_us(),
					 .ended_why = row->why,
					 .id = row->id,
					 .version = row->version});
	if (row->logged) {
		hl_publish_leaf_end(
			tx, arena, row->id, (enum hl_list_end)row->why);
	}
	hl_tx_event(tx,
		&(struct hl_store_event){.kind = HL_EVENT_LIST_ENDED,
			.object_kind = HL_OBJECT_LIST_ENTRY,
			.object_id = row->id,
			.a = row->logged ? HL_LIST_ACTIVE : HL_LIST_PROPOSED,
			.b = row->why});
}

int hl_publish_sweep(struct hl_store *store, struct hl_arena *arena, int64_t *n,
	struct hl_err *err)
{
	struct hl_in_list_sweep in = {
		hl_publish_over_us(hl_time_now_us()) - HL_LIST_REVIVE_US,
		AT_ONCE};
	struct hl_row_list_sweep *rows;
	size_t due;

	*n = 0;
	for (int tries = 0; tries < TRIES;) {
		int r = hl_get_list_sweep(store, arena, &in, &rows, &due, err);

		if (r || !due) {
			return r;
		}
		struct hl_tx *tx = hl_tx_begin(store, arena);
		for (size_t i = 0; i < due; i++) {
			end(tx, arena, &rows[i]);
		}
		r = hl_tx_run(tx, err);
		if (r && r != HL_CONFLICT) {
			return r;
		}
		tries += r == HL_CONFLICT;
		*n += r ? 0 : (int64_t)due;
	}
	return HL_FAIL(err, HL_E_UNAVAILABLE, "entries change all the time");
}
