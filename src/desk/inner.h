/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_DESK_INNER_H
#define HL_DESK_INNER_H

#include "desk/page.h"

/* Inside the room only. */

#define HL_DESK_COOKIE "desk"

/* Sends on to a page of the door; when that would lose what was written, a
 * page with the words instead. */
int hl_desk_sign_in_first(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp,
	const char *first);

/* A page that only says something. */
int hl_desk_say(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	int status, struct hl_desk_message *m);

/* So that no second page shows the notice. */
void hl_desk_notice_drop(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp);

/* Around whatever stretches a password: few at a time. */
void hl_desk_password_begin(struct hl_web_ctx *ctx);
void hl_desk_password_end(struct hl_web_ctx *ctx);
/* The rest of this page belongs to the session of a new cookie. */
void hl_desk_session_renew(
	struct hl_web_ctx *ctx, const struct hl_seal_token *fresh);

/* Who has come in by this session: the public half of what they sign lists
 * with, if they may; a fault is logged and keeps nobody out. */
void hl_desk_sign_key_note(
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
