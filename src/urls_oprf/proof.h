/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_OPRF_PROOF_H
#define HL_URLS_OPRF_PROOF_H

/*
 * One proof of 64 bytes that D = k * C for every pair (C, D), with the k of a
 * public key B = k * G, telling nothing else of k: RFC 9497, 2.2, mode VOPRF.
 * Pairs are fed one after another, so memory stays as it is:
 *
 *   prove:  hl_oprf_prove_begin, hl_oprf_pair ..., hl_oprf_prove_end
 *   verify: hl_oprf_verify_begin, hl_oprf_pair ..., hl_oprf_verify_end
 *
 * A proof has 1 to 65,535 pairs, since the RFC counts them in two bytes;
 * longer lists are cut into as many proofs. The base A of the RFC is always
 * the generator G; a statement about another base is one more pair.
 *
 * Binding. In the RFC the factor of a pair is a hash of that pair alone. Who
 * has the key and may choose pairs can try each until the factors of several
 * false ones cancel: a generalised birthday, 2^(252 / (1 + log2 n)) hashes
 * for n false pairs in one proof, so 2^84 for 4, 2^50 for 16, 2^23 for 1,024.
 * Where the prover is whom the proof should hold to its word, both sides give
 * `bind`: a digest of all pairs (hl_oprf_bind_*), made in a pass before. It
 * takes the place of the RFC's context string, so that each factor hangs on
 * every pair. Without (NULL) it is the RFC's proof to the bit.
 */
#include "urls_oprf/hash.h"

#include <sodium.h>

enum {
	HL_OPRF_PROOF_BYTES = 64,
	HL_OPRF_PAIRS_MAX = 65535,
	HL_OPRF_BIND_BYTES = 64
};

struct hl_oprf_proof {
	uint8_t b[HL_OPRF_PROOF_BYTES]; /* c, s */
};

/* Members are the room's own. */
struct hl_oprf_pairs {
	struct hl_oprf_context context;
	struct hl_oprf_element pub, m, z;
	uint8_t seed[64];
	uint32_t n;
	int phase;
	int fault; /* of a pair before */
};

/* SHA-512("openhotline urllist 1 pairs" | 00 | B | C | D | C | D ...): the
 * pairs of one proof or of all proofs of a list. Nothing is checked. */
struct hl_oprf_bind {
	crypto_hash_sha512_state state;
};
void hl_oprf_bind_begin(
	struct hl_oprf_bind *bind, const struct hl_oprf_element *pub);
void hl_oprf_bind_pair(struct hl_oprf_bind *bind,
	const struct hl_oprf_element *c, const struct hl_oprf_element *d);
void hl_oprf_bind_end(
	struct hl_oprf_bind *bind, uint8_t out[HL_OPRF_BIND_BYTES]);

/*
 * Begins anew, whatever *pairs was. bind: NULL, or HL_OPRF_BIND_BYTES for the
 * context string "openhotline urllist 1 audit" | 00 | bind.
 */
int hl_oprf_prove_begin(struct hl_oprf_pairs *pairs,
	const struct hl_oprf_scalar *key, const uint8_t *bind);
int hl_oprf_verify_begin(struct hl_oprf_pairs *pairs,
	const struct hl_oprf_element *pub, const uint8_t *bind);

/*
 * The next pair; their order counts. HL_OPRF_E_FULL: not taken; end this
 * proof and begin another one. HL_OPRF_E_ELEMENT, HL_OPRF_E_IDENTITY: there
 * will be no proof, and the end says the same. HL_OPRF_E_STATE: not begun,
 * or ended. Whether D = k * C is not looked at: a proof of what is false is
 * made, and does not hold.
 */
int hl_oprf_pair(struct hl_oprf_pairs *pairs, const struct hl_oprf_element *c,
	const struct hl_oprf_element *d);

/*
 * GenerateProof; key is that of the beginning, or HL_OPRF_E_ARG. r: NULL for
 * a random one. A given one is for tests: two proofs with one r give the key
 * away. HL_OPRF_E_STATE: no pair, not begun, or for verifying.
 */
int hl_oprf_prove_end(struct hl_oprf_pairs *pairs,
	const struct hl_oprf_scalar *key, const struct hl_oprf_scalar *r,
	struct hl_oprf_proof *out);
/* VerifyProof: 0 if it holds. HL_OPRF_E_PROOF: it does not. HL_OPRF_E_SCALAR:
 * it is none. HL_OPRF_E_STATE as above. */
int hl_oprf_verify_end(
	struct hl_oprf_pairs *pairs, const struct hl_oprf_proof *proof);

/*
 * All at once, unbound: with BlindEvaluate before, and Finalize after, the
 * two messages of mode VOPRF (3.3.2). n from 1 to HL_OPRF_PAIRS_MAX.
 */
struct hl_oprf_list {
	const struct hl_oprf_element *c, *d; /* n each */
	size_t n;
};
int hl_oprf_prove(const struct hl_oprf_scalar *key,
	const struct hl_oprf_list *list, const struct hl_oprf_scalar *r,
	struct hl_oprf_proof *out);
int hl_oprf_verify(const struct hl_oprf_element *pub,
	const struct hl_oprf_list *list, const struct hl_oprf_proof *proof);

#endif
