/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_ROWS_SHUFFLE_H
#define HL_MATCH_ROWS_SHUFFLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The order in which the bits of PDQ hashes are stored, drawn for each index.
 * Tables of nibbles make it 64 look-ups a hash.
 */
struct hl_match_shuffle {
	uint8_t order[256]; /* place -> bit */
	uint64_t to[64][16][4];
};
/* false: order is not a permutation. */
bool hl_match_shuffle_init(
	struct hl_match_shuffle *shuffle, const uint8_t order[256]);
/* A random order; false: the system gave no random bytes. */
bool hl_match_shuffle_draw(uint8_t order[256]);
/* As it is stored, with zeros up to 32 bytes, and back: only those of PDQ are
 * shuffled, the others have the bytes of their kind. */
void hl_match_hash_store(const struct hl_match_shuffle *shuffle, uint32_t kind,
	const uint8_t *hash, uint8_t stored[32]);
void hl_match_hash_show(const struct hl_match_shuffle *shuffle, uint32_t kind,
	const uint8_t *stored, uint8_t hash[32]);

#endif
