/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_EXTRA_H
#define HL_DESK_EXTRA_H

#include "desk/act_views.h"
#include "web/html.h"
#include "web/route.h"

/*
 * What a room above adds to the workbench: pages of its own, its section of
 * the case page, and what waits on the page of approvals. Constant while the
 * process serves; hl_desk_app.extra points to it, NULL: nothing is added.
 */
struct hl_desk_extra {
	struct hl_web_routes routes; /* asked after the workbench's own */
	/* For who sees what the case is about. *out lives in ctx->arena. */
	int (*case_section)(
		struct hl_web_ctx *ctx, int64_t case_id, struct hl_html *out);
	/* *out lives in ctx->arena. */
	int (*approvals)(struct hl_web_ctx *ctx,
		const struct hl_desk_approval **out, size_t *n);
};

#endif
