/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_FILE_MAKE_H
#define HL_URLS_FILE_MAKE_H

/* Making list files and deltas, clauses 3 and 6. The same rows in any order
 * give the same bytes. */
#include "base/buf.h"
#include "urls_file/list.h"

/* Where bytes go, in order. A fault ends the making and is handed on. */
struct hl_urls_sink {
	void *arg;
	int (*put)(void *arg, const void *p, size_t n, struct hl_err *err);
};
/* Puts into a struct hl_buf, the argument. */
int hl_urls_sink_buf(void *buf, const void *p, size_t n, struct hl_err *err);

struct hl_urls_made {
	uint64_t bytes;
	uint8_t root[HL_URLS_DIGEST];   /* of a list */
	uint8_t digest[HL_URLS_DIGEST]; /* SHA-256 of a delta's bytes */
};

/*
 * A list of these rows, which are put in order in place; head.n is not read.
 * HL_E_INVALID: two rows of one v and tag, v over the head's bits, units that
 * cannot be, or a head that breaks its form; HL_E_LIMIT: too many rows.
 */
int hl_urls_list_make(const struct hl_urls_head *head, struct hl_urls_row *rows,
	size_t n, const struct hl_urls_sink *sink, struct hl_urls_made *made,
	struct hl_err *err);

/* What leads from one list to a later one. HL_E_INVALID: they are not of one
 * hotline, consumer, epoch, tier, prefilter key and number of bits, or `to`
 * is not later; HL_E_CRYPTO: a page is bad. */
int hl_urls_delta_make(struct hl_urls_file *from, struct hl_urls_file *to,
	const struct hl_urls_sink *sink, struct hl_urls_made *made,
	struct hl_err *err);

/* What a delta says of itself. */
struct hl_urls_delta_head {
	uint64_t consumer, from, to;
	uint8_t root[HL_URLS_DIGEST]; /* of the list it is made for */
	uint32_t removed, added;
};
/* The list that a delta makes of `from`: its file, byte by byte. HL_E_INVALID:
 * no delta, or not for this list; HL_E_CRYPTO: a page of `from` is bad. */
int hl_urls_delta_apply(struct hl_urls_file *from, const void *delta, size_t n,
	const struct hl_urls_sink *sink, struct hl_urls_made *made,
	struct hl_err *err);
int hl_urls_delta_read(const void *delta, size_t n,
	struct hl_urls_delta_head *out, struct hl_err *err);

#endif
