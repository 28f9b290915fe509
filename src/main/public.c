/* SPDX-License-Identifier: Apache-2.0 */
/* The process that faces the world: it can seal and cannot open. */
#include "main/processes.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "main/listener.h"
#include "proc/sandbox.h"
#include "site/site.h"

struct app {
	struct hl_site_app site; /* first: it is what handlers see */
	const struct hl_main_hotline *hotline;
};

static int thread_new(
	void *arg, size_t index, void **thread, struct hl_err *err)
{
	struct app *app = arg;
	struct hl_site_thread *t = calloc(1, sizeof(*t));

	if (!t) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a thread");
	}
	int r = hl_main_link(
		&app->hotline->public_links, index, &t->store, err);
	if (r) {
		free(t);
		return r;
	}
	*thread = t;
	return 0;
}

static void thread_free(void *app, void *thread)
{
	struct hl_site_thread *t = thread;

	(void)app;
	hl_store_close(t->store);
	free(t);
}

/* Without a header everybody behind a proxy would be one person. */
static const char *peer_header(const struct hl_settings *s, bool proxy)
{
	return *s->public_peer_header || proxy ? s->public_peer_header : NULL;
}

int hl_main_public(struct hl_proc_self *self, void *arg)
{
	struct hl_main_hotline *h = arg;
	struct app app = {.hotline = h};
	struct hl_err err = {0};
	struct hl_web_config config;

	hl_log_init("public", h->settings->log_level);
	if (hl_main_shut_in(h, HL_PROC_PUBLIC, NULL, NULL)) {
		return 1;
	}
	if (hl_site_init(&app.site, h->settings, false, &err)) {
		return hl_main_give_up("public.start", &err);
	}
	hl_web_config_init(&config);
	config.listen_fd = h->public_listen;
	config.handler = hl_site_handle;
	config.error_page = hl_site_error;
	config.app = &app;
	config.thread_new = thread_new;
	config.thread_free = thread_free;
	config.n_threads = h->public_links.n;
	config.secure = strncmp(h->settings->public_url, "https:", 6) == 0;
	config.origin = h->settings->public_url;
	config.peer_header = peer_header(h->settings, config.secure);
	int status = hl_main_listen(self, &config);
	hl_site_fini(&app.site);
	return status;
}
