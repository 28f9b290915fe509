/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One loop in one thread: datagrams, connections, notices. What other
 * threads change (sets, zones) they change in the zones and the table, and
 * write to wake_fd.
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/time.h"
#include "rpz/conn.h"
#include "rpz/notify.h"

#define DATAGRAMS 64 /* at one turn */
#define PAUSE_MS 200 /* when there is no descriptor left */

struct port {
	struct hl_rpz_server *server;
	int udp_fd, tcp_fd;
	bool v6;
	struct event *udp, *tcp;
};

struct hl_rpz_server {
	struct hl_rpz_server_conf conf;
	struct hl_rpz_table table;
	struct port ports[HL_RPZ_LISTENERS_MAX];
	size_t n_ports;
	int wake_fd;
	struct event_base *base;
	struct event *stop, *wake, *notify, *again;
	struct hl_rpz_conns *conns;
	struct hl_rpz_notifier notifier;
	uint8_t in[4096], out[65535];
};

void hl_rpz_server_conf_init(struct hl_rpz_server_conf *c)
{
	*c = (struct hl_rpz_server_conf){
		.stop_fd = -1,
		.n_connections = 64,
		.hello_ms = 10000,
		.stall_ms = 30000,
		.transfer_ms = 900000,
		.notify_ms = 2000,
		.n_notify_tries = 8,
	};
}

/* -- sockets that were given -- */

static int check_socket(int fd, int type, bool *v6, struct hl_err *err)
{
	struct sockaddr_storage sa = {.ss_family = AF_UNSPEC};
	socklen_t n = sizeof(sa), n_is = sizeof(int);
	struct hl_net_endpoint at;
	int is = 0, flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) ||
		getsockname(fd, (struct sockaddr *)&sa, &n) ||
		getsockopt(fd, SOL_SOCKET, SO_TYPE, &is, &n_is)) {
		return HL_FAIL_SYS(err, "cannot use a socket for DNS");
	}
	if (is != type ||
		hl_net_endpoint_from_sockaddr((struct sockaddr *)&sa, &at) ||
		at.port == 0) {
		return HL_FAIL(err, HL_E_INVALID,
			"a listener for DNS needs one UDP and one TCP socket "
			"that are bound to a port");
	}
	if (hl_net_addr_class(&at.addr) == HL_NET_UNSPECIFIED) {
		return HL_FAIL(err, HL_E_INVALID,
			"a socket for DNS must be bound to one address, not "
			"to all: name the address to listen on");
	}
	*v6 = at.addr.v6;
	return 0;
}

static int check_ports(struct hl_rpz_server *s, struct hl_err *err)
{
	const struct hl_rpz_server_conf *c = &s->conf;

	if (c->n_listeners == 0 || c->n_listeners > HL_RPZ_LISTENERS_MAX ||
		c->n_connections == 0) {
		return HL_FAIL(err, HL_E_INVALID,
			"a DNS server needs 1 to %d listeners and room for a "
			"connection",
			HL_RPZ_LISTENERS_MAX);
	}
	for (size_t i = 0; i < c->n_listeners; i++) {
		struct port *p = &s->ports[i];

		*p = (struct port){.server = s,
			.udp_fd = c->listeners[i].udp_fd,
			.tcp_fd = c->listeners[i].tcp_fd};
		int r = check_socket(p->udp_fd, SOCK_DGRAM, &p->v6, err);
		r = r ? r : check_socket(p->tcp_fd, SOCK_STREAM, &p->v6, err);
		if (r) {
			return r;
		}
		s->n_ports++;
	}
	return 0;
}

static void send_to(
	void *arg, const struct hl_net_endpoint *to, const struct hl_rpz_out *o)
{
	struct hl_rpz_server *s = arg;
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = htons(to->port)};
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6, .sin6_port = htons(to->port)};
	const void *sa = to->addr.v6 ? (const void *)&in6 : &in;
	socklen_t n = to->addr.v6 ? sizeof(in6) : sizeof(in);

	memcpy(&in.sin_addr, to->addr.b, 4);
	memcpy(&in6.sin6_addr, to->addr.b, 16);
	for (size_t i = 0; i < s->n_ports; i++) {
		if (s->ports[i].v6 == to->addr.v6) {
			/* lost is lost: it is repeated */
			(void)sendto(s->ports[i].udp_fd, o->p, o->n,
				MSG_DONTWAIT, sa, n);
			return;
		}
	}
}

int hl_rpz_server_new(const struct hl_rpz_server_conf *c,
	struct hl_rpz_server **out, struct hl_err *err)
{
	struct hl_rpz_server *s = calloc(1, sizeof(*s));

	if (!s) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a DNS server");
	}
	s->conf = *c;
	hl_rpz_table_init(&s->table);
	s->notifier = (struct hl_rpz_notifier){.table = &s->table,
		.first_us = (int64_t)c->notify_ms * 1000,
		.n_tries = c->n_notify_tries,
		.send = send_to,
		.arg = s};
	s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int r = s->wake_fd < 0 ? HL_FAIL_SYS(err, "cannot make an eventfd")
			       : check_ports(s, err);
	if (r) {
		hl_rpz_server_free(s);
		return r;
	}
	*out = s;
	return 0;
}

void hl_rpz_server_free(struct hl_rpz_server *s)
{
	if (!s) {
		return;
	}
	hl_rpz_table_fini(&s->table);
	if (s->wake_fd >= 0) {
		close(s->wake_fd);
	}
	free(s);
}

static void poke(struct hl_rpz_server *s)
{
	const uint64_t one = 1;
	ssize_t n = write(s->wake_fd, &one, sizeof(one));

	(void)n; /* a full counter has poked already */
}

int hl_rpz_server_add(
	struct hl_rpz_server *s, struct hl_rpz_zone *z, struct hl_err *err)
{
	int r = hl_rpz_table_add(&s->table, z, err);

	if (!r) {
		hl_rpz_zone_wake_by(z, s->wake_fd);
		poke(s);
	}
	return r;
}

void hl_rpz_server_remove(struct hl_rpz_server *s, struct hl_rpz_zone *z)
{
	z->gone = true;
	poke(s);
}

/* -- the loop -- */

static void answer_datagram(
	struct port *p, size_t n, const struct sockaddr *sa, socklen_t n_sa)
{
	struct hl_rpz_server *s = p->server;
	struct hl_rpz_table *t = &s->table;
	struct hl_rpz_out o = {.p = s->out, .max = sizeof(s->out)};
	struct hl_net_endpoint from;
	struct hl_rpz_msg q;
	enum hl_rpz_reply reply = HL_RPZ_SILENCE;
	int form = hl_rpz_msg_read(s->in, n, &q);

	t->counts.udp++;
	if (form == HL_NOTFOUND || hl_net_endpoint_from_sockaddr(sa, &from)) {
		t->counts.dropped++;
		return;
	}
	if (form) {
		reply = hl_rpz_answer_malformed(t, &q, &o);
	} else if (q.flags & HL_RPZ_FLAG_QR && q.opcode == HL_RPZ_OP_NOTIFY) {
		t->counts.dropped +=
			!hl_rpz_notify_answered(&s->notifier, &q, &from);
	} else {
		struct hl_rpz_asker who = {.from = from.addr,
			.now_s = (uint64_t)(hl_time_wall_us() / HL_US_PER_S)};

		reply = hl_rpz_answer(t, &who, &q, &o, NULL);
	}
	if (reply == HL_RPZ_MESSAGE) {
		(void)sendto(p->udp_fd, o.p, o.n, MSG_DONTWAIT, sa, n_sa);
	}
}

static void on_datagram(evutil_socket_t fd, short what, void *arg)
{
	struct port *p = arg;
	struct hl_rpz_server *s = p->server;

	(void)what;
	for (int i = 0; i < DATAGRAMS; i++) {
		struct sockaddr_storage sa;
		socklen_t n_sa = sizeof(sa);
		/* one that is longer comes with its true length */
		ssize_t n = recvfrom(fd, s->in, sizeof(s->in), MSG_TRUNC,
			(struct sockaddr *)&sa, &n_sa);

		if (n < 0) {
			return;
		}
		if ((size_t)n > sizeof(s->in)) {
			s->table.counts.udp++;
			s->table.counts.dropped++;
			continue;
		}
		answer_datagram(p, (size_t)n, (struct sockaddr *)&sa, n_sa);
	}
}

static void on_connection(evutil_socket_t fd, short what, void *arg)
{
	struct port *p = arg;
	const struct timeval pause = {.tv_usec = PAUSE_MS * 1000};

	(void)what;
	if (!hl_rpz_conns_accept(p->server->conns, fd)) {
		for (size_t i = 0; i < p->server->n_ports; i++) {
			event_del(p->server->ports[i].tcp);
		}
		event_add(p->server->again, &pause);
	}
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
	struct hl_rpz_server *s = arg;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < s->n_ports; i++) {
		event_add(s->ports[i].tcp, NULL);
	}
}

static void on_notify(evutil_socket_t fd, short what, void *arg)
{
	struct hl_rpz_server *s = arg;
	int64_t now_us = hl_time_mono_us();
	int64_t next_us = hl_rpz_notify_run(&s->notifier, now_us);

	(void)fd;
	(void)what;
	if (next_us) {
		int64_t in_us = next_us > now_us ? next_us - now_us : 0;
		struct timeval tv = {.tv_sec = in_us / HL_US_PER_S,
			.tv_usec = in_us % HL_US_PER_S};

		event_add(s->notify, &tv);
	}
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct hl_rpz_server *s = arg;
	uint64_t n;
	ssize_t r = read(fd, &n, sizeof(n));

	(void)r;
	hl_rpz_conns_reap(s->conns);
	hl_rpz_table_reap(&s->table);
	on_notify(-1, what, s);
}

static void on_stop(evutil_socket_t fd, short what, void *arg)
{
	struct hl_rpz_server *s = arg;

	(void)fd;
	(void)what;
	event_base_loopbreak(s->base);
}

static struct event *watch(
	struct hl_rpz_server *s, int fd, event_callback_fn call, void *arg)
{
	struct event *ev =
		event_new(s->base, fd, EV_READ | EV_PERSIST, call, arg);

	if (ev && event_add(ev, NULL)) {
		event_free(ev);
		ev = NULL;
	}
	return ev;
}

static bool begin(struct hl_rpz_server *s)
{
	bool good = true;

	s->base = event_base_new();
	s->conns =
		s->base ? hl_rpz_conns_new(s->base, &s->conf, &s->table) : NULL;
	if (!s->conns) {
		return false;
	}
	s->notify = event_new(s->base, -1, 0, on_notify, s);
	s->again = event_new(s->base, -1, 0, on_again, s);
	s->wake = watch(s, s->wake_fd, on_wake, s);
	if (s->conf.stop_fd >= 0) {
		s->stop = watch(s, s->conf.stop_fd, on_stop, s);
		good = s->stop != NULL;
	}
	for (size_t i = 0; i < s->n_ports; i++) {
		struct port *p = &s->ports[i];

		p->udp = watch(s, p->udp_fd, on_datagram, p);
		p->tcp = watch(s, p->tcp_fd, on_connection, p);
		good = good && p->udp && p->tcp;
	}
	return good && s->notify && s->again && s->wake;
}

static void drop_event(struct event **ev)
{
	if (*ev) {
		event_free(*ev);
	}
	*ev = NULL;
}

static void end(struct hl_rpz_server *s)
{
	hl_rpz_conns_free(s->conns);
	s->conns = NULL;
	for (size_t i = 0; i < s->n_ports; i++) {
		drop_event(&s->ports[i].udp);
		drop_event(&s->ports[i].tcp);
	}
	drop_event(&s->stop);
	drop_event(&s->wake);
	drop_event(&s->notify);
	drop_event(&s->again);
	if (s->base) {
		event_base_free(s->base);
	}
	s->base = NULL;
}

int hl_rpz_server_run(struct hl_rpz_server *s, struct hl_err *err)
{
	int r = 0;

	if (!begin(s)) {
		r = HL_FAIL(err, HL_E_NOMEM,
			"no memory for the loop of a DNS server");
	} else if (event_base_dispatch(s->base) < 0) {
		r = HL_FAIL(err, HL_E_INTERNAL,
			"the loop of a DNS server ended by itself");
	}
	end(s);
	return r;
}

void hl_rpz_server_stats(
	const struct hl_rpz_server *s, struct hl_rpz_server_stats *out)
{
	const struct hl_rpz_counts *c = &s->table.counts;

	*out = (struct hl_rpz_server_stats){
		.n_udp = c->udp,
		.n_tcp = c->tcp,
		.n_dropped = c->dropped,
		.n_malformed = c->malformed,
		.n_refused = c->refused,
		.n_bad_key = c->bad_key,
		.n_bad_sig = c->bad_sig,
		.n_bad_time = c->bad_time,
		.n_connections = c->connections,
		.n_open = c->open,
		.n_crowded = c->crowded,
		.n_slow = c->slow,
	};
}
