/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/law_rules.h"

/* The conditions of a rule: {"all": […]}, {"any": […]}, {"not": {…}} and
 * {"fact": ["answer", …]}. */

static int new_node(struct hl_law_loader *l, enum hl_law_op op, int *out)
{
	if (l->law->n_nodes + 1 >= HL_LAW_NODES_MAX) {
		return hl_law_bad(l, "has too many conditions", NULL);
	}
	*out = ++l->law->n_nodes;
	l->law->nodes[*out] = (struct hl_law_node){.op = op};
	return 0;
}

static int condition_list(struct hl_law_loader *l, const json_t *list,
	enum hl_law_op op, int depth, int *out)
{
	size_t i;
	json_t *entry;
	int last = 0, rc;

	if (!json_is_array(list) || !json_array_size(list)) {
		return hl_law_bad(l, "has an empty list of conditions", NULL);
	}
	rc = new_node(l, op, out);
	json_array_foreach(list, i, entry)
	{
		int child = 0;

		rc = rc ? rc : hl_law_condition(l, entry, depth + 1, &child);
		if (rc) {
			return rc;
		}
		if (last) {
			l->law->nodes[last].next = child;
		} else {
			l->law->nodes[*out].child = child;
		}
		last = child;
	}
	return rc;
}

static int condition_not(
	struct hl_law_loader *l, json_t *inner, int depth, int *out)
{
	int child = 0;
	int rc = new_node(l, HL_LAW_NOT, out);

	rc = rc ? rc : hl_law_condition(l, inner, depth + 1, &child);
	if (rc == 0) {
		l->law->nodes[*out].child = child;
	}
	return rc;
}

static int condition_fact(struct hl_law_loader *l, const char *name,
	const json_t *values, int *out)
{
	const struct hl_vocab *vocab;
	size_t i;
	json_t *entry;
	int fact, rc;

	if (hl_vocab_parse(&hl_vocab_fact, hl_str_c(name), &fact)) {
		return hl_law_bad(
			l, "asks for a fact that does not exist", name);
	}
	if (!json_is_array(values) || !json_array_size(values)) {
		return hl_law_bad(l, "needs a list of answers", name);
	}
	rc = new_node(l, HL_LAW_FACT, out);
	if (rc) {
		return rc;
	}
	vocab = hl_fact_vocab((enum hl_fact)fact);
	l->law->nodes[*out].fact = (enum hl_fact)fact;
	json_array_foreach(values, i, entry)
	{
		int v = 0;

		if (hl_vocab_parse(
			    vocab, hl_str_c(json_string_value(entry)), &v) ||
			!v) {
			return hl_law_bad(
				l, "names no answer of the fact", name);
		}
		l->law->nodes[*out].values |= hl_vocab_bit(v);
	}
	return 0;
}

int hl_law_condition(struct hl_law_loader *l, json_t *json, int depth, int *out)
{
	void *it = json_object_iter(json);
	const char *name = it ? json_object_iter_key(it) : NULL;
	json_t *value = it ? json_object_iter_value(it) : NULL;

	if (!name || json_object_size(json) != 1) {
		return hl_law_bad(
			l, "needs conditions of one member each", NULL);
	}
	if (depth >= HL_LAW_DEPTH_MAX) {
		return hl_law_bad(l, "nests its conditions too deep", NULL);
	}
	if (strcmp(name, "all") == 0) {
		return condition_list(l, value, HL_LAW_ALL, depth, out);
	}
	if (strcmp(name, "any") == 0) {
		return condition_list(l, value, HL_LAW_ANY, depth, out);
	}
	if (strcmp(name, "not") == 0) {
		return condition_not(l, value, depth, out);
	}
	return condition_fact(l, name, value, out);
}
