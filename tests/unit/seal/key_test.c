/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/key.h"

#include "seal_test.h"

/* RFC 5869, appendix A, test cases 1 to 3. */
static void hkdf_vectors(void **state)
{
	static const struct {
		const char *name, *ikm, *salt, *info, *okm;
	} rows[] = {
		{"A.1", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
			"000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
			"3cb25f25faacd57a90434f64d0362f2a"
			"2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
			"34007208d5b887185865"},
		{"A.2",
			"000102030405060708090a0b0c0d0e0f"
			"101112131415161718191a1b1c1d1e1f"
			"202122232425262728292a2b2c2d2e2f"
			"303132333435363738393a3b3c3d3e3f"
			"404142434445464748494a4b4c4d4e4f",
			"606162636465666768696a6b6c6d6e6f"
			"707172737475767778797a7b7c7d7e7f"
			"808182838485868788898a8b8c8d8e8f"
			"909192939495969798999a9b9c9d9e9f"
			"a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
			"b0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
			"c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
			"d0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
			"e0e1e2e3e4e5e6e7e8e9eaebecedeeef"
			"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
			"b11e398dc80327a1c8e7f78c596a4934"
			"4f012eda2d4efad8a050cc4c19afa97c"
			"59045a99cac7827271cb41c65e590e09"
			"da3275600c2f09b8367793a9aca3db71"
			"cc30c58179ec3e87c14c01d5c1f3434f"
			"1d87"},
		{"A.3", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
			"8da4e775a563c18f715f802a063c5a31"
			"b8a11f5c5ee1879ec3454e5f3c738d2d"
			"9d201395faa4b61a96c8"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		uint8_t ikm[80], salt[80], info[80], want[82], got[82];
		size_t n = from_hex(rows[i].okm, want, sizeof(want));
		const struct hl_seal_hkdf in = {
			hl_str_mem(ikm, from_hex(rows[i].ikm, ikm, 80)),
			hl_str_mem(salt, from_hex(rows[i].salt, salt, 80)),
			hl_str_mem(info, from_hex(rows[i].info, info, 80)),
		};

		hl_seal_hkdf(&in, got, n);
		if (memcmp(got, want, n) != 0) {
			fail_msg("row %s", rows[i].name);
		}
	}
}

/* RFC 7748, 6.1: Bob's key pair. */
static void public_key_vector(void **state)
{
	struct hl_seal_secret secret;
	struct hl_seal_pub pub;
	uint8_t want[32];

	(void)state;
	from_hex("5dab087e624a8a4b79e17f8b83800ee6"
		 "6f3bb1292618b6fd1c2f8b27ff88e0eb",
		secret.b, 32);
	from_hex("de9edb7d7b7dc1b4d35b61c2ece43537"
		 "3f8343c85b78674dadfc7e146f882b4f",
		want, 32);
	hl_seal_pub_of(&secret, &pub);
	assert_memory_equal(want, pub.b, 32);
}

static void pub_from_takes_one_length(void **state)
{
	static const char bytes[33] = "0123456789abcdef0123456789abcdef";
	struct hl_seal_pub pub;

	(void)state;
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		assert_int_equal(n == 32 ? 0 : HL_E_CORRUPT,
			hl_seal_pub_from(hl_str_mem(bytes, n), &pub));
	}
	assert_memory_equal(bytes, pub.b, 32);
}

static void secrets_are_wiped(void **state)
{
	static const struct hl_seal_secret zero;
	struct hl_seal_secret s;
	struct hl_seal_pub pub;

	(void)state;
	hl_seal_keypair_new(&pub, &s);
	assert_memory_not_equal(&zero, &s, sizeof(s));
	hl_seal_secret_wipe(&s);
	assert_memory_equal(&zero, &s, sizeof(s));

	struct hl_seal_secret *heap = hl_seal_secret_new();
	assert_non_null(heap);
	assert_memory_equal(&zero, heap, sizeof(*heap));
	hl_seal_keypair_new(&pub, heap);
	hl_seal_secret_free(heap);
	hl_seal_secret_free(NULL);
}

static void keys_differ(void **state)
{
	struct hl_seal_key a, b;

	(void)state;
	hl_seal_key_new(&a);
	hl_seal_key_new(&b);
	assert_memory_not_equal(&a, &b, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hkdf_vectors),
		cmocka_unit_test(public_key_vector),
		cmocka_unit_test(pub_from_takes_one_length),
		cmocka_unit_test(secrets_are_wiped),
		cmocka_unit_test(keys_differ),
	};

	return hl_seal_init(NULL) ? 1
				  : cmocka_run_group_tests(tests, NULL, NULL);
}
