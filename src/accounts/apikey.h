/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_ACCOUNTS_APIKEY_H
#define HL_ACCOUNTS_APIKEY_H

#include "domain/vocab.h"
#include "seal/token.h"
#include "store/who.h"

/*
 * Keys of programs: docs/protocol/match.md. Who has the text may, until the
 * key is revoked or runs out; the store has its hash.
 */
enum hl_api_scope { /* bits; stored */
	HL_API_MATCH = 1,
	HL_API_HASH = 2,
	HL_API_FEED = 4,
	HL_API_METRICS = 8,
	HL_API_REPORT = 16, /* the hashes in its reports count */
};
extern const struct hl_vocab hl_accounts_scopes; /* values are the bits */

#define HL_ACCOUNTS_KEY_PREFIX "hl_"
#define HL_ACCOUNTS_KEY_TEXT (3 + HL_SEAL_TOKEN_TEXT)
#define HL_ACCOUNTS_KEYS_MAX 1000 /* that are good at a time */
#define HL_ACCOUNTS_RATE_MAX 1000000

struct hl_accounts_apikey {
	int64_t id;         /* set by creating */
	struct hl_str name; /* 1 to 80 characters */
	unsigned scopes;    /* mask of enum hl_api_scope, not 0 */
	int64_t rate;       /* look-ups a second, 1 to HL_ACCOUNTS_RATE_MAX */
	int64_t expires_at_us; /* 0: never */
};

/*
 * A new key; text gets it, for the only time, and is the caller's to wipe.
 * HL_CONFLICT: there are too many. HL_DENIED: the actor may not (actor_id 0
 * is the host's administrator). HL_E_INVALID: name, scopes, rate or end out
 * of form.
 */
int hl_accounts_apikey_create(const struct hl_who *who,
	struct hl_accounts_apikey *key, char text[HL_ACCOUNTS_KEY_TEXT],
	struct hl_err *err);

/* HL_NOTFOUND: there is no such key that is not revoked. HL_DENIED. */
int hl_accounts_apikey_revoke(
	const struct hl_who *who, int64_t id, struct hl_err *err);

/* By what the store finds a key. HL_E_INVALID: the text is none. */
int hl_accounts_apikey_hash(
	struct hl_str text, uint8_t out[HL_SEAL_TOKEN_HASH_BYTES]);

/* Whose key it is that vouches for the hashes in a report; for the public
 * process. HL_NOTFOUND: no such key is good, or not for that. */
int hl_accounts_apikey_sender(struct hl_store *store, struct hl_arena *arena,
	struct hl_str text, int64_t *id, struct hl_err *err);

#endif
