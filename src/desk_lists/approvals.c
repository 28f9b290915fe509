/* SPDX-License-Identifier: Apache-2.0 */
/* What of the lists waits for another person, for the page of all that. */
#include "desk_lists/inner.h"

struct rows {
	struct hl_web_ctx *ctx;
	struct hl_desk_approval *at;
	size_t n, most;
};

static struct hl_desk_approval *add(
	struct rows *rows, const char *what, int64_t by)
{
	struct hl_desk_approval *row =
		rows->n < rows->most ? &rows->at[rows->n++] : NULL;

	if (!row) {
		return NULL;
	}
	*row = (struct hl_desk_approval){.what = hl_web_tr(what),
		.mine = by == hl_desk_who(rows->ctx)->actor.user_id};
	return row;
}

static int add_entries(struct rows *rows, enum hl_list_state state)
{
	struct hl_publish_filter filter = {
		.state = state, .n_most = HL_DESK_ROWS};
	struct hl_arena *arena = rows->ctx->arena;
	const struct hl_publish_row *from;
	size_t n = 0;
	int r = hl_publish_entries(
		hl_desk_who(rows->ctx), &filter, &from, &n, &rows->ctx->err);

	for (size_t i = 0; !r && i < n; i++) {
		bool third = state == HL_LIST_THIRD;
		struct hl_desk_approval *row = add(rows,
			third ? HL_TR("Block something of a popular host")
			      : HL_TR("Block an address"),
			from[i].proposed_by);

		if (row) {
			row->ref = hl_desk_ref(
				arena, HL_REF_LIST_ENTRY, from[i].id);
			row->who = from[i].proposed_name;
			row->at_us = from[i].proposed_at_us;
			row->href =
				hl_desk_lists_entry_path(arena, from[i].id, "");
		}
	}
	return r;
}

static int add_consumers(struct rows *rows)
{
	struct hl_arena *arena = rows->ctx->arena;
	const struct hl_publish_consumer *from;
	size_t n = 0;
	int r = hl_publish_consumers(
		hl_desk_who(rows->ctx), &from, &n, &rows->ctx->err);

	for (size_t i = 0; !r && i < n; i++) {
		struct hl_desk_approval *row;

		if (from[i].state != HL_LIST_CONSUMER_PROPOSED) {
			continue;
		}
		row = add(rows, HL_TR("Give a consumer the block list"),
			from[i].proposed_by);
		if (row) {
			row->ref =
				hl_desk_ref(arena, HL_REF_CONSUMER, from[i].id);
			row->who = from[i].proposed_name;
			row->at_us = from[i].proposed_at_us;
			row->href = hl_desk_lists_consumer_path(
				arena, from[i].id, "");
		}
	}
	return r;
}

static int add_changes(struct rows *rows)
{
	struct hl_arena *arena = rows->ctx->arena;
	const struct hl_publish_change *from;
	size_t n = 0;
	int r = hl_publish_changes(
		hl_desk_who(rows->ctx), 0, &from, &n, &rows->ctx->err);

	for (size_t i = 0; !r && i < n; i++) {
		struct hl_desk_approval *row = add(rows,
			HL_TR("Let a consumer have more"), from[i].proposed_by);

		if (row) {
			row->ref = hl_desk_ref(
				arena, HL_REF_CONSUMER, from[i].consumer_id);
			row->who = from[i].proposed_name;
			row->at_us = from[i].proposed_at_us;
			row->href = hl_desk_lists_consumer_path(
				arena, from[i].consumer_id, "#proposed");
		}
	}
	return r;
}

static int add_switches(struct rows *rows)
{
	struct hl_publish_status s = {0};
	int r = hl_publish_status(hl_desk_who(rows->ctx), &s, &rows->ctx->err);
	struct hl_desk_approval *row;

	if (!r && s.rollback_id &&
		(row = add(rows, HL_TR("Roll the block list back"),
			 s.rollback_by))) {
		row->who = s.rollback_name;
		row->at_us = s.rollback_at_us;
		row->href = HL_STR(HL_DESK_LISTS_EDITIONS);
	}
	if (!r && s.resume_by &&
		(row = add(
			 rows, HL_TR("Resume the block list"), s.resume_by))) {
		row->who = s.resume_name;
		row->at_us = s.resume_at_us;
		row->href = HL_STR(HL_DESK_LISTS);
	}
	return r;
}

int hl_desk_lists_approvals(
	struct hl_web_ctx *ctx, const struct hl_desk_approval **out, size_t *n)
{
	struct rows rows = {.ctx = ctx, .most = (size_t)4 * HL_DESK_ROWS};
	int r;

	*n = 0;
	rows.at = hl_arena_array(ctx->arena, rows.most, sizeof(*rows.at));
	if (!rows.at) {
		return HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");
	}
	if ((r = add_entries(&rows, HL_LIST_PROPOSED)) ||
		(r = add_entries(&rows, HL_LIST_THIRD)) ||
		(r = add_consumers(&rows)) || (r = add_changes(&rows)) ||
		(r = add_switches(&rows))) {
		return r;
	}
	*out = rows.at;
	*n = rows.n;
	return 0;
}
