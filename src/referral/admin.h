/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REFERRAL_ADMIN_H
#define HL_REFERRAL_ADMIN_H

#include "referral/recipient.h"

/* For the command line on the host itself: no content, no keys. The store
 * has the role admin. */

/* Puts a message that failed or waits back in the outbox, as it is. HL_DENIED
 * with *why: WRONG_STATE, SENDING, NO_MAIL (the message is not there any
 * more: an officer makes it anew). HL_NOTFOUND. */
int hl_referral_admin_retry(struct hl_store *store, struct hl_arena *arena,
	int64_t id, enum hl_referral_why *why, struct hl_err *err);

/* As hl_referral_recipient_add(). */
int hl_referral_admin_recipient_add(struct hl_store *store,
	struct hl_arena *arena, const struct hl_referral_recipient *r,
	int64_t *id, struct hl_err *err);
/* Approves or rejects one that is proposed. HL_CONFLICT: it is not. */
int hl_referral_admin_recipient_decide(struct hl_store *store,
	struct hl_arena *arena, int64_t id, bool approve, struct hl_err *err);

#endif
