/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "seal/box.h"

static volatile int stop;

static void on_term(int signal_number)
{
	(void)signal_number;
	stop = 1;
}

static void open_here(struct fixture *f)
{
	struct hl_err err = {0};
	int r = hl_store_open(f->path, HL_STORE_PUBLIC, &f->store, &err);

	if (r) {
		fail_msg("store: %d %s", r, err.msg);
	}
	f->at.store = f->store;
}

static void close_here(struct fixture *f)
{
	hl_store_close(f->store);
	f->store = NULL;
}

static sqlite3 *raw(struct fixture *f)
{
	sqlite3 *db;

	if (f->server) {
		fixture_kill_server(f);
	}
	assert_int_equal(SQLITE_OK, sqlite3_open(f->path, &db));
	sqlite3_busy_timeout(db, 5000);
	return db;
}

void fixture_sql(struct fixture *f, const char *sql)
{
	bool was_open = f->store && !f->server;
	char *why = NULL;

	if (was_open) {
		close_here(f);
	}
	sqlite3 *db = raw(f);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
		fail_msg("%s: %s", sql, why);
	}
	sqlite3_close(db);
	if (was_open) {
		open_here(f);
	}
}

int64_t fixture_number(struct fixture *f, const char *sql)
{
	bool was_open = f->store && !f->server;
	sqlite3_stmt *st;

	if (was_open) {
		close_here(f);
	}
	sqlite3 *db = raw(f);
	assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, sql, -1, &st, NULL));
	assert_int_equal(SQLITE_ROW, sqlite3_step(st));
	int64_t n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	if (was_open) {
		open_here(f);
	}
	return n;
}

void fixture_blob(struct fixture *f, const char *sql, struct hl_buf *out)
{
	bool was_open = f->store && !f->server;
	sqlite3_stmt *st;

	if (was_open) {
		close_here(f);
	}
	sqlite3 *db = raw(f);
	assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, sql, -1, &st, NULL));
	assert_int_equal(SQLITE_ROW, sqlite3_step(st));
	hl_buf_put_mem(out, sqlite3_column_blob(st, 0),
		(size_t)sqlite3_column_bytes(st, 0));
	sqlite3_finalize(st);
	sqlite3_close(db);
	if (was_open) {
		open_here(f);
	}
}

static void put_epoch(
	struct fixture *f, int kind, int epoch, const struct hl_seal_pub *pub)
{
	HL_BUF_AUTO sql = HL_BUF_INIT(4096);

	hl_buf_printf(&sql,
		"UPDATE key_epoch SET closed_at_us = 1 WHERE kind = %d;"
		"INSERT INTO key_epoch VALUES (%d, %d, x'",
		kind, kind, epoch);
	for (size_t i = 0; i < sizeof(pub->b); i++) {
		hl_buf_printf(&sql, "%02x", pub->b[i]);
	}
	hl_buf_printf(&sql, "', 1, 0);");
	fixture_sql(f, sql.p);
}

static void put_keys(struct fixture *f, int epoch)
{
	hl_seal_keypair_new(&f->queue_pub, &f->queue);
	hl_seal_keypair_new(&f->identity_pub, &f->identity);
	put_epoch(f, HL_KEY_QUEUE, epoch, &f->queue_pub);
	put_epoch(f, HL_KEY_IDENTITY, epoch, &f->identity_pub);
}

void fixture_new_epoch(struct fixture *f)
{
	put_keys(f, 2);
}

int fixture_set_up_bare(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct hl_intake_config config = {
		.draft_ttl_us = 30 * HL_US_PER_MIN};

	assert_int_equal(0, hl_seal_init(NULL));
	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-intake-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	f->arena = hl_arena_new((size_t)256 << 20, true);
	assert_int_equal(0, hl_intake_new(&config, &f->intake, NULL));
	f->at = (struct hl_intake_at){.intake = f->intake, .arena = f->arena};
	open_here(f);
	*state = f;
	return 0;
}

int fixture_set_up(void **state)
{
	fixture_set_up_bare(state);
	put_keys(*state, 1);
	return 0;
}

void fixture_start_server(struct fixture *f)
{
	struct hl_store_peer peers[N_LINKS];
	struct hl_store *store = NULL;

	f->server = fork();
	if (f->server) {
		return;
	}
	signal(SIGTERM, on_term);
	for (int i = 0; i < N_LINKS; i++) {
		peers[i] =
			(struct hl_store_peer){f->ends[i][1], HL_STORE_PUBLIC};
	}
	while (hl_store_open(f->path, HL_STORE_PUBLIC, &store, NULL) ==
		HL_CONFLICT) {
		usleep(1000);
	}
	struct hl_store_server server = {.store = store,
		.peers = peers,
		.n_peers = N_LINKS,
		.listen_fd = -1,
		.stop = &stop};
	_exit(store && hl_store_serve(&server, NULL) == 0 ? 0 : 1);
}

void fixture_kill_server(struct fixture *f)
{
	kill(f->server, SIGKILL);
	waitpid(f->server, NULL, 0);
	f->server = 0;
}

int fixture_set_up_served(void **state)
{
	fixture_set_up(state);
	struct fixture *f = *state;

	close_here(f);
	for (int i = 0; i < N_LINKS; i++) {
		assert_int_equal(
			0, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, f->ends[i]));
	}
	fixture_start_server(f);
	assert_int_equal(0, hl_store_link(f->ends[0][0], &f->store, NULL));
	f->at.store = f->store;
	return 0;
}

int fixture_tear_down(void **state)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
	struct fixture *f = *state;
	char name[128];

	close_here(f);
	if (f->server) {
		fixture_kill_server(f);
	}
	for (int i = 0; i < N_LINKS && f->ends[0][0]; i++) {
		close(f->ends[i][0]);
		close(f->ends[i][1]);
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(suffixes); i++) {
		snprintf(name, sizeof(name), "%s%s", f->path, suffixes[i]);
		unlink(name);
	}
	rmdir(f->dir);
	hl_intake_free(f->intake);
	hl_arena_free(f->arena);
	free(f);
	hl_time_pretend(0);
	return 0;
}

void fixture_report(struct hl_arena *arena, int n, struct hl_report *report)
{
	*report = (struct hl_report){.danger = HL_YNU_NO,
		.place = HL_PLACE_FORUM,
		.seen = HL_SEEN_WEEK,
		.pay = HL_YNU_YES,
		.language = HL_STR("en")};
	report->addresses_text = hl_arena_printf(arena,
		"hxxp://quillfeather%d[.]example/tarnish?a=<b>&c=\"d\"\n"
		"https://b%d.marmalade.invalid/",
		n, n);
	report->where = hl_arena_printf(arena, "third gangplank %d", n);
	report->seen_note = hl_arena_printf(arena, "wednesday-%d", n);
	report->pay_note = hl_arena_printf(arena, "doubloons-%d", n);
	report->words = hl_arena_printf(arena, "snapdragon %d\n\u00e6ble", n);
	report->contact = hl_arena_printf(arena, "pelican%d@example.org", n);
}

struct part {
	struct hl_buf key, body;
};

static void read_part(
	struct fixture *f, int64_t id, enum hl_intake_part part, struct part *p)
{
	sqlite3 *db = raw(f);
	sqlite3_stmt *st;

	sqlite3_prepare_v2(db,
		"SELECT key_sealed, body_sealed FROM report_part "
		"WHERE report_id = ? AND part = ?",
		-1, &st, NULL);
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int(st, 2, (int)part);
	assert_int_equal(SQLITE_ROW, sqlite3_step(st));
	hl_buf_put_mem(&p->key, sqlite3_column_blob(st, 0),
		(size_t)sqlite3_column_bytes(st, 0));
	hl_buf_put_mem(&p->body, sqlite3_column_blob(st, 1),
		(size_t)sqlite3_column_bytes(st, 1));
	sqlite3_finalize(st);
	sqlite3_close(db);
}

void fixture_open(struct fixture *f, int64_t id, enum hl_intake_part part,
	struct hl_report *out)
{
	struct part p = {HL_BUF_INIT(1 << 20), HL_BUF_INIT(1 << 20)};
	HL_BUF_AUTO plain = HL_BUF_SECRET(1 << 20);
	bool body = part == HL_INTAKE_PART_ANSWERS;
	struct hl_seal_label label = HL_INTAKE_LABEL_CONTACT(id);
	struct hl_err err = {0};
	bool was_open = f->store && !f->server;

	if (body) {
		label = HL_INTAKE_LABEL_BODY(id);
	}
	if (was_open) {
		close_here(f);
	}
	read_part(f, id, part, &p);
	if (was_open) {
		open_here(f);
	}
	int r = hl_seal_report_open(body ? &f->queue : &f->identity, &label,
		hl_buf_str(&p.key), hl_buf_str(&p.body), &plain, &err);
	if (!r) {
		r = hl_report_parse_json(
			f->arena, hl_buf_str(&plain), out, &err);
	}
	hl_buf_fini(&p.key);
	hl_buf_fini(&p.body);
	if (r) {
		fail_msg("report cannot be opened: %d %s", r, err.msg);
	}
}

bool fixture_files_have(const struct fixture *f, struct hl_str words)
{
	bool found = false;
	DIR *dir = opendir(f->dir);
	const struct dirent *entry;

	while ((entry = readdir(dir))) {
		HL_BUF_AUTO bytes = HL_BUF_INIT((size_t)64 << 20);
		char name[400];

		snprintf(name, sizeof(name), "%s/%s", f->dir, entry->d_name);
		if (entry->d_name[0] != '.' &&
			hl_file_read(name, &bytes, NULL) == 0) {
			struct hl_str all = hl_buf_str(&bytes);

			found = found || hl_str_find(all, words) < all.n;
		}
	}
	closedir(dir);
	return found;
}
