/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/session.h"

#include "accounts/door.h"
#include "base/time.h"
#include "domain/event.h"
#include "seal/box.h"

static const struct hl_seal_label *totp_label(
	int64_t staff_id, struct hl_seal_label *label)
{
	*label = (struct hl_seal_label){.kind = "staff",
		.id = staff_id,
		.field = "totp",
		.schema = 1,
		.exact = true};
	return label;
}

static void add_event(
	struct hl_tx *tx, enum hl_event kind, int64_t staff_id, int64_t detail)
{
	hl_tx_event(tx, &(struct hl_store_event){.kind = kind,
				.actor = staff_id,
				.object_kind = HL_OBJECT_USER,
				.object_id = staff_id,
				.a = detail});
}

static int find(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_session *session,
	struct hl_row_staff_by_login **user, struct hl_err *err)
{
	struct hl_in_staff_by_login in = {session->login};
	size_t n;
	int r = hl_get_staff_by_login(store, arena, &in, user, &n, err);

	return r ? r : (n ? 0 : HL_NOTFOUND);
}

static int open_totp(const struct hl_accounts_session *session,
	struct hl_str sealed, struct hl_seal_totp *totp, struct hl_err *err)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(1024);
	HL_SEAL_KEY_AUTO key;
	struct hl_seal_label label;

	hl_seal_staff_key(&session->secret, HL_SEAL_STAFF_TOTP, &key);
	int r = hl_seal_sym_open(&key, totp_label(session->staff_id, &label),
		sealed, &plain, err);
	if (!r && plain.n != sizeof(totp->b)) {
		r = HL_FAIL(err, HL_E_CORRUPT, "second factor damaged");
	}
	if (!r) {
		memcpy(totp->b, plain.p, sizeof(totp->b));
	}
	return r;
}

static int note_failure(struct hl_store *store, struct hl_arena *arena,
	const struct hl_row_staff_by_login *user, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(store, arena);

	hl_tx_staff_failed(
		tx, &(struct hl_in_staff_failed){
			    hl_accounts_lock_until(user->failed), user->id});
	add_event(tx, HL_EVENT_USER_LOGIN_FAILED, user->id, 2);
	int r = hl_tx_run(tx, err);
	return r ? r : HL_DENIED;
}

/* The old cookie ends in the batch that makes the new one. */
static int swap_session(struct hl_tx *tx, struct hl_arena *arena,
	const struct hl_accounts_step *step, struct hl_seal_token *fresh,
	struct hl_err *err)
{
	struct hl_accounts_entry entry = {step->session->staff_id,
		HL_ACCOUNTS_FULL, &step->session->secret, step->limits};

	hl_tx_session_drop(
		tx, &(struct hl_in_session_drop){
			    hl_accounts_token_hash(arena, step->token)});
	add_event(tx, HL_EVENT_USER_LOGIN, step->session->staff_id, 0);
	return hl_accounts_add_session(tx, arena, &entry, fresh, err);
}

/* Uses a recovery code up as part of tx; HL_E_INVALID: not of that form. */
static int add_recovery(struct hl_tx *tx, struct hl_arena *arena,
	const struct hl_accounts_step *step)
{
	HL_SEAL_KEY_AUTO key;
	uint8_t hash[HL_SEAL_RECOVERY_HASH];

	hl_seal_staff_key(&step->session->secret, HL_SEAL_STAFF_RECOVERY, &key);
	if (hl_seal_recovery_hash(&key, step->code, hash)) {
		return HL_E_INVALID;
	}
	hl_tx_recovery_use(tx,
		&(struct hl_in_recovery_use){hl_time_now_us(),
			step->session->staff_id,
			hl_arena_dup(arena, hl_str_mem(hash, sizeof(hash)))});
	add_event(tx, HL_EVENT_USER_RECOVERY, step->session->staff_id, 0);
	return 0;
}

int hl_accounts_second(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_step *step, struct hl_seal_token *fresh,
	int *wait_s, struct hl_err *err)
{
	HL_SEAL_TOTP_AUTO totp;
	struct hl_row_staff_by_login *user;
	int r = find(store, arena, step->session, &user, err);

	*wait_s = 0;
	if (r) {
		return r;
	}
	int64_t left_us = user->locked_until_us - hl_time_now_us();
	if (left_us > 0) {
		*wait_s = (int)(left_us / HL_US_PER_S) + 1;
		return HL_FAIL(err, HL_E_LIMIT, "too many wrong tries");
	}
	r = open_totp(step->session, user->totp_sealed, &totp, err);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(store, arena);
	int64_t used = user->totp_step;
	if (hl_seal_totp_check(&totp, hl_time_now_us(), step->code, &used) &&
		add_recovery(tx, arena, step)) {
		return note_failure(store, arena, user, err);
	}
	hl_tx_staff_entered(
		tx, &(struct hl_in_staff_entered){
			    used, hl_time_now_us(), user->id, user->totp_step});
	r = swap_session(tx, arena, step, fresh, err);
	if (!r) {
		r = hl_tx_run(tx, err);
	}
	return r == HL_CONFLICT ? note_failure(store, arena, user, err) : r;
}

void hl_accounts_enrol_secret(
	const struct hl_seal_token *token, struct hl_seal_totp *secret)
{
	HL_SEAL_KEY_AUTO key;

	hl_seal_token_key(token, &key);
	hl_seal_hkdf(
		&(struct hl_seal_hkdf){.ikm = hl_str_mem(key.b, sizeof(key.b)),
			.info = HL_STR("openhotline second factor 1")},
		secret->b, sizeof(secret->b));
}

static int add_codes(struct hl_tx *tx, struct hl_arena *arena,
	const struct hl_accounts_session *session, struct hl_buf *codes)
{
	HL_SEAL_KEY_AUTO key;

	hl_seal_staff_key(&session->secret, HL_SEAL_STAFF_RECOVERY, &key);
	hl_tx_recovery_clear(
		tx, &(struct hl_in_recovery_clear){session->staff_id});
	for (int i = 0; i < HL_SEAL_RECOVERY_CODES; i++) {
		char text[HL_SEAL_RECOVERY_TEXT];
		uint8_t hash[HL_SEAL_RECOVERY_HASH];
		struct hl_str code = hl_seal_recovery_new(text);
		int r = hl_seal_recovery_hash(&key, code, hash);

		if (r) {
			return r;
		}
		hl_buf_put(codes, code);
		hl_buf_put_c(codes, '\n');
		explicit_bzero(text, sizeof(text));
		hl_tx_recovery_add(
			tx, &(struct hl_in_recovery_add){session->staff_id,
				    hl_arena_dup(arena,
					    hl_str_mem(hash, sizeof(hash)))});
	}
	return codes->fault;
}

int hl_accounts_enrol(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_step *step, struct hl_seal_token *fresh,
	struct hl_buf *codes, struct hl_err *err)
{
	const struct hl_accounts_session *session = step->session;
	HL_BUF_AUTO sealed = HL_BUF_SECRET(1024);
	HL_SEAL_TOTP_AUTO totp;
	HL_SEAL_KEY_AUTO key;
	struct hl_seal_label label;
	int64_t used = 0;

	if (session->stage != HL_ACCOUNTS_FULL && session->has_totp) {
		return HL_DENIED;
	}
	hl_accounts_enrol_secret(step->token, &totp);
	if (hl_seal_totp_check(&totp, hl_time_now_us(), step->code, &used)) {
		return HL_DENIED;
	}
	hl_seal_staff_key(&session->secret, HL_SEAL_STAFF_TOTP, &key);
	int r = hl_seal_sym(&key, totp_label(session->staff_id, &label),
		hl_str_mem(totp.b, sizeof(totp.b)), &sealed, err);
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(store, arena);
	hl_tx_staff_set_totp(
		tx, &(struct hl_in_staff_set_totp){
			    hl_buf_str(&sealed), used, session->staff_id});
	add_event(tx, HL_EVENT_USER_TOTP, session->staff_id, 0);
	r = add_codes(tx, arena, session, codes);
	if (!r) {
		r = swap_session(tx, arena, step, fresh, err);
	}
	return r ? r : hl_tx_run(tx, err);
}

int hl_accounts_new_recovery(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_session *session, struct hl_buf *codes,
	struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(store, arena);
	int r = add_codes(tx, arena, session, codes);

	add_event(tx, HL_EVENT_USER_RECOVERY, session->staff_id, 1);
	return r ? r : hl_tx_run(tx, err);
}
