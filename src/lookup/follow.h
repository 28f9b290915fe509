/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LOOKUP_FOLLOW_H
#define HL_LOOKUP_FOLLOW_H

#include "lookup/feed.h"
#include "lookup/ring.h"
#include "lookup/shelf.h"

/*
 * Keeps the index of a folder in step with a source, and puts on the shelf
 * what readers may see: an index as it was committed, never the middle of a
 * batch. One follower a folder; one thread.
 */
struct hl_lookup_follow_config {
	const char *folder; /* there already */
	const struct hl_lookup_source *source;
	struct hl_lookup_shelf *shelf;
	struct hl_lookup_ring *ring;
};

struct hl_lookup_follower;

/* Opens what the folder has and shelves it. HL_CONFLICT: somebody else
 * writes to it. An index that cannot be read is loaded anew. */
int hl_lookup_follower_new(const struct hl_lookup_follow_config *config,
	struct hl_lookup_follower **out, struct hl_err *err);
void hl_lookup_follower_free(struct hl_lookup_follower *f);

enum { HL_LOOKUP_MORE = 1 };
/*
 * Asks once and takes up what came, waiting at the source for wait_ms at
 * most. 0: that was all for now; HL_LOOKUP_MORE: at once again. A fault
 * changed nothing that readers see, and the next step goes on from there.
 */
int hl_lookup_follower_step(
	struct hl_lookup_follower *f, int wait_ms, struct hl_err *err);

/* Steps until stop_fd can be read: at once while there is more, every
 * idle_ms when there is not, later and later after faults. */
void hl_lookup_follower_run(
	struct hl_lookup_follower *f, int stop_fd, int idle_ms, int wait_ms);

/* How it stands; any thread. */
struct hl_lookup_standing {
	char registry[HL_LOOKUP_REGISTRY_TEXT]; /* "" before the first answer */
	uint64_t head;
	uint64_t position; /* of what is being written, also while loading */
	int64_t seen_us;   /* hl_time_mono_us() of the last answer, 0 none */
	int64_t behind_us; /* since when it is behind, 0 it is not */
	bool loading;      /* what is written is not on the shelf yet */
	uint64_t n_faults, n_loads, n_changes;
};
void hl_lookup_follower_standing(
	struct hl_lookup_follower *f, struct hl_lookup_standing *out);

#endif
