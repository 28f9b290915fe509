/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_FILE_MERGE_H
#define HL_URLS_FILE_MERGE_H

/* Inside of the room: a list file of another one's rows without some of them,
 * and of rows that are added. */
#include "urls_file/make.h"

struct hl_urls_merge {
	struct hl_urls_head head; /* of the new file; n is set here */
	/* Whose rows stay; NULL: none. Its structure need not be sound: then
	 * the new one's is not either, or this is refused. */
	const struct hl_urls_file *old;
	const uint8_t *removed; /* u32 each, ascending, below old's n */
	uint32_t n_removed;
	const struct hl_urls_row *added; /* ascending by v and tag */
	uint32_t n_added;
};

/* The bytes of the new file. HL_E_INVALID: what is added breaks its form, or
 * is in the old one; HL_E_CORRUPT: the old file is out of form; HL_E_NOMEM. */
int hl_urls_merge(const struct hl_urls_merge *merge,
	const struct hl_urls_sink *sink, struct hl_urls_made *made,
	struct hl_err *err);

/* What the new file's rows are, in order: stretches of the old one, and of
 * what is added. */
struct hl_urls_run {
	bool is_added;
	uint32_t from, n;
};
struct hl_urls_runs {
	struct hl_urls_run *run;
	size_t n;
};
int hl_urls_runs_find(const struct hl_urls_merge *merge,
	struct hl_urls_runs *out, struct hl_err *err);
void hl_urls_runs_free(struct hl_urls_runs *runs);

/* The row that is removed as the i-th; UINT32_MAX behind the last. */
uint32_t hl_urls_merge_removed(const struct hl_urls_merge *merge, uint32_t i);
/* Where a bucket begins in the old file; 0 if there is none. */
uint32_t hl_urls_merge_bucket(const struct hl_urls_merge *merge, uint64_t i);

/* By v, then tag. */
int hl_urls_row_order(const struct hl_urls_row *a, const struct hl_urls_row *b);

#endif
