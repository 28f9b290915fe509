/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link is a SOCK_SEQPACKET socket that outlives the store process behind
 * it: the supervisor keeps both ends open. A store that has just started
 * says hello on each link. Whoever then waits for an answer sends an empty
 * batch: packets keep their order, so if that is answered first, the request
 * went down with the store and is sent again. A request that was committed
 * just before the crash may then run twice; every change guards itself, so
 * that the second one meets a conflict.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/time.h"
#include "store/handle.h"
#include "store/wire.h"

#define PATIENCE_MS 15000

static int send_packet(struct hl_store *store, const uint32_t head[2],
	struct hl_str request, struct hl_err *err)
{
	struct iovec parts[2] = {{(void *)(uintptr_t)head, 2 * sizeof(head[0])},
		{(void *)(uintptr_t)request.p, request.n}};
	struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 2};

	for (;;) {
		if (sendmsg(store->fd, &msg, MSG_NOSIGNAL) >= 0) {
			return 0;
		}
		if (errno != EINTR) {
			return HL_FAIL(err, HL_E_UNAVAILABLE,
				"the store cannot be reached (%s)",
				strerrorname_np(errno));
		}
	}
}

static int send_request(struct hl_store *store, uint32_t id,
	struct hl_str request, struct hl_err *err)
{
	const uint32_t head[2] = {HL_WIRE_REQUEST, id};

	return send_packet(store, head, request, err);
}

/* One packet, or a fault when patience ends. */
static int receive(struct hl_store *store, struct hl_buf *packet,
	int64_t until_us, struct hl_err *err)
{
	hl_buf_reset(packet);
	char *at = hl_buf_reserve(packet, HL_WIRE_PACKET);
	if (!at) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for an answer");
	}
	for (;;) {
		int64_t left_ms = (until_us - hl_time_mono_us()) / 1000;
		struct pollfd p = {.fd = store->fd, .events = POLLIN};
		int ready = poll(&p, 1, left_ms > 0 ? (int)left_ms : 0);

		if (ready == 0) {
			return HL_FAIL(err, HL_E_UNAVAILABLE,
				"the store does not answer");
		}
		ssize_t n =
			ready < 0 ? -1 : recv(store->fd, at, HL_WIRE_PACKET, 0);
		if (n > 0) {
			packet->n = (size_t)n;
			return 0;
		}
		if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
			return HL_FAIL(
				err, HL_E_UNAVAILABLE, "the store has gone");
		}
	}
}

/* What one packet means for the request that waits. */
enum news { NEWS_NOTHING, NEWS_DONE, NEWS_HELLO, NEWS_LOST, NEWS_BAD };

struct waiting {
	uint32_t id;       /* of the request */
	uint32_t probe_id; /* of the empty batch behind it */
	bool probed;
};

static enum news take(
	struct hl_str packet, const struct waiting *w, struct hl_buf *answer)
{
	struct hl_store_cursor c = {.rest = packet};
	uint32_t magic = hl_store_get_u32(&c);

	if (magic == HL_WIRE_HELLO) {
		return NEWS_HELLO;
	}
	uint32_t whose = hl_store_get_u32(&c);
	uint32_t total = hl_store_get_u32(&c);
	uint32_t offset = hl_store_get_u32(&c);
	if (c.bad || magic != HL_WIRE_ANSWER) {
		return NEWS_BAD;
	}
	if (w->probed && whose == w->probe_id) {
		return NEWS_LOST;
	}
	if (whose != w->id || offset != answer->n) {
		return NEWS_NOTHING; /* an answer that nobody waits for */
	}
	hl_buf_put(answer, c.rest);
	return answer->fault || answer->n >= total ? NEWS_DONE : NEWS_NOTHING;
}

static int probe(struct hl_store *store, struct waiting *w, struct hl_err *err)
{
	const uint32_t no_ops = 0;

	w->probed = true;
	w->probe_id = store->next_id++;
	return send_request(
		store, w->probe_id, hl_str_mem(&no_ops, sizeof(no_ops)), err);
}

static int send_again(struct hl_store *store, struct waiting *w,
	struct hl_str request, struct hl_buf *answer, struct hl_err *err)
{
	hl_buf_reset(answer);
	w->probed = false;
	w->id = store->next_id++;
	return send_request(store, w->id, request, err);
}

/* Waits for the answer of w; request is what to send again if the store
 * lost it, absent for what is not to be repeated. */
static int wait_answer(struct hl_store *store, struct waiting *w,
	struct hl_str request, struct hl_buf *answer, struct hl_err *err)
{
	HL_BUF_AUTO packet = HL_BUF_SECRET(HL_WIRE_PACKET);
	int64_t until_us = hl_time_mono_us() + PATIENCE_MS * INT64_C(1000);
	int r = 0;

	while (!r) {
		r = receive(store, &packet, until_us, err);
		if (r) {
			return r;
		}
		switch (take(hl_buf_str(&packet), w, answer)) {
		case NEWS_DONE:
			return answer->fault ? HL_FAIL(err, answer->fault,
						       "answer too large")
					     : 0;
		case NEWS_HELLO:
			r = probe(store, w, err);
			break;
		case NEWS_LOST:
			r = request.p
				    ? send_again(store, w, request, answer, err)
				    : HL_FAIL(err, HL_E_UNAVAILABLE,
					      "the store has gone");
			break;
		case NEWS_BAD:
			return HL_FAIL(err, HL_E_CORRUPT,
				"the store sent something else");
		case NEWS_NOTHING:
		default:
			break;
		}
	}
	return r;
}

int hl_store_link_carry(struct hl_store *store, struct hl_str request,
	struct hl_buf *answer, struct hl_err *err)
{
	struct waiting w = {0};
	int r = send_again(store, &w, request, answer, err);

	return r ? r : wait_answer(store, &w, request, answer, err);
}

int hl_store_hold(struct hl_store *store, bool on, struct hl_err *err)
{
	HL_BUF_AUTO answer = HL_BUF_INIT(1024);
	struct waiting w = {.id = store->next_id++};
	const uint32_t head[2] = {HL_WIRE_HOLD, w.id}, value = on;
	int r = send_packet(
		store, head, hl_str_mem(&value, sizeof(value)), err);

	if (!r) {
		r = wait_answer(store, &w, HL_STR_NONE, &answer, err);
	}
	if (r) {
		return r;
	}
	struct hl_store_cursor c = {.rest = hl_buf_str(&answer)};
	int code = (int)hl_store_get_i64(&c);
	struct hl_str why = hl_store_get_str(&c);
	if (c.bad) {
		return HL_FAIL(err, HL_E_CORRUPT, "an answer is cut off");
	}
	return code ? HL_FAIL(err, code, "%.*s", HL_STR_ARG(why)) : 0;
}

static int fill_address(
	const char *path, struct sockaddr_un *to, struct hl_err *err)
{
	*to = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (snprintf(to->sun_path, sizeof(to->sun_path), "%s", path) >=
		(int)sizeof(to->sun_path)) {
		return HL_FAIL(err, HL_E_LIMIT,
			"the path of the store's socket is too long");
	}
	return 0;
}

int hl_store_connect(
	const char *socket_path, struct hl_store **out, struct hl_err *err)
{
	struct sockaddr_un to;
	int r = fill_address(socket_path, &to, err);

	if (r) {
		return r;
	}
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return HL_FAIL_SYS(err, "socket");
	}
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
		r = errno == ENOENT || errno == ECONNREFUSED
			    ? HL_NOTFOUND
			    : HL_FAIL_SYS(err, "connect to %s", socket_path);
		close(fd);
		return r;
	}
	r = hl_store_link(fd, out, err);
	if (r) {
		close(fd);
		return r;
	}
	(*out)->owns_fd = true;
	return 0;
}

int hl_store_listen(const char *socket_path, int *fd, struct hl_err *err)
{
	struct sockaddr_un at;
	int r = fill_address(socket_path, &at, err);

	if (r) {
		return r;
	}
	*fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0) {
		return HL_FAIL_SYS(err, "socket");
	}
	unlink(socket_path);
	mode_t old = umask(0177);
	r = bind(*fd, (struct sockaddr *)&at, sizeof(at));
	umask(old);
	if (r < 0 || listen(*fd, 8) < 0) {
		r = HL_FAIL_SYS(err, "listen on %s", socket_path);
		close(*fd);
		*fd = -1;
		return r;
	}
	return 0;
}
