/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_TOKEN_H
#define HL_SEAL_TOKEN_H

#include "base/buf.h"
#include "seal/key.h"

/*
 * Bearer tokens: whoever has the text may. The store keeps a hash only, so
 * that who reads the store can't use them. One kind's token is never taken
 * for another's.
 */
enum hl_seal_token_kind {
	HL_SEAL_TOKEN_SESSION = 1, /* 256 bits, the staff cookie */
	HL_SEAL_TOKEN_ANSWER = 2,  /* 160 bits, a recipient's answer page */
	HL_SEAL_TOKEN_DRAFT = 3,   /* 256 bits, a reporter's unsent form */
	HL_SEAL_TOKEN_API = 4,     /* 256 bits, a program's key */
	HL_SEAL_TOKEN_LIST = 5,    /* 256 bits, a consumer of lists */
};
#define HL_SEAL_TOKEN_HASH_BYTES 32
#define HL_SEAL_TOKEN_TEXT 44 /* the longest printed, with a NUL */

struct hl_seal_token {
	enum hl_seal_token_kind kind;
	uint8_t b[32]; /* unused ones zero */
};

/* The caller wipes it; the AUTO form does so by itself. */
void hl_seal_token_new(enum hl_seal_token_kind kind, struct hl_seal_token *t);
void hl_seal_token_wipe(struct hl_seal_token *t);
#define HL_SEAL_TOKEN_AUTO \
	__attribute__((cleanup(hl_seal_token_wipe))) struct hl_seal_token

/* base64url without padding: 43 characters, 27 for an answer. Gives a view
 * of out. */
struct hl_str hl_seal_token_print(
	const struct hl_seal_token *t, char out[HL_SEAL_TOKEN_TEXT]);
/* HL_E_INVALID for anything but a printed token of that length. */
int hl_seal_token_parse(enum hl_seal_token_kind kind, struct hl_str text,
	struct hl_seal_token *t);

/* What the store keeps and finds it by. */
void hl_seal_token_hash(
	const struct hl_seal_token *t, uint8_t out[HL_SEAL_TOKEN_HASH_BYTES]);
/* What seals the holder's data; does not follow from the hash. */
void hl_seal_token_key(const struct hl_seal_token *t, struct hl_seal_key *out);

#endif
