/* SPDX-License-Identifier: Apache-2.0 */
#include "site/inner.h"

#include "base/time.h"
#include "web/language.h"
#include "web/resend.h"
#include "web/static.h"
#include "web/templates.h"

int hl_site_init(struct hl_site_app *site, const struct hl_settings *settings,
	bool is_test, struct hl_err *err)
{
	const struct hl_intake_config intake = {
		.draft_ttl_us = settings->draft_ttl_minutes * HL_US_PER_MIN,
		.is_test = is_test};

	*site = (struct hl_site_app){.settings = settings};
	int r = hl_site_stop_init(site, err);
	if (!r) {
		r = hl_intake_new(&intake, &site->intake, err);
	}
	if (r || settings->report_rate_limit <= 0) {
		return r;
	}
	const struct hl_web_limit_config limit = {.n_slots = 16384,
		.burst = (uint32_t)settings->report_rate_limit,
		.refill_us = HL_US_PER_MIN / settings->report_rate_limit};
	return hl_web_limiter_new(&limit, &site->reports, err);
}

void hl_site_fini(struct hl_site_app *site)
{
	hl_intake_free(site->intake);
	hl_web_limiter_free(site->reports);
	*site = (struct hl_site_app){0};
}

/* The same on every page, in the same order (WCAG 2.2, 3.2.6). */
static const struct hl_w_link *footer(struct hl_arena *arena, size_t *n)
{
	static const struct {
		const char *text, *href;
	} rows[] = {
		{HL_TR("Help and emergency contacts"), "/help"},
		{HL_TR("Check a report or an appeal"), "/status"},
		{HL_TR("Privacy"), "/privacy"},
		{HL_TR("Accessibility"), "/accessibility"},
		{HL_TR("About this service"), "/about"},
	};
	struct hl_w_link *links =
		hl_arena_array(arena, HL_ARRAY_LEN(rows), sizeof(*links));

	for (size_t i = 0; links && i < HL_ARRAY_LEN(rows); i++) {
		links[i] = (struct hl_w_link){.text = hl_web_tr(rows[i].text),
			.href = hl_str_c(rows[i].href)};
	}
	*n = links ? HL_ARRAY_LEN(rows) : 0;
	return links;
}

struct hl_str hl_site_language(const struct hl_web_ctx *ctx)
{
	return hl_str_c(ctx->language ? ctx->language->tag : "en");
}

void hl_site_page_init(const struct hl_web_ctx *ctx, struct hl_site_page *page,
	struct hl_str title)
{
	const struct hl_settings *settings = hl_site_of(ctx)->settings;

	*page = (struct hl_site_page){.settings = settings,
		.ttl_minutes = settings->draft_ttl_minutes};
	page->web = (struct hl_web_page){.title = title,
		.service = hl_str_c(settings->service_name),
		.lang = hl_site_language(ctx),
		.rtl = ctx->language && ctx->language->rtl,
		.exit_href = HL_STR("/exit")};
	page->web.footer = footer(ctx->arena, &page->web.n_footer);
}

void hl_site_page_errors(struct hl_site_page *page,
	const struct hl_site_problem *errors, size_t n)
{
	page->errors = errors;
	page->n_errors = errors ? n : 0;
	page->web.failed = page->n_errors > 0;
}

int hl_site_limit(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_web_limiter *limiter = hl_site_of(ctx)->reports;

	if (!limiter || hl_web_limiter_take(limiter, req->peer, ctx->now_us)) {
		return 0;
	}
	return hl_web_error(ctx, req, resp, 429);
}

int hl_site_say(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	int status, struct hl_site_message *m)
{
	hl_web_respond(resp, status, "text/html");
	hl_tmpl_site_message(&resp->body, m);
	return 0;
}

int hl_site_say_gone(
	struct hl_web_ctx *ctx, struct hl_web_response *resp, bool fresh)
{
	struct hl_site_message m = {.link = HL_STR("/report/danger")};

	if (fresh) {
		hl_site_page_init(ctx, &m.page,
			hl_web_tr(HL_TR("Your browser does not keep "
					"cookies")));
		m.lead = hl_web_tr(
			HL_TR("The form needs one cookie to keep your answers "
			      "from page to page. It says nothing about you "
			      "and goes when you close the browser or leave "
			      "the form."));
		m.more = hl_web_tr(HL_TR("Allow cookies for this site in your "
					 "browser’s settings, then try "
					 "again."));
		m.link_text = hl_web_tr(HL_TR("Try again"));
	} else {
		hl_site_page_init(ctx, &m.page,
			hl_web_tr(HL_TR("Your answers are no longer here")));
		m.lead = hl_web_tr(
			HL_TR("Answers are kept for a short time only, in case "
			      "somebody else uses this device. Yours have run "
			      "out, or were removed when you left or "
			      "finished."));
		m.more = hl_web_tr(HL_TR("If you sent your report before, we "
					 "have it: you need not send it "
					 "again. If not, nothing has been "
					 "sent."));
		m.link_text = hl_web_tr(HL_TR("Start a new report"));
	}
	return hl_site_say(ctx, resp, 404, &m);
}

int hl_site_say_unavailable(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	ctx->status = 503;
	if (ctx->err.code) {
		hl_log_err(HL_LOG_ERROR, "site.unavailable", &ctx->err);
	}
	hl_web_header_add(resp, "Retry-After", HL_STR("10"));
	return hl_site_error(ctx, req, resp);
}

/* What a visitor can meet, other statuses of 400 and above as 400, all else
 * as 0. `again`: instead of `lead` when what was sent is on the page. */
static const struct error {
	int status;
	const char *title, *lead, *again, *more;
} errors[] = {
	{400, HL_TR("We could not read what your browser sent"),
		HL_TR("Something was missing or damaged on the way. Go back "
		      "and try again."),
		NULL, HL_TR("What you answered before is kept.")},
	{403, HL_TR("This page did not accept your answer"),
		HL_TR("It did not seem to come from our own form. Go back, "
		      "load the page again and try once more."),
		HL_TR("The page was from an earlier report, or was open too "
		      "long. Nothing has been saved yet. Press the button to "
		      "use what you have just answered."),
		NULL},
	{404, HL_TR("Page not found"),
		HL_TR("If you typed the address, check that it is right."),
		NULL, NULL},
	{405, HL_TR("This cannot be done here"),
		HL_TR("The page was called in a way that it does not know. "
		      "Go back and try again."),
		NULL, HL_TR("What you answered before is kept.")},
	{413, HL_TR("This is too much at once"),
		HL_TR("What you sent is longer than we can take. Go back and "
		      "shorten it; of a report, the rest can be a second one. "
		      "Never send pictures."),
		NULL,
		HL_TR("What you answered on the pages before is kept. If the "
		      "field is empty when you go back, paste your text "
		      "again in parts.")},
	{429, HL_TR("Too many forms at once"),
		HL_TR("Much has been sent from your network in a short "
		      "time. Wait a minute, go back and press the button "
		      "again: your answers are kept."),
		HL_TR("Much has been sent from your network in a short "
		      "time. Wait a minute, then press the button: what you "
		      "have just answered is kept on this page."),
		HL_TR("If a child is in danger now, do not wait for us.")},
	{503, HL_TR("We can take nothing at this moment"),
		HL_TR("Please try again in a minute. Go back and press the "
		      "button again: your answers are kept."),
		HL_TR("Please try again in a minute: press the button below. "
		      "Your answers are kept. What you have just typed is "
		      "kept on this page only, so leave it open."),
		HL_TR("If a child is in danger now, do not wait for us.")},
	{0, HL_TR("Sorry, something went wrong here"),
		HL_TR("Go back and try again. Your answers are kept."),
		HL_TR("Press the button to try again: what you have just "
		      "answered is kept on this page."),
		HL_TR("If it happens again, please come back later.")},
};

static const struct error *error_of(int status)
{
	size_t i = 0;

	while (errors[i].status && errors[i].status != status) {
		i++;
	}
	return errors[i].status || status < 400 || status >= 500 ? &errors[i]
								 : &errors[0];
}

/* What a browser has sent goes back to it, where that helps. */
static bool give_back(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	const struct error *e, struct hl_w_resend *out)
{
	bool stale = ctx->status == 403;

	if (!e->again || !req) {
		return false;
	}
	bool any = hl_web_resend(
		ctx, req, stale ? hl_site_csrf(ctx, req) : HL_STR_NONE, out);
	out->button = hl_web_tr(HL_TR("Try again"));
	return any && out->action.n;
}

int hl_site_error(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	const struct error *e = error_of(ctx->status);
	struct hl_site_message m = {.link = HL_STR("/help"),
		.link_text = hl_web_tr(HL_TR("Help and emergency contacts"))};

	if (req && hl_str_starts(req->path, HL_STR("/api/"))) {
		return hl_site_api_error(ctx, req, resp);
	}
	bool again = give_back(ctx, req, e, &m.resend);
	m.lead = hl_web_tr(again ? e->again : e->lead);
	m.more = e->more ? hl_web_tr(e->more) : HL_STR_NONE;
	hl_site_page_init(ctx, &m.page, hl_web_tr(e->title));
	return hl_site_say(ctx, resp, ctx->status, &m);
}

static const struct hl_web_route rows[] = {
	{HL_WEB_GET, "/", HL_SITE_READ, hl_site_start_get},
	{HL_WEB_GET, "/help", HL_SITE_READ, hl_site_help_get},
	{HL_WEB_GET, "/about", HL_SITE_READ, hl_site_about_get},
	{HL_WEB_GET, "/privacy", HL_SITE_READ, hl_site_privacy_get},
	{HL_WEB_GET, "/accessibility", HL_SITE_READ, hl_site_accessibility_get},
	{HL_WEB_GET, "/static/:file", HL_SITE_READ, hl_web_static_serve},
	{HL_WEB_GET, "/exit", HL_SITE_DRAFT, hl_site_exit_get},
	{HL_WEB_GET, "/report/emergency", HL_SITE_DRAFT, hl_site_emergency_get},
	{HL_WEB_GET, "/report/check", HL_SITE_DRAFT, hl_site_check_get},
	{HL_WEB_POST, "/report/send", HL_SITE_SUBMIT, hl_site_send_post},
	{HL_WEB_GET, "/report/receipt", HL_SITE_DRAFT, hl_site_receipt_get},
	{HL_WEB_POST, "/report/receipt", HL_SITE_DRAFT, hl_site_receipt_post},
	{HL_WEB_GET, "/report/receipt.txt", HL_SITE_DRAFT,
		hl_site_receipt_file_get},
	{HL_WEB_GET, "/report/done", HL_SITE_READ, hl_site_done_get},
	{HL_WEB_GET, "/report/:step", HL_SITE_DRAFT, hl_site_question_get},
	{HL_WEB_POST, "/report/:step", HL_SITE_DRAFT, hl_site_question_post},
	{HL_WEB_GET, "/status", HL_SITE_READ, hl_site_status_get},
	{HL_WEB_POST, "/status", HL_SITE_STATUS, hl_site_status_post},
	{HL_WEB_GET, "/stop", HL_SITE_READ, hl_site_stop_get},
	{HL_WEB_GET, "/appeal", HL_SITE_READ, hl_site_appeal_get},
	{HL_WEB_POST, "/appeal", HL_SITE_SUBMIT, hl_site_appeal_post},
	{HL_WEB_GET, "/answer/:token", HL_SITE_ANSWER, hl_site_answer_get},
	{HL_WEB_POST, "/answer/:token", HL_SITE_ANSWER, hl_site_answer_post},
	{HL_WEB_POST, "/api/v1/reports", HL_SITE_SUBMIT,
		hl_site_api_report_post},
	{HL_WEB_POST, "/api/v1/status", HL_SITE_STATUS,
		hl_site_api_status_post},
};
const struct hl_web_routes hl_site_routes = {rows, HL_ARRAY_LEN(rows)};

int hl_site_handle(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return hl_web_route_call(&hl_site_routes, ctx, req, resp);
}
