/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of kernel.c with AVX2: bits are counted by tables of nibbles. */
#include "match_look/kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2,popcnt")))

AVX2 static inline __m256i bytes_ones(__m256i x)
{
	const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2,
		3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
	const __m256i low = _mm256_set1_epi8(15);

	return _mm256_add_epi8(
		_mm256_shuffle_epi8(table, _mm256_and_si256(x, low)),
		_mm256_shuffle_epi8(
			table, _mm256_and_si256(_mm256_srli_epi16(x, 4), low)));
}

/* A bit for each of 16 sketches that differs in at most `limit`. */
AVX2 static inline uint32_t fitting(const uint16_t *p, __m256i q, __m256i over)
{
	__m256i x = _mm256_xor_si256(
		_mm256_loadu_si256((const __m256i_u *)(const void *)p), q);
	__m256i c = bytes_ones(x);

	/* Both bytes' counts in the upper one; the lower one is cleared. */
	c = _mm256_srli_epi16(_mm256_add_epi8(c, _mm256_slli_epi16(c, 8)), 8);
	c = _mm256_cmpgt_epi16(over, c);
	return (uint32_t)_mm256_movemask_epi8(
		_mm256_packs_epi16(c, _mm256_setzero_si256()));
}

AVX2 static size_t sift(const uint16_t *sketches,
	const struct hl_match_cell *cells, size_t n_cells, uint16_t q,
	uint32_t *out, size_t room)
{
	const __m256i q16 = _mm256_set1_epi16((short)q);
	size_t n = 0;

	for (size_t c = 0; c < n_cells; c++) {
		uint32_t at = cells[c].from, to = cells[c].to;
		const __m256i over =
			_mm256_set1_epi16((short)(cells[c].limit + 1));

		if (to - at > room - n) {
			return SIZE_MAX;
		}
		for (; at < to; at += 16) {
			/* Packing left 8 bits of each half: 0-7, 16-23. */
			uint32_t raw = fitting(sketches + at, q16, over);
			uint32_t m = (raw & 255) | (raw >> 8 & 0xff00);

			if (to - at < 16) {
				m &= (1u << (to - at)) - 1;
			}
			for (; m; m &= m - 1) {
				out[n++] = at + (uint32_t)__builtin_ctz(m);
			}
		}
	}
	return n;
}

AVX2 static size_t near(const uint8_t *hashes, const uint32_t *rows,
	size_t count, const uint8_t q[32], unsigned radius,
	struct hl_match_near *out)
{
	return hl_match_near_counted(hashes, rows, count, q, radius, out);
}

AVX2 static size_t scan(const uint8_t *hashes, uint32_t first, size_t count,
	const uint8_t q[32], unsigned radius, struct hl_match_near *out)
{
	uint64_t word[4];
	size_t n = 0;

	memcpy(word, q, sizeof(word));
	for (size_t i = 0; i < count; i++) {
		const uint8_t *p = hashes + 32 * i;
		unsigned d =
			(unsigned)(__builtin_popcountll(
					   hl_match_get64(p) ^ word[0]) +
				   __builtin_popcountll(
					   hl_match_get64(p + 8) ^ word[1]));

		if (__builtin_expect(d <= radius, 0)) {
			d += (unsigned)(__builtin_popcountll(
						hl_match_get64(p + 16) ^
						word[2]) +
					__builtin_popcountll(
						hl_match_get64(p + 24) ^
						word[3]));
			out[n] = (struct hl_match_near){first + (uint32_t)i, d};
			n += d <= radius;
		}
	}
	return n;
}

AVX2 static size_t peek(const uint64_t *high, const uint32_t *low, size_t count,
	const uint8_t q[32], unsigned radius, uint32_t *out)
{
	uint64_t q_high = hl_match_get64(q);
	uint32_t q_low = hl_match_get32(q + 8);
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		out[n] = (uint32_t)i;
		n += (unsigned)__builtin_popcountll(high[i] ^ q_high) +
			     (unsigned)__builtin_popcount(low[i] ^ q_low) <=
		     radius;
	}
	return n;
}

const struct hl_match_kernels *hl_match_kernels_avx2(void)
{
	static const struct hl_match_kernels kernels = {sift, near, scan, peek};

	return __builtin_cpu_supports("avx2") &&
			       __builtin_cpu_supports("popcnt")
		       ? &kernels
		       : NULL;
}
#else
const struct hl_match_kernels *hl_match_kernels_avx2(void)
{
	return NULL;
}
#endif
