/* SPDX-License-Identifier: Apache-2.0 */
#include "casework/contact.h"

#include "base/time.h"
#include "casework/inner.h"

#define CONTACT_MAX ((size_t)64 * 1024)

/* The report, if this person may do that with it. */
static int find(const struct hl_who *who, int64_t report_id,
	enum hl_authz_action action, struct hl_row_report_get **report,
	enum hl_casework_why *why, struct hl_err *err)
{
	int r = hl_casework_report(who, report_id, report, err);

	if (r == HL_NOTFOUND) {
		hl_casework_refuse(why, HL_CASEWORK_NOT_PERMITTED);
	}
	if (!r) {
		r = hl_casework_report_check(who, *report, action, why, err);
	}
	return !r && !(*report)->has_contact ? HL_NOTFOUND : r;
}

static bool is_pending(const struct hl_row_report_get *report)
{
	return report->contact_asked_by &&
	       report->contact_granted_to != report->contact_asked_by;
}

static int run(const struct hl_who *who, struct hl_tx *tx, int64_t report_id,
	enum hl_event event, struct hl_err *err)
{
	hl_tx_happened(tx, who->actor.user_id, event, report_id, 0, 0);
	return hl_tx_run(tx, err);
}

static int busy(int r, enum hl_casework_why *why)
{
	return r == HL_CONFLICT ? hl_casework_refuse(why, HL_CASEWORK_BUSY) : r;
}

int hl_casework_contact_request(const struct hl_who *who, int64_t report_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_row_report_get *report;
	int r = find(
		who, report_id, HL_AUTHZ_CONTACT_REQUEST, &report, why, err);

	if (r) {
		return r;
	}
	if (is_pending(report)) {
		return hl_casework_refuse(why, HL_CASEWORK_PROPOSED);
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_contact_ask(tx, &(struct hl_in_contact_ask){who->actor.user_id,
				      report_id, report->contact_asked_by});
	return busy(
		run(who, tx, report_id, HL_EVENT_CONTACT_REQUESTED, err), why);
}

int hl_casework_contact_refuse(const struct hl_who *who, int64_t report_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_row_report_get *report;
	int r = find(who, report_id, HL_AUTHZ_CONTACT_GRANT, &report, why, err);

	if (r) {
		return r;
	}
	if (!is_pending(report)) {
		return hl_casework_refuse(why, HL_CASEWORK_WRONG_STATE);
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_contact_ask(tx, &(struct hl_in_contact_ask){
				      0, report_id, report->contact_asked_by});
	return busy(
		run(who, tx, report_id, HL_EVENT_CONTACT_REFUSED, err), why);
}

static int read_part(const struct hl_who *who, int64_t report_id,
	enum hl_report_part part, struct hl_row_report_part_get **row,
	struct hl_err *err)
{
	struct hl_in_report_part_get in = {report_id, part};
	size_t n;
	int r = hl_get_report_part_get(
		who->store, who->arena, &in, row, &n, err);

	return r ? r : n && (*row)->key_sealed.n ? 0 : HL_NOTFOUND;
}

/* From the identity key to the queue key. */
static int reseal(const struct hl_who *who, int64_t report_id,
	struct hl_in_contact_part_put *out, enum hl_casework_why *why,
	struct hl_err *err)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(CONTACT_MAX);
	HL_BUF_AUTO key = HL_BUF_INIT(4096),
		    body = HL_BUF_INIT(CONTACT_MAX * 2);
	struct hl_seal_label from = HL_LABEL_REPORT_CONTACT(report_id);
	struct hl_seal_label to = HL_LABEL_REPORT_RELEASED(report_id);
	struct hl_row_report_part_get *row;
	struct hl_casefile_keys keys;
	int r = read_part(who, report_id, HL_REPORT_PART_CONTACT, &row, err);

	if (r) {
		return r;
	}
	const struct hl_seal_secret *secret =
		hl_seal_ring_find(&who->ring->identity, row->epoch);
	if (!secret) {
		return hl_casework_refuse(why, HL_CASEWORK_NO_KEY);
	}
	r = hl_casefile_keys(who->store, who->arena, &keys, err);
	if (!r) {
		r = hl_seal_report_open(secret, &from, row->key_sealed,
			row->body_sealed, &plain, err);
	}
	if (!r) {
		r = hl_seal_report(
			&keys.queue, &to, hl_buf_str(&plain), &key, &body, err);
	}
	*out = (struct hl_in_contact_part_put){report_id, keys.queue_epoch,
		hl_arena_dup(who->arena, hl_buf_str(&key)),
		hl_arena_dup(who->arena, hl_buf_str(&body))};
	if (!r && (!out->key_sealed.p || !out->body_sealed.p)) {
		r = HL_FAIL(err, HL_E_NOMEM, "no memory for a contact");
	}
	return r;
}

int hl_casework_contact_grant(const struct hl_who *who, int64_t report_id,
	enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_row_report_get *report;
	struct hl_in_contact_part_put part;
	int r = find(who, report_id, HL_AUTHZ_CONTACT_GRANT, &report, why, err);

	if (!r && !is_pending(report)) {
		r = hl_casework_refuse(why, HL_CASEWORK_WRONG_STATE);
	}
	if (!r) {
		r = reseal(who, report_id, &part, why, err);
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	hl_tx_contact_grant(
		tx, &(struct hl_in_contact_grant){report->contact_asked_by,
			    who->actor.user_id, report_id,
			    report->contact_asked_by});
	hl_tx_contact_part_put(tx, &part);
	return busy(
		run(who, tx, report_id, HL_EVENT_CONTACT_GRANTED, err), why);
}

static int open_released(const struct hl_who *who, int64_t report_id,
	const struct hl_row_report_part_get *row, struct hl_str *contact,
	enum hl_casework_why *why, struct hl_err *err)
{
	const struct hl_seal_secret *secret =
		hl_seal_ring_find(&who->ring->queue, row->epoch);
	struct hl_seal_label label = HL_LABEL_REPORT_RELEASED(report_id);
	HL_BUF_AUTO plain = HL_BUF_SECRET(CONTACT_MAX);
	struct hl_report report = {0};

	if (!secret) {
		return hl_casework_refuse(why, HL_CASEWORK_NO_KEY);
	}
	int r = hl_seal_report_open(
		secret, &label, row->key_sealed, row->body_sealed, &plain, err);
	if (!r) {
		r = hl_report_parse_json(
			who->arena, hl_buf_str(&plain), &report, err);
	}
	*contact = report.contact;
	return r;
}

int hl_casework_contact_read(const struct hl_who *who, int64_t report_id,
	struct hl_str *contact, enum hl_casework_why *why, struct hl_err *err)
{
	struct hl_row_report_get *report;
	struct hl_row_report_part_get *row;
	int r = find(who, report_id, HL_AUTHZ_REPORT_READ, &report, NULL, err);

	*contact = HL_STR_NONE;
	if (r == HL_DENIED) {
		/* released while they worked on it, which is over */
		return hl_casework_refuse(why, HL_CASEWORK_NOT_PERMITTED);
	}
	if (!r) {
		r = hl_casework_report_check(
			who, report, HL_AUTHZ_CONTACT_READ, why, err);
	}
	if (!r) {
		r = read_part(
			who, report_id, HL_REPORT_PART_RELEASED, &row, err);
	}
	if (!r) {
		r = open_released(who, report_id, row, contact, why, err);
	}
	if (r) {
		return r;
	}
	struct hl_tx *tx = hl_tx_begin(who->store, who->arena);
	r = run(who, tx, report_id, HL_EVENT_CONTACT_READ, err);
	if (r) {
		*contact = HL_STR_NONE; /* unlogged: not shown */
	}
	return r;
}

int hl_casework_contact_requests(const struct hl_who *who,
	const struct hl_casework_request **out, size_t *n, struct hl_err *err)
{
	struct hl_row_contact_waiting *rows;
	struct hl_casework_request *made;

	*n = 0;
	if (!hl_authz_may_ever(&who->actor, HL_AUTHZ_CONTACT_GRANT)) {
		return HL_DENIED;
	}
	int r = hl_get_contact_waiting(who->store, who->arena, &rows, n, err);
	if (r) {
		return r;
	}
	made = hl_arena_array(who->arena, *n, sizeof(*made));
	if (!made) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a list");
	}
	for (size_t i = 0; i < *n; i++) {
		made[i] = (struct hl_casework_request){rows[i].report_id,
			rows[i].asked_by, rows[i].asked_at_us, rows[i].name};
	}
	*out = made;
	return 0;
}
