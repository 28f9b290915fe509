/* SPDX-License-Identifier: Apache-2.0 */
/* The loops over sketches and hashes in plain C, and which to take. */
#include "match_look/kernel.h"
#include "hotline/match.h"

#include <string.h>

static unsigned ones(uint64_t x)
{
	x -= x >> 1 & 0x5555555555555555u;
	x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
	return (unsigned)(x * 0x0101010101010101u >> 56);
}

static size_t sift(const uint16_t *sketches, const struct hl_match_cell *cells,
	size_t n_cells, uint16_t q, uint32_t *out, size_t room)
{
	size_t n = 0;

	for (size_t c = 0; c < n_cells; c++) {
		if (cells[c].to - cells[c].from > room - n) {
			return SIZE_MAX;
		}
		for (uint32_t i = cells[c].from; i < cells[c].to; i++) {
			unsigned d = ones((uint64_t)(sketches[i] ^ q));

			out[n] = i;
			n += d <= cells[c].limit;
		}
	}
	return n;
}

static size_t near(const uint8_t *hashes, const uint32_t *rows, size_t count,
	const uint8_t q[32], unsigned radius, struct hl_match_near *out)
{
	uint64_t word[4];
	size_t n = 0;

	memcpy(word, q, sizeof(word));
	for (size_t i = 0; i < count; i++) {
		const uint8_t *p = hashes + 32 * (size_t)rows[i];
		unsigned d = 0;

		for (unsigned k = 0; k < 4; k++) {
			d += ones(hl_match_get64(p + 8 * k) ^ word[k]);
		}
		out[n] = (struct hl_match_near){rows[i], d};
		n += d <= radius;
	}
	return n;
}

static size_t scan(const uint8_t *hashes, uint32_t first, size_t count,
	const uint8_t q[32], unsigned radius, struct hl_match_near *out)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		const uint8_t *p = hashes + 32 * i;
		unsigned d =
			ones(hl_match_get64(p) ^ hl_match_get64(q)) +
			ones(hl_match_get64(p + 8) ^ hl_match_get64(q + 8));

		if (d > radius) {
			continue;
		}
		d += ones(hl_match_get64(p + 16) ^ hl_match_get64(q + 16)) +
		     ones(hl_match_get64(p + 24) ^ hl_match_get64(q + 24));
		if (d <= radius) {
			out[n++] =
				(struct hl_match_near){first + (uint32_t)i, d};
		}
	}
	return n;
}

static size_t peek(const uint64_t *high, const uint32_t *low, size_t count,
	const uint8_t q[32], unsigned radius, uint32_t *out)
{
	uint64_t q_high = hl_match_get64(q);
	uint32_t q_low = hl_match_get32(q + 8);
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		out[n] = (uint32_t)i;
		n += ones(high[i] ^ q_high) + ones(low[i] ^ q_low) <= radius;
	}
	return n;
}

const struct hl_match_kernels hl_match_kernels_scalar = {
	sift, near, scan, peek};

const struct hl_match_kernels *hl_match_kernels_of(uint32_t kernel)
{
	const struct hl_match_kernels *best = hl_match_kernels_avx512();

	switch (kernel) {
	case HL_MATCH_KERNEL_AUTO:
		best = best ? best : hl_match_kernels_avx2();
		return best ? best : &hl_match_kernels_scalar;
	case HL_MATCH_KERNEL_SCALAR:
		return &hl_match_kernels_scalar;
	case HL_MATCH_KERNEL_AVX2:
		return hl_match_kernels_avx2();
	case HL_MATCH_KERNEL_AVX512:
		return best;
	default:
		return NULL;
	}
}
