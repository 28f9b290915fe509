/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_SQLITE_H
#define HL_STORE_SQLITE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/err.h"

/*
 * SQLite's result as ours: HL_CONFLICT for a unique value that is taken and
 * for a file that another process holds, else a fault. SQLite's own message
 * is left out, since it can quote values.
 */
int hl_store_sqlite_fault(
	sqlite3 *db, int result, const char *what, struct hl_err *err);

/*
 * Opens a file that no process has open and keeps others out until it is
 * closed; its schema is left as it is. One that cannot be written is opened as
 * below. HL_CONFLICT: a process has it open. *db is to be closed whatever the
 * outcome.
 */
int hl_store_sqlite_lock(const char *path, sqlite3 **db, struct hl_err *err);

/* Whether the file is there and can be read, but not written: a copy on
 * read-only media. */
bool hl_store_sqlite_is_still(const char *path);

/*
 * Opens such a file for reading, without a lock and without making any file
 * beside it. HL_E_UNAVAILABLE: what its log holds would have to be taken in
 * first. *db is to be closed whatever the outcome.
 */
int hl_store_sqlite_open_still(
	const char *path, sqlite3 **db, struct hl_err *err);

/* Runs statements without parameters. */
int hl_store_sqlite_exec(sqlite3 *db, const char *sql, struct hl_err *err);

#endif
