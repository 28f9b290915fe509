/* SPDX-License-Identifier: Apache-2.0 */
/* What the pages of known hashes have in common. */
#include "desk/hash.h"

struct hl_str hl_desk_hash_path(
	struct hl_arena *arena, int64_t id, const char *suffix)
{
	return hl_desk_path(arena, "/hash/", HL_REF_HASH, id, suffix);
}

struct hl_str hl_desk_hash_list_path(
	struct hl_arena *arena, int64_t id, const char *suffix)
{
	return hl_desk_path(arena, "/hash-list/", HL_REF_HASH_LIST, id, suffix);
}

struct hl_w_tag hl_desk_hash_tag(enum hl_hash_state state)
{
	const char *colour = state == HL_HASH_ACTIVE     ? "green"
			     : state == HL_HASH_PROPOSED ? "orange"
							 : "grey";

	return (struct hl_w_tag){hl_desk_word(&hl_vocab_hash_state, (int)state),
		hl_str_c(colour)};
}

struct hl_str hl_desk_hash_match(
	struct hl_arena *arena, enum hl_hash_kind kind, int distance)
{
	struct hl_str name = hl_desk_word(&hl_vocab_hash_kind, (int)kind);

	if (!distance) {
		return hl_desk_fill(
			arena, HL_TR("Equal {1}"), name, HL_STR_NONE);
	}
	return hl_desk_fill(arena, HL_TR("{1}, {2} bits apart"), name,
		hl_arena_printf(arena, "%d", distance));
}

void hl_desk_hash_row(struct hl_arena *arena, const struct hl_hash *hash,
	struct hl_desk_hash_row *out)
{
	HL_BUF_AUTO hex = HL_BUF_INIT(128);

	hl_hash_put(&hex, hash);
	*out = (struct hl_desk_hash_row){
		.kind = hl_desk_word(&hl_vocab_hash_kind, (int)hash->kind),
		.value = hl_arena_dup(arena, hl_buf_str(&hex)),
		.token = hl_arena_printf(arena, "%s:%.*s",
			hl_vocab_name(&hl_vocab_hash_kind, (int)hash->kind),
			(int)hex.n, hex.p)};
	if (hash->kind == HL_HASH_PDQ) {
		out->quality =
			hash->quality == HL_HASH_QUALITY_UNKNOWN
				? hl_web_tr(HL_TR("quality not known"))
				: hl_desk_fill(arena, HL_TR("quality {1}"),
					  hl_arena_printf(
						  arena, "%d", hash->quality),
					  HL_STR_NONE);
	}
}

struct hl_str hl_desk_hash_fault(
	struct hl_arena *arena, const struct hl_hash_fault *fault)
{
	return hl_desk_fill(arena, HL_TR("Line {1}: {2}"),
		hl_arena_printf(arena, "%zu", fault->line),
		hl_desk_word(&hl_vocab_hash_problem, (int)fault->problem));
}

struct hl_str hl_desk_hash_approvers(
	struct hl_arena *arena, const struct hl_registry_entry *entry)
{
	bool own = entry->approved_by != 0;
	struct hl_str one =
		own ? entry->proposed_name : entry->list.proposed_name;
	struct hl_str two =
		own ? entry->approved_name : entry->list.approved_name;
	int64_t at_us =
		own ? entry->approved_at_us : entry->list.approved_at_us;
	struct hl_str both;

	if (!one.n || !two.n) {
		return HL_STR_NONE;
	}
	both = hl_desk_fill(arena,
		own ? HL_TR("{1} and {2}") : HL_TR("{1} and {2}, as a list"),
		one, two);
	return hl_desk_fill(
		arena, HL_TR("{1}\non {2}"), both, hl_desk_at(arena, at_us));
}

int hl_desk_hash_own_lists(struct hl_web_ctx *ctx, struct hl_str chosen,
	const struct hl_w_option **out, size_t *n)
{
	const struct hl_registry_list *lists;
	struct hl_w_option *made;
	size_t n_lists;
	int r = hl_registry_lists(
		hl_desk_who(ctx), &lists, &n_lists, &ctx->err);

	*n = 0;
	*out = NULL;
	if (r) {
		return r;
	}
	made = hl_arena_array(ctx->arena, n_lists, sizeof(*made));
	for (size_t i = 0; made && i < n_lists; i++) {
		struct hl_str ref =
			hl_desk_ref(ctx->arena, HL_REF_HASH_LIST, lists[i].id);

		if (lists[i].kind == HL_HASH_LIST_OWN &&
			lists[i].state == HL_HASH_LIST_ACTIVE) {
			made[(*n)++] = (struct hl_w_option){.value = ref,
				.text = lists[i].name,
				.checked = hl_str_eq(ref, chosen)};
		}
	}
	*out = made;
	return 0;
}

static size_t add_lists(struct hl_web_ctx *ctx,
	const struct hl_registry_list *from, size_t n,
	struct hl_desk_approval *out)
{
	size_t n_out = 0;

	for (size_t i = 0; i < n; i++) {
		if (from[i].state != HL_HASH_LIST_PROPOSED) {
			continue;
		}
		out[n_out++] = (struct hl_desk_approval){
			.what = hl_web_tr(HL_TR("Use a list of known hashes")),
			.ref = hl_desk_ref(
				ctx->arena, HL_REF_HASH_LIST, from[i].id),
			.who = from[i].proposed_name,
			.mine = from[i].proposed_by ==
				hl_desk_who(ctx)->actor.user_id,
			.at_us = from[i].proposed_at_us,
			.href = hl_desk_hash_list_path(
				ctx->arena, from[i].id, "")};
	}
	return n_out;
}

static size_t add_changes(struct hl_web_ctx *ctx,
	const struct hl_registry_proposal *from, size_t n,
	struct hl_desk_approval *out)
{
	for (size_t i = 0; i < n; i++) {
		out[i] = (struct hl_desk_approval){
			.what = from[i].retire || from[i].entry_id
					? hl_web_tr(HL_TR(
						  "Let something harmless hold "
						  "no case back"))
					: hl_web_tr(HL_TR(
						  "Let a list of known hashes "
						  "count for more")),
			.ref = hl_desk_ref(
				ctx->arena, HL_REF_HASH_LIST, from[i].list_id),
			.who = from[i].proposed_name,
			.mine = from[i].mine,
			.at_us = from[i].proposed_at_us,
			.href = hl_desk_hash_list_path(
				ctx->arena, from[i].list_id, "#proposed")};
	}
	return n;
}

int hl_desk_hash_approvals(
	struct hl_web_ctx *ctx, struct hl_desk_approval **out, size_t *n)
{
	const struct hl_who *who = hl_desk_who(ctx);
	struct hl_registry_filter filter = {
		.state = HL_HASH_PROPOSED, .n_most = HL_DESK_ROWS};
	const struct hl_registry_list *lists;
	const struct hl_registry_row *rows;
	const struct hl_registry_proposal *changes;
	size_t n_lists, n_rows = 0, n_changes = 0;
	int r = hl_registry_lists(who, &lists, &n_lists, &ctx->err);

	*n = 0;
	if (!r) {
		r = hl_registry_proposals(
			who, 0, &changes, &n_changes, &ctx->err);
	}
	if (!r) {
		r = hl_registry_entries(
			who, &filter, &rows, &n_rows, &ctx->err);
	}
	if (r) {
		return r;
	}
	*out = hl_arena_array(
		ctx->arena, n_lists + n_changes + n_rows, sizeof(**out));
	if (!*out) {
		return HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory");
	}
	*n = add_lists(ctx, lists, n_lists, *out);
	*n += add_changes(ctx, changes, n_changes, *out + *n);
	for (size_t i = 0; i < n_rows; i++) {
		(*out)[(*n)++] = (struct hl_desk_approval){
			.what = hl_web_tr(HL_TR("Add known hashes")),
			.ref = hl_desk_ref(ctx->arena, HL_REF_HASH, rows[i].id),
			.who = rows[i].proposed_name,
			.mine = rows[i].proposed_by == who->actor.user_id,
			.at_us = rows[i].proposed_at_us,
			.href = hl_desk_hash_path(ctx->arena, rows[i].id, "")};
	}
	return 0;
}

int hl_desk_hash_end(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_desk_hash_end *end)
{
	if (end->r == 0) {
		return hl_desk_go(ctx, req, resp, end->to, end->notice);
	}
	if (end->r == HL_DENIED && end->why > HL_REGISTRY_NOT_PERMITTED) {
		return hl_desk_refuse(ctx, req, resp, end->to,
			hl_desk_word(&hl_vocab_registry_why, (int)end->why));
	}
	return end->r;
}
