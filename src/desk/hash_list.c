/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of known hashes: all, one, a new one, and the switch for all. */
#include "desk/hash.h"

#include "web/templates.h"

static bool may_manage(const struct hl_web_ctx *ctx)
{
	return hl_authz_check(&hl_desk_who(ctx)->actor,
		       HL_AUTHZ_HASHLIST_MANAGE, NULL, NULL) == 0;
}

static struct hl_w_tag list_tag(const struct hl_registry_list *list)
{
	const char *colour = list->state == HL_HASH_LIST_ACTIVE     ? "green"
			     : list->state == HL_HASH_LIST_PROPOSED ? "orange"
								    : "grey";

	return (struct hl_w_tag){
		hl_desk_word(&hl_vocab_hash_list_state, (int)list->state),
		hl_str_c(colour)};
}

static struct hl_str resolves_text(
	struct hl_web_ctx *ctx, const struct hl_registry_list *list)
{
	if (list->negative) {
		return hl_web_tr(HL_TR("No: what it has is harmless"));
	}
	if (!list->resolve) {
		return hl_web_tr(HL_TR("No: it only points to cases"));
	}
	/* What does not match resolves nothing. */
	int reach = list->resolve_radius < list->radius ? list->resolve_radius
							: list->radius;

	return hl_desk_fill(ctx->arena,
		HL_TR("Yes: equal SHA-256, and PDQ up to {1} bits apart"),
		hl_arena_printf(ctx->arena, "%d", reach), HL_STR_NONE);
}

static void fill_row(struct hl_web_ctx *ctx,
	const struct hl_registry_list *from, struct hl_desk_hash_list_row *out)
{
	*out = (struct hl_desk_hash_list_row){.id = from->id,
		.n_active = from->n_active,
		.n_proposed = from->n_proposed,
		.imported_us = from->imported_at_us,
		.name = from->name,
		.owner = from->owner.n ? from->owner
				       : hl_web_tr(HL_TR("This hotline")),
		.kind = hl_desk_word(&hl_vocab_hash_list_kind, (int)from->kind),
		.resolves = resolves_text(ctx, from),
		.tag = list_tag(from),
		.negative = from->negative};
}

int hl_desk_hash_lists_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_who *who = hl_desk_who(ctx);
	const struct hl_registry_list *from;
	struct hl_registry_policy policy;
	struct hl_registry_counts counts;
	struct hl_desk_hash_list_row *rows;
	struct hl_desk_hash_lists v = {0};
	size_t n;
	int r = hl_registry_lists(who, &from, &n, &ctx->err);

	if (!r) {
		r = hl_registry_policy(who, &policy, &ctx->err);
	}
	if (!r) {
		r = hl_registry_counts(who, &counts, &ctx->err);
	}
	if (r) {
		return r;
	}
	rows = hl_arena_array(ctx->arena, n, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		fill_row(ctx, &from[i], &rows[i]);
	}
	v.rows = rows;
	v.n_rows = rows ? n : 0;
	v.n_proposed = counts.n_proposed;
	v.n_doubted = counts.n_doubted;
	v.n_changes = counts.n_changes + counts.n_lists;
	v.resolve = policy.resolve;
	v.may_manage = may_manage(ctx);
	if (policy.changed_at_us) {
		v.switched = hl_desk_fill(ctx->arena,
			HL_TR("Switched by {1}, {2}."), policy.changed_name,
			hl_desk_at(ctx->arena, policy.changed_at_us));
	}
	hl_desk_page_init(
		ctx, req, &v.page, hl_web_tr(HL_TR("Known hashes")), "/hashes");
	v.page.web.wide = true;
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_hashes(&resp->body, &v);
	return 0;
}

int hl_desk_hash_switch_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	bool on = hl_web_form_has(&hl_desk_session_of(ctx)->form, "on", "yes");
	struct hl_desk_hash_end end = {.to = HL_STR("/hashes"),
		.notice = on ? hl_web_tr(HL_TR("Known hashes resolve cases "
					       "again."))
			     : hl_web_tr(HL_TR("Switched off: every case is "
					       "assessed by people."))};

	end.r = hl_registry_switch(hl_desk_who(ctx), on, &end.why, &ctx->err);
	return hl_desk_hash_end(ctx, req, resp, &end);
}

/* The fields as they were typed, and what they mean. */
static void read_radius(const struct hl_web_form *form, const char *name,
	int *out, struct hl_str *error)
{
	int64_t value = -1;

	if (hl_web_form_get_i64(form, name, &value) || value < 0 ||
		value > HL_HASH_RADIUS_MAX) {
		*error = hl_web_tr(HL_TR("A whole number from 0 to 63"));
		value = 0;
	}
	*out = (int)value;
}

static void read_change(struct hl_web_ctx *ctx, struct hl_registry_list *list,
	struct hl_desk_hash_list *v)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;

	list->source = v->source = hl_web_form_get(form, "source");
	v->radius = hl_web_form_get(form, "radius");
	v->resolve_radius = hl_web_form_get(form, "resolve_radius");
	v->resolve = hl_web_form_has(form, "resolve", "yes");
	list->resolve = v->resolve;
	read_radius(form, "radius", &list->radius, &v->radius_error);
	if (!list->negative) {
		read_radius(form, "resolve_radius", &list->resolve_radius,
			&v->resolve_error);
	}
	if (!(list->id && list->negative) &&
		!hl_desk_hash_outcome(form, &list->outcome)) {
		v->outcome_error = hl_web_tr(
			HL_TR("Choose what entries without a label are"));
	}
	v->outcome = (int)list->outcome;
	if (!v->source.n) {
		v->source_error =
			hl_web_tr(HL_TR("Say where the list comes from, in 200 "
					"characters at most"));
	}
}

#define ERRORS_MAX 8

static size_t collect(
	const struct hl_desk_hash_list *v, struct hl_w_error errors[ERRORS_MAX])
{
	const struct hl_w_error all[] = {{v->kind_error, HL_STR("kind")},
		{v->name_error, HL_STR("name")},
		{v->owner_error, HL_STR("owner")},
		{v->source_error, HL_STR("source")},
		{v->radius_error, HL_STR("radius")},
		{v->outcome_error, HL_STR("outcome")},
		{v->resolve_error, HL_STR("resolve_radius")},
		{v->waits_error, HL_STR("proposed")}};
	size_t n = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		if (all[i].text.n) {
			errors[n++] = all[i];
		}
	}
	return n;
}

static int render(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str title,
	struct hl_desk_hash_list *v)
{
	struct hl_w_error errors[ERRORS_MAX];
	size_t n = collect(v, errors);

	hl_desk_page_init(ctx, req, &v->page, title, "/hashes");
	v->page.web.back_href = HL_STR("/hashes");
	hl_desk_page_errors(&v->page, errors, n);
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_desk_hash_list(&resp->body, v);
	return 0;
}

static int show_add(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_registry_list *list,
	struct hl_desk_hash_list *v)
{
	v->may_change = true;
	v->kinds = hl_desk_options(ctx->arena, &hl_vocab_hash_list_kind,
		(uint32_t)list->kind, false, &v->n_kinds);
	v->outcomes = hl_desk_choices(ctx->arena, &hl_vocab_outcome,
		(int)list->outcome,
		hl_web_tr(HL_TR("Nothing: it only points to cases")),
		&v->n_outcomes);
	return render(ctx, req, resp, hl_web_tr(HL_TR("Add a list")), v);
}

int hl_desk_hash_list_add_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_registry_list none = {0};
	struct hl_desk_hash_list v = {
		.radius = HL_STR("31"), .resolve_radius = HL_STR("10")};

	return show_add(ctx, req, resp, &none, &v);
}

static void read_new(struct hl_web_ctx *ctx, struct hl_registry_list *list,
	struct hl_desk_hash_list *v)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	int kind = 0;

	hl_vocab_parse(
		&hl_vocab_hash_list_kind, hl_web_form_get(form, "kind"), &kind);
	list->kind = (enum hl_hash_list_kind)kind;
	list->name = v->name = hl_web_form_get(form, "name");
	list->owner = v->owner = hl_web_form_get(form, "owner");
	list->negative = v->negative = hl_web_form_has(form, "negative", "yes");
	read_change(ctx, list, v);
	if (!kind) {
		v->kind_error = hl_web_tr(HL_TR("Choose whose list it is"));
	}
	if (!v->name.n) {
		v->name_error = hl_web_tr(
			HL_TR("Name the list, in 60 characters at most"));
	}
	if (kind == HL_HASH_LIST_PARTNER && !v->owner.n) {
		v->owner_error = hl_web_tr(
			HL_TR("Name its owner, in 60 characters at most"));
	}
}

int hl_desk_hash_list_add_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_registry_list list = {0};
	struct hl_desk_hash_list v = {0};
	struct hl_w_error errors[ERRORS_MAX];
	struct hl_desk_hash_end end = {0};

	read_new(ctx, &list, &v);
	if (collect(&v, errors)) {
		return show_add(ctx, req, resp, &list, &v);
	}
	end.r = hl_registry_list_propose(
		hl_desk_who(ctx), &list, &end.why, &ctx->err);
	if (end.r == HL_E_INVALID || end.why == HL_REGISTRY_NAME_TAKEN) {
		v.name_error =
			end.r == HL_DENIED
				? hl_desk_word(
					  &hl_vocab_registry_why, (int)end.why)
				: hl_web_tr(HL_TR("Names have 60 and the "
						  "source 200 "
						  "characters at most"));
		return show_add(ctx, req, resp, &list, &v);
	}
	end.to = end.r ? HL_STR("/hashes")
		       : hl_desk_hash_list_path(ctx->arena, list.id, "");
	end.notice = hl_web_tr(HL_TR("Proposed. Another supervisor has to "
				     "approve it before anything on it "
				     "counts."));
	return hl_desk_hash_end(ctx, req, resp, &end);
}

static struct hl_str by_text(
	struct hl_web_ctx *ctx, struct hl_str name, int64_t at_us)
{
	return at_us ? hl_desk_fill(ctx->arena, HL_TR("{1}, {2}"), name,
			       hl_desk_at(ctx->arena, at_us))
		     : HL_STR_NONE;
}

static void fill_facts(struct hl_web_ctx *ctx,
	const struct hl_registry_list *from, struct hl_desk_hash_list *v)
{
	struct hl_arena *arena = ctx->arena;
	struct hl_w_summary_row *rows =
		hl_arena_array(arena, 12, sizeof(*rows));
	size_t n = 0;

	if (!rows) {
		return;
	}
	hl_desk_put_row(rows, &n, HL_TR("Owner"),
		from->owner.n ? from->owner : hl_web_tr(HL_TR("This hotline")));
	hl_desk_put_row(rows, &n, HL_TR("Comes from"), from->source);
	hl_desk_put_row(rows, &n, HL_TR("What it has is"),
		from->negative ? hl_web_tr(HL_TR("harmless"))
		: from->outcome
			? hl_desk_word(&hl_vocab_outcome, (int)from->outcome)
			: HL_STR_NONE);
	hl_desk_put_row(rows, &n, HL_TR("PDQ matches"),
		hl_desk_fill(arena, HL_TR("up to {1} bits apart"),
			hl_arena_printf(arena, "%d", from->radius),
			HL_STR_NONE));
	hl_desk_put_row(rows, &n, HL_TR("Resolves cases without a view"),
		resolves_text(ctx, from));
	hl_desk_put_row(rows, &n, HL_TR("In use"),
		hl_desk_count(arena, HL_TR("{n} entry"), HL_TR("{n} entries"),
			from->n_active));
	hl_desk_put_row(rows, &n, HL_TR("Proposed by"),
		by_text(ctx, from->proposed_name, from->proposed_at_us));
	hl_desk_put_row(rows, &n, HL_TR("Approved by"),
		by_text(ctx, from->approved_name, from->approved_at_us));
	hl_desk_put_row(rows, &n, HL_TR("Read in"),
		from->imported_at_us ? hl_desk_at(arena, from->imported_at_us)
				     : HL_STR_NONE);
	hl_desk_put_row(
		rows, &n, HL_TR("Its owner’s version"), from->owner_version);
	v->facts = rows;
	v->n_facts = n;
}

static int fill(struct hl_web_ctx *ctx, const struct hl_registry_list *from,
	struct hl_desk_hash_list *v)
{
	struct hl_authz_object o = {.exists = true,
		.state = (int)from->state,
		.drafted_by = from->proposed_by};
	bool live = from->state != HL_HASH_LIST_RETIRED;

	v->id = from->id;
	v->version = from->version;
	v->negative = from->negative;
	v->head = (struct hl_w_identity){
		.kind = hl_desk_word(&hl_vocab_hash_list_kind, (int)from->kind),
		.ref = hl_desk_ref(ctx->arena, HL_REF_HASH_LIST, from->id),
		.title = from->name,
		.tag = list_tag(from)};
	v->may_change = may_manage(ctx) && live;
	v->may_retire = v->may_change && from->id > HL_HASH_LIST_HARMLESS;
	v->may_resolve = !from->negative;
	v->may_approve = hl_authz_check(&hl_desk_who(ctx)->actor,
				 HL_AUTHZ_HASHLIST_APPROVE, &o, NULL) == 0;
	v->must_wait = from->state == HL_HASH_LIST_PROPOSED && !v->may_approve;
	v->in_use = from->state == HL_HASH_LIST_ACTIVE;
	v->outcomes = hl_desk_choices(ctx->arena, &hl_vocab_outcome, v->outcome,
		hl_web_tr(HL_TR("Nothing: it only points to cases")),
		&v->n_outcomes);
	fill_facts(ctx, from, v);
	int r = hl_desk_hash_proposals(ctx, from, v);
	return r ? r : hl_desk_hash_labels(ctx, v);
}

static int load(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_registry_list *out)
{
	int64_t id;
	int r = hl_desk_param(req, 0, HL_REF_HASH_LIST, &id);

	return r ? r : hl_registry_list(hl_desk_who(ctx), id, out, &ctx->err);
}

int hl_desk_hash_list_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_hash_list v = {0};
	struct hl_registry_list list;
	int r = load(ctx, req, &list);

	if (r) {
		return r;
	}
	v.source = list.source;
	v.outcome = (int)list.outcome;
	v.resolve = list.resolve;
	v.radius = hl_arena_printf(ctx->arena, "%d", list.radius);
	v.resolve_radius =
		hl_arena_printf(ctx->arena, "%d", list.resolve_radius);
	r = fill(ctx, &list, &v);
	return r ? r : render(ctx, req, resp, list.name, &v);
}

int hl_desk_hash_list_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_hash_end end = {0};
	struct hl_desk_hash_list v = {0};
	bool waits = false;
	struct hl_registry_list list, before;
	struct hl_w_error errors[ERRORS_MAX];
	int r = load(ctx, req, &before);

	if (r) {
		return r;
	}
	list = before;
	read_change(ctx, &list, &v);
	hl_web_form_get_i64(
		&hl_desk_session_of(ctx)->form, "version", &list.version);
	if (!collect(&v, errors)) {
		end.r = hl_registry_list_change(
			hl_desk_who(ctx), &list, &waits, &end.why, &ctx->err);
		if (end.r == HL_E_INVALID) {
			v.source_error = hl_web_tr(
				HL_TR("The source has 200 characters at most"));
		}
		if (end.r == HL_DENIED && end.why == HL_REGISTRY_WAITS) {
			v.waits_error = hl_desk_word(
				&hl_vocab_registry_why, (int)end.why);
		}
	}
	if (collect(&v, errors)) {
		r = fill(ctx, &before, &v);
		return r ? r : render(ctx, req, resp, before.name, &v);
	}
	end.to = hl_desk_hash_list_path(ctx->arena, before.id, "");
	end.notice = hl_desk_hash_saved(waits);
	return hl_desk_hash_end(ctx, req, resp, &end);
}

int hl_desk_hash_list_approve_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_hash_end end = {
		.notice = hl_web_tr(HL_TR("Approved. What is on the "
					  "list counts now."))};
	int64_t id, version = 0;
	int r = hl_desk_param(req, 0, HL_REF_HASH_LIST, &id);

	if (r) {
		return r;
	}
	hl_web_form_get_i64(
		&hl_desk_session_of(ctx)->form, "version", &version);
	end.to = hl_desk_hash_list_path(ctx->arena, id, "");
	end.r = hl_registry_list_approve(
		hl_desk_who(ctx), id, version, &end.why, &ctx->err);
	return hl_desk_hash_end(ctx, req, resp, &end);
}

int hl_desk_hash_list_retire_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_hash_end end = {0};
	struct hl_registry_list list;
	bool waits = false;
	int r = load(ctx, req, &list);

	if (r) {
		return r;
	}
	end.to = hl_desk_hash_list_path(ctx->arena, list.id, "");
	end.r = hl_registry_list_retire(hl_desk_who(ctx), list.id, list.version,
		&waits, &end.why, &ctx->err);
	end.notice = waits ? hl_web_tr(HL_TR("Proposed. The list holds cases "
					     "back: another supervisor has to "
					     "approve that it goes."))
			   : hl_web_tr(HL_TR("Nothing on the list counts any "
					     "more."));
	return hl_desk_hash_end(ctx, req, resp, &end);
}
