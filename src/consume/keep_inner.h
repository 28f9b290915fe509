/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_KEEP_INNER_H
#define HL_CONSUME_KEEP_INNER_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/time.h"
#include "consume/keep.h"
#include "hotline/urls.h"

/* Inside the room: what keep.c and keep_confirm.c share. */

/* A connection; one thread at a time. */
struct hl_consume_line {
	struct hl_consume_line *next; /* of those that are idle */
	struct hl_consume_keep *keep;
	struct hl_consume_remote *remote;
};

/* Somebody who waits; lies on that thread's stack. */
struct hl_consume_waiter {
	struct hl_consume_waiter *next;
	struct hl_urls_address address;
	struct hl_urls_decision decision;
	int outcome; /* of the request that it was in */
	bool done;
	pthread_cond_t changed;
};

struct seat;
struct hl_consume_keep {
	struct hl_consume_keep_config config;
	struct hl_consume_judge judge;
	struct hl_urls_list *list; /* once is_open, as the lines */
	_Atomic bool is_open, has_list;
	pthread_key_t mine; /* the thread's seat */
	long answer_ms;
	pthread_mutex_t lock; /* of what follows */
	struct seat *free_seats;
	struct hl_consume_line *lines, *idle;
	struct hl_consume_waiter *first, **last;
	struct hl_err why; /* there is no list */
	/* The circuit breaker: nobody is asked before. */
	_Atomic int64_t open_until_us;
	_Atomic uint64_t n_requests, n_gathered, n_at_once, n_failed;
	pthread_t watcher;
	bool watching, is_bad;
	int64_t tell_at_us; /* that there is no list */
	int end_fd;
};

static inline int64_t hl_consume_keep_now(void)
{
	return hl_time_wall_us() / HL_US_PER_S;
}

/* The reader of this thread; NULL: no memory. */
struct hl_urls_reader *hl_consume_keep_reader(struct hl_consume_keep *k);
/* What out was asked for is in it before, and stays. */
void hl_consume_keep_decide(
	const struct hl_urls_decision *from, struct hl_consume_decision *out);
/* As hl_urls_address has it. */
static inline uint32_t hl_consume_keep_kind(
	const struct hl_consume_decision *asked)
{
	return asked->any ? 2 : asked->host_only;
}
struct hl_str hl_consume_keep_host(struct hl_str url, struct hl_buf *room);

/* Opens list and lines; what is open stays so. */
int hl_consume_keep_open(struct hl_consume_keep *k, struct hl_err *err);
void hl_consume_keep_drop_lines(struct hl_consume_keep *k);
/* By config.find. HL_NOTFOUND: not yet, ready() tells why. */
int hl_consume_keep_find(struct hl_consume_keep *k);
/* Whether what is open has a list. */
void hl_consume_keep_look(struct hl_consume_keep *k);
/* HL_E_UNAVAILABLE: there is no list. */
int hl_consume_keep_ready(void *arg, struct hl_err *err);
/* The judge's second half. */
int hl_consume_keep_confirm(void *arg, struct hl_str url,
	struct hl_consume_decision *out, struct hl_err *err);

#endif
