/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/record.h"

#include "base/rand.h"
#include "base/time.h"

/*
 * Every change of a referral goes through here, so that none goes without
 * its transition in the table of states and its event. The case is put back
 * with it only when something about the case changed.
 */

int hl_referral_record_load(struct hl_store *store, struct hl_arena *arena,
	int64_t id, struct hl_referral_record *out, struct hl_err *err)
{
	struct hl_in_referral_get in = {id};
	struct hl_row_referral_get *row;
	size_t n;
	int r = hl_get_referral_get(store, arena, &in, &row, &n, err);

	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	*out = (struct hl_referral_record){
		.now = *row, .version = row->version};
	return hl_casefile_load(store, arena, row->case_id, &out->c, err);
}

void hl_referral_record_note(
	struct hl_referral_record *f, enum hl_event event, int64_t a, int64_t b)
{
	if (f->n_events < HL_REFERRAL_EVENTS) {
		f->events[f->n_events].event = event;
		f->events[f->n_events].from = a;
		f->events[f->n_events].to = b;
	}
	f->n_events++; /* over the end: the put finds out */
}

int hl_referral_record_act(struct hl_referral_record *f, enum hl_action action,
	enum hl_event event)
{
	int from = (int)f->now.state, to;
	int r = hl_state_next(HL_MACHINE_REFERRAL, from, action, &to);

	if (r) {
		return r;
	}
	f->now.state = to;
	if (to == HL_REFERRAL_CLOSED && from != to) {
		f->now.closed_at_us = hl_time_now_us();
	}
	hl_referral_record_note(f, event, from, to);
	return 0;
}

void hl_referral_record_put(
	struct hl_tx *tx, struct hl_referral_record *f, int64_t actor)
{
	const struct hl_row_referral_get *now = &f->now;

	hl_tx_referral_put(tx, &(struct hl_in_referral_put){.state = now->state,
				       .hold_until_us = now->hold_until_us,
				       .approved_by = now->approved_by,
				       .approved_at_us = now->approved_at_us,
				       .sent_at_us = now->sent_at_us,
				       .closed_at_us = now->closed_at_us,
				       .answer = now->answer,
				       .answered_at_us = now->answered_at_us,
				       .answer_until_us = now->answer_until_us,
				       .attempts = now->attempts,
				       .last_code = now->last_code,
				       .last_error = now->last_error,
				       .id = now->id,
				       .version = f->version});
	for (int i = 0; i < f->n_events; i++) {
		if (i < HL_REFERRAL_EVENTS) {
			hl_tx_happened(tx, actor, f->events[i].event, now->id,
				f->events[i].from, f->events[i].to);
		} else {
			hl_tx_add(tx, -1, NULL, 0); /* a bug: spoil it */
		}
	}
	if (f->case_changed) {
		hl_casefile_put(tx, &f->c, actor);
	}
}

struct hl_authz_object hl_referral_record_object(
	const struct hl_referral_record *f, int64_t now_us)
{
	struct hl_authz_object o = hl_casefile_object(f ? &f->c : NULL, now_us);

	if (f) {
		o.state = (int)f->now.state;
		o.drafted_by = f->now.created_by;
	}
	return o;
}

void hl_referral_step(
	struct hl_tx *tx, int64_t case_id, enum hl_step step, int64_t now_us)
{
	hl_tx_referral_step_end(
		tx, &(struct hl_in_referral_step_end){now_us, case_id});
	hl_tx_referral_step_begin(
		tx, &(struct hl_in_referral_step_begin){.id = hl_rand_id(),
			    .case_id = case_id,
			    .step = step,
			    .started_at_us = now_us});
}

void hl_referral_enqueue(
	struct hl_tx *tx, const struct hl_referral_record *f, int64_t now_us)
{
	hl_tx_outbox_add(tx, &(struct hl_in_outbox_add){.id = hl_rand_id(),
				     .referral_id = f->now.id,
				     .next_at_us = now_us,
				     .created_at_us = now_us});
}

/* The deadline of notices that wait counts from when the police know; a
 * reminder moves nothing. */
static void extend_holds(const struct hl_referral_reached *how,
	const struct hl_referral_record *f)
{
	int hours = hl_settings_police_hold(how->settings, f->c.country);

	if (f->now.kind == HL_RECIPIENT_POLICE && hours && !f->now.sent_at_us) {
		hl_tx_referral_extend_holds(
			how->tx, &(struct hl_in_referral_extend_holds){
					 how->now_us + hours * HL_US_PER_HOUR,
					 f->now.case_id, f->now.is_test});
	}
}

int hl_referral_reach(const struct hl_referral_reached *how,
	struct hl_referral_record *f, struct hl_err *err)
{
	struct hl_in_referral_pending_besides in = {f->now.case_id, f->now.id};
	struct hl_row_referral_pending_besides *row;
	int64_t first = how->settings->n_watch_schedule
				? how->settings->watch_schedule_us[0]
				: 10 * HL_US_PER_MIN;
	size_t n;
	int r = hl_get_referral_pending_besides(
		how->store, how->arena, &in, &row, &n, err);

	if (r) {
		return r;
	}
	f->case_changed = true;
	f->now.answer_until_us =
		how->now_us + how->settings->answer_ttl_days * HL_US_PER_DAY;
	f->c.now.passed_to |= hl_vocab_bit((int)f->now.kind);
	if (f->now.kind != HL_RECIPIENT_POLICE &&
		f->c.now.item_state == HL_ITEM_HOST_CHANGED) {
		r = hl_casefile_item_act(
			&f->c, HL_ACTION_REROUTE, HL_EVENT_ITEM_ONLINE, err);
	}
	if (r) {
		return r;
	}
	extend_holds(how, f);
	if (!f->now.sent_at_us) {
		f->now.sent_at_us = how->now_us;
	}
	hl_tx_referral_unseal(
		how->tx, &(struct hl_in_referral_unseal){f->now.id});
	hl_tx_referral_link_arrived(
		how->tx, &(struct hl_in_referral_link_arrived){f->now.id});
	if (f->c.now.state < HL_CASE_CLOSED) {
		hl_tx_referral_watch(
			how->tx, &(struct hl_in_referral_watch){
					 .item_id = f->now.item_id,
					 .next_at_us = how->now_us + first,
					 .started_at_us = how->now_us});
	}
	if (f->c.now.state == HL_CASE_ACTIONING && row->n == 0) {
		return hl_casefile_all_told(&f->c, err);
	}
	return 0;
}

int hl_referral_unhold(const struct hl_referral_reached *how,
	struct hl_referral_record *f, enum hl_action action,
	enum hl_event event, struct hl_err *err)
{
	struct hl_in_referral_held_besides in = {f->now.case_id, f->now.id};
	struct hl_row_referral_held_besides *row;
	size_t n;
	int r = hl_get_referral_held_besides(
		how->store, how->arena, &in, &row, &n, err);

	if (!r) {
		r = hl_referral_record_act(f, action, event);
	}
	if (r) {
		return r;
	}
	hl_referral_enqueue(how->tx, f, how->now_us);
	if (row->n == 0 && f->c.now.state == HL_CASE_ACTIONING) {
		hl_referral_step(
			how->tx, f->now.case_id, HL_STEP_NOTICE, how->now_us);
	}
	return 0;
}

int hl_referral_refuse(enum hl_referral_why *why, enum hl_referral_why is)
{
	if (why) {
		*why = is;
	}
	return HL_DENIED;
}

int hl_referral_check(const struct hl_who *who, enum hl_authz_action action,
	const struct hl_authz_object *object, enum hl_referral_why *why)
{
	enum hl_authz_why w;
	int r = hl_authz_check(&who->actor, action, object, &w);

	if (why) {
		*why = (enum hl_referral_why)w;
	}
	return r;
}

struct hl_referral_reached hl_referral_job_how(
	const struct hl_referral_job *job)
{
	return (struct hl_referral_reached){.store = job->who->store,
		.arena = job->who->arena,
		.tx = job->tx,
		.settings = job->desk->settings,
		.now_us = job->now_us};
}

static int do_once(struct hl_referral_job *job, int64_t id,
	const struct hl_referral_deed *deed, struct hl_err *err)
{
	const struct hl_who *who = job->who;
	int r = hl_referral_record_load(
		who->store, who->arena, id, &job->f, err);

	if (r < 0) {
		return r;
	}
	job->now_us = hl_time_now_us();
	struct hl_authz_object object =
		hl_referral_record_object(r ? NULL : &job->f, job->now_us);
	r = hl_referral_check(who, deed->action, &object, job->why);
	if (r) {
		return r;
	}
	job->tx = hl_tx_begin(who->store, who->arena);
	r = deed->change(job, err);
	if (r) {
		hl_tx_drop(job->tx);
		return r;
	}
	hl_referral_record_put(job->tx, &job->f, who->actor.user_id);
	return hl_tx_run(job->tx, err);
}

int hl_referral_do(const struct hl_who *who, int64_t id,
	const struct hl_referral_deed *deed, enum hl_referral_why *why,
	struct hl_err *err)
{
	struct hl_referral_job job = {
		.who = who, .desk = deed->desk, .why = why, .with = deed->with};

	for (int i = 0; i < HL_REFERRAL_TRIES; i++) {
		int r = do_once(&job, id, deed, err);

		if (r != HL_CONFLICT) {
			return r;
		}
	}
	return hl_referral_refuse(why, HL_REFERRAL_BUSY);
}
