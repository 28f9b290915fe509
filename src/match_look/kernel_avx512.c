/* SPDX-License-Identifier: Apache-2.0 */
/* The loops of kernel.c with AVX-512 that counts the bits of lanes itself. */
#include "match_look/kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define AVX512                                                          \
	__attribute__((target("avx512f,avx512bw,avx512vl,avx512bitalg," \
			      "avx512vpopcntdq,popcnt,bmi,bmi2")))

/* The places of the bits of m from `at` on; out has room for them. */
AVX512 static inline size_t places(uint32_t m, uint32_t at, uint32_t *out)
{
	const __m512i lanes = _mm512_setr_epi32(
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	size_t n = 0;

	/* A few are quicker one by one. */
	if (__builtin_expect(_mm_popcnt_u32(m) <= 4, 1)) {
		for (; m; m &= m - 1) {
			out[n++] = at + (uint32_t)__builtin_ctz(m);
		}
		return n;
	}
	for (; m; m >>= 16, at += 16) {
		__mmask16 some = (__mmask16)m;
		unsigned k = (unsigned)_mm_popcnt_u32(some);
		__m512i v = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)at));

		_mm512_mask_storeu_epi32(out + n, (__mmask16)((1u << k) - 1),
			_mm512_maskz_compress_epi32(some, v));
		n += k;
	}
	return n;
}

AVX512 static size_t sift(const uint16_t *sketches,
	const struct hl_match_cell *cells, size_t n_cells, uint16_t q,
	uint32_t *out, size_t room)
{
	const __m512i q16 = _mm512_set1_epi16((short)q);
	size_t n = 0;

	for (size_t c = 0; c < n_cells; c++) {
		uint32_t at = cells[c].from, to = cells[c].to;
		const __m512i limit = _mm512_set1_epi16((short)cells[c].limit);

		if (to - at > room - n) {
			return SIZE_MAX;
		}
		for (; at < to; at += 32) {
			__mmask32 in = to - at < 32 ? (1u << (to - at)) - 1
						    : UINT32_MAX;
			__m512i x = _mm512_xor_si512(
				_mm512_maskz_loadu_epi16(in, sketches + at),
				q16);
			uint32_t m = _mm512_mask_cmple_epu16_mask(
				in, _mm512_popcnt_epi16(x), limit);

			n += places(m, at, out + n);
		}
	}
	return n;
}

AVX512 static size_t near(const uint8_t *hashes, const uint32_t *rows,
	size_t count, const uint8_t q[32], unsigned radius,
	struct hl_match_near *out)
{
	return hl_match_near_counted(hashes, rows, count, q, radius, out);
}

/* Two hashes a vector; their halves' counts are added across lanes. */
AVX512 static inline __m512i counts_of_two(const uint8_t *p, __m512i q)
{
	return _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(p), q));
}

AVX512 static size_t scan(const uint8_t *hashes, uint32_t first, size_t count,
	const uint8_t q[32], unsigned radius, struct hl_match_near *out)
{
	const __m512i both = _mm512_broadcast_i64x4(
		_mm256_loadu_si256((const __m256i_u *)(const void *)q));
	const __m512i over = _mm512_set1_epi64((long long)radius);
	size_t n = 0, i = 0;

	for (; i + 8 <= count; i += 8) {
		const uint8_t *p = hashes + 32 * i;
		__m512i a = counts_of_two(p, both);
		__m512i b = counts_of_two(p + 64, both);
		__m512i c = counts_of_two(p + 128, both);
		__m512i d = counts_of_two(p + 192, both);
		/* Even lanes of sums: a, b; then all of four words. */
		__m512i ab = _mm512_add_epi64(_mm512_unpacklo_epi64(a, b),
			_mm512_unpackhi_epi64(a, b));
		__m512i cd = _mm512_add_epi64(_mm512_unpacklo_epi64(c, d),
			_mm512_unpackhi_epi64(c, d));
		__m512i sum =
			_mm512_add_epi64(_mm512_shuffle_i64x2(ab, cd, 0x88),
				_mm512_shuffle_i64x2(ab, cd, 0xdd));
		uint32_t m = _mm512_cmple_epu64_mask(sum, over);

		if (__builtin_expect(m != 0, 0)) {
			/* Lanes: a0 b0 a1 b1 c0 d0 c1 d1. */
			static const uint8_t place[8] = {
				0, 2, 1, 3, 4, 6, 5, 7};
			uint64_t far[8];

			_mm512_storeu_si512(far, sum);
			for (unsigned k = 0; k < 8; k++) {
				unsigned lane = place[k];

				out[n] = (struct hl_match_near){
					first + (uint32_t)(i + k),
					(uint32_t)far[lane]};
				n += m >> lane & 1;
			}
		}
	}
	for (; i < count; i++) {
		unsigned d = hl_pdq_distance(hashes + 32 * i, q);

		if (d <= radius) {
			out[n++] =
				(struct hl_match_near){first + (uint32_t)i, d};
		}
	}
	return n;
}

AVX512 static size_t peek(const uint64_t *high, const uint32_t *low,
	size_t count, const uint8_t q[32], unsigned radius, uint32_t *out)
{
	const __m512i q_high = _mm512_set1_epi64((long long)hl_match_get64(q));
	const __m512i q_low = _mm512_set1_epi32((int)hl_match_get32(q + 8));
	const __m512i limit = _mm512_set1_epi32((int)radius);
	size_t n = 0, i = 0;

	for (; i + 16 <= count; i += 16) {
		__m512i a = _mm512_popcnt_epi64(
			_mm512_xor_si512(_mm512_loadu_si512(high + i), q_high));
		__m512i b = _mm512_popcnt_epi64(_mm512_xor_si512(
			_mm512_loadu_si512(high + i + 8), q_high));
		__m512i c = _mm512_popcnt_epi32(
			_mm512_xor_si512(_mm512_loadu_si512(low + i), q_low));
		__m512i ab = _mm512_inserti64x4(
			_mm512_castsi256_si512(_mm512_cvtepi64_epi32(a)),
			_mm512_cvtepi64_epi32(b), 1);
		uint32_t m =
			_mm512_cmple_epu32_mask(_mm512_add_epi32(ab, c), limit);

		for (; m; m &= m - 1) {
			out[n++] = (uint32_t)i + (uint32_t)__builtin_ctz(m);
		}
	}
	for (; i < count; i++) {
		out[n] = (uint32_t)i;
		n += (unsigned)__builtin_popcountll(
			     high[i] ^ hl_match_get64(q)) +
			     (unsigned)__builtin_popcount(
				     low[i] ^ hl_match_get32(q + 8)) <=
		     radius;
	}
	return n;
}

const struct hl_match_kernels *hl_match_kernels_avx512(void)
{
	static const struct hl_match_kernels kernels = {sift, near, scan, peek};

	return __builtin_cpu_supports("avx512bitalg") &&
			       __builtin_cpu_supports("avx512vpopcntdq") &&
			       __builtin_cpu_supports("avx512bw") &&
			       __builtin_cpu_supports("avx512vl") &&
			       __builtin_cpu_supports("bmi2")
		       ? &kernels
		       : NULL;
}
#else
const struct hl_match_kernels *hl_match_kernels_avx512(void)
{
	return NULL;
}
#endif
