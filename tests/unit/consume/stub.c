/* SPDX-License-Identifier: Apache-2.0 */
#include "stub.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"

struct conn {
	struct stub *s;
	int fd;
	size_t place;
};

struct request {
	char head[8192];
	char path[256];
	const char *body;
	size_t n_head, n_body;
	char room[HL_URLS_REQUEST_MAX + 70000];
};

static const char *field(const struct request *q, const char *name)
{
	const char *at = strcasestr(q->head, name);

	return at ? at + strlen(name) : NULL;
}

static bool has(const struct request *q, const char *name, const char *value)
{
	const char *at = field(q, name);

	return at && strncmp(at, value, strlen(value)) == 0;
}

static bool read_request(int fd, struct request *q)
{
	size_t n = 0;
	const char *end = NULL;

	while (!end && n < sizeof(q->head) - 1) {
		ssize_t got = recv(fd, q->head + n, 1, 0);

		if (got <= 0) {
			return false;
		}
		n += (size_t)got;
		q->head[n] = '\0';
		end = n >= 4 && memcmp(q->head + n - 4, "\r\n\r\n", 4) == 0
			      ? q->head
			      : NULL;
	}
	const char *path = strchr(q->head, ' ');
	size_t n_path = path ? strcspn(path + 1, " \r") : 0;
	if (!n_path || n_path >= sizeof(q->path)) {
		return false;
	}
	memcpy(q->path, path + 1, n_path);
	q->path[n_path] = '\0';
	const char *length = field(q, "\r\nContent-Length: ");
	q->n_body = length ? (size_t)strtoul(length, NULL, 10) : 0;
	q->body = q->room;
	return q->n_body <= sizeof(q->room) &&
	       (q->n_body == 0 || hl_file_read_fd(fd, q->room, q->n_body,
					  q->n_body) == (ssize_t)q->n_body);
}

static void put(
	struct hl_buf *out, int status, const char *more, struct hl_str body)
{
	hl_buf_printf(out, "HTTP/1.1 %d Stub\r\n%s", status, more);
	if (status != 204 && status != 304) {
		hl_buf_printf(out, "Content-Length: %zu\r\n", body.n);
	}
	hl_buf_put(out, HL_STR("\r\n"));
	hl_buf_put(out, body);
}

static void put_root(
	struct stub *s, const struct request *q, struct hl_buf *out)
{
	unsigned long v =
		strtoul(q->path + strlen("/v1/lists/root/"), NULL, 10);

	if (v < STUB_ROOTS && s->roots[v].n) {
		put(out, 200, "", hl_buf_str(&s->roots[v]));
	} else {
		put(out, 404, "", HL_STR("{}"));
	}
}

static void put_manifest(
	struct stub *s, const struct request *q, struct hl_buf *out)
{
	char tag[32], line[64];

	(void)snprintf(tag, sizeof(tag), "\"%02x%02x%02x%02x\"",
		s->w->digest[0], s->w->digest[1], s->w->digest[2],
		s->w->digest[3]);
	(void)snprintf(line, sizeof(line), "ETag: %s\r\n", tag);
	s->n_manifests++;
	if (has(q, "\r\nIf-None-Match: ", tag)) {
		s->n_unchanged++;
		put(out, 304, line, HL_STR(""));
	} else {
		put(out, 200, line, hl_buf_str(&s->w->manifest_text));
	}
}

static void put_bytes(
	const struct hl_buf *bytes, bool spoil, struct hl_buf *out)
{
	put(out, 200, "", hl_buf_str(bytes));
	if (spoil) {
		out->p[out->n - 1] ^= 1;
	}
}

static void put_confirmed(
	struct stub *s, const struct request *q, struct hl_buf *out)
{
	struct hl_urls_transport transport = world_transport(s->w);
	char answer[HL_URLS_REQUEST_MAX];
	size_t n = 0;

	s->n_confirms++;
	s->n_waiting++;
	pthread_cond_broadcast(&s->changed);
	while (s->is_shut && !s->ending) {
		pthread_cond_wait(&s->changed, &s->lock);
	}
	s->n_waiting--;
	int status = s->status_confirm;
	if (!status) {
		status = transport.confirm(transport.arg, q->body, q->n_body,
			answer, sizeof(answer), &n);
	}
	put(out, status ? status : 200, "", hl_str_mem(answer, n));
}

static void put_told(
	struct stub *s, const struct request *q, struct hl_buf *out)
{
	s->n_told++;
	hl_buf_reset(&s->told);
	hl_buf_put_mem(&s->told, q->body, q->n_body);
	put(out, s->status_tell ? s->status_tell : 204, "", HL_STR(""));
}

static void put_refused(struct stub *s, struct hl_buf *out)
{
	char line[64] = "";

	if (s->retry_s) {
		(void)snprintf(
			line, sizeof(line), "Retry-After: %u\r\n", s->retry_s);
	}
	put(out, s->status, line, s->body ? hl_str_c(s->body) : HL_STR("{}"));
}

static bool begins(const struct request *q, const char *path)
{
	return strncmp(q->path, path, strlen(path)) == 0;
}

static void answer(struct stub *s, const struct request *q, struct hl_buf *out)
{
	if (begins(q, "/v1/lists/root/")) {
		put_root(s, q, out);
	} else if (s->status) {
		put_refused(s, out);
	} else if (!has(q, "\r\nAuthorization: Bearer ", STUB_TOKEN "\r\n")) {
		put(out, 401, "", HL_STR("{}"));
	} else if (begins(q, "/v1/lists/manifest")) {
		put_manifest(s, q, out);
	} else if (begins(q, "/v1/lists/list/")) {
		s->n_lists++;
		put_bytes(&s->w->list, s->spoil_list, out);
	} else if (begins(q, "/v1/lists/delta/")) {
		s->n_deltas++;
		put_bytes(&s->w->delta, s->spoil_delta, out);
	} else if (begins(q, "/v1/lists/confirm")) {
		put_confirmed(s, q, out);
	} else if (begins(q, "/v1/lists/counters")) {
		put_told(s, q, out);
	} else {
		put(out, 404, "", HL_STR("{}"));
	}
}

static void *serve(void *arg)
{
	struct conn *c = arg;
	struct request *q = calloc(1, sizeof(*q));
	HL_BUF_AUTO out = HL_BUF_INIT((size_t)64 << 20);

	while (q && read_request(c->fd, q)) {
		hl_buf_reset(&out);
		pthread_mutex_lock(&c->s->lock);
		answer(c->s, q, &out);
		pthread_mutex_unlock(&c->s->lock);
		if (hl_file_write_fd(c->fd, hl_buf_str(&out), NULL)) {
			break;
		}
	}
	shutdown(c->fd, SHUT_RDWR);
	free(q);
	free(c);
	return NULL;
}

static void *accept_all(void *arg)
{
	struct stub *s = arg;
	int fd;

	while ((fd = accept(s->listen_fd, NULL, NULL)) >= 0) {
		struct conn *c = calloc(1, sizeof(*c));
		int one = 1;

		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		pthread_mutex_lock(&s->lock);
		if (!c || s->n_threads == STUB_CONNECTIONS) {
			abort();
		}
		*c = (struct conn){s, fd, s->n_threads};
		s->fds[s->n_threads] = fd;
		s->n_accepted++;
		if (pthread_create(
			    &s->threads[s->n_threads++], NULL, serve, c)) {
			abort();
		}
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

/* At the port of the URL, or a free one if there is none yet. */
void stub_start(struct stub *s)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);
	const char *colon = s->url[0] ? strrchr(s->url, ':') : NULL;
	int one = 1;

	at.sin_port =
		htons((uint16_t)(colon ? strtoul(colon + 1, NULL, 10) : 0));
	s->ending = false;
	s->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(s->listen_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(s->listen_fd, (struct sockaddr *)&at, sizeof(at)) ||
		listen(s->listen_fd, 64) ||
		getsockname(s->listen_fd, (struct sockaddr *)&at, &n) ||
		pthread_create(&s->accepting, NULL, accept_all, s)) {
		perror("stub");
		abort();
	}
	(void)snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%u",
		ntohs(at.sin_port));
}

void stub_stop(struct stub *s)
{
	pthread_mutex_lock(&s->lock);
	s->ending = true;
	pthread_cond_broadcast(&s->changed);
	shutdown(s->listen_fd, SHUT_RDWR);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->accepting, NULL);
	close(s->listen_fd);
	for (size_t i = 0; i < s->n_threads; i++) {
		shutdown(s->fds[i], SHUT_RDWR);
		pthread_join(s->threads[i], NULL);
		close(s->fds[i]);
	}
	s->n_threads = 0;
}

void stub_root(struct stub *s)
{
	struct hl_buf *to = &s->roots[s->w->root.version];

	hl_buf_reset(to);
	hl_buf_put(to, hl_buf_str(&s->w->root_text));
}

struct stub *stub_new(void)
{
	struct stub *s = calloc(1, sizeof(*s));

	if (!s) {
		abort();
	}
	signal(SIGPIPE, SIG_IGN); /* who asked may have gone */
	hl_time_pretend(WORLD_NOW * HL_US_PER_S);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	s->told = HL_BUF_INIT(70000);
	for (size_t i = 0; i < STUB_ROOTS; i++) {
		s->roots[i] = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	}
	s->w = world_new(1);
	stub_root(s);
	stub_start(s);
	return s;
}

void stub_free(struct stub *s)
{
	stub_stop(s);
	world_free(s->w);
	for (size_t i = 0; i < STUB_ROOTS; i++) {
		hl_buf_fini(&s->roots[i]);
	}
	hl_buf_fini(&s->told);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
	hl_time_pretend(0);
}
