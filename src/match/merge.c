/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cursor a source; the lowest key is taken until all are at their end. The
 * sources are few, so they are compared one by one. At a given change at most
 * one row of a key is alive.
 */
#include "match/merge.h"

#include <stdlib.h>

struct cursor {
	const struct hl_match_rows *rows; /* a segment's, or ... */
	const struct hl_match_deaths *dead;
	const struct hl_match_table *table; /* ... a table's, by order */
	uint32_t *order;
	const struct hl_match_sources *bulk; /* ... or a bulk load's */
	uint32_t at, n;
	uint32_t run;
	unsigned kind;
	struct hl_match_row row;
};

/* The table's rows of a kind that were alive, sorted. */
static bool cursor_table(struct cursor *c, const struct hl_match_table *table,
	unsigned kind, uint64_t change)
{
	uint32_t n = atomic_load(&table->n);

	c->table = table;
	c->order = malloc((n + 1) * sizeof(*c->order));
	if (!c->order) {
		return false;
	}
	for (uint32_t row = 0; row < n; row++) {
		if (table->row[row].key.kind == kind + 1 &&
			hl_match_table_live(table, row, change)) {
			c->order[c->n++] = row;
		}
	}
	hl_match_table_sort(table, c->order, c->n);
	return true;
}

/* The segment's row; lists are told by runs that go along. */
static void segment_row(struct cursor *c)
{
	const struct hl_match_rows *rows = c->rows;

	c->row = (struct hl_match_row){
		.key = {.part = rows->part ? rows->part[c->at] : 0,
			.id = rows->id[c->at],
			.kind = rows->kind},
		.label = rows->label ? rows->label[c->at] : 0,
		.hash = rows->hash + (size_t)c->at * rows->width,
	};
	while (c->run + 1 < rows->at.n_runs &&
		rows->run[c->run + 1].first <= c->at) {
		c->run++;
	}
	c->row.key.list = rows->run[c->run].list;
	if (rows->end) {
		struct hl_match_row whole = hl_match_rows_get(rows, c->at);

		c->row.payload = whole.payload;
		c->row.payload_bytes = whole.payload_bytes;
	}
}

/* Goes to the next living row from c->at on; false: there is none. */
static bool cursor_read(struct cursor *c, uint64_t change)
{
	while (c->rows && c->at < c->n &&
		hl_match_deaths_by(c->dead, c->at, change)) {
		c->at++;
	}
	if (c->bulk) {
		return c->bulk->bulk_row(
			       c->bulk->bulk, c->kind, c->at, &c->row) != NULL;
	}
	if (c->at >= c->n) {
		return false;
	}
	if (c->table) {
		c->row = hl_match_table_row(c->table, c->order[c->at]);
	} else {
		segment_row(c);
	}
	return true;
}

static int merge_kind(struct cursor *cursors, size_t n, uint64_t change,
	struct hl_match_build *build)
{
	for (size_t i = n; i-- > 0;) {
		if (!cursor_read(&cursors[i], change)) {
			free(cursors[i].order);
			cursors[i] = cursors[--n];
		}
	}
	while (n > 0) {
		size_t low = 0;

		for (size_t i = 1; i < n; i++) {
			if (hl_match_key_order(&cursors[i].row.key,
				    &cursors[low].row.key) < 0) {
				low = i;
			}
		}
		if (!hl_match_build_add(build, &cursors[low].row)) {
			break;
		}
		cursors[low].at++;
		if (!cursor_read(&cursors[low], change)) {
			free(cursors[low].order);
			cursors[low] = cursors[--n];
		}
	}
	for (size_t i = 0; i < n; i++) {
		free(cursors[i].order);
	}
	return n > 0 ? HL_MATCH_E_NOMEM : 0;
}

static int open_kind(const struct hl_match_sources *from, unsigned kind,
	uint64_t change, struct cursor *c, size_t *n)
{
	for (size_t i = 0; i < from->n_segments; i++) {
		struct hl_match_segment *segment = from->segment[i];

		c[*n] = (struct cursor){.rows = &segment->map->rows[kind],
			.dead = &segment->dead[kind],
			.n = segment->map->rows[kind].n};
		++*n;
	}
	for (size_t i = 0; i < from->n_tables; i++) {
		c[*n] = (struct cursor){0};
		if (!cursor_table(&c[*n], from->table[i], kind, change)) {
			return HL_MATCH_E_NOMEM;
		}
		++*n;
	}
	if (from->bulk) {
		c[(*n)++] = (struct cursor){.bulk = from, .kind = kind};
	}
	return 0;
}

int hl_match_merge(const struct hl_match_sources *from, uint64_t change,
	struct hl_match_build *build)
{
	size_t most = from->n_segments + from->n_tables + 1;
	struct cursor *cursors = calloc(most, sizeof(*cursors));
	int rc = cursors ? 0 : HL_MATCH_E_NOMEM;

	for (unsigned kind = 0; kind < HL_MATCH_KINDS && !rc; kind++) {
		size_t n = 0;

		rc = open_kind(from, kind, change, cursors, &n);
		if (!rc) {
			rc = merge_kind(cursors, n, change, build);
		} else {
			while (n > 0) {
				free(cursors[--n].order);
			}
		}
	}
	free(cursors);
	return rc;
}

struct dying {
	const struct hl_match_rows *rows;
	struct hl_match_segment *to;
	bool kill;
	size_t n[HL_MATCH_KINDS];
};

static void die(struct dying *d, const struct hl_match_key *key, uint64_t when)
{
	unsigned kind = key->kind - 1u;
	const struct hl_match_rows *rows = &d->to->map->rows[kind];
	uint32_t row;

	d->n[kind]++;
	if (!d->kill) {
		return;
	}
	row = hl_match_rows_from(rows, key->list, key->id, key->part);
	if (row < rows->n) {
		hl_match_deaths_kill(&d->to->dead[kind], row, when);
	}
}

static void die_in_segment(void *arg, uint32_t row, uint64_t when)
{
	struct dying *d = arg;
	struct hl_match_key key = hl_match_rows_get(d->rows, row).key;

	die(d, &key, when);
}

static void each_death(
	const struct hl_match_sources *from, uint64_t change, struct dying *d)
{
	for (size_t i = 0; i < from->n_segments; i++) {
		struct hl_match_segment *segment = from->segment[i];

		for (unsigned k = 0; k < HL_MATCH_KINDS; k++) {
			d->rows = &segment->map->rows[k];
			hl_match_deaths_after(
				&segment->dead[k], change, die_in_segment, d);
		}
	}
	for (size_t i = 0; i < from->n_tables; i++) {
		const struct hl_match_table *table = from->table[i];

		for (uint32_t r = 0; r < atomic_load(&table->n); r++) {
			uint64_t died = hl_match_table_died(table, r);

			if (died != UINT64_MAX &&
				hl_match_table_live(table, r, change)) {
				die(d, &table->row[r].key, died);
			}
		}
	}
}

int hl_match_merge_deaths(const struct hl_match_sources *from, uint64_t change,
	struct hl_match_segment *to)
{
	struct dying d = {.to = to};

	each_death(from, change, &d);
	for (unsigned k = 0; k < HL_MATCH_KINDS; k++) {
		if (!hl_match_deaths_reserve(&to->dead[k], d.n[k])) {
			return HL_MATCH_E_NOMEM;
		}
	}
	d.kill = true;
	each_death(from, change, &d);
	return 0;
}
