/* SPDX-License-Identifier: Apache-2.0 */
/* docs/protocol/answer.md: who has the link may answer. The token is the
 * permission, so there is no session, and a page of another site that does
 * not know it can send nothing. */
#include "site/answer.h"

#include "base/log.h"
#include "base/time.h"
#include "referral/answers.h"
#include "site/inner.h"
#include "web/templates.h"

#define BUTTONS 6

static bool wants_json(const struct hl_web_request *req)
{
	return hl_web_request_is_type(req, "application/json");
}

static struct hl_str token_of(const struct hl_web_request *req)
{
	return req->n_params ? req->params[0] : HL_STR_NONE;
}

static int open_link(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_referral_link *link)
{
	const struct hl_site_thread *thread = ctx->thread;

	return hl_referral_link(
		thread->store, ctx->arena, token_of(req), link, &ctx->err);
}

static int refuse_json(
	struct hl_web_response *resp, const struct hl_referral_problem *problem)
{
	hl_web_respond(resp, problem->status, "application/json");
	hl_referral_problem_put(&resp->body, problem);
	return 0;
}

/* Unknown, mistyped, withdrawn: one page. Expired: another. */
static int no_link(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, int outcome)
{
	bool expired = outcome == HL_DENIED;
	struct hl_site_message m = {0};

	if (wants_json(req)) {
		return refuse_json(resp,
			&(struct hl_referral_problem){
				.code = expired ? "token_expired"
						: "token_unknown",
				.message = expired ? "this link has expired"
						   : "no notice has this link",
				.status = expired ? 410 : 404});
	}
	hl_site_page_init(ctx, &m.page,
		expired ? hl_web_tr(HL_TR("This link has expired"))
			: hl_web_tr(HL_TR("This link is not known")));
	m.lead = expired ? hl_web_tr(HL_TR("Links for answers are open for a "
					   "limited time. Please answer by "
					   "mail: reply to our message."))
			 : hl_web_tr(HL_TR("Check that the whole address was "
					   "copied. If we wrote to you more "
					   "than once about the same matter, "
					   "use the link in the newest "
					   "message."));
	m.page.web.exit_href = HL_STR_NONE;
	return hl_site_say(ctx, resp, expired ? 410 : 404, &m);
}

/* A fault of ours, in the form that was asked for. */
static int fault(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, int r)
{
	bool later =
		r == HL_E_UNAVAILABLE || r == HL_E_FULL || r == HL_E_TIMEOUT;

	if (!wants_json(req)) {
		return later ? hl_site_say_unavailable(ctx, req, resp) : r;
	}
	ctx->err.code = r;
	hl_log_err(HL_LOG_ERROR, "answer.fault", &ctx->err);
	hl_web_header_add(resp, "Retry-After", HL_STR("10"));
	return refuse_json(resp,
		&(struct hl_referral_problem){
			.code = later ? "unavailable" : "fault",
			.message = "nothing was recorded; send it again later",
			.status = later ? 503 : 500});
}

static struct hl_str time_text(struct hl_arena *arena, int64_t at_us)
{
	char text[HL_TIME_ISO_MAX];

	return at_us ? hl_arena_dup(arena, hl_time_human(at_us, text))
		     : HL_STR_NONE;
}

/* Those that need no word besides. */
static void put_buttons(struct hl_web_ctx *ctx,
	const struct hl_referral_link *link, struct hl_site_answer *p)
{
	static const enum hl_answer order[] = {HL_ANSWER_REMOVED,
		HL_ANSWER_ALREADY_GONE, HL_ANSWER_RECEIVED, HL_ANSWER_NOT_OURS,
		HL_ANSWER_HOLD, HL_ANSWER_CLEARED};
	struct hl_site_answer_button *b =
		hl_arena_array(ctx->arena, HL_ARRAY_LEN(order), sizeof(*b));

	for (size_t i = 0; b && i < HL_ARRAY_LEN(order); i++) {
		if (hl_referral_answer_open_to(order[i], link->kind)) {
			b[p->n_buttons++] = (struct hl_site_answer_button){
				hl_str_c(hl_vocab_name(
					&hl_vocab_answer, (int)order[i])),
				hl_web_tr(hl_vocab_label(
					&hl_vocab_answer, (int)order[i]))};
		}
	}
	p->buttons = b;
}

static void put_reasons(struct hl_web_ctx *ctx, struct hl_site_answer *p)
{
	const struct hl_vocab *v = &hl_vocab_refusal;
	struct hl_site_answer_button *b =
		hl_arena_array(ctx->arena, v->n_words, sizeof(*b));

	for (size_t i = 0; b && i < v->n_words; i++) {
		if (v->words[i].value) {
			b[p->n_reasons++] = (struct hl_site_answer_button){
				hl_str_c(v->words[i].name),
				hl_web_tr(v->words[i].label)};
		}
	}
	p->reasons = b;
}

static void put_given(struct hl_web_ctx *ctx,
	const struct hl_referral_link *link, struct hl_site_answer *p)
{
	struct hl_site_answer_given *g =
		hl_arena_array(ctx->arena, link->n_answers + 1, sizeof(*g));

	for (size_t i = 0; g && i < link->n_answers; i++) {
		const struct hl_referral_link_answer *from =
			&link->answers[link->n_answers - 1 - i];

		g[i].answer = hl_web_tr(
			hl_vocab_label(&hl_vocab_answer, (int)from->answer));
		g[i].at = time_text(ctx->arena, from->at_us);
	}
	p->given = g;
	p->n_given = g ? link->n_answers : 0;
}

static int show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_referral_link *link,
	struct hl_site_answer *p)
{
	hl_site_page_init(ctx, &p->page,
		hl_web_tr(HL_TR("Answer to the hotline’s message")));
	p->page.web.exit_href = HL_STR_NONE;
	p->action = hl_arena_printf(
		ctx->arena, "/answer/%.*s", HL_STR_ARG(token_of(req)));
	p->ref = hl_arena_dup(ctx->arena, hl_str_c(link->ref));
	p->recipient = link->recipient;
	p->sent = time_text(ctx->arena, link->sent_at_us);
	p->is_test = link->is_test;
	p->police = link->kind == HL_RECIPIENT_POLICE;
	put_given(ctx, link, p);
	put_buttons(ctx, link, p);
	put_reasons(ctx, p);
	if (!p->action.p || !p->buttons || !p->reasons || !p->given) {
		return HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");
	}
	return 0;
}

static struct hl_str notice_of(const struct hl_web_form *query)
{
	struct hl_str done = hl_web_form_get(query, "done");

	if (hl_str_eq(done, HL_STR("repeated"))) {
		return hl_web_tr(HL_TR("Thank you. We had this answer from "
				       "you already."));
	}
	return done.n ? hl_web_tr(HL_TR("Thank you. Your answer has been "
					"saved."))
		      : HL_STR_NONE;
}

int hl_site_answer_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_referral_link link;
	struct hl_site_answer p = {0};
	struct hl_web_form query = {0};
	int r = open_link(ctx, req, &link);

	if (r) {
		return r > 0 ? no_link(ctx, req, resp, r)
			     : fault(ctx, req, resp, r);
	}
	if (hl_web_query_read(ctx, req, &query) == 0 && link.n_answers) {
		p.notice = notice_of(&query);
	}
	r = show(ctx, req, resp, &link, &p);
	if (!r) {
		hl_web_respond(resp, 200, "text/html");
		hl_tmpl_site_answer(&resp->body, &p);
	}
	return r;
}

/* The page again with what was typed and what is wrong with it. */
static int show_problem(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp,
	const struct hl_referral_link *link, const struct hl_web_form *form,
	const struct hl_referral_problem *problem)
{
	struct hl_site_answer p = {0};
	struct hl_site_problem error = {
		HL_STR("#need_note"), hl_web_tr(problem->message)};
	bool refused = hl_web_form_has(form, "answer", "refused");
	int r = show(ctx, req, resp, link, &p);

	if (r) {
		return r;
	}
	if (hl_web_form_has(form, "answer", "moved")) {
		error.href = HL_STR("#new_address");
		p.new_address = hl_web_form_get(form, "new_address");
		p.new_address_error = error.text;
	} else if (refused) {
		error.href = HL_STR("#refuse_note");
		p.refuse_note = hl_web_form_get(form, "note");
		p.refuse_note_error = error.text;
	} else {
		p.need_note = hl_web_form_get(form, "note");
		p.need_note_error = error.text;
	}
	hl_site_page_errors(&p.page, &error, 1);
	hl_web_respond(resp, problem->status, "text/html");
	hl_tmpl_site_answer(&resp->body, &p);
	return 0;
}

static const char *name_of(enum hl_referral_repeat repeat)
{
	return repeat == HL_REFERRAL_REPEATED ? "repeated" : "saved";
}

static int record(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_referral_link *link,
	const struct hl_referral_answer *answer)
{
	const struct hl_site_thread *thread = ctx->thread;
	enum hl_referral_repeat repeat;
	bool json = wants_json(req);
	int r = hl_referral_link_answer(thread->store, ctx->arena,
		token_of(req),
		json ? HL_REFERRAL_VIA_JSON : HL_REFERRAL_VIA_PAGE, answer,
		&repeat, &ctx->err);

	if (r) {
		return r > 0 ? no_link(ctx, req, resp, r)
			     : fault(ctx, req, resp, r);
	}
	if (json) {
		hl_web_respond(resp, 200, "application/json");
		hl_referral_answer_put_result(&resp->body, hl_str_c(link->ref),
			answer->answer, repeat);
		return 0;
	}
	return hl_web_see_other(
		resp, hl_arena_printf(ctx->arena, "/answer/%.*s?done=%s",
			      HL_STR_ARG(token_of(req)), name_of(repeat)));
}

static int answer_json(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_referral_link *link)
{
	struct hl_referral_answer answer;
	struct hl_referral_problem problem;
	int r = hl_referral_answer_json(
		req->body, link->kind, ctx->arena, &answer, &problem);

	if (r) {
		return r == HL_DENIED ? refuse_json(resp, &problem)
				      : fault(ctx, req, resp, r);
	}
	return record(ctx, req, resp, link, &answer);
}

static int answer_form(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_referral_link *link)
{
	struct hl_web_form form = {0};
	struct hl_referral_answer answer;
	struct hl_referral_problem problem;
	struct hl_referral_field *fields;
	int r = hl_web_form_read(ctx, req, &form);

	if (r) {
		return r;
	}
	fields = hl_arena_array(ctx->arena, form.n + 1, sizeof(*fields));
	for (size_t i = 0; fields && i < form.n; i++) {
		fields[i].name = form.fields[i].name;
		fields[i].value = form.fields[i].value;
	}
	r = fields ? hl_referral_answer_form(fields, form.n, link->kind,
			     ctx->arena, &answer, &problem)
		   : HL_E_NOMEM;
	if (r) {
		return r == HL_DENIED ? show_problem(ctx, req, resp, link,
						&form, &problem)
				      : r;
	}
	return record(ctx, req, resp, link, &answer);
}

int hl_site_answer_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_referral_link link;
	int r = open_link(ctx, req, &link);

	if (r) {
		return r > 0 ? no_link(ctx, req, resp, r)
			     : fault(ctx, req, resp, r);
	}
	if (wants_json(req)) {
		return answer_json(ctx, req, resp, &link);
	}
	if (!hl_web_request_is_type(req, "application/x-www-form-urlencoded")) {
		return refuse_json(resp,
			&(struct hl_referral_problem){.code = "media_type",
				.message = "send application/json or a form",
				.status = 415});
	}
	return answer_form(ctx, req, resp, &link);
}
