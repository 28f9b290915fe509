/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The receipt is shown for as long as the draft lives that holds it, so that
 * a page that was not loaded to its end can be loaded again. It is gone from
 * here once the reporter says that it is kept.
 */
#include "site/inner.h"

#include "web/templates.h"

/* HL_NOTFOUND: resp has the page that says so. */
static int open_sent(struct hl_site_visit *v, struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_site_message m = {
		.link = HL_STR("/status"),
		.link_text = hl_web_tr(HL_TR("Check a report with a receipt")),
	};
	int r = hl_site_visit_open(v, ctx, req, resp);

	if (r) {
		return r;
	}
	if (v->found && !v->draft->submitted) {
		r = hl_web_see_other(resp, HL_STR("/report/check"));
		return r ? r : HL_NOTFOUND;
	}
	if (v->found) {
		return 0;
	}
	hl_site_page_init(ctx, &m.page,
		hl_web_tr(HL_TR("Your receipt is no longer shown")));
	m.lead = hl_web_tr(HL_TR("A receipt is shown once, until you say that "
				 "you have saved it or some time has passed. "
				 "We cannot show it again."));
	m.more = hl_web_tr(HL_TR("If your report was sent, we have it. It is "
				 "worked on with or without the receipt."));
	r = hl_site_say(ctx, resp, 404, &m);
	return r ? r : HL_NOTFOUND;
}

static struct hl_str print(const struct hl_site_visit *v)
{
	char text[HL_SEAL_RECEIPT_TEXT];

	return hl_arena_dup(
		v->ctx->arena, hl_seal_receipt_print(&v->draft->receipt, text));
}

static int show(const struct hl_site_visit *v, bool reminded)
{
	struct hl_arena *arena = v->ctx->arena;
	const struct hl_settings *settings = hl_site_of(v->ctx)->settings;
	struct hl_site_receipt p = {
		.csrf = hl_site_visit_csrf(v),
		.receipt = print(v),
		.status_url = hl_arena_printf(
			arena, "%s/status", settings->public_url),
	};
	struct hl_site_problem error = {HL_STR("#saved"), HL_STR_NONE};

	hl_site_page_init(
		v->ctx, &p.page, hl_web_tr(HL_TR("We have your report")));
	if (reminded) {
		error.text = hl_web_tr(HL_TR("Save your receipt, then tick "
					     "the box to go on"));
		p.error = error.text;
		hl_site_page_errors(&p.page, &error, 1);
	}
	hl_web_respond(v->resp, reminded ? 422 : 200, "text/html");
	hl_tmpl_site_receipt(&v->resp->body, &p);
	return 0;
}

int hl_site_receipt_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	HL_SITE_VISIT_AUTO v;
	int r = open_sent(&v, ctx, req, resp);

	if (r) {
		return r == HL_NOTFOUND ? 0 : r;
	}
	return show(&v, false);
}

int hl_site_receipt_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	HL_SITE_VISIT_AUTO v;
	int r = open_sent(&v, ctx, req, resp);

	if (r) {
		return r == HL_NOTFOUND ? 0 : r;
	}
	if (!hl_web_form_has(&v.form, "saved", "yes")) {
		return show(&v, true);
	}
	r = hl_site_visit_drop(&v);
	return r ? r : hl_web_see_other(resp, HL_STR("/report/done"));
}

/* The same as a file, for those who want to keep one. */
int hl_site_receipt_file_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	HL_SITE_VISIT_AUTO v;
	int r = open_sent(&v, ctx, req, resp);

	if (r) {
		return r == HL_NOTFOUND ? 0 : r;
	}
	struct hl_str receipt = print(&v);
	const struct hl_settings *settings = hl_site_of(ctx)->settings;

	hl_web_respond(resp, 200, "text/plain; charset=utf-8");
	hl_web_header_add(resp, "Content-Disposition",
		HL_STR("attachment; filename=\"receipt.txt\""));
	hl_buf_printf(&resp->body, "%.*s\n\n%s/status\n", HL_STR_ARG(receipt),
		settings->public_url);
	return 0;
}
