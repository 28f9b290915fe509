/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_LOOK_INDEX_H
#define HL_MATCH_LOOK_INDEX_H

/*
 * An open index. `lock` guards all but what is atomic; readers take only the
 * view. `draft` is what the writer works on; it is published as the view at
 * each change, or at the end when several changes must be seen at once.
 */
#include "match_file/log.h"
#include "match_file/manifest.h"
#include "match_file/segment.h"
#include "match_look/kernel.h"
#include "match_rows/shuffle.h"

#include <pthread.h>

struct hl_match_view {
	struct hl_match_view *next; /* of those that wait to be freed */
	uint64_t number;
	struct hl_match_catalog *catalog;
	size_t n_segments;
	size_t n_tables; /* the last one is added to */
	struct hl_match_segment **segment;
	struct hl_match_table **table;
	void *slot[];
};

/* Masks of 16 bits, of which up to 3 are set. */
enum { HL_MATCH_MASKS = 697 };

struct hl_match_reader;
struct hl_match_bulk;

struct hl_match_index {
	int folder;
	int lock_file;
	uint32_t flags;
	bool broken;    /* a sync failed: what is on the disk is not known */
	bool quiet;     /* the draft is not to be published yet */
	bool unwritten; /* the manifest lags behind the segments */
	const struct hl_match_kernels *kernels;
	uint16_t masks[HL_MATCH_MASKS];
	struct hl_match_shuffle shuffle;
	uint8_t identity[16];
	uint64_t generation;
	uint32_t next_number;

	pthread_mutex_t lock;
	pthread_mutex_t maintaining; /* taken before lock */
	pthread_mutex_t readers_lock;
	struct hl_match_reader *readers;

	_Atomic(struct hl_match_view *) view;
	struct hl_match_view *draft;
	struct hl_match_view *retired;
	uint64_t n_views;
	struct hl_match_counts *counts; /* of the draft's lists */
	size_t counts_room;

	uint64_t change;    /* the last one applied */
	uint64_t committed; /* the last one committed */
	_Atomic uint64_t position;
	_Atomic uint64_t shown; /* the position of what readers see */
	struct hl_match_frozen checkpoint;
	struct hl_match_log log;
	uint32_t commit_number; /* where the last commit ends */
	uint64_t commit_offset;
	uint32_t place_number; /* while the log is replayed */
	uint64_t place_offset;
	uint64_t frozen_bytes; /* of the log at the last freeze */
	struct hl_match_bulk *bulk;
};

/* Views. Changed copies of the draft; NULL arguments keep what is there. */
struct hl_match_view *hl_match_view_new(struct hl_match_index *index,
	struct hl_match_catalog *catalog, struct hl_match_segment **segments,
	size_t n_segments, struct hl_match_table **tables, size_t n_tables);
void hl_match_view_free(struct hl_match_view *view);
/* Makes it the draft, and publishes it unless the index is quiet. */
void hl_match_view_adopt(
	struct hl_match_index *index, struct hl_match_view *view);
void hl_match_view_publish(struct hl_match_index *index);
/* Frees views that nobody reads. */
void hl_match_view_reclaim(struct hl_match_index *index);

static inline struct hl_match_table *hl_match_view_last(
	const struct hl_match_view *view)
{
	return view->table[view->n_tables - 1];
}

/* Masks of 16 bits in ascending order of their number of bits: those within
 * the low b bits come first among each number. */
void hl_match_slots_masks(uint16_t masks[HL_MATCH_MASKS]);

/* Where a live row is. */
struct hl_match_spot {
	struct hl_match_table *table;
	struct hl_match_segment *segment;
	unsigned kind;
	uint32_t row;
};
bool hl_match_spot_find(const struct hl_match_index *index,
	const struct hl_match_key *key, struct hl_match_spot *out);
bool hl_match_entry_lives(
	const struct hl_match_index *index, uint32_t list, uint64_t id);
/* A row as its caller sees it, with its payload copied to `payload`. */
void hl_match_entry_of(const struct hl_match_index *index,
	const struct hl_match_row *row, void *payload,
	struct hl_match_entry *out);
void hl_match_spot_kill(const struct hl_match_spot *spot, uint64_t change);

#endif
