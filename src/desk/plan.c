/* SPDX-License-Identifier: Apache-2.0 */
/* Who is to be told about a case: proposals, and drafts made from them. */
#include "referral/plan.h"

#include "casework/case.h"
#include "desk/refer.h"
#include "web/templates.h"

struct hl_referral_desk hl_desk_referral_desk(const struct hl_web_ctx *ctx)
{
	const struct hl_desk_app *app = hl_desk_of(ctx);

	return (struct hl_referral_desk){.settings = app->settings,
		.laws = app->laws,
		.n_laws = app->n_laws,
		.bundle_key = app->sign};
}

struct hl_w_tag hl_desk_referral_tag(enum hl_referral_state state)
{
	static const char *const colours[] = {
		[HL_REFERRAL_DRAFT] = "blue",
		[HL_REFERRAL_APPROVED] = "teal",
		[HL_REFERRAL_LEA_HOLD] = "yellow",
		[HL_REFERRAL_QUEUED] = "teal",
		[HL_REFERRAL_SENT] = "green",
		[HL_REFERRAL_ACKED] = "green",
		[HL_REFERRAL_BOUNCED] = "red",
		[HL_REFERRAL_RETRYING] = "orange",
		[HL_REFERRAL_PERMANENT_ERROR] = "red",
		[HL_REFERRAL_CLOSED] = "grey",
	};
	size_t i = (size_t)state;

	return (struct hl_w_tag){
		hl_desk_word(&hl_vocab_referral_state, (int)state),
		i < HL_ARRAY_LEN(colours) ? hl_str_c(colours[i]) : HL_STR_NONE};
}

struct hl_w_tag hl_desk_contact_tag(enum hl_contact_state state)
{
	const char *colour = state == HL_CONTACT_APPROVED   ? "green"
			     : state == HL_CONTACT_PROPOSED ? "orange"
							    : "grey";

	return (struct hl_w_tag){
		hl_desk_word(&hl_vocab_contact_state, (int)state),
		hl_str_c(colour)};
}

struct hl_str hl_desk_referral_path(
	struct hl_arena *arena, int64_t id, const char *suffix)
{
	return hl_desk_path(arena, "/referral/", HL_REF_REFERRAL, id, suffix);
}

struct hl_str hl_desk_recipient_path(
	struct hl_arena *arena, int64_t id, const char *suffix)
{
	return hl_desk_path(arena, "/recipient/", HL_REF_RECIPIENT, id, suffix);
}

int hl_desk_refer_end(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_desk_refer_end *end)
{
	if (end->r == 0) {
		return hl_desk_go(ctx, req, resp, end->to, end->notice);
	}
	if (hl_desk_refer_refused(end->r, end->why)) {
		return hl_desk_refuse(ctx, req, resp, end->to,
			hl_desk_word(&hl_vocab_referral_why, (int)end->why));
	}
	return end->r;
}

/* What the form said when it comes back. */
struct again {
	const struct hl_web_form *form;
	struct hl_str note_error, choice_error;
};

static struct hl_str sentence(const char *msgid)
{
	return msgid ? hl_web_tr(msgid) : HL_STR_NONE;
}

static struct hl_w_tag proposal_tag(const struct hl_referral_proposal *p)
{
	switch (p->state) {
	case HL_REFERRAL_PLAN_READY:
		return (struct hl_w_tag){
			hl_web_tr(HL_TR("Can be drafted")), HL_STR("green")};
	case HL_REFERRAL_PLAN_WAITS:
		return (struct hl_w_tag){hl_web_tr(HL_TR("Contact waits for "
							 "approval")),
			HL_STR("orange")};
	case HL_REFERRAL_PLAN_MADE:
		return hl_desk_referral_tag(p->referral_state);
	case HL_REFERRAL_PLAN_MISSING:
	default:
		return (struct hl_w_tag){
			hl_web_tr(HL_TR("Nobody known")), HL_STR("red")};
	}
}

static void fill_proposal(struct hl_web_ctx *ctx,
	const struct hl_referral_proposal *p, const struct again *again,
	struct hl_desk_proposal *out)
{
	char ref[HL_REF_MAX + 1] = "";

	*out = (struct hl_desk_proposal){.recipient_id = p->recipient.id,
		.referral_id =
			p->state == HL_REFERRAL_PLAN_MADE ? p->referral_id : 0,
		.kind = hl_desk_word(&hl_vocab_recipient, (int)p->kind),
		.name = p->recipient.name,
		.contact = p->recipient.mail,
		.reason = sentence(p->reason),
		.tag = proposal_tag(p),
		.ready = p->state == HL_REFERRAL_PLAN_READY};
	if (p->hold_hours) {
		out->hold = hl_desk_count(ctx->arena,
			HL_TR("Kept back until {n} hour after the police have "
			      "been told, or until they clear it."),
			HL_TR("Kept back until {n} hours after the police "
			      "have been told, or until they clear it."),
			p->hold_hours);
	}
	if (again->form && out->ready) {
		hl_ref_print(HL_REF_RECIPIENT, p->recipient.id, ref);
		out->checked = hl_web_form_has(again->form, "recipients", ref);
	}
}

static void add_facts(struct hl_web_ctx *ctx,
	const struct hl_referral_plan *plan, struct hl_desk_plan *v)
{
	struct hl_w_summary_row *rows =
		hl_arena_array(ctx->arena, 4, sizeof(*rows));
	struct hl_str unknown = hl_web_tr(HL_TR("not known"));
	size_t n = 0;

	if (!rows) {
		return;
	}
	rows[n++] = (struct hl_w_summary_row){
		.key = hl_web_tr(HL_TR("Host country")),
		.value = plan->host_country.n ? plan->host_country : unknown};
	rows[n++] =
		(struct hl_w_summary_row){.key = hl_web_tr(HL_TR("Network")),
			.value = plan->network.n ? plan->network : unknown};
	rows[n++] = (struct hl_w_summary_row){
		.key = hl_web_tr(HL_TR("Abuse contact found")),
		.value = plan->abuse_mail.n ? plan->abuse_mail : unknown};
	rows[n++] = (struct hl_w_summary_row){
		.key = hl_web_tr(HL_TR("Looked up")),
		.value = plan->traced_at_us
				 ? hl_desk_at(ctx->arena, plan->traced_at_us)
				 : hl_web_tr(HL_TR("never"))};
	v->facts = rows;
	v->n_facts = n;
}

static void fill(struct hl_web_ctx *ctx, const struct hl_referral_plan *plan,
	const struct again *again, struct hl_desk_plan *v)
{
	struct hl_desk_proposal *at =
		hl_arena_array(ctx->arena, plan->n, sizeof(*at));
	struct hl_str *missing =
		hl_arena_array(ctx->arena, plan->n_missing, sizeof(*missing));

	for (size_t i = 0; at && i < plan->n; i++) {
		fill_proposal(ctx, &plan->at[i], again, &at[i]);
		v->n_ready += at[i].ready;
	}
	for (size_t i = 0; missing && i < plan->n_missing; i++) {
		missing[i] = sentence(plan->missing[i]);
	}
	v->proposals = at;
	v->n_proposals = at ? plan->n : 0;
	v->missing = missing;
	v->n_missing = missing ? plan->n_missing : 0;
	v->may_draft = plan->may_draft;
	v->may_add = hl_authz_may_ever(
		&hl_desk_who(ctx)->actor, HL_AUTHZ_RECIPIENT_CHANGE);
	v->note = again->form ? hl_web_form_get(again->form, "note")
			      : HL_STR_NONE;
	v->note_error = again->note_error;
	v->choice_error = again->choice_error;
	add_facts(ctx, plan, v);
}

/* "Provider: Example Hosting, NL, AS64500, abuse@example.org". */
static struct hl_str other_text(
	struct hl_arena *arena, const struct hl_referral_recipient *r)
{
	HL_BUF_AUTO text = HL_BUF_INIT(2048);

	hl_buf_put(&text, hl_desk_word(&hl_vocab_recipient, (int)r->kind));
	hl_buf_printf(&text, ": %.*s", HL_STR_ARG(r->name));
	if (r->country.n) {
		hl_buf_printf(&text, ", %.*s", HL_STR_ARG(r->country));
	}
	if (r->asn) {
		hl_buf_printf(&text, ", AS%lld", (long long)r->asn);
	}
	if (r->mail.n) {
		hl_buf_printf(&text, ", %.*s", HL_STR_ARG(r->mail));
	}
	return hl_arena_dup(arena, hl_buf_str(&text));
}

static int add_others(struct hl_web_ctx *ctx,
	const struct hl_referral_plan *plan, const struct again *again,
	struct hl_desk_plan *v)
{
	const struct hl_referral_recipient *from;
	struct hl_w_option *options;
	struct hl_str chosen = again->form
				       ? hl_web_form_get(again->form, "other")
				       : HL_STR_NONE;
	size_t n;
	int r = hl_referral_others(
		hl_desk_who(ctx), plan, &from, &n, &ctx->err);

	if (r || !n || !plan->may_draft) {
		return r;
	}
	options = hl_arena_array(ctx->arena, n + 1, sizeof(*options));
	if (!options) {
		return HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");
	}
	options[0] = (struct hl_w_option){
		.value = HL_STR(""), .text = hl_web_tr(HL_TR("Nobody else"))};
	for (size_t i = 0; i < n; i++) {
		struct hl_str ref =
			hl_desk_ref(ctx->arena, HL_REF_RECIPIENT, from[i].id);

		options[i + 1] = (struct hl_w_option){.value = ref,
			.text = other_text(ctx->arena, &from[i]),
			.checked = hl_str_eq(ref, chosen)};
	}
	v->others = options;
	v->n_others = n + 1;
	return 0;
}

static int head(struct hl_web_ctx *ctx, int64_t id, struct hl_desk_plan *v)
{
	struct hl_casework_page *page =
		hl_arena_alloc(ctx->arena, sizeof(*page));
	int r = page ? hl_casework_page(hl_desk_who(ctx), id, page, &ctx->err)
		     : HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");

	if (!r) {
		hl_desk_case_head(ctx, page, &v->head);
	}
	return r;
}

static int show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, int64_t id, const struct again *again)
{
	struct hl_referral_desk desk = hl_desk_referral_desk(ctx);
	struct hl_referral_plan *plan =
		hl_arena_alloc(ctx->arena, sizeof(*plan));
	struct hl_w_error errors[2];
	struct hl_desk_plan v = {0};
	size_t n = 0;
	int r = plan ? hl_referral_plan(
			       hl_desk_who(ctx), &desk, id, plan, &ctx->err)
		     : HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");

	if (r) {
		return r;
	}
	hl_desk_page_init(
		ctx, req, &v.page, hl_web_tr(HL_TR("Pass on")), "/queue");
	v.page.web.back_href = hl_desk_case_path(ctx->arena, id, "");
	fill(ctx, plan, again, &v);
	r = add_others(ctx, plan, again, &v);
	r = r ? r : head(ctx, id, &v);
	if (r) {
		return r;
	}
	if (v.choice_error.n) {
		errors[n++] = (struct hl_w_error){
			v.choice_error, HL_STR("recipients")};
	}
	if (v.note_error.n) {
		errors[n++] = (struct hl_w_error){v.note_error, HL_STR("note")};
	}
	hl_desk_page_errors(&v.page, errors, n);
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_desk_plan(&resp->body, &v);
	return 0;
}

int hl_desk_plan_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct again none = {0};
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	return r ? r : show(ctx, req, resp, id, &none);
}

/* The next one that was ticked; behind them the one that was chosen. */
static bool next_chosen(
	const struct hl_web_form *form, size_t *at, struct hl_str *ref)
{
	if (*at != SIZE_MAX && hl_web_form_next(form, "recipients", at, ref)) {
		return true;
	}
	if (*at == SIZE_MAX) {
		return false;
	}
	*at = SIZE_MAX;
	*ref = hl_web_form_get(form, "other");
	return ref->n > 0;
}

/* Drafts one after the other; the first refusal ends it and says why. */
static int draft_all(struct hl_web_ctx *ctx, int64_t case_id,
	const struct hl_web_form *form, int64_t *n, enum hl_referral_why *why)
{
	struct hl_referral_desk desk = hl_desk_referral_desk(ctx);
	struct hl_referral_draft_input in = {
		.case_id = case_id, .note = hl_web_form_get(form, "note")};
	struct hl_str ref;
	size_t at = 0;
	int r = 0;

	*n = 0;
	while (!r && next_chosen(form, &at, &ref)) {
		int64_t id;

		if (hl_ref_parse(HL_REF_RECIPIENT, ref, &in.recipient_id)) {
			return HL_NOTFOUND;
		}
		r = hl_referral_draft(
			hl_desk_who(ctx), &desk, &in, &id, why, &ctx->err);
		*n += r == 0;
	}
	return r;
}

int hl_desk_plan_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct again again = {.form = &hl_desk_session_of(ctx)->form};
	enum hl_referral_why why = HL_REFERRAL_ALLOWED;
	int64_t id, n = 0;
	int r = hl_desk_case_param(req, &id);

	if (!r) {
		r = draft_all(ctx, id, again.form, &n, &why);
	}
	if (r == HL_E_INVALID) {
		again.note_error =
			hl_web_tr(HL_TR("The note is too long: at most 2,000 "
					"characters"));
	} else if (hl_desk_refer_refused(r, why)) {
		again.choice_error =
			hl_desk_word(&hl_vocab_referral_why, (int)why);
	} else if (r) {
		return r;
	} else if (!n) {
		again.choice_error =
			hl_web_tr(HL_TR("Choose who is to be told"));
	} else {
		return hl_desk_go(ctx, req, resp,
			hl_desk_case_path(ctx->arena, id, "/refer"),
			hl_desk_count(ctx->arena,
				HL_TR("{n} referral has been drafted. Look at "
				      "it and approve it."),
				HL_TR("{n} referrals have been drafted. Look "
				      "at them and approve them."),
				n));
	}
	return show(ctx, req, resp, id, &again);
}
