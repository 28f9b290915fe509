/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/lease.h"

#include "base/time.h"
#include "casework/inner.h"
#include "casework/viewing.h"

#define CANDIDATES 20

static int64_t lease_end(const struct hl_settings *settings, int64_t now_us)
{
	return now_us + settings->case_lease_minutes * HL_US_PER_MIN;
}

/* HL_NOTFOUND: it is theirs already, by another window. */
static int change_take(struct hl_casework_job *job, struct hl_err *err)
{
	const struct hl_settings *settings = job->with;
	struct hl_casefile *c = &job->c;

	if (c->now.holder == job->who->actor.user_id &&
		c->now.lease_until_us > job->now_us) {
		return HL_NOTFOUND;
	}
	int r = hl_casefile_act(c, HL_ACTION_LEASE, HL_EVENT_CASE_LEASED, err);
	if (r) {
		return hl_casework_refuse(job->why, HL_CASEWORK_WRONG_STATE);
	}
	c->now.holder = job->who->actor.user_id;
	c->now.lease_until_us = lease_end(settings, job->now_us);
	return 0;
}

/* Whether this person gets new cases today. */
static int may_get_more(const struct hl_who *who,
	const struct hl_settings *settings, enum hl_casework_why *why,
	struct hl_err *err)
{
	struct hl_casework_exposure e;

	if (!hl_authz_may_ever(&who->actor, HL_AUTHZ_CASE_LEASE)) {
		return hl_casework_refuse(why, HL_CASEWORK_NOT_PERMITTED);
	}
	if (!hl_casework_has_key(who)) {
		return hl_casework_refuse(why, HL_CASEWORK_NO_KEY);
	}
	int r = hl_casework_exposure(who, settings, &e, err);
	if (r) {
		return r;
	}
	return e.budget_us && e.today_us >= e.budget_us
		       ? hl_casework_refuse(why, HL_CASEWORK_EXPOSURE)
		       : 0;
}

static int take(const struct hl_who *who, const struct hl_settings *settings,
	int64_t case_id, enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_casework_deed deed = {
		HL_AUTHZ_CASE_LEASE, change_take, settings, NULL};

	return hl_casework_do(who, case_id, &deed, why, err);
}

int hl_casework_take(const struct hl_who *who,
	const struct hl_settings *settings, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_casefile c;
	int64_t me = who->actor.user_id;
	struct hl_casework_question question = {case_id, HL_AUTHZ_CASE_LEASE};
	int r = hl_casework_ask(who, &question, &c, why, err);

	if (r >= 0 && c.now.holder == me &&
		c.now.lease_until_us > hl_time_now_us()) {
		return hl_casework_renew(who, settings, case_id, why, err);
	}
	/* a limit is told only to who could take the case */
	if (!r) {
		r = may_get_more(who, settings, why, err);
	}
	if (!r) {
		r = take(who, settings, case_id, why, err);
	}
	return r == HL_NOTFOUND ? 0 : r;
}

int hl_casework_take_next(const struct hl_who *who,
	const struct hl_settings *settings, enum hl_casework_work work,
	int64_t *case_id, enum hl_casework_why *why, struct hl_err *err)
{
	bool any = work == HL_CASEWORK_WORK_ANY;
	unsigned roles = who->actor.roles;
	struct hl_in_case_next in = {
		.assess = (any || work == HL_CASEWORK_WORK_ASSESS) &&
			  (roles & HL_ROLE_ANALYST),
		.now_us = hl_time_now_us(),
		.verify = (any || work == HL_CASEWORK_WORK_VERIFY) &&
			  (roles & HL_ROLE_VERIFIER),
		.me = who->actor.user_id,
		.adjudicate = (any || work == HL_CASEWORK_WORK_ADJUDICATE) &&
			      (roles & HL_ROLE_SUPERVISOR),
		.n_most = CANDIDATES};
	struct hl_row_case_next *rows;
	size_t n;
	int r = may_get_more(who, settings, why, err);

	*case_id = 0;
	if (!r) {
		r = hl_get_case_next(
			who->store, who->arena, &in, &rows, &n, err);
	}
	if (r) {
		return r;
	}
	for (size_t i = 0; i < n; i++) {
		r = take(who, settings, rows[i].id, why, err);
		if (r == 0) {
			*case_id = rows[i].id;
		}
		if (r <= 0) {
			return r;
		}
	}
	return HL_NOTFOUND;
}

int hl_casework_renew(const struct hl_who *who,
	const struct hl_settings *settings, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	int64_t now = hl_time_now_us();
	struct hl_in_case_renew in = {
		.lease_until_us = lease_end(settings, now),
		.id = case_id,
		.holder = who->actor.user_id,
		.now_us = now};
	struct hl_casefile c;
	int r = hl_casefile_load(who->store, who->arena, case_id, &c, err);

	if (r < 0) {
		return r;
	}
	struct hl_authz_object o = hl_casefile_object(r ? NULL : &c, now);
	r = hl_casework_check(who, HL_AUTHZ_CASE_RELEASE, &o, why);
	if (!r) {
		struct hl_tx *tx = hl_tx_begin(who->store, who->arena);

		hl_tx_case_renew(tx, &in);
		hl_tx_happened(tx, in.holder, HL_EVENT_CASE_LEASED, case_id,
			c.now.state, c.now.state);
		r = hl_tx_run(tx, err);
	}
	return r == HL_CONFLICT ? hl_casework_refuse(why, HL_CASEWORK_NOT_HELD)
				: r;
}

static int change_release(struct hl_casework_job *job, struct hl_err *err)
{
	int r = hl_casefile_act(
		&job->c, HL_ACTION_RELEASE, HL_EVENT_CASE_RELEASED, err);

	if (r) {
		return hl_casework_refuse(job->why, HL_CASEWORK_WRONG_STATE);
	}
	job->c.now.holder = 0;
	job->c.now.lease_until_us = 0;
	return 0;
}

int hl_casework_release(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_casework_deed deed = {
		HL_AUTHZ_CASE_RELEASE, change_release, NULL, NULL};

	return hl_casework_do(who, case_id, &deed, why, err);
}

struct handing {
	int64_t to;
	int64_t lease_us;
	const struct hl_row_staff_able *people;
	size_t n_people;
};

/* As if that person came to take it while nobody holds it. */
static bool is_fit(const struct hl_casefile *c, int64_t now_us,
	const struct hl_row_staff_able *person)
{
	struct hl_authz_object o = hl_casefile_object(c, now_us);
	struct hl_authz_actor actor = {.user_id = person->id,
		.roles = (unsigned)person->roles,
		.enabled = true,
		.full_login = true};

	o.assigned_to = 0;
	return hl_authz_check(&actor, HL_AUTHZ_CASE_LEASE, &o, NULL) == 0;
}

static int change_hand(struct hl_casework_job *job, struct hl_err *err)
{
	const struct handing *h = job->with;
	struct hl_casefile *c = &job->c;
	bool fit = h->to == 0;
	/* a new case that goes nowhere stays as it is */
	enum hl_action action = h->to ? HL_ACTION_REASSIGN : HL_ACTION_RELEASE;

	for (size_t i = 0; i < h->n_people && !fit; i++) {
		fit = h->people[i].id == h->to &&
		      is_fit(c, job->now_us, &h->people[i]);
	}
	if (!fit) {
		return hl_casework_refuse(job->why, HL_CASEWORK_UNFIT);
	}
	if (hl_casefile_act(c, action, HL_EVENT_CASE_REASSIGNED, err)) {
		return hl_casework_refuse(job->why, HL_CASEWORK_WRONG_STATE);
	}
	c->now.holder = h->to;
	c->now.lease_until_us = h->to ? job->now_us + h->lease_us : 0;
	return 0;
}

static int able(const struct hl_who *who, struct hl_row_staff_able **rows,
	size_t *n, struct hl_err *err)
{
	struct hl_in_staff_able in = {
		HL_ROLE_ANALYST | HL_ROLE_VERIFIER | HL_ROLE_SUPERVISOR};

	return hl_get_staff_able(who->store, who->arena, &in, rows, n, err);
}

int hl_casework_reassign(const struct hl_who *who,
	const struct hl_settings *settings, int64_t case_id, int64_t staff_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_row_staff_able *people;
	struct handing h = {.to = staff_id,
		.lease_us = settings->case_lease_minutes * HL_US_PER_MIN};
	struct hl_casework_deed deed = {
		HL_AUTHZ_CASE_REASSIGN, change_hand, &h, NULL};
	int r = able(who, &people, &h.n_people, err);

	h.people = people;
	return r ? r : hl_casework_do(who, case_id, &deed, why, err);
}

int hl_casework_candidates(const struct hl_who *who, int64_t case_id,
	const struct hl_casework_person **out, size_t *n, struct hl_err *err)
{
	struct hl_row_staff_able *people;
	struct hl_casework_person *made;
	struct hl_casefile c;
	int64_t now = hl_time_now_us();
	size_t n_people;
	int r = hl_casefile_load(who->store, who->arena, case_id, &c, err);

	*n = 0;
	if (r < 0) {
		return r;
	}
	struct hl_authz_object o = hl_casefile_object(r ? NULL : &c, now);
	r = hl_casework_check(who, HL_AUTHZ_CASE_REASSIGN, &o, NULL);
	if (!r) {
		r = able(who, &people, &n_people, err);
	}
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, n_people, sizeof(*made));
	for (size_t i = 0; made && i < n_people; i++) {
		if (is_fit(&c, now, &people[i])) {
			made[(*n)++] = (struct hl_casework_person){
				people[i].id, people[i].display_name};
		}
	}
	*out = made;
	return made ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for names");
}
