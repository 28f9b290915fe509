/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_OPRF_OPRF_H
#define HL_URLS_OPRF_OPRF_H

/*
 * RFC 9497 for ristretto255-SHA512, on libsodium: oblivious evaluation of a
 * keyed function. Who asks blinds an input, who has the key multiplies what
 * it sees, who asked unblinds: neither learns what the other has.
 *
 * Elements are 32 bytes in the one encoding of RFC 9496, never the identity;
 * scalars 32 bytes, little-endian, below the group's order. Inputs are 0 to
 * 65,535 bytes. Nothing is allocated, there is no state but libsodium's, and
 * every function may be called by any number of threads at once. What is
 * secret is wiped from the stack and costs the same time whatever it is.
 * Outputs are written on success only and may be where an input is, unless
 * said otherwise.
 *
 * Return 0 or a negative code. All take the codes of what they are given:
 * HL_OPRF_E_ARG for a NULL or an unknown mode, _LIMIT for a long input,
 * _ELEMENT and _IDENTITY for elements, _SCALAR and _ZERO for scalars.
 */
#include <stddef.h>
#include <stdint.h>

enum {
	HL_OPRF_ELEMENT_BYTES = 32,
	HL_OPRF_SCALAR_BYTES = 32,
	HL_OPRF_OUTPUT_BYTES = 64,
	HL_OPRF_SEED_BYTES = 32,
	HL_OPRF_INPUT_MAX = 65535
};

enum hl_oprf_code {
	HL_OPRF_OK = 0,
	HL_OPRF_E_ARG = -1,      /* an argument breaks its description */
	HL_OPRF_E_LENGTH = -2,   /* not as many bytes as there must be */
	HL_OPRF_E_ELEMENT = -3,  /* no encoding of an element */
	HL_OPRF_E_IDENTITY = -4, /* the group's identity */
	HL_OPRF_E_SCALAR = -5,   /* not below the group's order */
	HL_OPRF_E_ZERO = -6,     /* the scalar 0 */
	HL_OPRF_E_LIMIT = -7,    /* input or info over 65,535 bytes */
	HL_OPRF_E_FULL = -8,     /* no more pairs in one proof */
	HL_OPRF_E_STATE = -9,    /* called out of order */
	HL_OPRF_E_PROOF = -10,   /* the proof does not hold */
	/* An input that maps to the identity, a seed to 0: 2^-252. */
	HL_OPRF_E_INPUT = -11,
	HL_OPRF_E_SYSTEM = -12 /* libsodium could not start */
};

/* RFC 9497, 3.1. The same input gives other elements in each mode. */
enum hl_oprf_mode { HL_OPRF_MODE_OPRF = 0, HL_OPRF_MODE_VOPRF = 1 };

struct hl_oprf_element {
	uint8_t b[HL_OPRF_ELEMENT_BYTES];
};
struct hl_oprf_scalar {
	uint8_t b[HL_OPRF_SCALAR_BYTES];
};
struct hl_oprf_output {
	uint8_t b[HL_OPRF_OUTPUT_BYTES];
};
/* Borrowed bytes; p may be NULL if n is 0. */
struct hl_oprf_view {
	const void *p;
	size_t n;
};

/* Before anything else; again does nothing. HL_OPRF_E_SYSTEM. */
int hl_oprf_init(void);
/* "no encoding of an element"; static. */
const char *hl_oprf_code_name(int code);

/* From n bytes of somebody else: DeserializeElement, DeserializeScalar (2.1,
 * 4.1), the latter without 0. HL_OPRF_E_LENGTH: n is not 32. */
int hl_oprf_element_read(const void *p, size_t n, struct hl_oprf_element *out);
int hl_oprf_scalar_read(const void *p, size_t n, struct hl_oprf_scalar *out);

/* GenerateKeyPair (3.2); `key` is secret. */
int hl_oprf_key_new(struct hl_oprf_scalar *key, struct hl_oprf_element *pub);
/* DeriveKeyPair (3.2.1): seed of HL_OPRF_SEED_BYTES (or HL_OPRF_E_LENGTH), as
 * secret as the key; info up to 65,535 bytes. */
int hl_oprf_key_derive(enum hl_oprf_mode mode, struct hl_oprf_view seed,
	struct hl_oprf_view info, struct hl_oprf_scalar *key);
/* key * G: the public key. */
int hl_oprf_key_pub(
	const struct hl_oprf_scalar *key, struct hl_oprf_element *pub);

/* HashToGroup (4.1): X of an input. */
int hl_oprf_element_of(enum hl_oprf_mode mode, struct hl_oprf_view input,
	struct hl_oprf_element *x);

/* Blind (3.3.1) with a new random blind: secret, wanted for unblinding, and
 * for one request only. */
int hl_oprf_blind(enum hl_oprf_mode mode, struct hl_oprf_view input,
	struct hl_oprf_scalar *blind, struct hl_oprf_element *blinded);
/* The same with a given blind, for tests. */
int hl_oprf_blind_with(enum hl_oprf_mode mode, struct hl_oprf_view input,
	const struct hl_oprf_scalar *blind, struct hl_oprf_element *blinded);

/* BlindEvaluate (3.3.1): key * blinded; so also N of an X. The proof of mode
 * VOPRF is apart: urls_oprf/proof.h. */
int hl_oprf_evaluate(const struct hl_oprf_scalar *key,
	const struct hl_oprf_element *blinded,
	struct hl_oprf_element *evaluated);
/*
 * The same for the body of a request, as it came: n_bytes are elements one
 * after another, and as many bytes are answered; the two must not overlap.
 * HL_OPRF_E_LENGTH: none, or a broken one. An element that is refused refuses
 * all: *bad is its number from 0, and the answer is zeros. bad may be NULL.
 */
int hl_oprf_evaluate_all(const struct hl_oprf_scalar *key, const void *body,
	size_t n_bytes, void *answer, size_t *bad);

/* The first half of Finalize (3.3.1): N = evaluated / blind. */
int hl_oprf_unblind(const struct hl_oprf_scalar *blind,
	const struct hl_oprf_element *evaluated, struct hl_oprf_element *n);
/* Its second half: the output of an input and its N. N is not checked. */
int hl_oprf_output(struct hl_oprf_view input, const struct hl_oprf_element *n,
	struct hl_oprf_output *output);
/* Both: Finalize, of mode VOPRF too once its proof was verified. */
int hl_oprf_finalize(struct hl_oprf_view input,
	const struct hl_oprf_scalar *blind,
	const struct hl_oprf_element *evaluated, struct hl_oprf_output *output);

/* Who has the key and the input: N = key * HashToGroup(input). */
int hl_oprf_direct(enum hl_oprf_mode mode, const struct hl_oprf_scalar *key,
	struct hl_oprf_view input, struct hl_oprf_element *n);
/* Evaluate (3.3.1): the output of that N. */
int hl_oprf_compute(enum hl_oprf_mode mode, const struct hl_oprf_scalar *key,
	struct hl_oprf_view input, struct hl_oprf_output *output);

#endif
