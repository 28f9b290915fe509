/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_EXCHANGE_ENTRY_H
#define HL_EXCHANGE_ENTRY_H

#include "base/arena.h"
#include "base/err.h"
#include "exchange/record.h"

/*
 * A record in an index. The id of its entry is the record's where that is a
 * plain number below 2^63; else the top bit and 63 bits of SHA-256 of the
 * text, which then stands in the payloads. A payload is empty or an object of
 * JSON with what match.h has no place for: docs/hash-formats.md.
 */
uint64_t hl_entry_id(struct hl_str id);

/* An entry as it stands in an index, or is to. */
struct hl_entry {
	uint64_t id;
	struct hl_match_entry *hashes; /* ascending by kind and part */
	size_t n;
	size_t n_cut; /* members left out, since a payload holds 4096 bytes */
};

/* Of a record with at least one hash. label: the number that its label has
 * on the list, or 0 to keep it in the payload. Two hashes of one kind and
 * part get parts of their own. Everything lies in the arena. HL_E_NOMEM. */
int hl_entry_of(struct hl_arena *arena, const struct hl_hashlist_record *record,
	uint32_t list, uint16_t label, struct hl_entry *out,
	struct hl_err *err);
/* The same hashes, labels and payloads. */
bool hl_entry_same(const struct hl_entry *a, const struct hl_entry *b);

/* Reads an entry from an index: find the one with this id, next the first of
 * the list, or with first false the next behind `after`. HL_NOTFOUND;
 * HL_E_NOMEM, HL_E_CORRUPT. */
int hl_entry_find(struct hl_match_reader *reader, struct hl_arena *arena,
	uint32_t list, uint64_t id, struct hl_entry *out);
/* The same for the writer of the index, with what was not committed yet. */
int hl_entry_written(struct hl_match_index *index, struct hl_arena *arena,
	uint32_t list, uint64_t id, struct hl_entry *out);
int hl_entry_next(struct hl_match_reader *reader, struct hl_arena *arena,
	uint32_t list, uint64_t after, bool first, struct hl_entry *out);

/* Its id as text, in the arena; the absent view when there is no memory. */
struct hl_str hl_entry_text(struct hl_arena *arena, const struct hl_entry *e);
/* The text of an id by one of its hashes, as a match gives it. */
struct hl_str hl_entry_text_of(struct hl_arena *arena, uint64_t id,
	unsigned kind, const uint8_t hash[32], struct hl_str payload);
/* The record again; label is the text of its hashes' label, "" for none.
 * What other programs put into a payload is left out. HL_E_NOMEM. */
int hl_entry_record(struct hl_arena *arena, const struct hl_entry *e,
	struct hl_str label, struct hl_hashlist_record *out,
	struct hl_err *err);

#endif
