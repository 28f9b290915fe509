/* SPDX-License-Identifier: Apache-2.0 */
/* Assessments, facts and rules of law as they are shown. */
#include "desk/work.h"

#include "referral/document.h"

static const char *const rounds[] = {"", HL_TR("First assessment"),
	HL_TR("Second assessment"), HL_TR("Decision after disagreement")};

void hl_desk_put_row(struct hl_w_summary_row *rows, size_t *n, const char *key,
	struct hl_str value)
{
	if (value.n) {
		rows[(*n)++] = (struct hl_w_summary_row){
			.key = hl_web_tr(key), .value = value};
	}
}

const struct hl_w_summary_row *hl_desk_fact_rows(
	struct hl_arena *arena, const struct hl_facts *facts, size_t *n)
{
	struct hl_w_summary_row *rows =
		hl_arena_array(arena, HL_FACT_LAST + 1, sizeof(*rows));

	*n = 0;
	for (int f = 1; rows && f <= HL_FACT_LAST; f++) {
		int value = facts->value[f];

		if (!value) {
			continue;
		}
		rows[(*n)++] = (struct hl_w_summary_row){
			.key = hl_desk_word(&hl_vocab_fact, f),
			.value = hl_desk_word(
				hl_fact_vocab((enum hl_fact)f), value)};
	}
	if (rows && facts->payments) {
		rows[(*n)++] = (struct hl_w_summary_row){
			.key = hl_web_tr(HL_TR("Ways to pay")),
			.value = hl_desk_words(
				arena, &hl_vocab_payment, facts->payments)};
	}
	return rows;
}

static const struct hl_law_rule *find_rule(
	const struct hl_desk_app *app, struct hl_str id)
{
	for (size_t i = 0; i < app->n_laws; i++) {
		const struct hl_law_rule *rule;

		for (size_t k = 0; (rule = hl_law_rule(app->laws[i], k)); k++) {
			if (hl_str_eq(hl_str_c(rule->id), id)) {
				return rule;
			}
		}
	}
	return NULL;
}

struct hl_w_summary_row hl_desk_rule_row(const struct hl_law_rule *rule)
{
	return (struct hl_w_summary_row){.key = hl_str_c(rule->clauses),
		.value = hl_str_c(rule->because)};
}

/* "dk-1,dk-2" as rows; a rule that is gone from its profile keeps its id. */
static void add_rules(struct hl_web_ctx *ctx, struct hl_str ids,
	struct hl_desk_assessment *out)
{
	struct hl_w_summary_row *rows =
		hl_arena_array(ctx->arena, HL_LAW_MATCHES_MAX, sizeof(*rows));
	struct hl_str rest = ids, id;

	while (rows && rest.n && out->n_rules < HL_LAW_MATCHES_MAX &&
		hl_str_next(&rest, ',', &id)) {
		const struct hl_law_rule *rule = find_rule(hl_desk_of(ctx), id);

		rows[out->n_rules++] =
			rule ? hl_desk_rule_row(rule)
			     : (struct hl_w_summary_row){.key = id,
				       .value = hl_web_tr(HL_TR(
					       "This rule is no longer in "
					       "the profile."))};
	}
	out->rules = rows;
}

const struct hl_desk_assessment *hl_desk_assessments(
	struct hl_web_ctx *ctx, const struct hl_casework_page *from, size_t *n)
{
	struct hl_desk_assessment *made =
		hl_arena_array(ctx->arena, from->n_assessments, sizeof(*made));
	HL_BUF_AUTO words = HL_BUF_SECRET(256 * 1024);

	*n = made ? from->n_assessments : 0;
	for (size_t i = 0; i < *n; i++) {
		const struct hl_casework_assessment *a = &from->assessments[i];
		size_t round =
			a->round > 0 && a->round < 4 ? (size_t)a->round : 1;

		made[i] = (struct hl_desk_assessment){
			.title = hl_web_tr(rounds[round]),
			.by = a->name,
			.outcome = hl_desk_word(
				&hl_vocab_outcome, (int)a->outcome),
			.at_us = a->made_at_us};
		made[i].facts = hl_desk_fact_rows(
			ctx->arena, &a->facts, &made[i].n_facts);
		add_rules(ctx, a->rules, &made[i]);
		if (a->facts.note.n) {
			hl_buf_reset(&words);
			hl_referral_defang_words(&words, a->facts.note);
			made[i].note =
				hl_arena_dup(ctx->arena, hl_buf_str(&words));
		}
	}
	return made;
}
