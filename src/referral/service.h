/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_SERVICE_H
#define HL_REFERRAL_SERVICE_H

#include "domain/law.h"
#include "domain/settings.h"
#include "seal/sign.h"
#include "store/who.h"

/*
 * What the functions for staff (plan.h, draft.h, answers.h, recipient.h)
 * share: docs/referral.md, "A referral's life".
 *
 * Each decides for itself whether `who` may, for the object as it is at that
 * moment; what they hand out lives in who->arena. HL_NOTFOUND and HL_DENIED
 * with HL_REFERRAL_NOT_PERMITTED are the same page to the person.
 */
struct hl_referral_desk {
	const struct hl_settings *settings;
	const struct hl_law *const *laws; /* that apply here */
	size_t n_laws;
	const struct hl_seal_sign_key *bundle_key; /* NULL: no bundles */
};

/* Why HL_DENIED (or HL_CONFLICT). 1 to 7 are those of enum hl_authz_why. */
enum hl_referral_why {
	HL_REFERRAL_ALLOWED = 0,
	HL_REFERRAL_NOT_PERMITTED = HL_AUTHZ_NOT_PERMITTED,
	HL_REFERRAL_NOT_HELD = HL_AUTHZ_NOT_HELD,
	HL_REFERRAL_SAME_PERSON = HL_AUTHZ_SAME_PERSON,
	HL_REFERRAL_WRONG_STATE = HL_AUTHZ_WRONG_STATE,
	HL_REFERRAL_ON_HOLD = HL_AUTHZ_ON_HOLD,
	HL_REFERRAL_BLIND = HL_AUTHZ_BLIND,
	HL_REFERRAL_TAKEN = HL_AUTHZ_TAKEN,
	HL_REFERRAL_NO_KEY = 21,  /* who has not been handed the key */
	HL_REFERRAL_BUSY = 22,    /* changed by others again and again */
	HL_REFERRAL_CONTACT = 40, /* the contact is not approved */
	HL_REFERRAL_EXISTS = 41,  /* this recipient has one already */
	HL_REFERRAL_SENDING = 42, /* is being sent this moment */
	HL_REFERRAL_NO_BUNDLE =
		43,               /* no signing key, or nothing to hand over */
	HL_REFERRAL_NO_MAIL = 44, /* the recipient has no mail address */
	HL_REFERRAL_NO_WORKER = 45,    /* no worker key: nothing can be sent */
	HL_REFERRAL_TOO_LARGE = 46,    /* over what one message may hold */
	HL_REFERRAL_NO_ADDRESS = 47,   /* erased, or sealed to a lost key */
	HL_REFERRAL_DOWNLOAD = 48,     /* goes by download, not by mail */
	HL_REFERRAL_EXPORT_FIRST = 49, /* has not been downloaded yet */
	HL_REFERRAL_WATCHED = 50,      /* the watch decides, not a person */
	HL_REFERRAL_NO_SENDER = 51,    /* mail.from or service name missing */
	HL_REFERRAL_POLICE_FIRST = 52, /* they have not been told yet */
	HL_REFERRAL_POLICE_ASKED = 53, /* they asked to wait */
};
/* Labels are whole sentences for the person. */
extern const struct hl_vocab hl_vocab_referral_why;

/* referral.channel, recipient.channel */
enum hl_referral_channel {
	HL_REFERRAL_BY_MAIL = 1,
	HL_REFERRAL_BY_DOWNLOAD = 2,
};
extern const struct hl_vocab hl_vocab_referral_channel;

#endif
