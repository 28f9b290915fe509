/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection does one thing at a time: it sends what is written, else goes
 * on with its transfer, else answers the next question that is complete,
 * else reads. So a client that asks much and reads nothing waits for itself.
 *
 * Each has a deadline: from accepting to the first good key, later from each
 * question to the end of its answer. Beside that, it is closed when nothing
 * moves. When there is no room for another, one without a good key yet makes
 * room, the oldest first, then one that does nothing, then one of the zone that
 * has the most: nobody with a key can keep the others out.
 */
#include "rpz/conn.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/time.h"

#define ASK_MAX 4096
#define LENGTH 2
#define FILL_MAX (4 * (LENGTH + HL_RPZ_XFER_MESSAGE))
#define OUT_MAX (LENGTH + 65535)

struct conn {
	struct hl_rpz_conns *all;
	struct conn *next, **at;
	int fd;
	struct hl_net_addr from;
	struct event *read, *write, *deadline;
	const struct hl_rpz_zone *known; /* had a good key of; NULL: none yet */
	struct hl_rpz_xfer xfer;
	bool ended; /* the transfer's last message is in out */
	size_t n_in, n_out, out_pos;
	uint8_t in[LENGTH + ASK_MAX];
	uint8_t out[OUT_MAX];
};

struct hl_rpz_conns {
	struct event_base *base;
	struct hl_rpz_server_conf conf;
	struct hl_rpz_table *table;
	struct conn *first; /* newest */
	unsigned n;
};

struct hl_rpz_conns *hl_rpz_conns_new(struct event_base *base,
	const struct hl_rpz_server_conf *conf, struct hl_rpz_table *table)
{
	struct hl_rpz_conns *cs = calloc(1, sizeof(*cs));

	if (cs) {
		cs->base = base;
		cs->conf = *conf;
		cs->table = table;
	}
	return cs;
}

static struct timeval span(unsigned ms)
{
	return (struct timeval){.tv_sec = (time_t)(ms / 1000),
		.tv_usec = (suseconds_t)(ms % 1000) * 1000};
}

static void end_transfer(struct conn *c, bool whole)
{
	struct hl_rpz_zone *z = c->xfer.zone;

	if (!z) {
		return;
	}
	if (whole) {
		z->n.done++;
		z->n.done_serial = c->xfer.version->serial;
		z->n.done_at_us = hl_time_now_us();
	} else {
		z->n.broken++;
	}
	hl_rpz_xfer_fini(&c->xfer);
	c->ended = false;
}

static void conn_free(struct conn *c)
{
	end_transfer(c, false);
	*c->at = c->next;
	if (c->next) {
		c->next->at = c->at;
	}
	c->all->n--;
	c->all->table->counts.open--;
	event_free(c->read);
	event_free(c->write);
	event_free(c->deadline);
	close(c->fd);
	free(c);
}

void hl_rpz_conns_free(struct hl_rpz_conns *cs)
{
	while (cs && cs->first) {
		conn_free(cs->first);
	}
	free(cs);
}

static void wait_for(struct conn *c, struct event *ev, struct event *other)
{
	struct timeval stall = span(c->all->conf.stall_ms);

	event_del(other);
	event_add(ev, &stall);
}

static void set_deadline(struct conn *c, unsigned ms)
{
	struct timeval tv = span(ms);

	event_add(c->deadline, &tv);
}

static uint64_t now_s(void)
{
	return (uint64_t)(hl_time_wall_us() / HL_US_PER_S);
}

/* -- one step of a connection; all give false when it must end -- */

static bool send_out(struct conn *c, bool *moved)
{
	ssize_t n = send(c->fd, c->out + c->out_pos, c->n_out - c->out_pos,
		MSG_NOSIGNAL);

	*moved = n > 0;
	if (n < 0) {
		return errno == EAGAIN || errno == EINTR;
	}
	c->out_pos += (size_t)n;
	if (c->xfer.zone) {
		c->xfer.zone->n.sent += (uint64_t)n;
	}
	if (c->out_pos == c->n_out) {
		c->out_pos = c->n_out = 0;
		if (c->ended) {
			end_transfer(c, true);
		}
	}
	return true;
}

/* The message's length goes before it (RFC 1035 clause 4.2.2). */
static void add_out(struct conn *c, const struct hl_rpz_out *o)
{
	c->out[c->n_out] = (uint8_t)(o->n >> 8);
	c->out[c->n_out + 1] = (uint8_t)o->n;
	c->n_out += LENGTH + o->n;
}

static struct hl_rpz_out out_of(struct conn *c, size_t max)
{
	return (struct hl_rpz_out){.p = c->out + c->n_out + LENGTH, .max = max};
}

static bool fill(struct conn *c)
{
	while (!c->ended &&
		c->n_out + LENGTH + HL_RPZ_XFER_MESSAGE <= FILL_MAX) {
		struct hl_rpz_out o = out_of(c, HL_RPZ_XFER_MESSAGE);

		if (c->xfer.zone->gone) {
			return false;
		}
		c->ended = hl_rpz_xfer_next(&c->xfer, now_s(), &o);
		assert(!o.over);
		add_out(c, &o);
	}
	return true;
}

static size_t asked_bytes(const struct conn *c)
{
	return c->n_in < LENGTH ? 0 : (size_t)(c->in[0] << 8 | c->in[1]);
}

static bool answer_next(struct conn *c)
{
	size_t n = asked_bytes(c);
	struct hl_rpz_out o = out_of(c, OUT_MAX - LENGTH);
	struct hl_rpz_asker who = {
		.from = c->from, .tcp = true, .now_s = now_s()};
	struct hl_rpz_msg q;
	int form = hl_rpz_msg_read(c->in + LENGTH, n, &q);
	enum hl_rpz_reply reply = HL_RPZ_SILENCE;

	c->all->table->counts.tcp++;
	if (form == 0) {
		reply = hl_rpz_answer(c->all->table, &who, &q, &o, &c->xfer);
	} else if (form < 0) {
		reply = hl_rpz_answer_malformed(c->all->table, &q, &o);
	}
	c->n_in -= LENGTH + n;
	memmove(c->in, c->in + LENGTH + n, c->n_in);
	if (who.known) {
		c->known = who.known;
		set_deadline(c, c->all->conf.transfer_ms);
	}
	if (reply == HL_RPZ_MESSAGE) {
		add_out(c, &o);
	}
	return reply != HL_RPZ_SILENCE;
}

static bool is_complete(const struct conn *c)
{
	return c->n_in >= LENGTH && c->n_in - LENGTH >= asked_bytes(c);
}

/* Answers and sends until the socket is full or there is nothing to do; one
 * filling of the buffer at a time, so that others get their turn. */
static bool go_on(struct conn *c)
{
	bool moved = true, filled = false;

	while (moved) {
		if (c->n_out) {
			if (!send_out(c, &moved)) {
				return false;
			}
		} else if (c->xfer.zone && !filled) {
			filled = true;
			if (!fill(c)) {
				return false;
			}
		} else if (c->xfer.zone) {
			break;
		} else if (is_complete(c)) {
			if (!answer_next(c)) {
				return false;
			}
		} else {
			wait_for(c, c->read, c->write);
			return asked_bytes(c) <= ASK_MAX;
		}
	}
	wait_for(c, c->write, c->read);
	return true;
}

static bool receive(struct conn *c)
{
	ssize_t n = recv(c->fd, c->in + c->n_in, sizeof(c->in) - c->n_in, 0);

	if (n > 0) {
		c->n_in += (size_t)n;
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	if (what & EV_TIMEOUT) {
		c->all->table->counts.slow++;
		conn_free(c);
		return;
	}
	if ((what & EV_READ && !receive(c)) || !go_on(c)) {
		conn_free(c);
	}
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	(void)what;
	c->all->table->counts.slow++;
	conn_free(c);
}

/* -- coming and going -- */

static bool is_idle(const struct conn *c)
{
	return !c->xfer.zone && !c->n_out;
}

static unsigned n_of(const struct hl_rpz_conns *cs, const void *zone)
{
	unsigned n = 0;

	for (const struct conn *c = cs->first; c; c = c->next) {
		n += c->known == zone;
	}
	return n;
}

/* The list begins with the newest, so the last that fits is the oldest. */
static void make_room(struct hl_rpz_conns *cs)
{
	struct conn *stranger = NULL, *idle = NULL, *greedy = NULL;
	unsigned most = 0;

	for (struct conn *c = cs->first; c; c = c->next) {
		unsigned n = n_of(cs, c->known);

		stranger = c->known ? stranger : c;
		idle = is_idle(c) ? c : idle;
		greedy = n >= most ? c : greedy;
		most = n > most ? n : most;
	}
	if (greedy) {
		cs->table->counts.crowded++;
		conn_free(stranger ? stranger : idle ? idle : greedy);
	}
}

static bool make_events(struct conn *c)
{
	struct event_base *base = c->all->base;

	c->read = event_new(base, c->fd, EV_READ, on_ready, c);
	c->write = event_new(base, c->fd, EV_WRITE, on_ready, c);
	c->deadline = event_new(base, -1, 0, on_deadline, c);
	if (c->read && c->write && c->deadline) {
		return true;
	}
	if (c->read) {
		event_free(c->read);
	}
	if (c->write) {
		event_free(c->write);
	}
	return false;
}

static bool conn_new(
	struct hl_rpz_conns *cs, int fd, const struct hl_net_endpoint *from)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (!c) {
		return false;
	}
	c->all = cs;
	c->fd = fd;
	c->from = from->addr;
	if (!make_events(c)) {
		free(c);
		return false;
	}
	c->next = cs->first;
	c->at = &cs->first;
	if (c->next) {
		c->next->at = &c->next;
	}
	cs->first = c;
	cs->n++;
	cs->table->counts.open++;
	cs->table->counts.connections++;
	set_deadline(c, cs->conf.hello_ms);
	wait_for(c, c->read, c->write);
	return true;
}

static bool take(struct hl_rpz_conns *cs, int fd, const struct sockaddr *sa)
{
	struct hl_net_endpoint from;

	if (hl_net_endpoint_from_sockaddr(sa, &from)) {
		close(fd);
		return true;
	}
	if (cs->n >= cs->conf.n_connections) {
		make_room(cs);
	}
	if (!conn_new(cs, fd, &from)) {
		close(fd);
		return false;
	}
	return true;
}

bool hl_rpz_conns_accept(struct hl_rpz_conns *cs, int listen_fd)
{
	for (int i = 0; i < 64; i++) {
		struct sockaddr_storage sa;
		socklen_t n = sizeof(sa);
		int fd = accept4(listen_fd, (struct sockaddr *)&sa, &n,
			SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0) {
			return errno != EMFILE && errno != ENFILE &&
			       errno != ENOMEM && errno != ENOBUFS;
		}
		if (!take(cs, fd, (struct sockaddr *)&sa)) {
			return false;
		}
	}
	return true;
}

void hl_rpz_conns_reap(struct hl_rpz_conns *cs)
{
	for (struct conn *c = cs->first, *next; c; c = next) {
		next = c->next;
		if ((c->xfer.zone && c->xfer.zone->gone) ||
			(c->known && c->known->gone)) {
			conn_free(c);
		}
	}
}
