/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_HASHES_H
#define HL_CASEWORK_HASHES_H

#include "casework/assess.h"
#include "registry/known.h"

/* The hashes of a case's item, and what the registry of known ones says of
 * them: docs/registry.md. */

/* What looking up needs; near may be NULL. Borrowed. */
struct hl_casework_known {
	const struct hl_casework_laws *laws;
	const struct hl_registry_near *near;
};

/*
 * Puts hashes on the case's item; each once. When one is known well enough
 * and the case is at its beginning, it is resolved at once (recognised).
 * HL_E_INVALID: none, or the item would have over HL_CASEWORK_HASHES_MAX.
 */
#define HL_CASEWORK_HASHES_MAX 64
int hl_casework_hash_add(const struct hl_who *who,
	const struct hl_casework_known *known, int64_t case_id,
	const struct hl_hash_set *hashes, bool *recognised,
	enum hl_casework_why *why, struct hl_err *err);
/* Takes one off: one's own, or anybody's for a supervisor. HL_NOTFOUND: the
 * item does not have it. */
int hl_casework_hash_remove(const struct hl_who *who, int64_t case_id,
	const struct hl_hash *hash, enum hl_casework_why *why,
	struct hl_err *err);

/* For whoever holds the case: takes the registry's word, if it has one.
 * HL_NOTFOUND: nothing resolves. */
int hl_casework_recognise(const struct hl_who *who,
	const struct hl_casework_known *known, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err);
/* After triage, by whoever may triage: looks up the hashes of at most n_most
 * new cases that have some; n_done were resolved without a view. */
int hl_casework_recognise_new(const struct hl_who *who,
	const struct hl_casework_known *known, size_t n_most, size_t *n_done,
	struct hl_err *err);

/* The section of the case page. */
struct hl_casework_hashes {
	const struct hl_casework_hash {
		struct hl_hash hash;
		enum hl_hash_how how;
		bool vouched, may_remove;
		int64_t added_by, report_id, at_us;
		struct hl_str name;
	} * at; /* oldest first */
	size_t n;
	struct hl_registry_known known; /* nearest first */
	/* how it was resolved without a view; newest first */
	const struct hl_casework_resolution {
		int64_t cycle, at_us, undone_by;
		struct hl_registry_entry entry;
		enum hl_hash_kind kind;
		int distance;
		enum hl_outcome outcome;
		struct hl_facts facts;
		struct hl_str undone_name;
	} * resolutions;
	size_t n_resolutions;
	bool in_force; /* the first of them decides the case now */
	const struct hl_casework_entry {
		int64_t id;
		struct hl_str list_name;
		enum hl_hash_state state;
	} * entries; /* made of this case */
	size_t n_entries;
	bool may_change, may_recognise, may_propose;
};
/* HL_NOTFOUND: none of this person's business. */
int hl_casework_hashes(const struct hl_who *who,
	const struct hl_casework_known *known, int64_t case_id,
	struct hl_casework_hashes *out, struct hl_err *err);

/*
 * Proposes some of the item's hashes as one entry of a list of our own; the
 * case must have been judged illegal by people. HL_DENIED: why->of_case says
 * why, or HL_CASEWORK_REGISTRY and why->of_list. HL_E_INVALID: none of the
 * hashes is the item's, or the series is out of form.
 */
struct hl_casework_proposed_why {
	enum hl_casework_why of_case;
	enum hl_registry_why of_list;
};
struct hl_casework_proposing {
	int64_t list_id;
	struct hl_str series;
	const struct hl_hash_set *hashes;
};
int hl_casework_hash_propose(const struct hl_who *who, int64_t case_id,
	const struct hl_casework_proposing *proposing, int64_t *entry_id,
	struct hl_casework_proposed_why *why, struct hl_err *err);

#endif
