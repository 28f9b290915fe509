/* SPDX-License-Identifier: Apache-2.0 */
/* The process that makes lists of addresses and answers those who block. */
#include "main/processes.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sodium.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/common.h"
#include "lists/service.h"
#include "main/listener.h"
#include "main/zones.h"
#include "proc/sandbox.h"
#include "publish/sweep.h"
#include "seal/key.h"

/* Links of the process, one a user. */
enum { LINK_PUBLISHER, LINK_SERVICE };
enum { IDLE_MS = 1000, WORKERS_MAX = 16, FILES_MS = 300000 };

struct life {
	struct hl_proc_self *self;
	const struct hl_main_hotline *hotline;
	char folder[HL_CLI_PATH_MAX];
	struct hl_lists_keys *keys;
	struct hl_lists_shelf shelf;
	struct hl_lists_app app;
	struct hl_lists_publisher *publisher;
	struct hl_store *own;
	struct hl_main_zones zones;
	pthread_t thread;
};

static unsigned cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > WORKERS_MAX ? WORKERS_MAX : (unsigned)n;
}

/* Without keys it has nothing to do, and must not die of it: an installation
 * from before there were lists. */
static int load_keys(struct life *l, struct hl_err *err)
{
	char dir[HL_CLI_PATH_MAX];
	int r = hl_cli_path(
		l->hotline->dir, l->hotline->settings->keys_dir, dir, err);

	l->keys = sodium_malloc(sizeof(*l->keys));
	if (!l->keys) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for keys");
	}
	if (!r) {
		r = hl_lists_keys_load(dir, l->keys, err);
	}
	if (r) {
		sodium_free(l->keys);
		l->keys = NULL;
	}
	return r;
}

static int open_link(
	struct life *l, int link, struct hl_store **out, struct hl_err *err)
{
	return hl_store_link(
		l->hotline->lists_links.client_ends[link], out, err);
}

static int prepare(struct life *l, struct hl_err *err)
{
	int r = open_link(l, LINK_PUBLISHER, &l->own, err);

	if (!r) {
		r = open_link(l, LINK_SERVICE, &l->app.store, err);
	}
	if (!r) {
		r = hl_lists_uses_new(&l->app.uses, err);
	}
	if (!r) {
		r = hl_lists_uses_load(
			l->app.uses, l->own, hl_time_now_us(), err);
	}
	if (r) {
		return r;
	}
	r = hl_main_zones_open(
		l->self, l->hotline, &l->keys->place, &l->zones, err);
	if (r) {
		return r;
	}
	l->app.shelf = &l->shelf;
	l->app.folder = l->folder;
	l->app.keys = l->keys;
	hl_lists_app_init(&l->app);
	const struct hl_lists_publisher_config config = {.folder = l->folder,
		.store = l->own,
		.keys = l->keys,
		.stage_minutes = l->hotline->settings->lists_stage_minutes,
		.shelf = &l->shelf,
		.uses = l->app.uses,
		.zones = l->zones.zones,
		.sweep = hl_publish_sweep};
	return hl_lists_publisher_new(&config, &l->publisher, err);
}

static void *publish(void *arg)
{
	struct life *l = arg;

	hl_lists_publisher_run(l->publisher, l->self->stop_fd, IDLE_MS);
	return NULL;
}

static int serve(struct life *l)
{
	struct hl_web_config config;

	hl_web_config_init(&config);
	config.listen_fd = l->hotline->lists_listen;
	config.handler = hl_lists_handle;
	config.error_page = hl_lists_error;
	config.app = &l->app;
	config.n_threads = cores() + 1;
	config.body_max_bytes = HL_LISTS_BODY_MAX;
	config.response_max_bytes = (size_t)256 << 20;
	config.write_ms = FILES_MS;
	config.binary = true;
	config.peer_header = ""; /* tokens are limited, not addresses */
	return hl_main_listen(l->self, &config);
}

static int live(struct life *l)
{
	struct hl_err err = {0};
	int status;

	if (prepare(l, &err) || hl_main_zones_start(&l->zones, &err)) {
		return hl_main_give_up("lists.start", &err);
	}
	if (l->hotline->lists_listen < 0) {
		hl_proc_ready(l->self);
		publish(l);
		return 0;
	}
	if (pthread_create(&l->thread, NULL, publish, l) != 0) {
		HL_FAIL(&err, HL_E_NOMEM, "no thread to publish by");
		return hl_main_give_up("lists.start", &err);
	}
	status = serve(l);
	if (!*l->self->stop) {
		/* the thread that publishes dies with the process */
		exit(status);
	}
	pthread_join(l->thread, NULL);
	hl_lists_app_fini(&l->app);
	return status;
}

static int wait_for_stop(struct hl_proc_self *self)
{
	hl_log(HL_LOG_WARN, "lists.keys",
		"there are no keys of lists: hotline list init makes them, "
		"then start the hotline again");
	hl_proc_ready(self);
	struct pollfd wait = {.fd = self->stop_fd, .events = POLLIN};
	while (poll(&wait, 1, -1) <= 0 && !*self->stop) {
		continue;
	}
	return 0;
}

int hl_main_lists(struct hl_proc_self *self, void *arg)
{
	struct hl_main_hotline *h = arg;
	struct life *l = calloc(1, sizeof(*l));
	struct hl_err err = {0};

	hl_log_init("lists", h->settings->log_level);
	if (!l || hl_cli_path(h->dir, HL_MAIN_LISTS, l->folder, &err)) {
		return hl_main_give_up("lists.start", &err);
	}
	l->self = self;
	l->hotline = h;
	int keys = load_keys(l, &err);
	if (keys && keys != HL_NOTFOUND) {
		return hl_main_give_up("lists.keys", &err);
	}
	const char *const write_paths[] = {l->folder, NULL};
	if (hl_main_shut_in(h, HL_PROC_LISTS, NULL, write_paths)) {
		return 1;
	}
	hl_lists_shelf_init(&l->shelf);
	int status = keys ? wait_for_stop(self) : live(l);
	hl_main_zones_close(&l->zones);
	hl_lists_publisher_free(l->publisher);
	hl_lists_shelf_fini(&l->shelf);
	hl_lists_uses_free(l->app.uses);
	hl_store_close(l->app.store);
	hl_store_close(l->own);
	sodium_free(l->keys);
	free(l);
	return status;
}
