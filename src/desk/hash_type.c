/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes for a list of our own without a case: of harmless pictures, say. */
#include "desk/hash.h"

#include "web/templates.h"

struct typed {
	struct hl_str list;
	int64_t list_id;
	int outcome;
	struct hl_hash_set set;
};

static size_t collect(
	const struct hl_desk_hash_add *v, struct hl_w_error errors[4])
{
	const struct hl_w_error all[] = {{v->list_error, HL_STR("list")},
		{v->text_error, HL_STR("hashes")},
		{v->outcome_error, HL_STR("outcome")},
		{v->series_error, HL_STR("series")}};
	size_t n = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		if (all[i].text.n) {
			errors[n++] = all[i];
		}
	}
	return n;
}

static int show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct typed *t,
	struct hl_desk_hash_add *v)
{
	struct hl_w_error errors[4];
	size_t n = collect(v, errors);
	int r = hl_desk_hash_own_lists(ctx, t->list, &v->lists, &v->n_lists);

	if (r) {
		return r;
	}
	v->outcomes = hl_desk_options(ctx->arena, &hl_vocab_outcome,
		(uint32_t)t->outcome, false, &v->n_outcomes);
	v->n_outcomes = v->n_outcomes < 5 ? v->n_outcomes : 5;
	hl_desk_page_init(
		ctx, req, &v->page, hl_web_tr(HL_TR("Add hashes")), "/hashes");
	v->page.web.back_href = HL_STR("/hashes/entries");
	hl_desk_page_errors(&v->page, errors, n);
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_desk_hash_add(&resp->body, v);
	return 0;
}

int hl_desk_hash_type_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_hash_add v = {0};
	struct typed none = {0};

	return show(ctx, req, resp, &none, &v);
}

static void read_form(
	struct hl_web_ctx *ctx, struct typed *t, struct hl_desk_hash_add *v)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	struct hl_hash_fault fault;

	t->list = hl_web_form_get(form, "list");
	v->text = hl_web_form_get(form, "hashes");
	v->series = hl_web_form_get(form, "series");
	hl_vocab_parse(&hl_vocab_outcome, hl_web_form_get(form, "outcome"),
		&t->outcome);
	if (hl_ref_parse(HL_REF_HASH_LIST, t->list, &t->list_id)) {
		v->list_error = hl_web_tr(HL_TR("Choose a list"));
	}
	if (!t->outcome || t->outcome > HL_OUTCOME_LEGAL) {
		v->outcome_error =
			hl_web_tr(HL_TR("Choose what the content is"));
	}
	if (hl_hash_read_text(v->text, &t->set, &fault)) {
		v->text_error = hl_desk_hash_fault(ctx->arena, &fault);
	} else if (!t->set.n) {
		v->text_error = hl_web_tr(HL_TR("Write a hash first"));
	}
}

int hl_desk_hash_type_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_desk_app *desk = hl_desk_of(ctx);
	HL_BUF_AUTO profile = HL_BUF_INIT(1024);
	struct hl_registry_entry entry = {.origin = HL_HASH_FROM_TYPING};
	struct hl_desk_hash_end end = {
		.notice = hl_web_tr(HL_TR("Proposed. Another person has to "
					  "approve it before it counts."))};
	struct hl_desk_hash_add v = {0};
	struct hl_w_error errors[4];
	struct typed t = {0};

	read_form(ctx, &t, &v);
	if (collect(&v, errors)) {
		return show(ctx, req, resp, &t, &v);
	}
	hl_registry_put_profile(&profile, desk->laws, desk->n_laws);
	entry.list.id = t.list_id;
	entry.outcome = (enum hl_outcome)t.outcome;
	entry.series = v.series;
	entry.profile = hl_arena_dup(ctx->arena, hl_buf_str(&profile));
	end.r = hl_registry_type(
		hl_desk_who(ctx), &entry, &t.set, &end.why, &ctx->err);
	if (end.r == HL_E_INVALID) {
		v.series_error =
			hl_web_tr(HL_TR("One line of 60 characters at most"));
	} else if (end.r == HL_DENIED && end.why > HL_REGISTRY_NOT_PERMITTED) {
		v.text_error =
			hl_desk_word(&hl_vocab_registry_why, (int)end.why);
	}
	if (collect(&v, errors)) {
		return show(ctx, req, resp, &t, &v);
	}
	end.to = end.r ? HL_STR("/hashes/entries")
		       : hl_desk_hash_path(ctx->arena, entry.id, "");
	return hl_desk_hash_end(ctx, req, resp, &end);
}
