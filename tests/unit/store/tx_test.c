/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/chain.h"
#include "store/history.h"

struct fixture {
	char dir[64];
	char path[96];
	struct hl_store *store;
	struct hl_arena *arena;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-store-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	f->arena = hl_arena_new(1 << 20, true);
	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_STAFF, &f->store, NULL));
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char cmd[160];

	hl_store_close(f->store);
	hl_arena_free(f->arena);
	snprintf(cmd, sizeof(cmd), "%s-wal", f->path);
	unlink(cmd);
	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

static void put(struct hl_tx *tx, struct hl_str key, struct hl_str value)
{
	hl_tx_meta_put(tx, &(struct hl_in_meta_put){key, value});
}

static struct hl_str get(struct fixture *f, struct hl_str key)
{
	struct hl_row_meta_get *rows;
	size_t n;

	assert_int_equal(
		0, hl_get_meta_get(f->store, f->arena,
			   &(struct hl_in_meta_get){key}, &rows, &n, NULL));
	return n ? rows[0].value : HL_STR_NONE;
}

static void what_was_written_is_read(void **state)
{
	struct fixture *f = *state;
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);

	put(tx, HL_STR("a"), HL_STR("one"));
	put(tx, HL_STR("b"), HL_STR(""));
	assert_int_equal(0, hl_tx_run(tx, NULL));
	assert_true(hl_str_eq(get(f, HL_STR("a")), HL_STR("one")));
	assert_int_equal(0, get(f, HL_STR("b")).n);
	assert_null(get(f, HL_STR("c")).p);
}

static void a_role_runs_only_its_statements(void **state)
{
	struct fixture *f = *state;

	hl_store_close(f->store);
	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_PUBLIC, &f->store, NULL));
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);
	put(tx, HL_STR("a"), HL_STR("one"));
	assert_int_equal(HL_DENIED, hl_tx_run(tx, NULL));
	hl_store_close(f->store);
	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_STAFF, &f->store, NULL));
	assert_null(get(f, HL_STR("a")).p);
}

static unsigned mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(0, stat(path, &st));
	return st.st_mode & 07777;
}

static void the_files_are_the_owners_alone(void **state)
{
	static const mode_t masks[] = {0, 022, 077};
	struct fixture *f = *state;
	char wal[128];

	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	for (size_t i = 0; i < HL_ARRAY_LEN(masks); i++) {
		hl_store_close(f->store);
		/* the second time, one that was made open to others */
		assert_int_equal(
			0, i == 1 ? chmod(f->path, 0644) : unlink(f->path));
		mode_t before = umask(masks[i]);
		int r = hl_store_open(f->path, HL_STORE_STAFF, &f->store, NULL);
		umask(before);
		assert_int_equal(0, r);
		assert_int_equal(0600, mode_of(f->path));
		assert_int_equal(0600, mode_of(wal));
	}
}

static void a_denied_statement_undoes_the_batch(void **state)
{
	struct fixture *f = *state;
	struct hl_value wrong = {.type = HL_VALUE_INT, .i = 1};
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);

	put(tx, HL_STR("a"), HL_STR("one"));
	hl_tx_add(tx, HL_SQL_META_PUT, &wrong, 1); /* cut off */
	assert_int_equal(HL_E_INVALID, hl_tx_run(tx, NULL));
	assert_null(get(f, HL_STR("a")).p);
}

static void too_large_batches_are_refused(void **state)
{
	struct fixture *f = *state;
	static char big[HL_TX_MAX_REQUEST];
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);

	put(tx, HL_STR("a"), hl_str_mem(big, sizeof(big)));
	assert_int_equal(HL_E_LIMIT, hl_tx_run(tx, NULL));
	tx = hl_tx_begin(f->store, f->arena);
	for (unsigned i = 0; i <= HL_TX_MAX_OPS; i++) {
		put(tx, HL_STR("a"), HL_STR("x"));
	}
	assert_int_equal(HL_E_LIMIT, hl_tx_run(tx, NULL));
	assert_null(get(f, HL_STR("a")).p);
}

static void a_second_process_is_refused(void **state)
{
	struct fixture *f = *state;
	struct hl_store *second;
	struct hl_err err = {0};

	assert_int_equal(HL_CONFLICT,
		hl_store_open(f->path, HL_STORE_STAFF, &second, &err));
}

static void add_event(struct fixture *f, int64_t object)
{
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);

	hl_tx_event(
		tx, &(struct hl_store_event){.kind = 7, .object_id = object});
	hl_tx_event(
		tx, &(struct hl_store_event){.kind = 8, .object_id = object});
	assert_int_equal(0, hl_tx_run(tx, NULL));
}

static void events_form_a_chain(void **state)
{
	struct fixture *f = *state;
	unsigned char hash[HL_STORE_HASH_BYTES] = {0};
	struct hl_row_event_page *rows;
	size_t n;

	add_event(f, 1);
	hl_store_close(f->store); /* the chain goes on after a restart */
	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_STAFF, &f->store, NULL));
	add_event(f, 2);
	assert_int_equal(0,
		hl_get_event_page(f->store, f->arena,
			&(struct hl_in_event_page){1, 100}, &rows, &n, NULL));
	assert_int_equal(4, n);
	for (size_t i = 0; i < n; i++) {
		struct hl_store_entry e = {rows[i].seq, rows[i].at_us,
			rows[i].source, rows[i].actor, rows[i].kind,
			rows[i].object_kind, rows[i].object_id, rows[i].a,
			rows[i].b};

		assert_int_equal((int)i + 1, e.seq);
		hl_store_chain(hash, &e, hash);
		assert_memory_equal(hash, rows[i].hash.p, sizeof(hash));
	}
}

static void an_event_of_a_failed_batch_is_gone(void **state)
{
	struct fixture *f = *state;
	struct hl_value wrong = {.type = HL_VALUE_INT, .i = 1};
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);
	struct hl_row_event_head *head;
	size_t n;

	hl_tx_event(tx, &(struct hl_store_event){.kind = 7});
	hl_tx_add(tx, HL_SQL_META_PUT, &wrong, 1);
	assert_int_equal(HL_E_INVALID, hl_tx_run(tx, NULL));
	add_event(f, 3);
	assert_int_equal(
		0, hl_get_event_head(f->store, f->arena, &head, &n, NULL));
	assert_int_equal(2, head[0].seq);
}

static void tell_of(struct fixture *f, int64_t entry, size_t n)
{
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);

	for (size_t i = 0; i < n; i++) {
		hl_tx_happened(tx, 0, HL_EVENT_LIST_READ, entry, (int64_t)i, 0);
	}
	assert_int_equal(0, hl_tx_run(tx, NULL));
}

static void an_object_has_its_history(void **state)
{
	struct fixture *f = *state;
	struct hl_who who = {.store = f->store, .arena = f->arena};
	const struct hl_happened *events;
	size_t n;

	tell_of(f, 3, 2);
	tell_of(f, 4, 210);
	add_event(f, 3); /* an object of another kind with that number */
	assert_int_equal(0, hl_store_history(&who, HL_OBJECT_LIST_ENTRY, 3,
				    &events, &n, NULL));
	assert_int_equal(2, n);
	assert_int_equal(HL_EVENT_LIST_READ, events[0].kind);
	assert_int_equal(1, events[0].a);
	assert_int_equal(0, events[1].a);
	assert_true(events[0].seq > events[1].seq && events[0].at_us);
	assert_int_equal(0, events[0].name.n);
	assert_int_equal(0, hl_store_history(&who, HL_OBJECT_LIST_ENTRY, 4,
				    &events, &n, NULL));
	assert_int_equal(200, n);
	assert_int_equal(209, events[0].a);
	assert_int_equal(0, hl_store_history(&who, HL_OBJECT_LIST_ENTRY, 5,
				    &events, &n, NULL));
	assert_int_equal(0, n);
}

static void a_changed_migration_is_refused(void **state)
{
	struct fixture *f = *state;
	struct hl_store *again;
	struct hl_err err = {0};
	sqlite3 *db;

	hl_store_close(f->store);
	f->store = NULL;
	assert_int_equal(SQLITE_OK, sqlite3_open(f->path, &db));
	assert_int_equal(SQLITE_OK,
		sqlite3_exec(db,
			"UPDATE schema_step SET checksum = "
			"replace(checksum, substr(checksum, 1, 8), '00000000')",
			NULL, NULL, NULL));
	sqlite3_close(db);
	assert_int_equal(HL_E_INVALID,
		hl_store_open(f->path, HL_STORE_STAFF, &again, &err));
	assert_non_null(strstr(err.msg, "schema step 1"));
}

static void a_newer_store_is_refused(void **state)
{
	struct fixture *f = *state;
	struct hl_store *again;
	struct hl_err err = {0};
	sqlite3 *db;

	hl_store_close(f->store);
	f->store = NULL;
	assert_int_equal(SQLITE_OK, sqlite3_open(f->path, &db));
	assert_int_equal(SQLITE_OK,
		sqlite3_exec(db,
			"INSERT INTO schema_step VALUES (999, 'x', 'y', 0)",
			NULL, NULL, NULL));
	sqlite3_close(db);
	assert_int_equal(HL_E_INVALID,
		hl_store_open(f->path, HL_STORE_STAFF, &again, &err));
	assert_non_null(strstr(err.msg, "newer program"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_was_written_is_read),
		TEST(a_role_runs_only_its_statements),
		TEST(the_files_are_the_owners_alone),
		TEST(a_denied_statement_undoes_the_batch),
		TEST(too_large_batches_are_refused),
		TEST(a_second_process_is_refused),
		TEST(events_form_a_chain),
		TEST(an_event_of_a_failed_batch_is_gone),
		TEST(an_object_has_its_history),
		TEST(a_changed_migration_is_refused),
		TEST(a_newer_store_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
