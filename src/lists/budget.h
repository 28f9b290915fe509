/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_BUDGET_H
#define HL_LISTS_BUDGET_H

#include <stdint.h>

/*
 * How much a consumer may ask: so many hosts in a UTC day, and in any sixty
 * minutes a quarter of them (docs/protocol/urllist.md, clause 5). Plain
 * values, zero at first; whoever shares one locks it.
 */
#define HL_LISTS_MINUTES 60

struct hl_lists_budget {
	int64_t day;    /* since 1970, of `used` */
	int64_t minute; /* since 1970, the newest of those below */
	uint64_t used;  /* on this day */
	uint64_t recent;
	uint32_t minutes[HL_LISTS_MINUTES]; /* by minute mod 60 */
};

/* Takes n of a day's budget: 0, or the seconds after which it may be there,
 * and nothing was taken. A clock that was set back takes from the newest
 * minute. */
uint32_t hl_lists_budget_take(
	struct hl_lists_budget *b, uint64_t budget, uint64_t n, int64_t now_s);
/* After a restart: what an hour (since 1970) took, in ascending order of
 * hours. It counts as taken at the hour's last minute, or now. */
void hl_lists_budget_load(
	struct hl_lists_budget *b, int64_t hour, uint64_t asked, int64_t now_s);

#endif
