/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search in the slots of a segment. Each slot's buckets that are near
 * enough are read, and a posting stays if its sketch, the next slot, is near
 * enough too; docs/match-index.md says why nothing is missed. What costs is
 * waiting for memory, so offsets are asked for two slots ahead, postings one
 * slot ahead, and rows and hashes some candidates ahead.
 */
#include "match_look/reader.h"
#include "match_rows/bytes.h"

#include <stdlib.h>
#include <string.h>

enum {
	SCAN = 4096, /* rows at a time */
	LINES = 8,   /* prefetched of a bucket's postings */
	AHEAD = 64   /* hashes prefetched */
};

/* Where the masks of 0, 1, 2, 3 bits begin. */
static const uint16_t masks_from[4] = {0, 1, 17, 137};

struct slots {
	const struct hl_match_index *index;
	const struct hl_match_rows *rows;
	const uint8_t *q;
	uint8_t bound[HL_MATCH_SLOTS + 1];
	uint32_t n_of[4]; /* masks with 0, 1, 2, 3 bits */
	struct hl_match_cell cell[2][HL_MATCH_MASKS];
	size_t n_cells[2];
};

void hl_match_slots_masks(uint16_t masks[HL_MATCH_MASKS])
{
	size_t n = 0;

	masks[n++] = 0;
	for (unsigned wanted = 1; wanted <= 3; wanted++) {
		uint32_t mask = (1u << wanted) - 1;

		while (mask < 65536) {
			/* The next number with as many bits. */
			uint32_t low = mask & -mask, high = mask + low;

			masks[n++] = (uint16_t)mask;
			mask = high | (mask ^ high) / low >> 2;
		}
	}
}

/* Sum of bounds is radius + 1; where no slot gets more than one above. */
static void bounds(struct slots *s, unsigned radius)
{
	unsigned each = (radius + 1) / HL_MATCH_SLOTS;
	unsigned more = (radius + 1) % HL_MATCH_SLOTS;

	for (unsigned i = 0; i < HL_MATCH_SLOTS; i++) {
		s->bound[i] = (uint8_t)(each + (i < more));
	}
	s->bound[HL_MATCH_SLOTS] = s->bound[0];
}

static const uint8_t *slot_at(const struct slots *s, unsigned slot)
{
	return s->rows->slots + slot * s->rows->slot_bytes;
}

/* The buckets with k bits flipped, k below the slot's bound. */
static void ask_offsets(const struct slots *s, unsigned slot)
{
	const uint32_t *offset = (const void *)slot_at(s, slot);
	uint32_t mask = (1u << s->rows->at.bucket_bits) - 1;
	uint32_t bucket = hl_match_slot_value(s->q, slot) & mask;
	const uint16_t *flip = s->index->masks;

	for (unsigned k = 0; k < s->bound[slot]; k++) {
		for (uint32_t i = 0; i < s->n_of[k]; i++) {
			__builtin_prefetch(
				offset + (bucket ^ flip[masks_from[k] + i]));
		}
	}
}

static void ask_postings(const uint16_t *sketches, uint32_t from, uint32_t to)
{
	const char *p = (const char *)(sketches + from);
	const char *end = (const char *)(sketches + to);

	for (unsigned i = 0; i < LINES && p < end; i++, p += 64) {
		__builtin_prefetch(p);
	}
}

static void find_cells(struct slots *s, unsigned slot)
{
	const uint8_t *at = slot_at(s, slot);
	const uint32_t *offset = (const void *)at;
	const uint16_t *sketches = (const void *)(at + s->rows->at_sketch);
	uint32_t mask = (1u << s->rows->at.bucket_bits) - 1;
	uint32_t bucket = hl_match_slot_value(s->q, slot) & mask;
	const uint16_t *flip = s->index->masks;
	struct hl_match_cell *cell = s->cell[slot & 1];
	uint32_t sum = s->bound[slot] + s->bound[slot + 1] - 1u;
	size_t n = 0;

	for (unsigned k = 0; k < s->bound[slot]; k++) {
		for (uint32_t i = 0; i < s->n_of[k]; i++) {
			uint32_t b = bucket ^ flip[masks_from[k] + i];
			uint32_t from = offset[b], to = offset[b + 1];

			/* A damaged file may say anything. */
			to = to < s->rows->n ? to : s->rows->n;
			if (from < to) {
				cell[n++] = (struct hl_match_cell){
					from, to, sum - k};
				ask_postings(sketches, from, to);
			}
		}
	}
	s->n_cells[slot & 1] = n;
}

static bool more_room(struct hl_match_reader *reader, size_t n)
{
	size_t room = reader->found_room ? reader->found_room : 4096;
	uint32_t *found;

	while (room < n) {
		room *= 2;
	}
	if (room == reader->found_room) {
		return true;
	}
	found = realloc(reader->found, room * sizeof(*found));
	if (!found) {
		return false;
	}
	reader->found = found;
	reader->found_room = room;
	return true;
}

/* Row numbers in place of places of postings. */
static void places_to_rows(
	const struct slots *s, unsigned slot, uint32_t *found, size_t n)
{
	const uint8_t *rows = slot_at(s, slot) + s->rows->at_row;
	uint32_t width = s->rows->at.row_bytes;
	uint32_t mask = width == 3 ? 0xffffff : UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		uint32_t row =
			hl_match_get32(rows + (size_t)width * found[i]) & mask;

		found[i] = row < s->rows->n ? row : 0;
	}
}

static void ask_rows(
	const struct slots *s, unsigned slot, const uint32_t *found, size_t n)
{
	const uint8_t *rows = slot_at(s, slot) + s->rows->at_row;

	for (size_t i = 0; i < n; i++) {
		__builtin_prefetch(
			rows + (size_t)s->rows->at.row_bytes * found[i]);
	}
}

/* Candidates of all slots: end[slot] is where each slot's end. SIZE_MAX: so
 * many that scanning is cheaper; 0 in *code unless memory is missing. */
static size_t gather(struct slots *s, struct hl_match_reader *reader,
	size_t end[HL_MATCH_SLOTS], int *code)
{
	size_t most = s->rows->n / 8 + 1024, n = 0;
	unsigned slots = 0;

	*code = 0;
	while (slots < HL_MATCH_SLOTS && s->bound[slots] > 0) {
		slots++;
	}
	ask_offsets(s, 0);
	if (slots > 1) {
		ask_offsets(s, 1);
	}
	find_cells(s, 0);
	for (unsigned i = 0; i < slots; i++) {
		const uint16_t *sketches =
			(const void *)(slot_at(s, i) + s->rows->at_sketch);
		size_t got;

		if (i + 2 < slots) {
			ask_offsets(s, i + 2);
		}
		if (i + 1 < slots) {
			find_cells(s, i + 1);
		}
		while ((got = s->index->kernels->sift(sketches, s->cell[i & 1],
				s->n_cells[i & 1],
				hl_match_slot_value(s->q, i + 1),
				reader->found + n, reader->found_room - n)) ==
			SIZE_MAX) {
			if (n > most || reader->found_room > 8 * most + 65536) {
				return SIZE_MAX;
			}
			if (!more_room(reader, 2 * reader->found_room)) {
				*code = HL_MATCH_E_NOMEM;
				return SIZE_MAX;
			}
		}
		ask_rows(s, i, reader->found + n, got);
		n += got;
		end[i] = n;
		if (n > most) {
			return SIZE_MAX;
		}
	}
	for (unsigned i = slots; i < HL_MATCH_SLOTS; i++) {
		end[i] = n;
	}
	return n;
}

/* The first slot that finds a hash which differs by x. */
static unsigned first_slot(const struct slots *s, const uint8_t *hash)
{
	unsigned d[HL_MATCH_SLOTS + 1], i;

	for (i = 0; i < HL_MATCH_SLOTS; i++) {
		d[i] = (unsigned)__builtin_popcount(
			(unsigned)(hl_match_slot_value(hash, i) ^
				   hl_match_slot_value(s->q, i)));
	}
	d[HL_MATCH_SLOTS] = d[0];
	for (i = 0; i < HL_MATCH_SLOTS; i++) {
		if (d[i] < s->bound[i] &&
			d[i] + d[i + 1] <
				(unsigned)s->bound[i] + s->bound[i + 1]) {
			break;
		}
	}
	return i;
}

static void pick_one(struct hl_match_pick *pick,
	const struct hl_match_rows *rows, const struct hl_match_deaths *dead,
	uint32_t row, unsigned distance)
{
	struct hl_match_row found;

	if (!hl_match_deaths_by(dead, row, pick->change)) {
		found = hl_match_rows_get(rows, row);
		hl_match_pick_row(pick, &found, distance);
	}
}

static void ask_hashes(
	const uint8_t *hashes, const uint32_t *found, size_t from, size_t to)
{
	for (; from < to; from++) {
		__builtin_prefetch(hashes + 32 * (size_t)found[from]);
	}
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Hashes are asked for AHEAD candidates before they are looked at, and no
 * more: of thousands the first would be gone again when their turn comes. */
static void verify(struct hl_match_pick *pick, const struct slots *s,
	const struct hl_match_deaths *dead, const size_t end[HL_MATCH_SLOTS])
{
	uint32_t *found = pick->reader->found;
	struct hl_match_near *near = pick->reader->near;
	const uint8_t *hashes = s->rows->hash;
	size_t from = 0, all = end[HL_MATCH_SLOTS - 1];

	for (unsigned slot = 0; slot < HL_MATCH_SLOTS; slot++) {
		places_to_rows(s, slot, found + from, end[slot] - from);
		from = end[slot];
	}
	ask_hashes(hashes, found, 0, least(AHEAD, all));
	from = 0;
	for (unsigned slot = 0; slot < HL_MATCH_SLOTS; slot++) {
		while (from < end[slot]) {
			size_t now = least(end[slot] - from, AHEAD), k;

			ask_hashes(hashes, found, least(from + AHEAD, all),
				least(from + AHEAD + now, all));
			k = s->index->kernels->near(hashes, found + from, now,
				s->q, pick->farthest, near);
			from += now;
			for (size_t i = 0; i < k; i++) {
				const uint8_t *hash =
					hashes + 32 * (size_t)near[i].row;

				if (first_slot(s, hash) == slot) {
					pick_one(pick, s->rows, dead,
						near[i].row, near[i].distance);
				}
			}
		}
	}
}

static int scan_all(struct hl_match_pick *pick,
	const struct hl_match_rows *rows, const struct hl_match_deaths *dead)
{
	struct hl_match_reader *reader = pick->reader;

	for (uint32_t from = 0; from < rows->n; from += SCAN) {
		size_t n = rows->n - from < SCAN ? rows->n - from : SCAN;

		n = pick->index->kernels->scan(rows->hash + 32 * (size_t)from,
			from, n, pick->hash, pick->farthest, reader->near);
		for (size_t i = 0; i < n; i++) {
			pick_one(pick, rows, dead, reader->near[i].row,
				reader->near[i].distance);
		}
	}
	return 0;
}

int hl_match_slots_search(struct hl_match_pick *pick,
	const struct hl_match_rows *rows, const struct hl_match_deaths *dead)
{
	struct slots s;
	size_t end[HL_MATCH_SLOTS];
	uint32_t bits = rows->at.bucket_bits;
	int code;

	if (rows->n == 0) {
		return 0;
	}
	if (!rows->slots) {
		return scan_all(pick, rows, dead);
	}
	if (!more_room(pick->reader, 4096)) {
		return HL_MATCH_E_NOMEM;
	}
	s.index = pick->index;
	s.rows = rows;
	s.q = pick->hash;
	bounds(&s, pick->farthest);
	s.n_of[0] = 1;
	s.n_of[1] = bits;
	s.n_of[2] = bits * (bits - 1) / 2;
	s.n_of[3] = bits < 3 ? 0 : bits * (bits - 1) * (bits - 2) / 6;
	if (gather(&s, pick->reader, end, &code) == SIZE_MAX) {
		return code ? code : scan_all(pick, rows, dead);
	}
	verify(pick, &s, dead, end);
	return 0;
}

int hl_match_exact_search(struct hl_match_pick *pick,
	const struct hl_match_rows *rows, const struct hl_match_deaths *dead)
{
	uint32_t bits = rows->at.bucket_bits, low, high;
	const uint8_t *q = pick->hash;
	const uint32_t *offset = (const void *)rows->slots;
	const uint32_t *order = (const void *)(rows->slots + rows->at_row);
	uint32_t bucket = ((uint32_t)q[0] << 8 | q[1]) >> (16 - bits);

	if (rows->n == 0) {
		return 0;
	}
	low = offset[bucket];
	high = offset[bucket + 1];
	high = high < rows->n ? high : rows->n;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		uint32_t row = order[middle] < rows->n ? order[middle] : 0;

		if (memcmp(rows->hash + (size_t)row * rows->width, q,
			    rows->width) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	for (; low < rows->n; low++) {
		uint32_t row = order[low] < rows->n ? order[low] : 0;

		if (memcmp(rows->hash + (size_t)row * rows->width, q,
			    rows->width) != 0) {
			break;
		}
		pick_one(pick, rows, dead, row, 0);
	}
	return 0;
}
