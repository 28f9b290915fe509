/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/box.h"

#include <stdlib.h>

#include "base/rand.h"
#include "seal_test.h"

static const struct hl_seal_label label = {
	.kind = "report", .id = 4711, .field = "body", .schema = 3};

static struct hl_seal_pub pub, other_pub;
static struct hl_seal_secret secret, other_secret;
static struct hl_seal_key key;

static int make_keys(void **state)
{
	(void)state;
	hl_seal_keypair_new(&pub, &secret);
	hl_seal_keypair_new(&other_pub, &other_secret);
	hl_seal_key_new(&key);
	return 0;
}

static void must_seal(bool sym, const struct hl_seal_label *l,
	struct hl_str plain, struct hl_buf *out)
{
	int r = sym ? hl_seal_sym(&key, l, plain, out, NULL)
		    : hl_seal_to(&pub, l, plain, out, NULL);

	assert_int_equal(0, r);
}

static int open_it(bool sym, const struct hl_seal_label *l,
	struct hl_str sealed, struct hl_buf *out)
{
	return sym ? hl_seal_sym_open(&key, l, sealed, out, NULL)
		   : hl_seal_open(&secret, l, sealed, out, NULL);
}

/* Made by an independent program (Python) from docs/keys.md: what is stored
 * today has to open for as long as there are stores. */
static void made_elsewhere(void **state)
{
	static const struct {
		const char *name;
		bool sym;
		const char *sealed;
	} rows[] = {
		{"to a key, exact", false,
			"0101005869aff450549732cbaaed5e5df9b30a6da31cb0e5742bad"
			"5ad4a1"
			"a768f1a67bf1e7334256fae9166b7eb6f0d2408a56d8e1f82f30bb"
			"911325"
			"7b9e4e52d8"},
		{"to a key, padded", false,
			"0101015869aff450549732cbaaed5e5df9b30a6da31cb0e5742bad"
			"5ad4a1"
			"a768f1a67b9695f0f05fed0afdc6ade4d37484fcd1edf5647def4e"
			"70987f"
			"a56cbd9649ecedf9bce7af2ec99ced4203c1f84d04210410c25207"
			"a7bcd8"
			"5fbeb5125c3b46c842c09c58ef631c840aaf2f2ecb7a86d316cbfc"
			"c4cf16"
			"7d2d25ab63152dd2ad10e09aebb44edb17c1d7468262d869d5ae70"
			"83951f"
			"c2e036d28108e12c0b3b135346d1ba7cc04cfba7a3185c5dac800a"
			"3dd31d"
			"97417bdde06162dab17c0cf49f746e9585d252d31c7dfc031680cc"
			"05868a"
			"cb2e4c1db64c0b543e2c37e65ac4f1b13457fde65e9fb3dfbd723a"
			"f2d607"
			"82130873c727a0d1ba2b89f42126cbb173429419d2333ef2b76301"
			"f83c16"
			"115abe2babe03ebb36cd3d77a7327b0e954753f7d8fa25b86b5a2f"
			"829435"
			"8d351781c6682f"},
		{"symmetric, exact", true,
			"010200000102030405060708090a0b0c0d0e0f1011121314151617"
			"f25711"
			"d0a778271134ca8ff6707b281e31a45ed95fabd49700e6d9e7dcb"
			"0"},
		{"symmetric, padded", true,
			"010201000102030405060708090a0b0c0d0e0f1011121314151617"
			"9525d2"
			"62ae6fc4fa9919ddd5d6bf7f484c172adf73d277004fc56a0fad64"
			"e6d731"
			"6953d36c057cdc7d7554e5af80623071c747a1be859d481cb77e3f"
			"65ce35"
			"a9f5aad721c3422af3535cb596c8e7e53e932b7130e664a0d45fd7"
			"a53c61"
			"9cbd2fee9da4132c2b4b3bf664b1d5222445a519bf404302a162f8"
			"0ede37"
			"79359cd6368cd1f8055e7beb33d489ab226e5d7ec5ba88ed48af08"
			"78dda6"
			"a9ec97cf1062ef8e76ce20053ba3cec733c17accb655113d2c14e6"
			"4b0007"
			"bf2e79e784253dbed4d444fed854d428785790d0e739f7c4cc5aa4"
			"6feb16"
			"6b1e71db86e3c5036b46e2b0f75774ff5382d72b28fdede4c35e72"
			"dd89fd"
			"c8af8c49f9a7f2cf122ba72e95557f3e1361ca5d27f8a29f45a898"
			"e334"},
	};
	struct hl_seal_secret fixed;
	struct hl_seal_key fixed_key;

	(void)state;
	for (uint8_t i = 0; i < 32; i++) {
		fixed.b[i] = fixed_key.b[i] = (uint8_t)(i + 1);
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO plain = HL_BUF_SECRET(1024);
		uint8_t bytes[400];
		struct hl_str sealed = hl_str_mem(
			bytes, from_hex(rows[i].sealed, bytes, sizeof(bytes)));
		int r = rows[i].sym ? hl_seal_sym_open(&fixed_key, &label,
					      sealed, &plain, NULL)
				    : hl_seal_open(&fixed, &label, sealed,
					      &plain, NULL);

		if (r || !hl_str_eq(
				 hl_buf_str(&plain), HL_STR("grüne Wörter"))) {
			fail_msg("row %s: %d", rows[i].name, r);
		}
	}
}

/* Lengths at, before and behind every bucket's border. */
static void bucket_borders(void **state)
{
	static char text[70000];

	(void)state;
	hl_rand_bytes(text, sizeof(text));
	for (size_t bucket = 256; bucket <= 65536; bucket *= 2) {
		for (size_t n = bucket - 6; n <= bucket + 2; n++) {
			HL_BUF_AUTO sealed = HL_BUF_INIT(1 << 18);
			HL_BUF_AUTO plain = HL_BUF_SECRET(1 << 18);
			size_t want = n + 4 <= bucket ? bucket : 2 * bucket;
			bool sym = n & 1;

			assert_int_equal(want, hl_seal_padded(n));
			must_seal(sym, &label, hl_str_mem(text, n), &sealed);
			assert_int_equal(want + (sym ? HL_SEAL_SYM_OVERHEAD
						     : HL_SEAL_TO_OVERHEAD),
				sealed.n);
			assert_int_equal(
				0, open_it(sym, &label, hl_buf_str(&sealed),
					   &plain));
			assert_int_equal(n, plain.n);
			assert_memory_equal(text, plain.p, n);
		}
	}
	assert_int_equal(256, hl_seal_padded(0));
	assert_int_equal(16 * 1024 * 1024, hl_seal_padded(HL_SEAL_MAX_BYTES));
	assert_int_equal(0, hl_seal_padded(HL_SEAL_MAX_BYTES + 1));
	assert_int_equal(0, hl_seal_padded(SIZE_MAX));
}

static void any_length_comes_back(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		HL_BUF_AUTO sealed = HL_BUF_INIT(1 << 14);
		HL_BUF_AUTO plain = HL_BUF_SECRET(1 << 14);
		struct hl_seal_label l = label;
		char text[3000];
		size_t n = hl_rand_below(sizeof(text));
		bool sym = i & 1;

		l.exact = i & 2;
		l.id = hl_rand_id();
		hl_rand_bytes(text, n);
		must_seal(sym, &l, hl_str_mem(text, n), &sealed);
		assert_int_equal(
			0, open_it(sym, &l, hl_buf_str(&sealed), &plain));
		assert_int_equal(n, plain.n);
		assert_memory_equal(text, plain.p, n);
	}
}

static void exact_is_exact(void **state)
{
	HL_BUF_AUTO sealed = HL_BUF_INIT(256);
	struct hl_seal_label l = label;

	(void)state;
	l.exact = true;
	must_seal(false, &l, HL_STR("0123456789"), &sealed);
	assert_int_equal(10 + HL_SEAL_TO_OVERHEAD, sealed.n);
	must_seal(true, &l, HL_STR(""), &sealed);
	assert_int_equal(
		10 + HL_SEAL_TO_OVERHEAD + HL_SEAL_SYM_OVERHEAD, sealed.n);
}

static void each_flipped_bit_is_found(void **state)
{
	(void)state;
	for (int sym = 0; sym <= 1; sym++) {
		HL_BUF_AUTO sealed = HL_BUF_INIT(1024);

		must_seal(sym, &label, HL_STR("some words"), &sealed);
		for (size_t i = 0; i < sealed.n * 8; i++) {
			HL_BUF_AUTO plain = HL_BUF_SECRET(1024);

			sealed.p[i / 8] ^= (char)(1 << i % 8);
			int r = open_it(
				sym, &label, hl_buf_str(&sealed), &plain);
			/* X25519 ignores the top bit of a public key, the
			 * key derivation does not. */
			if ((r != HL_E_CRYPTO && r != HL_E_CORRUPT) ||
				plain.n) {
				fail_msg("sym %d, bit %zu: %d", sym, i, r);
			}
			sealed.p[i / 8] ^= (char)(1 << i % 8);
		}
	}
}

/* In memory of just that length, so that a sanitizer sees a read behind. */
static void each_truncation_is_found(void **state)
{
	(void)state;
	for (int sym = 0; sym <= 1; sym++) {
		HL_BUF_AUTO sealed = HL_BUF_INIT(1024);

		must_seal(sym, &label, HL_STR("some words"), &sealed);
		for (size_t n = 0; n < sealed.n; n++) {
			HL_BUF_AUTO plain = HL_BUF_SECRET(1024);
			char *copy = malloc(n + 1);

			assert_non_null(copy);
			memcpy(copy, sealed.p, n);
			int r = open_it(
				sym, &label, hl_str_mem(copy, n), &plain);
			free(copy);
			if (r >= 0 || plain.n) {
				fail_msg("sym %d, length %zu: %d", sym, n, r);
			}
		}
		hl_buf_put_c(&sealed, '\0');
		HL_BUF_AUTO plain = HL_BUF_SECRET(1024);
		assert_int_equal(HL_E_CRYPTO,
			open_it(sym, &label, hl_buf_str(&sealed), &plain));
	}
}

static void wrong_label(void **state)
{
	static const struct {
		const char *name;
		struct hl_seal_label label;
	} rows[] = {
		{"kind", {"case", 4711, "body", 3, false}},
		{"id", {"report", 4712, "body", 3, false}},
		{"id sign", {"report", -4711, "body", 3, false}},
		{"field", {"report", 4711, "contact", 3, false}},
		{"schema", {"report", 4711, "body", 4, false}},
		{"border moved", {"reportb", 4711, "ody", 3, false}},
	};

	(void)state;
	for (int sym = 0; sym <= 1; sym++) {
		HL_BUF_AUTO sealed = HL_BUF_INIT(1024);

		must_seal(sym, &label, HL_STR("some words"), &sealed);
		for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
			HL_BUF_AUTO plain = HL_BUF_SECRET(1024);
			int r = open_it(sym, &rows[i].label,
				hl_buf_str(&sealed), &plain);

			if (r != HL_E_CRYPTO || plain.n) {
				fail_msg("row %s: %d", rows[i].name, r);
			}
		}
	}
}

static void malformed_label(void **state)
{
	static const char sixty_five[] = "0123456789012345678901234567890123456"
					 "7890123456789012345678901234";
	static const struct hl_seal_label rows[] = {
		{.kind = NULL, .field = "body"}, {.kind = "", .field = "body"},
		{.kind = "report"}, {.kind = "report", .field = ""},
		{.kind = sixty_five, .field = "body"},
		{.kind = "report", .field = sixty_five}};

	(void)state;
	assert_int_equal(65, strlen(sixty_five));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(1024), wrap = HL_BUF_INIT(1024);

		if (hl_seal_to(&pub, &rows[i], HL_STR("x"), &out, NULL) !=
				HL_E_INVALID ||
			hl_seal_sym(&key, &rows[i], HL_STR("x"), &out, NULL) !=
				HL_E_INVALID ||
			hl_seal_report(&pub, &rows[i], HL_STR("x"), &wrap, &out,
				NULL) != HL_E_INVALID ||
			out.n || wrap.n) {
			fail_msg("row %zu", i);
		}
	}
}

static void wrong_key(void **state)
{
	HL_BUF_AUTO to = HL_BUF_INIT(1024), sym = HL_BUF_INIT(1024);
	HL_BUF_AUTO plain = HL_BUF_SECRET(1024);
	struct hl_seal_key other = key;

	(void)state;
	other.b[31] ^= 1;
	must_seal(false, &label, HL_STR("x"), &to);
	must_seal(true, &label, HL_STR("x"), &sym);
	assert_int_equal(HL_E_CRYPTO, hl_seal_open(&other_secret, &label,
					      hl_buf_str(&to), &plain, NULL));
	assert_int_equal(HL_E_CRYPTO, hl_seal_sym_open(&other, &label,
					      hl_buf_str(&sym), &plain, NULL));
	/* one form is not taken for the other */
	assert_int_equal(HL_E_CORRUPT,
		hl_seal_open(&secret, &label, hl_buf_str(&sym), &plain, NULL));
	assert_int_equal(HL_E_CORRUPT,
		hl_seal_sym_open(&key, &label, hl_buf_str(&to), &plain, NULL));
	assert_int_equal(0, plain.n);
}

/* Points whose multiples are few: a seal to them would hide nothing. */
static void void_public_keys(void **state)
{
	static const char *const rows[] = {
		"00000000000000000000000000000000000000000000000000000000000000"
		"00",
		"01000000000000000000000000000000000000000000000000000000000000"
		"00",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		"7f",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b8"
		"00",
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(1024);
		struct hl_seal_pub weak;

		from_hex(rows[i], weak.b, sizeof(weak.b));
		int r = hl_seal_to(&weak, &label, HL_STR("x"), &out, NULL);
		if (r != HL_E_CRYPTO || out.n) {
			fail_msg("row %zu: %d", i, r);
		}
	}
}

static void no_two_alike(void **state)
{
	HL_BUF_AUTO a = HL_BUF_INIT(1024), b = HL_BUF_INIT(1024);

	(void)state;
	for (int sym = 0; sym <= 1; sym++) {
		hl_buf_reset(&a);
		hl_buf_reset(&b);
		must_seal(sym, &label, HL_STR("x"), &a);
		must_seal(sym, &label, HL_STR("x"), &b);
		for (size_t i = 3; i + 16 < a.n; i += 16) {
			assert_memory_not_equal(a.p + i, b.p + i, 16);
		}
	}
}

static void limits(void **state)
{
	HL_BUF_AUTO small = HL_BUF_INIT(100), plain = HL_BUF_SECRET(255);
	HL_BUF_AUTO sealed = HL_BUF_INIT(1024);
	struct hl_str huge = {"", HL_SEAL_MAX_BYTES + 1};

	(void)state;
	assert_int_equal(HL_E_LIMIT,
		hl_seal_to(&pub, &label, HL_STR("x"), &small, NULL));
	hl_buf_reset(&small);
	assert_int_equal(
		HL_E_LIMIT, hl_seal_sym(&key, &label, huge, &small, NULL));
	must_seal(false, &label, HL_STR("x"), &sealed);
	assert_int_equal(HL_E_LIMIT,
		open_it(false, &label, hl_buf_str(&sealed), &plain));
}

/* Not in what is stored, nor behind its end where the buffer has room. */
static void nothing_of_the_plaintext_stays(void **state)
{
	static const char words[] = "a sentence that nobody else may read";
	struct hl_str plain = hl_str_c(words);
	HL_BUF_AUTO wrap = HL_BUF_INIT(4096), body = HL_BUF_INIT(4096);
	HL_BUF_AUTO opened = HL_BUF_SECRET(4096);

	(void)state;
	assert_int_equal(
		0, hl_seal_report(&pub, &label, plain, &wrap, &body, NULL));
	for (size_t n = 8; n <= plain.n; n++) {
		struct hl_str part = hl_str_sub(plain, plain.n - n, 8);

		assert_null(memmem(body.p, body.cap, part.p, part.n));
		assert_null(memmem(wrap.p, wrap.cap, part.p, part.n));
	}
	/* what was opened is wiped with its buffer */
	assert_int_equal(
		0, hl_seal_report_open(&secret, &label, hl_buf_str(&wrap),
			   hl_buf_str(&body), &opened, NULL));
	assert_true(hl_str_eq(plain, hl_buf_str(&opened)));
	hl_buf_reset(&opened);
	assert_null(memmem(opened.p, opened.cap, words, 8));
}

/* Opening appends, and what it adds will be wiped. */
static void opening_appends(void **state)
{
	HL_BUF_AUTO sealed = HL_BUF_INIT(1024), out = HL_BUF_INIT(1024);

	(void)state;
	hl_buf_put(&out, HL_STR("before "));
	must_seal(true, &label, HL_STR("after"), &sealed);
	assert_int_equal(0, open_it(true, &label, hl_buf_str(&sealed), &out));
	assert_string_equal("before after", out.p);
	assert_true(out.secret);
	sealed.p[60] ^= 1;
	assert_int_equal(
		HL_E_CRYPTO, open_it(true, &label, hl_buf_str(&sealed), &out));
	assert_string_equal("before after", out.p);
}

static void report_and_epochs(void **state)
{
	HL_BUF_AUTO wrap = HL_BUF_INIT(1024), body = HL_BUF_INIT(1024);
	HL_BUF_AUTO rewrapped = HL_BUF_INIT(1024);
	HL_BUF_AUTO plain = HL_BUF_SECRET(1024);
	struct hl_seal_label moved = label;

	(void)state;
	moved.id++;
	assert_int_equal(0, hl_seal_report(&pub, &label, HL_STR("words"), &wrap,
				    &body, NULL));
	assert_int_equal(HL_SEAL_TO_OVERHEAD + HL_SEAL_KEY_BYTES, wrap.n);
	assert_int_equal(
		0, hl_seal_report_open(&secret, &label, hl_buf_str(&wrap),
			   hl_buf_str(&body), &plain, NULL));
	assert_string_equal("words", plain.p);

	/* another epoch's key, another report's row */
	assert_int_equal(HL_E_CRYPTO,
		hl_seal_report_open(&other_secret, &label, hl_buf_str(&wrap),
			hl_buf_str(&body), &plain, NULL));
	assert_int_equal(HL_E_CRYPTO,
		hl_seal_report_open(&secret, &moved, hl_buf_str(&wrap),
			hl_buf_str(&body), &plain, NULL));

	/* a new epoch: the body stays as it is, the old key opens no more */
	assert_int_equal(HL_E_CRYPTO,
		hl_seal_key_rewrap(&other_secret, &other_pub, &label,
			hl_buf_str(&wrap), &rewrapped, NULL));
	assert_int_equal(0, hl_seal_key_rewrap(&secret, &other_pub, &label,
				    hl_buf_str(&wrap), &rewrapped, NULL));
	assert_int_equal(HL_E_CRYPTO,
		hl_seal_report_open(&secret, &label, hl_buf_str(&rewrapped),
			hl_buf_str(&body), &plain, NULL));
	hl_buf_reset(&plain);
	assert_int_equal(0, hl_seal_report_open(&other_secret, &label,
				    hl_buf_str(&rewrapped), hl_buf_str(&body),
				    &plain, NULL));
	assert_string_equal("words", plain.p);
}

/* One report's body under another's key: erased means gone. */
static void bodies_do_not_share_keys(void **state)
{
	HL_BUF_AUTO wrap1 = HL_BUF_INIT(1024), body1 = HL_BUF_INIT(1024);
	HL_BUF_AUTO wrap2 = HL_BUF_INIT(1024), body2 = HL_BUF_INIT(1024);
	HL_BUF_AUTO plain = HL_BUF_SECRET(1024);

	(void)state;
	assert_int_equal(0, hl_seal_report(&pub, &label, HL_STR("one"), &wrap1,
				    &body1, NULL));
	assert_int_equal(0, hl_seal_report(&pub, &label, HL_STR("two"), &wrap2,
				    &body2, NULL));
	assert_int_equal(HL_E_CRYPTO,
		hl_seal_report_open(&secret, &label, hl_buf_str(&wrap2),
			hl_buf_str(&body1), &plain, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_elsewhere),
		cmocka_unit_test(bucket_borders),
		cmocka_unit_test(any_length_comes_back),
		cmocka_unit_test(exact_is_exact),
		cmocka_unit_test(each_flipped_bit_is_found),
		cmocka_unit_test(each_truncation_is_found),
		cmocka_unit_test(wrong_label),
		cmocka_unit_test(malformed_label),
		cmocka_unit_test(wrong_key),
		cmocka_unit_test(void_public_keys),
		cmocka_unit_test(no_two_alike),
		cmocka_unit_test(limits),
		cmocka_unit_test(nothing_of_the_plaintext_stays),
		cmocka_unit_test(opening_appends),
		cmocka_unit_test(report_and_epochs),
		cmocka_unit_test(bodies_do_not_share_keys),
	};

	return hl_seal_init(NULL)
		       ? 1
		       : cmocka_run_group_tests(tests, make_keys, NULL);
}
