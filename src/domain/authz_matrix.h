/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DOMAIN_AUTHZ_MATRIX_H
#define HL_DOMAIN_AUTHZ_MATRIX_H

#include "domain/authz.h"

/* Inside the room: a row of the matrix, for authz.c and its document. */

enum {
	NEED_HELD = 1 << 0,  /* the actor holds the lease */
	NEED_FREE = 1 << 1,  /* nobody else holds it */
	NEED_PART = 1 << 2,  /* assessed, verified or adjudicated it */
	NEED_FIRST = 1 << 3, /* was the first to assess it */
	NEED_NOT_FIRST = 1 << 4,
	NEED_NOT_SECOND = 1 << 5,
	NEED_ILLEGAL = 1 << 6,  /* the case's outcome is illegal */
	NEED_NO_HOLD = 1 << 7,  /* no legal hold */
	NEED_PROPOSED = 1 << 8, /* erasure has been proposed */
	NEED_NOT_PROPOSER = 1 << 9,
	NEED_REQUESTED = 1 << 10, /* the contact has been asked for */
	NEED_NOT_REQUESTER = 1 << 11,
	NEED_GRANTED = 1 << 12, /* it was released to the actor */
	NEED_NOT_DRAFTER = 1 << 13,
	NEED_NOT_SELF = 1 << 14,
	NEED_NOT_APPROVER = 1 << 15,
};

struct hl_authz_grant {
	enum hl_authz_action action;
	unsigned roles;
	unsigned needs;
	unsigned states;      /* mask of the object's own states; 0 any */
	unsigned case_states; /* mask of its case's states; 0 any */
};

extern const struct hl_authz_grant hl_authz_grants[];
extern const size_t hl_authz_n_grants;

#endif
