/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hotline serve: opens the listeners and the links, forks the processes and
 * watches them. The supervisor itself has no key and no store and reads
 * nothing from the network.
 */
#include "main/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "cli/common.h"
#include "main/install.h"
#include "main/processes.h"
#include "main/zones.h"
#include "proc/sandbox.h"
#include "seal/key.h"
#include "store/store.h"
#include "web/listen.h"

#define LISTEN_TRIES 50
#define LISTEN_WAIT_US 100000
#define MAX_FDS (HL_PROC_LINKS_MAX * 3 + 12)

static const char help[] =
	"usage: hotline serve [--dir DIR] [--user NAME]\n"
	"\n"
	"Runs the hotline in DIR until it gets SIGTERM or SIGINT: the "
	"reporting\n"
	"form (public.listen), the workbench (staff.listen), the registry for\n"
	"programs (api.listen), lists for those who block (lists.listen), the\n"
	"worker and the store, each in a process\n"
	"and a sandbox of its own. Log lines are "
	"JSON\n"
	"on standard error.\n"
	"\n"
	"  --user NAME   system user to become when run as root\n"
	"                (default: the owner of DIR, unless that is root)\n"
	"\n"
	"exit status: 0 stopped, 1 failed, 2 usage,\n"
	"             3 no installation, or its store or a key is missing,\n"
	"             4 an address or the store is in use\n";

int hl_main_give_up(const char *event, const struct hl_err *err)
{
	if (err->code) {
		hl_log_err(HL_LOG_ERROR, event, err);
	} else {
		hl_log(HL_LOG_ERROR, event, "failed and did not say why");
	}
	return err->code ? hl_cli_status(err->code) : HL_CLI_FAILED;
}

int hl_main_shut_in(const struct hl_main_hotline *h, int kind,
	const char *const *read_paths, const char *const *write_paths)
{
	struct hl_proc_sandbox box = {.kind = (enum hl_proc_kind)kind,
		.user = h->user,
		.read_paths = read_paths,
		.write_paths = write_paths};
	struct hl_err err = {0};

	return hl_proc_sandbox_enter(&box, NULL, &err)
		       ? hl_main_give_up("process.sandbox", &err)
		       : 0;
}

static int open_links(struct hl_main_hotline *h, struct hl_err *err)
{
	int r = hl_proc_links_open(HL_PROC_LINKS_PUBLIC, &h->public_links, err);

	if (!r) {
		r = hl_proc_links_open(
			HL_PROC_LINKS_STAFF, &h->staff_links, err);
	}
	if (!r) {
		r = hl_proc_links_open(
			HL_PROC_LINKS_WORKER, &h->worker_links, err);
	}
	if (!r) {
		r = hl_proc_links_open(
			HL_PROC_LINKS_MATCH, &h->match_links, err);
	}
	if (!r) {
		r = hl_proc_links_open(
			HL_PROC_LINKS_LISTS, &h->lists_links, err);
	}
	if (!r && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			  h->media_ends) < 0) {
		r = HL_FAIL_SYS(err, "socket pair");
	}
	return r;
}

/* Processes of a supervisor that was killed need a moment to let go of their
 * sockets, so an address in use is tried again for a while. */
static int listen_patiently(
	const char *key, const char *address, int *fd, struct hl_err *err)
{
	struct hl_err why = {0};

	for (int i = 0; i < LISTEN_TRIES; i++) {
		why = (struct hl_err){0};
		int r = hl_web_listen(hl_str_c(address), fd, &why);
		if (!r) {
			return 0;
		}
		if (why.sys_errno != EADDRINUSE) {
			return HL_FAIL(
				err, r, "%s = %s: %s", key, address, why.msg);
		}
		usleep(LISTEN_WAIT_US);
	}
	return HL_FAIL(err, HL_CONFLICT,
		"%s = %s: the address is in use by another program", key,
		address);
}

/* The same address by TCP, which tells whether it is free, and UDP. */
static int listen_for_zones(struct hl_main_hotline *h, struct hl_err *err)
{
	const char *address = h->settings->lists_rpz_listen;
	int r = hl_main_rpz_check(h->settings, err);

	if (!r) {
		r = listen_patiently(
			"lists.rpz_listen", address, &h->lists_rpz[1], err);
	}
	return r ? r : hl_main_rpz_bind(address, &h->lists_rpz[0], err);
}

/* The socket of a hotline that runs must not be taken from it. */
static int listen_for_commands(struct hl_main_hotline *h, struct hl_err *err)
{
	for (int i = 0; i < LISTEN_TRIES; i++) {
		struct hl_store *other = NULL;

		if (hl_store_connect(HL_CLI_SOCKET, &other, NULL)) {
			/* relative, since the path of a socket has to be
			 * short */
			return hl_store_listen(
				HL_CLI_SOCKET, &h->admin_listen, err);
		}
		hl_store_close(other);
		usleep(LISTEN_WAIT_US);
	}
	return HL_FAIL(
		err, HL_CONFLICT, "a hotline runs in %s already", h->dir);
}

static int open_listeners(struct hl_main_hotline *h, struct hl_err *err)
{
	int r = listen_for_commands(h, err);

	if (!r) {
		r = listen_patiently("public.listen",
			h->settings->public_listen, &h->public_listen, err);
	}
	if (!r) {
		r = listen_patiently("staff.listen", h->settings->staff_listen,
			&h->staff_listen, err);
	}
	if (!r && *h->settings->api_listen) {
		r = listen_patiently("api.listen", h->settings->api_listen,
			&h->api_listen, err);
	}
	if (!r && *h->settings->lists_listen) {
		r = listen_patiently("lists.listen", h->settings->lists_listen,
			&h->lists_listen, err);
	}
	if (!r && *h->settings->lists_rpz_listen) {
		r = listen_for_zones(h, err);
	}
	return r;
}

/* What is made here belongs to who runs the processes. */
static int own(
	const struct hl_main_hotline *h, const char *path, struct hl_err *err)
{
	struct passwd space, *who = NULL;
	char names[4096];

	if (h->user) {
		getpwnam_r(h->user, &space, names, sizeof(names), &who);
	}
	if (who && lchown(path, who->pw_uid, who->pw_gid) < 0) {
		return HL_FAIL_SYS(err, "give %s to %s", path, h->user);
	}
	return 0;
}

static int make_folder(
	const struct hl_main_hotline *h, const char *name, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(h->dir, name, path, err);

	if (!r && mkdir(path, 0700) == 0) {
		return own(h, path, err);
	}
	return r || errno == EEXIST ? r : HL_FAIL_SYS(err, "make %s", path);
}

/*
 * The worker writes to two places, the match process to one, and they are
 * shut out of all others, above all of the store and the keys beside them; a
 * place must be there before they are shut in.
 */
static int make_places(const struct hl_main_hotline *h, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(h->dir, HL_MAIN_CHECKPOINTS, path, err);

	if (r) {
		return r;
	}
	HL_FD_AUTO fd = open(path,
		O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		return HL_FAIL_SYS(err, "open %s", path);
	}
	r = own(h, path, err);
	if (!r) {
		r = make_folder(h, HL_MAIN_MATCH, err);
	}
	if (!r) {
		r = make_folder(h, HL_MAIN_LISTS, err);
	}
	return r || h->settings->mail_transport != HL_MAIL_FOLDER
		       ? r
		       : make_folder(h, h->settings->mail_folder, err);
}

static void warn_of_urls(const struct hl_settings *s)
{
	HL_BUF_AUTO text = HL_BUF_INIT(2048);
	struct hl_str rest, line;

	hl_settings_put_misled(&text, s);
	rest = hl_buf_str(&text);
	while (rest.n && hl_str_next(&rest, '\n', &line)) {
		hl_log(HL_LOG_WARN, "serve.url", "%.*s", HL_STR_ARG(line));
	}
}

static void say_ready(void *arg)
{
	const struct hl_main_hotline *h = arg;

	hl_log(HL_LOG_INFO, "serve.ready", "form %s, workbench %s",
		h->settings->public_url, h->settings->staff_url);
	warn_of_urls(h->settings);
}

static size_t add_fds(int *fds, size_t n, const int *more, size_t n_more)
{
	memcpy(fds + n, more, n_more * sizeof(*fds));
	return n + n_more;
}

static size_t store_fds(const struct hl_main_hotline *h, int *fds)
{
	size_t n =
		add_fds(fds, 0, h->public_links.store_ends, h->public_links.n);

	n = add_fds(fds, n, h->staff_links.store_ends, h->staff_links.n);
	n = add_fds(fds, n, h->worker_links.store_ends, h->worker_links.n);
	n = add_fds(fds, n, h->match_links.store_ends, h->match_links.n);
	n = add_fds(fds, n, h->lists_links.store_ends, h->lists_links.n);
	return add_fds(fds, n, &h->admin_listen, 1);
}

static size_t client_fds(
	const struct hl_proc_links *links, const int *listen_fd, int *fds)
{
	size_t n = add_fds(fds, 0, links->client_ends, links->n);

	return listen_fd ? add_fds(fds, n, listen_fd, 1) : n;
}

static size_t match_fds(const struct hl_main_hotline *h, int *fds)
{
	size_t n = client_fds(&h->match_links, NULL, fds);

	n = add_fds(fds, n, &h->media_ends[0], 1);
	return h->api_listen >= 0 ? add_fds(fds, n, &h->api_listen, 1) : n;
}

static size_t lists_fds(const struct hl_main_hotline *h, int *fds)
{
	size_t n = client_fds(&h->lists_links,
		h->lists_listen >= 0 ? &h->lists_listen : NULL, fds);

	return h->lists_rpz[0] >= 0 ? add_fds(fds, n, h->lists_rpz, 2) : n;
}

static int supervise(
	struct hl_main_hotline *h, int *failed_status, struct hl_err *err)
{
	int of_store[MAX_FDS], of_public[MAX_FDS], of_staff[MAX_FDS],
		of_worker[MAX_FDS], of_match[MAX_FDS], of_lists[MAX_FDS];
	struct hl_proc_child children[] = {
		{"store", hl_main_store, h, of_store, store_fds(h, of_store), 0,
			false},
		{"public", hl_main_public, h, of_public,
			client_fds(
				&h->public_links, &h->public_listen, of_public),
			1, false},
		{"staff", hl_main_staff, h, of_staff,
			client_fds(&h->staff_links, &h->staff_listen, of_staff),
			1, false},
		{"worker", hl_main_worker, h, of_worker,
			client_fds(&h->worker_links, NULL, of_worker), 1,
			false},
		{"match", hl_main_match, h, of_match, match_fds(h, of_match), 1,
			false},
		{"lists", hl_main_lists, h, of_lists, lists_fds(h, of_lists), 1,
			false},
		/* last: started only where pictures are taken */
		{"media", hl_main_media, h, &h->media_ends[1], 1, 1, false},
	};
	const size_t n = HL_ARRAY_LEN(children) - !hl_main_decodes(h);
	struct hl_proc_options options = {.on_ready = say_ready,
		.arg = h,
		.failed_status = failed_status};

	return hl_proc_supervise(children, n, &options, err);
}

static void warn_of_root(const struct hl_main_hotline *h)
{
	if (geteuid() == 0 && (!h->user || strcmp(h->user, "root") == 0)) {
		hl_log(HL_LOG_WARN, "serve.root",
			"all processes run as root; give %s to a user of its "
			"own: adduser --system --group --no-create-home "
			"hotline; chown -R hotline: %s",
			h->dir, h->dir);
	}
}

static int start(
	struct hl_main_hotline *h, int *failed_status, struct hl_err *err)
{
	char dir[PATH_MAX];
	int r = hl_cli_settings(&h->settings, err);

	if (!r) {
		r = hl_settings_check(h->settings, err);
	}
	if (!r) {
		r = hl_main_check_user(h->user, err);
	}
	if (r) {
		return r;
	}
	if (!realpath(hl_cli_dir(), dir) || chdir(dir) < 0) {
		return HL_FAIL_SYS(err, "go to %s", hl_cli_dir());
	}
	h->dir = dir;
	hl_log_init("supervisor", h->settings->log_level);
	r = hl_main_look(h, err);
	if (!r) {
		r = hl_seal_init(err);
	}
	if (!r) {
		r = open_links(h, err);
	}
	if (!r) {
		r = open_listeners(h, err);
	}
	if (!r) {
		r = own(h, HL_CLI_SOCKET, err);
	}
	if (!r) {
		r = make_places(h, err);
	}
	if (!r) {
		warn_of_root(h);
	}
	return r ? r : supervise(h, failed_status, err);
}

/* Root runs nothing: its processes become the owner of the installation. */
static const char *default_user(void)
{
	struct passwd space, *who = NULL;
	char names[4096];
	struct stat st;

	if (geteuid() != 0 || stat(hl_cli_dir(), &st) < 0 || st.st_uid == 0) {
		return NULL;
	}
	getpwuid_r(st.st_uid, &space, names, sizeof(names), &who);
	return who ? strdup(who->pw_name) : NULL;
}

int hl_main_serve(int argc, char **argv)
{
	struct hl_main_hotline h = {.public_listen = -1,
		.staff_listen = -1,
		.admin_listen = -1,
		.api_listen = -1,
		.lists_listen = -1,
		.lists_rpz = {-1, -1},
		.media_ends = {-1, -1}};
	struct hl_err err = {0};

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	h.user = hl_cli_option(&argc, argv, "--user");
	if (argc > 1) {
		fprintf(stderr, "hotline serve: unknown argument %s\n%s",
			argv[1], help);
		return HL_CLI_USAGE;
	}
	if (!h.user) {
		h.user = default_user();
	}
	int failed_status = 0;
	int r = start(&h, &failed_status, &err);
	if (h.admin_listen >= 0) {
		unlink(HL_CLI_SOCKET);
	}
	hl_proc_links_close(&h.public_links);
	hl_proc_links_close(&h.staff_links);
	hl_proc_links_close(&h.worker_links);
	hl_proc_links_close(&h.match_links);
	hl_proc_links_close(&h.lists_links);
	hl_file_closep(&h.media_ends[0]);
	hl_file_closep(&h.media_ends[1]);
	hl_settings_free(h.settings);
	int status = r ? hl_cli_fail("serve", r, &err) : HL_CLI_OK;
	return failed_status ? failed_status : status;
}
