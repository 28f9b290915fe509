/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dns.h"

#include <ares.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>

#include "base/time.h"

/*
 * A look-up asks A and AAAA of one name at once, of one server after the
 * other until both have a final answer, then follows the CNAMEs in them. A
 * resolver normally sends the whole chain with the addresses; where it sends
 * a part, the end of the part is asked for next. Each question has a channel
 * of its own, hence a fresh source port and query id.
 *
 * c-ares does transport, retries over TCP and the check that an answer fits
 * its question; what is in it is read by dns_wire.c, because ares_query()
 * folds kinds of failure together.
 */

struct question {
	enum hl_net_dns_status status;
	bool answered; /* the status is final: no other server is asked */
	bool waiting;
	struct hl_net_dns_answer answer;
};

struct lookup {
	const struct hl_net_dns_config *config;
	int64_t deadline_us;
	struct question a, aaaa;
};

static enum hl_net_dns_status status_of_failure(int ares_status)
{
	switch (ares_status) {
	case ARES_ETIMEOUT:
	case ARES_ECANCELLED:
	case ARES_EDESTRUCTION:
		return HL_NET_DNS_TIMEOUT;
	case ARES_EBADNAME:
	case ARES_EBADQUERY:
		return HL_NET_DNS_BAD_NAME;
	case ARES_EBADRESP:
	case ARES_EFORMERR:
		return HL_NET_DNS_MALFORMED;
	default:
		return HL_NET_DNS_UNREACHABLE;
	}
}

static enum hl_net_dns_status status_of_rcode(int rcode)
{
	switch (rcode) {
	case HL_NET_RCODE_OK:
		return HL_NET_DNS_OK;
	case HL_NET_RCODE_NXDOMAIN:
		return HL_NET_DNS_NXDOMAIN;
	case HL_NET_RCODE_REFUSED:
		return HL_NET_DNS_REFUSED;
	default:
		return HL_NET_DNS_SERVFAIL;
	}
}

static void on_answer(
	void *arg, int status, int timeouts, unsigned char *msg, int n)
{
	struct question *q = arg;

	(void)timeouts;
	q->waiting = false;
	if (!msg || n <= 0) {
		q->status = status_of_failure(status);
		return;
	}
	if (hl_net_dns_parse(msg, (size_t)n, &q->answer)) {
		q->answer.n_rrs = 0;
		q->status = HL_NET_DNS_MALFORMED;
		return;
	}
	q->status = status_of_rcode(q->answer.rcode);
	q->answered =
		q->status == HL_NET_DNS_OK || q->status == HL_NET_DNS_NXDOMAIN;
}

static int open_channel(const struct lookup *l,
	const struct hl_net_endpoint *server, ares_channel *out)
{
	struct ares_options o = {
		.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH |
			 ARES_FLAG_NOALIASES | ARES_FLAG_EDNS,
		.timeout = l->config->timeout_ms,
		.tries = 2,
		.ndots = 1,
		.ednspsz = 1232,
	};
	char lookups[] = "b";
	struct ares_addr_port_node node = {
		.family = server->addr.v6 ? AF_INET6 : AF_INET,
		.udp_port = server->port,
		.tcp_port = server->port,
	};

	o.lookups = lookups;
	memcpy(&node.addr, server->addr.b, server->addr.v6 ? 16 : 4);
	int r = ares_init_options(out, &o,
		ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
			ARES_OPT_NDOTS | ARES_OPT_EDNSPSZ | ARES_OPT_LOOKUPS |
			ARES_OPT_DOMAINS | ARES_OPT_SERVERS |
			ARES_OPT_SORTLIST);
	if (r == ARES_SUCCESS) {
		r = ares_set_servers_ports(*out, &node);
	}
	return r;
}

/* One round of waiting; false when the deadline has passed. */
static bool wait_once(ares_channel ch, int64_t deadline_us)
{
	ares_socket_t socks[ARES_GETSOCK_MAXNUM];
	struct pollfd fds[ARES_GETSOCK_MAXNUM];
	unsigned bits = (unsigned)ares_getsock(ch, socks, ARES_GETSOCK_MAXNUM);
	nfds_t n = 0;
	struct timeval tv;

	for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
		/* The library's own macros shift a signed 1 into the sign. */
		bool in = bits >> i & 1u;
		bool out = bits >> (i + ARES_GETSOCK_MAXNUM) & 1u;

		if (in || out) {
			fds[n++] = (struct pollfd){.fd = socks[i],
				.events = (short)((in ? POLLIN : 0) |
						  (out ? POLLOUT : 0))};
		}
	}
	int64_t left_us = deadline_us - hl_time_mono_us();
	if (left_us <= 0) {
		return false;
	}
	struct timeval most = {.tv_sec = (time_t)(left_us / HL_US_PER_S),
		.tv_usec = (suseconds_t)(left_us % HL_US_PER_S)};
	struct timeval *next = ares_timeout(ch, &most, &tv);
	poll(fds, n, (int)(next->tv_sec * 1000 + next->tv_usec / 1000) + 1);
	for (nfds_t i = 0; i < n; i++) {
		ares_process_fd(ch,
			fds[i].revents & (POLLIN | POLLERR | POLLHUP)
				? fds[i].fd
				: ARES_SOCKET_BAD,
			fds[i].revents & (POLLOUT | POLLERR | POLLHUP)
				? fds[i].fd
				: ARES_SOCKET_BAD);
	}
	ares_process_fd(ch, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	return true;
}

static int ask_server(struct lookup *l, const struct hl_net_endpoint *server,
	const char *name, struct hl_err *err)
{
	enum { CLASS_IN = 1 };
	ares_channel ch;

	if (open_channel(l, server, &ch) != ARES_SUCCESS) {
		return HL_FAIL(err, HL_E_NOMEM, "DNS channel");
	}
	if (!l->a.answered) {
		l->a.waiting = true;
		ares_query(ch, name, CLASS_IN, HL_NET_DNS_A, on_answer, &l->a);
	}
	if (!l->aaaa.answered) {
		l->aaaa.waiting = true;
		ares_query(ch, name, CLASS_IN, HL_NET_DNS_AAAA, on_answer,
			&l->aaaa);
	}
	while (l->a.waiting || l->aaaa.waiting) {
		if (!wait_once(ch, l->deadline_us)) {
			ares_cancel(ch);
		}
	}
	ares_destroy(ch);
	return 0;
}

static int ask(struct lookup *l, const char *name, struct hl_err *err)
{
	l->a.answered = l->aaaa.answered = false;
	l->a.answer.n_rrs = l->aaaa.answer.n_rrs = 0;
	l->a.status = l->aaaa.status = HL_NET_DNS_UNREACHABLE;
	for (size_t i = 0; i < l->config->n_servers; i++) {
		int r = ask_server(l, &l->config->servers[i], name, err);

		if (r) {
			return r;
		}
		if ((l->a.answered && l->aaaa.answered) ||
			hl_time_mono_us() >= l->deadline_us) {
			break;
		}
	}
	return 0;
}

/* Adds one step to the chain unless it is there. */
static int add_hop(struct hl_net_dns *d, struct hl_arena *arena,
	const struct hl_net_dns_rr *rr, struct hl_err *err)
{
	struct hl_str from = hl_str_c(rr->owner);

	for (size_t i = 0; i < d->n_hops; i++) {
		if (hl_str_eq(d->hops[i].from, from)) {
			return 0;
		}
	}
	struct hl_net_dns_hop hop = {.from = hl_arena_dup(arena, from),
		.to = hl_arena_dup(arena, hl_str_c(rr->target)),
		.ttl_s = rr->ttl_s};
	if (!hop.from.p || !hop.to.p) {
		return HL_FAIL(err, HL_E_NOMEM, "DNS chain");
	}
	d->hops[d->n_hops++] = hop;
	return 0;
}

static const struct hl_net_dns_rr *cname_of(
	const struct hl_net_dns_answer *a, const char *owner)
{
	for (size_t i = 0; i < a->n_rrs; i++) {
		if (a->rrs[i].type == HL_NET_DNS_CNAME &&
			strcmp(a->rrs[i].owner, owner) == 0) {
			return &a->rrs[i];
		}
	}
	return NULL;
}

static bool seen(const struct hl_net_dns *d, const char *name)
{
	struct hl_str s = hl_str_c(name);

	for (size_t i = 0; i < d->n_hops; i++) {
		if (hl_str_eq(d->hops[i].from, s)) {
			return true;
		}
	}
	return false;
}

/*
 * Follows the CNAMEs of one answer from name on and leaves the last name in
 * name. HL_CONFLICT: they go round, or there are too many.
 */
static int follow(struct hl_net_dns *d, struct hl_arena *arena,
	const struct hl_net_dns_answer *a, char name[HL_NET_NAME_MAX],
	struct hl_err *err)
{
	const struct hl_net_dns_rr *rr;

	while ((rr = cname_of(a, name))) {
		if (d->n_hops == HL_NET_DNS_HOPS) {
			return HL_CONFLICT;
		}
		int r = add_hop(d, arena, rr, err);
		if (r) {
			return r;
		}
		memcpy(name, rr->target, HL_NET_NAME_MAX);
		if (seen(d, name)) {
			return HL_CONFLICT;
		}
	}
	return 0;
}

static void add_host(
	struct hl_net_dns *d, const struct hl_net_addr *addr, uint32_t ttl_s)
{
	size_t at = 0;

	while (at < d->n_hosts &&
		hl_net_addr_cmp(&d->hosts[at].addr, addr) < 0) {
		at++;
	}
	if (at < d->n_hosts && !hl_net_addr_cmp(&d->hosts[at].addr, addr)) {
		return;
	}
	if (d->n_hosts == HL_NET_DNS_HOSTS) {
		d->more = true;
		return;
	}
	memmove(&d->hosts[at + 1], &d->hosts[at],
		(d->n_hosts - at) * sizeof(d->hosts[0]));
	d->hosts[at] = (struct hl_net_dns_host){*addr, ttl_s};
	d->n_hosts++;
}

static void add_hosts(struct hl_net_dns *d, const struct hl_net_dns_answer *a,
	uint16_t type, const char *owner)
{
	for (size_t i = 0; i < a->n_rrs; i++) {
		if (a->rrs[i].type == type &&
			strcmp(a->rrs[i].owner, owner) == 0) {
			add_host(d, &a->rrs[i].addr, a->rrs[i].ttl_s);
		}
	}
	d->more |= a->more;
}

/* A name either exists or does not, so one NXDOMAIN decides; "no address of
 * this kind" decides nothing about the other kind. */
static enum hl_net_dns_status merge(
	enum hl_net_dns_status a, enum hl_net_dns_status b)
{
	if (a == HL_NET_DNS_NXDOMAIN || b == HL_NET_DNS_NXDOMAIN) {
		return HL_NET_DNS_NXDOMAIN;
	}
	if (a == HL_NET_DNS_NODATA) {
		return b;
	}
	return a == HL_NET_DNS_OK ? b : a;
}

static void settle(struct hl_net_dns *d, const struct lookup *l)
{
	bool a = false, aaaa = false;

	for (size_t i = 0; i < d->n_hosts; i++) {
		a |= !d->hosts[i].addr.v6;
		aaaa |= d->hosts[i].addr.v6;
	}
	d->status_a = l->a.status == HL_NET_DNS_OK && !a ? HL_NET_DNS_NODATA
							 : l->a.status;
	d->status_aaaa = l->aaaa.status == HL_NET_DNS_OK && !aaaa
				 ? HL_NET_DNS_NODATA
				 : l->aaaa.status;
	d->status =
		d->n_hosts ? HL_NET_DNS_OK : merge(d->status_a, d->status_aaaa);
}

/* HL_CONFLICT for a loop. *again: the chain goes on at name. */
static int take_answers(struct hl_net_dns *d, struct hl_arena *arena,
	struct lookup *l, char name[HL_NET_NAME_MAX], struct hl_err *err)
{
	char end[HL_NET_NAME_MAX];
	size_t before = d->n_hops;

	memcpy(end, name, sizeof(end));
	int r = follow(d, arena, &l->a.answer, end, err);
	if (!r && d->n_hops == before) {
		r = follow(d, arena, &l->aaaa.answer, end, err);
	}
	if (r) {
		return r;
	}
	add_hosts(d, &l->a.answer, HL_NET_DNS_A, end);
	add_hosts(d, &l->aaaa.answer, HL_NET_DNS_AAAA, end);
	memcpy(name, end, HL_NET_NAME_MAX);
	return 0;
}

static int chase(struct hl_net_dns *d, struct hl_arena *arena, struct lookup *l,
	char name[HL_NET_NAME_MAX], struct hl_err *err)
{
	char asked[HL_NET_NAME_MAX];

	for (;;) {
		memcpy(asked, name, sizeof(asked));
		int r = ask(l, name, err);
		if (!r) {
			r = take_answers(d, arena, l, name, err);
		}
		if (r == HL_CONFLICT) {
			d->status = d->status_a = d->status_aaaa =
				HL_NET_DNS_LOOP;
			return 0;
		}
		if (r) {
			return r;
		}
		settle(d, l);
		bool moved = strcmp(asked, name) != 0;
		if (!moved || d->status != HL_NET_DNS_NODATA) {
			return 0;
		}
		if (hl_net_dns_name(hl_str_c(name), asked)) {
			d->status = HL_NET_DNS_BAD_NAME;
			return 0;
		}
	}
}

int hl_net_dns_resolve(const struct hl_net_dns_config *config,
	struct hl_str name, struct hl_arena *arena, struct hl_net_dns *out,
	struct hl_err *err)
{
	char at[HL_NET_NAME_MAX];
	int64_t start = hl_time_mono_us();
	int r = 0;

	*out = (struct hl_net_dns){.at_us = hl_time_now_us()};
	if (hl_net_dns_name(name, at)) {
		out->name = hl_arena_dup(arena, hl_str_sub(name, 0, 253));
		out->status = out->status_a = out->status_aaaa =
			HL_NET_DNS_BAD_NAME;
		return out->name.p ? 0 : HL_FAIL(err, HL_E_NOMEM, "DNS name");
	}
	out->name = hl_arena_dup(arena, hl_str_c(at));
	struct lookup *l = calloc(1, sizeof(*l));
	if (!out->name.p || !l) {
		free(l);
		return HL_FAIL(err, HL_E_NOMEM, "DNS look-up");
	}
	l->config = config;
	l->deadline_us = start + (int64_t)config->deadline_ms * 1000;
	r = chase(out, arena, l, at, err);
	free(l);
	out->took_us = hl_time_mono_us() - start;
	return r;
}
