/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One change, from the caller or from the log: everything that can fail comes
 * first, then the record in the log, then what cannot fail, then readers are
 * let see it.
 */
#include "match/change.h"
#include "match_rows/fault.h"

#include <stdlib.h>
#include <string.h>

static bool replaying(const struct hl_match_index *index)
{
	return index->place_number != 0;
}

static int log_it(struct hl_match_index *index, const struct hl_match_op *op,
	struct hl_match_error *err)
{
	return replaying(index) ? 0 : hl_match_log_append(&index->log, op, err);
}

/* The change that began with index->change + 1 is complete. */
static void seen(struct hl_match_index *index)
{
	index->change++;
	if (!index->quiet) {
		hl_match_view_publish(index);
	}
}

struct hl_match_counts *hl_match_counts_of(
	struct hl_match_index *index, uint32_t list)
{
	const struct hl_match_catalog *c = index->draft->catalog;
	size_t at = hl_match_catalog_place(c, list);

	return at < c->n && c->list[at]->list.id == list ? &index->counts[at]
							 : NULL;
}

static uint64_t log_place(const struct hl_match_index *index, uint32_t *number)
{
	*number = replaying(index) ? index->place_number : index->log.number;
	return replaying(index) ? index->place_offset
				: hl_match_log_end(&index->log);
}

int hl_match_freeze(struct hl_match_index *index, struct hl_match_error *err)
{
	const struct hl_match_view *old = index->draft;
	struct hl_match_table *last = hl_match_view_last(old);
	struct hl_match_table *made = hl_match_table_new(index->change);
	size_t n = old->n_tables;
	struct hl_match_counts *counts =
		hl_match_counts_copy(index->counts, old->catalog->n);
	struct hl_match_table **tables = calloc(n + 1, sizeof(*tables));
	struct hl_match_view *view = NULL;

	if (made && counts && tables) {
		memcpy(tables, old->table, n * sizeof(struct hl_match_table *));
		tables[n] = made;
		view = hl_match_view_new(index, NULL, NULL, 0, tables, n + 1);
	}
	free(tables);
	if (!view) {
		hl_match_table_unref(made);
		free(counts);
		return hl_match_fault_memory(err);
	}
	made->refs--;
	/* Only once the table is there: a full disk must not stop the rest. */
	if (!replaying(index) && index->log.at > HL_MATCH_LOG_FILE) {
		(void)hl_match_log_rotate(&index->log, NULL);
	}
	last->state.change = index->change;
	last->state.position = atomic_load(&index->position);
	last->state.log_offset = log_place(index, &last->state.log_number);
	last->state.catalog = hl_match_catalog_ref(old->catalog);
	last->state.counts = counts;
	last->frozen = true;
	index->frozen_bytes = last->state.log_offset;
	hl_match_view_adopt(index, view);
	return 0;
}

static int room_in_table(
	struct hl_match_index *index, struct hl_match_error *err)
{
	struct hl_match_table *last = hl_match_view_last(index->draft);

	return atomic_load(&last->n) < HL_MATCH_RECENT
		       ? 0
		       : hl_match_freeze(index, err);
}

static bool same_row(
	const struct hl_match_spot *spot, const struct hl_match_op *op)
{
	struct hl_match_row row =
		spot->table ? hl_match_table_row(spot->table, spot->row)
			    : hl_match_rows_get(
				      &spot->segment->map->rows[spot->kind],
				      spot->row);

	return row.label == op->label &&
	       row.payload_bytes == op->payload_bytes &&
	       memcmp(row.hash, op->hash, hl_match_width(op->key.kind)) == 0 &&
	       (row.payload_bytes == 0 || memcmp(row.payload, op->payload,
						  row.payload_bytes) == 0);
}

static void add_row(struct hl_match_index *index, const struct hl_match_op *op)
{
	const struct hl_match_row row = {
		.key = op->key,
		.label = op->label,
		.payload_bytes = op->payload_bytes,
		.hash = op->hash,
		.payload = op->payload,
	};

	hl_match_table_add(
		hl_match_view_last(index->draft), &row, index->change + 1);
}

static int apply_put(struct hl_match_index *index, const struct hl_match_op *op,
	struct hl_match_error *err)
{
	struct hl_match_counts *counts =
		hl_match_counts_of(index, op->key.list);
	struct hl_match_op stored = *op;
	struct hl_match_spot old;
	bool found, entry;
	int rc;

	if (!counts) {
		return hl_match_fault(err, HL_MATCH_E_ARG,
			"list %u is not there", op->key.list);
	}
	hl_match_hash_store(
		&index->shuffle, op->key.kind, op->hash, stored.hash);
	found = hl_match_spot_find(index, &op->key, &old);
	if (found && same_row(&old, &stored)) {
		return 0;
	}
	rc = room_in_table(index, err);
	if (rc) {
		return rc;
	}
	if (!hl_match_table_reserve(
		    hl_match_view_last(index->draft), op->payload_bytes) ||
		(found && old.segment &&
			!hl_match_deaths_reserve(
				&old.segment->dead[old.kind], 1))) {
		return hl_match_fault_memory(err);
	}
	entry = found || hl_match_entry_lives(index, op->key.list, op->key.id);
	rc = log_it(index, op, err);
	if (rc) {
		return rc;
	}
	add_row(index, &stored);
	if (found) {
		hl_match_spot_kill(&old, index->change + 1);
	}
	counts->n_hashes += !found;
	counts->n_entries += !entry;
	seen(index);
	return 0;
}

/* The live rows of an entry in a kind of a segment: how many, or kills. */
static uint64_t entry_rows(struct hl_match_segment *segment, unsigned kind,
	const struct hl_match_key *key, uint64_t kill_at)
{
	const struct hl_match_rows *rows = &segment->map->rows[kind];
	struct hl_match_deaths *dead = &segment->dead[kind];
	uint32_t row = hl_match_rows_from(rows, key->list, key->id, 0);
	uint64_t n = 0;

	for (; hl_match_rows_of_entry(rows, row, key->list, key->id); row++) {
		if (hl_match_deaths_when(dead, row) != HL_MATCH_NEVER) {
			continue;
		}
		n++;
		if (kill_at) {
			hl_match_deaths_kill(dead, row, kill_at);
		}
	}
	return n;
}

static uint64_t entry_recent(const struct hl_match_view *view,
	const struct hl_match_key *key, uint64_t kill_at)
{
	uint64_t n = 0;

	for (size_t i = 0; i < view->n_tables; i++) {
		struct hl_match_table *table = view->table[i];
		uint32_t row = UINT32_MAX;

		while ((row = hl_match_table_next(table, key->list, key->id,
				row)) != UINT32_MAX) {
			n++;
			if (kill_at) {
				hl_match_table_kill(table, row, kill_at);
			}
		}
	}
	return n;
}

static int apply_remove(struct hl_match_index *index,
	const struct hl_match_op *op, struct hl_match_error *err)
{
	const struct hl_match_view *view = index->draft;
	struct hl_match_counts *counts =
		hl_match_counts_of(index, op->key.list);
	uint64_t n = entry_recent(view, &op->key, 0);
	int rc;

	for (size_t i = 0; i < view->n_segments; i++) {
		struct hl_match_segment *segment = view->segment[i];

		for (unsigned k = 0; k < HL_MATCH_KINDS; k++) {
			uint64_t more = entry_rows(segment, k, &op->key, 0);

			n += more;
			if (!hl_match_deaths_reserve(&segment->dead[k], more)) {
				return hl_match_fault_memory(err);
			}
		}
	}
	if (n == 0 || !counts) {
		return HL_MATCH_NOTFOUND;
	}
	rc = log_it(index, op, err);
	if (rc) {
		return rc;
	}
	entry_recent(view, &op->key, index->change + 1);
	for (size_t i = 0; i < view->n_segments; i++) {
		for (unsigned k = 0; k < HL_MATCH_KINDS; k++) {
			entry_rows(view->segment[i], k, &op->key,
				index->change + 1);
		}
	}
	counts->n_hashes -= n;
	counts->n_entries--;
	seen(index);
	return 0;
}

/* Room for a list more in the counts. */
static bool counts_ready(struct hl_match_index *index)
{
	size_t n = index->draft->catalog->n + 1;
	struct hl_match_counts *counts;

	if (n <= index->counts_room) {
		return true;
	}
	counts = realloc(index->counts, 2 * n * sizeof(*counts));
	if (!counts) {
		return false;
	}
	index->counts = counts;
	index->counts_room = 2 * n;
	return true;
}

/* A view with the catalog, which it takes over. */
static struct hl_match_view *view_with(
	struct hl_match_index *index, struct hl_match_catalog *catalog)
{
	struct hl_match_view *view =
		catalog ? hl_match_view_new(index, catalog, NULL, 0, NULL, 0)
			: NULL;

	hl_match_catalog_unref(catalog);
	return view;
}

static int apply_catalog(struct hl_match_index *index,
	const struct hl_match_op *op, struct hl_match_catalog *catalog,
	struct hl_match_error *err)
{
	struct hl_match_view *view = view_with(index, catalog);
	int rc;

	if (!view) {
		return hl_match_fault_memory(err);
	}
	rc = log_it(index, op, err);
	if (rc) {
		hl_match_view_free(view);
		return rc;
	}
	hl_match_view_adopt(index, view);
	seen(index);
	return 0;
}

static int apply_list(struct hl_match_index *index,
	const struct hl_match_op *op, struct hl_match_error *err)
{
	const struct hl_match_catalog *old = index->draft->catalog;
	size_t at = hl_match_catalog_place(old, op->list.id), n = old->n;
	bool there = hl_match_catalog_find(old, op->list.id) != NULL;
	int rc;

	if (there && memcmp(&old->list[at]->list, &op->list,
			     sizeof(op->list)) == 0) {
		return 0;
	}
	if (!counts_ready(index)) {
		return hl_match_fault_memory(err);
	}
	rc = apply_catalog(
		index, op, hl_match_catalog_put(old, &op->list), err);
	if (!rc && !there) {
		memmove(&index->counts[at + 1], &index->counts[at],
			(n - at) * sizeof(*index->counts));
		memset(&index->counts[at], 0, sizeof(*index->counts));
	}
	return rc;
}

static int apply_label(struct hl_match_index *index,
	const struct hl_match_op *op, struct hl_match_error *err)
{
	const struct hl_match_catalog *old = index->draft->catalog;

	if (!hl_match_catalog_find(old, op->key.list)) {
		return hl_match_fault(err, HL_MATCH_E_ARG,
			"list %u is not there", op->key.list);
	}
	if (strcmp(hl_match_catalog_label(old, op->key.list, op->label),
		    op->text) == 0) {
		return 0;
	}
	return apply_catalog(index, op,
		hl_match_catalog_label_put(
			old, op->key.list, op->label, op->text),
		err);
}

/* The spans of a list in all segments, chained by the caller's array. */
static bool spans_new(struct hl_match_index *index, uint32_t list,
	struct hl_match_span **spans)
{
	const struct hl_match_view *view = index->draft;

	for (size_t i = 0; i < view->n_segments; i++) {
		for (unsigned k = 0; k < HL_MATCH_KINDS; k++) {
			struct hl_match_segment *segment = view->segment[i];
			const struct hl_match_rows *rows =
				&segment->map->rows[k];
			uint32_t from = hl_match_rows_from(rows, list, 0, 0);
			uint32_t to = hl_match_rows_from(rows, list + 1, 0, 0);
			struct hl_match_span *span;

			if (from >= to) {
				continue;
			}
			span = hl_match_deaths_span_new(
				from, to, index->change + 1);
			spans[i * HL_MATCH_KINDS + k] = span;
			if (!span || !hl_match_deaths_reserve(
					     &segment->dead[k], 1)) {
				return false;
			}
		}
	}
	return true;
}

static void kill_list(struct hl_match_index *index, uint32_t list,
	struct hl_match_span **spans)
{
	const struct hl_match_view *view = index->draft;

	for (size_t i = 0; i < view->n_segments * HL_MATCH_KINDS; i++) {
		if (spans[i]) {
			hl_match_deaths_span(
				&view->segment[i / HL_MATCH_KINDS]
					 ->dead[i % HL_MATCH_KINDS],
				spans[i]);
		}
	}
	for (size_t i = 0; i < view->n_tables; i++) {
		struct hl_match_table *table = view->table[i];

		for (uint32_t row = 0; row < atomic_load(&table->n); row++) {
			if (table->row[row].key.list == list &&
				hl_match_table_died(table, row) == UINT64_MAX) {
				hl_match_table_kill(
					table, row, index->change + 1);
			}
		}
	}
}

static int apply_unlist(struct hl_match_index *index,
	const struct hl_match_op *op, struct hl_match_error *err)
{
	const struct hl_match_catalog *old = index->draft->catalog;
	size_t n = index->draft->n_segments * HL_MATCH_KINDS;
	size_t at = hl_match_catalog_place(old, op->key.list);
	struct hl_match_span **spans;
	struct hl_match_view *view;
	int rc = HL_MATCH_E_NOMEM;

	if (!hl_match_catalog_find(old, op->key.list)) {
		return HL_MATCH_NOTFOUND;
	}
	spans = calloc(n + 1, sizeof(*spans));
	view = spans ? view_with(index,
			       hl_match_catalog_remove(old, op->key.list))
		     : NULL;
	if (view && spans_new(index, op->key.list, spans)) {
		rc = log_it(index, op, err);
	} else {
		hl_match_fault_memory(err);
	}
	if (rc) {
		for (size_t i = 0; spans && i < n; i++) {
			free(spans[i]);
		}
		hl_match_view_free(view);
		free(spans);
		return rc;
	}
	kill_list(index, op->key.list, spans);
	memmove(&index->counts[at], &index->counts[at + 1],
		(old->n - at - 1) * sizeof(*index->counts));
	hl_match_view_adopt(index, view);
	seen(index);
	free(spans);
	return 0;
}

int hl_match_apply(struct hl_match_index *index, const struct hl_match_op *op,
	struct hl_match_error *err)
{
	switch (op->type) {
	case HL_MATCH_LOG_PUT:
		return apply_put(index, op, err);
	case HL_MATCH_LOG_REMOVE:
		return apply_remove(index, op, err);
	case HL_MATCH_LOG_LIST:
		return apply_list(index, op, err);
	case HL_MATCH_LOG_UNLIST:
		return apply_unlist(index, op, err);
	case HL_MATCH_LOG_LABEL:
		return apply_label(index, op, err);
	case HL_MATCH_LOG_COMMIT:
		atomic_store(&index->position, op->number);
		index->committed = index->change;
		if (!index->quiet) {
			atomic_store(&index->shown, op->number);
		}
		return 0;
	case HL_MATCH_LOG_SYNCED:
	case HL_MATCH_LOG_NEXT:
	default:
		return 0;
	}
}
