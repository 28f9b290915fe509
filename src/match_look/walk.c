/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading an index from end to end. A cursor a source stays at the row behind
 * the last one given as long as nothing changes; asked for another place it
 * looks for that, and after a change the tables are sorted again.
 */
#include "match_look/reader.h"

#include <stdlib.h>
#include <string.h>

int hl_match_reader_list(
	struct hl_match_reader *reader, uint32_t id, struct hl_match_list *out)
{
	const struct hl_match_entered *list;
	const struct hl_match_view *view;
	size_t n;

	if (!reader || !out) {
		return HL_MATCH_E_ARG;
	}
	view = hl_match_reader_take(reader);
	list = hl_match_catalog_find(view->catalog, id);
	if (list) {
		n = out->size_of < sizeof(*out) ? out->size_of : sizeof(*out);
		if (n > sizeof(out->size_of)) {
			memcpy((uint8_t *)out + sizeof(out->size_of),
				(const uint8_t *)&list->list +
					sizeof(out->size_of),
				n - sizeof(out->size_of));
		}
	}
	hl_match_reader_release(reader);
	return list ? 0 : HL_MATCH_NOTFOUND;
}

int hl_match_reader_next_list(struct hl_match_reader *reader, uint32_t after,
	struct hl_match_list *out)
{
	const struct hl_match_view *view;
	size_t at;
	uint32_t id = 0;

	if (!reader || !out) {
		return HL_MATCH_E_ARG;
	}
	if (after < HL_MATCH_LISTS_MAX) {
		view = hl_match_reader_take(reader);
		at = hl_match_catalog_place(view->catalog, after + 1);
		if (at < view->catalog->n) {
			id = view->catalog->list[at]->list.id;
		}
		hl_match_reader_release(reader);
	}
	return id ? hl_match_reader_list(reader, id, out) : HL_MATCH_NOTFOUND;
}

const char *hl_match_reader_label(
	struct hl_match_reader *reader, uint32_t list, uint16_t label)
{
	const struct hl_match_view *view;
	const char *text;

	if (!reader) {
		return "";
	}
	view = hl_match_reader_take(reader);
	text = hl_match_catalog_label(view->catalog, list, label);
	memcpy(reader->label, text, strlen(text) + 1);
	hl_match_reader_release(reader);
	return reader->label;
}

/* The rows of each table that live at the change, sorted. */
static bool sort_tables(
	struct hl_match_walk *walk, const struct hl_match_view *view)
{
	size_t n_at = view->n_segments * HL_MATCH_KINDS + view->n_tables;
	size_t n = 0;

	for (size_t i = 0; i < view->n_tables; i++) {
		n += atomic_load(&view->table[i]->n) + 1u;
	}
	free(walk->order);
	free(walk->at);
	walk->order = malloc((n + 1) * sizeof(*walk->order));
	walk->at = calloc(2 * n_at + 1, sizeof(*walk->at));
	walk->n_at = n_at;
	if (!walk->order || !walk->at) {
		return false;
	}
	/* Each table's rows end with UINT32_MAX. */
	n = 0;
	for (size_t i = 0; i < view->n_tables; i++) {
		struct hl_match_table *table = view->table[i];
		uint32_t rows = atomic_load(&table->n);
		size_t from = n;

		for (uint32_t row = 0; row < rows; row++) {
			if (hl_match_table_live(table, row, walk->change)) {
				walk->order[n++] = row;
			}
		}
		hl_match_table_sort(table, walk->order + from, n - from);
		walk->at[n_at + view->n_segments * HL_MATCH_KINDS + i] = from;
		walk->order[n++] = UINT32_MAX;
	}
	walk->n_order = n;
	return true;
}

/* The first of a table's sorted rows, from `low` to the one before `high`,
 * behind the key. */
static size_t seek_table(const struct hl_match_walk *walk,
	const struct hl_match_table *table, size_t low, size_t high,
	const struct hl_match_key *after)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hl_match_key_order(
			    &table->row[walk->order[middle]].key, after) > 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return low;
}

/* Cursors to the first row at or behind the key. */
static void seek(struct hl_match_walk *walk, const struct hl_match_view *view,
	const struct hl_match_key *after)
{
	size_t n = view->n_segments * HL_MATCH_KINDS;
	const size_t *from = walk->at + walk->n_at;

	for (size_t i = 0; i < view->n_tables; i++) {
		size_t end = i + 1 < view->n_tables ? from[n + i + 1]
						    : walk->n_order;

		walk->at[n + i] = seek_table(
			walk, view->table[i], from[n + i], end - 1, after);
	}
	for (size_t i = 0; i < n; i++) {
		const struct hl_match_rows *rows =
			&view->segment[i / HL_MATCH_KINDS]
				 ->map->rows[i % HL_MATCH_KINDS];

		walk->at[i] =
			hl_match_rows_from(rows, after->list, after->id, 0);
	}
}

/* The row that a cursor is at, behind the last key; false: none. */
static bool current(struct hl_match_walk *walk,
	const struct hl_match_view *view, size_t i, struct hl_match_row *out)
{
	size_t n = view->n_segments * HL_MATCH_KINDS;

	for (;; walk->at[i]++) {
		if (i >= n) {
			uint32_t row = walk->order[walk->at[i]];

			if (row == UINT32_MAX) {
				return false;
			}
			*out = hl_match_table_row(view->table[i - n], row);
		} else {
			const struct hl_match_segment *segment =
				view->segment[i / HL_MATCH_KINDS];
			unsigned kind = i % HL_MATCH_KINDS;
			const struct hl_match_rows *rows =
				&segment->map->rows[kind];

			if (walk->at[i] >= rows->n) {
				return false;
			}
			if (hl_match_deaths_by(&segment->dead[kind],
				    (uint32_t)walk->at[i], walk->change)) {
				continue;
			}
			*out = hl_match_rows_get(rows, (uint32_t)walk->at[i]);
		}
		if (hl_match_key_order(&out->key, &walk->last) > 0) {
			return true;
		}
	}
}

static int give(struct hl_match_reader *reader, const struct hl_match_row *row,
	struct hl_match_entry *at)
{
	if (row->payload_bytes > reader->payloads_room) {
		uint8_t *to = realloc(reader->payloads, HL_MATCH_PAYLOAD_MAX);

		if (!to) {
			return HL_MATCH_E_NOMEM;
		}
		reader->payloads = to;
		reader->payloads_room = HL_MATCH_PAYLOAD_MAX;
	}
	hl_match_entry_of(reader->index, row, reader->payloads, at);
	return 0;
}

static int step(struct hl_match_reader *reader,
	const struct hl_match_view *view, uint64_t change,
	struct hl_match_entry *at)
{
	struct hl_match_walk *walk = &reader->walk;
	const struct hl_match_key after = {
		at->list, at->part, at->id, at->kind};
	struct hl_match_row row, low;
	bool any = false, same = walk->at && walk->view == view->number &&
				 walk->change == change;

	if (!same) {
		walk->view = view->number;
		walk->change = change;
		if (!sort_tables(walk, view)) {
			walk->view = 0;
			return HL_MATCH_E_NOMEM;
		}
	}
	if (!same || hl_match_key_order(&after, &walk->last) != 0) {
		walk->last = after;
		seek(walk, view, &after);
	}
	for (size_t i = 0; i < walk->n_at; i++) {
		if (current(walk, view, i, &row) &&
			(!any || hl_match_key_order(&row.key, &low.key) < 0)) {
			low = row;
			any = true;
		}
	}
	if (!any) {
		return HL_MATCH_NOTFOUND;
	}
	walk->last = low.key;
	return give(reader, &low, at);
}

int hl_match_reader_next(
	struct hl_match_reader *reader, struct hl_match_entry *at)
{
	const struct hl_match_view *view;
	uint64_t change;
	int rc;

	if (!reader || !at) {
		return HL_MATCH_E_ARG;
	}
	view = hl_match_reader_take(reader);
	change = atomic_load_explicit(
		&hl_match_view_last(view)->change, memory_order_acquire);
	rc = step(reader, view, change, at);
	hl_match_reader_release(reader);
	return rc;
}
