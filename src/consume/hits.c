/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A datagram has up to 50 frames of 64 bytes, in the machine's own byte order
 * since it never leaves the machine:
 *
 *   u8 kind | u8 n_client | u16 0 | u32 count | u64 entry | 48 bytes client
 *
 * A hit is put into a ring, which is one lock and a copy. Once the ring is
 * full, hits are counted without entry and client, so that nothing grows.
 */
#include "consume/hits.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"

#define RING 4096u
#define FRAMES 50u
#define CLIENT_MAX 48u
#define COUNT_MAX 65536u /* a frame tells of no more */
#define LAST_TURNS 200   /* a second without progress */
#define LAST_TURN_NS 5000000L
#define TAKE_MOST 1000 /* datagrams, before others have their turn */

enum kind { HIT = 1, FAILED, STALE };

struct frame {
	uint8_t kind, n_client;
	uint16_t zero;
	uint32_t count;
	uint64_t entry;
	char client[CLIENT_MAX];
};
_Static_assert(sizeof(struct frame) == 64, "as the comment says");

struct hl_consume_hits {
	struct hl_consume_count count;
	struct sockaddr_un to;
	int fd;
	pthread_mutex_t lock;
	size_t first, n;       /* of the ring */
	uint64_t bare, failed; /* hits beyond the ring; let through */
	bool stale;
	bool full; /* the socket, when something was last sent */
	struct frame ring[RING];
};

static int name_of(
	const char *path, struct sockaddr_un *out, struct hl_err *err)
{
	size_t n = strlen(path);

	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (n >= sizeof(out->sun_path)) {
		return HL_FAIL(err, HL_E_LIMIT,
			"the path of the folder is too long for a socket: %zu "
			"bytes are allowed",
			sizeof(out->sun_path) - 1);
	}
	memcpy(out->sun_path, path, n);
	return 0;
}

static int socket_new(int *fd, struct hl_err *err)
{
	*fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return *fd >= 0 ? 0 : HL_FAIL_SYS(err, "make a socket");
}

/* ---- Sending ---------------------------------------------------------- */

static void hit(void *arg, const struct hl_consume_decision *decision,
	struct hl_str client)
{
	struct hl_consume_hits *h = arg;
	size_t n = client.p && client.n <= CLIENT_MAX ? client.n : 0;

	pthread_mutex_lock(&h->lock);
	if (h->n == RING) {
		h->bare++;
	} else {
		struct frame *f = &h->ring[(h->first + h->n++) % RING];

		*f = (struct frame){.kind = HIT,
			.n_client = (uint8_t)n,
			.count = 1,
			.entry = decision->entry};
		memcpy(f->client, client.p ? client.p : "", n);
	}
	pthread_mutex_unlock(&h->lock);
}

static void let_through(void *arg)
{
	struct hl_consume_hits *h = arg;

	pthread_mutex_lock(&h->lock);
	h->failed++;
	pthread_mutex_unlock(&h->lock);
}

int hl_consume_hits_new(
	const char *path, struct hl_consume_hits **out, struct hl_err *err)
{
	struct hl_consume_hits *h = calloc(1, sizeof(*h));

	*out = NULL;
	if (!h) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to count");
	}
	h->fd = -1;
	h->count = (struct hl_consume_count){h, hit, let_through};
	pthread_mutex_init(&h->lock, NULL);
	int r = name_of(path, &h->to, err);
	if (!r) {
		r = socket_new(&h->fd, err);
	}
	if (r) {
		hl_consume_hits_free(h);
		return r;
	}
	*out = h;
	return 0;
}

const struct hl_consume_count *hl_consume_hits_count(struct hl_consume_hits *h)
{
	return &h->count;
}

void hl_consume_hits_stale(struct hl_consume_hits *h)
{
	pthread_mutex_lock(&h->lock);
	h->stale = true;
	pthread_mutex_unlock(&h->lock);
}

size_t hl_consume_hits_waiting(struct hl_consume_hits *h)
{
	pthread_mutex_lock(&h->lock);
	size_t n = h->n + (size_t)h->bare;
	pthread_mutex_unlock(&h->lock);
	return n;
}

static bool send_frames(
	struct hl_consume_hits *h, const struct frame *frames, size_t n)
{
	ssize_t sent = sendto(h->fd, frames, n * sizeof(*frames),
		MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&h->to,
		sizeof(h->to));

	h->full = sent < 0 && errno == EAGAIN;
	return sent >= 0;
}

/* One number that is not in the ring. Under the lock: never waits. */
static bool send_count(
	struct hl_consume_hits *h, enum kind kind, uint64_t *count)
{
	while (*count) {
		uint32_t n =
			(uint32_t)(*count < COUNT_MAX ? *count : COUNT_MAX);
		const struct frame f = {.kind = (uint8_t)kind, .count = n};

		if (!send_frames(h, &f, 1)) {
			return false;
		}
		*count -= n;
	}
	return true;
}

static bool send_ring(struct hl_consume_hits *h)
{
	while (h->n) {
		size_t n = h->n < FRAMES ? h->n : FRAMES;

		if (n > RING - h->first) {
			n = RING - h->first;
		}
		if (!send_frames(h, &h->ring[h->first], n)) {
			return false;
		}
		explicit_bzero(&h->ring[h->first], n * sizeof(h->ring[0]));
		h->first = (h->first + n) % RING;
		h->n -= n;
	}
	return true;
}

void hl_consume_hits_flush(struct hl_consume_hits *h)
{
	uint64_t stale;

	pthread_mutex_lock(&h->lock);
	stale = h->stale;
	if (send_ring(h) && send_count(h, HIT, &h->bare) &&
		send_count(h, FAILED, &h->failed) &&
		send_count(h, STALE, &stale)) {
		h->stale = false;
	}
	pthread_mutex_unlock(&h->lock);
}

/* A follower that is there takes more than the socket holds at once; for one
 * that takes nothing nobody waits long. */
static void flush_all(struct hl_consume_hits *h)
{
	size_t left = SIZE_MAX;

	for (int i = 0; i < LAST_TURNS; i++) {
		hl_consume_hits_flush(h);
		if (!h->full) {
			break;
		}
		i = hl_consume_hits_waiting(h) < left ? 0 : i;
		left = hl_consume_hits_waiting(h);
		nanosleep(&(struct timespec){0, LAST_TURN_NS}, NULL);
	}
}

static void log_lost(const struct hl_consume_hits *h)
{
	uint64_t hits = h->n + h->bare;

	if (hits || h->failed) {
		hl_log(HL_LOG_WARN, "list.hits",
			"not counted, since no hotline list follow took "
			"them: %" PRIu64 " blocked requests, %" PRIu64
			" let through",
			hits, h->failed);
	}
}

void hl_consume_hits_free(struct hl_consume_hits *h)
{
	if (!h) {
		return;
	}
	if (h->fd >= 0) {
		flush_all(h);
	}
	log_lost(h);
	hl_file_closep(&h->fd);
	pthread_mutex_destroy(&h->lock);
	explicit_bzero(h, sizeof(*h));
	free(h);
}

/* ---- Counting --------------------------------------------------------- */

int hl_consume_hits_listen(
	const char *path, struct sockaddr_un *name, int *fd, struct hl_err *err)
{
	int r = name_of(path, name, err);

	return r ? r : socket_new(fd, err);
}

int hl_consume_hits_bind(
	int fd, const struct sockaddr_un *name, struct hl_err *err)
{
	if (unlink(name->sun_path) < 0 && errno != ENOENT) {
		return HL_FAIL_SYS(err, "remove an old socket");
	}
	mode_t before = umask(0117);
	int bound = bind(fd, (const struct sockaddr *)name, sizeof(*name));
	int why = errno;
	umask(before);
	errno = why;
	return bound ? HL_FAIL_SYS(err, "listen for hits") : 0;
}

static void count(struct hl_tally *tally, const struct frame *f)
{
	struct hl_str client =
		f->n_client ? hl_str_mem(f->client, f->n_client) : HL_STR_NONE;

	for (uint32_t i = 0; i < f->count; i++) {
		if (f->kind == HIT) {
			hl_tally_add(tally, f->entry, client);
		} else {
			hl_tally_add_failed(tally);
		}
	}
}

/* True: stale. */
static bool take(struct hl_tally *tally, const struct frame *f)
{
	bool good = f->n_client <= CLIENT_MAX && f->count <= COUNT_MAX &&
		    (f->kind == HIT || f->kind == FAILED);

	if (good && tally) {
		count(tally, f);
	}
	return f->kind == STALE;
}

bool hl_consume_hits_take(int fd, struct hl_tally *tally)
{
	struct frame frames[FRAMES];
	bool stale = false;

	for (int i = 0; i < TAKE_MOST; i++) {
		ssize_t n = recv(fd, frames, sizeof(frames), MSG_DONTWAIT);

		if (n < 0) {
			break;
		}
		for (size_t k = 0; k < (size_t)n / sizeof(frames[0]); k++) {
			stale |= take(tally, &frames[k]);
		}
	}
	explicit_bzero(frames, sizeof(frames));
	return stale;
}

void hl_consume_hits_end(int fd, struct hl_tally *tally)
{
	(void)shutdown(fd, SHUT_RD); /* what came before can still be read */
	(void)hl_consume_hits_take(fd, tally);
}
