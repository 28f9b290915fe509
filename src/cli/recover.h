/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_RECOVER_H
#define HL_CLI_RECOVER_H

#include "store/store.h"

/*
 * `hotline user recover LOGIN [FILE...]`: argv[0] is the login, the rest are
 * files with what was typed off escrow sheets; without any, standard input.
 * Prints what was done; outcomes for hl_cli_fail(). The arena is secret.
 */
int hl_cli_recover(struct hl_store *store, struct hl_arena *arena, int argc,
	char **argv, struct hl_err *err);

#endif
