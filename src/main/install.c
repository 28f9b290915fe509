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
#include "seal/listkey.h"
#include "seal/sign.h"
#include "store/sql.h"

#define COPY_MAX (512 * 1024)

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
static int find_geo(struct hl_settings *s, const char *data, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(data, "node_modules/@ip-location-db", path, err);

	if (r || access(path, F_OK) < 0) {
		return r;
	}
	return hl_settings_set(
		s, HL_STR("trace.geo.paths"), hl_str_c(path), err);
}

static int choose_settings(const struct hl_main_new *given, const char *data,
	struct hl_settings **out, struct hl_err *err)
{
	int r = hl_settings_new(out, err);

	if (!r) {
		r = find_geo(*out, data, err);
	}
	for (size_t i = 0; i < given->n_set && !r; i++) {
		r = set_one(*out, given->set[i], err);
	}
	return r ? r : hl_settings_check(*out, err);
}

static int write_settings(
	const char *dir, const struct hl_settings *settings, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_SETTINGS_BYTES_MAX);
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(dir, HL_CLI_CONF, path, err);

	if (r) {
		return r;
	}
	hl_settings_put_file(&text, settings);
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

static int copy_laws(
	const char *data, const char *dir, const char *to, struct hl_err *err)
{
	char pattern[HL_CLI_PATH_MAX], path[HL_CLI_PATH_MAX];
	glob_t found = {0};
	int r = hl_cli_path(data, "laws/*.json", pattern, err);

	if (!r) {
		r = hl_cli_path(dir, to, path, err);
	}
	if (!r) {
		r = make_dir(path, err);
	}
	if (r || glob(pattern, 0, NULL, &found) != 0) {
		return r ? r : HL_FAIL(err, HL_E_IO, "cannot list %s", pattern);
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
	const struct hl_seal_pub *place, struct hl_main_install *out,
	struct hl_err *err)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
	char path[HL_CLI_PATH_MAX];
	int r = arena ? hl_cli_path(dir, out->settings->store_path, path, err)
		      : HL_FAIL(err, HL_E_NOMEM, "no memory");

	if (!r) {
		/* the founding does what staff and the host both may do */
		r = hl_store_open(path,
			(enum hl_store_role)(HL_STORE_ADMIN | HL_STORE_STAFF |
					     HL_STORE_PUBLIC | HL_STORE_WORKER |
					     HL_STORE_LISTS),
			&out->store, err);
	}
	if (!r) {
		r = hl_accounts_found(
			out->store, arena, worker, &out->ring, err);
	}
	const struct hl_in_lists_key_put key = {hl_seal_pub_str(place)};
	return r ? r : hl_do_lists_key_put(out->store, arena, &key, err);
}

static int fill(const struct hl_main_new *given, const char *data,
	struct hl_main_install *out, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	struct hl_seal_pub worker, place;
	int n_made;
	int r = write_settings(given->dir, out->settings, err);

	if (!r) {
		r = copy_laws(data, given->dir, out->settings->laws_dir, err);
	}
	if (!r) {
		r = hl_cli_path(given->dir, out->settings->keys_dir, path, err);
	}
	if (!r) {
		r = make_keys(path, &worker, err);
	}
	if (!r) {
		r = hl_seal_list_create(path, &place, &n_made, err);
	}
	return r ? r : make_store(given->dir, &worker, &place, out, err);
}

static int no_store(
	const char *dir, const struct hl_settings *settings, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(dir, settings->store_path, path, err);

	if (!r && access(path, F_OK) == 0) {
		return HL_FAIL(err, HL_CONFLICT,
			"there is a store %s already; init makes a new one",
			path);
	}
	return r;
}

/* Everything that can be wrong with what was asked for, before anything is
 * made. */
static int look_before(const struct hl_main_new *given, const char *conf,
	char data[HL_CLI_PATH_MAX], struct hl_settings **settings,
	struct hl_err *err)
{
	if (access(conf, F_OK) == 0) {
		return HL_FAIL(err, HL_CONFLICT,
			"%s is an installation already", given->dir);
	}
	int r = hl_seal_init(err);

	if (!r) {
		r = hl_main_check_user(given->user, err);
	}
	if (!r) {
		r = hl_main_data_dir(data, err);
	}
	if (!r) {
		r = choose_settings(given, data, settings, err);
	}
	return r ? r : no_store(given->dir, *settings, err);
}

int hl_main_install(const struct hl_main_new *given,
	struct hl_main_install *out, struct hl_err *err)
{
	char conf[HL_CLI_PATH_MAX], data[HL_CLI_PATH_MAX];

	*out = (struct hl_main_install){0};
	int r = hl_cli_path(given->dir, HL_CLI_CONF, conf, err);
	if (!r) {
		r = look_before(given, conf, data, &out->settings, err);
	}
	if (r) {
		hl_main_install_fini(out);
		return r;
	}
	r = make_dir(given->dir, err);
	if (!r) {
		r = fill(given, data, out, err);
	}
	if (r) {
		unlink(conf); /* so that it can be tried again */
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

static int find_user(
	const char *name, uid_t *uid, gid_t *gid, struct hl_err *err)
{
	struct passwd space, *who = NULL;
	char names[4096];

	getpwnam_r(name, &space, names, sizeof(names), &who);
	if (!who) {
		return HL_FAIL(err, HL_E_INVALID,
			"there is no system user %s; adduser --system --group "
			"makes one",
			name);
	}
	*uid = who->pw_uid;
	*gid = who->pw_gid;
	return 0;
}

int hl_main_check_user(const char *user, struct hl_err *err)
{
	uid_t uid;
	gid_t gid;
	int r = user ? find_user(user, &uid, &gid, err) : 0;

	if (!r && user && geteuid() != 0 && uid != geteuid()) {
		return HL_FAIL(err, HL_E_INVALID,
			"only root can make files %s's and processes run as "
			"%s",
			user, user);
	}
	return r;
}

int hl_main_own(const char *dir, const char *user, struct hl_err *err)
{
	char *const paths[] = {(char *)(uintptr_t)dir, NULL};
	FTSENT *entry;
	uid_t uid;
	gid_t gid;
	int r = user ? find_user(user, &uid, &gid, err) : 0;

	if (r || !user) {
		return r;
	}
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!walk) {
		return HL_FAIL_SYS(err, "walk %s", dir);
	}
	while (!r && (entry = fts_read(walk))) {
		if (entry->fts_info != FTS_DP &&
			lchown(entry->fts_accpath, uid, gid) < 0) {
			r = HL_FAIL_SYS(
				err, "give %s to %s", entry->fts_accpath, user);
		}
	}
	fts_close(walk);
	return r;
}
