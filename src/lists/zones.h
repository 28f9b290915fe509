/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_ZONES_H
#define HL_LISTS_ZONES_H

#include "lists/world.h"
#include "rpz/rpz.h"

/*
 * The zones of consumers of tier 2, and the server that hands them out:
 * docs/rpz.md. Thread-safe: one thread serves, the publisher sets.
 */
struct hl_lists_zones;

struct hl_lists_zones_config {
	struct hl_rpz_listener listener;    /* stays the caller's */
	const char *under;                  /* lists.rpz_zone */
	const struct hl_seal_secret *place; /* opens their TSIG secrets */
	int stop_fd;                        /* as in rpz/rpz.h */
};
/* Copies config, not what it points to. HL_E_INVALID: no zone can be under
 * that name, or no server on those sockets. */
int hl_lists_zones_new(const struct hl_lists_zones_config *config,
	struct hl_lists_zones **out, struct hl_err *err);
void hl_lists_zones_free(struct hl_lists_zones *z);
/* Serves until stop_fd is readable, and clears what nobody vouches for. */
int hl_lists_zones_run(struct hl_lists_zones *z, struct hl_err *err);

/* "REF.UNDER" into out; "" if that is too long. */
#define HL_LISTS_ZONE_NAME 256
struct hl_str hl_lists_zone_name(
	uint64_t consumer, const char *under, char out[HL_LISTS_ZONE_NAME]);

/* Withdraws the zones of all who are not in use at tier 2. NULL is fine. */
void hl_lists_zones_keep(struct hl_lists_zones *z,
	const struct hl_lists_consumer *consumers, size_t n);
/* The zone is there from now on, by the key and addresses of the row; *fresh:
 * it has no set yet. HL_NOTFOUND: it has no key, or none that is good, which
 * is logged once. */
int hl_lists_zones_want(struct hl_lists_zones *z,
	const struct hl_lists_consumer *who, bool *fresh, struct hl_err *err);
/* NULL, or why a host cannot be in that consumer's zone. */
const char *hl_lists_zones_fault(
	struct hl_lists_zones *z, uint64_t consumer, struct hl_str host);
/* As hl_rpz_zone_set(). Vouches for it: a zone for which that was not said
 * for an hour is cleared. */
#define HL_LISTS_VOUCHED_US HL_US_PER_HOUR
int hl_lists_zones_set(struct hl_lists_zones *z, uint64_t consumer,
	const struct hl_str *names, size_t n, uint32_t serial,
	struct hl_err *err);
/* Vouches for what it has. */
void hl_lists_zones_vouch(struct hl_lists_zones *z, uint64_t consumer);
/* Clears them; mono_us as hl_time_mono_us(). run() calls it. */
void hl_lists_zones_sweep(struct hl_lists_zones *z, int64_t mono_us);
/* HL_NOTFOUND: it has none. */
int hl_lists_zones_stats(struct hl_lists_zones *z, uint64_t consumer,
	struct hl_rpz_zone_stats *out);

#endif
