/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WATCH_ACT_H
#define HL_WATCH_ACT_H

#include "casefile/casefile.h"
#include "watch/schedule.h"

/*
 * What a look and the schedule's events (HL_WATCH_EV_*, or'ed) do to an item
 * and its case; inside the room only. A change that the item's state does not
 * know is left out: a person may have changed it meanwhile.
 */
int hl_watch_act(struct hl_casefile *c, enum hl_watch_sight sight,
	unsigned events, struct hl_err *err);

/* Gone for good: the item is offline, and a case that is being watched is
 * closed as removed. */
int hl_watch_gone(
	struct hl_casefile *c, enum hl_action action, struct hl_err *err);

/* Takes address and compared look-up from the worker, in a batch that is
 * guarded by the case. */
void hl_watch_forget(struct hl_tx *tx, int64_t item_id);

#endif
