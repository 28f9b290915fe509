/* SPDX-License-Identifier: Apache-2.0 */
/* hotline list follow */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli_list/commands.h"
#include "cli_list/status.h"
#include "consume/follow.h"
#include "consume/hits.h"
#include "consume/setup.h"
#include "proc/sandbox.h"
#include "proc/supervise.h"

#define PATHS_MAX 20
#define TICK_MS 5000

static const char help[] =
	"usage: hotline list follow FOLDER [--user NAME]\n"
	"       hotline list follow --status FOLDER\n"
	"\n"
	"Keeps the list of a folder in step with its hotline, gathers what the "
	"serve-\n"
	"verbs of this folder count, and tells it each hour. Runs until it is "
	"told to\n"
	"stop; SIGHUP asks the hotline at once.\n"
	"\n"
	"  --user NAME      system user to become when run as root\n"
	"  --status FOLDER  how it stands: as hotline list status\n"
	"\n"
	"Exit status: 0 stopped, 1 failed, 2 the command line makes no sense, "
	"3 the\n"
	"folder is not set up, 4 another follower runs on it.\n";

struct follower {
	const char *user;
	char folder[PATH_MAX];
	struct hl_consume_setup setup;
	struct stat token; /* the file, before it was read */
	struct hl_consume_remote *remote;
	struct hl_urls_list *list;
	struct hl_tally *tally;
	struct hl_tally_config counting;
	struct hl_consume_follow *follow;
	char status[PATH_MAX];
	struct sockaddr_un name; /* of the socket for hits */
	int hits_fd, hup_fd, stale_fd, end_fd;
	struct hl_proc_self *self;
};

/* ---- Counting: a thread ------------------------------------------------ */

static void tick(struct follower *f, bool *told)
{
	struct hl_err err = {0};
	int r = hl_tally_tick(f->tally, hl_time_wall_us(), &err);

	if (r < 0 && !*told) {
		hl_log_err(HL_LOG_ERROR, "list.tally", &err);
	}
	*told = r < 0;
}

static void *count(void *arg)
{
	struct follower *f = arg;
	struct pollfd fds[] = {{f->end_fd, POLLIN, 0}, {f->hits_fd, POLLIN, 0}};
	const uint64_t one = 1;
	bool told = false;

	while (!fds[0].revents) {
		poll(fds, HL_ARRAY_LEN(fds), TICK_MS);
		if (hl_consume_hits_take(f->hits_fd, f->tally)) {
			(void)!write(f->stale_fd, &one, sizeof(one));
		}
		tick(f, &told);
	}
	return NULL;
}

static int start_counting(
	struct follower *f, pthread_t *thread, struct hl_err *err)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int r = pthread_create(thread, NULL, count, f);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r ? HL_FAIL(err, HL_E_NOMEM, "no thread to count by") : 0;
}

/* ---- Opening ---------------------------------------------------------- */

/* Secrets are read before the process is shut in. */
static int read_secrets(struct follower *f, struct hl_err *err)
{
	HL_BUF_AUTO token = HL_BUF_SECRET(4096);
	int r = hl_consume_setup_read(f->folder, &f->setup, err);

	if (!r) {
		(void)stat(f->setup.token_file, &f->token);
		r = hl_consume_token_read(f->setup.token_file, &token, err);
	}
	if (!r) {
		r = hl_consume_key_read(f->folder, f->counting.secret, err);
	}
	if (r) {
		return r;
	}
	const struct hl_consume_remote_config config = {.url = f->setup.url,
		.token = hl_buf_str(&token),
		.ca_file = f->setup.ca_file,
		.stop_fd = f->self ? f->self->stop_fd : -1};
	return hl_consume_remote_new(&config, &f->remote, err);
}

static int make_fds(struct follower *f, struct hl_err *err)
{
	char path[PATH_MAX];
	sigset_t hup;

	sigemptyset(&hup);
	sigaddset(&hup, SIGHUP);
	sigprocmask(SIG_BLOCK, &hup, NULL);
	f->hup_fd = signalfd(-1, &hup, SFD_CLOEXEC | SFD_NONBLOCK);
	f->stale_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	f->end_fd = eventfd(0, EFD_CLOEXEC);
	if (f->hup_fd < 0 || f->stale_fd < 0 || f->end_fd < 0) {
		return HL_FAIL_SYS(err, "make descriptors");
	}
	int r = hl_consume_setup_path(
		f->folder, HL_CONSUME_SETUP_HITS, path, err);
	return r ? r : hl_consume_hits_listen(path, &f->name, &f->hits_fd, err);
}

static int shut_in(struct follower *f, struct hl_err *err)
{
	const char *const *net = hl_consume_remote_paths();
	const char *const write_paths[] = {f->folder, NULL};
	const char *paths[PATHS_MAX] = {NULL};
	const struct hl_proc_sandbox box = {.kind = HL_PROC_REPLICA,
		.user = f->user,
		.read_paths = paths,
		.write_paths = write_paths};
	size_t n = 0;

	while (*net && n < PATHS_MAX - 2) {
		paths[n++] = *net++;
	}
	paths[n] = f->setup.ca_file[0] ? f->setup.ca_file : NULL;
	return hl_proc_sandbox_enter(&box, NULL, err);
}

static int open_list(struct follower *f, struct hl_err *err)
{
	const struct hl_urls_options options = {
		.size_of = sizeof(options), .flags = HL_URLS_OPEN_KEEP};
	struct hl_urls_error why = {0};
	char path[PATH_MAX];
	int r = hl_consume_setup_path(
		f->folder, HL_CONSUME_SETUP_LIST, path, err);

	if (r) {
		return r;
	}
	int code = hl_urls_open(path, &options, &f->list, &why);
	if (code == HL_URLS_E_BUSY) {
		return HL_FAIL(err, HL_E_UNAVAILABLE,
			"another follower keeps this folder");
	}
	return code < 0 ? HL_FAIL(err, HL_E_CORRUPT, "the list: %s: %s",
				  hl_urls_code_name(code), why.text)
			: 0;
}

static int open_tally(struct follower *f, struct hl_err *err)
{
	char path[PATH_MAX];
	int r = hl_consume_setup_path(
		f->folder, HL_CONSUME_SETUP_TALLY, path, err);

	if (r) {
		return r;
	}
	memcpy(f->counting.hotline, f->setup.hotline, sizeof(f->setup.hotline));
	f->counting.consumer = f->setup.consumer;
	f->counting.folder = path;
	r = hl_tally_new(&f->counting, hl_time_wall_us(), &f->tally, err);
	sodium_memzero(f->counting.secret, sizeof(f->counting.secret));
	return r;
}

static int open_follow(struct follower *f, struct hl_err *err)
{
	char *status = f->status;
	const struct hl_consume_follow_config config = {.list = f->list,
		.remote = f->remote,
		.tally = f->tally,
		.status_file = status};
	int r = hl_consume_setup_path(
		f->folder, HL_CONSUME_SETUP_STATUS, status, err);

	return r ? r : hl_consume_follow_new(&config, &f->follow, err);
}

/* The list's lock comes before the socket, which it would take away. */
static int open_all(struct follower *f, struct hl_err *err)
{
	int r = read_secrets(f, err);

	if (!r) {
		r = make_fds(f, err);
	}
	if (!r) {
		r = shut_in(f, err);
	}
	if (!r) {
		r = open_list(f, err);
	}
	if (!r) {
		r = open_tally(f, err);
	}
	if (!r) {
		r = hl_consume_hits_bind(f->hits_fd, &f->name, err);
	}
	return r ? r : open_follow(f, err);
}

/* ---- The child -------------------------------------------------------- */

/* The process is shut in and cannot read another file: it ends, and the one
 * that is started in its place does. */
static bool has_new_token(void *arg)
{
	const struct follower *f = arg;
	struct stat now;
	bool is_new = stat(f->setup.token_file, &now) == 0 &&
		      (now.st_ino != f->token.st_ino ||
			      now.st_dev != f->token.st_dev ||
			      now.st_ctim.tv_sec != f->token.st_ctim.tv_sec ||
			      now.st_ctim.tv_nsec != f->token.st_ctim.tv_nsec);

	if (is_new) {
		hl_log(HL_LOG_INFO, "list.token",
			"the token file has changed: starting again with it");
	}
	return is_new;
}

static void run(struct follower *f, pthread_t counting)
{
	const struct hl_consume_follow_loop loop = {.stop_fd = f->self->stop_fd,
		.wake_fds = {f->hup_fd, f->stale_fd},
		.is_over = has_new_token,
		.arg = f};
	const uint64_t one = 1;
	struct hl_err err = {0};

	hl_proc_ready(f->self);
	hl_consume_follow_run(f->follow, &loop);
	(void)!write(f->end_fd, &one, sizeof(one));
	pthread_join(counting, NULL);
	hl_consume_hits_end(f->hits_fd, f->tally);
	if (hl_tally_end(f->tally, &err)) {
		hl_log_err(HL_LOG_ERROR, "list.tally", &err);
	}
}

static void close_all(struct follower *f)
{
	hl_consume_follow_free(f->follow);
	hl_tally_free(f->tally);
	hl_urls_close(f->list);
	hl_consume_remote_free(f->remote);
	hl_file_closep(&f->hits_fd);
	hl_file_closep(&f->hup_fd);
	hl_file_closep(&f->stale_fd);
	hl_file_closep(&f->end_fd);
}

static int live(struct hl_proc_self *self, void *arg)
{
	struct follower *f = arg;
	struct hl_err err = {0};
	pthread_t counting;

	hl_log_init("follow", HL_LOG_INFO);
	f->self = self;
	int r = open_all(f, &err);
	if (!r) {
		r = start_counting(f, &counting, &err);
	}
	if (!r) {
		run(f, counting);
	} else {
		hl_log_err(HL_LOG_ERROR, "list.follow", &err);
	}
	close_all(f);
	return r ? hl_cli_status(r) : 0;
}

/* ---- The command ------------------------------------------------------ */

static int prepare(struct follower *f, const char *folder, struct hl_err *err)
{
	struct hl_consume_setup setup;
	int r = hl_consume_setup_read(folder, &setup, err);

	if (!r && !realpath(folder, f->folder)) {
		r = HL_FAIL_SYS(err, "find the folder %s", folder);
	}
	return r;
}

static int supervise(struct follower *f, int *failed, struct hl_err *err)
{
	const struct hl_proc_child child = {
		.name = "follow", .run = live, .arg = f, .takes_hup = true};
	const struct hl_proc_options options = {.failed_status = failed};

	return hl_proc_supervise(&child, 1, &options, err);
}

int hl_cli_list_follow(int argc, char **argv)
{
	struct follower f = {
		.hits_fd = -1, .hup_fd = -1, .stale_fd = -1, .end_fd = -1};
	struct hl_err err = {0};
	int failed = 0;

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	const char *status = hl_cli_option(&argc, argv, "--status");
	if (status) {
		return argc == 1 && *status ? hl_list_status_print(status)
					    : HL_LIST_STATUS_USAGE;
	}
	f.user = hl_cli_option(&argc, argv, "--user");
	if (argc != 2 || argv[1][0] == '-') {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	hl_log_init("supervisor", HL_LOG_INFO);
	int r = prepare(&f, argv[1], &err);
	if (!r) {
		r = supervise(&f, &failed, &err);
	}
	int exit_status = r ? hl_cli_fail("list follow", r, &err) : HL_CLI_OK;
	return failed ? failed : exit_status;
}
