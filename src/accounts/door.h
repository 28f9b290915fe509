/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_ACCOUNTS_DOOR_H
#define HL_ACCOUNTS_DOOR_H

#include "accounts/session.h"
#include "store/sql.h"

/* What login.c, second.c and session.c share; inside the room only. */

/* Adds a session row for a fresh token. */
struct hl_accounts_entry {
	int64_t staff_id;
	enum hl_accounts_stage stage;
	const struct hl_seal_secret *secret;
	const struct hl_accounts_limits *limits;
};
int hl_accounts_add_session(struct hl_tx *tx, struct hl_arena *arena,
	const struct hl_accounts_entry *entry, struct hl_seal_token *token,
	struct hl_err *err);

struct hl_str hl_accounts_token_hash(
	struct hl_arena *arena, const struct hl_seal_token *token);

/* When the next try is allowed after `failed` wrong ones before this. */
int64_t hl_accounts_lock_until(int64_t failed);

#endif
