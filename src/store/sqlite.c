/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

int hl_store_sqlite_fault(
	sqlite3 *db, int result, const char *what, struct hl_err *err)
{
	switch (result) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return HL_CONFLICT;
	default:
		break;
	}
	switch (result & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		HL_FAIL(err, HL_CONFLICT, "%s: another process has the store",
			what);
		return HL_CONFLICT;
	case SQLITE_FULL:
		return HL_FAIL(err, HL_E_FULL, "%s: the disk is full", what);
	case SQLITE_NOMEM:
		return HL_FAIL(err, HL_E_NOMEM, "%s: no memory", what);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return HL_FAIL(
			err, HL_E_CORRUPT, "%s: the file is damaged", what);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return hl_err_set_at(err, HL_E_IO,
			db ? sqlite3_system_errno(db) : 0, __FILE__, __LINE__,
			"%s: %s", what, sqlite3_errstr(result));
	default:
		return HL_FAIL(err, HL_E_INTERNAL, "%s: %s", what,
			sqlite3_errstr(result));
	}
}

bool hl_store_sqlite_is_still(const char *path)
{
	return access(path, R_OK) == 0 && access(path, W_OK) < 0;
}

/* The file's name as a URI; what means something there is encoded. */
static void put_uri(struct hl_buf *out, const char *path)
{
	hl_buf_put(out, HL_STR("file:"));
	for (; *path; path++) {
		if (strchr("%?#", *path)) {
			hl_buf_printf(out, "%%%02X", (unsigned char)*path);
		} else {
			hl_buf_put_c(out, *path);
		}
	}
	hl_buf_put(out, HL_STR("?immutable=1"));
	hl_buf_put_c(out, '\0');
}

/* A log that is not empty belongs to the file, and cannot be read without
 * writing. */
static int refuse_log(const char *path, struct hl_err *err)
{
	HL_BUF_AUTO log = HL_BUF_INIT(PATH_MAX);
	struct stat st;

	hl_buf_printf(&log, "%s-wal", path);
	hl_buf_put_c(&log, '\0');
	if (log.fault) {
		return HL_FAIL(err, HL_E_LIMIT, "a path is too long");
	}
	return stat(log.p, &st) == 0 && st.st_size > 0
		       ? HL_FAIL(err, HL_E_UNAVAILABLE,
				 "%s cannot be written, and its log is still "
				 "to be taken in: copy both to where they can",
				 path)
		       : 0;
}

int hl_store_sqlite_open_still(
	const char *path, sqlite3 **db, struct hl_err *err)
{
	HL_BUF_AUTO uri = HL_BUF_INIT(3 * PATH_MAX);
	int r = refuse_log(path, err);

	if (r) {
		return r;
	}
	put_uri(&uri, path);
	if (uri.fault) {
		return HL_FAIL(err, HL_E_LIMIT, "a path is too long");
	}
	r = sqlite3_open_v2(uri.p, db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_URI |
			SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOMUTEX |
			SQLITE_OPEN_EXRESCODE,
		NULL);
	if (r == SQLITE_OK) {
		r = sqlite3_exec(*db,
			"PRAGMA trusted_schema=OFF;"
			"PRAGMA temp_store=MEMORY;"
			"SELECT count(*) FROM sqlite_schema;",
			NULL, NULL, NULL);
	}
	return r == SQLITE_OK
		       ? 0
		       : hl_store_sqlite_fault(*db, r, "open the store", err);
}

int hl_store_sqlite_lock(const char *path, sqlite3 **db, struct hl_err *err)
{
	if (hl_store_sqlite_is_still(path)) {
		return hl_store_sqlite_open_still(path, db, err);
	}
	int r = sqlite3_open_v2(path, db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE |
			SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
		NULL);

	if (r == SQLITE_OK) {
		r = sqlite3_exec(*db,
			"PRAGMA locking_mode=EXCLUSIVE;"
			"PRAGMA trusted_schema=OFF;"
			"PRAGMA temp_store=MEMORY;"
			"SELECT count(*) FROM sqlite_schema;"
			"BEGIN IMMEDIATE;ROLLBACK;",
			NULL, NULL, NULL);
	}
	if ((r & 0xff) == SQLITE_NOTADB || (r & 0xff) == SQLITE_CORRUPT) {
		return HL_FAIL(err, HL_E_CORRUPT, "%s is no store", path);
	}
	return r == SQLITE_OK
		       ? 0
		       : hl_store_sqlite_fault(*db, r, "open the store", err);
}

int hl_store_sqlite_exec(sqlite3 *db, const char *sql, struct hl_err *err)
{
	int r = sqlite3_exec(db, sql, NULL, NULL, NULL);

	if (r == SQLITE_OK) {
		return 0;
	}
	return hl_store_sqlite_fault(
		db, sqlite3_extended_errcode(db), "store", err);
}
