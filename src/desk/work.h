/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_WORK_H
#define HL_DESK_WORK_H

#include "casework/case.h"
#include "desk/act_views.h"
#include "desk/inner.h"

/* What the pages of casework share; inside the room only. */

/* The label of a word, translated; "" for a value without one. */
struct hl_str hl_desk_word(const struct hl_vocab *vocab, int value);
/* The labels of a set, with commas; "" for none. */
struct hl_str hl_desk_words(
	struct hl_arena *arena, const struct hl_vocab *vocab, uint32_t set);
struct hl_w_tag hl_desk_case_tag(enum hl_case_state state);
/* Words with "{1}" and "{2}" filled in. */
struct hl_str hl_desk_fill(struct hl_arena *arena, const char *words,
	struct hl_str one, struct hl_str two);
/* The form for n things, with the number at "{n}". */
struct hl_str hl_desk_count(
	struct hl_arena *arena, const char *one, const char *many, int64_t n);
/* A reference as text, in the arena. */
struct hl_str hl_desk_ref(
	struct hl_arena *arena, enum hl_ref_kind kind, int64_t id);
/* "22 Nov 2026, 08:15 UTC", "5 h 10 min" */
struct hl_str hl_desk_at(struct hl_arena *arena, int64_t at_us);
struct hl_str hl_desk_span(struct hl_arena *arena, int64_t span_us);

/* hl_desk_options() behind one with an empty value, for select. */
const struct hl_w_option *hl_desk_choices(struct hl_arena *arena,
	const struct hl_vocab *vocab, int chosen, struct hl_str none,
	size_t *n);

/* Long lists: ?page=N, from 1; ask for one row more than a page has. */
#define HL_DESK_ROWS 50
size_t hl_desk_page_no(const struct hl_web_form *query);
size_t hl_desk_page_skip(size_t page);
/* The links below a list at `path`; *n becomes what is on the page. */
struct hl_w_pagination hl_desk_pages(
	struct hl_arena *arena, struct hl_str path, size_t page, size_t *n);

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

/* The case in the path. */
int hl_desk_case_param(const struct hl_web_request *req, int64_t *id);
struct hl_str hl_desk_case_path(
	struct hl_arena *arena, int64_t id, const char *suffix);

/* The case page. With `words` and `error`: a note that was not saved. */
struct hl_desk_case_try {
	struct hl_str words, error;
	struct hl_str hashes, hashes_error; /* the same of hashes */
};
int hl_desk_case_show(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, int64_t id,
	const struct hl_desk_case_try *again);
/* Identity bar and so on of a page about a case. */
void hl_desk_case_head(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case_head *out);

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
