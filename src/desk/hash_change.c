/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of a list of known hashes: what its labels mean, and what waits for
 * a second supervisor. */
#include "desk/hash.h"

static struct hl_str instead(
	struct hl_arena *arena, struct hl_str is, struct hl_str was)
{
	return hl_desk_fill(arena, HL_TR("{1}, instead of {2}"), is, was);
}

static struct hl_str numbers(struct hl_arena *arena, int is, int was)
{
	return instead(arena,
		hl_desk_fill(arena, HL_TR("up to {1} bits apart"),
			hl_arena_printf(arena, "%d", is), HL_STR_NONE),
		hl_arena_printf(arena, "%d", was));
}

static struct hl_str outcome_word(enum hl_outcome outcome)
{
	return outcome ? hl_desk_word(&hl_vocab_outcome, (int)outcome)
		       : hl_web_tr(HL_TR("nothing"));
}

static enum hl_outcome outcome_now(const struct hl_registry_proposal *p,
	const struct hl_registry_list *list,
	const struct hl_registry_label *labels, size_t n)
{
	for (size_t i = 0; p->label && i < n; i++) {
		if (labels[i].label == p->label) {
			return labels[i].outcome;
		}
	}
	return list->outcome;
}

#define ROWS_MOST 7

/* What holds cases back and is to go. */
static void add_gone(struct hl_arena *arena,
	const struct hl_registry_proposal *p, struct hl_w_summary_row *rows,
	size_t *n)
{
	if (p->retire) {
		hl_desk_put_row(rows, n, HL_TR("The list"),
			hl_web_tr(HL_TR("goes out of use, for good")));
	}
	if (p->entry_id) {
		hl_desk_put_row(rows, n, HL_TR("Withdrawn is"),
			hl_desk_ref(arena, HL_REF_HASH, p->entry_id));
		rows[*n - 1].href = hl_desk_hash_path(arena, p->entry_id, "");
		rows[*n - 1].action = hl_web_tr(HL_TR("See the entry"));
		hl_desk_put_row(rows, n, HL_TR("Why"),
			hl_desk_word(&hl_vocab_hash_reason, (int)p->reason));
	}
}

static void fill_rows(struct hl_arena *arena,
	const struct hl_registry_proposal *p,
	const struct hl_registry_list *list, enum hl_outcome before,
	struct hl_desk_hash_proposal *out)
{
	struct hl_w_summary_row *rows =
		hl_arena_array(arena, ROWS_MOST, sizeof(*rows));
	size_t n = 0;

	if (!rows) {
		return;
	}
	if (p->radius >= 0) {
		hl_desk_put_row(rows, &n, HL_TR("PDQ matches"),
			numbers(arena, p->radius, list->radius));
	}
	if (p->outcome >= 0) {
		rows[n++] = (struct hl_w_summary_row){
			.key = p->label ? hl_desk_fill(arena,
						  HL_TR("“{1}” means"),
						  p->label_text, HL_STR_NONE)
					: hl_web_tr(HL_TR("Entries without a "
							  "label are")),
			.value = instead(arena,
				outcome_word((enum hl_outcome)p->outcome),
				outcome_word(before))};
	}
	if (p->resolve) {
		hl_desk_put_row(rows, &n,
			HL_TR("Resolves cases without a view"),
			instead(arena, hl_web_tr(HL_TR("yes")),
				hl_web_tr(HL_TR("no"))));
	}
	if (p->resolve_radius >= 0) {
		hl_desk_put_row(rows, &n, HL_TR("PDQ resolves without a view"),
			numbers(arena, p->resolve_radius,
				list->resolve_radius));
	}
	add_gone(arena, p, rows, &n);
	out->rows = rows;
	out->n_rows = n;
}

int hl_desk_hash_proposals(struct hl_web_ctx *ctx,
	const struct hl_registry_list *list, struct hl_desk_hash_list *v)
{
	const struct hl_who *who = hl_desk_who(ctx);
	const struct hl_registry_proposal *from;
	const struct hl_registry_label *labels;
	struct hl_desk_hash_proposal *made;
	size_t n, n_labels = 0;
	int r = hl_registry_proposals(who, list->id, &from, &n, &ctx->err);

	if (!r && n) {
		r = hl_registry_labels(
			who, list->id, &labels, &n_labels, &ctx->err);
	}
	if (r || !n) {
		return r;
	}
	made = hl_arena_array(ctx->arena, n, sizeof(*made));
	for (size_t i = 0; made && i < n; i++) {
		made[i] = (struct hl_desk_hash_proposal){.id = from[i].id,
			.at = hl_desk_at(ctx->arena, from[i].proposed_at_us),
			.by = from[i].proposed_name,
			.mine = from[i].mine,
			.may_approve = from[i].may_approve,
			.may_drop = from[i].may_drop};
		fill_rows(ctx->arena, &from[i], list,
			outcome_now(&from[i], list, labels, n_labels),
			&made[i]);
	}
	v->proposals = made;
	v->n_proposals = made ? n : 0;
	return 0;
}

bool hl_desk_hash_outcome(const struct hl_web_form *form, enum hl_outcome *out)
{
	struct hl_str name = hl_web_form_get(form, "outcome");
	int value = 0;

	if (hl_vocab_parse(&hl_vocab_outcome, name, &value) &&
		!hl_web_form_has(form, "outcome", "")) {
		return false;
	}
	*out = (enum hl_outcome)value;
	return true;
}

struct hl_str hl_desk_hash_saved(bool waits)
{
	return waits ? hl_web_tr(HL_TR("Saved. What makes the list count for "
				       "more waits for another supervisor."))
		     : hl_web_tr(HL_TR("Saved."));
}

int hl_desk_hash_labels(struct hl_web_ctx *ctx, struct hl_desk_hash_list *v)
{
	const struct hl_registry_label *from;
	struct hl_desk_hash_label_row *rows;
	size_t n;
	int r = hl_registry_labels(
		hl_desk_who(ctx), v->id, &from, &n, &ctx->err);

	if (r) {
		return r;
	}
	rows = hl_arena_array(ctx->arena, n, sizeof(*rows));
	for (size_t i = 0; rows && i < n; i++) {
		rows[i] =
			(struct hl_desk_hash_label_row){.label = from[i].label,
				.n = from[i].n,
				.text = from[i].text,
				.outcome = outcome_word(from[i].outcome)};
		rows[i].outcomes = hl_desk_choices(ctx->arena,
			&hl_vocab_outcome, (int)from[i].outcome,
			hl_web_tr(HL_TR("Nothing: it only points to cases")),
			&rows[i].n_outcomes);
	}
	v->labels = rows;
	v->n_labels = rows ? n : 0;
	return 0;
}

/* A list that is there. */
static int list_param(
	struct hl_web_ctx *ctx, const struct hl_web_request *req, int64_t *id)
{
	struct hl_registry_list list;
	int r = hl_desk_param(req, 0, HL_REF_HASH_LIST, id);

	return r ? r
		 : hl_registry_list(hl_desk_who(ctx), *id, &list, &ctx->err);
}

int hl_desk_hash_label_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	struct hl_desk_hash_end end = {0};
	struct hl_registry_label label = {0};
	bool waits = false;
	int64_t number = 0;
	int r = list_param(ctx, req, &label.list_id);

	if (r) {
		return r;
	}
	hl_web_form_get_i64(form, "label", &number);
	label.label = number > 0 && number <= 65535 ? (int)number : 0;
	end.to = hl_desk_hash_list_path(ctx->arena, label.list_id, "");
	if (!hl_desk_hash_outcome(form, &label.outcome)) {
		return hl_desk_refuse(ctx, req, resp, end.to,
			hl_web_tr(HL_TR("Choose what the label means")));
	}
	end.r = hl_registry_label_put(
		hl_desk_who(ctx), &label, &waits, &end.why, &ctx->err);
	end.notice = hl_desk_hash_saved(waits);
	return hl_desk_hash_end(ctx, req, resp, &end);
}

static int read_decision(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_registry_decision *out)
{
	const struct hl_web_form *form = &hl_desk_session_of(ctx)->form;
	int r = list_param(ctx, req, &out->list_id);

	hl_web_form_get_i64(form, "proposal", &out->id);
	hl_web_form_get_i64(form, "version", &out->version);
	return r;
}

int hl_desk_hash_change_approve_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_hash_end end = {
		.notice = hl_web_tr(HL_TR("Approved. The list counts so from "
					  "now on."))};
	struct hl_registry_decision decision = {0};
	int r = read_decision(ctx, req, &decision);

	if (r) {
		return r;
	}
	end.to = hl_desk_hash_list_path(ctx->arena, decision.list_id, "");
	end.r = hl_registry_proposal_approve(
		hl_desk_who(ctx), &decision, &end.why, &ctx->err);
	return hl_desk_hash_end(ctx, req, resp, &end);
}

int hl_desk_hash_change_drop_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_hash_end end = {
		.notice = hl_web_tr(HL_TR("The change has been taken away. "
					  "The list counts as before."))};
	struct hl_registry_decision decision = {0};
	int r = read_decision(ctx, req, &decision);

	if (r) {
		return r;
	}
	end.to = hl_desk_hash_list_path(ctx->arena, decision.list_id, "");
	end.r = hl_registry_proposal_drop(
		hl_desk_who(ctx), &decision, &end.why, &ctx->err);
	return hl_desk_hash_end(ctx, req, resp, &end);
}
