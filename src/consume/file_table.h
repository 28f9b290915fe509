/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_FILE_TABLE_H
#define HL_CONSUME_FILE_TABLE_H

#include "consume/judge.h"
#include "url/url.h"

/* The lines of a file as a table that is made once and only read; inside the
 * room only. */
struct hl_consume_row {
	uint64_t hash;
	uint64_t entry;
	uint32_t at, n;     /* the expression, in the table's text */
	int32_t confirm_ms; /* 0: sure, -1: it fails */
	uint8_t reason;     /* 0: a host of which some pages are listed */
};

struct hl_consume_table {
	struct hl_buf text;
	struct hl_consume_row *rows;
	uint32_t *slots; /* row + 1, or 0; n_slots is a power of two */
	size_t n_rows, cap_rows, n_slots, n_lines;
	uint64_t seed;
};

/* HL_E_INVALID names the line; HL_E_LIMIT, HL_E_NOMEM. */
int hl_consume_table_new(
	struct hl_str lines, struct hl_consume_table **out, struct hl_err *err);
void hl_consume_table_free(struct hl_consume_table *t);

/* The most exact row for the address, or for its host alone, or any row that is
 * about the host; NULL: none. */
const struct hl_consume_row *hl_consume_table_find(
	const struct hl_consume_table *t, const struct hl_url_exprs *exprs,
	const struct hl_consume_decision *asked);

#endif
