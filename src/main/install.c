/* SPDX-License-Identifier: Apache-2.0 */
#include "main/install.h"

#include <errno.h>
#include <sys/types.h>
#include <fts.h>
#include <glob.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "accounts/accounts.h"
#include "base/file.h"
#include "cli/common.h"
#include "seal/keyfile.h"
#include "seal/sign.h"

#define COPY_MAX (512 * 1024)

const char *hl_main_data_dir(void)
{
	const char *dir = getenv("HOTLINE_DATA");

	return dir && *dir ? dir : HL_MAIN_DATA_DIR;
}

static int make_dir(const char *path, struct hl_err *err)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST) {
		return HL_FAIL_SYS(err, "make the folder %s", path);
	}
	return 0;
}

static int set_one(struct hl_settings *s, const char *text, struct hl_err *err)
{
	struct hl_str all = hl_str_c(text);
	size_t at = hl_str_find_char(all, '=');

	if (at == all.n) {
		return HL_FAIL(err, HL_E_INVALID, "--set wants KEY=VALUE");
	}
	return hl_settings_set(s, hl_str_trim(hl_str_sub(all, 0, at)),
		hl_str_trim(hl_str_sub(all, at + 1, all.n)), err);
}

/* The folder of the address data that npm brought, if it is there. */
static int find_geo(struct hl_settings *s, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(
		hl_main_data_dir(), "node_modules/@ip-location-db", path, err);

	if (r || access(path, F_OK) < 0) {
		return r;
	}
	return hl_settings_set(
		s, HL_STR("trace.geo.paths"), hl_str_c(path), err);
}

static int make_settings(const struct hl_main_new *given,
	struct hl_settings **out, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_SETTINGS_BYTES_MAX);
	char path[HL_CLI_PATH_MAX];
	int r = hl_settings_new(out, err);

	if (!r) {
		r = find_geo(*out, err);
	}
	for (size_t i = 0; i < given->n_set && !r; i++) {
		r = set_one(*out, given->set[i], err);
	}
	if (!r) {
		r = hl_settings_check(*out, err);
	}
	if (!r) {
		r = hl_cli_path(given->dir, HL_CLI_CONF, path, err);
	}
	if (r) {
		return r;
	}
	hl_settings_put_file(&text, *out);
	return text.fault ? text.fault
			  : hl_file_write(path, hl_buf_str(&text), 0600, err);
}

static int copy_file(const char *from, const char *to_dir, struct hl_err *err)
{
	HL_BUF_AUTO data = HL_BUF_INIT(COPY_MAX);
	char to[HL_CLI_PATH_MAX], name[HL_CLI_PATH_MAX];
	int r = hl_file_read(from, &data, err);

	snprintf(name, sizeof(name), "%s", from);
	if (!r) {
		r = hl_cli_path(to_dir, basename(name), to, err);
	}
	return r ? r : hl_file_write(to, hl_buf_str(&data), 0644, err);
}

static int copy_laws(const char *dir, const char *to, struct hl_err *err)
{
	char pattern[HL_CLI_PATH_MAX], path[HL_CLI_PATH_MAX];
	glob_t found = {0};
	int r = hl_cli_path(hl_main_data_dir(), "laws/*.json", pattern, err);

	if (!r) {
		r = hl_cli_path(dir, to, path, err);
	}
	if (!r) {
		r = make_dir(path, err);
	}
	if (r || glob(pattern, 0, NULL, &found) != 0) {
		return r ? r
			 : HL_FAIL(err, HL_NOTFOUND,
				   "no law profiles in %s/laws; point "
				   "HOTLINE_DATA at the program's data",
				   hl_main_data_dir());
	}
	for (size_t i = 0; i < found.gl_pathc && !r; i++) {
		r = copy_file(found.gl_pathv[i], path, err);
	}
	globfree(&found);
	return r;
}

static int make_keys(
	const char *dir, struct hl_seal_pub *worker, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(256);
	struct hl_seal_sign_pub sign;
	char path[HL_CLI_PATH_MAX];
	int r = make_dir(dir, err);

	if (!r) {
		r = hl_cli_path(dir, "worker.key", path, err);
	}
	if (!r) {
		r = hl_seal_worker_create(path, worker, err);
	}
	if (!r) {
		r = hl_cli_path(dir, "sign.key", path, err);
	}
	if (!r) {
		r = hl_seal_sign_create(path, &sign, err);
	}
	if (!r) {
		r = hl_cli_path(dir, "sign.pub", path, err);
	}
	if (r) {
		return r;
	}
	hl_seal_sign_pub_print(&sign, &text);
	return hl_file_write(path, hl_buf_str(&text), 0644, err);
}

static int make_store(const char *dir, const struct hl_seal_pub *worker,
	struct hl_main_install *out, struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
	char path[HL_CLI_PATH_MAX];
	int r = arena ? hl_cli_path(dir, out->settings->store_path, path, err)
		      : HL_FAIL(err, HL_E_NOMEM, "no memory");

	if (!r) {
		/* the founding does what staff and the host both may do */
		r = hl_store_open(path,
			(enum hl_store_role)(HL_STORE_ADMIN | HL_STORE_STAFF |
					     HL_STORE_PUBLIC | HL_STORE_WORKER),
			&out->store, err);
	}
	return r ? r
		 : hl_accounts_found(
			   out->store, arena, worker, &out->ring, err);
}

static int fill(const struct hl_main_new *given, struct hl_main_install *out,
	struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	struct hl_seal_pub worker;
	int r = make_settings(given, &out->settings, err);

	if (!r) {
		r = hl_cli_path(
			given->dir, out->settings->store_path, path, err);
	}
	if (!r && access(path, F_OK) == 0) {
		return HL_FAIL(err, HL_CONFLICT,
			"there is a store %s already; init makes a new one",
			path);
	}
	if (!r) {
		r = copy_laws(given->dir, out->settings->laws_dir, err);
	}
	if (!r) {
		r = hl_cli_path(given->dir, out->settings->keys_dir, path, err);
	}
	if (!r) {
		r = make_keys(path, &worker, err);
	}
	return r ? r : make_store(given->dir, &worker, out, err);
}

int hl_main_install(const struct hl_main_new *given,
	struct hl_main_install *out, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];

	*out = (struct hl_main_install){0};
	int r = hl_seal_init(err);
	if (!r) {
		r = hl_cli_path(given->dir, HL_CLI_CONF, path, err);
	}
	if (r) {
		return r;
	}
	if (access(path, F_OK) == 0) {
		return HL_FAIL(err, HL_CONFLICT,
			"%s is an installation already", given->dir);
	}
	r = make_dir(given->dir, err);
	if (!r) {
		r = fill(given, out, err);
	}
	if (r) {
		unlink(path); /* so that it can be tried again */
		hl_main_install_fini(out);
	}
	return r;
}

void hl_main_install_fini(struct hl_main_install *install)
{
	hl_store_close(install->store);
	install->store = NULL;
	hl_settings_freep(&install->settings);
	hl_seal_ring_wipe(&install->ring);
}

int hl_main_own(const char *dir, const char *user, struct hl_err *err)
{
	char *const paths[] = {(char *)(uintptr_t)dir, NULL};
	struct passwd space, *who = NULL;
	char names[4096];
	FTSENT *entry;
	int r = 0;

	if (user && geteuid() == 0) {
		getpwnam_r(user, &space, names, sizeof(names), &who);
	}
	if (!who) {
		return 0;
	}
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!walk) {
		return HL_FAIL_SYS(err, "walk %s", dir);
	}
	while (!r && (entry = fts_read(walk))) {
		if (entry->fts_info != FTS_DP &&
			lchown(entry->fts_accpath, who->pw_uid, who->pw_gid) <
				0) {
			r = HL_FAIL_SYS(
				err, "give %s to %s", entry->fts_accpath, user);
		}
	}
	fts_close(walk);
	return r;
}
