/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_REFER_H
#define HL_CLI_REFER_H

#include "base/buf.h"
#include "store/store.h"

/* Inside the room: the parts of `hotline refer`. */

struct hl_cli_refer {
	struct hl_store *store;
	struct hl_arena *arena;
	bool json;
};

/* argv[0] is the word behind "recipients" ("list"), or NULL. */
int hl_cli_refer_recipients(const struct hl_cli_refer *c, int argc, char **argv,
	struct hl_err *err);
/* Prints what was gathered. */
int hl_cli_refer_print(const struct hl_buf *out, struct hl_err *err);

#endif
