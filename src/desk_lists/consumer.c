/* SPDX-License-Identifier: Apache-2.0 */
/* A consumer's page. */
#include "desk_lists/consumer.h"

#include "web/templates.h"

#define FACTS_MAX 20
#define CANARIES_MOST 50

static void add_asked(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *c, struct hl_w_summary_row *rows,
	size_t *n)
{
	struct hl_arena *arena = ctx->arena;

	hl_desk_put_row(rows, n, HL_TR("Asked for today"),
		hl_desk_fill(arena, HL_TR("{1} of {2} hosts"),
			hl_desk_lists_number(arena, c->asked_today),
			hl_desk_lists_number(arena, c->budget)));
	if (c->refused_today) {
		hl_desk_put_row(rows, n, HL_TR("Refused today"),
			hl_desk_fill(arena,
				HL_TR("{1} hosts, the last in the hour from "
				      "{2}"),
				hl_desk_lists_number(arena, c->refused_today),
				hl_desk_at(arena,
					c->refused_hour * HL_US_PER_HOUR)));
	}
}

static void add_state(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *c, struct hl_w_summary_row *rows,
	size_t *n)
{
	struct hl_arena *arena = ctx->arena;
	struct hl_str version = hl_desk_lists_number(arena, c->list_version);
	struct hl_str age = hl_desk_span(arena, ctx->now_us - c->made_at_us);

	if (c->list_version) {
		hl_desk_put_row(rows, n, HL_TR("Its list"),
			hl_desk_fill(arena, HL_TR("Version {1}, {2} old"),
				version, age));
		hl_desk_put_row(rows, n, HL_TR("Good until"),
			hl_desk_at(arena, c->expires_at_us));
		hl_desk_put_row(rows, n, HL_TR("Hosts on it"),
			hl_desk_lists_number(arena, c->n_rows));
	} else {
		hl_desk_put_row(rows, n, HL_TR("Its list"),
			hl_web_tr(HL_TR("none was made yet")));
	}
	if (c->tier != HL_LIST_TIER_CLEAR) {
		add_asked(ctx, c, rows, n);
	}
	if (c->tier == HL_LIST_TIER_CLEAR) {
		hl_desk_put_row(rows, n, HL_TR("Its zone"),
			hl_desk_lists_zone(ctx, c->id));
	}
	hl_desk_put_row(rows, n, HL_TR("Last fetched"),
		c->fetched_hour
			? hl_desk_at(arena, c->fetched_hour * HL_US_PER_HOUR)
			: hl_web_tr(HL_TR("not yet")));
	hl_desk_put_row(rows, n, HL_TR("Last counters"),
		c->counted_hour ? hl_desk_at(arena,
					  c->counted_hour * 3600 * HL_US_PER_S)
				: hl_web_tr(HL_TR("none yet")));
}

static void add_facts(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *c, struct hl_desk_lists_consumer *v)
{
	struct hl_w_summary_row *rows =
		hl_arena_array(ctx->arena, FACTS_MAX, sizeof(*rows));
	size_t n = 0;

	if (!rows) {
		return;
	}
	hl_desk_put_row(rows, &n, HL_TR("Whom to call"), c->contact);
	hl_desk_put_row(rows, &n, HL_TR("How it checks"),
		hl_desk_word(&hl_vocab_list_tier, (int)c->tier));
	hl_desk_put_row(rows, &n, HL_TR("Why the risk is taken"),
		c->tier == HL_LIST_TIER_OFFLINE ? c->risk : HL_STR_NONE);
	hl_desk_put_row(rows, &n, HL_TR("New entries"),
		hl_desk_word(&hl_vocab_list_stage, (int)c->stage));
	if (c->state == HL_LIST_CONSUMER_ACTIVE) {
		add_state(ctx, c, rows, &n);
	}
	hl_desk_put_row(rows, &n, HL_TR("Told of changes"), c->notify);
	hl_desk_put_row(rows, &n, HL_TR("Key of its counters"), c->sign_key);
	hl_desk_put_row(rows, &n, HL_TR("Proposed by"),
		hl_desk_lists_by(ctx, c->proposed_name, c->proposed_at_us));
	hl_desk_put_row(rows, &n, HL_TR("Approved by"),
		hl_desk_lists_by(ctx, c->approved_name, c->approved_at_us));
	hl_desk_put_row(rows, &n,
		c->state == HL_LIST_CONSUMER_REFUSED ? HL_TR("Refused by")
						     : HL_TR("Ended by"),
		hl_desk_lists_by(ctx, c->ended_name, c->ended_at_us));
	v->facts = rows;
	v->n_facts = n;
}

static void fill_change(struct hl_web_ctx *ctx,
	const struct hl_publish_change *from, struct hl_desk_lists_change *out)
{
	struct hl_w_summary_row *rows =
		hl_arena_array(ctx->arena, 4, sizeof(*rows));
	size_t n = 0;

	if (rows && from->tier >= 0) {
		hl_desk_put_row(rows, &n, HL_TR("How it checks"),
			hl_desk_word(&hl_vocab_list_tier, from->tier));
	}
	if (rows && from->stage >= 0) {
		hl_desk_put_row(rows, &n, HL_TR("New entries"),
			hl_desk_word(&hl_vocab_list_stage, from->stage));
	}
	if (rows && from->budget >= 0) {
		hl_desk_put_row(rows, &n, HL_TR("Budget"),
			hl_desk_lists_number(ctx->arena, from->budget));
	}
	if (rows) {
		hl_desk_put_row(
			rows, &n, HL_TR("Why the risk is taken"), from->risk);
	}
	*out = (struct hl_desk_lists_change){.id = from->id,
		.rows = rows,
		.n_rows = n,
		.by = from->proposed_name,
		.at = hl_desk_at(ctx->arena, from->proposed_at_us),
		.may_approve = from->may_approve,
		.may_drop = from->may_drop,
		.mine = from->mine,
		.offline = from->tier == HL_LIST_TIER_OFFLINE};
}

static int add_changes(
	struct hl_web_ctx *ctx, int64_t id, struct hl_desk_lists_consumer *v)
{
	const struct hl_publish_change *from;
	struct hl_desk_lists_change *rows;
	size_t n = 0;
	int r = hl_publish_changes(hl_desk_who(ctx), id, &from, &n, &ctx->err);

	if (r) {
		return r;
	}
	rows = hl_arena_array(ctx->arena, n + 1, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		fill_change(ctx, &from[i], &rows[i]);
	}
	v->changes = rows;
	v->n_changes = rows ? n : 0;
	return 0;
}

static int add_canaries(
	struct hl_web_ctx *ctx, int64_t id, struct hl_desk_lists_consumer *v)
{
	struct hl_publish_filter filter = {
		.consumer_id = id, .n_most = CANARIES_MOST};
	const struct hl_publish_row *from;
	int64_t *ids;
	size_t n = 0;
	int r = hl_publish_entries(
		hl_desk_who(ctx), &filter, &from, &n, &ctx->err);

	if (r) {
		return r;
	}
	ids = hl_arena_array(ctx->arena, n + 1, sizeof(*ids));
	for (size_t i = 0; ids && i < n; i++) {
		ids[i] = from[i].id;
	}
	v->canaries = ids;
	v->n_canaries = ids ? n : 0;
	return 0;
}

static void fill(struct hl_web_ctx *ctx, const struct hl_publish_consumer *c,
	struct hl_desk_lists_consumer *v)
{
	v->id = c->id;
	v->version = c->version;
	v->head = (struct hl_w_identity){.kind = hl_web_tr(HL_TR("Consumer")),
		.ref = hl_desk_ref(ctx->arena, HL_REF_CONSUMER, c->id),
		.title = c->name,
		.tag = hl_desk_lists_consumer_tag(c->state)};
	v->n_alarms = hl_desk_lists_alarms(ctx, c, v->alarms);
	v->proposed = c->state == HL_LIST_CONSUMER_PROPOSED;
	v->active = c->state == HL_LIST_CONSUMER_ACTIVE;
	v->offline = c->tier == HL_LIST_TIER_OFFLINE;
	v->clear = c->tier == HL_LIST_TIER_CLEAR;
	v->risk = c->risk;
	v->may_approve = c->may_approve;
	v->may_refuse = c->may_refuse;
	v->may_change = c->may_change;
	v->may_end = c->may_end;
	v->may_token = c->may_token;
	if (v->proposed && !c->may_approve) {
		v->waits = c->approve_why > HL_PUBLISH_NOT_PERMITTED
				   ? hl_desk_lists_why(c->approve_why)
				   : hl_web_tr(HL_TR("It waits for another "
						     "supervisor."));
	}
	if (!v->change_open) {
		hl_desk_lists_consumer_fields(ctx, c, &v->fields);
	}
	hl_desk_lists_consumer_options(ctx, &v->fields);
	add_facts(ctx, c, v);
	if (v->active) {
		hl_desk_lists_consumer_steps(ctx, c, v);
	}
}

/* What was typed and not taken is in v already. */
static int show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_publish_consumer *c,
	struct hl_desk_lists_consumer *v)
{
	struct hl_w_error errors[HL_DESK_LISTS_ERRORS + 1];
	int r = add_changes(ctx, c->id, v);
	size_t n = 0;

	if (!r) {
		r = add_canaries(ctx, c->id, v);
	}
	if (!r) {
		r = hl_desk_lists_consumer_use(ctx, c, v);
	}
	if (r) {
		return r;
	}
	fill(ctx, c, v);
	if (v->change_open) {
		n = hl_desk_lists_consumer_errors(&v->fields, errors);
	}
	if (v->approve_error.n) {
		errors[n++] = (struct hl_w_error){
			v->approve_error, HL_STR("signs_off")};
	}
	hl_desk_page_init(ctx, req, &v->page, c->name, HL_DESK_LISTS);
	v->page.web.back_href = HL_STR(HL_DESK_LISTS_CONSUMERS);
	hl_desk_page_errors(&v->page, errors, n);
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_lists_consumer(&resp->body, v);
	return 0;
}

static int load(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_publish_consumer *out)
{
	int64_t id;
	int r = hl_desk_param(req, 0, HL_REF_CONSUMER, &id);

	return r ? r
		 : hl_publish_consumer(hl_desk_who(ctx), id, out, &ctx->err);
}

int hl_desk_lists_consumer_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_consumer v = {0};
	struct hl_publish_consumer c = {0};
	int r = load(ctx, req, &c);

	return r ? r : show(ctx, req, resp, &c, &v);
}

int hl_desk_lists_consumer_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_consumer v = {.change_open = true};
	struct hl_desk_lists_end end = {0};
	struct hl_publish_consumer c = {0}, before = {0};
	bool waits = false;
	int r = load(ctx, req, &before);

	if (r) {
		return r;
	}
	c = before;
	hl_web_form_get_i64(
		&hl_desk_session_of(ctx)->form, "version", &c.version);
	if (!hl_desk_lists_consumer_read(ctx, &c, &v.fields)) {
		return show(ctx, req, resp, &before, &v);
	}
	end.r = hl_publish_consumer_change(
		hl_desk_who(ctx), &c, &waits, &end.why, &ctx->err);
	if (hl_desk_lists_refused(end.r, end.why)) {
		hl_desk_lists_consumer_refused(end.why, &v.fields);
		return show(ctx, req, resp, &before, &v);
	}
	end.to = hl_desk_lists_consumer_path(ctx->arena, c.id, "");
	end.notice = waits ? hl_web_tr(HL_TR("Saved. What lets it have more "
					     "waits for another supervisor."))
			   : hl_web_tr(HL_TR("Saved."));
	return hl_desk_lists_end(ctx, req, resp, &end);
}

/* The token, in the answer itself: it is kept nowhere. */
static int show_once(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, int64_t id,
	const struct hl_publish_shown *shown)
{
	struct hl_desk_lists_once v = {.id = id};
	struct hl_publish_consumer c = {0};
	int r = hl_publish_consumer(hl_desk_who(ctx), id, &c, &ctx->err);

	if (r) {
		return r;
	}
	hl_desk_page_init(ctx, req, &v.page,
		hl_web_tr(HL_TR("Hand over the token")), HL_DESK_LISTS);
	v.name = c.name;
	v.tsig_name = c.tsig_name;
	v.ref = hl_desk_ref(ctx->arena, HL_REF_CONSUMER, id);
	v.url = c.tier == HL_LIST_TIER_CLEAR
			? HL_STR_NONE
			: hl_str_c(hl_desk_lists_of(ctx)->reach.url);
	v.begin = hl_desk_lists_begin(ctx, &c);
	v.zone = c.tier == HL_LIST_TIER_CLEAR ? hl_desk_lists_zone(ctx, id)
					      : HL_STR_NONE;
	v.token = hl_str_c(shown->token);
	v.tsig = hl_str_c(shown->tsig);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_lists_once(&resp->body, &v);
	return 0;
}

static bool signs_off(const struct hl_web_ctx *ctx)
{
	return hl_web_form_has(
		&hl_desk_session_of(ctx)->form, "signs_off", "yes");
}

int hl_desk_lists_consumer_approve_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_publish_setup setup = hl_desk_lists_setup(ctx);
	struct hl_publish_joining joining = {.signs_off = signs_off(ctx)};
	struct hl_desk_lists_consumer v = {0};
	struct hl_desk_lists_end end = {0};
	struct hl_publish_consumer c = {0};
	int r = load(ctx, req, &c);

	if (!r) {
		r = hl_desk_lists_decision(
			ctx, req, HL_REF_CONSUMER, &joining.decision);
	}
	if (r) {
		return r;
	}
	end.to = hl_desk_lists_consumer_path(ctx->arena, c.id, "");
	end.r = hl_publish_consumer_approve(
		hl_desk_who(ctx), &setup, &joining, &end.why, &ctx->err);
	if (end.r == HL_DENIED && end.why == HL_PUBLISH_RISK) {
		v.approve_error = hl_desk_lists_why(end.why);
		return show(ctx, req, resp, &c, &v);
	}
	r = end.r ? hl_desk_lists_end(ctx, req, resp, &end)
		  : show_once(ctx, req, resp, c.id, &joining.shown);
	hl_publish_shown_wipe(&joining.shown);
	return r;
}

int hl_desk_lists_consumer_token_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_publish_shown shown = {0};
	struct hl_desk_lists_end end = {0};
	struct hl_publish_decision d;
	int r = hl_desk_lists_decision(ctx, req, HL_REF_CONSUMER, &d);

	if (r) {
		return r;
	}
	end.to = hl_desk_lists_consumer_path(ctx->arena, d.id, "");
	end.r = hl_publish_consumer_token(
		hl_desk_who(ctx), &d, &shown, &end.why, &ctx->err);
	r = end.r ? hl_desk_lists_end(ctx, req, resp, &end)
		  : show_once(ctx, req, resp, d.id, &shown);
	hl_publish_shown_wipe(&shown);
	return r;
}

int hl_desk_lists_consumer_refuse_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_desk_lists_press p = {HL_REF_CONSUMER,
		hl_publish_consumer_refuse, HL_TR("Refused. It gets nothing.")};

	return hl_desk_lists_press(ctx, req, resp, &p);
}

int hl_desk_lists_consumer_end_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_desk_lists_press p = {HL_REF_CONSUMER,
		hl_publish_consumer_end,
		HL_TR("Ended. Its token and its lists are good no more.")};

	return hl_desk_lists_press(ctx, req, resp, &p);
}
