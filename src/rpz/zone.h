/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_RPZ_ZONE_H
#define HL_RPZ_ZONE_H

#include <pthread.h>
#include <stdatomic.h>

#include "rpz/set.h"
#include "rpz/tsig.h"

/* What this room sees of a zone. */
struct hl_rpz_delta {
	_Atomic unsigned refs;
	uint32_t from, to;
	struct hl_rpz_set *removed, *added;
};

/* One state of a zone with the way to it; never changes. */
struct hl_rpz_version {
	_Atomic unsigned refs;
	uint32_t serial;
	struct hl_rpz_set *names;
	size_t delta_bytes, n_deltas;
	struct hl_rpz_delta *deltas[]; /* oldest first, without a gap */
};

struct hl_rpz_zone {
	_Atomic unsigned refs;
	struct hl_rpz_name origin, ns, mbox, stop_host;
	struct hl_rpz_times times;
	struct hl_rpz_secret keys[HL_RPZ_KEYS_MAX];
	size_t n_keys;
	struct hl_net_endpoint notify[HL_RPZ_NOTIFY_MAX];
	size_t n_notify;
	struct hl_net_prefix allow[HL_RPZ_ALLOW_MAX];
	size_t n_allow;
	size_t max_names;
	pthread_mutex_t change;     /* held by who changes the set */
	pthread_mutex_t lock;       /* held for a pointer's time */
	struct hl_rpz_version *now; /* under lock; NULL: no set */
	int wake_fd;                /* under lock; the server's; -1: none */
	_Atomic bool served, gone;  /* in a server; taken out of it */
	_Atomic bool changed;       /* there is something to notify of */
	struct {
		_Atomic uint64_t soa, axfr, ixfr, current, done, broken, sent,
			notify, notify_ok, notify_lost;
		_Atomic uint32_t done_serial;
		_Atomic int64_t done_at_us, asked_at_us;
	} n;
};

struct hl_rpz_zone *hl_rpz_zone_ref(struct hl_rpz_zone *z);
/* The version now, to be given back; NULL: none. */
struct hl_rpz_version *hl_rpz_zone_now(struct hl_rpz_zone *z);
/* NULL is fine. */
void hl_rpz_version_unref(struct hl_rpz_version *v);
/* What to write to when there is something to notify of; -1: nothing. */
void hl_rpz_zone_wake_by(struct hl_rpz_zone *z, int fd);
/* Whether an address may ask at all. */
bool hl_rpz_zone_allows(
	const struct hl_rpz_zone *z, const struct hl_net_addr *a);
/* The key of that name, or NULL. */
const struct hl_rpz_secret *hl_rpz_zone_key(
	const struct hl_rpz_zone *z, const struct hl_rpz_name *name);

/* RFC 1982: whether a is after b; not so if it cannot be said. */
bool hl_rpz_serial_after(uint32_t a, uint32_t b);

#endif
