/* SPDX-License-Identifier: Apache-2.0 */
#include "web/server.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "web/conn.h"
#include "web/encode.h"
#include "web/job.h"
#include "web/language.h"
#include "web/pool.h"
#include "web/refuse.h"
#include "web/tr.h"

/*
 * The loop's thread owns everything of libevent's. A complete request
 * becomes a job; a pool thread runs the handler and encodes the answer; the
 * job comes back through a list under a lock and an eventfd; the loop sends
 * it. When the queue is full the loop answers 503 by itself.
 */
struct hl_web_server {
	struct hl_web_config config;
	struct event_base *base;
	struct evhttp *http;
	struct evhttp_bound_socket *bound;
	struct hl_web_conns *conns;
	struct hl_web_pool *pool;
	struct hl_web_salt *salt;
	void **threads;
	size_t n_threads; /* made */
	struct hl_web_job *spare;
	/* read by any thread, written by the loop's */
	_Atomic uint64_t n_requests, n_busy, n_faults;
	_Atomic size_t n_running;
	int back_fd, stop_fd;
	struct event *back_event, *stop_event, *grace_event;
	bool stopping;
	pthread_mutex_t lock;
	struct hl_web_job *back; /* worked off, newest first */
};

void hl_web_config_init(struct hl_web_config *c)
{
	*c = (struct hl_web_config){
		.listen_fd = -1,
		.n_threads = 4,
		.n_queue = 256,
		.n_connections = 1024,
		.head_max_bytes = 16384,
		.body_max_bytes = 262144,
		.arena_max_bytes = 8u << 20,
		.response_max_bytes = 8u << 20,
		.head_ms = 10000,
		.body_ms = 30000,
		.idle_ms = 30000,
		.write_ms = 30000,
		.grace_ms = 10000,
	};
}

static void poke(int fd)
{
	const uint64_t one = 1;
	ssize_t n = write(fd, &one, sizeof(one));

	(void)n; /* a full counter has poked already */
}

static void unpoke(int fd)
{
	uint64_t n;
	ssize_t r = read(fd, &n, sizeof(n));

	(void)r;
}

/* -- on a pool thread -- */

static void work(void *arg, size_t thread, void *job)
{
	struct hl_web_server *s = arg;
	struct hl_web_job *j = job;
	struct hl_web_ctx ctx = {
		.app = s->config.app,
		.thread = s->threads[thread],
		.error_page = s->config.error_page,
		.arena = j->arena,
		.now_us = hl_time_now_us(),
	};

	ctx.language = hl_web_language_pick(s->config.languages, &j->req);
	hl_web_tr_bind(ctx.language->catalogue);
	hl_web_handle(s->config.handler, &ctx, &j->req, &j->resp);
	hl_web_encode(&j->req, &j->resp, &j->bytes);
	pthread_mutex_lock(&s->lock);
	bool first = s->back == NULL;
	j->next = s->back;
	s->back = j;
	pthread_mutex_unlock(&s->lock);
	if (first) {
		poke(s->back_fd);
	}
}

/* -- on the loop's thread -- */

static struct hl_web_job *take_job(struct hl_web_server *s)
{
	struct hl_web_job *j = s->spare;

	if (j) {
		s->spare = j->next;
		j->next = NULL;
		return j;
	}
	j = hl_web_job_new(&s->config);
	if (j) {
		j->owner = s;
	}
	return j;
}

static void spare_job(struct hl_web_job *j)
{
	struct hl_web_server *s = j->owner;

	hl_web_job_reset(j);
	j->next = s->spare;
	s->spare = j;
}

static void end_if_done(struct hl_web_server *s)
{
	if (s->stopping && s->n_running == 0 &&
		hl_web_conns_count(s->conns) == 0) {
		event_base_loopbreak(s->base);
	}
}

static void on_sent(struct evhttp_request *ev, void *arg)
{
	struct hl_web_server *s = arg;

	hl_web_conns_sent(s->conns, ev);
}

static void send_job(struct hl_web_server *s, struct hl_web_job *j)
{
	s->n_requests++;
	s->n_faults += j->resp.status == 500;
	evhttp_request_set_on_complete_cb(j->ev, on_sent, s);
	hl_web_conns_sending(s->conns, j->ev);
	hl_web_job_send(j, &s->config, s->stopping, spare_job);
}

/* An answer without the pool. */
static void refuse(struct hl_web_server *s, struct hl_web_job *j, int status)
{
	struct hl_web_ctx ctx = {.app = s->config.app,
		.error_page = s->config.error_page,
		.arena = j->arena,
		.now_us = hl_time_now_us()};

	ctx.language = hl_web_language_pick(s->config.languages, &j->req);
	hl_web_tr_bind(ctx.language->catalogue);
	hl_web_error(&ctx, &j->req, &j->resp, status);
	hl_web_encode(&j->req, &j->resp, &j->bytes);
	send_job(s, j);
}

static void on_request(struct evhttp_request *ev, void *arg)
{
	struct hl_web_server *s = arg;
	bool guarded = hl_web_conns_busy(s->conns, ev);
	struct hl_web_job *j = guarded ? take_job(s) : NULL;

	if (!j) {
		evhttp_add_header(evhttp_request_get_output_headers(ev),
			"Connection", "close");
		evhttp_send_reply(ev, 503, hl_web_phrase(503), NULL);
		return;
	}
	if (hl_web_job_fill(j, ev, &s->config, s->salt)) {
		refuse(s, j, 500);
		return;
	}
	s->n_running++;
	if (!hl_web_pool_put(s->pool, j)) {
		s->n_running--;
		s->n_busy++;
		refuse(s, j, 503);
	}
}

static struct hl_web_job *take_back(struct hl_web_server *s)
{
	struct hl_web_job *newest, *oldest = NULL;

	pthread_mutex_lock(&s->lock);
	newest = s->back;
	s->back = NULL;
	pthread_mutex_unlock(&s->lock);
	while (newest) {
		struct hl_web_job *next = newest->next;

		newest->next = oldest;
		oldest = newest;
		newest = next;
	}
	return oldest;
}

static void on_back(int fd, short what, void *arg)
{
	struct hl_web_server *s = arg;
	struct hl_web_job *j;

	(void)what;
	unpoke(fd);
	j = take_back(s);
	while (j) {
		struct hl_web_job *next = j->next;

		s->n_running--;
		j->next = NULL;
		send_job(s, j);
		j = next;
	}
	end_if_done(s);
}

/* While stopping: look again until the last connection has gone. */
static void on_grace(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	end_if_done(arg);
}

static void on_stop(int fd, short what, void *arg)
{
	static const struct timeval again = {.tv_usec = 20000};
	struct hl_web_server *s = arg;
	struct timeval grace = {.tv_sec = s->config.grace_ms / 1000,
		.tv_usec = s->config.grace_ms % 1000 * 1000};

	(void)what;
	unpoke(fd);
	if (s->stopping) {
		return;
	}
	s->stopping = true;
	hl_web_conns_set_listener(s->conns, NULL);
	evhttp_del_accept_socket(s->http, s->bound);
	s->bound = NULL;
	hl_web_conns_stop(s->conns);
	event_base_loopexit(s->base, &grace);
	event_add(s->grace_event, &again);
	end_if_done(s);
}

/* A client that has gone is an error of write(2), not a signal. */
static void block_sigpipe(void)
{
	sigset_t pipe;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, NULL);
}

int hl_web_server_run(struct hl_web_server *s, struct hl_err *err)
{
	block_sigpipe();
	if (event_base_dispatch(s->base) < 0) {
		return HL_FAIL(err, HL_E_INTERNAL, "the event loop failed");
	}
	return 0;
}

void hl_web_server_stop(struct hl_web_server *s)
{
	poke(s->stop_fd);
}

void hl_web_server_counts(
	const struct hl_web_server *s, struct hl_web_counts *out)
{
	*out = (struct hl_web_counts){
		.n_requests = s->n_requests,
		.n_busy = s->n_busy,
		.n_faults = s->n_faults,
		.n_running = s->n_running,
		.n_connections = hl_web_conns_count(s->conns),
	};
}

static void refuse_early(
	void *arg, int status, struct hl_str path, struct hl_buf *out)
{
	const struct hl_web_server *s = arg;

	hl_web_refuse(&s->config, status, path, out);
}

/* -- making and freeing -- */

static int make_http(struct hl_web_server *s, struct hl_err *err)
{
	const struct hl_web_config *c = &s->config;

	s->http = evhttp_new(s->base);
	if (!s->http) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a server");
	}
	/* The guard is stricter; these only must not be in its way. */
	evhttp_set_max_headers_size(s->http, (ev_ssize_t)c->head_max_bytes * 2);
	evhttp_set_max_body_size(s->http, (ev_ssize_t)c->body_max_bytes + 1);
	evhttp_set_allowed_methods(
		s->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
				 EVHTTP_REQ_PUT | EVHTTP_REQ_PATCH |
				 EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS);
	evhttp_set_default_content_type(s->http, NULL);
	evhttp_set_gencb(s->http, on_request, s);
	const struct hl_web_conn_limits limits = {
		.head_max_bytes = c->head_max_bytes,
		.body_max_bytes = c->body_max_bytes,
		.n_max = c->n_connections,
		.n_large_max = c->n_large,
		.binary = c->binary,
		.head_ms = c->head_ms,
		.body_ms = c->body_ms,
		.idle_ms = c->idle_ms,
		.write_ms = c->write_ms,
		.refuse = refuse_early,
		.refuse_arg = s,
	};
	int r = hl_web_conns_new(&limits, s->base, s->http, &s->conns, err);
	if (r) {
		return r;
	}
	s->bound = evhttp_accept_socket_with_handle(s->http, c->listen_fd);
	if (!s->bound) {
		return HL_FAIL(err, HL_E_IO, "cannot accept connections");
	}
	s->config.listen_fd = -1;
	hl_web_conns_set_listener(
		s->conns, evhttp_bound_socket_get_listener(s->bound));
	return 0;
}

static int make_base(struct hl_web_server *s, struct hl_err *err)
{
	struct event_config *cfg = event_config_new();

	if (cfg) {
		/* One thread only ever calls it. */
		event_config_set_flag(cfg, EVENT_BASE_FLAG_NOLOCK);
		s->base = event_base_new_with_config(cfg);
		event_config_free(cfg);
	}
	s->back_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (!s->base || s->back_fd < 0 || s->stop_fd < 0) {
		return HL_FAIL_SYS(err, "cannot make an event loop");
	}
	s->back_event = event_new(
		s->base, s->back_fd, EV_READ | EV_PERSIST, on_back, s);
	s->stop_event = event_new(
		s->base, s->stop_fd, EV_READ | EV_PERSIST, on_stop, s);
	s->grace_event = event_new(s->base, -1, EV_PERSIST, on_grace, s);
	if (!s->back_event || !s->stop_event || !s->grace_event ||
		event_add(s->back_event, NULL) ||
		event_add(s->stop_event, NULL)) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for events");
	}
	return 0;
}

static int make_threads(struct hl_web_server *s, struct hl_err *err)
{
	const struct hl_web_config *c = &s->config;

	s->threads = calloc(c->n_threads, sizeof(*s->threads));
	if (!s->threads) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for threads");
	}
	while (c->thread_new && s->n_threads < c->n_threads) {
		int r = c->thread_new(
			c->app, s->n_threads, &s->threads[s->n_threads], err);
		if (r) {
			return r;
		}
		s->n_threads++;
	}
	return hl_web_pool_new(
		c->n_threads, c->n_queue, work, s, &s->pool, err);
}

int hl_web_server_new(const struct hl_web_config *config,
	struct hl_web_server **out, struct hl_err *err)
{
	struct hl_web_server *s = calloc(1, sizeof(*s));
	int r;

	if (!s) {
		close(config->listen_fd);
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a server");
	}
	s->config = *config;
	s->back_fd = -1;
	s->stop_fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	r = hl_web_salt_new(&s->salt, err);
	if (!r) {
		r = make_base(s, err);
	}
	if (!r) {
		r = make_http(s, err);
	}
	if (!r) {
		r = make_threads(s, err);
	}
	if (r) {
		hl_web_server_free(s);
		return r;
	}
	*out = s;
	return 0;
}

static void free_event(struct event *e)
{
	if (e) {
		event_free(e);
	}
}

static void free_jobs(struct hl_web_job *list)
{
	while (list) {
		struct hl_web_job *next = list->next;

		hl_web_job_free(list);
		list = next;
	}
}

/* The pool first, so that no job is worked on; then evhttp with its
 * connections; then the loop, which gives back what was lent to them; then
 * the jobs. */
void hl_web_server_free(struct hl_web_server *s)
{
	if (!s) {
		return;
	}
	hl_web_pool_free(s->pool);
	if (s->conns) {
		hl_web_conns_set_listener(s->conns, NULL);
	}
	if (s->http) {
		evhttp_free(s->http);
	}
	hl_web_conns_free(s->conns);
	free_event(s->back_event);
	free_event(s->stop_event);
	free_event(s->grace_event);
	if (s->base) {
		event_base_free(s->base);
	}
	free_jobs(take_back(s));
	free_jobs(s->spare);
	hl_file_closep(&s->back_fd);
	hl_file_closep(&s->stop_fd);
	hl_file_closep(&s->config.listen_fd);
	for (size_t i = 0; i < s->n_threads && s->config.thread_free; i++) {
		s->config.thread_free(s->config.app, s->threads[i]);
	}
	free(s->threads);
	hl_web_salt_free(s->salt);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
