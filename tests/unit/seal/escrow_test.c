/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/escrow.h"

#include <ctype.h>
#include <stdio.h>

#include "seal_test.h"

static struct hl_seal_secret secret;

struct set {
	struct hl_buf text;
	struct hl_str share[HL_SEAL_ESCROW_MAX];
	size_t n;
};

/* Splits and cuts the text into its shares of four lines. */
static void make_set(int k, int n, struct set *s)
{
	s->text = HL_BUF_SECRET(HL_SEAL_ESCROW_MAX * HL_SEAL_ESCROW_TEXT_MAX);
	s->n = (size_t)n;
	assert_int_equal(
		0, hl_seal_escrow_split(&secret, k, n, &s->text, NULL));
	size_t each = s->text.n / s->n;
	assert_int_equal(0, s->text.n % s->n);
	assert_true(each < HL_SEAL_ESCROW_TEXT_MAX);
	for (size_t i = 0; i < s->n; i++) {
		s->share[i] = hl_str_sub(hl_buf_str(&s->text), i * each, each);
	}
}

static int make_secret(void **state)
{
	struct hl_seal_pub pub;

	(void)state;
	hl_seal_keypair_new(&pub, &secret);
	return 0;
}

/* Every subset of every size, in ascending order of shares. */
static void try_subsets(const struct set *s, int k)
{
	for (unsigned mask = 0; mask < 1u << s->n; mask++) {
		struct hl_str given[HL_SEAL_ESCROW_MAX];
		struct hl_seal_secret got = {{0}};
		size_t n = 0;

		for (size_t i = 0; i < s->n; i++) {
			if (mask >> i & 1) {
				given[n++] = s->share[i];
			}
		}
		int want = n >= (size_t)k ? 0 : HL_E_INVALID;
		int r = hl_seal_escrow_join(given, n, &got, NULL);
		bool same = memcmp(&got, &secret, sizeof(got)) == 0;
		if (r != want || same != (want == 0)) {
			fail_msg("%d of %zu, subset %x: %d", k, s->n, mask, r);
		}
	}
}

static void all_subsets(void **state)
{
	(void)state;
	for (int n = 2; n <= 7; n++) {
		for (int k = 2; k <= n; k++) {
			struct set s;

			make_set(k, n, &s);
			try_subsets(&s, k);
			hl_buf_fini(&s.text);
		}
	}
}

static void largest(void **state)
{
	struct set s;
	struct hl_seal_secret got;

	(void)state;
	make_set(HL_SEAL_ESCROW_MAX, HL_SEAL_ESCROW_MAX, &s);
	assert_int_equal(0, hl_seal_escrow_join(s.share, s.n, &got, NULL));
	assert_memory_equal(&secret, &got, sizeof(got));
	assert_int_equal(HL_E_INVALID,
		hl_seal_escrow_join(s.share, s.n - 1, &got, NULL));
	assert_int_equal(HL_E_INVALID,
		hl_seal_escrow_join(s.share, s.n + 1, &got, NULL));
	hl_buf_fini(&s.text);
}

static void order_does_not_matter(void **state)
{
	struct set s;
	struct hl_seal_secret got;

	(void)state;
	make_set(3, 5, &s);
	for (size_t a = 0; a < 5; a++) {
		for (size_t b = 0; b < 5; b++) {
			for (size_t c = 0; c < 5; c++) {
				struct hl_str given[] = {
					s.share[a], s.share[b], s.share[c]};
				bool twice = a == b || b == c || a == c;

				assert_int_equal(twice ? HL_E_INVALID : 0,
					hl_seal_escrow_join(
						given, 3, &got, NULL));
			}
		}
	}
	hl_buf_fini(&s.text);
}

static void wrong_numbers(void **state)
{
	static const int rows[][2] = {
		{0, 0}, {1, 1}, {1, 3}, {3, 2}, {2, 33}, {-2, 3}, {2, -3}};
	HL_BUF_AUTO out = HL_BUF_SECRET(8192);

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_seal_escrow_split(&secret, rows[i][0], rows[i][1], &out,
			    NULL) != HL_E_INVALID ||
			out.n) {
			fail_msg("%d of %d", rows[i][0], rows[i][1]);
		}
	}
	struct hl_seal_secret got;
	assert_int_equal(
		HL_E_INVALID, hl_seal_escrow_join(NULL, 0, &got, NULL));
}

static void info(void **state)
{
	struct hl_seal_share_info first, i;
	struct set s;

	(void)state;
	make_set(2, 4, &s);
	assert_int_equal(0, hl_seal_escrow_info(s.share[0], &first, NULL));
	for (int x = 0; x < 4; x++) {
		assert_int_equal(0, hl_seal_escrow_info(s.share[x], &i, NULL));
		assert_string_equal(first.set, i.set);
		assert_int_equal(8, strlen(i.set));
		assert_int_equal(2, i.k);
		assert_int_equal(4, i.n);
		assert_int_equal(x + 1, i.number);
	}
	hl_buf_fini(&s.text);
}

static void typed_by_hand(void **state)
{
	struct hl_seal_share_info i;
	char text[512];
	struct set s;

	(void)state;
	make_set(2, 2, &s);
	for (int style = 0; style < 3; style++) {
		size_t n = 0;

		for (size_t at = 0; at < s.share[0].n; at++) {
			char c = s.share[0].p[at];

			if (isspace((unsigned char)c)) {
				if (style == 1) {
					text[n++] = '-';
				}
				continue;
			}
			text[n++] = style == 2 && c == '0'   ? 'o'
				    : style == 2 && c == '1' ? 'l'
				    : style == 1             ? (char)tolower(c)
							     : c;
		}
		if (hl_seal_escrow_info(hl_str_mem(text, n), &i, NULL)) {
			fail_msg("style %d", style);
		}
	}
	hl_buf_fini(&s.text);
}

/* Every wrong symbol is found, and in the right line. */
static void typing_errors(void **state)
{
	struct hl_seal_share_info info;
	struct hl_err err;
	struct set s;
	int line = 1;

	(void)state;
	make_set(2, 2, &s);
	for (size_t at = 0; at < s.share[0].n; at++) {
		char was = s.text.p[at], want[24];

		if (was == ' ' || was == '\n') {
			line += was == '\n';
			continue;
		}
		snprintf(want, sizeof(want), "line %d", line);
		for (size_t v = 0; v < 32; v++) {
			s.text.p[at] = hl_text_crockford[v];
			int r = hl_seal_escrow_info(s.share[0], &info, &err);
			if (s.text.p[at] == was) {
				assert_int_equal(0, r);
			} else if (r != HL_E_INVALID ||
				   !strstr(err.msg, want)) {
				fail_msg("at %zu: %d %s", at, r, err.msg);
			}
		}
		s.text.p[at] = 'U';
		assert_int_equal(HL_E_INVALID,
			hl_seal_escrow_info(s.share[0], &info, &err));
		assert_non_null(strstr(err.msg, want));
		s.text.p[at] = was;
	}
	for (size_t n = 0; n < s.share[0].n - 1; n++) {
		assert_int_equal(HL_E_INVALID,
			hl_seal_escrow_info(
				hl_str_sub(s.share[0], 0, n), &info, NULL));
	}
	hl_buf_fini(&s.text);
}

static void lines_in_the_wrong_order(void **state)
{
	struct hl_seal_share_info info;
	struct set s;
	char text[256];

	(void)state;
	make_set(2, 2, &s);
	size_t each = s.share[0].n / 4;
	memcpy(text, s.share[0].p + each, each);
	memcpy(text + each, s.share[0].p, each);
	memcpy(text + 2 * each, s.share[0].p + 2 * each, 2 * each);
	assert_int_equal(HL_E_INVALID,
		hl_seal_escrow_info(
			hl_str_mem(text, s.share[0].n), &info, NULL));
	/* a whole line of another share: each line is right by itself */
	memcpy(text, s.share[0].p, s.share[0].n);
	memcpy(text + 2 * each, s.share[1].p + 2 * each, each);
	assert_int_equal(HL_E_INVALID,
		hl_seal_escrow_info(
			hl_str_mem(text, s.share[0].n), &info, NULL));
	hl_buf_fini(&s.text);
}

static void sets_do_not_mix(void **state)
{
	struct hl_seal_secret got;
	struct hl_err err;
	struct set a, b;

	(void)state;
	make_set(2, 3, &a);
	make_set(2, 3, &b);
	struct hl_str given[] = {a.share[0], b.share[1]};
	assert_int_equal(
		HL_E_INVALID, hl_seal_escrow_join(given, 2, &got, &err));
	assert_non_null(strstr(err.msg, "another set"));
	hl_buf_fini(&a.text);
	hl_buf_fini(&b.text);
}

/* Each split draws its polynomials afresh, the same secret or not. */
static void each_split_is_fresh(void **state)
{
	struct set s;

	(void)state;
	for (int round = 0; round < 50; round++) {
		struct set t;

		make_set(2, 2, &s);
		make_set(2, 2, &t);
		/* behind the first line, which holds the head */
		size_t each = s.share[0].n / 4;
		assert_memory_not_equal(
			s.share[0].p + each, t.share[0].p + each, each);
		hl_buf_fini(&s.text);
		hl_buf_fini(&t.text);
	}
}

/* Made by an independent program (Python): 3 of 4 of the bytes 0 to 31. */
static void made_elsewhere(void **state)
{
	static const struct hl_str shares[] = {
		HL_STR_INIT("06RGQV5NAR1G80BZXGKF76A "
			    "5CR931JCXZ51TWQSG4YQCQA "
			    "KKJ64KC74A7X41ZAQJ50DJA "
			    "THDNQK85YAVYEW0RHV2Q4G5 "),
		HL_STR_INIT("06RGQV5NAR1G80VBR0Y4W0Q "
			    "4Y90BJHCDNAS438TPCNJ84P "
			    "S82QDJDW16P3KMSYRE8DD32 "
			    "1K6DFD9ZYGT9RSPVJ98G151 "),
		HL_STR_INIT("06RGQV5NAR1G815DR1JP3XB "
			    "CPDQ22DRZ92XKN62PHPJKDS "
			    "KQPM5PPS60QWEANNNZTTPAM "
			    "HTD8FJBGY3KWYJQWT4JKPDH "),
	};
	struct hl_seal_secret got;

	(void)state;
	assert_int_equal(0, hl_seal_escrow_join(shares, 3, &got, NULL));
	for (uint8_t i = 0; i < 32; i++) {
		assert_int_equal(i, got.b[i]);
	}
}

/* Well-formed shares whose values do not belong together. */
static void forged(void **state)
{
	static const struct hl_str three[] = {
		HL_STR_INIT("06RGQV5NAR1G80BZXGKF76A "
			    "5CR931JCXZ51TWQSG4YQCQA "
			    "KKJ64KC74A7X41ZAQJ50DJA "
			    "THDNQK85YAVYEW0RHV2Q4G5 "),
		HL_STR_INIT("06RGQV5NAR1G80VBR0Y4W0Q "
			    "4Y90BJHCDNAS438TPCNJ84P "
			    "S82QDJDW16P3KMSYRE8DD32 "
			    "1K6DFD9ZYGT9RSPVJ98G151 "),
		HL_STR_INIT("06RGQV5NAR1G815XR1JP3XC "
			    "CPDQ22DRZ92XKN62PHPJKDS "
			    "KQPM5PPS60QWEANNNZTTPAM "
			    "HTD8FJBGY3KWY3ERDV2Y7X6 "),
	};
	static const struct hl_str four[] = {
		HL_STR_INIT("06RGQV5NAR1G80BZXGKF76A "
			    "5CR931JCXZ51TWQSG4YQCQA "
			    "KKJ64KC74A7X41ZAQJ50DJA "
			    "THDNQK85YAVYEW0RHV2Q4G5 "),
		HL_STR_INIT("06RGQV5NAR1G80GM5MCBX75 "
			    "1QHHB3K2R0EMRZ50P795C20 "
			    "EZ85BNATBAH7MXB5QV5K3DB "
			    "YT3AP3Y43ZA713R2Q28SNZH "),
		HL_STR_INIT("06RGQV5NAR1G80VBR0Y4W0Q "
			    "4Y90BJHCDNAS438TPCNJ84P "
			    "S82QDJDW16P3KMSYRE8DD32 "
			    "1K6DFD9ZYGT9RSPVJ98G151 "),
		HL_STR_INIT("06RGQV5NAR1G815XR1JP3XC "
			    "CPDQ22DRZ92XKN62PHPJKDS "
			    "KQPM5PPS60QWEANNNZTTPAM "
			    "HTD8FJBGY3KWY3ERDV2Y7X6 "),
	};
	struct hl_seal_secret got = {{0}}, zero = {{0}};

	(void)state;
	assert_int_equal(
		HL_E_CRYPTO, hl_seal_escrow_join(three, 3, &got, NULL));
	assert_int_equal(HL_E_CRYPTO, hl_seal_escrow_join(four, 4, &got, NULL));
	assert_memory_equal(&zero, &got, sizeof(got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_subsets),
		cmocka_unit_test(largest),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(wrong_numbers),
		cmocka_unit_test(info),
		cmocka_unit_test(typed_by_hand),
		cmocka_unit_test(typing_errors),
		cmocka_unit_test(lines_in_the_wrong_order),
		cmocka_unit_test(sets_do_not_mix),
		cmocka_unit_test(each_split_is_fresh),
		cmocka_unit_test(made_elsewhere),
		cmocka_unit_test(forged),
	};

	return hl_seal_init(NULL)
		       ? 1
		       : cmocka_run_group_tests(tests, make_secret, NULL);
}
