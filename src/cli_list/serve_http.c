/* SPDX-License-Identifier: Apache-2.0 */
/* hotline list serve-http */
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "cli_list/commands.h"
#include "cli_list/serve.h"
#include "consume/http.h"
#include "web/server.h"

static const char help[] =
	"usage: hotline list serve-http\n" HL_LIST_SERVE_USAGE "\n"
	"Answers over HTTP: GET /check with the address in X-Original-URL "
	"(204, or\n"
	"403 with X-Hotline-Entry) for nginx's auth_request and HAProxy, POST\n"
	"/v1/check with a JSON list for search engines, GET /stop?entry=E-… "
	"the\n"
	"stop page. For loopback or a network of your own: it asks for no "
	"key.\n"
	"\n" HL_LIST_SERVE_HELP;

/* Threads for what is sure while others wait for what is confirmed. */
#define THREADS_KEPT 8
/* Of those, however many threads the pool has. */
#define WAITING_MOST 512

struct stopper {
	int stop_fd;
	struct hl_web_server *server;
};

static void *wait_for_stop(void *arg)
{
	struct stopper *s = arg;
	struct pollfd p = {.fd = s->stop_fd, .events = POLLIN};

	while (poll(&p, 1, -1) <= 0) {
		continue;
	}
	hl_web_server_stop(s->server);
	return NULL;
}

static size_t threads(const struct hl_list_service *s)
{
	size_t n = 8 * (s->n_threads ? s->n_threads : 16);

	return THREADS_KEPT + (n < WAITING_MOST ? n : WAITING_MOST);
}

static int listen_on(struct hl_list_service *s, struct hl_consume_http *app,
	struct hl_web_server **out, struct hl_err *err)
{
	struct hl_web_config config;

	hl_web_config_init(&config);
	config.listen_fd = dup(s->listen_fd); /* the server closes it */
	config.handler = hl_consume_http_handle;
	config.error_page = hl_consume_http_error;
	config.app = app;
	config.n_threads = threads(s);
	if (s->n_connections) {
		config.n_connections = s->n_connections;
	}
	config.head_max_bytes = 32768;
	config.body_max_bytes = HL_CONSUME_HTTP_BODY_MAX;
	config.arena_max_bytes = (size_t)32 << 20;
	config.n_large = 16;
	config.peer_header = "X-Real-IP";
	return hl_web_server_new(&config, out, err);
}

static int serve(struct hl_list_service *s, struct hl_proc_self *self,
	struct hl_err *err)
{
	struct hl_consume_http app = {.consume = &s->source.consume,
		.pool = s->pool,
		.stop = &s->stop,
		.n_waiting_most = threads(s) - THREADS_KEPT};
	struct stopper stopper = {.stop_fd = self->stop_fd};
	pthread_t thread;
	int r = listen_on(s, &app, &stopper.server, err);

	if (r) {
		return r;
	}
	if (pthread_create(&thread, NULL, wait_for_stop, &stopper) != 0) {
		hl_web_server_free(stopper.server);
		return HL_FAIL(err, HL_E_NOMEM, "no thread to stop by");
	}
	hl_proc_ready(self);
	r = hl_web_server_run(stopper.server, err);
	if (r) {
		_exit(1); /* the waiting thread dies with the process */
	}
	pthread_join(thread, NULL);
	hl_web_server_free(stopper.server);
	return 0;
}

int hl_cli_list_serve_http(int argc, char **argv)
{
	struct hl_list_service s = {
		.verb = "serve-http", .help = help, .serve = serve};

	return hl_list_serve(&s, argc, argv);
}
