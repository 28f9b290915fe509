/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel of every 64-bit ARM. Tested in emulation only: its bits are
 * right, its speed is not known. */
#include "match_pdq/pdq.h"

#ifdef __aarch64__
#include <arm_neon.h>
#include <string.h>

typedef float32x4_t vec_neon;

#define VEC vec_neon
#define LANES 4
#define GROUPS 4
#define SLACK 4
#define NAME(x) x##_neon
#define INLINE static inline __attribute__((always_inline))

/* Byte c of four pixels of n bytes, each to an int. */
INLINE float32x4_t take_byte_neon(uint8x16_t bytes, uint8_t n, uint8_t c)
{
	const uint8_t z = 255; /* out of the table: zero */
	const uint8_t at[16] = {c, z, z, z, (uint8_t)(n + c), z, z, z,
		(uint8_t)(2 * n + c), z, z, z, (uint8_t)(3 * n + c), z, z, z};

	return vcvtq_f32_u32(
		vreinterpretq_u32_u8(vqtbl1q_u8(bytes, vld1q_u8(at))));
}

INLINE VEC grey_neon(
	const uint8_t *const *rows, size_t skip, enum hl_match_pixels pixels)
{
	const uint8_t *p = rows[0] + skip;
	uint8_t n = pixels == HL_MATCH_RGBA32 ? 4 : 3;
	uint8_t red = pixels == HL_MATCH_BGR24 ? 2 : 0;
	uint8x16_t bytes;
	uint32_t four;

	if (pixels == HL_MATCH_GREY8) {
		memcpy(&four, p, sizeof(four));
		return take_byte_neon(
			vreinterpretq_u8_u32(vdupq_n_u32(four)), 1, 0);
	}
	bytes = vld1q_u8(p);
	return 0.299f * take_byte_neon(bytes, n, red) +
	       0.587f * take_byte_neon(bytes, n, 1) +
	       0.114f * take_byte_neon(bytes, n, (uint8_t)(2 - red));
}

/* As over_avx2(). */
INLINE VEC over_neon(VEC sum, VEC n, VEC inverse)
{
	VEC guess = sum * inverse;
	VEC left = vfmsq_f32(sum, guess, n);

	return vfmaq_f32(guess, left, inverse);
}

#define GREY(rows, skip, pixels) grey_neon(rows, skip, pixels)
#define OVER(sum, n, inverse) over_neon(sum, n, inverse)
#define JOIN(p, step) NAME(load)(p)
#define SPLIT(p, step, v) NAME(store)(p, v)
#include "match_pdq/pdq_lanes.inc"

const struct hl_pdq_kernel hl_pdq_neon = {ROWS, NAME(band), NAME(transform)};
#endif
