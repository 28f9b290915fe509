/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_TRIAGE_H
#define HL_CASEWORK_TRIAGE_H

#include "casework/casework.h"
#include "domain/flow.h"

/*
 * Turns up to n_most reports that wait into items and cases, those with a
 * child in danger first (docs/casework.md, "Triage"). n_done counts those
 * that are done with, n_left those that still wait, n_person those that a
 * person must decide. Any number of callers may run at once; one that dies
 * leaves nothing half done that the next would not finish. HL_DENIED: not
 * a person who triages; HL_CASEWORK_NO_KEY: holds no key yet.
 */
struct hl_casework_triaged {
	size_t n_done, n_left, n_person;
};
int hl_casework_triage(const struct hl_who *who,
	const struct hl_settings *settings, size_t n_most,
	struct hl_casework_triaged *out, enum hl_casework_why *why,
	struct hl_err *err);

/* Reports that a person must decide, oldest first: no usable address, or a
 * seal that does not open. Metadata only. */
struct hl_casework_waiting {
	int64_t id, received_at_us;
	int danger, place;            /* enum hl_ynu, enum hl_place */
	enum hl_triage_reason reason; /* NO_ADDRESS, UNREADABLE */
	bool has_contact, is_test;
};
struct hl_casework_window {
	size_t n_skip, n_most;
};
int hl_casework_waiting(const struct hl_who *who,
	const struct hl_casework_window *part,
	const struct hl_casework_waiting **out, size_t *n, struct hl_err *err);

/*
 * The person's decision: OUT_OF_REMIT or INSUFFICIENT with a reason that
 * belongs to it (else HL_E_INVALID). HL_NOTFOUND, HL_DENIED.
 */
struct hl_casework_decision {
	int64_t report_id;
	enum hl_triage verdict;
	enum hl_triage_reason reason;
};
bool hl_casework_reason_fits(
	enum hl_triage verdict, enum hl_triage_reason reason);
int hl_casework_decide(const struct hl_who *who,
	const struct hl_casework_decision *decision, enum hl_casework_why *why,
	struct hl_err *err);

/* Links the report to the addresses in `text`, which a person found in it.
 * HL_E_INVALID: there is no address in it. */
int hl_casework_type_in(const struct hl_who *who,
	const struct hl_settings *settings, int64_t report_id,
	struct hl_str text, enum hl_casework_why *why, struct hl_err *err);

/* The same for a place without an address, hl_url_place(). */
int hl_casework_name_place(const struct hl_who *who,
	const struct hl_settings *settings, int64_t report_id,
	const struct hl_str place[2], enum hl_casework_why *why,
	struct hl_err *err);

/* Takes a decision back: the report waits for a person again. */
int hl_casework_undecide(const struct hl_who *who, int64_t report_id,
	enum hl_casework_why *why, struct hl_err *err);

#endif
