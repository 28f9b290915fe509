/* SPDX-License-Identifier: Apache-2.0 */
/* The ICAP service on sockets: patience, how many at a time, who goes away
 * while a judge thinks. */
#include "consume/icap.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "web/listen.h"

struct bench {
	struct hl_consume_judge judge;
	struct hl_consume consume;
	struct hl_consume_pool *pool;
	struct hl_stop_config stop;
	struct hl_consume_icap_options options;
	struct sockaddr_in at;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool shut;
	size_t n_inside, n_done;
};

static int check(void *arg, struct hl_str url, struct hl_consume_decision *out)
{
	(void)arg;
	out->what = hl_str_find(url, HL_STR("unsure")) < url.n
			    ? HL_CONSUME_UNSURE
			    : HL_CONSUME_CLEAR;
	return 0;
}

static int confirm(void *arg, struct hl_str url,
	struct hl_consume_decision *out, struct hl_err *err)
{
	struct bench *b = arg;

	(void)url;
	(void)err;
	pthread_mutex_lock(&b->lock);
	b->n_inside++;
	pthread_cond_broadcast(&b->changed);
	while (b->shut) {
		pthread_cond_wait(&b->changed, &b->lock);
	}
	b->n_done++;
	pthread_mutex_unlock(&b->lock);
	out->what = HL_CONSUME_LISTED;
	return 0;
}

static void *serve(void *arg)
{
	struct bench *b = arg;

	assert_int_equal(0, hl_consume_icap_serve(&b->options, NULL));
	return NULL;
}

static struct bench *start(int head_ms, int idle_ms, size_t n_connections)
{
	struct bench *b = calloc(1, sizeof(*b));
	socklen_t n = sizeof(b->at);

	assert_non_null(b);
	b->judge = (struct hl_consume_judge){
		.arg = b, .check = check, .confirm = confirm};
	b->consume.judge = &b->judge;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->changed, NULL);
	const struct hl_consume_pool_config config = {&b->consume, 2, 8};
	assert_int_equal(0, hl_consume_pool_new(&config, &b->pool, NULL));
	b->stop.hotline = HL_STR("The <b>Line");
	b->options = (struct hl_consume_icap_options){
		.stop_fd = eventfd(0, EFD_CLOEXEC),
		.consume = &b->consume,
		.pool = b->pool,
		.stop = &b->stop,
		.n_connections = n_connections,
		.head_ms = head_ms,
		.body_ms = head_ms,
		.idle_ms = idle_ms};
	assert_int_equal(0, hl_web_listen(HL_STR("127.0.0.1:0"),
				    &b->options.listen_fd, NULL));
	assert_int_equal(0, getsockname(b->options.listen_fd,
				    (struct sockaddr *)&b->at, &n));
	assert_int_equal(0, pthread_create(&b->thread, NULL, serve, b));
	return b;
}

static void finish(struct bench *b)
{
	eventfd_write(b->options.stop_fd, 1);
	pthread_join(b->thread, NULL);
	hl_consume_pool_free(b->pool);
	close(b->options.listen_fd);
	close(b->options.stop_fd);
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->changed);
	free(b);
}

static int reach(const struct bench *b)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(
		0, connect(fd, (const struct sockaddr *)&b->at, sizeof(b->at)));
	return fd;
}

static void say(int fd, struct hl_str text)
{
	assert_int_equal(text.n, send(fd, text.p, text.n, MSG_NOSIGNAL));
}

/* Reads to the end; true if it begins with what is wanted. */
static bool hears_to_the_end(int fd, const char *wanted)
{
	char got[4096] = "";
	size_t n = 0;
	ssize_t part;

	while ((part = read(fd, got + n, sizeof(got) - 1 - n)) > 0) {
		n += (size_t)part;
	}
	close(fd);
	return strncmp(got, wanted, strlen(wanted)) == 0 &&
	       (n == 0) == (*wanted == '\0');
}

#define REQMOD "REQMOD icap://h/x ICAP/1.0\r\nAllow: 204\r\n"
#define UNSURE                                                     \
	REQMOD "Encapsulated: req-hdr=0, null-body=26\r\n\r\nGET " \
	       "http://unsure HTTP/1.1"

static void slow_ones_are_dropped(void **state)
{
	struct bench *b = start(1, 0, 10);
	int head = reach(b), http = reach(b), body = reach(b);

	(void)state;
	say(head, HL_STR("REQMOD icap"));
	say(http, HL_STR(REQMOD "Encapsulated: req-hdr=0, null-body=20\r\n"
				"\r\nGET"));
	say(body, HL_STR(REQMOD "Encapsulated: req-body=0\r\n\r\n5\r\nab"));
	/* each read ends only when the service hangs up */
	assert_true(hears_to_the_end(head, ""));
	assert_true(hears_to_the_end(http, ""));
	assert_true(hears_to_the_end(body, ""));
	finish(b);
}

static void silent_ones_are_dropped(void **state)
{
	struct bench *b = start(0, 1, 10);

	(void)state;
	assert_true(hears_to_the_end(reach(b), ""));
	finish(b);
}

static void one_too_many(void **state)
{
	struct bench *b = start(0, 0, 1);
	int first = reach(b);
	char got[4] = "";

	(void)state;
	say(first, HL_STR("OPTIONS icap://h/x ICAP/1.0\r\n\r\n"));
	assert_int_equal(4, read(first, got, 4)); /* it has the place */
	assert_true(hears_to_the_end(reach(b), "ICAP/1.0 503 "));
	close(first);
	finish(b);
}

/* The judgement for who has gone is given to nobody, least of all to who
 * got the place. */
static void who_goes_away(void **state)
{
	struct bench *b = start(0, 0, 1);
	struct linger hard = {.l_onoff = 1, .l_linger = 0};

	(void)state;
	b->shut = true;
	int gone = reach(b);
	say(gone, HL_STR(UNSURE));
	pthread_mutex_lock(&b->lock);
	while (b->n_inside < 1) {
		pthread_cond_wait(&b->changed, &b->lock);
	}
	pthread_mutex_unlock(&b->lock);
	setsockopt(gone, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(gone);
	/* the next one that finds the place free */
	for (;;) {
		int fd = reach(b);
		char got[14] = "";

		say(fd, HL_STR(REQMOD "Encapsulated: null-body=0\r\n\r\n"));
		ssize_t n = read(fd, got, 13);
		if (n == 13 && strncmp(got, "ICAP/1.0 204 ", 13) == 0) {
			pthread_mutex_lock(&b->lock);
			b->shut = false;
			pthread_cond_broadcast(&b->changed);
			pthread_mutex_unlock(&b->lock);
			hl_consume_pool_drain(b->pool);
			say(fd, HL_STR("OPTIONS icap://h/x ICAP/1.0\r\n"
				       "Connection: close\r\n\r\n"));
			char rest[4096] = "";
			size_t at = 0;
			while ((n = read(fd, rest + at,
					sizeof(rest) - 1 - at)) > 0) {
				at += (size_t)n;
			}
			assert_null(strstr(rest, "451"));
			assert_non_null(strstr(rest, "Methods: REQMOD"));
			close(fd);
			break;
		}
		close(fd);
	}
	assert_int_equal(1, b->n_done);
	finish(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_ones_are_dropped),
		cmocka_unit_test(silent_ones_are_dropped),
		cmocka_unit_test(one_too_many),
		cmocka_unit_test(who_goes_away),
	};

	return cmocka_run_group_tests_name("icap_server", tests, NULL, NULL);
}
