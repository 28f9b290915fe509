/* SPDX-License-Identifier: Apache-2.0 */
#include "web/stop.h"

/* Cache-Control is what every answer says that is not cacheable. */
static int hand_over(struct hl_web_ctx *ctx, const struct hl_stop_answer *a,
	struct hl_web_response *resp)
{
	for (size_t i = 0; i < a->n_headers; i++) {
		struct hl_str value =
			hl_arena_dup(ctx->arena, a->headers[i].value);

		if (!value.p) {
			return HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");
		}
		if (!strcmp(a->headers[i].name, "Content-Type")) {
			resp->type = value;
		} else if (strcmp(a->headers[i].name, "Cache-Control")) {
			hl_web_header_add(resp, a->headers[i].name, value);
		}
	}
	resp->status = HL_STOP_STATUS;
	hl_buf_put(&resp->body, hl_buf_str(&a->body));
	return 0;
}

int hl_web_stop(struct hl_web_ctx *ctx, const struct hl_stop_config *config,
	const struct hl_stop_ask *ask, struct hl_web_response *resp)
{
	HL_STOP_ANSWER_AUTO answer = {0};
	int r = hl_stop_answer(config, ask, &answer, &ctx->err);

	return r ? r : hand_over(ctx, &answer, resp);
}
