/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/json.h"
#include "base/log.h"
#include "base/time.h"
#include "lookup/inner.h"

int hl_lookup_refuse(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	const struct hl_lookup_problem *p)
{
	struct hl_buf *b = &resp->body;

	hl_buf_reset(b);
	hl_web_respond(resp, p->status, "application/problem+json");
	hl_buf_put(b, HL_STR("{\"type\":\"about:blank\""));
	hl_json_put_member_i64(b, "status", p->status);
	hl_json_put_member(b, "title", hl_str_c(hl_web_phrase(p->status)));
	hl_json_put_member(b, "code", hl_str_c(p->code));
	hl_json_put_member(b, "detail", hl_str_c(p->detail));
	if (p->at) {
		hl_json_put_member(b, "at", hl_str_c(p->at));
	}
	hl_buf_put(b, HL_STR("}\n"));
	if (p->retry_after_s) {
		struct hl_str seconds = hl_arena_printf(
			ctx->arena, "%" PRId64, p->retry_after_s);

		hl_web_header_add(resp, "Retry-After", seconds);
	}
	return 0;
}

int hl_lookup_refuse_wrong(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	const struct hl_lookup_wrong *wrong)
{
	const struct hl_lookup_problem p = {
		400, "malformed", wrong->detail, wrong->at, 0};

	return hl_lookup_refuse(ctx, resp, &p);
}

int hl_lookup_refuse_fault(
	struct hl_web_ctx *ctx, struct hl_web_response *resp, int r)
{
	bool busy = r == HL_E_UNAVAILABLE || r == HL_E_TIMEOUT;
	const struct hl_lookup_problem p = {busy ? 503 : 500,
		busy ? "busy" : "fault",
		busy ? "A part of the service is not there now. Send it again."
		     : "A fault here. Send it again later.",
		NULL, busy ? 10 : 0};

	ctx->err.code = ctx->err.code ? ctx->err.code : r;
	hl_log_err(HL_LOG_ERROR, "match.fault", &ctx->err);
	return hl_lookup_refuse(ctx, resp, &p);
}

int hl_lookup_refuse_answer(struct hl_web_ctx *ctx,
	struct hl_web_response *resp, int r,
	const struct hl_lookup_wrong *wrong)
{
	if (r == HL_NOTFOUND) {
		return hl_lookup_refuse(ctx, resp,
			&(struct hl_lookup_problem){503, "loading",
				"The index is being loaded. GET /v1/ready "
				"tells when it is there.",
				NULL, 10});
	}
	if (r == HL_E_INVALID && wrong->detail) {
		return hl_lookup_refuse(ctx, resp,
			&(struct hl_lookup_problem){400, "unknown_list",
				wrong->detail, wrong->at, 0});
	}
	return hl_lookup_refuse_fault(ctx, resp, r);
}

int hl_lookup_pay(
	struct hl_web_ctx *ctx, struct hl_web_response *resp, uint64_t n)
{
	const struct hl_lookup_pass *pass = &hl_lookup_mine(ctx)->pass;
	int64_t wait_s = hl_lookup_ring_take(
		hl_lookup_of(ctx)->ring, pass, n, hl_time_mono_us());

	if (!wait_s) {
		return 0;
	}
	struct hl_str detail = hl_arena_printf(ctx->arena,
		"This key may look up %" PRId64
		" hashes a second. Send it again in %" PRId64 " s.",
		pass->rate, wait_s);
	hl_lookup_refuse(ctx, resp,
		&(struct hl_lookup_problem){
			429, "rate", detail.p ? detail.p : "", NULL, wait_s});
	return HL_DENIED;
}

/* For what no handler decided: the server's own refusals. */
int hl_lookup_error(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	static const struct hl_lookup_problem rows[] = {
		{400, "malformed", "This is no well-formed request.", NULL, 0},
		{404, "not_found", "There is no such path here.", NULL, 0},
		{405, "method", "See Allow for the methods of this path.", NULL,
			0},
		{411, "length", "Say how long the body is: Content-Length.",
			NULL, 0},
		{413, "too_large",
			"A JSON body has at most 256 KiB, a picture 32 MiB.",
			NULL, 0},
		{414, "too_large", "The path and query are too long.", NULL, 0},
		{415, "type", "Send it without compression.", NULL, 0},
		{431, "too_large", "The head of the request is too long.", NULL,
			0},
		{503, "busy", "Too many at once. Send it again later.", NULL,
			0},
	};
	struct hl_lookup_problem other = {ctx->status,
		ctx->status < 500 ? "malformed" : "fault",
		ctx->status < 500 ? "This is no request that is understood."
				  : "A fault here. Send it again later.",
		NULL, 0};

	(void)req;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (rows[i].status == ctx->status) {
			other = rows[i];
		}
	}
	return hl_lookup_refuse(ctx, resp, &other);
}
