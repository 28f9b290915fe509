/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/state.h"

#include "domain/vocab.h"

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
};
const struct hl_vocab hl_vocab_action = {
	"action", HL_ARRAY_LEN(actions), actions};
