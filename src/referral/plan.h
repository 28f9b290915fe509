/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_PLAN_H
#define HL_REFERRAL_PLAN_H

#include "referral/recipient.h"

/* Who should be told about a case, and what is missing for it. */

enum hl_referral_plan_state {
	HL_REFERRAL_PLAN_READY = 1,   /* draft it: recipient is approved */
	HL_REFERRAL_PLAN_WAITS = 2,   /* recipient waits for approval */
	HL_REFERRAL_PLAN_MISSING = 3, /* nobody to send it to */
	HL_REFERRAL_PLAN_MADE = 4,    /* a referral is there: referral_id */
};

struct hl_referral_proposal {
	enum hl_recipient kind;
	enum hl_referral_plan_state state;
	struct hl_referral_recipient recipient; /* id 0 with MISSING */
	int64_t referral_id;                    /* with MADE */
	enum hl_referral_state referral_state;  /* with MADE */
	const char *reason; /* a sentence, through gettext: why this one, or
			       what is missing */
	int hold_hours;     /* a police hold would keep it back; 0 none */
};
#define HL_REFERRAL_PROPOSALS_MAX 32

struct hl_referral_plan {
	int64_t case_id, item_id;
	struct hl_str host_country, home_country; /* "" unknown */
	struct hl_str network;
	int64_t asn;
	int64_t traced_at_us;     /* 0: never */
	struct hl_str abuse_mail; /* as the trace found it; may be absent */
	int hold_hours;           /* of the host country; 0 none */
	bool cleared;             /* the police said the provider may be told */
	struct hl_referral_proposal at[HL_REFERRAL_PROPOSALS_MAX];
	size_t n;
	const char *missing[6]; /* sentences, through gettext */
	size_t n_missing;
	bool may_draft; /* this person, now */
};

/* HL_NOTFOUND: no such case, or none of this person's business (asked as
 * HL_AUTHZ_CASE_READ). */
int hl_referral_plan(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t case_id,
	struct hl_referral_plan *out, struct hl_err *err);

/*
 * Approved recipients that the plan does not propose, to be chosen by hand:
 * first those who can take something away, then police and partners, each by
 * country and name. None for who may not read recipients.
 */
int hl_referral_others(const struct hl_who *who,
	const struct hl_referral_plan *plan,
	const struct hl_referral_recipient **out, size_t *n,
	struct hl_err *err);

#endif
