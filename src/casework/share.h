/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_SHARE_H
#define HL_CASEWORK_SHARE_H

#include "casework/casework.h"

/*
 * What is watched and the worker lacks the address of is not looked at. This
 * gives it the addresses of up to n_most such items that `who` holds the key
 * of, in the order of their ids (docs/watch.md, "Without the address"). Any
 * number of callers may run at once. *n_done counts what was opened and sealed
 * to the worker; what does not open stays as it is, and keeps nothing else
 * waiting. Without a worker's key nothing is done.
 */
int hl_casework_share(const struct hl_who *who, size_t n_most, size_t *n_done,
	struct hl_err *err);

#endif
