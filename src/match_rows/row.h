/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_ROWS_ROW_H
#define HL_MATCH_ROWS_ROW_H

/* Rows, their keys and the kinds of hashes that they have. */
#include <stdint.h>

enum { HL_MATCH_KINDS = 4 };

/* Bytes of a hash of a kind; 0 if there is no such kind. */
static inline uint32_t hl_match_width(uint32_t kind)
{
	static const uint8_t widths[] = {0, 32, 16, 20, 32};

	return kind < sizeof(widths) ? widths[kind] : 0;
}

struct hl_match_key {
	uint32_t list;
	uint32_t part;
	uint64_t id;
	uint16_t kind;
};

static inline int hl_match_key_order(
	const struct hl_match_key *a, const struct hl_match_key *b)
{
	if (a->list != b->list) {
		return a->list < b->list ? -1 : 1;
	}
	if (a->id != b->id) {
		return a->id < b->id ? -1 : 1;
	}
	if (a->kind != b->kind) {
		return a->kind < b->kind ? -1 : 1;
	}
	return a->part < b->part ? -1 : a->part > b->part;
}

/* A row as it goes from one store to another; hash (stored form) and payload
 * are borrowed. */
struct hl_match_row {
	struct hl_match_key key;
	uint16_t label;
	uint32_t payload_bytes;
	const uint8_t *hash;
	const uint8_t *payload;
};

#endif
