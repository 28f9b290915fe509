/* SPDX-License-Identifier: Apache-2.0 */
/* A change of a consumer that waits for a second supervisor; what it asked
 * for by day. */
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
