/* SPDX-License-Identifier: Apache-2.0 */
#include "match_rows/shuffle.h"
#include "hotline/match.h"
#include "match_rows/bytes.h"
#include "match_rows/row.h"

#include <stddef.h>
#include <string.h>

bool hl_match_shuffle_draw(uint8_t order[256])
{
	uint32_t random[256];

	if (hl_match_random(random, sizeof(random))) {
		return false;
	}
	for (unsigned i = 0; i < 256; i++) {
		order[i] = (uint8_t)i;
	}
	for (unsigned i = 255; i > 0; i--) {
		unsigned j = (unsigned)((uint64_t)random[i] * (i + 1) >> 32);
		uint8_t kept = order[i];

		order[i] = order[j];
		order[j] = kept;
	}
	return true;
}

bool hl_match_shuffle_init(
	struct hl_match_shuffle *shuffle, const uint8_t order[256])
{
	bool seen[256] = {false};
	uint64_t bits[256][4] = {{0}};

	for (unsigned place = 0; place < 256; place++) {
		unsigned bit = order[place];

		if (seen[bit]) {
			return false;
		}
		seen[bit] = true;
		/* Place 0 is bit 7 of byte 0 of the stored hash. */
		bits[bit][place / 64] = UINT64_C(1) << ((place % 64) ^ 7);
	}
	memcpy(shuffle->order, order, 256);
	for (unsigned nibble = 0; nibble < 64; nibble++) {
		for (unsigned v = 0; v < 16; v++) {
			for (unsigned k = 0; k < 4; k++) {
				uint64_t *to = shuffle->to[nibble][v];
				const uint64_t *one = bits[4 * nibble + k];

				for (unsigned w = 0; w < 4; w++) {
					uint64_t on = (v >> (3 - k)) & 1;

					to[w] = (k ? to[w] : 0) | on * one[w];
				}
			}
		}
	}
	return true;
}

static void store(const struct hl_match_shuffle *shuffle,
	const uint8_t hash[32], uint8_t stored[32])
{
	uint64_t sum[4] = {0};

	for (unsigned i = 0; i < 32; i++) {
		const uint64_t *high = shuffle->to[2 * i][hash[i] >> 4];
		const uint64_t *low = shuffle->to[2 * i + 1][hash[i] & 15];

		for (unsigned w = 0; w < 4; w++) {
			sum[w] |= high[w] | low[w];
		}
	}
	memcpy(stored, sum, sizeof(sum));
}

static void undo(const struct hl_match_shuffle *shuffle,
	const uint8_t stored[32], uint8_t hash[32])
{
	memset(hash, 0, 32);
	for (unsigned place = 0; place < 256; place++) {
		unsigned bit = shuffle->order[place];
		unsigned on = stored[place / 8] >> (7 - place % 8) & 1;

		hash[bit / 8] |= (uint8_t)(on << (7 - bit % 8));
	}
}

void hl_match_hash_store(const struct hl_match_shuffle *shuffle, uint32_t kind,
	const uint8_t *hash, uint8_t stored[32])
{
	if (kind == HL_MATCH_PDQ) {
		store(shuffle, hash, stored);
	} else {
		memset(stored, 0, 32);
		memcpy(stored, hash, hl_match_width(kind));
	}
}

void hl_match_hash_show(const struct hl_match_shuffle *shuffle, uint32_t kind,
	const uint8_t *stored, uint8_t hash[32])
{
	if (kind == HL_MATCH_PDQ) {
		undo(shuffle, stored, hash);
	} else {
		memset(hash, 0, 32);
		memcpy(hash, stored, hl_match_width(kind));
	}
}
