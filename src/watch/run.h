/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WATCH_RUN_H
#define HL_WATCH_RUN_H

#include "store/who.h"
#include "watch/schedule.h"

/* The watch in the store: what is due is looked at, and what several looks
 * together mean is acted upon. docs/watch.md, "In the store". */
struct hl_watch_worker {
	struct hl_store *store; /* role worker */
	struct hl_watch_config check;
	const struct hl_watch_plan *plan;
	const struct hl_seal_secret *secret; /* opens addresses */
	/* The host behind an address now, as in hl_watch_seen; NULL: not
	 * asked. */
	uint64_t (*host_id)(void *ctx, struct hl_str url);
	void *ctx;
};

/*
 * Looks at the item that has been due longest; *found false: none is due.
 * Blocks for the network. A fault of one item is logged and puts it off.
 *
 * Gone (the schedule's "offline"): item offline, a case that is being watched
 * closes as removed. Back: the case is acted upon again, unless a person
 * closed it for another reason. Another host: the item is traced anew and the
 * case goes back to be referred. Ended: the worker's copy of the address is
 * emptied with it, once the case is closed.
 */
int hl_watch_next(
	const struct hl_watch_worker *w, bool *found, struct hl_err *err);

/* Staff. HL_DENIED, HL_NOTFOUND: no such item or not watched. Resuming seals
 * the address to the worker again if it was forgotten. */
int hl_watch_pause(const struct hl_who *who, int64_t item_id,
	enum hl_authz_why *why, struct hl_err *err);
int hl_watch_resume(const struct hl_who *who, int64_t item_id,
	enum hl_authz_why *why, struct hl_err *err);
/* A person has seen that it is gone: for an item that cannot be checked, or
 * while the watch is off. Closes the case as the watch would, and ends the
 * watch of a case that is closed. HL_CONFLICT: somebody else was faster. */
int hl_watch_declare_gone(const struct hl_who *who, int64_t item_id,
	enum hl_authz_why *why, struct hl_err *err);

#endif
