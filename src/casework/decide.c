/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "casework/inner.h"
#include "casework/triage.h"

/* What a person does with reports that triage set aside. */

int hl_casework_waiting(const struct hl_who *who,
	const struct hl_casework_window *part,
	const struct hl_casework_waiting **out, size_t *n, struct hl_err *err)
{
	struct hl_in_report_waiting in = {
		(int64_t)part->n_most, (int64_t)part->n_skip};
	struct hl_row_report_waiting *rows;
	struct hl_casework_waiting *made;

	if (!hl_authz_may_ever(&who->actor, HL_AUTHZ_REPORT_TRIAGE)) {
		return HL_DENIED;
	}
	int r = hl_get_report_waiting(
		who->store, who->arena, &in, &rows, n, err);
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a list");
	}
	for (size_t i = 0; i < *n; i++) {
		made[i] = (struct hl_casework_waiting){.id = rows[i].id,
			.received_at_us = rows[i].received_at_us,
			.danger = (int)rows[i].danger,
			.place = (int)rows[i].place,
			.reason = (enum hl_triage_reason)rows[i].triage_reason,
			.has_contact = rows[i].has_contact != 0,
			.is_test = rows[i].is_test != 0};
	}
	*out = made;
	return 0;
}

bool hl_casework_reason_fits(
	enum hl_triage verdict, enum hl_triage_reason reason)
{
	if (verdict == HL_TRIAGE_OUT_OF_REMIT) {
		return reason >= HL_TRIAGE_REASON_OTHER_CRIME &&
		       reason <= HL_TRIAGE_REASON_ABUSE_OF_FORM;
	}
	return verdict == HL_TRIAGE_INSUFFICIENT &&
	       reason >= HL_TRIAGE_REASON_NO_ADDRESS &&
	       reason <= HL_TRIAGE_REASON_PRIVATE_PLACE;
}

struct verdict {
	int64_t report_id;
	int state;
	enum hl_triage triage;
	enum hl_triage_reason reason;
	struct hl_store_event events[2];
	size_t n_events;
};

static int write_verdict(const struct hl_who *who,
	const struct hl_row_report_get *report, const struct verdict *v,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);

	hl_tx_report_finish(tx, &(struct hl_in_report_finish){.state = v->state,
					.triage = v->triage,
					.triage_reason = v->reason,
					.triaged_at_us = hl_time_now_us(),
					.triaged_by = who->actor.user_id,
					.id = report->id,
					.state_before = report->state});
	for (size_t i = 0; i < v->n_events; i++) {
		hl_tx_event(tx, &v->events[i]);
	}
	int r = hl_tx_run(tx, err);
	return r == HL_CONFLICT ? hl_casework_refuse(why, HL_CASEWORK_BUSY) : r;
}

/* One transition; false when the table does not know it. */
static bool move(struct verdict *v, const struct hl_who *who,
	enum hl_action action, enum hl_event event)
{
	int from = v->state;

	if (hl_state_next(HL_MACHINE_REPORT, from, action, &v->state)) {
		return false;
	}
	v->events[v->n_events++] = (struct hl_store_event){.kind = (int)event,
		.actor = who->actor.user_id,
		.object_kind = HL_OBJECT_REPORT,
		.object_id = v->report_id,
		.a = from,
		.b = v->state};
	return true;
}

static int find(const struct hl_who *who, int64_t report_id,
	struct hl_row_report_get **report, enum hl_casework_why *why,
	struct hl_err *err)
{
	int r = hl_casework_report(who, report_id, report, err);

	if (r == HL_NOTFOUND) {
		hl_casework_refuse(why, HL_CASEWORK_NOT_PERMITTED);
	}
	return r ? r
		 : hl_casework_report_check(
			   who, *report, HL_AUTHZ_REPORT_TRIAGE, why, err);
}

int hl_casework_decide(const struct hl_who *who,
	const struct hl_casework_decision *decision, enum hl_casework_why *why,
	struct hl_err *err)
{
	struct hl_row_report_get *report;
	int r = find(who, decision->report_id, &report, why, err);

	if (r) {
		return r;
	}
	if (!hl_casework_reason_fits(decision->verdict, decision->reason)) {
		return HL_FAIL(err, HL_E_INVALID,
			"a verdict needs a reason of its own");
	}
	struct verdict v = {.report_id = report->id,
		.state = (int)report->state,
		.triage = decision->verdict,
		.reason = decision->reason};
	/* only what was set aside, or what nobody can open, comes here */
	bool waits = report->state == HL_REPORT_RECEIVED ||
		     (report->state == HL_REPORT_TRIAGED && !report->triage);
	if (report->state == HL_REPORT_RECEIVED) {
		waits = move(
			&v, who, HL_ACTION_TRIAGE, HL_EVENT_REPORT_TRIAGED);
	}
	if (!waits ||
		!move(&v, who, HL_ACTION_FEEDBACK, HL_EVENT_REPORT_FEEDBACK)) {
		return hl_casework_refuse(why, HL_CASEWORK_WRONG_STATE);
	}
	return write_verdict(who, report, &v, why, err);
}

int hl_casework_undecide(const struct hl_who *who, int64_t report_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_row_report_get *report;
	int r = find(who, report_id, &report, why, err);

	if (r) {
		return r;
	}
	struct verdict v = {.report_id = report->id,
		.state = (int)report->state,
		.reason = HL_TRIAGE_REASON_NO_ADDRESS};
	bool decided = report->triage == HL_TRIAGE_OUT_OF_REMIT ||
		       report->triage == HL_TRIAGE_INSUFFICIENT;
	if (!decided || report->state != HL_REPORT_FEEDBACK_READY ||
		!move(&v, who, HL_ACTION_RETRIAGE, HL_EVENT_REPORT_REOPENED) ||
		!move(&v, who, HL_ACTION_TRIAGE, HL_EVENT_REPORT_TRIAGED)) {
		return hl_casework_refuse(why, HL_CASEWORK_WRONG_STATE);
	}
	return write_verdict(who, report, &v, why, err);
}
