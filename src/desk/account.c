/* SPDX-License-Identifier: Apache-2.0 */
/* One's own account, the start, the help page. */
#include "desk/door_views.h"
#include "desk/inner.h"

#include "store/sql.h"
#include "web/templates.h"

int hl_desk_home_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	const struct hl_authz_actor *actor = &hl_desk_who(ctx)->actor;

	(void)req;
	return hl_web_see_other(
		resp, hl_authz_may_ever(actor, HL_AUTHZ_QUEUE_VIEW) &&
				      actor->roles & HL_ROLE_CONTENT
			      ? HL_STR("/queue")
			      : HL_STR("/staff"));
}

int hl_desk_help_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_desk_message v = {0};

	hl_desk_page_init(ctx, req, &v.page, hl_web_tr(HL_TR("Help")), "/help");
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_help(&resp->body, &v);
	return 0;
}

/* "Analyst, Verifier" */
struct hl_str hl_desk_roles_text(struct hl_arena *arena, unsigned roles)
{
	HL_BUF_AUTO text = HL_BUF_INIT(512);

	for (size_t i = 0; i < hl_vocab_role.n_words; i++) {
		const struct hl_vocab_word *word = &hl_vocab_role.words[i];

		if (word->value && roles & (unsigned)word->value) {
			hl_buf_put(&text, text.n ? HL_STR(", ") : HL_STR(""));
			hl_buf_put(&text, hl_web_tr(word->label));
		}
	}
	return hl_arena_dup(arena, hl_buf_str(&text));
}

int hl_desk_account_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_desk_session *s = hl_desk_session_of(ctx);
	struct hl_in_recovery_left in = {s->account.staff_id};
	struct hl_row_recovery_left *left;
	struct hl_desk_account v = {0};
	size_t n;
	int r = hl_get_recovery_left(
		hl_desk_store(ctx), ctx->arena, &in, &left, &n, &ctx->err);

	if (r) {
		return r;
	}
	hl_desk_page_init(
		ctx, req, &v.page, hl_web_tr(HL_TR("My account")), "/account");
	v.login = s->account.login;
	v.roles = hl_desk_roles_text(ctx->arena, s->account.roles);
	v.n_recovery = left[0].n;
	v.ends_at_us = s->account.ends_at_us;
	v.holds_keys = s->account.ring.queue.n > 0;
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_account(&resp->body, &v);
	return 0;
}

static int show_password(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp,
	struct hl_desk_password *v)
{
	struct hl_str title = hl_web_tr(HL_TR("Choose a password"));
	struct hl_w_error errors[3];
	size_t n = 0;

	if (v->before_error.n) {
		errors[n++] =
			(struct hl_w_error){v->before_error, HL_STR("before")};
	}
	if (v->after_error.n) {
		errors[n++] =
			(struct hl_w_error){v->after_error, HL_STR("after")};
	}
	if (v->again_error.n) {
		errors[n++] =
			(struct hl_w_error){v->again_error, HL_STR("again")};
	}
	hl_desk_page_init(ctx, req, &v->page, title, "/account");
	hl_desk_page_errors(&v->page, errors, n);
	v->first = hl_desk_session_of(ctx)->account.must_change;
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_desk_password(&resp->body, v);
	return 0;
}

int hl_desk_password_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_password v = {0};

	return show_password(ctx, req, resp, &v);
}

static struct hl_str policy_text(enum hl_seal_password_fault why)
{
	switch (why) {
	case HL_SEAL_PASSWORD_SHORT:
		return hl_web_tr(HL_TR("Use at least 12 characters; a few "
				       "words in a row are easy to keep"));
	case HL_SEAL_PASSWORD_LONG:
		return hl_web_tr(HL_TR("Use a shorter one"));
	case HL_SEAL_PASSWORD_TEXT:
		return hl_web_tr(HL_TR("This has characters that cannot be "
				       "typed"));
	case HL_SEAL_PASSWORD_OWN:
		return hl_web_tr(
			HL_TR("This is little more than your name or the "
			      "hotline’s. Use four or five words that do not "
			      "belong together"));
	case HL_SEAL_PASSWORD_PATTERN:
		return hl_web_tr(
			HL_TR("This repeats itself, is a row of keys, or has "
			      "too few letters. Use four or five words that do "
			      "not belong together"));
	case HL_SEAL_PASSWORD_COMMON:
	case HL_SEAL_PASSWORD_OK:
	default:
		return hl_web_tr(
			HL_TR("This one is among those that are tried first, "
			      "or is your old one. Use four or five words that "
			      "do not belong together"));
	}
}

static int change_password(struct hl_web_ctx *ctx, struct hl_desk_session *s,
	enum hl_seal_password_fault *why)
{
	const struct hl_settings *settings = hl_desk_of(ctx)->settings;
	struct hl_accounts_new_password change = {&s->token,
		hl_web_form_get(&s->form, "before"),
		hl_web_form_get(&s->form, "after"), &HL_SEAL_COST_DEFAULT,
		hl_arena_printf(ctx->arena, "%s %s", settings->service_name,
			settings->operator_name)};

	hl_desk_password_begin(ctx);
	int r = hl_accounts_password(hl_desk_store(ctx), ctx->arena,
		&s->account, &change, why, &ctx->err);
	hl_desk_password_end(ctx);
	return r;
}

int hl_desk_password_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_session *s = hl_desk_session_of(ctx);
	enum hl_seal_password_fault why = HL_SEAL_PASSWORD_OK;
	struct hl_desk_password v = {0};

	if (!hl_web_form_get(&s->form, "before").n) {
		v.before_error =
			hl_web_tr(HL_TR("Enter the password you have now"));
		return show_password(ctx, req, resp, &v);
	}
	if (!hl_str_eq(hl_web_form_get(&s->form, "after"),
		    hl_web_form_get(&s->form, "again"))) {
		v.again_error = hl_web_tr(
			HL_TR("The two new passwords are not the same"));
		return show_password(ctx, req, resp, &v);
	}
	int r = change_password(ctx, s, &why);
	if (r == HL_DENIED) {
		v.before_error = hl_web_tr(
			HL_TR("This is not the password you have now"));
	} else if (r == HL_E_LIMIT) {
		v.before_error = hl_web_tr(
			HL_TR("Too many wrong tries. Wait a quarter of an "
			      "hour"));
	} else if (r == HL_E_INVALID && why) {
		v.after_error = policy_text(why);
	} else if (r) {
		return r;
	}
	if (r) {
		return show_password(ctx, req, resp, &v);
	}
	return hl_desk_go(ctx, req, resp, HL_STR("/account"),
		hl_web_tr(HL_TR("Your password has been changed.")));
}
