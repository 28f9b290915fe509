/* SPDX-License-Identifier: Apache-2.0 */
/* What went out, what was held back, and the way back. */
#include "desk_lists/inner.h"

#include "web/templates.h"

#define EDITIONS_MOST 100

void hl_desk_lists_edition_row(struct hl_web_ctx *ctx,
	const struct hl_publish_edition *from,
	struct hl_desk_lists_edition_row *out)
{
	HL_BUF_AUTO hex = HL_BUF_INIT(128);

	hl_text_put_hex(&hex, from->digest.p, from->digest.n);
	*out = (struct hl_desk_lists_edition_row){.id = from->id,
		.at_us = from->at_us,
		.n_entries = from->n_entries,
		.n_hosts = from->n_hosts,
		.n_added = from->n_added,
		.n_removed = from->n_removed,
		.tag = hl_desk_lists_edition_tag(from->state),
		.held = hl_desk_lists_held(ctx->arena, from->held),
		.by = hl_desk_lists_by(
			ctx, from->decided_name, from->decided_at_us),
		.digest = hl_arena_dup(ctx->arena, hl_buf_str(&hex)),
		.why_not = from->state == HL_LIST_EDITION_HELD &&
					   !from->may_decide &&
					   from->why > HL_PUBLISH_NOT_PERMITTED
				   ? hl_desk_lists_why(from->why)
				   : HL_STR_NONE,
		.may_decide = from->may_decide};
}

static void fill_rollback(struct hl_web_ctx *ctx,
	const struct hl_publish_status *status,
	struct hl_desk_lists_rollback *out)
{
	if (!status->rollback_id) {
		return;
	}
	*out = (struct hl_desk_lists_rollback){.id = status->rollback_id,
		.to = status->rollback_to,
		.n = status->rollback_n,
		.by = status->rollback_name,
		.at = hl_desk_at(ctx->arena, status->rollback_at_us),
		.may_approve = status->may_approve_rollback,
		.may_drop = status->may_drop_rollback};
}

static int load(struct hl_web_ctx *ctx, struct hl_desk_lists_editions *v)
{
	struct hl_desk_lists_edition_row *rows;
	const struct hl_publish_edition *from;
	struct hl_publish_status status = {0};
	size_t n = 0;
	int r = hl_publish_editions(
		hl_desk_who(ctx), EDITIONS_MOST, &from, &n, &ctx->err);

	if (!r) {
		r = hl_publish_status(hl_desk_who(ctx), &status, &ctx->err);
	}
	if (r) {
		return r;
	}
	rows = hl_arena_array(ctx->arena, n + 1, sizeof(*rows));
	bool newest = true; /* that went out: one is there already */
	for (size_t i = 0; rows && i < n; i++) {
		bool out = from[i].state == HL_LIST_EDITION_PUBLISHED;

		hl_desk_lists_edition_row(ctx, &from[i], &rows[i]);
		rows[i].may_roll_back = status.may_roll_back && out && !newest;
		newest = newest && !out;
	}
	fill_rollback(ctx, &status, &v->rollback);
	v->rows = rows;
	v->n_rows = rows ? n : 0;
	return 0;
}

int hl_desk_lists_editions_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_editions v = {0};
	int r = load(ctx, &v);

	if (r) {
		return r;
	}
	hl_desk_page_init(ctx, req, &v.page,
		hl_web_tr(HL_TR("Editions of the list")), HL_DESK_LISTS);
	v.page.web.wide = true;
	v.page.web.back_href = HL_STR(HL_DESK_LISTS);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_lists_editions(&resp->body, &v);
	return 0;
}

/* The number in the path; HL_NOTFOUND for what is none. */
static int number_of(const struct hl_web_request *req, int64_t *n)
{
	return req->n_params == 1 && hl_str_to_i64(req->params[0], n) && *n > 0
		       ? 0
		       : HL_NOTFOUND;
}

int hl_desk_lists_release_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_end end = {.to = HL_STR(HL_DESK_LISTS),
		.notice = hl_web_tr(HL_TR("Released. It goes out within a "
					  "minute, or as soon as publication "
					  "is resumed."))};
	uint8_t digest[32];
	int64_t id;
	int r = number_of(req, &id);

	if (r) {
		return r;
	}
	if (hl_text_parse_hex(
		    hl_web_form_get(&hl_desk_session_of(ctx)->form, "digest"),
		    digest, sizeof(digest))) {
		return HL_NOTFOUND;
	}
	end.r = hl_publish_release(hl_desk_who(ctx), id,
		hl_str_mem(digest, sizeof(digest)), &end.why, &ctx->err);
	return hl_desk_lists_end(ctx, req, resp, &end);
}

int hl_desk_lists_hold_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_end end = {.to = HL_STR(HL_DESK_LISTS),
		.notice = hl_web_tr(HL_TR("Refused. End the entries that "
					  "should not go out, else the next "
					  "edition is held back as well."))};
	int64_t id;
	int r = number_of(req, &id);

	if (r) {
		return r;
	}
	end.r = hl_publish_edition_refuse(
		hl_desk_who(ctx), id, &end.why, &ctx->err);
	return hl_desk_lists_end(ctx, req, resp, &end);
}

int hl_desk_lists_rollback_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_rollback_ask v = {0};
	struct hl_desk_lists_editions all = {0};
	int64_t id;
	int r = number_of(req, &id);

	if (!r) {
		r = load(ctx, &all);
	}
	for (size_t i = 0; !r && i < all.n_rows; i++) {
		if (all.rows[i].id == id) {
			v.row = all.rows[i];
		}
	}
	if (r || !v.row.id) {
		return r ? r : HL_NOTFOUND;
	}
	if (!v.row.may_roll_back) {
		return hl_desk_refuse(ctx, req, resp,
			HL_STR(HL_DESK_LISTS_EDITIONS),
			hl_web_tr(HL_TR("The list cannot be rolled back to "
					"this edition now.")));
	}
	hl_desk_page_init(ctx, req, &v.page,
		hl_web_tr(HL_TR("Roll the list back")), HL_DESK_LISTS);
	v.page.web.back_href = HL_STR(HL_DESK_LISTS_EDITIONS);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_lists_rollback(&resp->body, &v);
	return 0;
}

typedef int deed(const struct hl_who *who, int64_t id, enum hl_publish_why *why,
	struct hl_err *err);

static int press(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, deed *what, const char *notice)
{
	struct hl_desk_lists_end end = {.to = HL_STR(HL_DESK_LISTS_EDITIONS),
		.notice = hl_web_tr(notice)};
	int64_t id;
	int r = number_of(req, &id);

	if (r) {
		return r;
	}
	end.r = what(hl_desk_who(ctx), id, &end.why, &ctx->err);
	return hl_desk_lists_end(ctx, req, resp, &end);
}

int hl_desk_lists_rollback_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_publish_rollback_propose,
		HL_TR("Proposed. Another supervisor has to approve it; halt "
		      "publication if nothing more should go out "
		      "meanwhile."));
}

int hl_desk_lists_rollback_approve_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_publish_rollback_approve,
		HL_TR("Approved. What came after that edition ends within a "
		      "minute."));
}

int hl_desk_lists_rollback_drop_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_publish_rollback_drop,
		HL_TR("The list is not rolled back."));
}
