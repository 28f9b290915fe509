/* SPDX-License-Identifier: Apache-2.0 */
#include "casefile/casefile.h"

#include "base/rand.h"
#include "base/time.h"
#include "domain/status.h"
#include "store/sql.h"

static void read_row(
	const struct hl_row_casefile_get *row, struct hl_casefile_row *out)
{
	*out = (struct hl_casefile_row){
		.state = (int)row->state,
		.state_at_us = row->state_at_us,
		.priority = row->priority,
		.reasons = (uint32_t)row->reasons,
		.danger = (int)row->danger,
		.is_test = row->is_test != 0,
		.holder = row->holder,
		.lease_until_us = row->lease_until_us,
		.first_by = row->first_by,
		.second_by = row->second_by,
		.third_by = row->third_by,
		.outcome = (int)row->outcome,
		.closed_reason = (int)row->closed_reason,
		.closed_at_us = row->closed_at_us,
		.reopened = row->reopened,
		.legal_hold = row->legal_hold != 0,
		.item_state = (int)row->item_state,
		.passed_to = (uint32_t)row->passed_to,
		.removed_at_us = row->removed_at_us,
	};
}

static int load(struct hl_store *store, struct hl_arena *arena,
	const struct hl_in_casefile_get *in, struct hl_casefile *out,
	struct hl_err *err)
{
	struct hl_row_casefile_get *row;
	size_t n;
	int r = hl_get_casefile_get(store, arena, in, &row, &n, err);

	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	*out = (struct hl_casefile){
		.id = row->id,
		.version = row->version,
		.created_at_us = row->created_at_us,
		.item_id = row->item_id,
		.item_kind = (int)row->item_kind,
		.public_status = (int)row->public_status,
		.n_reports = row->n_reports,
		.n_independent = row->n_independent,
		.country = row->country,
		.erase_proposed_by = row->erase_proposed_by,
		.viewing_id = row->viewing_id,
		.viewing_from_us = row->viewing_from_us,
	};
	read_row(row, &out->was);
	out->now = out->was;
	return 0;
}

int hl_casefile_load(struct hl_store *store, struct hl_arena *arena, int64_t id,
	struct hl_casefile *out, struct hl_err *err)
{
	return load(store, arena, &(struct hl_in_casefile_get){.case_id = id},
		out, err);
}

int hl_casefile_load_item(struct hl_store *store, struct hl_arena *arena,
	int64_t item_id, struct hl_casefile *out, struct hl_err *err)
{
	return load(store, arena,
		&(struct hl_in_casefile_get){.item_id = item_id}, out, err);
}

struct hl_authz_object hl_casefile_object(
	const struct hl_casefile *c, int64_t now_us)
{
	if (!c) {
		return (struct hl_authz_object){.now_us = now_us};
	}
	return (struct hl_authz_object){
		.exists = true,
		.state = c->now.state,
		.case_state = c->now.state,
		.now_us = now_us,
		.assigned_to = c->now.holder,
		.lease_until_us = c->now.lease_until_us,
		.first_assessor = c->now.first_by,
		.second_assessor = c->now.second_by,
		.adjudicator = c->now.third_by,
		.erase_proposed_by = c->erase_proposed_by,
		.legal_hold = c->now.legal_hold,
		.illegal = hl_outcome_illegal((enum hl_outcome)c->now.outcome),
	};
}

static void add_change(struct hl_casefile *c, enum hl_event event,
	int64_t object_id, int64_t from, int64_t to)
{
	if (c->n_changes < HL_CASEFILE_CHANGES) {
		c->changes[c->n_changes] =
			(struct hl_casefile_change){event, object_id, from, to};
	}
	c->n_changes++; /* over the end: hl_casefile_put() finds out */
}

void hl_casefile_note(
	struct hl_casefile *c, enum hl_event event, int64_t from, int64_t to)
{
	add_change(c, event, c->id, from, to);
}

/* A new cycle: what the last one decided stays in its assessments. */
static void begin_cycle(struct hl_casefile_row *now, enum hl_action action)
{
	now->reopened++;
	now->closed_reason = 0;
	now->closed_at_us = 0;
	if (action == HL_ACTION_REOPEN) {
		now->first_by = 0;
		now->second_by = 0;
		now->third_by = 0;
		now->outcome = 0;
	}
}

static int next(enum hl_machine machine, int64_t id, int from,
	enum hl_action action, int *to, struct hl_err *err)
{
	int r = hl_state_next(machine, from, action, to);

	if (r == HL_DENIED) {
		HL_FAIL(err, HL_DENIED, "%s %lld: no %s from %s",
			hl_vocab_name(&hl_vocab_machine, (int)machine),
			(long long)id,
			hl_vocab_name(&hl_vocab_action, (int)action),
			hl_vocab_name(hl_state_vocab(machine), from));
	}
	return r;
}

int hl_casefile_act(struct hl_casefile *c, enum hl_action action,
	enum hl_event event, struct hl_err *err)
{
	struct hl_casefile_row *now = &c->now;
	int from = now->state, to;
	int r = next(HL_MACHINE_CASE, c->id, from, action, &to, err);

	if (r) {
		return r;
	}
	now->state = to;
	if (to != from) {
		now->state_at_us = hl_time_now_us();
	}
	if (action == HL_ACTION_REOPEN || action == HL_ACTION_REAPPEAR) {
		begin_cycle(now, action);
	}
	if (to == HL_CASE_CLOSED) {
		now->closed_at_us = now->state_at_us;
		now->holder = 0;
		now->lease_until_us = 0;
	}
	add_change(c, event, c->id, from, to);
	return 0;
}

int hl_casefile_item_act(struct hl_casefile *c, enum hl_action action,
	enum hl_event event, struct hl_err *err)
{
	struct hl_casefile_row *now = &c->now;
	int from = now->item_state, to;
	int r = next(HL_MACHINE_ITEM, c->item_id, from, action, &to, err);

	if (r) {
		return r;
	}
	now->item_state = to;
	if (to != from) {
		now->removed_at_us =
			to == HL_ITEM_OFFLINE ? hl_time_now_us() : 0;
	}
	add_change(c, event, c->item_id, from, to);
	return 0;
}

int hl_casefile_close(
	struct hl_casefile *c, enum hl_close_reason reason, struct hl_err *err)
{
	int r = hl_casefile_act(c, HL_ACTION_CLOSE, HL_EVENT_CASE_CLOSED, err);

	if (!r) {
		c->now.closed_reason = (int)reason;
	}
	return r;
}

int hl_casefile_all_told(struct hl_casefile *c, struct hl_err *err)
{
	int r = hl_casefile_act(
		c, HL_ACTION_MONITOR, HL_EVENT_CASE_MONITORING, err);

	if (r || c->now.item_state != HL_ITEM_OFFLINE) {
		return r;
	}
	return hl_casefile_close(c, HL_CLOSE_REMOVED, err);
}

/* What the reporter is told also follows from an item's state that did not
 * change: then that it still is as it was read has to hold. */
static void put_item(struct hl_tx *tx, const struct hl_casefile *c)
{
	const struct hl_casefile_row *was = &c->was, *now = &c->now;
	int status = hl_public_status_of(&(struct hl_public_status_input){
		.state = (enum hl_case_state)now->state,
		.touched = c->public_status > HL_STATUS_RECEIVED,
		.outcome = (enum hl_outcome)now->outcome,
		.reason = (enum hl_close_reason)now->closed_reason,
		.item = (enum hl_item_state)now->item_state,
		.passed_to = now->passed_to});

	if (status == c->public_status && was->item_state == now->item_state &&
		was->passed_to == now->passed_to) {
		hl_tx_casefile_item_same(
			tx, &(struct hl_in_casefile_item_same){c->item_id,
				    was->item_state, was->passed_to});
		return;
	}
	hl_tx_casefile_put_item(
		tx, &(struct hl_in_casefile_put_item){.state = now->item_state,
			    .public_status = status,
			    .status_at_us = hl_time_now_us(),
			    .passed_to = now->passed_to,
			    .removed_at_us = now->removed_at_us,
			    .id = c->item_id,
			    .state_before = was->item_state,
			    .passed_to_before = was->passed_to});
}

static void put_case(struct hl_tx *tx, const struct hl_casefile *c)
{
	const struct hl_casefile_row *now = &c->now;

	hl_tx_casefile_put(tx, &(struct hl_in_casefile_put){.state = now->state,
				       .state_at_us = now->state_at_us,
				       .priority = now->priority,
				       .reasons = now->reasons,
				       .danger = now->danger,
				       .is_test = now->is_test,
				       .holder = now->holder,
				       .lease_until_us = now->lease_until_us,
				       .first_by = now->first_by,
				       .second_by = now->second_by,
				       .third_by = now->third_by,
				       .outcome = now->outcome,
				       .closed_reason = now->closed_reason,
				       .closed_at_us = now->closed_at_us,
				       .reopened = now->reopened,
				       .legal_hold = now->legal_hold,
				       .id = c->id,
				       .version = c->version});
}

static void put_step(struct hl_tx *tx, const struct hl_casefile *c)
{
	enum hl_step before = hl_state_step(HL_MACHINE_CASE, c->was.state);
	enum hl_step after = hl_state_step(HL_MACHINE_CASE, c->now.state);
	int64_t at = hl_time_now_us();

	if (before == after && c->was.holder == c->now.holder &&
		c->was.reopened == c->now.reopened) {
		return;
	}
	hl_tx_casefile_step_end(
		tx, &(struct hl_in_casefile_step_end){at, c->id});
	if (after != HL_STEP_NONE) {
		hl_tx_casefile_step_begin(tx,
			&(struct hl_in_casefile_step_begin){.id = hl_rand_id(),
				.case_id = c->id,
				.step = after,
				.holder = c->now.holder,
				.started_at_us = at});
	}
}

/* A clock that was forgotten ran at most as long as the lease. */
static void put_viewing(
	struct hl_tx *tx, const struct hl_casefile *c, int64_t actor)
{
	int64_t at = hl_time_now_us();

	if (!c->viewing_id || c->was.holder == c->now.holder) {
		return;
	}
	at = at < c->was.lease_until_us ? at : c->was.lease_until_us;
	hl_tx_casefile_viewing_end(
		tx, &(struct hl_in_casefile_viewing_end){at, c->viewing_id});
	hl_tx_happened(tx, actor, HL_EVENT_CASE_VIEW_STOPPED, c->id,
		at > c->viewing_from_us
			? (at - c->viewing_from_us) / HL_US_PER_S
			: 0,
		c->was.holder);
}

void hl_casefile_put(struct hl_tx *tx, struct hl_casefile *c, int64_t actor)
{
	put_case(tx, c);
	put_item(tx, c);
	put_step(tx, c);
	put_viewing(tx, c, actor);
	for (size_t i = 0; i < c->n_changes; i++) {
		/* a bug: spoils the batch rather than lose an event */
		const struct hl_casefile_change *change =
			i < HL_CASEFILE_CHANGES ? &c->changes[i] : NULL;

		if (change) {
			hl_tx_happened(tx, actor, change->event,
				change->object_id, change->from, change->to);
		} else {
			hl_tx_add(tx, -1, NULL, 0);
		}
	}
}

void hl_casefile_forget(struct hl_tx *tx, const struct hl_casefile *c)
{
	hl_tx_casefile_forget_item(
		tx, &(struct hl_in_casefile_forget_item){c->id});
	hl_tx_casefile_forget_traces(
		tx, &(struct hl_in_casefile_forget_traces){c->id});
	hl_tx_casefile_forget_mails(
		tx, &(struct hl_in_casefile_forget_mails){c->id});
}
