/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_STATE_H
#define HL_DOMAIN_STATE_H

#include "base/buf.h"
#include "domain/flow.h"
#include "domain/vocab.h"

/*
 * The four machines: every change of state goes through hl_state_next().
 * States are stored, actions are not. docs/states.md shows the tables and
 * is checked against them.
 */
enum hl_machine {
	HL_MACHINE_REPORT,
	HL_MACHINE_CASE,
	HL_MACHINE_ITEM,
	HL_MACHINE_REFERRAL,
	HL_MACHINE_COUNT,
};

enum hl_report_state {
	HL_REPORT_RECEIVED = 1,
	HL_REPORT_TRIAGED = 2, /* the outcome is an enum hl_triage */
	HL_REPORT_LINKED = 3,
	HL_REPORT_FEEDBACK_READY = 4,
	HL_REPORT_CLOSED = 5,
	HL_REPORT_ERASED = 6,
};

enum hl_case_state {
	HL_CASE_NEW = 1,
	HL_CASE_ASSIGNED = 2, /* somebody holds a lease */
	HL_CASE_ASSESSED = 3,
	HL_CASE_VERIFYING = 4, /* waits for, or is at, the second analyst */
	HL_CASE_AGREED = 5,
	HL_CASE_DISAGREED = 6,
	HL_CASE_ADJUDICATED = 7,
	HL_CASE_ACTIONING = 8,
	HL_CASE_MONITORING = 9,
	HL_CASE_CLOSED = 10,
	HL_CASE_ERASED = 11,
};

enum hl_item_state {
	HL_ITEM_UNCHECKED = 1,
	HL_ITEM_ONLINE = 2,
	HL_ITEM_SUSPECT_OFFLINE = 3,
	HL_ITEM_OFFLINE = 4,
	HL_ITEM_HOST_CHANGED = 5,
};

enum hl_referral_state {
	HL_REFERRAL_DRAFT = 1,
	HL_REFERRAL_APPROVED = 2,
	HL_REFERRAL_LEA_HOLD = 3, /* police clearance blocks it */
	HL_REFERRAL_QUEUED = 4,
	HL_REFERRAL_SENT = 5,
	HL_REFERRAL_ACKED = 6,
	HL_REFERRAL_BOUNCED = 7,
	HL_REFERRAL_RETRYING = 8,
	HL_REFERRAL_PERMANENT_ERROR = 9,
	HL_REFERRAL_CLOSED = 10,
};

enum hl_action {
	/* report */
	HL_ACTION_TRIAGE = 1,
	HL_ACTION_RETRIAGE,
	HL_ACTION_LINK,
	HL_ACTION_FEEDBACK,
	HL_ACTION_WITHDRAW,
	/* report, case and referral */
	HL_ACTION_CLOSE,
	HL_ACTION_REOPEN, /* case: to be assessed anew */
	HL_ACTION_ERASE,
	/* case */
	HL_ACTION_LEASE,
	HL_ACTION_RELEASE, /* given back, ran out */
	HL_ACTION_REASSIGN,
	HL_ACTION_ASSESS,
	HL_ACTION_VERIFY, /* asks for the second assessment */
	HL_ACTION_AGREE,
	HL_ACTION_DISAGREE,
	HL_ACTION_ADJUDICATE,
	HL_ACTION_ACT,
	HL_ACTION_MONITOR,
	HL_ACTION_REAPPEAR,  /* known to be illegal and back online */
	HL_ACTION_RECOGNISE, /* its hash is known: resolved without a view */
	/* item */
	HL_ACTION_UP,
	HL_ACTION_MISS,
	HL_ACTION_CONFIRM_OFFLINE, /* enough misses, apart in time */
	HL_ACTION_DECLARE_GONE,    /* a person says so */
	HL_ACTION_CHANGE_HOST,
	HL_ACTION_REROUTE,
	/* referral */
	HL_ACTION_APPROVE,
	HL_ACTION_HOLD,
	HL_ACTION_UNHOLD, /* released by police or a person */
	HL_ACTION_EXPIRE, /* the hold's deadline passed */
	HL_ACTION_QUEUE,
	HL_ACTION_SEND,
	HL_ACTION_RETRY,
	HL_ACTION_FAIL,
	HL_ACTION_BOUNCE,
	HL_ACTION_ACK,
	HL_ACTION_RECALL, /* a reminder that has not left */
	HL_ACTION_LAST = HL_ACTION_RECALL,
};

struct hl_transition {
	enum hl_machine machine;
	int from;
	enum hl_action action;
	int to;
};

/* HL_DENIED for an action that the state does not know; *to is then left
 * alone. A transition to the same state is allowed where the table has it. */
int hl_state_next(
	enum hl_machine machine, int from, enum hl_action action, int *to);
/* The state in which an object begins. */
int hl_state_first(enum hl_machine machine);
/* The clock that runs while an object is in this state. */
enum hl_step hl_state_step(enum hl_machine machine, int state);
const struct hl_vocab *hl_state_vocab(enum hl_machine machine);
const struct hl_transition *hl_state_table(size_t *n);
/* The text of docs/states.md. */
void hl_state_put_doc(struct hl_buf *out);

extern const struct hl_vocab hl_vocab_machine;
extern const struct hl_vocab hl_vocab_action;

#endif
