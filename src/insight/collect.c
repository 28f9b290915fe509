/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All statements of one collection run in one batch, so that the numbers
 * belong to one moment and add up.
 */
#include "insight/inner.h"

#include "base/time.h"
#include "domain/flow.h"
#include "domain/state.h"
#include "domain/words.h"
#include "store/sql.h"

#define DAY_US 86400000000

static const int64_t band_from[HL_INSIGHT_BANDS] = {0, 40, 80, 120};

struct job {
	struct hl_tx *tx;
	struct hl_arena *arena;
	struct hl_insight *out;
	int fault;
};

static void ask_reports(struct job *j)
{
	int64_t from = j->out->from_us, to = j->out->to_us;

	hl_tx_insight_reports(j->tx, &(struct hl_in_insight_reports){from, to});
	hl_tx_insight_days(j->tx, &(struct hl_in_insight_days){from, to});
	hl_tx_insight_addresses(
		j->tx, &(struct hl_in_insight_addresses){HL_TRIAGE_DUPLICATE,
			       HL_TRIAGE_ACCEPTED, from, to});
	hl_tx_insight_waiting(
		j->tx, &(struct hl_in_insight_waiting){HL_REPORT_RECEIVED});
	hl_tx_insight_intake(j->tx, &(struct hl_in_insight_intake){from, to});
}

static void ask_cases(struct job *j)
{
	int64_t from = j->out->from_us, to = j->out->to_us;
	int64_t now = j->out->made_at_us;

	hl_tx_insight_outcomes(
		j->tx, &(struct hl_in_insight_outcomes){from, to});
	hl_tx_insight_known(j->tx, &(struct hl_in_insight_known){from, to});
	hl_tx_insight_countries(
		j->tx, &(struct hl_in_insight_countries){HL_OUTCOME_BASELINE,
			       HL_OUTCOME_NATIONAL, from, to});
	hl_tx_insight_steps(j->tx, &(struct hl_in_insight_steps){from, to});
	hl_tx_insight_running(j->tx);
	hl_tx_insight_priority(
		j->tx, &(struct hl_in_insight_priority){HL_OUTCOME_BASELINE,
			       HL_OUTCOME_NATIONAL, from, to});
	hl_tx_insight_online(
		j->tx, &(struct hl_in_insight_online){now - DAY_US,
			       now - 3 * DAY_US, now - 7 * DAY_US,
			       now - 30 * DAY_US, HL_OUTCOME_BASELINE,
			       HL_OUTCOME_NATIONAL, HL_ITEM_OFFLINE});
}

static void ask_referrals(struct job *j)
{
	int64_t from = j->out->from_us, to = j->out->to_us;

	hl_tx_insight_referrals(
		j->tx, &(struct hl_in_insight_referrals){from, to});
	hl_tx_insight_sent(j->tx, &(struct hl_in_insight_sent){from, to});
	hl_tx_insight_answers(j->tx, &(struct hl_in_insight_answers){from, to});
	hl_tx_insight_said(j->tx, &(struct hl_in_insight_said){from, to});
	hl_tx_insight_removals(j->tx,
		&(struct hl_in_insight_removals){HL_ITEM_OFFLINE, from, to});
	hl_tx_insight_noticed(j->tx,
		&(struct hl_in_insight_noticed){HL_ITEM_OFFLINE, from, to});
}

static struct hl_insight_count *counts_new(
	struct job *j, struct hl_insight_counts *counts, size_t n)
{
	counts->n = 0;
	counts->at = hl_arena_array(j->arena, n ? n : 1, sizeof(*counts->at));
	if (!counts->at) {
		j->fault = HL_E_NOMEM;
	}
	return counts->at;
}

/* Adds n to the count of a value, which may be there already. */
static void count_add(
	struct hl_insight_counts *counts, int64_t value, int64_t n)
{
	for (size_t i = 0; i < counts->n; i++) {
		if (counts->at[i].value == value) {
			counts->at[i].n += n;
			return;
		}
	}
	counts->at[counts->n++] =
		(struct hl_insight_count){.value = value, .n = n};
}

static void take_reports(struct job *j)
{
	struct hl_row_insight_reports *rows;
	size_t n;

	j->fault = hl_tx_rows_insight_reports(j->tx, &rows, &n);
	if (j->fault || !counts_new(j, &j->out->by_triage, n) ||
		!counts_new(j, &j->out->by_place, n) ||
		!counts_new(j, &j->out->by_channel, n)) {
		return;
	}
	for (size_t i = 0; i < n; i++) {
		count_add(&j->out->by_triage, rows[i].triage, rows[i].n);
		count_add(&j->out->by_place, rows[i].place, rows[i].n);
		count_add(&j->out->by_channel, rows[i].channel, rows[i].n);
		j->out->n_reports += rows[i].n;
	}
}

static void take_days(struct job *j)
{
	struct hl_row_insight_days *rows;
	size_t n;

	j->fault = hl_tx_rows_insight_days(j->tx, &rows, &n);
	if (j->fault || !counts_new(j, &j->out->by_day, n)) {
		return;
	}
	for (size_t i = 0; i < n; i++) {
		count_add(&j->out->by_day, rows[i].day, rows[i].n);
	}
}

static void take_intake(struct job *j)
{
	struct hl_insight_step *step = &j->out->steps[HL_STEP_INTAKE - 1];
	struct hl_row_insight_addresses *addresses;
	struct hl_row_insight_waiting *waiting;
	struct hl_row_insight_intake *intake;
	size_t n;

	j->fault = hl_tx_rows_insight_addresses(j->tx, &addresses, &n);
	if (!j->fault) {
		j->out->n_addresses = addresses[0].n;
		j->out->n_duplicates = addresses[0].n_duplicates;
		j->out->n_new_items = addresses[0].n_new;
		j->fault = hl_tx_rows_insight_waiting(j->tx, &waiting, &n);
	}
	if (!j->fault) {
		j->out->n_untriaged = waiting[0].n;
		step->n_running = waiting[0].n;
		step->oldest_us =
			waiting[0].n ? j->out->made_at_us - waiting[0].oldest_us
				     : 0;
		j->fault = hl_tx_rows_insight_intake(j->tx, &intake, &n);
	}
	if (!j->fault) {
		step->span = (struct hl_insight_span){
			intake[0].n, intake[0].median_us, intake[0].p90_us};
	}
}

static void take_outcomes(struct job *j)
{
	struct hl_row_insight_outcomes *rows;
	struct hl_row_insight_countries *countries;
	struct hl_row_insight_known *known;
	size_t n;

	j->fault = hl_tx_rows_insight_outcomes(j->tx, &rows, &n);
	if (j->fault || !counts_new(j, &j->out->outcomes, n)) {
		return;
	}
	for (size_t i = 0; i < n; i++) {
		count_add(&j->out->outcomes, rows[i].outcome, rows[i].n);
		j->out->n_cases += rows[i].n;
	}
	j->fault = hl_tx_rows_insight_known(j->tx, &known, &n);
	if (j->fault) {
		return;
	}
	j->out->n_known = n ? known[0].n : 0;
	j->fault = hl_tx_rows_insight_countries(j->tx, &countries, &n);
	if (j->fault || !counts_new(j, &j->out->countries, n)) {
		return;
	}
	for (size_t i = 0; i < n; i++) {
		j->out->countries.at[i] = (struct hl_insight_count){
			.text = countries[i].country, .n = countries[i].n};
	}
	j->out->countries.n = n;
}

static struct hl_insight_step *step_of(struct job *j, int64_t step)
{
	return step >= 1 && step <= HL_INSIGHT_STEPS ? &j->out->steps[step - 1]
						     : NULL;
}

static void take_steps(struct job *j)
{
	struct hl_row_insight_steps *rows;
	struct hl_row_insight_running *running;
	size_t n;

	j->fault = hl_tx_rows_insight_steps(j->tx, &rows, &n);
	for (size_t i = 0; !j->fault && i < n; i++) {
		struct hl_insight_step *step = step_of(j, rows[i].step);

		if (step) {
			step->span = (struct hl_insight_span){
				rows[i].n, rows[i].median_us, rows[i].p90_us};
		}
	}
	if (!j->fault) {
		j->fault = hl_tx_rows_insight_running(j->tx, &running, &n);
	}
	for (size_t i = 0; !j->fault && i < n; i++) {
		struct hl_insight_step *step = step_of(j, running[i].step);

		if (step) {
			step->n_running = running[i].n;
			step->oldest_us =
				j->out->made_at_us - running[i].oldest_us;
		}
	}
}

static void take_priority(struct job *j)
{
	struct hl_row_insight_priority *rows;
	struct hl_row_insight_online *online;
	size_t n;

	j->fault = hl_tx_rows_insight_priority(j->tx, &rows, &n);
	for (size_t i = 0; !j->fault && i < n; i++) {
		size_t b = HL_INSIGHT_BANDS - 1;

		while (b > 0 && rows[i].priority < band_from[b]) {
			b--;
		}
		j->out->priority[b].n += rows[i].n;
		j->out->priority[b].n_illegal += rows[i].n_illegal;
	}
	if (!j->fault) {
		j->fault = hl_tx_rows_insight_online(j->tx, &online, &n);
	}
	if (!j->fault) {
		j->out->online_by_age[0] = online[0].n_day;
		j->out->online_by_age[1] = online[0].n_three;
		j->out->online_by_age[2] = online[0].n_week;
		j->out->online_by_age[3] = online[0].n_month;
		j->out->online_by_age[4] = online[0].n_older;
	}
}

static struct hl_insight_referrals *kind_of(struct job *j, int64_t kind)
{
	return kind >= 1 && kind <= HL_INSIGHT_RECIPIENTS
		       ? &j->out->referrals[kind - 1]
		       : NULL;
}

static void count_state(
	struct hl_insight_referrals *f, int64_t state, int64_t n)
{
	f->n_made += n;
	switch (state) {
	case HL_REFERRAL_DRAFT:
	case HL_REFERRAL_APPROVED:
	case HL_REFERRAL_QUEUED:
	case HL_REFERRAL_RETRYING:
		f->n_waiting += n;
		break;
	case HL_REFERRAL_LEA_HOLD:
		f->n_held += n;
		break;
	case HL_REFERRAL_BOUNCED:
	case HL_REFERRAL_PERMANENT_ERROR:
		f->n_failed += n;
		break;
	default:
		break;
	}
}

static void take_referrals(struct job *j)
{
	struct hl_row_insight_referrals *rows;
	struct hl_row_insight_sent *sent;
	struct hl_row_insight_answers *answers;
	struct hl_insight_referrals *f;
	size_t n;

	j->fault = hl_tx_rows_insight_referrals(j->tx, &rows, &n);
	for (size_t i = 0; !j->fault && i < n; i++) {
		if ((f = kind_of(j, rows[i].kind))) {
			count_state(f, rows[i].state, rows[i].n);
		}
	}
	if (!j->fault) {
		j->fault = hl_tx_rows_insight_sent(j->tx, &sent, &n);
	}
	for (size_t i = 0; !j->fault && i < n; i++) {
		if ((f = kind_of(j, sent[i].kind))) {
			f->n_sent = sent[i].n;
			f->n_answered = sent[i].n_answered;
		}
	}
	if (!j->fault) {
		j->fault = hl_tx_rows_insight_answers(j->tx, &answers, &n);
	}
	for (size_t i = 0; !j->fault && i < n; i++) {
		if ((f = kind_of(j, answers[i].kind))) {
			f->to_answer = (struct hl_insight_span){answers[i].n,
				answers[i].median_us, answers[i].p90_us};
		}
	}
}

static void take_removals(struct job *j)
{
	struct hl_row_insight_said *said;
	struct hl_row_insight_removals *removals;
	struct hl_row_insight_noticed *noticed;
	size_t n;

	j->fault = hl_tx_rows_insight_said(j->tx, &said, &n);
	if (j->fault || !counts_new(j, &j->out->answers, n)) {
		return;
	}
	for (size_t i = 0; i < n; i++) {
		count_add(&j->out->answers, said[i].answer, said[i].n);
	}
	j->fault = hl_tx_rows_insight_removals(j->tx, &removals, &n);
	if (!j->fault) {
		j->out->removal = (struct hl_insight_span){removals[0].n,
			removals[0].median_us, removals[0].p90_us};
		j->fault = hl_tx_rows_insight_noticed(j->tx, &noticed, &n);
	}
	if (!j->fault) {
		j->out->notice_to_removal = (struct hl_insight_span){
			noticed[0].n, noticed[0].median_us, noticed[0].p90_us};
	}
}

static void take_lists(struct job *j)
{
	j->fault = hl_insight_take_lists(j->tx, j->arena, j->out);
}

static void prepare(struct hl_insight *out, int64_t from_us, int64_t to_us)
{
	*out = (struct hl_insight){.from_us = from_us,
		.to_us = to_us,
		.made_at_us = hl_time_now_us()};
	for (int i = 0; i < HL_INSIGHT_STEPS; i++) {
		out->steps[i].step = i + 1;
	}
	for (int i = 0; i < HL_INSIGHT_RECIPIENTS; i++) {
		out->referrals[i].kind = i + 1;
	}
	for (int i = 0; i < HL_INSIGHT_BANDS; i++) {
		out->priority[i].from = band_from[i];
		out->priority[i].to =
			i + 1 < HL_INSIGHT_BANDS ? band_from[i + 1] : INT64_MAX;
	}
}

int64_t hl_insight_today_end(int64_t now_us)
{
	return now_us - now_us % HL_US_PER_DAY + HL_US_PER_DAY;
}

int hl_insight_collect(struct hl_store *store, struct hl_arena *arena,
	int64_t from_us, int64_t to_us, struct hl_insight *out,
	struct hl_err *err)
{
	static void (*const takers[])(struct job *) = {take_reports, take_days,
		take_intake, take_outcomes, take_steps, take_priority,
		take_referrals, take_removals, take_lists};
	struct job j = {.arena = arena, .out = out};

	prepare(out, from_us, to_us);
	if (from_us >= to_us) {
		return HL_FAIL(err, HL_E_INVALID,
			"the period must begin before it ends");
	}
	j.tx = hl_tx_begin(store, arena);
	ask_reports(&j);
	ask_cases(&j);
	ask_referrals(&j);
	hl_insight_ask_lists(j.tx, out);
	int r = hl_tx_run(j.tx, err);
	for (size_t i = 0; !r && i < HL_ARRAY_LEN(takers); i++) {
		takers[i](&j);
		r = j.fault ? HL_FAIL(err, j.fault, "statistics cannot be read")
			    : 0;
	}
	return r;
}
