/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_CASE_VIEWS_H
#define HL_DESK_CASE_VIEWS_H

#include "desk/deed_views.h"
#include "desk/hash_views.h"
#include "desk/views.h"

/* Views of the pages of casework. Texts are translated already. */

struct hl_desk_case_row {
	int64_t id, n_reports, score, step_us;
	struct hl_w_tag tag;
	struct hl_str reasons, step, holder, country, outcome;
	bool danger, is_test, legal_hold, known, may_take, mine;
};

struct hl_desk_queue {
	struct hl_desk_page page;
	struct hl_w_nav tabs;
	const struct hl_desk_case_row *rows;
	size_t n_rows;
	struct hl_w_empty empty;
	struct hl_str tab; /* its name, for the filter's form */
	struct hl_str tab_text;
	const struct hl_w_option *states, *outcomes;
	size_t n_states, n_outcomes;
	struct hl_str country, country_error;
	bool danger, filtered;
	struct hl_str clear_href, first_href, next_href;
	struct hl_str typed, typed_error;   /* the search */
	struct hl_str came_in, known, left; /* what triage did */
	struct hl_str viewing;              /* how much of today's minutes */
	struct hl_str running_href;         /* the viewing clock runs there */
	bool may_take, may_triage, no_key;
	int64_t n_person; /* reports that wait for a decision */
	int64_t n_danger; /* of these, with a child in danger now */
};

struct hl_desk_link {
	int64_t position, case_id;
	struct hl_str verdict;
};
struct hl_desk_report {
	struct hl_desk_page page;
	int64_t id;
	struct hl_w_identity head;
	bool is_test, broken, open;
	const struct hl_w_summary_row *facts, *answers;
	size_t n_facts, n_answers;
	const struct hl_desk_link *links;
	size_t n_links;
	const struct hl_w_event *events;
	size_t n_events;
	/* what can be done */
	bool may_decide, may_undecide;
	bool has_contact, may_ask, may_grant, may_read, asked, granted;
	struct hl_str contact; /* opened, just now */
	const struct hl_w_option *reasons;
	size_t n_reasons;
	struct hl_str reason_error;
	struct hl_str text, text_error;           /* the address typed in */
	struct hl_str service, name, place_error; /* a place without one */
};

/* What every page about a case begins with. */
struct hl_desk_case_head {
	int64_t id;
	struct hl_w_identity identity;
	bool danger, is_test, legal_hold, known;
};

struct hl_desk_case_report {
	int64_t id, received_at_us;
	struct hl_str state;
	bool is_test, danger, open, broken, has_contact;
	const struct hl_w_summary_row *answers;
	size_t n_answers;
};
struct hl_desk_step {
	struct hl_str step, name;
	int64_t from_us, took_us;
	bool runs;
};
struct hl_desk_assessment {
	struct hl_str title, by, outcome, note;
	int64_t at_us;
	const struct hl_w_summary_row *facts;
	size_t n_facts;
	const struct hl_w_summary_row *rules; /* key: clause, value: why */
	size_t n_rules;
};
struct hl_desk_note {
	struct hl_str name, words;
	int64_t at_us;
};
struct hl_desk_case_referral {
	int64_t id, at_us;
	struct hl_str recipient, kind, answer;
	struct hl_w_tag tag;
	bool is_test, moved;
};
struct hl_desk_check_row {
	int64_t at_us;
	struct hl_str verdict;
};

struct hl_desk_case {
	struct hl_desk_page page;
	struct hl_desk_case_head head;
	bool content;
	struct hl_desk_deeds deeds;
	struct hl_str next; /* what the case waits for, a sentence */
	const struct hl_w_summary_row *facts;
	size_t n_facts;

	struct hl_str address; /* exact; absent: none */
	bool address_broken;
	const struct hl_w_summary_row *trace, *typed; /* found, typed in */
	size_t n_trace, n_typed;
	const struct hl_str *missing; /* what a look-up did not find */
	size_t n_missing;
	bool may_trace, typed_differs; /* from a later look-up */

	const struct hl_desk_case_report *reports;
	size_t n_reports;
	const struct hl_desk_assessment *assessments;
	size_t n_assessments, n_hidden;
	const struct hl_desk_case_referral *referrals;
	size_t n_referrals;
	const struct hl_desk_note *notes;
	size_t n_notes;
	const struct hl_w_event *events, *reads;
	size_t n_events, n_reads;
	const struct hl_desk_step *steps;
	size_t n_steps;
	const struct hl_desk_check_row *checks;
	size_t n_checks;

	bool may_note, may_retake; /* take it first, with the words kept */
	struct hl_str words, words_error;
	struct hl_desk_case_hashes hashes;
	struct hl_html extra; /* of a room above; absent: none */
	bool may_view;
	int64_t viewing_since_us, viewed_us;
};

#endif
