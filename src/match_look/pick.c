/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a look-up keeps: the caller's array is a heap with the last in order on
 * top while there are more matches than places, and is sorted at the end.
 */
#include "match_look/reader.h"

#include <stdlib.h>
#include <string.h>

static int found_order(
	const struct hl_match_found *a, const struct hl_match_found *b)
{
	const struct hl_match_key x = {a->list, a->part, a->id, a->kind};
	const struct hl_match_key y = {b->list, b->part, b->id, b->kind};

	if (a->distance != b->distance) {
		return a->distance < b->distance ? -1 : 1;
	}
	return hl_match_key_order(&x, &y);
}

static void sink(struct hl_match_found *heap, size_t n, size_t at)
{
	struct hl_match_found moved = heap[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < n &&
			found_order(&heap[child], &heap[child + 1]) < 0) {
			child++;
		}
		if (child >= n || found_order(&heap[child], &moved) <= 0) {
			break;
		}
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moved;
}

static void keep(
	struct hl_match_answer *answer, const struct hl_match_found *found)
{
	answer->n_found++;
	if (answer->n < answer->n_max) {
		answer->matches[answer->n++] = *found;
		if (answer->n == answer->n_max) {
			for (size_t i = answer->n / 2; i-- > 0;) {
				sink(answer->matches, answer->n, i);
			}
		}
		return;
	}
	answer->truncated = 1;
	if (answer->n > 0 && found_order(found, &answer->matches[0]) < 0) {
		answer->matches[0] = *found;
		sink(answer->matches, answer->n, 0);
	}
}

/* The list if the query asks for it. */
static const struct hl_match_entered *wanted(
	struct hl_match_pick *pick, uint32_t id)
{
	const struct hl_match_reader *reader = pick->reader;
	size_t low = 0, high = reader->n_lists;

	if (pick->list && pick->list->list.id == id) {
		return pick->list;
	}
	while (pick->some_lists && low < high) {
		size_t middle = low + (high - low) / 2;

		if (reader->lists[middle] < id) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (pick->some_lists &&
		(low == reader->n_lists || reader->lists[low] != id)) {
		return NULL;
	}
	pick->list = hl_match_catalog_find(pick->view->catalog, id);
	return pick->list;
}

static unsigned radius_of(
	const struct hl_match_pick *pick, const struct hl_match_entered *list)
{
	unsigned own = hl_match_list_reach(&list->list);

	if (pick->kind != HL_MATCH_PDQ || pick->radius < 0) {
		return 0;
	}
	return pick->radius > 0 && (unsigned)pick->radius < own
		       ? (unsigned)pick->radius
		       : own;
}

void hl_match_pick_row(struct hl_match_pick *pick,
	const struct hl_match_row *row, unsigned distance)
{
	const struct hl_match_entered *list = wanted(pick, row->key.list);
	struct hl_match_found found = {
		.list = row->key.list,
		.part = row->key.part,
		.id = row->key.id,
		.kind = row->key.kind,
		.label = row->label,
		.distance = (uint16_t)distance,
		.payload_bytes = row->payload_bytes,
		.payload = row->payload,
	};

	if (!list || distance > radius_of(pick, list)) {
		return;
	}
	memcpy(found.hash, row->hash, hl_match_width(row->key.kind));
	found.negative = list->list.flags & HL_MATCH_LIST_NEGATIVE;
	if (found.negative && distance < pick->nearest_negative) {
		pick->nearest_negative = distance;
	} else if (!found.negative && distance < pick->nearest_other) {
		pick->nearest_other = distance;
	}
	keep(pick->answer, &found);
}

void hl_match_pick_start(struct hl_match_pick *pick)
{
	const struct hl_match_catalog *c = pick->view->catalog;
	const struct hl_match_reader *reader = pick->reader;
	unsigned most = c->reach;

	pick->answer->n = 0;
	pick->answer->n_found = 0;
	pick->answer->truncated = 0;
	pick->answer->cleared = 0;
	pick->nearest_negative = pick->nearest_other = 1000;
	pick->list = NULL;
	if (pick->some_lists) {
		most = 0;
		for (size_t i = 0; i < reader->n_lists; i++) {
			const struct hl_match_entered *list =
				hl_match_catalog_find(c, reader->lists[i]);

			if (list && hl_match_list_reach(&list->list) > most) {
				most = hl_match_list_reach(&list->list);
			}
		}
	}
	if (pick->radius < 0 || pick->kind != HL_MATCH_PDQ) {
		most = 0;
	} else if (pick->radius > 0 && (unsigned)pick->radius < most) {
		most = (unsigned)pick->radius;
	}
	pick->farthest = most;
}

int hl_match_pick_finish(struct hl_match_pick *pick, size_t *payload_bytes)
{
	struct hl_match_answer *answer = pick->answer;
	struct hl_match_found *found = answer->matches;

	if (answer->n < answer->n_max || !answer->n) {
		for (size_t i = answer->n / 2; i-- > 0;) {
			sink(found, answer->n, i);
		}
	}
	for (size_t n = answer->n; n > 1; n--) {
		struct hl_match_found last = found[0];

		found[0] = found[n - 1];
		found[n - 1] = last;
		sink(found, n - 1, 0);
	}
	for (size_t i = 0; i < answer->n; i++) {
		uint8_t stored[32];

		*payload_bytes += found[i].payload_bytes;
		memcpy(stored, found[i].hash, 32);
		hl_match_hash_show(&pick->index->shuffle, found[i].kind, stored,
			found[i].hash);
	}
	answer->cleared = pick->nearest_negative < 1000 &&
			  pick->nearest_negative <= pick->nearest_other;
	return 0;
}
