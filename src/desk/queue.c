/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue. Opening it triages a few of the reports that wait, since only
 * somebody who is logged in can open them (docs/casework.md); a fault in
 * that is logged and does not keep anybody from the queue.
 */
#include "base/log.h"
#include "casework/lease.h"
#include "casework/rewrap.h"
#include "casework/share.h"
#include "casework/triage.h"
#include "casework/viewing.h"
#include "desk/hash.h"
#include "desk/work.h"
#include "web/templates.h"

#define TRIAGE_AT_ONCE 25
#define REWRAP_AT_ONCE 50
#define SHARE_AT_ONCE 50

static const struct {
	enum hl_casework_tab tab;
	const char *title, *text;
} empties[HL_CASEWORK_TABS] = {
	{HL_CASEWORK_ALL, HL_TR("No cases"),
		HL_TR("Cases appear here when reports have come in.")},
	{HL_CASEWORK_UNASSIGNED, HL_TR("Nobody has to wait"),
		HL_TR("Every case is in somebody’s hands.")},
	{HL_CASEWORK_MINE, HL_TR("You hold no case"),
		HL_TR("Press “Take the next case” to get the most urgent one "
		      "that you may work on.")},
	{HL_CASEWORK_TO_VERIFY, HL_TR("Nothing to verify"),
		HL_TR("Cases that somebody else has assessed as illegal come "
		      "here for a second, blind assessment.")},
	{HL_CASEWORK_TO_ADJUDICATE, HL_TR("Nothing to decide"),
		HL_TR("Cases on which two assessments differ come here.")},
	{HL_CASEWORK_TO_ACT, HL_TR("Nothing to act on"),
		HL_TR("Cases that two people found illegal come here, to be "
		      "passed on.")},
	{HL_CASEWORK_MONITORED, HL_TR("Nothing is being watched"),
		HL_TR("Cases come here when everybody has been told.")},
	{HL_CASEWORK_CLOSED, HL_TR("No closed cases"),
		HL_TR("Cases stay here until they are erased.")},
};

/* The order of the tabs. */
static const enum hl_casework_tab order[] = {HL_CASEWORK_UNASSIGNED,
	HL_CASEWORK_MINE, HL_CASEWORK_TO_VERIFY, HL_CASEWORK_TO_ADJUDICATE,
	HL_CASEWORK_TO_ACT, HL_CASEWORK_MONITORED, HL_CASEWORK_CLOSED,
	HL_CASEWORK_ALL};

/* Somebody has left: what is open moves to the new key, a little at a time. */
static void take_over(const struct hl_who *who)
{
	struct hl_err err = {0};
	size_t n;

	if (who->ring->queue.n > 1 &&
		hl_casework_rewrap(who, REWRAP_AT_ONCE, &n, &err) < 0) {
		hl_log_err(HL_LOG_WARN, "desk.rewrap", &err);
	}
}

/* What was passed on while the worker got no address is watched as well. */
static void share(const struct hl_who *who, const struct hl_settings *settings)
{
	struct hl_err err = {0};
	size_t n;

	if (settings->watch_enabled && who->ring->queue.n &&
		hl_casework_share(who, SHARE_AT_ONCE, &n, &err) < 0) {
		hl_log_err(HL_LOG_WARN, "desk.share", &err);
	}
}

/* What is known needs nobody; a fault leaves it to people. */
static void recognise(struct hl_web_ctx *ctx, struct hl_desk_queue *v)
{
	struct hl_casework_laws laws;
	struct hl_casework_known known = hl_desk_known(ctx, &laws);
	struct hl_err err = {0};
	size_t n = 0;

	if (hl_casework_recognise_new(
		    hl_desk_who(ctx), &known, TRIAGE_AT_ONCE, &n, &err) < 0) {
		hl_log_err(HL_LOG_ERROR, "desk.recognise", &err);
	}
	if (n) {
		v->known = hl_desk_count(ctx->arena,
			HL_TR("{n} case is known and needs nobody to look."),
			HL_TR("{n} cases are known and need nobody to look."),
			(int64_t)n);
	}
}

static void triage(struct hl_web_ctx *ctx, struct hl_desk_queue *v)
{
	const struct hl_who *who = hl_desk_who(ctx);
	enum hl_casework_why why = HL_CASEWORK_ALLOWED;
	struct hl_casework_triaged done = {0};
	struct hl_err err = {0};

	v->may_triage = hl_authz_may_ever(&who->actor, HL_AUTHZ_REPORT_TRIAGE);
	v->no_key = !who->ring->queue.n;
	share(who, hl_desk_of(ctx)->settings);
	if (!v->may_triage || v->no_key) {
		return;
	}
	take_over(who);
	int r = hl_casework_triage(who, hl_desk_of(ctx)->settings,
		TRIAGE_AT_ONCE, &done, &why, &err);
	if (r < 0) {
		hl_log_err(HL_LOG_ERROR, "desk.triage", &err);
		v->came_in = hl_web_tr(
			HL_TR("New reports could not be read in just now. They "
			      "are kept; the log says why."));
		return;
	}
	if (done.n_done) {
		v->came_in = hl_desk_count(ctx->arena,
			HL_TR("{n} report has come in."),
			HL_TR("{n} reports have come in."),
			(int64_t)done.n_done);
	}
	recognise(ctx, v);
	if (done.n_left) {
		v->left = hl_desk_count(ctx->arena,
			HL_TR("{n} report is still waiting to be read in; open "
			      "the queue again."),
			HL_TR("{n} reports are still waiting to be read in; "
			      "open the queue again."),
			(int64_t)done.n_left);
	}
}

/* Whoever passes on and takes no cases begins with what is to be passed on. */
static int first_tab(const struct hl_authz_actor *actor)
{
	return hl_authz_may_ever(actor, HL_AUTHZ_REFERRAL_DRAFT) &&
			       !hl_authz_may_ever(actor, HL_AUTHZ_CASE_LEASE)
		       ? HL_CASEWORK_TO_ACT
		       : HL_CASEWORK_UNASSIGNED;
}

/* ?tab=mine&state=…: a filter as text and back. Values that mean nothing
 * are as if they were not there. */
static int read_filter(struct hl_web_ctx *ctx, const struct hl_web_form *query,
	struct hl_casework_filter *f, struct hl_str *country_error)
{
	struct hl_str country = hl_web_form_get(query, "country");
	char *upper;
	int tab = first_tab(&hl_desk_who(ctx)->actor);

	hl_vocab_parse(
		&hl_vocab_casework_tab, hl_web_form_get(query, "tab"), &tab);
	*f = (struct hl_casework_filter){.tab = (enum hl_casework_tab)tab,
		.danger = hl_web_form_has(query, "danger", "yes")};
	hl_vocab_parse(&hl_vocab_case_state, hl_web_form_get(query, "state"),
		&f->state);
	hl_vocab_parse(&hl_vocab_outcome, hl_web_form_get(query, "outcome"),
		&f->outcome);
	if (!country.n) {
		return 0;
	}
	upper = hl_arena_alloc(ctx->arena, 3);
	for (size_t i = 0; upper && i < 2 && i < country.n; i++) {
		upper[i] = country.p[i] >= 'a' && country.p[i] <= 'z'
				   ? (char)(country.p[i] - 'a' + 'A')
				   : country.p[i];
	}
	if (!upper) {
		return HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");
	}
	if (country.n != 2 || upper[0] < 'A' || upper[0] > 'Z' ||
		upper[1] < 'A' || upper[1] > 'Z') {
		*country_error = hl_web_tr(
			HL_TR("Use the two letters of a country, such as DK"));
		return 0;
	}
	f->country = hl_str_mem(upper, 2);
	return 0;
}

static struct hl_str filter_href(struct hl_arena *arena,
	const struct hl_casework_filter *f,
	const struct hl_casework_cursor *from)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1024);
	char cursor[HL_CASEWORK_CURSOR_MAX];

	hl_buf_printf(&b, "/queue?tab=%s",
		hl_vocab_name(&hl_vocab_casework_tab, (int)f->tab));
	if (f->state) {
		hl_buf_printf(&b, "&state=%s",
			hl_vocab_name(&hl_vocab_case_state, f->state));
	}
	if (f->outcome) {
		hl_buf_printf(&b, "&outcome=%s",
			hl_vocab_name(&hl_vocab_outcome, f->outcome));
	}
	if (f->danger) {
		hl_buf_printf(&b, "&danger=yes");
	}
	if (f->country.n) {
		hl_buf_printf(&b, "&country=%.*s", HL_STR_ARG(f->country));
	}
	if (from) {
		hl_buf_printf(&b, "&from=%.*s",
			HL_STR_ARG(hl_casework_cursor_print(from, cursor)));
	}
	return hl_arena_dup(arena, hl_buf_str(&b));
}

static int add_tabs(struct hl_web_ctx *ctx, const struct hl_casework_filter *f,
	struct hl_desk_queue *v)
{
	struct hl_casework_counts counts;
	struct hl_w_link *links =
		hl_arena_array(ctx->arena, HL_ARRAY_LEN(order), sizeof(*links));
	int r = hl_casework_counts(hl_desk_who(ctx), &counts, &ctx->err);

	for (size_t i = 0; !r && links && i < HL_ARRAY_LEN(order); i++) {
		struct hl_casework_filter to = {.tab = order[i]};

		links[i] = (struct hl_w_link){
			.text = hl_desk_word(
				&hl_vocab_casework_tab, (int)order[i]),
			.href = filter_href(ctx->arena, &to, NULL),
			.current = order[i] == f->tab,
			.count = hl_arena_printf(ctx->arena, "%lld",
				(long long)counts.tab[order[i]])};
	}
	v->tabs = (struct hl_w_nav){hl_web_tr(HL_TR("Lists of cases")), links,
		r || !links ? 0 : HL_ARRAY_LEN(order)};
	v->n_person = r ? 0 : counts.n_person;
	v->n_danger = r ? 0 : counts.n_danger;
	return r;
}

static int add_rows(struct hl_web_ctx *ctx, const struct hl_web_form *query,
	const struct hl_casework_filter *f, struct hl_desk_queue *v)
{
	struct hl_casework_cursor from = {0};
	struct hl_casework_list list;
	struct hl_desk_case_row *rows;
	bool later = hl_casework_cursor_parse(
			     hl_web_form_get(query, "from"), &from) == 0;
	int r = hl_casework_queue(
		hl_desk_who(ctx), f, &from, HL_DESK_ROWS, &list, &ctx->err);

	if (r) {
		return r;
	}
	rows = hl_arena_array(ctx->arena, list.n, sizeof(*rows));
	for (size_t i = 0; rows && i < list.n; i++) {
		hl_desk_case_row(ctx, &list.rows[i], &rows[i]);
	}
	v->rows = rows;
	v->n_rows = rows ? list.n : 0;
	v->first_href = later ? filter_href(ctx->arena, f, NULL) : HL_STR_NONE;
	v->next_href = list.more ? filter_href(ctx->arena, f, &list.next)
				 : HL_STR_NONE;
	return 0;
}

static void add_empty(
	const struct hl_casework_filter *f, struct hl_desk_queue *v)
{
	v->filtered = f->state || f->outcome || f->danger || f->country.n ||
		      v->country_error.n;
	if (v->filtered) {
		v->empty = (struct hl_w_empty){
			.title = hl_web_tr(HL_TR("No case fits the filter")),
			.href = v->clear_href,
			.action = hl_web_tr(HL_TR("Clear filters"))};
		return;
	}
	v->empty =
		(struct hl_w_empty){.title = hl_web_tr(empties[f->tab].title),
			.text = hl_web_tr(empties[f->tab].text)};
}

static int add_viewing(struct hl_web_ctx *ctx, struct hl_desk_queue *v)
{
	const struct hl_who *who = hl_desk_who(ctx);
	struct hl_casework_exposure e;

	v->may_take = hl_authz_may_ever(&who->actor, HL_AUTHZ_CASE_LEASE);
	if (!v->may_take) {
		return 0;
	}
	int r = hl_casework_exposure(
		who, hl_desk_of(ctx)->settings, &e, &ctx->err);
	if (r) {
		return r;
	}
	if (e.today_us && e.budget_us) {
		v->viewing = hl_desk_fill(ctx->arena,
			HL_TR("Viewed today: {1} of {2}."),
			hl_desk_span(ctx->arena, e.today_us),
			hl_desk_span(ctx->arena, e.budget_us));
	}
	if (e.running_case) {
		v->running_href =
			hl_desk_case_path(ctx->arena, e.running_case, "");
	}
	return 0;
}

static int show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_desk_queue *v)
{
	struct hl_w_error errors[2];
	struct hl_casework_filter f;
	struct hl_web_form query;
	size_t n = 0;
	int r = hl_web_query_read(ctx, req, &query);

	hl_desk_page_init(
		ctx, req, &v->page, hl_web_tr(HL_TR("Queue")), "/queue");
	v->page.web.wide = true;
	triage(ctx, v);
	if (!r) {
		r = read_filter(ctx, &query, &f, &v->country_error);
	}
	if (!r) {
		r = add_tabs(ctx, &f, v);
	}
	if (!r) {
		r = add_rows(ctx, &query, &f, v);
	}
	if (!r) {
		r = add_viewing(ctx, v);
	}
	if (r) {
		return r;
	}
	v->tab = hl_str_c(hl_vocab_name(&hl_vocab_casework_tab, (int)f.tab));
	v->tab_text = hl_desk_word(&hl_vocab_casework_tab, (int)f.tab);
	v->states = hl_desk_choices(ctx->arena, &hl_vocab_case_state, f.state,
		hl_web_tr(HL_TR("Any")), &v->n_states);
	v->outcomes = hl_desk_choices(ctx->arena, &hl_vocab_outcome, f.outcome,
		hl_web_tr(HL_TR("Any")), &v->n_outcomes);
	v->danger = f.danger;
	v->country = hl_web_form_get(&query, "country");
	v->clear_href = filter_href(
		ctx->arena, &(struct hl_casework_filter){.tab = f.tab}, NULL);
	add_empty(&f, v);
	if (v->typed_error.n) {
		errors[n++] =
			(struct hl_w_error){v->typed_error, HL_STR("ref")};
	}
	if (v->country_error.n) {
		errors[n++] = (struct hl_w_error){
			v->country_error, HL_STR("country")};
	}
	hl_desk_page_errors(&v->page, errors, n);
	hl_web_respond(resp,
		!n                               ? 200
		: v->typed.n && v->typed_error.n ? 404
						 : 422,
		"text/html");
	hl_tmpl_desk_queue(&resp->body, v);
	return 0;
}

int hl_desk_queue_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_desk_queue v = {0};

	return show(ctx, req, resp, &v);
}

int hl_desk_next_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_desk_end end = {.to = HL_STR("/queue")};
	int64_t id = 0;

	end.r = hl_casework_take_next(hl_desk_who(ctx),
		hl_desk_of(ctx)->settings, HL_CASEWORK_WORK_ANY, &id, &end.why,
		&ctx->err);
	if (end.r == HL_NOTFOUND) {
		return hl_desk_refuse(ctx, req, resp, end.to,
			hl_web_tr(HL_TR("There is no case that you could take "
					"now.")));
	}
	if (!end.r) {
		end.to = hl_desk_case_path(ctx->arena, id, "");
		end.notice = hl_web_tr(HL_TR("The case is yours now."));
	}
	return hl_desk_end(ctx, req, resp, &end);
}

/* Where a reference leads; absent: nowhere that this person may go. */
static struct hl_str found_href(
	struct hl_web_ctx *ctx, const struct hl_casework_found *found)
{
	if (found->kind == HL_REF_REPORT) {
		return hl_desk_path(
			ctx->arena, "/report/", HL_REF_REPORT, found->id, "");
	}
	if (found->kind == HL_REF_REFERRAL) {
		return hl_desk_path(ctx->arena, "/referral/", HL_REF_REFERRAL,
			found->id, "");
	}
	return found->case_id
		       ? hl_desk_case_path(ctx->arena, found->case_id, "")
		       : HL_STR_NONE;
}

/* What has a page that says itself whether somebody may see it. */
static struct hl_str page_of(struct hl_arena *arena, struct hl_str typed)
{
	static const struct {
		enum hl_ref_kind kind;
		const char *prefix;
	} pages[] = {{HL_REF_STAFF, "/staff/"},
		{HL_REF_RECIPIENT, "/recipient/"}, {HL_REF_HASH, "/hash/"},
		{HL_REF_HASH_LIST, "/hash-list/"},
		{HL_REF_LIST_ENTRY, "/lists/entry/"},
		{HL_REF_CONSUMER, "/lists/consumer/"},
		{HL_REF_APPEAL, "/lists/appeal/"}};
	int64_t id;

	for (size_t i = 0; i < HL_ARRAY_LEN(pages); i++) {
		if (hl_ref_parse(pages[i].kind, typed, &id) == 0) {
			return hl_desk_path(
				arena, pages[i].prefix, pages[i].kind, id, "");
		}
	}
	return HL_STR_NONE;
}

int hl_desk_find_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_casework_found found = {0};
	struct hl_desk_queue v = {0};
	struct hl_str href = HL_STR_NONE;
	struct hl_web_form query;
	int r = hl_web_query_read(ctx, req, &query);

	if (r) {
		return r;
	}
	v.typed = hl_web_form_get(&query, "ref");
	href = page_of(ctx->arena, v.typed);
	if (!href.n) {
		r = hl_casework_find(
			hl_desk_who(ctx), v.typed, &found, &ctx->err);
		href = r == 0 ? found_href(ctx, &found) : HL_STR_NONE;
	}
	if (r < 0 && r != HL_E_INVALID) {
		return r;
	}
	if (href.n) {
		return hl_web_see_other(resp, href);
	}
	v.typed_error = v.typed.n ? hl_web_tr(HL_TR("There is nothing by this "
						    "reference that you may "
						    "see. Check each letter"))
				  : hl_web_tr(HL_TR("Enter a reference"));
	return show(ctx, req, resp, &v);
}

int hl_desk_waiting_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_casework_waiting *from;
	struct hl_casework_window part = {.n_most = HL_DESK_ROWS + 1};
	struct hl_desk_waiting_row *rows;
	struct hl_desk_waiting v = {0};
	struct hl_web_form query;
	size_t page = 1, n;
	int r = hl_web_query_read(ctx, req, &query);

	if (!r) {
		page = hl_desk_page_no(&query);
		part.n_skip = hl_desk_page_skip(page);
		r = hl_casework_waiting(
			hl_desk_who(ctx), &part, &from, &n, &ctx->err);
	}
	if (r) {
		return r;
	}
	v.pages =
		hl_desk_pages(ctx->arena, HL_STR("/reports/waiting"), page, &n);
	rows = hl_arena_array(ctx->arena, n, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		rows[i] = (struct hl_desk_waiting_row){.id = from[i].id,
			.received_at_us = from[i].received_at_us,
			.reason = hl_desk_word(
				&hl_vocab_triage_reason, (int)from[i].reason),
			.place = hl_desk_word(&hl_vocab_place, from[i].place),
			.danger = from[i].danger == HL_YNU_YES,
			.has_contact = from[i].has_contact,
			.is_test = from[i].is_test};
	}
	v.rows = rows;
	v.n_rows = rows ? n : 0;
	hl_desk_page_init(ctx, req, &v.page,
		hl_web_tr(HL_TR("Reports for a person to decide")), "/queue");
	v.page.web.wide = true;
	v.page.web.back_href = HL_STR("/queue");
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_waiting(&resp->body, &v);
	return 0;
}
