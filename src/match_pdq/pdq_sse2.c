/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel of every x86-64. */
#include "match_pdq/pdq.h"

#ifdef __x86_64__
#include <string.h>

typedef float vec_sse2 __attribute__((vector_size(16)));
typedef int32_t ints_sse2 __attribute__((vector_size(16)));

#define VEC vec_sse2
#define LANES 4
#define GROUPS 4
#define SLACK 0
#define NAME(x) x##_sse2
#define INLINE static inline __attribute__((always_inline))

/* There is no shuffle of bytes yet, so they are picked one by one. */
INLINE VEC grey_sse2(
	const uint8_t *const *rows, size_t skip, enum hl_match_pixels pixels)
{
	const uint8_t *p = rows[0] + skip;
	unsigned n = pixels == HL_MATCH_GREY8    ? 1
		     : pixels == HL_MATCH_RGBA32 ? 4
						 : 3;
	unsigned r = pixels == HL_MATCH_BGR24 ? 2 : 0;
	ints_sse2 v[3];

	for (unsigned c = 0; c < 3 && c < n; c++) {
		v[c] = (ints_sse2){p[c], p[n + c], p[2 * n + c], p[3 * n + c]};
	}
	if (pixels == HL_MATCH_GREY8) {
		return __builtin_convertvector(v[0], VEC);
	}
	return 0.299f * __builtin_convertvector(v[r], VEC) +
	       0.587f * __builtin_convertvector(v[1], VEC) +
	       0.114f * __builtin_convertvector(v[2 - r], VEC);
}

#define GREY(rows, skip, pixels) grey_sse2(rows, skip, pixels)
#define OVER(sum, n, inverse) ((void)(inverse), (sum) / (n))
#define JOIN(p, step) NAME(load)(p)
#define SPLIT(p, step, v) NAME(store)(p, v)
#include "match_pdq/pdq_lanes.inc"

const struct hl_pdq_kernel hl_pdq_sse2 = {ROWS, NAME(band), NAME(transform)};
#endif
