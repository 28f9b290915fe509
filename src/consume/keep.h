/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_KEEP_H
#define HL_CONSUME_KEEP_H

#include "consume/hits.h"
#include "consume/remote.h"

/*
 * A judge made of a list that another process follows (consume/follow.h):
 * libhotline-urls with a reader for each thread that asks. What must be
 * confirmed by the hotline is gathered: while all connections are busy,
 * addresses wait for each other and go in one request, 64 at most. When the
 * hotline cannot be reached nobody waits for it: for some seconds all is let
 * through at once, then one request tries again.
 */
struct hl_consume_keep_config {
	/* For who serves whatever state the folder is in: gives folder and
	 * remote, borrowed until free; asked at first and, until it gives 0,
	 * each second by the watching thread. HL_NOTFOUND: nothing new to say.
	 * NULL: they stand here. */
	int (*find)(void *arg, struct hl_consume_keep_config *out,
		struct hl_err *err);
	void *arg;
	const char *folder; /* of the list itself */
	struct hl_consume_remote_config remote;
	struct hl_consume_hits *hits; /* borrowed; NULL: none */
	uint32_t cache_hosts;         /* 0: the library's default */
	unsigned n_connections;       /* 0: 4; 16 at most */
	unsigned open_ms;             /* let through at once; 0: 5,000 */
};

struct hl_consume_keep;
/* Opens; makes no thread. remote.answer_ms 0 means 3,000 here. With find no
 * state of the folder is a fault: until there is a list to answer by, the
 * judge is unsure of everything and confirms nothing. */
int hl_consume_keep_new(const struct hl_consume_keep_config *config,
	struct hl_consume_keep **out, struct hl_err *err);
/* No thread may be asking any more. NULL is allowed. */
void hl_consume_keep_free(struct hl_consume_keep *k);
/* Borrowed; lives as long as k. */
const struct hl_consume_judge *hl_consume_keep_judge(
	const struct hl_consume_keep *k);

/* Takes up what the follower took, and sends hits, by a thread of its own;
 * ends with free. */
int hl_consume_keep_watch(struct hl_consume_keep *k, struct hl_err *err);
/* Once, now: for who has no thread. HL_NOTFOUND: nothing new. */
int hl_consume_keep_refresh(struct hl_consume_keep *k, struct hl_err *err);

struct hl_consume_keep_stats {
	uint64_t version, rows; /* 0: there is no list */
	uint64_t requests;      /* sent */
	uint64_t gathered;      /* addresses in them */
	uint64_t at_once;       /* let through without waiting */
	uint64_t failed;        /* requests without a good answer */
	bool is_open;           /* nobody is asked just now */
};
void hl_consume_keep_stats(
	struct hl_consume_keep *k, struct hl_consume_keep_stats *out);

#endif
