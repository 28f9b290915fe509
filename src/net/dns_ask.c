/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dns_ask.h"

#include <ares.h>
#include <netinet/in.h>
#include <poll.h>

#include "base/time.h"

/*
 * c-ares does transport, retries over TCP and the check that an answer fits
 * its question; what is in it is read by dns_wire.c, because ares_query()
 * folds kinds of failure together. Each server asked gets a channel of its
 * own, hence a fresh source port.
 */

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
	struct hl_net_question *q = arg;

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

static int open_channel(const struct hl_net_lookup *l,
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

static int ask_server(struct hl_net_lookup *l,
	const struct hl_net_endpoint *server, const char *name,
	struct hl_err *err)
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

int hl_net_dns_ask(
	struct hl_net_lookup *l, const char *name, struct hl_err *err)
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
