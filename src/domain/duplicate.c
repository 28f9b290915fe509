/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/duplicate.h"

#include <stdlib.h>

/* The rules are numbered as in docs/duplicates.md. */

enum hl_duplicate_link hl_duplicate_address(
	const struct hl_duplicate_item *item, int64_t now_us, int64_t window_us)
{
	if (window_us <= 0) {
		window_us = HL_DUPLICATE_WINDOW_US;
	}
	if (!item->known) {
		return HL_DUPLICATE_NEW; /* A1 */
	}
	if (item->case_open) {
		return item->state == HL_ITEM_OFFLINE
			       ? HL_DUPLICATE_REAPPEARED /* A7 */
			       : HL_DUPLICATE_COUNTS;    /* A2 */
	}
	if (item->state == HL_ITEM_OFFLINE) {
		return hl_outcome_illegal(item->outcome)
			       ? HL_DUPLICATE_REAPPEARED /* A3 */
			       : HL_DUPLICATE_STALE;     /* A4 */
	}
	/* A clock that was set back makes no report older: the difference
	 * is then negative and within every window. */
	if (now_us - item->last_report_at_us <= window_us) {
		return HL_DUPLICATE_COUNTS; /* A5 */
	}
	return HL_DUPLICATE_STALE; /* A6 */
}

enum hl_duplicate_verdict hl_duplicate_report(
	const enum hl_duplicate_link *links, size_t n_links,
	int64_t earlier_at_us, int64_t now_us)
{
	if (earlier_at_us && now_us - earlier_at_us <= HL_DUPLICATE_RESEND_US) {
		return HL_DUPLICATE_RESENT; /* R1 */
	}
	if (!n_links) {
		return HL_DUPLICATE_UNDECIDED; /* R2 */
	}
	for (size_t i = 0; i < n_links; i++) {
		if (links[i] != HL_DUPLICATE_COUNTS) {
			return HL_DUPLICATE_FRESH; /* R4 */
		}
	}
	return HL_DUPLICATE_REPORT; /* R3 */
}

bool hl_duplicate_independent(enum hl_duplicate_verdict v)
{
	return v == HL_DUPLICATE_FRESH || v == HL_DUPLICATE_REPORT;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Runs of white space become one space, none at the ends; a line feed ends
 * the field. No field can hold one, so fields cannot run together. */
static void put_folded(struct hl_buf *out, struct hl_str s)
{
	s = hl_str_trim(s);
	for (size_t i = 0; i < s.n; i++) {
		if (!is_space(s.p[i])) {
			hl_buf_put_c(out, s.p[i]);
		} else if (!is_space(s.p[i - 1])) {
			hl_buf_put_c(out, ' ');
		}
	}
	hl_buf_put_c(out, '\n');
}

static int by_bytes(const void *a, const void *b)
{
	return hl_str_cmp(*(const struct hl_str *)a, *(const struct hl_str *)b);
}

static void put_addresses(struct hl_buf *out, const struct hl_report *r)
{
	struct hl_str sorted[HL_REPORT_ADDRESSES_MAX];
	size_t n = r->n_addresses < HL_REPORT_ADDRESSES_MAX
			   ? r->n_addresses
			   : HL_REPORT_ADDRESSES_MAX;

	for (size_t i = 0; i < n; i++) {
		sorted[i] = r->addresses[i];
	}
	qsort(sorted, n, sizeof(sorted[0]), by_bytes);
	hl_buf_printf(out, "%zu\n", n);
	for (size_t i = 0; i < n; i++) {
		put_folded(out, sorted[i]);
	}
}

void hl_duplicate_put_digest_input(
	struct hl_buf *out, const struct hl_report *r)
{
	hl_buf_printf(out, "report-digest-1\n%d %d %d %d\n", (int)r->danger,
		(int)r->place, (int)r->seen, (int)r->pay);
	put_addresses(out, r);
	if (!r->n_addresses) {
		put_folded(out, r->addresses_text);
	}
	put_folded(out, r->where);
	put_folded(out, r->seen_note);
	put_folded(out, r->pay_note);
	put_folded(out, r->words);
	for (size_t i = 0; i < r->n_hashes; i++) {
		hl_hash_put(out, &r->hashes[i]);
		hl_buf_put_c(out, '\n');
	}
}
