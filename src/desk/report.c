/* SPDX-License-Identifier: Apache-2.0 */
/* One report: its answers, what became of it, the reporter's contact. */
#include "casework/contact.h"
#include "casework/triage.h"
#include "desk/work.h"
#include "web/templates.h"

/* What a form on the page said before it failed. */
struct again {
	struct hl_str contact; /* opened */
	struct hl_str reason_error, text, text_error;
	struct hl_str service, name, place_error;
	int reason;
};

static bool may(
	const struct hl_casework_report_page *page, enum hl_authz_action action)
{
	for (size_t i = 0; i < page->n_may; i++) {
		if (page->may[i].action == action) {
			return page->may[i].why == HL_AUTHZ_ALLOWED;
		}
	}
	return false;
}

static void add_facts(struct hl_web_ctx *ctx,
	const struct hl_casework_report_page *page, struct hl_desk_report *v)
{
	struct hl_w_summary_row *rows =
		hl_arena_array(ctx->arena, 4, sizeof(*rows));
	size_t n = 0;

	if (!rows) {
		return;
	}
	rows[n++] = (struct hl_w_summary_row){
		.key = hl_web_tr(HL_TR("Received")),
		.value = hl_desk_at(ctx->arena, page->report.received_at_us)};
	if (page->triage) {
		rows[n++] = (struct hl_w_summary_row){
			.key = hl_web_tr(HL_TR("Triage")),
			.value = hl_desk_word(
				&hl_vocab_triage, (int)page->triage)};
	}
	if (page->reason) {
		rows[n++] = (struct hl_w_summary_row){
			.key = hl_web_tr(HL_TR("Because")),
			.value = hl_desk_word(
				&hl_vocab_triage_reason, (int)page->reason)};
	}
	if (page->triaged_at_us) {
		rows[n++] = (struct hl_w_summary_row){
			.key = hl_web_tr(HL_TR("Triaged")),
			.value = hl_desk_at(ctx->arena, page->triaged_at_us)};
	}
	v->facts = rows;
	v->n_facts = n;
}

static void add_links(struct hl_web_ctx *ctx,
	const struct hl_casework_report_page *page, struct hl_desk_report *v)
{
	struct hl_desk_link *links =
		hl_arena_array(ctx->arena, page->n_links, sizeof(*links));

	for (size_t i = 0; links && i < page->n_links; i++) {
		const struct hl_casework_link *from = &page->links[i];

		links[i] = (struct hl_desk_link){.position = from->position,
			.case_id = from->case_id,
			.verdict = hl_desk_word(
				from->reason ? &hl_vocab_triage_reason
					     : &hl_vocab_triage,
				from->reason ? (int)from->reason
					     : (int)from->verdict)};
	}
	v->links = links;
	v->n_links = links ? page->n_links : 0;
}

/* "verdict.reason" of each decision that may be taken. */
static void add_reasons(
	struct hl_web_ctx *ctx, int chosen, struct hl_desk_report *v)
{
	static const enum hl_triage verdicts[] = {
		HL_TRIAGE_OUT_OF_REMIT, HL_TRIAGE_INSUFFICIENT};
	size_t most = hl_vocab_triage_reason.n_words * HL_ARRAY_LEN(verdicts);
	struct hl_w_option *options =
		hl_arena_array(ctx->arena, most, sizeof(*options));

	for (size_t k = 0; options && k < HL_ARRAY_LEN(verdicts); k++) {
		for (size_t i = 0; i < hl_vocab_triage_reason.n_words; i++) {
			const struct hl_vocab_word *word =
				&hl_vocab_triage_reason.words[i];

			if (!hl_casework_reason_fits(verdicts[k],
				    (enum hl_triage_reason)word->value)) {
				continue;
			}
			options[v->n_reasons++] = (struct hl_w_option){
				.value = hl_str_c(word->name),
				.text = hl_web_tr(word->label),
				.hint = hl_desk_word(
					&hl_vocab_triage, (int)verdicts[k]),
				.checked = chosen == word->value};
		}
	}
	v->reasons = options;
}

static void add_deeds(struct hl_web_ctx *ctx,
	const struct hl_casework_report_page *page, struct hl_desk_report *v)
{
	const struct hl_casework_report *r = &page->report;
	int64_t me = hl_desk_who(ctx)->actor.user_id;
	bool triage = may(page, HL_AUTHZ_REPORT_TRIAGE);
	bool decided = page->triage == HL_TRIAGE_OUT_OF_REMIT ||
		       page->triage == HL_TRIAGE_INSUFFICIENT;

	v->may_decide = triage && !page->triage && page->reason;
	v->may_undecide = triage && decided;
	v->has_contact = r->has_contact;
	v->asked = r->contact_asked_by != 0;
	v->granted = r->contact_granted_to != 0;
	v->may_ask = r->has_contact && !v->asked &&
		     may(page, HL_AUTHZ_CONTACT_REQUEST);
	v->may_grant = r->has_contact && v->asked && !v->granted &&
		       may(page, HL_AUTHZ_CONTACT_GRANT);
	v->may_read =
		r->contact_granted_to == me && may(page, HL_AUTHZ_CONTACT_READ);
}

static void fill(struct hl_web_ctx *ctx,
	const struct hl_casework_report_page *page, struct hl_desk_report *v)
{
	const struct hl_casework_report *r = &page->report;

	v->id = r->id;
	v->head = (struct hl_w_identity){.kind = hl_web_tr(HL_TR("Report")),
		.ref = hl_desk_ref(ctx->arena, HL_REF_REPORT, r->id),
		.title = hl_web_tr(HL_TR("What the reporter told")),
		.tag = {hl_desk_word(&hl_vocab_report_state, (int)r->state),
			HL_STR("blue")}};
	v->is_test = r->is_test;
	v->open = r->open;
	v->broken = r->broken;
	if (r->open) {
		v->answers = hl_desk_answers(ctx->arena, r, &v->n_answers);
	}
	add_facts(ctx, page, v);
	add_links(ctx, page, v);
	v->events =
		hl_desk_events(ctx->arena, page->events, page->n_events, r->id);
	v->n_events = v->events ? page->n_events : 0;
	add_deeds(ctx, page, v);
}

static int show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, int64_t id, const struct again *again)
{
	struct hl_casework_report_page *page =
		hl_arena_alloc(ctx->arena, sizeof(*page));
	struct hl_w_error errors[3];
	struct hl_desk_report v = {0};
	size_t n = 0;
	int r = page ? hl_casework_report_page(
			       hl_desk_who(ctx), id, page, &ctx->err)
		     : HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");

	if (r) {
		return r;
	}
	hl_desk_page_init(ctx, req, &v.page,
		hl_desk_fill(ctx->arena, HL_TR("Report {1}"),
			hl_desk_ref(ctx->arena, HL_REF_REPORT, id),
			HL_STR_NONE),
		"/queue");
	v.page.web.back_href = HL_STR("/queue");
	fill(ctx, page, &v);
	add_reasons(ctx, again->reason, &v);
	v.contact = again->contact;
	v.reason_error = again->reason_error;
	v.text = again->text;
	v.text_error = again->text_error;
	v.service = again->service;
	v.name = again->name;
	v.place_error = again->place_error;
	if (v.text_error.n) {
		errors[n++] = (struct hl_w_error){v.text_error, HL_STR("text")};
	}
	if (v.place_error.n) {
		errors[n++] =
			(struct hl_w_error){v.place_error, HL_STR("service")};
	}
	if (v.reason_error.n) {
		errors[n++] =
			(struct hl_w_error){v.reason_error, HL_STR("reason")};
	}
	hl_desk_page_errors(&v.page, errors, n);
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_desk_report(&resp->body, &v);
	return 0;
}

static int report_param(const struct hl_web_request *req, int64_t *id)
{
	return hl_desk_param(req, 0, HL_REF_REPORT, id);
}

static struct hl_str report_path(struct hl_arena *arena, int64_t id)
{
	return hl_desk_path(arena, "/report/", HL_REF_REPORT, id, "");
}

int hl_desk_report_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct again none = {0};
	int64_t id;
	int r = report_param(req, &id);

	return r ? r : show(ctx, req, resp, id, &none);
}

int hl_desk_decide_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_end end = {.to = HL_STR("/reports/waiting"),
		.notice = hl_web_tr(HL_TR("The report has been decided."))};
	struct hl_casework_decision decision = {0};
	struct again again = {0};
	int r = report_param(req, &decision.report_id);

	if (r) {
		return r;
	}
	hl_vocab_parse(&hl_vocab_triage_reason,
		hl_web_form_get(&hl_desk_session_of(ctx)->form, "reason"),
		&again.reason);
	decision.reason = (enum hl_triage_reason)again.reason;
	decision.verdict =
		hl_casework_reason_fits(HL_TRIAGE_OUT_OF_REMIT, decision.reason)
			? HL_TRIAGE_OUT_OF_REMIT
			: HL_TRIAGE_INSUFFICIENT;
	end.r = hl_casework_decide(
		hl_desk_who(ctx), &decision, &end.why, &ctx->err);
	if (end.r == HL_E_INVALID) {
		again.reason_error =
			hl_web_tr(HL_TR("Choose what the report is"));
		return show(ctx, req, resp, decision.report_id, &again);
	}
	return hl_desk_end(ctx, req, resp, &end);
}

int hl_desk_address_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_end end = {
		.notice = hl_web_tr(
			HL_TR("The address has been taken up. Its case is in "
			      "the queue."))};
	struct again again = {.text = hl_web_form_get(
				      &hl_desk_session_of(ctx)->form, "text")};
	int64_t id;
	int r = report_param(req, &id);

	if (r) {
		return r;
	}
	/* the report itself may now be another's to read */
	end.to = HL_STR("/reports/waiting");
	end.r = hl_casework_type_in(hl_desk_who(ctx), hl_desk_of(ctx)->settings,
		id, again.text, &end.why, &ctx->err);
	if (end.r == HL_E_INVALID) {
		again.text_error = hl_web_tr(
			HL_TR("There is no address in this. Type it as "
			      "example.org/page or paste it"));
	} else if (hl_desk_refused(end.r, end.why)) {
		again.text_error =
			hl_desk_word(&hl_vocab_casework_why, (int)end.why);
	}
	return again.text_error.n ? show(ctx, req, resp, id, &again)
				  : hl_desk_end(ctx, req, resp, &end);
}

int hl_desk_place_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	struct hl_desk_end end = {.to = HL_STR("/reports/waiting"),
		.notice = hl_web_tr(
			HL_TR("The place has been taken up. Its case is in "
			      "the queue."))};
	struct again again = {.service = hl_web_form_get(form, "service"),
		.name = hl_web_form_get(form, "name")};
	int64_t id;
	int r = report_param(req, &id);

	if (r) {
		return r;
	}
	end.r = hl_casework_name_place(hl_desk_who(ctx),
		hl_desk_of(ctx)->settings, id,
		(struct hl_str[]){again.service, again.name}, &end.why,
		&ctx->err);
	if (end.r == HL_E_INVALID) {
		again.place_error = hl_web_tr(
			HL_TR("Give the app or service and the name in it, "
			      "each at most 200 characters"));
	} else if (hl_desk_refused(end.r, end.why)) {
		again.place_error =
			hl_desk_word(&hl_vocab_casework_why, (int)end.why);
	}
	return again.place_error.n ? show(ctx, req, resp, id, &again)
				   : hl_desk_end(ctx, req, resp, &end);
}

typedef int deed(const struct hl_who *who, int64_t report_id,
	enum hl_casework_why *why, struct hl_err *err);

static int press(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, deed *f, const char *notice)
{
	struct hl_desk_end end = {.notice = hl_web_tr(notice)};
	int64_t id;
	int r = report_param(req, &id);

	if (r) {
		return r;
	}
	end.to = report_path(ctx->arena, id);
	end.r = f(hl_desk_who(ctx), id, &end.why, &ctx->err);
	return hl_desk_end(ctx, req, resp, &end);
}

int hl_desk_undecide_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_casework_undecide,
		HL_TR("The decision has been taken back."));
}

int hl_desk_contact_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_casework_contact_request,
		HL_TR("Asked for. A supervisor has to release it."));
}

int hl_desk_contact_grant_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_casework_contact_grant,
		HL_TR("Released, to the one person who asked for it."));
}

int hl_desk_contact_refuse_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_casework_contact_refuse,
		HL_TR("The contact is not released."));
}

/* In the answer itself: it is not kept anywhere else. */
int hl_desk_contact_read_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_end end = {0};
	struct again again = {0};
	int64_t id;
	int r = report_param(req, &id);

	if (r) {
		return r;
	}
	end.to = report_path(ctx->arena, id);
	end.r = hl_casework_contact_read(
		hl_desk_who(ctx), id, &again.contact, &end.why, &ctx->err);
	return end.r ? hl_desk_end(ctx, req, resp, &end)
		     : show(ctx, req, resp, id, &again);
}
