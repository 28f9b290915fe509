/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hotline backup: a copy of an installation, running or not, in a folder of
 * its own. It is made as TO.partial and gets its name when all of it is on
 * the disk, so what is called TO is whole.
 *
 * Order matters: the checkpoints are copied after the store, and cut to what
 * the copy has of the log; then they fit, whatever happened meanwhile.
 */
#include "cli/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "audit/audit.h"
#include "base/file.h"
#include "base/json.h"
#include "base/time.h"
#include "cli/common.h"
#include "store/backup.h"

#define SMALL_MAX (64u << 20) /* a file that is read as a whole */
#define SPARE_BYTES (INT64_C(4) << 20)
#define SHOW_EVERY_US 200000

static const char help[] =
	"usage: hotline backup [--json] TO\n"
	"       hotline backup --keys [--json] TO\n"
	"\n"
	"Copies the installation to the new folder TO while the hotline goes "
	"on,\n"
	"or while it is stopped: the store as it is at one moment, the signed\n"
	"checkpoints of the audit log, hotline.conf and the law profiles. "
	"Nothing\n"
	"is overwritten; TO appears when the copy is whole and on the disk.\n"
	"\n"
	"The keys are not in it: who has the store and the keys has more than\n"
	"either. With --keys only they are copied, to be kept elsewhere.\n"
	"\n"
	"exit status: 0 made, 1 failed, 2 usage, 3 no installation,\n"
	"             4 TO is there already, another backup is running, or "
	"the\n"
	"               store cannot be reached\n";

struct run {
	struct hl_settings *settings;
	const char *to;
	char partial[HL_CLI_PATH_MAX];
	bool keys, json, running;
	int64_t n_files, bytes, shown_us;
	struct hl_store_copied store;
};

/* Signals that would end the program wait, and are looked at here. */
static bool is_broken_off(void)
{
	sigset_t waiting;

	sigpending(&waiting);
	return sigismember(&waiting, SIGINT) ||
	       sigismember(&waiting, SIGTERM) || sigismember(&waiting, SIGHUP);
}

static void hold_signals(void)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, NULL);
}

static bool show_progress(void *arg, int64_t done, int64_t all)
{
	struct run *run = arg;
	int64_t now = hl_time_mono_us();

	if (isatty(STDERR_FILENO) && now - run->shown_us > SHOW_EVERY_US) {
		run->shown_us = now;
		fprintf(stderr, "\r%lld of about %lld MB",
			(long long)(done >> 20), (long long)(all >> 20) + 1);
	}
	return !is_broken_off();
}

static int refuse_if_there(
	const char *path, const char *why, struct hl_err *err)
{
	struct stat st;

	if (lstat(path, &st) == 0) {
		return HL_FAIL(
			err, HL_CONFLICT, "%s is there already%s", path, why);
	}
	return errno == ENOENT ? 0 : HL_FAIL_SYS(err, "look for %s", path);
}

static int begin(struct run *run, struct hl_err *err)
{
	int n = snprintf(
		run->partial, sizeof(run->partial), "%s.partial", run->to);

	if (n < 0 || n >= HL_CLI_PATH_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "a path is too long");
	}
	int r = refuse_if_there(run->to, "", err);
	if (!r) {
		r = refuse_if_there(run->partial,
			": a backup that runs, or one that was broken off; "
			"remove it then",
			err);
	}
	if (!r && mkdir(run->partial, 0700) < 0) {
		r = HL_FAIL_SYS(err, "make %s", run->partial);
		run->partial[0] = '\0';
	}
	if (r == HL_CONFLICT) {
		run->partial[0] = '\0';
	}
	return r;
}

static int remove_one(
	const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

/* name in the folder of the installation as the settings have it, and its
 * place in the copy, which has no folders above it. */
static int places(const struct run *run, const char *name,
	char from[HL_CLI_PATH_MAX], char to[HL_CLI_PATH_MAX],
	struct hl_err *err)
{
	char copy[HL_CLI_PATH_MAX];
	int r = hl_cli_path(hl_cli_dir(), name, from, err);

	if (r) {
		return r;
	}
	snprintf(copy, sizeof(copy), "%s", from);
	return hl_cli_path(run->partial, basename(copy), to, err);
}

static int copy_file(
	struct run *run, const char *from, const char *to, struct hl_err *err)
{
	HL_BUF_AUTO data = HL_BUF_SECRET(SMALL_MAX);
	int r = hl_file_read(from, &data, err);

	if (r == HL_NOTFOUND) {
		return HL_FAIL(err, HL_NOTFOUND, "there is no %s", from);
	}
	if (!r) {
		r = hl_file_write(to, hl_buf_str(&data), 0600, err);
	}
	if (!r) {
		run->n_files++;
		run->bytes += (int64_t)data.n;
	}
	return r;
}

static int copy_found(struct run *run, const glob_t *found, const char *to_dir,
	struct hl_err *err)
{
	char copy[HL_CLI_PATH_MAX], to[HL_CLI_PATH_MAX];
	struct stat st;
	int r = 0;

	for (size_t i = 0; i < found->gl_pathc && !r; i++) {
		const char *from = found->gl_pathv[i];

		if (stat(from, &st) < 0 || !S_ISREG(st.st_mode)) {
			continue;
		}
		snprintf(copy, sizeof(copy), "%s", from);
		r = hl_cli_path(to_dir, basename(copy), to, err);
		if (!r) {
			r = copy_file(run, from, to, err);
		}
	}
	return r;
}

/* The files of a folder that fit the pattern, no folders in it. */
static int copy_folder(struct run *run, const char *name, const char *pattern,
	struct hl_err *err)
{
	char from[HL_CLI_PATH_MAX], to[HL_CLI_PATH_MAX], all[HL_CLI_PATH_MAX];
	glob_t found = {0};
	int r = places(run, name, from, to, err);

	if (!r) {
		r = hl_cli_path(from, pattern, all, err);
	}
	if (!r && mkdir(to, 0700) < 0) {
		r = HL_FAIL_SYS(err, "make %s", to);
	}
	if (r) {
		return r;
	}
	r = glob(all, GLOB_NOSORT, NULL, &found);
	r = r && r != GLOB_NOMATCH ? HL_FAIL_SYS(err, "read %s", from)
				   : copy_found(run, &found, to, err);
	globfree(&found);
	return r ? r : hl_file_sync_dir(to, err);
}

/* A link to the store process; NULL when none runs. */
static int find_running(struct hl_store **out, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(hl_cli_dir(), HL_CLI_SOCKET, path, err);

	*out = NULL;
	if (!r) {
		r = hl_store_connect(path, out, err);
	}
	return r == HL_NOTFOUND ? 0 : r;
}

static int check_room(
	const struct run *run, const char *store_path, struct hl_err *err)
{
	struct statvfs disk;
	int64_t need;
	int r = hl_store_backup_size(store_path, &need, err);

	if (r) {
		return r;
	}
	if (statvfs(run->partial, &disk) < 0) {
		return HL_FAIL_SYS(err, "look at the disk of %s", run->to);
	}
	int64_t room = (int64_t)(disk.f_bavail * disk.f_frsize);
	need += SPARE_BYTES;
	return need <= room
		       ? 0
		       : HL_FAIL(err, HL_E_FULL,
				 "no room on the disk of %s: %lld MB free, "
				 "%lld MB wanted",
				 run->to, (long long)(room >> 20),
				 (long long)(need >> 20) + 1);
}

static int copy_store(struct run *run, struct hl_err *err)
{
	char from[HL_CLI_PATH_MAX], to[HL_CLI_PATH_MAX];
	struct hl_store_backup copy = {
		.from = from, .to = to, .progress = show_progress, .arg = run};
	int r = places(run, run->settings->store_path, from, to, err);

	if (!r) {
		r = check_room(run, from, err);
	}
	if (!r) {
		r = find_running(&copy.running, err);
	}
	if (r) {
		return r;
	}
	run->running = copy.running != NULL;
	r = hl_store_backup(&copy, &run->store, err);
	hl_store_close(copy.running);
	run->n_files++;
	run->bytes += run->store.bytes;
	return r;
}

static int copy_checkpoints(struct run *run, struct hl_err *err)
{
	char from[HL_CLI_PATH_MAX], to[HL_CLI_PATH_MAX];
	HL_BUF_AUTO text = HL_BUF_INIT(SMALL_MAX);
	int r = places(run, "audit.checkpoints", from, to, err);

	if (!r) {
		r = hl_file_read(from, &text, err);
	}
	if (r) {
		return r == HL_NOTFOUND ? 0 : r;
	}
	size_t n = hl_audit_checkpoints_until(
		hl_buf_str(&text), run->store.last_seq);
	r = hl_file_write(to, hl_str_sub(hl_buf_str(&text), 0, n), 0600, err);
	run->n_files++;
	run->bytes += (int64_t)n;
	return r;
}

/* The public key of signatures is no secret; with it the copy's audit log can
 * be verified where it lies. */
static int copy_all(struct run *run, struct hl_err *err)
{
	char from[HL_CLI_PATH_MAX], to[HL_CLI_PATH_MAX];
	int r = copy_store(run, err);

	if (!r) {
		r = copy_checkpoints(run, err);
	}
	if (!r) {
		r = places(run, HL_CLI_CONF, from, to, err);
	}
	if (!r) {
		r = copy_file(run, from, to, err);
	}
	if (!r) {
		r = copy_folder(run, run->settings->laws_dir, "*", err);
	}
	return r ? r : copy_folder(run, run->settings->keys_dir, "*.pub", err);
}

static int finish(const struct run *run, struct hl_err *err)
{
	char inside[HL_CLI_PATH_MAX];
	int r = hl_cli_path(run->partial, ".", inside, err);

	if (!r) {
		r = hl_file_sync_dir(inside, err);
	}
	if (!r && is_broken_off()) {
		r = HL_FAIL(err, HL_E_TIMEOUT, "broken off");
	}
	if (!r) {
		r = refuse_if_there(run->to, "", err);
	}
	if (!r && rename(run->partial, run->to) < 0) {
		r = HL_FAIL_SYS(err, "give the copy its name %s", run->to);
	}
	return r ? r : hl_file_sync_dir(run->to, err);
}

static int make(struct run *run, struct hl_err *err)
{
	int r = hl_cli_settings(&run->settings, err);

	if (!r) {
		r = begin(run, err);
	}
	if (!r) {
		r = run->keys ? copy_folder(
					run, run->settings->keys_dir, "*", err)
			      : copy_all(run, err);
	}
	if (!r) {
		r = finish(run, err);
	}
	if (r && run->partial[0]) {
		nftw(run->partial, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	}
	return r;
}

static void print_made(const struct run *run)
{
	HL_BUF_AUTO out = HL_BUF_INIT(16384);

	if (run->json) {
		hl_buf_put_c(&out, '{');
		hl_json_put_member(&out, "to", hl_str_c(run->to));
		hl_json_put_member_bool(&out, "keys", run->keys);
		hl_json_put_member_bool(&out, "running", run->running);
		hl_json_put_member_i64(&out, "files", run->n_files);
		hl_json_put_member_i64(&out, "bytes", run->bytes);
		hl_json_put_member_i64(&out, "schema", run->store.version);
		hl_json_put_member_i64(&out, "entries", run->store.last_seq);
		hl_buf_put(&out, HL_STR("}\n"));
	} else if (run->keys) {
		hl_buf_printf(&out,
			"Made %s: the keys, %lld files. Keep it apart from "
			"the other backups.\n",
			run->to, (long long)run->n_files);
	} else {
		hl_buf_printf(&out,
			"Made %s: %lld files, %lld kB, the audit log up to "
			"entry %lld. The keys are not in it (hotline backup "
			"--keys).\n",
			run->to, (long long)run->n_files,
			(long long)(run->bytes + 1023) / 1024,
			(long long)run->store.last_seq);
	}
	fwrite(out.p, 1, out.n, stdout);
}

/* "TO/" is TO. */
static void trim_slashes(char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/') {
		path[--n] = '\0';
	}
}

int hl_cli_backup(int argc, char **argv)
{
	struct run run = {0};
	struct hl_err err = {0};

	if (hl_cli_help(argc, argv, help)) {
		return HL_CLI_OK;
	}
	run.json = hl_cli_flag(&argc, argv, "--json");
	run.keys = hl_cli_flag(&argc, argv, "--keys");
	if (argc != 2 || hl_cli_unknown(argc, argv) || !*argv[1]) {
		fputs(help, stderr);
		return HL_CLI_USAGE;
	}
	trim_slashes(argv[1]);
	run.to = argv[1];
	hold_signals();
	int r = make(&run, &err);
	hl_settings_free(run.settings);
	if (isatty(STDERR_FILENO)) {
		fputs("\r", stderr);
	}
	if (r) {
		return hl_cli_fail("backup", r, &err);
	}
	print_made(&run);
	return HL_CLI_OK;
}
