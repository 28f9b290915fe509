/* SPDX-License-Identifier: Apache-2.0 */
/* Appeals: all, one, and the decision by somebody new. */
#include "desk_lists/inner.h"

#include "web/templates.h"

#define APPEALS_MOST 200

int hl_desk_lists_appeals_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_appeals v = {0};
	struct hl_desk_lists_appeal_row *rows;
	const struct hl_publish_appeal *from;
	size_t n = 0;
	int r = hl_publish_appeals(
		hl_desk_who(ctx), APPEALS_MOST, &from, &n, &ctx->err);

	if (r) {
		return r;
	}
	rows = hl_arena_array(ctx->arena, n + 1, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		rows[i] = (struct hl_desk_lists_appeal_row){.id = from[i].id,
			.at_us = from[i].received_at_us,
			.entry_id = from[i].entry_id,
			.tag = hl_desk_lists_appeal_tag(from[i].state),
			.reason = from[i].reason
					  ? hl_desk_word(
						    &hl_vocab_list_appeal_why,
						    (int)from[i].reason)
					  : HL_STR_NONE,
			.by = from[i].decided_name};
	}
	v.rows = rows;
	v.n_rows = rows ? n : 0;
	hl_desk_page_init(
		ctx, req, &v.page, hl_web_tr(HL_TR("Appeals")), HL_DESK_LISTS);
	v.page.web.wide = true;
	v.page.web.back_href = HL_STR(HL_DESK_LISTS);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_lists_appeals(&resp->body, &v);
	return 0;
}

static bool upholds(int value)
{
	return hl_list_appeal_fits(
		HL_LIST_APPEAL_UPHELD, (enum hl_list_appeal_why)value);
}

static bool rejects(int value)
{
	return hl_list_appeal_fits(
		HL_LIST_APPEAL_REJECTED, (enum hl_list_appeal_why)value);
}

/* While an entry blocks the address, or the one that was named is in force,
 * nobody can say that none does. */
static bool rejects_listed(int value)
{
	return rejects(value) && value != HL_LIST_APPEAL_NOT_LISTED;
}

static bool in_force(const struct hl_publish_appeal *a)
{
	return a->n_blocking ||
	       (a->entry_id && a->entry_state == HL_LIST_ACTIVE);
}

static void add_facts(struct hl_web_ctx *ctx, const struct hl_publish_appeal *a,
	struct hl_desk_lists_appeal *v)
{
	struct hl_w_summary_row *rows =
		hl_arena_array(ctx->arena, 6, sizeof(*rows));
	size_t n = 0;

	if (!rows) {
		return;
	}
	hl_desk_put_row(rows, &n, HL_TR("Received"),
		hl_desk_at(ctx->arena, a->received_at_us));
	if (a->entry_id) {
		hl_desk_put_row(rows, &n, HL_TR("About entry"),
			hl_desk_ref(
				ctx->arena, HL_REF_LIST_ENTRY, a->entry_id));
		rows[n - 1].href =
			hl_desk_lists_entry_path(ctx->arena, a->entry_id, "");
		rows[n - 1].action = hl_web_tr(HL_TR("See the entry"));
	}
	hl_desk_put_row(rows, &n, HL_TR("Decided by"),
		hl_desk_lists_by(ctx, a->decided_name, a->decided_at_us));
	hl_desk_put_row(rows, &n, HL_TR("Why"),
		a->reason ? hl_desk_word(
				    &hl_vocab_list_appeal_why, (int)a->reason)
			  : HL_STR_NONE);
	v->facts = rows;
	v->n_facts = n;
}

static bool blocks(const struct hl_publish_appeal *a, int64_t id)
{
	for (size_t i = 0; i < a->n_blocking; i++) {
		if (a->blocking[i] == id) {
			return true;
		}
	}
	return false;
}

/* Without the publisher's keys nothing was compared with what is listed. */
static bool compared(struct hl_web_ctx *ctx, const struct hl_publish_appeal *a)
{
	struct hl_publish_setup setup = hl_desk_lists_setup(ctx);

	return a->address.n && setup.popular && setup.commit;
}

static const char *tie_of(
	struct hl_web_ctx *ctx, const struct hl_publish_appeal *a, int64_t id)
{
	if (id != a->entry_id) {
		return HL_TR("It blocks the address that was given.");
	}
	if (blocks(a, id)) {
		return HL_TR("The appeal names it, and it blocks the address "
			     "that was given.");
	}
	if (a->entry_state == HL_LIST_ACTIVE && compared(ctx, a)) {
		return HL_TR("The appeal names it. It does not block the "
			     "address that was given.");
	}
	return a->address.n ? HL_TR("The appeal names it.")
			    : HL_TR("The appeal names it. No address was "
				    "given, or it cannot be read.");
}

static struct hl_str none_text(
	struct hl_web_ctx *ctx, const struct hl_publish_appeal *a)
{
	if (compared(ctx, a)) {
		return hl_web_tr(HL_TR("No entry in force that we know of "
				       "blocks the address that was given."));
	}
	if (a->address.n) {
		return hl_web_tr(HL_TR("Not known: the publisher has not been "
				       "set up."));
	}
	return a->words.n ? hl_web_tr(HL_TR("No address was given, and no "
					    "entry of ours was named."))
			  : hl_web_tr(HL_TR("Not known: what was written "
					    "cannot be read."));
}

/* The entries that it may be about: those that block its address, and the one
 * that it named, whatever its state is. */
static void add_entries(struct hl_web_ctx *ctx,
	const struct hl_publish_appeal *a, int64_t chosen,
	struct hl_desk_lists_appeal *v)
{
	size_t n =
		a->n_blocking + (a->entry_id != 0 && !blocks(a, a->entry_id));
	struct hl_w_option *options =
		hl_arena_array(ctx->arena, n + 1, sizeof(*options));
	struct hl_desk_lists_appeal_entry *rows =
		hl_arena_array(ctx->arena, n + 1, sizeof(*rows));

	v->options = options;
	v->entries = rows;
	for (size_t i = 0; options && rows && i < n; i++) {
		bool blocking = i < a->n_blocking;
		int64_t id = blocking ? a->blocking[i] : a->entry_id;
		struct hl_str ref =
			hl_desk_ref(ctx->arena, HL_REF_LIST_ENTRY, id);

		rows[v->n_entries] = (struct hl_desk_lists_appeal_entry){id,
			hl_desk_lists_entry_tag(
				blocking ? HL_LIST_ACTIVE : a->entry_state),
			hl_web_tr(tie_of(ctx, a, id))};
		options[v->n_entries] = (struct hl_w_option){.value = ref,
			.text = ref,
			.hint = rows[v->n_entries].text,
			.checked = id == chosen};
		v->n_entries++;
	}
	v->none = none_text(ctx, a);
}

/* Who goes back and sends again has two receipts: deciding one leaves the
 * other open. Addresses of others are sealed, so of those that name no entry
 * only the number is told. */
static int add_others(struct hl_web_ctx *ctx, const struct hl_publish_appeal *a,
	struct hl_desk_lists_appeal *v)
{
	const struct hl_publish_appeal *all;
	size_t n = 0;
	int64_t *ids;
	int r = hl_publish_appeals(
		hl_desk_who(ctx), APPEALS_MOST, &all, &n, &ctx->err);

	if (r) {
		return r;
	}
	ids = hl_arena_array(ctx->arena, n + 1, sizeof(*ids));
	for (size_t i = 0; ids && i < n; i++) {
		int64_t entry = all[i].entry_id;

		if (all[i].state != HL_LIST_APPEAL_OPEN || all[i].id == a->id) {
			continue;
		}
		if (!entry) {
			v->n_unnamed++;
		} else if (entry == a->entry_id || blocks(a, entry)) {
			ids[v->n_others++] = all[i].id;
		}
	}
	v->others = ids;
	return 0;
}

static void fill(struct hl_web_ctx *ctx, const struct hl_publish_appeal *a,
	const struct hl_publish_ruling *said, struct hl_desk_lists_appeal *v)
{
	v->id = a->id;
	v->version = a->version;
	v->open = a->state == HL_LIST_APPEAL_OPEN;
	v->head = (struct hl_w_identity){.kind = hl_web_tr(HL_TR("Appeal")),
		.ref = hl_desk_ref(ctx->arena, HL_REF_APPEAL, a->id),
		.tag = hl_desk_lists_appeal_tag(a->state)};
	v->address = a->address;
	v->words = a->words;
	v->contact = a->contact;
	v->broken = a->broken;
	v->hidden = !a->broken && !a->address.n && !a->words.n
			    ? hl_web_tr(HL_TR("You have not been handed the "
					      "key that opens it."))
			    : HL_STR_NONE;
	v->may_decide = a->may_decide;
	if (v->open && !a->may_decide) {
		v->waits = a->why > HL_PUBLISH_NOT_PERMITTED
				   ? hl_desk_lists_why(a->why)
				   : hl_web_tr(HL_TR("It waits for somebody "
						     "who neither proposed nor "
						     "approved the entry."));
	}
	v->upheld = hl_desk_lists_some(ctx->arena, &hl_vocab_list_appeal_why,
		(int)said->reason, upholds, &v->n_upheld);
	v->in_force = in_force(a);
	v->rejected = hl_desk_lists_some(ctx->arena, &hl_vocab_list_appeal_why,
		(int)said->reason, v->in_force ? rejects_listed : rejects,
		&v->n_rejected);
	add_facts(ctx, a, v);
	add_entries(ctx, a, said->entry_id ? said->entry_id : a->entry_id, v);
}

static int show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_publish_ruling *said,
	struct hl_desk_lists_appeal *v)
{
	struct hl_publish_setup setup = hl_desk_lists_setup(ctx);
	struct hl_w_error errors[2];
	struct hl_publish_appeal a = {0};
	size_t n = 0;
	int r = hl_publish_appeal(
		hl_desk_who(ctx), &setup, said->id, &a, &ctx->err);

	if (!r) {
		r = add_others(ctx, &a, v);
	}
	if (r) {
		return r;
	}
	if (v->reason_error.n) {
		errors[n++] =
			(struct hl_w_error){v->reason_error, HL_STR("why")};
	}
	if (v->entry_error.n) {
		errors[n++] =
			(struct hl_w_error){v->entry_error, HL_STR("entry")};
	}
	hl_desk_page_init(ctx, req, &v->page,
		hl_desk_fill(ctx->arena, HL_TR("Appeal {1}"),
			hl_desk_ref(ctx->arena, HL_REF_APPEAL, said->id),
			HL_STR_NONE),
		HL_DESK_LISTS);
	v->page.web.back_href = HL_STR(HL_DESK_LISTS_APPEALS);
	hl_desk_page_errors(&v->page, errors, n);
	fill(ctx, &a, said, v);
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_lists_appeal(&resp->body, v);
	return 0;
}

int hl_desk_lists_appeal_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_appeal v = {0};
	struct hl_publish_ruling said = {0};
	int r = hl_desk_param(req, 0, HL_REF_APPEAL, &said.id);

	return r ? r : show(ctx, req, resp, &said, &v);
}

static void read_form(struct hl_web_ctx *ctx, struct hl_publish_ruling *out)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	int why = HL_LIST_APPEAL_WHY_NONE;

	hl_vocab_parse(
		&hl_vocab_list_appeal_why, hl_web_form_get(form, "why"), &why);
	out->reason = (enum hl_list_appeal_why)why;
	out->state =
		upholds(why) ? HL_LIST_APPEAL_UPHELD : HL_LIST_APPEAL_REJECTED;
	hl_web_form_get_i64(form, "version", &out->version);
	struct hl_str entry = hl_web_form_get(form, "entry");
	if (entry.n && hl_ref_parse(HL_REF_LIST_ENTRY, entry, &out->entry_id)) {
		out->entry_id = -1; /* about no entry that there is */
	}
}

int hl_desk_lists_appeal_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_appeal v = {0};
	struct hl_publish_setup setup = hl_desk_lists_setup(ctx);
	struct hl_desk_lists_end end = {0};
	struct hl_publish_ruling said = {0};
	int r = hl_desk_param(req, 0, HL_REF_APPEAL, &said.id);

	if (r) {
		return r;
	}
	read_form(ctx, &said);
	if (!said.reason) {
		v.reason_error = hl_web_tr(HL_TR("Choose what you decide"));
		return show(ctx, req, resp, &said, &v);
	}
	end.to = hl_desk_lists_appeal_path(ctx->arena, said.id, "");
	end.r = hl_publish_appeal_decide(
		hl_desk_who(ctx), &setup, &said, &end.why, &ctx->err);
	if (end.r == HL_DENIED && end.why == HL_PUBLISH_NO_PLACE) {
		v.entry_error =
			hl_web_tr(HL_TR("Choose the entry that it is about"));
		return show(ctx, req, resp, &said, &v);
	}
	end.notice = upholds((int)said.reason)
			     ? hl_web_tr(HL_TR("Upheld. The entry has ended; "
					       "the person reads so with their "
					       "receipt."))
			     : hl_web_tr(HL_TR("Rejected. The person reads "
					       "why with their receipt."));
	return hl_desk_lists_end(ctx, req, resp, &end);
}
