/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_PUBLISH_ENTRY_H
#define HL_PUBLISH_ENTRY_H

#include "publish/publish.h"
#include "store/history.h"

/* Entries of the list: proposed from a case, approved by another. */

/* A place that can be listed: what of the address is blocked. */
struct hl_publish_place {
	enum hl_list_scope scope;
	int keep; /* of a folder: segments of its path; of a domain: labels */
	struct hl_str host, path;
	bool popular;            /* needs a third person */
	enum hl_publish_why why; /* 0: may be proposed; else why not */
};

/* What of a case may be listed. */
struct hl_publish_offer {
	int64_t case_id, item_id;
	struct hl_str address; /* canonical; absent: erased, no key, no web
				  address */
	int64_t seen_at_us;    /* when it was last seen there; 0 never */
	bool may_propose;
	bool needs_look; /* the proposer has to say that they looked */
	enum hl_publish_why why;
	const struct hl_publish_place *places; /* widest last */
	size_t n_places;
	const struct hl_publish_row *entries; /* of this case, newest first */
	size_t n_entries;
};
/* HL_DENIED: this person may propose nothing of it now; the entries are there
 * all the same, for whoever may read the case. HL_NOTFOUND. */
int hl_publish_offer(const struct hl_who *who,
	const struct hl_publish_setup *setup, int64_t case_id,
	struct hl_publish_offer *out, struct hl_err *err);

struct hl_publish_proposing {
	int64_t case_id;
	enum hl_list_scope scope;
	int keep; /* as in the offer; 0 for pages */
	enum hl_list_reason reason;
	bool looked;      /* "I looked: it is there" */
	int64_t entry_id; /* out */
};
/* HL_E_INVALID: no such scope. HL_DENIED: why says; nothing was changed. */
int hl_publish_propose(const struct hl_who *who,
	const struct hl_publish_setup *setup,
	struct hl_publish_proposing *proposing, enum hl_publish_why *why,
	struct hl_err *err);

struct hl_publish_row {
	int64_t id, version, item_id, case_id, consumer_id;
	enum hl_list_kind kind;
	enum hl_list_scope scope;
	enum hl_list_reason reason;
	enum hl_list_state state;
	bool popular;
	int64_t proposed_by, approved_by, third_by, ended_by;
	struct hl_str proposed_name, approved_name, third_name, ended_name;
	int64_t proposed_at_us, approved_at_us, third_at_us, ended_at_us;
	enum hl_list_end ended_why;
	bool watched;          /* the watch saw it in the last two days */
	int64_t seen_at_us;    /* by the watch or a person, the later */
	int64_t expires_at_us; /* counts no more from then; 0: not in force */
	int64_t first_edition, released_at_us;
};
struct hl_publish_filter {
	enum hl_list_state state; /* 0 any */
	bool looks;               /* that run out in a day unless looked at */
	int64_t consumer_id;      /* canaries of; 0: entries of cases */
	size_t n_skip, n_most;
};
/* Oldest first while they wait, else newest first. HL_DENIED. */
int hl_publish_entries(const struct hl_who *who,
	const struct hl_publish_filter *filter,
	const struct hl_publish_row **out, size_t *n, struct hl_err *err);

/* An entry's page. */
struct hl_publish_entry {
	struct hl_publish_row row;
	int keep;
	/* absent: ended, erased, or this person lacks the key */
	struct hl_str address, host, path;
	bool broken; /* address or place are not what was proposed */
	const struct hl_happened *events; /* newest first */
	size_t n_events;
	int64_t n_hits, n_clients; /* told by consumers, in 30 days */
	int64_t n_appeals;         /* open */
	bool may_approve, may_third, may_refuse, may_end, may_look;
	enum hl_publish_why approve_why, third_why;
};
/* Leaves LIST_READ in the audit log when it shows the place. HL_NOTFOUND. */
int hl_publish_entry(const struct hl_who *who,
	const struct hl_publish_setup *setup, int64_t id,
	struct hl_publish_entry *out, struct hl_err *err);

/* Which entry a decision is about, and the version that the person saw. */
struct hl_publish_decision {
	int64_t id, version;
};
/* By somebody else than the proposer, who can see the place: signs. In force
 * at once, but a popular host waits for a third. */
int hl_publish_approve(const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_publish_decision *decision, enum hl_publish_why *why,
	struct hl_err *err);
/* By a third person, for a popular host. */
int hl_publish_third(const struct hl_who *who,
	const struct hl_publish_setup *setup,
	const struct hl_publish_decision *decision, enum hl_publish_why *why,
	struct hl_err *err);
/* Of one that is not in force; by the proposer too. */
int hl_publish_refuse(const struct hl_who *who,
	const struct hl_publish_decision *decision, enum hl_publish_why *why,
	struct hl_err *err);
/* Of one in force, at once, by one supervisor. HL_E_INVALID: a reason that is
 * none of hl_list_end_by_person(). */
int hl_publish_end(const struct hl_who *who,
	const struct hl_publish_decision *decision, enum hl_list_end reason,
	enum hl_publish_why *why, struct hl_err *err);
/* "I looked: it is still there": counts for 72 hours more. HL_PUBLISH_WATCHED
 * where the watch has seen it in the last two days, HL_PUBLISH_RAN_OUT when it
 * counts no more. */
int hl_publish_looked(const struct hl_who *who,
	const struct hl_publish_decision *decision, enum hl_publish_why *why,
	struct hl_err *err);

#endif
