/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_LOOK_READER_H
#define HL_MATCH_LOOK_READER_H

#include "match_look/index.h"

/* A row of one kind of a source, in the order of keys. */
struct hl_match_walk {
	uint64_t view; /* the number of the view, and the change, it is of */
	uint64_t change;
	struct hl_match_key last;
	uint32_t *order; /* of the tables' rows, one table behind another */
	size_t n_order;
	size_t *at; /* a cursor each: segments' kinds, then tables */
	size_t n_at;
};

struct hl_match_reader {
	struct hl_match_index *index;
	struct hl_match_reader *next;
	_Atomic(struct hl_match_view *) announced;
	uint32_t *lists; /* of a query, ascending */
	size_t n_lists, lists_room;
	uint32_t *found; /* candidates: a slot's postings, then rows */
	size_t found_room;
	struct hl_match_near *near;
	uint8_t *payloads;
	size_t payloads_room;
	struct hl_match_walk walk;
	char label[64];
};

/* Takes the view; it stays until the release. */
static inline struct hl_match_view *hl_match_reader_take(
	struct hl_match_reader *reader)
{
	struct hl_match_view *view;

	do {
		view = atomic_load(&reader->index->view);
		atomic_store(&reader->announced, view);
	} while (atomic_load(&reader->index->view) != view);
	return view;
}

static inline void hl_match_reader_release(struct hl_match_reader *reader)
{
	atomic_store_explicit(&reader->announced, NULL, memory_order_release);
}

/* What a look-up gathers, and from what. */
struct hl_match_pick {
	const struct hl_match_index *index;
	const struct hl_match_view *view;
	struct hl_match_reader *reader;
	struct hl_match_answer *answer;
	uint64_t change;
	uint32_t kind;
	int32_t radius;    /* as asked */
	unsigned farthest; /* of any list */
	bool some_lists;
	const struct hl_match_entered *list; /* the last one looked up */
	unsigned nearest_negative, nearest_other;
	uint8_t hash[32]; /* stored form */
};

/* One row that is near; says whether it counts. */
void hl_match_pick_row(struct hl_match_pick *pick,
	const struct hl_match_row *row, unsigned distance);
void hl_match_pick_start(struct hl_match_pick *pick);
int hl_match_pick_finish(struct hl_match_pick *pick, size_t *payload_bytes);

/* The rows of a kind of a segment that are near; 0 or no memory. */
int hl_match_slots_search(struct hl_match_pick *pick,
	const struct hl_match_rows *rows, const struct hl_match_deaths *dead);
int hl_match_exact_search(struct hl_match_pick *pick,
	const struct hl_match_rows *rows, const struct hl_match_deaths *dead);

#endif
