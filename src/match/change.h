/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_CHANGE_H
#define HL_MATCH_CHANGE_H

/* What changes an open index: under its lock, unless it is just being opened
 * or closed. */
#include "match_look/index.h"

/* One change. It is logged, unless the log is being replayed. */
int hl_match_apply(struct hl_match_index *index, const struct hl_match_op *op,
	struct hl_match_error *err);
/* A new table of recent rows; the old one's state is kept with it. */
int hl_match_freeze(struct hl_match_index *index, struct hl_match_error *err);
struct hl_match_counts *hl_match_counts_of(
	struct hl_match_index *index, uint32_t list);

/* Loads what the manifest names as the draft, then the log; the index is quiet
 * from then on. */
int hl_match_load(struct hl_match_index *index,
	const struct hl_match_manifest *m, struct hl_match_error *err);
/* Applies what is committed from the place on; HL_MATCH_NOTFOUND: nothing. */
int hl_match_replay(struct hl_match_index *index,
	const struct hl_match_manifest *m, struct hl_match_error *err);
/* Only reads it: whether its records are whole, up to the last commit. */
int hl_match_log_read(int folder, const struct hl_match_manifest *m,
	struct hl_match_error *err);
/* Deletes what no manifest names any more; unless `safe`, syncs the folder
 * before, so that it is this manifest that a power failure leaves. */
void hl_match_sweep(struct hl_match_index *index,
	const struct hl_match_manifest *m, bool safe);

/* Rows that wait, and what makes a segment of them. */
int hl_match_bulk_put(struct hl_match_index *index,
	const struct hl_match_op *op, struct hl_match_error *err);
int hl_match_bulk_commit(struct hl_match_index *index, uint64_t position,
	struct hl_match_error *err);
void hl_match_bulk_free(struct hl_match_bulk *bulk);

#endif
