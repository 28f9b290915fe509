/* SPDX-License-Identifier: Apache-2.0 */
#include "main/processes.h"

#include <errno.h>
#include <unistd.h>

#include "cli/common.h"

static int look_for_key(const char *dir, const char *name, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(dir, name, path, err);

	if (r || access(path, R_OK) == 0) {
		return r;
	}
	if (errno != ENOENT && errno != ENOTDIR) {
		return HL_FAIL_SYS(err, "cannot read the key %s", path);
	}
	return HL_FAIL(err, HL_NOTFOUND,
		"there is no key %s: put it back from the copy of the keys, "
		"or mend keys.dir",
		path);
}

int hl_main_look(const struct hl_main_hotline *h, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(h->dir, h->settings->store_path, path, err);

	if (!r) {
		r = hl_cli_store_there(path, err);
	}
	if (!r) {
		r = hl_cli_path(h->dir, h->settings->keys_dir, path, err);
	}
	if (!r) {
		r = look_for_key(path, "worker.key", err);
	}
	return r ? r : look_for_key(path, "sign.key", err);
}
