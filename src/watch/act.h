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

#endif
