/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_MAIL_H
#define HL_REFERRAL_MAIL_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Builds the bytes of one mail (RFC 5322 and MIME), docs/referral.md. They
 * depend on the input alone, so a message is built once, kept, and sent
 * unchanged by every try.
 */
#define HL_REFERRAL_MAIL_MAX (32u * 1024 * 1024)
#define HL_REFERRAL_ATTACHMENTS_MAX 64

struct hl_referral_attachment {
	struct hl_str name; /* file name for people: "xarf.json" */
	const char *type;   /* literal: "application/json" */
	struct hl_str data;
};

struct hl_referral_mail {
	struct hl_str from_name; /* of the hotline; any words */
	struct hl_str from;      /* local@domain */
	struct hl_str to_name;   /* may be absent */
	struct hl_str to;
	struct hl_str reply_to;        /* may be absent */
	struct hl_str subject;         /* without "[TEST]" */
	struct hl_str ref;             /* "F-…", printable ASCII */
	struct hl_str idempotency_key; /* any bytes; names the message */
	int64_t at_us;                 /* the Date field */
	bool test;
	struct hl_str text; /* UTF-8, line feeds */
	const struct hl_referral_attachment *attachments;
	size_t n_attachments;
};

/* HL_E_INVALID names the part at fault: an address that is not plain, a
 * reference with anything but letters, digits and '-', no key, too many
 * attachments. HL_E_LIMIT when it does not fit out. */
int hl_referral_mail_build(const struct hl_referral_mail *m, struct hl_buf *out,
	struct hl_err *err);

/* "ref.hash@domain" without the angle brackets: the same for the same
 * reference, key and sender's domain. */
void hl_referral_mail_id(const struct hl_referral_mail *m, struct hl_buf *out);

/* text as quoted-printable (RFC 2045, 6.7) with CRLF; what is no UTF-8 or a
 * control character becomes U+FFFD. Ends with CRLF. */
void hl_referral_mail_put_text(struct hl_buf *out, struct hl_str text);

#endif
