/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_INSPECT_H
#define HL_STORE_INSPECT_H

#include "store/store.h"

/*
 * Looks at a store file that no process has open, without bringing its
 * schema up to date: what hl_store_open() would meet.
 */
struct hl_store_look {
	int version;      /* newest schema step that the file has; 0: none */
	int known;        /* newest that this program has */
	int changed;      /* a step that is not the one that made it; 0: none */
	int64_t last_seq; /* newest audit entry; 0: none */
	bool damaged;
};

/* HL_NOTFOUND: there is no such file. HL_CONFLICT: a process has it open.
 * HL_E_CORRUPT: it is no SQLite file. */
int hl_store_inspect(
	const char *path, struct hl_store_look *out, struct hl_err *err);

#endif
