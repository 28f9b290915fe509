/* SPDX-License-Identifier: Apache-2.0 */
/* An entry's page, and what is done there. */
#include "desk_lists/inner.h"

#include "web/templates.h"

#define FACTS_MAX 16

static void add_people(struct hl_web_ctx *ctx, const struct hl_publish_row *row,
	struct hl_w_summary_row *rows, size_t *n)
{
	bool refused = row->state == HL_LIST_REFUSED;

	hl_desk_put_row(rows, n, HL_TR("Proposed by"),
		hl_desk_lists_by(ctx, row->proposed_name, row->proposed_at_us));
	hl_desk_put_row(rows, n, HL_TR("Approved by"),
		hl_desk_lists_by(ctx, row->approved_name, row->approved_at_us));
	hl_desk_put_row(rows, n, HL_TR("Third person"),
		hl_desk_lists_by(ctx, row->third_name, row->third_at_us));
	hl_desk_put_row(rows, n,
		refused ? HL_TR("Refused by") : HL_TR("Ended by"),
		row->ended_name);
	hl_desk_put_row(rows, n, refused ? HL_TR("Refused") : HL_TR("Ended"),
		row->ended_at_us ? hl_desk_at(ctx->arena, row->ended_at_us)
				 : HL_STR_NONE);
	if (row->ended_why) {
		hl_desk_put_row(rows, n, HL_TR("Why it ended"),
			hl_desk_word(&hl_vocab_list_end, (int)row->ended_why));
	}
}

static void add_life(struct hl_web_ctx *ctx, const struct hl_publish_entry *e,
	struct hl_w_summary_row *rows, size_t *n)
{
	const struct hl_publish_row *row = &e->row;
	struct hl_arena *arena = ctx->arena;

	hl_desk_put_row(rows, n, HL_TR("Last seen there"),
		row->seen_at_us ? hl_desk_at(arena, row->seen_at_us)
				: HL_STR_NONE);
	if (row->state == HL_LIST_ACTIVE && row->kind == HL_LIST_OF_CASE) {
		hl_desk_put_row(rows, n, HL_TR("Who looks"),
			row->watched ? hl_web_tr(HL_TR("the watch"))
				     : hl_web_tr(HL_TR(
					       "people: the watch has not seen "
					       "it in two days")));
		hl_desk_put_row(rows, n,
			HL_TR("Blocked until, if nobody looks"),
			row->expires_at_us
				? hl_desk_at(arena, row->expires_at_us)
				: HL_STR_NONE);
	}
	if (row->first_edition) {
		hl_desk_put_row(rows, n, HL_TR("First published"),
			hl_desk_fill(arena, HL_TR("Edition {1}, {2}"),
				hl_desk_lists_number(arena, row->first_edition),
				hl_desk_at(arena, row->released_at_us)));
	}
	hl_desk_put_row(rows, n, HL_TR("Blocked in 30 days, as told"),
		e->n_hits ? hl_desk_fill(arena,
				    HL_TR("{1} requests of {2} clients"),
				    hl_desk_lists_number(arena, e->n_hits),
				    hl_desk_lists_number(arena, e->n_clients))
			  : HL_STR_NONE);
}

static void add_facts(struct hl_web_ctx *ctx, const struct hl_publish_entry *e,
	struct hl_desk_lists_entry *v)
{
	struct hl_w_summary_row *rows =
		hl_arena_array(ctx->arena, FACTS_MAX, sizeof(*rows));
	size_t n = 0;

	if (!rows) {
		return;
	}
	if (e->row.case_id) {
		hl_desk_put_row(rows, &n, HL_TR("Case"),
			hl_desk_ref(ctx->arena, HL_REF_CASE, e->row.case_id));
		rows[n - 1].href = hl_desk_case_path(
			ctx->arena, e->row.case_id, "#block-list");
		rows[n - 1].action = hl_web_tr(HL_TR("See the case"));
	}
	if (e->row.consumer_id) {
		hl_desk_put_row(rows, &n, HL_TR("Canary of"),
			hl_desk_ref(ctx->arena, HL_REF_CONSUMER,
				e->row.consumer_id));
		rows[n - 1].href = hl_desk_lists_consumer_path(
			ctx->arena, e->row.consumer_id, "");
		rows[n - 1].action = hl_web_tr(HL_TR("See the consumer"));
	}
	if (e->row.reason) {
		hl_desk_put_row(rows, &n, HL_TR("Why more than a page"),
			hl_desk_word(
				&hl_vocab_list_reason, (int)e->row.reason));
	}
	add_people(ctx, &e->row, rows, &n);
	add_life(ctx, e, rows, &n);
	v->facts = rows;
	v->n_facts = n;
}

/* Who read it stands apart from what was done. */
static void add_events(struct hl_web_ctx *ctx, const struct hl_publish_entry *e,
	struct hl_desk_lists_entry *v)
{
	struct hl_w_event *events =
		hl_arena_array(ctx->arena, e->n_events + 1, sizeof(*events));
	struct hl_w_event *reads =
		hl_arena_array(ctx->arena, e->n_events + 1, sizeof(*reads));

	for (size_t i = 0; events && reads && i < e->n_events; i++) {
		struct hl_w_event event = {
			.title = hl_desk_word(
				&hl_vocab_event, (int)e->events[i].kind),
			.by = e->events[i].name,
			.at_us = e->events[i].at_us};

		if (e->events[i].kind == HL_EVENT_LIST_READ) {
			reads[v->n_reads++] = event;
		} else {
			events[v->n_events++] = event;
		}
	}
	v->events = events;
	v->reads = reads;
}

/* Why the place is not shown to this person. */
static struct hl_str hidden_text(const struct hl_publish_entry *e)
{
	if (e->host.n) {
		return HL_STR_NONE;
	}
	if (e->row.state == HL_LIST_ENDED || e->row.state == HL_LIST_REFUSED) {
		return hl_web_tr(HL_TR("What it blocked is no longer kept "
				       "here. The case has the address."));
	}
	return e->row.kind == HL_LIST_CANARY
		       ? hl_web_tr(HL_TR("A canary: a name of our own that is "
					 "on one consumer’s list only. Who "
					 "blocks it has that list."))
		       : hl_web_tr(HL_TR("The address is shown to those who "
					 "may see the case."));
}

static struct hl_str waits_text(const struct hl_publish_entry *e)
{
	if (e->row.state == HL_LIST_PROPOSED && !e->may_approve) {
		return e->approve_why > HL_PUBLISH_NOT_PERMITTED
			       ? hl_desk_lists_why(e->approve_why)
			       : hl_web_tr(HL_TR("It waits for a second "
						 "person."));
	}
	if (e->row.state == HL_LIST_THIRD && !e->may_third) {
		return e->third_why > HL_PUBLISH_NOT_PERMITTED
			       ? hl_desk_lists_why(e->third_why)
			       : hl_web_tr(HL_TR("It waits for a third "
						 "person, a supervisor."));
	}
	return HL_STR_NONE;
}

static bool ends_by_person(int value)
{
	return hl_list_end_by_person((enum hl_list_end)value);
}

static void fill(struct hl_web_ctx *ctx, const struct hl_publish_entry *e,
	int chosen, struct hl_desk_lists_entry *v)
{
	struct hl_desk_lists_row row;
	bool domain = e->row.scope == HL_LIST_DOMAIN;

	hl_desk_lists_row(ctx, &e->row, &row);
	v->id = e->row.id;
	v->version = e->row.version;
	v->n_appeals = e->n_appeals;
	v->head = (struct hl_w_identity){.kind = hl_web_tr(HL_TR("Entry")),
		.ref = hl_desk_ref(ctx->arena, HL_REF_LIST_ENTRY, e->row.id),
		.title = row.scope,
		.tag = row.tag};
	v->host = e->host;
	v->path = domain ? HL_STR_NONE : e->path;
	v->address = e->address;
	v->any = e->row.scope == HL_LIST_ANY_QUERY;
	v->below = domain;
	v->blocks = hl_desk_lists_blocks(e->row.scope, e->path);
	v->spares = hl_desk_lists_spares(e->row.scope, e->path);
	v->hidden = hidden_text(e);
	v->broken = e->broken;
	v->popular = e->row.popular;
	v->soon = row.soon;
	v->over = row.over;
	v->may_approve = e->may_approve;
	v->may_third = e->may_third;
	v->may_refuse = e->may_refuse;
	v->may_look = e->may_look;
	v->may_end = e->may_end;
	v->waits = waits_text(e);
	v->reasons = hl_desk_lists_some(ctx->arena, &hl_vocab_list_end, chosen,
		ends_by_person, &v->n_reasons);
	add_facts(ctx, e, v);
	add_events(ctx, e, v);
}

static int show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, int64_t id, struct hl_desk_lists_entry *v)
{
	struct hl_publish_setup setup = hl_desk_lists_setup(ctx);
	struct hl_w_error problem = {v->reason_error, HL_STR("reason")};
	struct hl_publish_entry e = {0};
	int r = hl_publish_entry(hl_desk_who(ctx), &setup, id, &e, &ctx->err);

	if (r) {
		return r;
	}
	hl_desk_page_init(ctx, req, &v->page,
		hl_desk_fill(ctx->arena, HL_TR("Entry {1}"),
			hl_desk_ref(ctx->arena, HL_REF_LIST_ENTRY, id),
			HL_STR_NONE),
		HL_DESK_LISTS);
	v->page.web.back_href = HL_STR(HL_DESK_LISTS_ENTRIES);
	hl_desk_page_errors(&v->page, &problem, problem.text.n > 0);
	fill(ctx, &e, -1, v);
	hl_web_respond(resp, problem.text.n ? 422 : 200, "text/html");
	hl_tmpl_lists_entry(&resp->body, v);
	return 0;
}

int hl_desk_lists_entry_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_entry v = {0};
	int64_t id;
	int r = hl_desk_param(req, 0, HL_REF_LIST_ENTRY, &id);

	return r ? r : show(ctx, req, resp, id, &v);
}

int hl_desk_lists_approve_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_publish_setup setup = hl_desk_lists_setup(ctx);
	struct hl_desk_lists_end end = {
		.notice = hl_web_tr(HL_TR("Approved. It is in force and goes "
					  "out with the next edition, unless a "
					  "third person is needed."))};
	struct hl_publish_decision d;
	int r = hl_desk_lists_decision(ctx, req, HL_REF_LIST_ENTRY, &d);

	if (r) {
		return r;
	}
	end.to = hl_desk_lists_entry_path(ctx->arena, d.id, "");
	end.r = hl_publish_approve(
		hl_desk_who(ctx), &setup, &d, &end.why, &ctx->err);
	return hl_desk_lists_end(ctx, req, resp, &end);
}

int hl_desk_lists_third_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_publish_setup setup = hl_desk_lists_setup(ctx);
	struct hl_desk_lists_end end = {
		.notice = hl_web_tr(HL_TR("Approved by three. It goes out with "
					  "the next edition."))};
	struct hl_publish_decision d;
	int r = hl_desk_lists_decision(ctx, req, HL_REF_LIST_ENTRY, &d);

	if (r) {
		return r;
	}
	end.to = hl_desk_lists_entry_path(ctx->arena, d.id, "");
	end.r = hl_publish_third(
		hl_desk_who(ctx), &setup, &d, &end.why, &ctx->err);
	return hl_desk_lists_end(ctx, req, resp, &end);
}

int hl_desk_lists_refuse_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_desk_lists_press p = {HL_REF_LIST_ENTRY,
		hl_publish_refuse, HL_TR("Refused. It is not published.")};

	return hl_desk_lists_press(ctx, req, resp, &p);
}

int hl_desk_lists_look_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_desk_lists_press p = {HL_REF_LIST_ENTRY,
		hl_publish_looked,
		HL_TR("Noted. It stays listed for 72 hours from now.")};

	return hl_desk_lists_press(ctx, req, resp, &p);
}

int hl_desk_lists_end_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_end end = {
		.notice = hl_web_tr(HL_TR("Ended. It is taken off within a "
					  "minute; consumers follow when they "
					  "next fetch."))};
	struct hl_desk_lists_entry v = {0};
	struct hl_publish_decision d;
	int reason = HL_LIST_END_NOT;
	int r = hl_desk_lists_decision(ctx, req, HL_REF_LIST_ENTRY, &d);

	if (r) {
		return r;
	}
	hl_vocab_parse(&hl_vocab_list_end,
		hl_web_form_get(&hl_desk_session_of(ctx)->form, "reason"),
		&reason);
	if (!ends_by_person(reason)) {
		v.reason_error = hl_web_tr(HL_TR("Choose why it ends"));
		return show(ctx, req, resp, d.id, &v);
	}
	end.to = hl_desk_lists_entry_path(ctx->arena, d.id, "");
	end.r = hl_publish_end(hl_desk_who(ctx), &d, (enum hl_list_end)reason,
		&end.why, &ctx->err);
	return hl_desk_lists_end(ctx, req, resp, &end);
}
