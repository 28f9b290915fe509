/* SPDX-License-Identifier: Apache-2.0 */
/* Coming in: password and second factor; going out. */
#include "desk/door_views.h"
#include "desk/inner.h"

#include "base/log.h"
#include "publish/publish.h"
#include "web/cookie.h"
#include "web/csrf.h"
#include "web/templates.h"

static int show_login(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str login, struct hl_str error)
{
	struct hl_desk_login v = {0};
	struct hl_w_error problem = {error, HL_STR("login")};

	hl_desk_page_init(ctx, req, &v.page, hl_web_tr(HL_TR("Sign in")), NULL);
	hl_desk_page_errors(&v.page, &problem, error.n > 0);
	v.login = login;
	v.error = error;
	hl_web_respond(resp, error.n ? 422 : 200, "text/html");
	hl_tmpl_desk_login(&resp->body, &v);
	return 0;
}

int hl_desk_login_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return show_login(ctx, req, resp, HL_STR_NONE, HL_STR_NONE);
}

struct hl_str hl_desk_wait_text(struct hl_arena *arena, int wait_s)
{
	struct hl_str text =
		hl_web_tr_n(HL_TR("Too many wrong tries. Wait one second"),
			HL_TR("Too many wrong tries. Wait %d seconds"), wait_s);
	size_t at = hl_str_find(text, HL_STR("%d"));

	if (at == text.n) {
		return text;
	}
	return hl_arena_printf(arena, "%.*s%d%.*s", (int)at, text.p, wait_s,
		HL_STR_ARG(hl_str_sub(text, at + 2, text.n)));
}

static int check_password(struct hl_web_ctx *ctx,
	const struct hl_accounts_typed *typed, struct hl_seal_token *token)
{
	struct hl_accounts_limits limits = hl_desk_limits(ctx);

	hl_desk_password_begin(ctx);
	int r = hl_accounts_login(hl_desk_store(ctx), ctx->arena, typed,
		&limits, token, &ctx->err);
	hl_desk_password_end(ctx);
	return r;
}

int hl_desk_login_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	HL_SEAL_TOKEN_AUTO token = {0};
	struct hl_web_form form;
	int r = hl_web_form_read(ctx, req, &form);

	if (!r) {
		r = hl_web_csrf_check_origin(req);
	}
	if (r) {
		return r;
	}
	struct hl_str login = hl_web_form_get(&form, "login");
	struct hl_str password = hl_web_form_get(&form, "password");
	if (!login.n || !password.n) {
		return show_login(ctx, req, resp, login,
			hl_web_tr(HL_TR("Enter your login and password")));
	}
	r = check_password(
		ctx, &(struct hl_accounts_typed){login, password}, &token);
	if (r == HL_DENIED) { /* the same words whatever the reason */
		return show_login(ctx, req, resp, login,
			hl_web_tr(HL_TR("Login or password is not right. After "
					"five wrong tries in a row there is a "
					"wait before the next one: seconds at "
					"first, a quarter of an hour at "
					"most")));
	}
	if (r) {
		return r;
	}
	hl_desk_cookie_set(ctx, req, resp, &token);
	/* the door sends on to the code, or to setting it up */
	return hl_web_see_other(resp, HL_STR("/"));
}

static int show_code(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str error)
{
	struct hl_desk_code v = {0};
	struct hl_w_error problem = {error, HL_STR("code")};

	hl_desk_page_init(
		ctx, req, &v.page, hl_web_tr(HL_TR("Enter your code")), NULL);
	hl_desk_page_errors(&v.page, &problem, error.n > 0);
	v.error = error;
	hl_web_respond(resp, error.n ? 422 : 200, "text/html");
	hl_tmpl_desk_code(&resp->body, &v);
	return 0;
}

const char *hl_desk_elsewhere(const struct hl_desk_session *s, bool enrolling)
{
	if (s->account.stage == HL_ACCOUNTS_FULL) {
		return "/";
	}
	if (s->account.has_totp == enrolling) {
		return enrolling ? "/login/code" : "/login/setup";
	}
	return NULL;
}

int hl_desk_code_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	const char *to = hl_desk_elsewhere(hl_desk_session_of(ctx), false);

	return to ? hl_web_see_other(resp, hl_str_c(to))
		  : show_code(ctx, req, resp, HL_STR_NONE);
}

static bool signs(const struct hl_authz_actor *actor)
{
	return hl_authz_may_ever(actor, HL_AUTHZ_LIST_PROPOSE) ||
	       hl_authz_may_ever(actor, HL_AUTHZ_LIST_APPROVE) ||
	       hl_authz_may_ever(actor, HL_AUTHZ_CONSUMER_APPROVE);
}

void hl_desk_sign_key_note(
	struct hl_web_ctx *ctx, const struct hl_seal_token *fresh)
{
	struct hl_accounts_limits limits = hl_desk_limits(ctx);
	struct hl_accounts_session s;
	struct hl_err err = {0};
	int r = hl_accounts_open(
		hl_desk_store(ctx), ctx->arena, fresh, &limits, &s, &err);

	if (!r) {
		/* also who has to change their password first */
		const struct hl_who who = {.actor = {.user_id = s.staff_id,
						   .roles = s.roles,
						   .enabled = true,
						   .full_login = true},
			.ring = &s.ring,
			.store = hl_desk_store(ctx),
			.arena = ctx->arena};

		r = signs(&who.actor)
			    ? hl_publish_sign_key_put(&who, &s.secret, &err)
			    : 0;
		hl_accounts_session_wipe(&s);
	}
	if (r) {
		err.code = err.code ? err.code : r;
		hl_log_err(HL_LOG_WARN, "desk.sign_key", &err);
	}
}

int hl_desk_code_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_desk_session *s = hl_desk_session_of(ctx);
	struct hl_accounts_limits limits = hl_desk_limits(ctx);
	HL_SEAL_TOKEN_AUTO fresh = {0};
	const char *to = hl_desk_elsewhere(s, false);
	int wait_s = 0;

	if (to) {
		return hl_web_see_other(resp, hl_str_c(to));
	}
	struct hl_accounts_step step = {&s->token, &s->account, &limits,
		hl_web_form_get(&s->form, "code"), NULL};
	int r = hl_accounts_second(hl_desk_store(ctx), ctx->arena, &step,
		&fresh, &wait_s, &ctx->err);
	if (r == HL_E_LIMIT) {
		return show_code(
			ctx, req, resp, hl_desk_wait_text(ctx->arena, wait_s));
	}
	if (r == HL_DENIED) {
		return show_code(ctx, req, resp,
			hl_web_tr(HL_TR("This code is not right. Each code "
					"works once; wait for the next one")));
	}
	if (r) {
		return r;
	}
	hl_desk_cookie_set(ctx, req, resp, &fresh);
	hl_desk_sign_key_note(ctx, &fresh);
	return hl_web_see_other(resp, HL_STR("/"));
}

int hl_desk_logout_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	int r = hl_accounts_logout(hl_desk_store(ctx), ctx->arena,
		&hl_desk_session_of(ctx)->token, &ctx->err);

	if (r) {
		return r;
	}
	hl_web_cookie_set(ctx, req, resp, HL_DESK_COOKIE, HL_STR("out"), -1);
	hl_web_clear_site(resp);
	return hl_web_see_other(resp, HL_STR("/login"));
}
