/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_list/install.h"

#include "seal/key.h"

int hl_cli_list_install(char folder[HL_CLI_PATH_MAX],
	struct hl_lists_keys *keys, struct hl_err *err)
{
	HL_SETTINGS_AUTO *settings = NULL;
	char dir[HL_CLI_PATH_MAX];
	int r = hl_cli_settings(&settings, err);

	if (!r) {
		r = hl_cli_path(hl_cli_dir(), settings->keys_dir, dir, err);
	}
	if (!r) {
		r = hl_cli_path(hl_cli_dir(), "lists", folder, err);
	}
	if (r) {
		return r;
	}
	r = hl_lists_keys_load(dir, keys, err);
	return r == HL_NOTFOUND
		       ? HL_FAIL(err, r,
				 "there are no keys of lists in %s: hotline "
				 "list init makes them",
				 dir)
		       : r;
}

int hl_cli_list_session(const char *name,
	int (*run)(struct hl_cli_session *s, void *arg, struct hl_err *err),
	void *arg)
{
	struct hl_cli_session s = {0};
	struct hl_err err = {0};
	int r = hl_seal_init(&err);

	if (!r) {
		r = hl_cli_session_open(&s, &err);
	}
	if (!r) {
		r = run(&s, arg, &err);
	}
	return hl_cli_session_close(&s, name, r, &err);
}
