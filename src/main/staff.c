/* SPDX-License-Identifier: Apache-2.0 */
/* The workbench's process: opens things with the keys of who is logged in. */
#include "main/processes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "cli/common.h"
#include "desk/desk.h"
#include "desk_lists/lists.h"
#include "lookup/near.h"
#include "main/listener.h"
#include "proc/sandbox.h"
#include "seal/listkey.h"

struct app {
	struct hl_desk_app desk; /* first: it is what handlers see */
	const struct hl_main_hotline *hotline;
	struct hl_seal_sign_key sign;
	struct hl_law *laws[HL_DESK_LAWS_MAX];
	struct hl_lookup_near *near;
	struct hl_desk_lists lists;
	struct hl_seal_list_commit commit;
	struct hl_popular *popular;
	char checkpoints[HL_CLI_PATH_MAX], match[HL_CLI_PATH_MAX];
};

static int thread_new(
	void *arg, size_t index, void **thread, struct hl_err *err)
{
	struct app *app = arg;
	struct hl_desk_thread *t = calloc(1, sizeof(*t));

	if (!t) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a thread");
	}
	int r = hl_main_link(&app->hotline->staff_links, index, &t->store, err);
	if (r) {
		free(t);
		return r;
	}
	*thread = t;
	return 0;
}

static void thread_free(void *app, void *thread)
{
	struct hl_desk_thread *t = thread;

	(void)app;
	hl_store_close(t->store);
	free(t);
}

static int load_law(struct app *app, const char *id, struct hl_err *err)
{
	const struct hl_main_hotline *h = app->hotline;
	HL_BUF_AUTO text = HL_BUF_INIT(HL_LAW_BYTES_MAX);
	char dir[HL_CLI_PATH_MAX], name[128], path[HL_CLI_PATH_MAX];
	size_t n = app->desk.n_laws;

	snprintf(name, sizeof(name), "%s.json", id);
	int r = hl_cli_path(h->dir, h->settings->laws_dir, dir, err);
	if (!r) {
		r = hl_cli_path(dir, name, path, err);
	}
	if (!r) {
		r = hl_file_read(path, &text, err);
	}
	if (r == HL_NOTFOUND) {
		return HL_FAIL(err, HL_E_INVALID,
			"there is no law profile %s; look at law.national and "
			"law.dir in hotline.conf",
			path);
	}
	if (!r) {
		r = hl_law_load(hl_buf_str(&text), name, &app->laws[n], err);
	}
	if (!r) {
		app->desk.laws[n] = app->laws[n];
		app->desk.n_laws = n + 1;
	}
	return r;
}

static int load_popular(struct app *app, struct hl_err *err)
{
	const struct hl_main_hotline *h = app->hotline;
	HL_BUF_AUTO more = HL_BUF_INIT(HL_POPULAR_BYTES_MAX);
	char path[HL_CLI_PATH_MAX];
	int r = 0;

	if (*h->settings->lists_popular_file) {
		r = hl_cli_path(
			h->dir, h->settings->lists_popular_file, path, err);
		if (!r) {
			r = hl_file_read(path, &more, err);
		}
	}
	if (r == HL_NOTFOUND) {
		return HL_FAIL(err, HL_E_INVALID,
			"there is no file %s; look at lists.popular_file in "
			"hotline.conf",
			path);
	}
	return r ? r
		 : hl_popular_new(hl_buf_str(&more), NULL, &app->popular, err);
}

/* The pages of lists. Without the publisher's key they say so. */
static int prepare_lists(struct app *app, const char *keys, struct hl_err *err)
{
	const struct hl_settings *s = app->hotline->settings;
	struct hl_publish_setup setup = {
		.canary_domain = hl_str_c(s->lists_canary_domain)};
	const struct hl_desk_lists_reach reach = {
		s->lists_url, s->lists_rpz_listen, s->lists_rpz_zone};
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(keys, HL_SEAL_LIST_COMMIT, path, err);

	if (!r) {
		r = hl_seal_list_commit_load(path, &app->commit, err);
		setup.commit = r ? NULL : &app->commit;
	}
	if (r == 0 || r == HL_NOTFOUND) {
		r = load_popular(app, err);
	}
	setup.popular = app->popular;
	hl_desk_lists_init(&app->lists, &setup, &reach);
	app->desk.extra = &app->lists.extra;
	return r;
}

/* What needs files is done before the sandbox shuts them away. */
static int prepare(struct app *app, struct hl_err *err)
{
	const struct hl_main_hotline *h = app->hotline;
	char dir[HL_CLI_PATH_MAX], path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(h->dir, h->settings->keys_dir, dir, err);

	if (!r) {
		r = hl_cli_path(dir, "sign.key", path, err);
	}
	if (!r) {
		r = hl_seal_sign_load(path, &app->sign, err);
	}
	if (!r) {
		r = prepare_lists(app, dir, err);
	}
	if (!r) {
		r = hl_cli_path(
			h->dir, HL_MAIN_CHECKPOINTS, app->checkpoints, err);
	}
	if (!r) {
		r = hl_cli_path(h->dir, HL_MAIN_MATCH, app->match, err);
	}
	if (!r) {
		r = hl_lookup_near_new(app->match, &app->near, err);
	}
	if (!r) {
		r = load_law(app, "baseline", err);
	}
	if (!r && *h->settings->law_national) {
		r = load_law(app, h->settings->law_national, err);
	}
	if (!r) {
		app->desk.near = hl_lookup_near_of(app->near);
	}
	app->desk.sign = &app->sign;
	app->desk.checkpoints_path = app->checkpoints;
	return r ? r : hl_desk_init(&app->desk, h->settings, err);
}

static int serve(struct hl_proc_self *self, struct app *app)
{
	const struct hl_main_hotline *h = app->hotline;
	struct hl_web_config config;

	hl_web_config_init(&config);
	config.listen_fd = h->staff_listen;
	config.handler = hl_desk_handle;
	config.error_page = hl_desk_error;
	config.app = app;
	config.thread_new = thread_new;
	config.thread_free = thread_free;
	config.n_threads = h->staff_links.n;
	config.arena_max_bytes = 64u << 20;
	config.response_max_bytes = 32u << 20;
	config.origin = h->settings->staff_url;
	config.secure = strncmp(h->settings->staff_url, "https:", 6) == 0;
	return hl_main_listen(self, &config);
}

int hl_main_staff(struct hl_proc_self *self, void *arg)
{
	struct hl_main_hotline *h = arg;
	struct app *app = calloc(1, sizeof(*app));
	struct hl_err err = {0};

	hl_log_init("staff", h->settings->log_level);
	if (!app) {
		return 1;
	}
	app->hotline = h;
	if (prepare(app, &err)) {
		return hl_main_give_up("staff.start", &err);
	}
	const char *const read_paths[] = {app->checkpoints, app->match, NULL};
	if (hl_main_shut_in(h, HL_PROC_STAFF, read_paths, NULL)) {
		return 1;
	}
	int status = serve(self, app);
	hl_desk_fini(&app->desk);
	hl_lookup_near_free(app->near);
	hl_seal_sign_wipe(&app->sign);
	hl_seal_list_commit_wipe(&app->commit);
	hl_popular_free(app->popular);
	for (size_t i = 0; i < app->desk.n_laws; i++) {
		hl_law_free(app->laws[i]);
	}
	free(app);
	return status;
}
