/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_LEASE_H
#define HL_CASEWORK_LEASE_H

#include "casework/casework.h"

/* Taking and giving back cases. One person holds a case at a time. */

enum hl_casework_work {
	HL_CASEWORK_WORK_ANY = 0,
	HL_CASEWORK_WORK_ASSESS = 1,
	HL_CASEWORK_WORK_VERIFY = 2,
	HL_CASEWORK_WORK_ADJUDICATE = 3,
};

/* The most urgent case that this person may work on. HL_NOTFOUND: there is
 * none. HL_DENIED: HL_CASEWORK_EXPOSURE, HL_CASEWORK_NO_KEY, or no right. */
int hl_casework_take_next(const struct hl_who *who,
	const struct hl_settings *settings, enum hl_casework_work work,
	int64_t *case_id, enum hl_casework_why *why, struct hl_err *err);

/* This case; one's own lease begins anew. HL_DENIED: HL_CASEWORK_TAKEN when
 * somebody else holds it, and as above. */
int hl_casework_take(const struct hl_who *who,
	const struct hl_settings *settings, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err);

/* Prolongs one's own lease. */
int hl_casework_renew(const struct hl_who *who,
	const struct hl_settings *settings, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err);

int hl_casework_release(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err);

/* To another person, whoever holds it; staff_id 0 puts it back into the
 * queue. HL_CASEWORK_UNFIT: that person may not work on it. */
int hl_casework_reassign(const struct hl_who *who,
	const struct hl_settings *settings, int64_t case_id, int64_t staff_id,
	enum hl_casework_why *why, struct hl_err *err);

/* Who could be given this case now. */
struct hl_casework_person {
	int64_t id;
	struct hl_str name;
};
int hl_casework_candidates(const struct hl_who *who, int64_t case_id,
	const struct hl_casework_person **out, size_t *n, struct hl_err *err);

#endif
