/* SPDX-License-Identifier: Apache-2.0 */
/* The watch, and what people know about a host. */
#include "watch/run.h"

#include "casework/case.h"
#include "desk/refer.h"
#include "store/sql.h"
#include "trace/record.h"
#include "web/templates.h"

static void fill_row(struct hl_web_ctx *ctx,
	const struct hl_row_watch_list *from, struct hl_desk_watch_row *out)
{
	bool enabled = hl_desk_of(ctx)->settings->watch_enabled;

	*out = (struct hl_desk_watch_row){.case_id = from->case_id,
		.next_us = enabled && from->active && from->has_address
				   ? from->next_at_us
				   : 0,
		.checked_us = from->last_at_us,
		.misses = from->misses,
		.state = hl_desk_word(
			&hl_vocab_item_state, (int)from->item_state),
		.last = from->last_verdict ? hl_desk_word(&hl_vocab_check,
						     (int)from->last_verdict)
					   : HL_STR_NONE,
		.country = from->country,
		.paused = !from->active,
		.waits = enabled && from->active && !from->has_address,
		.gone = from->item_state == HL_ITEM_OFFLINE,
		.person = from->active && from->wants_person,
		.may_change = hl_authz_may_ever(
			&hl_desk_who(ctx)->actor, HL_AUTHZ_WATCH_PAUSE)};
}

static int add_waiting(struct hl_web_ctx *ctx, struct hl_desk_watch *v)
{
	struct hl_row_watch_waiting *row;
	size_t n;
	int r = hl_get_watch_waiting(
		hl_desk_store(ctx), ctx->arena, &row, &n, &ctx->err);

	if (!r && row->n) {
		v->waiting = hl_desk_count(ctx->arena,
			HL_TR("{n} address is not checked yet, because the "
			      "worker has not been given it. It gets it when "
			      "somebody who can read the case opens the queue "
			      "while the watch is switched on."),
			HL_TR("{n} addresses are not checked yet, because the "
			      "worker has not been given them. It gets them, a "
			      "few at a time, when somebody who can read the "
			      "cases opens the queue while the watch is "
			      "switched on."),
			row->n);
	}
	return r;
}

int hl_desk_watch_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	const struct hl_settings *settings = hl_desk_of(ctx)->settings;
	struct hl_in_watch_list in = {HL_DESK_ROWS + 1, 0};
	struct hl_row_watch_list *from;
	struct hl_desk_watch_row *rows;
	struct hl_desk_watch v = {.enabled = settings->watch_enabled,
		.http = settings->watch_http};
	struct hl_web_form query;
	size_t page = 1, n;
	int r = hl_web_query_read(ctx, req, &query);

	if (!r) {
		page = hl_desk_page_no(&query);
		in.n_skip = (int64_t)hl_desk_page_skip(page);
		r = hl_get_watch_list(hl_desk_store(ctx), ctx->arena, &in,
			&from, &n, &ctx->err);
	}
	r = r ? r : add_waiting(ctx, &v);
	if (r) {
		return r;
	}
	v.pages = hl_desk_pages(ctx->arena, HL_STR("/watch"), page, &n);
	rows = hl_arena_array(ctx->arena, n, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		fill_row(ctx, &from[i], &rows[i]);
	}
	v.rows = rows;
	v.n_rows = rows ? n : 0;
	hl_desk_page_init(
		ctx, req, &v.page, hl_web_tr(HL_TR("Watch")), "/watch");
	v.page.web.wide = true;
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_watch(&resp->body, &v);
	return 0;
}

/* The item of the case in the path; the services decide who may. */
static int load(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_casework_page **out)
{
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	*out = hl_arena_alloc(ctx->arena, sizeof(**out));
	if (!*out) {
		return HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");
	}
	return r ? r : hl_casework_page(hl_desk_who(ctx), id, *out, &ctx->err);
}

typedef int deed(const struct hl_who *who, int64_t item_id,
	enum hl_authz_why *why, struct hl_err *err);

static int press(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, deed *f, const char *notice)
{
	struct hl_desk_end end = {.notice = hl_web_tr(notice)};
	enum hl_authz_why why = HL_AUTHZ_ALLOWED;
	struct hl_casework_page *page;
	int r = load(ctx, req, &page);

	if (r) {
		return r;
	}
	end.r = f(hl_desk_who(ctx), page->row.item_id, &why, &ctx->err);
	if (end.r == HL_NOTFOUND && page->content) { /* not watched, erased */
		end.r = HL_DENIED;
		why = HL_AUTHZ_WRONG_STATE;
	}
	end.why = (enum hl_casework_why)why;
	end.to = hl_desk_case_path(ctx->arena, page->row.id, "");
	return hl_desk_end(ctx, req, resp, &end);
}

int hl_desk_watch_pause_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_watch_pause,
		HL_TR("The watch of this address is paused."));
}

int hl_desk_watch_resume_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_watch_resume,
		HL_TR("The address is watched again."));
}

int hl_desk_watch_gone_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_watch_declare_gone,
		HL_TR("The address is recorded as gone. Reporters read "
		      "“removed”."));
}

int hl_desk_trace_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_trace_want,
		HL_TR("The worker looks it up. Load the page again in a "
		      "moment."));
}

int hl_desk_host_drop_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_trace_drop_typed,
		HL_TR("What look-ups found counts again. The worker looks once "
		      "more."));
}

static int show_host(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_casework_page *page,
	struct hl_desk_host *v)
{
	struct hl_w_error errors[2];
	size_t n = 0;

	if (v->country_error.n) {
		errors[n++] = (struct hl_w_error){
			v->country_error, HL_STR("country")};
	}
	if (v->asn_error.n) {
		errors[n++] = (struct hl_w_error){v->asn_error, HL_STR("asn")};
	}
	hl_desk_page_init(ctx, req, &v->page,
		hl_web_tr(HL_TR("Type in the host")), "/queue");
	v->page.web.back_href = hl_desk_case_path(ctx->arena, page->row.id, "");
	hl_desk_page_errors(&v->page, errors, n);
	hl_desk_case_head(ctx, page, &v->head);
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_desk_host(&resp->body, v);
	return 0;
}

int hl_desk_host_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_casework_page *page;
	struct hl_desk_host v = {0};
	int r = load(ctx, req, &page);

	if (r || !page->content) {
		return r ? r : HL_NOTFOUND;
	}
	if (!hl_casework_allows(page, HL_AUTHZ_CASE_TRACE)) {
		return hl_desk_refuse(ctx, req, resp,
			hl_desk_case_path(ctx->arena, page->row.id, ""),
			hl_desk_word(
				&hl_vocab_casework_why, HL_CASEWORK_NOT_HELD));
	}
	return show_host(ctx, req, resp, page, &v);
}

static struct hl_str upper(struct hl_arena *arena, struct hl_str s)
{
	char *out = hl_arena_alloc(arena, s.n + 1);

	for (size_t i = 0; out && i < s.n; i++) {
		out[i] = s.p[i] >= 'a' && s.p[i] <= 'z'
				 ? (char)(s.p[i] - 'a' + 'A')
				 : s.p[i];
	}
	return out ? hl_str_mem(out, s.n) : HL_STR_NONE;
}

static void read_host(struct hl_web_ctx *ctx, struct hl_desk_host *v,
	struct hl_trace_typed *typed)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;

	v->country = hl_web_form_get(form, "country");
	v->network = hl_web_form_get(form, "network");
	v->asn = hl_web_form_get(form, "asn");
	typed->country = upper(ctx->arena, v->country);
	typed->network = v->network;
	if (hl_web_form_get_i64(form, "asn", &typed->asn) == HL_E_INVALID) {
		v->asn_error = hl_web_tr(HL_TR("Use digits only, as 64500"));
	} else if (!v->country.n && !v->network.n && !v->asn.n) {
		v->country_error = hl_web_tr(
			HL_TR("Enter what you know: country, network or AS "
			      "number"));
	}
}

int hl_desk_host_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_desk_end end = {
		.notice = hl_web_tr(HL_TR("The host has been recorded."))};
	enum hl_authz_why why = HL_AUTHZ_ALLOWED;
	struct hl_trace_typed typed = {0};
	struct hl_casework_page *page;
	struct hl_desk_host v = {0};
	int r = load(ctx, req, &page);

	if (r) {
		return r;
	}
	read_host(ctx, &v, &typed);
	if (v.asn_error.n || v.country_error.n) {
		return page->content ? show_host(ctx, req, resp, page, &v)
				     : HL_NOTFOUND;
	}
	end.r = hl_trace_type_in(
		hl_desk_who(ctx), page->row.item_id, &typed, &why, &ctx->err);
	if (end.r == HL_E_INVALID) {
		v.country_error = hl_web_tr(
			HL_TR("Use the two letters of a country, such as DK"));
		return show_host(ctx, req, resp, page, &v);
	}
	if (end.r == HL_DENIED && why > HL_AUTHZ_NOT_PERMITTED) {
		v.country_error =
			hl_desk_word(&hl_vocab_casework_why, (int)why);
		return show_host(ctx, req, resp, page, &v);
	}
	end.why = (enum hl_casework_why)why;
	end.to = hl_desk_case_path(ctx->arena, page->row.id, "");
	return hl_desk_end(ctx, req, resp, &end);
}
