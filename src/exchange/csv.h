/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_EXCHANGE_CSV_H
#define HL_EXCHANGE_CSV_H

#include "exchange/inner.h"

/* Columns of a CSV file, by what they are called. */
enum hl_exchange_column {
	HL_EXCHANGE_CSV_UNKNOWN = 0,
	HL_EXCHANGE_CSV_ID,
	HL_EXCHANGE_CSV_KIND,
	HL_EXCHANGE_CSV_HASH,
	HL_EXCHANGE_CSV_PDQ, /* these four in the order of the kinds */
	HL_EXCHANGE_CSV_MD5,
	HL_EXCHANGE_CSV_SHA1,
	HL_EXCHANGE_CSV_SHA256,
	HL_EXCHANGE_CSV_PHOTODNA,
	HL_EXCHANGE_CSV_QUALITY,
	HL_EXCHANGE_CSV_PART,
	HL_EXCHANGE_CSV_SECONDS,
	HL_EXCHANGE_CSV_LABEL,
	HL_EXCHANGE_CSV_SERIES,
	HL_EXCHANGE_CSV_TAGS,
	HL_EXCHANGE_CSV_OWNER,
	HL_EXCHANGE_CSV_MIME,
	HL_EXCHANGE_CSV_SIZE,
	HL_EXCHANGE_CSV_UPDATED,
	HL_EXCHANGE_CSV_MEDIA,
	HL_EXCHANGE_CSV_DELETED,
	HL_EXCHANGE_CSV_FLAGS, /* the first of six, in the flags' order */
	HL_EXCHANGE_CSV_LAST = HL_EXCHANGE_CSV_FLAGS + 6,
};

enum {
	HL_EXCHANGE_COLUMNS_MAX = 64,
	HL_EXCHANGE_CSV_OTHER = 100, /* the row is of another record */
};

struct hl_exchange_cells {
	struct hl_str cells[HL_EXCHANGE_COLUMNS_MAX];
	size_t n;
};

struct hl_exchange_csv {
	struct hl_exchange_rows rows;
	uint8_t where; /* in a cell of the row */
	bool begun;    /* the columns are known */
	char separator;
	uint8_t columns[HL_EXCHANGE_COLUMNS_MAX];
	size_t n_columns;
	struct hl_buf plain; /* what stood in quotes in the row */
};
_Static_assert(offsetof(struct hl_exchange_csv, rows) == 0, "it ends as lines");

/* Whether a column may be called so. */
bool hl_exchange_csv_is_name(struct hl_str cell);
/* Takes the names of the columns; false if the row has none of them. */
bool hl_exchange_csv_header(
	struct hl_hashlist_reader *r, const struct hl_exchange_cells *cells);
/* The columns of a file without names. */
void hl_exchange_csv_default(struct hl_exchange_csv *own);
/* A row onto r->record: HL_EXCHANGE_LOST, HL_EXCHANGE_CSV_OTHER. */
int hl_exchange_csv_row(
	struct hl_hashlist_reader *r, const struct hl_exchange_cells *cells);

#endif
