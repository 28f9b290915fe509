/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door: find the path, find who asks, and only then call the handler.
 */
#include "lists/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/log.h"
#include "lists/answer.h"
#include "seal/token.h"
#include "web/route.h"

/* Actions of routes. */
enum { OPEN = 0, TOKEN = 1 };

static hl_web_handler root_get, manifest_get, list_get, delta_get, ready_get,
	audit_get;

static const struct hl_web_route rows[] = {
	{HL_WEB_GET, "/v1/lists/root/:version", OPEN, root_get},
	{HL_WEB_GET, "/v1/lists/manifest", TOKEN, manifest_get},
	{HL_WEB_GET, "/v1/lists/list/:version", TOKEN, list_get},
	{HL_WEB_GET, "/v1/lists/delta/:from/:version", TOKEN, delta_get},
	{HL_WEB_POST, "/v1/lists/confirm", TOKEN, hl_lists_confirm_post},
	{HL_WEB_POST, "/v1/lists/counters", TOKEN, hl_lists_counters_post},
	{HL_WEB_GET, "/v1/lists/audit/:version", TOKEN, audit_get},
	{HL_WEB_GET, "/v1/lists/ready", OPEN, ready_get},
};
static const struct hl_web_routes routes = {rows, HL_ARRAY_LEN(rows)};

void hl_lists_app_init(struct hl_lists_app *app)
{
	pthread_mutex_init(&app->store_lock, NULL);
	hl_lists_proofs_init(&app->proofs);
}

void hl_lists_app_fini(struct hl_lists_app *app)
{
	hl_lists_proofs_fini(&app->proofs);
	pthread_mutex_destroy(&app->store_lock);
}

int hl_lists_refuse(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	const struct hl_lists_problem *p)
{
	struct hl_buf *b = &resp->body;

	hl_buf_reset(b);
	hl_web_respond(resp, p->status, "application/problem+json");
	hl_buf_printf(b, "{\"type\":\"urn:openhotline:lists:%s\"", p->name);
	hl_json_put_member_i64(b, "status", p->status);
	hl_json_put_member(b, "title", hl_str_c(hl_web_phrase(p->status)));
	hl_json_put_member(b, "detail", hl_str_c(p->detail));
	if (p->at) {
		hl_json_put_member(b, "at", hl_str_c(p->at));
	}
	hl_buf_put(b, HL_STR("}\n"));
	if (p->retry_after_s) {
		struct hl_str seconds = hl_arena_printf(
			ctx->arena, "%" PRIu32, p->retry_after_s);

		hl_web_header_add(resp, "Retry-After", seconds);
	}
	return 0;
}

int hl_lists_refuse_gone(struct hl_web_ctx *ctx, struct hl_web_response *resp)
{
	return HL_LISTS_REFUSE(ctx, resp, 404, "gone",
		"It is not here, or no longer: get the manifest.", NULL, 0);
}

bool hl_lists_number(struct hl_str text, uint64_t *out)
{
	int64_t v;

	if (!text.n || text.n > 18 || text.p[0] == '-' ||
		(text.p[0] == '0' && text.n > 1) || !hl_str_to_i64(text, &v)) {
		return false;
	}
	*out = (uint64_t)v;
	return true;
}

static void unmap(void *arg)
{
	struct hl_lists_map *map = arg;

	hl_lists_unmap(map);
	free(map);
}

int hl_lists_send_file(
	struct hl_web_ctx *ctx, struct hl_web_response *resp, const char *path)
{
	struct hl_lists_map *map = calloc(1, sizeof(*map));
	int r = map ? hl_lists_map(path, map, &ctx->err)
		    : HL_FAIL(&ctx->err, HL_E_NOMEM, "no memory for a file");

	if (r) {
		free(map);
		return r == HL_NOTFOUND ? hl_lists_refuse_gone(ctx, resp) : r;
	}
	hl_web_respond(resp, 200, "application/octet-stream");
	resp->lent = hl_str_mem(map->p, map->n);
	resp->lent_free = unmap;
	resp->lent_arg = map;
	return 0;
}

static int root_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	const struct hl_lists_view *view = hl_lists_asking(ctx)->view;
	uint64_t version;

	if (!hl_lists_number(req->params[0], &version) || !version ||
		version > view->n_roots) {
		return hl_lists_refuse_gone(ctx, resp);
	}
	hl_web_respond(resp, 200, "text/plain");
	hl_buf_put(&resp->body, view->roots[version - 1]);
	return 0;
}

static int manifest_get(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	const struct hl_lists_seat *seat = hl_lists_asking(ctx)->seat;
	struct hl_str known = hl_web_request_header(req, "If-None-Match");

	if (!seat->version) {
		return hl_lists_refuse_gone(ctx, resp);
	}
	hl_lists_uses_fetched(
		hl_lists_of(ctx)->uses, seat->who.id, ctx->now_us);
	hl_web_respond(resp, 200, "text/plain");
	hl_web_header_add(
		resp, "ETag", hl_arena_dup(ctx->arena, hl_str_c(seat->etag)));
	if (hl_str_eq(known, hl_str_c(seat->etag))) {
		resp->status = 304;
		return 0;
	}
	hl_buf_put(&resp->body, seat->manifest);
	return 0;
}

static int send(struct hl_web_ctx *ctx, struct hl_web_response *resp,
	enum hl_lists_file kind, uint64_t from, uint64_t version)
{
	const struct hl_lists_seat *seat = hl_lists_asking(ctx)->seat;
	char path[HL_LISTS_PATH];
	int r;

	/* a file of the next version may be there before it is out */
	if (!version || version > seat->version) {
		return hl_lists_refuse_gone(ctx, resp);
	}
	r = hl_lists_path(hl_lists_of(ctx)->folder, kind, seat->who.id, version,
		from, path, &ctx->err);
	return r ? r : hl_lists_send_file(ctx, resp, path);
}

static int list_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	uint64_t version;

	return hl_lists_number(req->params[0], &version)
		       ? send(ctx, resp, HL_LISTS_LIST, 0, version)
		       : hl_lists_refuse_gone(ctx, resp);
}

static int delta_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	uint64_t from, version;

	return hl_lists_number(req->params[0], &from) &&
			       hl_lists_number(req->params[1], &version)
		       ? send(ctx, resp, HL_LISTS_DELTA, from, version)
		       : hl_lists_refuse_gone(ctx, resp);
}

/* Something is at the path. */
static bool is_there(const char *path)
{
	struct hl_lists_map map;
	int r = hl_lists_map(path, &map, NULL);

	if (!r) {
		hl_lists_unmap(&map);
	}
	/* the rows of an empty list are an empty file */
	return !r || r == HL_E_CORRUPT;
}

static int audit_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_lists_app *app = hl_lists_of(ctx);
	const struct hl_lists_seat *seat = hl_lists_asking(ctx)->seat;
	const struct hl_lists_prover prover = {.folder = app->folder,
		.keys = app->keys,
		.store = app->store,
		.store_lock = &app->store_lock};
	char path[HL_LISTS_PATH];
	uint64_t version;

	if (!hl_lists_number(req->params[0], &version) || !version ||
		version > seat->version ||
		hl_lists_path(app->folder, HL_LISTS_ROWS, seat->who.id, version,
			0, path, NULL) ||
		!is_there(path)) {
		return hl_lists_refuse_gone(ctx, resp);
	}
	int r = hl_lists_path(app->folder, HL_LISTS_BUNDLE, seat->who.id,
		version, 0, path, &ctx->err);
	if (r || is_there(path)) {
		return r ? r : hl_lists_send_file(ctx, resp, path);
	}
	hl_lists_proofs_want(&app->proofs, &prover, seat->who.id, version);
	return HL_LISTS_REFUSE(ctx, resp, 503, "busy",
		"The proof is being made. Ask again.", NULL, 2);
}

static int ready_get(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	(void)ctx;
	(void)req;
	hl_web_respond(resp, 204, "text/plain");
	return 0;
}

/* RFC 6750 clause 2.1; the scheme in any case. */
static const struct hl_lists_seat *find_seat(
	const struct hl_lists_view *view, const struct hl_web_request *req)
{
	struct hl_str value = hl_web_request_header(req, "Authorization");
	const struct hl_str scheme = HL_STR("Bearer "), lead = HL_STR("hl_");
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];
	HL_SEAL_TOKEN_AUTO token;

	if (!hl_str_eq_nocase(hl_str_sub(value, 0, scheme.n), scheme)) {
		return NULL;
	}
	value = hl_str_trim(hl_str_sub(value, scheme.n, value.n));
	if (!hl_str_starts(value, lead) ||
		hl_seal_token_parse(HL_SEAL_TOKEN_LIST,
			hl_str_sub(value, lead.n, value.n), &token)) {
		return NULL;
	}
	hl_seal_token_hash(&token, hash);
	return hl_lists_view_find(view, hash);
}

static int call(struct hl_web_ctx *ctx, const struct hl_web_match *m,
	struct hl_web_response *resp)
{
	const struct hl_lists_seat *seat = hl_lists_asking(ctx)->seat;

	if (m->route->action == TOKEN && !seat) {
		hl_web_header_add(resp, "WWW-Authenticate", HL_STR("Bearer"));
		return HL_LISTS_REFUSE(ctx, resp, 401, "token",
			"Send the token of the agreement: Authorization: "
			"Bearer hl_…",
			NULL, 0);
	}
	if (m->route->action == TOKEN && seat->who.ended) {
		return HL_LISTS_REFUSE(ctx, resp, 403, "revoked",
			"The agreement has ended. Remove the list.", NULL, 0);
	}
	int r = m->route->handler(ctx, &m->req, resp);
	if (!r && (resp->fault || resp->body.fault)) {
		r = HL_FAIL(&ctx->err, HL_E_INTERNAL,
			"an answer could not be made");
	}
	if (!r) {
		return 0;
	}
	bool busy = r == HL_E_UNAVAILABLE || r == HL_E_TIMEOUT ||
		    r == HL_E_FULL || r == HL_E_NOMEM;
	ctx->err.code = ctx->err.code ? ctx->err.code : r;
	hl_log_err(HL_LOG_ERROR, "lists.fault", &ctx->err);
	return HL_LISTS_REFUSE(ctx, resp, busy ? 503 : 500,
		busy ? "busy" : "fault", "A fault here. Send it again later.",
		NULL, busy ? 10 : 60);
}

static int answer(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_web_match m = {.route = NULL};
	int r = hl_web_route_find(&routes, req, ctx->arena, &m);

	if (r || !m.route) {
		return m.allowed ? hl_web_route_refuse(&m, ctx, req, resp)
				 : hl_web_error(ctx, req, resp, 404);
	}
	struct hl_lists_asking asking = {
		.view = hl_lists_shelf_take(hl_lists_of(ctx)->shelf)};
	if (!asking.view) {
		return HL_LISTS_REFUSE(ctx, resp, 503, "busy",
			"The lists are being read.", NULL, 5);
	}
	asking.seat = find_seat(asking.view, req);
	ctx->session = &asking;
	r = call(ctx, &m, resp);
	ctx->session = NULL;
	hl_lists_view_drop(asking.view);
	return r;
}

int hl_lists_handle(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return answer(ctx, req, resp);
}

/* For what no handler decided: the server's own refusals. */
int hl_lists_error(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	static const struct hl_lists_problem known[] = {
		{404, "gone", "There is no such path here.", NULL, 0},
		{405, "method", "See Allow for the methods of this path.", NULL,
			0},
		{413, "large", "The body is too long.", NULL, 0},
		{415, "type", "Send it without compression.", NULL, 0},
		{503, "busy", "Too many at once. Send it again later.", NULL,
			5},
	};
	struct hl_lists_problem other = {ctx->status,
		ctx->status < 500 ? "malformed" : "fault",
		ctx->status < 500 ? "This is no request that is understood."
				  : "A fault here. Send it again later.",
		NULL, 0};

	(void)req;
	for (size_t i = 0; i < HL_ARRAY_LEN(known); i++) {
		if (known[i].status == ctx->status) {
			other = known[i];
		}
	}
	return hl_lists_refuse(ctx, resp, &other);
}
