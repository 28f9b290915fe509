/* SPDX-License-Identifier: Apache-2.0 */
/* What is published now, what is not right, and the switch for all of it. */
#include "desk_lists/consumer.h"

#include "web/templates.h"

#define EDITIONS_MOST 100
#define ROOT_SOON_US (30 * HL_US_PER_DAY)
#define FACTS_MAX 8

struct now {
	struct hl_publish_status status;
	struct hl_publish_counts counts;
	const struct hl_publish_edition *editions;
	const struct hl_publish_consumer *consumers;
	size_t n_editions, n_consumers;
};

static int load(struct hl_web_ctx *ctx, struct now *now)
{
	const struct hl_who *who = hl_desk_who(ctx);
	int r = hl_publish_status(who, &now->status, &ctx->err);

	if (!r) {
		r = hl_publish_counts(who, &now->counts, &ctx->err);
	}
	if (!r) {
		r = hl_publish_editions(who, EDITIONS_MOST, &now->editions,
			&now->n_editions, &ctx->err);
	}
	if (!r) {
		r = hl_publish_consumers(
			who, &now->consumers, &now->n_consumers, &ctx->err);
	}
	return r;
}

static const struct hl_publish_edition *published(const struct now *now)
{
	for (size_t i = 0; i < now->n_editions; i++) {
		if (now->editions[i].state == HL_LIST_EDITION_PUBLISHED) {
			return &now->editions[i];
		}
	}
	return NULL;
}

static void add_facts(struct hl_web_ctx *ctx, const struct now *now,
	struct hl_desk_lists_overview *v)
{
	struct hl_w_summary_row *rows =
		hl_arena_array(ctx->arena, FACTS_MAX, sizeof(*rows));
	const struct hl_publish_edition *out = published(now);
	struct hl_arena *arena = ctx->arena;
	size_t n = 0;

	if (!rows) {
		return;
	}
	if (out) {
		hl_desk_put_row(rows, &n, HL_TR("Edition"),
			hl_desk_fill(arena, HL_TR("{1}, made {2}"),
				hl_desk_lists_number(arena, out->id),
				hl_desk_at(arena, out->at_us)));
		hl_desk_put_row(rows, &n, HL_TR("Entries"),
			hl_desk_lists_number(arena, out->n_entries));
		hl_desk_put_row(rows, &n, HL_TR("Hosts"),
			hl_desk_lists_number(arena, out->n_hosts));
	}
	hl_desk_put_row(rows, &n, HL_TR("In force now"),
		hl_desk_count(arena, HL_TR("{n} entry"), HL_TR("{n} entries"),
			now->counts.n_active));
	v->facts = rows;
	v->n_facts = n;
}

static void add_wait(struct hl_web_ctx *ctx, struct hl_desk_lists_overview *v,
	const char *text, const char *href, int64_t n)
{
	if (n > 0 && v->n_waits < HL_ARRAY_LEN(v->waits)) {
		v->waits[v->n_waits++] =
			(struct hl_w_link){.text = hl_web_tr(text),
				.href = hl_str_c(href),
				.count = hl_desk_lists_number(ctx->arena, n)};
	}
}

static void add_waits(struct hl_web_ctx *ctx, const struct hl_publish_counts *c,
	struct hl_desk_lists_overview *v)
{
	add_wait(ctx, v, HL_TR("Entries that wait for a second person"),
		"/lists/entries?tab=waiting", c->n_proposed);
	add_wait(ctx, v, HL_TR("Entries that wait for a third person"),
		"/lists/entries?tab=third", c->n_third);
	add_wait(ctx, v, HL_TR("Entries that end unless somebody looks"),
		"/lists/entries?tab=look", c->n_looks);
	add_wait(ctx, v, HL_TR("Consumers to approve, or a change of one"),
		HL_DESK_LISTS_CONSUMERS, c->n_consumers + c->n_changes);
	add_wait(ctx, v, HL_TR("A roll-back to approve"),
		HL_DESK_LISTS_EDITIONS, c->n_rollbacks);
	if (hl_desk_lists_may(ctx, HL_AUTHZ_APPEAL_READ)) {
		add_wait(ctx, v, HL_TR("Appeals to decide"),
			HL_DESK_LISTS_APPEALS, c->n_appeals);
	}
}

static void add_alarm(
	struct hl_desk_lists_overview *v, struct hl_desk_lists_alarm alarm)
{
	if (v->n_alarms < HL_ARRAY_LEN(v->alarms)) {
		v->alarms[v->n_alarms++] = alarm;
	}
}

/* Until the publisher has a key, more is missing than a root. */
static void add_root(struct hl_web_ctx *ctx, const struct now *now,
	struct hl_desk_lists_overview *v)
{
	const struct hl_publish_status *s = &now->status;
	int64_t left = s->root_expires_us - ctx->now_us;
	struct hl_str text = HL_STR_NONE;

	if (s->ready && !s->root_version) {
		text = hl_web_tr(HL_TR("No root is installed: nothing is "
				       "published. “hotline list root new” "
				       "begins one."));
	} else if (s->ready && left <= 0) {
		text = hl_web_tr(HL_TR("The root has expired: nothing is "
				       "published. The holders of its keys "
				       "must sign a new one."));
	} else if (s->ready && left < ROOT_SOON_US) {
		text = hl_desk_fill(ctx->arena,
			HL_TR("The root expires on {1}. The holders of its "
			      "keys must sign a new one before."),
			hl_desk_at(ctx->arena, s->root_expires_us),
			HL_STR_NONE);
	}
	if (text.n) {
		add_alarm(v, (struct hl_desk_lists_alarm){.text = text});
	}
}

/* Before anybody tries to add a consumer, not after. */
static void add_unset(struct hl_web_ctx *ctx, struct hl_desk_lists_overview *v)
{
	struct hl_str texts[HL_DESK_LISTS_UNSET];
	size_t n = hl_desk_lists_unset(ctx, texts);

	for (size_t i = 0; i < n; i++) {
		add_alarm(v, (struct hl_desk_lists_alarm){.text = texts[i]});
	}
}

static void add_consumer_alarms(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *c, struct hl_desk_lists_overview *v)
{
	struct hl_str texts[HL_DESK_LISTS_ALARMS];
	size_t n = hl_desk_lists_alarms(ctx, c, texts);

	for (size_t i = 0; i < n; i++) {
		add_alarm(v, (struct hl_desk_lists_alarm){.text = texts[i],
				     .href = hl_desk_lists_consumer_path(
					     ctx->arena, c->id, ""),
				     .link = c->name});
	}
}

static void add_consumers(struct hl_web_ctx *ctx, const struct now *now,
	struct hl_desk_lists_overview *v)
{
	struct hl_desk_lists_consumer_row *rows =
		hl_arena_array(ctx->arena, now->n_consumers + 1, sizeof(*rows));

	for (size_t i = 0; rows && i < now->n_consumers; i++) {
		if (now->consumers[i].state == HL_LIST_CONSUMER_ACTIVE) {
			hl_desk_lists_consumer_row(ctx, &now->consumers[i],
				&rows[v->n_consumers++]);
			add_consumer_alarms(ctx, &now->consumers[i], v);
		}
	}
	v->consumers = rows;
}

static void add_held(struct hl_web_ctx *ctx, const struct now *now,
	struct hl_desk_lists_overview *v)
{
	struct hl_desk_lists_edition_row *rows =
		hl_arena_array(ctx->arena, now->n_editions + 1, sizeof(*rows));

	for (size_t i = 0; rows && i < now->n_editions; i++) {
		if (now->editions[i].state == HL_LIST_EDITION_HELD) {
			hl_desk_lists_edition_row(
				ctx, &now->editions[i], &rows[v->n_held++]);
		}
	}
	v->held = rows;
}

static void add_tabs(struct hl_web_ctx *ctx, struct hl_desk_lists_overview *v)
{
	const struct hl_w_link links[] = {{.text = hl_web_tr(HL_TR("Overview")),
						  .href = HL_STR(HL_DESK_LISTS),
						  .current = true},
		{.text = hl_web_tr(HL_TR("Entries")),
			.href = HL_STR(HL_DESK_LISTS_ENTRIES)},
		{.text = hl_web_tr(HL_TR("Consumers")),
			.href = HL_STR(HL_DESK_LISTS_CONSUMERS)},
		{.text = hl_web_tr(HL_TR("Editions")),
			.href = HL_STR(HL_DESK_LISTS_EDITIONS)},
		{.text = hl_web_tr(HL_TR("Appeals")),
			.href = HL_STR(HL_DESK_LISTS_APPEALS)}};
	size_t n = HL_ARRAY_LEN(links) -
		   !hl_desk_lists_may(ctx, HL_AUTHZ_APPEAL_READ);
	struct hl_w_link *kept = hl_arena_array(ctx->arena, n, sizeof(*kept));

	if (kept) {
		memcpy(kept, links, n * sizeof(*kept));
		v->tabs = (struct hl_w_nav){
			hl_web_tr(HL_TR("Block lists")), kept, n};
	}
}

static void fill(struct hl_web_ctx *ctx, const struct now *now,
	struct hl_desk_lists_overview *v)
{
	const struct hl_publish_status *s = &now->status;

	v->ready = s->ready;
	v->halted = s->halted_by != 0;
	v->resuming = s->resume_by != 0;
	v->may_halt = s->may_halt;
	v->may_resume = s->may_resume;
	v->may_add = hl_desk_lists_may(ctx, HL_AUTHZ_CONSUMER_MANAGE);
	v->halted_by = hl_desk_lists_by(ctx, s->halted_name, s->halted_at_us);
	v->resume_by = hl_desk_lists_by(ctx, s->resume_name, s->resume_at_us);
	add_facts(ctx, now, v);
	add_waits(ctx, &now->counts, v);
	add_root(ctx, now, v);
	add_unset(ctx, v);
	add_consumers(ctx, now, v);
	add_held(ctx, now, v);
	add_tabs(ctx, v);
}

int hl_desk_lists_overview_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_overview v = {0};
	struct now now = {0};
	int r = load(ctx, &now);

	if (r) {
		return r;
	}
	hl_desk_page_init(ctx, req, &v.page, hl_web_tr(HL_TR("Block lists")),
		HL_DESK_LISTS);
	v.page.web.wide = true;
	fill(ctx, &now, &v);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_lists_overview(&resp->body, &v);
	return 0;
}

int hl_desk_lists_halt_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_end end = {.to = HL_STR(HL_DESK_LISTS),
		.notice = hl_web_tr(HL_TR("Halted. Nothing new goes out; what "
					  "is out ends by itself within a "
					  "day."))};

	end.r = hl_publish_halt(hl_desk_who(ctx), &end.why, &ctx->err);
	return hl_desk_lists_end(ctx, req, resp, &end);
}

int hl_desk_lists_resume_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_end end = {.to = HL_STR(HL_DESK_LISTS)};
	bool waits = false;

	end.r = hl_publish_resume(
		hl_desk_who(ctx), &waits, &end.why, &ctx->err);
	end.notice = waits ? hl_web_tr(HL_TR("Proposed. Another supervisor has "
					     "to resume it as well."))
			   : hl_web_tr(HL_TR("Resumed. The next edition goes "
					     "out within a minute."));
	return hl_desk_lists_end(ctx, req, resp, &end);
}
