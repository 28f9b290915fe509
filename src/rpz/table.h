/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_RPZ_TABLE_H
#define HL_RPZ_TABLE_H

#include "rpz/zone.h"

/* The zones of a server with what is on its way to their consumers, and the
 * server's counts. */
struct hl_rpz_notice {
	bool open;
	uint16_t id;
	unsigned n_tries;
	int64_t next_us;           /* monotonic */
	struct hl_rpz_chain chain; /* with the request's MAC */
};

struct hl_rpz_slot {
	struct hl_rpz_zone *zone;
	struct hl_rpz_notice notices[HL_RPZ_NOTIFY_MAX];
};

struct hl_rpz_counts {
	_Atomic uint64_t udp, tcp, dropped, malformed, refused, bad_key,
		bad_sig, bad_time, connections, open, crowded, slow;
};

struct hl_rpz_table {
	pthread_mutex_t lock; /* over the slots, for a look-up's time */
	struct hl_rpz_slot *slots;
	size_t n, cap;
	struct hl_rpz_counts counts;
};

void hl_rpz_table_init(struct hl_rpz_table *t);
void hl_rpz_table_fini(struct hl_rpz_table *t);
/* HL_CONFLICT: a key of that name is there, or z is or was in a table. */
int hl_rpz_table_add(
	struct hl_rpz_table *t, struct hl_rpz_zone *z, struct hl_err *err);
/* Lets go of zones that are gone. */
void hl_rpz_table_reap(struct hl_rpz_table *t);
/* The zone with that key, to be given back, and the key in it; NULL: none. */
struct hl_rpz_zone *hl_rpz_table_find(struct hl_rpz_table *t,
	const struct hl_rpz_name *key, const struct hl_rpz_secret **secret);

#endif
