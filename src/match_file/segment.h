/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_FILE_SEGMENT_H
#define HL_MATCH_FILE_SEGMENT_H

/* A mapped segment, and which of its rows are dead. */
#include "match_file/file.h"
#include "match_rows/bytes.h"
#include "match_rows/deaths.h"
#include "match_rows/row.h"

enum {
	HL_MATCH_COLUMN_PART = 1,
	HL_MATCH_COLUMN_LABEL = 2,
	HL_MATCH_COLUMN_PAYLOAD = 4,
	HL_MATCH_COLUMN_SLOTS = 8,
	HL_MATCH_SLOTS = 16, /* of 16 bits each */
	/* Fewer rows of PDQ are scanned. */
	HL_MATCH_SLOTS_FROM = 512
};

/* The descriptor of a kind, as in the file. */
struct hl_match_columns {
	uint64_t n;
	uint32_t has;
	uint32_t bucket_bits;
	uint32_t row_bytes;
	uint32_t n_runs;
	uint64_t at_hash, at_id, at_runs, at_part, at_label;
	uint64_t at_ends, at_payload, payload_bytes, at_slots;
	uint64_t unused[4];
};
_Static_assert(sizeof(struct hl_match_columns) == 128, "in the file");

struct hl_match_run {
	uint32_t list;
	uint32_t first;
};

/* The rows of one kind. */
struct hl_match_rows {
	struct hl_match_columns at;
	uint16_t kind;
	uint32_t width;
	uint32_t n;
	const uint8_t *hash;
	const uint64_t *id;
	const struct hl_match_run *run;
	const uint32_t *part;
	const uint16_t *label;
	const uint64_t *end;
	const uint8_t *payload;
	const uint8_t *slots;
	uint64_t slot_bytes, at_sketch, at_row; /* in a slot */
};

struct hl_match_map {
	unsigned refs;
	uint32_t number;
	uint8_t *base;
	size_t bytes;
	uint64_t check; /* of the head */
	uint64_t n_rows;
	struct hl_match_rows rows[HL_MATCH_KINDS];
};

/* A removal file. */
struct hl_match_removed {
	uint32_t number;
	uint64_t check;
	uint64_t n_dead;
};

struct hl_match_segment {
	unsigned refs;
	struct hl_match_map *map;
	struct hl_match_removed removal; /* number 0: there is none */
	struct hl_match_deaths dead[HL_MATCH_KINDS];
};

/* Bytes of the slots of a kind and the places in each. */
void hl_match_rows_lay_out(struct hl_match_rows *rows);
/* What belongs to n rows. */
uint32_t hl_match_bucket_bits(uint16_t kind, uint64_t n);

/* populate: the pages are read in. */
int hl_match_map_open(int folder, uint32_t number, const uint8_t identity[16],
	bool populate, struct hl_match_map **out, struct hl_match_error *err);
void hl_match_map_unref(struct hl_match_map *map);
/* Compares each block with its check, of the rows only or of everything. */
int hl_match_map_verify(
	const struct hl_match_map *map, bool all, struct hl_match_error *err);

/* Takes over the map's reference, even when it fails. */
int hl_match_segment_new(
	struct hl_match_map *map, struct hl_match_segment **out);
void hl_match_segment_unref(struct hl_match_segment *segment);
uint64_t hl_match_segment_dead(const struct hl_match_segment *segment);

/* Writes the deaths up to change as the file of that number; sets the rest. */
int hl_match_removal_write(const struct hl_match_segment *segment, int folder,
	const uint8_t identity[16], uint64_t change,
	struct hl_match_removed *file, struct hl_match_error *err);
int hl_match_removal_read(struct hl_match_segment *segment, int folder,
	const uint8_t identity[16], uint32_t number, uint64_t check,
	struct hl_match_error *err);

/* Where a hash of PDQ, as it is stored, goes in a slot; the one behind the
 * last is the first. */
static inline uint16_t hl_match_slot_value(const uint8_t *hash, unsigned slot)
{
	return hl_match_get16(hash + 2 * (slot % HL_MATCH_SLOTS));
}

/* First row at or above (list, id, part); n if there is none. */
uint32_t hl_match_rows_from(const struct hl_match_rows *rows, uint32_t list,
	uint64_t id, uint32_t part);
uint32_t hl_match_rows_list(const struct hl_match_rows *rows, uint32_t row);
static inline bool hl_match_rows_of_entry(const struct hl_match_rows *rows,
	uint32_t row, uint32_t list, uint64_t id)
{
	return row < rows->n && rows->id[row] == id &&
	       hl_match_rows_list(rows, row) == list;
}
struct hl_match_row hl_match_rows_get(
	const struct hl_match_rows *rows, uint32_t row);

#endif
