/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_CLOSE_H
#define HL_CASEWORK_CLOSE_H

#include "casework/casework.h"

/* The ends of a case. */

/* HL_CASEWORK_REFERRALS: some are approved or on their way. HL_E_INVALID:
 * no reason. HL_CASEWORK_REASON: see hl_close_reason_fits(). "Removed" and
 * "gone" declare the address gone. */
int hl_casework_close(const struct hl_who *who, int64_t case_id,
	enum hl_close_reason reason, enum hl_casework_why *why,
	struct hl_err *err);
/* To be assessed anew, by anybody: a closed case, or one whose verdict proves
 * wrong (HL_CASEWORK_REFERRALS as above). What was watched is watched again, if
 * `who` holds the key to give the worker the address back. */
int hl_casework_reopen(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err);
/* A legal hold keeps a case from being erased. */
int hl_casework_hold(const struct hl_who *who, int64_t case_id, bool on,
	enum hl_casework_why *why, struct hl_err *err);

/* Erasing takes two persons. */
int hl_casework_erase_propose(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err);
/* Refusing may also be done by who proposed it. */
int hl_casework_erase_refuse(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err);
/*
 * Destroys what is sealed in the case, in its item, referrals and traces,
 * and in the reports that belong to no other case. What stays is free of
 * content: numbers, times, vocabulary, the audit log.
 */
int hl_casework_erase_approve(const struct hl_who *who, int64_t case_id,
	enum hl_casework_why *why, struct hl_err *err);

struct hl_casework_proposal {
	int64_t case_id, proposed_by, proposed_at_us;
	struct hl_str proposed_name;
};
/* Open proposals, oldest first. HL_DENIED: may not approve any. */
int hl_casework_proposals(const struct hl_who *who,
	const struct hl_casework_proposal **out, size_t *n, struct hl_err *err);

#endif
