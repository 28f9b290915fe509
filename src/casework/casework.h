/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_CASEWORK_H
#define HL_CASEWORK_CASEWORK_H

#include "domain/settings.h"
#include "store/who.h"

/*
 * Triage, the queue and assessment: docs/casework.md.
 *
 * Each function decides for itself whether `who` may, for the object as it
 * is at that moment. What they hand out lives in who->arena. HL_NOTFOUND and
 * HL_DENIED with HL_CASEWORK_NOT_PERMITTED are the same page to the person:
 * one may not learn which it was.
 */

/* Why HL_DENIED (or HL_CONFLICT). 1 to 7 are those of enum hl_authz_why. */
enum hl_casework_why {
	HL_CASEWORK_ALLOWED = 0,
	HL_CASEWORK_NOT_PERMITTED = HL_AUTHZ_NOT_PERMITTED,
	HL_CASEWORK_NOT_HELD = HL_AUTHZ_NOT_HELD,
	HL_CASEWORK_SAME_PERSON = HL_AUTHZ_SAME_PERSON,
	HL_CASEWORK_WRONG_STATE = HL_AUTHZ_WRONG_STATE,
	HL_CASEWORK_ON_HOLD = HL_AUTHZ_ON_HOLD,
	HL_CASEWORK_BLIND = HL_AUTHZ_BLIND,
	HL_CASEWORK_TAKEN = HL_AUTHZ_TAKEN,
	HL_CASEWORK_EXPOSURE = 20,  /* the day's viewing minutes are used up */
	HL_CASEWORK_NO_KEY = 21,    /* who has not been handed the key */
	HL_CASEWORK_BUSY = 22,      /* changed by others again and again */
	HL_CASEWORK_REFERRALS = 23, /* referrals are still on their way */
	HL_CASEWORK_UNFIT = 24,    /* the other person may not have this case */
	HL_CASEWORK_PROPOSED = 25, /* was proposed before */
	HL_CASEWORK_REASON = 26,   /* contradicts the case */
	HL_CASEWORK_REGISTRY = 27, /* known hashes: enum hl_registry_why */
};
/* Labels are whole sentences for the person. */
extern const struct hl_vocab hl_vocab_casework_why;

#endif
