/* SPDX-License-Identifier: Apache-2.0 */
#include "store/inspect.h"

#include <sqlite3.h>
#include <unistd.h>

#include "base/str.h"
#include "store/sqlite.h"
#include "store/statement.h"

static const struct hl_migration *find(int version)
{
	for (size_t i = 0; i < hl_store_n_migrations; i++) {
		if (hl_store_migrations[i].version == version) {
			return &hl_store_migrations[i];
		}
	}
	return NULL;
}

/* A file without the table of steps has no schema yet. */
static void look_at_steps(sqlite3 *db, struct hl_store_look *out)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(db,
		    "SELECT version, checksum FROM schema_step "
		    "ORDER BY version",
		    -1, &st, NULL) != SQLITE_OK) {
		return;
	}
	while (sqlite3_step(st) == SQLITE_ROW) {
		int version = sqlite3_column_int(st, 0);
		const struct hl_migration *m = find(version);
		const void *text = sqlite3_column_text(st, 1);

		out->version = version;
		if (m && !out->changed &&
			!hl_str_eq(hl_str_c(m->checksum), hl_str_c(text))) {
			out->changed = version;
		}
	}
	sqlite3_finalize(st);
}

static void look_at_head(sqlite3 *db, struct hl_store_look *out)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(db, "SELECT seq FROM event_head", -1, &st,
		    NULL) == SQLITE_OK &&
		sqlite3_step(st) == SQLITE_ROW) {
		out->last_seq = sqlite3_column_int64(st, 0);
	}
	sqlite3_finalize(st);
}

static bool is_sound(sqlite3 *db)
{
	sqlite3_stmt *st = NULL;
	bool sound = false;

	if (sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &st, NULL) ==
			SQLITE_OK &&
		sqlite3_step(st) == SQLITE_ROW) {
		const void *text = sqlite3_column_text(st, 0);

		sound = hl_str_eq(hl_str_c(text), HL_STR("ok"));
	}
	sqlite3_finalize(st);
	return sound;
}

int hl_store_inspect(
	const char *path, struct hl_store_look *out, struct hl_err *err)
{
	sqlite3 *db = NULL;

	*out = (struct hl_store_look){0};
	for (size_t i = 0; i < hl_store_n_migrations; i++) {
		out->known = hl_store_migrations[i].version;
	}
	if (access(path, F_OK) < 0) {
		return HL_NOTFOUND;
	}
	int r = hl_store_sqlite_lock(path, &db, err);
	if (!r) {
		look_at_steps(db, out);
		look_at_head(db, out);
		out->damaged = !is_sound(db);
	}
	sqlite3_close(db);
	return r;
}
