/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/state.h"

/*
 * The machines as data. A row is one allowed change; what has no row is
 * denied. Facts that are no state (legal hold, lease, who assessed first)
 * are guarded where they are known: authz.c and the guarded updates of the
 * store.
 */

#define REPORT(from, action, to)                                         \
	{                                                                \
		HL_MACHINE_REPORT, HL_REPORT_##from, HL_ACTION_##action, \
			HL_REPORT_##to                                   \
	}
#define CASE(from, action, to)                                       \
	{                                                            \
		HL_MACHINE_CASE, HL_CASE_##from, HL_ACTION_##action, \
			HL_CASE_##to                                 \
	}
#define ITEM(from, action, to)                                       \
	{                                                            \
		HL_MACHINE_ITEM, HL_ITEM_##from, HL_ACTION_##action, \
			HL_ITEM_##to                                 \
	}
#define REFERRAL(from, action, to)                                           \
	{                                                                    \
		HL_MACHINE_REFERRAL, HL_REFERRAL_##from, HL_ACTION_##action, \
			HL_REFERRAL_##to                                     \
	}

static const struct hl_transition transitions[] = {
	REPORT(RECEIVED, TRIAGE, TRIAGED),
	REPORT(RECEIVED, WITHDRAW, CLOSED),
	REPORT(TRIAGED, RETRIAGE, RECEIVED),
	REPORT(TRIAGED, LINK, LINKED),
	REPORT(TRIAGED, FEEDBACK, FEEDBACK_READY),
	REPORT(TRIAGED, WITHDRAW, CLOSED),
	REPORT(LINKED, FEEDBACK, FEEDBACK_READY),
	REPORT(LINKED, WITHDRAW, CLOSED),
	REPORT(FEEDBACK_READY, RETRIAGE, RECEIVED),
	REPORT(FEEDBACK_READY, REOPEN, LINKED),
	REPORT(FEEDBACK_READY, CLOSE, CLOSED),
	REPORT(FEEDBACK_READY, WITHDRAW, CLOSED),
	REPORT(CLOSED, REOPEN, LINKED),
	REPORT(CLOSED, ERASE, ERASED),

	CASE(NEW, LEASE, ASSIGNED),
	CASE(NEW, REASSIGN, ASSIGNED),
	CASE(NEW, RECOGNISE, AGREED),
	CASE(NEW, CLOSE, CLOSED),
	CASE(ASSIGNED, LEASE, ASSIGNED),
	CASE(ASSIGNED, RELEASE, NEW),
	CASE(ASSIGNED, REASSIGN, ASSIGNED),
	CASE(ASSIGNED, ASSESS, ASSESSED),
	CASE(ASSIGNED, RECOGNISE, AGREED),
	CASE(ASSIGNED, CLOSE, CLOSED),
	CASE(ASSESSED, VERIFY, VERIFYING),
	CASE(ASSESSED, CLOSE, CLOSED),
	CASE(VERIFYING, LEASE, VERIFYING),
	CASE(VERIFYING, RELEASE, VERIFYING),
	CASE(VERIFYING, REASSIGN, VERIFYING),
	CASE(VERIFYING, AGREE, AGREED),
	CASE(VERIFYING, DISAGREE, DISAGREED),
	CASE(AGREED, ACT, ACTIONING),
	CASE(AGREED, CLOSE, CLOSED),
	CASE(AGREED, REOPEN, NEW),
	CASE(DISAGREED, LEASE, DISAGREED),
	CASE(DISAGREED, RELEASE, DISAGREED),
	CASE(DISAGREED, REASSIGN, DISAGREED),
	CASE(DISAGREED, ADJUDICATE, ADJUDICATED),
	CASE(ADJUDICATED, ACT, ACTIONING),
	CASE(ADJUDICATED, CLOSE, CLOSED),
	CASE(ADJUDICATED, REOPEN, NEW),
	CASE(ACTIONING, MONITOR, MONITORING),
	CASE(ACTIONING, CLOSE, CLOSED),
	CASE(ACTIONING, REOPEN, NEW),
	CASE(ACTIONING, REAPPEAR, ACTIONING),
	CASE(MONITORING, ACT, ACTIONING),
	CASE(MONITORING, REAPPEAR, ACTIONING),
	CASE(MONITORING, CLOSE, CLOSED),
	CASE(MONITORING, REOPEN, NEW),
	CASE(CLOSED, REOPEN, NEW),
	CASE(CLOSED, REAPPEAR, ACTIONING),
	CASE(CLOSED, ERASE, ERASED),

	ITEM(UNCHECKED, UP, ONLINE),
	ITEM(UNCHECKED, MISS, SUSPECT_OFFLINE),
	ITEM(UNCHECKED, DECLARE_GONE, OFFLINE),
	ITEM(UNCHECKED, CHANGE_HOST, HOST_CHANGED),
	ITEM(ONLINE, UP, ONLINE),
	ITEM(ONLINE, MISS, SUSPECT_OFFLINE),
	ITEM(ONLINE, DECLARE_GONE, OFFLINE),
	ITEM(ONLINE, CHANGE_HOST, HOST_CHANGED),
	ITEM(SUSPECT_OFFLINE, UP, ONLINE),
	ITEM(SUSPECT_OFFLINE, MISS, SUSPECT_OFFLINE),
	ITEM(SUSPECT_OFFLINE, CONFIRM_OFFLINE, OFFLINE),
	ITEM(SUSPECT_OFFLINE, DECLARE_GONE, OFFLINE),
	ITEM(SUSPECT_OFFLINE, CHANGE_HOST, HOST_CHANGED),
	ITEM(OFFLINE, UP, ONLINE),
	ITEM(OFFLINE, MISS, OFFLINE),
	ITEM(OFFLINE, CHANGE_HOST, HOST_CHANGED),
	ITEM(HOST_CHANGED, UP, HOST_CHANGED),
	ITEM(HOST_CHANGED, MISS, SUSPECT_OFFLINE),
	ITEM(HOST_CHANGED, DECLARE_GONE, OFFLINE),
	ITEM(HOST_CHANGED, CHANGE_HOST, HOST_CHANGED),
	ITEM(HOST_CHANGED, REROUTE, ONLINE),

	REFERRAL(DRAFT, APPROVE, APPROVED),
	REFERRAL(DRAFT, CLOSE, CLOSED),
	REFERRAL(APPROVED, HOLD, LEA_HOLD),
	REFERRAL(APPROVED, QUEUE, QUEUED),
	REFERRAL(APPROVED, CLOSE, CLOSED),
	REFERRAL(LEA_HOLD, UNHOLD, QUEUED),
	REFERRAL(LEA_HOLD, EXPIRE, QUEUED),
	REFERRAL(LEA_HOLD, CLOSE, CLOSED),
	REFERRAL(QUEUED, SEND, SENT),
	REFERRAL(QUEUED, RETRY, RETRYING),
	REFERRAL(QUEUED, FAIL, PERMANENT_ERROR),
	REFERRAL(QUEUED, CLOSE, CLOSED),
	REFERRAL(QUEUED, RECALL, SENT),
	REFERRAL(RETRYING, SEND, SENT),
	REFERRAL(RETRYING, RETRY, RETRYING),
	REFERRAL(RETRYING, FAIL, PERMANENT_ERROR),
	REFERRAL(RETRYING, QUEUE, QUEUED),
	REFERRAL(RETRYING, CLOSE, CLOSED),
	REFERRAL(RETRYING, RECALL, SENT),
	REFERRAL(SENT, QUEUE, QUEUED),
	REFERRAL(SENT, ACK, ACKED),
	REFERRAL(SENT, BOUNCE, BOUNCED),
	REFERRAL(SENT, CLOSE, CLOSED),
	REFERRAL(ACKED, ACK, ACKED),
	REFERRAL(ACKED, QUEUE, QUEUED),
	REFERRAL(ACKED, CLOSE, CLOSED),
	REFERRAL(BOUNCED, ACK, ACKED),
	REFERRAL(BOUNCED, QUEUE, QUEUED),
	REFERRAL(BOUNCED, CLOSE, CLOSED),
	REFERRAL(PERMANENT_ERROR, QUEUE, QUEUED),
	REFERRAL(PERMANENT_ERROR, CLOSE, CLOSED),
	REFERRAL(PERMANENT_ERROR, RECALL, SENT),
	REFERRAL(CLOSED, ACK, CLOSED),
};

struct step_row {
	enum hl_machine machine;
	int state;
	enum hl_step step;
};

/* What is not here runs no clock. */
static const struct step_row steps[] = {
	{HL_MACHINE_REPORT, HL_REPORT_RECEIVED, HL_STEP_INTAKE},
	{HL_MACHINE_REPORT, HL_REPORT_TRIAGED, HL_STEP_INTAKE},
	{HL_MACHINE_CASE, HL_CASE_NEW, HL_STEP_TRIAGE},
	{HL_MACHINE_CASE, HL_CASE_ASSIGNED, HL_STEP_ASSESSMENT},
	{HL_MACHINE_CASE, HL_CASE_ASSESSED, HL_STEP_VERIFICATION},
	{HL_MACHINE_CASE, HL_CASE_VERIFYING, HL_STEP_VERIFICATION},
	{HL_MACHINE_CASE, HL_CASE_AGREED, HL_STEP_NOTICE},
	{HL_MACHINE_CASE, HL_CASE_DISAGREED, HL_STEP_ADJUDICATION},
	{HL_MACHINE_CASE, HL_CASE_ADJUDICATED, HL_STEP_NOTICE},
	{HL_MACHINE_CASE, HL_CASE_ACTIONING, HL_STEP_NOTICE},
	{HL_MACHINE_CASE, HL_CASE_MONITORING, HL_STEP_REMOVAL},
	{HL_MACHINE_REFERRAL, HL_REFERRAL_DRAFT, HL_STEP_NOTICE},
	{HL_MACHINE_REFERRAL, HL_REFERRAL_APPROVED, HL_STEP_NOTICE},
	{HL_MACHINE_REFERRAL, HL_REFERRAL_LEA_HOLD, HL_STEP_POLICE},
	{HL_MACHINE_REFERRAL, HL_REFERRAL_QUEUED, HL_STEP_NOTICE},
	{HL_MACHINE_REFERRAL, HL_REFERRAL_RETRYING, HL_STEP_NOTICE},
	{HL_MACHINE_REFERRAL, HL_REFERRAL_PERMANENT_ERROR, HL_STEP_NOTICE},
	{HL_MACHINE_REFERRAL, HL_REFERRAL_BOUNCED, HL_STEP_NOTICE},
	{HL_MACHINE_REFERRAL, HL_REFERRAL_SENT, HL_STEP_REMOVAL},
	{HL_MACHINE_REFERRAL, HL_REFERRAL_ACKED, HL_STEP_REMOVAL},
};

int hl_state_next(
	enum hl_machine machine, int from, enum hl_action action, int *to)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(transitions); i++) {
		const struct hl_transition *t = &transitions[i];

		if (t->machine == machine && t->from == from &&
			t->action == action) {
			*to = t->to;
			return 0;
		}
	}
	return HL_DENIED;
}

int hl_state_first(enum hl_machine machine)
{
	/* The first word of every machine has the value 1. */
	return hl_state_vocab(machine) ? 1 : 0;
}

enum hl_step hl_state_step(enum hl_machine machine, int state)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(steps); i++) {
		if (steps[i].machine == machine && steps[i].state == state) {
			return steps[i].step;
		}
	}
	return HL_STEP_NONE;
}

const struct hl_vocab *hl_state_vocab(enum hl_machine machine)
{
	switch (machine) {
	case HL_MACHINE_REPORT:
		return &hl_vocab_report_state;
	case HL_MACHINE_CASE:
		return &hl_vocab_case_state;
	case HL_MACHINE_ITEM:
		return &hl_vocab_item_state;
	case HL_MACHINE_REFERRAL:
		return &hl_vocab_referral_state;
	case HL_MACHINE_COUNT:
		break;
	}
	return NULL;
}

const struct hl_transition *hl_state_table(size_t *n)
{
	*n = HL_ARRAY_LEN(transitions);
	return transitions;
}

static const struct hl_vocab_word machines[] = {
	{HL_MACHINE_REPORT, "report", HL_MSG("Report")},
	{HL_MACHINE_CASE, "case", HL_MSG("Case")},
	{HL_MACHINE_ITEM, "item", HL_MSG("Item")},
	{HL_MACHINE_REFERRAL, "referral", HL_MSG("Referral")},
};
const struct hl_vocab hl_vocab_machine = {
	"machine", HL_ARRAY_LEN(machines), machines};

static const struct hl_vocab_word report_states[] = {
	{HL_REPORT_RECEIVED, "received", HL_MSG("Received")},
	{HL_REPORT_TRIAGED, "triaged", HL_MSG("Triaged")},
	{HL_REPORT_LINKED, "linked", HL_MSG("Linked to a case")},
	{HL_REPORT_FEEDBACK_READY, "feedback_ready", HL_MSG("Feedback ready")},
	{HL_REPORT_CLOSED, "closed", HL_MSG("Closed")},
	{HL_REPORT_ERASED, "erased", HL_MSG("Erased")},
};
const struct hl_vocab hl_vocab_report_state = {
	"report_state", HL_ARRAY_LEN(report_states), report_states};

static const struct hl_vocab_word case_states[] = {
	{HL_CASE_NEW, "new", HL_MSG("New")},
	{HL_CASE_ASSIGNED, "assigned", HL_MSG("Being assessed")},
	{HL_CASE_ASSESSED, "assessed", HL_MSG("Assessed")},
	{HL_CASE_VERIFYING, "verifying", HL_MSG("Second assessment")},
	{HL_CASE_AGREED, "agreed", HL_MSG("Agreed")},
	{HL_CASE_DISAGREED, "disagreed", HL_MSG("Assessments differ")},
	{HL_CASE_ADJUDICATED, "adjudicated", HL_MSG("Decided")},
	{HL_CASE_ACTIONING, "actioning", HL_MSG("Being referred")},
	{HL_CASE_MONITORING, "monitoring", HL_MSG("Being watched")},
	{HL_CASE_CLOSED, "closed", HL_MSG("Closed")},
	{HL_CASE_ERASED, "erased", HL_MSG("Erased")},
};
const struct hl_vocab hl_vocab_case_state = {
	"case_state", HL_ARRAY_LEN(case_states), case_states};

static const struct hl_vocab_word item_states[] = {
	{HL_ITEM_UNCHECKED, "unchecked", HL_MSG("Not checked yet")},
	{HL_ITEM_ONLINE, "online", HL_MSG("Online")},
	{HL_ITEM_SUSPECT_OFFLINE, "suspect_offline", HL_MSG("Perhaps gone")},
	{HL_ITEM_OFFLINE, "offline", HL_MSG("Gone")},
	{HL_ITEM_HOST_CHANGED, "host_changed", HL_MSG("Host changed")},
};
const struct hl_vocab hl_vocab_item_state = {
	"item_state", HL_ARRAY_LEN(item_states), item_states};

static const struct hl_vocab_word referral_states[] = {
	{HL_REFERRAL_DRAFT, "draft", HL_MSG("Draft")},
	{HL_REFERRAL_APPROVED, "approved", HL_MSG("Approved")},
	{HL_REFERRAL_LEA_HOLD, "lea_hold",
		HL_MSG("Waits for police clearance")},
	{HL_REFERRAL_QUEUED, "queued", HL_MSG("In the outbox")},
	{HL_REFERRAL_SENT, "sent", HL_MSG("Sent")},
	{HL_REFERRAL_ACKED, "acked", HL_MSG("Answered")},
	{HL_REFERRAL_BOUNCED, "bounced", HL_MSG("Bounced")},
	{HL_REFERRAL_RETRYING, "retrying", HL_MSG("Will be tried again")},
	{HL_REFERRAL_PERMANENT_ERROR, "permanent_error",
		HL_MSG("Could not be sent")},
	{HL_REFERRAL_CLOSED, "closed", HL_MSG("Closed")},
};
const struct hl_vocab hl_vocab_referral_state = {
	"referral_state", HL_ARRAY_LEN(referral_states), referral_states};

static const struct hl_vocab_word actions[] = {
	{HL_ACTION_TRIAGE, "triage", HL_MSG("Triage")},
	{HL_ACTION_RETRIAGE, "retriage", HL_MSG("Triage again")},
	{HL_ACTION_LINK, "link", HL_MSG("Link to a case")},
	{HL_ACTION_FEEDBACK, "feedback", HL_MSG("Give feedback")},
	{HL_ACTION_WITHDRAW, "withdraw", HL_MSG("Withdraw")},
	{HL_ACTION_CLOSE, "close", HL_MSG("Close")},
	{HL_ACTION_REOPEN, "reopen", HL_MSG("Reopen")},
	{HL_ACTION_ERASE, "erase", HL_MSG("Erase")},
	{HL_ACTION_LEASE, "lease", HL_MSG("Take")},
	{HL_ACTION_RELEASE, "release", HL_MSG("Give back")},
	{HL_ACTION_REASSIGN, "reassign", HL_MSG("Give to somebody else")},
	{HL_ACTION_ASSESS, "assess", HL_MSG("Assess")},
	{HL_ACTION_VERIFY, "verify", HL_MSG("Ask for a second assessment")},
	{HL_ACTION_AGREE, "agree", HL_MSG("Agree")},
	{HL_ACTION_DISAGREE, "disagree", HL_MSG("Disagree")},
	{HL_ACTION_ADJUDICATE, "adjudicate", HL_MSG("Decide")},
	{HL_ACTION_ACT, "act", HL_MSG("Begin referrals")},
	{HL_ACTION_MONITOR, "monitor", HL_MSG("Watch")},
	{HL_ACTION_REAPPEAR, "reappear", HL_MSG("Back online")},
	{HL_ACTION_RECOGNISE, "recognise", HL_MSG("Recognised by its hash")},
	{HL_ACTION_UP, "up", HL_MSG("Found online")},
	{HL_ACTION_MISS, "miss", HL_MSG("Missed")},
	{HL_ACTION_CONFIRM_OFFLINE, "confirm_offline",
		HL_MSG("Confirm that it is gone")},
	{HL_ACTION_DECLARE_GONE, "declare_gone",
		HL_MSG("Record that it is gone")},
	{HL_ACTION_CHANGE_HOST, "change_host", HL_MSG("Host changed")},
	{HL_ACTION_REROUTE, "reroute", HL_MSG("Route again")},
	{HL_ACTION_APPROVE, "approve", HL_MSG("Approve")},
	{HL_ACTION_HOLD, "hold", HL_MSG("Hold for the police")},
	{HL_ACTION_UNHOLD, "unhold", HL_MSG("Release the hold")},
	{HL_ACTION_EXPIRE, "expire", HL_MSG("Hold runs out")},
	{HL_ACTION_QUEUE, "queue", HL_MSG("Put in the outbox")},
	{HL_ACTION_SEND, "send", HL_MSG("Sent")},
	{HL_ACTION_RETRY, "retry", HL_MSG("Try again later")},
	{HL_ACTION_FAIL, "fail", HL_MSG("Give up")},
	{HL_ACTION_BOUNCE, "bounce", HL_MSG("Bounced")},
	{HL_ACTION_ACK, "ack", HL_MSG("Answered")},
	{HL_ACTION_RECALL, "recall", HL_MSG("Take a reminder back")},
};
const struct hl_vocab hl_vocab_action = {
	"action", HL_ARRAY_LEN(actions), actions};
