/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_STAFFKEY_H
#define HL_SEAL_STAFFKEY_H

#include "base/buf.h"
#include "seal/key.h"
#include "seal/token.h"

/*
 * From a password to a report: Argon2id(password) opens the staff secret,
 * the staff secret opens the grants of the queue, identity and URL keys,
 * the queue secret opens report keys. Byte formats: docs/keys.md.
 */

/* Argon2id's cost; stored beside each wrapped key. */
struct hl_seal_cost {
	uint32_t mem_kib;
	uint32_t passes;
	bool allow_weak; /* for tests: below HL_SEAL_COST_MIN_KIB */
};
#define HL_SEAL_COST_DEFAULT \
	((struct hl_seal_cost){.mem_kib = 65536, .passes = 2})
#define HL_SEAL_COST_MIN_KIB 19456
#define HL_SEAL_COST_MAX_KIB (1024 * 1024)
#define HL_SEAL_COST_MAX_PASSES 16
#define HL_SEAL_STAFF_WRAP_BYTES 75

/*
 * The staff secret under its password; appends to out. Changing a password
 * is wrapping again. HL_E_INVALID for a cost out of range or an empty
 * password, HL_E_LIMIT over 1024 bytes of password, HL_E_NOMEM. Takes about
 * 0.1 s and cost.mem_kib of memory: run it in a bounded pool.
 */
int hl_seal_staff_wrap(int64_t staff_id, const struct hl_seal_secret *secret,
	struct hl_str password, const struct hl_seal_cost *cost,
	struct hl_buf *out, struct hl_err *err);

/*
 * Opens it. pub is the stored public key: one that was put in its place by
 * somebody else does not open. HL_DENIED for a wrong password (a damaged
 * value looks the same), HL_E_CORRUPT, HL_E_NOMEM. The same cost in time.
 */
int hl_seal_staff_unwrap(int64_t staff_id, const struct hl_seal_pub *pub,
	struct hl_str password, struct hl_str wrapped,
	struct hl_seal_secret *secret, struct hl_err *err);

/* HL_DENIED after the time that hl_seal_staff_unwrap() takes, so that an
 * unknown login answers as late as a wrong password. HL_E_NOMEM. */
int hl_seal_staff_pretend(struct hl_str password,
	const struct hl_seal_cost *cost, struct hl_err *err);

/* Keys that follow from the staff secret: what a stolen store can't use. */
enum hl_seal_staff_use {
	HL_SEAL_STAFF_TOTP = 1,     /* seals the TOTP secret */
	HL_SEAL_STAFF_RECOVERY = 2, /* hashes recovery codes */
	HL_SEAL_STAFF_SIGN = 3,     /* seed of what signs list entries */
};
void hl_seal_staff_key(const struct hl_seal_secret *secret,
	enum hl_seal_staff_use use, struct hl_seal_key *out);

/* What is handed to holders, each time for one epoch of one queue. */
enum hl_seal_purpose {
	HL_SEAL_QUEUE = 1,    /* X25519 secret that opens report keys */
	HL_SEAL_IDENTITY = 2, /* X25519 secret that opens reporters' contacts */
	HL_SEAL_URL = 3,      /* symmetric key of hl_seal_url_hash() */
};
struct hl_seal_grant {
	enum hl_seal_purpose purpose;
	int64_t epoch_id;  /* of the key that is granted */
	int64_t holder_id; /* staff id; 0 for the worker */
};
/* 32 bytes of key sealed to the holder's public key. Faults as in box.h. */
int hl_seal_grant(const struct hl_seal_grant *g, const struct hl_seal_pub *to,
	const uint8_t key[HL_SEAL_KEY_BYTES], struct hl_buf *out,
	struct hl_err *err);
int hl_seal_grant_open(const struct hl_seal_grant *g,
	const struct hl_seal_secret *holder, struct hl_str granted,
	uint8_t key[HL_SEAL_KEY_BYTES], struct hl_err *err);

/* What a staff session needs between requests, under its cookie's token. */
struct hl_seal_session {
	int64_t staff_id;
	struct hl_seal_secret secret;
	uint32_t state; /* the caller's: which factors have passed */
};
int hl_seal_session_wrap(const struct hl_seal_token *token,
	const struct hl_seal_session *session, struct hl_buf *out,
	struct hl_err *err);
/* staff_id as the store has it; a fault if the wrap was made for another.
 * The caller wipes out->secret. */
int hl_seal_session_open(const struct hl_seal_token *token, int64_t staff_id,
	struct hl_str wrapped, struct hl_seal_session *out, struct hl_err *err);

/* Finds equal canonical URLs without showing them: BLAKE2b-256, keyed. Who
 * reads the store learns which are equal, no more. */
#define HL_SEAL_URL_HASH_BYTES 32
void hl_seal_url_hash(const struct hl_seal_key *url_key,
	struct hl_str canonical, uint8_t out[HL_SEAL_URL_HASH_BYTES]);

#endif
