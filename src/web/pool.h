/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_POOL_H
#define HL_WEB_POOL_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A fixed number of threads that take jobs from a bounded queue, first come
 * first served. A full queue says so at once: the caller tells the client to
 * come back instead of letting everybody wait.
 */
struct hl_web_pool;

/* work runs on the thread with its index, 0..n_threads-1. */
int hl_web_pool_new(size_t n_threads, size_t n_queue,
	void (*work)(void *arg, size_t thread, void *job), void *arg,
	struct hl_web_pool **out, struct hl_err *err);
/* False when the queue is full. */
bool hl_web_pool_put(struct hl_web_pool *p, void *job);
/* Works off what is queued, then ends the threads. NULL is allowed. */
void hl_web_pool_free(struct hl_web_pool *p);

#endif
