/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_QUEUE_H
#define HL_CASEWORK_QUEUE_H

#include "base/text.h"
#include "casework/casework.h"
#include "domain/priority.h"

/* Lists of cases: no content. */

enum hl_casework_tab {
	HL_CASEWORK_ALL = 0,
	HL_CASEWORK_UNASSIGNED = 1, /* new, or a lease that ran out */
	HL_CASEWORK_MINE = 2,       /* held now */
	HL_CASEWORK_TO_VERIFY = 3,  /* by me-able: not my own, not held */
	HL_CASEWORK_TO_ADJUDICATE = 4,
	HL_CASEWORK_TO_ACT = 5, /* agreed: to be referred */
	HL_CASEWORK_MONITORED = 6,
	HL_CASEWORK_CLOSED = 7,
	HL_CASEWORK_TABS = 8,
};
extern const struct hl_vocab hl_vocab_casework_tab;

/* Zero means "any" everywhere. */
struct hl_casework_filter {
	enum hl_casework_tab tab;
	int state;             /* enum hl_case_state */
	int outcome;           /* enum hl_outcome */
	bool danger;           /* only those with a child in danger now */
	struct hl_str country; /* of the host: "DK" */
};

/* Where the next page begins; all zero: at the first. */
struct hl_casework_cursor {
	int64_t priority, created_at_us, id;
};
#define HL_CASEWORK_CURSOR_MAX 64
/* As text for a link, and back; HL_E_INVALID. */
struct hl_str hl_casework_cursor_print(
	const struct hl_casework_cursor *c, char out[HL_CASEWORK_CURSOR_MAX]);
int hl_casework_cursor_parse(struct hl_str s, struct hl_casework_cursor *c);

struct hl_casework_row {
	int64_t id, item_id;
	enum hl_case_state state;
	enum hl_step step; /* whose clock runs */
	int64_t step_since_us;
	int64_t created_at_us;
	struct hl_priority priority;
	bool danger, is_test, legal_hold;
	int64_t holder, lease_until_us; /* holder 0 when the lease is over */
	struct hl_str holder_name;
	struct hl_str country;
	int64_t n_reports, n_independent;
	enum hl_outcome outcome;
	bool may_take; /* by this person, now */
	bool known;    /* a known hash resolved it: nobody has looked */
};

#define HL_CASEWORK_PAGE_MAX 200
struct hl_casework_list {
	const struct hl_casework_row *rows;
	size_t n;
	bool more;
	struct hl_casework_cursor next;
};
/* By priority, then age. HL_DENIED: may not see the queue. */
int hl_casework_queue(const struct hl_who *who,
	const struct hl_casework_filter *filter,
	const struct hl_casework_cursor *from, size_t n_most,
	struct hl_casework_list *out, struct hl_err *err);

struct hl_casework_counts {
	int64_t tab[HL_CASEWORK_TABS];
	int64_t n_received; /* reports that wait for triage */
	int64_t n_person;   /* reports that a person must decide */
	int64_t n_danger;   /* of these, with a child in danger now */
};
int hl_casework_counts(const struct hl_who *who, struct hl_casework_counts *out,
	struct hl_err *err);

/*
 * What a reference leads to: R- a report, C- a case, T- an item, F- a
 * referral. case_id is that of the item or referral, and of the report's
 * first case, if any. HL_NOTFOUND: no reference, or nothing that this
 * person may see.
 */
struct hl_casework_found {
	enum hl_ref_kind kind;
	int64_t id, case_id;
};
int hl_casework_find(const struct hl_who *who, struct hl_str typed,
	struct hl_casework_found *out, struct hl_err *err);

#endif
