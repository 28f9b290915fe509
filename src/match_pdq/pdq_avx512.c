/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel for AVX-512 with bytes (Skylake servers, Ice Lake, Zen 4). */
#include "match_pdq/pdq.h"

#ifdef __x86_64__
#include <immintrin.h>
#include <string.h>

HL_PDQ_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")

typedef float vec_avx512 __attribute__((vector_size(64)));

#define VEC vec_avx512
#define LANES 16
#define GROUPS 2
#define SLACK 4
#define NAME(x) x##_avx512
#define INLINE static inline __attribute__((always_inline))

/* Byte c of four pixels of n bytes, each to an int. */
INLINE __m512i take_byte_avx512(__m512i bytes, int n, int c)
{
	const int z = (int)0xffffff00;
	__m512i at = _mm512_broadcast_i32x4(
		_mm_setr_epi32(z + c, z + n + c, z + 2 * n + c, z + 3 * n + c));

	return _mm512_shuffle_epi8(bytes, at);
}

INLINE __m128i quad_avx512(const uint8_t *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

INLINE VEC grey_avx512(
	const uint8_t *const *rows, size_t skip, enum hl_match_pixels pixels)
{
	int n = pixels == HL_MATCH_RGBA32 ? 4 : 3;
	int red = pixels == HL_MATCH_BGR24 ? 2 : 0;
	__m512i bytes;
	VEC r, g, b;

	if (pixels == HL_MATCH_GREY8) {
		int32_t a[4];

		for (unsigned i = 0; i < 4; i++) {
			memcpy(&a[i], rows[4 * i] + skip, sizeof(a[i]));
		}
		return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(
			_mm_setr_epi32(a[0], a[1], a[2], a[3])));
	}
	bytes = _mm512_inserti64x4(
		_mm512_castsi256_si512(_mm256_inserti128_si256(
			_mm256_castsi128_si256(quad_avx512(rows[0] + skip)),
			quad_avx512(rows[4] + skip), 1)),
		_mm256_inserti128_si256(
			_mm256_castsi128_si256(quad_avx512(rows[8] + skip)),
			quad_avx512(rows[12] + skip), 1),
		1);
	r = _mm512_cvtepi32_ps(take_byte_avx512(bytes, n, red));
	g = _mm512_cvtepi32_ps(take_byte_avx512(bytes, n, 1));
	b = _mm512_cvtepi32_ps(take_byte_avx512(bytes, n, 2 - red));
	return 0.299f * r + 0.587f * g + 0.114f * b;
}

/* As over_avx2(). */
INLINE VEC over_avx512(VEC sum, VEC n, VEC inverse)
{
	VEC guess = sum * inverse;
	VEC left = _mm512_fnmadd_ps(guess, n, sum);

	return _mm512_fmadd_ps(left, inverse, guess);
}

INLINE __m256 half_avx512(const float *p, size_t step)
{
	return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(p)),
		_mm_loadu_ps(p + step), 1);
}

INLINE VEC join_avx512(const float *p, size_t step)
{
	return _mm512_insertf32x8(_mm512_castps256_ps512(half_avx512(p, step)),
		half_avx512(p + 2 * step, step), 1);
}

INLINE void split_avx512(float *p, size_t step, VEC v)
{
	_mm_storeu_ps(p, _mm512_castps512_ps128(v));
	_mm_storeu_ps(p + step, _mm512_extractf32x4_ps(v, 1));
	_mm_storeu_ps(p + 2 * step, _mm512_extractf32x4_ps(v, 2));
	_mm_storeu_ps(p + 3 * step, _mm512_extractf32x4_ps(v, 3));
}

#define JOIN(p, step) join_avx512(p, step)
#define SPLIT(p, step, v) split_avx512(p, step, v)
#define GREY(rows, skip, pixels) grey_avx512(rows, skip, pixels)
#define OVER(sum, n, inverse) over_avx512(sum, n, inverse)
#include "match_pdq/pdq_lanes.inc"

const struct hl_pdq_kernel hl_pdq_avx512 = {ROWS, NAME(band), NAME(transform)};

HL_PDQ_TARGET_END
#endif
