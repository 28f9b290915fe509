/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durability: WAL with synchronous=FULL, so a commit is on the disk when it
 * returns. The file is locked for good by the process that opened it; a
 * second one is refused. Deleted content is overwritten (secure_delete).
 *
 * Each batch runs in a savepoint. SQLite may roll back the whole group by
 * itself when the disk is full; autocommit mode tells, and then the group's
 * commit fails for all of its batches.
 */
#include "store/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/time.h"
#include "store/chain.h"
#include "store/events.h"
#include "store/migrate.h"
#include "store/sqlite.h"
#include "store/statement.h"
#include "store/tx.h"
#include "store/wire.h"

/* Pages that the log may have before it is taken into the file: SQLite's own
 * choice, which a hold has to be able to bring back. */
#define CHECKPOINT_PAGES 1000

struct hl_engine {
	sqlite3 *db;
	sqlite3_stmt **prepared; /* by statement; made at first use */
	bool keeps_log;          /* when it is closed, empty */
	bool in_group;
	bool head_known; /* of the audit chain */
	int64_t seq, saved_seq;
	int64_t last_at_us;
	unsigned char hash[HL_STORE_HASH_BYTES];
	unsigned char saved_hash[HL_STORE_HASH_BYTES];
};

/*
 * For the owner alone, whatever the umask; SQLite gives its log the same
 * mode. A store that was made open to others is closed to them. No other is
 * opened here: closing it would let go of the locks that this process may
 * have on it.
 */
static int close_to_others(const char *path, struct hl_err *err)
{
	HL_FD_AUTO fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct stat st;

	if (fd >= 0) {
		return 0;
	}
	if (errno != EEXIST || stat(path, &st) < 0) {
		return HL_FAIL_SYS(err, "open the store");
	}
	if (st.st_mode & 077) {
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0 || fchmod(fd, 0600) < 0) {
			return HL_FAIL_SYS(err, "close the store to others");
		}
	}
	return 0;
}

static int open_file(const char *path, sqlite3 **db, struct hl_err *err)
{
	int r = close_to_others(path, err);

	if (r) {
		return r;
	}
	r = sqlite3_open_v2(path, db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
			SQLITE_OPEN_EXRESCODE,
		NULL);

	if (r != SQLITE_OK) {
		return hl_store_sqlite_fault(*db, r, "open the store", err);
	}
	sqlite3_busy_timeout(*db, 0);
	return hl_store_sqlite_exec(*db,
		"PRAGMA locking_mode=EXCLUSIVE;"
		"PRAGMA journal_mode=WAL;"
		"PRAGMA synchronous=FULL;"
		"PRAGMA secure_delete=ON;"
		"PRAGMA foreign_keys=ON;"
		"PRAGMA trusted_schema=OFF;"
		"PRAGMA temp_store=MEMORY;" /* no files but its own */
		"PRAGMA cache_size=-4096;"
		"BEGIN IMMEDIATE;COMMIT;",
		err);
}

static int engine_new(struct hl_engine **out, struct hl_err *err)
{
	struct hl_engine *e = calloc(1, sizeof(*e));

	*out = NULL;
	if (e) {
		e->prepared =
			calloc(hl_store_n_statements, sizeof(sqlite3_stmt *));
	}
	if (!e || !e->prepared) {
		hl_store_engine_close(e);
		return HL_FAIL(err, HL_E_NOMEM, "no memory for the store");
	}
	*out = e;
	return 0;
}

static int opened(struct hl_engine **out, int r)
{
	if (r) {
		hl_store_engine_close(*out);
		*out = NULL;
	}
	return r;
}

int hl_store_engine_open(
	const char *path, struct hl_engine **out, struct hl_err *err)
{
	int r = engine_new(out, err);

	if (r) {
		return r;
	}
	r = open_file(path, &(*out)->db, err);
	if (!r) {
		r = hl_store_migrate((*out)->db, err);
	}
	return opened(out, r);
}

int hl_store_engine_open_still(
	const char *path, struct hl_engine **out, struct hl_err *err)
{
	int r = engine_new(out, err);

	return r ? r
		 : opened(out,
			   hl_store_sqlite_open_still(path, &(*out)->db, err));
}

/*
 * SQLite would remove its log when it closes the file, and would sync the
 * folder at the first commit that follows the making of the log. It goes on
 * without a word when neither is allowed, so the one is done here and the
 * other is made unnecessary: the log is emptied instead.
 */
int hl_store_engine_settle(struct hl_engine *e, struct hl_err *err)
{
	int keep_log = 1;
	int r = sqlite3_file_control(
		e->db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep_log);

	if (r != SQLITE_OK) {
		return hl_store_sqlite_fault(e->db, r, "keep the log", err);
	}
	e->keeps_log = true;
	return hl_file_sync_dir(sqlite3_db_filename(e->db, "main"), err);
}

void hl_store_engine_close(struct hl_engine *e)
{
	if (!e) {
		return;
	}
	for (size_t i = 0; e->prepared && i < hl_store_n_statements; i++) {
		sqlite3_finalize(e->prepared[i]);
	}
	free(e->prepared);
	if (e->keeps_log) {
		hl_store_sqlite_exec(
			e->db, "PRAGMA journal_size_limit=0;", NULL);
	}
	sqlite3_close(e->db);
	free(e);
}

static int prepare(struct hl_engine *e, uint32_t id, sqlite3_stmt **out,
	struct hl_err *err)
{
	if (!e->prepared[id]) {
		int r = sqlite3_prepare_v3(e->db, hl_store_statements[id].sql,
			-1, SQLITE_PREPARE_PERSISTENT, &e->prepared[id], NULL);

		if (r != SQLITE_OK) {
			return hl_store_sqlite_fault(
				e->db, r, hl_store_statements[id].name, err);
		}
	}
	*out = e->prepared[id];
	return 0;
}

static int bind(sqlite3_stmt *st, const struct hl_statement *def,
	struct hl_store_cursor *c)
{
	int r = SQLITE_OK;

	for (int i = 0; def->in[i] && r == SQLITE_OK; i++) {
		if (def->in[i] == 'i') {
			r = sqlite3_bind_int64(st, i + 1, hl_store_get_i64(c));
			continue;
		}
		struct hl_str s = hl_store_get_str(c);
		const char *p = s.p ? s.p : "";

		r = def->in[i] == 't' ? sqlite3_bind_text(st, i + 1, p,
						(int)s.n, SQLITE_STATIC)
				      : sqlite3_bind_blob(st, i + 1, p,
						(int)s.n, SQLITE_STATIC);
	}
	return r;
}

static void put_row(struct hl_buf *out, sqlite3_stmt *st, const char *types)
{
	for (int i = 0; types[i]; i++) {
		if (types[i] == 'i') {
			hl_store_put_i64(out, sqlite3_column_int64(st, i));
			continue;
		}
		const void *p =
			types[i] == 't'
				? (const void *)sqlite3_column_text(st, i)
				: sqlite3_column_blob(st, i);
		size_t n = (size_t)sqlite3_column_bytes(st, i);

		hl_store_put_str(out, hl_str_mem(p ? p : "", n));
	}
}

/* Steps to the end, appending rows behind a count that is filled in last. */
static int step_all(struct hl_engine *e, sqlite3_stmt *st,
	const struct hl_statement *def, struct hl_buf *out, struct hl_err *err)
{
	size_t at = out->n;
	uint32_t n_rows = 0;
	int r;

	if (def->out[0]) {
		hl_store_put_u32(out, 0);
	}
	while ((r = sqlite3_step(st)) == SQLITE_ROW) {
		n_rows++;
		put_row(out, st, def->out);
		if (out->fault) {
			return HL_FAIL(err, out->fault, "%s: too many rows",
				def->name);
		}
	}
	if (r != SQLITE_DONE) {
		return hl_store_sqlite_fault(e->db, r, def->name, err);
	}
	if (def->out[0] && !out->fault) {
		memcpy(out->p + at, &n_rows, sizeof(n_rows));
	}
	int64_t met = def->out[0] ? n_rows : sqlite3_changes64(e->db);
	return def->expect == HL_STORE_ONE && met != 1 ? HL_CONFLICT : 0;
}

static int run_statement(struct hl_engine *e, enum hl_store_role role,
	uint32_t id, struct hl_store_cursor *c, struct hl_buf *out,
	struct hl_err *err)
{
	const struct hl_statement *def = &hl_store_statements[id];
	sqlite3_stmt *st = NULL;

	if (!(def->roles & role)) {
		return HL_DENIED;
	}
	int r = prepare(e, id, &st, err);
	if (r) {
		return r;
	}
	r = bind(st, def, c);
	if (c->bad) {
		r = HL_FAIL(
			err, HL_E_INVALID, "%s: parameters cut off", def->name);
	} else if (r != SQLITE_OK) {
		r = hl_store_sqlite_fault(e->db, r, def->name, err);
	} else {
		r = step_all(e, st, def, out, err);
	}
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return r;
}

static int load_head(struct hl_engine *e, struct hl_err *err)
{
	sqlite3_stmt *st = NULL;
	int r = sqlite3_prepare_v2(e->db,
		"SELECT h.seq, h.hash, coalesce(e.at_us, 0) FROM event_head h "
		"LEFT JOIN event e ON e.seq = h.seq",
		-1, &st, NULL);

	if (r == SQLITE_OK && (r = sqlite3_step(st)) == SQLITE_ROW &&
		sqlite3_column_bytes(st, 1) == HL_STORE_HASH_BYTES) {
		e->seq = sqlite3_column_int64(st, 0);
		memcpy(e->hash, sqlite3_column_blob(st, 1), sizeof(e->hash));
		e->last_at_us = sqlite3_column_int64(st, 2);
		e->head_known = true;
		r = 0;
	} else {
		r = HL_FAIL(err, HL_E_CORRUPT, "the audit log has no head");
	}
	sqlite3_finalize(st);
	return r;
}

static int write_entry(struct hl_engine *e, const struct hl_store_entry *entry,
	struct hl_err *err)
{
	const int64_t columns[] = {entry->seq, entry->at_us, entry->source,
		entry->actor, entry->kind, entry->object_kind, entry->object_id,
		entry->a, entry->b};
	sqlite3_stmt *st = NULL;
	int r = sqlite3_prepare_v2(e->db,
		"INSERT INTO event (seq, at_us, source, actor, kind, "
		"object_kind, object_id, a, b, hash) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		-1, &st, NULL);

	for (int i = 0; i < 9 && r == SQLITE_OK; i++) {
		r = sqlite3_bind_int64(st, i + 1, columns[i]);
	}
	if (r == SQLITE_OK) {
		r = sqlite3_bind_blob(
			st, 10, e->hash, sizeof(e->hash), SQLITE_STATIC);
	}
	if (r == SQLITE_OK) {
		r = sqlite3_step(st);
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE ? 0
				: hl_store_sqlite_fault(e->db, r, "event", err);
}

static int run_event(struct hl_engine *e, enum hl_store_role role,
	struct hl_store_cursor *c, struct hl_err *err)
{
	struct hl_store_entry entry = {.source = role};
	int64_t now = hl_time_now_us();

	entry.kind = hl_store_get_i64(c);
	entry.actor = hl_store_get_i64(c);
	entry.object_kind = hl_store_get_i64(c);
	entry.object_id = hl_store_get_i64(c);
	entry.a = hl_store_get_i64(c);
	entry.b = hl_store_get_i64(c);
	if (c->bad) {
		return HL_FAIL(err, HL_E_INVALID, "event cut off");
	}
	if (!hl_store_event_allowed(role, &entry)) {
		return HL_DENIED;
	}
	int r = e->head_known ? 0 : load_head(e, err);
	if (r) {
		return r;
	}
	/* The log's times never go back, whatever the clock does. */
	entry.at_us = now > e->last_at_us ? now : e->last_at_us;
	entry.seq = e->seq + 1;
	hl_store_chain(e->hash, &entry, e->hash);
	e->seq = entry.seq;
	e->last_at_us = entry.at_us;
	return write_entry(e, &entry, err);
}

static int save_head(struct hl_engine *e, struct hl_err *err)
{
	sqlite3_stmt *st = NULL;
	int r = sqlite3_prepare_v2(e->db,
		"UPDATE event_head SET seq = $1, hash = $2", -1, &st, NULL);

	if (r == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, e->seq);
		sqlite3_bind_blob(
			st, 2, e->hash, sizeof(e->hash), SQLITE_STATIC);
		r = sqlite3_step(st);
	}
	sqlite3_finalize(st);
	return r == SQLITE_DONE
		       ? 0
		       : hl_store_sqlite_fault(e->db, r, "event head", err);
}

static int run_ops(struct hl_engine *e, enum hl_store_role role,
	struct hl_store_cursor *c, struct hl_buf *out, struct hl_err *err)
{
	uint32_t n_ops = hl_store_get_u32(c);
	int64_t first_seq = e->seq;
	bool events = false;
	int r = 0;

	if (n_ops > HL_TX_MAX_OPS) {
		return HL_FAIL(err, HL_E_LIMIT, "too many statements");
	}
	for (uint32_t i = 0; i < n_ops && !r; i++) {
		uint32_t id = hl_store_get_u32(c);

		if (id == HL_STORE_EVENT) {
			r = run_event(e, role, c, err);
			events = true;
		} else if (c->bad || id >= hl_store_n_statements) {
			r = HL_FAIL(err, HL_E_INVALID, "no such statement");
		} else {
			if (hl_store_statements[id].out[0]) {
				hl_store_put_u32(out, i);
			}
			r = run_statement(e, role, id, c, out, err);
		}
	}
	if (!r && (c->bad || c->rest.n)) {
		r = HL_FAIL(err, HL_E_INVALID, "request of a wrong length");
	}
	if (!r && events && e->seq != first_seq) {
		r = save_head(e, err);
	}
	return r;
}

static int begin_batch(struct hl_engine *e, struct hl_err *err)
{
	if (e->in_group && sqlite3_get_autocommit(e->db)) {
		return HL_FAIL(err, HL_E_FULL, "the disk is full");
	}
	e->saved_seq = e->seq;
	memcpy(e->saved_hash, e->hash, sizeof(e->hash));
	return hl_store_sqlite_exec(e->db, "SAVEPOINT batch", err);
}

static void undo_batch(struct hl_engine *e)
{
	if (!sqlite3_get_autocommit(e->db)) {
		hl_store_sqlite_exec(
			e->db, "ROLLBACK TO batch; RELEASE batch", NULL);
	}
	e->seq = e->saved_seq;
	memcpy(e->hash, e->saved_hash, sizeof(e->hash));
	if (e->in_group && sqlite3_get_autocommit(e->db)) {
		e->head_known = false; /* the whole group went with it */
	}
}

static void put_outcome(struct hl_buf *answer, int code, const char *msg)
{
	hl_store_put_i64(answer, code);
	hl_store_put_str(answer, hl_str_c(msg));
}

void hl_store_engine_fault(struct hl_buf *answer, const struct hl_err *err)
{
	hl_buf_reset(answer);
	put_outcome(answer, err->code, err->msg);
}

static int run_batch(struct hl_engine *e, enum hl_store_role role,
	struct hl_store_cursor *c, struct hl_buf *answer, struct hl_err *err)
{
	int r = run_ops(e, role, c, answer, err);

	if (!r) {
		r = hl_store_sqlite_exec(e->db, "RELEASE batch", err);
	}
	if (r) {
		undo_batch(e);
	}
	return r;
}

int hl_store_engine_run(struct hl_engine *e, enum hl_store_role role,
	struct hl_str request, struct hl_buf *answer)
{
	struct hl_store_cursor c = {.rest = request};
	struct hl_err err = {0};
	size_t start = answer->n;

	put_outcome(answer, 0, "");
	int r = begin_batch(e, &err);
	if (!r) {
		r = run_batch(e, role, &c, answer, &err);
	}
	if (r) {
		answer->n = start;
		answer->fault = 0;
		put_outcome(answer, r, err.msg);
	}
	return r;
}

/* Steps over the values of a statement without looking at them. */
static void skip(struct hl_store_cursor *c, const char *types)
{
	for (int i = 0; types[i] && !c->bad; i++) {
		if (types[i] == 'i') {
			hl_store_get_i64(c);
		} else {
			hl_store_get_str(c);
		}
	}
}

bool hl_store_engine_writes(const struct hl_engine *e, struct hl_str request)
{
	struct hl_store_cursor c = {.rest = request};
	uint32_t n_ops = hl_store_get_u32(&c);

	(void)e;
	for (uint32_t i = 0; i < n_ops && !c.bad; i++) {
		uint32_t id = hl_store_get_u32(&c);

		if (id == HL_STORE_EVENT) {
			return true;
		}
		if (c.bad || id >= hl_store_n_statements) {
			return false;
		}
		if (!hl_str_starts(hl_str_c(hl_store_statements[id].sql),
			    HL_STR("SELECT")) &&
			!hl_str_starts(hl_str_c(hl_store_statements[id].sql),
				HL_STR("WITH"))) {
			return true;
		}
		skip(&c, hl_store_statements[id].in);
	}
	return false;
}

int hl_store_engine_begin(struct hl_engine *e, struct hl_err *err)
{
	int r = e->head_known ? 0 : load_head(e, err);

	if (!r) {
		r = hl_store_sqlite_exec(e->db, "BEGIN IMMEDIATE", err);
	}
	e->in_group = r == 0;
	return r;
}

int hl_store_engine_commit(struct hl_engine *e, struct hl_err *err)
{
	int r;

	e->in_group = false;
	if (sqlite3_get_autocommit(e->db)) {
		e->head_known = false;
		return HL_FAIL(err, HL_E_FULL, "the disk is full");
	}
	r = hl_store_sqlite_exec(e->db, "COMMIT", err);
	if (r) {
		hl_store_sqlite_exec(e->db, "ROLLBACK", NULL);
		e->head_known = false;
	}
	return r;
}

void hl_store_engine_hold(struct hl_engine *e, bool on)
{
	sqlite3_wal_autocheckpoint(e->db, on ? 0 : CHECKPOINT_PAGES);
}

void hl_store_engine_tell_clock(struct hl_engine *e)
{
	char at[HL_TIME_ISO_MAX];

	if ((!e->head_known && load_head(e, NULL)) ||
		e->last_at_us <= hl_time_wall_us() + HL_US_PER_MIN) {
		return;
	}
	hl_time_iso_s(e->last_at_us, at);
	hl_log(HL_LOG_WARN, "store.clock",
		"the newest entry of the audit log is of %s, which is later "
		"than the clock: the clock was wrong then, or is wrong now",
		at);
}
