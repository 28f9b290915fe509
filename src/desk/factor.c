/* SPDX-License-Identifier: Apache-2.0 */
/* The second factor: setting it up at the door, and changing it or its
 * recovery codes from one's account. */
#include "desk/door_views.h"
#include "desk/inner.h"

#include <errno.h>

#include "web/templates.h"

/* "ABCD EFGH …", easier to type. */
static struct hl_str grouped(struct hl_arena *arena, struct hl_str text)
{
	HL_BUF_AUTO out = HL_BUF_SECRET(128);

	for (size_t i = 0; i < text.n; i++) {
		if (i && i % 4 == 0) {
			hl_buf_put_c(&out, ' ');
		}
		hl_buf_put_c(&out, text.p[i]);
	}
	return hl_arena_dup(arena, hl_buf_str(&out));
}

/* Errors at their fields; the number of them. */
static size_t list_errors(const struct hl_desk_again *again,
	struct hl_str error, struct hl_w_error out[3])
{
	const struct hl_w_error all[] = {
		{again->password_error, HL_STR("password")},
		{again->code_error, HL_STR("now")}, {error, HL_STR("code")}};
	size_t n = 0;

	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		if (all[i].text.n) {
			out[n++] = all[i];
		}
	}
	return n;
}

static int show_enrol(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_desk_enrol *v)
{
	const struct hl_desk_session *s = hl_desk_session_of(ctx);
	HL_BUF_AUTO uri = HL_BUF_SECRET(1024), path = HL_BUF_SECRET(65536);
	HL_SEAL_TOTP_AUTO totp;
	char text[HL_SEAL_TOTP_BASE32];
	struct hl_w_error errors[3];
	size_t n = list_errors(&v->again, v->error, errors);

	v->replaces = s->account.stage == HL_ACCOUNTS_FULL;
	hl_desk_page_init(ctx, req, &v->page,
		hl_web_tr(HL_TR("Set up your code generator")),
		v->replaces ? "/account" : NULL);
	hl_desk_page_errors(&v->page, errors, n);
	hl_accounts_enrol_secret(&s->token, &totp);
	hl_seal_totp_uri(&totp,
		hl_str_c(hl_desk_of(ctx)->settings->service_name),
		s->account.login, &uri);
	int r = hl_seal_qr_path(
		hl_buf_str(&uri), &path, &v->qr_size, &ctx->err);
	if (r) {
		return r;
	}
	v->qr_path = hl_arena_dup(ctx->arena, hl_buf_str(&path));
	v->secret = grouped(ctx->arena, hl_seal_totp_base32(&totp, text));
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_desk_enrol(&resp->body, v);
	return 0;
}

/* Recovery codes are shown in the answer itself: they are kept nowhere. */
static int show_codes(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_str text)
{
	struct hl_str *codes = hl_arena_array(
		ctx->arena, HL_SEAL_RECOVERY_CODES, sizeof(*codes));
	struct hl_desk_codes v = {.next_href = HL_STR("/")};
	struct hl_str rest = hl_arena_dup(ctx->arena, text), line;

	while (codes && v.n_codes < HL_SEAL_RECOVERY_CODES &&
		hl_str_next(&rest, '\n', &line) && line.n) {
		codes[v.n_codes++] = line;
	}
	v.codes = codes;
	hl_desk_page_init(ctx, req, &v.page,
		hl_web_tr(HL_TR("Keep your recovery codes")), NULL);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_desk_codes(&resp->body, &v);
	return 0;
}

/* Puts what is wrong to its field; false: something else happened. */
static bool explain(struct hl_web_ctx *ctx, int r,
	const struct hl_accounts_again *typed, struct hl_desk_again *out)
{
	if (r == HL_E_LIMIT && typed->wait_s > 0) {
		out->password_error =
			hl_desk_wait_text(ctx->arena, typed->wait_s);
	} else if (r == HL_DENIED &&
		   typed->wrong == HL_ACCOUNTS_WRONG_PASSWORD) {
		out->password_error = hl_web_tr(
			HL_TR("This is not the password you have now"));
	} else if (r == HL_DENIED && typed->wrong == HL_ACCOUNTS_WRONG_CODE) {
		out->code_error =
			hl_web_tr(HL_TR("This code is not right. Each code "
					"works once; wait for the next one"));
	} else {
		return false;
	}
	return true;
}

static struct hl_accounts_again typed_again(const struct hl_desk_session *s)
{
	return (struct hl_accounts_again){
		.password = hl_web_form_get(&s->form, "password"),
		.code = hl_web_form_get(&s->form, "now")};
}

static int enrol(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp, struct hl_accounts_again *again)
{
	struct hl_desk_session *s = hl_desk_session_of(ctx);
	struct hl_accounts_limits limits = hl_desk_limits(ctx);
	HL_BUF_AUTO codes = HL_BUF_SECRET(4096);
	HL_SEAL_TOKEN_AUTO fresh = {0};
	struct hl_desk_enrol v = {0};
	struct hl_accounts_step step = {&s->token, &s->account, &limits,
		hl_web_form_get(&s->form, "code"), again};

	hl_desk_password_begin(ctx);
	int r = hl_accounts_enrol(hl_desk_store(ctx), ctx->arena, &step, &fresh,
		&codes, &ctx->err);
	hl_desk_password_end(ctx);
	if (again && explain(ctx, r, again, &v.again)) {
		return show_enrol(ctx, req, resp, &v);
	}
	if (r == HL_DENIED) {
		v.error = hl_web_tr(HL_TR("This code is not right. Check that "
					  "the clock of your device is right"));
		return show_enrol(ctx, req, resp, &v);
	}
	if (r == HL_CONFLICT) { /* set up in another window meanwhile */
		return hl_web_see_other(resp, HL_STR("/"));
	}
	if (r) {
		return r;
	}
	hl_desk_cookie_set(ctx, req, resp, &fresh);
	hl_desk_session_renew(ctx, &fresh);
	hl_desk_sign_key_note(ctx, &fresh);
	return show_codes(ctx, req, resp, hl_buf_str(&codes));
}

int hl_desk_enrol_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	const char *to = hl_desk_elsewhere(hl_desk_session_of(ctx), true);
	struct hl_desk_enrol v = {0};

	return to ? hl_web_see_other(resp, hl_str_c(to))
		  : show_enrol(ctx, req, resp, &v);
}

int hl_desk_enrol_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	const char *to = hl_desk_elsewhere(hl_desk_session_of(ctx), true);

	return to ? hl_web_see_other(resp, hl_str_c(to))
		  : enrol(ctx, req, resp, NULL);
}

int hl_desk_replace_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_enrol v = {0};

	return show_enrol(ctx, req, resp, &v);
}

int hl_desk_replace_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_accounts_again again = typed_again(hl_desk_session_of(ctx));

	return enrol(ctx, req, resp, &again);
}

static int show_recovery(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp,
	struct hl_desk_recovery *v)
{
	struct hl_w_error errors[3];
	size_t n = list_errors(&v->again, HL_STR_NONE, errors);

	hl_desk_page_init(ctx, req, &v->page,
		hl_web_tr(HL_TR("Make new recovery codes")), "/account");
	hl_desk_page_errors(&v->page, errors, n);
	hl_web_respond(resp, n ? 422 : 200, "text/html");
	hl_tmpl_desk_recovery(&resp->body, v);
	return 0;
}

int hl_desk_recovery_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	struct hl_desk_recovery v = {0};

	return show_recovery(ctx, req, resp, &v);
}

int hl_desk_recovery_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_desk_session *s = hl_desk_session_of(ctx);
	struct hl_accounts_again again = typed_again(s);
	HL_BUF_AUTO codes = HL_BUF_SECRET(4096);
	struct hl_desk_recovery v = {0};

	hl_desk_password_begin(ctx);
	int r = hl_accounts_new_recovery(hl_desk_store(ctx), ctx->arena,
		&s->account, &again, &codes, &ctx->err);
	hl_desk_password_end(ctx);
	if (explain(ctx, r, &again, &v.again)) {
		return show_recovery(ctx, req, resp, &v);
	}
	return r ? r : show_codes(ctx, req, resp, hl_buf_str(&codes));
}
