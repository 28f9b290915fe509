/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hotline match-serve: a replica. It has no store and no installation: an
 * index in a folder, made of what a hotline tells, and answers from it.
 */
#include "main/commands.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <curl/curl.h>

#include "accounts/apikey.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/common.h"
#include "lookup/http.h"
#include "main/asked.h"
#include "main/install.h"
#include "main/processes.h"
#include "proc/sandbox.h"
#include "seal/key.h"
#include "web/listen.h"

#define IDLE_MS 500
#define PATHS_MAX 16

static const char help[] =
	"usage: hotline match-serve --follow URL --key-file FILE --folder DIR\n"
	"                           --listen ADDRESS [--ca-file FILE]\n"
	"                           [--no-pictures] [--user NAME]\n"
	"                           [--picture-megapixels N] "
	"[--picture-seconds N]\n"
	"                           [--picture-memory-mib N]\n"
	"\n"
	"Answers as the match service of the hotline at URL does "
	"(api.listen),\n"
	"from an index of its own in DIR that follows that hotline's "
	"registry.\n"
	"DIR may be lost at any time: it is loaded again.\n"
	"\n"
	"  --follow URL     https://…; http:// on this host alone\n"
	"  --key-file FILE  a key with the scope feed, mode 0600\n"
	"  --listen ADDRESS as 127.0.0.1:8082\n"
	"  --ca-file FILE   certificates to trust instead of the system's\n"
	"  --no-pictures    takes hashes only\n"
	"  --user NAME      system user to become when run as root\n"
	"  --picture-megapixels N, --picture-seconds N, "
	"--picture-memory-mib N\n"
	"                   what a picture may cost; as the settings "
	"api.picture_*\n"
	"                   of a hotline, which are 50, 20 and 512 unless "
	"set\n"
	"\n"
	"exit status: 0 stopped, 1 failed, 2 usage, 3 the key file is "
	"missing,\n"
	"             4 the address or the folder is in use\n";

struct replica {
	const char *follow, *key_file, *folder, *listen, *ca_file, *user;
	bool pictures;
	char path[PATH_MAX]; /* of the folder */
	struct hl_buf key;
	int listen_fd, media_ends[2];
	struct hl_settings *settings; /* of which api.picture_* count */
};

static int run_media(struct hl_proc_self *self, void *arg)
{
	struct replica *r = arg;

	hl_log_init("media", HL_LOG_INFO);
	/* decoders are forked from this memory: the key must not be in it */
	hl_buf_fini(&r->key);
	return hl_main_decode(self, r->media_ends[1], r->settings, r->user);
}

/* It writes its folder and reads what names and TLS need. The key has been
 * read; its file is out of reach. */
static int shut_in(const struct replica *r)
{
	const char *const write_paths[] = {r->path, NULL};
	const char *const *net = hl_lookup_http_paths();
	const char *read_paths[PATHS_MAX] = {NULL};
	struct hl_proc_sandbox box = {.kind = HL_PROC_REPLICA,
		.user = r->user,
		.read_paths = read_paths,
		.write_paths = write_paths};
	struct hl_err err = {0};
	size_t n = 0;

	while (net[n] && n < PATHS_MAX - 2) {
		read_paths[n] = net[n];
		n++;
	}
	read_paths[n] = r->ca_file;
	return hl_proc_sandbox_enter(&box, NULL, &err)
		       ? hl_main_give_up("process.sandbox", &err)
		       : 0;
}

static int run_match(struct hl_proc_self *self, void *arg)
{
	struct replica *r = arg;
	const struct hl_lookup_http_config config = {
		r->follow, hl_buf_str(&r->key), r->ca_file};
	struct hl_lookup_http *http = NULL;
	struct hl_err err = {0};

	hl_log_init("match", HL_LOG_INFO);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (hl_lookup_http_new(&config, &http, &err)) {
		return hl_main_give_up("match.start", &err);
	}
	hl_buf_fini(&r->key);
	if (shut_in(r)) {
		return 1;
	}
	const struct hl_main_asked asked = {.folder = r->path,
		.source = hl_lookup_http_source(http),
		.listen_fd = r->listen_fd,
		.media_fd = r->pictures ? r->media_ends[0] : -1,
		.settings = r->settings,
		.idle_ms = IDLE_MS};
	int status = hl_main_be_asked(self, &asked);
	hl_lookup_http_free(http);
	return status;
}

/* -- the supervisor -- */

static int read_key(struct replica *r, struct hl_err *err)
{
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];
	struct stat st;

	if (stat(r->key_file, &st) == 0 && (st.st_mode & 077)) {
		return HL_FAIL(err, HL_E_INVALID,
			"%s can be read by others: chmod 600 it", r->key_file);
	}
	int code = hl_file_read(r->key_file, &r->key, err);
	if (code == HL_NOTFOUND) {
		HL_FAIL(err, code, "there is no %s", r->key_file);
		return code;
	}
	if (!code && hl_accounts_apikey_hash(
			     hl_str_trim(hl_buf_str(&r->key)), hash)) {
		return HL_FAIL(err, HL_E_INVALID,
			"%s holds no key: \"hotline apikey create NAME "
			"--scope feed\" makes one",
			r->key_file);
	}
	return code;
}

static int make_folder(struct replica *r, struct hl_err *err)
{
	struct passwd space, *who = NULL;
	char names[4096];

	if (mkdir(r->folder, 0700) < 0 && errno != EEXIST) {
		return HL_FAIL_SYS(err, "make the folder %s", r->folder);
	}
	if (!realpath(r->folder, r->path)) {
		return HL_FAIL_SYS(err, "find the folder %s", r->folder);
	}
	if (r->user && geteuid() == 0) {
		getpwnam_r(r->user, &space, names, sizeof(names), &who);
	}
	if (who && lchown(r->path, who->pw_uid, who->pw_gid) < 0) {
		return HL_FAIL_SYS(err, "give %s to %s", r->path, r->user);
	}
	return 0;
}

static int listen_there(struct replica *r, struct hl_err *err)
{
	int code = hl_web_listen(hl_str_c(r->listen), &r->listen_fd, err);

	if (code && err->sys_errno == EADDRINUSE) {
		return HL_FAIL(err, HL_CONFLICT,
			"%s: the address is in use by another program",
			r->listen);
	}
	if (!code && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			     r->media_ends) < 0) {
		return HL_FAIL_SYS(err, "socket pair");
	}
	return code;
}

static int prepare(struct replica *r, struct hl_err *err)
{
	const struct hl_lookup_http_config config = {
		r->follow, HL_STR_NONE, r->ca_file};
	int code = hl_main_check_user(r->user, err);

	if (!code) {
		code = hl_lookup_http_check(&config, err);
	}
	if (!code) {
		code = hl_seal_init(err);
	}
	if (!code) {
		code = read_key(r, err);
	}
	if (!code) {
		code = make_folder(r, err);
	}
	return code ? code : listen_there(r, err);
}

static void say_ready(void *arg)
{
	const struct replica *r = arg;
	HL_BUF_AUTO name = HL_BUF_INIT(256);

	hl_web_listen_name(r->listen_fd, &name, NULL);
	hl_log(HL_LOG_INFO, "match.serving", "%.*s follows %s",
		HL_STR_ARG(hl_buf_str(&name)), r->follow);
}

static int supervise(struct replica *r, int *failed_status, struct hl_err *err)
{
	const int of_match[] = {r->listen_fd, r->media_ends[0]};
	const struct hl_proc_child children[] = {
		{"match", run_match, r, of_match, 2, 1, false},
		/* last: started only where pictures are taken */
		{"media", run_media, r, &r->media_ends[1], 1, 1, false},
	};
	const struct hl_proc_options options = {.on_ready = say_ready,
		.arg = r,
		.failed_status = failed_status};

	return hl_proc_supervise(children, r->pictures ? 2 : 1, &options, err);
}

/* Options have the names, forms and defaults of the hotline's settings. */
static int read_limits(
	struct replica *r, int *argc, char **argv, struct hl_err *err)
{
	static const struct {
		const char *option, *key;
	} all[] = {
		{"--picture-megapixels", "api.picture_megapixels"},
		{"--picture-seconds", "api.picture_seconds"},
		{"--picture-memory-mib", "api.picture_memory_mib"},
	};
	int code = hl_settings_new(&r->settings, err);

	for (size_t i = 0; !code && i < HL_ARRAY_LEN(all); i++) {
		const char *text = hl_cli_option(argc, argv, all[i].option);

		if (text) {
			code = hl_settings_set(r->settings,
				hl_str_c(all[i].key), hl_str_c(text), err);
		}
	}
	return code;
}

static bool read_options(struct replica *r, int *argc, char **argv)
{
	r->follow = hl_cli_option(argc, argv, "--follow");
	r->key_file = hl_cli_option(argc, argv, "--key-file");
	r->folder = hl_cli_option(argc, argv, "--folder");
	r->listen = hl_cli_option(argc, argv, "--listen");
	r->ca_file = hl_cli_option(argc, argv, "--ca-file");
	r->user = hl_cli_option(argc, argv, "--user");
	r->pictures = !hl_cli_flag(argc, argv, "--no-pictures");
	return *argc == 1 && r->follow && r->key_file && r->folder && r->listen;
}

int hl_main_match_serve(int argc, char **argv)
{
	struct replica r = {.listen_fd = -1, .media_ends = {-1, -1}};
	struct hl_err err = {0};
	int failed_status = 0;

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	int code = read_limits(&r, &argc, argv, &err);
	if (code) {
		hl_settings_free(r.settings);
		hl_cli_fail("match-serve", code, &err);
		return HL_CLI_USAGE;
	}
	if (!read_options(&r, &argc, argv)) {
		fputs(help, stderr);
		hl_settings_free(r.settings);
		return HL_CLI_USAGE;
	}
	hl_log_init("supervisor", HL_LOG_INFO);
	r.key = HL_BUF_SECRET(256);
	code = prepare(&r, &err);
	if (!code) {
		code = supervise(&r, &failed_status, &err);
	}
	hl_buf_fini(&r.key);
	hl_file_closep(&r.listen_fd);
	hl_file_closep(&r.media_ends[0]);
	hl_file_closep(&r.media_ends[1]);
	hl_settings_free(r.settings);
	int status = code ? hl_cli_fail("match-serve", code, &err) : HL_CLI_OK;
	return failed_status ? failed_status : status;
}
