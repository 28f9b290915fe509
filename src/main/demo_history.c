/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sixty invented days. Every story is a report and what becomes of it; all
 * stories together are lived step by step in the order of time, each step by
 * the service that a person would use, with the clock set to then. So the
 * queue, the statistics and the audit log are what such a history leaves
 * behind, and a story whose next step lies ahead is simply still open.
 */
#include "main/demo_inner.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/time.h"
#include "casework/assess.h"
#include "casework/case.h"
#include "casework/close.h"
#include "casework/contact.h"
#include "casework/lease.h"
#include "casework/note.h"
#include "casework/sweep.h"
#include "casework/triage.h"
#include "casework/viewing.h"
#include "intake/submit.h"
#include "main/demo_lists.h"
#include "main/demo_refer.h"
#include "trace/record.h"
#include "url/extract.h"

#define TRIAGE_AT_ONCE 50
#define SWEEP_AT_ONCE 100
/* Every so many reports comes from a platform's program. */
#define BY_PROGRAM 9
/* Reports of the last days keep their day, so that work is at hand. */
#define STEADY_DAYS 8
/* When a step has to wait for the mail, or for a hold to end. */
#define LATER_US (3 * HL_US_PER_HOUR)

/* A story while it is lived. */
struct life {
	const struct hl_main_demo_story *story;
	size_t number;
	int64_t due_us; /* of the next step */
	int next;       /* -1: the report itself */
	int64_t case_id, item_id, report_id;
};

static const char *const notes[] = {
	"The page asks for a login first. Looked at it in the afternoon.",
	"Reported twice this week by others, under another path.",
	"The address answers slowly; it took three tries.",
};

/* The clock never goes back: the audit log is in the order of time. */
static int64_t set_clock(int64_t at_us)
{
	int64_t now_us = hl_time_now_us();

	if (at_us <= now_us) {
		at_us = now_us + HL_US_PER_S;
	}
	hl_time_pretend(at_us);
	return at_us;
}

static void pass(int minutes)
{
	set_clock(hl_time_now_us() + minutes * HL_US_PER_MIN);
}

/* No two stories take equally long. */
static int64_t delay_us(const struct life *l, int after_min)
{
	int64_t percent = 70 + (int64_t)(l->number * 37 % 90);

	return after_min * HL_US_PER_MIN * percent / 100;
}

static enum hl_main_demo_person analyst(const struct life *l, bool second)
{
	return (l->number % 3 == 0) == second ? HL_DEMO_ANNA : HL_DEMO_BEN;
}

static int submit(
	struct hl_main_demo *demo, const struct life *l, struct hl_err *err)
{
	const struct hl_main_demo_story *s = l->story;
	const struct hl_intake_at at = {
		demo->intake, demo->made->store, demo->arena, 0};
	struct hl_report report = {
		.danger = s->danger ? s->danger : HL_YNU_UNKNOWN,
		.place = s->place,
		.addresses_text = hl_str_c(s->addresses),
		.where = hl_str_c(s->where),
		.seen = HL_SEEN_WEEK,
		.pay = s->pay,
		.contact = hl_str_c(s->contact),
		.language = HL_STR("en")};
	HL_SEAL_RECEIPT_AUTO receipt;
	HL_INTAKE_DRAFT_AUTO draft;

	if (l->number % BY_PROGRAM == 0) {
		return hl_intake_submit(
			&at, &report, HL_STR_NONE, &receipt, err);
	}
	hl_intake_draft_init(&draft);
	draft.report = report;
	int r = hl_intake_draft_save(&at, &draft, err);
	pass(4);
	return r ? r : hl_intake_submit_draft(&at, &draft, err);
}

/* The case that triage has just made, if any; reports that know no address
 * wait for a person instead. */
static int find_case(
	struct hl_main_demo *demo, struct life *l, struct hl_err *err)
{
	struct hl_who sofie = hl_main_demo_who(demo, HL_DEMO_SOFIE);
	const struct hl_casework_cursor from = {0};
	const struct hl_casework_filter all = {0};
	const struct hl_casework_waiting *waiting;
	struct hl_casework_list list;
	size_t n;
	int r = hl_casework_queue(
		&sofie, &all, &from, HL_CASEWORK_PAGE_MAX, &list, err);

	for (size_t i = 0; i < (r ? 0 : list.n) && !l->case_id; i++) {
		if (list.rows[i].created_at_us == hl_time_now_us()) {
			l->case_id = list.rows[i].id;
			l->item_id = list.rows[i].item_id;
		}
	}
	if (!r && !l->case_id) {
		r = hl_casework_waiting(&sofie,
			&(struct hl_casework_window){
				.n_most = HL_CASEWORK_PAGE_MAX},
			&waiting, &n, err);
		l->report_id = !r && n ? waiting[n - 1].id : 0;
	}
	return r;
}

static int begin(struct hl_main_demo *demo, struct life *l, struct hl_err *err)
{
	struct hl_casework_triaged done;
	int r = submit(demo, l, err);

	if (r) {
		return r;
	}
	pass(5 + (int)(l->number * 13 % 50));
	struct hl_who who = hl_main_demo_who(demo, analyst(l, false));
	r = hl_casework_triage(
		&who, demo->made->settings, TRIAGE_AT_ONCE, &done, NULL, err);
	return r ? r : find_case(demo, l, err);
}

static void answer(struct hl_facts *f, enum hl_fact fact, int value)
{
	f->value[fact] = value;
}

/* Facts that the law profiles turn into the outcome. */
static struct hl_facts facts_of(const struct life *l, enum hl_outcome outcome)
{
	bool illegal = hl_outcome_illegal(outcome);
	struct hl_facts f = {0};

	answer(&f, HL_FACT_ACCESS,
		outcome == HL_OUTCOME_GONE      ? HL_ACCESS_GONE
		: outcome == HL_OUTCOME_PAYWALL ? HL_ACCESS_PAYWALL
						: HL_ACCESS_SEEN);
	answer(&f, HL_FACT_SITE, 1 + (int)(l->number % HL_SITE_SOCIAL));
	if (f.value[HL_FACT_ACCESS] != HL_ACCESS_SEEN) {
		return f;
	}
	answer(&f, HL_FACT_MATERIAL,
		l->number % 4 ? HL_MATERIAL_PHOTO : HL_MATERIAL_VIDEO);
	answer(&f, HL_FACT_AGE,
		outcome == HL_OUTCOME_BASELINE      ? HL_AGE_PREPUBESCENT
		: outcome == HL_OUTCOME_NATIONAL    ? HL_AGE_PUBESCENT
		: outcome == HL_OUTCOME_CANNOT_TELL ? HL_AGE_UNDETERMINED
						    : HL_AGE_ADULT);
	answer(&f, HL_FACT_ACT,
		illegal || outcome == HL_OUTCOME_CANNOT_TELL ? HL_ACT_INVOLVED
							     : HL_ACT_NONE);
	answer(&f, HL_FACT_POSING, HL_POSING_NONE);
	answer(&f, HL_FACT_SEX, HL_SEX_UNDETERMINED);
	answer(&f, HL_FACT_CHILDREN,
		illegal ? HL_CHILDREN_ONE : HL_CHILDREN_UNDETERMINED);
	answer(&f, HL_FACT_SELFMADE, HL_YNU_UNKNOWN);
	answer(&f, HL_FACT_COMMERCIAL,
		l->story->pay == HL_YNU_YES ? HL_YNU_YES : HL_YNU_NO);
	f.payments =
		l->story->pay == HL_YNU_YES ? hl_vocab_bit(HL_PAYMENT_CARD) : 0;
	answer(&f, HL_FACT_OFFENSIVE,
		outcome == HL_OUTCOME_OFFENSIVE ? HL_YNU_YES : HL_YNU_NO);
	return f;
}

static int take(struct hl_main_demo *demo, const struct life *l,
	enum hl_main_demo_person person, struct hl_err *err)
{
	struct hl_who who = hl_main_demo_who(demo, person);
	struct hl_casework_page page;
	int r = hl_casework_take(
		&who, demo->made->settings, l->case_id, NULL, err);

	pass(1);
	return r ? r : hl_casework_page(&who, l->case_id, &page, err);
}

typedef int assess_fn(const struct hl_who *who,
	const struct hl_casework_laws *laws, int64_t case_id,
	const struct hl_facts *facts, struct hl_casework_assessed *out,
	enum hl_casework_why *why, struct hl_err *err);

/* Takes the case, looks at it with the clock running, writes it down. */
static int assess(struct hl_main_demo *demo, const struct life *l,
	const struct hl_main_demo_step *step, struct hl_err *err)
{
	bool second = step->deed == HL_DEMO_VERIFY;
	enum hl_main_demo_person person = step->deed == HL_DEMO_SETTLE
						  ? HL_DEMO_SOFIE
						  : analyst(l, second);
	assess_fn *how = second                         ? hl_casework_verify
			 : step->deed == HL_DEMO_SETTLE ? hl_casework_adjudicate
							: hl_casework_assess;
	struct hl_who who = hl_main_demo_who(demo, person);
	const struct hl_law *laws[] = {demo->laws[0], demo->laws[1]};
	const struct hl_casework_laws all = {
		laws, HL_ARRAY_LEN(laws), demo->made->settings};
	struct hl_facts facts = facts_of(l, (enum hl_outcome)step->arg);
	struct hl_casework_assessed out;
	int r = 0;

	if (step->deed != HL_DEMO_SETTLE) {
		r = take(demo, l, person, err);
		r = r ? r : hl_casework_view_start(&who, l->case_id, NULL, err);
		pass(2 + (int)(l->number % 5));
		r = r ? r : hl_casework_view_stop(&who, l->case_id, err);
		pass(1);
	}
	r = r ? r : how(&who, &all, l->case_id, &facts, &out, NULL, err);
	return !r && out.law.outcome != (enum hl_outcome)step->arg
		       ? HL_FAIL(err, HL_E_INTERNAL,
				 "the law profiles give outcome %d for %d",
				 (int)out.law.outcome, step->arg)
		       : r;
}

static int trace(
	struct hl_main_demo *demo, const struct life *l, struct hl_err *err)
{
	struct hl_who who = hl_main_demo_who(demo, HL_DEMO_RITA);
	const struct hl_main_demo_host *host = l->story->host;

	if (!host) {
		return 0;
	}
	const struct hl_trace_typed typed = {.country = hl_str_c(host->country),
		.network = hl_str_c(host->network),
		.asn = host->asn};
	return hl_trace_type_in(&who, l->item_id, &typed, NULL, err);
}

static int add_note(struct hl_main_demo *demo, const struct life *l, int which,
	struct hl_err *err)
{
	enum hl_main_demo_person person = analyst(l, false);
	struct hl_who who = hl_main_demo_who(demo, person);
	int r = take(demo, l, person, err);

	return r ? r
		 : hl_casework_add_note(
			   &who, l->case_id, hl_str_c(notes[which]), NULL, err);
}

/* The report that the case came from. */
static int find_report(
	struct hl_main_demo *demo, struct life *l, struct hl_err *err)
{
	enum hl_main_demo_person person = analyst(l, false);
	struct hl_who who = hl_main_demo_who(demo, person);
	struct hl_casework_page page;
	int r = take(demo, l, person, err);

	r = r ? r : hl_casework_page(&who, l->case_id, &page, err);
	if (!r && page.n_reports) {
		l->report_id = page.reports[page.n_reports - 1].id;
	}
	return r;
}

static int ask_contact(
	struct hl_main_demo *demo, struct life *l, struct hl_err *err)
{
	struct hl_who who = hl_main_demo_who(demo, analyst(l, false));
	int r = find_report(demo, l, err);

	return r ? r
		 : hl_casework_contact_request(&who, l->report_id, NULL, err);
}

static int decide_report(struct hl_main_demo *demo, const struct life *l,
	enum hl_triage_reason reason, struct hl_err *err)
{
	struct hl_who who = hl_main_demo_who(demo, analyst(l, false));
	struct hl_casework_decision d = {.report_id = l->report_id,
		.verdict = HL_TRIAGE_OUT_OF_REMIT,
		.reason = reason};

	if (!hl_casework_reason_fits(d.verdict, reason)) {
		d.verdict = HL_TRIAGE_INSUFFICIENT;
	}
	return hl_casework_decide(&who, &d, NULL, err);
}

static int supervise(struct hl_main_demo *demo, const struct life *l,
	const struct hl_main_demo_step *step, struct hl_err *err)
{
	struct hl_who sofie = hl_main_demo_who(demo, HL_DEMO_SOFIE);

	switch ((int)step->deed) {
	case HL_DEMO_CLOSE:
		return hl_casework_close(&sofie, l->case_id,
			(enum hl_close_reason)step->arg, NULL, err);
	case HL_DEMO_REOPEN:
		return hl_casework_reopen(&sofie, l->case_id, NULL, err);
	case HL_DEMO_KEEP:
		return hl_casework_hold(&sofie, l->case_id, true, NULL, err);
	case HL_DEMO_PROPOSE:
		return hl_casework_erase_propose(&sofie, l->case_id, NULL, err);
	default:
		return hl_casework_contact_grant(
			&sofie, l->report_id, NULL, err);
	}
}

static int tell(struct hl_main_demo *demo, int64_t case_id, struct hl_err *err)
{
	struct hl_main_demo_notice to = {
		.case_id = case_id, .kind = HL_RECIPIENT_POLICE};
	int r = hl_main_demo_refer(demo->post, &to, err);

	pass(4);
	to.kind = HL_RECIPIENT_PROVIDER;
	return r ? r : hl_main_demo_refer(demo->post, &to, err);
}

/* HL_NOTFOUND: what it is about has not arrived yet. */
static int refer(struct hl_main_demo *demo, const struct life *l,
	const struct hl_main_demo_step *step, struct hl_err *err)
{
	struct hl_main_demo_post *post = demo->post;
	struct hl_main_demo_notice to = {.case_id = l->case_id,
		.kind = HL_RECIPIENT_PROVIDER,
		.draft_only = step->deed == HL_DEMO_DRAFT};
	enum hl_answer answer = (enum hl_answer)step->arg;

	switch ((int)step->deed) {
	case HL_DEMO_TELL:
		return tell(demo, l->case_id, err);
	case HL_DEMO_DRAFT:
	case HL_DEMO_REFER:
		to.kind = (enum hl_recipient)step->arg;
		return hl_main_demo_refer(post, &to, err);
	case HL_DEMO_UNHOLD:
		return hl_main_demo_release(post, l->case_id, err);
	case HL_DEMO_REMIND:
		return hl_main_demo_remind(post, l->case_id, err);
	case HL_DEMO_BOUNCE:
		return hl_main_demo_bounce(post, l->case_id, err);
	case HL_DEMO_CONFIRM:
		return hl_main_demo_confirm(post, l->case_id, err);
	case HL_DEMO_POLICE:
		to.kind = HL_RECIPIENT_POLICE;
		break;
	case HL_DEMO_PARTNER:
		to.kind = HL_RECIPIENT_PARTNER;
		break;
	default:
		break;
	}
	return hl_main_demo_answer(post, &to, answer, err);
}

static int live(struct hl_main_demo *demo, struct life *l,
	const struct hl_main_demo_step *step, struct hl_err *err)
{
	switch (step->deed) {
	case HL_DEMO_TAKE:
		return take(demo, l, analyst(l, false), err);
	case HL_DEMO_ASSESS:
	case HL_DEMO_VERIFY:
	case HL_DEMO_SETTLE:
		return assess(demo, l, step, err);
	case HL_DEMO_NOTE:
		return add_note(demo, l, step->arg, err);
	case HL_DEMO_TRACE:
		return trace(demo, l, err);
	case HL_DEMO_ASK:
		return ask_contact(demo, l, err);
	case HL_DEMO_DECIDE:
		return decide_report(
			demo, l, (enum hl_triage_reason)step->arg, err);
	case HL_DEMO_CLOSE:
	case HL_DEMO_REOPEN:
	case HL_DEMO_KEEP:
	case HL_DEMO_PROPOSE:
	case HL_DEMO_RELEASE:
		return supervise(demo, l, step, err);
	case HL_DEMO_TELL:
	case HL_DEMO_DRAFT:
	case HL_DEMO_REFER:
	case HL_DEMO_UNHOLD:
	case HL_DEMO_ANSWER:
	case HL_DEMO_POLICE:
	case HL_DEMO_PARTNER:
	case HL_DEMO_REMIND:
	case HL_DEMO_BOUNCE:
	case HL_DEMO_CONFIRM:
		return refer(demo, l, step, err);
	case HL_DEMO_END:
		break;
	}
	return HL_FAIL(err, HL_E_INTERNAL, "a step without a deed");
}

/* What the worker would do in between. */
static int sweep(struct hl_main_demo *demo, struct hl_err *err)
{
	struct hl_store *store = demo->made->store;
	size_t n;
	int r = hl_casework_expire_leases(store, demo->arena,
		demo->made->settings, SWEEP_AT_ONCE, &n, err);

	r = r ? r
	      : hl_casework_settle_reports(
			store, demo->arena, SWEEP_AT_ONCE, &n, err);
	return r ? r : hl_main_demo_deliver(demo->post, err);
}

static struct life *earliest(struct life *lives, size_t n)
{
	struct life *first = NULL;

	for (size_t i = 0; i < n; i++) {
		if (lives[i].due_us &&
			(!first || lives[i].due_us < first->due_us)) {
			first = &lives[i];
		}
	}
	return first;
}

/* From now on it may be blocked. */
static void note_judged(struct hl_main_demo *demo, const struct life *l)
{
	enum hl_main_demo_deed deed =
		l->next < 0 ? HL_DEMO_END : l->story->plot->steps[l->next].deed;

	if (deed == HL_DEMO_VERIFY || deed == HL_DEMO_SETTLE) {
		hl_main_demo_lists_judged(
			demo->lists, l->story->addresses, l->case_id);
	}
}

static int one_step(
	struct hl_main_demo *demo, struct life *l, struct hl_err *err)
{
	const struct hl_main_demo_step *steps = l->story->plot->steps;
	struct hl_err why = {0};
	int r = sweep(demo, err);

	r = r ? r : hl_main_demo_lists_until(demo->lists, l->due_us, err);
	if (r) {
		return r;
	}
	set_clock(l->due_us);
	hl_arena_reset(demo->arena);
	r = l->next < 0 ? begin(demo, l, &why)
			: live(demo, l, &steps[l->next], &why);
	if (r == HL_NOTFOUND && l->next >= 0) {
		l->due_us = hl_time_now_us() + LATER_US;
		return 0;
	}
	if (r) {
		return HL_FAIL(err, r > 0 ? HL_E_INTERNAL : r,
			"story %zu, step %d: %s", l->number, l->next,
			why.msg[0] ? why.msg : hl_err_name(r));
	}
	note_judged(demo, l);
	l->next++;
	bool more = l->next < HL_MAIN_DEMO_STEPS &&
		    steps[l->next].deed != HL_DEMO_END;
	l->due_us =
		more ? hl_time_now_us() + delay_us(l, steps[l->next].after_min)
		     : 0;
	return 0;
}

/* Some days bring several reports, some none. */
static int64_t first_us(const struct hl_main_demo *demo, size_t i)
{
	const struct hl_main_demo_story *s = &hl_main_demo_stories[i];
	int day = s->day;

	if (day < HL_MAIN_DEMO_DAYS - STEADY_DAYS) {
		day += (int)((i * i + 3 * i) % 5) - 2;
	}
	return demo->begin_us + (day < 0 ? 0 : day) * HL_US_PER_DAY +
	       s->hour * HL_US_PER_HOUR;
}

int hl_main_demo_history(struct hl_main_demo *demo, struct hl_err *err)
{
	size_t n = hl_main_demo_n_stories;
	struct life *lives = calloc(n, sizeof(*lives)), *l;
	int r = lives ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory");

	for (size_t i = 0; i < n && !r; i++) {
		const struct hl_main_demo_story *s = &hl_main_demo_stories[i];

		lives[i] = (struct life){.story = s,
			.number = i,
			.next = -1,
			.due_us = first_us(demo, i)};
	}
	while (!r && (l = earliest(lives, n)) && l->due_us < demo->end_us &&
		hl_time_now_us() < demo->end_us) {
		r = one_step(demo, l, err);
	}
	r = r ? r : hl_main_demo_lists_until(demo->lists, demo->end_us, err);
	r = r ? r : sweep(demo, err);
	free(lives);
	return r;
}
