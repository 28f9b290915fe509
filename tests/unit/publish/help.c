/* SPDX-License-Identifier: Apache-2.0 */
#include "help.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/time.h"

static void put_publisher(struct desk *d)
{
	HL_BUF_AUTO sql = HL_BUF_INIT(512);
	struct hl_seal_pub pub;

	hl_seal_keypair_new(&pub, &d->place);
	hl_buf_put(&sql, HL_STR("UPDATE list_head SET public_key = x'"));
	hl_text_put_hex(&sql, pub.b, sizeof(pub.b));
	hl_buf_put(&sql, HL_STR("'"));
	hl_buf_put_c(&sql, '\0');
	change(d->f, sql.p);
}

int open_desk(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));
	void *f;

	assert_non_null(d);
	ok(set_up(&f));
	d->f = f;
	crypto_core_ristretto255_scalar_random(d->commit.s);
	ok(hl_popular_new(HL_STR(""), NULL, &d->popular, NULL));
	for (int i = 0; i < N_PEOPLE; i++) {
		struct hl_seal_pub pub;

		hl_seal_keypair_new(&pub, &d->secrets[i]);
	}
	put_publisher(d);
	*state = d;
	return 0;
}

int close_desk(void **state)
{
	struct desk *d = *state;
	void *f = d->f;

	hl_popular_free(d->popular);
	ok(tear_down(&f));
	free(d);
	return 0;
}

struct hl_publish_setup setup_of(struct desk *d, enum person person)
{
	return (struct hl_publish_setup){.commit = &d->commit,
		.popular = d->popular,
		.canary_domain = HL_STR("birds.example.org"),
		.secret = &d->secrets[person]};
}

void seen_online(struct desk *d, int64_t case_id)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		"UPDATE item SET state = 2 WHERE case_id = %lld; "
		"INSERT OR REPLACE INTO watch (item_id, active, stage, misses, "
		"last_miss_us, last_at_us, last_seen_us, last_verdict, "
		"next_at_us, lease_until_us, started_at_us) "
		"SELECT id, 1, 0, 0, 0, %lld, %lld, 1, 0, 0, 0 FROM item "
		"WHERE case_id = %lld",
		(long long)case_id, (long long)hl_time_now_us(),
		(long long)hl_time_now_us(), (long long)case_id);
	change(d->f, sql);
}

void watch_off(struct desk *d, int64_t case_id)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		"UPDATE watch SET active = 0 WHERE item_id = "
		"(SELECT id FROM item WHERE case_id = %lld)",
		(long long)case_id);
	change(d->f, sql);
}

int64_t illegal_case(struct desk *d, const char *address)
{
	int64_t id = put_case(d->f, address);

	assess(d->f, id, HL_OUTCOME_BASELINE);
	verify(d->f, id, HL_OUTCOME_BASELINE);
	seen_online(d, id);
	return id;
}

enum hl_publish_why try_propose(struct desk *d, enum person person,
	struct hl_publish_proposing *proposing)
{
	struct hl_who me = who(d->f, person);
	struct hl_publish_setup setup = setup_of(d, person);
	enum hl_publish_why why = 0;
	struct hl_err err = {0};
	int r = hl_publish_propose(&me, &setup, proposing, &why, &err);

	if (r < 0) {
		fail_msg("propose: %s", err.msg);
	}
	return r ? why : HL_PUBLISH_ALLOWED;
}

int64_t propose_page(struct desk *d, int64_t case_id)
{
	struct hl_publish_proposing p = {
		.case_id = case_id, .scope = HL_LIST_PAGE};

	assert_int_equal(0, try_propose(d, ANNA, &p));
	return p.entry_id;
}

int64_t version_of(struct desk *d, int64_t entry_id)
{
	return number_of(d->f,
		"SELECT coalesce(max(version), 0) FROM list_entry "
		"WHERE id = %lld",
		entry_id);
}

enum hl_list_state state_of(struct desk *d, int64_t entry_id)
{
	return (enum hl_list_state)number_of(
		d->f, "SELECT state FROM list_entry WHERE id = %lld", entry_id);
}

enum hl_publish_why try_approve(
	struct desk *d, enum person person, int64_t entry_id)
{
	struct hl_publish_decision decision = {
		entry_id, version_of(d, entry_id)};
	struct hl_publish_setup setup = setup_of(d, person);
	struct hl_who me = who(d->f, person);
	enum hl_publish_why why = 0;
	struct hl_err err = {0};
	int r = hl_publish_approve(&me, &setup, &decision, &why, &err);

	if (r < 0) {
		fail_msg("approve: %s", err.msg);
	}
	return r ? why : HL_PUBLISH_ALLOWED;
}

enum hl_publish_why try_third(
	struct desk *d, enum person person, int64_t entry_id)
{
	struct hl_publish_decision decision = {
		entry_id, version_of(d, entry_id)};
	struct hl_publish_setup setup = setup_of(d, person);
	struct hl_who me = who(d->f, person);
	enum hl_publish_why why = 0;
	struct hl_err err = {0};
	int r = hl_publish_third(&me, &setup, &decision, &why, &err);

	if (r < 0) {
		fail_msg("third: %s", err.msg);
	}
	return r ? why : HL_PUBLISH_ALLOWED;
}

int64_t listed(struct desk *d, const char *address, int64_t *case_id)
{
	int64_t of = illegal_case(d, address);
	int64_t id = propose_page(d, of);

	assert_int_equal(0, try_approve(d, SOFIE, id));
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, id));
	if (case_id) {
		*case_id = of;
	}
	return id;
}

int64_t sweep(struct desk *d)
{
	struct hl_err err = {0};
	int64_t n = 0;

	if (hl_publish_sweep(d->f->store, d->f->arena, &n, &err)) {
		fail_msg("sweep: %s", err.msg);
	}
	return n;
}

int64_t check_log(struct desk *d)
{
	int64_t n = number(d->f, "SELECT count(*) FROM list_leaf");

	assert_int_equal(n, number(d->f, "SELECT coalesce(max(place), -1) + 1 "
					 "FROM list_leaf"));
	assert_int_equal(0, number(d->f, "SELECT count(*) FROM list_leaf "
					 "WHERE length(leaf) <> 248"));
	/* each entry in force has begun, each that was has ended, and none
	 * ended that never began */
	assert_int_equal(0,
		number(d->f,
			"SELECT count(*) FROM list_entry e WHERE "
			"(e.state = 2 AND (SELECT count(*) FROM list_leaf l "
			"WHERE l.entry_id = e.id) <> 1) OR (e.state IN (1, 3, "
			"4) AND EXISTS (SELECT 1 FROM list_leaf l WHERE "
			"l.entry_id = e.id)) OR (e.state = 5 AND (SELECT "
			"count(*) FROM list_leaf l WHERE l.entry_id = e.id) "
			"NOT IN (0, 2))"));
	return n;
}

void read_leaf(struct desk *d, int64_t place, uint8_t *leaf)
{
	sqlite3_stmt *st;
	sqlite3 *db;

	hl_store_close(d->f->store);
	d->f->store = NULL;
	assert_int_equal(SQLITE_OK,
		sqlite3_open_v2(d->f->path, &db, SQLITE_OPEN_READONLY, NULL));
	assert_int_equal(SQLITE_OK,
		sqlite3_prepare_v2(db,
			"SELECT leaf FROM list_leaf WHERE place = $1", -1, &st,
			NULL));
	sqlite3_bind_int64(st, 1, place);
	assert_int_equal(SQLITE_ROW, sqlite3_step(st));
	assert_int_equal(HL_URLS_LEAF, sqlite3_column_bytes(st, 0));
	memcpy(leaf, sqlite3_column_blob(st, 0), HL_URLS_LEAF);
	sqlite3_finalize(st);
	sqlite3_close(db);
	number(d->f, "SELECT 1"); /* opens the store again */
}
