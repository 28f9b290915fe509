/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_ASSESS_H
#define HL_CASEWORK_ASSESS_H

#include "casework/casework.h"
#include "domain/law.h"

/* Facts become an outcome: docs/casework.md, "Assessment". */

/* The profiles that apply here, and the weights of priority; borrowed. */
struct hl_casework_laws {
	const struct hl_law *const *at;
	size_t n;
	const struct hl_settings *settings;
};

/* What was saved, or what keeps it from being saved. */
struct hl_casework_assessed {
	struct hl_law_result law; /* missing facts: HL_E_INVALID */
	enum hl_case_state state; /* of the case now */
	enum hl_outcome outcome;  /* of the case, 0 while undecided */
	bool agreed;              /* second: with the first */
};

/*
 * Each evaluates the facts and saves nothing while facts are missing or
 * contradict one another (hl_facts_conflicts()): HL_E_INVALID, and
 * out->law.missing names those that are missing. HL_DENIED says why;
 * a second click finds HL_CASEWORK_WRONG_STATE.
 */

/* The first, by who holds it. */
int hl_casework_assess(const struct hl_who *who,
	const struct hl_casework_laws *laws, int64_t case_id,
	const struct hl_facts *facts, struct hl_casework_assessed *out,
	enum hl_casework_why *why, struct hl_err *err);
/* The second, blind, by somebody else who holds it. */
int hl_casework_verify(const struct hl_who *who,
	const struct hl_casework_laws *laws, int64_t case_id,
	const struct hl_facts *facts, struct hl_casework_assessed *out,
	enum hl_casework_why *why, struct hl_err *err);
/* The decision after a disagreement, by a third. */
int hl_casework_adjudicate(const struct hl_who *who,
	const struct hl_casework_laws *laws, int64_t case_id,
	const struct hl_facts *facts, struct hl_casework_assessed *out,
	enum hl_casework_why *why, struct hl_err *err);

/* Two outcomes count as the same verdict. */
bool hl_casework_agree(enum hl_outcome first, enum hl_outcome second);
/* Needs a second assessment: illegal; or seen and still "cannot tell". */
bool hl_casework_needs_second(
	enum hl_outcome outcome, const struct hl_facts *facts);
/* Why a case with this outcome closes; 0 for an illegal one. */
enum hl_close_reason hl_casework_reason_of(
	enum hl_outcome outcome, const struct hl_facts *facts);

#endif
