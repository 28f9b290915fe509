/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_REWRAP_H
#define HL_CASEWORK_REWRAP_H

#include "casework/casework.h"

/*
 * When a member of staff leaves, a new epoch of the queue key begins. This
 * takes open work over to it: up to n_most values that are sealed to an
 * older epoch which `who` holds, of reports that are not settled, of cases
 * that are not closed and of appeals that wait (docs/keys.md, "A new epoch").
 * Any number of callers may run at once; one that dies leaves nothing half
 * done. *n_done counts what was taken over; what does not open stays as it is.
 * When there is nothing left, nobody looks for an hour.
 */
int hl_casework_rewrap(const struct hl_who *who, size_t n_most, size_t *n_done,
	struct hl_err *err);

#endif
