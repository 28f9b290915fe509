/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_FLOW_H
#define HL_DOMAIN_FLOW_H

/*
 * Words of the work itself: roles, triage, referrals, answers, status,
 * clocks. Values are stored: never renumber.
 */

/* A user's roles are a mask of these. */
enum hl_role {
	HL_ROLE_ANALYST = 1,
	HL_ROLE_VERIFIER = 2,
	HL_ROLE_SUPERVISOR = 4,
	HL_ROLE_REFERRAL = 8, /* referral officer */
	HL_ROLE_ADMIN = 16,   /* never together with another */
};
#define HL_ROLE_CONTENT                                            \
	(HL_ROLE_ANALYST | HL_ROLE_VERIFIER | HL_ROLE_SUPERVISOR | \
		HL_ROLE_REFERRAL)

enum hl_triage {
	HL_TRIAGE_UNANSWERED = 0,
	HL_TRIAGE_ACCEPTED = 1,
	HL_TRIAGE_DUPLICATE = 2,
	HL_TRIAGE_OUT_OF_REMIT = 3,
	HL_TRIAGE_INSUFFICIENT = 4,
};

/* Why a report was not accepted. */
enum hl_triage_reason {
	HL_TRIAGE_REASON_UNANSWERED = 0,
	HL_TRIAGE_REASON_SAME_ADDRESS = 1, /* duplicate */
	HL_TRIAGE_REASON_RESENT = 2,       /* duplicate */
	HL_TRIAGE_REASON_OTHER_CRIME = 3,  /* out of remit, and the next */
	HL_TRIAGE_REASON_ADULTS = 4,
	HL_TRIAGE_REASON_NOT_ONLINE = 5,
	HL_TRIAGE_REASON_ADVICE = 6,
	HL_TRIAGE_REASON_ABUSE_OF_FORM = 7,
	HL_TRIAGE_REASON_NO_ADDRESS = 8, /* insufficient, and the next */
	HL_TRIAGE_REASON_UNREADABLE = 9,
	HL_TRIAGE_REASON_PRIVATE_PLACE = 10,
};

enum hl_close_reason {
	HL_CLOSE_UNANSWERED = 0,
	HL_CLOSE_REMOVED = 1,
	HL_CLOSE_NOT_ILLEGAL = 2,
	HL_CLOSE_GONE = 3, /* gone before anybody was told */
	HL_CLOSE_PAYWALL = 4,
	HL_CLOSE_CANNOT_TELL = 5,
	HL_CLOSE_PASSED_ON = 6, /* in others' hands, nothing left to watch */
	HL_CLOSE_UNREACHABLE = 7,
	HL_CLOSE_REFUSED = 8, /* no recipient acts */
};

/* What a recipient answers to a referral. */
enum hl_answer {
	HL_ANSWER_UNANSWERED = 0,
	HL_ANSWER_REMOVED = 1,
	HL_ANSWER_MOVED = 2,
	HL_ANSWER_NOT_OURS = 3,
	HL_ANSWER_NEED_MORE = 4,
	HL_ANSWER_REFUSED = 5,
	HL_ANSWER_RECEIVED = 6, /* seen, work goes on */
	HL_ANSWER_HOLD = 7,     /* police: do not notify yet */
	HL_ANSWER_CLEARED = 8,  /* police: notify now */
	HL_ANSWER_ALREADY_GONE = 9,
};

enum hl_refusal {
	HL_REFUSAL_UNANSWERED = 0,
	HL_REFUSAL_NOT_ILLEGAL = 1,
	HL_REFUSAL_NO_AUTHORITY = 2,
	HL_REFUSAL_COURT_ORDER = 3, /* asks for a court order */
	HL_REFUSAL_OTHER = 4,
};

/* What the reporter sees by receipt; says nothing about the content. */
enum hl_public_status {
	HL_STATUS_UNANSWERED = 0,
	HL_STATUS_RECEIVED = 1,
	HL_STATUS_ASSESSING = 2,
	HL_STATUS_TO_POLICE = 3,
	HL_STATUS_TO_PROVIDER = 4,
	HL_STATUS_TO_PARTNER = 5,
	HL_STATUS_REMOVED = 6,
	HL_STATUS_NOT_ILLEGAL = 7, /* not illegal here */
	HL_STATUS_UNREACHABLE = 8, /* could not be reached */
	HL_STATUS_OUT_OF_REMIT = 9,
	HL_STATUS_INSUFFICIENT = 10,
};

enum hl_recipient {
	HL_RECIPIENT_UNANSWERED = 0,
	HL_RECIPIENT_POLICE = 1,
	HL_RECIPIENT_PROVIDER = 2, /* hosting provider */
	HL_RECIPIENT_PARTNER = 3,  /* partner hotline */
	HL_RECIPIENT_PLATFORM = 4, /* site or service owner */
	HL_RECIPIENT_REGISTRAR = 5,
	HL_RECIPIENT_PAYMENT = 6, /* payment firm */
};

enum hl_referral_kind {
	HL_REFERRAL_UNANSWERED = 0,
	HL_REFERRAL_POLICE_BUNDLE = 1,
	HL_REFERRAL_NOTICE = 2,   /* notice to a provider, with XARF */
	HL_REFERRAL_TRANSFER = 3, /* to the hotline of the host country */
	HL_REFERRAL_PAYMENT_NOTICE = 4,
};

/* Whether a recipient's address may be used. */
enum hl_contact_state {
	HL_CONTACT_UNANSWERED = 0,
	HL_CONTACT_PROPOSED = 1, /* found by a look-up, waits for a person */
	HL_CONTACT_APPROVED = 2,
	HL_CONTACT_REJECTED = 3,
	HL_CONTACT_RETIRED = 4, /* bounces, replaced */
};

/* One look at whether an item is still there. */
enum hl_check {
	HL_CHECK_UNANSWERED = 0,
	HL_CHECK_UP = 1,
	HL_CHECK_MISS_DNS = 2,  /* the name has gone */
	HL_CHECK_MISS_HTTP = 3, /* 404, 410, 451 and their like */
	HL_CHECK_MISS_CONNECT = 4,
	HL_CHECK_UNCLEAR = 5, /* 403, 5xx, a redirect elsewhere */
	HL_CHECK_FAILED = 6,  /* our own fault: says nothing */
	HL_CHECK_REFUSED = 7, /* our policy does not look there */
};

/* The clocks: who held it, and how long. */
enum hl_step {
	HL_STEP_NONE = 0,
	HL_STEP_INTAKE = 1,       /* report waits for triage */
	HL_STEP_TRIAGE = 2,       /* accepted, waits in the queue */
	HL_STEP_ASSESSMENT = 3,   /* an analyst holds it */
	HL_STEP_VERIFICATION = 4, /* waits for, or is at, the second */
	HL_STEP_ADJUDICATION = 5,
	HL_STEP_POLICE = 6,  /* police clearance blocks notices */
	HL_STEP_NOTICE = 7,  /* agreed, notices are on their way */
	HL_STEP_REMOVAL = 8, /* told; still online */
	HL_STEP_LAST = HL_STEP_REMOVAL,
};

#endif
