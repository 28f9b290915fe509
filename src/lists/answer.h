/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_LISTS_ANSWER_H
#define HL_LISTS_ANSWER_H

#include "lists/build.h"
#include "lists/service.h"

/* Inside the room: what the handlers share. */
struct hl_lists_asking {
	struct hl_lists_view *view;
	const struct hl_lists_seat *seat; /* NULL: a path without a token */
};
static inline struct hl_lists_app *hl_lists_of(const struct hl_web_ctx *ctx)
{
	return ctx->app;
}
static inline const struct hl_lists_asking *hl_lists_asking(
	const struct hl_web_ctx *ctx)
{
	return ctx->session;
}

/* A refusal in the form of RFC 9457; gives 0, for `return`. */
struct hl_lists_problem {
	int status;
	const char *name, *detail;
	const char *at;         /* NULL: no place */
	uint32_t retry_after_s; /* 0: does not say */
};
int hl_lists_refuse(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	const struct hl_lists_problem *p);
#define HL_LISTS_REFUSE(ctx, resp, ...) \
	hl_lists_refuse(                \
		ctx, resp, &(const struct hl_lists_problem){__VA_ARGS__})
int hl_lists_refuse_gone(struct hl_web_ctx *ctx, struct hl_web_response *resp);
/* A number of the path, as it is written; false for anything else. */
bool hl_lists_number(struct hl_str text, uint64_t *out);
/* A file of the folder as the answer. */
int hl_lists_send_file(
	struct hl_web_ctx *ctx, struct hl_web_response *resp, const char *path);

hl_web_handler hl_lists_confirm_post, hl_lists_counters_post;

#endif
