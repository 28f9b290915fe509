/* SPDX-License-Identifier: Apache-2.0 */
#include "main/asked.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "lookup/ask.h"
#include "lookup/service.h"
#include "main/listener.h"
#include "main/processes.h"
#include "media/pool.h"

#define WORKERS_MAX 16
#define FRAMES_MAX 900

struct life {
	struct hl_proc_self *self;
	const struct hl_main_asked *asked;
	struct hl_lookup_app app;
	pthread_t thread;
};

static unsigned cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > WORKERS_MAX ? WORKERS_MAX : (unsigned)n;
}

/* Both ends hold to the same: a worker's answer over it is none. */
static struct hl_media_setup setup_of(const struct hl_settings *s)
{
	return (struct hl_media_setup){.n_workers = cores(),
		.limits = {
			.bytes_max = HL_LOOKUP_PICTURE_MAX,
			.frames_max = FRAMES_MAX,
			.pixels_max =
				(uint64_t)s->api_picture_megapixels * 1000000,
			.memory_max = (uint64_t)s->api_picture_memory_mib << 20,
			.seconds_max = (uint32_t)s->api_picture_seconds,
		}};
}

static int open_media(struct life *l, struct hl_err *err)
{
	const struct hl_main_asked *a = l->asked;
	const struct hl_media_setup setup = setup_of(a->settings);

	if (a->media_fd < 0 || a->listen_fd < 0) {
		return 0;
	}
	l->app.n_pictures_most = 2 * (size_t)cores();
	return hl_media_pool_attach(&setup, a->media_fd, &l->app.media, err);
}

static int prepare(struct life *l, struct hl_err *err)
{
	int r = hl_lookup_shelf_new(&l->app.shelf, err);

	if (!r) {
		r = hl_lookup_ring_new(&l->app.ring, err);
	}
	if (!r) {
		const struct hl_lookup_follow_config config = {
			.folder = l->asked->folder,
			.source = l->asked->source,
			.shelf = l->app.shelf,
			.ring = l->app.ring};

		r = hl_lookup_follower_new(&config, &l->app.follower, err);
	}
	if (!r) {
		r = open_media(l, err);
	}
	l->app.feed = l->asked->feed;
	hl_lookup_app_init(&l->app);
	return r;
}

static void *follow(void *arg)
{
	struct life *l = arg;

	hl_lookup_follower_run(
		l->app.follower, l->self->stop_fd, l->asked->idle_ms, 0);
	return NULL;
}

static int serve(struct life *l)
{
	struct hl_web_config config;

	hl_web_config_init(&config);
	config.listen_fd = l->asked->listen_fd;
	config.handler = hl_lookup_handle;
	config.error_page = hl_lookup_error;
	config.app = &l->app;
	config.thread_new = hl_lookup_thread_new;
	config.thread_free = hl_lookup_thread_free;
	config.n_threads = cores() + l->app.n_pictures_most;
	config.body_max_bytes =
		l->app.media ? HL_LOOKUP_PICTURE_MAX : HL_LOOKUP_BODY_MAX;
	config.arena_max_bytes = (size_t)160 << 20;
	config.response_max_bytes = (size_t)128 << 20;
	config.binary = true;
	config.n_large = 2 * l->app.n_pictures_most;
	config.peer_header = ""; /* keys are limited, not addresses */
	return hl_main_listen(l->self, &config);
}

static int live(struct life *l)
{
	struct hl_err err = {0};
	int status = 0;

	if (prepare(l, &err)) {
		return hl_main_give_up("match.start", &err);
	}
	if (l->asked->listen_fd < 0) {
		hl_proc_ready(l->self);
		follow(l);
		return 0;
	}
	if (pthread_create(&l->thread, NULL, follow, l) != 0) {
		HL_FAIL(&err, HL_E_NOMEM, "no thread to follow by");
		return hl_main_give_up("match.start", &err);
	}
	status = serve(l);
	if (!*l->self->stop) {
		/* the thread that follows dies with the process */
		exit(status);
	}
	pthread_join(l->thread, NULL);
	return status;
}

int hl_main_be_asked(
	struct hl_proc_self *self, const struct hl_main_asked *asked)
{
	struct life *l = calloc(1, sizeof(*l));

	if (!l) {
		return 1;
	}
	l->self = self;
	l->asked = asked;
	int status = live(l);
	hl_lookup_follower_free(l->app.follower);
	hl_lookup_shelf_free(l->app.shelf);
	hl_lookup_ring_free(l->app.ring);
	hl_media_pool_free(l->app.media);
	hl_lookup_app_fini(&l->app);
	free(l);
	return status;
}

int hl_main_decode(struct hl_proc_self *self, int control,
	const struct hl_settings *settings, const char *user)
{
	struct hl_media_setup setup = setup_of(settings);
	struct hl_err err = {0};

	setup.user = user;
	hl_proc_ready(self);
	int r = hl_media_zygote_run(&setup, control, self->stop, &err);
	return r ? hl_main_give_up("media.run", &err) : 0;
}
