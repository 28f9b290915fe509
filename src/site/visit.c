/* SPDX-License-Identifier: Apache-2.0 */
#include "site/inner.h"

#include "seal/token.h"
#include "web/cookie.h"
#include "web/csrf.h"

struct hl_intake_at hl_site_at(const struct hl_web_ctx *ctx)
{
	const struct hl_site_thread *thread = ctx->thread;

	return (struct hl_intake_at){.intake = hl_site_of(ctx)->intake,
		.store = thread->store,
		.arena = ctx->arena};
}

/*
 * The token of a form follows from the cookie alone: no other site knows it,
 * it needs no key of the process, and it holds over restarts and on every
 * host.
 */
static void csrf_key(struct hl_str cookie, uint8_t key[HL_WEB_CSRF_KEY_BYTES])
{
	hl_seal_hkdf(&(struct hl_seal_hkdf){.ikm = cookie,
			     .salt = HL_STR("OpenHotline v1 form"),
			     .info = HL_STR("csrf")},
		key, HL_WEB_CSRF_KEY_BYTES);
}

static struct hl_str form_token(struct hl_arena *arena, struct hl_str cookie)
{
	uint8_t key[HL_WEB_CSRF_KEY_BYTES];
	char text[HL_WEB_CSRF_MAX];

	if (!cookie.n) {
		return HL_STR_NONE;
	}
	csrf_key(cookie, key);
	return hl_arena_dup(arena, hl_web_csrf_token(key, cookie, text));
}

struct hl_str hl_site_visit_csrf(const struct hl_site_visit *v)
{
	return form_token(v->ctx->arena, v->cookie);
}

struct hl_str hl_site_csrf(
	struct hl_web_ctx *ctx, const struct hl_web_request *req)
{
	return form_token(ctx->arena, hl_web_cookie_get(req, HL_SITE_COOKIE));
}

static int check_csrf(const struct hl_site_visit *v)
{
	uint8_t key[HL_WEB_CSRF_KEY_BYTES];

	/* Without a cookie there is no draft that a forged form could
	 * change, and a form of a page from before cookies has no token. */
	if (!v->cookie.n) {
		return hl_web_csrf_check_origin(v->req);
	}
	csrf_key(v->cookie, key);
	return hl_web_csrf_check(v->req, key, v->cookie,
		hl_web_form_get(&v->form, HL_WEB_CSRF_FIELD));
}

static int read_forms(struct hl_site_visit *v)
{
	int r = hl_web_query_read(v->ctx, v->req, &v->query);

	if (r == HL_E_INVALID) {
		v->query = (struct hl_web_form){0};
		r = 0;
	}
	if (r || v->req->method != HL_WEB_POST) {
		return r;
	}
	r = hl_web_form_read(v->ctx, v->req, &v->form);
	if (r == HL_E_INVALID && hl_web_request_is_type(v->req,
					 "application/x-www-form-urlencoded")) {
		v->form_broken = true;
		return hl_web_csrf_check_origin(v->req);
	}
	return r ? r : check_csrf(v);
}

/* A page that is looked at shows that its visitor is still there. */
static int keep_alive(struct hl_site_visit *v)
{
	int64_t left_us = v->draft->expires_at_us - v->ctx->now_us;

	if (left_us * 2 > hl_intake_draft_ttl_us(v->at.intake)) {
		return 0;
	}
	return hl_intake_draft_keep(&v->at, v->draft, &v->ctx->err);
}

int hl_site_visit_open(struct hl_site_visit *v, struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	*v = (struct hl_site_visit){.ctx = ctx,
		.req = req,
		.resp = resp,
		.at = hl_site_at(ctx),
		.cookie = hl_web_cookie_get(req, HL_SITE_COOKIE)};
	int r = read_forms(v);
	if (r) {
		return r;
	}
	v->draft = hl_arena_alloc(ctx->arena, sizeof(*v->draft));
	if (!v->draft) {
		return HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory for a draft");
	}
	r = hl_intake_draft_load(&v->at, v->cookie, v->draft, &ctx->err);
	if (r == HL_NOTFOUND) {
		hl_intake_draft_init(v->draft);
		return 0;
	}
	v->found = r == 0;
	return r ? r : keep_alive(v);
}

void hl_site_visit_close(struct hl_site_visit *v)
{
	if (v->draft) {
		hl_intake_draft_wipe(v->draft);
	}
}

bool hl_site_visit_asks(const struct hl_site_visit *v, const char *name)
{
	return hl_web_form_has(&v->query, name, "1") ||
	       hl_web_form_has(&v->form, name, "1");
}

int hl_site_visit_drop(struct hl_site_visit *v)
{
	int r = hl_intake_draft_drop(&v->at, v->cookie, &v->ctx->err);

	hl_web_cookie_set(
		v->ctx, v->req, v->resp, HL_SITE_COOKIE, HL_STR(""), -1);
	return r;
}
