/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_BYTES_H
#define HL_SEAL_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Numbers in stored formats: big-endian, whatever the machine. */
static inline void hl_seal_put_be32(uint8_t *p, uint32_t v)
{
	for (int i = 3; i >= 0; i--, v >>= 8) {
		p[i] = (uint8_t)v;
	}
}

static inline void hl_seal_put_be64(uint8_t *p, uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8) {
		p[i] = (uint8_t)v;
	}
}

static inline uint32_t hl_seal_get_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* BLAKE2b of n bytes for the use that domain (16 bytes at most) names; with
 * key_n = 32, keyed. out_n is 16..64. */
struct hl_seal_digest {
	const char *domain;
	const uint8_t *key;
	size_t key_n;
};
void hl_seal_digest(const struct hl_seal_digest *how, const void *p, size_t n,
	uint8_t *out, size_t out_n);

/* Values of Crockford's symbols, five bits each, from bytes whose bits fill
 * them exactly (n a multiple of 5): n * 8 / 5 values; and back. */
void hl_seal_bits_split(const uint8_t *p, size_t n, uint8_t *values);
void hl_seal_bits_join(const uint8_t *values, size_t n_values, uint8_t *out);

/*
 * The check symbol's value over n values, n <= 30: a weighted sum over
 * GF(32) in which every position, the check's too, has a weight of its own.
 * So one wrong value, and two values in each other's place, are always
 * found. The seed tells uses apart.
 */
uint8_t hl_seal_check_value(const uint8_t *values, size_t n, uint8_t seed);

#endif
