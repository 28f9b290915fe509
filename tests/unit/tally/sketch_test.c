/* SPDX-License-Identifier: Apache-2.0 */
#include "tally/sketch.h"

#include <math.h>

#include "tally_test.h"

/* splitmix64: the same hashes on every run. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Root mean square of the relative error over 100 rows of hashes. */
static double error_at(size_t m, size_t n)
{
	double sum = 0;

	for (uint64_t seed = 1; seed <= 100; seed++) {
		uint8_t registers[HL_TALLY_ALL_REGISTERS] = {0};
		uint64_t state = seed << 32;

		for (size_t i = 0; i < n; i++) {
			hl_tally_sketch_add(registers, m, next(&state));
		}
		double found = (double)hl_tally_sketch_count(registers, m);
		double off = (found - (double)n) / (double)n;
		sum += off * off;
	}
	return sqrt(sum / 100);
}

/* The hashes are fixed, so these are facts and not chances. Around 2.5 times
 * the registers the two ways of counting meet, and the error is largest. */
static void standard_error(void **state)
{
	static const struct {
		size_t m, n;
		double most;
	} rows[] = {
		{HL_TALLY_ALL_REGISTERS, 100, 0.016},
		{HL_TALLY_ALL_REGISTERS, 1000, 0.016},
		{HL_TALLY_ALL_REGISTERS, 10240, 0.025},
		{HL_TALLY_ALL_REGISTERS, 30000, 0.020},
		{HL_TALLY_ALL_REGISTERS, 200000, 0.020},
		{HL_TALLY_ENTRY_REGISTERS, 20, 0.05},
		{HL_TALLY_ENTRY_REGISTERS, 200, 0.065},
		{HL_TALLY_ENTRY_REGISTERS, 640, 0.10},
		{HL_TALLY_ENTRY_REGISTERS, 5000, 0.08},
		{HL_TALLY_ENTRY_REGISTERS, 100000, 0.08},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		double error = error_at(rows[i].m, rows[i].n);

		print_message("# %zu registers, %zu: %.4f\n", rows[i].m,
			rows[i].n, error);
		if (!(error <= rows[i].most)) {
			fail_msg("%zu registers, %zu hashes: error %.4f",
				rows[i].m, rows[i].n, error);
		}
	}
}

/* What small cells rest on: four clients never look like five. */
static void few_are_never_more(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 2000; seed++) {
		uint8_t registers[HL_TALLY_ENTRY_REGISTERS] = {0};
		uint64_t from = seed << 32;

		assert_int_equal(0, hl_tally_sketch_count(registers,
					    HL_TALLY_ENTRY_REGISTERS));
		for (size_t n = 1; n < 16; n++) {
			uint64_t hash = next(&from);

			hl_tally_sketch_add(
				registers, HL_TALLY_ENTRY_REGISTERS, hash);
			assert_false(hl_tally_sketch_add(
				registers, HL_TALLY_ENTRY_REGISTERS, hash));
			assert_true(hl_tally_sketch_count(registers,
					    HL_TALLY_ENTRY_REGISTERS) <= n);
		}
	}
}

/* Hashes that are all zeros or all ones end the run and stay in bounds. */
static void ends_of_the_range(void **state)
{
	static const uint64_t rows[] = {0, UINT64_MAX, 1, UINT64_C(1) << 63,
		HL_TALLY_ENTRY_REGISTERS - 1, ~UINT64_C(0) << 8};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		uint8_t r[HL_TALLY_ENTRY_REGISTERS + 2] = {0};

		assert_true(hl_tally_sketch_add(
			r + 1, HL_TALLY_ENTRY_REGISTERS, rows[i]));
		assert_int_equal(0, r[0]);
		assert_int_equal(0, r[HL_TALLY_ENTRY_REGISTERS + 1]);
		assert_int_equal(1,
			hl_tally_sketch_count(r + 1, HL_TALLY_ENTRY_REGISTERS));
	}
	uint8_t full[HL_TALLY_ENTRY_REGISTERS];
	memset(full, 49, sizeof(full));
	assert_true(hl_tally_sketch_count(full, sizeof(full)) > 1u << 30);
}

/* No fewer hashes came than registers rose, however many came before. */
static void risen_are_never_more(void **state)
{
	enum { M = HL_TALLY_ENTRY_REGISTERS };
	uint8_t before[M] = {0}, now[M] = {0};
	uint64_t from = 11;

	(void)state;
	for (int round = 0; round < 200; round++) {
		size_t raised = 0;

		assert_int_equal(0, hl_tally_sketch_risen(before, now, M));
		for (size_t n = 1; n < 64; n++) {
			raised += hl_tally_sketch_add(now, M, next(&from));
			assert_true(hl_tally_sketch_risen(before, now, M) <=
				    raised);
			assert_true(raised <= n);
		}
		memcpy(before, now, M);
	}
}

static void merging(void **state)
{
	enum { M = HL_TALLY_ALL_REGISTERS };
	uint8_t a[M] = {0}, b[M] = {0}, both[M] = {0};
	uint64_t from = 7;

	(void)state;
	for (int i = 0; i < 9000; i++) {
		uint64_t hash = next(&from);

		if (i % 3 != 0) {
			hl_tally_sketch_add(a, M, hash);
		}
		if (i % 3 != 1) {
			hl_tally_sketch_add(b, M, hash);
		}
		hl_tally_sketch_add(both, M, hash);
	}
	hl_tally_sketch_merge(a, b, M);
	assert_memory_equal(a, both, M);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(standard_error),
		cmocka_unit_test(few_are_never_more),
		cmocka_unit_test(ends_of_the_range),
		cmocka_unit_test(risen_are_never_more),
		cmocka_unit_test(merging),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
