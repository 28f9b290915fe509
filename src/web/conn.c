/* SPDX-License-Identifier: Apache-2.0 */
#include "web/conn.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/time.h"
#include "web/guard.h"
#include "web/http.h"

/*
 * evhttp 2.1 tells of a request only when it is complete, has no deadline
 * for a whole request and lets NULs and second lengths pass. So each
 * connection gets
 *
 *   - a callback on its input buffer, which runs when bytes have arrived and
 *     before evhttp parses them: they go through a guard; what it refuses is
 *     thrown away, answered by us and never seen by evhttp;
 *   - a deadline, looked at four times a second, that depends on what is
 *     waited for: a request, the rest of a head, of a body, or the client
 *     taking its answer. While a handler works there is none.
 *
 * evhttp makes the buffer event (through our callback) before it makes the
 * connection, and tells nobody when a connection that never sent a request
 * goes. But when its accept callback is over, the connection is the argument
 * of the buffer event's callbacks; an event that runs right after then picks
 * it up and asks to be told of its end.
 */
#define TICK_MS 250
#define LINGER_MS 2000
#define REFUSAL_MAX (80u << 10)

/* What a connection waits for, each with its own deadline. */
enum awaited { A_REQUEST, A_HEAD, A_BODY };

enum state { WAITING, BUSY, SENDING, REFUSED };

struct conn {
	struct hl_web_conns *all;
	struct conn *next, **link;
	struct bufferevent *bev;
	int fd;
	enum state state;
	int refusal; /* status to answer when the answer before is sent */
	enum awaited awaited; /* when the deadline was set */
	int64_t deadline_us;
	struct hl_web_guard guard;
	bool large; /* counts in n_large */
};

struct hl_web_conns {
	struct hl_web_conn_limits limits;
	struct evconnlistener *listener;
	struct event *fresh_event, *tick_event;
	struct conn *list, *fresh;
	_Atomic size_t n; /* other threads may look */
	struct conn **by_fd;
	size_t n_by_fd;
	bool held;
	size_t n_large;
};

static void deadline_in(struct conn *c, int ms)
{
	c->deadline_us = hl_time_mono_us() + (int64_t)ms * 1000;
}

static enum awaited awaited(const struct conn *c)
{
	if (hl_web_guard_in_body(&c->guard)) {
		return A_BODY;
	}
	return hl_web_guard_in_head(&c->guard) ? A_HEAD : A_REQUEST;
}

/* For a connection that waits for bytes: how long depends on which. */
static void await(struct conn *c)
{
	const struct hl_web_conn_limits *l = &c->all->limits;
	const int ms[] = {[A_REQUEST] = l->idle_ms,
		[A_HEAD] = l->head_ms,
		[A_BODY] = l->body_ms};

	c->awaited = awaited(c);
	deadline_in(c, ms[c->awaited]);
}

/* Our own answer, then nothing more; the client gets a moment to read it,
 * since closing with bytes unread would take it away again. */
static void answer_refusal(struct conn *c, int status)
{
	const struct hl_web_conn_limits *l = &c->all->limits;
	HL_BUF_AUTO out = HL_BUF_INIT(REFUSAL_MAX);

	l->refuse(l->refuse_arg, status, hl_web_guard_path(&c->guard), &out);
	if (send(c->fd, out.p, out.n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		shutdown(c->fd, SHUT_RDWR);
	}
	shutdown(c->fd, SHUT_WR);
	c->state = REFUSED;
	deadline_in(c, LINGER_MS);
}

static int feed(struct conn *c, struct evbuffer *in, size_t from)
{
	struct evbuffer_ptr at;
	struct evbuffer_iovec piece;
	size_t end = evbuffer_get_length(in);
	int status = 0;

	while (!status && from < end) {
		if (evbuffer_ptr_set(in, &at, from, EVBUFFER_PTR_SET) ||
			evbuffer_peek(in, -1, &at, &piece, 1) < 1) {
			return 500;
		}
		status = hl_web_guard_feed(
			&c->guard, hl_str_mem(piece.iov_base, piece.iov_len));
		from += piece.iov_len;
	}
	return status;
}

static void let_go(struct conn *c)
{
	if (c->large) {
		c->large = false;
		c->all->n_large--;
	}
}

/* A status when its body is large and too many are. */
static int count_large(struct conn *c)
{
	const struct hl_web_guard *g = &c->guard;
	struct hl_web_conns *cs = c->all;

	if (c->large || !hl_web_guard_in_body(g) ||
		(g->left <= HL_WEB_LARGE && g->n_body <= HL_WEB_LARGE)) {
		return 0;
	}
	if (cs->limits.n_large_max && cs->n_large >= cs->limits.n_large_max) {
		return 503;
	}
	c->large = true;
	cs->n_large++;
	return 0;
}

static void on_input(
	struct evbuffer *in, const struct evbuffer_cb_info *info, void *arg)
{
	struct conn *c = arg;
	size_t n = evbuffer_get_length(in);

	if (info->n_added == 0) {
		return;
	}
	if (c->state == REFUSED || c->refusal) {
		evbuffer_drain(in, n);
		return;
	}
	int status = feed(c, in, n - info->n_added);
	status = status ? status : count_large(c);
	if (!status) {
		if (c->state == WAITING && c->awaited != awaited(c)) {
			await(c);
		}
		return;
	}
	evbuffer_drain(in, n);
	if (c->state == WAITING) {
		answer_refusal(c, status);
	} else {
		c->refusal = status;
	}
}

/* -- the life of a connection -- */

static void hold_back(struct hl_web_conns *cs)
{
	bool full = cs->n >= cs->limits.n_max;

	if (cs->listener && full != cs->held) {
		if (full) {
			evconnlistener_disable(cs->listener);
		} else {
			evconnlistener_enable(cs->listener);
		}
		cs->held = full;
	}
}

static void unlink_conn(struct conn *c)
{
	*c->link = c->next;
	if (c->next) {
		c->next->link = c->link;
	}
}

static void link_conn(struct conn **list, struct conn *c)
{
	c->next = *list;
	c->link = list;
	if (c->next) {
		c->next->link = &c->next;
	}
	*list = c;
}

static void free_conn(struct conn *c)
{
	struct hl_web_conns *cs = c->all;

	unlink_conn(c);
	let_go(c);
	evbuffer_remove_cb(bufferevent_get_input(c->bev), on_input, c);
	if (c->fd >= 0 && (size_t)c->fd < cs->n_by_fd &&
		cs->by_fd[c->fd] == c) {
		cs->by_fd[c->fd] = NULL;
	}
	hl_web_guard_fini(&c->guard);
	free(c);
	cs->n--;
	hold_back(cs);
}

static void on_close(struct evhttp_connection *evcon, void *arg)
{
	(void)evcon;
	free_conn(arg);
}

static bool remember_fd(struct conn *c)
{
	struct hl_web_conns *cs = c->all;
	size_t want = (size_t)c->fd + 1;

	if (want > cs->n_by_fd) {
		size_t n = want * 2;
		struct conn **more = reallocarray(cs->by_fd, n, sizeof(*more));

		if (!more) {
			return false;
		}
		memset(more + cs->n_by_fd, 0,
			(n - cs->n_by_fd) * sizeof(*more));
		cs->by_fd = more;
		cs->n_by_fd = n;
	}
	cs->by_fd[c->fd] = c;
	return true;
}

/* evhttp has accepted these; it may have dropped one already, which shows in
 * its callbacks being gone. */
static void adopt(struct hl_web_conns *cs, struct conn *c)
{
	struct bufferevent *bev = c->bev;
	bufferevent_event_cb on_event = NULL;
	void *evcon = NULL;

	bufferevent_getcb(bev, NULL, NULL, &on_event, &evcon);
	c->fd = bufferevent_getfd(bev);
	if (!on_event || !evcon || c->fd < 0 || !remember_fd(c)) {
		free_conn(c);
	} else {
		unlink_conn(c);
		link_conn(&cs->list, c);
		evhttp_connection_set_closecb(evcon, on_close, c);
		deadline_in(c, cs->limits.head_ms);
	}
	bufferevent_decref(bev);
}

static void on_fresh(int fd, short what, void *arg)
{
	struct hl_web_conns *cs = arg;

	(void)fd;
	(void)what;
	while (cs->fresh) {
		adopt(cs, cs->fresh);
	}
}

/* evhttp asks for the buffer event of a connection that it is accepting. */
static struct bufferevent *on_accept(struct event_base *base, void *arg)
{
	struct hl_web_conns *cs = arg;
	struct conn *c = calloc(1, sizeof(*c));
	struct bufferevent *bev =
		c ? bufferevent_socket_new(base, -1, 0) : NULL;

	if (!bev || !evbuffer_add_cb(bufferevent_get_input(bev), on_input, c)) {
		/* evhttp makes one of its own, if there is memory for that;
		 * hl_web_conns_busy() refuses what comes over it. */
		if (bev) {
			bufferevent_free(bev);
		}
		free(c);
		return NULL;
	}
	c->all = cs;
	c->bev = bev;
	c->fd = -1;
	hl_web_guard_init(&c->guard, cs->limits.head_max_bytes,
		cs->limits.body_max_bytes);
	c->guard.binary = cs->limits.binary;
	bufferevent_incref(bev);
	link_conn(&cs->fresh, c);
	cs->n++;
	hold_back(cs);
	event_active(cs->fresh_event, EV_TIMEOUT, 0);
	return bev;
}

static void on_tick(int fd, short what, void *arg)
{
	struct hl_web_conns *cs = arg;
	int64_t now_us = hl_time_mono_us();

	(void)fd;
	(void)what;
	for (struct conn *c = cs->list; c; c = c->next) {
		if (c->deadline_us && now_us >= c->deadline_us) {
			/* evhttp sees the end of the stream and cleans up */
			c->deadline_us = 0;
			shutdown(c->fd, SHUT_RDWR);
		}
	}
}

/* -- what the server tells -- */

static struct conn *conn_of(struct hl_web_conns *cs, struct evhttp_request *req)
{
	struct evhttp_connection *evcon = evhttp_request_get_connection(req);

	if (!evcon) {
		return NULL;
	}
	int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(evcon));
	return fd >= 0 && (size_t)fd < cs->n_by_fd ? cs->by_fd[fd] : NULL;
}

bool hl_web_conns_busy(struct hl_web_conns *cs, struct evhttp_request *req)
{
	struct conn *c = conn_of(cs, req);

	if (c) {
		c->state = BUSY;
		c->deadline_us = 0;
	}
	return c != NULL;
}

void hl_web_conns_sending(struct hl_web_conns *cs, struct evhttp_request *req)
{
	struct conn *c = conn_of(cs, req);

	if (c) {
		c->state = SENDING;
		deadline_in(c, cs->limits.write_ms);
	}
}

void hl_web_conns_sent(struct hl_web_conns *cs, struct evhttp_request *req)
{
	struct conn *c = conn_of(cs, req);

	if (!c) {
		return;
	}
	c->state = WAITING;
	let_go(c);
	if (c->refusal) {
		answer_refusal(c, c->refusal);
	} else {
		await(c);
	}
}

size_t hl_web_conns_count(const struct hl_web_conns *cs)
{
	return cs->n;
}

void hl_web_conns_set_listener(
	struct hl_web_conns *cs, struct evconnlistener *listener)
{
	cs->listener = listener;
}

void hl_web_conns_stop(struct hl_web_conns *cs)
{
	for (struct conn *c = cs->list; c; c = c->next) {
		if (c->state == WAITING &&
			c->guard.phase == HL_WEB_GUARD_START) {
			shutdown(c->fd, SHUT_RDWR);
		}
	}
}

int hl_web_conns_new(const struct hl_web_conn_limits *limits,
	struct event_base *base, struct evhttp *http, struct hl_web_conns **out,
	struct hl_err *err)
{
	static const struct timeval tick = {.tv_usec = TICK_MS * 1000};
	struct hl_web_conns *cs = calloc(1, sizeof(*cs));

	if (cs) {
		cs->limits = *limits;
		cs->fresh_event = event_new(base, -1, 0, on_fresh, cs);
		cs->tick_event = event_new(base, -1, EV_PERSIST, on_tick, cs);
	}
	if (!cs || !cs->fresh_event || !cs->tick_event ||
		event_add(cs->tick_event, &tick)) {
		hl_web_conns_free(cs);
		return HL_FAIL(err, HL_E_NOMEM, "no memory for connections");
	}
	evhttp_set_bevcb(http, on_accept, cs);
	*out = cs;
	return 0;
}

void hl_web_conns_free(struct hl_web_conns *cs)
{
	if (!cs) {
		return;
	}
	while (cs->fresh) {
		struct bufferevent *bev = cs->fresh->bev;

		free_conn(cs->fresh);
		bufferevent_decref(bev);
	}
	if (cs->fresh_event) {
		event_free(cs->fresh_event);
	}
	if (cs->tick_event) {
		event_free(cs->tick_event);
	}
	free(cs->by_fd);
	free(cs);
}
