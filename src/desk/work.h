/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_WORK_H
#define HL_DESK_WORK_H

#include "casework/case.h"
#include "desk/act_views.h"
#include "desk/inner.h"

/* What the pages of casework share; inside the room only. */

struct hl_w_tag hl_desk_case_tag(enum hl_case_state state);

/* A row of the queue as it is shown. */
void hl_desk_case_row(struct hl_web_ctx *ctx,
	const struct hl_casework_row *from, struct hl_desk_case_row *out);

/*
 * The end of a POST that a service did: `to` with the notice after 0, with
 * the reason after a refusal that the person may know of; all else as the
 * door wants it.
 */
struct hl_desk_end {
	int r;
	enum hl_casework_why why;
	struct hl_str to;
	struct hl_str notice;
};
int hl_desk_end(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, const struct hl_desk_end *end);
/* A refusal with a reason that the person may know of. */
static inline bool hl_desk_refused(int r, enum hl_casework_why why)
{
	return (r == HL_DENIED || r == HL_CONFLICT) &&
	       why > HL_CASEWORK_NOT_PERMITTED;
}

/* The case page. With `words` and `error`: a note that was not saved. */
struct hl_desk_case_try {
	struct hl_str words, error;
	struct hl_str hashes, hashes_error; /* the same of hashes */
};
int hl_desk_case_show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, int64_t id,
	const struct hl_desk_case_try *again);

/* The parts of the case page, case_parts.c. */
void hl_desk_case_facts(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case *out);
void hl_desk_case_history(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case *out);
void hl_desk_case_trace(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case *out);
/* Answers of a report as rows. */
const struct hl_w_summary_row *hl_desk_answers(struct hl_arena *arena,
	const struct hl_casework_report *report, size_t *n);
/* Newest first. own: the page's object, which need not be named. */
const struct hl_w_event *hl_desk_events(struct hl_arena *arena,
	const struct hl_casework_event *events, size_t n, int64_t own);
/* Facts and outcome of an assessment as rows, with its note. */
const struct hl_w_summary_row *hl_desk_fact_rows(
	struct hl_arena *arena, const struct hl_facts *facts, size_t *n);

const struct hl_desk_assessment *hl_desk_assessments(
	struct hl_web_ctx *ctx, const struct hl_casework_page *from, size_t *n);
struct hl_w_summary_row hl_desk_rule_row(const struct hl_law_rule *rule);

#define HL_DESK_WORK_HANDLERS(X) \
	X(queue_get)             \
	X(next_post)             \
	X(find_get)              \
	X(waiting_get)           \
	X(report_get)            \
	X(decide_post)           \
	X(address_post)          \
	X(place_post)            \
	X(undecide_post)         \
	X(contact_post)          \
	X(contact_grant_post)    \
	X(contact_refuse_post)   \
	X(contact_read_post)     \
	X(case_get)              \
	X(take_post)             \
	X(renew_post)            \
	X(release_post)          \
	X(assign_get)            \
	X(assign_post)           \
	X(note_post)             \
	X(view_start_post)       \
	X(view_stop_post)        \
	X(assess_get)            \
	X(assess_post)           \
	X(verify_get)            \
	X(verify_post)           \
	X(adjudicate_get)        \
	X(adjudicate_post)       \
	X(close_get)             \
	X(close_post)            \
	X(reopen_post)           \
	X(hold_post)             \
	X(unhold_post)           \
	X(erase_get)             \
	X(erase_post)            \
	X(erase_approve_post)    \
	X(erase_refuse_post)     \
	X(approvals_get)

#define X(name) hl_web_handler hl_desk_##name;
HL_DESK_WORK_HANDLERS(X)
#undef X

#endif
