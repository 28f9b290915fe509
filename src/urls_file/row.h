/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_FILE_ROW_H
#define HL_URLS_FILE_ROW_H

/* A sealed row: the items of one host, clause 2. */
#include "base/err.h"
#include "urls_file/keys.h"

enum {
	HL_URLS_ITEMS_MAX = 203,
	HL_URLS_UNIT = 32,
	HL_URLS_UNITS_MAX = 129,
	HL_URLS_SEALED_MAX = HL_URLS_UNIT * HL_URLS_UNITS_MAX,
	HL_URLS_PLAIN_MAX = 4080
};

/* As in the public header. */
enum hl_urls_item_scope {
	HL_URLS_ITEM_PAGE = 1,
	HL_URLS_ITEM_PATH = 2,
	HL_URLS_ITEM_FOLDER = 3,
	HL_URLS_ITEM_DOMAIN = 4
};

struct hl_urls_item {
	uint32_t scope;  /* enum hl_urls_item_scope */
	uint32_t minute; /* from which on it counts no more, since 1970 */
	uint64_t entry;  /* 40 bits */
	uint64_t path;   /* hl_urls_path() under the row's path key */
};

/* A row of a list. `sealed` is borrowed, HL_URLS_UNIT × units bytes. */
struct hl_urls_row {
	uint64_t v;
	uint8_t tag[HL_URLS_TAG];
	uint32_t units;
	const uint8_t *sealed;
};

/* True for a number of units that a row can have. */
bool hl_urls_units_good(uint32_t units);
/* Units of a row of n items, 1 to HL_URLS_ITEMS_MAX; 0 for another n. */
uint32_t hl_urls_units_for(size_t n);

/*
 * Seals 1 to HL_URLS_ITEMS_MAX items in any order; `version` is that of the
 * list in which this row is new: the same keys never seal two different rows
 * in one version. *units tells how much of out was filled.
 * HL_E_INVALID: no item, too many, one twice (scope and entry), or an item
 * that breaks its form.
 */
int hl_urls_row_seal(const struct hl_urls_keys *keys, uint64_t version,
	const struct hl_urls_item *items, size_t n,
	uint8_t out[HL_URLS_SEALED_MAX], uint32_t *units, struct hl_err *err);

/* Opens a row. HL_E_CRYPTO: not under these keys, or not of this tag;
 * HL_E_CORRUPT: what was sealed breaks its form. Allocates nothing. */
int hl_urls_row_open(const struct hl_urls_keys *keys, const uint8_t *sealed,
	uint32_t units, struct hl_urls_item out[HL_URLS_ITEMS_MAX], size_t *n);

/* Behind what is sealed there are zeros only; units are good. */
bool hl_urls_row_padded(const uint8_t *sealed, uint32_t units);
/* The version in which a sealed row was new. */
uint64_t hl_urls_row_version(const uint8_t *sealed);

#endif
