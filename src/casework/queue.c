/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/queue.h"

#include <stdio.h>

#include "base/time.h"
#include "casework/rows.h"

struct range {
	int from, to; /* enum hl_case_state */
};

/* The states in which a tab's cases are: bounds of the index. */
static const struct range ranges[HL_CASEWORK_TABS] = {
	[HL_CASEWORK_ALL] = {HL_CASE_NEW, HL_CASE_ERASED},
	[HL_CASEWORK_UNASSIGNED] = {HL_CASE_NEW, HL_CASE_ASSIGNED},
	[HL_CASEWORK_MINE] = {HL_CASE_ASSIGNED, HL_CASE_DISAGREED},
	[HL_CASEWORK_TO_VERIFY] = {HL_CASE_VERIFYING, HL_CASE_VERIFYING},
	[HL_CASEWORK_TO_ADJUDICATE] = {HL_CASE_DISAGREED, HL_CASE_DISAGREED},
	[HL_CASEWORK_TO_ACT] = {HL_CASE_AGREED, HL_CASE_ACTIONING},
	[HL_CASEWORK_MONITORED] = {HL_CASE_MONITORING, HL_CASE_MONITORING},
	[HL_CASEWORK_CLOSED] = {HL_CASE_CLOSED, HL_CASE_CLOSED},
};

static struct range range_of(const struct hl_casework_filter *f)
{
	struct range range = {0, -1};

	if ((unsigned)f->tab < HL_CASEWORK_TABS) {
		range = ranges[f->tab];
	}
	if (f->state) {
		range.from = f->state > range.from ? f->state : range.from;
		range.to = f->state < range.to ? f->state : range.to;
	}
	return range;
}

static bool may_take(const struct hl_who *who,
	const struct hl_casework_row *row, const struct hl_row_case_queue *from,
	int64_t now_us)
{
	struct hl_authz_object o = {.exists = true,
		.state = (int)row->state,
		.case_state = (int)row->state,
		.now_us = now_us,
		.assigned_to = from->holder,
		.lease_until_us = from->lease_until_us,
		.first_assessor = from->first_by,
		.second_assessor = from->second_by,
		.adjudicator = from->third_by};

	return hl_authz_check(&who->actor, HL_AUTHZ_CASE_LEASE, &o, NULL) == 0;
}

void hl_casework_row_of(const struct hl_who *who,
	const struct hl_row_case_queue *from, int64_t now_us,
	struct hl_casework_row *out)
{
	bool held = from->holder && from->lease_until_us > now_us;

	*out = (struct hl_casework_row){.id = from->id,
		.item_id = from->item_id,
		.state = (enum hl_case_state)from->state,
		.step = (enum hl_step)from->step,
		.step_since_us = from->step_since_us,
		.created_at_us = from->created_at_us,
		.priority = {(int)from->priority, (uint32_t)from->reasons},
		.danger = from->danger == HL_YNU_YES,
		.is_test = from->is_test != 0,
		.legal_hold = from->legal_hold != 0,
		.holder = held ? from->holder : 0,
		.lease_until_us = held ? from->lease_until_us : 0,
		.holder_name = held ? from->holder_name : HL_STR(""),
		.country = from->country,
		.n_reports = from->n_reports,
		.n_independent = from->n_independent,
		.outcome = (enum hl_outcome)from->outcome,
		.known = from->known != 0};
	out->may_take = may_take(who, out, from, now_us);
}

static int make_list(const struct hl_who *who,
	const struct hl_row_case_queue *from, size_t n, int64_t now_us,
	struct hl_casework_list *out)
{
	struct hl_casework_row *rows =
		hl_arena_array(who->arena, n, sizeof(*rows));

	if (!rows) {
		return HL_E_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		hl_casework_row_of(who, &from[i], now_us, &rows[i]);
	}
	out->rows = rows;
	out->n = n;
	return 0;
}

int hl_casework_queue(const struct hl_who *who,
	const struct hl_casework_filter *filter,
	const struct hl_casework_cursor *from, size_t n_most,
	struct hl_casework_list *out, struct hl_err *err)
{
	struct range range = range_of(filter);
	int64_t now = hl_time_now_us();
	struct hl_row_case_queue *rows;
	size_t n;

	*out = (struct hl_casework_list){0};
	if (hl_authz_check(&who->actor, HL_AUTHZ_QUEUE_VIEW, NULL, NULL)) {
		return HL_DENIED;
	}
	n_most = n_most < HL_CASEWORK_PAGE_MAX ? n_most : HL_CASEWORK_PAGE_MAX;
	struct hl_in_case_queue in = {.state_from = range.from,
		.state_to = range.to,
		.tab = filter->tab,
		.now_us = now,
		.me = who->actor.user_id,
		.outcome = filter->outcome,
		.danger = filter->danger,
		.country = filter->country,
		.after = from->id != 0,
		.priority = from->priority,
		.created_at_us = from->created_at_us,
		.id = from->id,
		.n_most = (int64_t)n_most + 1};
	int r = hl_get_case_queue(who->store, who->arena, &in, &rows, &n, err);
	if (r) {
		return r;
	}
	out->more = n > n_most;
	n = out->more ? n_most : n;
	if (n) {
		out->next = (struct hl_casework_cursor){rows[n - 1].priority,
			rows[n - 1].created_at_us, rows[n - 1].id};
	}
	r = make_list(who, rows, n, now, out);
	return r ? HL_FAIL(err, r, "no memory for the queue") : 0;
}

struct hl_str hl_casework_cursor_print(
	const struct hl_casework_cursor *c, char out[HL_CASEWORK_CURSOR_MAX])
{
	int n = snprintf(out, HL_CASEWORK_CURSOR_MAX, "%lld.%lld.%lld",
		(long long)c->priority, (long long)c->created_at_us,
		(long long)c->id);

	return hl_str_mem(out, (size_t)n);
}

int hl_casework_cursor_parse(struct hl_str s, struct hl_casework_cursor *c)
{
	int64_t parts[3] = {0};
	struct hl_str piece;

	for (int i = 0; i < 3; i++) {
		if (!hl_str_next(&s, '.', &piece) ||
			!hl_str_to_i64(piece, &parts[i]) || parts[i] < 0) {
			return HL_E_INVALID;
		}
	}
	if (hl_str_next(&s, '.', &piece)) {
		return HL_E_INVALID;
	}
	*c = (struct hl_casework_cursor){parts[0], parts[1], parts[2]};
	return 0;
}

int hl_casework_counts(const struct hl_who *who, struct hl_casework_counts *out,
	struct hl_err *err)
{
	struct hl_tx *tx;
	struct hl_row_case_counts *c;
	struct hl_row_report_counts *reports;
	size_t n;

	if (hl_authz_check(&who->actor, HL_AUTHZ_QUEUE_VIEW, NULL, NULL)) {
		return HL_DENIED;
	}
	tx = hl_tx_begin(who->store, who->arena);
	hl_tx_case_counts(tx, &(struct hl_in_case_counts){
				      hl_time_now_us(), who->actor.user_id});
	hl_tx_report_counts(tx);
	int r = hl_tx_run(tx, err);
	if (!r) {
		r = hl_tx_rows_case_counts(tx, &c, &n);
	}
	if (!r) {
		r = hl_tx_rows_report_counts(tx, &reports, &n);
	}
	if (r) {
		return r;
	}
	*out = (struct hl_casework_counts){
		.tab = {c->n_all, c->n_unassigned, c->n_mine, c->n_verify,
			c->n_adjudicate, c->n_act, c->n_monitored, c->n_closed},
		.n_received = reports->n_received,
		.n_person = reports->n_person,
		.n_danger = reports->n_danger};
	return 0;
}
