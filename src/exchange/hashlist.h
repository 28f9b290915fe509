/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_EXCHANGE_HASHLIST_H
#define HL_EXCHANGE_HASHLIST_H

#include "base/err.h"
#include "exchange/record.h"

/*
 * Lists of hashes as files: docs/hash-formats.md has what is read of each
 * format, what is written and what is lost.
 *
 * The reader takes bytes in pieces of any size and gives records, in memory
 * of one record. It fetches nothing, follows no link and opens no file. What
 * is bad costs its own record and gives a report; only a file whose nesting
 * is broken ends the reading, at a place that is named.
 */

/* ---- Reading ---------------------------------------------------------- */

/* Of one thread at a time. */
struct hl_hashlist_reader;
/* HL_E_INVALID: no such format. */
int hl_hashlist_reader_new(const struct hl_hashlist_options *options,
	struct hl_hashlist_reader **out, struct hl_err *err);
void hl_hashlist_reader_free(struct hl_hashlist_reader *reader);

/* The next bytes of the file, borrowed until next says HL_HASHLIST_MORE.
 * Empty bytes are the end of the file, and nothing may follow them. */
void hl_hashlist_reader_feed(
	struct hl_hashlist_reader *reader, struct hl_str bytes);

enum {
	HL_HASHLIST_MORE = 1, /* feed on */
	HL_HASHLIST_END = 2,  /* of the file; it was whole */
};
/*
 * The next record, borrowed until the next call. HL_HASHLIST_MORE,
 * HL_HASHLIST_END. HL_E_INVALID: the file is not of its format, its nesting
 * is broken or its end is missing; HL_E_LIMIT: nested too deep. After a
 * fault every call gives it again; the totals hold to that place.
 */
int hl_hashlist_reader_next(struct hl_hashlist_reader *reader,
	struct hl_hashlist_record *out, struct hl_err *err);

/* Borrowed from the reader, and changing with it. */
const struct hl_hashlist_totals *hl_hashlist_reader_totals(
	const struct hl_hashlist_reader *reader);
/* The link to the next page, as the file has it, or the absent view. It
 * stands behind the records; nothing is fetched. */
struct hl_str hl_hashlist_reader_next_page(
	const struct hl_hashlist_reader *reader);

/*
 * Appends a state from which reading can go on behind the record that next
 * has just given: a line of JSON of at most 16 KiB, the totals in it; and
 * gives the byte from which a new reader is then to be fed. HL_E_INVALID:
 * next has not just given a record.
 */
int hl_hashlist_reader_checkpoint(const struct hl_hashlist_reader *reader,
	struct hl_buf *out, uint64_t *offset, struct hl_err *err);
/* Puts a new, unfed reader to that state. HL_E_INVALID: the state was not
 * made by checkpoint or for another format; the reader is of no use then. */
int hl_hashlist_reader_resume(struct hl_hashlist_reader *reader,
	struct hl_str state, uint64_t *offset, struct hl_err *err);

/* ---- Writing ---------------------------------------------------------- */

struct hl_hashlist_writer;
/* Appends to out, which is the caller's and stays; it may be emptied between
 * calls. Faults of the buffer are seen there. */
int hl_hashlist_writer_new(const struct hl_hashlist_options *options,
	struct hl_buf *out, struct hl_hashlist_writer **writer,
	struct hl_err *err);
/* NCMEC keeps pictures and videos apart: give all of one, then the other. */
void hl_hashlist_writer_put(struct hl_hashlist_writer *writer,
	const struct hl_hashlist_record *record);
/* The end of the file. */
void hl_hashlist_writer_end(struct hl_hashlist_writer *writer);
/* Hashes that the format cannot hold and that were left out so far. */
uint64_t hl_hashlist_writer_lost(const struct hl_hashlist_writer *writer);
void hl_hashlist_writer_free(struct hl_hashlist_writer *writer);

#endif
