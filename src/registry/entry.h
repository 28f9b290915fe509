/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REGISTRY_ENTRY_H
#define HL_REGISTRY_ENTRY_H

#include "registry/list.h"
#include "store/history.h"

/* Entries of the lists: one content each, with its hashes. */

#define HL_REGISTRY_VALUES_MAX 4096 /* hashes of one entry */

struct hl_registry_entry {
	int64_t id, version;
	enum hl_hash_state state;
	struct hl_registry_list list; /* without counts */
	enum hl_outcome outcome;      /* its own, its label's or its list's */
	struct hl_str label, profile, facts, series, foreign_id;
	enum hl_hash_origin origin;
	int64_t case_id;
	int64_t assessors[3]; /* who judged that case; 0: nobody */
	int64_t proposed_by, approved_by, withdrawn_by;
	struct hl_str proposed_name, approved_name, withdrawn_name;
	int64_t proposed_at_us, approved_at_us, withdrawn_at_us;
	enum hl_hash_reason withdrawn_reason;
	int64_t n_confirmed, n_deconfirmed; /* opinions that stand */
};
/* For those who asked the matrix already: any entry. HL_NOTFOUND. */
int hl_registry_load(struct hl_store *store, struct hl_arena *arena, int64_t id,
	struct hl_registry_entry *out, struct hl_err *err);

/* An entry's page. */
struct hl_registry_page {
	struct hl_registry_entry entry;
	const struct hl_hash *values;
	const int *parts; /* beside them */
	size_t n_values;
	const struct hl_registry_opinion {
		enum hl_hash_opinion opinion;
		enum hl_hash_reason reason;
		struct hl_str hotline, name; /* hotline "": the person's */
		int64_t at_us;
		bool stands;
	} * opinions; /* newest first */
	size_t n_opinions;
	const struct hl_happened *events; /* newest first */
	size_t n_events;
	const struct hl_registry_use {
		int64_t case_id, at_us;
		enum hl_hash_kind kind;
		int distance;
		bool undone;
	} * uses; /* newest first */
	size_t n_uses;
	bool withdrawing; /* that waits for a second supervisor */
	bool may_approve, may_withdraw, may_say;
	enum hl_authz_why approve_why, say_why;
};
int hl_registry_page(const struct hl_who *who, int64_t id,
	struct hl_registry_page *out, struct hl_err *err);

struct hl_registry_filter {
	enum hl_hash_state state;
	int64_t list_id; /* 0 any */
	bool doubted;    /* those in use that somebody doubts, of any list */
	size_t n_skip, n_most;
};
struct hl_registry_row {
	int64_t id, list_id, proposed_by, proposed_at_us;
	struct hl_str list_name, label, series, proposed_name;
	enum hl_hash_state state;
	enum hl_outcome outcome;
	enum hl_hash_origin origin;
	int64_t n_values, n_confirmed, n_deconfirmed, n_resolved;
};
int hl_registry_entries(const struct hl_who *who,
	const struct hl_registry_filter *filter,
	const struct hl_registry_row **out, size_t *n, struct hl_err *err);

struct hl_registry_counts {
	int64_t n_proposed, n_doubted;
	int64_t n_lists, n_changes; /* lists proposed, changes of them */
};
int hl_registry_counts(const struct hl_who *who, struct hl_registry_counts *out,
	struct hl_err *err);

/*
 * A new entry of a list of our own, for whoever was asked already whether
 * they may (casework for a case). list.id, outcome, profile, facts, series,
 * origin and case_id are taken; the id is given. HL_DENIED: why says; nothing
 * was changed.
 */
int hl_registry_propose(const struct hl_who *who,
	struct hl_registry_entry *entry, const struct hl_hash_set *values,
	enum hl_registry_why *why, struct hl_err *err);
/* The same without a case, by a supervisor. */
int hl_registry_type(const struct hl_who *who, struct hl_registry_entry *entry,
	const struct hl_hash_set *values, enum hl_registry_why *why,
	struct hl_err *err);
int hl_registry_approve(const struct hl_who *who, int64_t id,
	enum hl_registry_why *why, struct hl_err *err);
/* At once; but of what is harmless and in use it lets more cases be resolved,
 * and waits for a second supervisor (proposal.h): *waits is set, and
 * HL_REGISTRY_WAITS when it does already. HL_E_INVALID: a reason that is none
 * for it. */
int hl_registry_withdraw(const struct hl_who *who, int64_t id,
	enum hl_hash_reason reason, bool *waits, enum hl_registry_why *why,
	struct hl_err *err);
/* hotline "" or absent: the person's own; else that hotline's, which the
 * person writes down. HL_E_INVALID: opinion, reason or name out of form. */
struct hl_registry_saying {
	enum hl_hash_opinion opinion;
	enum hl_hash_reason reason;
	struct hl_str hotline;
};
int hl_registry_say(const struct hl_who *who, int64_t id,
	const struct hl_registry_saying *saying, enum hl_registry_why *why,
	struct hl_err *err);

#endif
