/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_ACT_VIEWS_H
#define HL_DESK_ACT_VIEWS_H

#include "desk/case_views.h"

/* Views of what is done to a case: handing it on, closing, erasing,
 * assessing, and reports that wait for a decision. */

struct hl_desk_assign {
	struct hl_desk_page page;
	struct hl_desk_case_head head;
	const struct hl_w_option *people;
	size_t n_people;
	struct hl_str error;
};

struct hl_desk_close {
	struct hl_desk_page page;
	struct hl_desk_case_head head;
	const struct hl_w_option *reasons;
	size_t n_reasons;
	struct hl_str error;
};

struct hl_desk_erase {
	struct hl_desk_page page;
	struct hl_desk_case_head head;
	bool may_propose, may_approve, may_refuse, proposed, held;
};

struct hl_desk_approval {
	struct hl_str what, ref, who, href;
	int64_t at_us; /* 0: not known */
	bool mine;     /* asked for by who looks: another has to approve */
};
struct hl_desk_approvals {
	struct hl_desk_page page;
	const struct hl_desk_approval *rows;
	size_t n_rows;
};

/* One question of the assessment. */
struct hl_desk_question {
	struct hl_w_choice choice;
	enum { HL_DESK_RADIOS, HL_DESK_SELECT, HL_DESK_CHECKS } as;
	bool seen_only; /* asked when the material was seen */
};
struct hl_desk_hidden {
	struct hl_str name, value;
};
struct hl_desk_assess {
	struct hl_desk_page page;
	struct hl_desk_case_head head;
	struct hl_str address, action, lead;
	int round; /* 1 first, 2 second, 3 decision */
	bool checking, may_save, retake;
	const struct hl_desk_question *questions;
	size_t n_questions;
	struct hl_str note, note_error, refusal;
	/* the check page */
	const struct hl_desk_hidden *hidden;
	size_t n_hidden;
	const struct hl_w_summary_row *facts, *rules, *laws;
	size_t n_facts, n_rules, n_laws;
	const struct hl_str *unsure; /* "cannot tell" stood in the way */
	size_t n_unsure;
	struct hl_str outcome, follows;
	/* the decision: both, side by side */
	const struct hl_desk_assessment *both;
	size_t n_both;
	const struct hl_w_summary_row *differ; /* key: fact; value: a / b */
	size_t n_differ;
};

struct hl_desk_waiting_row {
	int64_t id, received_at_us;
	struct hl_str reason, place;
	bool danger, has_contact, is_test;
};
struct hl_desk_waiting {
	struct hl_desk_page page;
	const struct hl_desk_waiting_row *rows;
	size_t n_rows;
	struct hl_w_pagination pages;
};

/* What a person found out about a host. */
struct hl_desk_host {
	struct hl_desk_page page;
	struct hl_desk_case_head head;
	struct hl_str country, network, asn;
	struct hl_str country_error, asn_error;
};

#endif
