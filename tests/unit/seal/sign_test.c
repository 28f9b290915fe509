/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/sign.h"

#include <stdio.h>

#include "seal/key.h"
#include "seal_test.h"

/* RFC 8032, 7.1, tests 1 to 3. */
static const struct {
	const char *seed, *pub, *message, *signature;
} vectors[] = {
	{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		"d75a980182b10ab7d54bfed3c964073a"
		"0ee172f3daa62325af021a68f707511a",
		"",
		"e5564300c360ac729086e2cc806e828a"
		"84877f1eb8e5d974d873e06522490155"
		"5fb8821590a33bacc61e39701cf9b46b"
		"d25bf5f0595bbe24655141438e7a100b"},
	{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		"3d4017c3e843895a92b70aa74d1b7ebc"
		"9c982ccf2ec4968cc0cd55f12af4660c",
		"72",
		"92a009a9f0d4cab8720e820b5f642540"
		"a2b27b5416503f8fb3762223ebdb69da"
		"085ac1e43e15996e458f3613d0f11d8c"
		"387b2eaeb4302aeeb00d291612bb0c00"},
	{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		"fc51cd8e6218a1a38da47ed00230f058"
		"0816ed13ba3303ac5deb911548908025",
		"af82",
		"6291d657deec24024827e69c3abe01a3"
		"0ce548a284743a445e3680d7db5ac3ac"
		"18ff9b538d16f290ae67f760984dc659"
		"4a7c15e9716ed28dc027beceea1ec40a"},
};

static void rfc8032_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(vectors); i++) {
		uint8_t seed[32], pub[32], message[8], want[64], got[64];
		struct hl_seal_sign_key key;
		struct hl_str m = hl_str_mem(
			message, from_hex(vectors[i].message, message, 8));

		from_hex(vectors[i].seed, seed, 32);
		from_hex(vectors[i].pub, pub, 32);
		from_hex(vectors[i].signature, want, 64);
		hl_seal_sign_from_seed(seed, &key);
		hl_seal_sign(&key, m, got);
		if (memcmp(key.pub.b, pub, 32) || memcmp(got, want, 64) ||
			hl_seal_sign_verify(
				&key.pub, m, hl_str_mem(want, 64))) {
			fail_msg("test %zu", i + 1);
		}
	}
}

static void changed_bytes_are_found(void **state)
{
	uint8_t seed[32] = {7}, sig[65] = {0};
	char message[] = "some words";
	struct hl_str m = hl_str_c(message), s = hl_str_mem(sig, 64);
	struct hl_seal_sign_key key;

	(void)state;
	hl_seal_sign_from_seed(seed, &key);
	hl_seal_sign(&key, m, sig);
	assert_int_equal(0, hl_seal_sign_verify(&key.pub, m, s));
	for (size_t i = 0; i < 64 * 8; i++) {
		sig[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(
			HL_DENIED, hl_seal_sign_verify(&key.pub, m, s));
		sig[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (size_t i = 0; i < m.n; i++) {
		message[i] ^= 1;
		assert_int_equal(
			HL_DENIED, hl_seal_sign_verify(&key.pub, m, s));
		message[i] ^= 1;
	}
	for (size_t i = 0; i < 32; i++) {
		key.pub.b[i] ^= 1;
		assert_int_equal(
			HL_DENIED, hl_seal_sign_verify(&key.pub, m, s));
		key.pub.b[i] ^= 1;
	}
	for (size_t n = 0; n <= 65; n++) {
		assert_int_equal(n == 64 ? 0 : HL_DENIED,
			hl_seal_sign_verify(&key.pub, m, hl_str_mem(sig, n)));
	}
}

static void public_key_text(void **state)
{
	static const struct {
		const char *name, *text;
		int want;
	} rows[] = {
		{"printed",
			"openhotline-ed25519 "
			"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\n",
			0},
		{"spaces around",
			"\n openhotline-ed25519 "
			"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo "
			"\r\n",
			0},
		{"nothing", "", HL_E_INVALID},
		{"no prefix", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
			HL_E_INVALID},
		{"too short",
			"openhotline-ed25519 "
			"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR",
			HL_E_INVALID},
		{"two",
			"openhotline-ed25519 "
			"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\n"
			"openhotline-ed25519 "
			"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\n",
			HL_E_INVALID},
	};
	HL_BUF_AUTO out = HL_BUF_INIT(100);
	struct hl_seal_sign_pub pub, got;
	char id[HL_SEAL_SIGN_ID_TEXT];

	(void)state;
	from_hex(vectors[0].pub, pub.b, 32);
	hl_seal_sign_pub_print(&pub, &out);
	assert_string_equal(rows[0].text, out.p);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int r = hl_seal_sign_pub_parse(hl_str_c(rows[i].text), &got);

		if (r != rows[i].want) {
			fail_msg("row %s: %d", rows[i].name, r);
		}
	}
	assert_int_equal(16, hl_seal_sign_id(&pub, id).n);
	assert_string_equal("21fe31dfa154a261", id);
}

/* FIPS 180-4 examples, and the same text in every pair of pieces. */
static void sha256(void **state)
{
	static const struct {
		const char *text, *digest;
	} rows[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb924"
		     "27ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223"
			"b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039"
			"a33ce45964ff2167f6ecedd419db06c1"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_str text = hl_str_c(rows[i].text);
		uint8_t want[32], got[32];

		from_hex(rows[i].digest, want, 32);
		hl_seal_sha256(text, got);
		assert_memory_equal(want, got, 32);
		for (size_t cut = 0; cut <= text.n; cut++) {
			struct hl_seal_sha256 h;

			hl_seal_sha256_init(&h);
			hl_seal_sha256_add(&h, hl_str_sub(text, 0, cut));
			hl_seal_sha256_add(&h, hl_str_sub(text, cut, text.n));
			hl_seal_sha256_end(&h, got);
			assert_memory_equal(want, got, 32);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc8032_vectors),
		cmocka_unit_test(changed_bytes_are_found),
		cmocka_unit_test(public_key_text),
		cmocka_unit_test(sha256),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
