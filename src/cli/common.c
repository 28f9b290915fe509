/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/common.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

const char *hl_cli_dir(void)
{
	const char *dir = getenv("HOTLINE_DIR");

	if (dir && *dir) {
		return dir;
	}
	return access("var/" HL_CLI_CONF, F_OK) == 0 ? "var"
						     : "/var/lib/hotline";
}

int hl_cli_path(const char *dir, const char *name, char out[HL_CLI_PATH_MAX],
	struct hl_err *err)
{
	int n = name[0] == '/'
			? snprintf(out, HL_CLI_PATH_MAX, "%s", name)
			: snprintf(out, HL_CLI_PATH_MAX, "%s/%s", dir, name);

	if (n < 0 || n >= HL_CLI_PATH_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "a path is too long");
	}
	return 0;
}

int hl_cli_settings(struct hl_settings **out, struct hl_err *err)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_SETTINGS_BYTES_MAX);
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(hl_cli_dir(), HL_CLI_CONF, path, err);

	*out = NULL;
	if (!r) {
		r = hl_file_read(path, &text, err);
	}
	if (r == HL_NOTFOUND) {
		HL_FAIL(err, HL_NOTFOUND,
			"no installation in %s; make one with \"hotline "
			"init\" or name it with --dir",
			hl_cli_dir());
	}
	return r ? r
		 : hl_settings_load(hl_buf_str(&text), HL_CLI_CONF, out, err);
}

int hl_cli_store_there(const char *path, struct hl_err *err)
{
	struct stat st;
	bool gone = stat(path, &st) < 0;

	if (gone && errno != ENOENT && errno != ENOTDIR) {
		return HL_FAIL_SYS(err, "look for the store %s", path);
	}
	if (gone || st.st_size == 0) {
		return HL_FAIL(err, HL_NOTFOUND,
			"%s %s: mount or put back the right one, or mend "
			"store.path",
			gone ? "there is no store" : "this store is empty:",
			path);
	}
	return 0;
}

int hl_cli_store(struct hl_store **out, struct hl_err *err)
{
	HL_SETTINGS_AUTO *settings = NULL;
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_settings(&settings, err);

	*out = NULL;
	if (!r) {
		r = hl_cli_path(hl_cli_dir(), HL_CLI_SOCKET, path, err);
	}
	if (r) {
		return r;
	}
	r = hl_store_connect(path, out, err);
	if (r != HL_NOTFOUND) {
		return r;
	}
	r = hl_cli_path(hl_cli_dir(), settings->store_path, path, err);
	if (!r) {
		r = hl_cli_store_there(path, err);
	}
	if (!r) {
		r = hl_store_open_still(path, HL_STORE_ADMIN, out, err);
	}
	return r != HL_CONFLICT ? r
				: hl_store_open(path, HL_STORE_ADMIN, out, err);
}

int hl_cli_session_open(struct hl_cli_session *s, struct hl_err *err)
{
	int r = hl_seal_init(err);

	if (!r) {
		r = hl_cli_store(&s->store, err);
	}
	if (r) {
		return r;
	}
	s->arena = hl_arena_new(16 << 20, true);
	s->who = (struct hl_who){
		.ring = &s->no_keys, .store = s->store, .arena = s->arena};
	return s->arena ? 0 : HL_FAIL(err, HL_E_NOMEM, "no memory to begin");
}

int hl_cli_session_close(struct hl_cli_session *s, const char *name, int r,
	const struct hl_err *err)
{
	int status = r ? hl_cli_fail(name, r, err) : HL_CLI_OK;

	hl_arena_free(s->arena);
	hl_store_close(s->store);
	s->arena = NULL;
	s->store = NULL;
	if (r && s->usage) {
		return HL_CLI_USAGE;
	}
	return r == HL_CONFLICT ? HL_CLI_FAILED : status;
}

int hl_cli_status(int r)
{
	switch (r) {
	case 0:
		return HL_CLI_OK;
	case HL_NOTFOUND:
		return HL_CLI_NOT_FOUND;
	case HL_CONFLICT:
	case HL_E_UNAVAILABLE:
		return HL_CLI_UNAVAILABLE;
	default:
		return HL_CLI_FAILED;
	}
}

int hl_cli_fail(const char *name, int r, const struct hl_err *err)
{
	const char *why = err && err->msg[0] ? err->msg : hl_err_name(r);

	fprintf(stderr, "hotline %s: %s\n", name, why);
	return hl_cli_status(r);
}

bool hl_cli_help(int argc, char **argv, const char *text)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 ||
			strcmp(argv[i], "-h") == 0) {
			fputs(text, stdout);
			return true;
		}
		if (strcmp(argv[i], "--") == 0) {
			break;
		}
	}
	return false;
}

static void remove_args(int *argc, char **argv, int at, int n)
{
	for (int i = at; i + n <= *argc; i++) {
		argv[i] = i + n < *argc ? argv[i + n] : NULL;
	}
	*argc -= n;
}

const char *hl_cli_option(int *argc, char **argv, const char *name)
{
	size_t n = strlen(name);

	for (int i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
		const char *arg = argv[i];

		if (strncmp(arg, name, n) == 0 && arg[n] == '=') {
			remove_args(argc, argv, i, 1);
			return arg + n + 1;
		}
		if (strcmp(arg, name) == 0) {
			const char *value = i + 1 < *argc ? argv[i + 1] : "";

			remove_args(argc, argv, i, i + 1 < *argc ? 2 : 1);
			return value;
		}
	}
	return NULL;
}

bool hl_cli_flag(int *argc, char **argv, const char *name)
{
	for (int i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], name) == 0) {
			remove_args(argc, argv, i, 1);
			return true;
		}
	}
	return false;
}

const char *hl_cli_unknown(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (argv[i][0] == '-' && argv[i][1] != '\0') {
			return argv[i];
		}
	}
	return NULL;
}
