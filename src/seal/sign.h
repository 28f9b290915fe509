/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_SIGN_H
#define HL_SEAL_SIGN_H

#include <sodium/crypto_hash_sha256.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Signatures (Ed25519, RFC 8032) and digests (SHA-256, FIPS 180-4). What is
 * signed begins with a line that names its form and version, so that a
 * signature over one document is never good for another.
 */
#define HL_SEAL_SIGN_PUB_BYTES 32
#define HL_SEAL_SIGN_BYTES 64
#define HL_SEAL_SIGN_ID_TEXT 17 /* key id, 16 hex digits and a NUL */

struct hl_seal_sign_pub {
	uint8_t b[HL_SEAL_SIGN_PUB_BYTES];
};
struct hl_seal_sign_key {
	struct hl_seal_sign_pub pub;
	uint8_t secret[64]; /* seed and public key, as libsodium has it */
};

/* A key pair from 32 bytes of seed; the caller wipes it. */
void hl_seal_sign_from_seed(
	const uint8_t seed[32], struct hl_seal_sign_key *key);
void hl_seal_sign_wipe(struct hl_seal_sign_key *key);
#define HL_SEAL_SIGN_KEY_AUTO \
	__attribute__((cleanup(hl_seal_sign_wipe))) struct hl_seal_sign_key

/* Key files, outcomes as in seal/keyfile.h. */
int hl_seal_sign_create(
	const char *path, struct hl_seal_sign_pub *pub, struct hl_err *err);
int hl_seal_sign_load(
	const char *path, struct hl_seal_sign_key *key, struct hl_err *err);

/* The public key as a file for others: one line, "openhotline-ed25519 " and
 * 43 characters of base64url. Reading forgives white space at both ends;
 * HL_E_INVALID for anything else. */
void hl_seal_sign_pub_print(
	const struct hl_seal_sign_pub *pub, struct hl_buf *out);
int hl_seal_sign_pub_parse(struct hl_str text, struct hl_seal_sign_pub *pub);
/* First eight bytes of the public key's SHA-256; a name, no proof. */
struct hl_str hl_seal_sign_id(
	const struct hl_seal_sign_pub *pub, char out[HL_SEAL_SIGN_ID_TEXT]);

void hl_seal_sign(const struct hl_seal_sign_key *key, struct hl_str message,
	uint8_t out[HL_SEAL_SIGN_BYTES]);
/* 0, or HL_DENIED when the signature (of any length) is not this key's over
 * this message. */
int hl_seal_sign_verify(const struct hl_seal_sign_pub *pub,
	struct hl_str message, struct hl_str signature);

#define HL_SEAL_SHA256_BYTES 32
struct hl_seal_sha256 {
	crypto_hash_sha256_state state;
};
void hl_seal_sha256_init(struct hl_seal_sha256 *h);
void hl_seal_sha256_add(struct hl_seal_sha256 *h, struct hl_str data);
void hl_seal_sha256_end(
	struct hl_seal_sha256 *h, uint8_t out[HL_SEAL_SHA256_BYTES]);
/* All at once. */
void hl_seal_sha256(struct hl_str data, uint8_t out[HL_SEAL_SHA256_BYTES]);

#endif
