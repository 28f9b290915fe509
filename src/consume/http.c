/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/http.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "consume/stop.h"
#include "web/form.h"
#include "web/route.h"
#include "web/stop.h"

static struct hl_consume_http *of(const struct hl_web_ctx *ctx)
{
	return ctx->app;
}

/* -- refusals, RFC 9457 -- */

struct problem {
	int status;
	const char *code, *detail, *at;
};

static int refuse(struct hl_web_response *resp, const struct problem *p)
{
	struct hl_buf *b = &resp->body;

	hl_buf_reset(b);
	hl_web_respond(resp, p->status, "application/problem+json");
	hl_buf_put(b, HL_STR("{\"type\":\"about:blank\""));
	hl_json_put_member_i64(b, "status", p->status);
	hl_json_put_member(b, "title", hl_str_c(hl_web_phrase(p->status)));
	hl_json_put_member(b, "code", hl_str_c(p->code));
	hl_json_put_member(b, "detail", hl_str_c(p->detail));
	if (p->at && *p->at) {
		hl_json_put_member(b, "at", hl_str_c(p->at));
	}
	hl_buf_put(b, HL_STR("}\n"));
	return 0;
}

int hl_consume_http_error(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	static const struct problem rows[] = {
		{404, "not_found", "There is no such path here.", NULL},
		{405, "method", "See Allow for the methods of this path.",
			NULL},
		{411, "length", "Say how long the body is: Content-Length.",
			NULL},
		{413, "too_large", "A body has at most 4 MiB.", NULL},
		{415, "type", "Send it as application/json, uncompressed.",
			NULL},
		{431, "too_large", "The head of the request is too long.",
			NULL},
		{503, "busy", "Too many at once. Send it again later.", NULL},
	};
	struct problem other = {ctx->status,
		ctx->status < 500 ? "malformed" : "fault",
		ctx->status < 500 ? "This is no request that is understood."
				  : "A fault here. Send it again later.",
		NULL};

	(void)req;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (rows[i].status == ctx->status) {
			other = rows[i];
		}
	}
	return refuse(resp, &other);
}

/* -- GET /check -- */

/* Who asks, as far as a sketch of how many there are needs it. */
static struct hl_str client_of(const struct hl_web_request *req)
{
	return req->peer ? hl_str_mem(&req->peer, sizeof(req->peer))
			 : HL_STR_NONE;
}

/* The host alone, as a proxy sees it that passes TLS on. */
static struct hl_str url_of_host(struct hl_web_ctx *ctx, struct hl_str host)
{
	return hl_arena_printf(ctx->arena, "https://%.*s/", HL_STR_ARG(host));
}

static int check_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_str url = hl_web_request_header(req, "X-Original-URL");
	struct hl_str host = hl_web_request_header(req, "X-Original-Host");
	struct hl_consume_decision d;

	if (!url.p && !host.p) {
		return refuse(resp,
			&(struct problem){400, "malformed",
				"Send the address in X-Original-URL, or the "
				"host alone in X-Original-Host.",
				NULL});
	}
	const struct hl_consume_question q = {
		.url = url.p ? url : url_of_host(ctx, host),
		.client = client_of(req),
		.host_only = !url.p};
	int r = hl_consume_batch(of(ctx), &q, 1, &d);
	if (r || d.what != HL_CONSUME_LISTED) {
		hl_web_respond(resp, 204, "text/plain");
		return 0;
	}
	char text[HL_CONSUME_ENTRY_TEXT];
	hl_web_respond(resp, 403, "text/plain");
	hl_web_header_add(resp, "X-Hotline-Entry",
		hl_arena_dup(ctx->arena, hl_consume_entry_text(&d, text)));
	hl_web_header_add(resp, "X-Hotline-Reason",
		hl_str_c(hl_consume_reason_name(d.reason)));
	return 0;
}

/* -- POST /v1/check -- */

static void put_decision(
	struct hl_buf *out, const struct hl_consume_decision *d)
{
	char text[HL_CONSUME_ENTRY_TEXT];

	hl_json_put_sep(out);
	hl_buf_put_c(out, '{');
	hl_json_put_member(
		out, "decision", hl_str_c(hl_consume_what_name(d->what)));
	if (d->what == HL_CONSUME_LISTED) {
		hl_json_put_member(
			out, "entry", hl_consume_entry_text(d, text));
		hl_json_put_member(out, "scope",
			hl_str_c(hl_consume_reason_name(d->reason)));
	}
	if (d->open) {
		hl_json_put_member_bool(out, "open", true);
	}
	hl_json_put_member_i64(out, "keep", d->keep_s);
	hl_buf_put_c(out, '}');
}

static int answer(struct hl_web_ctx *ctx, const struct hl_consume_ask *ask,
	struct hl_web_response *resp)
{
	struct hl_consume_question *q =
		hl_arena_array(ctx->arena, ask->n, sizeof(*q));
	struct hl_consume_decision *d =
		hl_arena_array(ctx->arena, ask->n, sizeof(*d));

	if (!q || !d) {
		return HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory to answer");
	}
	for (size_t i = 0; i < ask->n; i++) {
		q[i].url = ask->urls[i];
	}
	int r = hl_consume_batch(of(ctx), q, ask->n, d);
	if (r) {
		return HL_FAIL(&ctx->err, r, "no memory to confirm");
	}
	hl_web_respond(resp, 200, "application/json");
	hl_buf_put(&resp->body, HL_STR("{\"decisions\":["));
	for (size_t i = 0; i < ask->n; i++) {
		put_decision(&resp->body, &d[i]);
	}
	hl_buf_put(&resp->body, HL_STR("]}\n"));
	return 0;
}

static int check_post(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_consume_ask ask;
	const char *detail = NULL;
	char at[32] = "";

	if (!hl_web_request_is_type(req, "application/json")) {
		return hl_web_error(ctx, req, resp, 415);
	}
	int r = hl_consume_ask_parse(req->body, ctx->arena, &ask, &detail, at);
	if (r == HL_E_INVALID) {
		return refuse(
			resp, &(struct problem){400, "malformed", detail, at});
	}
	return r ? HL_FAIL(&ctx->err, r, "no memory to read")
		 : answer(ctx, &ask, resp);
}

static int fail(const char **detail, const char *why)
{
	*detail = why;
	return HL_E_INVALID;
}

/* Four hex digits; 0 when they are none. */
static unsigned unit_at(struct hl_str s, size_t at)
{
	uint8_t two[2];

	return hl_text_parse_hex(hl_str_sub(s, at, 4), two, sizeof(two))
		       ? 0
		       : (unsigned)two[0] << 8 | two[1];
}

/* Where the digits of the next surrogate stand that has no other half. */
static size_t lone_surrogate(struct hl_str s, size_t at)
{
	while (at + 6 <= s.n) {
		unsigned unit = 0;

		if (s.p[at] != '\\') {
			at++;
			continue;
		}
		unit = s.p[at + 1] == 'u' ? unit_at(s, at + 2) : 0;
		if (unit >> 11 != 0xd800 >> 11) {
			at += 2;
		} else if (unit < 0xdc00 && at + 12 <= s.n &&
			   s.p[at + 6] == '\\' && s.p[at + 7] == 'u' &&
			   unit_at(s, at + 8) >> 10 == 0xdc00 >> 10) {
			at += 12;
		} else {
			return at + 2;
		}
	}
	return s.n;
}

/* RFC 8259, clause 8.2, leaves open what "\ud800" is; the parser refuses the
 * whole text for it. A browser would ask for U+FFFD, so that is judged, and no
 * other address has to do with it. False: no memory. */
static bool mend_surrogates(struct hl_str *body, struct hl_arena *arena)
{
	size_t at = lone_surrogate(*body, 0);
	char *p;

	if (at >= body->n) {
		return true;
	}
	p = hl_arena_alloc(arena, body->n);
	if (!p) {
		return false;
	}
	memcpy(p, body->p, body->n);
	for (body->p = p; at < body->n; at = lone_surrogate(*body, at)) {
		memcpy(p + at, "fffd", 4);
	}
	return true;
}

int hl_consume_ask_parse(struct hl_str body, struct hl_arena *arena,
	struct hl_consume_ask *out, const char **detail, char at[32])
{
	HL_JSON_AUTO *root = NULL;

	*at = '\0';
	if (body.n <= HL_CONSUME_HTTP_BODY_MAX &&
		!mend_surrogates(&body, arena)) {
		return HL_E_NOMEM;
	}
	if (hl_json_parse_nul(body, HL_CONSUME_HTTP_BODY_MAX, &root, NULL) ||
		!json_is_object(root)) {
		return fail(
			detail, "Send one JSON object (RFC 8259), in UTF-8.");
	}
	const json_t *urls = json_object_get(root, "urls");
	if (json_object_size(root) != 1 || !json_is_array(urls) ||
		json_array_size(urls) < 1 ||
		json_array_size(urls) > HL_CONSUME_HTTP_BATCH_MAX) {
		return fail(detail, "The object has the member urls and no "
				    "other: 1 to 1,000 addresses.");
	}
	out->n = json_array_size(urls);
	out->urls = hl_arena_array(arena, out->n, sizeof(*out->urls));
	for (size_t i = 0; out->urls && i < out->n; i++) {
		const json_t *v = json_array_get(urls, i);

		if (!json_is_string(v)) {
			snprintf(at, 32, "/urls/%zu", i);
			return fail(detail, "An address is a string.");
		}
		out->urls[i] =
			hl_arena_dup(arena, hl_str_mem(json_string_value(v),
						    json_string_length(v)));
		if (!out->urls[i].p) {
			return HL_E_NOMEM;
		}
	}
	return out->urls ? 0 : HL_E_NOMEM;
}

/* -- GET /stop -- */

static struct hl_str field_of(const struct hl_web_form *form, const char *name)
{
	for (size_t i = 0; i < form->n; i++) {
		if (hl_str_eq(form->fields[i].name, hl_str_c(name))) {
			return form->fields[i].value;
		}
	}
	return HL_STR_NONE;
}

static int stop_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_web_form form = {0};

	if (hl_web_form_parse(ctx->arena, req->query, &form, NULL)) {
		form = (struct hl_web_form){0};
	}
	struct hl_stop_ask ask = hl_consume_stop_ask_text(
		field_of(&form, "entry"), field_of(&form, "scope"));
	ask.accept = hl_web_request_header(req, "Accept");
	ask.accept_language = hl_web_request_header(req, "Accept-Language");
	return hl_web_stop(ctx, of(ctx)->stop, &ask, resp);
}

static int ready_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	const struct hl_consume_judge *judge = of(ctx)->consume->judge;
	struct hl_err why = {0};

	(void)req;
	if (judge->ready && judge->ready(judge->arg, &why)) {
		return refuse(
			resp, &(struct problem){503, "no_list", why.msg, NULL});
	}
	hl_web_respond(resp, 200, "application/json");
	hl_buf_put(&resp->body, HL_STR("{\"ready\":true}\n"));
	return 0;
}

static const struct hl_web_route rows[] = {
	{HL_WEB_GET, "/check", 0, check_get},
	{HL_WEB_POST, "/v1/check", 0, check_post},
	{HL_WEB_GET, "/stop", 0, stop_get},
	{HL_WEB_GET, "/v1/ready", 0, ready_get},
};
static const struct hl_web_routes routes = {rows, HL_ARRAY_LEN(rows)};

int hl_consume_http_handle(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return hl_web_route_call(&routes, ctx, req, resp);
}
