/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_ROWS_TABLE_H
#define HL_MATCH_ROWS_TABLE_H

/*
 * The table of recent rows: appended to by the writer, scanned by readers.
 * Its arrays never move. A row counts for a reader that began at change c if
 * born <= c < died.
 */
#include "match_rows/row.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { HL_MATCH_RECENT = 8192 };

struct hl_match_recent {
	struct hl_match_key key;
	uint16_t label;
	uint32_t payload_bytes;
	const uint8_t *payload;
	uint64_t born;
	_Atomic uint64_t died;
	uint8_t hash[32]; /* stored form, then zeros */
};

struct hl_match_counts {
	uint64_t n_hashes;
	uint64_t n_entries;
};

struct hl_match_catalog;

/* The state at the moment when a table was frozen. */
struct hl_match_frozen {
	uint64_t change; /* the last in the table */
	uint64_t position;
	uint32_t log_number;
	uint64_t log_offset;
	struct hl_match_catalog *catalog;
	struct hl_match_counts *counts; /* a list each */
};

/* A copy of n counts with room for one more; NULL: no memory. */
struct hl_match_counts *hl_match_counts_copy(
	const struct hl_match_counts *counts, size_t n);
void hl_match_frozen_fini(struct hl_match_frozen *state);

struct hl_match_table {
	uint64_t high[HL_MATCH_RECENT]; /* the first bytes of the hashes */
	uint32_t low[HL_MATCH_RECENT];
	struct hl_match_recent row[HL_MATCH_RECENT];
	_Atomic uint64_t change; /* the last that readers may see */
	_Atomic uint32_t n;
	unsigned refs;
	bool frozen;
	struct hl_match_frozen state;
	/* The writer's: chains of rows, newest first, row + 1. */
	uint16_t by_key[HL_MATCH_RECENT], next_key[HL_MATCH_RECENT];
	uint16_t by_entry[HL_MATCH_RECENT], next_entry[HL_MATCH_RECENT];
	struct hl_match_block *blocks; /* payloads */
	size_t bytes;
};

struct hl_match_table *hl_match_table_new(uint64_t change);
void hl_match_table_unref(struct hl_match_table *table);
/* Room for a payload, so that adding cannot fail. false: no memory. */
bool hl_match_table_reserve(struct hl_match_table *table, size_t n);
/* Copies the payload. The table must have room for a row. */
void hl_match_table_add(struct hl_match_table *table,
	const struct hl_match_row *row, uint64_t change);
/* The live row of a key; UINT32_MAX: none. */
uint32_t hl_match_table_find(
	const struct hl_match_table *table, const struct hl_match_key *key);
/* The next live row of (list, id) behind `after`; UINT32_MAX starts and
 * ends. */
uint32_t hl_match_table_next(const struct hl_match_table *table, uint32_t list,
	uint64_t id, uint32_t after);
struct hl_match_row hl_match_table_row(
	const struct hl_match_table *table, uint32_t row);

/* Puts rows in the order of their keys. */
void hl_match_table_sort(
	const struct hl_match_table *table, uint32_t *rows, size_t n);

static inline uint64_t hl_match_table_died(
	const struct hl_match_table *table, uint32_t row)
{
	return atomic_load_explicit(
		&table->row[row].died, memory_order_acquire);
}

static inline void hl_match_table_kill(
	struct hl_match_table *table, uint32_t row, uint64_t change)
{
	atomic_store_explicit(
		&table->row[row].died, change, memory_order_release);
}

static inline bool hl_match_table_live(
	const struct hl_match_table *table, uint32_t row, uint64_t change)
{
	return table->row[row].born <= change &&
	       hl_match_table_died(table, row) > change;
}

#endif
