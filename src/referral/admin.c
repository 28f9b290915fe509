/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/admin.h"

#include "base/rand.h"
#include "base/time.h"
#include "referral/record.h"

static int put_retry(struct hl_store *store, struct hl_arena *arena,
	struct hl_referral_record *f, struct hl_err *err)
{
	int64_t now = hl_time_now_us();
	bool waits = f->now.state == HL_REFERRAL_RETRYING;
	struct hl_tx *tx = hl_tx_begin(store, arena);

	if (waits) {
		hl_tx_outbox_drop(
			tx, &(struct hl_in_outbox_drop){now, f->now.id, now});
	}
	int r = hl_referral_record_act(
		f, HL_ACTION_QUEUE, HL_EVENT_REFERRAL_QUEUED);
	if (r) {
		hl_tx_drop(tx);
		return r;
	}
	f->now.last_error = HL_STR("");
	hl_referral_enqueue(tx, f, now);
	hl_referral_record_put(tx, f, 0);
	return hl_tx_run(tx, err);
}

int hl_referral_admin_retry(struct hl_store *store, struct hl_arena *arena,
	int64_t id, enum hl_referral_why *why, struct hl_err *err)
{
	struct hl_row_referral_get *row;
	size_t n;
	int r = hl_get_referral_get(
		store, arena, &(struct hl_in_referral_get){id}, &row, &n, err);

	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	struct hl_referral_record f = {.now = *row, .version = row->version};
	if (row->state != HL_REFERRAL_RETRYING &&
		row->state != HL_REFERRAL_PERMANENT_ERROR) {
		return hl_referral_refuse(why, HL_REFERRAL_WRONG_STATE);
	}
	if (!row->n_worker) {
		return hl_referral_refuse(why, HL_REFERRAL_NO_MAIL);
	}
	r = put_retry(store, arena, &f, err);
	return r == HL_CONFLICT ? hl_referral_refuse(why, HL_REFERRAL_SENDING)
				: r;
}

int hl_referral_admin_recipient_add(struct hl_store *store,
	struct hl_arena *arena, const struct hl_referral_recipient *r,
	int64_t *id, struct hl_err *err)
{
	enum hl_referral_recipient_problem p = hl_referral_recipient_check(r);

	if (p) {
		return HL_FAIL(err, HL_E_INVALID, "%s",
			hl_vocab_label(&hl_vocab_recipient_problem, (int)p));
	}
	*id = hl_rand_id();
	return hl_referral_recipient_put(
		&(struct hl_referral_recipient_new){store, arena, 0}, r, *id,
		err);
}

int hl_referral_admin_recipient_decide(struct hl_store *store,
	struct hl_arena *arena, int64_t id, bool approve, struct hl_err *err)
{
	int to = approve ? HL_CONTACT_APPROVED : HL_CONTACT_REJECTED;
	struct hl_tx *tx = hl_tx_begin(store, arena);

	hl_tx_recipient_decide(
		tx, &(struct hl_in_recipient_decide){.state = to,
			    .decided_at_us = hl_time_now_us(),
			    .id = id,
			    .state_before = HL_CONTACT_PROPOSED});
	hl_tx_happened(tx, 0,
		approve ? HL_EVENT_RECIPIENT_APPROVED
			: HL_EVENT_RECIPIENT_REJECTED,
		id, HL_CONTACT_PROPOSED, to);
	return hl_tx_run(tx, err);
}
