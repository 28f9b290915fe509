/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_FILE_LEAF_H
#define HL_URLS_FILE_LEAF_H

/* Leaves of the log of approvals: docs/protocol/urllist.md, clause 8. */
#include <stdint.h>

#include "base/buf.h"

enum { HL_URLS_LEAF = 248 }; /* bytes */

/* Places in a leaf; the second person follows behind the first. */
enum {
	HL_URLS_LEAF_MINUTE = 4,
	HL_URLS_LEAF_ENTRY = 8,
	HL_URLS_LEAF_C = 16,
	HL_URLS_LEAF_FIRST = 48, /* public key, signature */
	HL_URLS_LEAF_PERSON = 96,
	HL_URLS_LEAF_PAD = 240
};
enum hl_urls_leaf_kind { HL_URLS_LEAF_APPROVED = 1, HL_URLS_LEAF_ENDED = 2 };

/* The first 16 bytes; `what` is the scope, or why it ended. */
struct hl_urls_leaf_head {
	enum hl_urls_leaf_kind kind;
	int what;
	uint32_t minute;
	uint64_t entry;
};
/* The rest is zero. */
void hl_urls_leaf_begin(
	const struct hl_urls_leaf_head *head, uint8_t leaf[HL_URLS_LEAF]);

/* What each of the two people signs, of what stands in a leaf of approval;
 * hotline has 16 bytes. */
void hl_urls_statement(struct hl_buf *out, const uint8_t *hotline,
	const uint8_t leaf[HL_URLS_LEAF]);

#endif
