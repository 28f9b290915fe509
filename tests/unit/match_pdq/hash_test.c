/* SPDX-License-Identifier: Apache-2.0 */
#include "hotline/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define ONES "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define UPPER "D8F8F0CEE0F4A84F0637022A078F67F0B36E2ED596621E1D33E6339C4E9C9B22"
#define LOWER "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22"

static void text_and_back(void **state)
{
	struct hl_match_hash hash;
	char text[65];

	(void)state;
	assert_int_equal(hl_match_hash_parse(UPPER, 64, &hash), 0);
	assert_int_equal(hash.bytes[0], 0xd8);
	assert_int_equal(hash.bytes[31], 0x22);
	hl_match_hash_format(&hash, text);
	assert_string_equal(text, LOWER);
}

static void refuses_what_is_no_hash(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} rows[] = {
		{"", 0},
		{LOWER, 63},
		{LOWER "0", 65},
		{NULL, 64},
		{"g" LOWER, 64},
		{" " LOWER, 64},
		{"0x" LOWER, 64},
		{"\0" LOWER, 64},
		{"-" LOWER, 64},
	};
	struct hl_match_hash hash, before;

	(void)state;
	memset(&hash, 7, sizeof(hash));
	before = hash;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (hl_match_hash_parse(rows[i].text, rows[i].n, &hash) !=
			HL_MATCH_E_ARG) {
			fail_msg("row %zu was taken", i);
		}
	}
	assert_memory_equal(&hash, &before, sizeof(hash));
}

static void counts_bits_that_differ(void **state)
{
	struct hl_match_hash a, b, zero = {{0}};

	(void)state;
	hl_match_hash_parse(ONES, 64, &a);
	assert_int_equal(hl_match_hash_distance(&a, &zero), 256);
	assert_int_equal(hl_match_hash_distance(&a, &a), 0);
	b = a;
	b.bytes[0] ^= 0x80;
	b.bytes[31] ^= 0x01;
	b.bytes[16] ^= 0x18;
	assert_int_equal(hl_match_hash_distance(&a, &b), 4);
}

static void every_code_has_a_name(void **state)
{
	(void)state;
	for (int code = HL_MATCH_E_STATE; code <= HL_MATCH_MORE; code++) {
		assert_string_not_equal(hl_match_code_name(code), "unknown");
	}
	assert_string_equal(hl_match_code_name(-1000), "unknown");
	assert_string_equal(hl_match_version(), HL_MATCH_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_and_back),
		cmocka_unit_test(refuses_what_is_no_hash),
		cmocka_unit_test(counts_bits_that_differ),
		cmocka_unit_test(every_code_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
