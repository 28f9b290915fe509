/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Setting up what one comes in with, and changing it later. The first time
 * the password that was right a moment ago is enough. Later, an open session
 * is not: it may be somebody else's hands on the keyboard, so the password
 * and a code are asked for in the batch that makes the change.
 */
#include "accounts/session.h"

#include "accounts/door.h"
#include "base/time.h"

int hl_accounts_prove(
	struct hl_tx *tx, struct hl_accounts_proof *p, struct hl_err *err)
{
	const struct hl_accounts_code code = {
		p->session, p->user, p->again->code};
	HL_SEAL_SECRET_AUTO secret = {0};
	struct hl_seal_pub pub;

	p->again->wait_s = hl_accounts_wait_s(p->user);
	if (p->again->wait_s > 0) {
		return HL_FAIL(err, HL_E_LIMIT, "too many wrong tries");
	}
	int r = hl_seal_pub_from(p->user->public_key, &pub);
	if (!r) {
		r = hl_seal_staff_unwrap(p->user->id, &pub, p->again->password,
			p->user->key_sealed, &secret, err);
	}
	if (r) {
		p->again->wrong = HL_ACCOUNTS_WRONG_PASSWORD;
		return r;
	}
	r = hl_accounts_check_code(tx, p->arena, &code, &p->step, err);
	p->again->wrong = r ? HL_ACCOUNTS_WRONG_CODE : HL_ACCOUNTS_WRONG_NONE;
	return r;
}

/* After the batch: what did not go is counted. */
static int end(const struct hl_accounts_proof *p, int r, struct hl_err *err)
{
	if (r == HL_CONFLICT) { /* another request had the same code */
		p->again->wrong = HL_ACCOUNTS_WRONG_CODE;
		r = HL_DENIED;
	}
	if (r == HL_DENIED && p->again->wrong) {
		return hl_accounts_note_wrong(p->store, p->arena, p->user,
			p->again->wrong == HL_ACCOUNTS_WRONG_PASSWORD ? 1 : 2,
			err);
	}
	return r;
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

/* The new generator's first code, and its secret sealed for the store. */
static int seal_new(const struct hl_accounts_step *step, struct hl_buf *sealed,
	int64_t *used, struct hl_err *err)
{
	HL_SEAL_TOTP_AUTO totp;
	HL_SEAL_KEY_AUTO key;
	struct hl_seal_label label;

	*used = 0;
	hl_accounts_enrol_secret(step->token, &totp);
	if (hl_seal_totp_check(&totp, hl_time_wall_us(), step->code, used)) {
		return HL_DENIED;
	}
	hl_seal_staff_key(&step->session->secret, HL_SEAL_STAFF_TOTP, &key);
	return hl_seal_sym(&key,
		hl_accounts_totp_label(step->session->staff_id, &label),
		hl_str_mem(totp.b, sizeof(totp.b)), sealed, err);
}

/* Adds the change to tx; p->again is NULL the first time. */
static int change(struct hl_tx *tx, struct hl_accounts_proof *p,
	const struct hl_accounts_step *step, struct hl_buf *sealed,
	struct hl_err *err)
{
	int64_t used;
	int r = seal_new(step, sealed, &used, err);

	if (!r && p->again) {
		r = hl_accounts_prove(tx, p, err);
	}
	if (r) {
		return r;
	}
	hl_tx_staff_set_totp(
		tx, &(struct hl_in_staff_set_totp){
			    .totp_sealed = hl_buf_str(sealed),
			    .totp_step = used,
			    .id = p->user->id,
			    .totp_sealed_before = p->user->totp_sealed,
			    .totp_step_before = p->user->totp_step});
	hl_tx_totp_forget(tx, &(struct hl_in_totp_forget){p->user->id});
	hl_accounts_use_step(tx, p->user->id, used);
	hl_accounts_event(tx, HL_EVENT_USER_TOTP, p->user->id, 0);
	if (!p->again) {
		hl_tx_staff_entered(
			tx, &(struct hl_in_staff_entered){
				    used, hl_time_now_us(), p->user->id, used});
		hl_accounts_event(tx, HL_EVENT_USER_LOGIN, p->user->id, 0);
	}
	return 0;
}

int hl_accounts_enrol(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_step *step, struct hl_seal_token *fresh,
	struct hl_buf *codes, struct hl_err *err)
{
	struct hl_accounts_proof p = {.store = store,
		.arena = arena,
		.session = step->session,
		.again = step->again};
	HL_BUF_AUTO sealed = HL_BUF_SECRET(1024);
	struct hl_row_staff_by_login *user;
	int r = hl_accounts_find(store, arena, step->session, &user, err);

	if (r) {
		return r;
	}
	p.user = user;
	if (user->totp_sealed.n ? !step->again : step->again != NULL) {
		return HL_CONFLICT;
	}
	struct hl_tx *tx = hl_tx_begin(store, arena);
	r = change(tx, &p, step, &sealed, err);
	if (!r) {
		r = add_codes(tx, arena, step->session, codes);
	}
	if (!r) {
		hl_tx_session_drop_all(
			tx, &(struct hl_in_session_drop_all){user->id});
		r = hl_accounts_swap_session(tx, arena, step, fresh, err);
	}
	if (!r) {
		r = hl_tx_run(tx, err);
	}
	hl_tx_drop(tx);
	return step->again ? end(&p, r, err) : r;
}

int hl_accounts_new_recovery(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_session *session,
	struct hl_accounts_again *again, struct hl_buf *codes,
	struct hl_err *err)
{
	struct hl_accounts_proof p = {.store = store,
		.arena = arena,
		.session = session,
		.again = again};
	struct hl_row_staff_by_login *user;
	int r = hl_accounts_find(store, arena, session, &user, err);

	if (r) {
		return r;
	}
	p.user = user;
	struct hl_tx *tx = hl_tx_begin(store, arena);
	r = hl_accounts_prove(tx, &p, err);
	if (!r) {
		hl_tx_staff_code_used(
			tx, &(struct hl_in_staff_code_used){
				    p.step, user->id, user->totp_step});
		r = add_codes(tx, arena, session, codes);
	}
	if (!r) {
		hl_accounts_event(tx, HL_EVENT_USER_RECOVERY, user->id, 1);
		r = hl_tx_run(tx, err);
	}
	hl_tx_drop(tx);
	return end(&p, r, err);
}
