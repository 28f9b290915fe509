/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/answer.h"

#include "urls_file/bytes.h"

enum { HEAD = 16, N_MOST = 64, ELEMENT = 32, FORM = 1 };
/* How long a consumer may remember that a host is not listed. */
#define KEEP_S 600

const char *hl_lists_question_read(
	struct hl_str body, struct hl_lists_question *out)
{
	const uint8_t *p = (const uint8_t *)body.p;

	if (body.n < HEAD) {
		return "/head";
	}
	if (p[0] != FORM || p[1] || hl_urls_get32(p + 4)) {
		return "/form";
	}
	out->n = hl_urls_get16(p + 2);
	out->epoch = hl_urls_get64(p + 8);
	if (!out->n || out->n > N_MOST ||
		body.n != HEAD + (size_t)out->n * ELEMENT) {
		return "/n";
	}
	out->elements = hl_str_sub(body, HEAD, body.n);
	return NULL;
}

/* The key of an epoch that is answered now; NULL: of none. */
static const struct hl_oprf_scalar *key_of(
	const struct hl_lists_seat *seat, uint64_t epoch, int64_t now_us)
{
	if (!seat->version || seat->who.tier != HL_LIST_TIER_ASKS) {
		return NULL;
	}
	if (epoch == seat->epoch) {
		return &seat->k;
	}
	return epoch + 1 == seat->epoch && now_us < seat->before_until_us
		       ? &seat->k_before
		       : NULL;
}

static uint32_t keep_s(uint64_t epoch, int64_t now_us)
{
	int64_t left = (int64_t)(epoch + 1) * 86400 - now_us / HL_US_PER_S;

	return left < 0 ? 0 : left < KEEP_S ? (uint32_t)left : KEEP_S;
}

static int evaluate(struct hl_web_ctx *ctx, const struct hl_lists_question *q,
	const struct hl_oprf_scalar *key, struct hl_web_response *resp)
{
	struct hl_buf *b = &resp->body;
	uint8_t head[HEAD];
	size_t bad = 0;

	hl_web_respond(resp, 200, "application/octet-stream");
	hl_urls_put16(head, FORM);
	hl_urls_put16(head + 2, (uint16_t)q->n);
	hl_urls_put32(head + 4, keep_s(q->epoch, ctx->now_us));
	hl_urls_put64(head + 8, q->epoch);
	hl_buf_put(b, hl_str_mem(head, sizeof(head)));
	char *to = hl_buf_reserve(b, q->elements.n);
	if (!to) {
		return HL_FAIL(&ctx->err, b->fault, "no memory to answer");
	}
	if (hl_oprf_evaluate_all(key, q->elements.p, q->elements.n, to, &bad)) {
		struct hl_str at =
			hl_arena_printf(ctx->arena, "/elements/%zu", bad);
		return HL_LISTS_REFUSE(ctx, resp, 400, "malformed",
			"This element is none, or the identity.",
			at.p ? at.p : "/elements", 0);
	}
	b->n += q->elements.n;
	return 0;
}

int hl_lists_confirm_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_lists_seat *seat = hl_lists_asking(ctx)->seat;
	struct hl_lists_question q;

	if (!hl_web_request_is_type(req, "application/octet-stream")) {
		return HL_LISTS_REFUSE(ctx, resp, 415, "type",
			"Content-Type: application/octet-stream", NULL, 0);
	}
	if (req->body.n > HEAD + N_MOST * ELEMENT) {
		return HL_LISTS_REFUSE(ctx, resp, 413, "large",
			"At most 64 elements in one request.", NULL, 0);
	}
	const char *at = hl_lists_question_read(req->body, &q);
	if (at) {
		return HL_LISTS_REFUSE(ctx, resp, 400, "malformed",
			"The body breaks its form.", at, 0);
	}
	const struct hl_oprf_scalar *key = key_of(seat, q.epoch, ctx->now_us);
	if (!key) {
		return HL_LISTS_REFUSE(ctx, resp, 409, "epoch",
			"This epoch is not answered: get the list.", NULL, 0);
	}
	uint32_t wait_s = hl_lists_uses_take(
		hl_lists_of(ctx)->uses, &seat->who, q.n, ctx->now_us);
	return wait_s ? HL_LISTS_REFUSE(ctx, resp, 429, "budget",
				"The budget of this hour or day is used up.",
				NULL, wait_s)
		      : evaluate(ctx, &q, key, resp);
}
