/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_CASE_H
#define HL_CASEWORK_CASE_H

#include "casework/queue.h"
#include "casework/report.h"
#include "domain/law.h"

/* Everything that the case page shows, for this person. */

struct hl_casework_trace {
	int64_t id, at_us;
	int source; /* 1 looked up, 2 typed in, in force, 3 typed in once */
	struct hl_str country, network;
	int64_t asn, missing;
	struct hl_str facts; /* JSON, opened; absent when it cannot be */
};

struct hl_casework_step {
	enum hl_step step;
	int64_t started_at_us, ended_at_us; /* 0: runs */
	int64_t holder;
	struct hl_str name;
};

struct hl_casework_assessment {
	int64_t id, cycle, made_at_us, staff_id;
	int round; /* 1 first, 2 second, 3 adjudication */
	struct hl_str name, profile, rules;
	enum hl_outcome outcome;
	struct hl_facts facts; /* with the note, opened */
};

struct hl_casework_note {
	int64_t id, at_us, staff_id;
	struct hl_str name, words; /* absent words: cannot be opened */
};

struct hl_casework_referral {
	int64_t id, recipient_id, created_at_us, sent_at_us, answered_at_us;
	int64_t hold_until_us;
	int64_t n_moved; /* new addresses that nobody has followed */
	enum hl_recipient kind;
	enum hl_referral_state state;
	enum hl_answer answer;
	bool is_test;
	struct hl_str name, error;
};

struct hl_casework_check {
	int64_t at_us, http_status, took_ms;
	enum hl_check verdict;
};

struct hl_casework_page {
	struct hl_casework_row row;
	bool content; /* false: only `row` and `may` are filled in: the
			 person sees it in the queue and has to take it */
	int64_t cycle, first_by, second_by, third_by, closed_at_us;
	enum hl_close_reason closed_reason;
	int64_t erase_proposed_by;
	bool watched; /* or was */
	bool watch_active;
	bool worker_has_address; /* else nobody looks */
	int64_t watch_next_us;

	struct hl_str address; /* absent: erased, or no key */
	bool address_broken;
	int item_kind;
	enum hl_item_state item_state;
	enum hl_public_status public_status;
	uint32_t passed_to;
	int64_t asn, provider_id, traced_at_us, removed_at_us;
	struct hl_str network, provider_name;

	const struct hl_casework_report *reports; /* newest first */
	size_t n_reports;
	/* what is typed in and in force, then the newest first */
	const struct hl_casework_trace *traces;
	size_t n_traces;
	const struct hl_casework_event *events; /* oldest first */
	size_t n_events;
	const struct hl_casework_step *steps; /* oldest first */
	size_t n_steps;
	const struct hl_casework_assessment *assessments;
	size_t n_assessments;
	size_t n_hidden; /* assessments and notes kept back: blind */
	const struct hl_casework_note *notes;
	size_t n_notes;
	const struct hl_casework_referral *referrals;
	size_t n_referrals;
	const struct hl_casework_check *checks; /* newest first */
	size_t n_checks;

	int64_t viewing_since_us; /* mine, running on this case; 0 */
	int64_t viewed_us;        /* by everybody, on this case */

	struct hl_casework_may may[HL_CASEWORK_MAY_MAX];
	size_t n_may;
};

/* HL_NOTFOUND: no such case, or none of this person's business. */
int hl_casework_page(const struct hl_who *who, int64_t case_id,
	struct hl_casework_page *out, struct hl_err *err);
/* Whether `may` allows an action. */
bool hl_casework_allows(
	const struct hl_casework_page *page, enum hl_authz_action action);

#endif
