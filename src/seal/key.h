/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_KEY_H
#define HL_SEAL_KEY_H

#include "base/err.h"
#include "base/str.h"

/*
 * Keys as values. The types differ so that a public key, a secret key and a
 * symmetric key are never taken for one another. docs/keys.md says which
 * key opens what.
 *
 * Thread safety: every function of this room may be called from any thread
 * after hl_seal_init(); none keeps state.
 */
#define HL_SEAL_KEY_BYTES 32

struct hl_seal_pub {
	uint8_t b[HL_SEAL_KEY_BYTES]; /* X25519 public key */
};
struct hl_seal_secret {
	uint8_t b[HL_SEAL_KEY_BYTES]; /* X25519 secret key */
};
struct hl_seal_key {
	uint8_t b[HL_SEAL_KEY_BYTES]; /* symmetric key */
};

/* Once a process, before its sandbox; again is harmless. HL_E_INTERNAL when
 * the library refuses to start. */
int hl_seal_init(struct hl_err *err);

/* A fresh key pair. The caller wipes the secret. */
void hl_seal_keypair_new(
	struct hl_seal_pub *pub, struct hl_seal_secret *secret);
/* The public key that belongs to secret. */
void hl_seal_pub_of(
	const struct hl_seal_secret *secret, struct hl_seal_pub *pub);
void hl_seal_key_new(struct hl_seal_key *key);

/* Wiped when the variable goes out of scope. */
void hl_seal_secret_wipe(struct hl_seal_secret *secret);
void hl_seal_key_wipe(struct hl_seal_key *key);
#define HL_SEAL_SECRET_AUTO \
	__attribute__((cleanup(hl_seal_secret_wipe))) struct hl_seal_secret
#define HL_SEAL_KEY_AUTO \
	__attribute__((cleanup(hl_seal_key_wipe))) struct hl_seal_key

/* For a secret that lives as long as its process: zeroed, locked memory
 * between guard pages; NULL when there is none. Owned: freed and wiped by
 * hl_seal_secret_free(), NULL allowed. */
struct hl_seal_secret *hl_seal_secret_new(void);
void hl_seal_secret_free(struct hl_seal_secret *secret);

/* Copies exactly HL_SEAL_KEY_BYTES bytes from a stored value; HL_E_CORRUPT
 * for any other length. */
int hl_seal_pub_from(struct hl_str stored, struct hl_seal_pub *pub);
static inline struct hl_str hl_seal_pub_str(const struct hl_seal_pub *pub)
{
	return hl_str_mem(pub->b, sizeof(pub->b));
}

/*
 * HKDF with HMAC-SHA-256 (RFC 5869): n bytes, 1..8160, of key material for
 * the use that info names. An empty salt is allowed.
 */
struct hl_seal_hkdf {
	struct hl_str ikm;
	struct hl_str salt;
	struct hl_str info;
};
void hl_seal_hkdf(const struct hl_seal_hkdf *in, void *out, size_t n);

#endif
