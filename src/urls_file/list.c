/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_file/list.h"

#include "urls_file/bytes.h"

#include <sodium.h>
#include <stdlib.h>

/*
 * Offsets follow from n and b alone, so the header, once its page is found
 * good, gives all of them. A page is looked at when something in it is first
 * wanted: its SHA-256 is compared with section pages, whose own digest, the
 * root, was compared when the file was taken up. What was found is two bits a
 * page; threads that come at the same time do the same work twice and find
 * the same.
 */

enum { SEEN = 1, BAD = 2, PAGES_A_WORD = 32 };

static uint64_t round8(uint64_t n)
{
	return (n + 7) & ~UINT64_C(7);
}

static uint64_t pages_of(uint64_t bytes)
{
	return (bytes + HL_URLS_PAGE - 1) / HL_URLS_PAGE;
}

void hl_urls_file_lay_out(struct hl_urls_file *f, uint64_t rows_bytes)
{
	uint64_t n = f->head.n;
	uint64_t n_buckets = UINT64_C(1) << (f->head.bits - HL_URLS_REST_BITS);

	f->rows_bytes = rows_bytes;
	f->buckets = HL_URLS_HEAD;
	f->rests = round8(f->buckets + 4 * (n_buckets + 1));
	f->tags = round8(f->rests + 2 * n);
	f->units = f->tags + HL_URLS_TAG * n;
	f->places = round8(f->units + n);
	f->rows = round8(f->places + 4 * ((n + 63) / 64));
	f->pages = f->rows + f->rows_bytes;
	f->n_pages = pages_of(f->pages);
	f->n_bytes = f->pages + HL_URLS_DIGEST * f->n_pages;
}

uint64_t hl_urls_file_bytes(unsigned bits, uint64_t n, uint64_t rows_bytes)
{
	struct hl_urls_file f = {0};

	f.head.bits = bits;
	f.head.n = (uint32_t)n;
	hl_urls_file_lay_out(&f, rows_bytes);
	return f.n_bytes;
}

/* The digest is compared, and what came of it is kept. */
static bool look_at_page(struct hl_urls_file *f, uint64_t page)
{
	uint64_t from = page * HL_URLS_PAGE, n = f->pages - from;
	unsigned shift = 2 * (page % PAGES_A_WORD);
	uint8_t digest[HL_URLS_DIGEST];
	uint64_t was;
	bool good;

	crypto_hash_sha256(
		digest, f->p + from, n < HL_URLS_PAGE ? n : HL_URLS_PAGE);
	good = memcmp(digest, f->p + f->pages + HL_URLS_DIGEST * page,
		       sizeof(digest)) == 0;
	was = atomic_fetch_or_explicit(&f->seen[page / PAGES_A_WORD],
		(uint64_t)(good ? SEEN : SEEN | BAD) << shift,
		memory_order_relaxed);
	if (!good && !(was >> shift & BAD)) {
		atomic_fetch_add_explicit(&f->n_bad, 1, memory_order_relaxed);
	}
	return good;
}

static bool page_good(struct hl_urls_file *f, uint64_t page)
{
	uint64_t seen = atomic_load_explicit(
		&f->seen[page / PAGES_A_WORD], memory_order_relaxed);
	unsigned what = seen >> 2 * (page % PAGES_A_WORD) & (SEEN | BAD);

	return what == SEEN || (!what && look_at_page(f, page));
}

/* Bytes that are within the sections before pages, and whose pages are good;
 * NULL else. */
static const uint8_t *believed(struct hl_urls_file *f, uint64_t at, uint64_t n)
{
	if (at > f->pages || n > f->pages - at) {
		return NULL;
	}
	for (uint64_t page = at / HL_URLS_PAGE;
		n && page <= (at + n - 1) / HL_URLS_PAGE; page++) {
		if (!page_good(f, page)) {
			return NULL;
		}
	}
	return f->p + at;
}

static int read_head(struct hl_urls_file *f, struct hl_err *err)
{
	static const char magic[] = "HLURLS1\n";
	const uint8_t *p = f->p;
	struct hl_urls_head *h = &f->head;

	if (memcmp(p, magic, 8) != 0 || hl_urls_get32(p + 8) != 1) {
		return HL_FAIL(err, HL_E_INVALID, "this is no list of form 1");
	}
	h->tier = hl_urls_get32(p + 12);
	memcpy(h->hotline, p + 16, sizeof(h->hotline));
	h->consumer = hl_urls_get64(p + 32);
	h->version = hl_urls_get64(p + 40);
	h->epoch = hl_urls_get64(p + 48);
	memcpy(h->prefilter, p + 56, sizeof(h->prefilter));
	memcpy(h->k0, p + 72, sizeof(h->k0));
	h->n = hl_urls_get32(p + 104);
	h->bits = p[108];
	h->canon = hl_urls_get16(p + 110);
	f->rows_bytes = hl_urls_get64(p + 112);
	if (h->tier > 1 || h->bits < HL_URLS_BITS_MIN ||
		h->bits > HL_URLS_BITS_MAX ||
		p[109] != h->bits - HL_URLS_REST_BITS ||
		hl_urls_get64(p + 120) || h->n > HL_URLS_ROWS_MAX ||
		(h->tier == 1 && !sodium_is_zero(h->k0, sizeof(h->k0)))) {
		return HL_FAIL(
			err, HL_E_INVALID, "the list's header breaks its form");
	}
	if (f->rows_bytes % HL_URLS_UNIT ||
		f->rows_bytes > (uint64_t)h->n * HL_URLS_SEALED_MAX) {
		return HL_FAIL(err, HL_E_INVALID,
			"the list's rows cannot have so many bytes");
	}
	return 0;
}

static int take_up(struct hl_urls_file *f, size_t n,
	const uint8_t root[HL_URLS_DIGEST], struct hl_err *err)
{
	hl_urls_file_lay_out(f, f->rows_bytes);
	if (f->n_bytes != n) {
		return HL_FAIL(err, HL_E_INVALID,
			"the list has %zu bytes where its header says %llu", n,
			(unsigned long long)f->n_bytes);
	}
	crypto_hash_sha256(
		f->root, f->p + f->pages, HL_URLS_DIGEST * f->n_pages);
	if (root && memcmp(root, f->root, sizeof(f->root)) != 0) {
		return HL_FAIL(err, HL_E_CRYPTO,
			"the list is not the one that is signed");
	}
	f->seen =
		calloc(f->n_pages / PAGES_A_WORD + 1, sizeof(_Atomic uint64_t));
	if (!f->seen) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory");
	}
	if (!page_good(f, 0)) {
		hl_urls_file_fini(f);
		return HL_FAIL(
			err, HL_E_CRYPTO, "the list's page 0 is damaged");
	}
	return 0;
}

int hl_urls_file_open(struct hl_urls_file *out, const void *p, size_t n,
	const uint8_t root[HL_URLS_DIGEST], struct hl_err *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	out->p = p;
	if (n < HL_URLS_HEAD) {
		return HL_FAIL(err, HL_E_INVALID, "the list is cut off");
	}
	rc = read_head(out, err);
	return rc ? rc : take_up(out, n, root, err);
}

void hl_urls_file_fini(struct hl_urls_file *file)
{
	free(file->seen);
	file->seen = NULL;
}

int hl_urls_file_pages(struct hl_urls_file *file, struct hl_err *err)
{
	for (uint64_t i = 0; i < file->n_pages; i++) {
		if (!page_good(file, i)) {
			return HL_FAIL(err, HL_E_CRYPTO,
				"the list's page %llu is damaged",
				(unsigned long long)i);
		}
	}
	return 0;
}

void hl_urls_file_believe(struct hl_urls_file *file)
{
	for (uint64_t i = 0; i < file->n_pages; i += PAGES_A_WORD) {
		atomic_store_explicit(&file->seen[i / PAGES_A_WORD],
			UINT64_C(0x5555555555555555), memory_order_relaxed);
	}
}

void hl_urls_file_doubt(struct hl_urls_file *file)
{
	for (uint64_t i = 0; i < file->n_pages; i += PAGES_A_WORD) {
		atomic_store_explicit(
			&file->seen[i / PAGES_A_WORD], 0, memory_order_relaxed);
	}
}

/* The first of rests [from, to) that is not under `rest`. */
static uint32_t lower(
	const uint8_t *rests, uint32_t from, uint32_t to, uint32_t rest)
{
	while (to - from > 16) {
		uint32_t middle = from + (to - from) / 2;

		if (hl_urls_get16(rests + 2 * (uint64_t)middle) < rest) {
			from = middle + 1;
		} else {
			to = middle;
		}
	}
	while (from < to && hl_urls_get16(rests + 2 * (uint64_t)from) < rest) {
		from++;
	}
	return from;
}

bool hl_urls_file_find(
	struct hl_urls_file *file, uint64_t v, uint32_t *from, uint32_t *to)
{
	uint64_t bucket = v >> HL_URLS_REST_BITS;
	uint32_t rest = v & ((1u << HL_URLS_REST_BITS) - 1), lo, hi;
	const uint8_t *p;

	if (v >> file->head.bits) {
		return false;
	}
	p = believed(file, file->buckets + 4 * bucket, 8);
	if (!p) {
		return false;
	}
	lo = hl_urls_get32(p);
	hi = hl_urls_get32(p + 4);
	if (lo >= hi || hi > file->head.n ||
		!believed(file, file->rests + 2 * (uint64_t)lo,
			2 * (uint64_t)(hi - lo))) {
		return false;
	}
	p = file->p + file->rests;
	lo = lower(p, lo, hi, rest);
	*from = lo;
	while (lo < hi && hl_urls_get16(p + 2 * (uint64_t)lo) == rest) {
		lo++;
	}
	*to = lo;
	return *from < *to;
}

bool hl_urls_file_tagged(struct hl_urls_file *file, uint32_t from, uint32_t to,
	const uint8_t tag[HL_URLS_TAG], uint32_t *row)
{
	const uint8_t *p;

	if (from > to || to > file->head.n) {
		return false;
	}
	p = believed(file, file->tags + HL_URLS_TAG * (uint64_t)from,
		HL_URLS_TAG * (uint64_t)(to - from));
	for (uint32_t i = from; p && i < to; i++, p += HL_URLS_TAG) {
		if (memcmp(p, tag, HL_URLS_TAG) == 0) {
			*row = i;
			return true;
		}
	}
	return false;
}

bool hl_urls_file_sealed(struct hl_urls_file *file, uint32_t row,
	const uint8_t **sealed, uint32_t *units)
{
	uint32_t first = row & ~63u;
	const uint8_t *p, *u;
	uint64_t place;

	if (row >= file->head.n) {
		return false;
	}
	p = believed(file, file->places + 4 * (uint64_t)(row / 64), 4);
	u = believed(file, file->units + first, row - first + 1);
	if (!p || !u) {
		return false;
	}
	place = hl_urls_get32(p);
	for (; first < row; first++) {
		place += *u++;
	}
	*units = *u;
	if (!hl_urls_units_good(*u) ||
		HL_URLS_UNIT * (place + *u) > file->rows_bytes) {
		return false;
	}
	*sealed = believed(file, file->rows + HL_URLS_UNIT * place,
		HL_URLS_UNIT * (uint64_t)*u);
	return *sealed != NULL;
}

bool hl_urls_file_next(struct hl_urls_file *file, struct hl_urls_walk *walk,
	struct hl_urls_row *out)
{
	uint64_t row = walk->row;
	uint64_t last = UINT64_C(1) << (file->head.bits - HL_URLS_REST_BITS);
	const uint8_t *p;

	if (row >= file->head.n) {
		return false;
	}
	for (;; walk->bucket++) {
		p = walk->bucket < last
			    ? believed(file,
				      file->buckets + 4 * walk->bucket + 4, 4)
			    : NULL;
		if (!p) {
			return false;
		}
		if (hl_urls_get32(p) > row) {
			break;
		}
	}
	p = believed(file, file->rests + 2 * row, 2);
	if (!p) {
		return false;
	}
	out->v = walk->bucket << HL_URLS_REST_BITS | hl_urls_get16(p);
	p = believed(file, file->tags + HL_URLS_TAG * row, HL_URLS_TAG);
	if (!p || !hl_urls_file_sealed(
			  file, walk->row, &out->sealed, &out->units)) {
		return false;
	}
	memcpy(out->tag, p, HL_URLS_TAG);
	walk->row++;
	return true;
}
