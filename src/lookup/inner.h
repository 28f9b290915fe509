/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LOOKUP_INNER_H
#define HL_LOOKUP_INNER_H

#include "accounts/apikey.h"
#include "lookup/ask.h"
#include "lookup/service.h"

/* Inside the room: what its handlers share. */

#define LISTS_WORDS ((HL_MATCH_LISTS_MAX + 64) / 64)

struct hl_lookup_thread {
	struct hl_lookup_seat seat;
	uint64_t seen[LISTS_WORDS]; /* lists that an answer has named */
	struct hl_lookup_pass pass; /* who asks now; id 0: nobody */
};

static inline struct hl_lookup_app *hl_lookup_of(const struct hl_web_ctx *ctx)
{
	return ctx->app;
}
static inline struct hl_lookup_thread *hl_lookup_mine(
	const struct hl_web_ctx *ctx)
{
	return ctx->thread;
}

/* A refusal in the form of RFC 9457; gives 0, for `return`. */
struct hl_lookup_problem {
	int status;
	const char *code, *detail;
	const char *at;        /* NULL: no place */
	int64_t retry_after_s; /* 0: does not say */
};
int hl_lookup_refuse(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	const struct hl_lookup_problem *problem);
int hl_lookup_refuse_wrong(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	const struct hl_lookup_wrong *wrong);
/* A fault of ours: logged, and told without its reason. */
int hl_lookup_refuse_fault(
	struct hl_web_ctx *ctx, struct hl_web_response *resp, int r);

/* Takes n look-ups of who asks. 0, or the refusal is written and HL_DENIED
 * given. */
int hl_lookup_pay(
	struct hl_web_ctx *ctx, struct hl_web_response *resp, uint64_t n);

/* Puts the members from "registry" to "lists" of an answer. HL_E_INVALID with
 * *wrong: it names a list that is not there; HL_NOTFOUND: no index yet. */
int hl_lookup_answer(struct hl_web_ctx *ctx, const struct hl_lookup_question *q,
	struct hl_buf *out, struct hl_lookup_wrong *wrong);
/* The refusal for what the above gave. */
int hl_lookup_refuse_answer(struct hl_web_ctx *ctx,
	struct hl_web_response *resp, int r,
	const struct hl_lookup_wrong *wrong);

hl_web_handler hl_lookup_match_post, hl_lookup_hash_post, hl_lookup_ready_get,
	hl_lookup_metrics_get, hl_lookup_feed_get;
/* POST /v1/match with a picture. */
hl_web_handler hl_lookup_picture_match;

#endif
