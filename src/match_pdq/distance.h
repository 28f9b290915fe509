/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_PDQ_DISTANCE_H
#define HL_MATCH_PDQ_DISTANCE_H

#include <stdint.h>
#include <string.h>

/* The bits in which two hashes differ. Without a branch, which would be
 * guessed wrong half the time; inlined, so that it counts with what the
 * caller is compiled for. */
static inline __attribute__((always_inline)) unsigned hl_pdq_distance(
	const uint8_t a[32], const uint8_t b[32])
{
	unsigned n = 0;

	for (unsigned i = 0; i < 32; i += sizeof(uint64_t)) {
		uint64_t x, y;

		memcpy(&x, a + i, sizeof(x));
		memcpy(&y, b + i, sizeof(y));
		n += (unsigned)__builtin_popcountll(x ^ y);
	}
	return n;
}

#endif
