/* SPDX-License-Identifier: Apache-2.0 */
#include "web/job.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "base/time.h"

/* A response body larger than this is given back when it is sent. */
#define KEEP_BYTES 65536u

struct hl_web_job *hl_web_job_new(const struct hl_web_config *config)
{
	struct hl_web_job *j = calloc(1, sizeof(*j));

	if (!j) {
		return NULL;
	}
	hl_web_response_init(&j->resp, config->response_max_bytes);
	j->arena = hl_arena_new(config->arena_max_bytes, true);
	if (!j->arena) {
		hl_web_job_free(j);
		return NULL;
	}
	return j;
}

void hl_web_job_free(struct hl_web_job *j)
{
	if (j) {
		hl_web_response_fini(&j->resp);
		hl_arena_free(j->arena);
		free(j);
	}
}

void hl_web_job_reset(struct hl_web_job *j)
{
	struct hl_buf body = j->resp.body;

	if (j->resp.lent_free) {
		j->resp.lent_free(j->resp.lent_arg);
	}
	if (body.cap > KEEP_BYTES) {
		hl_buf_fini(&body);
	} else {
		hl_buf_reset(&body);
	}
	hl_arena_reset(j->arena);
	*j = (struct hl_web_job){
		.arena = j->arena, .owner = j->owner, .resp = {.body = body}};
}

/* Headers that tell where somebody is. They go no further than this file. */
static bool names_an_address(
	const struct hl_web_config *config, struct hl_str name)
{
	static const struct hl_str names[] = {HL_STR_INIT("X-Real-IP"),
		HL_STR_INIT("X-Forwarded-For"), HL_STR_INIT("Forwarded"),
		HL_STR_INIT("True-Client-IP"), HL_STR_INIT("CF-Connecting-IP"),
		HL_STR_INIT("X-Client-IP"), HL_STR_INIT("Via")};

	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		if (hl_str_eq_nocase(name, names[i])) {
			return true;
		}
	}
	return config->peer_header &&
	       hl_str_eq_nocase(name, hl_str_c(config->peer_header));
}

static int copy_headers(struct hl_web_job *j, struct evhttp_request *ev,
	const struct hl_web_config *config)
{
	const struct evkeyvalq *in = evhttp_request_get_input_headers(ev);
	const struct evkeyval *h;
	struct hl_web_header *to;
	size_t n = 0;

	for (h = TAILQ_FIRST(in); h; h = TAILQ_NEXT(h, next)) {
		n++;
	}
	to = hl_arena_array(j->arena, n, sizeof(*to));
	if (!to) {
		return HL_E_NOMEM;
	}
	j->req.headers = to;
	for (h = TAILQ_FIRST(in); h; h = TAILQ_NEXT(h, next)) {
		if (names_an_address(config, hl_str_c(h->key))) {
			continue;
		}
		to->name = hl_arena_dup(j->arena, hl_str_c(h->key));
		to->value = hl_arena_dup(j->arena, hl_str_c(h->value));
		if (!to->name.p || !to->value.p) {
			return HL_E_NOMEM;
		}
		to++;
		j->req.n_headers++;
	}
	return 0;
}

static int copy_target(struct hl_web_job *j, struct evhttp_request *ev)
{
	struct hl_str uri =
		hl_arena_dup(j->arena, hl_str_c(evhttp_request_get_uri(ev)));
	size_t mark = hl_str_find_char(uri, '?');

	if (!uri.p) {
		return HL_E_NOMEM;
	}
	j->req.path = hl_str_sub(uri, 0, mark);
	if (mark < uri.n) {
		j->req.query = hl_str_sub(uri, mark + 1, uri.n);
	}
	return 0;
}

static int copy_body(struct hl_web_job *j, struct evhttp_request *ev)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(ev);
	size_t n = evbuffer_get_length(in);
	struct evbuffer_iovec piece;
	char *to = hl_arena_alloc(j->arena, n + 1), *at = to;

	while (evbuffer_peek(in, -1, NULL, &piece, 1) > 0) {
		if (at) {
			memcpy(at, piece.iov_base, piece.iov_len);
			at += piece.iov_len;
		}
		explicit_bzero(piece.iov_base, piece.iov_len);
		evbuffer_drain(in, piece.iov_len);
	}
	j->req.body = hl_str_mem(to, to ? n : 0);
	return to ? 0 : HL_E_NOMEM;
}

static bool method_of(struct evhttp_request *ev, enum hl_web_method *out)
{
	static const struct {
		enum evhttp_cmd_type theirs;
		enum hl_web_method ours;
	} rows[] = {{EVHTTP_REQ_GET, HL_WEB_GET},
		{EVHTTP_REQ_HEAD, HL_WEB_HEAD}, {EVHTTP_REQ_POST, HL_WEB_POST},
		{EVHTTP_REQ_PUT, HL_WEB_PUT}, {EVHTTP_REQ_PATCH, HL_WEB_PATCH},
		{EVHTTP_REQ_DELETE, HL_WEB_DELETE},
		{EVHTTP_REQ_OPTIONS, HL_WEB_OPTIONS}};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (rows[i].theirs == evhttp_request_get_command(ev)) {
			*out = rows[i].ours;
			return true;
		}
	}
	return false;
}

/* Of an IPv6 address the first 64 bits: the rest is one person's to choose. */
static uint64_t peer_of_socket(
	struct evhttp_request *ev, struct hl_web_salt *salt, int64_t now_us)
{
	struct evhttp_connection *c = evhttp_request_get_connection(ev);
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_storage storage;
	} a = {0};
	socklen_t n = sizeof(a);
	struct hl_str who;
	int fd = c ? bufferevent_getfd(evhttp_connection_get_bufferevent(c))
		   : -1;

	if (fd < 0 || getpeername(fd, &a.any, &n)) {
		return 0;
	}
	if (a.any.sa_family == AF_INET) {
		who = hl_str_mem(&a.in.sin_addr, 4);
	} else if (a.any.sa_family == AF_INET6) {
		who = hl_str_mem(&a.in6.sin6_addr, 8);
	} else {
		return 0;
	}
	uint64_t hash = hl_web_salt_hash(salt, who, now_us);
	explicit_bzero(&a, sizeof(a));
	return hash;
}

static uint64_t peer_of_text(const char *text, struct hl_web_salt *salt)
{
	unsigned char address[16];
	struct hl_str who = hl_str_c(text);

	if (inet_pton(AF_INET6, text, address) == 1) {
		who = hl_str_mem(address, 8);
	}
	uint64_t hash = hl_web_salt_hash(salt, who, hl_time_now_us());
	explicit_bzero(address, sizeof(address));
	return hash;
}

static uint64_t peer_of(struct evhttp_request *ev,
	const struct hl_web_config *config, struct hl_web_salt *salt)
{
	const char *value;

	if (!config->peer_header) {
		return peer_of_socket(ev, salt, hl_time_now_us());
	}
	value = *config->peer_header
			? evhttp_find_header(
				  evhttp_request_get_input_headers(ev),
				  config->peer_header)
			: NULL;
	return value ? peer_of_text(value, salt) : 0;
}

int hl_web_job_fill(struct hl_web_job *j, struct evhttp_request *ev,
	const struct hl_web_config *config, struct hl_web_salt *salt)
{
	j->ev = ev;
	j->req = (struct hl_web_request){.secure = config->secure,
		.origin = config->origin ? hl_str_c(config->origin)
					 : HL_STR_NONE};
	if (!method_of(ev, &j->req.method)) {
		return HL_E_INVALID;
	}
	j->req.peer = peer_of(ev, config, salt);
	int r = copy_target(j, ev);
	if (!r) {
		r = copy_headers(j, ev, config);
	}
	if (!r) {
		r = copy_body(j, ev);
	}
	j->req.host = hl_web_request_header(&j->req, "Host");
	return r;
}

static void put_header(void *arg, const char *name, struct hl_str value)
{
	char small[1024];
	char *text = value.n < sizeof(small) ? small : malloc(value.n + 1);

	if (!text) {
		return;
	}
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	evhttp_add_header(arg, name, text);
	explicit_bzero(text, value.n);
	if (text != small) {
		free(text);
	}
}

struct sent {
	struct hl_web_job *job;
	void (*done)(struct hl_web_job *j);
};

static void on_unused(const void *p, size_t n, void *arg)
{
	struct sent *s = arg;

	(void)p;
	(void)n;
	s->done(s->job);
	free(s);
}

/* The body's memory is lent to evhttp until it has gone out. */
static struct evbuffer *lend(
	struct hl_web_job *j, void (*done)(struct hl_web_job *j))
{
	struct evbuffer *b = evbuffer_new();
	struct sent *s = malloc(sizeof(*s));

	if (b && s) {
		*s = (struct sent){j, done};
		if (!evbuffer_add_reference(
			    b, j->bytes.p, j->bytes.n, on_unused, s)) {
			return b;
		}
	}
	if (b) {
		evbuffer_free(b);
	}
	free(s);
	return NULL;
}

void hl_web_job_send(struct hl_web_job *j, const struct hl_web_config *config,
	bool close, void (*done)(struct hl_web_job *j))
{
	struct evhttp_request *ev = j->ev;
	struct evkeyvalq *out = evhttp_request_get_output_headers(ev);
	struct evbuffer *body = NULL;
	int status = j->resp.status;
	bool bare = j->req.method == HL_WEB_HEAD || status == 304;
	char length[24];

	hl_web_response_headers(&j->resp, config->secure, put_header, out);
	if (close) {
		evhttp_add_header(out, "Connection", "close");
	}
	if (j->req.method == HL_WEB_HEAD && status != 304) {
		snprintf(length, sizeof(length), "%zu", j->bytes.n);
		evhttp_add_header(out, "Content-Length", length);
	}
	if (!bare && j->bytes.n) {
		body = lend(j, done);
		status = body ? status : 500;
	}
	evhttp_send_reply(ev, status, hl_web_phrase(status), body);
	if (body) {
		evbuffer_free(body);
	} else {
		done(j);
	}
}
