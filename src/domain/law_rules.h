/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_LAW_RULES_H
#define HL_DOMAIN_LAW_RULES_H

#include <jansson.h>

#include "base/arena.h"
#include "domain/law.h"

/* Inside the room: a profile in memory, for law_load.c and law.c. */

enum hl_law_op { HL_LAW_ALL, HL_LAW_ANY, HL_LAW_NOT, HL_LAW_FACT };

/* A condition; children are a list through next. Index 0 is no node. */
struct hl_law_node {
	enum hl_law_op op;
	int child, next;
	enum hl_fact fact;
	uint32_t values; /* mask of 1 << answer */
};

struct hl_law_entry {
	struct hl_law_rule rule;
	int when; /* root of its condition */
};

struct hl_law {
	struct hl_arena *arena; /* owns the strings */
	const char *id, *title, *country, *checked_on, *disclaimer;
	bool international;
	size_t n_doubts;
	const char *doubts[HL_LAW_DOUBTS_MAX];
	size_t n_rules;
	struct hl_law_entry rules[HL_LAW_RULES_MAX];
	int n_nodes;
	struct hl_law_node nodes[HL_LAW_NODES_MAX];
};

/* While a profile is being read. */
struct hl_law_loader {
	struct hl_law *law;
	const char *name;
	const char *rule; /* being read, or NULL */
	const json_t *sources;
	struct hl_err *err;
};

/* HL_E_INVALID: "file rule x what: detail"; detail may be NULL. */
int hl_law_bad(
	const struct hl_law_loader *l, const char *what, const char *detail);
/* Adds the nodes of a condition; *out is its root. */
int hl_law_condition(
	struct hl_law_loader *l, json_t *json, int depth, int *out);

#endif
