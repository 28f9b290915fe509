/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_CONTACT_H
#define HL_CASEWORK_CONTACT_H

#include "casework/casework.h"

/* The reporter's contact: asked for by one person, released by another, to
 * that one alone. */

/* HL_NOTFOUND: the report has none. HL_CASEWORK_PROPOSED: asked before. */
int hl_casework_contact_request(const struct hl_who *who, int64_t report_id,
	enum hl_casework_why *why, struct hl_err *err);
/* Needs the identity key (HL_CASEWORK_NO_KEY). */
int hl_casework_contact_grant(const struct hl_who *who, int64_t report_id,
	enum hl_casework_why *why, struct hl_err *err);
int hl_casework_contact_refuse(const struct hl_who *who, int64_t report_id,
	enum hl_casework_why *why, struct hl_err *err);
/* As the reporter typed it, to who may still read the report. */
int hl_casework_contact_read(const struct hl_who *who, int64_t report_id,
	struct hl_str *contact, enum hl_casework_why *why, struct hl_err *err);

/* Requests that wait, oldest report first. HL_DENIED: may release none. */
struct hl_casework_request {
	int64_t report_id, asked_by, asked_at_us;
	struct hl_str asked_name;
};
int hl_casework_contact_requests(const struct hl_who *who,
	const struct hl_casework_request **out, size_t *n, struct hl_err *err);

#endif
