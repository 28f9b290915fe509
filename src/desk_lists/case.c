/* SPDX-License-Identifier: Apache-2.0 */
/* A case and the block list: its section of the case page, and the page to
 * propose an entry. */
#include "desk_lists/inner.h"

#include "web/templates.h"

static const struct hl_desk_lists_row *rows_of(
	struct hl_web_ctx *ctx, const struct hl_publish_offer *from, size_t *n)
{
	struct hl_desk_lists_row *rows =
		hl_arena_array(ctx->arena, from->n_entries + 1, sizeof(*rows));

	*n = rows ? from->n_entries : 0;
	for (size_t i = 0; i < *n; i++) {
		hl_desk_lists_row(ctx, &from->entries[i], &rows[i]);
	}
	return rows;
}

int hl_desk_lists_case_section(
	struct hl_web_ctx *ctx, int64_t case_id, struct hl_html *out)
{
	HL_BUF_AUTO html = HL_BUF_SECRET(1 << 18);
	struct hl_publish_setup setup = hl_desk_lists_setup(ctx);
	struct hl_desk_lists_case v = {.case_id = case_id};
	struct hl_publish_offer offer = {0};
	int r = hl_publish_offer(
		hl_desk_who(ctx), &setup, case_id, &offer, &ctx->err);

	*out = (struct hl_html){HL_STR_NONE};
	if (r == HL_NOTFOUND || r == HL_DENIED) { /* no more can be said */
		v.later = true;
	} else if (r) {
		return r;
	}
	v.rows = rows_of(ctx, &offer, &v.n_rows);
	v.may_propose = offer.may_propose;
	v.why_not = offer.may_propose || v.later ? HL_STR_NONE
						 : hl_desk_lists_why(offer.why);
	hl_tmpl_lists_case(&html, &v);
	if (html.fault) {
		return HL_FAIL(&ctx->err, html.fault,
			"the case's section of lists cannot be made");
	}
	out->markup = hl_arena_dup(ctx->arena, hl_buf_str(&html));
	return 0;
}

/* "page", "folder-2": what the form says of a place. */
static struct hl_str place_value(
	struct hl_arena *arena, enum hl_list_scope scope, int keep)
{
	const char *name = hl_vocab_name(&hl_vocab_list_scope, (int)scope);

	return keep ? hl_arena_printf(arena, "%s-%d", name, keep)
		    : hl_str_c(name);
}

static const struct hl_publish_place *find_place(struct hl_arena *arena,
	const struct hl_publish_offer *offer, struct hl_str value)
{
	for (size_t i = 0; i < offer->n_places; i++) {
		const struct hl_publish_place *p = &offer->places[i];

		if (hl_str_eq(value, place_value(arena, p->scope, p->keep))) {
			return p;
		}
	}
	return NULL;
}

static struct hl_str title_of(const struct hl_publish_place *p)
{
	return hl_desk_lists_whole(p->scope, p->path)
		       ? hl_web_tr(HL_TR("Everything at this name"))
		       : hl_desk_word(&hl_vocab_list_scope, (int)p->scope);
}

static void add_places(struct hl_web_ctx *ctx,
	const struct hl_publish_offer *offer, struct hl_str chosen,
	struct hl_desk_lists_propose *v)
{
	struct hl_desk_lists_place *rows =
		hl_arena_array(ctx->arena, offer->n_places + 1, sizeof(*rows));

	for (size_t i = 0; rows && i < offer->n_places; i++) {
		const struct hl_publish_place *p = &offer->places[i];

		rows[i] = (struct hl_desk_lists_place){
			.value = place_value(ctx->arena, p->scope, p->keep),
			.title = title_of(p),
			.host = p->host,
			.path = p->scope == HL_LIST_DOMAIN ? HL_STR_NONE
							   : p->path,
			.blocks = hl_desk_lists_blocks(p->scope, p->path),
			.spares = hl_desk_lists_spares(p->scope, p->path),
			.why_not = p->why ? hl_desk_lists_why(p->why)
					  : HL_STR_NONE,
			.popular = p->popular,
			.any = p->scope == HL_LIST_ANY_QUERY,
			.below = p->scope == HL_LIST_DOMAIN};
		rows[i].checked = !p->why && hl_str_eq(rows[i].value, chosen);
		v->n_open += !p->why;
	}
	v->places = rows;
	v->n_places = rows ? offer->n_places : 0;
}

static int show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_publish_offer *offer,
	struct hl_desk_lists_propose *v)
{
	const struct hl_w_error all[] = {{v->place_error, HL_STR("place")},
		{v->reason_error, HL_STR("reason")},
		{v->look_error, HL_STR("looked")}};
	struct hl_w_error errors[HL_ARRAY_LEN(all)];
	size_t n = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		if (all[i].text.n) {
			errors[n++] = all[i];
		}
	}
	hl_desk_page_init(ctx, req, &v->page,
		hl_web_tr(HL_TR("Propose for the block list")), "/queue");
	v->page.web.back_href =
		hl_desk_case_path(ctx->arena, offer->case_id, "#block-list");
	hl_desk_page_errors(&v->page, errors, n);
	v->case_id = offer->case_id;
	v->head = (struct hl_w_identity){.kind = hl_web_tr(HL_TR("Case")),
		.ref = hl_desk_ref(ctx->arena, HL_REF_CASE, offer->case_id)};
	v->address = offer->address;
	v->may_propose = offer->may_propose;
	v->needs_look = offer->needs_look;
	v->why_not = offer->may_propose ? HL_STR_NONE
					: hl_desk_lists_why(offer->why);
	v->seen = offer->seen_at_us ? hl_desk_at(ctx->arena, offer->seen_at_us)
				    : HL_STR_NONE;
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_lists_propose(&resp->body, v);
	return 0;
}

static int load(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_publish_offer *offer)
{
	struct hl_publish_setup setup = hl_desk_lists_setup(ctx);
	int64_t id;
	int r = hl_desk_case_param(req, &id);

	return r ? r
		 : hl_publish_offer(
			   hl_desk_who(ctx), &setup, id, offer, &ctx->err);
}

static void add_reasons(
	struct hl_web_ctx *ctx, int chosen, struct hl_desk_lists_propose *v)
{
	v->reasons = hl_desk_options(ctx->arena, &hl_vocab_list_reason,
		(uint32_t)chosen, false, &v->n_reasons);
}

int hl_desk_lists_propose_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_lists_propose v = {0};
	struct hl_publish_offer offer = {0};
	int r = load(ctx, req, &offer);

	if (r) {
		return r;
	}
	add_places(ctx, &offer, HL_STR_NONE, &v);
	add_reasons(ctx, -1, &v);
	return show(ctx, req, resp, &offer, &v);
}

/* What was chosen, and what is missing of it. */
static void read_form(struct hl_web_ctx *ctx,
	const struct hl_publish_offer *offer, struct hl_publish_proposing *out,
	struct hl_desk_lists_propose *v)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	struct hl_str chosen = hl_web_form_get(form, "place");
	const struct hl_publish_place *place =
		find_place(ctx->arena, offer, chosen);
	int reason = HL_LIST_REASON_NONE;

	hl_vocab_parse(&hl_vocab_list_reason, hl_web_form_get(form, "reason"),
		&reason);
	*out = (struct hl_publish_proposing){.case_id = offer->case_id,
		.scope = place ? place->scope : HL_LIST_PAGE,
		.keep = place ? place->keep : 0,
		.looked = hl_web_form_has(form, "looked", "yes")};
	/* a page needs no reason: one that was chosen before is let go */
	if (out->scope == HL_LIST_FOLDER || out->scope == HL_LIST_DOMAIN) {
		out->reason = (enum hl_list_reason)reason;
	}
	v->looked = out->looked;
	add_places(ctx, offer, chosen, v);
	add_reasons(ctx, reason ? reason : -1, v);
	if (!place) {
		v->place_error =
			hl_web_tr(HL_TR("Choose what is to be blocked"));
	} else if (place->why) {
		v->place_error = hl_desk_lists_why(place->why);
	}
	if (place && !hl_list_reason_fits(out->scope, out->reason)) {
		v->reason_error = hl_web_tr(HL_TR(
			"Choose why more than the page has to be blocked"));
	}
	if (offer->needs_look && !out->looked) {
		v->look_error = hl_web_tr(
			HL_TR("Look at the address, and say that it is there"));
	}
}

/* A refusal comes back beside what it is about. */
static void refuse(enum hl_publish_why why, struct hl_desk_lists_propose *v)
{
	struct hl_str words = hl_desk_lists_why(why);

	if (why == HL_PUBLISH_REASON) {
		v->reason_error = words;
	} else if (why == HL_PUBLISH_NOT_SEEN) {
		v->look_error = words;
	} else {
		v->place_error = words;
	}
}

int hl_desk_lists_propose_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_publish_setup setup = hl_desk_lists_setup(ctx);
	enum hl_publish_why why = HL_PUBLISH_ALLOWED;
	struct hl_desk_lists_propose v = {0};
	struct hl_publish_proposing proposing;
	struct hl_publish_offer offer = {0};
	int r = load(ctx, req, &offer);

	if (r) {
		return r;
	}
	read_form(ctx, &offer, &proposing, &v);
	if (v.place_error.n || v.reason_error.n || v.look_error.n) {
		return show(ctx, req, resp, &offer, &v);
	}
	r = hl_publish_propose(
		hl_desk_who(ctx), &setup, &proposing, &why, &ctx->err);
	if (hl_desk_lists_refused(r, why)) {
		refuse(why, &v);
		return show(ctx, req, resp, &offer, &v);
	}
	if (r) {
		return r;
	}
	return hl_desk_go(ctx, req, resp,
		hl_desk_lists_entry_path(ctx->arena, proposing.entry_id, ""),
		hl_web_tr(HL_TR("Proposed. Somebody else has to approve it "
				"before it is published.")));
}
