/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Every scalar value, written and read back. */
static void round_trip(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		HL_BUF_AUTO b = HL_BUF_INIT(8);
		uint32_t back = 0;

		if (c >= 0xd800 && c <= 0xdfff) {
			continue;
		}
		hl_utf8_put(&b, c);
		size_t n = hl_utf8_next(hl_buf_str(&b), &back);
		if (back != c || n != b.n || !hl_utf8_valid(hl_buf_str(&b))) {
			fail_msg("U+%04X: %zu bytes, U+%04X", c, n, back);
		}
	}
}

static void no_scalar_value_becomes_the_replacement(void **state)
{
	static const uint32_t rows[] = {
		0xd800, 0xdbff, 0xdc00, 0xdfff, 0x110000, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO b = HL_BUF_INIT(8);

		hl_utf8_put(&b, rows[i]);
		assert_string_equal("\xef\xbf\xbd", b.p);
	}
}

/* Unicode 15, chapter 3.9, and what decoders get wrong. */
static const struct {
	const char *bytes;
	size_t first; /* bytes that the first character takes */
	size_t count;
	bool valid;
} rows[] = {
	{"a", 1, 1, true},
	{"\x7f", 1, 1, true},
	{"\xc2\x80", 2, 1, true},
	{"\xdf\xbf", 2, 1, true},
	{"\xe0\xa0\x80", 3, 1, true},
	{"\xed\x9f\xbf", 3, 1, true},
	{"\xee\x80\x80", 3, 1, true},
	{"\xef\xbf\xbd", 3, 1, true}, /* U+FFFD itself */
	{"\xf0\x90\x80\x80", 4, 1, true},
	{"\xf4\x8f\xbf\xbf", 4, 1, true},
	{"\x80", 1, 1, false},
	{"\xbf\xbf", 1, 2, false},
	{"\xc0\x80", 1, 2, false},         /* too long */
	{"\xc1\xbf", 1, 2, false},         /* too long */
	{"\xe0\x80\x80", 1, 3, false},     /* too long */
	{"\xe0\x9f\xbf", 1, 3, false},     /* too long */
	{"\xf0\x80\x80\x80", 1, 4, false}, /* too long */
	{"\xed\xa0\x80", 1, 3, false},     /* surrogate */
	{"\xed\xbf\xbf", 1, 3, false},     /* surrogate */
	{"\xf4\x90\x80\x80", 1, 4, false}, /* over U+10FFFF */
	{"\xf5\x80\x80\x80", 1, 4, false},
	{"\xf8\x88\x80\x80\x80", 1, 5, false}, /* five bytes */
	{"\xfe", 1, 1, false},
	{"\xff", 1, 1, false},
	{"\xc3", 1, 1, false},         /* cut */
	{"\xe2\x82", 2, 1, false},     /* cut */
	{"\xf0\x9f\x98", 3, 1, false}, /* cut */
	{"\xc3(", 1, 2, false},        /* the next byte is kept */
	{"\xe2\x82(", 2, 2, false},
	{"\xf0\x9f\x98(", 3, 2, false},
	{"\xf0\x9f\xe2\x82\xac", 2, 2, false},
	{"a\xe2\x82\xac\x80z", 1, 4, false},
};

static void takes_maximal_subparts(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_str s = hl_str_c(rows[i].bytes);
		uint32_t c;

		if (hl_utf8_next(s, &c) != rows[i].first ||
			hl_utf8_count(s) != rows[i].count ||
			hl_utf8_valid(s) != rows[i].valid) {
			fail_msg("row %zu: takes %zu, counts %zu, valid %d", i,
				hl_utf8_next(s, &c), hl_utf8_count(s),
				hl_utf8_valid(s));
		}
	}
}

static void nothing_and_nul(void **state)
{
	uint32_t c = 1;

	(void)state;
	assert_true(hl_utf8_valid(HL_STR_NONE));
	assert_int_equal(0, hl_utf8_count(HL_STR("")));
	assert_int_equal(1, hl_utf8_next(HL_STR("\0"), &c));
	assert_int_equal(0, c);
}

static void takes_out_what_nobody_sees(void **state)
{
	static const struct {
		struct hl_str in;
		const char *out;
	} cleaned[] = {
		{HL_STR_INIT(""), ""},
		{HL_STR_INIT("plain\ttext\n\u20ac \U0001f600"),
			"plain\ttext\n\u20ac \U0001f600"},
		{HL_STR_INIT("a\0b\fc\x7f"), "a b c "},
		{HL_STR_INIT("a\rb\xc2\x85"
			     "c\u2028d\u2029e"),
			"a\nb\nc\nd\ne"},
		{HL_STR_INIT("\u202a+45 12\u202c"), "+45 12"},
		{HL_STR_INIT("https://a.example/\u202etxt.exe"),
			"https://a.example/txt.exe"},
		{HL_STR_INIT("\u2066x\u2069\ufff9y\U000e0041"), "xy"},
		/* marks are part of right-to-left and joined scripts */
		{HL_STR_INIT("\u200f\u05d0\u200d"), "\u200f\u05d0\u200d"},
		{HL_STR_INIT("cut \xe2\x82"), "cut \xe2\x82"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(cleaned); i++) {
		char text[64];

		memcpy(text, cleaned[i].in.p, cleaned[i].in.n);
		size_t n = hl_utf8_clean(text, cleaned[i].in.n);
		if (!hl_str_eq(hl_str_mem(text, n), hl_str_c(cleaned[i].out))) {
			fail_msg("row %zu: %.*s", i, (int)n, text);
		}
		assert_int_equal(n, hl_utf8_clean(text, n));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(no_scalar_value_becomes_the_replacement),
		cmocka_unit_test(takes_maximal_subparts),
		cmocka_unit_test(nothing_and_nul),
		cmocka_unit_test(takes_out_what_nobody_sees),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
