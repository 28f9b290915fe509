/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_ESCROW_H
#define HL_SEAL_ESCROW_H

#include "base/buf.h"
#include "seal/key.h"

/*
 * A secret key in n shares of which any k bring it back and fewer tell
 * nothing (Shamir's scheme over GF(256), docs/keys.md). Shares are kept on
 * paper, offline, by different people.
 */
#define HL_SEAL_ESCROW_MAX 32       /* shares of a set */
#define HL_SEAL_ESCROW_TEXT_MAX 128 /* one printed share */

struct hl_seal_share_info {
	char set[9]; /* eight symbols and a NUL, the same on a set's shares */
	int k;       /* shares that are needed */
	int n;       /* shares that were made */
	int number;  /* of this one, 1..n */
};

/*
 * Appends n shares to out, one behind the other, each four lines of symbols
 * that end in '\n'. HL_E_INVALID unless 2 <= k <= n <= HL_SEAL_ESCROW_MAX.
 * out should be secret.
 */
int hl_seal_escrow_split(const struct hl_seal_secret *secret, int k, int n,
	struct hl_buf *out, struct hl_err *err);

/* Reads one share as it was typed: case, spaces, hyphens and line breaks do
 * not matter, O is 0, I and L are 1. HL_E_INVALID, and the message says in
 * which of its lines the error is. */
int hl_seal_escrow_info(struct hl_str share, struct hl_seal_share_info *info,
	struct hl_err *err);

/*
 * Joins n_shares shares, in any order; more than k are allowed and have to
 * fit, too. HL_E_INVALID when a share is mistyped, given twice, of another
 * set, or when there are too few (the message says which); HL_E_CRYPTO when
 * they do not give the secret that was split. The caller wipes the secret.
 */
int hl_seal_escrow_join(const struct hl_str *shares, size_t n_shares,
	struct hl_seal_secret *secret, struct hl_err *err);

#endif
