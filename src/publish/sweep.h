/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PUBLISH_SWEEP_H
#define HL_PUBLISH_SWEEP_H

#include "domain/list.h"
#include "store/tx.h"

/*
 * Ends, each with its leaf in the log, what is not to be listed any more: its
 * case was reopened or is no longer illegal, the item is gone or erased, its
 * consumer ended, it was rolled back, nobody has seen it there for a week. For
 * the publisher, before each build: list_head.seq is raised by whatever may
 * bring such an end about. *n is how many ended; all that were due have when
 * this gives 0. For the roles worker, lists and admin.
 */
int hl_publish_sweep(struct hl_store *store, struct hl_arena *arena, int64_t *n,
	struct hl_err *err);

#endif
