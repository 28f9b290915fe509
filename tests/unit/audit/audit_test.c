/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/file.h"
#include "seal/key.h"
#include "store/chain.h"
#include "store/sql.h"

#define N_ENTRIES 20

struct fixture {
	char dir[64], path[96], checkpoints[96];
	struct hl_seal_sign_key key;
	struct hl_arena *arena;
	bool is_copy; /* the checkpoints are one of any age */
};

static void add_entries(struct fixture *f, int n)
{
	struct hl_store *store;

	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_STAFF, &store, NULL));
	for (int i = 0; i < n; i++) {
		struct hl_tx *tx = hl_tx_begin(store, f->arena);

		hl_tx_event(tx, &(struct hl_store_event){.kind = 201,
					.actor = 7,
					.object_kind = 2,
					.object_id = 1000 + i,
					.a = 1,
					.b = 2});
		assert_int_equal(0, hl_tx_run(tx, NULL));
	}
	hl_store_close(store);
}

static void add_checkpoint(struct fixture *f)
{
	struct hl_store *store;

	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_STAFF, &store, NULL));
	assert_int_equal(0, hl_audit_checkpoint(store, f->arena, &f->key,
				    f->checkpoints, NULL));
	hl_store_close(store);
}

static struct hl_audit_result verify(struct fixture *f)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1 << 20);
	struct hl_audit_result found;
	struct hl_store *store;

	hl_file_read(f->checkpoints, &text, NULL);
	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_STAFF, &store, NULL));
	struct hl_audit_verify v = {.store = store,
		.checkpoints = hl_buf_str(&text),
		.pub = &f->key.pub,
		.complete_to = f->is_copy ? 0 : INT64_MAX};
	assert_int_equal(0, hl_audit_verify(&v, &found, NULL));
	hl_store_close(store);
	return found;
}

static void tamper(struct fixture *f, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(SQLITE_OK, sqlite3_open(f->path, &db));
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	}
	sqlite3_close(db);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const uint8_t seed[32] = {1, 2, 3};

	assert_int_equal(0, hl_seal_init(NULL));
	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-audit-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	snprintf(f->checkpoints, sizeof(f->checkpoints), "%s/points", f->dir);
	hl_seal_sign_from_seed(seed, &f->key);
	f->arena = hl_arena_new(8 << 20, false);
	add_entries(f, N_ENTRIES);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char wal[128];

	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	unlink(wal);
	unlink(f->checkpoints);
	unlink(f->path);
	rmdir(f->dir);
	hl_arena_free(f->arena);
	free(f);
	return 0;
}

static void an_untouched_log_is_sound(void **state)
{
	struct fixture *f = *state;

	add_checkpoint(f);
	add_checkpoint(f); /* nothing new: no second line */
	add_entries(f, 3);
	add_checkpoint(f);
	add_entries(f, 1);
	struct hl_audit_result found = verify(f);
	assert_int_equal(HL_AUDIT_SOUND, found.fault);
	assert_int_equal(N_ENTRIES + 4 + 2, found.n_entries); /* two notes */
	assert_int_equal(2, found.n_checkpoints);
	assert_int_equal(N_ENTRIES + 1 + 3, found.covered_seq);
}

static void an_empty_log_is_sound(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	assert_int_equal(HL_AUDIT_SOUND, verify(f).fault);
}

static void every_changed_column_is_found(void **state)
{
	static const char *const columns[] = {"at_us", "source", "actor",
		"kind", "object_kind", "object_id", "a", "b"};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(columns); i++) {
		for (int seq = 1; seq <= N_ENTRIES; seq += 19) {
			char there[128], back[128];

			snprintf(there, sizeof(there),
				"UPDATE event SET %s = %s + 1 WHERE seq = %d",
				columns[i], columns[i], seq);
			snprintf(back, sizeof(back),
				"UPDATE event SET %s = %s - 1 WHERE seq = %d",
				columns[i], columns[i], seq);
			tamper(f, there);
			struct hl_audit_result found = verify(f);
			if (found.fault != HL_AUDIT_CHANGED ||
				found.seq != seq) {
				fail_msg("%s of %d: fault %d at %d", columns[i],
					seq, found.fault, (int)found.seq);
			}
			tamper(f, back);
		}
	}
	assert_int_equal(HL_AUDIT_SOUND, verify(f).fault);
}

static void one_flipped_byte_of_a_hash_is_found(void **state)
{
	struct fixture *f = *state;

	/* A hash hangs on the clock: one in 256 begins with any given byte. */
	tamper(f, "UPDATE event SET hash = cast("
		  "iif(substr(hash, 1, 1) = x'00', x'01', x'00') || "
		  "substr(hash, 2) AS BLOB) WHERE seq = 9");
	struct hl_audit_result found = verify(f);
	assert_int_equal(HL_AUDIT_CHANGED, found.fault);
	assert_int_equal(9, found.seq);
}

static void removed_and_moved_rows_are_found(void **state)
{
	static const struct {
		const char *sql;
		enum hl_audit_fault fault;
		int seq;
	} rows[] = {
		{"DELETE FROM event WHERE seq = 1", HL_AUDIT_MISSING, 1},
		{"DELETE FROM event WHERE seq = 10", HL_AUDIT_MISSING, 10},
		{"DELETE FROM event WHERE seq = 20", HL_AUDIT_CUT, 20},
		{"DELETE FROM event", HL_AUDIT_CUT, 1},
		{"UPDATE event SET seq = 99 WHERE seq = 5;"
		 "UPDATE event SET seq = 5 WHERE seq = 6;"
		 "UPDATE event SET seq = 6 WHERE seq = 99",
			HL_AUDIT_CHANGED, 5},
		{"DELETE FROM event WHERE seq = 10;"
		 "UPDATE event SET seq = seq - 1 WHERE seq > 10;"
		 "UPDATE event_head SET seq = 19",
			HL_AUDIT_CHANGED, 10},
		{"UPDATE event_head SET seq = 19", HL_AUDIT_HEAD, 19},
		{"DELETE FROM event_head", HL_AUDIT_HEAD, 20},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		unlink(f->path);
		add_entries(f, N_ENTRIES);
		tamper(f, rows[i].sql);
		struct hl_audit_result found = verify(f);
		if (found.fault != rows[i].fault || found.seq != rows[i].seq) {
			fail_msg("row %zu: fault %d at %d", i, found.fault,
				(int)found.seq);
		}
	}
}

/* An intruder who knows the format makes the chain fit again. */
static void rebuild_chain(struct fixture *f, int last)
{
	unsigned char hash[HL_STORE_HASH_BYTES] = {0};
	sqlite3 *db;
	sqlite3_stmt *get, *put;

	assert_int_equal(SQLITE_OK, sqlite3_open(f->path, &db));
	sqlite3_prepare_v2(db,
		"SELECT seq, at_us, source, actor, kind, object_kind, "
		"object_id, a, b FROM event WHERE seq = ?",
		-1, &get, NULL);
	sqlite3_prepare_v2(
		db, "UPDATE event SET hash = ? WHERE seq = ?", -1, &put, NULL);
	for (int seq = 1; seq <= last; seq++) {
		int64_t v[9];

		sqlite3_bind_int(get, 1, seq);
		assert_int_equal(SQLITE_ROW, sqlite3_step(get));
		for (int i = 0; i < 9; i++) {
			v[i] = sqlite3_column_int64(get, i);
		}
		sqlite3_reset(get);
		struct hl_store_entry e = {
			v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]};
		hl_store_chain(hash, &e, hash);
		sqlite3_bind_blob(put, 1, hash, sizeof(hash), SQLITE_TRANSIENT);
		sqlite3_bind_int(put, 2, seq);
		assert_int_equal(SQLITE_DONE, sqlite3_step(put));
		sqlite3_reset(put);
	}
	sqlite3_finalize(get);
	sqlite3_finalize(put);
	sqlite3_prepare_v2(
		db, "UPDATE event_head SET seq = ?, hash = ?", -1, &put, NULL);
	sqlite3_bind_int(put, 1, last);
	sqlite3_bind_blob(put, 2, hash, sizeof(hash), SQLITE_TRANSIENT);
	sqlite3_step(put);
	sqlite3_finalize(put);
	sqlite3_close(db);
}

static void a_rebuilt_chain_is_found_by_a_checkpoint(void **state)
{
	struct fixture *f = *state;

	tamper(f, "UPDATE event SET actor = 8 WHERE seq = 4");
	rebuild_chain(f, N_ENTRIES);
	assert_int_equal(HL_AUDIT_SOUND, verify(f).fault); /* without one */
	unlink(f->path);
	add_entries(f, N_ENTRIES);
	add_checkpoint(f);
	tamper(f, "UPDATE event SET actor = 8 WHERE seq = 4");
	rebuild_chain(f, N_ENTRIES);
	assert_int_equal(HL_AUDIT_REWRITTEN, verify(f).fault);
}

static void a_cut_end_is_found_by_a_checkpoint(void **state)
{
	struct fixture *f = *state;

	add_checkpoint(f);
	tamper(f, "DELETE FROM event WHERE seq > 15");
	rebuild_chain(f, 15);
	struct hl_audit_result found = verify(f);
	assert_int_equal(HL_AUDIT_CUT, found.fault);
	assert_int_equal(16, found.seq);
}

static void a_false_checkpoint_is_refused(void **state)
{
	struct fixture *f = *state;
	HL_BUF_AUTO text = HL_BUF_INIT(4096);

	add_checkpoint(f);
	assert_int_equal(0, hl_file_read(f->checkpoints, &text, NULL));
	char *at = strstr(text.p, "\"seq\":20");
	assert_non_null(at);
	at[7] = '1'; /* seq 20 becomes 10 */
	at[6] = ':';
	hl_file_write(f->checkpoints, hl_buf_str(&text), 0600, NULL);
	assert_int_equal(HL_AUDIT_CHECKPOINT, verify(f).fault);
	hl_file_write(f->checkpoints, HL_STR("not a line\n"), 0600, NULL);
	assert_int_equal(HL_AUDIT_CHECKPOINT, verify(f).fault);
}

/* "1.1": of three lines, the second goes. */
static void keep_lines(struct fixture *f, const char *which)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1 << 16), kept = HL_BUF_INIT(1 << 16);

	assert_int_equal(0, hl_file_read(f->checkpoints, &text, NULL));
	struct hl_str rest = hl_buf_str(&text), line;
	for (size_t i = 0; which[i] && hl_str_next(&rest, '\n', &line); i++) {
		if (which[i] == '1') {
			hl_buf_put(&kept, line);
			hl_buf_put_c(&kept, '\n');
		}
	}
	hl_file_write(f->checkpoints, hl_buf_str(&kept), 0600, NULL);
}

static void a_checkpoint_that_was_taken_away_is_missed(void **state)
{
	static const struct {
		const char *name, *lines, *sql;
		bool is_copy;
		enum hl_audit_fault fault;
		int seq;
	} rows[] = {
		{"all there", "111", "", false, HL_AUDIT_SOUND, 0},
		{"all there in a copy", "111", "", true, HL_AUDIT_SOUND, 0},
		{"emptied", "...", "", false, HL_AUDIT_NO_CHECKPOINT, 20},
		{"removed", NULL, "", false, HL_AUDIT_NO_CHECKPOINT, 20},
		{"the first", ".11", "", false, HL_AUDIT_NO_CHECKPOINT, 20},
		{"the middle one", "1.1", "", false, HL_AUDIT_NO_CHECKPOINT,
			23},
		{"the last", "11.", "", false, HL_AUDIT_NO_CHECKPOINT, 26},
		{"the middle one of a copy", "1.1", "", true,
			HL_AUDIT_NO_CHECKPOINT, 23},
		{"an older copy", "1..", "", true, HL_AUDIT_SOUND, 0},
		{"an empty copy", "...", "", true, HL_AUDIT_SOUND, 0},
		{"removed, and the end cut off", NULL,
			"DELETE FROM event WHERE seq > 24;"
			"UPDATE event_head SET seq = 24, hash = (SELECT hash "
			"FROM event WHERE seq = 24)",
			false, HL_AUDIT_NO_CHECKPOINT, 20},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		unlink(f->path);
		unlink(f->checkpoints);
		add_entries(f, N_ENTRIES);
		add_checkpoint(f); /* of 20, noted by 21 */
		add_entries(f, 2);
		add_checkpoint(f); /* of 23, noted by 24 */
		add_entries(f, 2);
		add_checkpoint(f); /* of 26, noted by 27 */
		if (rows[i].lines) {
			keep_lines(f, rows[i].lines);
		} else {
			unlink(f->checkpoints);
		}
		tamper(f, rows[i].sql);
		f->is_copy = rows[i].is_copy;
		struct hl_audit_result found = verify(f);
		if (found.fault != rows[i].fault ||
			(found.fault && found.seq != rows[i].seq)) {
			fail_msg("%s: fault %d at %d", rows[i].name,
				found.fault, (int)found.seq);
		}
	}
}

static void checkpoints_are_cut_to_a_copy(void **state)
{
	static const struct {
		const char *name, *text;
		int64_t seq;
		const char *kept;
	} rows[] = {
		{"none", "", 9, ""},
		{"all", "{\"seq\":1}\n{\"seq\":5}\n", 5,
			"{\"seq\":1}\n{\"seq\":5}\n"},
		{"the last is later", "{\"seq\":1}\n{\"seq\":5}\n", 4,
			"{\"seq\":1}\n"},
		{"all are later", "{\"seq\":3}\n{\"seq\":5}\n", 2, ""},
		{"damage stays", "what\n{\"seq\":2}\n\n", 2,
			"what\n{\"seq\":2}\n\n"},
		{"still being written", "{\"seq\":1}\n{\"seq\":2}", 2,
			"{\"seq\":1}\n"},
		{"a part of a line", "{\"seq\":1}\n{\"se", 2, "{\"seq\":1}\n"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		size_t n = hl_audit_checkpoints_until(
			hl_str_c(rows[i].text), rows[i].seq);

		if (n != strlen(rows[i].kept) ||
			memcmp(rows[i].text, rows[i].kept, n) != 0) {
			fail_msg("%s: %zu bytes", rows[i].name, n);
		}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_untouched_log_is_sound),
		TEST(an_empty_log_is_sound),
		TEST(every_changed_column_is_found),
		TEST(one_flipped_byte_of_a_hash_is_found),
		TEST(removed_and_moved_rows_are_found),
		TEST(a_rebuilt_chain_is_found_by_a_checkpoint),
		TEST(a_cut_end_is_found_by_a_checkpoint),
		TEST(a_false_checkpoint_is_refused),
		TEST(a_checkpoint_that_was_taken_away_is_missed),
		TEST(checkpoints_are_cut_to_a_copy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
