/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_INTAKE_SUBMIT_H
#define HL_INTAKE_SUBMIT_H

#include "intake/draft.h"

/* report.channel */
enum hl_intake_channel {
	HL_INTAKE_FORM = 1,
	HL_INTAKE_API = 2,
};

/* report_part.part */
enum hl_intake_part {
	HL_INTAKE_PART_ANSWERS = 1,
	HL_INTAKE_PART_CONTACT = 2,
};

/*
 * How a part is sealed, for whoever opens it: hl_seal_report_open() with this
 * label, then hl_report_parse_json(). The body goes to the queue key, the
 * contact to the identity key.
 */
#define HL_INTAKE_LABEL_BODY(report_id)           \
	((struct hl_seal_label){.kind = "report", \
		.id = (report_id),                \
		.field = "body",                  \
		.schema = HL_REPORT_SCHEMA})
#define HL_INTAKE_LABEL_CONTACT(report_id)        \
	((struct hl_seal_label){.kind = "report", \
		.id = (report_id),                \
		.field = "contact",               \
		.schema = HL_REPORT_SCHEMA})

/*
 * Sends what the draft holds. When it gives 0 the report is on the disk,
 * exactly once however often this is called, and draft->receipt is its
 * receipt; a draft that was sent before gives the same receipt again.
 * The answers must have passed hl_report_check().
 * HL_NOTFOUND: the draft ran out or was dropped; HL_CONFLICT: its answers
 * were changed since it was loaded. In both nothing was stored.
 */
int hl_intake_submit_draft(const struct hl_intake_at *at,
	struct hl_intake_draft *draft, struct hl_err *err);

/*
 * The same for a report that comes in one piece. With an idempotency key
 * (absent view: none) the same report under the same key gives the same
 * receipt for HL_INTAKE_REPEAT_US. *receipt is the caller's to wipe.
 */
#define HL_INTAKE_REPEAT_US (24 * INT64_C(3600000000))
#define HL_INTAKE_REPEAT_KEY_MAX 128 /* bytes */
int hl_intake_submit(const struct hl_intake_at *at,
	const struct hl_report *report, struct hl_str idempotency_key,
	struct hl_seal_receipt *receipt, struct hl_err *err);

#endif
