/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_oprf/oprf.h"

#include "urls_oprf/group.h"
#include "urls_oprf/hash.h"

#include <sodium.h>
#include <string.h>

int hl_oprf_element_of(enum hl_oprf_mode mode, struct hl_oprf_view input,
	struct hl_oprf_element *x)
{
	struct hl_oprf_context context;
	struct hl_oprf_tag tag;
	struct hl_oprf_element found;
	int r = x ? hl_oprf_view_check(input, HL_OPRF_INPUT_MAX)
		  : HL_OPRF_E_ARG;

	if (!r) {
		r = hl_oprf_context_of(mode, &context);
	}
	if (!r) {
		r = hl_oprf_hash_to_group(&input, 1,
			hl_oprf_tag_of("HashToGroup-", &context, &tag), &found);
	}
	if (r) {
		return r;
	}
	if (sodium_is_zero(found.b, sizeof(found.b))) {
		return HL_OPRF_E_INPUT;
	}
	*x = found;
	sodium_memzero(&found, sizeof(found));
	return 0;
}

int hl_oprf_blind_with(enum hl_oprf_mode mode, struct hl_oprf_view input,
	const struct hl_oprf_scalar *blind, struct hl_oprf_element *blinded)
{
	struct hl_oprf_element x;
	int r = blind && blinded ? hl_oprf_element_of(mode, input, &x)
				 : HL_OPRF_E_ARG;

	if (!r) {
		r = hl_oprf_multiply(blind, &x, blinded);
		sodium_memzero(&x, sizeof(x));
	}
	return r;
}

int hl_oprf_blind(enum hl_oprf_mode mode, struct hl_oprf_view input,
	struct hl_oprf_scalar *blind, struct hl_oprf_element *blinded)
{
	struct hl_oprf_scalar drawn;

	if (!blind || !blinded) {
		return HL_OPRF_E_ARG;
	}
	crypto_core_ristretto255_scalar_random(drawn.b);
	int r = hl_oprf_blind_with(mode, input, &drawn, blinded);
	if (!r) {
		*blind = drawn;
	}
	sodium_memzero(&drawn, sizeof(drawn));
	return r;
}

int hl_oprf_evaluate(const struct hl_oprf_scalar *key,
	const struct hl_oprf_element *blinded,
	struct hl_oprf_element *evaluated)
{
	if (!key || !blinded || !evaluated) {
		return HL_OPRF_E_ARG;
	}
	return hl_oprf_multiply(key, blinded, evaluated);
}

int hl_oprf_evaluate_all(const struct hl_oprf_scalar *key, const void *body,
	size_t n_bytes, void *answer, size_t *bad)
{
	const uint8_t *from = body;
	uint8_t *to = answer;

	if (!key || !body || !answer) {
		return HL_OPRF_E_ARG;
	}
	if (!n_bytes || n_bytes % HL_OPRF_ELEMENT_BYTES) {
		return HL_OPRF_E_LENGTH;
	}
	int r = hl_oprf_scalar_check(key);
	if (r) {
		return r;
	}
	for (size_t at = 0; at < n_bytes; at += HL_OPRF_ELEMENT_BYTES) {
		struct hl_oprf_element e;

		memcpy(e.b, from + at, sizeof(e.b));
		r = hl_oprf_multiply_checked(key, &e, &e);
		if (r) {
			memset(to, 0, n_bytes);
			if (bad) {
				*bad = at / HL_OPRF_ELEMENT_BYTES;
			}
			return r;
		}
		memcpy(to + at, e.b, sizeof(e.b));
	}
	return 0;
}

int hl_oprf_unblind(const struct hl_oprf_scalar *blind,
	const struct hl_oprf_element *evaluated, struct hl_oprf_element *n)
{
	struct hl_oprf_scalar inverse;

	if (!blind || !evaluated || !n) {
		return HL_OPRF_E_ARG;
	}
	int r = hl_oprf_scalar_check(blind);
	if (r) {
		return r;
	}
	(void)crypto_core_ristretto255_scalar_invert(inverse.b, blind->b);
	r = hl_oprf_multiply(&inverse, evaluated, n);
	sodium_memzero(&inverse, sizeof(inverse));
	return r;
}

int hl_oprf_output(struct hl_oprf_view input, const struct hl_oprf_element *n,
	struct hl_oprf_output *output)
{
	static const uint8_t element_length[2] = {0, HL_OPRF_ELEMENT_BYTES};
	static const uint8_t end[] = {'F', 'i', 'n', 'a', 'l', 'i', 'z', 'e'};
	const uint8_t length[2] = {(uint8_t)(input.n >> 8), (uint8_t)input.n};
	crypto_hash_sha512_state state;
	int r = n && output ? hl_oprf_view_check(input, HL_OPRF_INPUT_MAX)
			    : HL_OPRF_E_ARG;

	if (r) {
		return r;
	}
	crypto_hash_sha512_init(&state);
	crypto_hash_sha512_update(&state, length, sizeof(length));
	crypto_hash_sha512_update(&state, input.p, input.n);
	crypto_hash_sha512_update(
		&state, element_length, sizeof(element_length));
	crypto_hash_sha512_update(&state, n->b, sizeof(n->b));
	crypto_hash_sha512_update(&state, end, sizeof(end));
	crypto_hash_sha512_final(&state, output->b);
	sodium_memzero(&state, sizeof(state));
	return 0;
}

int hl_oprf_finalize(struct hl_oprf_view input,
	const struct hl_oprf_scalar *blind,
	const struct hl_oprf_element *evaluated, struct hl_oprf_output *output)
{
	struct hl_oprf_element n;
	int r = hl_oprf_unblind(blind, evaluated, &n);

	if (!r) {
		r = hl_oprf_output(input, &n, output);
		sodium_memzero(&n, sizeof(n));
	}
	return r;
}

int hl_oprf_direct(enum hl_oprf_mode mode, const struct hl_oprf_scalar *key,
	struct hl_oprf_view input, struct hl_oprf_element *n)
{
	return hl_oprf_blind_with(mode, input, key, n);
}

int hl_oprf_compute(enum hl_oprf_mode mode, const struct hl_oprf_scalar *key,
	struct hl_oprf_view input, struct hl_oprf_output *output)
{
	struct hl_oprf_element n;
	int r = hl_oprf_direct(mode, key, input, &n);

	if (!r) {
		r = hl_oprf_output(input, &n, output);
		sodium_memzero(&n, sizeof(n));
	}
	return r;
}
