/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/law_rules.h"

#include <stdlib.h>

#include "base/json.h"

/*
 * Kleene's three values: a condition holds, does not, or is undecided. An
 * undecided one remembers what stood in the way: answers that are missing,
 * and answers that say "cannot tell". What cannot change a condition is
 * forgotten, so that few questions are asked that do not matter.
 */

enum truth { NO, UNDECIDED, YES };

struct verdict {
	enum truth truth;
	uint32_t missing;
	uint32_t unsure;
};

static struct verdict of_fact(
	const struct hl_law_node *node, const struct hl_facts *facts)
{
	int value = facts->value[node->fact];
	uint32_t bit = hl_vocab_bit((int)node->fact);

	if (value == 0) {
		return (struct verdict){UNDECIDED, bit, 0};
	}
	if (node->values & hl_vocab_bit(value)) {
		return (struct verdict){YES, 0, 0};
	}
	if (hl_fact_undetermined(node->fact, value)) {
		return (struct verdict){UNDECIDED, 0, bit};
	}
	return (struct verdict){NO, 0, 0};
}

static struct verdict judge(
	const struct hl_law *law, int at, const struct hl_facts *facts);

/* ALL is decided by one NO, ANY by one YES. */
static struct verdict of_list(const struct hl_law *law,
	const struct hl_law_node *node, const struct hl_facts *facts)
{
	enum truth decisive = node->op == HL_LAW_ALL ? NO : YES;
	struct verdict sum = {decisive == NO ? YES : NO, 0, 0};

	for (int at = node->child; at; at = law->nodes[at].next) {
		struct verdict v = judge(law, at, facts);

		if (v.truth == decisive) {
			return v;
		}
		if (v.truth == UNDECIDED) {
			sum.truth = UNDECIDED;
			sum.missing |= v.missing;
			sum.unsure |= v.unsure;
		}
	}
	return sum;
}

/* The depth is bounded by HL_LAW_DEPTH_MAX. */
static struct verdict judge(
	const struct hl_law *law, int at, const struct hl_facts *facts)
{
	const struct hl_law_node *node = &law->nodes[at];
	struct verdict v;

	switch (node->op) {
	case HL_LAW_FACT:
		return of_fact(node, facts);
	case HL_LAW_NOT:
		v = judge(law, node->child, facts);
		v.truth = (enum truth)(YES - v.truth);
		return v;
	case HL_LAW_ALL:
	case HL_LAW_ANY:
		break;
	}
	return of_list(law, node, facts);
}

/* What all rules of one outcome say together. */
struct level {
	uint32_t missing, unsure;
	size_t n_rules;
	const struct hl_law_rule *rules[HL_LAW_MATCHES_MAX];
};

static void add_rule(struct level *level, const struct hl_law *law,
	const struct hl_law_entry *entry, const struct hl_facts *facts)
{
	struct verdict v = judge(law, entry->when, facts);

	if (v.truth == YES && level->n_rules < HL_LAW_MATCHES_MAX) {
		level->rules[level->n_rules++] = &entry->rule;
	}
	if (v.truth == UNDECIDED) {
		level->missing |= v.missing;
		level->unsure |= v.unsure;
	}
}

static struct level level_of(const struct hl_law *const *laws, size_t n_laws,
	const struct hl_facts *facts, enum hl_outcome outcome)
{
	struct level level = {0};

	for (size_t l = 0; l < n_laws; l++) {
		for (size_t i = 0; i < laws[l]->n_rules; i++) {
			const struct hl_law_entry *e = &laws[l]->rules[i];

			if (e->rule.outcome == outcome) {
				add_rule(&level, laws[l], e, facts);
			}
		}
	}
	return level;
}

/* False: the access alone decides, and *out is complete. */
static bool was_seen(const struct hl_facts *facts, struct hl_law_result *out)
{
	switch (facts->value[HL_FACT_ACCESS]) {
	case HL_ACCESS_SEEN:
		return true;
	case HL_ACCESS_GONE:
		out->outcome = HL_OUTCOME_GONE;
		return false;
	case HL_ACCESS_PAYWALL:
		out->outcome = HL_OUTCOME_PAYWALL;
		return false;
	case HL_ACCESS_UNREACHABLE:
		out->outcome = HL_OUTCOME_CANNOT_TELL;
		out->unsure = hl_vocab_bit(HL_FACT_ACCESS);
		return false;
	default:
		out->missing = hl_vocab_bit(HL_FACT_ACCESS);
		return false;
	}
}

static void keep_rules(struct hl_law_result *out, const struct level *level)
{
	out->n_rules = level->n_rules;
	memcpy(out->rules, level->rules, sizeof(out->rules));
}

/*
 * A lesser outcome is sure only when every weightier one is ruled out: what
 * is missing there must be answered first, and where "cannot tell" leaves
 * an illegal one open nothing legal follows.
 */
void hl_law_evaluate(const struct hl_law *const *laws, size_t n_laws,
	const struct hl_facts *facts, struct hl_law_result *out)
{
	enum hl_outcome found = HL_OUTCOME_CANNOT_TELL;
	uint32_t unsure_illegal = 0;

	*out = (struct hl_law_result){0};
	if (!was_seen(facts, out)) {
		return;
	}
	for (int o = HL_OUTCOME_BASELINE; o <= HL_OUTCOME_LEGAL; o++) {
		enum hl_outcome outcome = (enum hl_outcome)o;
		struct level level = level_of(laws, n_laws, facts, outcome);

		if (level.n_rules) {
			found = outcome;
			keep_rules(out, &level);
			break;
		}
		out->missing |= level.missing;
		out->unsure |= level.unsure;
		unsure_illegal |=
			hl_outcome_illegal(outcome) ? level.unsure : 0;
	}
	if (!hl_outcome_illegal(found) && (out->missing || unsure_illegal)) {
		out->n_rules = 0;
		found = HL_OUTCOME_CANNOT_TELL;
	}
	if (out->missing) {
		out->at_least = hl_outcome_illegal(found) ? found : 0;
		found = HL_OUTCOME_UNANSWERED;
	}
	out->outcome = found;
}

static void put_facts(struct hl_buf *out, const char *title, uint32_t set)
{
	const char *before = "";

	if (!set) {
		return;
	}
	hl_buf_printf(out, "%s: ", title);
	for (int fact = 1; fact <= HL_FACT_LAST; fact++) {
		if (set & hl_vocab_bit(fact)) {
			hl_buf_printf(out, "%s%s", before,
				hl_vocab_label(&hl_vocab_fact, fact));
			before = "; ";
		}
	}
	hl_buf_put_c(out, '\n');
}

void hl_law_put_explanation(struct hl_buf *out, const struct hl_law_result *r)
{
	hl_buf_printf(out, "%s\n",
		hl_vocab_label(&hl_vocab_outcome, (int)r->outcome));
	if (r->at_least) {
		hl_buf_printf(out, "Already sure: at least %s\n",
			hl_vocab_label(&hl_vocab_outcome, (int)r->at_least));
	}
	for (size_t i = 0; i < r->n_rules; i++) {
		hl_buf_printf(out, "%s: %s (%s)\n", r->rules[i]->id,
			r->rules[i]->because, r->rules[i]->clauses);
	}
	put_facts(out, "Not answered", r->missing);
	put_facts(out, "Cannot tell", r->unsure);
}

static void put_json_facts(struct hl_buf *out, const char *name, uint32_t set)
{
	hl_json_put_name(out, name);
	hl_buf_put_c(out, '[');
	for (int fact = 1; fact <= HL_FACT_LAST; fact++) {
		if (set & hl_vocab_bit(fact)) {
			hl_json_put_sep(out);
			hl_json_put_str(out,
				hl_str_c(hl_vocab_name(&hl_vocab_fact, fact)));
		}
	}
	hl_buf_put_c(out, ']');
}

static void put_json_outcome(
	struct hl_buf *out, const char *name, enum hl_outcome o)
{
	hl_json_put_member(
		out, name, hl_str_c(hl_vocab_name(&hl_vocab_outcome, (int)o)));
}

void hl_law_put_json(struct hl_buf *out, const struct hl_law_result *r)
{
	hl_buf_put_c(out, '{');
	put_json_outcome(out, "outcome", r->outcome);
	if (r->at_least) {
		put_json_outcome(out, "at_least", r->at_least);
	}
	hl_json_put_name(out, "rules");
	hl_buf_put_c(out, '[');
	for (size_t i = 0; i < r->n_rules; i++) {
		hl_json_put_sep(out);
		hl_buf_put_c(out, '{');
		hl_json_put_member(out, "id", hl_str_c(r->rules[i]->id));
		hl_json_put_member(
			out, "because", hl_str_c(r->rules[i]->because));
		hl_json_put_member(
			out, "clauses", hl_str_c(r->rules[i]->clauses));
		hl_buf_put_c(out, '}');
	}
	hl_buf_put_c(out, ']');
	put_json_facts(out, "missing", r->missing);
	put_json_facts(out, "unsure", r->unsure);
	hl_buf_put_c(out, '}');
}

void hl_law_free(struct hl_law *law)
{
	if (law) {
		hl_arena_free(law->arena);
		free(law);
	}
}

void hl_law_freep(struct hl_law **law)
{
	hl_law_free(*law);
	*law = NULL;
}

const char *hl_law_id(const struct hl_law *law)
{
	return law->id;
}

const char *hl_law_title(const struct hl_law *law)
{
	return law->title;
}

const char *hl_law_country(const struct hl_law *law)
{
	return law->country;
}

const char *hl_law_checked_on(const struct hl_law *law)
{
	return law->checked_on;
}

const char *hl_law_disclaimer(const struct hl_law *law)
{
	return law->disclaimer;
}

const char *hl_law_doubt(const struct hl_law *law, size_t i)
{
	return i < law->n_doubts ? law->doubts[i] : NULL;
}

size_t hl_law_n_rules(const struct hl_law *law)
{
	return law->n_rules;
}

const struct hl_law_rule *hl_law_rule(const struct hl_law *law, size_t i)
{
	return i < law->n_rules ? &law->rules[i].rule : NULL;
}
