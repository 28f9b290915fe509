/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel for any processor; its vectors have one float. */
#include "match_pdq/pdq.h"

#include <string.h>

typedef float vec_scalar __attribute__((vector_size(4)));

#define VEC vec_scalar
#define LANES 1
#define GROUPS 8
#define SLACK 0
#define NAME(x) x##_scalar
#define INLINE static inline __attribute__((always_inline))
#define GREY(rows, skip, pixels) \
	((VEC){hl_pdq_grey((rows)[0] + (skip), pixels)})
#define OVER(sum, n, inverse) ((void)(inverse), (sum) / (n))
#include "match_pdq/pdq_lanes.inc"

const struct hl_pdq_kernel hl_pdq_scalar = {ROWS, NAME(band), NAME(transform)};
