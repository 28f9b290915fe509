/* SPDX-License-Identifier: Apache-2.0 */
/* The process that goes out: mail, traces, checks, deadlines. */
#include "main/processes.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/log.h"
#include "cli/common.h"
#include "jobs/jobs.h"
#include "net/fetch.h"
#include "proc/sandbox.h"
#include "seal/keyfile.h"

#define MAX_PATHS 16
#define PASSWORD_MAX 1024

struct worker {
	const struct hl_main_hotline *hotline;
	struct hl_jobs jobs;
	struct hl_seal_pub pub;
	struct hl_seal_secret *secret;
	struct hl_seal_sign_key sign;
	struct hl_trace_setup *trace;
	struct hl_buf password;
	char checkpoints[HL_CLI_PATH_MAX], folder[HL_CLI_PATH_MAX],
		ca_file[HL_CLI_PATH_MAX], rdap_ca[HL_CLI_PATH_MAX];
};

static int load_keys(struct worker *w, struct hl_err *err)
{
	const struct hl_main_hotline *h = w->hotline;
	char dir[HL_CLI_PATH_MAX], path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(h->dir, h->settings->keys_dir, dir, err);

	w->secret = hl_seal_secret_new();
	if (!w->secret) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a key");
	}
	if (!r) {
		r = hl_cli_path(dir, "worker.key", path, err);
	}
	if (!r) {
		r = hl_seal_worker_load(path, &w->pub, w->secret, err);
	}
	if (!r) {
		r = hl_cli_path(dir, "sign.key", path, err);
	}
	return r ? r : hl_seal_sign_load(path, &w->sign, err);
}

static int load_password(struct worker *w, struct hl_err *err)
{
	const struct hl_main_hotline *h = w->hotline;
	const char *file = h->settings->mail_smtp_password_file;
	char path[HL_CLI_PATH_MAX];

	w->password = HL_BUF_SECRET(PASSWORD_MAX);
	if (!*file) {
		return 0;
	}
	int r = hl_cli_path(h->dir, file, path, err);
	if (!r) {
		r = hl_file_read(path, &w->password, err);
	}
	if (r == HL_NOTFOUND) {
		return HL_FAIL(err, HL_E_INVALID,
			"there is no %s; look at mail.smtp.password_file",
			path);
	}
	while (w->password.n &&
		(w->password.p[w->password.n - 1] == '\n' ||
			w->password.p[w->password.n - 1] == '\r')) {
		w->password.p[--w->password.n] = '\0';
	}
	return r;
}

static int set_transport(struct worker *w, struct hl_err *err)
{
	const struct hl_settings *s = w->hotline->settings;
	int r = load_password(w, err);

	if (!r) {
		r = hl_cli_path(
			w->hotline->dir, s->mail_folder, w->folder, err);
	}
	if (!r && *s->mail_smtp_ca_file) {
		r = hl_cli_path(
			w->hotline->dir, s->mail_smtp_ca_file, w->ca_file, err);
	}
	w->jobs.transport =
		(struct hl_referral_transport){.via = s->mail_transport,
			.production = s->mail_production,
			.folder = w->folder,
			.url = s->mail_smtp_url,
			.user = s->mail_smtp_user,
			.password = w->password.p,
			.ca_file = w->ca_file};
	return r;
}

static int open_links(struct worker *w, struct hl_err *err)
{
	const struct hl_proc_links *links = &w->hotline->worker_links;
	int r = 0;

	for (size_t i = 0; i < HL_JOBS_LINKS && !r; i++) {
		r = hl_store_link(
			links->client_ends[i], &w->jobs.stores[i], err);
	}
	return r;
}

static int prepare(struct worker *w, struct hl_err *err)
{
	const struct hl_main_hotline *h = w->hotline;
	int r = load_keys(w, err);

	if (!r) {
		r = hl_cli_path(
			h->dir, HL_MAIN_CHECKPOINTS, w->checkpoints, err);
	}
	if (!r) {
		r = set_transport(w, err);
	}
	if (!r && *h->settings->trace_rdap_ca_file) {
		r = hl_cli_path(h->dir, h->settings->trace_rdap_ca_file,
			w->rdap_ca, err);
	}
	if (!r) {
		r = hl_trace_setup_new(h->settings, h->dir, &w->trace, err);
	}
	if (!r) {
		r = open_links(w, err);
	}
	w->jobs.settings = h->settings;
	w->jobs.pub = &w->pub;
	w->jobs.secret = w->secret;
	w->jobs.sign = &w->sign;
	w->jobs.checkpoints_path = w->checkpoints;
	w->jobs.trace = w->trace;
	return r;
}

static bool via_folder(const struct worker *w)
{
	return w->hotline->settings->mail_transport == HL_MAIL_FOLDER;
}

/* It writes checkpoints and a mail folder, and reads what the resolver and
 * TLS need. The keys have been read: neither they nor the store nor the
 * configuration are in reach from here on. */
static int shut_in(const struct worker *w)
{
	const char *read_paths[MAX_PATHS] = {NULL};
	const char *const *net = hl_net_read_paths();
	const char *const write_paths[] = {
		w->checkpoints, via_folder(w) ? w->folder : NULL, NULL};
	size_t n = 0;

	while (net[n] && n < MAX_PATHS - 3) {
		read_paths[n] = net[n];
		n++;
	}
	if (*w->ca_file) {
		read_paths[n++] = w->ca_file;
	}
	if (*w->rdap_ca) {
		read_paths[n++] = w->rdap_ca;
	}
	return hl_main_shut_in(
		w->hotline, HL_PROC_WORKER, read_paths, write_paths);
}

static void clean_up(struct worker *w)
{
	for (size_t i = 0; i < HL_JOBS_LINKS; i++) {
		hl_store_close(w->jobs.stores[i]);
	}
	hl_trace_setup_free(w->trace);
	hl_seal_secret_free(w->secret);
	hl_seal_sign_wipe(&w->sign);
	hl_buf_fini(&w->password);
	free(w);
}

int hl_main_worker(struct hl_proc_self *self, void *arg)
{
	struct hl_main_hotline *h = arg;
	struct worker *w = calloc(1, sizeof(*w));
	struct hl_err err = {0};

	hl_log_init("worker", h->settings->log_level);
	if (!w) {
		return 1;
	}
	w->hotline = h;
	if (prepare(w, &err)) {
		return hl_main_give_up("worker.start", &err);
	}
	if (shut_in(w)) {
		return 1;
	}
	hl_proc_ready(self);
	int r = hl_jobs_run(&w->jobs, self->stop_fd, &err);
	clean_up(w);
	return r ? hl_main_give_up("worker.run", &err) : 0;
}
