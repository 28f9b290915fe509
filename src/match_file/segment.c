/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening checks the head and the table of checks, and that every column lies
 * in the file, so whatever else is damaged gives wrong rows at worst; numbers
 * that are read from columns are held to their bounds where they are used.
 */
#include "match_file/segment.h"
#include "match_rows/bytes.h"
#include "match_rows/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

uint32_t hl_match_bucket_bits(uint16_t kind, uint64_t n)
{
	uint32_t bits = n < 2 ? 0 : 63 - (uint32_t)__builtin_clzll(n);

	/* About eight postings a bucket, at most as many as a slot has. */
	bits = bits > 3 ? bits - 3 : 0;
	(void)kind;
	return bits < 16 ? bits : 16;
}

static uint64_t padded(uint64_t n)
{
	return (n + 63) & ~UINT64_C(63);
}

void hl_match_rows_lay_out(struct hl_match_rows *rows)
{
	uint64_t n = rows->at.n;
	uint64_t buckets = (UINT64_C(1) << rows->at.bucket_bits) + 1;

	rows->at_sketch = padded(4 * buckets);
	if (rows->kind == HL_MATCH_PDQ) {
		rows->at_row = rows->at_sketch + padded(2 * n + 64);
		rows->slot_bytes =
			rows->at_row + padded(rows->at.row_bytes * n + 64);
	} else {
		rows->at_row = rows->at_sketch;
		rows->slot_bytes = rows->at_row + padded(4 * n);
	}
}

static bool inside(const struct hl_match_map *map, uint64_t at, uint64_t n)
{
	uint64_t end = hl_match_get64(map->base + 40);

	return at % 64 == 0 && at >= HL_MATCH_HEAD && at <= end &&
	       n <= end - at;
}

/* The place of a column, or NULL if it is not in the file. */
static const void *column(
	const struct hl_match_map *map, uint64_t at, uint64_t n)
{
	return inside(map, at, n) ? map->base + at : NULL;
}

static bool slots_fit(const struct hl_match_map *map, struct hl_match_rows *r)
{
	uint64_t n_slots = r->kind == HL_MATCH_PDQ ? HL_MATCH_SLOTS : 1;

	if (r->at.bucket_bits > 16 || r->at.row_bytes < 3 ||
		r->at.row_bytes > 4) {
		return false;
	}
	hl_match_rows_lay_out(r);
	r->slots = column(map, r->at.at_slots, n_slots * r->slot_bytes);
	return r->slots != NULL;
}

static bool rows_fit(const struct hl_match_map *map, struct hl_match_rows *r)
{
	const struct hl_match_columns *at = &r->at;
	uint64_t n = at->n;
	bool good = true;

	if (n == 0) {
		return true;
	}
	if (n >= UINT32_MAX) {
		return false;
	}
	r->n = (uint32_t)n;
	r->hash = column(map, at->at_hash, n * r->width);
	r->id = column(map, at->at_id, 8 * n);
	r->run = column(map, at->at_runs, 8 * (uint64_t)at->n_runs);
	good = r->hash && r->id && r->run && at->n_runs > 0;
	if (at->has & HL_MATCH_COLUMN_PART) {
		r->part = column(map, at->at_part, 4 * n);
		good = good && r->part;
	}
	if (at->has & HL_MATCH_COLUMN_LABEL) {
		r->label = column(map, at->at_label, 2 * n);
		good = good && r->label;
	}
	if (at->has & HL_MATCH_COLUMN_PAYLOAD) {
		r->end = column(map, at->at_ends, 8 * (n + 1));
		r->payload = column(map, at->at_payload, at->payload_bytes);
		good = good && r->end && r->payload;
	}
	if (at->has & HL_MATCH_COLUMN_SLOTS) {
		good = good && slots_fit(map, r);
	}
	return good && (r->slots || r->kind == HL_MATCH_PDQ);
}

static int head_check(struct hl_match_map *map, const uint8_t identity[16],
	const char *name, struct hl_match_error *err)
{
	const uint8_t *p = map->base;
	uint64_t end = hl_match_get64(p + 40), blocks;

	if (memcmp(p, "HLMSEG1\n", 8) != 0) {
		return hl_match_fault_at(err, name, 0, "not a segment");
	}
	map->check = hl_match_get64(p + HL_MATCH_HEAD - 8);
	if (hl_match_check(p, HL_MATCH_HEAD - 8, 0) != map->check) {
		return hl_match_fault_at(err, name, 0, "head");
	}
	if (hl_match_get32(p + 8) != 1) {
		return hl_match_fault(err, HL_MATCH_E_VERSION,
			"%s: made by a newer version", name);
	}
	if (hl_match_get32(p + 12) != map->number ||
		memcmp(p + 16, identity, 16) != 0) {
		return hl_match_fault_at(
			err, name, 12, "belongs to another index");
	}
	blocks = end / HL_MATCH_BLOCK + (end % HL_MATCH_BLOCK != 0);
	if (hl_match_get64(p + 32) != map->bytes || end < HL_MATCH_HEAD ||
		end > map->bytes || map->bytes - end != 8 * blocks) {
		return hl_match_fault_at(err, name, 32, "size");
	}
	if (hl_match_check(p + end, 8 * blocks, 0) != hl_match_get64(p + 48)) {
		return hl_match_fault_at(err, name, end, "table of checks");
	}
	return 0;
}

static int map_check(struct hl_match_map *map, const uint8_t identity[16],
	const char *name, struct hl_match_error *err)
{
	int rc = head_check(map, identity, name, err);

	for (unsigned i = 0; i < HL_MATCH_KINDS && !rc; i++) {
		struct hl_match_rows *rows = &map->rows[i];

		rows->kind = (uint16_t)(i + 1);
		rows->width = hl_match_width(i + 1);
		memcpy(&rows->at, map->base + 64 + 128 * i, sizeof(rows->at));
		if (!rows_fit(map, rows)) {
			rc = hl_match_fault_at(
				err, name, 64 + 128 * i, "descriptor");
		}
		map->n_rows += rows->n;
	}
	return rc;
}

static int map_file(struct hl_match_map *map, int folder, const char *name,
	struct hl_match_error *err)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *base = MAP_FAILED;

	if (fd < 0) {
		return errno == ENOENT ? HL_MATCH_NOTFOUND
				       : hl_match_fault_io(err, name, "open");
	}
	if (fstat(fd, &st) == 0 && st.st_size >= HL_MATCH_HEAD) {
		map->bytes = (size_t)st.st_size;
		base = mmap(NULL, map->bytes, PROT_READ, MAP_SHARED, fd, 0);
	} else {
		errno = 0;
	}
	if (base == MAP_FAILED) {
		int rc = errno ? hl_match_fault_io(err, name, "map")
			       : hl_match_fault_at(err, name, 0, "too short");

		close(fd);
		return rc;
	}
	close(fd);
	map->base = base;
	return 0;
}

int hl_match_map_open(int folder, uint32_t number, const uint8_t identity[16],
	bool populate, struct hl_match_map **out, struct hl_match_error *err)
{
	struct hl_match_map *map = calloc(1, sizeof(*map));
	char name[HL_MATCH_NAME_BYTES];
	int rc;

	if (!map) {
		return hl_match_fault_memory(err);
	}
	map->refs = 1;
	map->number = number;
	hl_match_file_name(name, "seg", number);
	rc = map_file(map, folder, name, err);
	if (!rc) {
		rc = map_check(map, identity, name, err);
	}
	if (rc) {
		hl_match_map_unref(map);
		return rc;
	}
	/* Hints: a kernel that does not know them serves as well. */
	(void)madvise(map->base, map->bytes, MADV_HUGEPAGE);
	if (populate) {
		(void)madvise(map->base, map->bytes, MADV_POPULATE_READ);
	}
	*out = map;
	return 0;
}

void hl_match_map_unref(struct hl_match_map *map)
{
	if (map && --map->refs == 0) {
		if (map->base) {
			munmap(map->base, map->bytes);
		}
		free(map);
	}
}

static int verify_range(const struct hl_match_map *map, uint64_t from,
	uint64_t to, struct hl_match_error *err)
{
	uint64_t end = hl_match_get64(map->base + 40);
	char name[HL_MATCH_NAME_BYTES];

	for (uint64_t block = from / HL_MATCH_BLOCK;; block++) {
		uint64_t at = block * HL_MATCH_BLOCK;
		uint64_t n =
			end - at < HL_MATCH_BLOCK ? end - at : HL_MATCH_BLOCK;
		uint64_t head = block == 0 ? HL_MATCH_HEAD : 0;

		if (at >= to || at >= end) {
			return 0;
		}
		if (hl_match_check(
			    map->base + at + head, (size_t)(n - head), block) !=
			hl_match_get64(map->base + end + 8 * block)) {
			hl_match_file_name(name, "seg", map->number);
			return hl_match_fault_at(err, name, at, "block");
		}
	}
}

int hl_match_map_verify(
	const struct hl_match_map *map, bool all, struct hl_match_error *err)
{
	int rc = 0;

	if (all) {
		return verify_range(map, HL_MATCH_HEAD, UINT64_MAX, err);
	}
	/* The columns of a kind lie together, the slots last. */
	for (unsigned i = 0; i < HL_MATCH_KINDS && !rc; i++) {
		const struct hl_match_rows *rows = &map->rows[i];

		if (rows->n > 0) {
			rc = verify_range(map, rows->at.at_hash,
				rows->slots ? rows->at.at_slots : UINT64_MAX,
				err);
		}
	}
	return rc;
}

int hl_match_segment_new(
	struct hl_match_map *map, struct hl_match_segment **out)
{
	struct hl_match_segment *segment = calloc(1, sizeof(*segment));

	if (!segment) {
		hl_match_map_unref(map);
		return HL_MATCH_E_NOMEM;
	}
	segment->refs = 1;
	segment->map = map;
	for (unsigned i = 0; i < HL_MATCH_KINDS; i++) {
		hl_match_deaths_init(&segment->dead[i], map->rows[i].n);
	}
	*out = segment;
	return 0;
}

void hl_match_segment_unref(struct hl_match_segment *segment)
{
	if (!segment || --segment->refs > 0) {
		return;
	}
	for (unsigned i = 0; i < HL_MATCH_KINDS; i++) {
		hl_match_deaths_fini(&segment->dead[i]);
	}
	hl_match_map_unref(segment->map);
	free(segment);
}

uint64_t hl_match_segment_dead(const struct hl_match_segment *segment)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < HL_MATCH_KINDS; i++) {
		n += segment->dead[i].n_old + segment->dead[i].n_new;
	}
	return n;
}

uint32_t hl_match_rows_list(const struct hl_match_rows *rows, uint32_t row)
{
	uint32_t low = 0, high = rows->at.n_runs;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (rows->run[middle].first <= row) {
			low = middle;
		} else {
			high = middle;
		}
	}
	return rows->run[low].list;
}

/* The rows of a list, or where they would be. */
static void list_rows(const struct hl_match_rows *rows, uint32_t list,
	uint32_t *from, uint32_t *to)
{
	uint32_t low = 0, high = rows->at.n_runs;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (rows->run[middle].list < list) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	*from = low < rows->at.n_runs ? rows->run[low].first : rows->n;
	*to = *from;
	if (low < rows->at.n_runs && rows->run[low].list == list) {
		*to = low + 1 < rows->at.n_runs ? rows->run[low + 1].first
						: rows->n;
	}
	*from = *from < rows->n ? *from : rows->n;
	*to = *to < rows->n ? *to : rows->n;
}

uint32_t hl_match_rows_from(const struct hl_match_rows *rows, uint32_t list,
	uint64_t id, uint32_t part)
{
	uint32_t from, to;

	if (rows->n == 0) {
		return 0;
	}
	list_rows(rows, list, &from, &to);
	/* What is new mostly comes behind what there is. */
	if (from < to && rows->id[to - 1] < id) {
		return to;
	}
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		uint64_t there = rows->id[middle];
		uint32_t its = rows->part ? rows->part[middle] : 0;

		if (there < id || (there == id && its < part)) {
			from = middle + 1;
		} else {
			to = middle;
		}
	}
	return from;
}

struct hl_match_row hl_match_rows_get(
	const struct hl_match_rows *rows, uint32_t row)
{
	struct hl_match_row out = {
		.key = {.list = hl_match_rows_list(rows, row),
			.part = rows->part ? rows->part[row] : 0,
			.id = rows->id[row],
			.kind = rows->kind},
		.label = rows->label ? rows->label[row] : 0,
		.hash = rows->hash + (size_t)row * rows->width,
	};

	if (rows->end) {
		uint64_t from = rows->end[row], to = rows->end[row + 1];

		if (from < to && to <= rows->at.payload_bytes &&
			to - from <= HL_MATCH_PAYLOAD_MAX) {
			out.payload = rows->payload + from;
			out.payload_bytes = (uint32_t)(to - from);
		}
	}
	return out;
}
