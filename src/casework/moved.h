/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_MOVED_H
#define HL_CASEWORK_MOVED_H

#include "casework/casework.h"

/* report.channel: besides the form and the API */
#define HL_CASEWORK_CHANNEL_ANSWER 3

/*
 * A new address that a recipient gave in answer to a referral: it becomes a
 * report of the recipient's, which is triaged at once as any other is
 * (docs/casework.md, "New addresses").
 */
struct hl_casework_moved {
	int64_t case_id; /* the referral's */
	int64_t referral_id, answer_id;
	struct hl_str address; /* as it was given */
};

/*
 * *case_id: the case of the new address, new or known; a second time gives
 * the same. Both cases get a note that names the other. HL_E_INVALID: it
 * cannot be read as one address. HL_NOTFOUND, HL_DENIED.
 */
int hl_casework_follow(const struct hl_who *who,
	const struct hl_settings *settings,
	const struct hl_casework_moved *moved, int64_t *case_id,
	enum hl_casework_why *why, struct hl_err *err);

#endif
