/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "base/text.h"

static void fills_all_and_no_more(void **state)
{
	unsigned char bytes[1026], seen[1026] = {0};

	(void)state;
	for (int round = 0; round < 20; round++) {
		memset(bytes, 0, sizeof(bytes));
		hl_rand_bytes(bytes + 1, sizeof(bytes) - 2);
		assert_int_equal(0, bytes[0]);
		assert_int_equal(0, bytes[sizeof(bytes) - 1]);
		for (size_t i = 0; i < sizeof(bytes); i++) {
			seen[i] |= bytes[i];
		}
	}
	/* each byte stays 0 in 20 rounds with chance 2^-160 */
	for (size_t i = 1; i < sizeof(bytes) - 1; i++) {
		assert_int_not_equal(0, seen[i]);
	}
	hl_rand_bytes(NULL, 0);
}

/* Each of n values is met about equally often: the deviation's chance to
 * pass the bound, six standard deviations, is below 10^-8 for each. */
static void even_below_a_bound(void **state)
{
	static const uint32_t bounds[] = {1, 2, 3, 6, 7, 10, 31};

	(void)state;
	for (size_t b = 0; b < HL_ARRAY_LEN(bounds); b++) {
		uint32_t n = bounds[b];
		int64_t count[31] = {0};

		for (int i = 0; i < 20000; i++) {
			uint32_t v = hl_rand_below(n);

			assert_true(v < n);
			count[v]++;
		}
		for (uint32_t v = 0; v < n; v++) {
			int64_t mean = 20000 / n, off = count[v] - mean;

			if (n > 1 && off * off > 36 * mean) {
				fail_msg("%u of %u: %d times", v, n,
					(int)count[v]);
			}
		}
	}
}

static void large_bounds(void **state)
{
	uint32_t most = 0;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		uint32_t v = hl_rand_below(UINT32_MAX);

		most = v > most ? v : most;
		assert_true(hl_rand_below((1u << 31) + 1) <= 1u << 31);
	}
	assert_true(most > UINT32_MAX / 4 * 3);
}

static void ids_have_forty_bits(void **state)
{
	int64_t all = 0, ids[1000];

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(ids); i++) {
		ids[i] = hl_rand_id();
		assert_true(ids[i] > 0);
		assert_true(ids[i] < INT64_C(1) << HL_ID_BITS);
		all |= ids[i];
		for (size_t k = 0; k < i; k++) {
			assert_true(ids[k] != ids[i]);
		}
	}
	assert_true(all == (INT64_C(1) << HL_ID_BITS) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_all_and_no_more),
		cmocka_unit_test(even_below_a_bound),
		cmocka_unit_test(large_bounds),
		cmocka_unit_test(ids_have_forty_bits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
