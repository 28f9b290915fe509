/* SPDX-License-Identifier: Apache-2.0 */
#include "main/processes.h"

#include "cli/common.h"

int hl_main_look(const struct hl_main_hotline *h, struct hl_err *err)
{
	char path[HL_CLI_PATH_MAX];
	int r = hl_cli_path(h->dir, h->settings->store_path, path, err);

	return r ? r : hl_cli_store_there(path, err);
}
