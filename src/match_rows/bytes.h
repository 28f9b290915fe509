/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_ROWS_BYTES_H
#define HL_MATCH_ROWS_BYTES_H

/* Numbers in files and hashes, checks of bytes, random ones. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the files of an index are read in place and are little-endian"
#endif

/* XXH64. */
uint64_t hl_match_check(const void *p, size_t n, uint64_t seed);

static inline uint16_t hl_match_get16(const void *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t hl_match_get32(const void *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t hl_match_get64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Random bytes; 0, or -1 with errno. */
int hl_match_random(void *out, size_t n);

#endif
