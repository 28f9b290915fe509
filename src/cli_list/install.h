/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_LIST_INSTALL_H
#define HL_CLI_LIST_INSTALL_H

#include "cli/common.h"
#include "lists/publisher.h"

/* Inside the room: for verbs at the hotline. */

/* The folder of lists, and the keys. HL_NOTFOUND: it has none. */
int hl_cli_list_install(char folder[HL_CLI_PATH_MAX],
	struct hl_lists_keys *keys, struct hl_err *err);
/* Runs it with the store, prints a fault, and gives the exit status. */
int hl_cli_list_session(const char *name,
	int (*run)(struct hl_cli_session *s, void *arg, struct hl_err *err),
	void *arg);

#endif
