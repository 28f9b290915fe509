/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store process. Each round takes at most one request from every link
 * that has one. Reads are answered at once; the writes of the round share one
 * commit and are answered after it. While a commit waits for the disk the
 * next round's requests gather, so the group grows with the load by itself.
 *
 * A peer that does not take its answer loses it: the store never waits for
 * anybody else than the disk.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "store/engine.h"
#include "store/handle.h"
#include "store/tx.h"
#include "store/wire.h"

#define MAX_PEERS 64u
#define MAX_ADMINS 4u
#define NOBODY MAX_PEERS
/* One who copies for longer hangs, and the log must not grow for ever. */
#define HOLD_MAX_US (INT64_C(6) * 3600 * 1000000)

struct request {
	size_t peer;
	uint32_t id;
	struct hl_buf bytes;
	struct hl_buf answer;
	bool writes;
};

struct server {
	const struct hl_store_server *given;
	struct hl_engine *engine;
	struct hl_store_peer peers[MAX_PEERS];
	struct pollfd polls[MAX_PEERS + 1];
	size_t n_peers;
	struct request requests[MAX_PEERS];
	size_t n_requests;
	size_t holder; /* the peer that copies the file, or NOBODY */
	int64_t hold_until_us;
};

static void send_hello(int fd)
{
	const uint32_t hello = HL_WIRE_HELLO;

	(void)!send(fd, &hello, sizeof(hello), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static bool send_chunk(int fd, uint32_t id, struct hl_str all, size_t offset)
{
	uint32_t head[4] = {
		HL_WIRE_ANSWER, id, (uint32_t)all.n, (uint32_t)offset};
	struct hl_str part = hl_str_sub(all, offset, HL_WIRE_CHUNK);
	struct iovec parts[2] = {
		{head, sizeof(head)}, {(void *)(uintptr_t)part.p, part.n}};
	struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 2};
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	while (sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		if (errno != EAGAIN || offset == 0 || poll(&p, 1, 200) <= 0) {
			return false;
		}
	}
	return true;
}

static void send_answer(struct server *s, struct request *q)
{
	struct hl_str all = hl_buf_str(&q->answer);

	for (size_t at = 0; at < all.n; at += HL_WIRE_CHUNK) {
		if (!send_chunk(s->peers[q->peer].fd, q->id, all, at)) {
			hl_log(HL_LOG_WARN, "store.unread",
				"a process did not take its answer");
			return;
		}
	}
}

static void end_hold(struct server *s)
{
	s->holder = NOBODY;
	hl_store_engine_hold(s->engine, false);
	hl_log(HL_LOG_INFO, "store.hold", "the copy of the store has ended");
}

static void drop_peer(struct server *s, size_t i)
{
	if (s->holder == i) {
		end_hold(s);
	}
	if (i >= s->given->n_peers) {
		close(s->peers[i].fd);
	}
	s->peers[i].fd = -1;
}

/* An administrator who copies the file asks that it lie still. */
static int hold(struct server *s, size_t peer, uint32_t on, struct hl_err *err)
{
	if (s->peers[peer].role != HL_STORE_ADMIN) {
		return HL_FAIL(err, HL_DENIED, "not for this process");
	}
	if (s->holder != NOBODY && s->holder != peer) {
		return HL_FAIL(err, HL_CONFLICT, "another backup is running");
	}
	if (!on) {
		if (s->holder == NOBODY) {
			return HL_FAIL(err, HL_E_UNAVAILABLE,
				"the store was started anew meanwhile");
		}
		end_hold(s);
		return 0;
	}
	s->holder = peer;
	s->hold_until_us = hl_time_mono_us() + HOLD_MAX_US;
	hl_store_engine_hold(s->engine, true);
	hl_log(HL_LOG_INFO, "store.hold", "the store is being copied");
	return 0;
}

static void answer_hold(
	struct server *s, struct request *q, struct hl_store_cursor *c)
{
	struct hl_err err = {0};
	uint32_t on = hl_store_get_u32(c);

	if (c->bad || c->rest.n || on > 1) {
		HL_FAIL(&err, HL_E_INVALID, "no such request");
	} else {
		hold(s, q->peer, on, &err);
	}
	hl_store_engine_fault(&q->answer, &err);
	send_answer(s, q);
}

/* Takes one request of a peer if there is one. */
static void receive(struct server *s, size_t peer)
{
	struct request *q = &s->requests[s->n_requests];

	hl_buf_reset(&q->bytes);
	hl_buf_reset(&q->answer);
	char *at = hl_buf_reserve(&q->bytes, HL_WIRE_PACKET);
	ssize_t n = at ? recv(s->peers[peer].fd, at, HL_WIRE_PACKET,
				 MSG_DONTWAIT | MSG_TRUNC)
		       : 0;
	if (n <= 0 || (size_t)n > HL_WIRE_PACKET) {
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
			drop_peer(s, peer);
		}
		return;
	}
	q->bytes.n = (size_t)n;
	struct hl_store_cursor c = {.rest = hl_buf_str(&q->bytes)};
	uint32_t magic = hl_store_get_u32(&c);
	q->id = hl_store_get_u32(&c);
	q->peer = peer;
	if (!c.bad && magic == HL_WIRE_HOLD) {
		answer_hold(s, q, &c);
		return;
	}
	if (c.bad || magic != HL_WIRE_REQUEST) {
		hl_log(HL_LOG_ERROR, "store.bad_request",
			"a process sent something that is no request");
		return;
	}
	q->writes = hl_store_engine_writes(s->engine, c.rest);
	s->n_requests++;
}

static struct hl_str body(const struct request *q)
{
	return hl_str_sub(
		hl_buf_str(&q->bytes), 2 * sizeof(uint32_t), q->bytes.n);
}

static void run(struct server *s, struct request *q)
{
	hl_store_engine_run(
		s->engine, s->peers[q->peer].role, body(q), &q->answer);
}

static void run_writes(struct server *s)
{
	struct hl_err err = {0};
	int r = hl_store_engine_begin(s->engine, &err);

	for (size_t i = 0; i < s->n_requests && !r; i++) {
		if (s->requests[i].writes) {
			run(s, &s->requests[i]);
		}
	}
	if (!r) {
		r = hl_store_engine_commit(s->engine, &err);
	}
	if (r) {
		hl_log_err(HL_LOG_ERROR, "store.commit", &err);
	}
	for (size_t i = 0; i < s->n_requests; i++) {
		struct request *q = &s->requests[i];

		if (q->writes) {
			if (r) {
				hl_store_engine_fault(&q->answer, &err);
			}
			send_answer(s, q);
		}
	}
}

static void run_round(struct server *s)
{
	bool writes = false;

	for (size_t i = 0; i < s->n_requests; i++) {
		struct request *q = &s->requests[i];

		writes |= q->writes;
		if (!q->writes) {
			run(s, q);
			send_answer(s, q);
		}
	}
	if (writes) {
		run_writes(s);
	}
	s->n_requests = 0;
}

static void accept_admin(struct server *s)
{
	int fd = accept4(s->given->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	struct ucred who = {0};
	socklen_t n = sizeof(who);

	if (fd < 0) {
		return;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) < 0 ||
		(who.uid != 0 && who.uid != s->given->admin_uid)) {
		close(fd);
		return;
	}
	size_t at = s->given->n_peers;
	while (at < s->n_peers && s->peers[at].fd >= 0) {
		at++;
	}
	if (at >= MAX_PEERS || at - s->given->n_peers >= MAX_ADMINS) {
		close(fd);
		return;
	}
	s->peers[at] = (struct hl_store_peer){fd, HL_STORE_ADMIN};
	if (at == s->n_peers) {
		s->n_peers++;
	}
}

static void wait_round(struct server *s)
{
	for (size_t i = 0; i < s->n_peers; i++) {
		s->polls[i] = (struct pollfd){s->peers[i].fd, POLLIN, 0};
	}
	s->polls[s->n_peers] = (struct pollfd){s->given->listen_fd, POLLIN, 0};
	size_t n = s->n_peers;
	if (poll(s->polls, n + 1, 500) <= 0) {
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (s->polls[i].revents) {
			receive(s, i);
		}
	}
	if (s->polls[n].revents & POLLIN) {
		accept_admin(s);
	}
}

int hl_store_serve(const struct hl_store_server *given, struct hl_err *err)
{
	if (given->n_peers > MAX_PEERS - MAX_ADMINS || !given->store->engine) {
		return HL_FAIL(err, HL_E_INVALID, "too many links");
	}
	struct server *s = calloc(1, sizeof(*s));
	if (!s) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for the server");
	}
	s->given = given;
	s->engine = given->store->engine;
	s->holder = NOBODY;
	s->n_peers = given->n_peers;
	for (size_t i = 0; i < MAX_PEERS; i++) {
		s->requests[i].bytes = HL_BUF_SECRET(HL_WIRE_PACKET);
		s->requests[i].answer = HL_BUF_SECRET(HL_TX_MAX_ANSWER);
	}
	for (size_t i = 0; i < s->n_peers; i++) {
		s->peers[i] = given->peers[i];
		send_hello(s->peers[i].fd);
	}
	hl_store_engine_tell_clock(s->engine);
	while (!*given->stop) {
		wait_round(s);
		run_round(s);
		if (s->holder != NOBODY &&
			hl_time_mono_us() > s->hold_until_us) {
			end_hold(s);
		}
	}
	for (size_t i = 0; i < MAX_PEERS; i++) {
		hl_buf_fini(&s->requests[i].bytes);
		hl_buf_fini(&s->requests[i].answer);
	}
	for (size_t i = given->n_peers; i < s->n_peers; i++) {
		drop_peer(s, i);
	}
	free(s);
	return 0;
}
