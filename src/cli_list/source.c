/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_list/source.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/common.h"
#include "cli_list/scout.h"
#include "proc/sandbox.h"

#define PATHS_MAX 20

bool hl_list_source_take(
	struct hl_list_source *s, const char *verb, int *argc, char **argv)
{
	s->hup_fd = -1;
	s->file = hl_cli_option(argc, argv, "--file");
	s->list = hl_cli_option(argc, argv, "--list");
	s->user = hl_cli_option(argc, argv, "--user");
	if (!s->file != !s->list && *(s->file ? s->file : s->list)) {
		return true;
	}
	fprintf(stderr,
		"hotline list %s: which list? --list FOLDER or --file LIST\n",
		verb);
	return false;
}

bool hl_list_threads_take(
	const char *verb, int *argc, char **argv, size_t *n_threads)
{
	const char *text = hl_cli_option(argc, argv, "--threads");
	int64_t n = 0;

	*n_threads = 0;
	if (!text) {
		return true;
	}
	if (!hl_str_to_i64(hl_str_c(text), &n) || n < 1 || n > 256) {
		fprintf(stderr,
			"hotline list %s: --threads is a number from 1 to "
			"256\n",
			verb);
		return false;
	}
	*n_threads = (size_t)n;
	return true;
}

/* ---- A list that is followed ------------------------------------------ */

static int open_hits(struct hl_list_source *s, struct hl_err *err)
{
	char path[PATH_MAX];
	int r = hl_consume_setup_path(
		s->folder, HL_CONSUME_SETUP_HITS, path, err);

	return r ? r : hl_consume_hits_new(path, &s->hits, err);
}

static int tell(struct hl_list_source *s, struct hl_consume_keep_config *out,
	struct hl_err *err)
{
	int r = hl_consume_setup_path(s->folder[0] ? s->folder : s->list,
		HL_CONSUME_SETUP_LIST, s->path, err);

	out->folder = s->path;
	out->remote = (struct hl_consume_remote_config){.url = s->setup.url,
		.token = hl_buf_str(&s->token),
		.ca_file = s->setup.ca_file,
		.stop_fd = -1};
	return r;
}

int hl_list_keep_open(
	struct hl_list_source *s, unsigned n_connections, struct hl_err *err)
{
	struct hl_consume_keep_config config = {
		.hits = s->hits, .n_connections = n_connections};

	s->token = HL_BUF_SECRET(HL_LIST_TOKEN_MAX);
	int r = hl_list_settle(s->list, &s->setup, &s->token, err);
	if (!r) {
		r = tell(s, &config, err);
	}
	return r ? r : hl_consume_keep_new(&config, &s->keep, err);
}

static int find(
	void *arg, struct hl_consume_keep_config *out, struct hl_err *err)
{
	struct hl_list_source *s = arg;

	if (!s->found) {
		int r = s->scout_fd > 0 ? hl_list_scout_hear(s->scout_fd,
						  &s->setup, &s->token, err)
					: hl_list_settle(s->folder, &s->setup,
						  &s->token, err);
		if (r) {
			return r;
		}
		s->found = true;
	}
	return tell(s, out, err);
}

/* Absolute, whether it is there or not. */
static int find_folder(struct hl_list_source *s, struct hl_err *err)
{
	char here[PATH_MAX];

	if (realpath(s->list, s->folder)) {
		return 0;
	}
	if (s->list[0] != '/' && !getcwd(here, sizeof(here))) {
		return HL_FAIL_SYS(err, "find the folder %s", s->list);
	}
	return s->list[0] == '/'
		       ? hl_consume_setup_path("", s->list + 1, s->folder, err)
		       : hl_consume_setup_path(here, s->list, s->folder, err);
}

static int open_list(struct hl_list_source *s, struct hl_err *err)
{
	int r = find_folder(s, err);

	s->token = HL_BUF_SECRET(HL_LIST_TOKEN_MAX);
	if (!r) {
		r = open_hits(s, err);
	}
	if (!r) {
		const struct hl_consume_keep_config config = {
			.find = find, .arg = s, .hits = s->hits};

		r = hl_consume_keep_new(&config, &s->keep, err);
	}
	if (!r) {
		s->consume.judge = hl_consume_keep_judge(s->keep);
		s->consume.count = hl_consume_hits_count(s->hits);
	}
	return r;
}

/* The folder, or what it will be in. Not the root of all: from there on it
 * cannot be read, and whoever runs this starts it again. */
static const char *nearest(const char *folder, char out[PATH_MAX])
{
	char *slash;

	snprintf(out, PATH_MAX, "%s", folder);
	while (access(out, F_OK) < 0 && (slash = strrchr(out, '/')) != NULL) {
		*slash = '\0';
	}
	return *out ? out : NULL;
}

/* It connects to its hotline and reads the list. */
static int shut_in_list(struct hl_list_source *s, struct hl_err *err)
{
	const char *const *net = hl_consume_remote_paths();
	const char *paths[PATHS_MAX] = {NULL};
	char folder[PATH_MAX];
	const struct hl_proc_sandbox box = {
		.kind = HL_PROC_REPLICA, .user = s->user, .read_paths = paths};
	size_t n = 0;

	while (*net && n < PATHS_MAX - 3) {
		paths[n++] = *net++;
	}
	paths[n] = nearest(s->folder, folder);
	n += paths[n] != NULL;
	paths[n] = s->setup.ca_file[0] ? s->setup.ca_file : NULL;
	return hl_proc_sandbox_enter(&box, NULL, err);
}

/* ---- A file, or a list ------------------------------------------------ */

int hl_list_source_open(struct hl_list_source *s, struct hl_err *err)
{
	if (s->list) {
		return open_list(s, err);
	}
	int r = hl_consume_file_new(s->file, &s->opened, err);

	if (!r) {
		s->consume.judge = hl_consume_file_judge(s->opened);
	}
	return r;
}

/* The folder, since a list is replaced by another file of its name. */
static int folder_of(const char *path, char out[PATH_MAX], struct hl_err *err)
{
	char near[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int n = slash ? snprintf(near, sizeof(near), "%.*s/",
				(int)(slash - path), path)
		      : snprintf(near, sizeof(near), ".");

	if (n < 0 || (size_t)n >= sizeof(near) || !realpath(near, out)) {
		return HL_FAIL_SYS(err, "find the folder of %s", path);
	}
	return 0;
}

static int shut_in_file(struct hl_list_source *s, struct hl_err *err)
{
	char folder[PATH_MAX];
	const char *const paths[] = {folder, NULL};
	const struct hl_proc_sandbox box = {
		.kind = HL_PROC_PUBLIC, .user = s->user, .read_paths = paths};
	int r = folder_of(s->file, folder, err);

	return r ? r : hl_proc_sandbox_enter(&box, NULL, err);
}

int hl_list_source_enter(struct hl_list_source *s, struct hl_err *err)
{
	sigset_t hup;

	sigemptyset(&hup);
	sigaddset(&hup, SIGHUP);
	sigprocmask(SIG_BLOCK, &hup, NULL);
	s->hup_fd = signalfd(-1, &hup, SFD_CLOEXEC);
	if (s->hup_fd < 0) {
		return HL_FAIL_SYS(err, "signalfd");
	}
	if (s->list) { /* it is looked at each second in any case */
		int r = s->found ? 0
				 : hl_list_scout_send(
					   s->folder, &s->scout_fd, err);

		if (!r) {
			r = shut_in_list(s, err);
		}
		return r ? r : hl_consume_keep_watch(s->keep, err);
	}
	int r = shut_in_file(s, err);
	return r ? r : hl_consume_file_watch(s->opened, s->hup_fd, err);
}

void hl_list_source_close(struct hl_list_source *s)
{
	hl_consume_file_free(s->opened);
	hl_consume_keep_free(s->keep);
	hl_consume_hits_free(s->hits);
	s->opened = NULL;
	s->keep = NULL;
	s->hits = NULL;
	s->consume.judge = NULL;
	s->consume.count = NULL;
	hl_buf_fini(&s->token);
	s->found = false;
	if (s->scout_fd > 0) {
		hl_file_closep(&s->scout_fd);
	}
	s->scout_fd = 0;
	hl_file_closep(&s->hup_fd);
}
