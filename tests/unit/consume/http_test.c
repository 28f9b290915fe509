/* SPDX-License-Identifier: Apache-2.0 */
/* The answers over HTTP, as a handler gives them: docs/consumers.md. */
#include "consume/http.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"

struct bench {
	struct hl_consume_judge judge;
	struct hl_consume consume;
	struct hl_consume_pool *pool;
	struct hl_stop_config stop;
	struct hl_consume_http app;
	struct hl_arena *arena;
	struct hl_web_response resp;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool shut;
	size_t n_inside;
	bool without; /* a list */
};

static int check(void *arg, struct hl_str url, struct hl_consume_decision *out)
{
	bool host_only = out->host_only;

	(void)arg;
	*out = (struct hl_consume_decision){.keep_s = 60};
	if (hl_str_find(url, HL_STR("unsure")) < url.n) {
		out->what = HL_CONSUME_UNSURE;
	} else if (hl_str_find(url, HL_STR("bad")) < url.n) {
		*out = (struct hl_consume_decision){.what = HL_CONSUME_LISTED,
			.reason =
				host_only ? HL_CONSUME_DOMAIN : HL_CONSUME_PAGE,
			.entry = 42,
			.keep_s = 30};
	} else if (!hl_str_starts(url, HL_STR("http"))) {
		out->what = HL_CONSUME_UNREADABLE;
	}
	return 0;
}

static int confirm(void *arg, struct hl_str url,
	struct hl_consume_decision *out, struct hl_err *err)
{
	struct bench *b = arg;

	pthread_mutex_lock(&b->lock);
	b->n_inside++;
	pthread_cond_broadcast(&b->changed);
	while (b->shut) {
		pthread_cond_wait(&b->changed, &b->lock);
	}
	pthread_mutex_unlock(&b->lock);
	if (hl_str_find(url, HL_STR("fail")) < url.n) {
		return HL_FAIL(err, HL_E_UNAVAILABLE, "nobody there");
	}
	*out = (struct hl_consume_decision){
		.what = HL_CONSUME_LISTED, .entry = 7};
	return 0;
}

static int ready(void *arg, struct hl_err *err)
{
	const struct bench *b = arg;

	return b->without ? HL_FAIL(err, HL_E_UNAVAILABLE,
				    "nothing was fetched yet")
			  : 0;
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->judge = (struct hl_consume_judge){
		.arg = b, .check = check, .confirm = confirm};
	b->consume.judge = &b->judge;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->changed, NULL);
	const struct hl_consume_pool_config config = {&b->consume, 4, 2000};
	assert_int_equal(0, hl_consume_pool_new(&config, &b->pool, NULL));
	b->stop.hotline = HL_STR("The <b>Line");
	b->app.consume = &b->consume;
	b->app.pool = b->pool;
	b->app.stop = &b->stop;
	b->arena = hl_arena_new(32u << 20, true);
	hl_web_response_init(&b->resp, 4u << 20);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	hl_consume_pool_free(b->pool);
	hl_arena_free(b->arena);
	hl_web_response_fini(&b->resp);
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->changed);
	free(b);
	return 0;
}

static int ask(struct bench *b, const struct hl_web_request *req)
{
	struct hl_web_ctx ctx = {.app = &b->app,
		.arena = b->arena,
		.error_page = hl_consume_http_error};

	hl_web_response_fini(&b->resp);
	hl_web_response_init(&b->resp, 4u << 20);
	hl_web_handle(hl_consume_http_handle, &ctx, req, &b->resp);
	return b->resp.status;
}

static int get(
	struct bench *b, const char *path, const char *name, const char *value)
{
	const struct hl_web_header header = {hl_str_c(name), hl_str_c(value)};
	struct hl_web_request req = {.method = HL_WEB_GET,
		.path = hl_str_c(path),
		.headers = &header,
		.n_headers = name ? 1 : 0};
	size_t mark = hl_str_find_char(req.path, '?');

	if (mark < req.path.n) {
		req.query = hl_str_sub(req.path, mark + 1, req.path.n);
		req.path.n = mark;
	}
	return ask(b, &req);
}

static int post(struct bench *b, const char *type, struct hl_str body)
{
	const struct hl_web_header header = {
		HL_STR_INIT("Content-Type"), hl_str_c(type)};
	const struct hl_web_request req = {.method = HL_WEB_POST,
		.path = HL_STR("/v1/check"),
		.body = body,
		.headers = &header,
		.n_headers = 1};

	return ask(b, &req);
}

static const char *header(const struct bench *b, const char *name)
{
	for (size_t i = 0; i < b->resp.n_headers; i++) {
		if (hl_str_eq(b->resp.headers[i].name, hl_str_c(name))) {
			return b->resp.headers[i].value.p;
		}
	}
	return "";
}

static void check_answers(void **state)
{
	static const struct {
		const char *name, *value;
		int status;
		const char *entry, *reason;
	} rows[] = {
		{"X-Original-URL", "http://example.org/bad", 403, "42", "page"},
		{"x-original-url", "https://example.org/", 204, "", ""},
		{"X-Original-URL", "", 204, "", ""},
		{"X-Original-URL", "nonsense", 204, "", ""},
		{"X-Original-URL", "http://unsure/", 403, "7", ""},
		{"X-Original-URL", "http://unsure/fail", 204, "", ""},
		{"X-Original-Host", "bad.example", 403, "42", "domain"},
		{"X-Original-Host", "example.org", 204, "", ""},
		{"X-Else", "http://example.org/bad", 400, "", ""},
		{NULL, NULL, 400, "", ""},
	};
	struct bench *b = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int status = get(b, "/check", rows[i].name, rows[i].value);

		if (status != rows[i].status ||
			strcmp(header(b, "X-Hotline-Entry"), rows[i].entry) !=
				0 ||
			strcmp(header(b, "X-Hotline-Reason"), rows[i].reason) !=
				0) {
			fail_msg("row %zu: %d %s %s", i, status,
				header(b, "X-Hotline-Entry"),
				header(b, "X-Hotline-Reason"));
		}
	}
}

static void many_at_once(void **state)
{
	struct bench *b = *state;

	assert_int_equal(
		200, post(b, "application/json; charset=utf-8",
			     HL_STR("{\"urls\":[\"http://bad/\",\"http://a/\","
				    "\"http://unsure/\",\"http://unsure/fail\","
				    "\"\",\"http://bad/\"]}")));
	assert_string_equal(
		"{\"decisions\":["
		"{\"decision\":\"listed\",\"entry\":\"42\",\"scope\":\"page\","
		"\"keep\":30},"
		"{\"decision\":\"clear\",\"keep\":60},"
		"{\"decision\":\"listed\",\"entry\":\"7\",\"scope\":\"\","
		"\"keep\":0},"
		"{\"decision\":\"clear\",\"open\":true,\"keep\":0},"
		"{\"decision\":\"unreadable\",\"keep\":60},"
		"{\"decision\":\"listed\",\"entry\":\"42\",\"scope\":\"page\","
		"\"keep\":30}]}\n",
		b->resp.body.p);
}

static void put_many(struct hl_buf *body, size_t n, const char *url)
{
	hl_buf_put(body, HL_STR("{\"urls\":["));
	for (size_t i = 0; i < n; i++) {
		hl_json_put_sep(body);
		hl_json_put_str(body, hl_str_c(url));
	}
	hl_buf_put(body, HL_STR("]}"));
}

static void as_many_as_may_be(void **state)
{
	HL_BUF_AUTO body = HL_BUF_INIT(1u << 20);
	struct bench *b = *state;

	put_many(&body, 1000, "http://unsure/");
	assert_int_equal(200, post(b, "application/json", hl_buf_str(&body)));
	assert_int_equal(1000, b->consume.n_listed);
	hl_buf_reset(&body);
	put_many(&body, 1001, "http://a/");
	assert_int_equal(400, post(b, "application/json", hl_buf_str(&body)));
}

static void bad_bodies(void **state)
{
	static const struct {
		struct hl_str body;
		const char *at;
	} rows[] = {
		{HL_STR_INIT(""), NULL},
		{HL_STR_INIT("[]"), NULL},
		{HL_STR_INIT("{}"), NULL},
		{HL_STR_INIT("{\"urls\":[]}"), NULL},
		{HL_STR_INIT("{\"urls\":\"http://a/\"}"), NULL},
		{HL_STR_INIT("{\"urls\":[\"http://a/\"],\"x\":1}"), NULL},
		{HL_STR_INIT("{\"urls\":[\"http://a/\",7]}"), "/urls/1"},
		{HL_STR_INIT("{\"urls\":[null]}"), "/urls/0"},
		{HL_STR_INIT("{\"urls\":[\"a\"],\"urls\":[\"b\"]}"), NULL},
		{HL_STR_INIT("{\"urls\":[\"a\"]} x"), NULL},
		{HL_STR_INIT("{\"urls\":[\"\xff\"]}"), NULL},
		{HL_STR_INIT("{\"urls\":[\"http://a/\",\"b\0\"]}"), NULL},
		{HL_STR_INIT("{\"urls\":[\"\\ud80\"]}"), NULL},
		{HL_STR_INIT("{\"urls\":[\"\\ud800"), NULL},
		{HL_STR_INIT("\\ud800"), NULL},
		{HL_STR_INIT("{\"urls\":[\"\\ud800\\u\"]}"), NULL},
	};
	struct bench *b = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (post(b, "application/json", rows[i].body) != 400 ||
			!hl_str_eq(b->resp.type,
				HL_STR("application/problem+json")) ||
			!strstr(b->resp.body.p, "\"code\":\"malformed\"") ||
			(rows[i].at && !strstr(b->resp.body.p, rows[i].at))) {
			fail_msg("row %zu: %d %s", i, b->resp.status,
				b->resp.body.p);
		}
		/* what was sent is not said again */
		assert_null(strstr(b->resp.body.p, "http:"));
	}
	assert_int_equal(
		415, post(b, "text/plain", HL_STR("{\"urls\":[\"a\"]}")));
	assert_int_equal(405, get(b, "/v1/check", NULL, NULL));
	assert_int_equal(404, get(b, "/else", NULL, NULL));
}

/* What is no text is one address of a thousand, and refuses no other. */
static void strange_strings(void **state)
{
	static const struct {
		const char *body;
		struct hl_str url; /* as it is judged */
	} rows[] = {
		{"\\u0000", HL_STR_INIT("\0")},
		{"http://a/\\u0000b", HL_STR_INIT("http://a/\0b")},
		{"\\ud800", HL_STR_INIT("\xef\xbf\xbd")},
		{"\\uDFFFx", HL_STR_INIT("\xef\xbf\xbdx")},
		{"\\udc00\\ud800", HL_STR_INIT("\xef\xbf\xbd\xef\xbf\xbd")},
		{"\\ud800\\ud83d\\ude00",
			HL_STR_INIT("\xef\xbf\xbd\xf0\x9f\x98\x80")},
		{"\\ud83d\\ude00", HL_STR_INIT("\xf0\x9f\x98\x80")},
		{"\\\\ud800", HL_STR_INIT("\\ud800")},
		{"\\\\\\ud800", HL_STR_INIT("\\\xef\xbf\xbd")},
		{"\\ud800\\n", HL_STR_INIT("\xef\xbf\xbd\n")},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_ARENA_AUTO *arena = hl_arena_new(1u << 20, false);
		struct hl_consume_ask ask = {0};
		const char *detail = "";
		char body[128], at[32];

		snprintf(body, sizeof(body),
			"{\"urls\":[\"http://a/\",\"%s\",\"b\"]}",
			rows[i].body);
		int r = hl_consume_ask_parse(
			hl_str_c(body), arena, &ask, &detail, at);
		if (r || ask.n != 3 || !hl_str_eq(ask.urls[1], rows[i].url) ||
			!hl_str_eq(ask.urls[2], HL_STR("b"))) {
			fail_msg("row %zu: %d %s", i, r, detail);
		}
	}
}

static void the_stop_page(void **state)
{
	struct bench *b = *state;

	assert_int_equal(451,
		get(b, "/stop?entry=E-7K3Q-X9M2-C", "Accept-Language", "fr"));
	assert_string_equal("fr", header(b, "Content-Language"));
	assert_non_null(header(b, "Content-Security-Policy"));
	assert_null(strstr(b->resp.body.p, "<b>"));
	assert_int_equal(451, get(b, "/stop?entry=%3Cx", NULL, NULL));
	assert_null(strstr(b->resp.body.p, "<x"));
	char ref[HL_REF_MAX], path[64];
	hl_ref_print(HL_REF_LIST_ENTRY, 987654321, ref);
	snprintf(path, sizeof(path), "/stop?scope=domain&entry=%s", ref);
	assert_int_equal(451, get(b, path, "Accept", "application/json"));
	assert_non_null(strstr(b->resp.body.p, ref));
	assert_non_null(strstr(b->resp.body.p, "\"scope\":\"site\""));
	assert_true(hl_str_eq(HL_STR("application/json"), b->resp.type));
	assert_int_equal(451, get(b, "/stop", NULL, NULL));
	assert_int_equal(200, get(b, "/v1/ready", NULL, NULL));
	b->judge.ready = ready;
	assert_int_equal(200, get(b, "/v1/ready", NULL, NULL));
	b->without = true;
	assert_int_equal(503, get(b, "/v1/ready", NULL, NULL));
	assert_non_null(strstr(b->resp.body.p, "\"code\":\"no_list\""));
	assert_non_null(strstr(b->resp.body.p, "nothing was fetched yet"));
}

struct asker {
	struct bench *b;
	struct hl_consume_decision d;
};

static void *ask_unsure(void *arg)
{
	struct asker *a = arg;
	const struct hl_consume_question q = {
		HL_STR("http://unsure/"), HL_STR_NONE, false, false};

	assert_int_equal(0, hl_consume_batch(&a->b->app, &q, 1, &a->d));
	return NULL;
}

/* Threads are left for what is sure, and nobody waits for ever. */
static void waiting_is_bounded(void **state)
{
	struct bench *b = *state;
	struct asker first = {.b = b}, second = {.b = b};
	pthread_t thread;

	b->app.n_waiting_most = 1;
	b->shut = true;
	assert_int_equal(0, pthread_create(&thread, NULL, ask_unsure, &first));
	pthread_mutex_lock(&b->lock);
	while (!b->n_inside) {
		pthread_cond_wait(&b->changed, &b->lock);
	}
	pthread_mutex_unlock(&b->lock);
	ask_unsure(&second);
	assert_true(second.d.open);
	pthread_mutex_lock(&b->lock);
	b->shut = false;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
	pthread_join(thread, NULL);
	assert_int_equal(HL_CONSUME_LISTED, first.d.what);
	b->shut = true;
	b->app.confirm_ms = 1;
	ask_unsure(&second);
	assert_true(second.d.open);
	pthread_mutex_lock(&b->lock);
	b->shut = false;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
	/* What is confirmed when nobody waits any more blocked nobody. */
	hl_consume_pool_drain(b->app.pool);
	assert_int_equal(2, b->consume.n_confirm);
	assert_int_equal(3, b->consume.n_asked);
	assert_int_equal(2, b->consume.n_open);
	assert_int_equal(1, b->consume.n_listed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(check_answers),
		TEST(many_at_once),
		TEST(as_many_as_may_be),
		TEST(bad_bodies),
		TEST(strange_strings),
		TEST(the_stop_page),
		TEST(waiting_is_bounded),
	};

	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
