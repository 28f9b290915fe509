/* SPDX-License-Identifier: Apache-2.0 */
/* Whom referrals go to: the list, proposing, approving, changing. */
#include "desk/refer.h"
#include "web/templates.h"

static bool may_change(const struct hl_web_ctx *ctx)
{
	return hl_authz_may_ever(
		&hl_desk_who(ctx)->actor, HL_AUTHZ_RECIPIENT_CHANGE);
}

static struct hl_str network_text(struct hl_arena *arena, int64_t asn)
{
	return asn ? hl_arena_printf(arena, "AS%lld", (long long)asn)
		   : HL_STR_NONE;
}

static void fill_row(struct hl_arena *arena,
	const struct hl_referral_recipient *from,
	struct hl_desk_recipient_row *out)
{
	*out = (struct hl_desk_recipient_row){.id = from->id,
		.n_referrals = from->n_referrals,
		.kind = hl_desk_word(&hl_vocab_recipient, (int)from->kind),
		.name = from->name,
		.mail = from->mail,
		.country = from->country,
		.network = network_text(arena, from->asn),
		.proposed = from->source == 2
				    ? hl_web_tr(HL_TR("found by a look-up"))
				    : from->proposed_name,
		.tag = hl_desk_contact_tag(from->state),
		.may_approve = from->may_approve &&
			       from->state == HL_CONTACT_PROPOSED};
}

int hl_desk_recipients_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_referral_recipient *from;
	struct hl_desk_recipient_row *rows;
	struct hl_desk_recipients v = {0};
	size_t n;
	int r = hl_referral_recipients(hl_desk_who(ctx),
		HL_RECIPIENT_UNANSWERED, HL_CONTACT_UNANSWERED, &from, &n,
		&ctx->err);

	if (r) {
		return r;
	}
	rows = hl_arena_array(ctx->arena, n, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		fill_row(ctx->arena, &from[i], &rows[i]);
		v.n_waiting += from[i].state == HL_CONTACT_PROPOSED;
	}
	v.rows = rows;
	v.n_rows = rows ? n : 0;
	v.may_change = may_change(ctx);
	hl_desk_page_init(ctx, req, &v.page, hl_web_tr(HL_TR("Recipients")),
		"/recipients");
	v.page.web.wide = true;
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_recipients(&resp->body, &v);
	return 0;
}

/* The fields of the form, as they were typed and as they are meant. */
struct typed {
	struct hl_referral_recipient r;
	struct hl_str asn;
	bool asn_bad;
};

static void read_form(struct hl_web_ctx *ctx, struct typed *t)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	int kind = 0, channel = 0;

	hl_vocab_parse(
		&hl_vocab_recipient, hl_web_form_get(form, "kind"), &kind);
	hl_vocab_parse(&hl_vocab_referral_channel,
		hl_web_form_get(form, "channel"), &channel);
	t->asn = hl_web_form_get(form, "asn");
	t->r.kind = (enum hl_recipient)kind;
	t->r.channel = (enum hl_referral_channel)channel;
	t->r.name = hl_web_form_get(form, "name");
	t->r.mail = hl_web_form_get(form, "mail");
	t->r.country = hl_web_form_get(form, "country");
	t->asn_bad =
		hl_web_form_get_i64(form, "asn", &t->r.asn) == HL_E_INVALID ||
		t->r.asn < 0;
}

static void place_problem(
	enum hl_referral_recipient_problem problem, struct hl_desk_recipient *v)
{
	struct hl_str text =
		hl_desk_word(&hl_vocab_recipient_problem, (int)problem);

	switch (problem) {
	case HL_RECIPIENT_OK:
		break;
	case HL_RECIPIENT_KIND:
		v->kind_error = text;
		break;
	case HL_RECIPIENT_NAME:
		v->name_error = text;
		break;
	case HL_RECIPIENT_MAIL:
		v->mail_error = text;
		break;
	case HL_RECIPIENT_COUNTRY:
		v->country_error = text;
		break;
	case HL_RECIPIENT_CHANNEL:
		v->channel_error = text;
		break;
	case HL_RECIPIENT_ASN:
		v->asn_error = text;
		break;
	}
}

static size_t collect(
	const struct hl_desk_recipient *v, struct hl_w_error errors[6])
{
	const struct hl_w_error all[] = {
		{v->kind_error, HL_STR("kind")},
		{v->name_error, HL_STR("name")},
		{v->channel_error, HL_STR("channel")},
		{v->mail_error, HL_STR("mail")},
		{v->country_error, HL_STR("country")},
		{v->asn_error, HL_STR("asn")},
	};
	size_t n = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		if (all[i].text.n) {
			errors[n++] = all[i];
		}
	}
	return n;
}

static void fill_fields(struct hl_web_ctx *ctx, const struct typed *t,
	struct hl_desk_recipient *v)
{
	v->kinds = hl_desk_options(ctx->arena, &hl_vocab_recipient,
		(uint32_t)t->r.kind, false, &v->n_kinds);
	v->channels = hl_desk_options(ctx->arena, &hl_vocab_referral_channel,
		(uint32_t)t->r.channel, false, &v->n_channels);
	v->name = t->r.name;
	v->mail = t->r.mail;
	v->country = t->r.country;
	v->asn = t->asn;
}

static int render(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str title,
	struct hl_desk_recipient *v)
{
	struct hl_w_error errors[6];
	size_t n = collect(v, errors);

	hl_desk_page_init(ctx, req, &v->page, title, "/recipients");
	v->page.web.back_href = HL_STR("/recipients");
	hl_desk_page_errors(&v->page, errors, n);
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_desk_recipient(&resp->body, v);
	return 0;
}

static int show_add(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct typed *t,
	struct hl_desk_recipient *v)
{
	v->may_change = true;
	fill_fields(ctx, t, v);
	return render(ctx, req, resp, hl_web_tr(HL_TR("Add a recipient")), v);
}

int hl_desk_recipient_add_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct typed none = {.r = {.channel = HL_REFERRAL_BY_MAIL}};
	struct hl_desk_recipient v = {0};

	return show_add(ctx, req, resp, &none, &v);
}

/* Two contacts with one address are seldom meant: said once, then done. */
static int warn_of_same(struct hl_web_ctx *ctx, const struct typed *t,
	struct hl_desk_recipient *v)
{
	struct hl_referral_recipient same;
	int r;

	if (hl_web_form_has(&hl_desk_session_of(ctx)->form, "same", "yes")) {
		return 0;
	}
	r = hl_referral_recipient_same(
		hl_desk_store(ctx), ctx->arena, &t->r, &same, &ctx->err);
	if (r) {
		return r == HL_NOTFOUND ? 0 : r;
	}
	v->same = same.name;
	v->same_id = same.id;
	v->mail_error = hl_web_tr(HL_TR("Another contact has this address"));
	return 0;
}

/* Whether the form has nothing wrong in it. */
static bool check(const struct typed *t, struct hl_desk_recipient *v)
{
	enum hl_referral_recipient_problem problem =
		t->asn_bad ? HL_RECIPIENT_ASN
			   : hl_referral_recipient_check(&t->r);

	place_problem(problem, v);
	return problem == HL_RECIPIENT_OK;
}

int hl_desk_recipient_add_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_recipient v = {0};
	struct typed t = {0};
	int64_t id;

	read_form(ctx, &t);
	if (!check(&t, &v)) {
		return show_add(ctx, req, resp, &t, &v);
	}
	int r = warn_of_same(ctx, &t, &v);
	if (r || v.same_id) {
		return r ? r : show_add(ctx, req, resp, &t, &v);
	}
	r = hl_referral_recipient_add(hl_desk_who(ctx), &t.r, &id, &ctx->err);
	if (r == HL_CONFLICT) {
		v.mail_error = hl_web_tr(
			HL_TR("There is one of this kind with this address "
			      "already"));
		return show_add(ctx, req, resp, &t, &v);
	}
	return r ? r
		 : hl_desk_go(ctx, req, resp,
			   hl_desk_recipient_path(ctx->arena, id, ""),
			   hl_web_tr(HL_TR("Proposed. Another person has to "
					   "approve the contact before it is "
					   "used.")));
}

static int recipient_param(const struct hl_web_request *req, int64_t *id)
{
	return hl_desk_param(req, 0, HL_REF_RECIPIENT, id);
}

static void fill_one(struct hl_web_ctx *ctx,
	const struct hl_referral_recipient *from, struct hl_desk_recipient *v)
{
	struct hl_w_summary_row *rows =
		hl_arena_array(ctx->arena, 6, sizeof(*rows));
	size_t n = 0;

	v->id = from->id;
	v->head = (struct hl_w_identity){
		.kind = hl_desk_word(&hl_vocab_recipient, (int)from->kind),
		.ref = hl_desk_ref(ctx->arena, HL_REF_RECIPIENT, from->id),
		.title = from->name,
		.tag = hl_desk_contact_tag(from->state)};
	v->may_approve =
		from->may_approve && from->state == HL_CONTACT_PROPOSED;
	v->may_change = may_change(ctx);
	v->may_retire = v->may_change && from->state == HL_CONTACT_APPROVED;
	if (!rows) {
		return;
	}
	hl_desk_put_row(rows, &n, HL_TR("Comes from"),
		from->source == 2 ? hl_web_tr(HL_TR("found by a look-up"))
				  : hl_web_tr(HL_TR("typed in")));
	hl_desk_put_row(rows, &n, HL_TR("Proposed by"), from->proposed_name);
	hl_desk_put_row(rows, &n, HL_TR("Decided by"), from->decided_name);
	hl_desk_put_row(rows, &n, HL_TR("Decided"),
		from->decided_at_us
			? hl_desk_at(ctx->arena, from->decided_at_us)
			: HL_STR_NONE);
	hl_desk_put_row(rows, &n, HL_TR("Referrals"),
		hl_arena_printf(
			ctx->arena, "%lld", (long long)from->n_referrals));
	v->facts = rows;
	v->n_facts = n;
}

static int load(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_referral_recipient *out)
{
	int64_t id;
	int r = recipient_param(req, &id);

	return r ? r
		 : hl_referral_recipient_get(
			   hl_desk_who(ctx), id, out, &ctx->err);
}

int hl_desk_recipient_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_recipient v = {0};
	struct typed t = {0};
	int r = load(ctx, req, &t.r);

	if (r) {
		return r;
	}
	if (t.r.asn) {
		t.asn = hl_arena_printf(ctx->arena, "%lld", (long long)t.r.asn);
	}
	fill_one(ctx, &t.r, &v);
	fill_fields(ctx, &t, &v);
	return render(ctx, req, resp, t.r.name, &v);
}

int hl_desk_recipient_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_refer_end end = {0};
	struct hl_referral_recipient before;
	struct hl_desk_recipient v = {0};
	struct hl_w_error errors[6];
	struct typed t = {0};
	int r = load(ctx, req, &before);

	if (r) {
		return r;
	}
	read_form(ctx, &t);
	t.r.id = before.id;
	t.r.kind = before.kind;
	if (check(&t, &v) && !hl_str_eq_nocase(t.r.mail, before.mail)) {
		r = warn_of_same(ctx, &t, &v);
	}
	if (r) {
		return r;
	}
	if (collect(&v, errors)) {
		fill_one(ctx, &before, &v);
		fill_fields(ctx, &t, &v);
		return render(ctx, req, resp, before.name, &v);
	}
	/* as the service decides: the letters count, also their size */
	end.notice = hl_str_eq(t.r.mail, before.mail)
			     ? hl_web_tr(HL_TR("Saved."))
			     : hl_web_tr(HL_TR("Saved. The new address waits "
					       "for another person’s "
					       "approval."));
	end.to = hl_desk_recipient_path(ctx->arena, before.id, "");
	end.r = hl_referral_recipient_change(
		hl_desk_who(ctx), &t.r, &end.why, &ctx->err);
	return hl_desk_refer_end(ctx, req, resp, &end);
}

typedef int deed(const struct hl_who *who, int64_t id,
	enum hl_referral_why *why, struct hl_err *err);

static int press(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, deed *f, const char *notice)
{
	struct hl_desk_refer_end end = {.notice = hl_web_tr(notice)};
	int64_t id;
	int r = recipient_param(req, &id);

	if (r) {
		return r;
	}
	end.to = hl_desk_recipient_path(ctx->arena, id, "");
	end.r = f(hl_desk_who(ctx), id, &end.why, &ctx->err);
	return hl_desk_refer_end(ctx, req, resp, &end);
}

static int do_approve(const struct hl_who *who, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	return hl_referral_recipient_decide(who, id, true, why, err);
}

static int do_reject(const struct hl_who *who, int64_t id,
	enum hl_referral_why *why, struct hl_err *err)
{
	return hl_referral_recipient_decide(who, id, false, why, err);
}

int hl_desk_recipient_approve_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, do_approve,
		HL_TR("Approved. Referrals can go to this contact."));
}

int hl_desk_recipient_reject_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, do_reject,
		HL_TR("Rejected. Nothing goes to this contact."));
}

int hl_desk_recipient_retire_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return press(ctx, req, resp, hl_referral_recipient_retire,
		HL_TR("Retired. Nothing goes to this contact any more."));
}
