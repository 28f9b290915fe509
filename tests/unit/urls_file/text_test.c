/* SPDX-License-Identifier: Apache-2.0 */
#include "lists.h"

#include "urls_file/text.h"

#define FIRST "openhotline urllist example 1"
#define SIG                                                                  \
	"signature 0123456789abcdef "                                        \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
	"AAAAAAAAAAAAAAAAAAAA\n"

static void forms(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} rows[] = {
		{FIRST "\nword 1\n\n" SIG, 0},
		{FIRST "\n\n" SIG, 0},
		{FIRST "\nword 1\n\n" SIG SIG, 0},
		{"", HL_E_INVALID},
		{FIRST, HL_E_INVALID},
		{FIRST "\n", HL_E_INVALID},
		{FIRST " \nword 1\n\n" SIG, HL_E_INVALID},
		{" " FIRST "\nword 1\n\n" SIG, HL_E_INVALID},
		{"openhotline urllist example 2\nword 1\n\n" SIG, HL_E_INVALID},
		{FIRST "\nword 1\n\n", HL_E_INVALID},
		{FIRST "\nword 1\n" SIG, HL_E_INVALID},
		{FIRST "\nword 1\n\n" SIG "x", HL_E_INVALID},
		{FIRST "\nword 1\n\n" SIG "\n", HL_E_INVALID},
		{FIRST "\nword 1\n\n\n" SIG, HL_E_INVALID},
		{FIRST "\nword\t1\n\n" SIG, HL_E_INVALID},
		{FIRST "\nword 1\r\n\n" SIG, HL_E_INVALID},
		{FIRST "\nword \xc3\xbc\n\n" SIG, HL_E_INVALID},
		{FIRST "\nword 1\n\nsignature 0123456789ABCDEF AAAA\n",
			HL_E_INVALID},
		{FIRST "\nword 1\n\nsignature 0123456789abcdef AAAA\n",
			HL_E_INVALID},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_urls_text t;

		if (hl_urls_text_open(&t, hl_str_c(rows[i].text), FIRST, 4096,
			    NULL) != rows[i].rc) {
			fail_msg("row %zu", i);
		}
	}
}

static void bounds(void **state)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1 << 20);
	struct hl_urls_text t;

	hl_buf_printf(&text, FIRST "\n%0512d\n\n" SIG, 1);
	assert_int_equal(0,
		hl_urls_text_open(&t, hl_buf_str(&text), FIRST, text.n, NULL));
	assert_int_equal(HL_E_LIMIT, hl_urls_text_open(&t, hl_buf_str(&text),
					     FIRST, text.n - 1, NULL));
	text.n = 0;
	hl_buf_printf(&text, FIRST "\n%0513d\n\n" SIG, 1);
	assert_int_equal(HL_E_INVALID,
		hl_urls_text_open(&t, hl_buf_str(&text), FIRST, text.n, NULL));
	text.n = 0;
	hl_buf_put(&text, HL_STR(FIRST "\n\n"));
	for (int i = 0; i < 17; i++) {
		hl_buf_put(&text, HL_STR(SIG));
	}
	assert_int_equal(HL_E_INVALID,
		hl_urls_text_open(&t, hl_buf_str(&text), FIRST, text.n, NULL));
	text.n -= sizeof(SIG) - 1;
	assert_int_equal(0,
		hl_urls_text_open(&t, hl_buf_str(&text), FIRST, text.n, NULL));
}

/* A reader of "number N", "when TIME", "raw HEX", "key KEY" and any number of
 * "pair N N"; says whether it ended well. */
static int read_all(const char *members, uint64_t *sum)
{
	HL_BUF_AUTO text = HL_BUF_INIT(4096);
	struct hl_urls_text t;
	uint8_t raw[3], key[32];

	hl_buf_printf(&text, FIRST "\n%s\n" SIG, members);
	assert_int_equal(
		0, hl_urls_text_open(&t, hl_buf_str(&text), FIRST, 4096, NULL));
	hl_urls_text_want(&t, "number");
	*sum = hl_urls_text_number(&t, 1, UINT64_MAX);
	hl_urls_text_want(&t, "when");
	*sum += (uint64_t)hl_urls_text_time(&t);
	hl_urls_text_want(&t, "raw");
	hl_urls_text_hex(&t, raw, sizeof(raw));
	hl_urls_text_want(&t, "key");
	hl_urls_text_base64(&t, key, sizeof(key));
	while (hl_urls_text_next(&t, "pair")) {
		*sum += hl_urls_text_number(&t, 0, 9);
		*sum += hl_urls_text_number(&t, 0, 9);
	}
	return hl_urls_text_end(&t, NULL);
}

#define KEY "key AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n"
#define WHEN "when 1970-01-01T00:01:00Z\n"
#define START "number 3\n" WHEN "raw 00ff10\n"

static void members(void **state)
{
	static const struct {
		const char *text;
		uint64_t sum; /* 0: refused */
	} rows[] = {
		{START KEY, 63},
		{START KEY "pair 1 2\npair 3 4\n", 73},
		{"number 18446744073709551555\n" WHEN "raw 00ff10\n" KEY,
			UINT64_MAX},
		{"number 18446744073709551616\n" WHEN "raw 00ff10\n" KEY, 0},
		{"number 99999999999999999999\n" WHEN "raw 00ff10\n" KEY, 0},
		{"number 03\n" WHEN "raw 00ff10\n" KEY, 0},
		{"number +3\n" WHEN "raw 00ff10\n" KEY, 0},
		{"number -3\n" WHEN "raw 00ff10\n" KEY, 0},
		{"number 0\n" WHEN "raw 00ff10\n" KEY, 0},
		{"number \n" WHEN "raw 00ff10\n" KEY, 0},
		{"number\n" WHEN "raw 00ff10\n" KEY, 0},
		{"number  3\n" WHEN "raw 00ff10\n" KEY, 0},
		{"number 3 \n" WHEN "raw 00ff10\n" KEY, 0},
		{"number 3 4\n" WHEN "raw 00ff10\n" KEY, 0},
		{"numbers 3\n" WHEN "raw 00ff10\n" KEY, 0},
		{"number 3\nwhen 1970-01-01T00:01:00.5Z\nraw 00ff10\n" KEY, 0},
		{"number 3\nwhen 1970-02-30T00:01:00Z\nraw 00ff10\n" KEY, 0},
		{"number 3\nwhen 1969-12-31T23:59:59Z\nraw 00ff10\n" KEY, 0},
		{"number 3\nwhen 60\nraw 00ff10\n" KEY, 0},
		{"number 3\n" WHEN "raw 00FF10\n" KEY, 0},
		{"number 3\n" WHEN "raw 00ff\n" KEY, 0},
		{"number 3\n" WHEN "raw 00ff1\n" KEY, 0},
		{"number 3\n" WHEN "raw 00ff1011\n" KEY, 0},
		{WHEN "number 3\nraw 00ff10\n" KEY, 0},
		{START, 0},
		{START KEY KEY, 0},
		{START KEY "other 1\n", 0},
		{START KEY "pair 1\n", 0},
		{START KEY "pair 1 2 3\n", 0},
		{START KEY "pair 1 10\n", 0},
		{START KEY "pair 1 10\npair 1 2\n", 0},
		{START "key AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9\n", 0},
		{START "key AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", 0},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		uint64_t sum = 0;
		int rc = read_all(rows[i].text, &sum);

		if (rc != (rows[i].sum ? 0 : HL_E_INVALID) ||
			(rows[i].sum && sum != rows[i].sum)) {
			fail_msg("row %zu: %d, %llu", i, rc,
				(unsigned long long)sum);
		}
	}
}

static void key_pair(uint8_t seed, uint8_t key[32], uint8_t secret[64])
{
	uint8_t bytes[32];

	memset(bytes, seed, sizeof(bytes));
	crypto_sign_seed_keypair(key, secret, bytes);
}

static void signatures(void **state)
{
	HL_BUF_AUTO text = HL_BUF_INIT(4096);
	uint8_t keys[4][32], secret[4][64];
	struct hl_urls_text t;

	for (uint8_t i = 0; i < 4; i++) {
		key_pair(i, keys[i], secret[i]);
	}
	hl_urls_text_put(&text, FIRST "\nnumber");
	hl_urls_text_put_number(&text, 3);
	hl_urls_text_put_end(&text);
	assert_int_equal(
		HL_E_INVALID, hl_urls_text_sign(&text, secret[0], NULL));
	hl_urls_text_close(&text);
	assert_int_equal(0, hl_urls_text_sign(&text, secret[0], NULL));
	assert_int_equal(0, hl_urls_text_sign(&text, secret[0], NULL));
	assert_int_equal(0, hl_urls_text_sign(&text, secret[2], NULL));
	assert_int_equal(
		0, hl_urls_text_open(&t, hl_buf_str(&text), FIRST, 4096, NULL));
	/* One key counts once, however often it signed. */
	assert_int_equal(2, hl_urls_text_signers(&t, keys, 4));
	assert_int_equal(1, hl_urls_text_signers(&t, keys, 2));
	assert_int_equal(0, hl_urls_text_signers(&t, keys + 3, 1));
	/* Any byte of what was signed. */
	for (size_t i = 0; i < t.signed_part.n; i++) {
		text.p[i] ^= 1;
		assert_int_equal(0, hl_urls_text_signers(&t, keys, 4));
		text.p[i] ^= 1;
	}
	text.max = text.n + 20;
	assert_int_equal(HL_E_LIMIT, hl_urls_text_sign(&text, secret[1], NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(bounds),
		cmocka_unit_test(members),
		cmocka_unit_test(signatures),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
