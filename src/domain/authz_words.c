/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/authz.h"

#include "domain/vocab.h"

static const struct hl_vocab_word actions[] = {
	{HL_AUTHZ_QUEUE_VIEW, "queue.view", HL_MSG("See the queue")},
	{HL_AUTHZ_STATS_READ, "stats.read", HL_MSG("Read statistics")},
	{HL_AUTHZ_AUDIT_READ, "audit.read", HL_MSG("Read the audit log")},
	{HL_AUTHZ_AUDIT_VERIFY, "audit.verify", HL_MSG("Verify the audit log")},
	{HL_AUTHZ_USER_MANAGE, "user.manage", HL_MSG("Manage users")},
	{HL_AUTHZ_SETTINGS_READ, "settings.read", HL_MSG("Read the settings")},
	{HL_AUTHZ_SETTINGS_CHANGE, "settings.change",
		HL_MSG("Change the settings")},
	{HL_AUTHZ_RECIPIENT_READ, "recipient.read", HL_MSG("See recipients")},
	{HL_AUTHZ_WATCH_SWITCH, "watch.switch",
		HL_MSG("Switch the watch on and off")},
	{HL_AUTHZ_REPORT_READ, "report.read", HL_MSG("Read a report")},
	{HL_AUTHZ_REPORT_TRIAGE, "report.triage", HL_MSG("Triage a report")},
	{HL_AUTHZ_CONTACT_REQUEST, "contact.request",
		HL_MSG("Ask for the reporter’s contact")},
	{HL_AUTHZ_CONTACT_GRANT, "contact.grant",
		HL_MSG("Release the reporter’s contact")},
	{HL_AUTHZ_CONTACT_READ, "contact.read",
		HL_MSG("Read the reporter’s contact")},
	{HL_AUTHZ_CASE_LEASE, "case.lease", HL_MSG("Take a case")},
	{HL_AUTHZ_CASE_RELEASE, "case.release", HL_MSG("Give a case back")},
	{HL_AUTHZ_CASE_READ, "case.read", HL_MSG("Read a case")},
	{HL_AUTHZ_FIRST_READ, "first.read",
		HL_MSG("Read the first assessment")},
	{HL_AUTHZ_CASE_NOTE, "case.note", HL_MSG("Add a note")},
	{HL_AUTHZ_CASE_VIEWING, "case.viewing", HL_MSG("Record viewing time")},
	{HL_AUTHZ_CASE_ASSESS, "case.assess", HL_MSG("Assess")},
	{HL_AUTHZ_CASE_VERIFY, "case.verify", HL_MSG("Assess a second time")},
	{HL_AUTHZ_CASE_ADJUDICATE, "case.adjudicate",
		HL_MSG("Decide after disagreement")},
	{HL_AUTHZ_CASE_REASSIGN, "case.reassign",
		HL_MSG("Give a case to somebody")},
	{HL_AUTHZ_CASE_TRACE, "case.trace", HL_MSG("Look the host up again")},
	{HL_AUTHZ_CASE_CLOSE, "case.close", HL_MSG("Close a case")},
	{HL_AUTHZ_CASE_REOPEN, "case.reopen", HL_MSG("Reopen a case")},
	{HL_AUTHZ_CASE_LEGAL_HOLD, "case.legal_hold",
		HL_MSG("Set or lift a legal hold")},
	{HL_AUTHZ_ERASE_PROPOSE, "erase.propose", HL_MSG("Propose erasure")},
	{HL_AUTHZ_ERASE_APPROVE, "erase.approve", HL_MSG("Approve erasure")},
	{HL_AUTHZ_WATCH_PAUSE, "watch.pause",
		HL_MSG("Pause the watch of an address")},
	{HL_AUTHZ_EXPORT_DOWNLOAD, "export.download",
		HL_MSG("Download a bundle")},
	{HL_AUTHZ_CASE_FOLLOW, "case.follow",
		HL_MSG("Make a case of a new address")},
	{HL_AUTHZ_REFERRAL_DRAFT, "referral.draft", HL_MSG("Draft a referral")},
	{HL_AUTHZ_REFERRAL_READ, "referral.read", HL_MSG("Read a referral")},
	{HL_AUTHZ_REFERRAL_APPROVE, "referral.approve",
		HL_MSG("Approve a referral")},
	{HL_AUTHZ_REFERRAL_SEND, "referral.send", HL_MSG("Send a referral")},
	{HL_AUTHZ_REFERRAL_RELEASE, "referral.release",
		HL_MSG("Release a police hold")},
	{HL_AUTHZ_REFERRAL_OVERRIDE, "referral.override",
		HL_MSG("Release a notice before the police were told")},
	{HL_AUTHZ_ANSWER_RECORD, "answer.record", HL_MSG("Record an answer")},
	{HL_AUTHZ_RECIPIENT_APPROVE, "recipient.approve",
		HL_MSG("Approve a recipient")},
	{HL_AUTHZ_RECIPIENT_CHANGE, "recipient.change",
		HL_MSG("Change a recipient")},
	{HL_AUTHZ_KEY_GRANT, "key.grant", HL_MSG("Grant the queue key")},
};
const struct hl_vocab hl_vocab_authz_action = {
	"authz_action", HL_ARRAY_LEN(actions), actions};

static const struct hl_vocab_word whys[] = {
	{HL_AUTHZ_ALLOWED, "allowed", HL_MSG("Allowed")},
	{HL_AUTHZ_NOT_PERMITTED, "not_permitted",
		HL_MSG("You may not do this, or there is no such thing")},
	{HL_AUTHZ_NOT_HELD, "not_held",
		HL_MSG("Take the case first, or your time to work on it ran "
		       "out")},
	{HL_AUTHZ_SAME_PERSON, "same_person",
		HL_MSG("Somebody else must do this")},
	{HL_AUTHZ_WRONG_STATE, "wrong_state",
		HL_MSG("Not possible in this state")},
	{HL_AUTHZ_ON_HOLD, "on_hold", HL_MSG("A legal hold forbids this")},
	{HL_AUTHZ_BLIND, "blind",
		HL_MSG("Hidden until the second assessment is in")},
	{HL_AUTHZ_TAKEN, "taken", HL_MSG("Somebody else works on this case")},
};
const struct hl_vocab hl_vocab_authz_why = {
	"authz_why", HL_ARRAY_LEN(whys), whys};

static const struct hl_vocab_word user_whys[] = {
	{HL_AUTHZ_USER_ALLOWED, "allowed", HL_MSG("Allowed")},
	{HL_AUTHZ_USER_NOT_PERMITTED, "not_permitted",
		HL_MSG("You may not do this")},
	{HL_AUTHZ_USER_SELF, "self",
		HL_MSG("Nobody can change their own roles")},
	{HL_AUTHZ_USER_LAST_SUPERVISOR, "last_supervisor",
		HL_MSG("This is the last supervisor")},
	{HL_AUTHZ_USER_LAST_ADMIN, "last_administrator",
		HL_MSG("This is the last administrator")},
	{HL_AUTHZ_USER_MIXED, "mixed_roles",
		HL_MSG("An administrator cannot have another role")},
	{HL_AUTHZ_USER_NO_ROLE, "no_role", HL_MSG("Choose at least one role")},
	{HL_AUTHZ_USER_BAD_ROLE, "bad_role", HL_MSG("No such role")},
	{HL_AUTHZ_USER_LAST_KEYS, "last_keys",
		HL_MSG("Nobody else holds these keys, and without them reports "
		       "could never be opened again. First a supervisor who "
		       "has them hands them to another supervisor (Staff)")},
	{HL_AUTHZ_USER_KEYS_ON_SHEETS, "keys_on_sheets",
		HL_MSG("Nobody else holds these keys. A supervisor hands them "
		       "to another one first (Staff), or confirm that escrow "
		       "sheets will bring them back")},
};
const struct hl_vocab hl_vocab_authz_user_why = {
	"authz_user_why", HL_ARRAY_LEN(user_whys), user_whys};
