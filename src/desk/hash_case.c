/* SPDX-License-Identifier: Apache-2.0 */
/* The hashes of a case's item, on the page of the case. */
#include "desk/hash.h"

#include "web/templates.h"

struct hl_casework_known hl_desk_known(
	const struct hl_web_ctx *ctx, struct hl_casework_laws *laws)
{
	const struct hl_desk_app *desk = hl_desk_of(ctx);

	*laws = (struct hl_casework_laws){
		desk->laws, desk->n_laws, desk->settings};
	return (struct hl_casework_known){laws, desk->near};
}

static void add_rows(struct hl_web_ctx *ctx,
	const struct hl_casework_hashes *from, struct hl_desk_case_hashes *out)
{
	struct hl_desk_hash_row *rows =
		hl_arena_array(ctx->arena, from->n, sizeof(*rows));

	for (size_t i = 0; rows && i < from->n; i++) {
		const struct hl_casework_hash *h = &from->at[i];

		hl_desk_hash_row(ctx->arena, &h->hash, &rows[i]);
		rows[i].how =
			h->name.n
				? hl_desk_fill(ctx->arena, HL_TR("{1}, by {2}"),
					  hl_desk_word(&hl_vocab_hash_how,
						  (int)h->how),
					  h->name)
			: h->how == HL_HASH_FILE
				? hl_desk_word(&hl_vocab_hash_how, (int)h->how)
			: h->vouched ? hl_web_tr(HL_TR("Came with a report, "
						       "under a key"))
				     : hl_web_tr(HL_TR("Came with a report, "
						       "without a key"));
		rows[i].at_us = h->at_us;
		rows[i].may_remove = h->may_remove;
		rows[i].may_choose = h->vouched && from->may_propose;
	}
	out->rows = rows;
	out->n_rows = rows ? from->n : 0;
}

static struct hl_w_tag match_tag(const struct hl_registry_match *m)
{
	if (m->lacks == HL_REGISTRY_NEGATIVE) {
		return (struct hl_w_tag){
			hl_web_tr(HL_TR("Harmless")), HL_STR("green")};
	}
	return m->lacks ? (struct hl_w_tag){hl_web_tr(HL_TR("Perhaps known")),
				  HL_STR("yellow")}
			: (struct hl_w_tag){
				  hl_web_tr(HL_TR("Known")), HL_STR("purple")};
}

static void add_matches(struct hl_web_ctx *ctx,
	const struct hl_registry_known *from, struct hl_desk_case_hashes *out)
{
	struct hl_desk_match_row *rows =
		hl_arena_array(ctx->arena, from->n, sizeof(*rows));

	for (size_t i = 0; rows && i < from->n; i++) {
		const struct hl_registry_match *m = &from->at[i];

		rows[i] = (struct hl_desk_match_row){.entry_id = m->entry.id,
			.tag = match_tag(m),
			.match = hl_desk_hash_match(
				ctx->arena, m->hash.kind, m->distance),
			.list = m->entry.list.name,
			.outcome = m->entry.outcome
					   ? hl_desk_word(&hl_vocab_outcome,
						     (int)m->entry.outcome)
					   : HL_STR_NONE,
			.series = m->entry.series,
			.why = m->lacks ? hl_desk_word(&hl_vocab_registry_short,
						  (int)m->lacks)
					: HL_STR_NONE};
	}
	out->matches = rows;
	out->n_matches = rows ? from->n : 0;
	out->truncated = from->truncated;
}

/* "Known: entry N of list L, equal SHA-256, approved by A and B" */
static void add_reason(struct hl_web_ctx *ctx,
	const struct hl_casework_resolution *from,
	struct hl_desk_case_hashes *out)
{
	struct hl_arena *arena = ctx->arena;
	const struct hl_registry_entry *e = &from->entry;
	struct hl_w_summary_row *rows = hl_arena_array(arena, 9, sizeof(*rows));
	size_t n = 0;

	if (!rows) {
		return;
	}
	hl_desk_put_row(rows, &n, HL_TR("Known as"),
		hl_desk_fill(arena, HL_TR("{1} on the list “{2}”"),
			hl_desk_ref(arena, HL_REF_HASH, e->id), e->list.name));
	rows[0].href = hl_desk_hash_path(arena, e->id, "");
	rows[0].action = hl_web_tr(HL_TR("See the entry"));
	hl_desk_put_row(rows, &n, HL_TR("By"),
		hl_desk_hash_match(arena, from->kind, from->distance));
	hl_desk_put_row(rows, &n, HL_TR("Approved by"),
		hl_desk_hash_approvers(arena, e));
	hl_desk_put_row(rows, &n, HL_TR("Outcome"),
		hl_desk_word(&hl_vocab_outcome, (int)from->outcome));
	hl_desk_put_row(rows, &n, HL_TR("Series"), e->series);
	hl_desk_put_row(
		rows, &n, HL_TR("Resolved"), hl_desk_at(arena, from->at_us));
	out->known = rows;
	out->n_known = n;
}

static void add_entries(struct hl_web_ctx *ctx,
	const struct hl_casework_hashes *from, struct hl_desk_case_hashes *out)
{
	struct hl_desk_case_entry *rows =
		hl_arena_array(ctx->arena, from->n_entries, sizeof(*rows));

	for (size_t i = 0; rows && i < from->n_entries; i++) {
		rows[i] = (struct hl_desk_case_entry){from->entries[i].id,
			from->entries[i].list_name,
			hl_desk_hash_tag(from->entries[i].state)};
	}
	out->entries = rows;
	out->n_entries = rows ? from->n_entries : 0;
}

static void add_choices(struct hl_web_ctx *ctx, struct hl_desk_case_hashes *out)
{
	struct hl_w_option *made =
		hl_arena_array(ctx->arena, out->n_rows, sizeof(*made));

	for (size_t i = 0; made && i < out->n_rows; i++) {
		const struct hl_desk_hash_row *row = &out->rows[i];

		if (row->may_choose) {
			made[out->n_choices++] =
				(struct hl_w_option){.value = row->token,
					.text = hl_desk_fill(ctx->arena,
						HL_TR("{1} {2}…"), row->kind,
						hl_str_sub(row->value, 0, 12))};
		}
	}
	out->choices = made;
	out->may_propose = out->n_choices > 0;
}

int hl_desk_case_hashes(struct hl_web_ctx *ctx, int64_t case_id,
	struct hl_desk_case_hashes *out)
{
	struct hl_casework_laws laws;
	struct hl_casework_known known = hl_desk_known(ctx, &laws);
	struct hl_casework_hashes from;
	int r = hl_casework_hashes(
		hl_desk_who(ctx), &known, case_id, &from, &ctx->err);

	*out = (struct hl_desk_case_hashes){
		.case_id = case_id, .csrf = hl_desk_session_of(ctx)->csrf};
	if (r) {
		return r;
	}
	out->may_change = from.may_change;
	out->may_recognise = from.may_recognise;
	add_rows(ctx, &from, out);
	add_matches(ctx, &from.known, out);
	add_entries(ctx, &from, out);
	add_choices(ctx, out);
	out->in_force = from.in_force;
	if (from.in_force) {
		add_reason(ctx, &from.resolutions[0], out);
	} else if (from.n_resolutions && from.resolutions[0].undone_by) {
		out->taken_back = hl_desk_fill(ctx->arena,
			HL_TR("A known hash had resolved it; {1} wants it "
			      "assessed by people."),
			from.resolutions[0].undone_name, HL_STR_NONE);
	}
	return out->may_propose ? hl_desk_hash_own_lists(ctx, HL_STR_NONE,
					  &out->lists, &out->n_lists)
				: 0;
}

int hl_desk_hash_add_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_case_try again = {
		.hashes = hl_web_form_get(
			&hl_desk_session_of(ctx)->form, "hashes")};
	struct hl_desk_end end = {0};
	struct hl_casework_laws laws;
	struct hl_casework_known known = hl_desk_known(ctx, &laws);
	struct hl_hash_fault fault;
	struct hl_hash_set set;
	bool recognised = false;
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	if (r) {
		return r;
	}
	if (hl_hash_read_text(again.hashes, &set, &fault)) {
		again.hashes_error = hl_desk_hash_fault(ctx->arena, &fault);
		return hl_desk_case_show(ctx, req, resp, id, &again);
	}
	end.r = hl_casework_hash_add(hl_desk_who(ctx), &known, id, &set,
		&recognised, &end.why, &ctx->err);
	if (end.r == HL_E_INVALID) {
		again.hashes_error =
			set.n ? hl_web_tr(HL_TR("One item has 64 hashes at "
						"most"))
			      : hl_web_tr(HL_TR("Write a hash first"));
	} else if (hl_desk_refused(end.r, end.why)) {
		again.hashes_error =
			hl_desk_word(&hl_vocab_casework_why, (int)end.why);
	}
	if (again.hashes_error.n) {
		return hl_desk_case_show(ctx, req, resp, id, &again);
	}
	end.to = hl_desk_case_path(ctx->arena, id, "#known");
	end.notice = recognised
			     ? hl_web_tr(HL_TR("The hash is known: the case is "
					       "resolved, and nobody has to "
					       "look."))
			     : hl_desk_count(ctx->arena,
				       HL_TR("{n} hash has been added."),
				       HL_TR("{n} hashes have been added."),
				       (int64_t)set.n);
	return hl_desk_end(ctx, req, resp, &end);
}

/* "sha256:9f86…" */
static int read_token(struct hl_str token, struct hl_hash *out)
{
	size_t at = hl_str_find_char(token, ':');
	int kind = 0;

	return hl_vocab_parse(
		       &hl_vocab_hash_kind, hl_str_sub(token, 0, at), &kind) ||
			       hl_hash_parse((enum hl_hash_kind)kind,
				       hl_str_sub(token, at + 1, token.n), out)
		       ? HL_NOTFOUND
		       : 0;
}

int hl_desk_hash_drop_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_end end = {
		.notice = hl_web_tr(HL_TR("The hash has been taken off."))};
	struct hl_hash hash = {0};
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	if (r) {
		return r;
	}
	/* what is no hash is none that the item has */
	read_token(
		hl_web_form_get(&hl_desk_session_of(ctx)->form, "hash"), &hash);
	end.to = hl_desk_case_path(ctx->arena, id, "#known");
	end.r = hl_casework_hash_remove(
		hl_desk_who(ctx), id, &hash, &end.why, &ctx->err);
	if (end.r == HL_NOTFOUND) {
		return hl_desk_refuse(ctx, req, resp, end.to,
			hl_web_tr(HL_TR("The item does not have this hash.")));
	}
	return hl_desk_end(ctx, req, resp, &end);
}

int hl_desk_hash_recognise_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_end end = {
		.notice = hl_web_tr(HL_TR("The case is resolved by what is "
					  "known."))};
	struct hl_casework_laws laws;
	struct hl_casework_known known = hl_desk_known(ctx, &laws);
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	if (r) {
		return r;
	}
	end.to = hl_desk_case_path(ctx->arena, id, "#known");
	end.r = hl_casework_recognise(
		hl_desk_who(ctx), &known, id, &end.why, &ctx->err);
	if (end.r == HL_NOTFOUND) {
		return hl_desk_refuse(ctx, req, resp, end.to,
			hl_web_tr(HL_TR("Nothing that is known resolves it any "
					"more.")));
	}
	return hl_desk_end(ctx, req, resp, &end);
}

static void read_chosen(const struct hl_web_form *form, struct hl_hash_set *out)
{
	struct hl_str token;
	size_t at = 0;

	*out = (struct hl_hash_set){0};
	while (out->n < HL_HASH_TEXT_MAX &&
		hl_web_form_next(form, "hash", &at, &token)) {
		out->n += read_token(token, &out->at[out->n]) == 0;
	}
}

int hl_desk_hash_propose_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	struct hl_casework_proposed_why why = {0};
	struct hl_casework_proposing proposing = {
		.series = hl_web_form_get(form, "series")};
	struct hl_hash_set set;
	struct hl_str back;
	int64_t id, entry = 0;
	int r = hl_desk_case_param(req, &id);

	if (r) {
		return r;
	}
	read_chosen(form, &set);
	proposing.hashes = &set;
	hl_ref_parse(HL_REF_HASH_LIST, hl_web_form_get(form, "list"),
		&proposing.list_id);
	back = hl_desk_case_path(ctx->arena, id, "#known");
	r = hl_casework_hash_propose(
		hl_desk_who(ctx), id, &proposing, &entry, &why, &ctx->err);
	if (r == HL_E_INVALID) {
		return hl_desk_refuse(ctx, req, resp, back,
			hl_web_tr(HL_TR("Choose at least one hash; a series "
					"has 60 characters at most.")));
	}
	if (r == HL_DENIED && why.of_case == HL_CASEWORK_REGISTRY) {
		return hl_desk_refuse(ctx, req, resp, back,
			hl_desk_word(&hl_vocab_registry_why, (int)why.of_list));
	}
	return hl_desk_end(ctx, req, resp,
		&(struct hl_desk_end){r, why.of_case,
			r ? back : hl_desk_hash_path(ctx->arena, entry, ""),
			hl_web_tr(HL_TR("Proposed. Another person has to "
					"approve it before it counts."))});
}
