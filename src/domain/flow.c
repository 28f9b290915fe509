/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/flow.h"

#include "domain/vocab.h"

static const struct hl_vocab_word triages[] = {
	{HL_TRIAGE_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_TRIAGE_ACCEPTED, "accepted", HL_MSG("Accepted")},
	{HL_TRIAGE_DUPLICATE, "duplicate", HL_MSG("Duplicate")},
	{HL_TRIAGE_OUT_OF_REMIT, "out_of_remit", HL_MSG("Out of remit")},
	{HL_TRIAGE_INSUFFICIENT, "insufficient",
		HL_MSG("Not enough information")},
};
const struct hl_vocab hl_vocab_triage = {
	"triage", HL_ARRAY_LEN(triages), triages};

static const struct hl_vocab_word triage_reasons[] = {
	{HL_TRIAGE_REASON_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_TRIAGE_REASON_SAME_ADDRESS, "same_address",
		HL_MSG("Address already reported")},
	{HL_TRIAGE_REASON_RESENT, "resent",
		HL_MSG("The same report sent twice")},
	{HL_TRIAGE_REASON_OTHER_CRIME, "other_crime",
		HL_MSG("Another kind of crime")},
	{HL_TRIAGE_REASON_ADULTS, "adults", HL_MSG("Shows adults only")},
	{HL_TRIAGE_REASON_NOT_ONLINE, "not_online", HL_MSG("Not online")},
	{HL_TRIAGE_REASON_ADVICE, "advice", HL_MSG("Asks for advice")},
	{HL_TRIAGE_REASON_ABUSE_OF_FORM, "abuse_of_form",
		HL_MSG("No genuine report")},
	{HL_TRIAGE_REASON_NO_ADDRESS, "no_address",
		HL_MSG("No address that leads anywhere")},
	{HL_TRIAGE_REASON_UNREADABLE, "unreadable",
		HL_MSG("Cannot be understood")},
	{HL_TRIAGE_REASON_PRIVATE_PLACE, "private_place",
		HL_MSG("In a place that nobody else can enter")},
};
const struct hl_vocab hl_vocab_triage_reason = {
	"triage_reason", HL_ARRAY_LEN(triage_reasons), triage_reasons};

static const struct hl_vocab_word close_reasons[] = {
	{HL_CLOSE_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_CLOSE_REMOVED, "removed", HL_MSG("Removed")},
	{HL_CLOSE_NOT_ILLEGAL, "not_illegal", HL_MSG("Not illegal")},
	{HL_CLOSE_GONE, "gone", HL_MSG("Gone before anybody was told")},
	{HL_CLOSE_PAYWALL, "pay_wall", HL_MSG("Behind a pay wall")},
	{HL_CLOSE_CANNOT_TELL, "cannot_tell", HL_MSG("Cannot tell")},
	{HL_CLOSE_PASSED_ON, "passed_on", HL_MSG("Passed on")},
	{HL_CLOSE_UNREACHABLE, "unreachable", HL_MSG("Could not be reached")},
	{HL_CLOSE_REFUSED, "refused", HL_MSG("No recipient acts")},
};
const struct hl_vocab hl_vocab_close_reason = {
	"close_reason", HL_ARRAY_LEN(close_reasons), close_reasons};

static const struct hl_vocab_word answers[] = {
	{HL_ANSWER_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_ANSWER_REMOVED, "removed", HL_MSG("Removed")},
	{HL_ANSWER_MOVED, "moved", HL_MSG("Moved elsewhere")},
	{HL_ANSWER_NOT_OURS, "not_ours", HL_MSG("Not ours")},
	{HL_ANSWER_NEED_MORE, "need_more", HL_MSG("Need more information")},
	{HL_ANSWER_REFUSED, "refused", HL_MSG("Refused")},
	{HL_ANSWER_RECEIVED, "received", HL_MSG("Received, in work")},
	{HL_ANSWER_HOLD, "hold", HL_MSG("Do not notify the provider yet")},
	{HL_ANSWER_CLEARED, "cleared", HL_MSG("The provider may be notified")},
	{HL_ANSWER_ALREADY_GONE, "already_gone", HL_MSG("Already gone")},
};
const struct hl_vocab hl_vocab_answer = {
	"answer", HL_ARRAY_LEN(answers), answers};

static const struct hl_vocab_word refusals[] = {
	{HL_REFUSAL_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_REFUSAL_NOT_ILLEGAL, "not_illegal", HL_MSG("Not illegal here")},
	{HL_REFUSAL_NO_AUTHORITY, "no_authority",
		HL_MSG("We cannot remove it")},
	{HL_REFUSAL_COURT_ORDER, "court_order",
		HL_MSG("A court order is needed")},
	{HL_REFUSAL_OTHER, "other", HL_MSG("Another reason")},
};
const struct hl_vocab hl_vocab_refusal = {
	"refusal", HL_ARRAY_LEN(refusals), refusals};

static const struct hl_vocab_word statuses[] = {
	{HL_STATUS_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_STATUS_RECEIVED, "received", HL_MSG("Received")},
	{HL_STATUS_ASSESSING, "assessing", HL_MSG("Being assessed")},
	{HL_STATUS_TO_POLICE, "passed_to_police",
		HL_MSG("Passed on to the police")},
	{HL_STATUS_TO_PROVIDER, "passed_to_provider",
		HL_MSG("Passed on to the hosting provider")},
	{HL_STATUS_TO_PARTNER, "passed_to_partner",
		HL_MSG("Passed on to a partner hotline")},
	{HL_STATUS_REMOVED, "removed", HL_MSG("Removed")},
	{HL_STATUS_NOT_ILLEGAL, "not_illegal", HL_MSG("Not illegal here")},
	{HL_STATUS_UNREACHABLE, "unreachable", HL_MSG("Could not be reached")},
	{HL_STATUS_OUT_OF_REMIT, "out_of_remit",
		HL_MSG("Not for this hotline")},
	{HL_STATUS_INSUFFICIENT, "insufficient",
		HL_MSG("Not enough information")},
};
const struct hl_vocab hl_vocab_public_status = {
	"public_status", HL_ARRAY_LEN(statuses), statuses};

static const struct hl_vocab_word recipients[] = {
	{HL_RECIPIENT_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_RECIPIENT_POLICE, "police", HL_MSG("Police")},
	{HL_RECIPIENT_PROVIDER, "provider", HL_MSG("Hosting provider")},
	{HL_RECIPIENT_PARTNER, "partner", HL_MSG("Partner hotline")},
	{HL_RECIPIENT_PLATFORM, "platform", HL_MSG("Site or service")},
	{HL_RECIPIENT_REGISTRAR, "registrar", HL_MSG("Domain registrar")},
	{HL_RECIPIENT_PAYMENT, "payment", HL_MSG("Payment firm")},
};
const struct hl_vocab hl_vocab_recipient = {
	"recipient", HL_ARRAY_LEN(recipients), recipients};

static const struct hl_vocab_word referral_kinds[] = {
	{HL_REFERRAL_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_REFERRAL_POLICE_BUNDLE, "police_bundle",
		HL_MSG("Bundle for the police")},
	{HL_REFERRAL_NOTICE, "notice", HL_MSG("Notice to a provider")},
	{HL_REFERRAL_TRANSFER, "transfer",
		HL_MSG("Transfer to a partner hotline")},
	{HL_REFERRAL_PAYMENT_NOTICE, "payment_notice",
		HL_MSG("Notice to a payment firm")},
};
const struct hl_vocab hl_vocab_referral_kind = {
	"referral_kind", HL_ARRAY_LEN(referral_kinds), referral_kinds};

static const struct hl_vocab_word contact_states[] = {
	{HL_CONTACT_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_CONTACT_PROPOSED, "proposed", HL_MSG("Waits for approval")},
	{HL_CONTACT_APPROVED, "approved", HL_MSG("Approved")},
	{HL_CONTACT_REJECTED, "rejected", HL_MSG("Rejected")},
	{HL_CONTACT_RETIRED, "retired", HL_MSG("No longer used")},
};
const struct hl_vocab hl_vocab_contact_state = {
	"contact_state", HL_ARRAY_LEN(contact_states), contact_states};

static const struct hl_vocab_word checks[] = {
	{HL_CHECK_UNANSWERED, "unanswered", HL_MSG("Not answered")},
	{HL_CHECK_UP, "up", HL_MSG("Online")},
	{HL_CHECK_MISS_DNS, "miss_dns", HL_MSG("The name no longer exists")},
	{HL_CHECK_MISS_HTTP, "miss_http", HL_MSG("No longer served")},
	{HL_CHECK_MISS_CONNECT, "miss_connect", HL_MSG("Does not answer")},
	{HL_CHECK_UNCLEAR, "unclear", HL_MSG("Unclear")},
	{HL_CHECK_FAILED, "failed", HL_MSG("Our check failed")},
	{HL_CHECK_REFUSED, "refused", HL_MSG("Our rules forbid this check")},
};
const struct hl_vocab hl_vocab_check = {"check", HL_ARRAY_LEN(checks), checks};

static const struct hl_vocab_word roles[] = {
	{HL_ROLE_ANALYST, "analyst", HL_MSG("Analyst")},
	{HL_ROLE_VERIFIER, "verifier", HL_MSG("Verifier")},
	{HL_ROLE_SUPERVISOR, "supervisor", HL_MSG("Supervisor")},
	{HL_ROLE_REFERRAL, "referral_officer", HL_MSG("Referral officer")},
	{HL_ROLE_ADMIN, "administrator", HL_MSG("Administrator")},
};
const struct hl_vocab hl_vocab_role = {"role", HL_ARRAY_LEN(roles), roles};

static const struct hl_vocab_word steps[] = {
	{HL_STEP_NONE, "none", HL_MSG("No clock")},
	{HL_STEP_INTAKE, "intake", HL_MSG("Intake")},
	{HL_STEP_TRIAGE, "triage", HL_MSG("Triage")},
	{HL_STEP_ASSESSMENT, "assessment", HL_MSG("Assessment")},
	{HL_STEP_VERIFICATION, "verification", HL_MSG("Verification")},
	{HL_STEP_ADJUDICATION, "adjudication", HL_MSG("Adjudication")},
	{HL_STEP_POLICE, "police", HL_MSG("Police clearance")},
	{HL_STEP_NOTICE, "notice", HL_MSG("Notice")},
	{HL_STEP_REMOVAL, "removal", HL_MSG("Removal")},
};
const struct hl_vocab hl_vocab_step = {"step", HL_ARRAY_LEN(steps), steps};
