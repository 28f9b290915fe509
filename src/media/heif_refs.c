/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References between the items of a HEIF file (ISO/IEC 14496-12, 8.11.12):
 * a grid, overlay or identity is made of the items that its "dimg" names; to
 * decode a picture is to decode the alpha plane whose "auxl" names it.
 *
 * Every box of the name iref counts, wherever it lies, so that no file can
 * show one to this reader and another to libheif. In what was compressed the
 * name comes up by chance once in four gigabytes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "media/heif_refs.h"

#define DEPTH_MAX 8u
#define COST_MAX 100000u
#define EDGES_MAX (1u << 17)

/* To decode `of`, `needs` has to be. */
struct edge {
	uint32_t of;
	uint32_t needs;
};

struct edges {
	struct edge *all;
	size_t n;
	size_t cap;
	bool too_many;
	bool no_memory;
};

struct reader {
	const uint8_t *p;
	size_t n;
	bool ended; /* read behind its end; numbers are 0 from there on */
};

static uint32_t number(struct reader *r, size_t n_bytes)
{
	uint32_t v = 0;

	if (r->n < n_bytes) {
		r->ended = true;
		r->n = 0;
		return 0;
	}
	for (size_t i = 0; i < n_bytes; i++) {
		v = v << 8 | r->p[i];
	}
	r->p += n_bytes;
	r->n -= n_bytes;
	return v;
}

static void add(struct edges *e, uint32_t of, uint32_t needs)
{
	if (e->n == EDGES_MAX) {
		e->too_many = true;
		return;
	}
	if (e->n == e->cap) {
		size_t cap = e->cap ? 2 * e->cap : 64;
		struct edge *all = realloc(e->all, cap * sizeof(*all));

		if (!all) {
			e->no_memory = true;
			return;
		}
		e->all = all;
		e->cap = cap;
	}
	e->all[e->n++] = (struct edge){of, needs};
}

/* One reference: a box header, who refers, how many, to whom. */
static void read_reference(struct reader *r, size_t n_id, struct edges *e)
{
	uint32_t size = number(r, 4), type = number(r, 4);

	if (size == 1) {
		number(r, 4);
		number(r, 4);
	}
	if (type == 0x75756964) { /* uuid */
		for (size_t i = 0; i < 4; i++) {
			number(r, 4);
		}
	}
	uint32_t from = number(r, n_id), n = number(r, 2);

	for (uint32_t i = 0; i < n && !r->ended; i++) {
		uint32_t to = number(r, n_id);

		if (r->ended) {
			break;
		}
		if (type == 0x64696d67) { /* dimg */
			add(e, from, to);
		} else if (type == 0x6175786c) { /* auxl */
			add(e, to, from);
		}
	}
}

/* What follows the name of a box, to its end by its size. */
static void read_box(
	const uint8_t *file, size_t n, size_t name_at, struct edges *e)
{
	struct reader r = {file + name_at - 4, n - name_at + 4, false};
	uint64_t size = number(&r, 4), head = 8;

	number(&r, 4);
	if (size == 1) {
		size = (uint64_t)number(&r, 4) << 32;
		size |= number(&r, 4);
		head = 16;
	}
	if (size != 0 && size >= head && size - head < r.n) {
		r.n = (size_t)(size - head);
	}
	size_t n_id = number(&r, 4) >> 24 ? 4 : 2;

	while (r.n > 0 && !e->too_many && !e->no_memory) {
		read_reference(&r, n_id, e);
	}
}

static void read_file(const uint8_t *file, size_t n, struct edges *e)
{
	const uint8_t *at = file, *found;

	while (n >= 8 &&
		(found = memmem(at, n - (size_t)(at - file), "iref", 4))) {
		if (found - file >= 4) {
			read_box(file, n, (size_t)(found - file), e);
		}
		at = found + 4;
	}
}

static int by_of(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return (x->of > y->of) - (x->of < y->of);
}

/* The first edge of an item, or n. */
static size_t first_of(const struct edges *e, uint32_t item)
{
	size_t low = 0, high = e->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (e->all[mid].of < item) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return low < e->n && e->all[low].of == item ? low : e->n;
}

/*
 * cost[i]: of the item whose first edge is i, how many are decoded for it
 * when chains are followed for so many rounds; what has no edge costs 1.
 * Gives whether any has changed, so that circles never come to rest.
 */
static bool one_round(
	const struct edges *e, const uint32_t *before, uint32_t *cost)
{
	bool changed = false;

	for (size_t i = 0; i < e->n;) {
		uint64_t sum = 1;
		size_t first = i;

		for (; i < e->n && e->all[i].of == e->all[first].of; i++) {
			size_t child = first_of(e, e->all[i].needs);

			sum += child < e->n ? before[child] : 1;
		}
		cost[first] = sum > COST_MAX ? COST_MAX + 1 : (uint32_t)sum;
		changed |= cost[first] != before[first];
	}
	return changed;
}

static int rounds(const struct edges *e)
{
	uint32_t *both = calloc(2 * e->n, sizeof(*both));
	uint32_t *cost = both, *before = both + e->n;
	bool changed = true;
	int rc = 1;

	if (!both) {
		return -1;
	}
	for (unsigned i = 0; changed && i <= DEPTH_MAX; i++) {
		uint32_t *swapped = before;

		before = cost;
		cost = swapped;
		changed = one_round(e, before, cost);
	}
	for (size_t i = 0; i < e->n; i++) {
		rc = cost[i] > COST_MAX ? 0 : rc;
	}
	free(both);
	return changed ? 0 : rc;
}

int hl_media_heif_refs_end(const uint8_t *file, size_t n)
{
	struct edges e = {0};
	int rc = 1;

	read_file(file, n, &e);
	if (e.no_memory) {
		rc = -1;
	} else if (e.too_many) {
		rc = 0;
	} else if (e.n > 0) {
		qsort(e.all, e.n, sizeof(*e.all), by_of);
		rc = rounds(&e);
	}
	free(e.all);
	return rc;
}
