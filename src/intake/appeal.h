/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_INTAKE_APPEAL_H
#define HL_INTAKE_APPEAL_H

#include "domain/list.h"
#include "intake/intake.h"
#include "seal/receipt.h"

/*
 * Somebody says that an entry of the list of addresses blocks what it should
 * not. Sealed to the queue key, as a report is, with HL_LABEL_LIST_APPEAL();
 * whoever decides reads it.
 */
struct hl_intake_appeal {
	int64_t entry; /* 0: not known; one that is not there counts as 0 */
	struct hl_str address, words, contact; /* UTF-8; absent or empty */
};

#define HL_INTAKE_APPEAL_ADDRESS_CHARS 2000
#define HL_INTAKE_APPEAL_WORDS_CHARS 2000
#define HL_INTAKE_APPEAL_CONTACT_CHARS 200
#define HL_INTAKE_APPEAL_JSON_MAX 16384 /* bytes */

/*
 * When it gives 0 the appeal is on the disk, once however often it is sent:
 * the receipt follows from `once` (a secret of this form) and what was
 * written. Absent: a fresh one. HL_E_LIMIT: too long, nothing was stored.
 * *receipt is the caller's to wipe.
 */
int hl_intake_appeal(const struct hl_intake_at *at,
	const struct hl_intake_appeal *appeal, struct hl_str once,
	struct hl_seal_receipt *receipt, struct hl_err *err);

struct hl_intake_appeal_status {
	int64_t received_day_us, decided_day_us; /* midnight UTC; 0 not yet */
	enum hl_list_appeal_state state;
	enum hl_list_appeal_why why;
};
/* HL_NOTFOUND: no appeal has this receipt. */
int hl_intake_appeal_status(const struct hl_intake_at *at,
	const struct hl_seal_receipt *receipt,
	struct hl_intake_appeal_status *out, struct hl_err *err);

#endif
