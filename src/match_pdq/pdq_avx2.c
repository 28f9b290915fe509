/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel for AVX2 with FMA. */
#include "match_pdq/pdq.h"

#ifdef __x86_64__
#include <immintrin.h>
#include <string.h>

HL_PDQ_TARGET_BEGIN("avx2,fma")

typedef float vec_avx2 __attribute__((vector_size(32)));

#define VEC vec_avx2
#define LANES 8
#define GROUPS 2
#define SLACK 4
#define NAME(x) x##_avx2
#define INLINE static inline __attribute__((always_inline))

/* Byte c of four pixels of n bytes, each to an int. */
INLINE __m256i take_byte_avx2(__m256i bytes, int n, int c)
{
	const int z = (int)0xffffff00;
	__m256i at = _mm256_setr_epi32(z + c, z + n + c, z + 2 * n + c,
		z + 3 * n + c, z + c, z + n + c, z + 2 * n + c, z + 3 * n + c);

	return _mm256_shuffle_epi8(bytes, at);
}

INLINE __m128i quad_avx2(const uint8_t *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

INLINE VEC grey_avx2(
	const uint8_t *const *rows, size_t skip, enum hl_match_pixels pixels)
{
	const uint8_t *p = rows[0] + skip, *q = rows[4] + skip;
	int n = pixels == HL_MATCH_RGBA32 ? 4 : 3;
	int red = pixels == HL_MATCH_BGR24 ? 2 : 0;
	__m256i bytes;
	VEC r, g, b;

	if (pixels == HL_MATCH_GREY8) {
		int32_t a, c;

		memcpy(&a, p, sizeof(a));
		memcpy(&c, q, sizeof(c));
		return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(
			_mm_insert_epi32(_mm_cvtsi32_si128(a), c, 1)));
	}
	bytes = _mm256_inserti128_si256(
		_mm256_castsi128_si256(quad_avx2(p)), quad_avx2(q), 1);
	r = _mm256_cvtepi32_ps(take_byte_avx2(bytes, n, red));
	g = _mm256_cvtepi32_ps(take_byte_avx2(bytes, n, 1));
	b = _mm256_cvtepi32_ps(take_byte_avx2(bytes, n, 2 - red));
	return 0.299f * r + 0.587f * g + 0.114f * b;
}

/*
 * The quotient to the last bit without a division: its rounded guess, and
 * what that leaves, which FMA has exactly. For every divisor there is (1 to
 * 512) and every mantissa this gives what a division does: see ADR 0050.
 */
INLINE VEC over_avx2(VEC sum, VEC n, VEC inverse)
{
	VEC guess = sum * inverse;
	VEC left = _mm256_fnmadd_ps(guess, n, sum);

	return _mm256_fmadd_ps(left, inverse, guess);
}

INLINE VEC join_avx2(const float *p, size_t step)
{
	return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p)),
		_mm_loadu_ps(p + step), 1);
}

INLINE void split_avx2(float *p, size_t step, VEC v)
{
	_mm_storeu_ps(p, _mm256_castps256_ps128(v));
	_mm_storeu_ps(p + step, _mm256_extractf128_ps(v, 1));
}

#define JOIN(p, step) join_avx2(p, step)
#define SPLIT(p, step, v) split_avx2(p, step, v)
#define GREY(rows, skip, pixels) grey_avx2(rows, skip, pixels)
#define OVER(sum, n, inverse) over_avx2(sum, n, inverse)
#include "match_pdq/pdq_lanes.inc"

const struct hl_pdq_kernel hl_pdq_avx2 = {ROWS, NAME(band), NAME(transform)};

HL_PDQ_TARGET_END
#endif
