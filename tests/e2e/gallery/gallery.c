/* SPDX-License-Identifier: Apache-2.0 */
#include "gallery.h"

#include <stdio.h>

#include "base/log.h"
#include "base/time.h"
#include "gallery_templates.h"
#include "web/csrf.h"
#include "web/form.h"
#include "web/listen.h"
#include "web/route.h"
#include "web/server.h"
#include "web/static.h"
#include "web/tr.h"

/*
 * Serves every component for tests/e2e/look.mjs: prints its address; it ends
 * when it is killed. ?rtl turns the page round, ?error shows errors.
 */
static const uint8_t key[HL_WEB_CSRF_KEY_BYTES] = {7};
#define SESSION HL_STR("gallery")

static const struct hl_w_link footer[] = {
	{.text = HL_STR_INIT("Help"), .href = HL_STR_INIT("/help")},
	{.text = HL_STR_INIT("Privacy"), .href = HL_STR_INIT("/privacy")},
};
static const struct hl_w_link nav[] = {
	{.text = HL_STR_INIT("Queue"),
		.href = HL_STR_INIT("/staff"),
		.current = true,
		.count = HL_STR_INIT("12")},
	{.text = HL_STR_INIT("Referrals"), .href = HL_STR_INIT("/referrals")},
	{.text = HL_STR_INIT("Statistics"), .href = HL_STR_INIT("/stats")},
};

static struct gallery view(const struct hl_web_request *req, char *token)
{
	bool error = hl_str_find(req->query, HL_STR("error")) < req->query.n;

	return (struct gallery){
		.page = {.title = HL_STR("Gallery of components"),
			.service = HL_STR("OpenHotline"),
			.rtl = hl_str_find(req->query, HL_STR("rtl")) <
			       req->query.n,
			.failed = error,
			.back_href = HL_STR("/back"),
			.footer = footer,
			.n_footer = HL_ARRAY_LEN(footer)},
		.error = error ? HL_STR("Enter an answer") : HL_STR_NONE,
		.csrf = hl_web_csrf_token(key, SESSION, token),
		.now_us = 1795000000 * HL_US_PER_S,
	};
}

static int public_page(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	char token[HL_WEB_CSRF_MAX];
	struct gallery v = view(req, token);

	v.page.exit_href = HL_STR("/left");
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_public(&resp->body, &v);
	return 0;
}

static int done_page(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	char token[HL_WEB_CSRF_MAX];
	struct gallery v = view(req, token);

	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_done(&resp->body, &v);
	return 0;
}

static int staff_page(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	char token[HL_WEB_CSRF_MAX];
	struct gallery v = view(req, token);

	v.page.wide = true;
	v.page.user_name = HL_STR("analyst.one");
	v.page.logout_href = HL_STR("/logout");
	v.page.nav = nav;
	v.page.n_nav = HL_ARRAY_LEN(nav);
	hl_web_respond(resp, 200, "text/html");
	hl_tmpl_staff(&resp->body, &v);
	return 0;
}

/* What a browser's own form brings: says whether it passed, and its text. */
static int send_form(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_web_form f;
	int r = hl_web_form_read(ctx, req, &f);

	if (r) {
		return r;
	}
	if (hl_web_csrf_check(req, key, SESSION,
		    hl_web_form_get(&f, HL_WEB_CSRF_FIELD))) {
		return HL_DENIED;
	}
	hl_web_respond(resp, 200, "text/plain");
	hl_buf_printf(&resp->body, "url=%.*s more=%.*s save=%.*s",
		HL_STR_ARG(hl_web_form_get(&f, "url")),
		HL_STR_ARG(hl_web_form_get(&f, "more")),
		HL_STR_ARG(hl_web_form_get(&f, "save")));
	return 0;
}

static int left(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	hl_web_respond(resp, 200, "text/plain");
	hl_web_clear_site(resp);
	hl_buf_put(&resp->body, HL_STR("left"));
	return 0;
}

static const struct hl_web_route rows[] = {
	{HL_WEB_GET, "/public", 0, public_page},
	{HL_WEB_GET, "/done", 0, done_page},
	{HL_WEB_GET, "/staff", 0, staff_page},
	{HL_WEB_POST, "/send", 0, send_form},
	{HL_WEB_GET, "/left", 0, left},
	{HL_WEB_GET, "/static/:file", 0, hl_web_static_serve},
};

static int handle(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	const struct hl_web_routes t = {rows, HL_ARRAY_LEN(rows)};

	return hl_web_route_call(&t, ctx, req, resp);
}

int main(void)
{
	struct hl_err err = {0};
	struct hl_web_config c;
	struct hl_web_server *s = NULL;
	HL_BUF_AUTO name = HL_BUF_INIT(100);

	hl_log_init("gallery", HL_LOG_WARN);
	hl_web_config_init(&c);
	c.handler = handle;
	if (hl_web_listen(HL_STR("127.0.0.1:0"), &c.listen_fd, &err) ||
		hl_web_listen_name(c.listen_fd, &name, &err) ||
		hl_web_server_new(&c, &s, &err)) {
		hl_log_err(HL_LOG_ERROR, "gallery", &err);
		return 1;
	}
	printf("http://%s\n", name.p);
	fflush(stdout);
	int r = hl_web_server_run(s, &err);
	hl_web_server_free(s);
	return r ? 1 : 0;
}
