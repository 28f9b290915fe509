/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TALLY_TALLY_H
#define HL_TALLY_TALLY_H

#include "tally/record.h"

/*
 * What a consumer counts: docs/tally.md. Clients are known by a salted hash
 * in registers only; the salt is random, never leaves the memory and is
 * thrown away at midnight UTC, so that no client can be told from another
 * afterwards, and none be followed from one day to the next.
 */
struct hl_tally;

/* An entry is told, and clients are, once so many were not told yet. */
#define HL_TALLY_CELL_MIN 5

struct hl_tally_config {
	uint8_t hotline[HL_TALLY_HOTLINE_BYTES];
	uint64_t consumer;
	uint8_t secret[HL_TALLY_SECRET_BYTES];
	/* About how many entries of a day are counted one by one, 0: 16,384
	 * (5 MB when all were hit); further ones count in the totals. */
	size_t n_entries;
	const char *folder; /* where records wait; must be there */
};

/*
 * Takes up what the folder has, also of the hour that the program before was
 * in; what of it cannot be read is logged. HL_E_IO: the folder; HL_E_INVALID:
 * no consumer. now_us: the wall clock.
 */
int hl_tally_new(const struct hl_tally_config *config, int64_t now_us,
	struct hl_tally **out, struct hl_err *err);
/* Wipes the salt. The last minute is gone; hl_tally_end() first. */
void hl_tally_free(struct hl_tally *t);

/*
 * One blocked request. Any thread; about 100 ns, allocates nothing. client
 * is what tells one from another, such as the 4 or 16 bytes of an address,
 * and is forgotten before this returns; absent: the hit counts alone. entry
 * 0: not known.
 */
void hl_tally_add(struct hl_tally *t, uint64_t entry, struct hl_str client);
/* Something was let through since nobody could be asked. Any thread. */
void hl_tally_add_failed(struct hl_tally *t);

/*
 * From one thread, every few seconds: when an hour has ended, writes its
 * record into the folder; at midnight throws the salt away. HL_NOTFOUND:
 * there was nothing to do. After a fault (HL_E_FULL, HL_E_IO) nothing is
 * lost: the record is kept and the next call tries again; meanwhile the hour
 * goes on. Each minute what was counted of it so far is written as well, for
 * the case that the program dies; a fault of that is tried again a minute
 * later.
 */
int hl_tally_tick(struct hl_tally *t, int64_t now_us, struct hl_err *err);
/* Before the end of the program, once nobody counts any more: the hour goes on
 * with the next hl_tally_new() on this folder, or is told as far as it went.
 * After a fault err says how many hits are lost. */
int hl_tally_end(struct hl_tally *t, struct hl_err *err);

/*
 * The oldest record that waits, whole, into out, and its hour; for sending.
 * HL_NOTFOUND: none.
 */
int hl_tally_waiting(struct hl_tally *t, struct hl_buf *out, int64_t *hour_us,
	struct hl_err *err);
/* The hotline has taken it, or said that it never will (409): it is removed.
 * Twice is harmless. */
int hl_tally_taken(struct hl_tally *t, int64_t hour_us, struct hl_err *err);

/* What is counted now, for a status page; nothing of it is small enough to
 * tell who. */
struct hl_tally_now {
	int64_t hour_us;
	uint64_t hits, failed; /* since its beginning */
	size_t n_entries;      /* of the day, counted one by one */
	size_t n_waiting;
	bool stuck; /* a record could not be written */
};
void hl_tally_now(struct hl_tally *t, struct hl_tally_now *out);

#endif
