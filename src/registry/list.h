/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REGISTRY_LIST_H
#define HL_REGISTRY_LIST_H

#include "registry/registry.h"

/* Lists of known hashes, ours and partners'. */

struct hl_registry_list {
	int64_t id, version;
	enum hl_hash_list_kind kind;
	enum hl_hash_list_state state;
	struct hl_str name, owner, source;
	bool negative;                    /* what it has is harmless */
	int radius;                       /* farthest PDQ that is a match */
	bool resolve;                     /* may resolve without a view */
	int resolve_radius;               /* farthest PDQ that does */
	enum hl_outcome outcome;          /* of entries that say none */
	int64_t proposed_by, approved_by; /* 0: with the installation */
	struct hl_str proposed_name, approved_name;
	int64_t proposed_at_us, approved_at_us, imported_at_us;
	struct hl_str owner_version;
	int64_t n_proposed, n_active, n_withdrawn;
};
/* All, our own first. HL_DENIED. */
int hl_registry_lists(const struct hl_who *who,
	const struct hl_registry_list **out, size_t *n, struct hl_err *err);
/* HL_NOTFOUND. */
int hl_registry_list(const struct hl_who *who, int64_t id,
	struct hl_registry_list *out, struct hl_err *err);

/* A partner's list, or one more of our own: name, owner, source, kind,
 * negative and radii are taken. HL_E_INVALID: a text or radius out of form. */
int hl_registry_list_propose(const struct hl_who *who,
	struct hl_registry_list *list, enum hl_registry_why *why,
	struct hl_err *err);
/* By another supervisor, who saw it at this version: from now on what is on
 * it counts. */
int hl_registry_list_approve(const struct hl_who *who, int64_t id,
	int64_t version, enum hl_registry_why *why, struct hl_err *err);
/*
 * source, radii, resolve, outcome; list->version as it was read. What makes
 * the list count for less is done at once. What makes it count for more (a
 * larger radius, of a harmless list any other; another outcome; resolve) waits
 * for a second supervisor, and *waits is set: proposal.h. HL_REGISTRY_WAITS:
 * such a change waits already; nothing was changed. Of a list that waits
 * itself all is changed at once, and who did is the one who proposes it.
 */
int hl_registry_list_change(const struct hl_who *who,
	const struct hl_registry_list *list, bool *waits,
	enum hl_registry_why *why, struct hl_err *err);
/* Nothing on it counts any more; for good. Of a list of harmless things with
 * entries in use it lets more cases be resolved, and waits as above. */
int hl_registry_list_retire(const struct hl_who *who, int64_t id,
	int64_t version, bool *waits, enum hl_registry_why *why,
	struct hl_err *err);

struct hl_registry_label {
	int64_t list_id;
	int label;
	struct hl_str text;      /* as the list's owner writes it */
	enum hl_outcome outcome; /* what it means here; 0: proposes only */
	int64_t n;               /* entries in use that have it */
};
int hl_registry_labels(const struct hl_who *who, int64_t list_id,
	const struct hl_registry_label **out, size_t *n, struct hl_err *err);
/* list_id, label, outcome. No outcome is less and done at once; another one
 * waits, as above. HL_E_INVALID: no such outcome. */
int hl_registry_label_put(const struct hl_who *who,
	const struct hl_registry_label *label, bool *waits,
	enum hl_registry_why *why, struct hl_err *err);

/* The switch for all lists. Either way it is one supervisor's: switched on,
 * each list does again what two have said it may. */
struct hl_registry_policy {
	bool resolve;
	struct hl_str changed_name;
	int64_t changed_at_us; /* 0: never */
};
int hl_registry_policy(const struct hl_who *who, struct hl_registry_policy *out,
	struct hl_err *err);
int hl_registry_switch(const struct hl_who *who, bool resolve,
	enum hl_registry_why *why, struct hl_err *err);

#endif
