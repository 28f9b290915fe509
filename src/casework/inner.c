/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/inner.h"

#include "base/time.h"

int hl_casework_refuse(enum hl_casework_why *why, enum hl_casework_why is)
{
	if (why) {
		*why = is;
	}
	return HL_DENIED;
}

int hl_casework_check(const struct hl_who *who, enum hl_authz_action action,
	const struct hl_authz_object *object, enum hl_casework_why *why)
{
	enum hl_authz_why w;
	int r = hl_authz_check(&who->actor, action, object, &w);

	if (why) {
		*why = (enum hl_casework_why)w;
	}
	return r;
}

int hl_casework_ask(const struct hl_who *who,
	const struct hl_casework_question *question, struct hl_casefile *c,
	enum hl_casework_why *why, struct hl_err *err)
{
	*c = (struct hl_casefile){0};
	int r = hl_casefile_load(
		who->store, who->arena, question->case_id, c, err);
	if (r < 0) {
		return r;
	}
	struct hl_authz_object o =
		hl_casefile_object(r ? NULL : c, hl_time_now_us());
	return hl_casework_check(who, question->action, &o, why);
}

bool hl_casework_has_key(const struct hl_who *who)
{
	return who->ring->queue.n > 0;
}

static int do_once(struct hl_casework_job *job, int64_t case_id,
	const struct hl_casework_deed *deed, struct hl_err *err)
{
	const struct hl_who *who = job->who;
	int r = hl_casefile_load(who->store, who->arena, case_id, &job->c, err);

	if (r < 0) {
		return r;
	}
	job->now_us = hl_time_now_us();
	struct hl_authz_object object =
		hl_casefile_object(r ? NULL : &job->c, job->now_us);
	r = hl_casework_check(who, deed->action, &object, job->why);
	if (r) {
		return r;
	}
	job->tx = hl_tx_begin(who->store, who->arena);
	r = deed->change(job, err);
	if (r) {
		hl_tx_drop(job->tx);
		return r;
	}
	hl_casefile_put(job->tx, &job->c, who->actor.user_id);
	return hl_tx_run(job->tx, err);
}

int hl_casework_do(const struct hl_who *who, int64_t case_id,
	const struct hl_casework_deed *deed, enum hl_casework_why *why,
	struct hl_err *err)
{
	struct hl_casework_job job = {
		.who = who, .why = why, .with = deed->with, .out = deed->out};

	for (int i = 0; i < HL_CASEWORK_TRIES; i++) {
		int r = do_once(&job, case_id, deed, err);

		if (r != HL_CONFLICT) {
			return r;
		}
	}
	return hl_casework_refuse(why, HL_CASEWORK_BUSY);
}

int hl_casework_report(const struct hl_who *who, int64_t id,
	struct hl_row_report_get **out, struct hl_err *err)
{
	struct hl_in_report_get in = {id};
	size_t n;
	int r = hl_get_report_get(who->store, who->arena, &in, out, &n, err);

	return r ? r : n ? 0 : HL_NOTFOUND;
}

struct hl_authz_object hl_casework_report_object(
	const struct hl_row_report_get *report, const struct hl_casefile *c,
	int64_t now_us)
{
	struct hl_authz_object o = hl_casefile_object(c, now_us);

	o.exists = report != NULL;
	o.state = report ? (int)report->state : 0;
	o.contact_requested_by = report ? report->contact_asked_by : 0;
	o.contact_granted_to = report ? report->contact_granted_to : 0;
	return o;
}

static struct hl_casefile of_case(const struct hl_row_report_cases *row)
{
	return (struct hl_casefile){.id = row->id,
		.now = {.state = (int)row->state,
			.holder = row->holder,
			.lease_until_us = row->lease_until_us,
			.first_by = row->first_by,
			.second_by = row->second_by,
			.third_by = row->third_by,
			.outcome = (int)row->outcome}};
}

int hl_casework_report_check(const struct hl_who *who,
	const struct hl_row_report_get *report, enum hl_authz_action action,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_in_report_cases in = {report ? report->id : 0};
	struct hl_row_report_cases *rows;
	int64_t now = hl_time_now_us();
	size_t n;
	int r = hl_get_report_cases(
		who->store, who->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	struct hl_authz_object object =
		hl_casework_report_object(report, NULL, now);
	r = hl_casework_check(who, action, &object, why);
	for (size_t i = 0; i < n && r; i++) {
		struct hl_casefile c = of_case(&rows[i]);

		object = hl_casework_report_object(report, &c, now);
		r = hl_casework_check(who, action, &object, why);
	}
	return r;
}

static enum hl_ynu yes_if(bool known)
{
	return known ? HL_YNU_YES : HL_YNU_UNANSWERED;
}

static bool has(const struct hl_casefile *c, enum hl_priority_reason reason)
{
	return (c->now.reasons & hl_vocab_bit((int)reason)) != 0;
}

static enum hl_age youngest(const struct hl_casefile *c, int more)
{
	if (more == HL_AGE_INFANT || has(c, HL_PRIORITY_INFANT)) {
		return HL_AGE_INFANT;
	}
	return more == HL_AGE_PREPUBESCENT || has(c, HL_PRIORITY_PREPUBESCENT)
		       ? HL_AGE_PREPUBESCENT
		       : HL_AGE_UNANSWERED;
}

/* A reason that once held stays, but for the host's country and "not
 * assessed before"; so what a report said need not be opened again. */
void hl_casework_reweigh(struct hl_casefile *c,
	const struct hl_settings *settings,
	const struct hl_casework_urgency *more)
{
	struct hl_str home = hl_str_c(hl_settings_home_country(settings));
	bool at_home = c->country.n && hl_str_eq(c->country, home);

	if (more->danger == HL_YNU_YES) {
		c->now.danger = HL_YNU_YES;
	}
	struct hl_priority p = hl_priority_of(
		&(struct hl_priority_input){
			.danger = (enum hl_ynu)c->now.danger,
			.known = more->known ||
				 !has(c, HL_PRIORITY_UNKNOWN_CONTENT),
			.n_independent = (int)c->n_independent,
			.hosted_home = yes_if(at_home),
			.pay = yes_if(more->pay == HL_YNU_YES ||
				      has(c, HL_PRIORITY_PAY_SITE)),
			.youngest = youngest(c, more->youngest),
			.live = more->live || has(c, HL_PRIORITY_LIVE)},
		&settings->priority);
	if (p.score != c->now.priority) {
		hl_casefile_note(
			c, HL_EVENT_CASE_PRIORITY, c->now.priority, p.score);
	}
	c->now.priority = p.score;
	c->now.reasons = p.reasons;
}

int hl_casework_answers(const struct hl_who *who,
	const struct hl_casework_part *part, struct hl_arena *arena,
	struct hl_report *out, struct hl_err *err)
{
	const struct hl_seal_secret *secret =
		hl_seal_ring_find(&who->ring->queue, part->epoch);
	struct hl_seal_label label = HL_LABEL_REPORT_BODY(part->report_id);
	HL_BUF_AUTO plain = HL_BUF_SECRET((size_t)2 * HL_REPORT_JSON_MAX);

	if (!part->key_sealed.n) {
		return HL_NOTFOUND;
	}
	if (!secret) {
		return HL_DENIED;
	}
	int r = hl_seal_report_open(secret, &label, part->key_sealed,
		part->body_sealed, &plain, err);
	if (r) {
		return r;
	}
	*out = (struct hl_report){0};
	return hl_report_parse_json(arena, hl_buf_str(&plain), out, err);
}
