/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "casework/inner.h"
#include "casework/queue.h"

/* From a reference that somebody typed to the object, if they may see it. */

static int see_case(
	const struct hl_who *who, int64_t case_id, struct hl_err *err)
{
	struct hl_casefile c;

	if (hl_authz_check(&who->actor, HL_AUTHZ_QUEUE_VIEW, NULL, NULL)) {
		return HL_NOTFOUND;
	}
	/* the queue lists every case to everybody who may see it */
	return hl_casefile_load(who->store, who->arena, case_id, &c, err);
}

static int find_report(const struct hl_who *who, struct hl_casework_found *out,
	struct hl_err *err)
{
	struct hl_in_report_cases in = {out->id};
	struct hl_row_report_cases *rows;
	struct hl_row_report_get *report;
	size_t n;
	int r = hl_casework_report(who, out->id, &report, err);

	if (!r) {
		r = hl_casework_report_check(
			who, report, HL_AUTHZ_REPORT_READ, NULL, err);
	}
	if (r) {
		return r < 0 ? r : HL_NOTFOUND;
	}
	r = hl_get_report_cases(who->store, who->arena, &in, &rows, &n, err);
	if (!r && n) {
		out->case_id = rows[0].id;
	}
	return r;
}

static int find_item(const struct hl_who *who, struct hl_casework_found *out,
	struct hl_err *err)
{
	struct hl_in_case_of_item in = {out->id};
	struct hl_row_case_of_item *row;
	size_t n;
	int r = hl_get_case_of_item(who->store, who->arena, &in, &row, &n, err);

	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	out->case_id = row->case_id;
	return see_case(who, row->case_id, err);
}

static int find_referral(const struct hl_who *who,
	struct hl_casework_found *out, struct hl_err *err)
{
	struct hl_in_case_of_referral in = {out->id};
	struct hl_row_case_of_referral *row;
	struct hl_casefile c;
	size_t n;
	int r = hl_get_case_of_referral(
		who->store, who->arena, &in, &row, &n, err);

	if (r || !n) {
		return r ? r : HL_NOTFOUND;
	}
	out->case_id = row->case_id;
	r = hl_casefile_load(who->store, who->arena, row->case_id, &c, err);
	if (r) {
		return r;
	}
	struct hl_authz_object o = hl_casefile_object(&c, hl_time_now_us());
	o.state = (int)row->state;
	o.drafted_by = row->created_by;
	return hl_authz_check(&who->actor, HL_AUTHZ_REFERRAL_READ, &o, NULL) ==
			       0
		       ? 0
		       : HL_NOTFOUND;
}

int hl_casework_find(const struct hl_who *who, struct hl_str typed,
	struct hl_casework_found *out, struct hl_err *err)
{
	static const struct {
		enum hl_ref_kind kind;
		int (*find)(const struct hl_who *who,
			struct hl_casework_found *out, struct hl_err *err);
	} kinds[] = {{HL_REF_REPORT, find_report}, {HL_REF_ITEM, find_item},
		{HL_REF_REFERRAL, find_referral}};

	*out = (struct hl_casework_found){0};
	typed = hl_str_trim(typed);
	if (hl_ref_parse(HL_REF_CASE, typed, &out->id) == 0) {
		out->kind = HL_REF_CASE;
		out->case_id = out->id;
		return see_case(who, out->id, err);
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(kinds); i++) {
		if (hl_ref_parse(kinds[i].kind, typed, &out->id) == 0) {
			out->kind = kinds[i].kind;
			return kinds[i].find(who, out, err);
		}
	}
	return HL_NOTFOUND;
}
