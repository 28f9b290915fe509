/* SPDX-License-Identifier: Apache-2.0 */
/* Police first: a supervisor lets a notice go before they were told. */
#include "desk/refer.h"

#include "web/templates.h"

static int show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_referral_view *from,
	struct hl_str problem)
{
	struct hl_w_error error = {problem, HL_STR("reason")};
	struct hl_desk_override v = {.id = from->row.id,
		.head = hl_desk_referral_head(ctx->arena, &from->row),
		.reason = hl_web_form_get(
			&hl_desk_session_of(ctx)->form, "reason"),
		.error = problem};

	hl_desk_page_init(ctx, req, &v.page,
		hl_web_tr(HL_TR("Release before the police were told")),
		"/referrals");
	v.page.web.back_href =
		hl_desk_referral_path(ctx->arena, from->row.id, "");
	hl_desk_page_errors(&v.page, &error, problem.n ? 1 : 0);
	hl_web_respond(resp, problem.n ? 422 : 200, "text/html");
	hl_tmpl_desk_override(&resp->body, &v);
	return 0;
}

/* The way back, with the reason, when there is nothing to release so. */
static int not_now(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_referral_view *view)
{
	return hl_desk_refuse(ctx, req, resp,
		hl_desk_referral_path(ctx->arena, view->row.id, ""),
		hl_web_tr(HL_TR("There is nothing that you could release "
				"here before the police were told.")));
}

int hl_desk_override_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_referral_view view;
	int r = hl_desk_referral_load(ctx, req, &view);

	if (r) {
		return r;
	}
	return view.can_override ? show(ctx, req, resp, &view, HL_STR_NONE)
				 : not_now(ctx, req, resp, &view);
}

int hl_desk_override_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_referral_desk desk = hl_desk_referral_desk(ctx);
	struct hl_desk_refer_end end = {
		.notice = hl_web_tr(HL_TR("Released. It goes out now. Your "
					  "reason stands with the case's "
					  "notes."))};
	struct hl_referral_view view;
	int r = hl_desk_referral_load(ctx, req, &view);

	if (r) {
		return r;
	}
	if (!view.can_override) {
		return not_now(ctx, req, resp, &view);
	}
	end.to = hl_desk_referral_path(ctx->arena, view.row.id, "");
	end.r = hl_referral_override(hl_desk_who(ctx), &desk, view.row.id,
		hl_web_form_get(&hl_desk_session_of(ctx)->form, "reason"),
		&end.why, &ctx->err);
	if (end.r == HL_E_INVALID) {
		return show(ctx, req, resp, &view,
			hl_web_tr(HL_TR("Say why, in at most 2,000 "
					"characters")));
	}
	return hl_desk_refer_end(ctx, req, resp, &end);
}
