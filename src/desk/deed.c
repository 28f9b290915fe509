/* SPDX-License-Identifier: Apache-2.0 */
/* What is done to a case with one press, and the small forms beside it. */
#include <stdlib.h>

#include "casework/close.h"
#include "casework/contact.h"
#include "casework/lease.h"
#include "casework/viewing.h"
#include "desk/extra.h"
#include "desk/hash.h"
#include "desk/work.h"
#include "domain/status.h"
#include "web/templates.h"

typedef int deed(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err);

/* Does it and comes back to the case with the words. */
static int press(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, deed *f, const char *notice)
{
	struct hl_desk_end end = {.notice = hl_web_tr(notice)};
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	if (r) {
		return r;
	}
	end.to = hl_desk_case_path(ctx->arena, id, "");
	end.r = f(hl_desk_who(ctx), id, &end.why, &ctx->err);
	return hl_desk_end(ctx, req, resp, &end);
}

int hl_desk_take_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_desk_end end = {
		.notice = hl_web_tr(HL_TR("The case is yours now."))};
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	if (r) {
		return r;
	}
	end.to = hl_desk_case_path(ctx->arena, id, "");
	end.r = hl_casework_take(hl_desk_who(ctx), hl_desk_of(ctx)->settings,
		id, &end.why, &ctx->err);
	return hl_desk_end(ctx, req, resp, &end);
}

int hl_desk_renew_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_desk_end end = {0};
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	if (r) {
		return r;
	}
	end.notice = hl_desk_count(ctx->arena,
		HL_TR("You have {n} minute from now."),
		HL_TR("You have {n} minutes from now."),
		hl_desk_of(ctx)->settings->case_lease_minutes);
	end.to = hl_desk_case_path(ctx->arena, id, "");
	end.r = hl_casework_renew(hl_desk_who(ctx), hl_desk_of(ctx)->settings,
		id, &end.why, &ctx->err);
	return hl_desk_end(ctx, req, resp, &end);
}

int hl_desk_release_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_end end = {.to = HL_STR("/queue"),
		.notice = hl_web_tr(HL_TR("The case is back in the queue."))};
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	if (r) {
		return r;
	}
	end.r = hl_casework_release(hl_desk_who(ctx), id, &end.why, &ctx->err);
	return hl_desk_end(ctx, req, resp, &end);
}

int hl_desk_view_start_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_casework_view_start,
		HL_TR("The viewing clock runs. Press stop as soon as you look "
		      "away."));
}

/* The page about the case for a form of its own; HL_NOTFOUND unless this
 * person may read it. */
static int load(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_casework_page **out)
{
	struct hl_casework_page *page =
		hl_arena_alloc(ctx->arena, sizeof(*page));
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	if (!r) {
		r = page ? hl_casework_page(
				   hl_desk_who(ctx), id, page, &ctx->err)
			 : HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");
	}
	*out = page;
	return r || page->content ? r : HL_NOTFOUND;
}

/* It may have stopped by itself: pressing stop is never an error. */
int hl_desk_view_stop_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_end end = {
		.notice = hl_web_tr(HL_TR("The viewing clock has stopped."))};
	struct hl_casework_page *page;
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	if (r) {
		return r;
	}
	end.r = hl_casework_view_stop(hl_desk_who(ctx), id, &ctx->err);
	if (end.r == HL_NOTFOUND) {
		end.r = load(ctx, req, &page);
	}
	end.to = hl_desk_case_path(ctx->arena, id, "");
	return hl_desk_end(ctx, req, resp, &end);
}

int hl_desk_reopen_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_casework_reopen,
		HL_TR("The case is open again and is to be assessed anew."));
}

static int hold(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	return hl_casework_hold(who, case_id, true, why, err);
}

static int unhold(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	return hl_casework_hold(who, case_id, false, why, err);
}

int hl_desk_hold_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return press(ctx, req, resp, hold,
		HL_TR("Nothing of this case can be erased now."));
}

int hl_desk_unhold_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(
		ctx, req, resp, unhold, HL_TR("The legal hold is lifted."));
}

/* Back to the case when its state does not know this any more. */
static int gone_on(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, int64_t id)
{
	return hl_desk_refuse(ctx, req, resp,
		hl_desk_case_path(ctx->arena, id, ""),
		hl_desk_word(&hl_vocab_casework_why, HL_CASEWORK_WRONG_STATE));
}

static void begin(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_desk_page *page, const char *title, int64_t id)
{
	hl_desk_page_init(ctx, req, page, hl_web_tr(title), "/queue");
	page->web.back_href = hl_desk_case_path(ctx->arena, id, "");
}

static int show_assign(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str error)
{
	struct hl_w_error problem = {error, HL_STR("person")};
	const struct hl_casework_person *people;
	struct hl_desk_assign v = {.error = error};
	struct hl_casework_page *page;
	struct hl_w_option *options;
	size_t n;
	int r = load(ctx, req, &page);

	if (!r && !hl_casework_allows(page, HL_AUTHZ_CASE_REASSIGN)) {
		return gone_on(ctx, req, resp, page->row.id);
	}
	if (!r) {
		r = hl_casework_candidates(
			hl_desk_who(ctx), page->row.id, &people, &n, &ctx->err);
	}
	if (r) {
		return r;
	}
	begin(ctx, req, &v.page, HL_TR("Give the case to somebody"),
		page->row.id);
	hl_desk_case_head(ctx, page, &v.head);
	hl_desk_page_errors(&v.page, &problem, error.n > 0);
	options = hl_arena_array(ctx->arena, n + 1, sizeof(*options));
	for (size_t i = 0; options && i < n; i++) {
		options[i] = (struct hl_w_option){
			.value = hl_desk_ref(
				ctx->arena, HL_REF_STAFF, people[i].id),
			.text = people[i].name};
	}
	if (options) {
		options[n] = (struct hl_w_option){.value = HL_STR("queue"),
			.text = hl_web_tr(HL_TR("Nobody: back to the queue")),
			.behind_or = n > 0};
	}
	v.people = options;
	v.n_people = options ? n + 1 : 0;
	hl_web_respond(resp, error.n ? 422 : 200, "text/html");
	hl_tmpl_desk_assign(&resp->body, &v);
	return 0;
}

int hl_desk_assign_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return show_assign(ctx, req, resp, HL_STR_NONE);
}

int hl_desk_assign_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_str person =
		hl_web_form_get(&hl_desk_session_of(ctx)->form, "person");
	struct hl_desk_end end = {
		.notice = hl_web_tr(HL_TR("The case has been handed over."))};
	int64_t id, to = 0;
	int r = hl_desk_case_param(req, &id);

	if (r) {
		return r;
	}
	if (!hl_str_eq(person, HL_STR("queue")) &&
		hl_ref_parse(HL_REF_STAFF, person, &to)) {
		return show_assign(ctx, req, resp,
			hl_web_tr(HL_TR("Choose who gets the case")));
	}
	end.to = hl_desk_case_path(ctx->arena, id, "");
	end.r = hl_casework_reassign(hl_desk_who(ctx),
		hl_desk_of(ctx)->settings, id, to, &end.why, &ctx->err);
	return hl_desk_end(ctx, req, resp, &end);
}

/* Those that the case allows: hl_close_reason_fits(). */
static void put_reasons(struct hl_web_ctx *ctx,
	const struct hl_casework_page *page, struct hl_desk_close *v)
{
	struct hl_public_status_input in = {
		.state = page->row.state, .passed_to = page->passed_to};
	struct hl_vocab fit = {.name = hl_vocab_close_reason.name};
	struct hl_vocab_word *words = hl_arena_array(
		ctx->arena, hl_vocab_close_reason.n_words, sizeof(*words));

	for (size_t i = 0; words && i < hl_vocab_close_reason.n_words; i++) {
		in.reason = (enum hl_close_reason)hl_vocab_close_reason.words[i]
				    .value;
		if (hl_close_reason_fits(&in)) {
			words[fit.n_words++] = hl_vocab_close_reason.words[i];
		}
	}
	fit.words = words;
	v->reasons = hl_desk_options(ctx->arena, &fit, 0, false, &v->n_reasons);
}

static int show_close(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str error)
{
	struct hl_w_error problem = {error, HL_STR("reason")};
	struct hl_desk_close v = {.error = error};
	struct hl_casework_page *page;
	int r = load(ctx, req, &page);

	if (r) {
		return r;
	}
	if (!hl_casework_allows(page, HL_AUTHZ_CASE_CLOSE)) {
		return gone_on(ctx, req, resp, page->row.id);
	}
	begin(ctx, req, &v.page, HL_TR("Close the case"), page->row.id);
	hl_desk_case_head(ctx, page, &v.head);
	hl_desk_page_errors(&v.page, &problem, error.n > 0);
	put_reasons(ctx, page, &v);
	hl_web_respond(resp, error.n ? 422 : 200, "text/html");
	hl_tmpl_desk_close(&resp->body, &v);
	return 0;
}

int hl_desk_close_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return show_close(ctx, req, resp, HL_STR_NONE);
}

int hl_desk_close_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_desk_end end = {
		.notice = hl_web_tr(HL_TR("The case is closed."))};
	int64_t id;
	int reason = 0, r = hl_desk_case_param(req, &id);

	if (r) {
		return r;
	}
	hl_vocab_parse(&hl_vocab_close_reason,
		hl_web_form_get(&hl_desk_session_of(ctx)->form, "reason"),
		&reason);
	if (!reason) {
		return show_close(ctx, req, resp,
			hl_web_tr(HL_TR("Choose why the case closes")));
	}
	end.to = hl_desk_case_path(ctx->arena, id, "");
	end.r = hl_casework_close(hl_desk_who(ctx), id,
		(enum hl_close_reason)reason, &end.why, &ctx->err);
	return hl_desk_end(ctx, req, resp, &end);
}

int hl_desk_erase_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_casework_page *page;
	struct hl_desk_erase v = {0};
	int r = load(ctx, req, &page);

	if (r) {
		return r;
	}
	if (page->row.state != HL_CASE_CLOSED) {
		return gone_on(ctx, req, resp, page->row.id);
	}
	begin(ctx, req, &v.page, HL_TR("Erase the case"), page->row.id);
	hl_desk_case_head(ctx, page, &v.head);
	v.proposed = page->erase_proposed_by != 0;
	v.held = page->row.legal_hold;
	v.may_propose =
		!v.proposed && hl_casework_allows(page, HL_AUTHZ_ERASE_PROPOSE);
	v.may_approve = hl_casework_allows(page, HL_AUTHZ_ERASE_APPROVE);
	v.may_refuse =
		v.proposed && hl_casework_allows(page, HL_AUTHZ_ERASE_PROPOSE);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_erase(&resp->body, &v);
	return 0;
}

int hl_desk_erase_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_casework_erase_propose,
		HL_TR("Proposed. Another supervisor has to approve it."));
}

int hl_desk_erase_approve_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_casework_erase_approve,
		HL_TR("What was in the case has been destroyed."));
}

int hl_desk_erase_refuse_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_casework_erase_refuse,
		HL_TR("The proposal has been taken back. Nothing is erased."));
}

struct approvals {
	const struct hl_casework_request *contacts;
	const struct hl_casework_proposal *erasures;
	struct hl_desk_approval *hashes;
	const struct hl_desk_approval *extra; /* of a room above */
	size_t n_contacts, n_erasures, n_hashes, n_extra;
};

static int load_approvals(struct hl_web_ctx *ctx, struct approvals *out)
{
	const struct hl_desk_extra *extra = hl_desk_of(ctx)->extra;
	const struct hl_who *who = hl_desk_who(ctx);
	int r = hl_casework_proposals(
		who, &out->erasures, &out->n_erasures, &ctx->err);

	if (!r) {
		r = hl_casework_contact_requests(
			who, &out->contacts, &out->n_contacts, &ctx->err);
	}
	if (!r) {
		r = hl_desk_hash_approvals(ctx, &out->hashes, &out->n_hashes);
	}
	if (!r && extra) {
		r = extra->approvals(ctx, &out->extra, &out->n_extra);
	}
	return r;
}

static struct hl_desk_approval contact_row(
	struct hl_web_ctx *ctx, const struct hl_casework_request *from)
{
	struct hl_arena *arena = ctx->arena;

	return (struct hl_desk_approval){
		.what = hl_web_tr(HL_TR("Release a reporter’s contact")),
		.ref = hl_desk_ref(arena, HL_REF_REPORT, from->report_id),
		.who = from->asked_name,
		.mine = from->asked_by == hl_desk_who(ctx)->actor.user_id,
		.at_us = from->asked_at_us,
		.href = hl_desk_path(
			arena, "/report/", HL_REF_REPORT, from->report_id, "")};
}

static struct hl_desk_approval erasure_row(
	struct hl_web_ctx *ctx, const struct hl_casework_proposal *from)
{
	struct hl_arena *arena = ctx->arena;

	return (struct hl_desk_approval){
		.what = hl_web_tr(HL_TR("Erase a case")),
		.ref = hl_desk_ref(arena, HL_REF_CASE, from->case_id),
		.who = from->proposed_name,
		.mine = from->proposed_by == hl_desk_who(ctx)->actor.user_id,
		.at_us = from->proposed_at_us,
		.href = hl_desk_case_path(arena, from->case_id, "/erase")};
}

/* Oldest first; last those of which nobody knows since when. */
static int by_time(const void *a, const void *b)
{
	const struct hl_desk_approval *x = a, *y = b;
	int unknown = (x->at_us == 0) - (y->at_us == 0);
	int later = (x->at_us > y->at_us) - (x->at_us < y->at_us);

	return unknown ? unknown : later ? later : hl_str_cmp(x->ref, y->ref);
}

/* What waits for a second person. */
int hl_desk_approvals_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_approvals v = {0};
	struct hl_desk_approval *rows;
	struct approvals a = {0};
	int r = load_approvals(ctx, &a);

	if (r) {
		return r;
	}
	rows = hl_arena_array(ctx->arena,
		a.n_erasures + a.n_contacts + a.n_hashes + a.n_extra,
		sizeof(*rows));
	for (size_t i = 0; rows && i < a.n_contacts; i++) {
		rows[v.n_rows++] = contact_row(ctx, &a.contacts[i]);
	}
	for (size_t i = 0; rows && i < a.n_erasures; i++) {
		rows[v.n_rows++] = erasure_row(ctx, &a.erasures[i]);
	}
	for (size_t i = 0; rows && i < a.n_hashes; i++) {
		rows[v.n_rows++] = a.hashes[i];
	}
	for (size_t i = 0; rows && i < a.n_extra; i++) {
		rows[v.n_rows++] = a.extra[i];
	}
	if (v.n_rows) {
		qsort(rows, v.n_rows, sizeof(*rows), by_time);
	}
	v.rows = rows;
	hl_desk_page_init(
		ctx, req, &v.page, hl_web_tr(HL_TR("Approvals")), "/approvals");
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_approvals(&resp->body, &v);
	return 0;
}
