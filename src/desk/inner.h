/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_INNER_H
#define HL_DESK_INNER_H

#include "accounts/session.h"
#include "desk/desk.h"
#include "desk/views.h"
#include "store/tx.h"
#include "web/form.h"
#include "web/tr.h"

/* Inside the room only. */

#define HL_DESK_COOKIE "desk"

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

/* Sends on to a page of the door; when that would lose what was written, a
 * page with the words instead. */
int hl_desk_sign_in_first(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp,
	const char *first);

/* A page that only says something. */
int hl_desk_say(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	int status, struct hl_desk_message *m);

/*
 * After a POST: goes on to a page, which shows `notice` once (a translated
 * text; absent: none). The notice travels in a short-lived cookie.
 */
int hl_desk_go(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str location,
	struct hl_str notice);
/* So that no second page shows the notice. */
void hl_desk_notice_drop(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp);

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

/* Around whatever stretches a password: few at a time. */
void hl_desk_password_begin(struct hl_web_ctx *ctx);
void hl_desk_password_end(struct hl_web_ctx *ctx);
/* The rest of this page belongs to the session of a new cookie. */
void hl_desk_session_renew(
	struct hl_web_ctx *ctx, const struct hl_seal_token *fresh);

/* Where somebody at the door has to go on to, who is through already or has
 * not yet set up what is asked for; NULL: nowhere. */
const char *hl_desk_elsewhere(const struct hl_desk_session *s, bool enrolling);
/* "Too many wrong tries. Wait 8 seconds" */
struct hl_str hl_desk_wait_text(struct hl_arena *arena, int wait_s);

/* The session's cookie and its token. */
void hl_desk_cookie_set(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp,
	const struct hl_seal_token *token);
struct hl_accounts_limits hl_desk_limits(const struct hl_web_ctx *ctx);

/* "Analyst, Verifier" */
struct hl_str hl_desk_roles_text(struct hl_arena *arena, unsigned roles);
/* Radios or check boxes of a vocabulary, without its value 0; `chosen` is a
 * value, or with set a mask. In the arena. */
const struct hl_w_option *hl_desk_options(struct hl_arena *arena,
	const struct hl_vocab *vocab, uint32_t chosen, bool set, size_t *n);
/* One more row of a summary list, unless the value is empty; `key` is a
 * message. The caller has room. */
void hl_desk_put_row(struct hl_w_summary_row *rows, size_t *n, const char *key,
	struct hl_str value);

#define HL_DESK_HANDLERS(X)  \
	X(login_get)         \
	X(login_post)        \
	X(code_get)          \
	X(code_post)         \
	X(enrol_get)         \
	X(enrol_post)        \
	X(logout_post)       \
	X(password_get)      \
	X(password_post)     \
	X(account_get)       \
	X(replace_get)       \
	X(replace_post)      \
	X(recovery_get)      \
	X(recovery_post)     \
	X(home_get)          \
	X(help_get)          \
	X(users_get)         \
	X(user_add_get)      \
	X(user_add_post)     \
	X(user_get)          \
	X(user_post)         \
	X(user_reset_post)   \
	X(user_grant_post)   \
	X(audit_get)         \
	X(audit_verify_post) \
	X(stats_get)         \
	X(stats_csv_get)     \
	X(stats_json_get)    \
	X(settings_get)

#define X(name) hl_web_handler hl_desk_##name;
HL_DESK_HANDLERS(X)
#undef X

#endif
