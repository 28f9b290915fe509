/* SPDX-License-Identifier: Apache-2.0 */
#include "match_rows/table.h"
#include "match_rows/bytes.h"
#include "match_rows/catalog.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 65536 };

struct hl_match_block {
	struct hl_match_block *next;
	size_t used, room;
	uint8_t bytes[];
};

struct hl_match_table *hl_match_table_new(uint64_t change)
{
	struct hl_match_table *table = calloc(1, sizeof(*table));

	if (table) {
		atomic_init(&table->change, change);
		table->refs = 1;
		table->bytes = sizeof(*table);
	}
	return table;
}

struct hl_match_counts *hl_match_counts_copy(
	const struct hl_match_counts *counts, size_t n)
{
	struct hl_match_counts *copy = calloc(n + 1, sizeof(*copy));

	if (copy && n > 0) {
		memcpy(copy, counts, n * sizeof(*copy));
	}
	return copy;
}

void hl_match_frozen_fini(struct hl_match_frozen *state)
{
	free(state->counts);
	hl_match_catalog_unref(state->catalog);
}

void hl_match_table_unref(struct hl_match_table *table)
{
	if (!table || --table->refs > 0) {
		return;
	}
	while (table->blocks) {
		struct hl_match_block *next = table->blocks->next;

		free(table->blocks);
		table->blocks = next;
	}
	hl_match_frozen_fini(&table->state);
	free(table);
}

bool hl_match_table_reserve(struct hl_match_table *table, size_t n)
{
	struct hl_match_block *block = table->blocks;
	size_t room = n > BLOCK ? n : BLOCK;

	if (n == 0 || (block && block->room - block->used >= n)) {
		return true;
	}
	block = malloc(sizeof(*block) + room);
	if (!block) {
		return false;
	}
	block->next = table->blocks;
	block->used = 0;
	block->room = room;
	table->blocks = block;
	table->bytes += sizeof(*block) + room;
	return true;
}

static const uint8_t *payload_copy(
	struct hl_match_table *table, const struct hl_match_row *row)
{
	struct hl_match_block *block = table->blocks;
	uint8_t *to;

	if (row->payload_bytes == 0) {
		return NULL;
	}
	to = block->bytes + block->used;
	memcpy(to, row->payload, row->payload_bytes);
	block->used += row->payload_bytes;
	return to;
}

static uint32_t mix(uint64_t x)
{
	x *= UINT64_C(0x9E3779B97F4A7C15);
	return (uint32_t)((x ^ x >> 29) * UINT64_C(0xBF58476D1CE4E5B9) >> 51);
}

static uint32_t entry_place(uint32_t list, uint64_t id)
{
	return mix(id ^ (uint64_t)list << 40);
}

static uint32_t key_place(const struct hl_match_key *key)
{
	return mix(key->id ^ (uint64_t)key->list << 40 ^
		   (uint64_t)key->kind << 57 ^
		   key->part * UINT64_C(0xD6E8FEB86659FD93));
}

void hl_match_table_add(struct hl_match_table *table,
	const struct hl_match_row *row, uint64_t change)
{
	uint32_t at = atomic_load_explicit(&table->n, memory_order_relaxed);
	struct hl_match_recent *to = &table->row[at];
	uint32_t place;

	to->key = row->key;
	to->label = row->label;
	to->payload_bytes = row->payload_bytes;
	to->payload = payload_copy(table, row);
	to->born = change;
	atomic_init(&to->died, UINT64_MAX);
	memset(to->hash, 0, sizeof(to->hash));
	memcpy(to->hash, row->hash, hl_match_width(row->key.kind));
	table->high[at] = hl_match_get64(to->hash);
	table->low[at] = hl_match_get32(to->hash + 8);
	place = key_place(&to->key);
	table->next_key[at] = table->by_key[place];
	table->by_key[place] = (uint16_t)(at + 1);
	place = entry_place(to->key.list, to->key.id);
	table->next_entry[at] = table->by_entry[place];
	table->by_entry[place] = (uint16_t)(at + 1);
	atomic_store_explicit(&table->n, at + 1, memory_order_release);
}

uint32_t hl_match_table_find(
	const struct hl_match_table *table, const struct hl_match_key *key)
{
	uint32_t at = table->by_key[key_place(key)];

	for (; at; at = table->next_key[at - 1]) {
		const struct hl_match_recent *row = &table->row[at - 1];

		if (!hl_match_key_order(&row->key, key)) {
			/* The newest of a key is the only one that may live. */
			return hl_match_table_died(table, at - 1) == UINT64_MAX
				       ? at - 1
				       : UINT32_MAX;
		}
	}
	return UINT32_MAX;
}

uint32_t hl_match_table_next(const struct hl_match_table *table, uint32_t list,
	uint64_t id, uint32_t after)
{
	uint32_t at = after == UINT32_MAX
			      ? table->by_entry[entry_place(list, id)]
			      : table->next_entry[after];

	for (; at; at = table->next_entry[at - 1]) {
		const struct hl_match_recent *row = &table->row[at - 1];

		if (row->key.list == list && row->key.id == id &&
			hl_match_table_died(table, at - 1) == UINT64_MAX) {
			return at - 1;
		}
	}
	return UINT32_MAX;
}

struct hl_match_row hl_match_table_row(
	const struct hl_match_table *table, uint32_t row)
{
	const struct hl_match_recent *from = &table->row[row];

	return (struct hl_match_row){
		.key = from->key,
		.label = from->label,
		.payload_bytes = from->payload_bytes,
		.hash = from->hash,
		.payload = from->payload,
	};
}

static int by_key(const void *a, const void *b, void *arg)
{
	const struct hl_match_table *table = arg;

	return hl_match_key_order(&table->row[*(const uint32_t *)a].key,
		&table->row[*(const uint32_t *)b].key);
}

void hl_match_table_sort(
	const struct hl_match_table *table, uint32_t *rows, size_t n)
{
	qsort_r(rows, n, sizeof(*rows), by_key, (void *)(uintptr_t)table);
}
