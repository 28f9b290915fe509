/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_REPORT_H
#define HL_CASEWORK_REPORT_H

#include "casework/casework.h"
#include "domain/report.h"

/* One report, for its own page and for that of its case. */

struct hl_casework_report {
	int64_t id, received_at_us, position;
	enum hl_report_state state;
	enum hl_triage verdict;
	int danger, place;
	bool has_contact, is_test;
	int64_t contact_asked_by, contact_granted_to;
	bool open;                /* answers were opened */
	bool broken;              /* the seal is broken, or erased */
	struct hl_report answers; /* never the contact */
};

struct hl_casework_event {
	int64_t seq, at_us, actor;
	enum hl_event kind;
	enum hl_object object;
	int64_t object_id, a, b;
	struct hl_str name; /* of the actor; "" for nobody in person */
};

/* What one may do, or why not. For every action on cases. */
struct hl_casework_may {
	enum hl_authz_action action;
	enum hl_authz_why why; /* 0: may */
};
#define HL_CASEWORK_MAY_MAX 64

/* One report with its answers; cases that it is linked to. */
struct hl_casework_report_page {
	struct hl_casework_report report;
	enum hl_triage triage;
	enum hl_triage_reason reason;
	int64_t triaged_at_us;
	struct hl_casework_link {
		int64_t position, item_id, case_id; /* 0: unreadable */
		enum hl_triage verdict;
		enum hl_triage_reason reason;
	} const *links;
	size_t n_links;
	const struct hl_casework_event *events;
	size_t n_events;
	struct hl_casework_may may[HL_CASEWORK_MAY_MAX];
	size_t n_may;
};
int hl_casework_report_page(const struct hl_who *who, int64_t report_id,
	struct hl_casework_report_page *out, struct hl_err *err);

#endif
