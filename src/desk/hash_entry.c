/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the lists of known hashes: all, one, and a typed one. */
#include "desk/hash.h"

#include "casefile/casefile.h"
#include "web/templates.h"

#define VALUES_SHOWN 64

enum tab { TAB_WAITING, TAB_IN_USE, TAB_DOUBTED, TAB_WITHDRAWN, TABS };
static const struct {
	const char *name, *title, *empty;
	enum hl_hash_state state;
	bool doubted;
} tabs[TABS] = {
	{"waiting", HL_TR("To approve"),
		HL_TR("What somebody proposes waits here for a second person."),
		HL_HASH_PROPOSED, false},
	{"in-use", HL_TR("In use"),
		HL_TR("Hashes come here when two people have approved them, or "
		      "with a partner’s list."),
		HL_HASH_ACTIVE, false},
	{"doubted", HL_TR("Doubted"),
		HL_TR("What somebody doubts resolves nothing until a "
		      "supervisor has looked at it."),
		HL_HASH_ACTIVE, true},
	{"withdrawn", HL_TR("Withdrawn"),
		HL_TR("What was taken out of use stays here, with the reason."),
		HL_HASH_WITHDRAWN, false},
};

static size_t read_tab(const struct hl_web_form *query)
{
	for (size_t i = 0; i < TABS; i++) {
		if (hl_web_form_has(query, "tab", tabs[i].name)) {
			return i;
		}
	}
	return TAB_WAITING;
}

static struct hl_str tab_href(
	struct hl_arena *arena, size_t tab, int64_t list_id)
{
	struct hl_str ref = hl_desk_ref(arena, HL_REF_HASH_LIST, list_id);

	return list_id ? hl_arena_printf(arena,
				 "/hashes/entries?tab=%s&list=%.*s",
				 tabs[tab].name, HL_STR_ARG(ref))
		       : hl_arena_printf(arena, "/hashes/entries?tab=%s",
				 tabs[tab].name);
}

static void add_tabs(struct hl_web_ctx *ctx, size_t tab, int64_t list_id,
	struct hl_desk_hash_entries *v)
{
	struct hl_w_link *links =
		hl_arena_array(ctx->arena, TABS, sizeof(*links));

	for (size_t i = 0; links && i < TABS; i++) {
		links[i] = (struct hl_w_link){.text = hl_web_tr(tabs[i].title),
			.href = tab_href(ctx->arena, i, list_id),
			.current = i == tab};
	}
	v->tabs = (struct hl_w_nav){
		hl_web_tr(HL_TR("Entries by state")), links, links ? TABS : 0};
	v->tab_text = hl_web_tr(tabs[tab].title);
}

static void fill_row(struct hl_web_ctx *ctx, const struct hl_registry_row *from,
	struct hl_desk_hash_entry_row *out)
{
	*out = (struct hl_desk_hash_entry_row){.id = from->id,
		.at_us = from->proposed_at_us,
		.n_values = from->n_values,
		.n_resolved = from->n_resolved,
		.list = from->list_name,
		.outcome = from->outcome ? hl_desk_word(&hl_vocab_outcome,
						   (int)from->outcome)
					 : HL_STR_NONE,
		.label = from->label,
		.series = from->series,
		.by = from->proposed_name.n
			      ? from->proposed_name
			      : hl_desk_word(&hl_vocab_hash_origin,
					(int)from->origin),
		.tag = hl_desk_hash_tag(from->state),
		.doubted = from->n_deconfirmed > 0,
		.confirmed = from->n_confirmed > 0,
		.mine = from->proposed_by == hl_desk_who(ctx)->actor.user_id};
}

int hl_desk_hash_entries_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_registry_filter filter = {.n_most = HL_DESK_ROWS + 1};
	const struct hl_registry_row *from;
	struct hl_desk_hash_entry_row *rows;
	struct hl_desk_hash_entries v = {0};
	struct hl_web_form query;
	size_t tab, page, n;
	int r = hl_web_query_read(ctx, req, &query);

	if (r) {
		return r;
	}
	tab = read_tab(&query);
	page = hl_desk_page_no(&query);
	hl_ref_parse(HL_REF_HASH_LIST, hl_web_form_get(&query, "list"),
		&filter.list_id);
	filter.state = tabs[tab].state;
	filter.doubted = tabs[tab].doubted;
	filter.n_skip = hl_desk_page_skip(page);
	r = hl_registry_entries(
		hl_desk_who(ctx), &filter, &from, &n, &ctx->err);
	if (r) {
		return r;
	}
	v.pages = hl_desk_pages(ctx->arena,
		tab_href(ctx->arena, tab, filter.list_id), page, &n);
	rows = hl_arena_array(ctx->arena, n, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		fill_row(ctx, &from[i], &rows[i]);
	}
	v.rows = rows;
	v.n_rows = rows ? n : 0;
	add_tabs(ctx, tab, filter.list_id, &v);
	v.empty = (struct hl_w_empty){hl_web_tr(HL_TR("No entries here")),
		hl_web_tr(tabs[tab].empty), HL_STR_NONE, HL_STR_NONE};
	v.may_type = hl_authz_check(&hl_desk_who(ctx)->actor,
			     HL_AUTHZ_HASHLIST_MANAGE, NULL, NULL) == 0;
	hl_desk_page_init(ctx, req, &v.page,
		hl_web_tr(HL_TR("Entries of known hashes")), "/hashes");
	v.page.web.wide = true;
	v.page.web.back_href = HL_STR("/hashes");
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_hash_entries(&resp->body, &v);
	return 0;
}

static struct hl_str by_text(
	struct hl_web_ctx *ctx, struct hl_str name, int64_t at_us)
{
	return name.n ? hl_desk_fill(ctx->arena, HL_TR("{1}, {2}"), name,
				hl_desk_at(ctx->arena, at_us))
		      : HL_STR_NONE;
}

static bool may_read_case(struct hl_web_ctx *ctx, int64_t case_id)
{
	const struct hl_who *who = hl_desk_who(ctx);
	struct hl_casefile c;

	if (hl_casefile_load(who->store, who->arena, case_id, &c, NULL)) {
		return false;
	}
	struct hl_authz_object o = hl_casefile_object(&c, ctx->now_us);
	return hl_authz_check(&who->actor, HL_AUTHZ_CASE_READ, &o, NULL) == 0;
}

static void put_case(struct hl_web_ctx *ctx, struct hl_w_summary_row *rows,
	size_t *n, int64_t case_id)
{
	if (!case_id) {
		return;
	}
	hl_desk_put_row(rows, n, HL_TR("Case"),
		hl_desk_ref(ctx->arena, HL_REF_CASE, case_id));
	if (!may_read_case(ctx, case_id)) {
		return;
	}
	rows[*n - 1].href = hl_desk_case_path(ctx->arena, case_id, "");
	rows[*n - 1].action = hl_web_tr(HL_TR("Open"));
}

static void add_facts(struct hl_web_ctx *ctx, const struct hl_registry_entry *e,
	struct hl_desk_hash_entry *v)
{
	const struct hl_w_summary_row *answers;
	struct hl_facts facts = {0};
	struct hl_w_summary_row *rows =
		hl_arena_array(ctx->arena, 40, sizeof(*rows));
	size_t n = 0, n_answers = 0;

	if (!rows) {
		return;
	}
	hl_desk_put_row(rows, &n, HL_TR("List"), e->list.name);
	rows[0].href = hl_desk_hash_list_path(ctx->arena, e->list.id, "");
	rows[0].action = hl_web_tr(HL_TR("Open"));
	hl_desk_put_row(rows, &n, HL_TR("Outcome"),
		e->outcome ? hl_desk_word(&hl_vocab_outcome, (int)e->outcome)
			   : HL_STR_NONE);
	hl_desk_put_row(rows, &n, HL_TR("Label"), e->label);
	hl_desk_put_row(rows, &n, HL_TR("Series"), e->series);
	hl_desk_put_row(rows, &n, HL_TR("Comes from"),
		hl_desk_word(&hl_vocab_hash_origin, (int)e->origin));
	hl_desk_put_row(rows, &n, HL_TR("Its owner calls it"), e->foreign_id);
	put_case(ctx, rows, &n, e->case_id);
	hl_desk_put_row(rows, &n, HL_TR("Judged under"), e->profile);
	hl_desk_put_row(rows, &n, HL_TR("Proposed by"),
		by_text(ctx, e->proposed_name, e->proposed_at_us));
	hl_desk_put_row(rows, &n, HL_TR("Approved by"),
		e->approved_by
			? by_text(ctx, e->approved_name, e->approved_at_us)
			: hl_desk_hash_approvers(ctx->arena, e));
	hl_desk_put_row(rows, &n, HL_TR("Withdrawn by"),
		by_text(ctx, e->withdrawn_name, e->withdrawn_at_us));
	hl_desk_put_row(rows, &n, HL_TR("Withdrawn because"),
		e->withdrawn_reason ? hl_desk_word(&hl_vocab_hash_reason,
					      (int)e->withdrawn_reason)
				    : HL_STR_NONE);
	if (e->facts.n &&
		!hl_facts_parse_json(ctx->arena, e->facts, &facts, NULL)) {
		answers = hl_desk_fact_rows(ctx->arena, &facts, &n_answers);
		for (size_t i = 0; answers && i < n_answers && n < 40; i++) {
			rows[n++] = answers[i];
		}
	}
	v->facts = rows;
	v->n_facts = n;
}

static void add_values(struct hl_web_ctx *ctx,
	const struct hl_registry_page *from, struct hl_desk_hash_entry *v)
{
	size_t n =
		from->n_values < VALUES_SHOWN ? from->n_values : VALUES_SHOWN;
	struct hl_desk_hash_row *rows =
		hl_arena_array(ctx->arena, n, sizeof(*rows));

	for (size_t i = 0; rows && i < n; i++) {
		hl_desk_hash_row(ctx->arena, &from->values[i], &rows[i]);
	}
	v->rows = rows;
	v->n_rows = rows ? n : 0;
	v->n_more = from->n_values - n;
}

static void add_opinions(struct hl_web_ctx *ctx,
	const struct hl_registry_page *from, struct hl_desk_hash_entry *v)
{
	struct hl_desk_hash_opinion *rows =
		hl_arena_array(ctx->arena, from->n_opinions, sizeof(*rows));

	for (size_t i = 0; rows && i < from->n_opinions; i++) {
		const struct hl_registry_opinion *o = &from->opinions[i];
		bool doubt = o->opinion == HL_HASH_DECONFIRM;

		rows[i] = (struct hl_desk_hash_opinion){
			.tag = {hl_desk_word(&hl_vocab_hash_opinion,
					(int)o->opinion),
				!o->stands ? HL_STR("grey")
				: doubt    ? HL_STR("red")
					   : HL_STR("green")},
			.reason = hl_desk_word(
				&hl_vocab_hash_reason, (int)o->reason),
			.by = o->hotline.n
				      ? hl_desk_fill(ctx->arena,
						HL_TR("{1}, written down by "
						      "{2}"),
						o->hotline, o->name)
				      : o->name,
			.at_us = o->at_us,
			.stands = o->stands};
	}
	v->opinions = rows;
	v->n_opinions = rows ? from->n_opinions : 0;
}

static void add_uses(struct hl_web_ctx *ctx,
	const struct hl_registry_page *from, struct hl_desk_hash_entry *v)
{
	struct hl_desk_hash_use *rows =
		hl_arena_array(ctx->arena, from->n_uses, sizeof(*rows));

	for (size_t i = 0; rows && i < from->n_uses; i++) {
		rows[i] = (struct hl_desk_hash_use){
			.case_id = from->uses[i].case_id,
			.at_us = from->uses[i].at_us,
			.match = hl_desk_hash_match(ctx->arena,
				from->uses[i].kind, from->uses[i].distance),
			.undone = from->uses[i].undone};
	}
	v->uses = rows;
	v->n_uses = rows ? from->n_uses : 0;
}

static void add_events(struct hl_web_ctx *ctx,
	const struct hl_registry_page *from, struct hl_desk_hash_entry *v)
{
	struct hl_w_event *rows =
		hl_arena_array(ctx->arena, from->n_events, sizeof(*rows));

	for (size_t i = 0; rows && i < from->n_events; i++) {
		const struct hl_happened *e = &from->events[i];
		bool of_case = e->kind == HL_EVENT_HASH_RESOLVED ||
			       e->kind == HL_EVENT_HASH_TAKEN_BACK;

		rows[i] = (struct hl_w_event){
			.title = hl_desk_word(&hl_vocab_event, (int)e->kind),
			.by = e->name,
			.text = of_case ? hl_desk_ref(
						  ctx->arena, HL_REF_CASE, e->a)
					: HL_STR_NONE,
			.at_us = e->at_us};
	}
	v->events = rows;
	v->n_events = rows ? from->n_events : 0;
}

/* The reasons for an opinion, or for withdrawing. */
static const struct hl_w_option *reasons_for(
	struct hl_arena *arena, bool confirming, int chosen, size_t *n)
{
	const struct hl_vocab *v = &hl_vocab_hash_reason;
	struct hl_w_option *made =
		hl_arena_array(arena, v->n_words, sizeof(*made));

	*n = 0;
	for (size_t i = 0; made && i < v->n_words; i++) {
		enum hl_hash_reason reason =
			(enum hl_hash_reason)v->words[i].value;

		if (reason &&
			(confirming || !hl_hash_reason_confirms(reason))) {
			made[(*n)++] = (struct hl_w_option){
				.value = hl_str_c(v->words[i].name),
				.text = hl_web_tr(v->words[i].label),
				.checked = chosen == v->words[i].value};
		}
	}
	return made;
}

static struct hl_str waits_text(const struct hl_registry_page *from)
{
	if (from->entry.state == HL_HASH_PROPOSED && !from->may_approve) {
		return hl_web_tr(HL_TR("It waits for somebody else who judged "
				       "the case, or a supervisor. Until then "
				       "it counts for nothing."));
	}
	if (from->withdrawing) {
		return hl_web_tr(HL_TR("Its withdrawal waits for another "
				       "supervisor, on the page of its list. "
				       "Until then it counts as before."));
	}
	return HL_STR_NONE;
}

static void fill(struct hl_web_ctx *ctx, const struct hl_registry_page *from,
	struct hl_desk_hash_entry *v)
{
	const struct hl_registry_entry *e = &from->entry;

	v->id = e->id;
	v->head =
		(struct hl_w_identity){.kind = hl_web_tr(HL_TR("Known hashes")),
			.ref = hl_desk_ref(ctx->arena, HL_REF_HASH, e->id),
			.title = e->list.name,
			.tag = hl_desk_hash_tag(e->state)};
	v->doubted = e->n_deconfirmed > 0;
	v->may_approve = from->may_approve;
	v->may_withdraw = from->may_withdraw && !from->withdrawing;
	v->may_say = from->may_say;
	v->waits = waits_text(from);
	add_facts(ctx, e, v);
	add_values(ctx, from, v);
	add_opinions(ctx, from, v);
	add_uses(ctx, from, v);
	add_events(ctx, from, v);
}

/* What was chosen in a form that was not taken. */
struct chosen {
	int opinion, reason, withdraw;
};

static int show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, int64_t id, const struct chosen *chosen,
	struct hl_desk_hash_entry *v)
{
	const struct hl_w_error all[] = {{v->opinion_error, HL_STR("opinion")},
		{v->say_error, HL_STR("why")},
		{v->hotline_error, HL_STR("hotline")},
		{v->reason_error, HL_STR("reason")}};
	struct hl_w_error errors[4];
	struct hl_registry_page page;
	size_t n = 0;
	int r = hl_registry_page(hl_desk_who(ctx), id, &page, &ctx->err);

	if (r) {
		return r;
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		if (all[i].text.n) {
			errors[n++] = all[i];
		}
	}
	fill(ctx, &page, v);
	v->opinion_options = hl_desk_options(ctx->arena, &hl_vocab_hash_opinion,
		(uint32_t)chosen->opinion, false, &v->n_opinion_options);
	v->say_reasons = reasons_for(
		ctx->arena, true, chosen->reason, &v->n_say_reasons);
	v->reasons =
		reasons_for(ctx->arena, false, chosen->withdraw, &v->n_reasons);
	hl_desk_page_init(ctx, req, &v->page,
		hl_desk_fill(ctx->arena, HL_TR("Known hashes {1}"),
			hl_desk_ref(ctx->arena, HL_REF_HASH, id), HL_STR_NONE),
		"/hashes");
	v->page.web.back_href = HL_STR("/hashes/entries");
	hl_desk_page_errors(&v->page, errors, n);
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_desk_hash_entry(&resp->body, v);
	return 0;
}

static int entry_param(const struct hl_web_request *req, int64_t *id)
{
	return hl_desk_param(req, 0, HL_REF_HASH, id);
}

int hl_desk_hash_entry_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_hash_entry v = {0};
	struct chosen none = {0};
	int64_t id;
	int r = entry_param(req, &id);

	return r ? r : show(ctx, req, resp, id, &none, &v);
}

int hl_desk_hash_approve_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_hash_end end = {
		.notice = hl_web_tr(HL_TR("Approved. From now on "
					  "these hashes count."))};
	int64_t id;
	int r = entry_param(req, &id);

	if (r) {
		return r;
	}
	end.to = hl_desk_hash_path(ctx->arena, id, "");
	end.r = hl_registry_approve(hl_desk_who(ctx), id, &end.why, &ctx->err);
	return hl_desk_hash_end(ctx, req, resp, &end);
}

int hl_desk_hash_withdraw_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_hash_end end = {0};
	struct hl_desk_hash_entry v = {0};
	struct chosen chosen = {0};
	bool waits = false;
	int64_t id;
	int r = entry_param(req, &id);

	if (r) {
		return r;
	}
	hl_vocab_parse(&hl_vocab_hash_reason,
		hl_web_form_get(&hl_desk_session_of(ctx)->form, "reason"),
		&chosen.withdraw);
	end.to = hl_desk_hash_path(ctx->arena, id, "");
	end.r = hl_registry_withdraw(hl_desk_who(ctx), id,
		(enum hl_hash_reason)chosen.withdraw, &waits, &end.why,
		&ctx->err);
	end.notice = waits ? hl_web_tr(HL_TR("Proposed. It holds cases back: "
					     "another supervisor has to "
					     "approve that it goes."))
			   : hl_web_tr(HL_TR("Withdrawn. These hashes count no "
					     "more."));
	if (end.r == HL_E_INVALID) {
		v.reason_error = hl_web_tr(HL_TR("Choose a reason"));
		return show(ctx, req, resp, id, &chosen, &v);
	}
	return hl_desk_hash_end(ctx, req, resp, &end);
}

static void blame(const struct chosen *chosen, struct hl_desk_hash_entry *v)
{
	if (!chosen->opinion) {
		v->opinion_error = hl_web_tr(HL_TR("Choose an opinion"));
	} else if (!hl_hash_reason_fits(chosen->opinion,
			   (enum hl_hash_reason)chosen->reason)) {
		v->say_error = hl_web_tr(
			HL_TR("Choose a reason that fits the opinion"));
	} else {
		v->hotline_error =
			hl_web_tr(HL_TR("One line of 60 characters at most"));
	}
}

int hl_desk_hash_opinion_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	struct hl_desk_hash_end end = {
		.notice = hl_web_tr(HL_TR("The opinion stands now."))};
	struct hl_desk_hash_entry v = {
		.hotline = hl_web_form_get(form, "hotline")};
	struct chosen chosen = {0};
	int64_t id;
	int r = entry_param(req, &id);

	if (r) {
		return r;
	}
	hl_vocab_parse(&hl_vocab_hash_opinion, hl_web_form_get(form, "opinion"),
		&chosen.opinion);
	hl_vocab_parse(&hl_vocab_hash_reason, hl_web_form_get(form, "why"),
		&chosen.reason);
	end.to = hl_desk_hash_path(ctx->arena, id, "");
	end.r = hl_registry_say(hl_desk_who(ctx), id,
		&(struct hl_registry_saying){
			(enum hl_hash_opinion)chosen.opinion,
			(enum hl_hash_reason)chosen.reason, v.hotline},
		&end.why, &ctx->err);
	if (end.r == HL_E_INVALID) {
		blame(&chosen, &v);
		return show(ctx, req, resp, id, &chosen, &v);
	}
	return hl_desk_hash_end(ctx, req, resp, &end);
}
