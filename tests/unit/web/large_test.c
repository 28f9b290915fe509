/* SPDX-License-Identifier: Apache-2.0 */
/* Large bodies, as pictures are: with NULs in them, and not too many. */
#include "web/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "web/listen.h"

#define LARGE (3u << 20)

struct place {
	struct hl_web_server *server;
	pthread_t thread;
	uint16_t port;
	char body[LARGE];
};

static int count(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_response *resp)
{
	struct place *p = ctx->app;
	bool same = req->body.n <= LARGE &&
		    memcmp(p->body, req->body.p, req->body.n) == 0;

	hl_web_respond(resp, 200, "text/plain");
	hl_buf_printf(
		&resp->body, "%zu %s", req->body.n, same ? "same" : "other");
	return 0;
}

static void *serve(void *arg)
{
	struct place *p = arg;

	hl_web_server_run(p->server, NULL);
	return NULL;
}

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	HL_BUF_AUTO name = HL_BUF_INIT(100);
	struct hl_web_config c;

	assert_non_null(p);
	for (size_t i = 0; i < LARGE; i++) {
		p->body[i] = (char)(i * i >> 7);
	}
	hl_web_config_init(&c);
	c.app = p;
	c.handler = count;
	c.binary = true;
	c.n_large = 1;
	c.body_max_bytes = LARGE;
	c.arena_max_bytes = (size_t)2 * LARGE;
	assert_int_equal(
		0, hl_web_listen(HL_STR("127.0.0.1:0"), &c.listen_fd, NULL));
	assert_int_equal(0, hl_web_listen_name(c.listen_fd, &name, NULL));
	p->port = (uint16_t)strtol(strrchr(name.p, ':') + 1, NULL, 10);
	assert_int_equal(0, hl_web_server_new(&c, &p->server, NULL));
	assert_int_equal(0, pthread_create(&p->thread, NULL, serve, p));
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	hl_web_server_stop(p->server);
	pthread_join(p->thread, NULL);
	hl_web_server_free(p->server);
	free(p);
	return 0;
}

/* Sends the head and the first bytes of a body of n. */
static int begin(const struct place *p, size_t n, size_t n_now)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
		.sin_port = htons(p->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char head[200];

	assert_int_equal(
		0, connect(fd, (const struct sockaddr *)&in, sizeof(in)));
	snprintf(head, sizeof(head),
		"POST / HTTP/1.1\r\nHost: e.invalid\r\nConnection: close\r\n"
		"Content-Length: %zu\r\n\r\n",
		n);
	assert_int_equal(0, hl_file_write_fd(fd, hl_str_c(head), NULL));
	assert_int_equal(
		0, hl_file_write_fd(fd, hl_str_mem(p->body, n_now), NULL));
	return fd;
}

/* Sends the rest, if any; the status and the words of the answer. */
static int end(
	const struct place *p, int fd, size_t from, size_t n, const char *words)
{
	HL_BUF_AUTO out = HL_BUF_INIT(1 << 20);
	char bytes[4096];
	ssize_t got;

	if (n > from) {
		hl_file_write_fd(
			fd, hl_str_mem(p->body + from, n - from), NULL);
	}
	while ((got = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
		hl_buf_put_mem(&out, bytes, (size_t)got);
	}
	close(fd);
	assert_true(out.n > 12);
	if (words && !strstr(out.p, words)) {
		fail_msg("no \"%s\" in %s", words, out.p);
	}
	return (int)strtol(out.p + 9, NULL, 10);
}

static void a_body_arrives_as_it_was(void **state)
{
	const struct place *p = *state;

	assert_int_equal(
		200, end(p, begin(p, LARGE, 10), 10, LARGE, "3145728 same"));
	assert_int_equal(200, end(p, begin(p, 999, 9), 9, 999, "999 same"));
}

static void one_large_body_at_a_time(void **state)
{
	const struct place *p = *state;

	for (int round = 0; round < 3; round++) {
		int first = begin(p, LARGE, 100);
		usleep(50000);
		int second = begin(p, LARGE, 100);
		assert_int_equal(503, end(p, second, 0, 0, NULL));
		/* small ones go by */
		assert_int_equal(
			200, end(p, begin(p, 99, 9), 9, 99, "99 same"));
		assert_int_equal(
			200, end(p, first, 100, LARGE, "3145728 same"));
	}
	/* one that was given up makes room as well */
	close(begin(p, LARGE, 100));
	usleep(50000);
	assert_int_equal(
		200, end(p, begin(p, LARGE, 10), 10, LARGE, "3145728 same"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_body_arrives_as_it_was, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			one_large_body_at_a_time, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
