/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_PAGE_H
#define HL_DESK_PAGE_H

#include "accounts/session.h"
#include "desk/desk.h"
#include "desk/views.h"
#include "store/tx.h"
#include "web/form.h"
#include "web/tr.h"

/* What a page of the workbench is made with: for this room, and for rooms
 * above that have pages of their own (extra.h). */

/* ctx->session of a request by somebody who has come in. */
struct hl_desk_session {
	struct hl_seal_token token;
	struct hl_accounts_session account;
	struct hl_who who;
	struct hl_str csrf;      /* for the forms of this session */
	struct hl_web_form form; /* of a POST: read and checked */
	bool form_refused;       /* not one of ours, or out of date */
	bool notice_shown;       /* the page has the notice: take it away */
};

static inline struct hl_desk_app *hl_desk_of(const struct hl_web_ctx *ctx)
{
	return ctx->app;
}
static inline struct hl_desk_session *hl_desk_session_of(
	const struct hl_web_ctx *ctx)
{
	return ctx->session;
}
static inline const struct hl_who *hl_desk_who(const struct hl_web_ctx *ctx)
{
	return &hl_desk_session_of(ctx)->who;
}
struct hl_store *hl_desk_store(const struct hl_web_ctx *ctx);

/* The parts of a page that are the same everywhere: service, user, sections,
 * notice. title is translated; section is the href of its main section, or
 * NULL. */
void hl_desk_page_init(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_desk_page *page, struct hl_str title, const char *section);
void hl_desk_page_errors(
	struct hl_desk_page *page, const struct hl_w_error *errors, size_t n);

/*
 * After a POST: goes on to a page, which shows `notice` once (a translated
 * text; absent: none). The notice travels in a short-lived cookie.
 */
int hl_desk_go(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str location,
	struct hl_str notice);
/* The same with the reason why it could not be done. */
int hl_desk_refuse(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str location,
	struct hl_str reason);

/* The id in a path parameter; HL_NOTFOUND for anything that is no reference
 * of that kind. */
int hl_desk_param(const struct hl_web_request *req, size_t i,
	enum hl_ref_kind kind, int64_t *id);
/* "/case/C-…" and so on, in the arena. */
struct hl_str hl_desk_path(struct hl_arena *arena, const char *prefix,
	enum hl_ref_kind kind, int64_t id, const char *suffix);
/* The case in the path. */
int hl_desk_case_param(const struct hl_web_request *req, int64_t *id);
struct hl_str hl_desk_case_path(
	struct hl_arena *arena, int64_t id, const char *suffix);

/* Radios or check boxes of a vocabulary, without its value 0; `chosen` is a
 * value, or with set a mask. In the arena. */
const struct hl_w_option *hl_desk_options(struct hl_arena *arena,
	const struct hl_vocab *vocab, uint32_t chosen, bool set, size_t *n);
/* hl_desk_options() behind one with an empty value, for select. */
const struct hl_w_option *hl_desk_choices(struct hl_arena *arena,
	const struct hl_vocab *vocab, int chosen, struct hl_str none,
	size_t *n);
/* One more row of a summary list, unless the value is empty; `key` is a
 * message. The caller has room. */
void hl_desk_put_row(struct hl_w_summary_row *rows, size_t *n, const char *key,
	struct hl_str value);

/* The label of a word, translated; "" for a value without one. */
struct hl_str hl_desk_word(const struct hl_vocab *vocab, int value);
/* The labels of a set, with commas; "" for none. */
struct hl_str hl_desk_words(
	struct hl_arena *arena, const struct hl_vocab *vocab, uint32_t set);
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
/* A picture of counts by day with its scale; days is not empty. */
struct hl_insight;
struct hl_insight_counts;
struct hl_w_days hl_desk_days(struct hl_arena *arena,
	const struct hl_insight *in, const struct hl_insight_counts *days);

/* Long lists: ?page=N, from 1; ask for one row more than a page has. */
#define HL_DESK_ROWS 50
size_t hl_desk_page_no(const struct hl_web_form *query);
size_t hl_desk_page_skip(size_t page);
/* The links below a list at `path`; *n becomes what is on the page. */
struct hl_w_pagination hl_desk_pages(
	struct hl_arena *arena, struct hl_str path, size_t page, size_t *n);

/* Identity bar and so on of a page about a case. */
struct hl_casework_page;
struct hl_desk_case_head;
void hl_desk_case_head(struct hl_web_ctx *ctx,
	const struct hl_casework_page *from, struct hl_desk_case_head *out);

#endif
