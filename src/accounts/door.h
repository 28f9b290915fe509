/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_ACCOUNTS_DOOR_H
#define HL_ACCOUNTS_DOOR_H

#include "accounts/session.h"
#include "domain/event.h"
#include "seal/box.h"
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

/* The row that the door works with. HL_NOTFOUND. */
int hl_accounts_find(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_session *session,
	struct hl_row_staff_by_login **user, struct hl_err *err);

/* Counts a wrong try; detail 1: password, 2: code. HL_DENIED. */
int hl_accounts_note_wrong(struct hl_store *store, struct hl_arena *arena,
	const struct hl_row_staff_by_login *user, int detail,
	struct hl_err *err);

/* Adds to tx an entry about the user themselves. */
void hl_accounts_event(
	struct hl_tx *tx, enum hl_event kind, int64_t staff_id, int64_t detail);

/*
 * A code of the generator, whose step goes to *step, or a recovery code; tx
 * uses either up, and ends in HL_CONFLICT when it was used before. The caller
 * guards its batch by the step from before as well. HL_DENIED: neither.
 */
struct hl_accounts_code {
	const struct hl_accounts_session *session;
	const struct hl_row_staff_by_login *user;
	struct hl_str typed;
};
int hl_accounts_check_code(struct hl_tx *tx, struct hl_arena *arena,
	const struct hl_accounts_code *code, int64_t *step, struct hl_err *err);

/*
 * Each step is good once. Which ones were used is kept as a list and not as
 * the highest: after a sign-in by a clock that was ahead, the codes of the
 * present are below that, and people would wait until it has come.
 * HL_CONFLICT of the batch: it was used before.
 */
void hl_accounts_use_step(struct hl_tx *tx, int64_t staff_id, int64_t step);

/* Password and code of who has come in already; outcomes as `again` says.
 * What they prove is added to tx with the guard on user->totp_step. */
struct hl_accounts_proof {
	struct hl_store *store;
	struct hl_arena *arena;
	const struct hl_accounts_session *session;
	struct hl_accounts_again *again;
	const struct hl_row_staff_by_login *user;
	int64_t step; /* out */
};
int hl_accounts_prove(
	struct hl_tx *tx, struct hl_accounts_proof *p, struct hl_err *err);

/* The old cookie ends in the batch that makes the new one. */
int hl_accounts_swap_session(struct hl_tx *tx, struct hl_arena *arena,
	const struct hl_accounts_step *step, struct hl_seal_token *fresh,
	struct hl_err *err);

/* What a second factor is sealed as. */
const struct hl_seal_label *hl_accounts_totp_label(
	int64_t staff_id, struct hl_seal_label *label);

/* How long the user has to wait for the next try; 0: not. A time further ahead
 * than any lock is of a clock that was wrong, and does not count. */
int hl_accounts_wait_s(const struct hl_row_staff_by_login *user);

/* When the next try is allowed after `failed` wrong ones before this. */
int64_t hl_accounts_lock_until(int64_t failed);

#endif
