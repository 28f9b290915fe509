/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrate.h"

#include "base/log.h"
#include "base/str.h"
#include "base/time.h"
#include "store/sqlite.h"
#include "store/statement.h"

/* The checksum of an applied step; n is 0 if it has not been applied. */
static int applied(
	sqlite3 *db, int version, char checksum[65], struct hl_err *err)
{
	sqlite3_stmt *st = NULL;
	int r = sqlite3_prepare_v2(db,
		"SELECT checksum FROM schema_step WHERE version = $1", -1, &st,
		NULL);

	checksum[0] = '\0';
	if (r == SQLITE_OK) {
		sqlite3_bind_int(st, 1, version);
		r = sqlite3_step(st);
	}
	if (r == SQLITE_ROW && sqlite3_column_bytes(st, 0) == 64) {
		memcpy(checksum, sqlite3_column_text(st, 0), 65);
	}
	sqlite3_finalize(st);
	return r == SQLITE_ROW || r == SQLITE_DONE
		       ? 0
		       : hl_store_sqlite_fault(db, r, "schema", err);
}

static int remember(
	sqlite3 *db, const struct hl_migration *m, struct hl_err *err)
{
	sqlite3_stmt *st = NULL;
	int r = sqlite3_prepare_v2(db,
		"INSERT INTO schema_step (version, name, checksum, at_us) "
		"VALUES ($1, $2, $3, $4)",
		-1, &st, NULL);

	if (r == SQLITE_OK) {
		sqlite3_bind_int(st, 1, m->version);
		sqlite3_bind_text(st, 2, m->name, -1, SQLITE_STATIC);
		sqlite3_bind_text(st, 3, m->checksum, -1, SQLITE_STATIC);
		sqlite3_bind_int64(st, 4, hl_time_now_us());
		r = sqlite3_step(st);
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0
				: hl_store_sqlite_fault(db, r, "schema", err);
}

static int apply(sqlite3 *db, const struct hl_migration *m, struct hl_err *err)
{
	int r = hl_store_sqlite_exec(db, "BEGIN IMMEDIATE", err);

	if (r) {
		return r;
	}
	r = hl_store_sqlite_exec(db, m->sql, err);
	if (!r) {
		r = remember(db, m, err);
	}
	if (!r) {
		r = hl_store_sqlite_exec(db, "COMMIT", err);
	}
	if (r) {
		hl_store_sqlite_exec(db, "ROLLBACK", NULL);
		return r;
	}
	hl_log(HL_LOG_INFO, "store.migrated", "schema step %d, %s", m->version,
		m->name);
	return 0;
}

static int newest(sqlite3 *db, int *version)
{
	sqlite3_stmt *st = NULL;
	int r = sqlite3_prepare_v2(db,
		"SELECT coalesce(max(version), 0) FROM schema_step", -1, &st,
		NULL);

	if (r == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		*version = sqlite3_column_int(st, 0);
	}
	sqlite3_finalize(st);
	return r;
}

int hl_store_migrate(sqlite3 *db, struct hl_err *err)
{
	int top = 0, last = 0;
	int r = hl_store_sqlite_exec(db,
		"CREATE TABLE IF NOT EXISTS schema_step ("
		"version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
		"checksum TEXT NOT NULL, at_us INTEGER NOT NULL) STRICT",
		err);

	if (r || newest(db, &top) != SQLITE_OK) {
		return r ? r : HL_FAIL(err, HL_E_CORRUPT, "schema unreadable");
	}
	for (size_t i = 0; i < hl_store_n_migrations; i++) {
		const struct hl_migration *m = &hl_store_migrations[i];
		char checksum[65];

		last = m->version;
		r = applied(db, m->version, checksum, err);
		if (!r && !checksum[0]) {
			r = apply(db, m, err);
		} else if (!r && strcmp(checksum, m->checksum) != 0) {
			r = HL_FAIL(err, HL_E_INVALID,
				"schema step %d is not the one that made this "
				"store; use the program that made it",
				m->version);
		}
		if (r) {
			return r;
		}
	}
	if (top > last) {
		return HL_FAIL(err, HL_E_INVALID,
			"the store has schema %d, this program knows %d; "
			"install the newer program",
			top, last);
	}
	return 0;
}
