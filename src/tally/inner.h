/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TALLY_INNER_H
#define HL_TALLY_INNER_H

#include <pthread.h>
#include <stdatomic.h>

#include "tally/keep.h"
#include "tally/sketch.h"
#include "tally/tally.h"

/* Inside the room only. */

#define HL_TALLY_SHARDS 16
#define HL_TALLY_SALT_BYTES 16

/* An entry of this day. */
struct hl_tally_cell {
	uint64_t id;
	uint64_t untold;  /* hits that no record told yet */
	uint64_t clients; /* of the day, told already */
	/* How often a register rose since it was told. A client has one hash,
	 * so raises its register once at most: no fewer clients are new. */
	uint32_t fresh;
	bool hit; /* in this hour */
	/* Of the hour's part before a restart: may be told as it is. */
	uint64_t due_hits, due_clients;
	uint8_t registers[HL_TALLY_ENTRY_REGISTERS];
};

/* A part of the entries, under a lock of its own; each has its own registers
 * of all clients, which are merged when they are read. */
struct hl_tally_shard {
	_Alignas(64) pthread_mutex_t lock;
	uint8_t salt[HL_TALLY_SALT_BYTES];
	uint64_t hits; /* in this hour */
	size_t n;      /* cells in use */
	size_t n_max, mask;
	uint16_t *index; /* by hash: place + 1 in cells, 0 free */
	struct hl_tally_cell *cells;
	uint8_t registers[HL_TALLY_ALL_REGISTERS];
};

struct hl_tally {
	struct hl_tally_config config;
	struct hl_tally_keep *keep;
	pthread_mutex_t lock; /* of the hour and the folder */
	int64_t hour_us, day;
	uint64_t told;    /* clients of the day */
	uint64_t carried; /* of the day before, not told yet */
	/* As they were when clients were told last, on this day. */
	uint8_t told_registers[HL_TALLY_ALL_REGISTERS];
	uint64_t due_clients, due_entries; /* of the part before a restart */
	struct hl_buf stuck; /* a record that could not be written */
	int64_t stuck_hour_us;
	uint64_t stuck_hits;     /* of it, that no part has */
	int64_t kept_us;         /* when a part was last written, or tried */
	uint64_t kept_hits;      /* of this hour, that it has */
	_Atomic uint64_t failed; /* in this hour */
	struct hl_tally_shard shards[HL_TALLY_SHARDS];
};

/* Ends the hour: its record's text is in t->stuck. Nothing is lost after a
 * fault. Under t->lock. */
int hl_tally_close(struct hl_tally *t, struct hl_err *err);
/* The record that the hour would have if it ended now; nothing changes. Under
 * t->lock. */
int hl_tally_draft(struct hl_tally *t, struct hl_buf *out, struct hl_err *err);
/* New salt, empty registers, no cells. Under t->lock. */
void hl_tally_forget(struct hl_tally *t);
/* Of this hour. */
uint64_t hl_tally_hits(struct hl_tally *t);
/* A line of a part: counts to what the hour tells. */
void hl_tally_add_due(struct hl_tally *t, const struct hl_tally_entry *e);

#define HL_TALLY_BACK_MAX (26 * HL_US_PER_HOUR)
/* What was counted so far goes to the disk. Under t->lock. */
int hl_tally_part_keep(struct hl_tally *t, struct hl_err *err);
/* Takes up what the last program kept: HL_NOTFOUND, nothing of an hour that
 * goes on at this time. The record of one that has ended is made, or waits in
 * t->stuck. Before the first hit. */
int hl_tally_part_resume(struct hl_tally *t, int64_t now_us);

#endif
