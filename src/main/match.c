/* SPDX-License-Identifier: Apache-2.0 */
/* The process that keeps the index of known hashes and answers programs. */
#include "main/processes.h"

#include <sodium.h>

#include "base/log.h"
#include "cli/common.h"
#include "lookup/registry.h"
#include "main/asked.h"
#include "proc/sandbox.h"

#define IDLE_MS 250

struct app {
	const struct hl_main_hotline *hotline;
	char folder[HL_CLI_PATH_MAX], registry[HL_LOOKUP_REGISTRY_TEXT];
	/* what it follows, and what replicas ask for: a link each */
	struct hl_lookup_registry own, handed_on;
};

bool hl_main_decodes(const struct hl_main_hotline *h)
{
	return h->api_listen >= 0 && h->settings->api_pictures;
}

static int open_source(
	struct app *app, size_t link, struct hl_lookup_registry *out)
{
	const struct hl_main_hotline *h = app->hotline;
	struct hl_err err = {0};
	int r = hl_store_link(
		h->match_links.client_ends[link], &out->store, &err);

	out->registry = app->registry;
	out->owner = h->settings->operator_name;
	hl_lookup_registry_init(out);
	return r ? hl_main_give_up("match.link", &err) : 0;
}

static int answer(struct hl_proc_self *self, struct app *app)
{
	const struct hl_main_hotline *h = app->hotline;
	const struct hl_main_asked asked = {.folder = app->folder,
		.source = &app->own.source,
		.feed = &app->handed_on.source,
		.listen_fd = h->api_listen,
		.media_fd = hl_main_decodes(h) ? h->media_ends[0] : -1,
		.settings = h->settings,
		.idle_ms = IDLE_MS};
	int status = open_source(app, 0, &app->own);

	if (!status) {
		status = open_source(app, 1, &app->handed_on);
	}
	if (!status) {
		status = hl_main_be_asked(self, &asked);
	}
	hl_store_close(app->own.store);
	hl_store_close(app->handed_on.store);
	return status;
}

int hl_main_match(struct hl_proc_self *self, void *arg)
{
	struct hl_main_hotline *h = arg;
	struct app app = {.hotline = h};
	struct hl_err err = {0};

	hl_log_init("match", h->settings->log_level);
	if (hl_cli_path(h->dir, HL_MAIN_MATCH, app.folder, &err)) {
		return hl_main_give_up("match.start", &err);
	}
	const char *const write_paths[] = {app.folder, NULL};
	if (hl_main_shut_in(h, HL_PROC_MATCH, NULL, write_paths)) {
		return 1;
	}
	if (hl_lookup_registry_id(app.folder, app.registry, &err)) {
		return hl_main_give_up("match.start", &err);
	}
	return answer(self, &app);
}

int hl_main_media(struct hl_proc_self *self, void *arg)
{
	struct hl_main_hotline *h = arg;

	hl_log_init("media", h->settings->log_level);
	return hl_main_decode(self, h->media_ends[1], h->settings, h->user);
}
