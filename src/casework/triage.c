/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/triage.h"

#include "base/log.h"
#include "base/time.h"
#include "casework/link.h"

/* What extraction may need for the longest text, and more. */
#define ARENA_MAX ((size_t)16 * 1024 * 1024)

struct run {
	struct hl_who who; /* the caller's with an arena of its own */
	const struct hl_settings *settings;
	const struct hl_casefile_keys *keys;
};

/* To wait for a person, with the reason why. */
static int set_aside(const struct run *run,
	const struct hl_row_report_get *report, enum hl_triage_reason reason,
	struct hl_err *err)
{
	int from = (int)report->state, to;

	if (hl_state_next(HL_MACHINE_REPORT, from, HL_ACTION_TRIAGE, &to)) {
		return HL_CONFLICT;
	}
	struct hl_tx *tx = hl_tx_begin(run->who.store, run->who.arena);
	hl_tx_report_finish(tx, &(struct hl_in_report_finish){.state = to,
					.triage = HL_TRIAGE_UNANSWERED,
					.triage_reason = reason,
					.triaged_at_us = hl_time_now_us(),
					.triaged_by = run->who.actor.user_id,
					.id = report->id,
					.state_before = from});
	hl_tx_happened(tx, run->who.actor.user_id, HL_EVENT_REPORT_READ,
		report->id, 1, 0);
	hl_tx_happened(tx, run->who.actor.user_id, HL_EVENT_REPORT_TRIAGED,
		report->id, from, to);
	return hl_tx_run(tx, err);
}

static int broken(const struct run *run, const struct hl_row_report_get *report,
	const struct hl_err *what, struct hl_err *err)
{
	hl_log(HL_LOG_WARN, "triage.unreadable", "report %lld: %s",
		(long long)report->id, hl_err_name(what->code));
	return set_aside(run, report, HL_TRIAGE_REASON_UNREADABLE, err);
}

static bool is_broken(int r)
{
	return r == HL_E_CRYPTO || r == HL_E_CORRUPT || r == HL_E_INVALID ||
	       r == HL_E_LIMIT || r == HL_NOTFOUND;
}

static int extract_and_link(const struct run *run,
	const struct hl_row_report_get *report, const struct hl_report *answers,
	struct hl_err *err)
{
	struct hl_url_list found;
	struct hl_err what = {0};
	int r = hl_url_extract(
		answers->addresses_text, run->who.arena, &found, &what);

	if (r == HL_E_LIMIT) {
		return broken(run, report, &what, err);
	}
	if (r) {
		return HL_FAIL(err, r, "%s", what.msg);
	}
	if (!found.n_addresses) {
		return set_aside(run, report, HL_TRIAGE_REASON_NO_ADDRESS, err);
	}
	return hl_casework_link(&(struct hl_casework_linking){.who = &run->who,
					.settings = run->settings,
					.keys = run->keys,
					.report = report,
					.answers = answers,
					.found = &found},
		err);
}

/* HL_DENIED: not by this person; HL_CONFLICT: again. */
static int triage_one(const struct run *run, int64_t id, struct hl_err *err)
{
	const struct hl_who *who = &run->who;
	struct hl_in_report_part_get in = {id, HL_REPORT_PART_ANSWERS};
	struct hl_row_report_get *report;
	struct hl_row_report_part_get *part;
	struct hl_report answers;
	struct hl_err what = {0};
	size_t n;
	int r = hl_casework_report(who, id, &report, err);

	if (r || report->state != HL_REPORT_RECEIVED) {
		return r < 0 ? r : 0;
	}
	r = hl_casework_report_check(
		who, report, HL_AUTHZ_REPORT_TRIAGE, NULL, err);
	if (!r) {
		r = hl_get_report_part_get(
			who->store, who->arena, &in, &part, &n, err);
	}
	if (r) {
		return r;
	}
	r = n ? hl_casework_answers(who,
			&(struct hl_casework_part){id, part->epoch,
				part->key_sealed, part->body_sealed},
			who->arena, &answers, &what)
	      : HL_NOTFOUND;
	if (is_broken(r)) {
		what.code = r;
		return broken(run, report, &what, err);
	}
	if (r) {
		return r < 0 ? HL_FAIL(err, r, "%s", what.msg) : r;
	}
	return extract_and_link(run, report, &answers, err);
}

static int triage_listed(struct run *run, const struct hl_row_triage_list *rows,
	size_t n, size_t *n_done, struct hl_err *err)
{
	for (size_t i = 0; i < n; i++) {
		int r = HL_CONFLICT;

		for (int k = 0; k < HL_CASEWORK_TRIES && r == HL_CONFLICT;
			k++) {
			hl_arena_reset(run->who.arena);
			r = triage_one(run, rows[i].id, err);
		}
		if (r < 0) {
			return r;
		}
		*n_done += r == 0;
	}
	return 0;
}

static int list(const struct hl_who *who, size_t n_most,
	struct hl_row_triage_list **rows, size_t *n, struct hl_err *err)
{
	const struct hl_seal_ring_keys *queue = &who->ring->queue;
	struct hl_in_triage_list in = {
		INT64_MAX, 0, (int64_t)(n_most < 10000 ? n_most : 10000)};

	for (size_t i = 0; i < queue->n; i++) {
		int64_t epoch = queue->at[i].epoch;

		in.epoch_from = epoch < in.epoch_from ? epoch : in.epoch_from;
		in.epoch_to = epoch > in.epoch_to ? epoch : in.epoch_to;
	}
	return hl_get_triage_list(who->store, who->arena, &in, rows, n, err);
}

static int count(const struct hl_who *who, struct hl_casework_triaged *out,
	struct hl_err *err)
{
	struct hl_row_report_counts *row;
	size_t n;
	int r = hl_get_report_counts(who->store, who->arena, &row, &n, err);

	if (!r && n) {
		out->n_left = (size_t)row->n_received;
		out->n_person = (size_t)row->n_person;
	}
	return r;
}

static int may_triage(const struct hl_who *who, enum hl_casework_why *why)
{
	if (!hl_authz_may_ever(&who->actor, HL_AUTHZ_REPORT_TRIAGE)) {
		return hl_casework_refuse(why, HL_CASEWORK_NOT_PERMITTED);
	}
	if (!hl_casework_has_key(who) || !who->ring->has_url) {
		return hl_casework_refuse(why, HL_CASEWORK_NO_KEY);
	}
	return 0;
}

int hl_casework_triage(const struct hl_who *who,
	const struct hl_settings *settings, size_t n_most,
	struct hl_casework_triaged *out, enum hl_casework_why *why,
	struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(ARENA_MAX, true);
	struct hl_row_triage_list *rows;
	struct hl_casefile_keys keys;
	struct run run = {.who = *who, .settings = settings, .keys = &keys};
	size_t n;
	int r = may_triage(who, why);

	*out = (struct hl_casework_triaged){0};
	if (r) {
		return r;
	}
	if (!arena) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for triage");
	}
	run.who.arena = arena;
	r = hl_casefile_keys(who->store, who->arena, &keys, err);
	if (!r) {
		r = list(who, n_most, &rows, &n, err);
	}
	if (!r) {
		r = triage_listed(&run, rows, n, &out->n_done, err);
	}
	return r ? r : count(who, out, err);
}

/* What a person found in the report: the place as typed, or text. */
struct typed {
	const struct hl_str *place; /* service and name */
	struct hl_str text;
};

static int read_typed(const struct typed *typed, struct hl_arena *arena,
	struct hl_url_list *found, struct hl_err *err)
{
	if (!typed->place) {
		int r = hl_url_extract(typed->text, arena, found, err);

		return r || found->n_addresses
			       ? r
			       : HL_FAIL(err, HL_E_INVALID,
					 "there is no address in it");
	}
	*found = (struct hl_url_list){
		.v = hl_arena_alloc(arena, sizeof(*found->v)),
		.n = 1,
		.n_addresses = 1};
	return found->v ? hl_url_place(typed->place[0], typed->place[1], arena,
				  found->v, err)
			: HL_FAIL(err, HL_E_NOMEM, "no memory for a place");
}

static int link_typed(const struct hl_who *who,
	const struct hl_settings *settings, struct hl_row_report_get *report,
	const struct hl_url_list *found, struct hl_err *err)
{
	struct hl_casefile_keys keys;
	int r = hl_casefile_keys(who->store, who->arena, &keys, err);

	return r ? r
		 : hl_casework_link(&(struct hl_casework_linking){.who = who,
					    .settings = settings,
					    .keys = &keys,
					    .report = report,
					    .found = found,
					    .typed_in = true},
			   err);
}

static int take_up(const struct hl_who *who, const struct hl_settings *settings,
	int64_t report_id, const struct typed *typed, enum hl_casework_why *why,
	struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(ARENA_MAX, true);
	struct hl_who in_arena = *who;
	struct hl_row_report_get *report;
	struct hl_url_list found;
	int r = may_triage(who, why);

	if (!r) {
		r = arena ? hl_casework_report(who, report_id, &report, err)
			  : HL_FAIL(err, HL_E_NOMEM, "no memory for triage");
	}
	if (!r) {
		r = hl_casework_report_check(
			who, report, HL_AUTHZ_REPORT_TRIAGE, why, err);
	}
	if (!r && (report->state != HL_REPORT_TRIAGED || report->triage)) {
		r = hl_casework_refuse(why, HL_CASEWORK_WRONG_STATE);
	}
	if (!r) {
		r = read_typed(typed, arena, &found, err);
	}
	if (r) {
		return r;
	}
	in_arena.arena = arena;
	r = link_typed(&in_arena, settings, report, &found, err);
	return r == HL_CONFLICT ? hl_casework_refuse(why, HL_CASEWORK_BUSY) : r;
}

int hl_casework_type_in(const struct hl_who *who,
	const struct hl_settings *settings, int64_t report_id,
	struct hl_str text, enum hl_casework_why *why, struct hl_err *err)
{
	return take_up(who, settings, report_id, &(struct typed){.text = text},
		why, err);
}

int hl_casework_name_place(const struct hl_who *who,
	const struct hl_settings *settings, int64_t report_id,
	const struct hl_str place[2], enum hl_casework_why *why,
	struct hl_err *err)
{
	return take_up(who, settings, report_id,
		&(struct typed){.place = place}, why, err);
}
