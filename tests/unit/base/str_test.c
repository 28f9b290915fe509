/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define ABSENT HL_STR_NONE

static int sign(int v)
{
	return (v > 0) - (v < 0);
}

static void compares(void **state)
{
	static const struct {
		struct hl_str a, b;
		bool eq, nocase;
		int cmp;
	} rows[] = {
		{HL_STR_INIT(""), HL_STR_INIT(""), true, true, 0},
		{{NULL, 0}, HL_STR_INIT(""), true, true, 0},
		{{NULL, 0}, {NULL, 0}, true, true, 0},
		{HL_STR_INIT("a"), HL_STR_INIT("a"), true, true, 0},
		{HL_STR_INIT("a"), HL_STR_INIT("A"), false, true, 1},
		{HL_STR_INIT("Z"), HL_STR_INIT("z"), false, true, -1},
		{HL_STR_INIT("@"), HL_STR_INIT("`"), false, false, -1},
		{HL_STR_INIT("["), HL_STR_INIT("{"), false, false, -1},
		{HL_STR_INIT("\xc3\x86"), HL_STR_INIT("\xc3\xa6"), false, false,
			-1},
		{HL_STR_INIT("a"), HL_STR_INIT("ab"), false, false, -1},
		{HL_STR_INIT("b"), HL_STR_INIT("ab"), false, false, 1},
		{HL_STR_INIT("\x80"), HL_STR_INIT("\x7f"), false, false, 1},
		{HL_STR_INIT("a\0b"), HL_STR_INIT("a\0c"), false, false, -1},
		{HL_STR_INIT("a\0b"), HL_STR_INIT("a\0b"), true, true, 0},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_str a = rows[i].a, b = rows[i].b;

		if (hl_str_eq(a, b) != rows[i].eq ||
			hl_str_eq(b, a) != rows[i].eq ||
			hl_str_eq_secret(a, b) != rows[i].eq ||
			hl_str_eq_nocase(a, b) != rows[i].nocase ||
			sign(hl_str_cmp(a, b)) != rows[i].cmp ||
			sign(hl_str_cmp(b, a)) != -rows[i].cmp) {
			fail_msg("row %zu", i);
		}
	}
}

static void every_bit_of_a_secret_counts(void **state)
{
	char a[16] = "0123456789abcde", b[16];

	(void)state;
	for (size_t bit = 0; bit < 8 * sizeof(a); bit++) {
		memcpy(b, a, sizeof(b));
		b[bit / 8] = (char)(b[bit / 8] ^ (1 << (bit % 8)));
		assert_false(hl_str_eq_secret(
			hl_str_mem(a, sizeof(a)), hl_str_mem(b, sizeof(b))));
	}
}

static void starts_and_ends(void **state)
{
	static const struct {
		struct hl_str s, part;
		bool starts, ends;
	} rows[] = {
		{HL_STR_INIT("abc"), HL_STR_INIT(""), true, true},
		{HL_STR_INIT("abc"), HL_STR_INIT("ab"), true, false},
		{HL_STR_INIT("abc"), HL_STR_INIT("bc"), false, true},
		{HL_STR_INIT("abc"), HL_STR_INIT("abc"), true, true},
		{HL_STR_INIT("abc"), HL_STR_INIT("abcd"), false, false},
		{HL_STR_INIT(""), HL_STR_INIT("a"), false, false},
		{{NULL, 0}, HL_STR_INIT(""), true, true},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_str_starts(rows[i].s, rows[i].part) != rows[i].starts ||
			hl_str_ends(rows[i].s, rows[i].part) != rows[i].ends) {
			fail_msg("row %zu", i);
		}
	}
}

static void finds(void **state)
{
	static const struct {
		struct hl_str s, needle;
		size_t at;
	} rows[] = {
		{HL_STR_INIT("abcabc"), HL_STR_INIT("c"), 2},
		{HL_STR_INIT("abcabc"), HL_STR_INIT("x"), 6},
		{HL_STR_INIT("abcabc"), HL_STR_INIT("ca"), 2},
		{HL_STR_INIT("abcabc"), HL_STR_INIT("abcabcd"), 6},
		{HL_STR_INIT("abc"), HL_STR_INIT(""), 0},
		{HL_STR_INIT("a\0b"), HL_STR_INIT("b"), 2},
		{HL_STR_INIT("a\0b"), HL_STR_INIT("\0"), 1},
		{HL_STR_INIT(""), HL_STR_INIT("a"), 0},
		{{NULL, 0}, HL_STR_INIT("a"), 0},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_str n = rows[i].needle;

		if (hl_str_find(rows[i].s, n) != rows[i].at ||
			(n.n == 1 && hl_str_find_char(rows[i].s, n.p[0]) !=
					     rows[i].at)) {
			fail_msg("row %zu", i);
		}
	}
}

static void parts_are_never_out_of_range(void **state)
{
	static const size_t odd[] = {0, 1, 2, 3, 4, 5, SIZE_MAX, SIZE_MAX - 1};
	struct hl_str s = HL_STR("abc");

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(odd); i++) {
		for (size_t k = 0; k < HL_ARRAY_LEN(odd); k++) {
			struct hl_str part = hl_str_sub(s, odd[i], odd[k]);

			assert_true(
				part.p >= s.p && part.p + part.n <= s.p + s.n);
			assert_true(part.n <= odd[k]);
		}
	}
	assert_true(hl_str_eq(HL_STR("bc"), hl_str_sub(s, 1, 9)));
	assert_null(hl_str_sub(ABSENT, 3, 3).p);
}

static void trims(void **state)
{
	static const char *const rows[][2] = {{"", ""}, {" ", ""},
		{" \t\r\n\v\f", ""}, {"a", "a"}, {" a b ", "a b"},
		{"\n\na", "a"}, {"a\t", "a"}, {"\xc2\xa0 a", "\xc2\xa0 a"}};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (!hl_str_eq(hl_str_c(rows[i][1]),
			    hl_str_trim(hl_str_c(rows[i][0])))) {
			fail_msg("row %zu", i);
		}
	}
}

static void splits(void **state)
{
	/* text, the pieces joined by '|' */
	static const char *const rows[][2] = {{"a,b", "a|b|"}, {"a", "a|"},
		{"", "|"}, {"a,,b", "a||b|"}, {",", "||"}, {"a,", "a||"}};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_str rest = hl_str_c(rows[i][0]), piece;
		char got[32] = "";
		size_t n = 0;

		while (hl_str_next(&rest, ',', &piece)) {
			memcpy(got + n, piece.p, piece.n);
			n += piece.n;
			got[n++] = '|';
		}
		assert_string_equal(rows[i][1], got);
		assert_false(hl_str_next(&rest, ',', &piece));
	}
	struct hl_str none = ABSENT, piece;
	assert_false(hl_str_next(&none, ',', &piece));
}

static void reads_numbers(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t value;
	} rows[] = {
		{"0", true, 0}, {"-0", true, 0}, {"007", true, 7},
		{"-1", true, -1}, {"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0},
		{"99999999999999999999", false, 0}, {"", false, 0},
		{"-", false, 0}, {"--1", false, 0}, {"+1", false, 0},
		{" 1", false, 0}, {"1 ", false, 0}, {"1x", false, 0},
		{"0x10", false, 0}, {"1e3", false, 0}, {"1.0", false, 0},
		{"1,000", false, 0},
		{"\xd9\xa3", false, 0}, /* ARABIC-INDIC DIGIT THREE */
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t v = 77;
		bool good = hl_str_to_i64(hl_str_c(rows[i].text), &v);

		if (good != rows[i].good || v != (good ? rows[i].value : 77)) {
			fail_msg("row %zu: %s", i, rows[i].text);
		}
	}
	int64_t v = 77;
	assert_false(hl_str_to_i64(ABSENT, &v));
	assert_false(hl_str_to_i64(HL_STR("1\0"), &v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares),
		cmocka_unit_test(every_bit_of_a_secret_counts),
		cmocka_unit_test(starts_and_ends),
		cmocka_unit_test(finds),
		cmocka_unit_test(parts_are_never_out_of_range),
		cmocka_unit_test(trims),
		cmocka_unit_test(splits),
		cmocka_unit_test(reads_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
