/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_STOP_H
#define HL_WEB_STOP_H

#include "stop/stop.h"
#include "web/http.h"

/* Answers with the stop page for `ask`: status, headers and body. HL_E_NOMEM
 * or as hl_stop_answer(), with ctx->err. */
int hl_web_stop(struct hl_web_ctx *ctx, const struct hl_stop_config *config,
	const struct hl_stop_ask *ask, struct hl_web_response *resp);

#endif
