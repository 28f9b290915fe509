/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/bundle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/time.h"
#include "referral/zip.h"

#define AT INT64_C(1795337255000000) /* 2026-11-22T08:47:35Z */

static const struct hl_referral_bundle sample = {
	.ref = HL_STR_INIT("F-7K3Q-X9M2-C"),
	.case_ref = HL_STR_INIT("C-0123-4567-8"),
	.hotline = HL_STR_INIT("Example \"hotline\" Æ"),
	.created_at_us = AT,
	.parts = {HL_STR_INIT("{\"format\":\"openhotline-case/1\"}\n"),
		HL_STR_INIT("<!doctype html>\n<title>x</title>\n"),
		HL_STR_INIT("text\n")},
};

static void make_key(uint8_t first, struct hl_seal_sign_key *key)
{
	uint8_t seed[32] = {first};

	hl_seal_sign_from_seed(seed, key);
}

static void write_sample(struct hl_buf *out)
{
	HL_SEAL_SIGN_KEY_AUTO key;

	make_key(1, &key);
	assert_int_equal(0, hl_referral_bundle_write(&sample, &key, out, NULL));
}

static int verify(struct hl_str bytes, struct hl_err *err)
{
	struct hl_referral_bundle_info info;
	HL_SEAL_SIGN_KEY_AUTO key;

	make_key(1, &key);
	err->msg[0] = '\0';
	return hl_referral_bundle_verify(bytes, &key.pub, 1, &info, err);
}

static void whole_and_genuine(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(65536), again = HL_BUF_INIT(65536);
	struct hl_referral_bundle_info info;
	HL_SEAL_SIGN_KEY_AUTO key;
	struct hl_err err;

	write_sample(&out);
	write_sample(&again);
	assert_true(hl_str_eq(hl_buf_str(&out), hl_buf_str(&again)));

	make_key(1, &key);
	if (hl_referral_bundle_verify(
		    hl_buf_str(&out), &key.pub, 1, &info, &err)) {
		fail_msg("%s", err.msg);
	}
	assert_string_equal("F-7K3Q-X9M2-C", info.ref);
	assert_string_equal("C-0123-4567-8", info.case_ref);
	assert_string_equal("Example \"hotline\" Æ", info.hotline);
	assert_false(info.test);
	assert_int_equal(AT, info.created_at_us);
	assert_int_equal(5, info.parts[2].size_bytes);
	for (size_t i = 0; i < HL_REFERRAL_BUNDLE_PARTS; i++) {
		assert_true(hl_str_eq(sample.parts[i],
			hl_referral_bundle_part_of(hl_buf_str(&out), i)));
	}
	assert_null(hl_referral_bundle_part_of(hl_buf_str(&out), 3).p);
}

static void another_key_is_told(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(65536);
	struct hl_referral_bundle_info info;
	struct hl_seal_sign_pub pubs[2];
	HL_SEAL_SIGN_KEY_AUTO a, b, c;
	struct hl_err err;

	write_sample(&out);
	make_key(1, &a);
	make_key(2, &b);
	make_key(3, &c);
	pubs[0] = b.pub;
	pubs[1] = c.pub;
	assert_int_equal(HL_DENIED, hl_referral_bundle_verify(hl_buf_str(&out),
					    pubs, 2, &info, &err));
	assert_string_equal("F-7K3Q-X9M2-C", info.ref);
	assert_non_null(strstr(err.msg, "not by a trusted key"));
	assert_non_null(strstr(err.msg, info.key_id));
	assert_int_equal(HL_DENIED, hl_referral_bundle_verify(hl_buf_str(&out),
					    NULL, 0, &info, &err));
	pubs[1] = a.pub;
	assert_int_equal(0, hl_referral_bundle_verify(
				    hl_buf_str(&out), pubs, 2, &info, &err));
}

/* One bit anywhere: refused, always, and with a reason. */
static void every_flipped_bit_is_found(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(65536);
	struct hl_err err;

	write_sample(&out);
	for (size_t i = 0; i < out.n; i++) {
		for (int bit = 0; bit < 8; bit++) {
			out.p[i] = (char)(out.p[i] ^ 1 << bit);
			int r = verify(hl_buf_str(&out), &err);
			if (r >= 0 || !err.msg[0]) {
				fail_msg("byte %zu bit %d: %d %s", i, bit, r,
					err.msg);
			}
			out.p[i] = (char)(out.p[i] ^ 1 << bit);
		}
	}
	assert_int_equal(0, verify(hl_buf_str(&out), &err));
}

static void every_cut_is_found(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(65536);
	struct hl_err err;

	write_sample(&out);
	for (size_t n = 0; n < out.n; n++) {
		/* An own block, so that a read behind its end is seen. */
		char *copy = malloc(n ? n : 1);

		assert_non_null(copy);
		memcpy(copy, out.p, n);
		if (verify(hl_str_mem(copy, n), &err) != HL_E_CORRUPT ||
			!(strstr(err.msg, "short"))) {
			fail_msg("cut at %zu: %s", n, err.msg);
		}
		free(copy);
	}
}

static void what_stands_behind_is_found(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(65536);
	struct hl_err err;

	write_sample(&out);
	hl_buf_put_c(&out, '\0');
	assert_int_equal(HL_E_CORRUPT, verify(hl_buf_str(&out), &err));
	assert_string_equal("1 bytes behind the end", err.msg);
	write_sample(&out);
	assert_int_equal(HL_E_CORRUPT, verify(hl_buf_str(&out), &err));
}

/* The same members packed in other ways. */
static void members_in_any_other_way_are_refused(void **state)
{
	static const struct {
		const char *row;
		const char *names[7];
		const char *why;
	} rows[] = {
		{"unknown",
			{"manifest.json", "signature", "case.json", "case.html",
				"case.txt", "photo.bin"},
			"unknown member \"photo.bin\""},
		{"unknown first", {"extra", "manifest.json", "signature"},
			"unknown member \"extra\""},
		{"twice at the end",
			{"manifest.json", "signature", "case.json", "case.html",
				"case.txt", "case.txt"},
			"member \"case.txt\" is there twice"},
		{"twice inside",
			{"manifest.json", "signature", "manifest.json"},
			"member \"manifest.json\" is there twice"},
		{"other order",
			{"manifest.json", "case.json", "signature", "case.html",
				"case.txt"},
			"member \"case.json\" where \"signature\" belongs"},
		{"missing",
			{"manifest.json", "signature", "case.json", "case.txt"},
			"member \"case.txt\" where \"case.html\" belongs"},
		{"upwards", {"../manifest.json"},
			"member name that leads elsewhere: "
			"\"../manifest.json\""},
		{"absolute", {"/etc/passwd"},
			"member name that leads elsewhere: \"/etc/passwd\""},
		{"backslash", {"..\\a"},
			"member name that leads elsewhere: \"..\\a\""},
		{"drive", {"c:manifest.json"},
			"member name that leads elsewhere: "
			"\"c:manifest.json\""},
		{"folder", {"manifest.json/"},
			"member name that leads elsewhere: "
			"\"manifest.json/\""},
		{"terminal", {"\x1b[2Jmanifest.json"},
			"member name that leads elsewhere: "
			"\"?[2Jmanifest.json\""},
		{"no name", {""}, "member name that leads elsewhere: \"\""},
		{"case", {"Manifest.json"}, "unknown member \"Manifest.json\""},
		{"longer", {"manifest.jsonx"},
			"unknown member \"manifest.jsonx\""},
	};
	static const char *const order[] = {"manifest.json", "signature",
		"case.json", "case.html", "case.txt"};
	HL_BUF_AUTO good = HL_BUF_INIT(65536);
	struct hl_referral_member parts[5];
	struct hl_err err;

	write_sample(&good);
	for (size_t i = 0; i < 5; i++) {
		parts[i].name = hl_str_c(order[i]);
	}
	assert_int_equal(
		0, hl_referral_zip_read(hl_buf_str(&good), parts, 5, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(65536);
		struct hl_referral_member members[7];
		size_t n = 0;

		for (; rows[i].names[n]; n++) {
			members[n].name = hl_str_c(rows[i].names[n]);
			members[n].data = HL_STR("x");
			for (size_t k = 0; k < 5; k++) {
				if (hl_str_eq(members[n].name, parts[k].name)) {
					members[n].data = parts[k].data;
				}
			}
		}
		hl_referral_zip_write(members, n, AT, &out);
		if (verify(hl_buf_str(&out), &err) != HL_E_CORRUPT ||
			strcmp(err.msg, rows[i].why) != 0) {
			fail_msg("%s: %s", rows[i].row, err.msg);
		}
	}
}

/* Signed with the right key, yet not in the one form. */
static void only_one_manifest_is_good(void **state)
{
	static const struct {
		const char *row, *from, *to, *why;
	} rows[] = {
		{"version", "bundle/1", "bundle/2", "not of the format"},
		{"space", "{\"format\"", "{ \"format\"", "not written as"},
		{"field",
			"\"mode\":", "\"more\":1,\"mode\":", "not written as"},
		{"mode", "production", "real", "not written as"},
		{"time", "08:47:35Z", "08:47:35.5Z", "not written as"},
		{"no time", "2026-11-22T", "yesterday ", "lacks a field"},
		{"other time", "08:47:35Z", "09:47:35Z", "does not match"},
		{"reference", "F-7K3Q-X9M2-C", "F-7K3Q-X9M2 C",
			"lacks a field"},
		{"part", "case.txt", "case.pdf", "not written as"},
		{"size", "\"size\":5", "\"size\":6", "its size"},
		{"size below", "\"size\":5", "\"size\":-5", "lacks a field"},
		{"JSON", "]}", "]]", "not valid JSON"},
		{"twice", "\"mode\":", "\"mode\":\"test\",\"mode\":",
			"not valid JSON"},
		{"more members", "}]}", "},{\"name\":\"a\"}]}",
			"not written as"},
	};
	HL_BUF_AUTO good = HL_BUF_INIT(65536);
	struct hl_referral_member m[5] = {{HL_STR("manifest.json"), {NULL, 0}},
		{HL_STR("signature"), {NULL, 0}},
		{HL_STR("case.json"), {NULL, 0}},
		{HL_STR("case.html"), {NULL, 0}},
		{HL_STR("case.txt"), {NULL, 0}}};
	HL_SEAL_SIGN_KEY_AUTO key;

	make_key(1, &key);
	write_sample(&good);
	assert_int_equal(
		0, hl_referral_zip_read(hl_buf_str(&good), m, 5, NULL));
	struct hl_str manifest = m[0].data;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(65536), text = HL_BUF_INIT(65536);
		struct hl_str from = hl_str_c(rows[i].from);
		uint8_t signature[HL_SEAL_SIGN_BYTES];
		struct hl_err err;
		size_t at = hl_str_find(manifest, from);

		assert_true(at < manifest.n);
		hl_buf_put(&text, hl_str_sub(manifest, 0, at));
		hl_buf_put(&text, hl_str_c(rows[i].to));
		hl_buf_put(
			&text, hl_str_sub(manifest, at + from.n, manifest.n));
		hl_seal_sign(&key, hl_buf_str(&text), signature);
		m[0].data = hl_buf_str(&text);
		m[1].data = hl_str_mem(signature, sizeof(signature));
		hl_referral_zip_write(m, 5, AT, &out);
		if (verify(hl_buf_str(&out), &err) != HL_E_CORRUPT ||
			!strstr(err.msg, rows[i].why)) {
			fail_msg("%s: %s", rows[i].row, err.msg);
		}
	}
}

static void what_cannot_be_written_is_refused(void **state)
{
	static const char *const refs[] = {"", "F 1", "F-1\"", "f-1", "F/1",
		"F-0123456789012345678901234567890123456789"};
	HL_BUF_AUTO out = HL_BUF_INIT(65536), big = HL_BUF_INIT(8 << 20);
	HL_SEAL_SIGN_KEY_AUTO key;
	struct hl_referral_bundle b;

	make_key(1, &key);
	for (size_t i = 0; i < HL_ARRAY_LEN(refs); i++) {
		b = sample;
		b.ref = hl_str_c(refs[i]);
		assert_int_equal(HL_E_INVALID,
			hl_referral_bundle_write(&b, &key, &out, NULL));
		b = sample;
		b.case_ref = hl_str_c(refs[i]);
		assert_int_equal(HL_E_INVALID,
			hl_referral_bundle_write(&b, &key, &out, NULL));
	}
	b = sample;
	b.hotline = HL_STR("\xff");
	assert_int_equal(
		HL_E_INVALID, hl_referral_bundle_write(&b, &key, &out, NULL));
	assert_int_equal(0, out.n);

	while (big.n <= HL_REFERRAL_BUNDLE_MEMBER_MAX) {
		hl_buf_put(&big, HL_STR("0123456789abcdef"));
	}
	b = sample;
	b.parts[1] = hl_buf_str(&big);
	assert_int_equal(
		HL_E_LIMIT, hl_referral_bundle_write(&b, &key, &out, NULL));
	struct hl_buf tiny = HL_BUF_INIT(100);
	assert_int_equal(HL_E_LIMIT,
		hl_referral_bundle_write(&sample, &key, &tiny, NULL));
	hl_buf_fini(&tiny);
}

static void test_mode_and_early_times_hold(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(65536);
	struct hl_referral_bundle b = sample;
	struct hl_referral_bundle_info info;
	HL_SEAL_SIGN_KEY_AUTO key;

	make_key(1, &key);
	b.test = true;
	b.created_at_us = 1500000; /* 1970, before DOS time begins */
	b.parts[1] = HL_STR("");
	assert_int_equal(0, hl_referral_bundle_write(&b, &key, &out, NULL));
	assert_int_equal(0, hl_referral_bundle_verify(hl_buf_str(&out),
				    &key.pub, 1, &info, NULL));
	assert_true(info.test);
	assert_int_equal(1000000, info.created_at_us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_and_genuine),
		cmocka_unit_test(another_key_is_told),
		cmocka_unit_test(every_flipped_bit_is_found),
		cmocka_unit_test(every_cut_is_found),
		cmocka_unit_test(what_stands_behind_is_found),
		cmocka_unit_test(members_in_any_other_way_are_refused),
		cmocka_unit_test(only_one_manifest_is_good),
		cmocka_unit_test(what_cannot_be_written_is_refused),
		cmocka_unit_test(test_mode_and_early_times_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
