/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_EXCHANGE_INNER_H
#define HL_EXCHANGE_INNER_H

#include "base/arena.h"
#include "base/json.h"
#include "exchange/hashlist.h"
#include "exchange/input.h"

/*
 * A reader is an input, which turns the file's bytes into a window of UTF-8,
 * a framer, which finds where records begin and end in it, and a parser,
 * which makes a record of one's bytes. ADR 0053 says why.
 */
enum {
	HL_EXCHANGE_WANTS = 1,  /* framer: no more bytes in the window */
	HL_EXCHANGE_FRAMED = 2, /* window from keep to at is a piece */
	HL_EXCHANGE_LOST = 3,   /* parser: no record; reported if it was bad */
	HL_EXCHANGE_STATE_MAX = 16 << 10,
};

struct hl_exchange_ops {
	size_t bytes; /* of the framer's own state, zeroed */
	/* HL_EXCHANGE_WANTS, HL_EXCHANGE_FRAMED; a fault ends the reading. */
	int (*frame)(struct hl_hashlist_reader *r, struct hl_err *err);
	/* No more bytes will come: HL_EXCHANGE_FRAMED for a last piece; 0. */
	int (*end)(struct hl_hashlist_reader *r, struct hl_err *err);
	/* Makes r->record of a framed piece: 0, HL_EXCHANGE_LOST; faults. */
	int (*parse)(struct hl_hashlist_reader *r, struct hl_str piece,
		struct hl_err *err);
	/* Members of a checkpoint, and back; HL_E_INVALID. */
	void (*save)(const struct hl_hashlist_reader *r, struct hl_buf *out);
	int (*load)(struct hl_hashlist_reader *r, const json_t *state);
	void (*fini)(struct hl_hashlist_reader *r); /* may be NULL */
};
extern const struct hl_exchange_ops hl_exchange_lines, hl_exchange_csv,
	hl_exchange_vics, hl_exchange_tx, hl_exchange_ncmec,
	hl_exchange_printed;

struct hl_hashlist_reader {
	struct hl_hashlist_options options;
	const struct hl_exchange_ops *ops;
	void *own; /* the framer's */
	struct hl_exchange_input in;
	uint64_t line, offset; /* of the piece that is framed */
	bool over;             /* it is too large and was not kept */
	bool border;           /* next has just given a record */
	bool torn; /* a piece was refused: the next may have begun in it */
	struct hl_err fault;
	struct hl_arena *arena;
	struct hl_hashlist_record record;
	struct hl_hashlist_hash *hashes; /* of record, with room for cap */
	size_t hashes_cap;
	struct hl_hashlist_other *others;
	size_t others_cap;
	json_t *json; /* what the record's text lies in */
	struct hl_hashlist_totals totals;
	struct hl_buf next_page;
};

/*
 * Lines as pieces, for framers whose own state begins with this. A record may
 * go on in the next line; at the end of the file an open one is framed once
 * more, empty, with `closing` set.
 */
struct hl_exchange_rows {
	bool inside;  /* a line has begun */
	bool open;    /* r->record has a line and may get more */
	bool closing; /* it is whole: the file is over */
};
/* For hl_exchange_ops.frame and .end. */
int hl_exchange_rows_frame(struct hl_hashlist_reader *r, struct hl_err *err);
int hl_exchange_rows_end(struct hl_hashlist_reader *r, struct hl_err *err);

/* The piece begins at the window's byte before in.at. */
void hl_exchange_begin(struct hl_hashlist_reader *r);
/* Reports at the piece's place; gives HL_EXCHANGE_LOST. A record of many
 * pieces that is open is incomplete then. */
int hl_exchange_refuse(struct hl_hashlist_reader *r, const char *what);
void hl_exchange_note(struct hl_hashlist_reader *r, const char *what);
/* The same for a hash or frame: the record is incomplete. */
void hl_exchange_miss(struct hl_hashlist_reader *r, const char *what);
/* A record of many pieces begins, perhaps with what was refused last. */
void hl_exchange_mend(struct hl_hashlist_reader *r);
/* Ends the reading: HL_E_INVALID at the byte before in.at. */
int hl_exchange_broken(
	struct hl_hashlist_reader *r, const char *what, struct hl_err *err);
/* The same for a file that ends at in.at. */
int hl_exchange_short(
	struct hl_hashlist_reader *r, const char *what, struct hl_err *err);

/* Begins r->record at the piece's place; the last one's text is gone. */
void hl_exchange_new(struct hl_hashlist_reader *r);
/* A hash in hexadecimal digits onto r->record, its part and the rest as in
 * how. NULL, or why it is bad. */
const char *hl_exchange_put_hash(struct hl_hashlist_reader *r,
	struct hl_str digits, const struct hl_hashlist_hash *how);
/* The same; one that is bad is missed. */
void hl_exchange_put_hex(struct hl_hashlist_reader *r, struct hl_str digits,
	const struct hl_hashlist_hash *how);
/* A hash that is an id: its digits in lower case, in r's memory. */
struct hl_str hl_exchange_lower(
	struct hl_hashlist_reader *r, struct hl_str digits);
/* One of a kind that is named: a hash or another. */
void hl_exchange_put_named(
	struct hl_hashlist_reader *r, struct hl_str name, struct hl_str value);
void hl_exchange_put_other(
	struct hl_hashlist_reader *r, struct hl_str name, struct hl_str value);
/* Whether the id may be one; the reason if not. */
const char *hl_exchange_bad_id(struct hl_str id);
/* "true", "yes", "1" and their opposites, in any case; 0 for no, 1 for yes,
 * -1 for other words. */
int hl_exchange_yes(struct hl_str word);
/* Decimal digits up to 2^63 - 1; false for anything else. */
bool hl_exchange_number(struct hl_str text, uint64_t *out);
/* "12.5" into 12500; -1 for anything else. */
int64_t hl_exchange_seconds(struct hl_str text);
void hl_exchange_put_seconds(struct hl_buf *out, int64_t ms);
/* A flag of the record. */
void hl_exchange_flag(
	struct hl_hashlist_record *record, uint16_t flag, int yes);

#endif
