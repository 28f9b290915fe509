/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_file/row.h"

#include "urls_file/bytes.h"

#include <sodium.h>
#include <stdlib.h>

/* Plaintext: u32 n, u32 0, items of 20 bytes, zeros. Stored: u64 version,
 * ciphertext, authentication, zeros. */
enum { LEAD = 8, ITEM = 20, VERSION = 8, MAC = 16, NONCE = 12 };

static const uint16_t plain_sizes[] = {48, 112, 240, 496, 1008, 2032, 4080};

static uint32_t units_of(uint32_t plain)
{
	return (VERSION + plain + MAC + HL_URLS_UNIT - 1) / HL_URLS_UNIT;
}

/* 0 for a number of units that no row has. */
static uint32_t plain_of(uint32_t units)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(plain_sizes); i++) {
		if (units_of(plain_sizes[i]) == units) {
			return plain_sizes[i];
		}
	}
	return 0;
}

bool hl_urls_units_good(uint32_t units)
{
	return plain_of(units) != 0;
}

uint32_t hl_urls_units_for(size_t n)
{
	for (size_t i = 0; n && i < HL_ARRAY_LEN(plain_sizes); i++) {
		if (n <= (plain_sizes[i] - LEAD) / (size_t)ITEM) {
			return units_of(plain_sizes[i]);
		}
	}
	return 0;
}

static bool item_good(const struct hl_urls_item *item)
{
	return item->scope >= HL_URLS_ITEM_PAGE &&
	       item->scope <= HL_URLS_ITEM_DOMAIN && item->entry >> 40 == 0;
}

static uint64_t order_of(const struct hl_urls_item *item)
{
	return (uint64_t)item->scope << 56 | item->entry;
}

static int by_order(const void *a, const void *b)
{
	uint64_t x = order_of(*(const struct hl_urls_item *const *)a);
	uint64_t y = order_of(*(const struct hl_urls_item *const *)b);

	return (x > y) - (x < y);
}

static int put_items(const struct hl_urls_item *items, size_t n, uint8_t *to,
	struct hl_err *err)
{
	const struct hl_urls_item *order[HL_URLS_ITEMS_MAX];

	for (size_t i = 0; i < n; i++) {
		order[i] = &items[i];
		if (!item_good(&items[i])) {
			return HL_FAIL(err, HL_E_INVALID,
				"item %zu: scope %u or its entry's number is "
				"out of form",
				i, items[i].scope);
		}
	}
	qsort(order, n, sizeof(order[0]), by_order);
	hl_urls_put32(to, (uint32_t)n);
	for (size_t i = 0; i < n; i++, to += ITEM) {
		if (i && order_of(order[i - 1]) == order_of(order[i])) {
			return HL_FAIL(err, HL_E_INVALID,
				"a row has one entry twice with one scope");
		}
		hl_urls_put64(to + LEAD, order_of(order[i]));
		hl_urls_put64(to + LEAD + 8, order[i]->path);
		hl_urls_put32(to + LEAD + 16, order[i]->minute);
	}
	return 0;
}

int hl_urls_row_seal(const struct hl_urls_keys *keys, uint64_t version,
	const struct hl_urls_item *items, size_t n,
	uint8_t out[HL_URLS_SEALED_MAX], uint32_t *units, struct hl_err *err)
{
	uint8_t plain[HL_URLS_PLAIN_MAX] = {0}, nonce[NONCE] = {0};
	uint32_t size = plain_of(hl_urls_units_for(n));
	int rc;

	if (!size) {
		return HL_FAIL(err, HL_E_INVALID,
			"a row has %zu items, and may have 1 to %d", n,
			HL_URLS_ITEMS_MAX);
	}
	rc = put_items(items, n, plain, err);
	if (!rc) {
		*units = units_of(size);
		memset(out, 0, (size_t)HL_URLS_UNIT * *units);
		hl_urls_put64(out, version);
		hl_urls_put64(nonce + 4, version);
		crypto_aead_chacha20poly1305_ietf_encrypt(out + VERSION, NULL,
			plain, size, keys->tag, sizeof(keys->tag), NULL, nonce,
			keys->seal);
	}
	sodium_memzero(plain, sizeof(plain));
	return rc;
}

static bool item_read(const uint8_t *p, struct hl_urls_item *out)
{
	uint64_t first = hl_urls_get64(p);

	out->scope = (uint32_t)(first >> 56);
	out->entry = first & 0xffffffffffffff;
	out->path = hl_urls_get64(p + 8);
	out->minute = hl_urls_get32(p + 16);
	return item_good(out);
}

static int read_plain(const uint8_t *plain, size_t size,
	struct hl_urls_item *out, size_t *n_out)
{
	size_t n = hl_urls_get32(plain);

	if (!n || hl_urls_get32(plain + 4) || n > (size - LEAD) / ITEM ||
		plain_of(hl_urls_units_for(n)) != size) {
		return HL_E_CORRUPT;
	}
	for (size_t i = 0; i < n; i++) {
		if (!item_read(plain + LEAD + i * ITEM, &out[i]) ||
			(i && order_of(&out[i - 1]) >= order_of(&out[i]))) {
			return HL_E_CORRUPT;
		}
	}
	if (!sodium_is_zero(plain + LEAD + n * ITEM, size - LEAD - n * ITEM)) {
		return HL_E_CORRUPT;
	}
	*n_out = n;
	return 0;
}

int hl_urls_row_open(const struct hl_urls_keys *keys, const uint8_t *sealed,
	uint32_t units, struct hl_urls_item out[HL_URLS_ITEMS_MAX], size_t *n)
{
	uint8_t plain[HL_URLS_PLAIN_MAX], nonce[NONCE] = {0};
	uint32_t size = plain_of(units);
	int rc;

	if (!size) {
		return HL_E_CORRUPT;
	}
	memcpy(nonce + 4, sealed, VERSION);
	if (crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL,
		    sealed + VERSION, size + MAC, keys->tag, sizeof(keys->tag),
		    nonce, keys->seal)) {
		return HL_E_CRYPTO;
	}
	rc = read_plain(plain, size, out, n);
	sodium_memzero(plain, size);
	return rc;
}

uint64_t hl_urls_row_version(const uint8_t *sealed)
{
	return hl_urls_get64(sealed);
}

bool hl_urls_row_padded(const uint8_t *sealed, uint32_t units)
{
	size_t used = VERSION + plain_of(units) + MAC;

	return sodium_is_zero(
		sealed + used, (size_t)HL_URLS_UNIT * units - used);
}
