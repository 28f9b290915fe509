/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_INTAKE_STATUS_H
#define HL_INTAKE_STATUS_H

#include "domain/flow.h"
#include "intake/intake.h"
#include "seal/receipt.h"

/* What a receipt shows: how far the work is, never what it is about. */
struct hl_intake_status_address {
	int64_t position; /* 1.. in the reporter's order */
	enum hl_public_status status;
	uint32_t passed_to; /* mask of 1 << enum hl_recipient */
	int64_t day_us;     /* when that last changed, midnight UTC */
};

struct hl_intake_status {
	int64_t received_day_us;   /* midnight UTC */
	enum hl_public_status all; /* of the report, while n_addresses is 0 */
	int64_t all_day_us;
	bool erased; /* the report's content is gone for good */
	const struct hl_intake_status_address *addresses;
	size_t n_addresses;
};

/* HL_NOTFOUND: no report has this receipt. */
int hl_intake_status(const struct hl_intake_at *at,
	const struct hl_seal_receipt *receipt, struct hl_intake_status *out,
	struct hl_err *err);

#endif
