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
#include "proc/sandbox.h"

bool hl_list_source_take(
	struct hl_list_source *s, const char *verb, int *argc, char **argv)
{
	s->hup_fd = -1;
	s->file = hl_cli_option(argc, argv, "--file");
	s->user = hl_cli_option(argc, argv, "--user");
	if (s->file && *s->file) {
		return true;
	}
	fprintf(stderr, "hotline list %s: which list? --file LIST\n", verb);
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

int hl_list_source_open(struct hl_list_source *s, struct hl_err *err)
{
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

static int shut_in(struct hl_list_source *s, struct hl_err *err)
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
	int r = shut_in(s, err);
	return r ? r : hl_consume_file_watch(s->opened, s->hup_fd, err);
}

void hl_list_source_close(struct hl_list_source *s)
{
	hl_consume_file_free(s->opened);
	s->opened = NULL;
	hl_file_closep(&s->hup_fd);
}
