/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_FILE_LIST_H
#define HL_URLS_FILE_LIST_H

/*
 * The list file, clause 3, over bytes that lie in memory or are mapped. It is
 * used where it lies. Pages are checked against section pages before they are
 * first believed, by whichever thread comes first. Whatever the bytes are,
 * nothing beside them is read.
 */
#include "base/err.h"
#include "urls_file/row.h"

#include <stdatomic.h>

enum {
	HL_URLS_PAGE = 65536,
	HL_URLS_DIGEST = 32,
	HL_URLS_HOTLINE = 16, /* bytes of a hotline's id */
	HL_URLS_HEAD = 128
};

struct hl_urls_head {
	uint8_t hotline[HL_URLS_HOTLINE];
	uint64_t consumer, version, epoch;
	uint8_t prefilter[HL_URLS_PREFILTER_KEY];
	uint8_t k0[HL_URLS_ELEMENT]; /* zeros in tier 1 */
	uint32_t tier;
	uint32_t canon;
	uint32_t n; /* rows; what makes a file sets it */
	uint32_t bits;
};

struct hl_urls_file {
	struct hl_urls_head head;
	const uint8_t *p; /* borrowed */
	uint64_t n_bytes;
	uint64_t buckets, rests, tags, units, places, rows, pages; /* offsets */
	uint64_t rows_bytes;
	uint64_t n_pages;
	uint8_t root[HL_URLS_DIGEST];
	/* Two bits a page: checked, and bad. */
	_Atomic uint64_t *seen;
	_Atomic uint64_t n_bad;
};

/* Offsets and sizes of a file whose head has n and bits. */
void hl_urls_file_lay_out(struct hl_urls_file *file, uint64_t rows_bytes);
/* Bytes of a list file of n rows. */
uint64_t hl_urls_file_bytes(unsigned bits, uint64_t n, uint64_t rows_bytes);

/*
 * Takes up the bytes: header, sizes and root are checked, and no page but the
 * header's. `root` may be NULL: then none is asked for. HL_E_INVALID: no list
 * file or another form; HL_E_CRYPTO: not of this root; HL_E_NOMEM. After a
 * fault *out need not be finished.
 */
int hl_urls_file_open(struct hl_urls_file *out, const void *p, size_t n,
	const uint8_t root[HL_URLS_DIGEST], struct hl_err *err);
void hl_urls_file_fini(struct hl_urls_file *file);

/* All pages, then all that step 6 of clause 4 asks for: buckets ascending,
 * rows in order, places and units fitting. HL_E_CRYPTO, HL_E_INVALID. */
int hl_urls_file_check(struct hl_urls_file *file, struct hl_err *err);
/* Only the pages. HL_E_CRYPTO names the first bad one. */
int hl_urls_file_pages(struct hl_urls_file *file, struct hl_err *err);
/* Whoever just made or checked the same bytes says so for all pages. */
void hl_urls_file_believe(struct hl_urls_file *file);
/* Every page is to be checked once more. */
void hl_urls_file_doubt(struct hl_urls_file *file);

/* Rows from *from on, before *to, whose v is this one: candidates for a
 * host. False: none. Bad pages have no rows. */
bool hl_urls_file_find(
	struct hl_urls_file *file, uint64_t v, uint32_t *from, uint32_t *to);
/* Of these, the one with the tag. */
bool hl_urls_file_tagged(struct hl_urls_file *file, uint32_t from, uint32_t to,
	const uint8_t tag[HL_URLS_TAG], uint32_t *row);
/* The sealed row; its bytes are those of the file. False on a bad page. */
bool hl_urls_file_sealed(struct hl_urls_file *file, uint32_t row,
	const uint8_t **sealed, uint32_t *units);

/* A walk over all rows in order, with v. Start with {0}; false at the end or
 * on a bad page (then n_bad is not 0). */
struct hl_urls_walk {
	uint32_t row;
	uint64_t bucket;
};
bool hl_urls_file_next(struct hl_urls_file *file, struct hl_urls_walk *walk,
	struct hl_urls_row *out);

#endif
