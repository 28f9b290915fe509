/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_HTTP_H
#define HL_CONSUME_HTTP_H

#include "consume/pool.h"
#include "stop/stop.h"
#include "web/http.h"

/*
 * Answers over HTTP (docs/consumers.md), handlers for a hl_web_server:
 *
 *   GET /check      X-Original-URL: 204, or 403 with X-Hotline-Entry
 *   POST /v1/check  addresses in, decisions out, as JSON
 *   GET /stop       451 and the stop page
 *   GET /v1/ready   200, or 503 and why there is no list
 *
 * No address is logged.
 */
#define HL_CONSUME_HTTP_BODY_MAX (4u << 20)
#define HL_CONSUME_HTTP_BATCH_MAX 1000u
#define HL_CONSUME_HTTP_CONFIRM_MS 3000

struct hl_consume_http {
	struct hl_consume *consume; /* borrowed, as the others are */
	struct hl_consume_pool *pool;
	const struct hl_stop_config *stop; /* checked */
	/* How long an answer waits for what must be confirmed; then it is let
	 * through. 0: HL_CONSUME_HTTP_CONFIRM_MS. */
	int confirm_ms;
	/* How many answers may wait so; what must be confirmed beyond that is
	 * let through, so that threads are left for what is sure. 0: any. */
	size_t n_waiting_most;
	atomic_size_t n_waiting; /* zero at first */
};

/* ctx->app is a struct hl_consume_http. */
hl_web_handler hl_consume_http_handle, hl_consume_http_error;

/* -- inside the room, and for tests -- */

/* What POST /v1/check asks: {"urls": ["…", …]}. */
struct hl_consume_ask {
	struct hl_str *urls;
	size_t n;
};
/* Everything in the arena. HL_E_INVALID: *detail says why, at, of 32 bytes,
 * where: a JSON pointer. HL_E_NOMEM. */
int hl_consume_ask_parse(struct hl_str body, struct hl_arena *arena,
	struct hl_consume_ask *out, const char **detail, char at[32]);

/* Answers all, those that must be confirmed side by side, within wait_ms.
 * HL_E_NOMEM. */
int hl_consume_batch(struct hl_consume_http *h,
	const struct hl_consume_question *q, size_t n,
	struct hl_consume_decision *out);

#endif
