/* SPDX-License-Identifier: Apache-2.0 */
/* A change of a consumer that waits for a second supervisor; what it asked
 * for by day; how it is set up. */
#include "desk_lists/consumer.h"

#include "insight/insight.h"

int hl_desk_lists_change_approve_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	struct hl_publish_changing changing = {
		.signs_off = hl_web_form_has(form, "signs_off", "yes")};
	struct hl_desk_lists_end end = {
		.notice = hl_web_tr(HL_TR("Approved. It is in force."))};
	int64_t id;
	int r = hl_desk_param(req, 0, HL_REF_CONSUMER, &id);

	if (r) {
		return r;
	}
	hl_web_form_get_i64(form, "version", &changing.version);
	hl_web_form_get_i64(form, "change", &changing.id);
	end.to = hl_desk_lists_consumer_path(ctx->arena, id, "");
	end.r = hl_publish_change_approve(
		hl_desk_who(ctx), &changing, &end.why, &ctx->err);
	return hl_desk_lists_end(ctx, req, resp, &end);
}

int hl_desk_lists_change_drop_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_end end = {
		.notice = hl_web_tr(HL_TR("Nothing was changed."))};
	int64_t id, change = 0;
	int r = hl_desk_param(req, 0, HL_REF_CONSUMER, &id);

	if (r) {
		return r;
	}
	hl_web_form_get_i64(&hl_desk_session_of(ctx)->form, "change", &change);
	end.to = hl_desk_lists_consumer_path(ctx->arena, id, "");
	end.r = hl_publish_change_drop(
		hl_desk_who(ctx), change, &end.why, &ctx->err);
	return hl_desk_lists_end(ctx, req, resp, &end);
}

static struct hl_str day_text(struct hl_arena *arena, int64_t day)
{
	char at[HL_TIME_ISO_MAX];

	return hl_arena_dup(arena,
		hl_str_sub(hl_time_iso_s(day * HL_US_PER_DAY, at), 0, 10));
}

static void add_table(struct hl_web_ctx *ctx, const struct hl_insight_use *use,
	struct hl_desk_lists_consumer *v)
{
	size_t n = use->asked.n;
	struct hl_w_column *columns =
		hl_arena_array(ctx->arena, 3, sizeof(*columns));
	struct hl_str *cells =
		hl_arena_array(ctx->arena, n * 3 + 1, sizeof(*cells));

	if (!columns || !cells) {
		return;
	}
	columns[0].head = hl_web_tr(HL_TR("Day"));
	columns[1] =
		(struct hl_w_column){hl_web_tr(HL_TR("Hosts asked for")), true};
	columns[2] = (struct hl_w_column){hl_web_tr(HL_TR("Refused")), true};
	for (size_t i = 0; i < n; i++) { /* newest first */
		size_t from = n - 1 - i;

		cells[i * 3] = day_text(ctx->arena, use->asked.at[from].value);
		cells[i * 3 + 1] =
			hl_desk_lists_number(ctx->arena, use->asked.at[from].n);
		cells[i * 3 + 2] = hl_desk_lists_number(
			ctx->arena, use->refused.at[from].n);
	}
	v->use = (struct hl_w_table){
		.caption = hl_web_tr(HL_TR("Hosts asked for, by day")),
		.columns = columns,
		.n_columns = 3,
		.cells = cells,
		.n_rows = n};
}

int hl_desk_lists_consumer_use(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *from,
	struct hl_desk_lists_consumer *v)
{
	int64_t end_us = hl_insight_today_end(ctx->now_us);
	struct hl_insight period = {
		.from_us = end_us - HL_INSIGHT_DAYS * HL_US_PER_DAY,
		.to_us = end_us};
	struct hl_insight_use use = {0};
	int r = hl_insight_list_use(hl_desk_store(ctx), ctx->arena, from->id,
		&period, &use, &ctx->err);

	if (r) {
		return r;
	}
	v->days = hl_desk_days(ctx->arena, &period, &use.asked);
	add_table(ctx, &use, v);
	return 0;
}

#define STEPS_MAX 4

static void add_step(struct hl_desk_lists_step *steps, size_t *n,
	const char *title, const char *text, struct hl_str code)
{
	steps[(*n)++] = (struct hl_desk_lists_step){
		hl_web_tr(title), hl_web_tr(text), code};
}

static void add_clear_steps(struct hl_arena *arena,
	const struct hl_publish_consumer *c, struct hl_desk_lists_step *steps,
	size_t *n)
{
	if (!c->tsig_name.n) {
		add_step(steps, n, HL_TR("Give it a new token"),
			HL_TR("With it a secret for transfers is made, and "
			      "shown once."),
			HL_STR_NONE);
		return;
	}
	add_step(steps, n, HL_TR("Check the transfer"),
		HL_TR("The name server of the list answers transfers that are "
		      "signed with the key of this consumer. The secret goes "
		      "into a file that only the resolver reads."),
		hl_arena_printf(arena,
			"dig @SERVER -p PORT ZONE AXFR "
			"-y hmac-sha256:%.*s:SECRET",
			HL_STR_ARG(c->tsig_name)));
	add_step(steps, n, HL_TR("Set up the resolver"),
		HL_TR("How BIND, Unbound and Knot Resolver take the zone is in "
		      "docs/rpz.md."),
		HL_STR_NONE);
}

void hl_desk_lists_consumer_steps(struct hl_web_ctx *ctx,
	const struct hl_publish_consumer *c, struct hl_desk_lists_consumer *v)
{
	struct hl_desk_lists_step *steps =
		hl_arena_array(ctx->arena, STEPS_MAX, sizeof(*steps));
	struct hl_str url = hl_str_c(hl_desk_lists_of(ctx)->url);
	size_t n = 0;

	if (!steps) {
		return;
	}
	if (!url.n) {
		url = HL_STR("https://LISTS.EXAMPLE");
	}
	if (c->tier == HL_LIST_TIER_CLEAR) {
		add_clear_steps(ctx->arena, c, steps, &n);
	} else {
		add_step(steps, &n, HL_TR("Keep the token in a file"),
			HL_TR("Only the program that asks may read it. The "
			      "token comes from this page; it is shown once."),
			HL_STR("install -m 600 /dev/stdin list.token"));
		add_step(steps, &n, HL_TR("See whether it gets an answer"),
			HL_TR("The manifest says which list is the newest, and "
			      "until when it is good."),
			hl_arena_printf(ctx->arena,
				"curl -H \"Authorization: Bearer $(cat "
				"list.token)\" %.*s/v1/lists/manifest",
				HL_STR_ARG(url)));
		add_step(steps, &n, HL_TR("Compare the root"),
			HL_TR("By telephone, not by the same network: what "
			      "both have of the first root must be the same."),
			hl_arena_printf(ctx->arena,
				"curl -o root-1.txt %.*s/v1/lists/root/1 && "
				"hotline list root show root-1.txt",
				HL_STR_ARG(url)));
		add_step(steps, &n, HL_TR("Set up what blocks"),
			HL_TR("How squid and programs that speak ICAP or HTTP "
			      "are told is in docs/consumers.md."),
			HL_STR_NONE);
	}
	v->steps = steps;
	v->n_steps = n;
}
