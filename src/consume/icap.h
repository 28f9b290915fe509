/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_ICAP_H
#define HL_CONSUME_ICAP_H

#include "consume/pool.h"
#include "stop/stop.h"

/*
 * An ICAP service (RFC 3507) that judges requests: OPTIONS and REQMOD under
 * any path, Preview 0, 204, persistent connections, pipelining. What is
 * listed is answered with HTTP 451 and the stop page; all else goes on
 * unchanged. Bodies are passed over, never kept. docs/consumers.md.
 *
 * One thread serves all connections; those of the pool confirm.
 */
struct hl_consume_icap_options {
	int listen_fd; /* borrowed, as all else is */
	int stop_fd;   /* readable: stop */
	struct hl_consume *consume;
	struct hl_consume_pool *pool;
	const struct hl_stop_config *stop; /* checked */
	size_t n_connections;              /* at a time; 0: 1,024 */
	int head_ms, body_ms, idle_ms;     /* 0: 10 s, 30 s, 120 s */
};

/* Serves until stop_fd can be read. The pool is drained then. */
int hl_consume_icap_serve(
	const struct hl_consume_icap_options *options, struct hl_err *err);

#endif
