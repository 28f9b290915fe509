/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define MD5 "0123456789abcdef0123456789abcdef"
#define SHA1 "0123456789abcdef0123456789abcdef01234567"
#define H64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void every_kind_there_and_back(void **state)
{
	static const struct {
		enum hl_hash_kind kind;
		const char *hex;
	} rows[] = {{HL_HASH_PDQ, H64}, {HL_HASH_MD5, MD5},
		{HL_HASH_SHA1, SHA1}, {HL_HASH_SHA256, H64}};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO text = HL_BUF_INIT(128);
		struct hl_hash hash;

		assert_int_equal(0, hl_hash_parse(rows[i].kind,
					    hl_str_c(rows[i].hex), &hash));
		hl_hash_put(&text, &hash);
		if (!hl_str_eq(hl_buf_str(&text), hl_str_c(rows[i].hex)) ||
			hash.quality != HL_HASH_QUALITY_UNKNOWN) {
			fail_msg("%s", rows[i].hex);
		}
	}
	assert_int_equal(0, hl_hash_bytes((enum hl_hash_kind)0));
	assert_int_equal(0, hl_hash_bytes((enum hl_hash_kind)5));
}

static void what_is_no_hash_is_refused(void **state)
{
	static const struct {
		int kind;
		const char *hex;
	} rows[] = {{HL_HASH_MD5, ""}, {HL_HASH_MD5, SHA1}, {HL_HASH_SHA1, MD5},
		{HL_HASH_PDQ, MD5}, {0, H64}, {5, H64},
		{HL_HASH_MD5, "0123456789abcdef0123456789abcdeg"},
		{HL_HASH_MD5, " 123456789abcdef0123456789abcdef"}};
	struct hl_hash hash;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_hash_parse((enum hl_hash_kind)rows[i].kind,
			    hl_str_c(rows[i].hex), &hash) != HL_E_INVALID) {
			fail_msg("row %zu was taken", i);
		}
	}
	assert_int_equal(HL_E_INVALID,
		hl_hash_from(HL_HASH_PDQ, HL_STR("short"), 50, &hash));
	assert_int_equal(
		HL_E_INVALID, hl_hash_from(HL_HASH_MD5,
				      HL_STR("0123456789abcdef"), 101, &hash));
}

static void nobody_lists_nothing(void **state)
{
	static const struct {
		enum hl_hash_kind kind;
		const char *hex;
		bool is_void;
	} rows[] = {
		{HL_HASH_MD5, "d41d8cd98f00b204e9800998ecf8427e", true},
		{HL_HASH_SHA1, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
			true},
		{HL_HASH_SHA256,
			"e3b0c44298fc1c149afbf4c8996fb924"
			"27ae41e4649b934ca495991b7852b855",
			true},
		{HL_HASH_PDQ,
			"00000000000000000000000000000000"
			"00000000000000000000000000000000",
			true},
		{HL_HASH_PDQ,
			"ffffffffffffffffffffffffffffffff"
			"ffffffffffffffffffffffffffffffff",
			true},
		{HL_HASH_PDQ, H64, false},
		{HL_HASH_PDQ,
			"e3b0c44298fc1c149afbf4c8996fb924"
			"27ae41e4649b934ca495991b7852b855",
			false},
	};
	struct hl_hash hash;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		assert_int_equal(0, hl_hash_parse(rows[i].kind,
					    hl_str_c(rows[i].hex), &hash));
		if (hl_hash_is_void(&hash) != rows[i].is_void) {
			fail_msg("row %zu", i);
		}
	}
}

static void pasted_lines(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		enum hl_hash_kind first;
		int quality;
	} rows[] = {
		{"", 0, 0, 0},
		{"\n\n# only a comment\n  \r\n", 0, 0, 0},
		{MD5, 1, HL_HASH_MD5, -1},
		{"  " SHA1 "\r\n", 1, HL_HASH_SHA1, -1},
		{"sha256 " H64, 1, HL_HASH_SHA256, -1},
		{"SHA-256: " H64 "\n", 1, HL_HASH_SHA256, -1},
		{"sha256=" H64, 1, HL_HASH_SHA256, -1},
		{"pdq " H64, 1, HL_HASH_PDQ, -1},
		{"PDQ," H64 ",97", 1, HL_HASH_PDQ, 97},
		{"pdq " H64 " 0", 1, HL_HASH_PDQ, 0},
		{"md5 " MD5 "\nsha-1 " SHA1 "\npdq " H64 " 100", 3, HL_HASH_MD5,
			-1},
		{"md5 " MD5 "\n" MD5, 1, HL_HASH_MD5, -1},
		{"{\"kind\":\"pdq\",\"value\":\"" H64 "\",\"quality\":88}", 1,
			HL_HASH_PDQ, 88},
		{"{\"name\":\"a.png\",\"md5\":\"" MD5 "\",\"sha256\":\"" H64
		 "\"}",
			2, HL_HASH_MD5, -1},
		{"{\"hashes\":[{\"kind\":\"sha1\",\"value\":\"" SHA1
		 "\"},{\"kind\":\"pdq\",\"value\":\"" H64
		 "\",\"quality\":50}]}",
			2, HL_HASH_SHA1, -1},
		/* What `hotline hash` prints, plain and as JSON. */
		{H64 "\t97\ta picture.jpg\n", 1, HL_HASH_PDQ, 97},
		{H64 "\t97\ta=b\tframe=3\trotate-90=" H64 "\tmd5=" MD5
		     "\tsha1=" SHA1 "\tsha256=" H64 "\tdamaged",
			4, HL_HASH_PDQ, 97},
		{"{\"path\":\"a.jpg\",\"status\":\"hashed\",\"frames\":["
		 "{\"number\":0,\"seconds\":0.000,\"pdq\":\"" H64
		 "\",\"quality\":61}]}",
			1, HL_HASH_PDQ, 61},
		{"{\"path\":\"a.jpg\",\"md5\":\"" MD5 "\",\"frames\":["
		 "{\"number\":0,\"pdq\":\"" H64 "\",\"quality\":61}]}",
			2, HL_HASH_MD5, -1},
	};
	struct hl_hash_set set;
	struct hl_hash_fault fault;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_hash_read_text(hl_str_c(rows[i].text), &set, &fault) ||
			set.n != rows[i].n || fault.problem) {
			fail_msg("row %zu: %zu, problem %d in line %zu", i,
				set.n, (int)fault.problem, fault.line);
		}
		if (set.n && (set.at[0].kind != rows[i].first ||
				     set.at[0].quality != rows[i].quality)) {
			fail_msg("row %zu: kind %d quality %d", i,
				(int)set.at[0].kind, set.at[0].quality);
		}
	}
}

static void pasted_lines_that_are_refused(void **state)
{
	static const struct {
		const char *text;
		enum hl_hash_problem problem;
		size_t line;
	} rows[] = {
		{"hello", HL_HASH_NO_HASH, 1},
		{"md5 " MD5 "\n\n" H64, HL_HASH_AMBIGUOUS, 3},
		{"md5 " SHA1, HL_HASH_LENGTH, 1},
		{"md5", HL_HASH_LENGTH, 1},
		{"sha256 xyz", HL_HASH_LENGTH, 1},
		{"0123456789abcdef0123456789abcdef0123", HL_HASH_LENGTH, 1},
		{"pdq " H64 " 101", HL_HASH_QUALITY, 1},
		{"pdq " H64 " good", HL_HASH_QUALITY, 1},
		{"pdq " H64 " 90 90", HL_HASH_QUALITY, 1},
		{"md5 " MD5 " 90", HL_HASH_QUALITY, 1},
		{"md5 d41d8cd98f00b204e9800998ecf8427e", HL_HASH_VOID, 1},
		{"{\"kind\":\"pdq\"}", HL_HASH_NO_HASH, 1},
		{"{\"kind\":\"pdq\",\"value\":\"12\"}", HL_HASH_LENGTH, 1},
		{"{\"kind\":\"pdq\",\"value\":\"" H64 "\",\"quality\":900}",
			HL_HASH_QUALITY, 1},
		{"{broken", HL_HASH_NO_HASH, 1},
		{"{\"hashes\":[1,2]}", HL_HASH_NO_HASH, 1},
		{"{\"path\":\"a\",\"frames\":[]}", HL_HASH_NO_HASH, 1},
		{"{\"md5\":\"" MD5 "\",\"frames\":[{\"pdq\":\"12\"}]}",
			HL_HASH_LENGTH, 1},
		{H64 "\t97\ta.jpg\tscreening", HL_HASH_SCREENING, 1},
		{"{\"screening\":true,\"frames\":[{\"pdq\":\"" H64 "\"}]}",
			HL_HASH_SCREENING, 1},
		{H64 "\t97\ta.jpg\tmd5=12", HL_HASH_LENGTH, 1},
		{H64 "\t101\ta.jpg", HL_HASH_QUALITY, 1},
		{H64 "\tgood\ta.jpg", HL_HASH_QUALITY, 1},
		{H64 "\t97", HL_HASH_AMBIGUOUS, 1},
	};
	struct hl_hash_set set;
	struct hl_hash_fault fault;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int r = hl_hash_read_text(hl_str_c(rows[i].text), &set, &fault);

		if (r != HL_E_INVALID || fault.problem != rows[i].problem ||
			fault.line != rows[i].line || set.n) {
			fail_msg("row %zu: %d, problem %d in line %zu", i, r,
				(int)fault.problem, fault.line);
		}
	}
}

static void as_many_as_fit(void **state)
{
	HL_BUF_AUTO text = HL_BUF_INIT(256 * 1024);
	struct hl_hash_set set;
	struct hl_hash_fault fault;

	(void)state;
	for (unsigned i = 0; i < HL_HASH_TEXT_MAX; i++) {
		hl_buf_printf(&text, "md5 %030d%02x\n", 1, i);
	}
	assert_int_equal(0, hl_hash_read_text(hl_buf_str(&text), &set, &fault));
	assert_int_equal(HL_HASH_TEXT_MAX, set.n);
	hl_buf_printf(&text, "%s", MD5);
	assert_int_equal(
		HL_E_LIMIT, hl_hash_read_text(hl_buf_str(&text), &set, &fault));
	assert_int_equal(HL_HASH_MANY, fault.problem);
	assert_int_equal(HL_HASH_TEXT_MAX + 1, fault.line);
	for (unsigned i = 0; i < HL_HASH_TEXT_BYTES; i++) {
		hl_buf_put_c(&text, '\n');
	}
	assert_int_equal(
		HL_E_LIMIT, hl_hash_read_text(hl_buf_str(&text), &set, &fault));
}

static void reasons_fit_opinions(void **state)
{
	(void)state;
	assert_true(hl_hash_reason_fits(HL_HASH_CONFIRM, HL_HASH_REASON_SAME));
	assert_false(hl_hash_reason_fits(HL_HASH_CONFIRM, HL_HASH_REASON_TYPO));
	assert_false(hl_hash_reason_fits(HL_HASH_CONFIRM, 0));
	assert_true(
		hl_hash_reason_fits(HL_HASH_DECONFIRM, HL_HASH_REASON_TYPO));
	assert_false(
		hl_hash_reason_fits(HL_HASH_DECONFIRM, HL_HASH_REASON_SAME));
	assert_false(hl_hash_reason_fits(
		HL_HASH_DECONFIRM, (enum hl_hash_reason)99));
	assert_true(hl_hash_reason_fits(0, HL_HASH_REASON_NOT_ILLEGAL));
	assert_false(hl_hash_reason_fits(0, HL_HASH_REASON_SAME));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_there_and_back),
		cmocka_unit_test(what_is_no_hash_is_refused),
		cmocka_unit_test(nobody_lists_nothing),
		cmocka_unit_test(pasted_lines),
		cmocka_unit_test(pasted_lines_that_are_refused),
		cmocka_unit_test(as_many_as_fit),
		cmocka_unit_test(reasons_fit_opinions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
