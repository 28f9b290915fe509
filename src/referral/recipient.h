/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_RECIPIENT_H
#define HL_REFERRAL_RECIPIENT_H

#include "referral/service.h"

/* Whom referrals go to. A contact that somebody typed in or a look-up found
 * is used only after another person has approved it. */

struct hl_referral_recipient {
	int64_t id;
	enum hl_recipient kind;
	struct hl_str name;
	struct hl_str mail;    /* local@domain; "" for download only */
	struct hl_str country; /* "DK"; "" for any */
	int64_t asn;           /* 0 for any */
	enum hl_referral_channel channel;
	enum hl_contact_state state;
	int source;          /* 1 typed in, 2 found by RDAP */
	int64_t proposed_by; /* 0: a look-up, or the command line */
	int64_t created_at_us, decided_at_us, decided_by;
	struct hl_str proposed_name, decided_name;
	int64_t n_referrals;
	bool may_approve; /* this person, now */
};

/* kind, state: 0 is any. By kind, country, name. HL_DENIED. */
int hl_referral_recipients(const struct hl_who *who, enum hl_recipient kind,
	enum hl_contact_state state, const struct hl_referral_recipient **out,
	size_t *n, struct hl_err *err);
/* HL_NOTFOUND. */
int hl_referral_recipient_get(const struct hl_who *who, int64_t id,
	struct hl_referral_recipient *out, struct hl_err *err);

enum hl_referral_recipient_problem {
	HL_RECIPIENT_OK = 0,
	HL_RECIPIENT_KIND = 1,    /* none chosen */
	HL_RECIPIENT_NAME = 2,    /* empty, over 200 bytes, or with characters
				     that are not seen */
	HL_RECIPIENT_MAIL = 3,    /* not local@domain in ASCII */
	HL_RECIPIENT_COUNTRY = 4, /* not two letters */
	HL_RECIPIENT_CHANNEL = 5, /* none; by download is for the police */
	HL_RECIPIENT_ASN = 6,
};
extern const struct hl_vocab hl_vocab_recipient_problem;
/* Of what a person typed: kind, name, mail, country, asn, channel. */
enum hl_referral_recipient_problem hl_referral_recipient_check(
	const struct hl_referral_recipient *r);

/* Another contact in use or proposed with this mail address, which a person
 * should know of before there are two; HL_NOTFOUND. Asks for no permission:
 * for who may change recipients, or has the host. */
int hl_referral_recipient_same(struct hl_store *store, struct hl_arena *arena,
	const struct hl_referral_recipient *r,
	struct hl_referral_recipient *out, struct hl_err *err);
/*
 * Proposes a contact; waits for another person. HL_E_INVALID: see
 * hl_referral_recipient_check(). HL_CONFLICT: there is one of that kind,
 * mail, country and name.
 */
int hl_referral_recipient_add(const struct hl_who *who,
	const struct hl_referral_recipient *r, int64_t *id, struct hl_err *err);
/* Approves or rejects a proposed contact. Not by who typed it in. */
int hl_referral_recipient_decide(const struct hl_who *who, int64_t id,
	bool approve, enum hl_referral_why *why, struct hl_err *err);
/* No longer used; its bounced or old address stays for the record. */
int hl_referral_recipient_retire(const struct hl_who *who, int64_t id,
	enum hl_referral_why *why, struct hl_err *err);
/* Changes name, mail, country, asn, channel. A new mail address makes it
 * proposed again, by this person. */
int hl_referral_recipient_change(const struct hl_who *who,
	const struct hl_referral_recipient *r, enum hl_referral_why *why,
	struct hl_err *err);

#endif
