/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Postings by counting sort, one slot at a time, so that no more than one
 * slot's are in memory besides the hashes.
 */
#include "match_file/build.h"
#include "match_rows/bytes.h"
#include "match_rows/fault.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void *big_new(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		return NULL;
	}
	(void)madvise(p, n, MADV_HUGEPAGE);
	return p;
}

/* Counts of all slots in one pass over the hashes, then running sums. */
static uint32_t *count_buckets(
	const struct hl_match_gathered *rows, uint32_t n_buckets)
{
	size_t stride = (size_t)n_buckets + 1;
	uint32_t mask = n_buckets - 1;
	uint32_t *count = calloc(HL_MATCH_SLOTS * stride, sizeof(*count));

	if (!count) {
		return NULL;
	}
	for (size_t row = 0; row < rows->n; row++) {
		const uint8_t *hash = rows->hash + 32 * row;

		for (unsigned slot = 0; slot < HL_MATCH_SLOTS; slot++) {
			count[slot * stride +
				(hl_match_slot_value(hash, slot) & mask)]++;
		}
	}
	for (unsigned slot = 0; slot < HL_MATCH_SLOTS; slot++) {
		uint32_t sum = 0;

		for (size_t i = 0; i < stride; i++) {
			uint32_t n = count[slot * stride + i];

			count[slot * stride + i] = sum;
			sum += n;
		}
	}
	return count;
}

/* Postings in the order of the buckets' high bits: few streams that are
 * written one behind the other, where 65,536 would each be a miss. */
static void sort_roughly(const struct hl_match_gathered *rows, unsigned slot,
	uint32_t bits, const uint32_t *offsets, uint64_t *to)
{
	uint32_t low = bits > 8 ? bits - 8 : 0;
	uint32_t mask = (1u << bits) - 1;
	uint32_t next[256];

	for (uint32_t i = 0; i < 256; i++) {
		next[i] = i << low <= mask ? offsets[i << low] : 0;
	}
	for (uint32_t row = 0; row < rows->n; row++) {
		const uint8_t *hash = rows->hash + (size_t)32 * row;
		uint32_t bucket = hl_match_slot_value(hash, slot) & mask;
		uint32_t sketch = hl_match_slot_value(hash, slot + 1);

		to[next[bucket >> low]++] =
			(uint64_t)row << 32 | sketch << 16 | bucket;
	}
}

/* Then to their places, which now lie near each other. */
static void scatter(const uint64_t *from, size_t n,
	const struct hl_match_rows *layout, uint32_t *next, uint8_t *to)
{
	uint8_t *sketches = to + layout->at_sketch;
	uint8_t *numbers = to + layout->at_row;
	uint32_t width = layout->at.row_bytes;

	for (size_t i = 0; i < n; i++) {
		size_t at = next[from[i] & 0xffff]++;
		uint16_t sketch = (uint16_t)(from[i] >> 16);
		uint32_t row = (uint32_t)(from[i] >> 32);

		memcpy(sketches + 2 * at, &sketch, 2);
		if (width == 3) {
			memcpy(numbers + 3 * at, &row, 2);
			numbers[3 * at + 2] = (uint8_t)(row >> 16);
		} else {
			memcpy(numbers + 4 * at, &row, 4);
		}
	}
}

static void put_slots(const struct hl_match_gathered *rows,
	const struct hl_match_rows *layout, uint32_t *count, uint8_t *to,
	struct hl_match_out *out)
{
	uint64_t *rough = (void *)(to + layout->slot_bytes);
	uint32_t bits = layout->at.bucket_bits;
	size_t stride = ((size_t)1 << bits) + 1;

	for (unsigned slot = 0; slot < HL_MATCH_SLOTS && !out->code; slot++) {
		uint32_t *next = count + slot * stride;

		memcpy(to, next, 4 * stride);
		sort_roughly(rows, slot, bits, next, rough);
		scatter(rough, rows->n, layout, next, to);
		hl_match_out_put(out, to, layout->slot_bytes);
	}
}

int hl_match_build_slots(const struct hl_match_gathered *rows,
	const struct hl_match_rows *layout, struct hl_match_out *out,
	struct hl_match_error *err)
{
	size_t n = layout->slot_bytes + rows->n * sizeof(uint64_t);
	uint32_t *count = count_buckets(rows, 1u << layout->at.bucket_bits);
	uint8_t *to = count ? big_new(n) : NULL;

	if (!to) {
		free(count);
		return hl_match_fault_memory(err);
	}
	put_slots(rows, layout, count, to, out);
	munmap(to, n);
	free(count);
	return 0;
}

struct exact {
	uint64_t high; /* the first eight bytes, big-endian */
	const uint8_t *hash;
	uint32_t row;
	uint32_t width;
};

static int by_hash(const void *a, const void *b)
{
	const struct exact *x = a, *y = b;
	int order = 0;

	if (x->high != y->high) {
		return x->high < y->high ? -1 : 1;
	}
	order = memcmp(x->hash, y->hash, x->width);
	return order ? order : (x->row > y->row) - (x->row < y->row);
}

static void gather_exact(
	const struct hl_match_gathered *rows, uint32_t row, struct exact *to)
{
	to->hash = rows->hash + (size_t)row * rows->width;
	to->high = __builtin_bswap64(hl_match_get64(to->hash));
	to->row = row;
	to->width = rows->width;
}

static uint32_t exact_bucket(const uint8_t *hash, uint32_t bits)
{
	return ((uint32_t)hash[0] << 8 | hash[1]) >> (16 - bits);
}

int hl_match_build_directory(const struct hl_match_gathered *rows,
	const struct hl_match_rows *layout, struct hl_match_out *out,
	struct hl_match_error *err)
{
	uint32_t bits = layout->at.bucket_bits, sum = 0;
	size_t n_buckets = (size_t)1 << bits;
	uint8_t *to = calloc(1, layout->slot_bytes);
	uint32_t *next = calloc(n_buckets, sizeof(*next));
	struct exact *sorted = calloc(rows->n, sizeof(*sorted));
	uint32_t *offsets = (uint32_t *)(void *)to;

	if (!to || !next || !sorted) {
		free(to);
		free(next);
		free(sorted);
		return hl_match_fault_memory(err);
	}
	for (size_t i = 0; i < rows->n; i++) {
		next[exact_bucket(rows->hash + i * rows->width, bits)]++;
	}
	for (size_t i = 0; i < n_buckets; i++) {
		offsets[i] = sum;
		sum += next[i];
		next[i] = offsets[i];
	}
	offsets[n_buckets] = sum;
	for (uint32_t i = 0; i < rows->n; i++) {
		const uint8_t *hash = rows->hash + (size_t)i * rows->width;

		gather_exact(
			rows, i, &sorted[next[exact_bucket(hash, bits)]++]);
	}
	for (size_t i = 0; i < n_buckets; i++) {
		qsort(sorted + offsets[i], offsets[i + 1] - offsets[i],
			sizeof(*sorted), by_hash);
	}
	for (size_t i = 0; i < rows->n; i++) {
		memcpy(to + layout->at_row + 4 * i, &sorted[i].row, 4);
	}
	hl_match_out_put(out, to, layout->slot_bytes);
	free(to);
	free(next);
	free(sorted);
	return 0;
}
