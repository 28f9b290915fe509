/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_DUPLICATE_H
#define HL_DOMAIN_DUPLICATE_H

#include "base/buf.h"
#include "base/time.h"
#include "domain/report.h"
#include "domain/state.h"

/*
 * The definition of "duplicate" in docs/duplicates.md, as pure decisions.
 * Two addresses are the same when their canonical URLs are equal, which is
 * known from their keyed hashes.
 */
#define HL_DUPLICATE_WINDOW_US (90 * HL_US_PER_DAY)
#define HL_DUPLICATE_RESEND_US (24 * HL_US_PER_HOUR)

/* What the store knows of the item at one reported address. */
struct hl_duplicate_item {
	bool known;     /* there is an item at this address */
	bool case_open; /* its case is neither closed nor erased */
	enum hl_item_state state;
	enum hl_outcome outcome;   /* of its last decided case, or 0 */
	int64_t last_report_at_us; /* the last report that named it */
};

/* What a report means for one address. Not stored. */
enum hl_duplicate_link {
	HL_DUPLICATE_NEW = 1,    /* no item: a new one */
	HL_DUPLICATE_COUNTS,     /* known: link, raise the count */
	HL_DUPLICATE_REAPPEARED, /* was gone, open or known illegal: act */
	HL_DUPLICATE_STALE,      /* known, last heard of too long ago: reopen
				    for a new assessment */
};

/* window_us <= 0 takes HL_DUPLICATE_WINDOW_US. */
enum hl_duplicate_link hl_duplicate_address(
	const struct hl_duplicate_item *item, int64_t now_us,
	int64_t window_us);

/* What follows for the report as a whole. Not stored. */
enum hl_duplicate_verdict {
	HL_DUPLICATE_FRESH = 1, /* brings something new */
	HL_DUPLICATE_REPORT,    /* every address only raises a count */
	HL_DUPLICATE_RESENT,    /* the same report sent twice */
	HL_DUPLICATE_UNDECIDED, /* no usable address: a person decides */
};

/* An earlier report with the same digest, or earlier_at_us 0. */
enum hl_duplicate_verdict hl_duplicate_report(
	const enum hl_duplicate_link *links, size_t n_links,
	int64_t earlier_at_us, int64_t now_us);

/* Whether the report raises the number of independent reports of an item:
 * resent ones do not. */
bool hl_duplicate_independent(enum hl_duplicate_verdict v);

/*
 * Puts the bytes whose keyed hash is the report's digest: everything that
 * the reporter said about the matter (not the contact, not the language),
 * spaces folded, addresses sorted. Equal for two reports exactly if one is
 * the other sent again.
 */
void hl_duplicate_put_digest_input(
	struct hl_buf *out, const struct hl_report *r);

#endif
