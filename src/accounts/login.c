/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/session.h"

#include "accounts/door.h"
#include "base/time.h"
#include "seal/password.h"

#define FREE_TRIES 5
#define LOCK_MAX_S (15 * 60)

/* Free tries first, then 2, 4, 8 … seconds, up to a quarter of an hour: a
 * guesser is slowed, a colleague is not locked out for the day. */
int64_t hl_accounts_lock_until(int64_t failed)
{
	int64_t over = failed + 1 - FREE_TRIES;
	int64_t wait_s = over <= 0 ? 0 : (over > 9 ? LOCK_MAX_S : 1 << over);

	return hl_time_now_us() +
	       (wait_s < LOCK_MAX_S ? wait_s : LOCK_MAX_S) * HL_US_PER_S;
}

int hl_accounts_wait_s(const struct hl_row_staff_by_login *user)
{
	int64_t left_us = user->locked_until_us - hl_time_now_us();

	return left_us > 0 && left_us <= LOCK_MAX_S * HL_US_PER_S
		       ? (int)(left_us / HL_US_PER_S) + 1
		       : 0;
}

void hl_accounts_event(
	struct hl_tx *tx, enum hl_event kind, int64_t staff_id, int64_t detail)
{
	hl_tx_event(tx, &(struct hl_store_event){.kind = kind,
				.actor = staff_id,
				.object_kind = HL_OBJECT_USER,
				.object_id = staff_id,
				.a = detail});
}

int hl_accounts_find(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_session *session,
	struct hl_row_staff_by_login **user, struct hl_err *err)
{
	struct hl_in_staff_by_login in = {session->login};
	size_t n;
	int r = hl_get_staff_by_login(store, arena, &in, user, &n, err);

	return r ? r : (n ? 0 : HL_NOTFOUND);
}

static void add_wrong(
	struct hl_tx *tx, const struct hl_row_staff_by_login *user, int detail)
{
	hl_tx_staff_failed(
		tx, &(struct hl_in_staff_failed){
			    hl_accounts_lock_until(user->failed), user->id});
	hl_accounts_event(tx, HL_EVENT_USER_LOGIN_FAILED, user->id, detail);
}

int hl_accounts_note_wrong(struct hl_store *store, struct hl_arena *arena,
	const struct hl_row_staff_by_login *user, int detail,
	struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(store, arena);

	add_wrong(tx, user, detail);
	int r = hl_tx_run(tx, err);
	return r ? r : HL_DENIED;
}

/*
 * Each refusal waits for the disk once, also where there is nobody to count
 * it for: otherwise the time of an answer would tell who works here.
 */
static int refuse(struct hl_store *store, struct hl_arena *arena,
	const struct hl_row_staff_by_login *counted, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(store, arena);
	char now[HL_TIME_ISO_MAX];

	hl_tx_meta_put(tx, &(struct hl_in_meta_put){HL_STR("login.refused_at"),
				   hl_time_iso(hl_time_now_us(), now)});
	if (counted) {
		add_wrong(tx, counted, 1);
	}
	int r = hl_tx_run(tx, err);
	return r ? r : HL_DENIED;
}

static int enter(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_entry *entry, struct hl_seal_token *token,
	struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(store, arena);
	struct hl_in_session_purge purge = {hl_time_now_us()};
	int r = hl_accounts_add_session(tx, arena, entry, token, err);

	hl_tx_session_purge(tx, &purge);
	return r ? r : hl_tx_run(tx, err);
}

static int check_password(const struct hl_row_staff_by_login *user,
	struct hl_str password, struct hl_seal_secret *secret,
	struct hl_err *err)
{
	struct hl_seal_pub pub;
	int r = hl_seal_pub_from(user->public_key, &pub);

	if (!r) {
		r = hl_seal_staff_unwrap(user->id, &pub, password,
			user->key_sealed, secret, err);
	}
	return r == 0 && !user->active ? HL_DENIED : r;
}

int hl_accounts_login(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_typed *typed,
	const struct hl_accounts_limits *limits, struct hl_seal_token *token,
	struct hl_err *err)
{
	struct hl_in_staff_by_login in = {typed->login};
	struct hl_row_staff_by_login *user;
	HL_SEAL_SECRET_AUTO secret;
	size_t n;
	int r = hl_get_staff_by_login(store, arena, &in, &user, &n, err);

	if (r) {
		return r;
	}
	if (n == 0 || hl_accounts_wait_s(user)) {
		r = hl_seal_staff_pretend(
			typed->password, &HL_SEAL_COST_DEFAULT, err);
		return r == HL_DENIED ? refuse(store, arena, NULL, err) : r;
	}
	r = check_password(user, typed->password, &secret, err);
	if (r) {
		return r == HL_DENIED ? refuse(store, arena, user, err) : r;
	}
	return enter(store, arena,
		&(struct hl_accounts_entry){
			user->id, HL_ACCOUNTS_PASSWORD, &secret, limits},
		token, err);
}

/* The new wrap, and nobody of this user but this session stays in. */
static int replace(struct hl_store *store, struct hl_arena *arena,
	const struct hl_row_staff_by_login *user, struct hl_str wrapped,
	const struct hl_seal_token *token, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(store, arena);

	hl_tx_staff_set_password(
		tx, &(struct hl_in_staff_set_password){.key_sealed = wrapped,
			    .must_change = 0,
			    .id = user->id,
			    .key_sealed_before = user->key_sealed});
	hl_tx_session_drop_others(
		tx, &(struct hl_in_session_drop_others){
			    user->id, hl_accounts_token_hash(arena, token)});
	hl_accounts_event(tx, HL_EVENT_USER_PASSWORD, user->id, 0);
	return hl_tx_run(tx, err);
}

int hl_accounts_password(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_session *session,
	const struct hl_accounts_new_password *change,
	enum hl_seal_password_fault *why, struct hl_err *err)
{
	HL_BUF_AUTO wrapped = HL_BUF_SECRET(HL_SEAL_STAFF_WRAP_BYTES);
	HL_SEAL_SECRET_AUTO secret = {0};
	struct hl_row_staff_by_login *user;
	int r = hl_accounts_find(store, arena, session, &user, err);

	*why = HL_SEAL_PASSWORD_OK;
	if (!r && hl_accounts_wait_s(user)) {
		r = HL_FAIL(err, HL_E_LIMIT, "too many wrong tries");
	}
	if (!r) {
		r = check_password(user, change->before, &secret, err);
	}
	if (r == HL_DENIED) {
		return hl_accounts_note_wrong(store, arena, user, 1, err);
	}
	if (r) {
		return r;
	}
	const struct hl_str own[] = {
		session->login, session->display_name, change->hotline};
	*why = hl_seal_password_check(own, HL_ARRAY_LEN(own), change->after);
	if (hl_str_eq(change->before, change->after)) {
		*why = HL_SEAL_PASSWORD_COMMON;
	}
	if (*why) {
		return HL_FAIL(err, HL_E_INVALID, "password against policy");
	}
	r = hl_seal_staff_wrap(
		user->id, &secret, change->after, change->cost, &wrapped, err);
	return r ? r
		 : replace(store, arena, user, hl_buf_str(&wrapped),
			   change->token, err);
}
