/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_LAW_H
#define HL_DOMAIN_LAW_H

#include "base/buf.h"
#include "base/err.h"
#include "domain/facts.h"

/*
 * A law profile is a data file (laws/, format in docs/laws.md) whose rules
 * turn facts into an outcome. What is unanswered makes a rule undecided,
 * never false; what an analyst cannot tell leaves it undecided for good.
 */
#define HL_LAW_BYTES_MAX (128 * 1024)
#define HL_LAW_RULES_MAX 64
#define HL_LAW_NODES_MAX 512
#define HL_LAW_DEPTH_MAX 8
#define HL_LAW_DOUBTS_MAX 32

struct hl_law;

/* name is what faults call the file: "laws/dk.json". *out is owned. Faults
 * HL_E_INVALID and HL_E_LIMIT say file, rule and what is wrong. */
int hl_law_load(struct hl_str json, const char *name, struct hl_law **out,
	struct hl_err *err);
void hl_law_free(struct hl_law *law);
void hl_law_freep(struct hl_law **law);
#define HL_LAW_AUTO __attribute__((cleanup(hl_law_freep))) struct hl_law

/* Borrowed from the profile as long as it lives; "" where there is none. */
const char *hl_law_id(const struct hl_law *law);
const char *hl_law_title(const struct hl_law *law);
const char *hl_law_country(const struct hl_law *law);
const char *hl_law_checked_on(const struct hl_law *law);
const char *hl_law_disclaimer(const struct hl_law *law);
/* What whoever wrote the profile was not sure of; NULL past the last. */
const char *hl_law_doubt(const struct hl_law *law, size_t i);
size_t hl_law_n_rules(const struct hl_law *law);

struct hl_law_rule {
	const char *id;
	int rank;
	enum hl_outcome outcome;
	const char *because; /* one sentence for people */
	const char *clauses; /* "Straffeloven § 235(1); …" */
};
/* NULL past the last. Rules stand by outcome's weight, then by rank. */
const struct hl_law_rule *hl_law_rule(const struct hl_law *law, size_t i);

#define HL_LAW_MATCHES_MAX 8

/* A plain value; its pointers are borrowed from the profiles. */
struct hl_law_result {
	enum hl_outcome outcome; /* UNANSWERED: more facts are needed */
	/* When facts are missing but a lesser illegal outcome is sure. */
	enum hl_outcome at_least;
	uint32_t missing; /* 1 << enum hl_fact: answer these */
	uint32_t unsure; /* 1 << enum hl_fact: "cannot tell" stood in the way */
	size_t n_rules;  /* satisfied, of the outcome (or at_least) */
	const struct hl_law_rule *rules[HL_LAW_MATCHES_MAX];
};

/*
 * Evaluates the rules of all profiles together, the weightiest outcome
 * first. An item that was gone or behind a pay wall gives those outcomes
 * without any rule. Pure; never fails: no profile gives CANNOT_TELL.
 */
void hl_law_evaluate(const struct hl_law *const *laws, size_t n_laws,
	const struct hl_facts *facts, struct hl_law_result *out);

/* English for the command line and for exports: the outcome, each rule with
 * its clauses, what is missing. Several lines. */
void hl_law_put_explanation(
	struct hl_buf *out, const struct hl_law_result *result);
/* {"outcome":"illegal_baseline","rules":[…],"missing":[…],…} */
void hl_law_put_json(struct hl_buf *out, const struct hl_law_result *result);

#endif
