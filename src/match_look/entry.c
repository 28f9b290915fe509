/* SPDX-License-Identifier: Apache-2.0 */
/* What the writer has of one entry. The tables' chains are the writer's, so
 * this needs no sorting, however much has been put since the last freeze. */
#include "match_look/index.h"

#include <string.h>

struct next {
	struct hl_match_key after;
	bool found;
	struct hl_match_row low;
};

static void consider(struct next *next, const struct hl_match_row *row)
{
	if (hl_match_key_order(&row->key, &next->after) > 0 &&
		(!next->found ||
			hl_match_key_order(&row->key, &next->low.key) < 0)) {
		next->low = *row;
		next->found = true;
	}
}

static void in_table(const struct hl_match_table *table, struct next *next)
{
	uint32_t row = UINT32_MAX;

	while ((row = hl_match_table_next(table, next->after.list,
			next->after.id, row)) != UINT32_MAX) {
		struct hl_match_row one = hl_match_table_row(table, row);

		consider(next, &one);
	}
}

static void in_rows(const struct hl_match_rows *rows,
	const struct hl_match_deaths *dead, unsigned kind, struct next *next)
{
	const struct hl_match_key *after = &next->after;
	uint32_t part = kind == after->kind ? after->part : 0;
	uint32_t row;

	if (kind < after->kind) {
		return;
	}
	row = hl_match_rows_from(rows, after->list, after->id, part);
	for (; hl_match_rows_of_entry(rows, row, after->list, after->id);
		row++) {
		struct hl_match_row one = hl_match_rows_get(rows, row);

		if (hl_match_deaths_when(dead, row) == HL_MATCH_NEVER &&
			hl_match_key_order(&one.key, after) > 0) {
			consider(next, &one);
			return;
		}
	}
}

void hl_match_entry_of(const struct hl_match_index *index,
	const struct hl_match_row *row, void *payload,
	struct hl_match_entry *out)
{
	*out = (struct hl_match_entry){.list = row->key.list,
		.part = row->key.part,
		.id = row->key.id,
		.kind = row->key.kind,
		.label = row->label,
		.payload_bytes = row->payload_bytes};
	if (row->payload_bytes > 0) {
		memcpy(payload, row->payload, row->payload_bytes);
		out->payload = payload;
	}
	hl_match_hash_show(
		&index->shuffle, row->key.kind, row->hash, out->hash);
}

int hl_match_index_entry(
	struct hl_match_index *index, struct hl_match_entry *at, void *payload)
{
	const struct hl_match_view *view;
	struct next next = {.found = false};

	if (!index || !at || !payload) {
		return HL_MATCH_E_ARG;
	}
	if (!(index->flags & HL_MATCH_OPEN_WRITE)) {
		return HL_MATCH_E_STATE;
	}
	next.after =
		(struct hl_match_key){at->list, at->part, at->id, at->kind};
	pthread_mutex_lock(&index->lock);
	view = index->draft;
	for (size_t i = 0; i < view->n_tables; i++) {
		in_table(view->table[i], &next);
	}
	for (size_t i = 0; i < view->n_segments * HL_MATCH_KINDS; i++) {
		struct hl_match_segment *segment =
			view->segment[i / HL_MATCH_KINDS];
		unsigned kind = i % HL_MATCH_KINDS;

		in_rows(&segment->map->rows[kind], &segment->dead[kind],
			kind + 1, &next);
	}
	if (next.found) {
		hl_match_entry_of(index, &next.low, payload, at);
	}
	pthread_mutex_unlock(&index->lock);
	return next.found ? 0 : HL_MATCH_NOTFOUND;
}
