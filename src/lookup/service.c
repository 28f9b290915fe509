/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door of the match service: find the path, find the key, check its
 * scope, and only then call the handler. What came is counted by path and
 * status, and nothing of it is kept.
 */
#include "lookup/service.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/time.h"
#include "lookup/inner.h"
#include "web/route.h"

/* An action is the scope that it needs; of OPEN, none. */
enum { OPEN = 0 };

static const struct hl_web_route rows[] = {
	{HL_WEB_POST, "/v1/match", HL_API_MATCH, hl_lookup_match_post},
	{HL_WEB_POST, "/v1/hash", HL_API_HASH, hl_lookup_hash_post},
	{HL_WEB_GET, "/v1/ready", OPEN, hl_lookup_ready_get},
	{HL_WEB_GET, "/metrics", HL_API_METRICS, hl_lookup_metrics_get},
	{HL_WEB_GET, "/v1/feed", HL_API_FEED, hl_lookup_feed_get},
};
static const struct hl_web_routes routes = {rows, HL_ARRAY_LEN(rows)};

void hl_lookup_app_init(struct hl_lookup_app *app)
{
	pthread_mutex_init(&app->feed_lock, NULL);
}

void hl_lookup_app_fini(struct hl_lookup_app *app)
{
	pthread_mutex_destroy(&app->feed_lock);
}

int hl_lookup_thread_new(
	void *app, size_t index, void **thread, struct hl_err *err)
{
	const struct hl_lookup_app *a = app;
	struct hl_lookup_thread *t = calloc(1, sizeof(*t));

	(void)index;
	if (!t) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a thread");
	}
	t->seat.shelf = a->shelf;
	*thread = t;
	return 0;
}

void hl_lookup_thread_free(void *app, void *thread)
{
	struct hl_lookup_thread *t = thread;

	(void)app;
	hl_lookup_seat_fini(&t->seat);
	free(t);
}

/* RFC 6750 clause 2.1; the scheme in any case. */
static void find_pass(struct hl_web_ctx *ctx, const struct hl_web_request *req)
{
	struct hl_lookup_thread *mine = hl_lookup_mine(ctx);
	struct hl_str value = hl_web_request_header(req, "Authorization");
	const struct hl_str scheme = HL_STR("Bearer ");
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];

	mine->pass = (struct hl_lookup_pass){.id = 0};
	if (hl_str_eq_nocase(hl_str_sub(value, 0, scheme.n), scheme) &&
		!hl_accounts_apikey_hash(
			hl_str_trim(hl_str_sub(value, scheme.n, value.n)),
			hash)) {
		hl_lookup_ring_find(hl_lookup_of(ctx)->ring, hash, ctx->now_us,
			&mine->pass);
	}
}

static int refuse_key(struct hl_web_ctx *ctx, struct hl_web_response *resp)
{
	hl_web_header_add(resp, "WWW-Authenticate", HL_STR("Bearer"));
	return hl_lookup_refuse(ctx, resp,
		&(struct hl_lookup_problem){401, "key",
			"Send a good key: Authorization: Bearer hl_… The "
			"hotline's administrator makes and revokes them.",
			NULL, 0});
}

static int call(struct hl_web_ctx *ctx, const struct hl_web_match *m,
	struct hl_web_response *resp)
{
	const struct hl_lookup_pass *pass = &hl_lookup_mine(ctx)->pass;
	const unsigned needs = (unsigned)m->route->action;

	if (needs && !pass->id) {
		return refuse_key(ctx, resp);
	}
	if ((pass->scopes & needs) != needs) {
		return hl_lookup_refuse(ctx, resp,
			&(struct hl_lookup_problem){403, "scope",
				"This key lacks the scope that this path "
				"needs.",
				NULL, 0});
	}
	int r = m->route->handler(ctx, &m->req, resp);
	if (!r && (resp->fault || resp->body.fault)) {
		r = HL_FAIL(&ctx->err, HL_E_INTERNAL,
			"an answer could not be made");
	}
	return r ? hl_lookup_refuse_fault(ctx, resp, r) : 0;
}

static void note(struct hl_web_ctx *ctx, const struct hl_web_route *route,
	int status, int64_t took_us)
{
	static const int64_t most_us[HL_LOOKUP_N_BUCKETS] = {100, 250, 500,
		1000, 2500, 5000, 10000, 25000, 50000, 100000, 1000000,
		10000000};
	struct hl_lookup_counts *c = &hl_lookup_of(ctx)->counts;
	size_t row = route ? (size_t)(route - rows) : HL_LOOKUP_R_OTHER;
	size_t i = 0;

	c->requests[row][status / 100 % 6]++;
	if (row == HL_LOOKUP_R_MATCH && status == 200) {
		while (i < HL_LOOKUP_N_BUCKETS && took_us > most_us[i]) {
			i++;
		}
		c->took[i]++;
		c->took_us += (uint64_t)took_us;
	}
}

int hl_lookup_handle(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	int64_t began_us = hl_time_mono_us();
	struct hl_web_match m = {.route = NULL};
	int r = hl_web_route_find(&routes, req, ctx->arena, &m);

	if (m.route && m.route->handler == hl_lookup_feed_get &&
		!hl_lookup_of(ctx)->feed) {
		m.route = NULL;
		m.allowed = 0;
		r = HL_NOTFOUND;
	}
	if (r || !m.route) {
		r = m.allowed ? hl_web_route_refuse(&m, ctx, req, resp)
			      : hl_web_error(ctx, req, resp, 404);
	} else {
		find_pass(ctx, req);
		r = call(ctx, &m, resp);
	}
	note(ctx, m.route, resp->status, hl_time_mono_us() - began_us);
	return r;
}

static int match_json(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct hl_lookup_question q;
	struct hl_lookup_wrong wrong = {.detail = NULL};

	if (req->body.n > HL_LOOKUP_BODY_MAX) {
		return hl_web_error(ctx, req, resp, 413);
	}
	int r = hl_lookup_question_parse(req->body, ctx->arena, &q, &wrong);
	if (r == HL_E_INVALID) {
		return hl_lookup_refuse_wrong(ctx, resp, &wrong);
	}
	if (r || hl_lookup_pay(ctx, resp, q.n)) {
		return r;
	}
	hl_web_respond(resp, 200, "application/json");
	hl_buf_put_c(&resp->body, '{');
	r = hl_lookup_answer(ctx, &q, &resp->body, &wrong);
	if (r) {
		return hl_lookup_refuse_answer(ctx, resp, r, &wrong);
	}
	hl_buf_put(&resp->body, HL_STR("}\n"));
	return 0;
}

int hl_lookup_match_post(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	return hl_web_request_is_type(req, "application/json")
		       ? match_json(ctx, req, resp)
		       : hl_lookup_picture_match(ctx, req, resp);
}
