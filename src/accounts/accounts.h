/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_ACCOUNTS_ACCOUNTS_H
#define HL_ACCOUNTS_ACCOUNTS_H

#include "base/arena.h"
#include "seal/staffkey.h"
#include "store/who.h"

/*
 * Users and the keys they hold. docs/accounts.md tells the whole of it.
 *
 * A password opens a user's secret key; the secret key opens the shares of
 * the queue, identity and URL keys that somebody who holds them has handed
 * over. Nobody can be given a key by the administrator or by the store.
 */
#define HL_ACCOUNTS_LOGIN_MAX 32 /* a-z, 0-9, '.', '-', '_' */
#define HL_ACCOUNTS_NAME_MAX 80  /* characters */

struct hl_accounts_user {
	int64_t id; /* set by creating */
	struct hl_str login;
	struct hl_str display_name;
	unsigned roles; /* mask of enum hl_role */
};

/*
 * Founds the installation: the first epochs of all keys and the worker's
 * public key. *ring gets the new secrets, so that the caller can hand them
 * to the first users with hl_accounts_grant(). HL_CONFLICT: founded before.
 */
int hl_accounts_found(struct hl_store *store, struct hl_arena *arena,
	const struct hl_seal_pub *worker, struct hl_seal_ring *ring,
	struct hl_err *err);

/*
 * A new user with a first password that has to be changed at the first login.
 * HL_CONFLICT: the login is taken. HL_DENIED: the roles do not go together or
 * the actor may not (actor_id 0 is the host's administrator).
 * HL_E_INVALID: login, name or password out of form.
 */
int hl_accounts_create(const struct hl_who *who, struct hl_accounts_user *user,
	struct hl_str password, const struct hl_seal_cost *cost,
	struct hl_err *err);

/*
 * Hands over those keys of who's ring that the user's roles call for: queue
 * and URL keys to who works on content, the identity key to supervisors.
 * What the user holds besides, they keep.
 * HL_NOTFOUND: no such user. HL_DENIED: who lacks the right or the keys.
 */
int hl_accounts_grant(
	const struct hl_who *who, int64_t user_id, struct hl_err *err);

/*
 * What would become of a user's keys if all were taken from them. Changing
 * and resetting refuse to take a key that nobody else who is active holds,
 * unless escrow sheets bring it back and from_sheets says to do so.
 */
int hl_accounts_keys(const struct hl_who *who, int64_t user_id,
	enum hl_authz_keys *out, struct hl_err *err);

/*
 * Changes roles and whether the user may come in. Leaving takes all keys,
 * sessions and leases of cases from them and starts a new epoch of the queue
 * key, of which all others who hold the old one get a share. HL_DENIED fills
 * *why.
 */
struct hl_accounts_standing {
	unsigned roles;
	bool active;
	bool from_sheets;
};
int hl_accounts_change(const struct hl_who *who, int64_t user_id,
	const struct hl_accounts_standing *after, enum hl_authz_user_why *why,
	struct hl_err *err);

/* A new first password, for somebody who forgot theirs: their secret key is
 * lost with the old one, so they get a new key pair and need their shares
 * handed over again. HL_DENIED fills *why. */
struct hl_accounts_first {
	struct hl_str password;
	const struct hl_seal_cost *cost;
	bool from_sheets;
};
int hl_accounts_reset(const struct hl_who *who, int64_t user_id,
	const struct hl_accounts_first *first, enum hl_authz_user_why *why,
	struct hl_err *err);

/* a-z, 0-9 and . - _ inside, 2 to 32 characters, begins with a letter. */
bool hl_accounts_login_valid(struct hl_str login);

#endif
