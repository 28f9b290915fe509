/* SPDX-License-Identifier: Apache-2.0 */
/* Which kernel this processor runs; asked anew for each object. */
#include "match_pdq/pdq.h"

#ifdef __x86_64__
static bool has_avx2(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
	return has_avx2() && __builtin_cpu_supports("avx512f") &&
	       __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512vl") &&
	       __builtin_cpu_supports("avx512dq");
}
#endif

/* AVX-512 was no faster than AVX2 where it was measured, and lowers the clock
 * of older processors, so it is for those who ask for it. */
static const struct hl_pdq_kernel *best(void)
{
#if defined(__x86_64__)
	return has_avx2() ? &hl_pdq_avx2 : &hl_pdq_sse2;
#elif defined(__aarch64__)
	return &hl_pdq_neon;
#else
	return &hl_pdq_scalar;
#endif
}

const struct hl_pdq_kernel *hl_pdq_kernel_of(enum hl_match_kernel kernel)
{
	switch (kernel) {
	case HL_MATCH_KERNEL_AUTO:
		return best();
	case HL_MATCH_KERNEL_SCALAR:
		return &hl_pdq_scalar;
#ifdef __x86_64__
	case HL_MATCH_KERNEL_SSE2:
		return &hl_pdq_sse2;
	case HL_MATCH_KERNEL_AVX2:
		return has_avx2() ? &hl_pdq_avx2 : NULL;
	case HL_MATCH_KERNEL_AVX512:
		return has_avx512() ? &hl_pdq_avx512 : NULL;
	case HL_MATCH_KERNEL_NEON:
		return NULL;
#else
	case HL_MATCH_KERNEL_SSE2:
	case HL_MATCH_KERNEL_AVX2:
	case HL_MATCH_KERNEL_AVX512:
		return NULL;
	case HL_MATCH_KERNEL_NEON:
#ifdef __aarch64__
		return &hl_pdq_neon;
#else
		return NULL;
#endif
#endif
	default:
		return NULL;
	}
}

int hl_match_kernel_usable(enum hl_match_kernel kernel)
{
	return hl_pdq_kernel_of(kernel) != NULL;
}
