/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/session.h"

#include "accounts/door.h"
#include "base/time.h"

const struct hl_seal_label *hl_accounts_totp_label(
	int64_t staff_id, struct hl_seal_label *label)
{
	*label = (struct hl_seal_label){.kind = "staff",
		.id = staff_id,
		.field = "totp",
		.schema = 1,
		.exact = true};
	return label;
}

static int open_totp(const struct hl_accounts_session *session,
	struct hl_str sealed, struct hl_seal_totp *totp, struct hl_err *err)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(1024);
	HL_SEAL_KEY_AUTO key;
	struct hl_seal_label label;

	hl_seal_staff_key(&session->secret, HL_SEAL_STAFF_TOTP, &key);
	int r = hl_seal_sym_open(&key,
		hl_accounts_totp_label(session->staff_id, &label), sealed,
		&plain, err);
	if (!r && plain.n != sizeof(totp->b)) {
		r = HL_FAIL(err, HL_E_CORRUPT, "second factor damaged");
	}
	if (!r) {
		memcpy(totp->b, plain.p, sizeof(totp->b));
	}
	return r;
}

/* Uses a recovery code up as part of tx; HL_E_INVALID: not of that form. */
static int add_recovery(struct hl_tx *tx, struct hl_arena *arena,
	const struct hl_accounts_code *code)
{
	HL_SEAL_KEY_AUTO key;
	uint8_t hash[HL_SEAL_RECOVERY_HASH];
	int64_t staff_id = code->session->staff_id;

	hl_seal_staff_key(&code->session->secret, HL_SEAL_STAFF_RECOVERY, &key);
	if (hl_seal_recovery_hash(&key, code->typed, hash)) {
		return HL_E_INVALID;
	}
	hl_tx_recovery_use(tx,
		&(struct hl_in_recovery_use){hl_time_now_us(), staff_id,
			hl_arena_dup(arena, hl_str_mem(hash, sizeof(hash)))});
	hl_accounts_event(tx, HL_EVENT_USER_RECOVERY, staff_id, 0);
	return 0;
}

void hl_accounts_use_step(struct hl_tx *tx, int64_t staff_id, int64_t step)
{
	hl_tx_totp_use(tx, &(struct hl_in_totp_use){staff_id, step});
	hl_tx_totp_tidy(
		tx, &(struct hl_in_totp_tidy){staff_id, step - 2, staff_id});
}

int hl_accounts_check_code(struct hl_tx *tx, struct hl_arena *arena,
	const struct hl_accounts_code *code, int64_t *step, struct hl_err *err)
{
	HL_SEAL_TOTP_AUTO totp;
	int r = open_totp(code->session, code->user->totp_sealed, &totp, err);

	if (r) {
		return r;
	}
	*step = code->user->totp_step;
	/* the generator goes by the clock of people */
	if (hl_seal_totp_check(&totp, hl_time_wall_us(), code->typed, step) ==
		0) {
		hl_accounts_use_step(tx, code->session->staff_id, *step);
		return 0;
	}
	return add_recovery(tx, arena, code) ? HL_DENIED : 0;
}

int hl_accounts_swap_session(struct hl_tx *tx, struct hl_arena *arena,
	const struct hl_accounts_step *step, struct hl_seal_token *fresh,
	struct hl_err *err)
{
	struct hl_accounts_entry entry = {step->session->staff_id,
		HL_ACCOUNTS_FULL, &step->session->secret, step->limits};

	hl_tx_session_drop(
		tx, &(struct hl_in_session_drop){
			    hl_accounts_token_hash(arena, step->token)});
	return hl_accounts_add_session(tx, arena, &entry, fresh, err);
}

/* HL_CONFLICT: the code was used up by another request meanwhile. */
static int come_in(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_step *step,
	const struct hl_row_staff_by_login *user, struct hl_seal_token *fresh,
	struct hl_err *err)
{
	struct hl_accounts_code code = {step->session, user, step->code};
	struct hl_tx *tx = hl_tx_begin(store, arena);
	int64_t used;
	int r = hl_accounts_check_code(tx, arena, &code, &used, err);

	if (!r) {
		hl_tx_staff_entered(tx,
			&(struct hl_in_staff_entered){used, hl_time_now_us(),
				user->id, user->totp_step});
		hl_accounts_event(tx, HL_EVENT_USER_LOGIN, user->id, 0);
		r = hl_accounts_swap_session(tx, arena, step, fresh, err);
	}
	if (!r) {
		return hl_tx_run(tx, err);
	}
	hl_tx_drop(tx);
	return r;
}

int hl_accounts_second(struct hl_store *store, struct hl_arena *arena,
	const struct hl_accounts_step *step, struct hl_seal_token *fresh,
	int *wait_s, struct hl_err *err)
{
	struct hl_row_staff_by_login *user;
	int r = hl_accounts_find(store, arena, step->session, &user, err);

	*wait_s = 0;
	if (r) {
		return r;
	}
	*wait_s = hl_accounts_wait_s(user);
	if (*wait_s > 0) {
		return HL_FAIL(err, HL_E_LIMIT, "too many wrong tries");
	}
	r = come_in(store, arena, step, user, fresh, err);
	if (r == HL_CONFLICT || r == HL_DENIED) {
		return hl_accounts_note_wrong(store, arena, user, 2, err);
	}
	return r;
}
