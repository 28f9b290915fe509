/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_ROWS_INNER_H
#define HL_MATCH_ROWS_INNER_H

/* What the sources of the index share: faults, checks, keys and rows. */
#include "hotline/match.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the files of an index are read in place and are little-endian"
#endif

enum {
	HL_MATCH_KINDS = 4,
	HL_MATCH_SLOTS = 16,
	HL_MATCH_SLOT_BITS = 16,
	HL_MATCH_NAME_BYTES = 24 /* of a file of an index, with its NUL */
};

/* Sets err and returns its code. */
int hl_match_fault(struct hl_match_error *err, int code, const char *format,
	...) __attribute__((format(printf, 3, 4)));
/* From errno: full, no memory, or another fault of input and output. */
int hl_match_fault_io(
	struct hl_match_error *err, const char *file, const char *what);
int hl_match_fault_at(struct hl_match_error *err, const char *file,
	uint64_t offset, const char *what);
static inline int hl_match_fault_memory(struct hl_match_error *err)
{
	return hl_match_fault(err, HL_MATCH_E_NOMEM, "no memory");
}

/* What a caller hears of a call that may have tried more than once: `why` when
 * the code is a fault, nothing for an outcome. Returns the code. */
int hl_match_told(
	struct hl_match_error *err, const struct hl_match_error *why, int code);

/* XXH64. The stream's n counts all bytes so far. */
uint64_t hl_match_check(const void *p, size_t n, uint64_t seed);

static inline uint16_t hl_match_get16(const void *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t hl_match_get32(const void *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint64_t hl_match_get64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Bytes of a hash of a kind; 0 if there is no such kind. */
uint32_t hl_match_width(uint32_t kind);

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

/*
 * The order in which the bits of PDQ hashes are stored, drawn for each index.
 * Tables of nibbles make it 64 look-ups a hash.
 */
struct hl_match_shuffle {
	uint8_t order[256]; /* place -> bit */
	uint64_t to[64][16][4];
};
/* false: order is not a permutation. */
bool hl_match_shuffle_init(
	struct hl_match_shuffle *shuffle, const uint8_t order[256]);
/* A random order; false: the system gave no random bytes. */
bool hl_match_shuffle_draw(uint8_t order[256]);
void hl_match_shuffle_store(const struct hl_match_shuffle *shuffle,
	const uint8_t hash[32], uint8_t stored[32]);
void hl_match_shuffle_undo(const struct hl_match_shuffle *shuffle,
	const uint8_t stored[32], uint8_t hash[32]);

/* Random bytes; 0, or -1 with errno. */
int hl_match_random(void *out, size_t n);

#endif
