/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SITE_INNER_H
#define HL_SITE_INNER_H

#include "intake/draft.h"
#include "site/site.h"
#include "site/views.h"
#include "web/form.h"

/* Inside the room only. */

#define HL_SITE_COOKIE "draft"

static inline struct hl_site_app *hl_site_of(const struct hl_web_ctx *ctx)
{
	return ctx->app;
}
struct hl_intake_at hl_site_at(const struct hl_web_ctx *ctx);

/* "e" of an address, or "entry", as the stop page of consumers has it: what
 * was put there for the reference of an entry, not read yet. */
struct hl_str hl_site_query_entry(const struct hl_web_form *query);

/* The tag of the language that the page is in. */
struct hl_str hl_site_language(const struct hl_web_ctx *ctx);

/* The parts of a page that are the same everywhere. title is translated. */
void hl_site_page_init(const struct hl_web_ctx *ctx, struct hl_site_page *page,
	struct hl_str title);

void hl_site_page_errors(struct hl_site_page *page,
	const struct hl_site_problem *errors, size_t n);

/* A page that only says something; status as given. */
int hl_site_say(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	int status, struct hl_site_message *m);
/* The visitor's answers are not there (any more); says why as far as it is
 * known. `fresh`: they have just been made, so cookies do not work. */
int hl_site_say_gone(
	struct hl_web_ctx *ctx, struct hl_web_response *resp, bool fresh);
/* With what was sent, so that it can be sent again. */
int hl_site_say_unavailable(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp);

/* 0: may go on. Otherwise resp has the page for "too many". */
int hl_site_limit(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp);

/*
 * A request within the form. Open it, use draft, close it. After a POST was
 * opened its origin and its token have been checked.
 */
struct hl_site_visit {
	struct hl_web_ctx *ctx;
	const struct hl_web_request *req;
	struct hl_web_response *resp;
	struct hl_intake_at at;
	struct hl_str cookie; /* absent: the browser sent none */
	struct hl_intake_draft *draft;
	bool found; /* there is a draft in the store */
	struct hl_web_form query, form;
	bool form_broken; /* the POST had bytes that no form has */
};
/* 0; HL_DENIED for a forged POST; faults. */
int hl_site_visit_open(struct hl_site_visit *v, struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp);
void hl_site_visit_close(struct hl_site_visit *v);
#define HL_SITE_VISIT_AUTO \
	__attribute__((cleanup(hl_site_visit_close))) struct hl_site_visit

/* For a form of this visit; absent without a cookie. */
struct hl_str hl_site_visit_csrf(const struct hl_site_visit *v);
struct hl_str hl_site_csrf(
	struct hl_web_ctx *ctx, const struct hl_web_request *req);
bool hl_site_visit_asks(const struct hl_site_visit *v, const char *name);
/* Takes cookie and draft away. */
int hl_site_visit_drop(struct hl_site_visit *v);

/* One page of the form. */
struct hl_site_step {
	const char *slug;                  /* /report/SLUG */
	enum hl_report_field choice, text; /* 0: none */
	const char *heading, *hint, *more;
	const char *text_label, *text_hint;
	const char *row; /* its name on "check your answers" */
	int rows, max_chars;
};
#define HL_SITE_N_STEPS 8
extern const struct hl_site_step hl_site_steps[HL_SITE_N_STEPS];

/* By the last segment of a path; HL_SITE_N_STEPS if there is none. */
size_t hl_site_step_find(struct hl_str slug);
/* "/report/SLUG", with "?change=1" if so. */
struct hl_str hl_site_step_path(
	struct hl_arena *arena, size_t step, bool change);
uint32_t hl_site_step_fields(const struct hl_site_step *step);
/* The choices of a field, and where its answer is. */
const struct hl_vocab *hl_site_field_vocab(enum hl_report_field field);
int hl_site_field_word(const struct hl_report *r, enum hl_report_field field);
struct hl_str *hl_site_field_text(
	struct hl_report *r, enum hl_report_field field);
/* What is wrong, for people. */
struct hl_str hl_site_fault_text(const struct hl_report_fault *fault);

hl_web_handler hl_site_start_get, hl_site_help_get, hl_site_about_get,
	hl_site_privacy_get, hl_site_accessibility_get, hl_site_done_get,
	hl_site_exit_get;
hl_web_handler hl_site_question_get, hl_site_question_post,
	hl_site_emergency_get;
hl_web_handler hl_site_check_get, hl_site_send_post;
hl_web_handler hl_site_receipt_get, hl_site_receipt_post,
	hl_site_receipt_file_get;
hl_web_handler hl_site_status_get, hl_site_status_post;
/* Reads the settings of the stop page. */
int hl_site_stop_init(struct hl_site_app *site, struct hl_err *err);
hl_web_handler hl_site_stop_get;
hl_web_handler hl_site_appeal_get, hl_site_appeal_post;
/* What became of the appeal with this receipt. HL_NOTFOUND: it is none. */
int hl_site_appeal_status(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	const struct hl_seal_receipt *receipt);
/* "22 Nov 2026", in the arena. */
struct hl_str hl_site_day(struct hl_arena *arena, int64_t day_us);
hl_web_handler hl_site_answer_get, hl_site_answer_post;
hl_web_handler hl_site_api_report_post, hl_site_api_status_post,
	hl_site_api_error;

#endif
