/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/bytes.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

void hl_seal_digest(const struct hl_seal_digest *how, const void *p, size_t n,
	uint8_t *out, size_t out_n)
{
	uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = {0};
	size_t len = strlen(how->domain);

	assert(len <= sizeof(personal));
	memcpy(personal, how->domain, len);
	crypto_generichash_blake2b_salt_personal(
		out, out_n, p, n, how->key, how->key_n, NULL, personal);
}

void hl_seal_bits_split(const uint8_t *p, size_t n, uint8_t *values)
{
	unsigned v = 0, bits = 0;

	assert(n % 5 == 0);
	for (size_t i = 0; i < n; i++) {
		v = (v << 8 | p[i]) & 0xfff;
		for (bits += 8; bits >= 5; bits -= 5) {
			*values++ = (v >> (bits - 5)) & 31;
		}
	}
}

void hl_seal_bits_join(const uint8_t *values, size_t n_values, uint8_t *out)
{
	unsigned v = 0, bits = 0;

	assert(n_values % 8 == 0);
	for (size_t i = 0; i < n_values; i++) {
		v = (v << 5 | values[i]) & 0xfff;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			*out++ = (uint8_t)(v >> bits);
		}
	}
}

/* Times x in GF(2)[x] / (x^5 + x^2 + 1), where x has order 31. */
static uint8_t times_x(uint8_t v)
{
	return (uint8_t)((v << 1 ^ (v & 16 ? 0x25 : 0)) & 31);
}

uint8_t hl_seal_check_value(const uint8_t *values, size_t n, uint8_t seed)
{
	/* Horner: the first value gets x^n, the last x, the check itself 1. */
	uint8_t sum = 0;

	assert(n <= 30);
	for (size_t i = 0; i < n; i++) {
		sum = times_x(sum ^ values[i]);
	}
	return sum ^ (seed & 31);
}
