/* SPDX-License-Identifier: Apache-2.0 */
#include "site/inner.h"

#include "url/extract.h"
#include "web/cookie.h"
#include "web/templates.h"

#define SAVE_TRIES 4

/* What the page is about, and what is wrong with it. */
struct asked {
	size_t index;
	const struct hl_site_step *step;
	bool change;
	struct hl_report_fault faults[HL_FIELD_LAST];
	size_t n_faults;
};

static bool begin(const struct hl_site_visit *v, struct asked *a)
{
	*a = (struct asked){0};
	a->index = hl_site_step_find(v->req->params[0]);
	if (a->index == HL_SITE_N_STEPS) {
		return false;
	}
	a->step = &hl_site_steps[a->index];
	a->change = hl_site_visit_asks(v, "change");
	return true;
}

static struct hl_str field_name(enum hl_report_field field)
{
	return hl_str_c(hl_vocab_name(&hl_vocab_report_field, (int)field));
}

static struct hl_str tr_or_none(const char *text)
{
	return text ? hl_web_tr(text) : HL_STR_NONE;
}

static struct hl_str back_of(struct hl_arena *arena, const struct asked *a)
{
	if (a->change) {
		return HL_STR("/report/check");
	}
	return a->index ? hl_site_step_path(arena, a->index - 1, false)
			: HL_STR("/");
}

static struct hl_str fault_of(const struct asked *a, enum hl_report_field field)
{
	for (size_t i = 0; i < a->n_faults; i++) {
		if (a->faults[i].field == field) {
			return hl_site_fault_text(&a->faults[i]);
		}
	}
	return HL_STR_NONE;
}

static void fill_errors(struct hl_arena *arena, const struct asked *a,
	struct hl_site_page *page)
{
	struct hl_site_problem *errors =
		hl_arena_array(arena, a->n_faults, sizeof(*errors));

	for (size_t i = 0; errors && i < a->n_faults; i++) {
		errors[i] = (struct hl_site_problem){
			hl_arena_printf(
				arena, "#%s", field_name(a->faults[i].field).p),
			hl_site_fault_text(&a->faults[i])};
	}
	hl_site_page_errors(page, errors, a->n_faults);
}

static void fill_choice(struct hl_arena *arena, const struct hl_report *report,
	const struct asked *a, struct hl_site_question *q)
{
	const struct hl_site_step *step = a->step;
	const struct hl_vocab *vocab = hl_site_field_vocab(step->choice);
	struct hl_w_option *options =
		hl_arena_array(arena, vocab->n_words, sizeof(*options));
	int chosen = hl_site_field_word(report, step->choice);
	size_t n = 0;

	for (size_t i = 0; options && i < vocab->n_words; i++) {
		const struct hl_vocab_word *word = &vocab->words[i];

		if (word->value) {
			options[n++] = (struct hl_w_option){
				.value = hl_str_c(word->name),
				.text = hl_web_tr(word->label),
				.checked = word->value == chosen};
		}
	}
	q->has_choice = true;
	q->choice = (struct hl_w_choice){.name = field_name(step->choice),
		.label = q->heading,
		.hint = q->hint,
		.error = fault_of(a, step->choice),
		.heading = true,
		.options = options,
		.n_options = n};
}

static void fill_text(struct hl_site_question *q, struct hl_report *report,
	const struct asked *a)
{
	const struct hl_site_step *step = a->step;

	q->text_name = field_name(step->text);
	q->text_label = tr_or_none(step->text_label);
	q->text_hint = tr_or_none(step->text_hint);
	q->text_value = *hl_site_field_text(report, step->text);
	q->text_error = fault_of(a, step->text);
	q->rows = step->rows;
	q->max_chars = step->max_chars;
}

static int show(const struct hl_site_visit *v, const struct asked *a)
{
	struct hl_arena *arena = v->ctx->arena;
	const struct hl_site_step *step = a->step;
	struct hl_site_question q = {.change = a->change,
		.action = hl_site_step_path(arena, a->index, false),
		.csrf = hl_site_visit_csrf(v),
		.heading = hl_web_tr(step->heading),
		.hint = tr_or_none(step->hint),
		.more = tr_or_none(step->more)};

	hl_site_page_init(v->ctx, &q.page, q.heading);
	q.page.web.back_href = back_of(arena, a);
	fill_errors(arena, a, &q.page);
	if (step->choice) {
		fill_choice(arena, &v->draft->report, a, &q);
	}
	if (step->text) {
		fill_text(&q, &v->draft->report, a);
	}
	if (hl_site_visit_asks(v, "again")) {
		q.notice = hl_web_tr(
			HL_TR("Your earlier answers are no longer here: they "
			      "ran out, or were removed when you left or "
			      "sent your report. If you sent it, we have it "
			      "and you need do nothing. What you gave just "
			      "now begins a new report: answer the other "
			      "questions again to send it."));
	}
	hl_web_respond(v->resp, a->n_faults ? 422 : 200, "text/html");
	hl_tmpl_site_question(&v->resp->body, &q);
	return 0;
}

int hl_site_question_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	HL_SITE_VISIT_AUTO v;
	struct asked a;
	int r = hl_site_visit_open(&v, ctx, req, resp);

	if (r) {
		return r;
	}
	if (!begin(&v, &a)) {
		return HL_NOTFOUND;
	}
	if (v.found && v.draft->submitted) {
		return hl_web_see_other(resp, HL_STR("/report/receipt"));
	}
	bool fresh = hl_site_visit_asks(&v, "new") ||
		     hl_site_visit_asks(&v, "again");
	if (!v.found && (a.index > 0 || (fresh && !v.cookie.n))) {
		return hl_site_say_gone(ctx, resp, fresh && !v.cookie.n);
	}
	return show(&v, &a);
}

/* The answers of this page into the draft; those of others stay. */
static void apply(struct hl_site_visit *v, const struct asked *a)
{
	const struct hl_site_step *step = a->step;
	struct hl_report *report = &v->draft->report;

	if (step->choice) {
		int value = 0;

		hl_vocab_parse(hl_site_field_vocab(step->choice),
			hl_web_form_get(&v->form, field_name(step->choice).p),
			&value);
		switch ((int)step->choice) {
		case HL_FIELD_DANGER:
			report->danger = (enum hl_ynu)value;
			break;
		case HL_FIELD_PLACE:
			report->place = (enum hl_place)value;
			break;
		case HL_FIELD_SEEN:
			report->seen = (enum hl_seen)value;
			break;
		default:
			report->pay = (enum hl_ynu)value;
			break;
		}
	}
	if (step->text) {
		*hl_site_field_text(report, step->text) =
			hl_web_form_get(&v->form, field_name(step->text).p);
	}
	report->language = hl_site_language(v->ctx);
}

static void add_fault(struct asked *a, enum hl_report_field field,
	enum hl_report_problem problem)
{
	a->faults[a->n_faults++] = (struct hl_report_fault){field, problem};
}

static void check(struct hl_site_visit *v, struct asked *a)
{
	const struct hl_report *report = &v->draft->report;
	struct hl_url_list list;

	if (v->form_broken) {
		add_fault(a, a->step->text ? a->step->text : a->step->choice,
			HL_PROBLEM_MALFORMED);
		return;
	}
	a->n_faults = hl_report_check(
		report, hl_site_step_fields(a->step), a->faults);
	if (a->n_faults || !a->step->text) {
		return;
	}
	if (hl_intake_size_check(report, NULL)) {
		add_fault(a, a->step->text, HL_PROBLEM_TOO_LONG);
	} else if (a->step->text == HL_FIELD_ADDRESSES &&
		   hl_url_extract(report->addresses_text, v->ctx->arena, &list,
			   NULL) == HL_E_LIMIT) {
		add_fault(a, HL_FIELD_ADDRESSES, HL_PROBLEM_TOO_MANY);
	}
}

/* Saves; when another window was faster, its answers and this one. */
static int save(struct hl_site_visit *v, const struct asked *a)
{
	int r = HL_CONFLICT;

	for (int i = 0; i < SAVE_TRIES && r == HL_CONFLICT; i++) {
		apply(v, a);
		r = hl_intake_draft_save(&v->at, v->draft, &v->ctx->err);
		if (r != HL_CONFLICT) {
			break;
		}
		HL_INTAKE_DRAFT_AUTO old = {.token = v->draft->token};
		int64_t version = v->draft->version;
		char text[HL_SEAL_TOKEN_TEXT];
		int found = hl_intake_draft_load(&v->at,
			hl_seal_token_print(&old.token, text), v->draft,
			&v->ctx->err);
		if (found == HL_NOTFOUND && version) {
			hl_intake_draft_init(v->draft);
			v->found = false;
		} else if (found) {
			return found < 0 ? found : HL_CONFLICT;
		}
		if (v->draft->submitted) {
			return 0;
		}
	}
	return r;
}

static struct hl_str next_path(
	const struct hl_site_visit *v, const struct asked *a, bool fresh)
{
	struct hl_arena *arena = v->ctx->arena;

	if (fresh && a->index > 0) {
		return HL_STR("/report/danger?again=1");
	}
	if (a->step->choice == HL_FIELD_DANGER &&
		v->draft->report.danger == HL_YNU_YES) {
		return a->change ? HL_STR("/report/emergency?change=1")
				 : HL_STR("/report/emergency?new=1");
	}
	if (a->change || a->index + 1 == HL_SITE_N_STEPS) {
		return HL_STR("/report/check");
	}
	struct hl_str path = hl_site_step_path(arena, a->index + 1, false);
	return fresh ? hl_arena_printf(arena, "%s?new=1", path.p) : path;
}

static int save_and_go_on(struct hl_site_visit *v, const struct asked *a)
{
	bool was_found = v->found;
	char text[HL_SEAL_TOKEN_TEXT];
	int r = save(v, a);

	if (r == HL_E_UNAVAILABLE || r == HL_E_FULL) {
		return hl_site_say_unavailable(v->ctx, v->req, v->resp);
	}
	if (r) {
		return r;
	}
	if (v->draft->submitted) {
		return hl_web_see_other(v->resp, HL_STR("/report/receipt"));
	}
	if (!v->found || !was_found) {
		struct hl_str cookie = hl_arena_dup(v->ctx->arena,
			hl_seal_token_print(&v->draft->token, text));

		hl_web_cookie_set(
			v->ctx, v->req, v->resp, HL_SITE_COOKIE, cookie, 0);
	}
	return hl_web_see_other(v->resp, next_path(v, a, !v->found));
}

int hl_site_question_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	HL_SITE_VISIT_AUTO v;
	struct asked a;
	int r = hl_site_visit_open(&v, ctx, req, resp);

	if (r) {
		return r;
	}
	if (!begin(&v, &a)) {
		return HL_NOTFOUND;
	}
	if (v.found && v.draft->submitted) {
		return hl_web_see_other(resp, HL_STR("/report/receipt"));
	}
	if (!v.found) {
		r = hl_site_limit(ctx, req, resp);
		if (r || resp->status) {
			return r;
		}
	}
	if (!v.form_broken) {
		apply(&v, &a);
	}
	check(&v, &a);
	return a.n_faults ? show(&v, &a) : save_and_go_on(&v, &a);
}

int hl_site_emergency_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	HL_SITE_VISIT_AUTO v;
	struct hl_site_emergency e = {0};
	int r = hl_site_visit_open(&v, ctx, req, resp);

	if (r) {
		return r;
	}
	/* Shown in any case: who needs it must not meet an error first. */
	hl_site_page_init(
		ctx, &e.page, hl_web_tr(HL_TR("Get help for the child now")));
	e.page.web.back_href = HL_STR("/report/danger");
	bool change = hl_site_visit_asks(&v, "change");
	e.next = change ? HL_STR("/report/check")
			: HL_STR("/report/place?new=1");
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_site_emergency(&resp->body, &e);
	return 0;
}
