/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of lists have in common. */
#include "desk_lists/inner.h"

bool hl_desk_lists_may(
	const struct hl_web_ctx *ctx, enum hl_authz_action action)
{
	return hl_authz_may_ever(&hl_desk_who(ctx)->actor, action);
}

struct hl_str hl_desk_lists_entry_path(
	struct hl_arena *arena, int64_t id, const char *suffix)
{
	return hl_desk_path(
		arena, "/lists/entry/", HL_REF_LIST_ENTRY, id, suffix);
}

struct hl_str hl_desk_lists_consumer_path(
	struct hl_arena *arena, int64_t id, const char *suffix)
{
	return hl_desk_path(
		arena, "/lists/consumer/", HL_REF_CONSUMER, id, suffix);
}

struct hl_str hl_desk_lists_appeal_path(
	struct hl_arena *arena, int64_t id, const char *suffix)
{
	return hl_desk_path(arena, "/lists/appeal/", HL_REF_APPEAL, id, suffix);
}

static struct hl_w_tag tag(
	const struct hl_vocab *vocab, int value, const char *colour)
{
	return (struct hl_w_tag){hl_desk_word(vocab, value), hl_str_c(colour)};
}

struct hl_w_tag hl_desk_lists_entry_tag(enum hl_list_state state)
{
	bool waits = state == HL_LIST_PROPOSED || state == HL_LIST_THIRD;

	return tag(&hl_vocab_list_state, (int)state,
		state == HL_LIST_ACTIVE ? "green"
		: waits                 ? "orange"
					: "grey");
}

struct hl_w_tag hl_desk_lists_consumer_tag(enum hl_list_consumer_state state)
{
	return tag(&hl_vocab_list_consumer_state, (int)state,
		state == HL_LIST_CONSUMER_ACTIVE     ? "green"
		: state == HL_LIST_CONSUMER_PROPOSED ? "orange"
						     : "grey");
}

struct hl_w_tag hl_desk_lists_edition_tag(enum hl_list_edition_state state)
{
	return tag(&hl_vocab_list_edition_state, (int)state,
		state == HL_LIST_EDITION_PUBLISHED  ? "green"
		: state == HL_LIST_EDITION_HELD     ? "red"
		: state == HL_LIST_EDITION_RELEASED ? "blue"
						    : "grey");
}

struct hl_w_tag hl_desk_lists_appeal_tag(enum hl_list_appeal_state state)
{
	return tag(&hl_vocab_list_appeal_state, (int)state,
		state == HL_LIST_APPEAL_OPEN     ? "orange"
		: state == HL_LIST_APPEAL_UPHELD ? "purple"
						 : "grey");
}

struct hl_str hl_desk_lists_by(
	struct hl_web_ctx *ctx, struct hl_str name, int64_t at_us)
{
	struct hl_str at = at_us ? hl_desk_at(ctx->arena, at_us) : HL_STR_NONE;

	return at.n && name.n
		       ? hl_desk_fill(ctx->arena, HL_TR("{1}, {2}"), name, at)
		       : at;
}

struct hl_str hl_desk_lists_number(struct hl_arena *arena, int64_t n)
{
	return hl_arena_printf(arena, "%lld", (long long)n);
}

bool hl_desk_lists_whole(enum hl_list_scope scope, struct hl_str path)
{
	return scope == HL_LIST_FOLDER && hl_str_eq(path, HL_STR("/"));
}

struct hl_str hl_desk_lists_blocks(enum hl_list_scope scope, struct hl_str path)
{
	if (hl_desk_lists_whole(scope, path)) {
		return hl_web_tr(HL_TR("Blocked is everything at this name, "
				       "all pages and folders."));
	}
	switch (scope) {
	case HL_LIST_PAGE:
		return hl_web_tr(HL_TR("Blocked is exactly this address."));
	case HL_LIST_ANY_QUERY:
		return hl_web_tr(HL_TR("Blocked is this page, whatever stands "
				       "behind “?” in its address."));
	case HL_LIST_FOLDER:
		return hl_web_tr(HL_TR("Blocked is everything in this folder, "
				       "and in all folders in it."));
	case HL_LIST_DOMAIN:
		return hl_web_tr(HL_TR("Blocked is everything at this name and "
				       "at every name below it, whoever it "
				       "belongs to."));
	}
	return HL_STR_NONE;
}

struct hl_str hl_desk_lists_spares(enum hl_list_scope scope, struct hl_str path)
{
	if (hl_desk_lists_whole(scope, path)) {
		return hl_web_tr(HL_TR("Not blocked: names below it, and "
				       "other names of the site."));
	}
	switch (scope) {
	case HL_LIST_PAGE:
		return hl_web_tr(HL_TR("Not blocked: the same page with "
				       "something else behind “?”, all other "
				       "pages, and other names of the site."));
	case HL_LIST_ANY_QUERY:
		return hl_web_tr(HL_TR("Not blocked: all other pages, and "
				       "other names of the site."));
	case HL_LIST_FOLDER:
		return hl_web_tr(HL_TR("Not blocked: what is beside or above "
				       "the folder, and other names of the "
				       "site."));
	case HL_LIST_DOMAIN:
		return hl_web_tr(HL_TR("Not blocked: names above it. Nothing "
				       "below it stays open."));
	}
	return HL_STR_NONE;
}

struct hl_str hl_desk_lists_held(struct hl_arena *arena, unsigned held)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1024);

	for (size_t i = 0; i < hl_vocab_list_breaker.n_words; i++) {
		const struct hl_vocab_word *w = &hl_vocab_list_breaker.words[i];

		if (held & (unsigned)w->value) {
			hl_buf_put(&text, text.n ? HL_STR("; ") : HL_STR(""));
			hl_buf_put(&text, hl_web_tr(w->label));
		}
	}
	return hl_arena_dup(arena, hl_buf_str(&text));
}

struct hl_str hl_desk_lists_why(enum hl_publish_why why)
{
	return hl_desk_word(&hl_vocab_publish_why, (int)why);
}

const struct hl_w_option *hl_desk_lists_some(struct hl_arena *arena,
	const struct hl_vocab *vocab, int chosen, bool (*fits)(int value),
	size_t *n)
{
	struct hl_w_option *options =
		hl_arena_array(arena, vocab->n_words, sizeof(*options));

	*n = 0;
	for (size_t i = 0; options && i < vocab->n_words; i++) {
		const struct hl_vocab_word *w = &vocab->words[i];

		if (fits(w->value)) {
			options[(*n)++] =
				(struct hl_w_option){.value = hl_str_c(w->name),
					.text = hl_web_tr(w->label),
					.checked = w->value == chosen};
		}
	}
	return options;
}

void hl_desk_lists_row(struct hl_web_ctx *ctx,
	const struct hl_publish_row *from, struct hl_desk_lists_row *out)
{
	int64_t left = from->expires_at_us - ctx->now_us;
	bool active = from->state == HL_LIST_ACTIVE;

	*out = (struct hl_desk_lists_row){.id = from->id,
		.at_us = from->proposed_at_us,
		.case_id = from->case_id,
		.expires_at_us = active ? from->expires_at_us : 0,
		.scope = hl_desk_word(&hl_vocab_list_scope, (int)from->scope),
		.by = from->proposed_name,
		.why = from->ended_why ? hl_desk_word(&hl_vocab_list_end,
						 (int)from->ended_why)
				       : HL_STR_NONE,
		.tag = hl_desk_lists_entry_tag(from->state),
		.popular = from->popular,
		.mine = from->proposed_by == hl_desk_who(ctx)->actor.user_id,
		.canary = from->kind == HL_LIST_CANARY,
		.soon = active && from->expires_at_us && left > 0 &&
			left < HL_LIST_SOON_US,
		.over = active && from->expires_at_us && left <= 0};
}

int hl_desk_lists_end(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_desk_lists_end *end)
{
	if (end->r == 0) {
		return hl_desk_go(ctx, req, resp, end->to, end->notice);
	}
	if (hl_desk_lists_refused(end->r, end->why)) {
		return hl_desk_refuse(
			ctx, req, resp, end->to, hl_desk_lists_why(end->why));
	}
	return end->r;
}

int hl_desk_lists_press(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp,
	const struct hl_desk_lists_press *press)
{
	struct hl_desk_lists_end end = {.notice = hl_web_tr(press->notice)};
	struct hl_publish_decision d;
	int r = hl_desk_lists_decision(ctx, req, press->kind, &d);

	if (r) {
		return r;
	}
	end.to = press->kind == HL_REF_CONSUMER
			 ? hl_desk_lists_consumer_path(ctx->arena, d.id, "")
			 : hl_desk_lists_entry_path(ctx->arena, d.id, "");
	end.r = press->deed(hl_desk_who(ctx), &d, &end.why, &ctx->err);
	return hl_desk_lists_end(ctx, req, resp, &end);
}

int hl_desk_lists_decision(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, enum hl_ref_kind kind,
	struct hl_publish_decision *out)
{
	*out = (struct hl_publish_decision){0};
	hl_web_form_get_i64(
		&hl_desk_session_of(ctx)->form, "version", &out->version);
	return hl_desk_param(req, 0, kind, &out->id);
}
