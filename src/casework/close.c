/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/close.h"

#include "base/rand.h"
#include "base/time.h"
#include "casework/inner.h"
#include "casework/reports.h"
#include "domain/status.h"

static int no_referrals(struct hl_casework_job *job, struct hl_err *err)
{
	struct hl_in_referral_pending in = {job->c.id};
	struct hl_row_referral_pending *row;
	size_t n;
	int r = hl_get_referral_pending(
		job->who->store, job->who->arena, &in, &row, &n, err);

	if (r) {
		return r;
	}
	if (n && row->n) {
		return hl_casework_refuse(job->why, HL_CASEWORK_REFERRALS);
	}
	/* and none between now and the commit */
	hl_tx_referral_none_pending(
		job->tx, &(struct hl_in_referral_none_pending){job->c.id});
	return 0;
}

static bool is_gone(enum hl_close_reason reason)
{
	return reason == HL_CLOSE_REMOVED || reason == HL_CLOSE_GONE;
}

static bool fits(const struct hl_casefile_row *row, enum hl_close_reason reason)
{
	return hl_close_reason_fits(&(struct hl_public_status_input){
		.state = (enum hl_case_state)row->state,
		.reason = reason,
		.passed_to = row->passed_to});
}

static int change_close(struct hl_casework_job *job, struct hl_err *err)
{
	const enum hl_close_reason *reason = job->with;
	struct hl_casefile *c = &job->c;
	int r = no_referrals(job, err);

	if (r) {
		return r;
	}
	if (!fits(&c->now, *reason)) {
		return hl_casework_refuse(job->why, HL_CASEWORK_REASON);
	}
	r = hl_casefile_close(c, *reason, err);
	if (!r && is_gone(*reason) && c->now.item_state != HL_ITEM_OFFLINE) {
		r = hl_casefile_item_act(
			c, HL_ACTION_DECLARE_GONE, HL_EVENT_ITEM_OFFLINE, err);
	}
	if (r == HL_DENIED) {
		return hl_casework_refuse(job->why, HL_CASEWORK_WRONG_STATE);
	}
	hl_tx_watch_end(job->tx, &(struct hl_in_watch_end){c->id});
	hl_casefile_forget(job->tx, c);
	return r;
}

int hl_casework_close(const struct hl_who *who, int64_t case_id,
	enum hl_close_reason reason, enum hl_casework_why *why,
	struct hl_err *err)
{
	struct hl_casework_deed deed = {
		HL_AUTHZ_CASE_CLOSE, change_close, &reason, NULL};

	if (!reason || !hl_vocab_find(&hl_vocab_close_reason, (int)reason)) {
		return HL_FAIL(err, HL_E_INVALID, "closing needs a reason");
	}
	return hl_casework_do(who, case_id, &deed, why, err);
}

/*
 * What was watched is watched again. The worker may have forgotten the
 * address; who lacks the key to give it back opens the case all the same, and
 * its page says that nobody looks.
 */
static int watch_again(struct hl_casework_job *job, struct hl_err *err)
{
	const struct hl_casefile *c = &job->c;
	struct hl_in_item_again again = {
		.trace_due_us = job->now_us, .id = c->item_id};
	struct hl_row_watch_was *was;
	size_t n;
	int r = hl_get_watch_was(job->who->store, job->who->arena,
		&(struct hl_in_watch_was){c->item_id}, &was, &n, err);

	if (r || !n) {
		return r;
	}
	r = hl_casefile_share_url(
		job->who, c->item_id, &again.worker_sealed, err);
	if (r) {
		return hl_casefile_unreadable(r) ? 0 : r;
	}
	hl_tx_item_again(job->tx, &again);
	hl_tx_watch_soon(job->tx,
		&(struct hl_in_watch_soon){
			.offline_at_us = c->now.item_state == HL_ITEM_OFFLINE
						 ? job->now_us
						 : 0,
			.next_at_us = job->now_us,
			.item_id = c->item_id});
	if (!was->active) {
		hl_tx_happened(job->tx, job->who->actor.user_id,
			HL_EVENT_ITEM_WATCH_RESUMED, c->item_id, 0, 0);
	}
	return 0;
}

/* What the registry resolved is taken back: from now on it is for people. */
static int undo_resolution(struct hl_casework_job *job, struct hl_err *err)
{
	const struct hl_casefile *c = &job->c;
	struct hl_in_resolution_list in = {c->id};
	struct hl_row_resolution_list *rows;
	size_t n;
	int r;

	if (!c->now.outcome || c->now.first_by) {
		return 0;
	}
	r = hl_get_resolution_list(
		job->who->store, job->who->arena, &in, &rows, &n, err);
	if (r || !n || rows[0].undone_by) {
		return r;
	}
	hl_tx_resolution_undo(job->tx,
		&(struct hl_in_resolution_undo){
			job->who->actor.user_id, c->id, rows[0].cycle});
	hl_tx_happened(job->tx, job->who->actor.user_id,
		HL_EVENT_HASH_TAKEN_BACK, rows[0].entry_id, c->id, 0);
	return 0;
}

static int change_reopen(struct hl_casework_job *job, struct hl_err *err)
{
	bool closed = job->c.now.state == HL_CASE_CLOSED;
	int r = closed ? 0 : no_referrals(job, err);

	if (!r) {
		r = undo_resolution(job, err);
	}

	if (r) {
		return r;
	}
	r = hl_casefile_act(
		&job->c, HL_ACTION_REOPEN, HL_EVENT_CASE_REOPENED, err);
	if (r == HL_DENIED) {
		return hl_casework_refuse(job->why, HL_CASEWORK_WRONG_STATE);
	}
	return r || !closed ? r : watch_again(job, err);
}

int hl_casework_reopen(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_casework_deed deed = {
		HL_AUTHZ_CASE_REOPEN, change_reopen, NULL, NULL};

	return hl_casework_do(who, case_id, &deed, why, err);
}

static int change_hold(struct hl_casework_job *job, struct hl_err *err)
{
	const bool *on = job->with;

	if (job->c.now.legal_hold != *on) {
		job->c.now.legal_hold = *on;
		hl_casefile_note(&job->c,
			*on ? HL_EVENT_CASE_HOLD_SET
			    : HL_EVENT_CASE_HOLD_LIFTED,
			!*on, *on);
	}
	return 0;
}

int hl_casework_hold(const struct hl_who *who, int64_t case_id, bool on,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_casework_deed deed = {
		HL_AUTHZ_CASE_LEGAL_HOLD, change_hold, &on, NULL};

	return hl_casework_do(who, case_id, &deed, why, err);
}

static int change_propose(struct hl_casework_job *job, struct hl_err *err)
{
	if (job->c.erase_proposed_by) {
		return hl_casework_refuse(job->why, HL_CASEWORK_PROPOSED);
	}
	hl_tx_proposal_add(
		job->tx, &(struct hl_in_proposal_add){.id = hl_rand_id(),
				 .object_id = job->c.id,
				 .proposed_by = job->who->actor.user_id,
				 .proposed_at_us = job->now_us});
	hl_casefile_note(&job->c, HL_EVENT_CASE_ERASE_PROPOSED, 0, 0);
	return 0;
}

int hl_casework_erase_propose(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_casework_deed deed = {
		HL_AUTHZ_ERASE_PROPOSE, change_propose, NULL, NULL};

	return hl_casework_do(who, case_id, &deed, why, err);
}

enum { APPROVED = 2, REFUSED = 3 };

static void put_decision(struct hl_casework_job *job, int state)
{
	hl_tx_proposal_decide(
		job->tx, &(struct hl_in_proposal_decide){.state = state,
				 .decided_by = job->who->actor.user_id,
				 .decided_at_us = job->now_us,
				 .object_id = job->c.id});
}

static int change_refuse(struct hl_casework_job *job, struct hl_err *err)
{
	if (!job->c.erase_proposed_by) {
		return hl_casework_refuse(job->why, HL_CASEWORK_WRONG_STATE);
	}
	put_decision(job, REFUSED);
	hl_casefile_note(&job->c, HL_EVENT_CASE_ERASE_REFUSED, 0, 0);
	return 0;
}

int hl_casework_erase_refuse(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_casework_deed deed = {
		HL_AUTHZ_ERASE_PROPOSE, change_refuse, NULL, NULL};

	return hl_casework_do(who, case_id, &deed, why, err);
}

/* A random value keeps the column unique and finds nothing again. */
static void put_erasure(struct hl_casework_job *job)
{
	int64_t id = job->c.id;
	uint8_t hash[32];

	hl_rand_bytes(hash, sizeof(hash));
	hl_tx_erase_item(job->tx,
		&(struct hl_in_erase_item){hl_str_mem(hash, sizeof(hash)), id});
	hl_tx_erase_notes(job->tx, &(struct hl_in_erase_notes){id});
	hl_tx_erase_assessments(job->tx, &(struct hl_in_erase_assessments){id});
	hl_tx_erase_traces(job->tx, &(struct hl_in_erase_traces){id});
	hl_tx_erase_referrals(job->tx, &(struct hl_in_erase_referrals){id});
	hl_tx_erase_answers(job->tx, &(struct hl_in_erase_answers){id});
	hl_tx_erase_hashes(job->tx, &(struct hl_in_erase_hashes){id});
	hl_tx_erase_hash_link(job->tx, &(struct hl_in_erase_hash_link){id});
	hl_tx_watch_end(job->tx, &(struct hl_in_watch_end){id});
}

static int change_erase(struct hl_casework_job *job, struct hl_err *err)
{
	int r = hl_casefile_act(
		&job->c, HL_ACTION_ERASE, HL_EVENT_CASE_ERASED, err);

	if (r == HL_DENIED) {
		return hl_casework_refuse(job->why, HL_CASEWORK_WRONG_STATE);
	}
	put_decision(job, APPROVED);
	put_erasure(job);
	return r;
}

int hl_casework_erase_approve(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_casework_deed deed = {
		HL_AUTHZ_ERASE_APPROVE, change_erase, NULL, NULL};
	int64_t begun = hl_time_now_us();
	size_t n;
	int r = hl_casework_do(who, case_id, &deed, why, err);

	return r ? r
		 : hl_casework_erase_reports(who->store, who->arena, begun,
			   who->actor.user_id, &n, err);
}

int hl_casework_proposals(const struct hl_who *who,
	const struct hl_casework_proposal **out, size_t *n, struct hl_err *err)
{
	struct hl_row_proposal_list *rows;
	struct hl_casework_proposal *made;

	*n = 0;
	if (!hl_authz_may_ever(&who->actor, HL_AUTHZ_ERASE_APPROVE)) {
		return HL_DENIED;
	}
	int r = hl_get_proposal_list(who->store, who->arena, &rows, n, err);
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a list");
	}
	for (size_t i = 0; i < *n; i++) {
		made[i] = (struct hl_casework_proposal){rows[i].case_id,
			rows[i].proposed_by, rows[i].proposed_at_us,
			rows[i].name};
	}
	*out = made;
	return 0;
}
