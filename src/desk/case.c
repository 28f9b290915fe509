/* SPDX-License-Identifier: Apache-2.0 */
/* The case page: what one sees and what one may do now. */
#include "desk/extra.h"
#include "desk/hash.h"
#include "desk/work.h"

#include "casework/lease.h"
#include "casework/note.h"
#include "referral/document.h"
#include "web/templates.h"

static struct hl_str defanged(struct hl_arena *arena, struct hl_str address)
{
	HL_BUF_AUTO text = HL_BUF_SECRET(65536);

	hl_referral_defang(&text, address);
	return hl_arena_dup(arena, hl_buf_str(&text));
}

void hl_desk_case_head(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case_head *out)
{
	const struct hl_casework_row *row = &from->row;
	struct hl_str title;

	if (!from->content && row->may_take) {
		title = hl_web_tr(HL_TR("Take the case to see what it is "
					"about"));
	} else if (!from->content) {
		title = hl_web_tr(HL_TR("What it is about is seen by who works "
					"on it"));
	} else if (from->address.n) {
		title = defanged(ctx->arena, from->address);
	} else if (row->state == HL_CASE_ERASED) {
		title = hl_web_tr(HL_TR("The address has been erased"));
	} else {
		title = hl_web_tr(HL_TR("The address cannot be opened"));
	}
	*out = (struct hl_desk_case_head){.id = row->id,
		.identity = {.kind = hl_web_tr(HL_TR("Case")),
			.ref = hl_desk_ref(ctx->arena, HL_REF_CASE, row->id),
			.title = title,
			.tag = hl_desk_case_tag(row->state)},
		.danger = row->danger,
		.is_test = row->is_test,
		.legal_hold = row->legal_hold};
}

/* Collects buttons and links; the first is the page's main one. */
struct deeds {
	struct hl_web_ctx *ctx;
	const struct hl_casework_page *page;
	struct hl_desk_deed at[16];
	size_t n, n_asked;
};

static void add(struct deeds *d, bool may, const char *text, const char *where,
	bool is_link)
{
	struct hl_str path =
		hl_desk_case_path(d->ctx->arena, d->page->row.id, where);

	if (!may || d->n == HL_ARRAY_LEN(d->at)) {
		return;
	}
	d->at[d->n] = (struct hl_desk_deed){.text = hl_web_tr(text),
		.href = is_link ? path : HL_STR_NONE,
		.action = is_link ? HL_STR_NONE : path,
		.kind = d->n ? HL_W_BUTTON_SECONDARY : HL_W_BUTTON};
	d->n++;
}

/* What cannot be taken back says what it means first. */
static void add_asked(struct deeds *d, bool may, const char *text,
	const char *where, const char *ask)
{
	size_t before = d->n;

	add(d, may, text, where, false);
	if (d->n > before) {
		d->at[before].ask = hl_web_tr(ask);
		d->n_asked++;
	}
}

static bool may(const struct deeds *d, enum hl_authz_action action)
{
	return hl_casework_allows(d->page, action);
}

static void add_work(struct deeds *d, bool mine)
{
	add(d, may(d, HL_AUTHZ_CASE_ASSESS), HL_TR("Assess"), "/assess", true);
	add(d, may(d, HL_AUTHZ_CASE_VERIFY), HL_TR("Assess a second time"),
		"/verify", true);
	add(d, may(d, HL_AUTHZ_CASE_ADJUDICATE), HL_TR("Decide"), "/adjudicate",
		true);
	add(d, may(d, HL_AUTHZ_CASE_LEASE) && !mine, HL_TR("Take this case"),
		"/take", false);
	add(d, may(d, HL_AUTHZ_REFERRAL_DRAFT), HL_TR("Pass on"), "/refer",
		true);
	add(d, mine, HL_TR("Keep it longer"), "/renew", false);
	add(d, mine && may(d, HL_AUTHZ_CASE_RELEASE), HL_TR("Give it back"),
		"/release", false);
}

/* Whether the item is watched, or was: what the watch's buttons need. */
static void add_watch(struct deeds *d)
{
	bool looks = d->page->watch_active && d->page->worker_has_address;
	bool may_watch = d->page->content && may(d, HL_AUTHZ_WATCH_PAUSE);
	bool told = d->page->row.state == HL_CASE_MONITORING;

	add(d, may_watch && d->page->watch_active, HL_TR("Pause the watch"),
		"/watch/pause", false);
	add(d, may_watch && d->page->watched && !looks, HL_TR("Watch it again"),
		"/watch/resume", false);
	add_asked(d, may_watch && told, HL_TR("Confirm: it is gone"),
		"/watch/gone",
		HL_TR("Only when somebody has looked. Reporters then read "
		      "“removed”, and nothing looks at the address any "
		      "more."));
}

static void add_rule(struct deeds *d)
{
	bool held = d->page->row.legal_hold;

	add(d, may(d, HL_AUTHZ_CASE_REASSIGN), HL_TR("Give to somebody"),
		"/assign", true);
	add(d, may(d, HL_AUTHZ_CASE_CLOSE), HL_TR("Close"), "/close", true);
	add(d, may(d, HL_AUTHZ_CASE_REOPEN),
		d->page->row.state == HL_CASE_CLOSED ? HL_TR("Reopen")
						     : HL_TR("Assess anew"),
		"/reopen", false);
	add(d, may(d, HL_AUTHZ_CASE_LEGAL_HOLD) && !held,
		HL_TR("Set a legal hold"), "/hold", false);
	add(d, may(d, HL_AUTHZ_CASE_LEGAL_HOLD) && held,
		HL_TR("Lift the legal hold"), "/unhold", false);
	add(d, may(d, HL_AUTHZ_ERASE_PROPOSE) || may(d, HL_AUTHZ_ERASE_APPROVE),
		HL_TR("Erase"), "/erase", true);
}

static void add_deeds(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case *v)
{
	bool mine = from->row.holder == hl_desk_who(ctx)->actor.user_id;
	struct deeds d = {.ctx = ctx, .page = from};
	struct hl_desk_deed *kept;

	add_work(&d, mine);
	add_watch(&d);
	add_rule(&d);
	kept = hl_arena_array(ctx->arena, d.n, sizeof(*kept));
	if (kept && d.n) {
		memcpy(kept, d.at, d.n * sizeof(*kept));
	}
	v->deeds = (struct hl_desk_deeds){
		kept, kept ? d.n : 0, d.n_asked, hl_desk_session_of(ctx)->csrf};
}

static bool has_referral(
	const struct hl_casework_page *from, enum hl_referral_state state)
{
	for (size_t i = 0; i < from->n_referrals; i++) {
		if (from->referrals[i].state == state) {
			return true;
		}
	}
	return false;
}

/* A case that is being passed on: what stands in the way comes first. */
static struct hl_str next_referral(const struct hl_casework_page *from)
{
	if (has_referral(from, HL_REFERRAL_PERMANENT_ERROR) ||
		has_referral(from, HL_REFERRAL_BOUNCED)) {
		return hl_web_tr(HL_TR("A message did not arrive. Open it "
				       "under Referrals."));
	}
	if (has_referral(from, HL_REFERRAL_DRAFT)) {
		return hl_web_tr(HL_TR("A draft waits for approval."));
	}
	if (has_referral(from, HL_REFERRAL_LEA_HOLD)) {
		return hl_web_tr(HL_TR("The police have been told. The "
				       "provider is told when they agree or "
				       "the time is over."));
	}
	return hl_web_tr(HL_TR("It is to be passed on."));
}

/* What it waits for; who opens the page need not know the states. */
static struct hl_str next_of(const struct hl_casework_page *from)
{
	switch (from->row.state) {
	case HL_CASE_NEW:
		return hl_web_tr(HL_TR("It waits for an analyst."));
	case HL_CASE_ASSIGNED:
		return hl_web_tr(HL_TR("It is to be assessed."));
	case HL_CASE_ASSESSED:
	case HL_CASE_VERIFYING:
		return hl_web_tr(HL_TR("It waits for the second, blind "
				       "assessment by somebody else."));
	case HL_CASE_DISAGREED:
		return hl_web_tr(HL_TR("The two assessments differ: a third "
				       "person decides."));
	case HL_CASE_AGREED:
	case HL_CASE_ADJUDICATED:
	case HL_CASE_ACTIONING:
		return next_referral(from);
	case HL_CASE_MONITORING:
		return hl_web_tr(HL_TR("Everybody has been told. It stays open "
				       "until the address is gone."));
	case HL_CASE_CLOSED:
		return hl_web_tr(HL_TR("It is closed."));
	case HL_CASE_ERASED:
	default:
		return hl_web_tr(HL_TR("What was in it has been destroyed."));
	}
}

static void fill(struct hl_web_ctx *ctx, const struct hl_casework_page *from,
	struct hl_desk_case *v)
{
	hl_desk_case_head(ctx, from, &v->head);
	add_deeds(ctx, from, v);
	v->content = from->content;
	v->next = next_of(from);
	v->address = from->address;
	v->address_broken = from->address_broken;
	v->may_note = hl_casework_allows(from, HL_AUTHZ_CASE_NOTE);
	v->may_view = hl_casework_allows(from, HL_AUTHZ_CASE_VIEWING);
	v->viewing_since_us = from->viewing_since_us;
	v->viewed_us = from->viewed_us;
	v->head.known = from->row.known;
	hl_desk_case_facts(ctx, from, v);
	if (from->content) {
		hl_desk_case_trace(ctx, from, v);
		hl_desk_case_history(ctx, from, v);
	}
}

/* Hashes, and what a room above has to say about the case. */
static int add_sections(
	struct hl_web_ctx *ctx, int64_t id, struct hl_desk_case *v)
{
	const struct hl_desk_extra *extra = hl_desk_of(ctx)->extra;
	int r = hl_desk_case_hashes(ctx, id, &v->hashes);

	if (!r && extra) {
		r = extra->case_section(ctx, id, &v->extra);
	}
	return r;
}

int hl_desk_case_show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, int64_t id,
	const struct hl_desk_case_try *again)
{
	struct hl_w_error problem = {HL_STR_NONE, HL_STR("words")};
	bool typed = again && (again->words.n || again->hashes.n);
	struct hl_casework_page *page =
		hl_arena_alloc(ctx->arena, sizeof(*page));
	struct hl_desk_case v = {0};
	int r = page ? hl_casework_page(hl_desk_who(ctx), id, page, &ctx->err)
		     : HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");

	if (r) {
		return r;
	}
	if (again && !typed && !page->content) {
		return HL_NOTFOUND;
	}
	if (page->content) {
		r = add_sections(ctx, id, &v);
	}
	if (r) {
		return r;
	}
	hl_desk_page_init(ctx, req, &v.page,
		hl_desk_fill(ctx->arena, HL_TR("Case {1}"),
			hl_desk_ref(ctx->arena, HL_REF_CASE, id), HL_STR_NONE),
		"/queue");
	v.page.web.wide = true;
	v.page.web.back_href = HL_STR("/queue");
	fill(ctx, page, &v);
	if (again && again->hashes_error.n) {
		v.hashes.may_change = true;
		v.hashes.case_id = id;
		v.hashes.csrf = hl_desk_session_of(ctx)->csrf;
		v.hashes.text = again->hashes;
		v.hashes.text_error = again->hashes_error;
		problem = (struct hl_w_error){
			again->hashes_error, HL_STR("hashes")};
		hl_desk_page_errors(&v.page, &problem, 1);
	} else if (again) {
		v.words = again->words;
		v.words_error = again->error;
		v.may_retake = page->row.may_take && !page->content;
		problem.text = again->error;
		hl_desk_page_errors(&v.page, &problem, again->error.n > 0);
	}
	hl_web_respond(resp, v.page.n_errors ? 422 : 200, "text/html");
	hl_tmpl_desk_case(&resp->body, &v);
	return 0;
}

int hl_desk_case_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	return r ? r : hl_desk_case_show(ctx, req, resp, id, NULL);
}

/* What was typed is never lost: it comes back with the reason. */
int hl_desk_note_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	enum hl_casework_why why = HL_CASEWORK_ALLOWED;
	struct hl_desk_case_try again = {
		.words = hl_web_form_get(
			&hl_desk_session_of(ctx)->form, "words")};
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	if (!r &&
		hl_web_form_has(&hl_desk_session_of(ctx)->form, "do", "take")) {
		r = hl_casework_take(hl_desk_who(ctx),
			hl_desk_of(ctx)->settings, id, &why, &ctx->err);
	}
	if (!r) {
		r = hl_casework_add_note(
			hl_desk_who(ctx), id, again.words, &why, &ctx->err);
	}
	if (r == HL_E_INVALID) {
		again.error = again.words.n
				      ? hl_web_tr(HL_TR("The note is too long: "
							"at most 10,000 "
							"characters"))
				      : hl_web_tr(HL_TR("Write the note "
							"first"));
	} else if (hl_desk_refused(r, why) ||
		   (r == HL_DENIED && again.words.n)) {
		/* the queue shows the case in any case: no words are lost */
		again.error = hl_desk_word(&hl_vocab_casework_why, (int)why);
	} else if (r) {
		return r;
	}
	if (r) {
		return hl_desk_case_show(ctx, req, resp, id, &again);
	}
	return hl_desk_go(ctx, req, resp,
		hl_desk_case_path(ctx->arena, id, "#notes"),
		hl_web_tr(HL_TR("The note has been added.")));
}
