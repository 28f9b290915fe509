/* SPDX-License-Identifier: Apache-2.0 */
#include "items.h"

#include <spawn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "accounts/accounts.h"
#include "base/rand.h"
#include "base/time.h"

enum { SQL_MAX = 1024 };

struct hl_store *items_as(struct items *f, enum hl_store_role role)
{
	struct hl_err err = {0};

	hl_store_close(f->store);
	f->store = NULL;
	f->role = role;
	if (hl_store_open(f->path, role, &f->store, &err)) {
		fail_msg("store: %s", err.msg);
	}
	return f->store;
}

void items_open(struct items *f)
{
	*f = (struct items){.start_us = INT64_C(1795340000) * HL_US_PER_S};
	ok(hl_seal_init(NULL));
	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-items-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	hl_time_pretend(f->start_us);
	f->arena = hl_arena_new((size_t)64 << 20, true);
	assert_non_null(f->arena);
	hl_seal_keypair_new(&f->pub, &f->secret);
	items_as(f, HL_STORE_ADMIN);
	ok(hl_accounts_found(f->store, f->arena, &f->pub, &f->ring, NULL));
}

void items_close(struct items *f)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char name[128];

	hl_store_close(f->store);
	hl_time_pretend(0);
	hl_arena_free(f->arena);
	hl_seal_ring_wipe(&f->ring);
	hl_seal_secret_wipe(&f->secret);
	for (size_t i = 0; i < HL_ARRAY_LEN(ends); i++) {
		snprintf(name, sizeof(name), "%s%s", f->path, ends[i]);
		unlink(name);
	}
	rmdir(f->dir);
}

struct hl_who items_who(struct items *f, unsigned roles)
{
	items_as(f, HL_STORE_STAFF);
	return (struct hl_who){.actor = {.user_id = 7000,
				       .roles = roles,
				       .enabled = true,
				       .full_login = true},
		.ring = &f->ring,
		.store = f->store,
		.arena = f->arena};
}

static void seal(struct items *f, const struct hl_seal_pub *to,
	struct hl_seal_label label, const char *url, struct hl_str *out)
{
	ok(hl_casefile_seal(f->arena, to, &label, hl_str_c(url), out, NULL));
}

int64_t items_add(struct items *f, const char *url, enum hl_case_state state,
	enum hl_item_state item)
{
	int64_t id = hl_rand_id(), now = hl_time_now_us();
	struct hl_in_item_add in = {.id = id,
		.case_id = hl_rand_id(),
		.canon_version = 1,
		.kind = 1,
		.epoch = 1,
		.state = item,
		.public_status = HL_STATUS_TO_PROVIDER,
		.first_at_us = now,
		.last_at_us = now};
	uint8_t hash[32];

	items_as(f, HL_STORE_STAFF);
	hl_rand_bytes(hash, sizeof(hash));
	in.url_hash = in.host_hash = hl_str_mem(hash, sizeof(hash));
	seal(f, &f->ring.queue.at[0].pub, HL_LABEL_ITEM_URL(id), url,
		&in.url_sealed);
	seal(f, &f->pub, HL_LABEL_ITEM_URL_WORKER(id), url, &in.worker_sealed);
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);
	hl_tx_case_add(tx, &(struct hl_in_case_add){.id = in.case_id,
				   .state = state,
				   .state_at_us = now,
				   .created_at_us = now});
	hl_tx_item_add(tx, &in);
	ok(hl_tx_run(tx, NULL));
	items_change(
		f, "UPDATE cases SET outcome = 1 WHERE id = %lld", in.case_id);
	items_change(f, "UPDATE item SET passed_to = 4 WHERE id = %lld", id);
	return id;
}

void items_load(struct items *f, int64_t item_id, struct hl_casefile *out)
{
	ok(hl_casefile_load_item(f->store, f->arena, item_id, out, NULL));
}

/* sql is a literal of a test with at most one %lld. */
static void put_id(const char *sql, int64_t id, char out[SQL_MAX])
{
	const char *at = strstr(sql, "%lld");
	int n = at ? (int)(at - sql) : (int)strlen(sql);

	snprintf(out, SQL_MAX, "%.*s", n, sql);
	if (at) {
		snprintf(out + n, SQL_MAX - (size_t)n, "%lld%s", (long long)id,
			at + 4);
	}
}

static sqlite3 *raw(struct items *f)
{
	sqlite3 *db;

	hl_store_close(f->store);
	f->store = NULL;
	assert_int_equal(SQLITE_OK, sqlite3_open(f->path, &db));
	return db;
}

int64_t items_number(struct items *f, const char *sql, int64_t id)
{
	char text[SQL_MAX];
	sqlite3 *db = raw(f);
	sqlite3_stmt *st;

	put_id(sql, id, text);
	if (sqlite3_prepare_v2(db, text, -1, &st, NULL) != SQLITE_OK ||
		sqlite3_step(st) != SQLITE_ROW) {
		fail_msg("%s: %s", text, sqlite3_errmsg(db));
	}
	int64_t n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	items_as(f, f->role);
	return n;
}

void items_change(struct items *f, const char *sql, int64_t id)
{
	char text[SQL_MAX], *why = NULL;
	sqlite3 *db = raw(f);

	put_id(sql, id, text);
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK) {
		fail_msg("%s: %s", text, why);
	}
	sqlite3_close(db);
	items_as(f, f->role);
}

int64_t items_events(struct items *f, enum hl_event event, int64_t object_id)
{
	struct hl_str sql = hl_arena_printf(f->arena,
		"SELECT count(*) FROM event WHERE kind = %d AND object_id = "
		"%lld",
		(int)event, (long long)object_id);

	return items_number(f, sql.p, 0);
}

void items_later(int64_t us)
{
	hl_time_pretend(hl_time_now_us() + us);
}

void items_dns(const char *verb, const char *name, const char *data)
{
	char *dir = getenv("HL_TEST_DNS_DIR"), *tool = getenv("HL_DNS_PY");
	char word[8], host[64] = "", ttl[] = "5", type[] = "A", at[64] = "";
	pid_t pid;
	int status;

	assert_non_null(dir);
	assert_non_null(tool);
	snprintf(word, sizeof(word), "%s", verb);
	snprintf(host, sizeof(host), "%s", name ? name : "");
	snprintf(at, sizeof(at), "%s", data ? data : "");
	char *argv[] = {tool, word, dir, name ? host : NULL, data ? ttl : NULL,
		type, at, NULL};
	ok(posix_spawn(&pid, tool, NULL, NULL, argv, environ));
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
