/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_BOX_H
#define HL_SEAL_BOX_H

#include "base/buf.h"
#include "seal/key.h"

/*
 * Sealing: bytes that only one key opens, and only in their own place. The
 * formats are in docs/keys.md. Anybody who knows a public key can seal to
 * it: a seal hides, it does not say who made it.
 */

/*
 * The place a sealed value belongs to. It is authenticated, not stored:
 * opening under any other label fails, so that a value moved to another
 * row, column or schema is found.
 */
struct hl_seal_label {
	const char *kind;  /* table or object, "report"; 1..64 bytes */
	int64_t id;        /* of the object */
	const char *field; /* column, "body"; 1..64 bytes */
	uint32_t schema;   /* version of the plaintext's form */
	bool exact;        /* its length is no secret: do not pad */
};

/* Longest plaintext. */
#define HL_SEAL_MAX_BYTES ((size_t)(16 * 1024 * 1024) - 4)
/* What sealing adds to the padded length. */
#define HL_SEAL_TO_OVERHEAD 51  /* for hl_seal_to() */
#define HL_SEAL_SYM_OVERHEAD 43 /* for hl_seal_sym() */

/* Plaintext length with its padding: four bytes and n, up to the next of
 * 256, 512, 1024, … bytes. 0 when n is over the maximum. Sealed values
 * reveal this number and no other. */
size_t hl_seal_padded(size_t n);

/*
 * Each function appends to its out. HL_E_INVALID for a label out of form,
 * HL_E_LIMIT when plaintext or out are too small or large, HL_E_NOMEM.
 * Opening also: HL_E_CORRUPT for a value that is no sealed value of the
 * kind, HL_E_CRYPTO when key or label do not fit or a byte was changed.
 * Opening marks out as secret and needs room for the padded length in it;
 * after a fault nothing was added.
 */
int hl_seal_to(const struct hl_seal_pub *to, const struct hl_seal_label *label,
	struct hl_str plaintext, struct hl_buf *out, struct hl_err *err);
int hl_seal_open(const struct hl_seal_secret *secret,
	const struct hl_seal_label *label, struct hl_str sealed,
	struct hl_buf *out, struct hl_err *err);

/* The same under a symmetric key, with a random nonce. */
int hl_seal_sym(const struct hl_seal_key *key,
	const struct hl_seal_label *label, struct hl_str plaintext,
	struct hl_buf *out, struct hl_err *err);
int hl_seal_sym_open(const struct hl_seal_key *key,
	const struct hl_seal_label *label, struct hl_str sealed,
	struct hl_buf *out, struct hl_err *err);

/*
 * A symmetric key sealed to a public key: erase the wrapped key and all that
 * it seals is gone; move it to another public key and the sealed values stay
 * as they are. The label is that of the value the key seals; the wrap itself
 * is bound to "<field>.key".
 */
int hl_seal_key_wrap(const struct hl_seal_pub *to,
	const struct hl_seal_label *label, const struct hl_seal_key *key,
	struct hl_buf *out, struct hl_err *err);
int hl_seal_key_unwrap(const struct hl_seal_secret *secret,
	const struct hl_seal_label *label, struct hl_str wrapped,
	struct hl_seal_key *key, struct hl_err *err);
/* From the old epoch's secret key to the new epoch's public key. */
int hl_seal_key_rewrap(const struct hl_seal_secret *from,
	const struct hl_seal_pub *to, const struct hl_seal_label *label,
	struct hl_str wrapped, struct hl_buf *out, struct hl_err *err);

/* Under a fresh key of its own, which goes wrapped to *out_wrapped_key. */
int hl_seal_report(const struct hl_seal_pub *queue_pub,
	const struct hl_seal_label *label, struct hl_str plaintext,
	struct hl_buf *out_wrapped_key, struct hl_buf *out_body,
	struct hl_err *err);
int hl_seal_report_open(const struct hl_seal_secret *queue,
	const struct hl_seal_label *label, struct hl_str wrapped_key,
	struct hl_str body, struct hl_buf *out, struct hl_err *err);

#endif
