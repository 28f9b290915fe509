/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_oprf/group.h"
#include "urls_oprf/hash.h"

#include <sodium.h>

int hl_oprf_key_new(struct hl_oprf_scalar *key, struct hl_oprf_element *pub)
{
	if (!key || !pub) {
		return HL_OPRF_E_ARG;
	}
	crypto_core_ristretto255_scalar_random(key->b);
	hl_oprf_multiply_base(key, pub);
	return 0;
}

int hl_oprf_key_pub(
	const struct hl_oprf_scalar *key, struct hl_oprf_element *pub)
{
	if (!key || !pub) {
		return HL_OPRF_E_ARG;
	}
	int r = hl_oprf_scalar_check(key);
	if (!r) {
		hl_oprf_multiply_base(key, pub);
	}
	return r;
}

static int check_derive(struct hl_oprf_view seed, struct hl_oprf_view info,
	const struct hl_oprf_scalar *key)
{
	if (!seed.p || !key) {
		return HL_OPRF_E_ARG;
	}
	if (seed.n != HL_OPRF_SEED_BYTES) {
		return HL_OPRF_E_LENGTH;
	}
	return hl_oprf_view_check(info, HL_OPRF_INPUT_MAX);
}

int hl_oprf_key_derive(enum hl_oprf_mode mode, struct hl_oprf_view seed,
	struct hl_oprf_view info, struct hl_oprf_scalar *key)
{
	struct hl_oprf_context context;
	struct hl_oprf_tag tag;
	uint8_t counter = 0;
	const uint8_t length[2] = {(uint8_t)(info.n >> 8), (uint8_t)info.n};
	const struct hl_oprf_view parts[] = {
		seed, {length, sizeof(length)}, info, {&counter, 1}};
	int r = check_derive(seed, info, key);

	if (!r) {
		r = hl_oprf_context_of(mode, &context);
	}
	if (r) {
		return r;
	}
	struct hl_oprf_view view =
		hl_oprf_tag_of("DeriveKeyPair", &context, &tag);
	struct hl_oprf_scalar derived;
	do {
		r = hl_oprf_hash_to_scalar(parts,
			sizeof(parts) / sizeof(parts[0]), view, &derived);
		if (!r && !sodium_is_zero(derived.b, sizeof(derived.b))) {
			*key = derived;
			sodium_memzero(&derived, sizeof(derived));
			return 0;
		}
	} while (!r && ++counter);
	return r ? r : HL_OPRF_E_INPUT;
}
