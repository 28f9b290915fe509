/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_BUNDLE_H
#define HL_REFERRAL_BUNDLE_H

#include "base/buf.h"
#include "base/err.h"
#include "seal/sign.h"

/* The signed bundle for the police, docs/protocol/bundle.md. */
#define HL_REFERRAL_BUNDLE_MAX (16u * 1024 * 1024)
#define HL_REFERRAL_BUNDLE_MEMBER_MAX (4u * 1024 * 1024)
#define HL_REFERRAL_BUNDLE_NAME_MAX 256
#define HL_REFERRAL_BUNDLE_PARTS 3 /* case.json, case.html, case.txt */

/* Borrowed. */
struct hl_referral_bundle {
	struct hl_str ref; /* "F-…", "C-…": letters, digits and '-' */
	struct hl_str case_ref;
	struct hl_str hotline; /* name, below HL_REFERRAL_BUNDLE_NAME_MAX */
	bool test;
	int64_t created_at_us; /* whole seconds count */
	struct hl_str parts[HL_REFERRAL_BUNDLE_PARTS];
};

/* Appends the bundle. The same input and key give the same bytes.
 * HL_E_INVALID: a reference or name is not as above; HL_E_LIMIT. */
int hl_referral_bundle_write(const struct hl_referral_bundle *b,
	const struct hl_seal_sign_key *key, struct hl_buf *out,
	struct hl_err *err);

struct hl_referral_bundle_part {
	const char *name; /* static */
	size_t size_bytes;
	char sha256[2 * HL_SEAL_SHA256_BYTES + 1]; /* hex */
};

/* What a bundle that is whole says about itself. */
struct hl_referral_bundle_info {
	char ref[32];
	char case_ref[32];
	char hotline[HL_REFERRAL_BUNDLE_NAME_MAX]; /* UTF-8, any words */
	bool test;
	int64_t created_at_us;
	struct hl_seal_sign_pub signer;
	char key_id[HL_SEAL_SIGN_ID_TEXT];
	struct hl_referral_bundle_part parts[HL_REFERRAL_BUNDLE_PARTS];
};

/*
 * 0: whole, and signed by one of the trusted keys. HL_DENIED: whole, but
 * signed by another; *info is good then too, and with n_trusted 0 this is
 * the best there is. HL_E_CORRUPT, HL_E_LIMIT: refused; err->msg is one line
 * of printable ASCII that says why.
 */
int hl_referral_bundle_verify(struct hl_str bytes,
	const struct hl_seal_sign_pub *trusted, size_t n_trusted,
	struct hl_referral_bundle_info *info, struct hl_err *err);

/* The i-th part (0..2) of a bundle that verified, as a view of bytes. */
struct hl_str hl_referral_bundle_part_of(struct hl_str bytes, size_t i);

#endif
