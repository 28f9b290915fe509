/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TALLY_RECORD_H
#define HL_TALLY_RECORD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * What a consumer tells the hotline of an hour, as a signed text: the
 * protocol's clause "Counters"; docs/tally.md.
 */
#define HL_TALLY_TEXT_MAX ((size_t)64 * 1024)
#define HL_TALLY_LINE_MAX 512
#define HL_TALLY_HOTLINE_BYTES 16
/* No more lines of entries are written: the text stays within its maximum. */
#define HL_TALLY_ENTRIES_MAX 1000
#define HL_TALLY_ID_MAX ((UINT64_C(1) << 40) - 1)
/* Of any number of a record, and of the hits of its lines together: more is
 * refused by the hotline. */
#define HL_TALLY_NUMBER_MAX (UINT64_C(1) << 40)
#define HL_TALLY_HOUR_US INT64_C(3600000000)
/* An hour that lies further back is not told any more: urllist.md, clause 9. */
#define HL_TALLY_OLDEST_US (90 * HL_US_PER_DAY)

struct hl_tally_entry {
	uint64_t id;
	uint64_t hits, clients; /* that were not told before on this day */
};

struct hl_tally_record {
	uint8_t hotline[HL_TALLY_HOTLINE_BYTES];
	uint64_t consumer;
	int64_t hour_us; /* its beginning; a whole hour */
	uint64_t hits, clients, entries, failed;
	const struct hl_tally_entry *entry; /* ascending by id */
	size_t n_entry;
};

/* The consumer's own key, Ed25519 as libsodium has it. */
#define HL_TALLY_PUB_BYTES 32
#define HL_TALLY_SECRET_BYTES 64

/*
 * Appends the text with its signature; the same record under the same key
 * gives the same bytes. HL_E_INVALID for a record that reading would refuse.
 */
int hl_tally_write(const struct hl_tally_record *record,
	const uint8_t secret[HL_TALLY_SECRET_BYTES], struct hl_buf *out,
	struct hl_err *err);

/*
 * Reads and checks a text of any origin. HL_E_INVALID: it breaks the form,
 * the message has the line; HL_E_LIMIT: too long; HL_DENIED: no signature of
 * this key. The entries live in the arena.
 */
int hl_tally_read(struct hl_str text, const uint8_t pub[HL_TALLY_PUB_BYTES],
	struct hl_arena *arena, struct hl_tally_record *out,
	struct hl_err *err);

#endif
