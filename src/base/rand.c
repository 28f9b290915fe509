/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rand.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/text.h"

void hl_rand_bytes(void *p, size_t n)
{
	char *at = p;

	while (n) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0 && errno != EINTR) {
			abort(); /* no randomness means no safe way on */
		}
		if (got > 0) {
			at += got;
			n -= (size_t)got;
		}
	}
}

uint32_t hl_rand_below(uint32_t below)
{
	uint32_t limit = UINT32_MAX - UINT32_MAX % below, v;

	do {
		hl_rand_bytes(&v, sizeof(v));
	} while (v >= limit);
	return v % below;
}

int64_t hl_rand_id(void)
{
	uint64_t v;

	do {
		hl_rand_bytes(&v, sizeof(v));
		v &= (UINT64_C(1) << HL_ID_BITS) - 1;
	} while (v == 0);
	return (int64_t)v;
}
