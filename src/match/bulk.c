/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading millions at once: rows wait in an array, and the commit sorts them
 * and makes a segment of them. Rows that they replace die at the change that
 * the commit will be, which no reader has seen yet; if the commit fails they
 * are given back.
 */
#include "match/merge.h"
#include "match_rows/fault.h"

#include <stdlib.h>
#include <string.h>

struct waiting {
	uint64_t id;
	const uint8_t *payload;
	uint32_t part;
	uint32_t payload_bytes;
	uint16_t list;
	uint16_t label;
	uint16_t kind;
	uint8_t hash[32];
};

struct chunk {
	struct chunk *next;
	size_t used, room;
	uint8_t bytes[];
};

struct hl_match_bulk {
	struct waiting *row;
	size_t n, room;
	struct chunk *chunks;
	uint32_t *order[HL_MATCH_KINDS]; /* sorted, each key once */
	size_t n_order[HL_MATCH_KINDS];
};

static void forget(struct hl_match_bulk *bulk)
{
	while (bulk->chunks) {
		struct chunk *next = bulk->chunks->next;

		free(bulk->chunks);
		bulk->chunks = next;
	}
	for (unsigned k = 0; k < HL_MATCH_KINDS; k++) {
		free(bulk->order[k]);
	}
	free(bulk->row);
	memset(bulk, 0, sizeof(*bulk));
}

void hl_match_bulk_free(struct hl_match_bulk *bulk)
{
	if (bulk) {
		forget(bulk);
		free(bulk);
	}
}

static bool payload_keep(
	struct hl_match_bulk *bulk, const uint8_t *p, uint32_t n, uint8_t **out)
{
	struct chunk *chunk = bulk->chunks;
	const size_t room = 1 << 20;

	*out = NULL;
	if (n == 0) {
		return true;
	}
	if (!chunk || chunk->room - chunk->used < n) {
		chunk = malloc(sizeof(*chunk) + room);
		if (!chunk) {
			return false;
		}
		chunk->next = bulk->chunks;
		chunk->used = 0;
		chunk->room = room;
		bulk->chunks = chunk;
	}
	*out = chunk->bytes + chunk->used;
	memcpy(*out, p, n);
	chunk->used += n;
	return true;
}

static bool room_for_row(struct hl_match_bulk *bulk)
{
	size_t room = bulk->room ? 2 * bulk->room : 4096;
	struct waiting *row;

	if (bulk->n < bulk->room) {
		return true;
	}
	row = bulk->n < UINT32_MAX / 2 ? realloc(bulk->row, room * sizeof(*row))
				       : NULL;
	if (row) {
		bulk->row = row;
		bulk->room = room;
	}
	return row != NULL;
}

int hl_match_bulk_put(struct hl_match_index *index,
	const struct hl_match_op *op, struct hl_match_error *err)
{
	struct hl_match_bulk *bulk = index->bulk;
	uint8_t *payload;
	struct waiting *to;

	if (!hl_match_counts_of(index, op->key.list)) {
		return hl_match_fault(err, HL_MATCH_E_ARG,
			"list %u is not there", op->key.list);
	}
	if (!bulk) {
		bulk = index->bulk = calloc(1, sizeof(*bulk));
	}
	if (!bulk || !room_for_row(bulk) ||
		!payload_keep(bulk, op->payload, op->payload_bytes, &payload)) {
		return hl_match_fault_memory(err);
	}
	to = &bulk->row[bulk->n++];
	*to = (struct waiting){
		.id = op->key.id,
		.payload = payload,
		.part = op->key.part,
		.payload_bytes = op->payload_bytes,
		.list = (uint16_t)op->key.list,
		.label = op->label,
		.kind = op->key.kind,
	};
	hl_match_hash_store(&index->shuffle, op->key.kind, op->hash, to->hash);
	return 0;
}

static int row_order(const struct waiting *a, const struct waiting *b)
{
	if (a->list != b->list) {
		return a->list < b->list ? -1 : 1;
	}
	if (a->id != b->id) {
		return a->id < b->id ? -1 : 1;
	}
	return a->part < b->part ? -1 : a->part > b->part;
}

/* Byte `digit` of (list, id, part), the lowest first. */
static unsigned digit_of(const struct waiting *row, unsigned digit)
{
	if (digit < 4) {
		return row->part >> (8 * digit) & 255;
	}
	if (digit < 12) {
		return (unsigned)(row->id >> (8 * (digit - 4)) & 255);
	}
	return row->list >> (8 * (digit - 12)) & 255;
}

/* Stable, byte by byte; bytes that are all the same are left out. */
static bool radix(const struct hl_match_bulk *bulk, uint32_t *order, size_t n)
{
	uint32_t *other = malloc((n + 1) * sizeof(*other)), *kept = other;
	uint32_t *from = order;

	if (!other) {
		return false;
	}
	for (unsigned digit = 0; digit < 14; digit++) {
		size_t count[257] = {0};
		uint32_t *to = other;

		for (size_t i = 0; i < n; i++) {
			count[digit_of(&bulk->row[from[i]], digit) + 1]++;
		}
		if (count[digit_of(&bulk->row[from[0]], digit) + 1] == n) {
			continue;
		}
		for (unsigned i = 1; i < 257; i++) {
			count[i] += count[i - 1];
		}
		for (size_t i = 0; i < n; i++) {
			to[count[digit_of(&bulk->row[from[i]], digit)]++] =
				from[i];
		}
		other = from;
		from = to;
	}
	if (from != order) {
		memcpy(order, from, n * sizeof(*order));
	}
	free(kept);
	return true;
}

/* Of rows with one key the last one stays. */
static size_t only_last(
	const struct hl_match_bulk *bulk, uint32_t *order, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (i + 1 == n || row_order(&bulk->row[order[i]],
					  &bulk->row[order[i + 1]])) {
			order[kept++] = order[i];
		}
	}
	return kept;
}

static bool sort_kind(struct hl_match_bulk *bulk, unsigned kind)
{
	uint32_t *order = NULL;
	bool sorted = true;
	size_t n = 0;

	for (size_t i = 0; i < bulk->n; i++) {
		n += bulk->row[i].kind == kind + 1;
	}
	order = malloc((n + 1) * sizeof(*order));
	if (!order) {
		return false;
	}
	n = 0;
	for (uint32_t i = 0; i < bulk->n; i++) {
		if (bulk->row[i].kind == kind + 1) {
			order[n++] = i;
			sorted &= n < 2 || row_order(&bulk->row[order[n - 2]],
						   &bulk->row[i]) <= 0;
		}
	}
	if (!sorted && !radix(bulk, order, n)) {
		free(order);
		return false;
	}
	free(bulk->order[kind]);
	bulk->order[kind] = order;
	bulk->n_order[kind] = only_last(bulk, order, n);
	return true;
}

static const struct hl_match_row *row_at(const struct hl_match_bulk *bulk,
	unsigned kind, size_t at, struct hl_match_row *out)
{
	const struct waiting *row;

	if (at >= bulk->n_order[kind]) {
		return NULL;
	}
	row = &bulk->row[bulk->order[kind][at]];
	*out = (struct hl_match_row){
		.key = {.list = row->list,
			.part = row->part,
			.id = row->id,
			.kind = row->kind},
		.label = row->label,
		.payload_bytes = row->payload_bytes,
		.hash = row->hash,
		.payload = row->payload,
	};
	return out;
}

/* Whether a kind below has the entry too. */
static bool entry_below(const struct hl_match_bulk *bulk, unsigned kind,
	const struct hl_match_key *key)
{
	const struct waiting wanted = {
		.list = (uint16_t)key->list, .id = key->id};

	for (unsigned k = 0; k < kind; k++) {
		size_t low = 0, high = bulk->n_order[k];
		const struct waiting *there;

		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (row_order(&bulk->row[bulk->order[k][middle]],
				    &wanted) < 0) {
				low = middle + 1;
			} else {
				high = middle;
			}
		}
		if (low == bulk->n_order[k]) {
			continue;
		}
		there = &bulk->row[bulk->order[k][low]];
		if (there->list == key->list && there->id == key->id) {
			return true;
		}
	}
	return false;
}

static bool nothing_yet(const struct hl_match_index *index)
{
	const struct hl_match_view *view = index->draft;

	return view->n_segments == 0 && view->n_tables == 1 &&
	       atomic_load(&view->table[0]->n) == 0;
}

/* Kills what a kind's rows replace, and counts. */
static bool replace_kind(
	struct hl_match_index *index, unsigned kind, bool count_only)
{
	const struct hl_match_bulk *bulk = index->bulk;
	bool nothing = nothing_yet(index);
	struct hl_match_key before = {0};
	struct hl_match_counts *counts = NULL;
	struct hl_match_row row;

	for (size_t i = 0; row_at(bulk, kind, i, &row); i++) {
		struct hl_match_spot old = {0};
		bool found =
			!nothing && hl_match_spot_find(index, &row.key, &old);
		bool again = before.list == row.key.list && counts &&
			     before.id == row.key.id;

		if (!counts || before.list != row.key.list) {
			counts = hl_match_counts_of(index, row.key.list);
		}
		before = row.key;
		if (count_only) {
			counts->n_hashes += !found;
			counts->n_entries +=
				!again && !entry_below(bulk, kind, &row.key) &&
				(nothing || !hl_match_entry_lives(index,
						    row.key.list, row.key.id));
		} else if (found) {
			if (old.segment &&
				!hl_match_deaths_reserve(
					&old.segment->dead[old.kind], 1)) {
				return false;
			}
			hl_match_spot_kill(&old, index->change + 1);
		}
	}
	return true;
}

static void give_back(struct hl_match_index *index)
{
	const struct hl_match_view *view = index->draft;
	uint64_t change = index->change + 1;

	for (size_t i = 0; i < view->n_segments; i++) {
		for (unsigned k = 0; k < HL_MATCH_KINDS; k++) {
			hl_match_deaths_undo(
				&view->segment[i]->dead[k], change);
		}
	}
	for (size_t i = 0; i < view->n_tables; i++) {
		struct hl_match_table *table = view->table[i];

		for (uint32_t r = 0; r < atomic_load(&table->n); r++) {
			if (hl_match_table_died(table, r) == change) {
				atomic_store(&table->row[r].died, UINT64_MAX);
			}
		}
	}
}

/* The state after the commit: counts are the index's with the new rows. */
static int replace(struct hl_match_index *index)
{
	bool good = true;

	for (unsigned k = 0; k < HL_MATCH_KINDS && good; k++) {
		good = sort_kind(index->bulk, k);
	}
	for (unsigned k = 0; k < HL_MATCH_KINDS && good; k++) {
		good = replace_kind(index, k, true);
	}
	for (unsigned k = 0; k < HL_MATCH_KINDS && good; k++) {
		good = replace_kind(index, k, false);
	}
	return good ? 0 : HL_MATCH_E_NOMEM;
}

static int turn_in(struct hl_match_index *index, uint64_t position,
	struct hl_match_error *err)
{
	struct hl_match_view *view = index->draft;
	struct hl_match_sources from = {
		.table = view->table,
		.n_tables = view->n_tables - 1,
		.bulk_row = row_at,
		.bulk = index->bulk,
	};
	struct hl_match_frozen state = {
		.change = index->change + 1,
		.position = position,
		.log_number = index->log.number,
		.log_offset = hl_match_log_end(&index->log),
		.catalog = view->catalog,
		.counts = index->counts,
	};
	uint64_t before = index->checkpoint.change;
	int rc = hl_match_turn(index, &from, &state, err);

	if (index->checkpoint.change != before) {
		/* The rows are in a segment, though perhaps not listed. */
		index->change++;
		forget(index->bulk);
	}
	return rc;
}

static int commit_rows(struct hl_match_index *index, uint64_t position,
	struct hl_match_error *err)
{
	size_t n = index->draft->catalog->n;
	struct hl_match_counts *kept = hl_match_counts_copy(index->counts, n);
	uint64_t before = index->change;
	int rc;

	if (!kept) {
		return hl_match_fault_memory(err);
	}
	rc = hl_match_freeze(index, err);
	if (!rc) {
		rc = replace(index);
		rc = rc ? hl_match_fault_memory(err)
			: turn_in(index, position, err);
		if (rc && index->change == before) {
			give_back(index);
			memcpy(index->counts, kept, n * sizeof(*kept));
		}
	}
	free(kept);
	return rc;
}

/* Lists and labels only, or what an earlier call could not list. */
static int commit_rest(struct hl_match_index *index, uint64_t position,
	struct hl_match_error *err)
{
	struct hl_match_sources from = {0};
	struct hl_match_frozen state;
	struct hl_match_view *view;
	int rc = hl_match_freeze(index, err);

	if (rc) {
		return rc;
	}
	view = index->draft;
	from.table = view->table;
	from.n_tables = view->n_tables - 1;
	state = view->table[from.n_tables - 1]->state;
	state.position = position;
	return hl_match_turn(index, &from, &state, err);
}

int hl_match_bulk_commit(struct hl_match_index *index, uint64_t position,
	struct hl_match_error *err)
{
	bool rows = index->bulk && index->bulk->n > 0;
	int rc = hl_match_log_flush(&index->log, err);

	if (!rc) {
		index->commit_number = index->log.number;
		index->commit_offset = index->log.at;
		rc = rows ? commit_rows(index, position, err)
			  : commit_rest(index, position, err);
	}
	if (rc) {
		return rc;
	}
	atomic_store(&index->position, position);
	index->committed = index->change;
	index->quiet = false;
	hl_match_view_publish(index);
	index->quiet = true;
	hl_match_view_reclaim(index);
	return 0;
}
