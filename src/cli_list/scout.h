/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_LIST_SCOUT_H
#define HL_CLI_LIST_SCOUT_H

#include "consume/setup.h"

/*
 * A process that looks at a consumer's folder for one that is shut in: what
 * only the user that started both may read, as the token, or what lies where
 * the sandbox does not reach. It reads the settings and the token each second
 * until both are good, tells them and ends; it takes nothing from anybody. It
 * also ends with the other side of fd.
 */
#define HL_LIST_TOKEN_MAX 4096

/* Reads settings and token; for the scout, and for who needs none. */
int hl_list_settle(const char *folder, struct hl_consume_setup *setup,
	struct hl_buf *token, struct hl_err *err);

/* Before the sandbox. */
int hl_list_scout_send(const char *folder, int *fd, struct hl_err *err);
/* Never waits. HL_NOTFOUND: nothing new; a fault is what the scout met. */
int hl_list_scout_hear(int fd, struct hl_consume_setup *setup,
	struct hl_buf *token, struct hl_err *err);

#endif
