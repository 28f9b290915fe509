/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/inner.h"

#include "audit/audit.h"
#include "base/file.h"
#include "store/sql.h"
#include "web/templates.h"

#define PAGE 50
#define CHECKPOINTS_MAX (64u << 20)

static struct hl_str name_of(const struct hl_row_staff_list *users, size_t n,
	int64_t id, int64_t source)
{
	for (size_t i = 0; i < n; i++) {
		if (users[i].id == id) {
			return users[i].display_name;
		}
	}
	switch (source) {
	case HL_STORE_PUBLIC:
		return hl_web_tr(HL_TR("Public form"));
	case HL_STORE_WORKER:
		return hl_web_tr(HL_TR("Worker"));
	case HL_STORE_ADMIN:
		return hl_web_tr(HL_TR("Command line"));
	default:
		return hl_web_tr(HL_TR("Nobody in person"));
	}
}

/* The reference of what an entry is about, if it has one. */
static struct hl_str object_of(
	struct hl_arena *arena, const struct hl_row_event_page *row)
{
	static const char kinds[] = {[HL_OBJECT_REPORT] = HL_REF_REPORT,
		[HL_OBJECT_CASE] = HL_REF_CASE,
		[HL_OBJECT_ITEM] = HL_REF_ITEM,
		[HL_OBJECT_REFERRAL] = HL_REF_REFERRAL,
		[HL_OBJECT_RECIPIENT] = HL_REF_RECIPIENT,
		[HL_OBJECT_USER] = HL_REF_STAFF,
		[HL_OBJECT_HASH_LIST] = HL_REF_HASH_LIST,
		[HL_OBJECT_HASH] = HL_REF_HASH,
		[HL_OBJECT_LIST_ENTRY] = HL_REF_LIST_ENTRY,
		[HL_OBJECT_CONSUMER] = HL_REF_CONSUMER,
		[HL_OBJECT_APPEAL] = HL_REF_APPEAL};
	char ref[HL_REF_MAX];

	if (row->kind == HL_EVENT_SYSTEM_KEY_CREATED ||
		row->kind == HL_EVENT_SYSTEM_KEY_REVOKED) {
		return hl_arena_dup(arena,
			hl_ref_print(HL_REF_API_KEY, row->object_id, ref));
	}
	if (row->object_kind <= 0 ||
		row->object_kind >= (int64_t)sizeof(kinds) ||
		!kinds[row->object_kind]) {
		return HL_STR("–");
	}
	return hl_arena_dup(
		arena, hl_ref_print((enum hl_ref_kind)kinds[row->object_kind],
			       row->object_id, ref));
}

static int fill_rows(struct hl_web_ctx *ctx, struct hl_desk_audit *v)
{
	struct hl_in_event_page in = {v->from, PAGE};
	struct hl_tx *tx = hl_tx_begin(hl_desk_store(ctx), ctx->arena);
	struct hl_row_event_page *events;
	struct hl_row_event_head *head;
	struct hl_row_staff_list *users;
	size_t n, n_users, one;

	hl_tx_event_page(tx, &in);
	hl_tx_event_head(tx);
	hl_tx_staff_list(tx);
	int r = hl_tx_run(tx, &ctx->err);
	if (!r) {
		r = hl_tx_rows_event_page(tx, &events, &n);
	}
	if (!r) {
		r = hl_tx_rows_event_head(tx, &head, &one);
	}
	if (!r) {
		r = hl_tx_rows_staff_list(tx, &users, &n_users);
	}
	struct hl_desk_audit_row *rows =
		r ? NULL : hl_arena_array(ctx->arena, n, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		const struct hl_row_event_page *e = &events[n - 1 - i];

		rows[i] = (struct hl_desk_audit_row){.seq = e->seq,
			.at_us = e->at_us,
			.who = name_of(users, n_users, e->actor, e->source),
			.kind = hl_web_tr(
				hl_vocab_label(&hl_vocab_event, (int)e->kind)),
			.object = object_of(ctx->arena, e),
			.a = e->a,
			.b = e->b};
		rows[i].has_ref = !hl_str_eq(rows[i].object, HL_STR("–"));
	}
	v->rows = rows;
	v->n_rows = rows ? n : 0;
	v->head_seq = r ? 0 : head[0].seq;
	return r;
}

static int newest(struct hl_web_ctx *ctx, int64_t *seq)
{
	struct hl_row_event_head *head;
	size_t n;
	int r = hl_get_event_head(
		hl_desk_store(ctx), ctx->arena, &head, &n, &ctx->err);

	*seq = r ? 0 : head[0].seq;
	return r;
}

static int show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_desk_audit *v)
{
	struct hl_web_form query = {0};
	int64_t head = 0;
	int r = newest(ctx, &head);

	if (r) {
		return r;
	}
	hl_web_query_read(ctx, req, &query);
	if (hl_web_form_get_i64(&query, "from", &v->from) || v->from < 1) {
		v->from = head > PAGE ? head - PAGE + 1 : 1;
	}
	r = fill_rows(ctx, v);
	if (r) {
		return r;
	}
	v->older = v->from > 1 ? (v->from > PAGE ? v->from - PAGE : 1) : 0;
	v->newer = v->from + PAGE <= v->head_seq ? v->from + PAGE : 0;
	v->may_verify = hl_authz_check(&hl_desk_who(ctx)->actor,
				HL_AUTHZ_AUDIT_VERIFY, NULL, NULL) == 0;
	hl_desk_page_init(
		ctx, req, &v->page, hl_web_tr(HL_TR("Audit log")), "/audit");
	v->page.web.wide = true;
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_audit(&resp->body, v);
	return 0;
}

int hl_desk_audit_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_desk_audit v = {0};

	return show(ctx, req, resp, &v);
}

int hl_desk_audit_verify_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_desk_app *app = hl_desk_of(ctx);
	HL_BUF_AUTO checkpoints = HL_BUF_INIT(CHECKPOINTS_MAX);
	struct hl_desk_audit v = {.verified = true};
	struct hl_audit_result found;
	int64_t head = 0;
	int r = newest(ctx, &head);

	if (r) {
		return r;
	}
	r = hl_file_read(app->checkpoints_path, &checkpoints, &ctx->err);
	if (r && r != HL_NOTFOUND) {
		return r;
	}
	struct hl_audit_verify verify = {.store = hl_desk_store(ctx),
		.checkpoints = hl_buf_str(&checkpoints),
		.pub = &app->sign->pub,
		.complete_to = head};
	r = hl_audit_verify(&verify, &found, &ctx->err);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(hl_desk_store(ctx), ctx->arena);
	hl_tx_event(tx,
		&(struct hl_store_event){.kind = HL_EVENT_SYSTEM_AUDIT_VERIFIED,
			.actor = hl_desk_who(ctx)->actor.user_id,
			.object_kind = HL_OBJECT_SYSTEM,
			.a = found.fault,
			.b = found.seq});
	r = hl_tx_run(tx, &ctx->err);
	if (r) {
		return r;
	}
	v.sound = found.fault == HL_AUDIT_SOUND;
	v.covered_seq = found.covered_seq;
	v.verdict = v.sound ? HL_STR("")
			    : hl_arena_printf(ctx->arena, "%s (%lld)",
				      hl_audit_fault_text(found.fault),
				      (long long)found.seq);
	return show(ctx, req, resp, &v);
}
