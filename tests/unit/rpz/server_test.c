/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "ask.h"
#include "base/time.h"

#define PATIENCE_MS 60000

/* A server in a thread, with a zone, and a socket of its consumer. */
struct fixture {
	struct hl_rpz_server_conf conf;
	struct hl_rpz_server *server;
	struct hl_rpz_zone *zone;
	struct sockaddr_in at, consumer;
	int consumer_fd;
	pthread_t thread;
};

static int bound(int type, struct sockaddr_in *at)
{
	socklen_t n = sizeof(*at);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (bind(fd, (struct sockaddr *)at, sizeof(*at))) {
		close(fd);
		return -1;
	}
	assert_int_equal(0, getsockname(fd, (struct sockaddr *)at, &n));
	return fd;
}

static struct sockaddr_in loopback(void)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* TCP and UDP of one free port. */
static void make_sockets(struct fixture *f, struct hl_rpz_listener *l)
{
	do {
		f->at = loopback();
		l->tcp_fd = bound(SOCK_STREAM, &f->at);
		assert_true(l->tcp_fd >= 0);
		l->udp_fd = bound(SOCK_DGRAM, &f->at);
		if (l->udp_fd < 0) {
			close(l->tcp_fd);
		}
	} while (l->udp_fd < 0);
	assert_int_equal(0, listen(l->tcp_fd, 128));
}

static void *serve(void *arg)
{
	struct fixture *f = arg;

	return hl_rpz_server_run(f->server, NULL) ? f : NULL;
}

static struct hl_rpz_zone *notified_zone(const struct fixture *f)
{
	struct hl_net_endpoint to;
	struct hl_rpz_zone_conf c;
	struct hl_rpz_zone *z;

	assert_int_equal(
		0, hl_net_endpoint_from_sockaddr(
			   (const struct sockaddr *)&f->consumer, &to));
	hl_rpz_zone_conf_init(&c);
	c.origin = HL_STR(ORIGIN);
	c.keys = &test_key;
	c.n_keys = 1;
	c.notify = &to;
	c.n_notify = 1;
	assert_int_equal(0, hl_rpz_zone_new(&c, &z, NULL));
	return z;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->consumer = loopback();
	f->consumer_fd = bound(SOCK_DGRAM, &f->consumer);
	hl_rpz_server_conf_init(&f->conf);
	make_sockets(f, &f->conf.listeners[0]);
	f->conf.n_listeners = 1;
	f->conf.stop_fd = eventfd(0, EFD_CLOEXEC);
	f->conf.notify_ms = 20;
	f->zone = notified_zone(f);
	*state = f;
	return 0;
}

static void start(struct fixture *f)
{
	assert_int_equal(0, hl_rpz_server_new(&f->conf, &f->server, NULL));
	assert_int_equal(0, hl_rpz_server_add(f->server, f->zone, NULL));
	assert_int_equal(0, pthread_create(&f->thread, NULL, serve, f));
}

static void end_server(struct fixture *f)
{
	void *failed = NULL;

	if (f->server) {
		assert_int_equal(8, write(f->conf.stop_fd, &(uint64_t){1}, 8));
		assert_int_equal(0, pthread_join(f->thread, &failed));
		assert_null(failed);
		hl_rpz_server_free(f->server);
		f->server = NULL;
	}
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	end_server(f);
	/* a set after the server's end reaches nobody and harms nobody */
	assert_int_equal(0, test_set(f->zone, 1, 1u << 30));
	hl_rpz_zone_free(f->zone);
	close(f->conf.stop_fd);
	close(f->conf.listeners[0].udp_fd);
	close(f->conf.listeners[0].tcp_fd);
	close(f->consumer_fd);
	free(f);
	return 0;
}

/* -- a client -- */

static int dial(const struct fixture *f)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(
		0, connect(fd, (const struct sockaddr *)&f->at, sizeof(f->at)));
	return fd;
}

static void must_wait(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	if (poll(&p, 1, PATIENCE_MS) != 1) {
		fail_msg("nothing came");
	}
}

/* False when the connection ended instead. */
static bool take(int fd, uint8_t *p, size_t n)
{
	while (n) {
		must_wait(fd);
		ssize_t got = recv(fd, p, n, 0);

		if (got <= 0) {
			return false;
		}
		p += got;
		n -= (size_t)got;
	}
	return true;
}

static bool is_ended(int fd)
{
	uint8_t b[4096];
	ssize_t n;

	do {
		must_wait(fd);
		n = recv(fd, b, sizeof(b), 0);
	} while (n > 0);
	return n == 0 || errno == ECONNRESET;
}

static size_t put_question(struct test_question q, uint8_t out[1026])
{
	struct hl_rpz_chain chain;

	q.at_s = (uint64_t)(hl_time_wall_us() / HL_US_PER_S);
	size_t n = test_ask(&q, out + 2, &chain);

	out[0] = (uint8_t)(n >> 8);
	out[1] = (uint8_t)n;
	return n + 2;
}

static size_t ask_bytes(uint16_t type, uint8_t out[1026])
{
	return put_question(
		(struct test_question){.type = type, .key = &test_key}, out);
}

static void ask(int fd, uint16_t type)
{
	uint8_t p[1026];
	size_t n = ask_bytes(type, p);

	assert_int_equal(n, send(fd, p, n, MSG_NOSIGNAL));
}

/* The records of one message that came; -1 for the connection's end. */
static int answers(int fd)
{
	static uint8_t p[65535];
	uint8_t head[2];

	if (!take(fd, head, 2) ||
		!take(fd, p, (size_t)(head[0] << 8 | head[1]))) {
		return -1;
	}
	assert_int_equal(0, p[3] & 15);
	return p[6] << 8 | p[7];
}

static struct hl_rpz_server_stats counts(const struct fixture *f)
{
	struct hl_rpz_server_stats s;

	hl_rpz_server_stats(f->server, &s);
	return s;
}

static void pause_ms(int ms)
{
	poll(NULL, 0, ms);
}

/* -- tests -- */

static void wrong_sockets_are_refused(void **state)
{
	struct fixture *f = *state;
	struct hl_rpz_server *s = NULL;
	struct hl_rpz_server_conf c = f->conf;
	struct sockaddr_in all = {.sin_family = AF_INET};
	struct hl_err err = {0};

	c.listeners[0].udp_fd = c.listeners[0].tcp_fd;
	assert_int_equal(HL_E_INVALID, hl_rpz_server_new(&c, &s, &err));
	c.listeners[0].udp_fd = -1;
	assert_int_equal(HL_E_IO, hl_rpz_server_new(&c, &s, &err));
	c.listeners[0].udp_fd = bound(SOCK_DGRAM, &all);
	assert_int_equal(HL_E_INVALID, hl_rpz_server_new(&c, &s, &err));
	assert_non_null(strstr(err.msg, "one address"));
	close(c.listeners[0].udp_fd);
	c = f->conf;
	c.n_listeners = 0;
	assert_int_equal(HL_E_INVALID, hl_rpz_server_new(&c, &s, &err));
	assert_null(s);
	hl_rpz_server_free(NULL);
}

static void keys_are_of_one_zone(void **state)
{
	struct fixture *f = *state;
	struct hl_rpz_zone *again = test_zone();

	start(f);
	assert_int_equal(
		HL_CONFLICT, hl_rpz_server_add(f->server, again, NULL));
	hl_rpz_server_remove(f->server, f->zone);
	/* its name is free from that moment */
	assert_int_equal(0, hl_rpz_server_add(f->server, again, NULL));
	hl_rpz_zone_free(f->zone);
	f->zone = again;
}

static void questions_come_in_any_pieces(void **state)
{
	struct fixture *f = *state;
	uint8_t p[4 * 1026];
	size_t n = 0;

	assert_int_equal(0, test_set(f->zone, 3, 1));
	start(f);
	int fd = dial(f);
	for (int i = 0; i < 3; i++) {
		n += ask_bytes(i == 1 ? HL_RPZ_AXFR : HL_RPZ_SOA, p + n);
	}
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(1, send(fd, p + i, 1, MSG_NOSIGNAL));
	}
	assert_int_equal(1, answers(fd));
	assert_int_equal(9, answers(fd));
	assert_int_equal(1, answers(fd));
	/* and all at once */
	assert_int_equal(n, send(fd, p, n, MSG_NOSIGNAL));
	assert_int_equal(1, answers(fd));
	assert_int_equal(9, answers(fd));
	assert_int_equal(1, answers(fd));
	close(fd);
}

static void too_long_a_question_ends_the_connection(void **state)
{
	struct fixture *f = *state;
	const uint8_t head[3] = {0x10, 0x01, 0};

	start(f);
	int fd = dial(f);
	assert_int_equal(3, send(fd, head, 3, MSG_NOSIGNAL));
	assert_true(is_ended(fd));
	close(fd);
	/* what nobody can be answered */
	fd = dial(f);
	assert_int_equal(3, send(fd, "\0\1x", 3, MSG_NOSIGNAL));
	assert_true(is_ended(fd));
	close(fd);
}

/* Others take every place and say nothing; a consumer gets in still. */
static void strangers_make_room(void **state)
{
	struct fixture *f = *state;
	int fds[40];

	f->conf.n_connections = 8;
	assert_int_equal(0, test_set(f->zone, 3, 1));
	start(f);
	int known = dial(f);
	ask(known, HL_RPZ_SOA);
	assert_int_equal(1, answers(known));
	for (size_t i = 0; i < HL_ARRAY_LEN(fds); i++) {
		fds[i] = dial(f);
	}
	int fd = dial(f);
	ask(fd, HL_RPZ_AXFR);
	assert_int_equal(9, answers(fd));
	/* who was known keeps its place */
	ask(known, HL_RPZ_SOA);
	assert_int_equal(1, answers(known));
	assert_true(is_ended(fds[0]));
	assert_true(counts(f).n_open <= 8);
	assert_true(counts(f).n_crowded >= 34);
	for (size_t i = 0; i < HL_ARRAY_LEN(fds); i++) {
		close(fds[i]);
	}
	close(fd);
	close(known);
}

/* Whoever has a key and takes every place with transfers that it does not
 * read does not keep another zone's consumer out. */
static void the_greedy_make_room(void **state)
{
	struct fixture *f = *state;
	static const struct hl_rpz_key key = {
		.name = HL_STR_INIT("two.key.example"),
		.alg = HL_RPZ_SHA256,
		.secret = HL_STR_INIT("fedcba9876543210fedcba9876543210")};
	struct hl_rpz_zone_conf c;
	struct hl_rpz_zone *other;
	uint8_t p[1026];
	int fds[12];

	f->conf.n_connections = 4;
	assert_int_equal(0, test_set(f->zone, 40000, 1));
	hl_rpz_zone_conf_init(&c);
	c.origin = HL_STR("other.invalid");
	c.keys = &key;
	c.n_keys = 1;
	assert_int_equal(0, hl_rpz_zone_new(&c, &other, NULL));
	assert_int_equal(0, test_set(other, 3, 1));
	start(f);
	assert_int_equal(0, hl_rpz_server_add(f->server, other, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(fds); i++) {
		fds[i] = dial(f);
		ask(fds[i], HL_RPZ_AXFR);
		must_wait(fds[i]);
	}
	int fd = dial(f);
	size_t n = put_question((struct test_question){.name = "other.invalid",
					.type = HL_RPZ_AXFR,
					.key = &key},
		p);
	assert_int_equal(n, send(fd, p, n, MSG_NOSIGNAL));
	assert_int_equal(9, answers(fd));
	assert_int_equal(4, counts(f).n_open);
	for (size_t i = 0; i < HL_ARRAY_LEN(fds); i++) {
		close(fds[i]);
	}
	close(fd);
	end_server(f);
	hl_rpz_zone_free(other);
}

/* A byte now and then does not keep a stranger's place. */
static void a_slow_stranger_is_closed(void **state)
{
	struct fixture *f = *state;
	bool open = true;

	f->conf.hello_ms = 50;
	start(f);
	int fd = dial(f);
	int64_t end_us = hl_time_mono_us() + PATIENCE_MS * INT64_C(1000);
	while (open && hl_time_mono_us() < end_us) {
		open = send(fd, "\1", 1, MSG_NOSIGNAL) == 1;
		pause_ms(5);
	}
	assert_false(open);
	assert_int_equal(1, counts(f).n_slow);
	close(fd);
}

/* A consumer that takes nothing of its transfer. */
static void who_does_not_read_is_closed(void **state)
{
	struct fixture *f = *state;
	struct hl_rpz_zone_stats s = {0};

	f->conf.stall_ms = 100;
	assert_int_equal(0, test_set(f->zone, 300000, 1));
	start(f);
	int slow = dial(f);
	ask(slow, HL_RPZ_AXFR);
	do {
		/* the others are served meanwhile */
		int fd = dial(f);
		ask(fd, HL_RPZ_SOA);
		assert_int_equal(1, answers(fd));
		close(fd);
		hl_rpz_zone_stats(f->zone, &s);
	} while (s.n_broken == 0);
	assert_int_equal(0, s.n_done);
	close(slow);
}

static void a_removed_zone_ends_its_transfers(void **state)
{
	struct fixture *f = *state;
	int n = 0;

	assert_int_equal(0, test_set(f->zone, 1000000, 1));
	start(f);
	int fd = dial(f);
	ask(fd, HL_RPZ_AXFR);
	assert_true(answers(fd) > 0);
	hl_rpz_server_remove(f->server, f->zone);
	for (int more; (more = answers(fd)) > 0;) {
		n += more;
	}
	/* what was in the socket's buffers, not the whole */
	assert_true(n < 2000000);
	close(fd);
}

struct setter {
	struct hl_rpz_zone *zone;
	_Atomic bool over;
};

static void *keep_setting(void *arg)
{
	struct setter *s = arg;
	uint32_t serial = 2;

	while (!s->over) {
		if (test_set(s->zone, 50000 + serial % 3, serial)) {
			return s;
		}
		serial++;
	}
	return NULL;
}

/* Each answer is one version, whole. */
static void changes_disturb_nobody(void **state)
{
	struct fixture *f = *state;
	struct setter setter = {.zone = f->zone};
	pthread_t thread;
	void *failed;

	assert_int_equal(0, test_set(f->zone, 50001, 1));
	start(f);
	assert_int_equal(
		0, pthread_create(&thread, NULL, keep_setting, &setter));
	for (int i = 0; i < 10; i++) {
		int fd = dial(f), n = 0;

		ask(fd, HL_RPZ_AXFR);
		/* so that the answer's end is the connection's */
		assert_int_equal(0, shutdown(fd, SHUT_WR));
		for (int more; (more = answers(fd)) > 0;) {
			n += more;
		}
		close(fd);
		/* SOA, NS, two of each name, SOA */
		assert_int_equal(1, n % 2);
		assert_in_range((n - 3) / 2, 50000, 50002);
	}
	setter.over = true;
	pthread_join(thread, &failed);
	assert_null(failed);
}

/* -- notices -- */

static void take_notice(
	struct fixture *f, struct hl_rpz_msg *m, uint8_t p[2048])
{
	struct sockaddr_in from;
	socklen_t n_from = sizeof(from);

	must_wait(f->consumer_fd);
	ssize_t n = recvfrom(
		f->consumer_fd, p, 2048, 0, (struct sockaddr *)&from, &n_from);
	assert_true(n > 0);
	assert_int_equal(f->at.sin_port, from.sin_port);
	assert_int_equal(0, hl_rpz_msg_read(p, (size_t)n, m));
	assert_int_equal(HL_RPZ_OP_NOTIFY, m->opcode);
	assert_int_equal(HL_RPZ_SOA, m->qtype);
}

/* Signed under what the consumer knows, or not at all. */
static void answer_notice(
	struct fixture *f, const struct hl_rpz_msg *m, bool with_key)
{
	struct hl_rpz_secret secret;
	uint8_t p[1024];
	struct hl_rpz_out o = {.p = p, .max = sizeof(p)};
	struct hl_rpz_chain chain = {.key = &secret};
	uint64_t now_s = (uint64_t)(hl_time_wall_us() / HL_US_PER_S);

	assert_int_equal(0, hl_rpz_secret_init(&test_key, &secret, NULL));
	assert_true(m->tsig.present);
	assert_int_equal(0, hl_rpz_verify(&chain, m, now_s));
	hl_rpz_put_head(&o, m, 0);
	if (with_key) {
		hl_rpz_sign(&chain, now_s, &o);
	}
	assert_int_equal(
		o.n, sendto(f->consumer_fd, o.p, o.n, 0,
			     (struct sockaddr *)&f->at, sizeof(f->at)));
}

static void notices_go_on_until_answered(void **state)
{
	struct fixture *f = *state;
	struct hl_rpz_zone_stats s;
	struct hl_rpz_msg m;
	uint8_t p[2048];

	start(f);
	assert_int_equal(0, test_set(f->zone, 1, 1));
	take_notice(f, &m, p);
	take_notice(f, &m, p);
	/* an answer that anybody could have sent does not count */
	answer_notice(f, &m, false);
	take_notice(f, &m, p);
	do {
		answer_notice(f, &m, true);
		hl_rpz_zone_stats(f->zone, &s);
		struct pollfd more = {f->consumer_fd, POLLIN, 0};
		if (!s.n_notify_ok && poll(&more, 1, 1000) == 1) {
			take_notice(f, &m, p);
		}
		hl_rpz_zone_stats(f->zone, &s);
	} while (!s.n_notify_ok);
	assert_int_equal(0, s.n_notify_lost);
	/* the next version is told of its own */
	uint64_t sent = s.n_notify;
	assert_int_equal(0, test_set(f->zone, 2, 2));
	take_notice(f, &m, p);
	hl_rpz_zone_stats(f->zone, &s);
	assert_true(s.n_notify > sent);
}

static void notices_end_when_nobody_answers(void **state)
{
	struct fixture *f = *state;
	struct hl_rpz_zone_stats s = {0};

	f->conf.notify_ms = 1;
	f->conf.n_notify_tries = 3;
	assert_int_equal(0, test_set(f->zone, 1, 1));
	start(f);
	int64_t end_us = hl_time_mono_us() + PATIENCE_MS * INT64_C(1000);
	while (!s.n_notify_lost && hl_time_mono_us() < end_us) {
		pause_ms(1);
		hl_rpz_zone_stats(f->zone, &s);
	}
	assert_int_equal(1, s.n_notify_lost);
	assert_int_equal(3, s.n_notify);
}

/* -- IPv6 -- */

static int bound_6(int type, struct sockaddr_in6 *at)
{
	socklen_t n = sizeof(*at);
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)at, sizeof(*at))) {
		close(fd);
		fd = -1;
	}
	if (fd >= 0) {
		assert_int_equal(0, getsockname(fd, (struct sockaddr *)at, &n));
	}
	return fd;
}

/* Beside the IPv4 one: each consumer hears from its family's socket. */
static void there_may_be_a_listener_of_ipv6(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_in6 at = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_in6 mine = at;
	int client = bound_6(SOCK_DGRAM, &mine);
	uint8_t p[2048];

	if (client < 0) {
		skip(); /* no IPv6 here */
	}
	int udp = bound_6(SOCK_DGRAM, &at);
	int tcp = bound_6(
		SOCK_STREAM, &(struct sockaddr_in6){.sin6_family = AF_INET6,
				     .sin6_addr = at.sin6_addr});
	assert_int_equal(0, listen(tcp, 8));
	f->conf.listeners[1] = (struct hl_rpz_listener){udp, tcp};
	f->conf.n_listeners = 2;
	assert_int_equal(
		0, hl_net_endpoint_from_sockaddr(
			   (struct sockaddr *)&mine, &f->zone->notify[0]));
	assert_int_equal(0, test_set(f->zone, 1, 1));
	start(f);
	must_wait(client);
	assert_true(recv(client, p, sizeof(p), 0) > 12);
	assert_int_equal(HL_RPZ_OP_NOTIFY, p[2] >> 3 & 15);
	size_t n = ask_bytes(HL_RPZ_SOA, p);
	assert_int_equal(n - 2, sendto(client, p + 2, n - 2, 0,
					(struct sockaddr *)&at, sizeof(at)));
	do {
		must_wait(client);
		assert_true(recv(client, p, sizeof(p), 0) > 12);
	} while (p[2] >> 3 & 15);
	assert_int_equal(1, p[7]);
	close(client);
	assert_int_equal(8, write(f->conf.stop_fd, &(uint64_t){1}, 8));
	assert_int_equal(0, pthread_join(f->thread, NULL));
	hl_rpz_server_free(f->server);
	f->server = NULL;
	close(udp);
	close(tcp);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(wrong_sockets_are_refused),
		CASE(keys_are_of_one_zone),
		CASE(questions_come_in_any_pieces),
		CASE(too_long_a_question_ends_the_connection),
		CASE(strangers_make_room),
		CASE(the_greedy_make_room),
		CASE(a_slow_stranger_is_closed),
		CASE(who_does_not_read_is_closed),
		CASE(a_removed_zone_ends_its_transfers),
		CASE(changes_disturb_nobody),
		CASE(notices_go_on_until_answered),
		CASE(notices_end_when_nobody_answers),
		CASE(there_may_be_a_listener_of_ipv6),
	};

	return cmocka_run_group_tests_name("rpz/server", tests, NULL, NULL);
}
