/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_oprf/row.h"

#include <sodium.h>
#include <string.h>

static void row_hash(
	const char label[25], const uint8_t *p, size_t n, uint8_t out[64])
{
	crypto_hash_sha512_state state;

	crypto_hash_sha512_init(&state);
	/* With the zero that ends it. */
	crypto_hash_sha512_update(&state, (const uint8_t *)label, 26);
	crypto_hash_sha512_update(&state, p, n);
	crypto_hash_sha512_final(&state, out);
	sodium_memzero(&state, sizeof(state));
}

void hl_oprf_row_tag(
	const struct hl_oprf_element *n, uint8_t tag[HL_OPRF_ROW_TAG_BYTES])
{
	uint8_t whole[64];

	row_hash("openhotline urllist 1 tag", n->b, sizeof(n->b), whole);
	memcpy(tag, whole, HL_OPRF_ROW_TAG_BYTES);
	sodium_memzero(whole, sizeof(whole));
}

void hl_oprf_row_key(
	const struct hl_oprf_output *output, uint8_t key[HL_OPRF_ROW_KEY_BYTES])
{
	uint8_t whole[64];

	row_hash("openhotline urllist 1 row", output->b, sizeof(output->b),
		whole);
	memcpy(key, whole, HL_OPRF_ROW_KEY_BYTES);
	sodium_memzero(whole, sizeof(whole));
}
