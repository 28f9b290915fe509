/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_RPZ_TSIG_H
#define HL_RPZ_TSIG_H

#include "rpz/rpz.h"
#include "rpz/wire.h"

/* Signing and checking messages with a shared secret (RFC 8945). */
#define HL_RPZ_MAC_MAX 64
#define HL_RPZ_FUDGE_S 300
#define HL_RPZ_SECRET_MAX 128

/* The extended errors of a TSIG record. */
enum {
	HL_RPZ_BADSIG = 16,
	HL_RPZ_BADKEY = 17,
	HL_RPZ_BADTIME = 18,
	HL_RPZ_BADTRUNC = 22,
};

struct hl_rpz_secret {
	struct hl_rpz_name name;
	enum hl_rpz_alg alg;
	uint8_t p[HL_RPZ_SECRET_MAX];
	size_t n;
};

/* HL_E_INVALID for a name or a secret that is none. */
int hl_rpz_secret_init(const struct hl_rpz_key *key, struct hl_rpz_secret *out,
	struct hl_err *err);

/* What the next signature takes in of the messages before. */
struct hl_rpz_chain {
	const struct hl_rpz_secret *key; /* borrowed; NULL: sign nothing */
	uint16_t original_id;
	uint16_t error;     /* HL_RPZ_BADTIME and the like */
	uint64_t request_s; /* what the request says; for BADTIME */
	bool began;         /* one message was signed: timers only */
	uint8_t mac[HL_RPZ_MAC_MAX];
	uint16_t n_mac; /* 0: a request, with nothing before it */
};

/* Bytes that hl_rpz_sign() adds at most. */
size_t hl_rpz_sign_bytes(const struct hl_rpz_chain *chain);
/* Ends the message with a signature made at now_s. */
void hl_rpz_sign(
	struct hl_rpz_chain *chain, uint64_t now_s, struct hl_rpz_out *o);

/*
 * Checks a message's signature under a key of its name. chain has the MAC
 * that it answers, or none for a request. 0, or an error of TSIG, positive:
 * HL_RPZ_BADKEY (another algorithm), BADSIG, BADTRUNC, BADTIME.
 * HL_E_INVALID for a MAC of an impossible length. Updates the chain so that
 * an answer can be signed; with BADSIG and BADKEY the answer must not be.
 */
int hl_rpz_verify(
	struct hl_rpz_chain *chain, const struct hl_rpz_msg *m, uint64_t now_s);

/* A record without a signature that says why there is none: BADKEY,
 * BADSIG. */
void hl_rpz_put_unsigned(
	struct hl_rpz_out *o, const struct hl_rpz_msg *m, uint16_t error);

#endif
