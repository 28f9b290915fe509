/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_file/bytes.h"
#include "urls_file/merge.h"

#include <sodium.h>
#include <stdlib.h>

/* Clause 6, and making a list of rows, which is a merge with nothing. */

enum { HEAD = 80, ADDED = 32 };

static const char magic[] = "HLURLD1\n";

int hl_urls_sink_buf(void *buf, const void *p, size_t n, struct hl_err *err)
{
	struct hl_buf *b = buf;

	hl_buf_put_mem(b, p, n);
	return b->fault ? HL_FAIL(err, b->fault, "the list is too large") : 0;
}

static int by_order(const void *a, const void *b)
{
	return hl_urls_row_order(a, b);
}

int hl_urls_list_make(const struct hl_urls_head *head, struct hl_urls_row *rows,
	size_t n, const struct hl_urls_sink *sink, struct hl_urls_made *made,
	struct hl_err *err)
{
	struct hl_urls_merge merge = {.head = *head, .added = rows};

	if (n > HL_URLS_ROWS_MAX) {
		return HL_FAIL(err, HL_E_LIMIT,
			"%zu rows are more than a list has", n);
	}
	if (n) {
		qsort(rows, n, sizeof(rows[0]), by_order);
	}
	merge.n_added = (uint32_t)n;
	return hl_urls_merge(&merge, sink, made, err);
}

/* --- making --- */

struct difference {
	uint32_t *removed;
	struct hl_urls_row *added;
	uint32_t n_removed, n_added;
	size_t removed_room, added_room;
};

static bool grow(void **p, size_t *room, size_t n, size_t size)
{
	size_t more = *room ? 2 * *room : 256;
	void *moved;

	if (n < *room) {
		return true;
	}
	moved = realloc(*p, more * size);
	if (moved) {
		*p = moved;
		*room = more;
	}
	return moved != NULL;
}

static bool removes(struct difference *d, uint32_t row)
{
	void *p = d->removed;
	bool good = grow(&p, &d->removed_room, d->n_removed, sizeof(uint32_t));

	d->removed = p;
	if (good) {
		d->removed[d->n_removed++] = htole32(row);
	}
	return good;
}

static bool adds(struct difference *d, const struct hl_urls_row *row)
{
	void *p = d->added;
	bool good = grow(&p, &d->added_room, d->n_added, sizeof(*row));

	d->added = p;
	if (good) {
		d->added[d->n_added++] = *row;
	}
	return good;
}

static bool same_sealed(
	const struct hl_urls_row *a, const struct hl_urls_row *b)
{
	return a->units == b->units &&
	       memcmp(a->sealed, b->sealed, HL_URLS_UNIT * (size_t)a->units) ==
		       0;
}

/* Both lists in step. */
static bool compare(struct hl_urls_file *from, struct hl_urls_file *to,
	struct difference *d)
{
	struct hl_urls_walk at = {0}, bt = {0};
	struct hl_urls_row a, b;
	bool has_a = hl_urls_file_next(from, &at, &a);
	bool has_b = hl_urls_file_next(to, &bt, &b), good = true;

	while (good && (has_a || has_b)) {
		int order = !has_a   ? 1
			    : !has_b ? -1
				     : hl_urls_row_order(&a, &b);
		bool changed = order != 0 || !same_sealed(&a, &b);

		if (order <= 0) {
			good = !changed || removes(d, at.row - 1);
			has_a = hl_urls_file_next(from, &at, &a);
		}
		if (good && order >= 0) {
			good = !changed || adds(d, &b);
			has_b = hl_urls_file_next(to, &bt, &b);
		}
	}
	return good;
}

struct hashed {
	const struct hl_urls_sink *sink;
	crypto_hash_sha256_state state;
	struct hl_urls_made *made;
	struct hl_err *err;
	int rc;
};

static void put(struct hashed *h, const void *p, size_t n)
{
	if (h->rc || !n) {
		return;
	}
	h->made->bytes += n;
	crypto_hash_sha256_update(&h->state, p, n);
	h->rc = h->sink->put(h->sink->arg, p, n, h->err);
}

static void put_added(struct hashed *h, const struct hl_urls_row *row)
{
	uint8_t p[ADDED];

	hl_urls_put64(p, row->v);
	memcpy(p + 8, row->tag, HL_URLS_TAG);
	hl_urls_put64(p + 24, row->units);
	put(h, p, sizeof(p));
	put(h, row->sealed, HL_URLS_UNIT * (size_t)row->units);
}

static void put_delta(struct hashed *h, const struct hl_urls_file *from,
	const struct hl_urls_file *to, const struct difference *d)
{
	static const uint8_t zeros[4];
	uint8_t p[HEAD] = {0};

	memcpy(p, magic, 8);
	hl_urls_put32(p + 8, 1);
	hl_urls_put64(p + 16, to->head.consumer);
	hl_urls_put64(p + 24, from->head.version);
	hl_urls_put64(p + 32, to->head.version);
	memcpy(p + 40, from->root, HL_URLS_DIGEST);
	hl_urls_put32(p + 72, d->n_removed);
	hl_urls_put32(p + 76, d->n_added);
	put(h, p, sizeof(p));
	put(h, d->removed, 4 * (size_t)d->n_removed);
	put(h, zeros, d->n_removed % 2 ? sizeof(zeros) : 0);
	for (uint32_t i = 0; i < d->n_added; i++) {
		put_added(h, &d->added[i]);
	}
	crypto_hash_sha256_final(&h->state, h->made->digest);
}

static bool same_kind(
	const struct hl_urls_head *a, const struct hl_urls_head *b)
{
	return memcmp(a->hotline, b->hotline, sizeof(a->hotline)) == 0 &&
	       a->consumer == b->consumer && a->epoch == b->epoch &&
	       memcmp(a->prefilter, b->prefilter, sizeof(a->prefilter)) == 0 &&
	       memcmp(a->k0, b->k0, sizeof(a->k0)) == 0 && a->tier == b->tier &&
	       a->canon == b->canon && a->bits == b->bits;
}

int hl_urls_delta_make(struct hl_urls_file *from, struct hl_urls_file *to,
	const struct hl_urls_sink *sink, struct hl_urls_made *made,
	struct hl_err *err)
{
	struct hashed h = {.sink = sink, .made = made, .err = err};
	struct difference d = {0};

	if (!same_kind(&from->head, &to->head) ||
		to->head.version <= from->head.version) {
		return HL_FAIL(err, HL_E_INVALID,
			"no delta leads from one of these lists to the other");
	}
	memset(made, 0, sizeof(*made));
	crypto_hash_sha256_init(&h.state);
	if (!compare(from, to, &d)) {
		h.rc = HL_FAIL(err, HL_E_NOMEM, "no memory");
	} else if (from->n_bad || to->n_bad) {
		h.rc = HL_FAIL(err, HL_E_CRYPTO, "a list's page is damaged");
	} else {
		put_delta(&h, from, to, &d);
	}
	free(d.removed);
	free(d.added);
	return h.rc;
}

/* --- applying --- */

int hl_urls_delta_read(const void *delta, size_t n,
	struct hl_urls_delta_head *out, struct hl_err *err)
{
	const uint8_t *p = delta;

	if (n < HEAD || memcmp(p, magic, 8) != 0 || hl_urls_get32(p + 8) != 1 ||
		hl_urls_get32(p + 12)) {
		return HL_FAIL(err, HL_E_INVALID, "this is no delta of form 1");
	}
	out->consumer = hl_urls_get64(p + 16);
	out->from = hl_urls_get64(p + 24);
	out->to = hl_urls_get64(p + 32);
	memcpy(out->root, p + 40, sizeof(out->root));
	out->removed = hl_urls_get32(p + 72);
	out->added = hl_urls_get32(p + 76);
	if (out->to <= out->from || out->removed > HL_URLS_ROWS_MAX ||
		out->added > HL_URLS_ROWS_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"the delta's header breaks its form");
	}
	return 0;
}

/* The rows that are added, which must end where the delta ends. */
static int read_added(const uint8_t *p, size_t n, struct hl_urls_row *rows,
	uint32_t n_rows, struct hl_err *err)
{
	for (uint32_t i = 0; i < n_rows; i++) {
		uint64_t units = n < ADDED ? 0 : hl_urls_get64(p + 24);

		if (units > HL_URLS_UNITS_MAX ||
			!hl_urls_units_good((uint32_t)units) ||
			n - ADDED < HL_URLS_UNIT * units) {
			return HL_FAIL(err, HL_E_INVALID,
				"row %u of the delta is out of form", i);
		}
		rows[i].v = hl_urls_get64(p);
		memcpy(rows[i].tag, p + 8, HL_URLS_TAG);
		rows[i].units = (uint32_t)units;
		rows[i].sealed = p + ADDED;
		p += ADDED + HL_URLS_UNIT * units;
		n -= ADDED + HL_URLS_UNIT * units;
	}
	return n ? HL_FAIL(err, HL_E_INVALID, "the delta is too long") : 0;
}

static int fits(const struct hl_urls_file *from,
	const struct hl_urls_delta_head *head, struct hl_err *err)
{
	if (head->consumer != from->head.consumer ||
		head->from != from->head.version ||
		memcmp(head->root, from->root, HL_URLS_DIGEST) != 0) {
		return HL_FAIL(err, HL_E_INVALID,
			"the delta is not for the list that is here");
	}
	return 0;
}

int hl_urls_delta_apply(struct hl_urls_file *from, const void *delta, size_t n,
	const struct hl_urls_sink *sink, struct hl_urls_made *made,
	struct hl_err *err)
{
	struct hl_urls_merge merge = {.head = from->head, .old = from};
	struct hl_urls_delta_head head;
	struct hl_urls_row *rows;
	uint64_t at;
	int rc = hl_urls_delta_read(delta, n, &head, err);

	rc = rc ? rc : fits(from, &head, err);
	if (rc) {
		return rc;
	}
	at = (HEAD + 4 * (uint64_t)head.removed + 7) & ~UINT64_C(7);
	if (n < at || (n - at) / ADDED < head.added) {
		return HL_FAIL(err, HL_E_INVALID, "the delta is cut off");
	}
	if (head.removed % 2 &&
		hl_urls_get32((const uint8_t *)delta + at - 4)) {
		return HL_FAIL(err, HL_E_INVALID, "the delta's padding is set");
	}
	rows = calloc((size_t)head.added + 1, sizeof(*rows));
	if (!rows) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory");
	}
	rc = read_added(
		(const uint8_t *)delta + at, n - at, rows, head.added, err);
	merge.head.version = head.to;
	merge.removed = (const uint8_t *)delta + HEAD;
	merge.n_removed = head.removed;
	merge.added = rows;
	merge.n_added = head.added;
	rc = rc ? rc : hl_urls_merge(&merge, sink, made, err);
	free(rows);
	return rc;
}
