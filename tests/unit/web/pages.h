/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TEST_WEB_PAGES_H
#define HL_TEST_WEB_PAGES_H

#include "web/http.h"

/* What a handler's test needs: a context, a request, a response. */
struct t_web {
	struct hl_web_ctx ctx;
	struct hl_web_request req;
	struct hl_web_response resp;
	struct hl_web_header headers[8];
};

static inline void t_web_init(struct t_web *t)
{
	*t = (struct t_web){.req = {.method = HL_WEB_GET,
				    .path = HL_STR("/"),
				    .host = HL_STR("e.invalid")}};
	t->req.headers = t->headers;
	t->ctx.arena = hl_arena_new(1u << 20, true);
	hl_web_response_init(&t->resp, 1u << 20);
}

static inline void t_web_header(
	struct t_web *t, const char *name, const char *value)
{
	t->headers[t->req.n_headers++] =
		(struct hl_web_header){hl_str_c(name), hl_str_c(value)};
}

static inline void t_web_fini(struct t_web *t)
{
	hl_web_response_fini(&t->resp);
	hl_arena_free(t->ctx.arena);
}

/* The response's header; absent when it is not there. */
static inline struct hl_str t_web_sent(const struct t_web *t, const char *name)
{
	for (size_t i = 0; i < t->resp.n_headers; i++) {
		if (hl_str_eq(t->resp.headers[i].name, hl_str_c(name))) {
			return t->resp.headers[i].value;
		}
	}
	return HL_STR_NONE;
}

#endif
