/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_INSIGHT_INNER_H
#define HL_INSIGHT_INNER_H

#include "insight/insight.h"
#include "store/tx.h"

/* Inside the room only: the numbers of lists of addresses, in the batch of
 * all others. */
void hl_insight_ask_lists(struct hl_tx *tx, const struct hl_insight *in);
int hl_insight_take_lists(
	struct hl_tx *tx, struct hl_arena *arena, struct hl_insight *in);

#endif
