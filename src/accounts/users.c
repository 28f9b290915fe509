/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A user's keys come from two hands: the administrator makes the user, a
 * holder of the keys hands shares over. Neither can do the other's part.
 */
#include "accounts/stake.h"

#include "accounts/inner.h"
#include "base/rand.h"
#include "base/time.h"
#include "base/utf8.h"
#include "domain/event.h"
#include "store/sql.h"

bool hl_accounts_login_valid(struct hl_str login)
{
	if (login.n < 2 || login.n > HL_ACCOUNTS_LOGIN_MAX ||
		login.p[0] < 'a' || login.p[0] > 'z') {
		return false;
	}
	for (size_t i = 1; i < login.n; i++) {
		char c = login.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
			c != '.' && c != '-' && c != '_') {
			return false;
		}
	}
	return true;
}

bool hl_accounts_name_valid(struct hl_str name)
{
	size_t n = hl_utf8_count(name);

	if (n == 0 || n > HL_ACCOUNTS_NAME_MAX || !hl_utf8_valid(name)) {
		return false;
	}
	for (size_t i = 0; i < name.n; i++) {
		if ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f) {
			return false;
		}
	}
	return true;
}

static void add_event(struct hl_tx *tx, const struct hl_who *who,
	enum hl_event kind, int64_t user_id, int64_t detail)
{
	hl_tx_event(tx, &(struct hl_store_event){.kind = kind,
				.actor = who->actor.user_id,
				.object_kind = HL_OBJECT_USER,
				.object_id = user_id,
				.a = detail});
}

/* NULL for the host's administrator, whom the matrix does not know. */
static const struct hl_authz_actor *actor_of(const struct hl_who *who)
{
	return who->actor.user_id ? &who->actor : NULL;
}

static int may_change(const struct hl_who *who, struct hl_authz_user *user,
	enum hl_authz_user_why *why, struct hl_err *err)
{
	struct hl_in_staff_count_roles in = {user->user_id};
	struct hl_row_staff_count_roles *rows;
	size_t n;
	int r = hl_get_staff_count_roles(
		who->store, who->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	user->n_other_supervisors = (int)rows[0].n_supervisors;
	user->n_other_admins = (int)rows[0].n_admins;
	return hl_authz_user_change(actor_of(who), user, why);
}

int hl_accounts_create(const struct hl_who *who, struct hl_accounts_user *user,
	struct hl_str password, const struct hl_seal_cost *cost,
	struct hl_err *err)
{
	struct hl_authz_user change = {
		.roles_after = user->roles, .enabled_after = true};
	HL_SEAL_SECRET_AUTO secret;
	HL_BUF_AUTO wrapped = HL_BUF_SECRET(HL_SEAL_STAFF_WRAP_BYTES);
	struct hl_seal_pub pub;

	if (!hl_accounts_login_valid(user->login) ||
		!hl_accounts_name_valid(user->display_name)) {
		return HL_FAIL(err, HL_E_INVALID, "login or name out of form");
	}
	int r = may_change(who, &change, NULL, err);
	if (r) {
		return r;
	}
	user->id = hl_rand_id();
	hl_seal_keypair_new(&pub, &secret);
	r = hl_seal_staff_wrap(
		user->id, &secret, password, cost, &wrapped, err);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_staff_add(tx, &(struct hl_in_staff_add){.id = user->id,
				    .login = user->login,
				    .display_name = user->display_name,
				    .roles = user->roles,
				    .public_key = hl_seal_pub_str(&pub),
				    .key_sealed = hl_buf_str(&wrapped),
				    .must_change = 1,
				    .created_at_us = hl_time_now_us()});
	add_event(tx, who, HL_EVENT_USER_CREATED, user->id, user->roles);
	return hl_tx_run(tx, err);
}

static int find_user(const struct hl_who *who, int64_t user_id,
	struct hl_row_staff_get **user, struct hl_err *err)
{
	struct hl_in_staff_get in = {user_id};
	size_t n;
	int r = hl_get_staff_get(who->store, who->arena, &in, user, &n, err);

	return r ? r : (n ? 0 : HL_NOTFOUND);
}

struct share {
	enum hl_key_kind kind;
	enum hl_seal_purpose purpose;
	int64_t epoch;
	const uint8_t *key;
};

static int add_share(struct hl_tx *tx, const struct hl_row_staff_get *user,
	const struct share *share, struct hl_buf *sealed, struct hl_err *err)
{
	struct hl_seal_grant grant = {share->purpose, share->epoch, user->id};
	struct hl_seal_pub pub;
	int r = hl_seal_pub_from(user->public_key, &pub);

	if (r) {
		return HL_FAIL(err, r, "a user's public key is damaged");
	}
	hl_buf_reset(sealed);
	r = hl_seal_grant(&grant, &pub, share->key, sealed, err);
	if (!r) {
		hl_tx_key_share_drop_one(
			tx, &(struct hl_in_key_share_drop_one){
				    share->kind, share->epoch, user->id});
		hl_tx_key_share_add(
			tx, &(struct hl_in_key_share_add){.kind = share->kind,
				    .epoch = share->epoch,
				    .staff_id = user->id,
				    .key_sealed = hl_buf_str(sealed)});
	}
	return r;
}

static int add_ring(struct hl_tx *tx, const struct hl_row_staff_get *user,
	const struct hl_seal_ring *ring, struct hl_err *err)
{
	HL_BUF_AUTO sealed = HL_BUF_SECRET(1024);
	int r = 0;

	for (size_t i = 0; i < ring->queue.n && !r; i++) {
		r = add_share(tx, user,
			&(struct share){HL_KEY_QUEUE, HL_SEAL_QUEUE,
				ring->queue.at[i].epoch,
				ring->queue.at[i].secret.b},
			&sealed, err);
	}
	for (size_t i = 0;
		i < ring->identity.n && !r && user->roles & HL_ROLE_SUPERVISOR;
		i++) {
		r = add_share(tx, user,
			&(struct share){HL_KEY_IDENTITY, HL_SEAL_IDENTITY,
				ring->identity.at[i].epoch,
				ring->identity.at[i].secret.b},
			&sealed, err);
	}
	if (!r && ring->has_url) {
		r = add_share(tx, user,
			&(struct share){HL_KEY_URL_HASH, HL_SEAL_URL,
				ring->url_epoch, ring->url.b},
			&sealed, err);
	}
	return r;
}

int hl_accounts_grant(
	const struct hl_who *who, int64_t user_id, struct hl_err *err)
{
	struct hl_row_staff_get *user;
	int r = find_user(who, user_id, &user, err);

	if (r) {
		return r;
	}
	struct hl_authz_object object = {.exists = true, .user_id = user_id};
	if ((who->actor.user_id &&
		    hl_authz_check(
			    &who->actor, HL_AUTHZ_KEY_GRANT, &object, NULL)) ||
		!user->active || !(user->roles & HL_ROLE_CONTENT) ||
		who->ring->queue.n == 0) {
		return HL_DENIED;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	r = add_ring(tx, user, who->ring, err);
	if (r) {
		return r;
	}
	add_event(tx, who, HL_EVENT_USER_KEY_GRANTED, user_id, user->roles);
	return hl_tx_run(tx, err);
}

/* Everybody else who may hold the queue key gets a share of a new epoch. */
static int new_epoch(struct hl_tx *tx, const struct hl_who *who, int64_t leaver,
	struct hl_err *err)
{
	HL_BUF_AUTO sealed = HL_BUF_SECRET(1024);
	HL_SEAL_SECRET_AUTO secret;
	struct hl_seal_pub pub;
	struct hl_row_key_epoch_current *epochs;
	struct hl_row_staff_holders *holders;
	size_t n_epochs, n_holders;
	int64_t epoch = 1;
	int r = hl_get_key_epoch_current(
		who->store, who->arena, &epochs, &n_epochs, err);

	if (!r) {
		r = hl_get_staff_holders(who->store, who->arena,
			&(struct hl_in_staff_holders){HL_KEY_QUEUE, leaver},
			&holders, &n_holders, err);
	}
	if (r || n_holders == 0) {
		return r;
	}
	for (size_t i = 0; i < n_epochs; i++) {
		if (epochs[i].kind == HL_KEY_QUEUE &&
			epochs[i].epoch >= epoch) {
			epoch = epochs[i].epoch + 1;
		}
	}
	hl_seal_keypair_new(&pub, &secret);
	hl_tx_key_epoch_add(
		tx, &(struct hl_in_key_epoch_add){HL_KEY_QUEUE, epoch,
			    hl_seal_pub_str(&pub), hl_time_now_us()});
	hl_tx_key_epoch_close(
		tx, &(struct hl_in_key_epoch_close){
			    hl_time_now_us(), HL_KEY_QUEUE, epoch});
	for (size_t i = 0; i < n_holders && !r; i++) {
		struct hl_row_staff_get user = {.id = holders[i].id,
			.public_key = holders[i].public_key};

		r = add_share(tx, &user,
			&(struct share){
				HL_KEY_QUEUE, HL_SEAL_QUEUE, epoch, secret.b},
			&sealed, err);
	}
	return r;
}

/* The kinds of keys that the new standing no longer calls for. */
static unsigned kinds_to_take(const struct hl_row_staff_get *user,
	const struct hl_accounts_standing *after)
{
	bool had = user->active && user->roles & HL_ROLE_CONTENT;
	bool has = after->active && after->roles & HL_ROLE_CONTENT;

	if (had && !has) {
		return HL_ACCOUNTS_STAKE_ALL;
	}
	return after->roles & HL_ROLE_SUPERVISOR ? 0
						 : HL_ACCOUNTS_STAKE_IDENTITY;
}

/* Who has no key left can do no casework: the leases end as well. */
static int take_keys(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_row_staff_get *user, unsigned kinds, struct hl_err *err)
{
	if (kinds & HL_ACCOUNTS_STAKE_IDENTITY) {
		hl_tx_key_share_drop_kind(
			tx, &(struct hl_in_key_share_drop_kind){
				    user->id, HL_KEY_IDENTITY});
	}
	if (kinds != HL_ACCOUNTS_STAKE_ALL) {
		return 0;
	}
	hl_tx_key_share_drop(tx, &(struct hl_in_key_share_drop){user->id});
	hl_tx_staff_end_leases(tx,
		&(struct hl_in_staff_end_leases){hl_time_now_us(), user->id});
	add_event(tx, who, HL_EVENT_USER_KEY_REVOKED, user->id, 0);
	return new_epoch(tx, who, user->id, err);
}

/* Whether the user may be changed so and lose keys of stake's kinds. */
static int may_take(const struct hl_who *who, struct hl_authz_user *change,
	struct hl_accounts_stake *stake, enum hl_authz_user_why *why,
	struct hl_err *err)
{
	int r = hl_accounts_stake_look(who, change->user_id, stake, err);

	change->keys = stake->keys;
	return r ? r : may_change(who, change, why, err);
}

static struct hl_authz_user change_of(const struct hl_row_staff_get *user,
	const struct hl_accounts_standing *after)
{
	return (struct hl_authz_user){.user_id = user->id,
		.roles_before = (unsigned)user->roles,
		.roles_after = after->roles,
		.enabled_before = user->active != 0,
		.enabled_after = after->active,
		.from_sheets = after->from_sheets};
}

int hl_accounts_change(const struct hl_who *who, int64_t user_id,
	const struct hl_accounts_standing *after, enum hl_authz_user_why *why,
	struct hl_err *err)
{
	struct hl_accounts_stake stake;
	struct hl_row_staff_get *user;
	int r = find_user(who, user_id, &user, err);

	if (r) {
		return r;
	}
	struct hl_authz_user change = change_of(user, after);
	stake.kinds = kinds_to_take(user, after);
	r = may_take(who, &change, &stake, why, err);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_accounts_stake_guard(tx, user_id, &stake, after->from_sheets);
	hl_tx_staff_set_roles(
		tx, &(struct hl_in_staff_set_roles){after->roles, after->active,
			    user_id, user->roles, user->active});
	r = take_keys(tx, who, user, stake.kinds, err);
	if (r) {
		return r;
	}
	hl_tx_session_drop_all(tx, &(struct hl_in_session_drop_all){user_id});
	if (user->roles != after->roles) {
		add_event(tx, who, HL_EVENT_USER_ROLES, user_id, after->roles);
	}
	if ((user->active != 0) != after->active) {
		add_event(tx, who,
			after->active ? HL_EVENT_USER_ENABLED
				      : HL_EVENT_USER_DISABLED,
			user_id, 0);
	}
	return hl_tx_run(tx, err);
}

int hl_accounts_reset(const struct hl_who *who, int64_t user_id,
	const struct hl_accounts_first *first, enum hl_authz_user_why *why,
	struct hl_err *err)
{
	HL_BUF_AUTO wrapped = HL_BUF_SECRET(HL_SEAL_STAFF_WRAP_BYTES);
	struct hl_accounts_stake stake = {.kinds = HL_ACCOUNTS_STAKE_ALL};
	HL_SEAL_SECRET_AUTO secret;
	struct hl_seal_pub pub;
	struct hl_row_staff_get *user;
	int r = find_user(who, user_id, &user, err);

	if (r) {
		return r;
	}
	struct hl_accounts_standing as_is = {
		(unsigned)user->roles, user->active != 0, first->from_sheets};
	struct hl_authz_user change = change_of(user, &as_is);
	r = may_take(who, &change, &stake, why, err);
	if (r) {
		return r;
	}
	hl_seal_keypair_new(&pub, &secret);
	r = hl_seal_staff_wrap(
		user_id, &secret, first->password, first->cost, &wrapped, err);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_accounts_stake_guard(tx, user_id, &stake, first->from_sheets);
	hl_tx_staff_reset(tx, &(struct hl_in_staff_reset){hl_seal_pub_str(&pub),
				      hl_buf_str(&wrapped), user_id});
	hl_tx_key_share_drop(tx, &(struct hl_in_key_share_drop){user_id});
	hl_tx_session_drop_all(tx, &(struct hl_in_session_drop_all){user_id});
	add_event(tx, who, HL_EVENT_USER_PASSWORD, user_id, 1);
	return hl_tx_run(tx, err);
}
