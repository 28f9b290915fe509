/* SPDX-License-Identifier: Apache-2.0 */
#include "town.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "seal/token.h"
#include "store/sql.h"

#define ROLES (HL_STORE_LISTS | HL_STORE_ADMIN)

static void ok(int r, const struct hl_err *err)
{
	if (r) {
		fail_msg("%d: %s (%s:%d)", r, err->msg, err->file, err->line);
	}
}

static sqlite3 *open_db(struct town *t)
{
	sqlite3 *db;

	assert_int_equal(SQLITE_OK, sqlite3_open(t->db, &db));
	return db;
}

static void run(struct town *t, sqlite3 *db, sqlite3_stmt *st)
{
	(void)t;
	if (sqlite3_step(st) != SQLITE_DONE) {
		fail_msg("%s", sqlite3_errmsg(db));
	}
	sqlite3_finalize(st);
}

void town_sql(struct town *t, const char *fmt, ...)
{
	char sql[1000];
	va_list args;

	va_start(args, fmt);
	vsnprintf(sql, sizeof(sql), fmt, args);
	va_end(args);
	town_close(t);
	sqlite3 *db = open_db(t);
	char *why = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
		fail_msg("%s: %s", sql, why);
	}
	sqlite3_close(db);
	town_open(t);
}

int town_decide(struct town *t, bool releases)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	const struct hl_in_list_editions all = {.n_most = 1};
	struct hl_row_list_editions *rows;
	struct hl_store *staff;
	struct hl_err err = {0};
	size_t n;
	int r = HL_NOTFOUND;

	town_close(t);
	ok(hl_store_open(t->db, HL_STORE_STAFF, &staff, &err), &err);
	ok(hl_get_list_editions(staff, arena, &all, &rows, &n, &err), &err);
	for (size_t i = 0; i < n && r == HL_NOTFOUND; i++) {
		const struct hl_in_list_edition_release yes = {
			9, NOW, rows[i].id, rows[i].digest};
		const struct hl_in_list_edition_refuse no = {
			9, NOW, rows[i].id};

		if (rows[i].state == HL_LIST_EDITION_HELD) {
			r = releases ? hl_do_list_edition_release(
					       staff, arena, &yes, &err)
				     : hl_do_list_edition_refuse(
					       staff, arena, &no, &err);
		}
	}
	hl_store_close(staff);
	town_open(t);
	return r;
}

int64_t town_count(struct town *t, const char *sql)
{
	sqlite3_stmt *st;
	int64_t n;

	town_close(t);
	sqlite3 *db = open_db(t);
	assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, sql, -1, &st, NULL));
	assert_int_equal(SQLITE_ROW, sqlite3_step(st));
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	town_open(t);
	return n;
}

void town_open(struct town *t)
{
	struct hl_err err = {0};

	ok(hl_store_open(t->db, (enum hl_store_role)ROLES, &t->store, &err),
		&err);
	ok(hl_lists_uses_new(&t->uses, &err), &err);
	hl_lists_shelf_init(&t->shelf);
	const struct hl_lists_publisher_config config = {.folder = t->folder,
		.store = t->store,
		.keys = &t->keys,
		.stage_minutes = t->stage_minutes,
		.shelf = &t->shelf,
		.uses = t->uses,
		.zones = t->zones};
	ok(hl_lists_publisher_new(&config, &t->publisher, &err), &err);
	t->app = (struct hl_lists_app){.shelf = &t->shelf,
		.uses = t->uses,
		.folder = t->folder,
		.keys = &t->keys,
		.store = t->store};
	hl_lists_app_init(&t->app);
}

void town_close(struct town *t)
{
	hl_lists_publisher_free(t->publisher);
	hl_lists_app_fini(&t->app);
	hl_lists_shelf_fini(&t->shelf);
	hl_lists_uses_free(t->uses);
	hl_store_close(t->store);
}

/* Two root keys in memory sign what lets the hotline's key sign. */
static void put_root(struct town *t)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	HL_BUF_AUTO text = HL_BUF_INIT(HL_URLS_TEXT_MAX);
	struct hl_seal_sign_key keys[2];
	struct hl_seal_sign_pub pubs[2];
	struct hl_lists_head head;
	struct hl_err err = {0};
	char name[HL_LISTS_ROOT_KEY];

	ok(hl_lists_head(t->store, arena, &head, &err), &err);
	for (uint8_t i = 0; i < 2; i++) {
		uint8_t seed[32] = {i};

		hl_seal_sign_from_seed(seed, &keys[i]);
		pubs[i] = keys[i].pub;
	}
	struct hl_lists_rooting in = {.online = t->keys.online.pub,
		.now = (t->seen_us ? t->seen_us : NOW) / HL_US_PER_S};
	memcpy(in.hotline, head.hotline, sizeof(in.hotline));
	const struct hl_lists_root_wish wish = {
		.keys = pubs, .n_keys = 2, .days = 365};
	ok(hl_lists_root_draft(&in, &wish, &text, &err), &err);
	ok(hl_lists_root_sign(&text, &keys[0], HL_STR_NONE, &err), &err);
	ok(hl_lists_root_sign(&text, &keys[1], HL_STR_NONE, &err), &err);
	const struct hl_in_meta_put put = {
		.key = hl_lists_root_key(1, name), .value = hl_buf_str(&text)};
	ok(hl_do_meta_put(t->store, arena, &put, &err), &err);
	const struct hl_in_lists_key_put key = {hl_seal_pub_str(&t->place)};
	ok(hl_do_lists_key_put(t->store, arena, &key, &err), &err);
}

int town_make(void **state)
{
	struct town *t = calloc(1, sizeof(*t));
	const char *tmp = getenv("TMPDIR");
	struct hl_err err = {0};
	int n;

	snprintf(t->dir, sizeof(t->dir), "%s/hl-lists-XXXXXX",
		tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	if (!mkdtemp(t->dir)) {
		return -1;
	}
	snprintf(t->db, sizeof(t->db), "%s/store.db", t->dir);
	snprintf(t->folder, sizeof(t->folder), "%s/lists", t->dir);
	mkdir(t->folder, 0700);
	ok(hl_seal_list_create(t->dir, &t->place, &n, &err), &err);
	ok(hl_lists_keys_load(t->dir, &t->keys, &err), &err);
	town_open(t);
	put_root(t);
	town_consumer(t, 1, HL_LIST_TIER_ASKS, HL_LIST_STAGE_FIRST);
	*state = t;
	return 0;
}

void town_seed(struct town *t, const char *dir)
{
	char keys[120];
	struct hl_err err = {0};

	snprintf(t->dir, sizeof(t->dir), "%s", dir);
	snprintf(t->db, sizeof(t->db), "%s/hotline.db", dir);
	snprintf(t->folder, sizeof(t->folder), "%s/lists", dir);
	snprintf(keys, sizeof(keys), "%s/keys", dir);
	mkdir(t->folder, 0700);
	ok(hl_lists_keys_load(keys, &t->keys, &err), &err);
	hl_seal_pub_of(&t->keys.place, &t->place);
	t->seen_us = hl_time_now_us();
	town_open(t);
	t->n_leaves = town_count(t, "SELECT count(*) FROM list_leaf");
	put_root(t);
}

static int remove_one(
	const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int town_remove(void **state)
{
	struct town *t = *state;

	town_close(t);
	nftw(t->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(t);
	return 0;
}

static void bind_blob(sqlite3_stmt *st, int i, const void *p, size_t n)
{
	sqlite3_bind_blob(st, i, p, (int)n, SQLITE_TRANSIENT);
}

void town_consumer(struct town *t, int64_t id, int tier, int stage)
{
	static const char sql[] =
		"INSERT INTO list_consumer (id, name, contact, tier, stage, "
		"state, version, token_hash, sign_key, budget, risk, "
		"tsig_name, "
		"tsig_sealed, notify, proposed_by, proposed_at_us, "
		"approved_by, "
		"approved_at_us, ended_by, ended_at_us) VALUES (?1, 'c' || ?1, "
		"'', ?2, ?3, 2, 1, ?4, x'', 1000, '', '', x'', '', 1, 1, 2, 2, "
		"0, 0)";
	char text[HL_SEAL_TOKEN_TEXT];
	struct hl_seal_token token;
	uint8_t hash[32];
	sqlite3_stmt *st;

	hl_seal_token_new(HL_SEAL_TOKEN_LIST, &token);
	hl_seal_token_hash(&token, hash);
	struct hl_str shown = hl_seal_token_print(&token, text);
	if (id == 1 || t->seen_us) {
		snprintf(t->token, sizeof(t->token), "Bearer hl_%.*s",
			HL_STR_ARG(shown));
	}
	town_close(t);
	sqlite3 *db = open_db(t);
	assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, sql, -1, &st, NULL));
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int(st, 2, tier);
	sqlite3_bind_int(st, 3, stage);
	bind_blob(st, 4, hash, sizeof(hash));
	run(t, db, st);
	sqlite3_close(db);
	town_open(t);
}

void town_tsig(struct town *t, int64_t consumer, const char *notify)
{
	/* as the room publish seals it */
	const struct hl_seal_label label = {.kind = "list_consumer",
		.id = consumer,
		.field = "tsig",
		.schema = 1};
	HL_BUF_AUTO sealed = HL_BUF_INIT(4000);
	HL_BUF_AUTO hex = HL_BUF_INIT(8000);
	uint8_t secret[32];

	for (uint8_t i = 0; i < sizeof(secret); i++) {
		secret[i] = i;
	}
	assert_int_equal(
		0, hl_seal_to(&t->place, &label,
			   hl_str_mem(secret, sizeof(secret)), &sealed, NULL));
	hl_text_put_hex(&hex, sealed.p, sealed.n);
	town_sql(t,
		"UPDATE list_consumer SET tsig_name = 'c%lld', tsig_sealed = "
		"x'%.*s', notify = '%s' WHERE id = %lld",
		(long long)consumer, HL_STR_ARG(hl_buf_str(&hex)), notify,
		(long long)consumer);
}

struct row {
	int64_t id, consumer, seen_us;
	int kind;
	const char *host;
};

void town_approver(int who, struct hl_seal_sign_key *out)
{
	uint8_t seed[32] = {100, (uint8_t)who};

	hl_seal_sign_from_seed(seed, out);
}

static void read_hotline(sqlite3 *db, uint8_t out[16])
{
	sqlite3_stmt *st;

	assert_int_equal(SQLITE_OK,
		sqlite3_prepare_v2(
			db, "SELECT hotline FROM list_head", -1, &st, NULL));
	assert_int_equal(SQLITE_ROW, sqlite3_step(st));
	memcpy(out, sqlite3_column_blob(st, 0), 16);
	sqlite3_finalize(st);
}

static void put_leaf(
	struct town *t, sqlite3 *db, int64_t id, const uint8_t c[32])
{
	HL_BUF_AUTO said = HL_BUF_INIT(1000);
	uint8_t leaf[HL_URLS_LEAF] = {1, 1}, hotline[16];
	sqlite3_stmt *st;

	memcpy(leaf + HL_URLS_LEAF_ENTRY, &id, sizeof(id));
	memcpy(leaf + HL_URLS_LEAF_C, c, 32);
	read_hotline(db, hotline);
	hl_urls_statement(&said, hotline, leaf);
	for (int i = 0; i < 2; i++) {
		uint8_t *at = leaf + HL_URLS_LEAF_FIRST +
			      (ptrdiff_t)i * HL_URLS_LEAF_PERSON;
		struct hl_seal_sign_key key;

		town_approver(i, &key);
		memcpy(at, key.pub.b, 32);
		hl_seal_sign(&key, hl_buf_str(&said), at + 32);
	}
	assert_int_equal(SQLITE_OK,
		sqlite3_prepare_v2(db,
			"INSERT INTO list_leaf (place, entry_id, leaf) VALUES "
			"(?1, ?2, ?3)",
			-1, &st, NULL));
	sqlite3_bind_int64(st, 1, t->n_leaves++);
	sqlite3_bind_int64(st, 2, id);
	bind_blob(st, 3, leaf, sizeof(leaf));
	run(t, db, st);
}

/* Found illegal, and online. */
static void put_case(struct town *t, sqlite3 *db, int64_t id)
{
	static const char sql[] =
		"INSERT INTO item (id, case_id, url_hash, host_hash, "
		"canon_version, kind, epoch, url_sealed, worker_sealed, state, "
		"public_status, passed_to, n_reports, n_independent, "
		"first_at_us, last_at_us, country, asn, network, provider_id, "
		"traced_at_us, removed_at_us) VALUES (?1, ?1, ?2, x'', 1, 1, "
		"1, "
		"x'01', x'', 2, 0, 0, 1, 1, 1, 1, '', 0, '', 0, 0, 0)";
	char made[400];
	sqlite3_stmt *st;

	snprintf(made, sizeof(made),
		"INSERT INTO cases (id, state, state_at_us, version, "
		"created_at_us, priority, reasons, danger, is_test, holder, "
		"lease_until_us, first_by, second_by, third_by, outcome, "
		"closed_reason, closed_at_us, reopened, legal_hold) VALUES "
		"(%lld, 9, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 2, 0, 1, 0, 0, 0, 0)",
		(long long)id);
	assert_int_equal(SQLITE_OK, sqlite3_exec(db, made, NULL, NULL, NULL));
	assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, sql, -1, &st, NULL));
	sqlite3_bind_int64(st, 1, id);
	bind_blob(st, 2, &id, sizeof(id));
	run(t, db, st);
}

static void put_entry(struct town *t, sqlite3 *db, const struct row *row)
{
	static const char sql[] =
		"INSERT INTO list_entry (id, kind, item_id, case_id, "
		"consumer_id, scope, keep, reason, place_hash, place_sealed, "
		"commitment, popular, state, version, proposed_by, "
		"proposed_at_us, proposed_key, proposed_sig, approved_by, "
		"approved_at_us, approved_key, approved_sig, third_by, "
		"third_at_us, looked_at_us, ended_by, ended_at_us, ended_why, "
		"first_edition, released_at_us) VALUES (?1, ?2, ?8, ?8, ?3, 1, "
		"0, "
		"0, ?4, ?5, ?6, 0, 2, 1, 1, 1, x'', x'', 2, 2, x'', x'', 0, 0, "
		"?7, 0, 0, 0, 0, 0)";
	const struct hl_seal_label label = HL_LABEL_LIST_PLACE(row->id);
	HL_BUF_AUTO place = HL_BUF_INIT(1000);
	HL_BUF_AUTO sealed = HL_BUF_INIT(4000);
	struct hl_oprf_scalar s;
	struct hl_oprf_element c;
	sqlite3_stmt *st;

	hl_buf_printf(&place, "%s\n/p%lld", row->host, (long long)row->id);
	assert_int_equal(0, hl_seal_to(&t->place, &label, hl_buf_str(&place),
				    &sealed, NULL));
	memcpy(s.b, t->keys.commit.s, sizeof(s.b));
	assert_int_equal(
		0, hl_oprf_direct(HL_OPRF_MODE_OPRF, &s,
			   (struct hl_oprf_view){row->host, strlen(row->host)},
			   &c));
	assert_int_equal(SQLITE_OK, sqlite3_prepare_v2(db, sql, -1, &st, NULL));
	sqlite3_bind_int64(st, 1, row->id);
	sqlite3_bind_int(st, 2, row->kind);
	sqlite3_bind_int64(st, 3, row->consumer);
	bind_blob(st, 4, &row->id, sizeof(row->id));
	bind_blob(st, 5, sealed.p, sealed.n);
	bind_blob(st, 6, c.b, sizeof(c.b));
	sqlite3_bind_int64(st, 7, row->seen_us);
	sqlite3_bind_int64(st, 8, row->kind == HL_LIST_OF_CASE ? row->id : 0);
	run(t, db, st);
	put_leaf(t, db, row->id, c.b);
	if (row->kind == HL_LIST_OF_CASE) {
		put_case(t, db, row->id);
	}
}

void town_entry(struct town *t, int64_t id, int of_host, int64_t seen_us)
{
	char host[64];
	const struct row row = {.id = id,
		.seen_us = seen_us,
		.kind = HL_LIST_OF_CASE,
		.host = host};

	snprintf(
		host, sizeof(host), "h%lld.example", (long long)(id / of_host));
	town_close(t);
	sqlite3 *db = open_db(t);
	put_entry(t, db, &row);
	sqlite3_close(db);
	town_open(t);
}

void town_entries(struct town *t, int64_t first, int64_t last)
{
	town_close(t);
	sqlite3 *db = open_db(t);
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	for (int64_t id = first; id <= last; id++) {
		char host[64];
		const struct row row = {.id = id,
			.seen_us = t->seen_us ? t->seen_us : NOW,
			.kind = HL_LIST_OF_CASE,
			.host = host};

		snprintf(host, sizeof(host), "h%lld.example", (long long)id);
		put_entry(t, db, &row);
	}
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
	town_open(t);
}

void town_canary(struct town *t, int64_t id, int64_t consumer)
{
	char host[64];
	const struct row row = {.id = id,
		.consumer = consumer,
		.kind = HL_LIST_CANARY,
		.host = host};

	snprintf(host, sizeof(host), "canary%lld.example", (long long)id);
	town_close(t);
	sqlite3 *db = open_db(t);
	put_entry(t, db, &row);
	sqlite3_close(db);
	town_open(t);
}

void town_look(struct town *t, int64_t now_us)
{
	struct hl_err err = {0};
	int r = hl_lists_publisher_look(t->publisher, now_us, &err);

	if (r != HL_NOTFOUND) {
		ok(r, &err);
	}
}

static const struct hl_lists_version *newest(
	struct town *t, struct hl_arena *arena, int64_t consumer)
{
	struct hl_lists_version *versions;
	struct hl_err err = {0};
	size_t n;

	ok(hl_lists_versions(t->store, arena, &versions, &n, &err), &err);
	for (size_t i = 0; i < n; i++) {
		if (versions[i].consumer == (uint64_t)consumer) {
			return &versions[i];
		}
	}
	return NULL;
}

void town_manifest(
	struct town *t, int64_t consumer, struct hl_urls_manifest *out)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, false);
	const struct hl_lists_version *v = newest(t, arena, consumer);
	struct hl_urls_text text;
	struct hl_err err = {0};

	memset(out, 0, sizeof(*out));
	if (v) {
		ok(hl_urls_manifest_read(v->manifest, out, &text, &err), &err);
		uint8_t own[1][HL_URLS_PUBLIC];

		memcpy(own[0], t->keys.online.pub.b, sizeof(own[0]));
		assert_int_equal(1, hl_urls_text_signers(&text, own, 1));
	}
}

bool town_lists(
	struct town *t, int64_t consumer, const char *host, uint32_t *minute)
{
	struct hl_urls_item items[HL_URLS_ITEMS_MAX];
	struct hl_urls_manifest m;
	struct hl_lists_map map;
	struct hl_urls_file file;
	struct hl_oprf_scalar k;
	struct hl_urls_keys keys;
	struct hl_err err = {0};
	char path[HL_LISTS_PATH];
	const uint8_t *sealed;
	uint32_t from, to, row, units;
	size_t n = 0;
	bool found = false;

	town_manifest(t, consumer, &m);
	if (!m.version) {
		return false;
	}
	ok(hl_lists_path(t->folder, HL_LISTS_LIST, (uint64_t)consumer,
		   m.version, 0, path, &err),
		&err);
	ok(hl_lists_map(path, &map, &err), &err);
	ok(hl_urls_file_open(&file, map.p, map.n, m.list_root, &err), &err);
	ok(hl_urls_file_check(&file, &err), &err);
	ok(hl_lists_key(&t->keys.seed, (uint64_t)consumer, m.epoch, &k, &err),
		&err);
	assert_true(hl_urls_keys_make(k.b, hl_str_c(host), NULL, &keys));
	uint64_t v = hl_urls_prefilter(
		file.head.prefilter, file.head.bits, hl_str_c(host));
	if (hl_urls_file_find(&file, v, &from, &to) &&
		hl_urls_file_tagged(&file, from, to, keys.tag, &row) &&
		hl_urls_file_sealed(&file, row, &sealed, &units)) {
		assert_int_equal(
			0, hl_urls_row_open(&keys, sealed, units, items, &n));
		found = true;
		if (minute) {
			*minute = items[0].minute;
		}
	}
	hl_urls_file_fini(&file);
	hl_lists_unmap(&map);
	return found;
}
