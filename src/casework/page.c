/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "casework/rows.h"

/*
 * The case page. First what decides (the case, its permissions, what this
 * person has read lately), then one batch that writes the events of reading
 * and reads everything: what is shown has been logged. Blindness: while the
 * second assessment is out, assessments and the first assessor's notes are
 * kept back from all but their author.
 */

#define REPORTS_MOST 100
#define BODIES_MOST 20
#define TRACES_MOST 20
#define EVENTS_MOST 500
#define CHECKS_MOST 50

struct view {
	const struct hl_who *who;
	struct hl_casefile c;
	struct hl_authz_object object;
	int64_t now_us;
	const struct hl_row_page_reports *reports;
	size_t n_reports;
	struct hl_casework_page *out;
};

static void read_facts(struct view *v)
{
	struct hl_casework_page *out = v->out;

	out->cycle = v->c.now.reopened;
	out->first_by = v->c.now.first_by;
	out->second_by = v->c.now.second_by;
	out->third_by = v->c.now.third_by;
	out->closed_at_us = v->c.now.closed_at_us;
	out->closed_reason = (enum hl_close_reason)v->c.now.closed_reason;
	out->erase_proposed_by = v->c.erase_proposed_by;
}

static int read_row(struct view *v, struct hl_err *err)
{
	struct hl_in_case_row in = {v->c.id};
	struct hl_row_case_row *row;
	size_t n;
	int r = hl_get_case_row(
		v->who->store, v->who->arena, &in, &row, &n, err);

	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	hl_casework_row_of(v->who,
		&(struct hl_row_case_queue){.id = row->id,
			.item_id = row->item_id,
			.state = row->state,
			.step = row->step,
			.step_since_us = row->step_since_us,
			.created_at_us = row->created_at_us,
			.priority = row->priority,
			.reasons = row->reasons,
			.danger = row->danger,
			.is_test = row->is_test,
			.legal_hold = row->legal_hold,
			.holder = row->holder,
			.lease_until_us = row->lease_until_us,
			.holder_name = row->holder_name,
			.country = row->country,
			.n_reports = row->n_reports,
			.n_independent = row->n_independent,
			.outcome = row->outcome,
			.first_by = row->first_by,
			.second_by = row->second_by,
			.third_by = row->third_by,
			.known = row->known},
		v->now_us, &v->out->row);
	return 0;
}

/* What one has read lately, and which reports one may read. */
static int look_around(struct view *v, bool *case_seen, struct hl_err *err)
{
	int64_t me = v->who->actor.user_id,
		from = v->now_us - HL_CASEWORK_READ_US;
	struct hl_tx *tx = hl_tx_begin(v->who->store, v->who->arena);
	struct hl_row_read_recently *recent;
	struct hl_row_page_reports *reports;
	size_t n;

	hl_tx_read_recently(
		tx, &(struct hl_in_read_recently){HL_EVENT_CASE_READ,
			    HL_OBJECT_CASE, v->c.id, me, from, v->now_us});
	hl_tx_page_reports(tx, &(struct hl_in_page_reports){me, from, v->now_us,
				       v->c.id, REPORTS_MOST});
	int r = hl_tx_run(tx, err);
	if (!r) {
		r = hl_tx_rows_read_recently(tx, &recent, &n);
	}
	if (!r) {
		*case_seen = n && recent->n;
		r = hl_tx_rows_page_reports(tx, &reports, &v->n_reports);
		v->reports = reports;
	}
	return r;
}

static bool may_open(const struct view *v, size_t i)
{
	struct hl_row_report_get report = {.state = v->reports[i].state};
	struct hl_authz_object o =
		hl_casework_report_object(&report, &v->c, v->now_us);

	return i < BODIES_MOST && hl_authz_check(&v->who->actor,
					  HL_AUTHZ_REPORT_READ, &o, NULL) == 0;
}

static void put_read_events(const struct view *v, struct hl_tx *tx, bool seen)
{
	int64_t me = v->who->actor.user_id;

	if (!seen) {
		hl_tx_happened(tx, me, HL_EVENT_CASE_READ, v->c.id, 0, 0);
	}
	for (size_t i = 0; i < v->n_reports && i < BODIES_MOST; i++) {
		if (!v->reports[i].seen && may_open(v, i)) {
			hl_tx_happened(tx, me, HL_EVENT_REPORT_READ,
				v->reports[i].id, 0, v->c.id);
		}
	}
}

static int read_all(
	const struct view *v, bool seen, struct hl_tx **out, struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(v->who->store, v->who->arena);
	int64_t id = v->c.id;

	put_read_events(v, tx, seen);
	hl_tx_page_item(tx, &(struct hl_in_page_item){id});
	hl_tx_page_bodies(tx, &(struct hl_in_page_bodies){id, BODIES_MOST});
	hl_tx_page_traces(tx, &(struct hl_in_page_traces){id, TRACES_MOST});
	hl_tx_page_events(tx, &(struct hl_in_page_events){id, EVENTS_MOST});
	hl_tx_page_steps(tx, &(struct hl_in_page_steps){id});
	hl_tx_assessment_list(tx, &(struct hl_in_assessment_list){id});
	hl_tx_note_list(tx, &(struct hl_in_note_list){id});
	hl_tx_page_referrals(tx, &(struct hl_in_page_referrals){id});
	hl_tx_page_checks(tx, &(struct hl_in_page_checks){id, CHECKS_MOST});
	hl_tx_viewing_running(
		tx, &(struct hl_in_viewing_running){v->who->actor.user_id});
	hl_tx_viewing_of_case(tx, &(struct hl_in_viewing_of_case){id});
	*out = tx;
	return hl_tx_run(tx, err);
}

/* Broken or without its key: absent; only a fault of memory is one here. */
static int open_or_none(const struct view *v, int64_t epoch,
	const struct hl_seal_label *label, struct hl_str sealed,
	struct hl_str *out, bool *broken)
{
	int r = hl_casefile_open(v->who, epoch, label, sealed, out, NULL);

	*broken = r < 0 && r != HL_E_NOMEM;
	return r == HL_E_NOMEM ? r : 0;
}

static int make_item(struct view *v, const struct hl_tx *tx)
{
	struct hl_casework_page *out = v->out;
	struct hl_row_page_item *row;
	size_t n;
	int r = hl_tx_rows_page_item(tx, &row, &n);

	if (r || !n) {
		return r;
	}
	struct hl_seal_label label = HL_LABEL_ITEM_URL(row->id);
	out->item_kind = (int)row->kind;
	out->item_state = (enum hl_item_state)row->state;
	out->public_status = (enum hl_public_status)row->public_status;
	out->passed_to = (uint32_t)row->passed_to;
	out->asn = row->asn;
	out->network = row->network;
	out->provider_id = row->provider_id;
	out->provider_name = row->provider_name;
	out->traced_at_us = row->traced_at_us;
	out->removed_at_us = row->removed_at_us;
	out->watched = row->watched != 0;
	out->watch_active = row->watch_active != 0;
	out->worker_has_address = row->n_worker != 0;
	out->watch_next_us = row->watch_next_us;
	return open_or_none(v, row->epoch, &label, row->url_sealed,
		&out->address, &out->address_broken);
}

static void make_report(const struct view *v, size_t i,
	const struct hl_row_page_bodies *body, struct hl_casework_report *out)
{
	const struct hl_row_page_reports *row = &v->reports[i];

	*out = (struct hl_casework_report){.id = row->id,
		.received_at_us = row->received_at_us,
		.position = row->position,
		.state = (enum hl_report_state)row->state,
		.verdict = (enum hl_triage)row->verdict,
		.danger = (int)row->danger,
		.place = (int)row->place,
		.has_contact = row->has_contact != 0,
		.is_test = row->is_test != 0,
		.contact_asked_by = row->contact_asked_by,
		.contact_granted_to = row->contact_granted_to};
	if (!body || !may_open(v, i)) {
		return;
	}
	int r = hl_casework_answers(v->who,
		&(struct hl_casework_part){body->id, body->epoch,
			body->key_sealed, body->body_sealed},
		v->who->arena, &out->answers, NULL);
	out->open = r == 0;
	out->broken = r < 0 || r == HL_NOTFOUND;
}

static int make_reports(struct view *v, const struct hl_tx *tx)
{
	struct hl_row_page_bodies *bodies;
	size_t n_bodies;
	int r = hl_tx_rows_page_bodies(tx, &bodies, &n_bodies);
	struct hl_casework_report *made =
		hl_arena_array(v->who->arena, v->n_reports, sizeof(*made));

	if (r || !made) {
		return r ? r : HL_E_NOMEM;
	}
	for (size_t i = 0; i < v->n_reports; i++) {
		size_t k = 0;

		while (k < n_bodies && bodies[k].id != v->reports[i].id) {
			k++;
		}
		make_report(v, i, k < n_bodies ? &bodies[k] : NULL, &made[i]);
	}
	v->out->reports = made;
	v->out->n_reports = v->n_reports;
	return 0;
}

static int make_traces(struct view *v, const struct hl_tx *tx)
{
	struct hl_row_page_traces *rows;
	bool broken;
	size_t n;
	int r = hl_tx_rows_page_traces(tx, &rows, &n);
	struct hl_casework_trace *made =
		hl_arena_array(v->who->arena, n, sizeof(*made));

	for (size_t i = 0; !r && made && i < n; i++) {
		struct hl_seal_label label = HL_LABEL_TRACE(rows[i].id);

		made[i] = (struct hl_casework_trace){.id = rows[i].id,
			.at_us = rows[i].at_us,
			.source = (int)rows[i].source,
			.country = rows[i].country,
			.network = rows[i].network,
			.asn = rows[i].asn,
			.missing = rows[i].missing};
		r = open_or_none(v, rows[i].epoch, &label, rows[i].facts_sealed,
			&made[i].facts, &broken);
	}
	v->out->traces = made;
	v->out->n_traces = n;
	return r ? r : made ? 0 : HL_E_NOMEM;
}

static bool may_see(const struct view *v, int64_t staff_id)
{
	return staff_id == v->who->actor.user_id ||
	       hl_authz_check(&v->who->actor, HL_AUTHZ_FIRST_READ, &v->object,
		       NULL) == 0;
}

static int make_assessment(const struct view *v,
	const struct hl_row_assessment_list *row,
	struct hl_casework_assessment *out)
{
	struct hl_seal_label label = HL_LABEL_ASSESSMENT(row->id);
	struct hl_str note;
	bool broken;

	*out = (struct hl_casework_assessment){.id = row->id,
		.cycle = row->cycle,
		.made_at_us = row->made_at_us,
		.staff_id = row->staff_id,
		.round = (int)row->round,
		.name = row->name,
		.profile = row->profile,
		.rules = row->rules,
		.outcome = (enum hl_outcome)row->outcome};
	int r = hl_facts_parse_json(
		v->who->arena, row->facts, &out->facts, NULL);
	if (r == HL_E_NOMEM) {
		return r;
	}
	r = open_or_none(
		v, row->epoch, &label, row->note_sealed, &note, &broken);
	out->facts.note = note;
	return r;
}

static int make_assessments(struct view *v, const struct hl_tx *tx)
{
	struct hl_row_assessment_list *rows;
	size_t n, kept = 0;
	int r = hl_tx_rows_assessment_list(tx, &rows, &n);
	struct hl_casework_assessment *made =
		hl_arena_array(v->who->arena, n, sizeof(*made));

	for (size_t i = 0; !r && made && i < n; i++) {
		if (may_see(v, rows[i].staff_id)) {
			r = make_assessment(v, &rows[i], &made[kept++]);
		} else {
			v->out->n_hidden++;
		}
	}
	v->out->assessments = made;
	v->out->n_assessments = kept;
	return r ? r : made ? 0 : HL_E_NOMEM;
}

/* What the first assessor wrote could tell what they think. */
static bool is_blind_note(const struct view *v, int64_t staff_id)
{
	int state = v->c.now.state;

	return (state == HL_CASE_ASSESSED || state == HL_CASE_VERIFYING) &&
	       staff_id == v->c.now.first_by && !may_see(v, staff_id);
}

static int make_notes(struct view *v, const struct hl_tx *tx)
{
	struct hl_row_note_list *rows;
	size_t n, kept = 0;
	bool broken;
	int r = hl_tx_rows_note_list(tx, &rows, &n);
	struct hl_casework_note *made =
		hl_arena_array(v->who->arena, n, sizeof(*made));

	for (size_t i = 0; !r && made && i < n; i++) {
		struct hl_seal_label label = HL_LABEL_NOTE(rows[i].id);
		struct hl_casework_note *note = &made[kept];

		if (is_blind_note(v, rows[i].staff_id)) {
			v->out->n_hidden++;
			continue;
		}
		*note = (struct hl_casework_note){.id = rows[i].id,
			.at_us = rows[i].at_us,
			.staff_id = rows[i].staff_id,
			.name = rows[i].name};
		r = open_or_none(v, rows[i].epoch, &label, rows[i].words_sealed,
			&note->words, &broken);
		kept++;
	}
	v->out->notes = made;
	v->out->n_notes = kept;
	return r ? r : made ? 0 : HL_E_NOMEM;
}

static int make_steps(struct view *v, const struct hl_tx *tx)
{
	struct hl_row_page_steps *rows;
	size_t n;
	int r = hl_tx_rows_page_steps(tx, &rows, &n);
	struct hl_casework_step *made =
		hl_arena_array(v->who->arena, n, sizeof(*made));

	for (size_t i = 0; !r && made && i < n; i++) {
		made[i] = (struct hl_casework_step){
			.step = (enum hl_step)rows[i].step,
			.started_at_us = rows[i].started_at_us,
			.ended_at_us = rows[i].ended_at_us,
			.holder = rows[i].holder,
			.name = rows[i].name};
	}
	v->out->steps = made;
	v->out->n_steps = n;
	return r ? r : made ? 0 : HL_E_NOMEM;
}

static int make_events(struct view *v, const struct hl_tx *tx)
{
	struct hl_row_page_events *rows;
	size_t n;
	int r = hl_tx_rows_page_events(tx, &rows, &n);

	if (r) {
		return r;
	}
	v->out->events = hl_casework_events_of(v->who, rows, n);
	v->out->n_events = n;
	return v->out->events ? 0 : HL_E_NOMEM;
}

static int make_referrals(struct view *v, const struct hl_tx *tx)
{
	struct hl_row_page_referrals *rows;
	size_t n;
	int r = hl_tx_rows_page_referrals(tx, &rows, &n);
	struct hl_casework_referral *made =
		hl_arena_array(v->who->arena, n, sizeof(*made));

	for (size_t i = 0; !r && made && i < n; i++) {
		made[i] = (struct hl_casework_referral){.id = rows[i].id,
			.recipient_id = rows[i].recipient_id,
			.created_at_us = rows[i].created_at_us,
			.sent_at_us = rows[i].sent_at_us,
			.answered_at_us = rows[i].answered_at_us,
			.hold_until_us = rows[i].hold_until_us,
			.n_moved = rows[i].n_moved,
			.kind = (enum hl_recipient)rows[i].kind,
			.state = (enum hl_referral_state)rows[i].state,
			.answer = (enum hl_answer)rows[i].answer,
			.is_test = rows[i].is_test != 0,
			.name = rows[i].name,
			.error = rows[i].last_error};
	}
	v->out->referrals = made;
	v->out->n_referrals = n;
	return r ? r : made ? 0 : HL_E_NOMEM;
}

static int make_checks(struct view *v, const struct hl_tx *tx)
{
	struct hl_row_page_checks *rows;
	size_t n;
	int r = hl_tx_rows_page_checks(tx, &rows, &n);
	struct hl_casework_check *made =
		hl_arena_array(v->who->arena, n, sizeof(*made));

	for (size_t i = 0; !r && made && i < n; i++) {
		made[i] = (struct hl_casework_check){.at_us = rows[i].at_us,
			.http_status = rows[i].http_status,
			.took_ms = rows[i].took_ms,
			.verdict = (enum hl_check)rows[i].verdict};
	}
	v->out->checks = made;
	v->out->n_checks = n;
	return r ? r : made ? 0 : HL_E_NOMEM;
}

static int make_viewing(struct view *v, const struct hl_tx *tx)
{
	struct hl_row_viewing_running *rows;
	struct hl_row_viewing_of_case *sum;
	size_t n, n_sum;
	int r = hl_tx_rows_viewing_running(tx, &rows, &n);

	if (!r) {
		r = hl_tx_rows_viewing_of_case(tx, &sum, &n_sum);
	}
	if (r) {
		return r;
	}
	v->out->viewed_us = n_sum ? sum->sum_us : 0;
	for (size_t i = 0; i < n; i++) {
		if (rows[i].case_id == v->c.id &&
			rows[i].until_us > v->now_us) {
			v->out->viewing_since_us = rows[i].started_at_us;
		}
	}
	return 0;
}

static int make_all(struct view *v, const struct hl_tx *tx, struct hl_err *err)
{
	static int (*const parts[])(struct view *, const struct hl_tx *) = {
		make_item, make_reports, make_traces, make_events, make_steps,
		make_assessments, make_notes, make_referrals, make_checks,
		make_viewing};
	int r = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(parts) && !r; i++) {
		r = parts[i](v, tx);
	}
	return r ? HL_FAIL(err, r, "case %lld: cannot be shown",
			   (long long)v->c.id)
		 : 0;
}

static int show(struct view *v, struct hl_err *err)
{
	struct hl_tx *tx;
	bool seen = false;
	int r = look_around(v, &seen, err);

	if (!r) {
		r = read_all(v, seen, &tx, err);
	}
	if (!r) {
		r = make_all(v, tx, err);
	}
	v->out->content = r == 0;
	return r;
}

int hl_casework_page(const struct hl_who *who, int64_t case_id,
	struct hl_casework_page *out, struct hl_err *err)
{
	struct view v = {.who = who, .out = out, .now_us = hl_time_now_us()};
	int r = hl_casefile_load(who->store, who->arena, case_id, &v.c, err);

	*out = (struct hl_casework_page){0};
	if (!r) {
		r = read_row(&v, err);
	}
	if (r) {
		return r;
	}
	v.object = hl_casefile_object(&v.c, v.now_us);
	bool may_read = hl_authz_check(&who->actor, HL_AUTHZ_CASE_READ,
				&v.object, NULL) == 0;
	bool in_queue = hl_authz_check(&who->actor, HL_AUTHZ_QUEUE_VIEW, NULL,
				NULL) == 0;
	if (!may_read && !in_queue) {
		return HL_NOTFOUND;
	}
	out->n_may =
		hl_casework_may_list(who, &v.object, HL_OBJECT_CASE, out->may);
	if (!may_read) {
		return 0;
	}
	read_facts(&v);
	return show(&v, err);
}
