/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_REFER_VIEWS_H
#define HL_DESK_REFER_VIEWS_H

#include "desk/case_views.h"

/* Views of the pages of referrals, recipients and the watch. */

struct hl_desk_proposal {
	int64_t recipient_id, referral_id; /* 0: none */
	struct hl_str kind, name, contact, reason, hold;
	struct hl_w_tag tag;
	bool ready, checked;
};
struct hl_desk_plan {
	struct hl_desk_page page;
	struct hl_desk_case_head head;
	const struct hl_w_summary_row *facts;
	size_t n_facts;
	const struct hl_desk_proposal *proposals;
	size_t n_proposals, n_ready;
	const struct hl_str *missing;
	size_t n_missing;
	const struct hl_w_option *others; /* the first is "nobody" */
	size_t n_others;
	struct hl_str note, note_error, choice_error;
	bool may_draft, may_add;
};

struct hl_desk_referral_row {
	int64_t id, case_id, at_us;
	struct hl_str recipient, kind, answer, error;
	struct hl_w_tag tag;
	bool is_test, overdue, moved;
};
struct hl_desk_referrals {
	struct hl_desk_page page;
	struct hl_w_nav tabs;
	struct hl_str tab_text;
	const struct hl_desk_referral_row *rows;
	size_t n_rows;
	struct hl_w_pagination pages;
	int64_t n_contacts; /* recipients that wait for approval */
	int64_t n_drafts;   /* referrals that do */
	int64_t n_overdue;
	bool overdue;    /* only those are shown */
	int64_t n_moved; /* with a new address that has no case */
};

struct hl_desk_answer_row {
	int64_t id, at_us;
	struct hl_str answer, via, reason, new_address, note;
	int64_t case_id; /* of the new address; 0 none */
	bool can_follow;
};
struct hl_desk_referral {
	struct hl_desk_page page;
	int64_t id, case_id;
	struct hl_w_identity head;
	const struct hl_w_summary_row *facts;
	size_t n_facts;
	struct hl_desk_deeds deeds;
	const struct hl_str *notes;
	size_t n_notes;
	const struct hl_desk_answer_row *answers;
	size_t n_answers;
	bool can_answer, may_preview;
};

/* Why a notice goes before the police were told. */
struct hl_desk_override {
	struct hl_desk_page page;
	int64_t id;
	struct hl_w_identity head;
	struct hl_str reason, error;
};

/* One part of what will be sent. */
struct hl_desk_part {
	struct hl_str title, text;
};
struct hl_desk_preview {
	struct hl_desk_page page;
	int64_t id;
	struct hl_w_identity head;
	struct hl_str from, to, subject;
	const struct hl_desk_part *parts;
	size_t n_parts;
	const struct hl_str *notes;
	size_t n_notes;
	bool can_approve;
};

struct hl_desk_answer {
	struct hl_desk_page page;
	int64_t id;
	struct hl_w_identity head;
	const struct hl_w_option *answers, *reasons;
	size_t n_answers, n_reasons;
	struct hl_str new_address, note;
	struct hl_str answer_error, reason_error, address_error, note_error;
};

struct hl_desk_recipient_row {
	int64_t id, n_referrals;
	struct hl_str kind, name, mail, country, network, proposed;
	struct hl_w_tag tag;
	bool may_approve;
};
struct hl_desk_recipients {
	struct hl_desk_page page;
	const struct hl_desk_recipient_row *rows;
	size_t n_rows, n_waiting;
	bool may_change;
};
struct hl_desk_recipient {
	struct hl_desk_page page;
	int64_t id; /* 0: a new one */
	struct hl_w_identity head;
	const struct hl_w_summary_row *facts;
	size_t n_facts;
	const struct hl_w_option *kinds, *channels;
	size_t n_kinds, n_channels;
	struct hl_str name, mail, country, asn;
	struct hl_str kind_error, name_error, mail_error, country_error,
		asn_error, channel_error;
	struct hl_str same; /* there is one with this address: its name */
	int64_t same_id;
	bool may_approve, may_change, may_retire;
};

struct hl_desk_watch_row {
	int64_t case_id, next_us, checked_us, misses;
	struct hl_str state, last, country;
	bool paused, gone, waits, person, may_change;
};
struct hl_desk_watch {
	struct hl_desk_page page;
	bool enabled, http;
	struct hl_str waiting; /* how many have not been given to the worker */
	const struct hl_desk_watch_row *rows;
	size_t n_rows;
	struct hl_w_pagination pages;
};

#endif
