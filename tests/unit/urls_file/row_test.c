/* SPDX-License-Identifier: Apache-2.0 */
#include "lists.h"

#include "urls_file/bytes.h"

static struct hl_urls_keys keys_of(uint64_t i)
{
	struct hl_urls_head head = head_of(1, 12);
	struct hl_urls_keys keys;
	char host[64];

	hl_urls_keys_tier0(head.k0, host_of(i, host), &keys);
	return keys;
}

static void fill(struct hl_urls_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		/* In falling order, so that sealing has to sort. */
		items[i] = (struct hl_urls_item){.scope = (uint32_t)(4 - i % 4),
			.entry = (UINT64_C(1) << 40) - 1 - i,
			.path = i * 977,
			.minute = (uint32_t)i};
	}
}

static void sizes(void **state)
{
	static const struct {
		size_t n;
		uint32_t units;
	} rows[] = {{0, 0}, {1, 3}, {2, 3}, {3, 5}, {5, 5}, {6, 9}, {11, 9},
		{12, 17}, {24, 17}, {25, 33}, {50, 33}, {51, 65}, {101, 65},
		{102, 129}, {203, 129}, {204, 0}, {SIZE_MAX, 0}};
	struct hl_urls_item items[HL_URLS_ITEMS_MAX + 1],
		got[HL_URLS_ITEMS_MAX];
	struct hl_urls_keys keys = keys_of(1);
	uint8_t sealed[HL_URLS_SEALED_MAX];

	fill(items, HL_ARRAY_LEN(items));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		uint32_t units = 0;
		size_t n = 0;
		int rc = hl_urls_row_seal(
			&keys, 9, items, rows[i].n, sealed, &units, NULL);

		assert_int_equal(hl_urls_units_for(rows[i].n), rows[i].units);
		if (!rows[i].units) {
			assert_int_equal(rc, HL_E_INVALID);
			continue;
		}
		assert_int_equal(rc, 0);
		assert_int_equal(units, rows[i].units);
		assert_int_equal(hl_urls_row_version(sealed), 9);
		assert_true(hl_urls_row_padded(sealed, units));
		assert_int_equal(
			0, hl_urls_row_open(&keys, sealed, units, got, &n));
		assert_int_equal(n, rows[i].n);
		for (size_t k = 1; k < n; k++) {
			assert_true(got[k - 1].scope < got[k].scope ||
				    (got[k - 1].scope == got[k].scope &&
					    got[k - 1].entry < got[k].entry));
		}
	}
}

static void refused(void **state)
{
	static const struct {
		const char *name;
		struct hl_urls_item item[2];
	} rows[] = {
		{"scope 0", {{0, 1, 1, 1}, {1, 1, 2, 1}}},
		{"scope 5", {{5, 1, 1, 1}, {1, 1, 2, 1}}},
		{"41 bits", {{1, 1, UINT64_C(1) << 40, 1}, {1, 1, 2, 1}}},
		{"twice", {{2, 1, 7, 1}, {2, 3, 7, 4}}},
	};
	struct hl_urls_keys keys = keys_of(1);
	uint8_t sealed[HL_URLS_SEALED_MAX];

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		uint32_t units;

		if (hl_urls_row_seal(&keys, 1, rows[i].item, 2, sealed, &units,
			    NULL) != HL_E_INVALID) {
			fail_msg("%s was sealed", rows[i].name);
		}
	}
}

/* Any bit of what is sealed, of the version, and the keys of another host. */
static void not_opened(void **state)
{
	struct hl_urls_item items[3], got[HL_URLS_ITEMS_MAX];
	struct hl_urls_keys keys = keys_of(1), other = keys_of(2);
	uint8_t sealed[HL_URLS_SEALED_MAX];
	uint32_t units;
	size_t n;

	fill(items, 3);
	assert_int_equal(
		0, hl_urls_row_seal(&keys, 4, items, 3, sealed, &units, NULL));
	for (size_t bit = 0; bit < 8 * (8 + 112 + 16); bit++) {
		sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(HL_E_CRYPTO,
			hl_urls_row_open(&keys, sealed, units, got, &n));
		sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(
		HL_E_CRYPTO, hl_urls_row_open(&other, sealed, units, got, &n));
	other = keys;
	other.tag[0] ^= 1;
	assert_int_equal(
		HL_E_CRYPTO, hl_urls_row_open(&other, sealed, units, got, &n));
	for (uint32_t wrong = 0; wrong < 140; wrong++) {
		if (!hl_urls_units_good(wrong)) {
			assert_int_equal(
				HL_E_CORRUPT, hl_urls_row_open(&keys, sealed,
						      wrong, got, &n));
		}
	}
}

/* Under the right keys, and yet nothing that a hotline seals. */
static void out_of_form(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t byte;
	} rows[] = {{"no item", 0, 0}, {"more than fit", 0, 3}, {"many", 2, 1},
		{"second word", 4, 1}, {"scope 0", 15, 0}, {"scope 5", 15, 5},
		{"41 bits", 13, 1}, {"twice", 35, 1}, {"padding", 0, 1}};
	struct hl_urls_item items[2] = {{1, 9, 5, 9}, {2, 9, 5, 9}};
	struct hl_urls_item got[HL_URLS_ITEMS_MAX];
	struct hl_urls_keys keys = keys_of(1);
	uint8_t sealed[HL_URLS_SEALED_MAX], plain[48], nonce[12] = {0};
	uint32_t units;
	size_t n;

	assert_int_equal(
		0, hl_urls_row_seal(&keys, 4, items, 2, sealed, &units, NULL));
	nonce[4] = 4;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		uint8_t again[HL_URLS_SEALED_MAX];

		assert_int_equal(
			0, crypto_aead_chacha20poly1305_ietf_decrypt(plain,
				   NULL, NULL, sealed + 8, 48 + 16, keys.tag,
				   16, nonce, keys.seal));
		plain[rows[i].at] = rows[i].byte;
		memcpy(again, sealed, sizeof(again));
		crypto_aead_chacha20poly1305_ietf_encrypt(again + 8, NULL,
			plain, 48, keys.tag, 16, NULL, nonce, keys.seal);
		if (hl_urls_row_open(&keys, again, units, got, &n) !=
			HL_E_CORRUPT) {
			fail_msg("%s", rows[i].name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(refused),
		cmocka_unit_test(not_opened),
		cmocka_unit_test(out_of_form),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
