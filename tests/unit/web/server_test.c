/* SPDX-License-Identifier: Apache-2.0 */
#include "web/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "web/listen.h"
#include "web/route.h"

/* A real server on loopback, spoken to in raw bytes. */
struct app {
	struct hl_web_server *server;
	pthread_t thread;
	int port;
	sem_t hold; /* /wait takes one before it answers */
	int n_threads_made, n_threads_freed;
};

static int hello(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	hl_web_respond(resp, 200, "text/plain");
	hl_buf_printf(&resp->body, "hello %.*s%s%.*s",
		HL_STR_ARG(req->params[0]), req->query.p ? "?" : "",
		HL_STR_ARG(req->query));
	return 0;
}

static int echo(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	hl_web_respond(resp, 200, "text/plain");
	hl_buf_put(&resp->body, req->body);
	return 0;
}

static int show_headers(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	hl_web_respond(resp, 200, "text/plain");
	for (size_t i = 0; i < req->n_headers; i++) {
		hl_buf_printf(&resp->body, "%.*s=%.*s\n",
			HL_STR_ARG(req->headers[i].name),
			HL_STR_ARG(req->headers[i].value));
	}
	hl_buf_printf(&resp->body, "peer %s\n", req->peer ? "known" : "none");
	return 0;
}

static int fault(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	hl_buf_put(&resp->body, HL_STR("half a page"));
	return HL_FAIL(&ctx->err, HL_E_IO, "on purpose");
}

static int denied(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	return HL_DENIED;
}

static int wait_for(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct app *a = ctx->app;

	sem_wait(&a->hold);
	hl_web_respond(resp, 200, "text/plain");
	hl_buf_put(&resp->body, HL_STR("waited"));
	return 0;
}

static int large(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	hl_web_respond(resp, 200, "text/html");
	for (int i = 0; i < 200000; i++) {
		hl_buf_put(&resp->body, HL_STR("0123456789"));
	}
	resp->compress = req->query.n > 0;
	return 0;
}

static const struct hl_web_route rows[] = {
	{HL_WEB_GET, "/hello/:name", 0, hello},
	{HL_WEB_POST, "/echo", 0, echo},
	{HL_WEB_GET, "/headers", 0, show_headers},
	{HL_WEB_GET, "/fault", 0, fault},
	{HL_WEB_GET, "/denied", 0, denied},
	{HL_WEB_GET, "/wait", 0, wait_for},
	{HL_WEB_GET, "/large", 0, large},
};

static int handle(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	const struct hl_web_routes t = {rows, HL_ARRAY_LEN(rows)};

	return hl_web_route_call(&t, ctx, req, resp);
}

static int thread_new(
	void *app, size_t index, void **thread, struct hl_err *err)
{
	struct app *a = app;

	a->n_threads_made++;
	*thread = a;
	return 0;
}

static void thread_free(void *app, void *thread)
{
	struct app *a = app;

	assert_ptr_equal(app, thread);
	a->n_threads_freed++;
}

static void *serve(void *arg)
{
	struct app *a = arg;

	hl_web_server_run(a->server, NULL);
	return NULL;
}

static void start(struct app *a, struct hl_web_config *c)
{
	struct hl_err err = {0};
	HL_BUF_AUTO name = HL_BUF_INIT(100);

	*a = (struct app){0};
	sem_init(&a->hold, 0, 0);
	c->app = a;
	c->handler = handle;
	c->thread_new = thread_new;
	c->thread_free = thread_free;
	if (c->listen_fd < 0) {
		assert_int_equal(0, hl_web_listen(HL_STR("127.0.0.1:0"),
					    &c->listen_fd, &err));
	}
	hl_web_listen_name(c->listen_fd, &name, &err);
	const char *colon = strrchr(name.p, ':');
	a->port = (int)strtol(colon + 1, NULL, 10);
	if (hl_web_server_new(c, &a->server, &err)) {
		fail_msg("%s", err.msg);
	}
	assert_int_equal(0, pthread_create(&a->thread, NULL, serve, a));
}

static void stop(struct app *a)
{
	hl_web_server_stop(a->server);
	pthread_join(a->thread, NULL);
	hl_web_server_free(a->server);
	assert_int_equal(a->n_threads_made, a->n_threads_freed);
	sem_destroy(&a->hold);
}

static int dial(const struct app *a)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)a->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(
		0, connect(fd, (const struct sockaddr *)&in, sizeof(in)));
	return fd;
}

static void say(int fd, struct hl_str text)
{
	while (text.n) {
		ssize_t n = send(fd, text.p, text.n, MSG_NOSIGNAL);

		if (n <= 0) {
			return; /* refused before the end */
		}
		text = hl_str_sub(text, (size_t)n, text.n);
	}
}

/* Until the server closes or until is seen; false after ms. */
static bool hear(int fd, struct hl_buf *out, const char *until, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	while (!until || !strstr(out->p ? out->p : "", until)) {
		char bytes[65536];

		if (poll(&p, 1, ms) <= 0) {
			return false;
		}
		ssize_t n = recv(fd, bytes, sizeof(bytes), 0);
		if (n <= 0) {
			return !until;
		}
		hl_buf_put_mem(out, bytes, (size_t)n);
	}
	return true;
}

#define H "Host: e.invalid\r\n"
#define END H "Connection: close\r\n\r\n"

/* Says text, hears all of the answer; 0 when there is none. */
static int ask(const struct app *a, struct hl_str text, struct hl_buf *out)
{
	HL_FD_AUTO fd = dial(a);

	hl_buf_reset(out);
	say(fd, text);
	if (!hear(fd, out, NULL, 5000) || out->n < 12) {
		return 0;
	}
	return (int)strtol(out->p + 9, NULL, 10);
}

static void requests_get_answers(void **state)
{
	static const struct {
		const char *name;
		struct hl_str in;
		int status;
		const char *part; /* of the answer */
	} cases[] = {
		{"GET", HL_STR_INIT("GET /hello/you?a=b HTTP/1.1\r\n" END), 200,
			"\r\n\r\nhello you?a=b"},
		{"encoded segment",
			HL_STR_INIT("GET /hello/a%20b HTTP/1.1\r\n" END), 200,
			"hello a b"},
		{"encoded slash",
			HL_STR_INIT("GET /hello/a%2Fb HTTP/1.1\r\n" END), 404,
			""},
		{"HTTP/1.0", HL_STR_INIT("GET /hello/x HTTP/1.0\r\n\r\n"), 200,
			"hello x"},
		{"POST",
			HL_STR_INIT("POST /echo HTTP/1.1\r\nContent-Length: "
				    "3\r\n" END "a=b"),
			200, "\r\n\r\na=b"},
		{"empty POST",
			HL_STR_INIT("POST /echo HTTP/1.1\r\n"
				    "Content-Length: 0\r\n" END),
			200, "Content-Length: 0\r\n"},
		{"chunks",
			HL_STR_INIT("POST /echo HTTP/1.1\r\n"
				    "Transfer-Encoding: chunked\r\n" END
				    "1\r\na\r\n2\r\n=b\r\n0\r\n\r\n"),
			200, "\r\n\r\na=b"},
		{"not there", HL_STR_INIT("GET /nothing HTTP/1.1\r\n" END), 404,
			"text/html"},
		{"other method",
			HL_STR_INIT("DELETE /hello/x HTTP/1.1\r\n" END), 405,
			"Allow: GET, HEAD\r\n"},
		{"OPTIONS", HL_STR_INIT("OPTIONS /echo HTTP/1.1\r\n" END), 405,
			"Allow: POST\r\n"},
		{"fault", HL_STR_INIT("GET /fault HTTP/1.1\r\n" END), 500,
			"<h1>Internal Server Error"},
		{"denied", HL_STR_INIT("GET /denied HTTP/1.1\r\n" END), 403,
			"Forbidden"},
		{"HEAD", HL_STR_INIT("HEAD /hello/you HTTP/1.1\r\n" END), 200,
			"Content-Length: 9\r\n"},
		{"no-store", HL_STR_INIT("GET /hello/x HTTP/1.1\r\n" END), 200,
			"Cache-Control: no-store\r\n"},
		{"policy", HL_STR_INIT("GET /nothing HTTP/1.1\r\n" END), 404,
			"Content-Security-Policy: default-src 'none';"},
		{"address headers are hidden",
			HL_STR_INIT("GET /headers HTTP/1.1\r\n"
				    "X-Forwarded-For: 192.0.2.7\r\n"
				    "X-Real-IP: 192.0.2.7\r\nA: b\r\n" END),
			200, "A=b\nHost=e.invalid\n"},
		{"refused with our headers",
			HL_STR_INIT("GET / HTTP/1.1\r\nA : b\r\n\r\n"), 400,
			"Referrer-Policy: no-referrer\r\n"},
		{"too large",
			HL_STR_INIT("POST /echo HTTP/1.1\r\n" H
				    "Content-Length: 262145\r\n\r\n"),
			413, ""},
		{"two lengths",
			HL_STR_INIT("POST /echo HTTP/1.1\r\n" H
				    "Content-Length: 3\r\n"
				    "Content-Length: 4\r\n\r\nabc"),
			400, ""},
		{"two hosts",
			HL_STR_INIT("GET /hello/x HTTP/1.1\r\n" H H "\r\n"),
			400, ""},
		{"NUL in a header",
			HL_STR_INIT("GET /hello/x HTTP/1.1\r\n" H
				    "A: b\0c\r\n\r\n"),
			400, ""},
		{"length with a sign",
			HL_STR_INIT("POST /echo HTTP/1.1\r\n" H
				    "Content-Length: +3\r\n"
				    "\r\nabc"),
			400, ""},
		{"other encoding",
			HL_STR_INIT("POST /echo HTTP/1.1\r\n" H
				    "Transfer-Encoding: gzip\r\n"
				    "\r\n"),
			400, ""},
		{"length and encoding",
			HL_STR_INIT("POST /echo HTTP/1.1\r\n" H
				    "Content-Length: 3\r\n"
				    "Transfer-Encoding: chunked\r\n\r\n"
				    "3\r\nabc\r\n0\r\n\r\n"),
			400, ""},
		{"body smuggled behind a GET",
			HL_STR_INIT("GET /hello/x HTTP/1.1\r\n" H
				    "Content-Length: 30\r\n\r\n"
				    "GET /denied HTTP/1.1\r\n" END),
			400, ""},
	};
	struct hl_web_config c;
	struct app a;

	(void)state;
	hl_web_config_init(&c);
	start(&a, &c);
	HL_BUF_AUTO out = HL_BUF_INIT(1u << 20);
	for (size_t i = 0; i < HL_ARRAY_LEN(cases); i++) {
		int status = ask(&a, cases[i].in, &out);

		if (status != cases[i].status ||
			!strstr(out.p ? out.p : "", cases[i].part)) {
			fail_msg("%s: %d\n%s", cases[i].name, status,
				out.p ? out.p : "");
		}
		assert_null(strstr(out.p, "192.0.2.7"));
		assert_null(strstr(out.p, "half a page"));
	}
	ask(&a, HL_STR("HEAD /hello/you HTTP/1.1\r\n" END), &out);
	assert_null(strstr(out.p, "hello"));
	stop(&a);
}

static void connections_are_kept_and_pipelined(void **state)
{
	struct hl_web_config c;
	struct app a;

	(void)state;
	hl_web_config_init(&c);
	start(&a, &c);
	HL_BUF_AUTO out = HL_BUF_INIT(1u << 20);
	HL_FD_AUTO fd = dial(&a);
	for (int i = 0; i < 50; i++) {
		hl_buf_reset(&out);
		say(fd, HL_STR("GET /hello/again HTTP/1.1\r\n" H "\r\n"));
		assert_true(hear(fd, &out, "hello again", 5000));
	}
	hl_buf_reset(&out);
	say(fd, HL_STR("GET /hello/1 HTTP/1.1\r\n" H "\r\n"
		       "POST /echo HTTP/1.1\r\nContent-Length: 3\r\n" H
		       "\r\ntwoGET /hello/3 HTTP/1.1\r\n" END));
	assert_true(hear(fd, &out, NULL, 5000));
	const char *one = strstr(out.p, "hello 1"), *two = strstr(out.p, "two"),
		   *three = strstr(out.p, "hello 3");
	assert_true(one && two && three && one < two && two < three);

	/* a refused one takes with it what came in the same breath */
	fd = (close(fd), dial(&a));
	hl_buf_reset(&out);
	say(fd, HL_STR("GET /hello/1 HTTP/1.1\r\n" H "\r\n"
		       "GET /hello/2 HTTP/1.1\r\nA : b\r\n" H "\r\n"));
	assert_true(hear(fd, &out, NULL, 5000));
	assert_non_null(strstr(out.p, "HTTP/1.1 400"));
	assert_null(strstr(out.p, "hello 2"));
	stop(&a);
}

/* What a client does that never gets done, and when it is cut off. */
static void slow_clients_are_cut_off(void **state)
{
	static const struct {
		const char *name;
		const char *first, *drip;
		int least_ms, most_ms;
	} cases[] = {
		{"says nothing", "", "", 300, 2000},
		{"drips a head", "GET / HTTP/1.1\r\n", "A", 300, 2000},
		{"drips headers", "GET / HTTP/1.1\r\n", "A: b\r\n", 300, 2000},
		{"drips a body",
			"POST /echo HTTP/1.1\r\n" H
			"Content-Length: 1000\r\n\r\n",
			"a", 600, 3000},
		{"drips chunks",
			"POST /echo HTTP/1.1\r\n" H
			"Transfer-Encoding: chunked\r\n\r\n",
			"1\r\na\r\n", 600, 3000},
	};
	struct hl_web_config c;
	struct app a;

	(void)state;
	hl_web_config_init(&c);
	c.head_ms = 400;
	c.body_ms = 800;
	start(&a, &c);
	for (size_t i = 0; i < HL_ARRAY_LEN(cases); i++) {
		HL_FD_AUTO fd = dial(&a);
		HL_BUF_AUTO out = HL_BUF_INIT(10000);
		int64_t began_us = hl_time_mono_us();
		bool closed = false;
		int64_t ms = 0;

		say(fd, hl_str_c(cases[i].first));
		while (!closed && ms < 5000) {
			closed = hear(fd, &out, NULL, 50);
			say(fd, hl_str_c(cases[i].drip));
			ms = (hl_time_mono_us() - began_us) / 1000;
		}
		if (!closed || ms < cases[i].least_ms ||
			ms > cases[i].most_ms) {
			fail_msg("%s: %s after %d ms", cases[i].name,
				closed ? "closed" : "open", (int)ms);
		}
	}
	stop(&a);
}

/* One who asks for much and reads nothing, and one who waits between. */
static void idle_and_deaf_clients_are_cut_off(void **state)
{
	struct hl_web_config c;
	struct app a;
	struct hl_web_counts n;

	(void)state;
	hl_web_config_init(&c);
	c.idle_ms = 400;
	c.write_ms = 400;
	start(&a, &c);
	HL_BUF_AUTO out = HL_BUF_INIT(1u << 20);
	HL_FD_AUTO idle = dial(&a);
	say(idle, HL_STR("GET /hello/x HTTP/1.1\r\n" H "\r\n"));
	assert_true(hear(idle, &out, "hello x", 2000));
	assert_true(hear(idle, &out, NULL, 3000));

	HL_FD_AUTO deaf = dial(&a);
	int small = 4096;
	setsockopt(deaf, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	say(deaf, HL_STR("GET /large HTTP/1.1\r\n" H "\r\n"));
	for (int i = 0; i < 100; i++) {
		usleep(20000);
		hl_web_server_counts(a.server, &n);
		if (i > 10 && n.n_connections == 0) {
			break;
		}
	}
	assert_int_equal(0, n.n_connections);
	stop(&a);
}

static int own_error_page(struct hl_web_ctx *ctx,
	const struct hl_web_request *req, struct hl_web_response *resp)
{
	hl_web_respond(resp, ctx->status, "text/html");
	hl_buf_printf(&resp->body, "our page %d for %.*s", ctx->status,
		HL_STR_ARG(req->path));
	return 0;
}

/* Also what no handler sees is answered by the process's own page. */
static void refusals_look_like_ours(void **state)
{
	static const struct {
		struct hl_str in;
		const char *page;
	} cases[] = {
		{HL_STR_INIT("POST /report/words?a=b HTTP/1.1\r\n" H
			     "Content-Length: 900000\r\n\r\n"),
			"our page 413 for /report/words"},
		{HL_STR_INIT("POST /api/v1/x HTTP/1.1\r\n" H
			     "Content-Length: 900000\r\n\r\n"),
			"our page 413 for /api/v1/x"},
		{HL_STR_INIT("POST /a HTTP/1.1\r\n" H "\r\n"),
			"our page 411 for /a"},
		{HL_STR_INIT("BREW /a HTTP/1.1\r\n" H "\r\n"),
			"our page 501 for "},
		{HL_STR_INIT("nonsense\r\n\r\n"), "our page 400 for "},
		{HL_STR_INIT("GET /none HTTP/1.1\r\n" END),
			"our page 404 for /none"},
	};
	HL_BUF_AUTO out = HL_BUF_INIT(10000);
	struct hl_web_config c;
	struct app a;

	(void)state;
	hl_web_config_init(&c);
	c.error_page = own_error_page;
	c.secure = true;
	start(&a, &c);
	for (size_t i = 0; i < HL_ARRAY_LEN(cases); i++) {
		ask(&a, cases[i].in, &out);
		if (!out.p || !strstr(out.p, cases[i].page) ||
			!strstr(out.p, "Content-Security-Policy: ") ||
			!strstr(out.p, "Strict-Transport-Security: ") ||
			!strstr(out.p, "X-Content-Type-Options: nosniff")) {
			fail_msg("%zu: %s", i, out.p ? out.p : "nothing");
		}
	}
	stop(&a);
}

static void a_full_queue_says_so(void **state)
{
	struct hl_web_config c;
	struct app a;
	int fds[4];

	(void)state;
	hl_web_config_init(&c);
	c.n_threads = 1;
	c.n_queue = 2;
	c.error_page = own_error_page;
	start(&a, &c);
	HL_BUF_AUTO out = HL_BUF_INIT(10000);
	for (int i = 0; i < 3; i++) {
		fds[i] = dial(&a);
		say(fds[i], HL_STR("GET /wait HTTP/1.1\r\n" END));
		usleep(100000);
	}
	assert_int_equal(
		503, ask(&a, HL_STR("GET /hello/x HTTP/1.1\r\n" END), &out));
	assert_non_null(strstr(out.p, "Retry-After: 10\r\n"));
	assert_non_null(strstr(out.p, "our page 503 for /hello/x"));
	for (int i = 0; i < 3; i++) {
		sem_post(&a.hold);
	}
	for (int i = 0; i < 3; i++) {
		hl_buf_reset(&out);
		assert_true(hear(fds[i], &out, NULL, 5000));
		assert_non_null(strstr(out.p, "waited"));
		close(fds[i]);
	}
	assert_int_equal(
		200, ask(&a, HL_STR("GET /hello/x HTTP/1.1\r\n" END), &out));
	stop(&a);
}

static void stopping_finishes_what_runs(void **state)
{
	struct hl_web_config c;
	struct app a;

	(void)state;
	hl_web_config_init(&c);
	start(&a, &c);
	HL_BUF_AUTO out = HL_BUF_INIT(10000);
	HL_FD_AUTO idle = dial(&a);
	HL_FD_AUTO fd = dial(&a);
	say(fd, HL_STR("GET /wait HTTP/1.1\r\n" H "\r\n"));
	usleep(100000);
	hl_web_server_stop(a.server);
	assert_true(hear(idle, &out, NULL, 5000));
	usleep(50000);
	sem_post(&a.hold);
	assert_true(hear(fd, &out, NULL, 5000));
	assert_non_null(strstr(out.p, "waited"));
	assert_non_null(strstr(out.p, "Connection: close"));
	stop(&a);
}

/* The client goes while its handler works, and in the middle of things. */
static void clients_may_vanish(void **state)
{
	struct hl_web_config c;
	struct app a;

	(void)state;
	hl_web_config_init(&c);
	start(&a, &c);
	HL_BUF_AUTO out = HL_BUF_INIT(10000);
	for (int i = 0; i < 40; i++) {
		static const char *const texts[] = {
			"GET /wait HTTP/1.1\r\n" H "\r\n", "GET /wa",
			"POST /echo HTTP/1.1\r\n" H "Content-Length: 9\r\n\r\n",
			"GET /large HTTP/1.1\r\n" H "\r\n", ""};
		int fd = dial(&a);
		struct linger now = {1, 0};

		say(fd, hl_str_c(texts[i % 5]));
		if (i % 2) {
			usleep(2000);
			setsockopt(
				fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		}
		close(fd);
		sem_post(&a.hold);
	}
	assert_int_equal(
		200, ask(&a, HL_STR("GET /hello/x HTTP/1.1\r\n" END), &out));
	stop(&a);
}

/* Half closed, then reset: writing to that raises SIGPIPE. */
static void a_broken_pipe_is_no_signal(void **state)
{
	struct hl_web_config c;
	struct app a;

	(void)state;
	hl_web_config_init(&c);
	start(&a, &c);
	HL_BUF_AUTO out = HL_BUF_INIT(10000);
	for (int i = 0; i < 3; i++) {
		struct linger now = {1, 0};
		int fd = dial(&a);

		say(fd, HL_STR("GET /wait HTTP/1.1\r\n" H "\r\n"));
		usleep(50000);
		shutdown(fd, SHUT_WR);
		usleep(20000);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		close(fd);
		usleep(20000);
		sem_post(&a.hold);
	}
	assert_int_equal(
		200, ask(&a, HL_STR("GET /hello/x HTTP/1.1\r\n" END), &out));
	stop(&a);
}

static void too_many_connections_wait(void **state)
{
	struct hl_web_config c;
	struct app a;
	int fds[8];

	(void)state;
	hl_web_config_init(&c);
	c.n_connections = 4;
	start(&a, &c);
	HL_BUF_AUTO out = HL_BUF_INIT(10000);
	for (int i = 0; i < 8; i++) {
		fds[i] = dial(&a);
		usleep(10000);
	}
	say(fds[7], HL_STR("GET /hello/x HTTP/1.1\r\n" END));
	assert_false(hear(fds[7], &out, "hello x", 300));
	for (int i = 0; i < 7; i++) {
		close(fds[i]);
	}
	assert_true(hear(fds[7], &out, "hello x", 5000));
	close(fds[7]);
	stop(&a);
}

static void pages_are_compressed_when_they_may_be(void **state)
{
	struct hl_web_config c;
	struct app a;

	(void)state;
	hl_web_config_init(&c);
	start(&a, &c);
	HL_BUF_AUTO out = HL_BUF_INIT(4u << 20);
	ask(&a,
		HL_STR("GET /large?c HTTP/1.1\r\nAccept-Encoding: "
		       "gzip\r\n" END),
		&out);
	assert_non_null(strstr(out.p, "Content-Encoding: gzip\r\n"));
	assert_true(out.n < 100000);
	ask(&a, HL_STR("GET /large HTTP/1.1\r\nAccept-Encoding: gzip\r\n" END),
		&out);
	assert_null(strstr(out.p, "Content-Encoding"));
	assert_true(out.n > 2000000);
	ask(&a,
		HL_STR("GET /large?c HTTP/1.1\r\nAccept-Encoding: "
		       "gzip;q=0\r\n" END),
		&out);
	assert_null(strstr(out.p, "Content-Encoding"));
	stop(&a);
}

static void ask_through(const char *dir, const char *header, struct hl_str line,
	const char *says)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	HL_FD_AUTO fd = socket(AF_UNIX, SOCK_STREAM, 0);
	HL_BUF_AUTO address = HL_BUF_INIT(100);
	HL_BUF_AUTO in = HL_BUF_INIT(1000);
	HL_BUF_AUTO out = HL_BUF_INIT(10000);
	struct hl_web_config c;
	struct app a;

	snprintf(un.sun_path, sizeof(un.sun_path), "%s/s", dir);
	hl_buf_printf(&address, "unix:%s", un.sun_path);
	hl_web_config_init(&c);
	c.peer_header = header;
	assert_int_equal(
		0, hl_web_listen(hl_buf_str(&address), &c.listen_fd, NULL));
	start(&a, &c);
	assert_int_equal(
		0, connect(fd, (const struct sockaddr *)&un, sizeof(un)));
	hl_buf_printf(&in, "GET /headers HTTP/1.1\r\n%.*sA: b\r\n" END,
		HL_STR_ARG(line));
	say(fd, hl_buf_str(&in));
	assert_true(hear(fd, &out, NULL, 5000));
	if (!strstr(out.p, says)) {
		fail_msg("%s: %.*s\n%s", header ? header : "none",
			HL_STR_ARG(line), out.p);
	}
	stop(&a);
	unlink(un.sun_path);
}

/* Which header the proxy sets, and whether anybody is known by what comes. */
static void a_unix_socket_and_a_proxy(void **state)
{
	static const struct {
		const char *header;
		struct hl_str in;
		const char *says;
	} asks[] = {
		{"X-Real-IP", HL_STR_INIT("A: b\r\n"), "peer none"},
		{"X-Real-IP", HL_STR_INIT("X-Real-IP: 192.0.2.7\r\n"),
			"\r\n\r\nA=b\nHost=e.invalid\nConnection=close\npeer "
			"known"},
		{"X-Real-IP", HL_STR_INIT("X-Forwarded-For: 192.0.2.7\r\n"),
			"peer none"},
		{"X-Visitor", HL_STR_INIT("x-visitor: 2001:db8::1\r\n"),
			"\r\n\r\nA=b\nHost=e.invalid\nConnection=close\npeer "
			"known"},
		{"", HL_STR_INIT("X-Real-IP: 192.0.2.7\r\n"), "peer none"},
		{NULL, HL_STR_INIT("X-Real-IP: 192.0.2.7\r\n"), "peer none"},
	};
	char dir[] = "/tmp/hl-web-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < HL_ARRAY_LEN(asks); i++) {
		ask_through(dir, asks[i].header, asks[i].in, asks[i].says);
	}
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_get_answers),
		cmocka_unit_test(connections_are_kept_and_pipelined),
		cmocka_unit_test(slow_clients_are_cut_off),
		cmocka_unit_test(idle_and_deaf_clients_are_cut_off),
		cmocka_unit_test(refusals_look_like_ours),
		cmocka_unit_test(a_full_queue_says_so),
		cmocka_unit_test(stopping_finishes_what_runs),
		cmocka_unit_test(clients_may_vanish),
		cmocka_unit_test(a_broken_pipe_is_no_signal),
		cmocka_unit_test(too_many_connections_wait),
		cmocka_unit_test(pages_are_compressed_when_they_may_be),
		cmocka_unit_test(a_unix_socket_and_a_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
