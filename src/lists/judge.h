/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_JUDGE_H
#define HL_LISTS_JUDGE_H

#include "base/err.h"
#include "domain/list.h"

/*
 * What may go out by itself and what waits for a person: docs/lists.md,
 * "Breakers". Pure: what is published now and what should be are given.
 */
#define HL_LISTS_HOST_BYTES 32

/* An entry of a set. Hosts are told apart by their commitments. */
struct hl_lists_member {
	int64_t id;
	uint8_t host[HL_LISTS_HOST_BYTES];
	bool canary; /* never held, never counted */
	/* of one that is published and should not be any more: a person ended
	 * it, or its time is over: it leaves whatever is held */
	bool leaves;
	bool young; /* it came within the day, and no person looked at that */
	bool went;  /* not published: it went by itself within the day */
};

/* Ascending by id. */
struct hl_lists_set {
	const struct hl_lists_member *at;
	size_t n;
};

/*
 * What would change now, and what has changed within a day by then: a list
 * that grows or shrinks one by one is stopped as one that does so at once.
 */
struct hl_lists_change {
	size_t n_hosts;            /* published now */
	size_t n_added, n_removed; /* hosts; removed: by no person */
	bool adds;                 /* some entry is new */
	bool loses;                /* some entry goes by itself */
	/* within the day, this change counted; and of how many hosts */
	size_t n_came, n_came_of, n_went, n_went_of;
};
#define HL_LISTS_DAY_US (24 * HL_US_PER_HOUR)

/* now: what is published, and what went within the day. HL_E_NOMEM. */
int hl_lists_compare(const struct hl_lists_set *now,
	const struct hl_lists_set *wanted, struct hl_lists_change *out,
	struct hl_err *err);

/* Bits of enum hl_list_breaker that the change trips. */
unsigned hl_lists_breakers(const struct hl_lists_change *change, bool halted);
/* Of these, what holds new entries back, and what holds those that should
 * go. */
bool hl_lists_holds_new(unsigned held, const struct hl_lists_change *change);
bool hl_lists_holds_gone(unsigned held, const struct hl_lists_change *change);

/* SHA-256 over the ids and hosts: what a person says yes to. */
void hl_lists_set_digest(const struct hl_lists_set *set, uint8_t out[32]);

#endif
