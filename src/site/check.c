/* SPDX-License-Identifier: Apache-2.0 */
/* "Check your answers", and sending them. */
#include "site/inner.h"

#include "intake/submit.h"
#include "url/extract.h"
#include "web/templates.h"

/* What looks like an address has a number, whether it could be read or not,
 * and a repeated one has none of its own: triage counts in the same way. */
static void fill_addresses(struct hl_arena *arena,
	const struct hl_url_list *list, struct hl_site_check *c)
{
	struct hl_site_address *all =
		hl_arena_array(arena, list->n, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; all && i < list->n; i++) {
		const struct hl_url_found *found = &list->v[i];
		struct hl_site_address *a = &all[i];

		a->typed = found->piece;
		a->read = found->address;
		if (a->read.n && found->same_as < i) {
			a->same_as = all[found->same_as].number;
		} else if (found->why != HL_URL_WHY_WORDS) {
			a->number = ++n;
		}
	}
	c->addresses = all;
	c->n_addresses = all ? list->n : 0;
}

static int read_addresses(
	const struct hl_site_visit *v, struct hl_site_check *c)
{
	struct hl_url_list list = {0};
	int r = hl_url_extract(v->draft->report.addresses_text, v->ctx->arena,
		&list, &v->ctx->err);

	/* Over its limits: the question's own check says so. */
	if (r && r != HL_E_LIMIT) {
		return r;
	}
	fill_addresses(v->ctx->arena, &list, c);
	return 0;
}

static void fill_row(
	const struct hl_site_visit *v, size_t i, struct hl_site_row *row)
{
	const struct hl_site_step *step = &hl_site_steps[i];
	struct hl_report *report = &v->draft->report;
	struct hl_str text = HL_STR_NONE;

	row->question = hl_web_tr(step->row);
	row->href = hl_site_step_path(v->ctx->arena, i, true);
	if (step->text) {
		text = *hl_site_field_text(report, step->text);
	}
	if (!step->choice) {
		row->answer = text.n ? text : HL_STR_NONE;
		return;
	}
	int word = hl_site_field_word(report, step->choice);
	if (word) {
		row->answer = hl_web_tr(hl_vocab_label(
			hl_site_field_vocab(step->choice), word));
	}
	row->note = text.n ? text : HL_STR_NONE;
}

static size_t step_of(enum hl_report_field field)
{
	for (size_t i = 0; i < HL_SITE_N_STEPS; i++) {
		if (hl_site_steps[i].choice == field ||
			hl_site_steps[i].text == field) {
			return i;
		}
	}
	return 0;
}

static size_t find_faults(
	const struct hl_site_visit *v, struct hl_site_page *page)
{
	struct hl_report_fault faults[HL_FIELD_LAST];
	struct hl_arena *arena = v->ctx->arena;
	size_t n = hl_report_check(&v->draft->report, HL_FIELD_ALL, faults);
	struct hl_site_problem *errors =
		hl_arena_array(arena, n, sizeof(*errors));

	for (size_t i = 0; errors && i < n; i++) {
		errors[i] = (struct hl_site_problem){
			hl_site_step_path(
				arena, step_of(faults[i].field), true),
			hl_site_fault_text(&faults[i])};
	}
	hl_site_page_errors(page, errors, n);
	return n;
}

static int show(const struct hl_site_visit *v, bool with_errors)
{
	struct hl_site_row *rows =
		hl_arena_array(v->ctx->arena, HL_SITE_N_STEPS, sizeof(*rows));
	struct hl_site_check c = {.csrf = hl_site_visit_csrf(v),
		.version = v->draft->version,
		.changed = hl_site_visit_asks(v, "changed"),
		.rows = rows,
		.n_rows = HL_SITE_N_STEPS,
		.addresses_row = step_of(HL_FIELD_ADDRESSES)};

	if (!rows) {
		return HL_FAIL(&v->ctx->err, HL_E_NOMEM, "no memory");
	}
	hl_site_page_init(
		v->ctx, &c.page, hl_web_tr(HL_TR("Check your answers")));
	c.page.web.back_href =
		hl_site_step_path(v->ctx->arena, HL_SITE_N_STEPS - 1, false);
	for (size_t i = 0; i < HL_SITE_N_STEPS; i++) {
		fill_row(v, i, &rows[i]);
	}
	if (with_errors) {
		find_faults(v, &c.page);
	}
	int r = read_addresses(v, &c);
	if (r) {
		return r;
	}
	hl_web_respond(v->resp, with_errors ? 422 : 200, "text/html");
	hl_tmpl_site_check(&v->resp->body, &c);
	return 0;
}

int hl_site_check_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	HL_SITE_VISIT_AUTO v;
	int r = hl_site_visit_open(&v, ctx, req, resp);

	if (r) {
		return r;
	}
	if (!v.found) {
		return hl_site_say_gone(ctx, resp, false);
	}
	if (v.draft->submitted) {
		return hl_web_see_other(resp, HL_STR("/report/receipt"));
	}
	return show(&v, false);
}

static int submit(struct hl_site_visit *v)
{
	int64_t shown = 0;
	int r = hl_web_form_get_i64(&v->form, "version", &shown);

	if (r || shown != v->draft->version) {
		return HL_CONFLICT;
	}
	return hl_intake_submit_draft(&v->at, v->draft, &v->ctx->err);
}

static int send_answers(struct hl_site_visit *v)
{
	int r = submit(v);

	switch (r) {
	case 0:
		return hl_web_see_other(v->resp, HL_STR("/report/receipt"));
	case HL_CONFLICT:
		return hl_web_see_other(
			v->resp, HL_STR("/report/check?changed=1"));
	case HL_NOTFOUND:
		return hl_site_say_gone(v->ctx, v->resp, false);
	case HL_E_UNAVAILABLE:
	case HL_E_FULL:
		return hl_site_say_unavailable(v->ctx, v->req, v->resp);
	default:
		return r;
	}
}

int hl_site_send_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	HL_SITE_VISIT_AUTO v;
	struct hl_report_fault faults[HL_FIELD_LAST];
	int r = hl_site_visit_open(&v, ctx, req, resp);

	if (r) {
		return r;
	}
	if (!v.found) {
		return hl_site_say_gone(ctx, resp, false);
	}
	if (v.draft->submitted) {
		return hl_web_see_other(resp, HL_STR("/report/receipt"));
	}
	if (hl_report_check(&v.draft->report, HL_FIELD_ALL, faults)) {
		return show(&v, true);
	}
	/* No limit here: making the draft took one, and it makes one report. */
	return send_answers(&v);
}
