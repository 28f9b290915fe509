/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_POOL_H
#define HL_CONSUME_POOL_H

#include "consume/ask.h"

/*
 * A bounded number of threads that confirm, and a bounded number of
 * addresses that wait for them. What finds no room is let through: a slow
 * hotline must not hold up those who browse.
 */
struct hl_consume_pool_config {
	struct hl_consume *consume; /* borrowed */
	size_t n_threads;           /* 0: 16 */
	size_t n_waiting;           /* 0: 4,096 */
};

struct hl_consume_pool;

/* Called once for each address put, by a thread of the pool, or by who puts
 * when there is no room. */
typedef void hl_consume_done(
	void *arg, uint64_t id, const struct hl_consume_decision *decision);

int hl_consume_pool_new(const struct hl_consume_pool_config *config,
	struct hl_consume_pool **out, struct hl_err *err);
/* What is under way is finished, what waits is let through. NULL allowed. */
void hl_consume_pool_free(struct hl_consume_pool *p);

/* Whom to tell. */
struct hl_consume_teller {
	hl_consume_done *done;
	void *arg;
	uint64_t id;
	/* Who is told counts the answer, if it still is one, by
	 * hl_consume_settle(); what is not found out stays unsure. */
	bool settles;
};
/* Copies all of it. */
void hl_consume_pool_put(struct hl_consume_pool *p,
	const struct hl_consume_question *q, struct hl_consume_teller teller);
/* Waits until everything that was put is done. */
void hl_consume_pool_drain(struct hl_consume_pool *p);

#endif
