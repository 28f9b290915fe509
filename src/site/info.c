/* SPDX-License-Identifier: Apache-2.0 */
/* Pages without a visitor's data, and the way out. */
#include "site/inner.h"

#include "web/cookie.h"
#include "web/templates.h"

typedef void info_template(
	struct hl_buf *out, const struct hl_site_start *view);

/* Nothing in these pages is secret, so they may be compressed. */
static int show(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	const char *title, info_template *put)
{
	struct hl_site_start p = {0};

	hl_site_page_init(ctx, &p.page, hl_web_tr(title));
	hl_web_respond(resp, 200, "text/html");
	resp->compress = true;
	put(&resp->body, &p);
	return 0;
}

int hl_site_start_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return show(ctx, resp,
		HL_TR("Report child sexual abuse material online"),
		hl_tmpl_site_start);
}

int hl_site_help_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return show(ctx, resp, HL_TR("Help and emergency contacts"),
		hl_tmpl_site_help);
}

int hl_site_about_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return show(ctx, resp, HL_TR("About this service"), hl_tmpl_site_about);
}

int hl_site_privacy_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return show(ctx, resp, HL_TR("Privacy"), hl_tmpl_site_privacy);
}

int hl_site_accessibility_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return show(
		ctx, resp, HL_TR("Accessibility"), hl_tmpl_site_accessibility);
}

int hl_site_done_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return show(ctx, resp, HL_TR("What happens next"), hl_tmpl_site_done);
}

/*
 * Reachable by a plain link, because a form's redirect to another site would
 * be stopped by our own form-action. No other site can use it against a
 * visitor: the cookie is not sent with its requests. Nothing here may fail:
 * the visitor wants to be elsewhere. An empty page, if there is nowhere.
 */
int hl_site_exit_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_intake_at at = hl_site_at(ctx);
	const char *away = hl_site_of(ctx)->settings->public_exit_url;

	(void)hl_intake_draft_drop(
		&at, hl_web_cookie_get(req, HL_SITE_COOKIE), &ctx->err);
	hl_web_cookie_set(ctx, req, resp, HL_SITE_COOKIE, HL_STR(""), -1);
	/* Not "cache": browsers take seconds for it, and nothing of the form
	 * is ever cached. */
	hl_web_header_add(
		resp, "Clear-Site-Data", HL_STR("\"cookies\", \"storage\""));
	if (!away[0]) {
		hl_web_respond(resp, 200, "text/html");
		hl_buf_put(&resp->body, HL_STR("<!doctype html>\n"));
		return 0;
	}
	hl_web_respond(resp, 303, "text/html");
	hl_web_header_add(resp, "Location", hl_str_c(away));
	return 0;
}
