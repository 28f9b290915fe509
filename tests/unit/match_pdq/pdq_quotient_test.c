/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernels divide by multiplying and correcting with FMA. That this gives
 * every bit of the quotient is shown here for all there is: each divisor that
 * a window can have, with each of the 2^23 mantissas (exponents only shift,
 * since no value of the filter comes near the ends of their range). Without
 * FMA in hardware the same takes minutes, so a sample is enough there; the
 * kernels do not use it there either.
 */
#include "hotline/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

enum { WINDOW_MAX = (HL_MATCH_SIDE_MAX + 127) / 128 };

#if defined(__x86_64__) && defined(__clang__)
#define WITH_FMA __attribute__((target("avx2,fma")))
#elif defined(__x86_64__)
#define WITH_FMA __attribute__((target("avx2,fma"), optimize("O3")))
#else
#define WITH_FMA
#endif

/* How many of n mantissas, `step` apart, have another quotient. */
#define COUNT_WRONG                                                     \
	float by = (float)divisor, inverse = 1.0f / by;                 \
	uint32_t wrong = 0;                                             \
                                                                        \
	for (uint32_t i = 0; i < n; i++) {                              \
		uint32_t bits = 0x3f800000u + i * step;                 \
		float x, guess, quotient;                               \
                                                                        \
		memcpy(&x, &bits, sizeof(x));                           \
		guess = x * inverse;                                    \
		quotient = __builtin_fmaf(                              \
			__builtin_fmaf(-guess, by, x), inverse, guess); \
		wrong += quotient != x / by;                            \
	}                                                               \
	return wrong

static WITH_FMA uint32_t wrong_with_fma(
	uint32_t divisor, uint32_t n, uint32_t step)
{
	COUNT_WRONG;
}

static uint32_t wrong_without(uint32_t divisor, uint32_t n, uint32_t step)
{
	COUNT_WRONG;
}

static void has_every_bit(void **state)
{
	int fma = hl_match_kernel_usable(HL_MATCH_KERNEL_AVX2) ||
		  hl_match_kernel_usable(HL_MATCH_KERNEL_NEON);

	(void)state;
	assert_int_equal(WINDOW_MAX, 512);
	for (uint32_t by = 1; by <= WINDOW_MAX; by++) {
		uint32_t wrong = fma ? wrong_with_fma(by, 1u << 23, 1)
				     : wrong_without(by, 1u << 13, 1021);

		if (wrong) {
			fail_msg("divided by %u: %u are wrong", by, wrong);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_every_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
