/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages come in parts, so that nobody has to put a long one together.
 * What is hashed may be somebody's address: states are wiped as well.
 */
#include "urls_oprf/hash.h"

#include "urls_oprf/group.h"

#include <sodium.h>
#include <string.h>

enum { BLOCK_BYTES = 128, HASH_BYTES = 64 };

/* DST_prime of RFC 9380, 5.3.1. */
static void put_tag(crypto_hash_sha512_state *state, struct hl_oprf_view tag)
{
	uint8_t n = (uint8_t)tag.n;

	crypto_hash_sha512_update(state, tag.p, tag.n);
	crypto_hash_sha512_update(state, &n, 1);
}

static void first_hash(const struct hl_oprf_view *parts, size_t n_parts,
	struct hl_oprf_view tag, size_t n_out, uint8_t out[HASH_BYTES])
{
	static const uint8_t zeros[BLOCK_BYTES];
	const uint8_t length[3] = {(uint8_t)(n_out >> 8), (uint8_t)n_out, 0};
	crypto_hash_sha512_state state;

	crypto_hash_sha512_init(&state);
	crypto_hash_sha512_update(&state, zeros, sizeof(zeros));
	for (size_t i = 0; i < n_parts; i++) {
		crypto_hash_sha512_update(&state, parts[i].p, parts[i].n);
	}
	crypto_hash_sha512_update(&state, length, sizeof(length));
	put_tag(&state, tag);
	crypto_hash_sha512_final(&state, out);
	sodium_memzero(&state, sizeof(state));
}

/* block: b_(i-1) on entry, b_i on return; zeros before the first. */
static void next_hash(const uint8_t first[HASH_BYTES], uint8_t i,
	struct hl_oprf_view tag, uint8_t block[HASH_BYTES])
{
	crypto_hash_sha512_state state;

	for (size_t k = 0; k < HASH_BYTES; k++) {
		block[k] ^= first[k];
	}
	crypto_hash_sha512_init(&state);
	crypto_hash_sha512_update(&state, block, HASH_BYTES);
	crypto_hash_sha512_update(&state, &i, 1);
	put_tag(&state, tag);
	crypto_hash_sha512_final(&state, block);
	sodium_memzero(&state, sizeof(state));
}

static int check_parts(const struct hl_oprf_view *parts, size_t n_parts)
{
	for (size_t i = 0; i < n_parts; i++) {
		int r = hl_oprf_view_check(parts[i], SIZE_MAX);
		if (r) {
			return r;
		}
	}
	return 0;
}

int hl_oprf_expand(const struct hl_oprf_view *parts, size_t n_parts,
	struct hl_oprf_view tag, uint8_t *out, size_t n_out)
{
	uint8_t first[HASH_BYTES], block[HASH_BYTES] = {0};

	if ((!parts && n_parts) || !tag.p || !out ||
		check_parts(parts, n_parts)) {
		return HL_OPRF_E_ARG;
	}
	if (tag.n < 1 || tag.n > HL_OPRF_TAG_MAX || n_out < 1 ||
		n_out > HL_OPRF_EXPAND_MAX) {
		return HL_OPRF_E_LENGTH;
	}
	first_hash(parts, n_parts, tag, n_out, first);
	for (size_t at = 0; at < n_out; at += HASH_BYTES) {
		size_t n = n_out - at < HASH_BYTES ? n_out - at : HASH_BYTES;

		next_hash(first, (uint8_t)(at / HASH_BYTES + 1), tag, block);
		memcpy(out + at, block, n);
	}
	sodium_memzero(first, sizeof(first));
	sodium_memzero(block, sizeof(block));
	return 0;
}

int hl_oprf_hash_to_group(const struct hl_oprf_view *parts, size_t n_parts,
	struct hl_oprf_view tag, struct hl_oprf_element *out)
{
	uint8_t uniform[64];
	int r = out ? hl_oprf_expand(
			      parts, n_parts, tag, uniform, sizeof(uniform))
		    : HL_OPRF_E_ARG;

	if (r) {
		return r;
	}
	crypto_core_ristretto255_from_hash(out->b, uniform);
	sodium_memzero(uniform, sizeof(uniform));
	return 0;
}

int hl_oprf_hash_to_scalar(const struct hl_oprf_view *parts, size_t n_parts,
	struct hl_oprf_view tag, struct hl_oprf_scalar *out)
{
	uint8_t uniform[64];
	int r = out ? hl_oprf_expand(
			      parts, n_parts, tag, uniform, sizeof(uniform))
		    : HL_OPRF_E_ARG;

	if (r) {
		return r;
	}
	crypto_core_ristretto255_scalar_reduce(out->b, uniform);
	sodium_memzero(uniform, sizeof(uniform));
	return 0;
}

int hl_oprf_context_of(enum hl_oprf_mode mode, struct hl_oprf_context *out)
{
	static const char text[] = "OPRFV1-M-ristretto255-SHA512";

	if ((mode != HL_OPRF_MODE_OPRF && mode != HL_OPRF_MODE_VOPRF) || !out) {
		return HL_OPRF_E_ARG;
	}
	out->n = sizeof(text) - 1;
	memcpy(out->b, text, out->n);
	out->b[7] = (uint8_t)mode;
	return 0;
}

struct hl_oprf_view hl_oprf_tag_of(const char *prefix,
	const struct hl_oprf_context *context, struct hl_oprf_tag *out)
{
	size_t n = strlen(prefix);

	n = n < 32 ? n : 32;
	memcpy(out->b, prefix, n);
	memcpy(out->b + n, context->b, context->n);
	out->n = n + context->n;
	return (struct hl_oprf_view){out->b, out->n};
}
