/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/rows.h"

#include "base/time.h"

_Static_assert(HL_AUTHZ_ACTION_LAST <= HL_CASEWORK_MAY_MAX + 30,
	"hl_casework_may_list() must hold all actions on one kind of object");

size_t hl_casework_may_list(const struct hl_who *who,
	const struct hl_authz_object *object, enum hl_object kind,
	struct hl_casework_may out[HL_CASEWORK_MAY_MAX])
{
	size_t n = 0;

	for (int a = 1; a <= HL_AUTHZ_ACTION_LAST; a++) {
		enum hl_authz_action action = (enum hl_authz_action)a;

		if (hl_authz_object_kind(action) == kind &&
			n < HL_CASEWORK_MAY_MAX) {
			out[n].action = action;
			hl_authz_check(
				&who->actor, action, object, &out[n].why);
			n++;
		}
	}
	return n;
}

bool hl_casework_allows(
	const struct hl_casework_page *page, enum hl_authz_action action)
{
	for (size_t i = 0; i < page->n_may; i++) {
		if (page->may[i].action == action) {
			return page->may[i].why == HL_AUTHZ_ALLOWED;
		}
	}
	return false;
}

struct hl_casework_event *hl_casework_events_of(const struct hl_who *who,
	const struct hl_row_page_events *rows, size_t n)
{
	struct hl_casework_event *made =
		hl_arena_array(who->arena, n, sizeof(*made));

	for (size_t i = 0; made && i < n; i++) {
		const struct hl_row_page_events *row = &rows[n - 1 - i];

		made[i] = (struct hl_casework_event){.seq = row->seq,
			.at_us = row->at_us,
			.actor = row->actor,
			.kind = (enum hl_event)row->kind,
			.object = (enum hl_object)row->object_kind,
			.object_id = row->object_id,
			.a = row->a,
			.b = row->b,
			.name = row->name};
	}
	return made;
}

static int make_links(const struct hl_who *who, int64_t report_id,
	struct hl_casework_report_page *out, struct hl_err *err)
{
	struct hl_in_report_links in = {report_id};
	struct hl_row_report_links *rows;
	struct hl_casework_link *made;
	size_t n;
	int r = hl_get_report_links(
		who->store, who->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, n, sizeof(*made));
	for (size_t i = 0; made && i < n; i++) {
		made[i] = (struct hl_casework_link){
			.position = rows[i].position,
			.item_id = rows[i].item_id,
			.case_id = rows[i].case_id,
			.verdict = (enum hl_triage)rows[i].verdict,
			.reason = (enum hl_triage_reason)rows[i].reason};
	}
	out->links = made;
	out->n_links = n;
	return made ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory for links");
}

static int make_events(const struct hl_who *who, int64_t report_id,
	struct hl_casework_report_page *out, struct hl_err *err)
{
	struct hl_in_object_events in = {HL_OBJECT_REPORT, report_id, 200};
	struct hl_row_object_events *rows;
	struct hl_row_page_events *same;
	size_t n;
	int r = hl_get_object_events(
		who->store, who->arena, &in, &rows, &n, err);

	if (r) {
		return r;
	}
	same = hl_arena_array(who->arena, n, sizeof(*same));
	for (size_t i = 0; same && i < n; i++) {
		same[i] = (struct hl_row_page_events){.seq = rows[i].seq,
			.at_us = rows[i].at_us,
			.actor = rows[i].actor,
			.name = rows[i].name,
			.kind = rows[i].kind,
			.object_kind = rows[i].object_kind,
			.object_id = rows[i].object_id,
			.a = rows[i].a,
			.b = rows[i].b};
	}
	out->events = same ? hl_casework_events_of(who, same, n) : NULL;
	out->n_events = n;
	return out->events ? 0
			   : HL_FAIL(err, HL_E_NOMEM, "no memory for events");
}

/* Logs the reading first, unless it was read a moment ago. */
static int log_read(
	const struct hl_who *who, int64_t report_id, struct hl_err *err)
{
	int64_t now = hl_time_now_us(), me = who->actor.user_id;
	struct hl_in_read_recently in = {HL_EVENT_REPORT_READ, HL_OBJECT_REPORT,
		report_id, me, now - HL_CASEWORK_READ_US, now};
	struct hl_row_read_recently *row;
	size_t n;
	int r = hl_get_read_recently(
		who->store, who->arena, &in, &row, &n, err);

	if (r || (n && row->n)) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_happened(tx, me, HL_EVENT_REPORT_READ, report_id, 0, 0);
	return hl_tx_run(tx, err);
}

static int open_answers(const struct hl_who *who,
	struct hl_casework_report *out, struct hl_err *err)
{
	struct hl_in_report_part_get in = {out->id, HL_REPORT_PART_ANSWERS};
	struct hl_row_report_part_get *row;
	size_t n;
	int r = hl_get_report_part_get(
		who->store, who->arena, &in, &row, &n, err);

	if (r) {
		return r;
	}
	r = n ? hl_casework_answers(who,
			&(struct hl_casework_part){out->id, row->epoch,
				row->key_sealed, row->body_sealed},
			who->arena, &out->answers, err)
	      : HL_NOTFOUND;
	out->open = r == 0;
	out->broken = r < 0 || r == HL_NOTFOUND;
	return r == HL_E_NOMEM ? r : 0;
}

/* Who may read the report gets reasons; all else is as if it were not. */
static size_t report_may(const struct hl_who *who,
	const struct hl_row_report_get *report, struct hl_casework_may *out,
	struct hl_err *err)
{
	struct hl_authz_object nothing = {0};
	size_t n = hl_casework_may_list(who, &nothing, HL_OBJECT_REPORT, out);

	for (size_t i = 0; i < n; i++) {
		enum hl_casework_why why = HL_CASEWORK_NOT_PERMITTED;

		hl_casework_report_check(who, report, out[i].action, &why, err);
		out[i].why = (enum hl_authz_why)why;
	}
	return n;
}

int hl_casework_report_page(const struct hl_who *who, int64_t report_id,
	struct hl_casework_report_page *out, struct hl_err *err)
{
	struct hl_row_report_get *row;
	int r = hl_casework_report(who, report_id, &row, err);

	*out = (struct hl_casework_report_page){0};
	if (!r) {
		r = hl_casework_report_check(
			who, row, HL_AUTHZ_REPORT_READ, NULL, err);
	}
	if (r) {
		return r < 0 ? r : HL_NOTFOUND;
	}
	out->report = (struct hl_casework_report){.id = row->id,
		.received_at_us = row->received_at_us,
		.state = (enum hl_report_state)row->state,
		.verdict = (enum hl_triage)row->triage,
		.danger = (int)row->danger,
		.place = (int)row->place,
		.has_contact = row->has_contact != 0,
		.is_test = row->is_test != 0,
		.contact_asked_by = row->contact_asked_by,
		.contact_granted_to = row->contact_granted_to};
	out->triage = (enum hl_triage)row->triage;
	out->reason = (enum hl_triage_reason)row->triage_reason;
	out->triaged_at_us = row->triaged_at_us;
	out->n_may = report_may(who, row, out->may, err);
	r = log_read(who, report_id, err);
	if (!r) {
		r = open_answers(who, &out->report, err);
	}
	if (!r) {
		r = make_links(who, report_id, out, err);
	}
	return r ? r : make_events(who, report_id, out, err);
}
