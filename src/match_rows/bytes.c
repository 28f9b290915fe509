/* SPDX-License-Identifier: Apache-2.0 */
/* XXH64, and random bytes of the system. */
#include "match_rows/bytes.h"

#include <errno.h>
#include <sys/random.h>

static const uint64_t prime1 = 0x9E3779B185EBCA87u;
static const uint64_t prime2 = 0xC2B2AE3D27D4EB4Fu;
static const uint64_t prime3 = 0x165667B19E3779F9u;
static const uint64_t prime4 = 0x85EBCA77C2B2AE63u;
static const uint64_t prime5 = 0x27D4EB2F165667C5u;

static uint64_t turn(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static uint64_t take(uint64_t sum, uint64_t word)
{
	return turn(sum + word * prime2, 31) * prime1;
}

static uint64_t finish(uint64_t h, const uint8_t *p, size_t n)
{
	for (; n >= 8; p += 8, n -= 8) {
		h = turn(h ^ take(0, hl_match_get64(p)), 27) * prime1 + prime4;
	}
	if (n >= 4) {
		h = turn(h ^ hl_match_get32(p) * prime1, 23) * prime2 + prime3;
		p += 4;
		n -= 4;
	}
	for (; n > 0; p++, n--) {
		h = turn(h ^ *p * prime5, 11) * prime1;
	}
	h = (h ^ h >> 33) * prime2;
	h = (h ^ h >> 29) * prime3;
	return h ^ h >> 32;
}

uint64_t hl_match_check(const void *data, size_t n, uint64_t seed)
{
	const uint8_t *p = data;
	uint64_t lane[4] = {
		seed + prime1 + prime2, seed + prime2, seed, seed - prime1};
	uint64_t h = seed + prime5;
	size_t all = n;

	if (n >= 32) {
		for (; n >= 32; p += 32, n -= 32) {
			for (size_t i = 0; i < 4; i++) {
				lane[i] = take(
					lane[i], hl_match_get64(p + 8 * i));
			}
		}
		h = turn(lane[0], 1) + turn(lane[1], 7) + turn(lane[2], 12) +
		    turn(lane[3], 18);
		for (size_t i = 0; i < 4; i++) {
			h = (h ^ take(0, lane[i])) * prime1 + prime4;
		}
	}
	return finish(h + all, p, n);
}

int hl_match_random(void *out, size_t n)
{
	uint8_t *p = out;

	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno != EINTR) {
			return -1;
		}
		if (got > 0) {
			p += got;
			n -= (size_t)got;
		}
	}
	return 0;
}
