/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_TREE_H
#define HL_LISTS_TREE_H

#include "base/str.h"

/*
 * The head of the log of approvals: the Merkle tree hash of RFC 9162, clause
 * 2.1.1, with SHA-256, leaf after leaf. Zero is the empty log.
 */
struct hl_lists_tree {
	uint64_t n;
	/* for each bit of n the head of a full tree of so many leaves */
	uint8_t full[64][32];
};

void hl_lists_tree_add(struct hl_lists_tree *t, struct hl_str leaf);
void hl_lists_tree_head(const struct hl_lists_tree *t, uint8_t out[32]);

#endif
