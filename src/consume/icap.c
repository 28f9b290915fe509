/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A loop over epoll. A connection is a place in a fixed table; a judgement
 * that comes from a thread of the pool names the place and how often it was
 * given out, so that one for a connection that has gone is dropped.
 */
#include "consume/icap.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "consume/icap_session.h"

#define CONNECTIONS_DEFAULT 1024u
#define CONNECTIONS_MOST 65535u
#define READ_BYTES 65536u
#define TICK_MS 500
#define EVENTS 64

enum { LISTEN = UINT32_MAX - 2, STOP, JUDGED };

struct server;

struct conn {
	struct server *server;
	uint32_t place, times; /* given out; with the lock */
	int fd;                /* -1: free */
	uint32_t events;       /* watched */
	struct hl_consume_icap_session *session;
	enum hl_consume_icap_state state;
	int64_t since_us; /* in this state, or last moved on in a body */
	bool judged;      /* with the lock: decision is there */
	struct hl_consume_decision decision;
};

struct server {
	struct hl_consume_icap_options opt;
	struct hl_consume_icap_config config;
	int epoll_fd, judged_fd;
	struct conn *conns;
	uint32_t *free;
	size_t n_free;
	pthread_mutex_t lock;
	uint32_t *ready; /* places that were judged; with the lock */
	size_t n_ready;
	char in[READ_BYTES];
};

static void watch(struct conn *c, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.u32 = c->place};

	if (c->events != events) {
		epoll_ctl(c->server->epoll_fd, EPOLL_CTL_MOD, c->fd, &e);
		c->events = events;
	}
}

static void drop(struct conn *c)
{
	struct server *s = c->server;

	pthread_mutex_lock(&s->lock);
	c->times++;
	for (size_t i = 0; c->judged && i < s->n_ready; i++) {
		if (s->ready[i] == c->place) {
			s->ready[i] = s->ready[--s->n_ready];
			c->judged = false;
		}
	}
	pthread_mutex_unlock(&s->lock);
	close(c->fd);
	c->fd = -1;
	hl_consume_icap_session_free(c->session);
	c->session = NULL;
	s->free[s->n_free++] = c->place;
}

/* By a thread of the pool, or within unsure(). */
static void confirmed(
	void *arg, uint64_t id, const struct hl_consume_decision *decision)
{
	struct server *s = arg;
	struct conn *c = &s->conns[(uint32_t)id];

	pthread_mutex_lock(&s->lock);
	if (c->times == (uint32_t)(id >> 32) && !c->judged) {
		c->decision = *decision;
		c->judged = true;
		s->ready[s->n_ready++] = c->place;
		eventfd_write(s->judged_fd, 1);
	}
	pthread_mutex_unlock(&s->lock);
}

static void unsure(void *arg, const struct hl_consume_question *q)
{
	struct conn *c = arg;
	struct server *s = c->server;

	hl_consume_pool_put(s->opt.pool, q,
		(struct hl_consume_teller){.done = confirmed,
			.arg = s,
			.id = (uint64_t)c->times << 32 | c->place});
}

/* False: the connection is gone. */
static bool send_output(struct conn *c)
{
	struct hl_str out = hl_consume_icap_output(c->session);

	while (out.n) {
		ssize_t n = send(c->fd, out.p, out.n, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return errno == EAGAIN;
		}
		hl_consume_icap_sent(c->session, (size_t)n);
		c->since_us = hl_time_mono_us();
		/* what waited for room goes on */
		hl_consume_icap_feed(c->session, HL_STR(""));
		out = hl_consume_icap_output(c->session);
	}
	return true;
}

/* After anything happened to it: sends, and watches for what is next. */
static void settle(struct conn *c)
{
	bool there = send_output(c);
	struct hl_str out = hl_consume_icap_output(c->session);
	enum hl_consume_icap_state state = hl_consume_icap_state(c->session);

	if (!there || (state == HL_CONSUME_ICAP_ENDED && !out.n)) {
		drop(c);
		return;
	}
	if (state != c->state) {
		c->state = state;
		c->since_us = hl_time_mono_us();
	}
	watch(c, (hl_consume_icap_room(c->session) ? EPOLLIN : 0u) |
			 (out.n ? EPOLLOUT : 0u));
}

static void read_from(struct conn *c)
{
	struct server *s = c->server;
	size_t room = hl_consume_icap_room(c->session);
	ssize_t n = read(c->fd, s->in, room < READ_BYTES ? room : READ_BYTES);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		drop(c);
		return;
	}
	if (n > 0) {
		enum hl_consume_icap_state was = c->state;

		hl_consume_icap_feed(c->session, hl_str_mem(s->in, (size_t)n));
		/* a body lives as long as it moves, a head has its time; the
		 * head of another request has its own */
		if (was == HL_CONSUME_ICAP_IN_BODY ||
			hl_consume_icap_output(c->session).n) {
			c->since_us = hl_time_mono_us();
		}
	}
	settle(c);
}

static void on_event(struct conn *c, uint32_t events)
{
	if (c->fd < 0) {
		return; /* dropped by an event before this one */
	}
	if (events & (EPOLLHUP | EPOLLERR)) {
		drop(c);
	} else if (events & EPOLLIN && hl_consume_icap_room(c->session)) {
		read_from(c);
	} else {
		settle(c);
	}
}

static void take_judged(struct server *s)
{
	eventfd_t n;

	eventfd_read(s->judged_fd, &n);
	for (;;) {
		struct hl_consume_decision d = {.what = HL_CONSUME_CLEAR};
		struct conn *c = NULL;

		pthread_mutex_lock(&s->lock);
		if (s->n_ready) {
			c = &s->conns[s->ready[--s->n_ready]];
		}
		if (c) {
			d = c->decision;
			c->judged = false;
		}
		pthread_mutex_unlock(&s->lock);
		if (!c) {
			return;
		}
		hl_consume_icap_judged(c->session, &d);
		settle(c);
	}
}

static bool open_conn(struct server *s, int fd)
{
	struct conn *c = &s->conns[s->free[s->n_free - 1]];
	struct epoll_event e = {.events = EPOLLIN, .data.u32 = c->place};

	if (hl_consume_icap_session_new(&s->config, c, &c->session, NULL)) {
		return false;
	}
	if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &e) < 0) {
		hl_consume_icap_session_free(c->session);
		c->session = NULL;
		return false;
	}
	s->n_free--;
	c->fd = fd;
	c->events = EPOLLIN;
	c->state = HL_CONSUME_ICAP_IDLE;
	c->since_us = hl_time_mono_us();
	return true;
}

static void accept_some(struct server *s)
{
	static const struct hl_str busy =
		HL_STR_INIT("ICAP/1.0 503 Service Overloaded\r\n"
			    "Connection: close\r\n"
			    "Encapsulated: null-body=0\r\n\r\n");

	for (int i = 0; i < EVENTS; i++) {
		int fd = accept4(s->opt.listen_fd, NULL, NULL,
			SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0) {
			return;
		}
		if (!s->n_free || !open_conn(s, fd)) {
			send(fd, busy.p, busy.n, MSG_NOSIGNAL);
			close(fd);
		}
	}
}

static int64_t patience_us(const struct server *s, const struct conn *c)
{
	switch (c->state) {
	case HL_CONSUME_ICAP_IDLE:
		return s->opt.idle_ms * INT64_C(1000);
	case HL_CONSUME_ICAP_IN_HEAD:
		return s->opt.head_ms * INT64_C(1000);
	case HL_CONSUME_ICAP_JUDGED:
		return INT64_MAX; /* the pool answers each */
	case HL_CONSUME_ICAP_IN_BODY:
	case HL_CONSUME_ICAP_ENDED:
	default:
		return s->opt.body_ms * INT64_C(1000);
	}
}

static void drop_late(struct server *s)
{
	int64_t now = hl_time_mono_us();

	for (size_t i = 0; i < s->opt.n_connections; i++) {
		struct conn *c = &s->conns[i];

		if (c->fd >= 0 && now - c->since_us > patience_us(s, c)) {
			drop(c);
		}
	}
}

static int loop(struct server *s, struct hl_err *err)
{
	struct epoll_event events[EVENTS];
	int64_t looked_us = hl_time_mono_us();

	for (;;) {
		int n = epoll_wait(s->epoll_fd, events, EVENTS, TICK_MS);

		if (n < 0 && errno != EINTR) {
			return HL_FAIL_SYS(err, "epoll_wait");
		}
		for (int i = 0; i < n; i++) {
			uint32_t which = events[i].data.u32;

			if (which == STOP) {
				return 0;
			}
			if (which == LISTEN) {
				accept_some(s);
			} else if (which == JUDGED) {
				take_judged(s);
			} else {
				on_event(&s->conns[which], events[i].events);
			}
		}
		if (hl_time_mono_us() - looked_us > TICK_MS * INT64_C(1000)) {
			drop_late(s);
			looked_us = hl_time_mono_us();
		}
	}
}

static int add(struct server *s, int fd, uint32_t which, struct hl_err *err)
{
	struct epoll_event e = {.events = EPOLLIN, .data.u32 = which};

	return epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &e) < 0
		       ? HL_FAIL_SYS(err, "epoll_ctl")
		       : 0;
}

static int make_tables(struct server *s, struct hl_err *err)
{
	size_t n = s->opt.n_connections;

	s->conns = calloc(n, sizeof(s->conns[0]));
	s->free = calloc(n, sizeof(s->free[0]));
	s->ready = calloc(n, sizeof(s->ready[0]));
	if (!s->conns || !s->free || !s->ready) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for connections");
	}
	for (size_t i = n; i-- > 0;) {
		s->conns[i] = (struct conn){
			.server = s, .place = (uint32_t)i, .fd = -1};
		s->free[s->n_free++] = (uint32_t)i;
	}
	return 0;
}

static int start(struct server *s, struct hl_err *err)
{
	int flags = fcntl(s->opt.listen_fd, F_GETFL);

	if (flags < 0 ||
		fcntl(s->opt.listen_fd, F_SETFL, flags | O_NONBLOCK) < 0) {
		return HL_FAIL_SYS(err, "listen");
	}
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	s->judged_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->epoll_fd < 0 || s->judged_fd < 0) {
		return HL_FAIL_SYS(err, "epoll");
	}
	int r = make_tables(s, err);
	if (!r) {
		r = add(s, s->opt.listen_fd, LISTEN, err);
	}
	if (!r) {
		r = add(s, s->opt.stop_fd, STOP, err);
	}
	return r ? r : add(s, s->judged_fd, JUDGED, err);
}

static void set_defaults(struct hl_consume_icap_options *o)
{
	o->n_connections =
		o->n_connections ? o->n_connections : CONNECTIONS_DEFAULT;
	if (o->n_connections > CONNECTIONS_MOST) {
		o->n_connections = CONNECTIONS_MOST;
	}
	o->head_ms = o->head_ms ? o->head_ms : 10000;
	o->body_ms = o->body_ms ? o->body_ms : 30000;
	o->idle_ms = o->idle_ms ? o->idle_ms : 120000;
}

static void stop(struct server *s)
{
	for (size_t i = 0; s->conns && i < s->opt.n_connections; i++) {
		if (s->conns[i].fd >= 0) {
			drop(&s->conns[i]);
		}
	}
	hl_consume_pool_drain(s->opt.pool);
	hl_file_closep(&s->epoll_fd);
	hl_file_closep(&s->judged_fd);
	free(s->conns);
	free(s->free);
	free(s->ready);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

int hl_consume_icap_serve(
	const struct hl_consume_icap_options *options, struct hl_err *err)
{
	struct server *s = calloc(1, sizeof(*s));

	if (!s) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a server");
	}
	s->opt = *options;
	s->epoll_fd = s->judged_fd = -1;
	set_defaults(&s->opt);
	s->config = (struct hl_consume_icap_config){
		s->opt.consume, s->opt.stop, s->opt.n_connections, unsure};
	pthread_mutex_init(&s->lock, NULL);
	int r = start(s, err);
	if (!r) {
		r = loop(s, err);
	}
	stop(s);
	return r;
}
