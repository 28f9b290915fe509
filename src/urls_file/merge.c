/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_file/merge.h"

#include "urls_file/bytes.h"

#include <sodium.h>
#include <stdlib.h>

/*
 * What is removed and added cuts the old rows into runs, found once; then each
 * section is written by going through the runs. A run of old rows is copied as
 * it lies, so a small change of a large list costs little more than hashing
 * its pages, which are digested as they pass.
 */

struct writer {
	const struct hl_urls_merge *m;
	const struct hl_urls_sink *sink;
	struct hl_err *err;
	struct hl_urls_runs runs;
	uint64_t rows_bytes;
	struct hl_urls_file to; /* offsets of the new file */
	/* The page that is being filled. */
	uint8_t *page;
	size_t n;
	uint8_t *digests;
	uint64_t n_pages;
	uint64_t at; /* bytes put so far */
	int rc;
};

/* --- bytes and pages --- */

static void end_page(struct writer *w, const uint8_t *p, size_t n)
{
	crypto_hash_sha256(w->digests + HL_URLS_DIGEST * w->n_pages, p, n);
	w->n_pages++;
	w->rc = w->sink->put(w->sink->arg, p, n, w->err);
	w->n = 0;
}

static void put(struct writer *w, const void *from, uint64_t n)
{
	const uint8_t *p = from;

	w->at += n;
	while (n && !w->rc) {
		size_t now = HL_URLS_PAGE - w->n;

		if (w->n == 0 && n >= HL_URLS_PAGE) {
			end_page(w, p, HL_URLS_PAGE);
			p += HL_URLS_PAGE;
			n -= HL_URLS_PAGE;
			continue;
		}
		now = now < n ? now : (size_t)n;
		memcpy(w->page + w->n, p, now);
		w->n += now;
		p += now;
		n -= now;
		if (w->n == HL_URLS_PAGE) {
			end_page(w, w->page, w->n);
		}
	}
}

static void put32(struct writer *w, uint32_t v)
{
	uint8_t bytes[4];

	hl_urls_put32(bytes, v);
	put(w, bytes, sizeof(bytes));
}

/* Zeros up to where the next section begins. */
static void put_gap(struct writer *w, uint64_t until)
{
	static const uint8_t zeros[8];

	if (!w->rc && (until < w->at || until - w->at >= sizeof(zeros))) {
		w->rc = HL_FAIL(w->err, HL_E_INTERNAL,
			"a section ended at %llu instead of %llu",
			(unsigned long long)w->at, (unsigned long long)until);
	}
	put(w, zeros, w->rc ? 0 : until - w->at);
}

/* --- sections --- */

static uint32_t units_of(const struct hl_urls_merge *m,
	const struct hl_urls_run *run, uint32_t i)
{
	return run->is_added ? m->added[run->from + i].units
			     : m->old->p[m->old->units + run->from + i];
}

static void put_head(struct writer *w)
{
	const struct hl_urls_head *h = &w->to.head;
	uint8_t p[HL_URLS_HEAD] = {0};

	memcpy(p, "HLURLS1\n", 8);
	hl_urls_put32(p + 8, 1);
	hl_urls_put32(p + 12, h->tier);
	memcpy(p + 16, h->hotline, sizeof(h->hotline));
	hl_urls_put64(p + 32, h->consumer);
	hl_urls_put64(p + 40, h->version);
	hl_urls_put64(p + 48, h->epoch);
	memcpy(p + 56, h->prefilter, sizeof(h->prefilter));
	memcpy(p + 72, h->k0, sizeof(h->k0));
	hl_urls_put32(p + 104, h->n);
	p[108] = (uint8_t)h->bits;
	p[109] = (uint8_t)(h->bits - HL_URLS_REST_BITS);
	hl_urls_put16(p + 110, (uint16_t)h->canon);
	hl_urls_put64(p + 112, w->rows_bytes);
	put(w, p, sizeof(p));
	sodium_memzero(p, sizeof(p));
}

/* A bucket begins where it did, less what went and with what came before. */
static void put_buckets(struct writer *w)
{
	const struct hl_urls_merge *m = w->m;
	uint64_t n = UINT64_C(1) << (m->head.bits - HL_URLS_REST_BITS);
	uint32_t removed = 0, added = 0, before = 0;

	for (uint64_t i = 0; i <= n && !w->rc; i++) {
		uint32_t old = hl_urls_merge_bucket(m, i);

		if (old < before || (m->old && old > m->old->head.n)) {
			w->rc = HL_FAIL(w->err, HL_E_CORRUPT,
				"the old list's buckets are out of order");
		}
		before = old;
		while (hl_urls_merge_removed(m, removed) < old) {
			removed++;
		}
		while (added < m->n_added &&
			m->added[added].v >> HL_URLS_REST_BITS < i) {
			added++;
		}
		put32(w, old - removed + added);
	}
	put_gap(w, w->to.rests);
}

static void put_rests(struct writer *w)
{
	const struct hl_urls_merge *m = w->m;

	for (size_t i = 0; i < w->runs.n; i++) {
		const struct hl_urls_run *run = &w->runs.run[i];

		if (!run->is_added) {
			put(w,
				m->old->p + m->old->rests +
					2 * (uint64_t)run->from,
				2 * (uint64_t)run->n);
			continue;
		}
		for (uint32_t k = 0; k < run->n; k++) {
			uint64_t v = m->added[run->from + k].v;
			uint8_t p[2];

			hl_urls_put16(p, v & ((1u << HL_URLS_REST_BITS) - 1));
			put(w, p, sizeof(p));
		}
	}
	put_gap(w, w->to.tags);
}

static void put_tags(struct writer *w)
{
	const struct hl_urls_merge *m = w->m;

	for (size_t i = 0; i < w->runs.n; i++) {
		const struct hl_urls_run *run = &w->runs.run[i];

		if (!run->is_added) {
			put(w,
				m->old->p + m->old->tags +
					HL_URLS_TAG * (uint64_t)run->from,
				HL_URLS_TAG * (uint64_t)run->n);
			continue;
		}
		for (uint32_t k = 0; k < run->n; k++) {
			put(w, m->added[run->from + k].tag, HL_URLS_TAG);
		}
	}
}

static void put_units(struct writer *w)
{
	const struct hl_urls_merge *m = w->m;

	for (size_t i = 0; i < w->runs.n; i++) {
		const struct hl_urls_run *run = &w->runs.run[i];

		if (!run->is_added) {
			put(w, m->old->p + m->old->units + run->from, run->n);
			continue;
		}
		for (uint32_t k = 0; k < run->n; k++) {
			uint8_t units = (uint8_t)m->added[run->from + k].units;

			put(w, &units, 1);
		}
	}
	put_gap(w, w->to.places);
}

static void put_places(struct writer *w)
{
	uint32_t row = 0, place = 0;

	for (size_t i = 0; i < w->runs.n; i++) {
		for (uint32_t k = 0; k < w->runs.run[i].n; k++, row++) {
			if (row % 64 == 0) {
				put32(w, place);
			}
			place += units_of(w->m, &w->runs.run[i], k);
		}
	}
	put_gap(w, w->to.rows);
}

/* Where an old row begins, in bytes of section rows. */
static uint64_t old_place(const struct hl_urls_file *old, uint32_t row)
{
	uint32_t first = row & ~63u;
	uint64_t place;

	if (row >= old->head.n) {
		return old->rows_bytes;
	}
	place = hl_urls_get32(old->p + old->places + 4 * (uint64_t)(row / 64));
	for (; first < row; first++) {
		place += old->p[old->units + first];
	}
	return HL_URLS_UNIT * place;
}

static void put_old_rows(struct writer *w, const struct hl_urls_run *run)
{
	const struct hl_urls_file *old = w->m->old;
	uint64_t from = old_place(old, run->from);
	uint64_t to = old_place(old, run->from + run->n);

	if (from > to || to > old->rows_bytes) {
		w->rc = HL_FAIL(w->err, HL_E_CORRUPT,
			"the old list's places are out of order");
		return;
	}
	put(w, old->p + old->rows + from, to - from);
}

static void put_rows(struct writer *w)
{
	for (size_t i = 0; i < w->runs.n && !w->rc; i++) {
		const struct hl_urls_run *run = &w->runs.run[i];

		if (!run->is_added) {
			put_old_rows(w, run);
			continue;
		}
		for (uint32_t k = 0; k < run->n; k++) {
			const struct hl_urls_row *row =
				&w->m->added[run->from + k];

			put(w, row->sealed,
				HL_URLS_UNIT * (uint64_t)row->units);
		}
	}
	put_gap(w, w->to.pages);
}

static void put_sections(struct writer *w, struct hl_urls_made *made)
{
	put_head(w);
	put_buckets(w);
	put_rests(w);
	put_tags(w);
	put_units(w);
	put_places(w);
	put_rows(w);
	if (!w->rc && w->n) {
		end_page(w, w->page, w->n);
	}
	if (!w->rc) {
		w->rc = w->sink->put(w->sink->arg, w->digests,
			HL_URLS_DIGEST * w->n_pages, w->err);
	}
	made->bytes = w->at + HL_URLS_DIGEST * w->n_pages;
	crypto_hash_sha256(made->root, w->digests, HL_URLS_DIGEST * w->n_pages);
}

/* How many rows and bytes of them there will be. */
static int measure(struct writer *w)
{
	uint64_t n = 0, units = 0;

	for (size_t i = 0; i < w->runs.n; i++) {
		n += w->runs.run[i].n;
		for (uint32_t k = 0; k < w->runs.run[i].n; k++) {
			units += units_of(w->m, &w->runs.run[i], k);
		}
	}
	if (n > HL_URLS_ROWS_MAX) {
		return HL_FAIL(w->err, HL_E_LIMIT,
			"%llu rows are more than a list has",
			(unsigned long long)n);
	}
	w->to.head = w->m->head;
	w->to.head.n = (uint32_t)n;
	w->rows_bytes = HL_URLS_UNIT * units;
	hl_urls_file_lay_out(&w->to, w->rows_bytes);
	return 0;
}

static int head_check(const struct hl_urls_head *h, struct hl_err *err)
{
	if (h->tier > 1 || h->bits < HL_URLS_BITS_MIN ||
		h->bits > HL_URLS_BITS_MAX || h->canon > UINT16_MAX ||
		(h->tier == 1 && !sodium_is_zero(h->k0, sizeof(h->k0)))) {
		return HL_FAIL(err, HL_E_INVALID,
			"the new list's header breaks its form");
	}
	return 0;
}

static int room(struct writer *w)
{
	w->page = malloc(HL_URLS_PAGE);
	w->digests = malloc(HL_URLS_DIGEST * w->to.n_pages);
	return w->page && w->digests ? 0
				     : HL_FAIL(w->err, HL_E_NOMEM, "no memory");
}

int hl_urls_merge(const struct hl_urls_merge *merge,
	const struct hl_urls_sink *sink, struct hl_urls_made *made,
	struct hl_err *err)
{
	struct writer w = {.m = merge, .sink = sink, .err = err};
	int rc = head_check(&merge->head, err);

	rc = rc ? rc : hl_urls_runs_find(merge, &w.runs, err);
	rc = rc ? rc : measure(&w);
	rc = rc ? rc : room(&w);
	if (!rc) {
		put_sections(&w, made);
		rc = w.rc;
	}
	hl_urls_runs_free(&w.runs);
	free(w.page);
	free(w.digests);
	return rc;
}
