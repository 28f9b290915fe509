/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/assess.h"

#include "base/rand.h"
#include "base/time.h"
#include "casework/inner.h"

/*
 * Three rounds with one shape: evaluate, write the assessment's row, move
 * the case. They differ in the state they begin in and in what follows from
 * the outcome (docs/casework.md, "Assessment").
 */

struct assessing {
	const struct hl_casework_laws *laws;
	const struct hl_facts *facts;
	const struct hl_settings *settings;
	struct hl_casefile_keys keys;
	struct hl_law_result law;
	int round;
};

bool hl_casework_agree(enum hl_outcome first, enum hl_outcome second)
{
	return first && first == second;
}

bool hl_casework_needs_second(
	enum hl_outcome outcome, const struct hl_facts *facts)
{
	return hl_outcome_illegal(outcome) ||
	       (outcome == HL_OUTCOME_CANNOT_TELL &&
		       facts->value[HL_FACT_ACCESS] == HL_ACCESS_SEEN);
}

enum hl_close_reason hl_casework_reason_of(
	enum hl_outcome outcome, const struct hl_facts *facts)
{
	switch (outcome) {
	case HL_OUTCOME_UNANSWERED:
	case HL_OUTCOME_BASELINE:
	case HL_OUTCOME_NATIONAL:
		return HL_CLOSE_UNANSWERED;
	case HL_OUTCOME_SEXUALISED:
	case HL_OUTCOME_OFFENSIVE:
	case HL_OUTCOME_LEGAL:
		return HL_CLOSE_NOT_ILLEGAL;
	case HL_OUTCOME_PAYWALL:
		return HL_CLOSE_PAYWALL;
	case HL_OUTCOME_GONE:
		return HL_CLOSE_GONE;
	case HL_OUTCOME_CANNOT_TELL:
		break;
	}
	return facts->value[HL_FACT_ACCESS] == HL_ACCESS_UNREACHABLE
		       ? HL_CLOSE_UNREACHABLE
		       : HL_CLOSE_CANNOT_TELL;
}

static void put_profile(struct hl_buf *b, const struct hl_casework_laws *laws)
{
	for (size_t i = 0; i < laws->n; i++) {
		hl_buf_printf(b, "%s%s@%s", i ? "," : "",
			hl_law_id(laws->at[i]), hl_law_checked_on(laws->at[i]));
	}
}

static void put_rules(struct hl_buf *b, const struct hl_law_result *law)
{
	for (size_t i = 0; i < law->n_rules; i++) {
		hl_buf_printf(b, "%s%s", i ? "," : "", law->rules[i]->id);
	}
}

static int seal_note(const struct hl_who *who, const struct assessing *a,
	struct hl_in_assessment_add *in, struct hl_err *err)
{
	struct hl_seal_label label = HL_LABEL_ASSESSMENT(in->id);

	in->note_sealed = HL_STR("");
	return a->facts->note.n
		       ? hl_casefile_seal(who->arena, &a->keys.queue, &label,
				 a->facts->note, &in->note_sealed, err)
		       : 0;
}

/* The words apart, sealed; the answers by vocabulary. */
static int add_row(struct hl_casework_job *job, const struct assessing *a,
	struct hl_err *err)
{
	HL_BUF_AUTO profile = HL_BUF_INIT(1024);
	HL_BUF_AUTO facts = HL_BUF_SECRET(8192);
	HL_BUF_AUTO rules = HL_BUF_INIT(4096);
	struct hl_facts wordless = *a->facts;
	struct hl_in_assessment_add in = {.id = hl_rand_id(),
		.case_id = job->c.id,
		.item_id = job->c.item_id,
		.staff_id = job->who->actor.user_id,
		.round = a->round,
		.cycle = job->c.now.reopened,
		.epoch = a->keys.queue_epoch,
		.outcome = a->law.outcome,
		.made_at_us = job->now_us};

	wordless.note = HL_STR_NONE;
	hl_facts_put_json(&facts, &wordless);
	put_profile(&profile, a->laws);
	put_rules(&rules, &a->law);
	if (facts.fault || profile.fault || rules.fault) {
		return HL_FAIL(err, HL_E_LIMIT, "an assessment is too long");
	}
	in.profile = hl_buf_str(&profile);
	in.facts = hl_buf_str(&facts);
	in.rules = hl_buf_str(&rules);
	int r = seal_note(job->who, a, &in, err);
	if (!r) {
		hl_tx_assessment_add(job->tx, &in); /* copies into the batch */
	}
	return r;
}

/* The answers that bear on priority, once the case has been decided. */
static void reweigh(struct hl_casework_job *job, const struct assessing *a)
{
	const int *value = a->facts->value;
	struct hl_casework_urgency more = {.pay = value[HL_FACT_COMMERCIAL],
		.live = value[HL_FACT_MATERIAL] == HL_MATERIAL_LIVE,
		.youngest = value[HL_FACT_AGE]};

	if (a->settings) {
		hl_casework_reweigh(&job->c, a->settings, &more);
	}
}

/* The case has its outcome: on to referrals, or closed. */
static int decide(struct hl_casework_job *job, const struct assessing *a,
	struct hl_err *err)
{
	struct hl_casefile *c = &job->c;
	enum hl_outcome outcome = a->law.outcome;
	int r;

	c->now.outcome = (int)outcome;
	if (hl_outcome_illegal(outcome)) {
		r = hl_casefile_act(
			c, HL_ACTION_ACT, HL_EVENT_CASE_ACTIONING, err);
		reweigh(job, a);
		return r;
	}
	r = hl_casefile_close(c, hl_casework_reason_of(outcome, a->facts), err);
	if (!r && outcome == HL_OUTCOME_GONE &&
		c->now.item_state != HL_ITEM_OFFLINE) {
		r = hl_casefile_item_act(
			c, HL_ACTION_DECLARE_GONE, HL_EVENT_ITEM_OFFLINE, err);
	}
	hl_tx_watch_end(job->tx, &(struct hl_in_watch_end){c->id});
	hl_casefile_forget(job->tx, c);
	return r;
}

static int first(struct hl_casework_job *job, const struct assessing *a,
	struct hl_err *err)
{
	struct hl_casefile *c = &job->c;
	int r = hl_casefile_act(
		c, HL_ACTION_ASSESS, HL_EVENT_CASE_ASSESSED, err);

	c->now.first_by = job->who->actor.user_id;
	if (r || !hl_casework_needs_second(a->law.outcome, a->facts)) {
		return r ? r : decide(job, a, err);
	}
	return hl_casefile_act(
		c, HL_ACTION_VERIFY, HL_EVENT_CASE_VERIFYING, err);
}

static int outcome_before(struct hl_casework_job *job, enum hl_outcome *outcome,
	struct hl_err *err)
{
	struct hl_in_assessment_list in = {job->c.id};
	struct hl_row_assessment_list *rows;
	size_t n;
	int r = hl_get_assessment_list(
		job->who->store, job->who->arena, &in, &rows, &n, err);

	*outcome = HL_OUTCOME_UNANSWERED;
	for (size_t i = 0; i < n && !r; i++) {
		if (rows[i].cycle == job->c.now.reopened &&
			rows[i].round == 1) {
			*outcome = (enum hl_outcome)rows[i].outcome;
		}
	}
	if (!r && !*outcome) {
		r = HL_FAIL(err, HL_E_CORRUPT, "case %lld: no first assessment",
			(long long)job->c.id);
	}
	return r;
}

static int second(struct hl_casework_job *job, const struct assessing *a,
	struct hl_err *err)
{
	struct hl_casework_assessed *out = job->out;
	struct hl_casefile *c = &job->c;
	enum hl_outcome before;
	int r = outcome_before(job, &before, err);

	if (r) {
		return r;
	}
	c->now.second_by = job->who->actor.user_id;
	out->agreed = hl_casework_agree(before, a->law.outcome);
	if (!out->agreed) {
		return hl_casefile_act(
			c, HL_ACTION_DISAGREE, HL_EVENT_CASE_DISAGREED, err);
	}
	r = hl_casefile_act(c, HL_ACTION_AGREE, HL_EVENT_CASE_AGREED, err);
	return r ? r : decide(job, a, err);
}

static int third(struct hl_casework_job *job, const struct assessing *a,
	struct hl_err *err)
{
	int r = hl_casefile_act(
		&job->c, HL_ACTION_ADJUDICATE, HL_EVENT_CASE_ADJUDICATED, err);

	job->c.now.third_by = job->who->actor.user_id;
	return r ? r : decide(job, a, err);
}

static int change_assess(struct hl_casework_job *job, struct hl_err *err)
{
	const struct assessing *a = job->with;
	struct hl_casework_assessed *out = job->out;
	int r = add_row(job, a, err);

	if (!r) {
		r = a->round == 1   ? first(job, a, err)
		    : a->round == 2 ? second(job, a, err)
				    : third(job, a, err);
	}
	if (r) {
		return r == HL_DENIED ? hl_casework_refuse(job->why,
						HL_CASEWORK_WRONG_STATE)
				      : r;
	}
	job->c.now.holder = 0;
	job->c.now.lease_until_us = 0;
	out->state = (enum hl_case_state)job->c.now.state;
	out->outcome = (enum hl_outcome)job->c.now.outcome;
	return 0;
}

static int run(const struct hl_who *who, int64_t case_id, struct assessing *a,
	struct hl_casework_deed *deed, enum hl_casework_why *why,
	struct hl_err *err)
{
	struct hl_casework_assessed *out = deed->out;
	struct hl_facts_conflict conflicts[HL_FACTS_CONFLICTS];
	struct hl_casework_question question = {case_id, deed->action};
	struct hl_casefile c;
	/* refuses before it says anything about facts */
	int r = hl_casework_ask(who, &question, &c, why, err);

	*out = (struct hl_casework_assessed){0};
	if (r) {
		return r;
	}
	hl_law_evaluate(a->laws->at, a->laws->n, a->facts, &a->law);
	out->law = a->law;
	if (!a->law.outcome) {
		return HL_FAIL(err, HL_E_INVALID, "facts are missing");
	}
	if (hl_facts_conflicts(a->facts, conflicts)) {
		return HL_FAIL(err, HL_E_INVALID, "facts contradict");
	}
	r = hl_casefile_keys(who->store, who->arena, &a->keys, err);
	deed->change = change_assess;
	deed->with = a;
	return r ? r : hl_casework_do(who, case_id, deed, why, err);
}

int hl_casework_assess(const struct hl_who *who,
	const struct hl_casework_laws *laws, int64_t case_id,
	const struct hl_facts *facts, struct hl_casework_assessed *out,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct assessing a = {.laws = laws,
		.facts = facts,
		.settings = laws->settings,
		.round = 1};
	struct hl_casework_deed deed = {
		.action = HL_AUTHZ_CASE_ASSESS, .out = out};

	return run(who, case_id, &a, &deed, why, err);
}

int hl_casework_verify(const struct hl_who *who,
	const struct hl_casework_laws *laws, int64_t case_id,
	const struct hl_facts *facts, struct hl_casework_assessed *out,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct assessing a = {.laws = laws,
		.facts = facts,
		.settings = laws->settings,
		.round = 2};
	struct hl_casework_deed deed = {
		.action = HL_AUTHZ_CASE_VERIFY, .out = out};

	return run(who, case_id, &a, &deed, why, err);
}

int hl_casework_adjudicate(const struct hl_who *who,
	const struct hl_casework_laws *laws, int64_t case_id,
	const struct hl_facts *facts, struct hl_casework_assessed *out,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct assessing a = {.laws = laws,
		.facts = facts,
		.settings = laws->settings,
		.round = 3};
	struct hl_casework_deed deed = {
		.action = HL_AUTHZ_CASE_ADJUDICATE, .out = out};

	return run(who, case_id, &a, &deed, why, err);
}
