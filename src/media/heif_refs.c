/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References between the items of a HEIF file (ISO/IEC 14496-12, 8.11.12):
 * a grid, overlay or identity is made of the items that its "dimg" names; to
 * decode a picture is to decode the alpha plane whose "auxl" names it.
 *
 * Every box of the name iref counts, wherever it lies, so that no file can
 * show one to this reader and another to libheif. In what was compressed the
 * name comes up by chance once in four gigabytes, so that a file with many of
 * them was made to keep this reader busy, and is refused.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "media/heif_refs.h"

#define DEPTH_MAX 8u
#define COST_MAX 100000u
#define EDGES_MAX (1u << 17)
/* A file has one; with more each would be read to the file's end. */
#define BOXES_MAX 16u

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

/* Of 2 or 4 bytes, the highest first. */
static uint32_t number(struct reader *r, size_t n_bytes)
{
	const uint8_t *p = r->p;

	if (r->n < n_bytes) {
		r->ended = true;
		r->n = 0;
		return 0;
	}
	r->p += n_bytes;
	r->n -= n_bytes;
	uint32_t high = (uint32_t)p[0] << 8 | p[1];

	return n_bytes == 2 ? high : high << 16 | (uint32_t)p[2] << 8 | p[3];
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
	unsigned n_boxes = 0;

	while (n >= 8 &&
		(found = memmem(at, n - (size_t)(at - file), "iref", 4))) {
		e->too_many |= n_boxes++ == BOXES_MAX;
		if (e->too_many) {
			return;
		}
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

/* The edges as numbers of edges, each array with one number more: n stands
 * for every item that has no edge. */
struct graph {
	size_t n;
	uint32_t *owner; /* the first edge of the edge's item */
	uint32_t *child; /* the first edge of what that needs, or n */
	uint32_t *cost;
	uint32_t *before; /* the costs of the round before */
};

static int make_graph(const struct edges *e, struct graph *g)
{
	size_t each = e->n + 1;
	uint32_t *all = calloc(4 * each, sizeof(*all));

	*g = (struct graph){
		e->n, all, all + each, all + 2 * each, all + 3 * each};
	for (size_t i = 0; all && i < e->n; i++) {
		bool same = i > 0 && e->all[i - 1].of == e->all[i].of;

		g->owner[i] = same ? g->owner[i - 1] : (uint32_t)i;
		g->child[i] = (uint32_t)first_of(e, e->all[i].needs);
	}
	return all ? 0 : -1;
}

/*
 * cost[i]: of the item whose first edge is i, how many are decoded for it
 * when chains are followed for so many rounds; what has no edge costs 1.
 * Gives whether any has changed, so that circles never come to rest.
 */
static bool one_round(struct graph *g)
{
	uint32_t *cost = g->before;

	g->before = g->cost;
	g->cost = cost;
	g->before[g->n] = 1;
	for (size_t i = 0; i < g->n; i++) {
		cost[i] = 1;
	}
	for (size_t i = 0; i < g->n; i++) {
		uint32_t sum = cost[g->owner[i]] + g->before[g->child[i]];

		cost[g->owner[i]] = sum > COST_MAX ? COST_MAX + 1 : sum;
	}
	return memcmp(cost, g->before, g->n * sizeof(*cost)) != 0;
}

static int rounds(const struct edges *e)
{
	struct graph g;
	bool changed = true;
	int rc = 1;

	if (make_graph(e, &g) < 0) {
		return -1;
	}
	for (unsigned i = 0; changed && i <= DEPTH_MAX; i++) {
		changed = one_round(&g);
	}
	for (size_t i = 0; i < e->n; i++) {
		rc = g.cost[i] > COST_MAX ? 0 : rc;
	}
	free(g.owner);
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
