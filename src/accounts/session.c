/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/session.h"

#include "accounts/door.h"
#include "base/time.h"
#include "domain/event.h"

/* Rows are touched at most this often, so that reading is not writing. */
#define TOUCH_US (60 * HL_US_PER_S)

void hl_accounts_session_wipe(struct hl_accounts_session *s)
{
	hl_seal_secret_wipe(&s->secret);
	hl_seal_ring_wipe(&s->ring);
}

struct hl_str hl_accounts_token_hash(
	struct hl_arena *arena, const struct hl_seal_token *token)
{
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];

	hl_seal_token_hash(token, hash);
	return hl_arena_dup(arena, hl_str_mem(hash, sizeof(hash)));
}

int hl_accounts_add_session(struct hl_tx *tx, struct hl_arena *arena,
	const struct hl_accounts_entry *entry, struct hl_seal_token *token,
	struct hl_err *err)
{
	HL_BUF_AUTO sealed = HL_BUF_SECRET(4096);
	struct hl_seal_session plain = {.staff_id = entry->staff_id,
		.secret = *entry->secret,
		.state = entry->stage};
	int64_t now = hl_time_now_us();

	hl_seal_token_new(HL_SEAL_TOKEN_SESSION, token);
	int r = hl_seal_session_wrap(token, &plain, &sealed, err);
	hl_seal_secret_wipe(&plain.secret);
	if (r) {
		return r;
	}
	hl_tx_session_add(
		tx, &(struct hl_in_session_add){
			    .token_hash = hl_accounts_token_hash(arena, token),
			    .staff_id = entry->staff_id,
			    .stage = entry->stage,
			    .key_sealed = hl_buf_str(&sealed),
			    .created_at_us = now,
			    .seen_at_us = now,
			    .expires_at_us = now + entry->limits->max_hours *
							   HL_US_PER_HOUR});
	return 0;
}

static int open_share(const struct hl_row_key_share_of *row,
	const struct hl_accounts_session *s, enum hl_seal_purpose purpose,
	uint8_t key[HL_SEAL_KEY_BYTES], struct hl_err *err)
{
	struct hl_seal_grant grant = {purpose, row->epoch, s->staff_id};

	return hl_seal_grant_open(
		&grant, &s->secret, row->key_sealed, key, err);
}

static int add_pair(struct hl_seal_ring_keys *keys,
	const struct hl_row_key_share_of *row,
	const struct hl_accounts_session *s, enum hl_seal_purpose purpose,
	struct hl_err *err)
{
	struct hl_seal_ring_key key = {.epoch = row->epoch};
	int r = open_share(row, s, purpose, key.secret.b, err);

	if (!r) {
		r = hl_seal_pub_from(row->public_key, &key.pub);
	}
	if (!r) {
		r = hl_seal_ring_add(keys, &key, err);
	}
	hl_seal_secret_wipe(&key.secret);
	return r;
}

static int open_one(const struct hl_row_key_share_of *row,
	struct hl_accounts_session *s, struct hl_err *err)
{
	if (row->kind == HL_KEY_QUEUE) {
		return add_pair(&s->ring.queue, row, s, HL_SEAL_QUEUE, err);
	}
	if (row->kind == HL_KEY_IDENTITY) {
		return add_pair(
			&s->ring.identity, row, s, HL_SEAL_IDENTITY, err);
	}
	if (row->kind == HL_KEY_URL_HASH && !s->ring.has_url) {
		s->ring.has_url = true;
		s->ring.url_epoch = row->epoch;
		return open_share(row, s, HL_SEAL_URL, s->ring.url.b, err);
	}
	return 0;
}

static int open_ring(struct hl_store *store, struct hl_arena *arena,
	struct hl_accounts_session *s, struct hl_err *err)
{
	struct hl_in_key_share_of in = {s->staff_id};
	struct hl_row_key_share_of *rows;
	size_t n;
	int r = hl_get_key_share_of(store, arena, &in, &rows, &n, err);

	for (size_t i = 0; i < n && !r; i++) {
		r = open_one(&rows[i], s, err);
		/* newest first: the oldest stay shut, not the door */
		r = r == HL_E_LIMIT ? 0 : r;
	}
	return r;
}

int hl_accounts_unlock(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_typed *typed, struct hl_accounts_session *user,
	struct hl_err *err)
{
	struct hl_in_staff_by_login in = {typed->login};
	struct hl_row_staff_by_login *row;
	struct hl_seal_pub pub;
	size_t n;
	int r = hl_get_staff_by_login(store, arena, &in, &row, &n, err);

	*user = (struct hl_accounts_session){0};
	if (r || !n || !row->active) {
		return r ? r : HL_DENIED;
	}
	user->staff_id = row->id;
	user->roles = (unsigned)row->roles;
	r = hl_seal_pub_from(row->public_key, &pub);
	if (!r) {
		r = hl_seal_staff_unwrap(row->id, &pub, typed->password,
			row->key_sealed, &user->secret, err);
	}
	if (!r) {
		r = open_ring(store, arena, user, err);
	}
	hl_seal_secret_wipe(&user->secret);
	return r;
}

static int touch(struct hl_store *store, struct hl_arena *arena,
	struct hl_str hash, struct hl_err *err)
{
	struct hl_in_session_seen in = {hl_time_now_us(), hash};

	return hl_do_session_seen(store, arena, &in, err);
}

static void fill(struct hl_accounts_session *out,
	const struct hl_row_session_get *row,
	const struct hl_accounts_limits *limits)
{
	int64_t idle = hl_time_now_us() + limits->idle_minutes * HL_US_PER_MIN;

	out->staff_id = row->staff_id;
	out->stage = (enum hl_accounts_stage)row->stage;
	out->roles = (unsigned)row->roles;
	out->must_change = row->must_change != 0;
	out->has_totp = row->has_totp != 0;
	out->login = row->login;
	out->display_name = row->display_name;
	out->ends_at_us = idle < row->expires_at_us ? idle : row->expires_at_us;
}

int hl_accounts_open(struct hl_store *store, struct hl_arena *arena,
	const struct hl_seal_token *token,
	const struct hl_accounts_limits *limits,
	struct hl_accounts_session *out, struct hl_err *err)
{
	int64_t now = hl_time_now_us();
	struct hl_in_session_get in = {
		.token_hash = hl_accounts_token_hash(arena, token),
		.now_us = now,
		.seen_after_us = now - limits->idle_minutes * HL_US_PER_MIN};
	struct hl_row_session_get *row;
	struct hl_seal_session plain;
	size_t n;
	int r = hl_get_session_get(store, arena, &in, &row, &n, err);

	*out = (struct hl_accounts_session){0};
	if (r || n == 0) {
		return r ? r : HL_NOTFOUND;
	}
	r = hl_seal_session_open(
		token, row->staff_id, row->key_sealed, &plain, err);
	if (r) {
		return r;
	}
	fill(out, row, limits);
	out->secret = plain.secret;
	hl_seal_secret_wipe(&plain.secret);
	if (out->stage == HL_ACCOUNTS_FULL) {
		r = open_ring(store, arena, out, err);
	}
	if (!r && now - row->seen_at_us > TOUCH_US) {
		r = touch(store, arena, in.token_hash, err);
	}
	if (r) {
		hl_accounts_session_wipe(out);
	}
	return r;
}

int hl_accounts_logout(struct hl_store *store, struct hl_arena *arena,
	const struct hl_seal_token *token, struct hl_err *err)
{
	struct hl_in_session_drop in = {hl_accounts_token_hash(arena, token)};
	struct hl_in_session_get get = {.token_hash = in.token_hash};
	struct hl_row_session_get *row;
	size_t n;
	int r = hl_get_session_get(store, arena, &get, &row, &n, err);

	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(store, arena);
	hl_tx_session_drop(tx, &in);
	if (n) {
		hl_tx_event(tx,
			&(struct hl_store_event){.kind = HL_EVENT_USER_LOGOUT,
				.actor = row->staff_id,
				.object_kind = HL_OBJECT_USER,
				.object_id = row->staff_id});
	}
	return hl_tx_run(tx, err);
}
