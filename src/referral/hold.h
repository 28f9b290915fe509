/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_HOLD_H
#define HL_REFERRAL_HOLD_H

#include "referral/record.h"

/* Inside the room: what police first means for one notice, now. */

struct hl_referral_hold {
	bool applies; /* the police come first, and have not cleared it */
	bool cleared; /* they said that the notice may go */
	bool told;    /* a referral of this case has reached them */
	bool asked;   /* they asked for time, and it is not over */
	/* Since when it may go, with applies and told; may be past. */
	int64_t until_us;
};

/* Of whom it is asked: the notice's row and the host's country. */
struct hl_referral_hold_ask {
	struct hl_store *store;
	struct hl_arena *arena;
	const struct hl_settings *settings;
	int64_t case_id;
	int64_t kind; /* enum hl_recipient */
	int64_t is_test;
	struct hl_str country;
};
struct hl_referral_hold_ask hl_referral_hold_of(const struct hl_who *who,
	const struct hl_referral_desk *desk,
	const struct hl_referral_record *f);
int hl_referral_hold(const struct hl_referral_hold_ask *ask,
	struct hl_referral_hold *out, struct hl_err *err);
/* HL_DENIED, POLICE_ASKED: the police asked that this one not be written to
 * now. For what would send a notice again. */
struct hl_referral_job;
int hl_referral_hold_check(
	const struct hl_referral_job *job, struct hl_err *err);

#endif
