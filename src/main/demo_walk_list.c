/* SPDX-License-Identifier: Apache-2.0 */
/* While removal is under way: the page is blocked where a school follows the
 * list, and let through again when it is gone. The school is this program,
 * in a temporary folder, with nothing but what a school was given. */
#include "main/demo_walk.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "cli/common.h"
#include "main/demo_lists.h"

#define WORDS_MAX 16
#define SAID_MAX 512
/* until the school knows; a second or two is usual */
#define PATIENCE_US (40 * HL_US_PER_S)

/* Starts `hotline list WORDS`; what it prints goes to `out`, its log nowhere.
 * Gives its id, or -1. */
static pid_t start(const char *const *words, int out)
{
	const char *given[WORDS_MAX] = {"hotline", "list"};
	char *argv[WORDS_MAX]; /* as execv() wants it */

	for (size_t i = 0; words[i] && i + 3 < WORDS_MAX; i++) {
		given[i + 2] = words[i];
	}
	memcpy(argv, given, sizeof(argv));
	fflush(stdout);
	pid_t pid = fork();
	if (pid != 0) {
		return pid;
	}
	if (!freopen("/dev/null", "r", stdin) ||
		!freopen("/dev/null", "w", stderr) ||
		dup2(out >= 0 ? out : STDERR_FILENO, STDOUT_FILENO) < 0) {
		_exit(HL_CLI_FAILED);
	}
	execv("/proc/self/exe", argv);
	_exit(HL_CLI_FAILED);
}

/* What it said, without the last line's end. False: its status is not 0. */
static bool run(const char *const *words, char said[SAID_MAX])
{
	int ends[2], status = -1;
	size_t n = 0;
	ssize_t got;

	said[0] = '\0';
	if (pipe(ends) < 0) {
		return false;
	}
	pid_t pid = start(words, ends[1]);
	close(ends[1]);
	while (n < SAID_MAX - 1 &&
		(got = read(ends[0], said + n, SAID_MAX - 1 - n)) > 0) {
		n += (size_t)got;
	}
	close(ends[0]);
	said[n && said[n - 1] == '\n' ? n - 1 : n] = '\0';
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static int remove_one(
	const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void hl_walk_school_close(struct hl_walk *w)
{
	if (w->school_pid > 0) {
		kill(w->school_pid, SIGTERM);
		waitpid(w->school_pid, NULL, 0);
	}
	w->school_pid = 0;
	if (*w->school) {
		nftw(w->school, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	}
	w->school[0] = '\0';
}

static void path_of(const struct hl_walk *w, const char *name, char out[128])
{
	snprintf(out, 128, "%s/%s", w->school, name);
}

/* The school begins with its number, its token and the hotline's root. */
static int school_begins(struct hl_walk *w)
{
	char list[128], token[128], root[HL_CLI_PATH_MAX], said[SAID_MAX];
	struct hl_err err = {0};

	snprintf(w->school, sizeof(w->school), "/tmp/hl-walk-XXXXXX");
	if (!mkdtemp(w->school)) {
		w->school[0] = '\0';
		return hl_walk_odd(NULL, "a folder in /tmp");
	}
	path_of(w, "list", list);
	path_of(w, "token", token);
	if (hl_cli_path(w->dir, HL_MAIN_DEMO_ROOT, root, &err) ||
		hl_file_write(
			token, hl_str_c(w->logins.list_token), 0600, &err)) {
		return hl_walk_odd(NULL, "the school's files (%s)", err.msg);
	}
	const char *const begin[] = {"begin", list, "--hotline",
		w->settings->lists_url, "--consumer", w->logins.consumer,
		"--root", root, "--token-file", token, NULL};
	const char *const follow[] = {"follow", list, NULL};
	if (!run(begin, said)) {
		return hl_walk_odd(NULL, "that hotline list begin is done");
	}
	hl_walk_tell("hotline list begin, with the number %s, a token and the "
		     "root.",
		w->logins.consumer);
	hl_walk_tell("hotline list follow keeps the list in step.");
	w->school_pid = start(follow, -1);
	return w->school_pid > 0 ? 0
				 : hl_walk_odd(NULL, "a process that follows");
}

/* Asks the school's list until it says so; the follower is told to look, as
 * it would do by itself a little later. */
static int school_says(struct hl_walk *w, const char *want)
{
	const struct timespec pause = {.tv_nsec = 400000000};
	int64_t from_us = hl_time_now_us();
	char list[128], said[SAID_MAX] = "";

	path_of(w, "list", list);
	const char *const check[] = {"check", list, w->read[0], NULL};
	while (hl_time_now_us() - from_us < PATIENCE_US) {
		if (run(check, said) &&
			strncmp(said, want, strlen(want)) == 0) {
			hl_walk_tell("hotline list check %s", w->read[0]);
			hl_walk_tell("%s, after %.1f seconds", said,
				(double)(hl_time_now_us() - from_us) / 1e6);
			return 0;
		}
		nanosleep(&pause, NULL);
		kill(w->school_pid, SIGHUP);
	}
	return hl_walk_odd(NULL,
		"that the school's list says \"%s\" of %s. What came: %s", want,
		w->read[0], said);
}

static int propose(struct hl_walk *w)
{
	struct hl_main_browser *anna = w->staff[HL_DEMO_ANNA];
	char action[64], place[64];

	snprintf(action, sizeof(action), "/case/%s/list", w->cases[0]);
	if (hl_walk_open(anna, action) || hl_walk_says(anna, w->read[0])) {
		return -1;
	}
	/* the narrowest comes first */
	struct hl_str page = hl_main_browser_between(
		anna, "name=\"place\" type=\"radio\" value=\"", "\"");
	snprintf(place, sizeof(place), "%.*s", HL_STR_ARG(page));
	const struct hl_main_field fields[] = {
		{"place", place}, {"looked", "yes"}};
	if (hl_walk_send(anna, action, fields, HL_ARRAY_LEN(fields)) ||
		hl_walk_says(anna, "Somebody else has to approve it")) {
		return -1;
	}
	const char *ref = strstr(hl_main_browser_url(anna), "/E-");
	if (!ref) {
		return hl_walk_odd(anna, "the entry's own page");
	}
	snprintf(w->entry, sizeof(w->entry), "%.15s", ref + 1);
	hl_walk_tell("Entry %s: the page alone, nothing else of its host. It "
		     "waits.",
		w->entry);
	return 0;
}

static int approve(struct hl_walk *w)
{
	struct hl_main_browser *rita = w->staff[HL_DEMO_RITA];
	const char *place = w->read[0] + sizeof("http://") - 1;
	char path[64], action[64];

	snprintf(path, sizeof(path), "/lists/entry/%s", w->entry);
	snprintf(action, sizeof(action), "/lists/entry/%s/approve", w->entry);
	return hl_walk_login(w, HL_DEMO_RITA) || hl_walk_open(rita, path) ||
			       hl_walk_says(rita, place) ||
			       hl_walk_send(rita, action, NULL, 0) ||
			       hl_walk_says(rita, "In force")
		       ? -1
		       : 0;
}

static bool has_lists(const struct hl_walk *w)
{
	return *w->settings->lists_url && *w->settings->lists_listen &&
	       *w->logins.list_token;
}

int hl_walk_block(struct hl_walk *w)
{
	if (!has_lists(w)) {
		return 0;
	}
	hl_walk_step(w, "Removal takes time; meanwhile it can be "
			"blocked. Anna proposes the page for the list.");
	if (propose(w)) {
		return -1;
	}
	hl_walk_step(w, "A school follows the list, and cannot read it.");
	if (school_begins(w) || school_says(w, "clear")) {
		return -1;
	}
	hl_walk_step(w, "Rita approves: her key opens the address, and she "
			"signs it.");
	return approve(w) || school_says(w, "listed") ? -1 : 0;
}

int hl_walk_unblock(struct hl_walk *w)
{
	struct hl_main_browser *rita = w->staff[HL_DEMO_RITA];
	char path[64];

	if (!*w->school) {
		return 0;
	}
	hl_walk_step(w, "It is gone, so nobody blocks it any more; no person "
			"has to think of that.");
	snprintf(path, sizeof(path), "/lists/entry/%s", w->entry);
	if (school_says(w, "clear") || hl_walk_open(rita, path) ||
		hl_walk_says(rita, "Ended")) {
		return -1;
	}
	hl_walk_tell("Its entry: %s%s", w->settings->staff_url, path);
	hl_walk_school_close(w);
	return 0;
}
