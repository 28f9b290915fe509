/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REGISTRY_PROPOSAL_H
#define HL_REGISTRY_PROPOSAL_H

#include "registry/list.h"

/*
 * Changes of a list in use that would let more cases be resolved: proposed by
 * one supervisor through hl_registry_list_change(), hl_registry_label_put(),
 * hl_registry_list_retire() or hl_registry_withdraw(), made when another
 * approves. One at a time waits for each list, one for each of its labels and
 * one for each of its entries.
 */
struct hl_registry_proposal {
	int64_t id, list_id;
	int label; /* whose outcome it is about; 0: the list itself */
	struct hl_str list_name, label_text;
	int radius, resolve_radius; /* -1: as it is */
	bool resolve;               /* to be switched on */
	int outcome;                /* enum hl_outcome; -1: as it is */
	bool retire;                /* the list goes out of use */
	int64_t entry_id;           /* which is withdrawn; 0: none */
	enum hl_hash_reason reason; /* why */
	int64_t proposed_by, proposed_at_us;
	struct hl_str proposed_name;
	/* Whether this person may: the proposer approves nothing, and drops
	 * it by withdrawing; others refuse. */
	bool may_approve, may_drop, mine;
};
/* Those that wait, oldest first; list 0: of all lists. HL_DENIED. */
int hl_registry_proposals(const struct hl_who *who, int64_t list_id,
	const struct hl_registry_proposal **out, size_t *n, struct hl_err *err);

/* What the two calls are about: the proposal, and the list's version when
 * the person saw it. */
struct hl_registry_decision {
	int64_t list_id, id, version;
};
/* HL_DENIED: HL_REGISTRY_SAME_PERSON; HL_REGISTRY_CHANGED when the list is no
 * longer what was seen, or nothing waits any more. */
int hl_registry_proposal_approve(const struct hl_who *who,
	const struct hl_registry_decision *decision, enum hl_registry_why *why,
	struct hl_err *err);
/* Withdrawn by the proposer, refused by anybody else who may; the version
 * does not matter. */
int hl_registry_proposal_drop(const struct hl_who *who,
	const struct hl_registry_decision *decision, enum hl_registry_why *why,
	struct hl_err *err);

#endif
