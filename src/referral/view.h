/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_VIEW_H
#define HL_REFERRAL_VIEW_H

#include "referral/answer.h"
#include "referral/recipient.h"

/* What people see of referrals: lists, counts, one with what they may do. */

struct hl_referral_answered {
	int64_t id, at_us;
	enum hl_answer answer;
	int via;                         /* enum hl_referral_via */
	int64_t staff_id;                /* typed in by; 0 the recipient */
	bool open;                       /* words were opened */
	enum hl_refusal reason;          /* with open */
	struct hl_str new_address, note; /* with open */
	int64_t case_id;                 /* made of the new address; 0 none */
	bool can_follow;                 /* this person may make one */
};

/* Everything about one referral without its document. */
struct hl_referral_row {
	int64_t id, case_id, item_id, version;
	enum hl_recipient kind;
	enum hl_referral_channel channel;
	enum hl_referral_state state;
	bool is_test;
	struct hl_referral_recipient recipient;
	int64_t hold_until_us; /* 0 none */
	int64_t created_by, created_at_us, approved_by, approved_at_us;
	struct hl_str created_name, approved_name;
	int64_t sent_at_us, closed_at_us, exported_at_us, reminded_at_us;
	enum hl_answer answer;
	int64_t answered_at_us, answer_until_us;
	int64_t attempts, next_at_us; /* next try, 0 none */
	int last_code;
	struct hl_str last_error; /* for a person; "" none */
	enum hl_case_state case_state;
	enum hl_outcome outcome;
	bool overdue;    /* sent, unanswered for referral.remind hours */
	int64_t n_moved; /* new addresses without a case */
	bool newer_host; /* a draft, and the host is known otherwise now */
};

struct hl_referral_may {
	enum hl_authz_action action;
	enum hl_authz_why why; /* 0: may */
};
#define HL_REFERRAL_MAY_MAX 8
#define HL_REFERRAL_NOTES_MAX 6

struct hl_referral_view {
	struct hl_referral_row row;
	const struct hl_referral_answered *answers; /* oldest first */
	size_t n_answers;
	struct hl_referral_may may[HL_REFERRAL_MAY_MAX];
	size_t n_may;
	/* Police first, and they have not been told: it will wait, or waits,
	 * without a deadline. */
	bool untold;
	/* The police asked that this recipient not be written to now. */
	bool asked;
	/* What a person can do about it now; a caller shows the buttons. */
	bool can_approve, can_release, can_cancel, can_retry, can_remind,
		can_close, can_download, can_hand_over, can_bounce, can_answer,
		can_confirm_removed, can_override, can_recall;
	/* Sentences for the person: test message, mail switched off, … */
	const char *notes[HL_REFERRAL_NOTES_MAX];
	size_t n_notes;
};
/* HL_NOTFOUND: none, or none of this person's business. */
int hl_referral_view(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	struct hl_referral_view *out, struct hl_err *err);

struct hl_referral_filter {
	enum hl_referral_state state; /* 0 any */
	int64_t case_id;              /* 0 any */
	bool overdue;                 /* those that are */
	bool moved;                   /* only with a new address to follow */
	size_t n_most, n_skip;
};
/* Newest first. HL_DENIED: may not see referrals at all (only officers and
 * supervisors list them). */
int hl_referral_list(const struct hl_who *who,
	const struct hl_referral_desk *desk,
	const struct hl_referral_filter *filter,
	const struct hl_referral_row **out, size_t *n, struct hl_err *err);
struct hl_referral_counts {
	int64_t state[HL_REFERRAL_CLOSED + 1]; /* by enum hl_referral_state */
	int64_t n_contacts; /* recipients that wait for approval */
	int64_t n_overdue;
	int64_t n_moved; /* with a new address that has no case */
};
int hl_referral_counts(const struct hl_who *who,
	const struct hl_referral_desk *desk, struct hl_referral_counts *out,
	struct hl_err *err);

#endif
