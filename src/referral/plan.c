/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/plan.h"

#include "base/time.h"
#include "referral/pack.h"

/*
 * Who should be told: the police of this country and of the host's, the
 * provider that the trace or a person names, the partner hotline of the
 * host's country. What is there is listed; what is missing is said.
 */
struct planner {
	const struct hl_who *who;
	const struct hl_referral_desk *desk;
	struct hl_referral_plan *plan;
	int64_t provider_id;
	bool typed;           /* a person typed in where it is hosted */
	int64_t opened_at_us; /* the case, for the last time */
	const struct hl_row_recipient_list *recipients;
	size_t n_recipients;
	const struct hl_row_referral_view *referrals; /* newest first */
	size_t n_referrals;
	int64_t now_us;
};

static const struct hl_row_referral_view *made_for(
	const struct planner *p, int64_t recipient_id)
{
	for (size_t i = 0; i < p->n_referrals; i++) {
		if (p->referrals[i].recipient_id == recipient_id &&
			p->referrals[i].created_at_us >= p->opened_at_us &&
			p->referrals[i].state != HL_REFERRAL_CLOSED) {
			return &p->referrals[i];
		}
	}
	return NULL;
}

static bool is_listed(const struct hl_referral_plan *plan, int64_t recipient_id)
{
	for (size_t i = 0; i < plan->n; i++) {
		if (plan->at[i].recipient.id == recipient_id) {
			return true;
		}
	}
	return false;
}

static bool usable(const struct hl_row_recipient_list *row)
{
	return row->state == HL_CONTACT_APPROVED ||
	       row->state == HL_CONTACT_PROPOSED;
}

static int hold_hours(const struct planner *p, int64_t kind)
{
	bool held = kind != HL_RECIPIENT_POLICE && kind != HL_RECIPIENT_PARTNER;

	return held && !p->plan->cleared ? p->plan->hold_hours : 0;
}

static void add(struct planner *p, const struct hl_row_recipient_list *row,
	const char *reason)
{
	const struct hl_row_referral_view *made = made_for(p, row->id);
	struct hl_referral_proposal *at;

	if (p->plan->n == HL_REFERRAL_PROPOSALS_MAX ||
		is_listed(p->plan, row->id)) {
		return;
	}
	at = &p->plan->at[p->plan->n++];
	*at = (struct hl_referral_proposal){
		.kind = (enum hl_recipient)row->kind,
		.state = made ? HL_REFERRAL_PLAN_MADE
			 : row->state == HL_CONTACT_APPROVED
				 ? HL_REFERRAL_PLAN_READY
				 : HL_REFERRAL_PLAN_WAITS,
		.recipient = hl_referral_recipient_row(row),
		.referral_id = made ? made->id : 0,
		.referral_state =
			made ? (enum hl_referral_state)made->state : 0,
		.reason = reason,
		.hold_hours = hold_hours(p, row->kind)};
	struct hl_authz_object o = {.exists = true,
		.state = (int)row->state,
		.drafted_by = row->proposed_by,
		.now_us = p->now_us};
	at->recipient.may_approve =
		row->state == HL_CONTACT_PROPOSED &&
		!hl_authz_check(
			&p->who->actor, HL_AUTHZ_RECIPIENT_APPROVE, &o, NULL);
}

static void add_missing(
	struct planner *p, enum hl_recipient kind, const char *reason)
{
	if (p->plan->n < HL_REFERRAL_PROPOSALS_MAX) {
		p->plan->at[p->plan->n++] =
			(struct hl_referral_proposal){.kind = kind,
				.state = HL_REFERRAL_PLAN_MISSING,
				.reason = reason};
	}
}

/* All usable ones of a kind and country; how many. */
static size_t add_of(struct planner *p, enum hl_recipient kind,
	struct hl_str country, const char *reason)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_recipients && country.n; i++) {
		const struct hl_row_recipient_list *row = &p->recipients[i];

		if (row->kind == kind && usable(row) &&
			hl_str_eq(row->country, country)) {
			add(p, row, reason);
			n++;
		}
	}
	return n;
}

static void plan_police(struct planner *p)
{
	struct hl_referral_plan *plan = p->plan;

	if (!add_of(p, HL_RECIPIENT_POLICE, plan->home_country,
		    HL_MSG("The police of this country"))) {
		add_missing(p, HL_RECIPIENT_POLICE,
			HL_MSG("No police unit of this country is among the "
			       "recipients. Add one."));
	}
	if (!hl_str_eq(plan->host_country, plan->home_country)) {
		add_of(p, HL_RECIPIENT_POLICE, plan->host_country,
			HL_MSG("The police of the country where it is "
			       "hosted"));
	}
}

static bool answers_for(
	const struct planner *p, const struct hl_row_recipient_list *row)
{
	const struct hl_referral_plan *plan = p->plan;

	if (row->id == p->provider_id) {
		return true;
	}
	if (plan->abuse_mail.n &&
		hl_str_eq_nocase(row->mail, plan->abuse_mail)) {
		return true;
	}
	return (p->typed || !plan->abuse_mail.n) && row->asn &&
	       row->asn == plan->asn;
}

static void plan_provider(struct planner *p)
{
	bool any = false;

	for (size_t i = 0; i < p->n_recipients; i++) {
		const struct hl_row_recipient_list *row = &p->recipients[i];

		if (row->kind == HL_RECIPIENT_PROVIDER && usable(row) &&
			answers_for(p, row)) {
			add(p, row,
				HL_MSG("Answers for the network where it is "
				       "hosted"));
			any = true;
		}
	}
	if (!any) {
		add_missing(p, HL_RECIPIENT_PROVIDER,
			p->plan->traced_at_us
				? HL_MSG("No contact of the hosting provider "
					 "is known. Choose a recipient below, "
					 "or add one.")
				: HL_MSG("It has not been traced yet, so the "
					 "hosting provider is not known. Trace "
					 "it, choose a recipient below, or "
					 "add one."));
	}
}

static void plan_partner(struct planner *p)
{
	struct hl_referral_plan *plan = p->plan;

	if (plan->host_country.n &&
		!hl_str_eq(plan->host_country, plan->home_country)) {
		add_of(p, HL_RECIPIENT_PARTNER, plan->host_country,
			HL_MSG("The hotline of the country where it is "
			       "hosted"));
	}
}

/* Those that a person chose besides. */
static void plan_others(struct planner *p)
{
	for (size_t i = 0; i < p->n_referrals; i++) {
		for (size_t k = 0; k < p->n_recipients; k++) {
			if (p->recipients[k].id ==
					p->referrals[i].recipient_id &&
				p->referrals[i].state != HL_REFERRAL_CLOSED) {
				add(p, &p->recipients[k],
					HL_MSG("Chosen by hand"));
			}
		}
	}
}

static void say(struct hl_referral_plan *plan, bool when, const char *sentence)
{
	if (when && plan->n_missing < HL_ARRAY_LEN(plan->missing)) {
		plan->missing[plan->n_missing++] = sentence;
	}
}

static void say_missing(const struct planner *p)
{
	struct hl_referral_plan *plan = p->plan;
	const struct hl_settings *s = p->desk->settings;

	say(plan, !plan->traced_at_us,
		HL_MSG("The host has not been looked up."));
	say(plan, !plan->host_country.n,
		HL_MSG("The country where it is hosted is not known: neither "
		       "police hold nor partner hotline can follow from it."));
	say(plan, plan->traced_at_us && !plan->abuse_mail.n,
		HL_MSG("The look-up found no abuse contact, or you cannot "
		       "open it."));
	say(plan, s->mail_transport == HL_MAIL_NONE,
		HL_MSG("Mail is switched off (mail.transport): nothing will "
		       "be sent."));
	say(plan, !s->mail_production,
		HL_MSG("This installation sends test messages only "
		       "(mail.production)."));
	say(plan, !p->desk->bundle_key,
		HL_MSG("There is no key to sign bundles for the police "
		       "with."));
}

static int load_item(struct planner *p, struct hl_err *err)
{
	struct hl_referral_plan *plan = p->plan;
	struct hl_row_referral_item *row;
	struct hl_row_referral_trace *trace;
	struct hl_row_trace_typed *typed;
	HL_JSON_AUTO *json = NULL;
	size_t n;
	int r = hl_get_referral_item(p->who->store, p->who->arena,
		&(struct hl_in_referral_item){plan->case_id}, &row, &n, err);

	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	plan->item_id = row->item_id;
	plan->host_country = row->country;
	plan->network = row->network;
	plan->asn = row->asn;
	plan->traced_at_us = row->traced_at_us;
	p->provider_id = row->provider_id;
	p->opened_at_us = row->opened_at_us;
	r = hl_get_trace_typed(p->who->store, p->who->arena,
		&(struct hl_in_trace_typed){row->item_id}, &typed, &n, err);
	p->typed = !r && n;
	r = r ? r
	      : hl_referral_trace_open(
			p->who, row->item_id, &trace, &json, err);
	if (!r && json) {
		plan->abuse_mail = hl_arena_dup(
			p->who->arena, hl_referral_trace_contact(json));
	}
	return r == HL_E_CRYPTO || r == HL_E_CORRUPT || r == HL_E_INVALID ? 0
									  : r;
}

static int load_police(struct planner *p, struct hl_err *err)
{
	struct hl_in_referral_police in = {
		p->plan->case_id, !p->desk->settings->mail_production};
	struct hl_row_referral_police *row;
	size_t n;
	int r = hl_get_referral_police(
		p->who->store, p->who->arena, &in, &row, &n, err);

	p->plan->cleared = !r && n && row->said == HL_ANSWER_CLEARED;
	return r;
}

static int load(struct planner *p, struct hl_err *err)
{
	struct hl_in_recipient_list all = {0};
	struct hl_in_referral_view of_case = {
		.case_id = p->plan->case_id, .n_most = 200};
	struct hl_row_recipient_list *recipients = NULL;
	struct hl_row_referral_view *referrals = NULL;
	int r = load_item(p, err);

	r = r ? r : load_police(p, err);
	r = r ? r
	      : hl_get_recipient_list(p->who->store, p->who->arena, &all,
			&recipients, &p->n_recipients, err);
	r = r ? r
	      : hl_get_referral_view(p->who->store, p->who->arena, &of_case,
			&referrals, &p->n_referrals, err);
	p->recipients = recipients;
	p->referrals = referrals;
	return r;
}

static void propose(struct planner *p)
{
	p->plan->hold_hours = hl_settings_police_hold(
		p->desk->settings, p->plan->host_country);
	plan_police(p);
	plan_provider(p);
	plan_partner(p);
	plan_others(p);
	say_missing(p);
}

int hl_referral_plan(const struct hl_who *who,
	const struct hl_referral_desk *desk, int64_t case_id,
	struct hl_referral_plan *out, struct hl_err *err)
{
	struct planner p = {.who = who,
		.desk = desk,
		.plan = out,
		.now_us = hl_time_now_us()};
	struct hl_casefile c;
	int r = hl_casefile_load(who->store, who->arena, case_id, &c, err);

	*out = (struct hl_referral_plan){.case_id = case_id,
		.home_country =
			hl_str_c(hl_settings_home_country(desk->settings))};
	if (r < 0) {
		return r;
	}
	struct hl_authz_object o = hl_casefile_object(r ? NULL : &c, p.now_us);
	if (hl_authz_check(&who->actor, HL_AUTHZ_CASE_READ, &o, NULL)) {
		return HL_NOTFOUND;
	}
	out->may_draft =
		!hl_authz_check(&who->actor, HL_AUTHZ_REFERRAL_DRAFT, &o, NULL);
	r = load(&p, err);
	if (!r) {
		propose(&p);
	}
	return r;
}

static bool comes_first(enum hl_recipient kind)
{
	return kind != HL_RECIPIENT_POLICE && kind != HL_RECIPIENT_PARTNER;
}

int hl_referral_others(const struct hl_who *who,
	const struct hl_referral_plan *plan,
	const struct hl_referral_recipient **out, size_t *n, struct hl_err *err)
{
	const struct hl_referral_recipient *all;
	struct hl_referral_recipient *made;
	size_t n_all;
	int r = hl_referral_recipients(who, HL_RECIPIENT_UNANSWERED,
		HL_CONTACT_APPROVED, &all, &n_all, err);

	*out = NULL;
	*n = 0;
	if (r) {
		return r == HL_DENIED ? 0 : r;
	}
	made = hl_arena_array(who->arena, n_all + 1, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "recipients");
	}
	for (int turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < n_all; i++) {
			if (comes_first(all[i].kind) == (turn == 0) &&
				!is_listed(plan, all[i].id)) {
				made[(*n)++] = all[i];
			}
		}
	}
	*out = made;
	return 0;
}
