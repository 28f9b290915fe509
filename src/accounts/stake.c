/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last who holds a key cannot lose it by somebody else's click. Looking
 * first gives the sentence; the guard in the batch keeps two changes at the
 * same moment from each relying on the other's holder.
 */
#include "accounts/stake.h"

int hl_accounts_stake_look(const struct hl_who *who, int64_t user_id,
	struct hl_accounts_stake *stake, struct hl_err *err)
{
	struct hl_in_key_share_sole in = {user_id};
	struct hl_row_key_share_sole *rows;
	size_t n;
	int r = hl_get_key_share_sole(
		who->store, who->arena, &in, &rows, &n, err);

	stake->keys = HL_AUTHZ_KEYS_SAFE;
	for (size_t i = 0; i < n && !r; i++) {
		enum hl_authz_keys now = rows[i].on_sheets
						 ? HL_AUTHZ_KEYS_ON_SHEETS
						 : HL_AUTHZ_KEYS_LOST;

		if (stake->kinds >> rows[i].kind & 1 && now > stake->keys) {
			stake->keys = now;
		}
	}
	return r;
}

void hl_accounts_stake_guard(struct hl_tx *tx, int64_t user_id,
	const struct hl_accounts_stake *stake, bool from_sheets)
{
	hl_tx_key_share_guard(tx, &(struct hl_in_key_share_guard){
					  user_id, stake->kinds, from_sheets});
}

int hl_accounts_keys(const struct hl_who *who, int64_t user_id,
	enum hl_authz_keys *out, struct hl_err *err)
{
	struct hl_accounts_stake stake = {.kinds = HL_ACCOUNTS_STAKE_ALL};
	int r = hl_accounts_stake_look(who, user_id, &stake, err);

	*out = stake.keys;
	return r;
}
