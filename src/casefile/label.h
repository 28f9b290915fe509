/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEFILE_LABEL_H
#define HL_CASEFILE_LABEL_H

#include "domain/report.h"
#include "seal/box.h"

/*
 * The places of sealed values: which column of which row a value opens in.
 * Values to the queue key unless said otherwise.
 */
#define HL_LABEL(kind_, id_, field_) \
	((struct hl_seal_label){     \
		.kind = (kind_), .id = (id_), .field = (field_), .schema = 1})

/* report_part, hl_seal_report(): the answers; the contact, to the identity
 * key; the contact sealed again to the queue key once it was released. */
#define HL_LABEL_REPORT_BODY(report_id)           \
	((struct hl_seal_label){.kind = "report", \
		.id = (report_id),                \
		.field = "body",                  \
		.schema = HL_REPORT_SCHEMA})
#define HL_LABEL_REPORT_CONTACT(report_id)        \
	((struct hl_seal_label){.kind = "report", \
		.id = (report_id),                \
		.field = "contact",               \
		.schema = HL_REPORT_SCHEMA})
#define HL_LABEL_REPORT_RELEASED(report_id)       \
	((struct hl_seal_label){.kind = "report", \
		.id = (report_id),                \
		.field = "contact released",      \
		.schema = HL_REPORT_SCHEMA})
/* report_part.part */
enum hl_report_part {
	HL_REPORT_PART_ANSWERS = 1,
	HL_REPORT_PART_CONTACT = 2,
	HL_REPORT_PART_RELEASED = 3,
};

/* list_appeal, hl_seal_report(): JSON {"address", "words", "contact"}, what is
 * empty left out. */
#define HL_LABEL_LIST_APPEAL(appeal_id) \
	HL_LABEL("list_appeal", appeal_id, "body")

/* All others: hl_seal_to(). */
#define HL_LABEL_ITEM_URL(item_id) HL_LABEL("item", item_id, "url")
/* to the worker */
#define HL_LABEL_ITEM_URL_WORKER(item_id) \
	HL_LABEL("item", item_id, "url worker")
#define HL_LABEL_NOTE(note_id) HL_LABEL("note", note_id, "words")
#define HL_LABEL_ASSESSMENT(assessment_id) \
	HL_LABEL("assessment", assessment_id, "note")
#define HL_LABEL_TRACE(trace_id) HL_LABEL("trace", trace_id, "facts")
/* to the worker */
#define HL_LABEL_TRACE_WORKER(trace_id) \
	HL_LABEL("trace", trace_id, "facts worker")
#define HL_LABEL_REFERRAL(referral_id) \
	HL_LABEL("referral", referral_id, "document")
/* to the worker */
#define HL_LABEL_REFERRAL_MAIL(referral_id) \
	HL_LABEL("referral", referral_id, "mail worker")
#define HL_LABEL_ANSWER(answer_id) HL_LABEL("answer", answer_id, "words")
/* to the publisher of lists: "host LF path"; 32 bytes */
#define HL_LABEL_LIST_PLACE(entry_id) HL_LABEL("list_entry", entry_id, "place")
#define HL_LABEL_LIST_TSIG(consumer_id) \
	HL_LABEL("list_consumer", consumer_id, "tsig")

#endif
