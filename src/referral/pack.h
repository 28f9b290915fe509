/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_PACK_H
#define HL_REFERRAL_PACK_H

#include "base/json.h"
#include "referral/document.h"
#include "referral/record.h"

/*
 * Inside the room: the finished parts of one referral, kept sealed from the
 * draft on, so that what was approved is what leaves. In the place of the
 * answer link's token they hold a placeholder of the same length: the token
 * is made when the message is, and nobody on the staff reads it in a mail.
 */
struct hl_referral_pack {
	struct hl_str json, html, text; /* the document */
	struct hl_str subject, mail;    /* of the mail */
	struct hl_str xarf;             /* may be empty */
	int64_t report_id; /* that was opened to make it, or 0; not packed */
};
#define HL_REFERRAL_PACK_MAX (120u * 1024)
/* As long as a printed token. */
#define HL_REFERRAL_NO_TOKEN "made-when-this-is-approved-"

/* The document of a case for a recipient. HL_DENIED with *why. */
struct hl_referral_build {
	const struct hl_who *who;
	const struct hl_referral_desk *desk;
	const struct hl_casefile *c;
	const struct hl_referral_recipient *recipient;
	int64_t id; /* of the referral */
	struct hl_str note;
	int64_t now_us;
};
int hl_referral_build(const struct hl_referral_build *b,
	struct hl_referral_pack *out, enum hl_referral_why *why,
	struct hl_err *err);

/* How the first report that can be opened wrote an item's address; absent
 * when none did. */
struct hl_referral_spelling {
	struct hl_str text;
	int64_t report_id;
};
int hl_referral_spelling(const struct hl_who *who, int64_t item_id,
	struct hl_str address, struct hl_referral_spelling *out,
	struct hl_err *err);

/* The newest look-up of an item, opened; json is NULL when there is none or
 * it cannot be opened. Owned: json_decref(). */

int hl_referral_trace_open(const struct hl_who *who, int64_t item_id,
	struct hl_row_referral_trace **row, json_t **json, struct hl_err *err);
/* The abuse contact of the chosen host, absent if there is none. */
struct hl_str hl_referral_trace_contact(const json_t *json);

void hl_referral_pack_put(struct hl_buf *out, const struct hl_referral_pack *p);
/* Views of bytes. HL_E_CORRUPT. */
int hl_referral_pack_read(
	struct hl_str bytes, struct hl_referral_pack *out, struct hl_err *err);
/* The sealed pack of a referral, opened. HL_DENIED with *why. */
int hl_referral_pack_open(const struct hl_who *who, int64_t id,
	struct hl_referral_pack *out, enum hl_referral_why *why,
	struct hl_err *err);
/* The parts with a token in the placeholder's place, in the arena. */
int hl_referral_pack_fill(const struct hl_referral_pack *p, struct hl_str token,
	struct hl_arena *arena, struct hl_referral_pack *out,
	struct hl_err *err);

/* The signed bundle of the parts. */
int hl_referral_pack_bundle(const struct hl_referral_pack *p,
	const struct hl_referral_record *f, const struct hl_referral_desk *desk,
	struct hl_buf *out, struct hl_err *err);

/*
 * Makes the mail with a fresh link, seals it to the worker and adds both to
 * the batch. HL_DENIED with *why.
 */
int hl_referral_pack_send(
	struct hl_referral_job *job, bool reminder, struct hl_err *err);

/* What the worker finds: sender, recipient and the message. */
struct hl_referral_sealed_mail {
	struct hl_str from, to, message;
};
int hl_referral_sealed_read(struct hl_str bytes,
	struct hl_referral_sealed_mail *out, struct hl_err *err);

#endif
