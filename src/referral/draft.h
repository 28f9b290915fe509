/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_DRAFT_H
#define HL_REFERRAL_DRAFT_H

#include "base/buf.h"
#include "referral/answer.h"
#include "referral/view.h"

/* From a draft to the outbox, and what a person does with it later. */

#define HL_REFERRAL_DRAFT_NOTE_CHARS 2000

struct hl_referral_draft_input {
	int64_t case_id, recipient_id;
	struct hl_str note; /* the officer's words; may be absent */
};
/*
 * Makes the document of a case for an approved recipient and keeps it
 * sealed. HL_DENIED with *why: CONTACT, EXISTS, NO_KEY, NO_ADDRESS,
 * TOO_LARGE, …. HL_E_INVALID: the note is too long.
 */
int hl_referral_draft(const struct hl_who *who,
	const struct hl_referral_desk *desk,
	const struct hl_referral_draft_input *in, int64_t *id,
	enum hl_referral_why *why, struct hl_err *err);

/* What will be sent, part by part; absent where the kind has none. Writes
 * REFERRAL_READ. */
struct hl_referral_preview {
	struct hl_str html, text, json; /* the document */
	struct hl_str subject, mail;    /* of the mail, without the test mark */
	struct hl_str xarf;             /* JSON */
	struct hl_str from, to;
};
int hl_referral_preview(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	struct hl_referral_preview *out, enum hl_referral_why *why,
	struct hl_err *err);

/* Approves a draft: makes the mail with a fresh answer link, seals it to the
 * worker, and puts it in the outbox or on police hold. A bundle for download
 * becomes APPROVED and waits for the officer. */
int hl_referral_approve(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err);
/* Ends a police hold by a person. HL_DENIED, POLICE_FIRST: not before the
 * police have been told. */
int hl_referral_release(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err);
/* The same although the police have not been told, by a supervisor: the
 * reason becomes a note of the case. HL_E_INVALID: none, or too long. */
#define HL_REFERRAL_REASON_CHARS 2000
int hl_referral_override(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id, struct hl_str reason,
	enum hl_referral_why *why, struct hl_err *err);
/* Not sent, and will not be (SENDING while the worker has it); or sent and
 * done with. */
int hl_referral_close(const struct hl_who *who, int64_t id,
	enum hl_referral_why *why, struct hl_err *err);
/* Tries a failed, bounced or waiting one again now. What was sent before is
 * sent again with a fresh link. */
int hl_referral_retry(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err);
/* Sends an unanswered one again, marked as a reminder, with a fresh link; the
 * one that the recipient has works until the reminder has left. */
int hl_referral_remind(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err);
/* Takes a reminder back that has not left (SENDING while the worker has it):
 * what was sent before it stays sent. */
int hl_referral_recall(const struct hl_who *who, int64_t id,
	enum hl_referral_why *why, struct hl_err *err);
/* Its mail came back. */
int hl_referral_bounced(const struct hl_who *who, int64_t id,
	enum hl_referral_why *why, struct hl_err *err);

/* The signed bundle of an approved police referral; a fresh answer link is
 * made for each download. Writes REFERRAL_EXPORTED. *name is a file name,
 * "F-….zip". */
int hl_referral_download(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id, struct hl_buf *out,
	struct hl_str *name, enum hl_referral_why *why, struct hl_err *err);
/* The bundle has reached the police: SENT. */
int hl_referral_handed_over(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t id,
	enum hl_referral_why *why, struct hl_err *err);

#endif
