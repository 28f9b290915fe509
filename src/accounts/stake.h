/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_ACCOUNTS_STAKE_H
#define HL_ACCOUNTS_STAKE_H

#include "accounts/accounts.h"
#include "store/sql.h"

/*
 * Keys that would be lost with one user; inside the room only. A key is
 * safe as long as somebody else who is active holds the same epoch of it.
 */
struct hl_accounts_stake {
	unsigned kinds; /* bits of enum hl_key_kind: what is to be taken */
	enum hl_authz_keys keys;
};
#define HL_ACCOUNTS_STAKE_IDENTITY (1u << HL_KEY_IDENTITY)
#define HL_ACCOUNTS_STAKE_ALL                              \
	(1u << HL_KEY_QUEUE | HL_ACCOUNTS_STAKE_IDENTITY | \
		1u << HL_KEY_URL_HASH)

/* stake->kinds is the caller's; the rest is filled. */
int hl_accounts_stake_look(const struct hl_who *who, int64_t user_id,
	struct hl_accounts_stake *stake, struct hl_err *err);

/* The batch is a conflict if more is lost by then than was allowed. Comes
 * before the keys are taken. */
void hl_accounts_stake_guard(struct hl_tx *tx, int64_t user_id,
	const struct hl_accounts_stake *stake, bool from_sheets);

#endif
