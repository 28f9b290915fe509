/* SPDX-License-Identifier: Apache-2.0 */
#include "web/refuse.h"

#include "base/time.h"
#include "web/language.h"
#include "web/tr.h"

#define ARENA_BYTES (256u << 10)
#define PAGE_BYTES (64u << 10)

static void put_header(void *arg, const char *name, struct hl_str value)
{
	struct hl_buf *b = arg;

	hl_buf_printf(b, "%s: %.*s\r\n", name, HL_STR_ARG(value));
}

static void put_answer(const struct hl_web_config *config,
	const struct hl_web_response *resp, struct hl_buf *out)
{
	hl_buf_printf(out, "HTTP/1.1 %d %s\r\n", resp->status,
		hl_web_phrase(resp->status));
	hl_web_response_headers(resp, config->secure, put_header, out);
	hl_buf_printf(out, "Connection: close\r\nContent-Length: %zu\r\n\r\n",
		resp->body.n);
	hl_buf_put(out, hl_buf_str(&resp->body));
}

void hl_web_refuse(const struct hl_web_config *config, int status,
	struct hl_str path, struct hl_buf *out)
{
	struct hl_web_request req = {.path = path, .secure = config->secure};
	struct hl_web_ctx ctx = {.app = config->app,
		.arena = hl_arena_new(ARENA_BYTES, true),
		.now_us = hl_time_now_us()};
	struct hl_web_response resp;

	if (ctx.arena) { /* without memory: the plain page */
		ctx.error_page = config->error_page;
	}
	ctx.language = hl_web_language_pick(config->languages, &req);
	hl_web_tr_bind(ctx.language->catalogue);
	hl_web_response_init(&resp, PAGE_BYTES);
	hl_web_error(&ctx, &req, &resp, status);
	put_answer(config, &resp, out);
	hl_web_response_fini(&resp);
	hl_arena_free(ctx.arena);
}
