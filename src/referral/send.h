/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_SEND_H
#define HL_REFERRAL_SEND_H

#include "base/err.h"
#include "base/str.h"
#include "domain/settings.h"

/* Hands one message to the operator's mail server, a folder, or nobody. */

/* Borrowed strings; NULL or "" where nothing is set. */
struct hl_referral_transport {
	enum hl_mail_transport via;
	bool production;      /* false: only test messages may leave */
	const char *folder;   /* made if it is not there */
	const char *url;      /* smtps://host[:port] or smtp://…, STARTTLS */
	const char *user;     /* none: no login */
	const char *password; /* with user */
	const char *ca_file;  /* PEM; none: the system's */
	long connect_timeout_ms; /* 0: 20 s */
	long total_timeout_ms;   /* 0: 120 s */
};

struct hl_referral_envelope {
	struct hl_str from; /* local@domain */
	struct hl_str to;
	bool test;
};

/* Names for logs and the store are stable: hl_referral_sent_name(). */
enum hl_referral_sent_status {
	HL_REFERRAL_MAIL_SENT = 1,      /* the other side has it */
	HL_REFERRAL_MAIL_TRANSIENT = 2, /* try again */
	HL_REFERRAL_MAIL_PERMANENT = 3, /* a person looks */
	HL_REFERRAL_MAIL_SKIPPED = 4,   /* nothing was tried; not sent */
};

#define HL_REFERRAL_REPLY_MAX 256
struct hl_referral_sent {
	enum hl_referral_sent_status status;
	bool config; /* transient, and for the administrator to mend */
	int code;    /* the server's last reply code; 0: there was none */
	char reply[HL_REFERRAL_REPLY_MAX]; /* its text, or what happened;
					      printable ASCII */
};

/*
 * message is what hl_referral_mail_build() made, sent byte for byte.
 * 0: *result says how it went. HL_E_INVALID: an envelope address is not
 * plain or the transport is not set up; HL_E_NOMEM. Blocks for at most the
 * total time-out. Thread-safe.
 */
int hl_referral_mail_send(const struct hl_referral_transport *via,
	const struct hl_referral_envelope *envelope, struct hl_str message,
	struct hl_referral_sent *result, struct hl_err *err);

/* "sent", "transient", "permanent", "skipped". Static. */
const char *hl_referral_sent_name(enum hl_referral_sent_status status);

#endif
