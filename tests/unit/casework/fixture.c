/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rand.h"
#include "base/time.h"
#include "casefile/sealed.h"

#define ALL_ROLES                                                \
	((enum hl_store_role)(HL_STORE_PUBLIC | HL_STORE_STAFF | \
			      HL_STORE_WORKER | HL_STORE_ADMIN))

static const struct {
	const char *login, *name;
	unsigned roles;
} people[N_PEOPLE] = {
	[ANNA] = {"anna", "Anna Analyst", HL_ROLE_ANALYST},
	[VERA] = {"vera", "Vera Verifier", HL_ROLE_VERIFIER},
	[BENNY] = {"benny", "Benny Both", HL_ROLE_ANALYST | HL_ROLE_VERIFIER},
	[SOFIE] = {"sofie", "Sofie Supervisor", HL_ROLE_SUPERVISOR},
	[SIMON] = {"simon", "Simon Supervisor", HL_ROLE_SUPERVISOR},
	[RIKKE] = {"rikke", "Rikke Referral", HL_ROLE_REFERRAL},
	[ADAM] = {"adam", "Adam Administrator", HL_ROLE_ADMIN},
	[NOBODY] = {"nobody", "No Body", 0},
};

static void open_store(struct fixture *f)
{
	struct hl_err err = {0};

	if (hl_store_open(f->path, ALL_ROLES, &f->store, &err)) {
		fail_msg("store: %s", err.msg);
	}
}

static void add_epoch(
	struct hl_tx *tx, enum hl_key_kind kind, struct hl_str public_key)
{
	hl_tx_key_epoch_add(tx, &(struct hl_in_key_epoch_add){.kind = kind,
					.epoch = 1,
					.public_key = public_key,
					.created_at_us = 1});
}

static void add_key(struct hl_seal_ring_keys *keys)
{
	struct hl_seal_ring_key key = {.epoch = 1};

	hl_seal_keypair_new(&key.pub, &key.secret);
	ok(hl_seal_ring_add(keys, &key, NULL));
}

static void found(struct fixture *f)
{
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);
	struct hl_seal_pub worker;

	add_key(&f->ring.queue);
	add_key(&f->ring.identity);
	f->ring.has_url = true;
	f->ring.url_epoch = 1;
	hl_seal_key_new(&f->ring.url);
	hl_seal_keypair_new(&worker, &f->worker);
	add_epoch(tx, HL_KEY_QUEUE, hl_seal_pub_str(&f->ring.queue.at[0].pub));
	add_epoch(tx, HL_KEY_IDENTITY,
		hl_seal_pub_str(&f->ring.identity.at[0].pub));
	add_epoch(tx, HL_KEY_WORKER, hl_seal_pub_str(&worker));
	for (int i = 0; i < N_PEOPLE; i++) {
		f->people[i] = 1000 + i;
		hl_tx_staff_add(
			tx, &(struct hl_in_staff_add){.id = f->people[i],
				    .login = hl_str_c(people[i].login),
				    .display_name = hl_str_c(people[i].name),
				    .roles = people[i].roles});
	}
	ok(hl_tx_run(tx, NULL));
}

static void load_laws(struct fixture *f)
{
	static const char *const files[] = {"baseline.json", "dk.json"};
	const char *dir = getenv("HL_LAWS");

	assert_non_null(dir);
	for (size_t i = 0; i < HL_ARRAY_LEN(files); i++) {
		HL_BUF_AUTO text = HL_BUF_INIT(HL_LAW_BYTES_MAX);
		char path[512];

		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		ok(hl_file_read(path, &text, NULL));
		ok(hl_law_load(hl_buf_str(&text), files[i], &f->law[i], NULL));
	}
}

int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	ok(hl_seal_init(NULL));
	snprintf(f->dir, sizeof(f->dir), "/tmp/hl-casework-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/store.db", f->dir);
	f->start_us = INT64_C(1795340000) * HL_US_PER_S;
	hl_time_pretend(f->start_us);
	f->arena = hl_arena_new((size_t)256 << 20, true);
	ok(hl_settings_new(&f->settings, NULL));
	ok(hl_settings_set(
		f->settings, HL_STR("operator.country"), HL_STR("DK"), NULL));
	open_store(f);
	found(f);
	load_laws(f);
	f->laws = (struct hl_casework_laws){
		(const struct hl_law *const *)f->law, 2, f->settings};
	*state = f;
	return 0;
}

int tear_down(void **state)
{
	struct fixture *f = *state;
	char name[128];

	hl_store_close(f->store);
	hl_time_pretend(0);
	hl_arena_free(f->arena);
	hl_seal_ring_wipe(&f->ring);
	hl_seal_secret_wipe(&f->worker);
	hl_settings_free(f->settings);
	hl_law_free(f->law[0]);
	hl_law_free(f->law[1]);
	snprintf(name, sizeof(name), "%s-wal", f->path);
	unlink(name);
	snprintf(name, sizeof(name), "%s-shm", f->path);
	unlink(name);
	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

struct hl_who who(struct fixture *f, enum person person)
{
	bool keys = person != ADAM && person != NOBODY;

	return (struct hl_who){.actor = {.user_id = f->people[person],
				       .roles = people[person].roles,
				       .enabled = true,
				       .full_login = true},
		.ring = keys ? &f->ring : &f->empty,
		.store = f->store,
		.arena = f->arena};
}

void later(struct fixture *f, int64_t us)
{
	(void)f;
	hl_time_pretend(hl_time_now_us() + us);
}

static void put_part(struct fixture *f, struct hl_tx *tx, int64_t id,
	bool contact, const struct hl_report *report)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(HL_REPORT_JSON_MAX);
	HL_BUF_AUTO key = HL_BUF_INIT(4096), body = HL_BUF_INIT(1 << 20);
	struct hl_seal_label label = contact ? HL_LABEL_REPORT_CONTACT(id)
					     : HL_LABEL_REPORT_BODY(id);
	const struct hl_seal_ring_keys *keys =
		contact ? &f->ring.identity : &f->ring.queue;

	if (contact) {
		hl_report_put_contact_json(&plain, report);
	} else {
		hl_report_put_json(&plain, report);
	}
	ok(hl_seal_report(&keys->at[0].pub, &label, hl_buf_str(&plain), &key,
		&body, NULL));
	hl_tx_report_part_put(
		tx, &(struct hl_in_report_part_put){.report_id = id,
			    .part = contact ? 2 : 1,
			    .key_sealed = hl_buf_str(&key),
			    .body_sealed = hl_buf_str(&body),
			    .kind = contact ? HL_KEY_IDENTITY : HL_KEY_QUEUE,
			    .epoch = 1});
}

int64_t put_report(struct fixture *f, const struct hl_report *report)
{
	struct hl_tx *tx = hl_tx_begin(f->store, f->arena);
	int64_t id = hl_rand_id();
	uint8_t lookup[16];

	hl_rand_bytes(lookup, sizeof(lookup));
	hl_tx_report_put(
		tx, &(struct hl_in_report_put){.id = id,
			    .lookup = hl_str_mem(lookup, sizeof(lookup)),
			    .mailbox_key = HL_STR("k"),
			    .received_at_us = hl_time_now_us(),
			    .channel = 1,
			    .danger = report->danger,
			    .place = report->place,
			    .has_contact = report->contact.n > 0});
	put_part(f, tx, id, false, report);
	if (report->contact.n) {
		put_part(f, tx, id, true, report);
	}
	hl_tx_event(
		tx, &(struct hl_store_event){.kind = HL_EVENT_REPORT_RECEIVED,
			    .object_kind = HL_OBJECT_REPORT,
			    .object_id = id,
			    .b = HL_REPORT_RECEIVED});
	ok(hl_tx_run(tx, NULL));
	return id;
}

int64_t put_addresses(struct fixture *f, const char *addresses)
{
	return put_report(
		f, &(struct hl_report){.place = HL_PLACE_WEBSITE,
			   .addresses_text = hl_str_c(addresses),
			   .words = hl_arena_printf(f->arena, "number %u",
				   hl_rand_below(1000000000))});
}

size_t triage_all(struct fixture *f)
{
	struct hl_who anna = who(f, ANNA);
	struct hl_casework_triaged done;
	struct hl_err err = {0};

	if (hl_casework_triage(&anna, f->settings, 1000, &done, NULL, &err)) {
		fail_msg("triage: %s", err.msg);
	}
	return done.n_done;
}

int64_t case_of(struct fixture *f, int64_t report_id, int64_t position)
{
	struct hl_in_report_links in = {report_id};
	struct hl_row_report_links *rows;
	size_t n;

	ok(hl_get_report_links(f->store, f->arena, &in, &rows, &n, NULL));
	for (size_t i = 0; i < n; i++) {
		if (rows[i].position == position) {
			return rows[i].case_id;
		}
	}
	return 0;
}

int64_t put_case(struct fixture *f, const char *address)
{
	int64_t report = put_addresses(f, address);

	triage_all(f);
	int64_t id = case_of(f, report, 1);
	assert_int_not_equal(0, id);
	return id;
}

static sqlite3 *raw(struct fixture *f)
{
	sqlite3 *db;

	hl_store_close(f->store);
	f->store = NULL;
	assert_int_equal(SQLITE_OK, sqlite3_open(f->path, &db));
	return db;
}

int64_t number(struct fixture *f, const char *sql)
{
	sqlite3 *db = raw(f);
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK ||
		sqlite3_step(st) != SQLITE_ROW) {
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	}
	int64_t n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	open_store(f);
	return n;
}

int64_t number_of(struct fixture *f, const char *sql, int64_t id)
{
	/* sql is a literal of the test with one %lld */
	char text[1024];
	struct hl_str s = hl_str_c(sql);
	size_t at = hl_str_find(s, HL_STR("%lld"));

	snprintf(text, sizeof(text), "%.*s%lld%s", (int)at, sql, (long long)id,
		at < s.n ? sql + at + 4 : "");
	return number(f, text);
}

void change(struct fixture *f, const char *sql)
{
	sqlite3 *db = raw(f);
	char *why = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
		fail_msg("%s: %s", sql, why);
	}
	sqlite3_close(db);
	open_store(f);
}

static void answer(struct hl_facts *f, enum hl_fact fact, int value)
{
	f->value[fact] = value;
}

struct hl_facts facts_for(enum hl_outcome outcome)
{
	struct hl_facts f = {0};

	answer(&f, HL_FACT_ACCESS,
		outcome == HL_OUTCOME_GONE      ? HL_ACCESS_GONE
		: outcome == HL_OUTCOME_PAYWALL ? HL_ACCESS_PAYWALL
						: HL_ACCESS_SEEN);
	if (f.value[HL_FACT_ACCESS] != HL_ACCESS_SEEN) {
		return f;
	}
	answer(&f, HL_FACT_MATERIAL, HL_MATERIAL_PHOTO);
	answer(&f, HL_FACT_AGE,
		outcome == HL_OUTCOME_BASELINE      ? HL_AGE_PREPUBESCENT
		: outcome == HL_OUTCOME_NATIONAL    ? HL_AGE_PUBESCENT
		: outcome == HL_OUTCOME_CANNOT_TELL ? HL_AGE_UNDETERMINED
						    : HL_AGE_ADULT);
	bool act = hl_outcome_illegal(outcome) ||
		   outcome == HL_OUTCOME_CANNOT_TELL;
	answer(&f, HL_FACT_ACT, act ? HL_ACT_INVOLVED : HL_ACT_NONE);
	answer(&f, HL_FACT_POSING, HL_POSING_NONE);
	answer(&f, HL_FACT_COMMERCIAL, HL_YNU_NO);
	answer(&f, HL_FACT_OFFENSIVE,
		outcome == HL_OUTCOME_OFFENSIVE ? HL_YNU_YES : HL_YNU_NO);
	return f;
}

void assess(struct fixture *f, int64_t case_id, enum hl_outcome outcome)
{
	struct hl_who anna = who(f, ANNA);
	struct hl_facts facts = facts_for(outcome);
	struct hl_casework_assessed out;
	struct hl_err err = {0};

	ok(hl_casework_take(&anna, f->settings, case_id, NULL, NULL));
	later(f, HL_US_PER_S);
	if (hl_casework_assess(
		    &anna, &f->laws, case_id, &facts, &out, NULL, &err)) {
		fail_msg("assess: %s, missing %x", err.msg, out.law.missing);
	}
	assert_int_equal(outcome, out.law.outcome);
}

void verify(struct fixture *f, int64_t case_id, enum hl_outcome outcome)
{
	struct hl_who benny = who(f, BENNY);
	struct hl_facts facts = facts_for(outcome);
	struct hl_casework_assessed out;

	later(f, HL_US_PER_S);
	ok(hl_casework_take(&benny, f->settings, case_id, NULL, NULL));
	later(f, HL_US_PER_S);
	ok(hl_casework_verify(
		&benny, &f->laws, case_id, &facts, &out, NULL, NULL));
	assert_int_equal(outcome, out.law.outcome);
}

void put_referral(struct fixture *f, int64_t case_id, int state)
{
	char sql[1024];

	snprintf(sql, sizeof(sql),
		"INSERT INTO recipient (id, kind, name, mail, country, asn, "
		"channel, state, source, created_at_us, decided_at_us, "
		"decided_by) VALUES (7, 2, 'Host', 'a@example.org', 'DK', 0, "
		"1, 2, 1, 0, 0, 0);"
		"INSERT INTO referral (id, case_id, item_id, recipient_id, "
		"kind, channel, state, version, is_test, idempotency, "
		"hold_until_us, created_by, created_at_us, approved_by, "
		"approved_at_us, sent_at_us, closed_at_us, answer, "
		"answered_at_us, answer_hash, answer_until_us, attempts, "
		"last_code, last_error, epoch, document_sealed, worker_sealed) "
		"SELECT 9, case_id, id, 7, 2, 1, %d, 1, 0, x'01', 0, 0, 0, 0, "
		"0, 0, 0, 0, 0, x'', 0, 0, 0, '', 1, x'', x'' FROM item WHERE "
		"case_id = %lld",
		state, (long long)case_id);
	change(f, sql);
}

void load(struct fixture *f, int64_t case_id, struct hl_casefile *out)
{
	ok(hl_casefile_load(f->store, f->arena, case_id, out, NULL));
}

/* Events whose a and b are states. */
static bool is_move(int64_t kind)
{
	switch (kind) {
	case HL_EVENT_REPORT_READ:
	case HL_EVENT_CONTACT_REQUESTED:
	case HL_EVENT_CONTACT_GRANTED:
	case HL_EVENT_CONTACT_READ:
	case HL_EVENT_CONTACT_REFUSED:
	case HL_EVENT_CASE_READ:
	case HL_EVENT_CASE_HOLD_SET:
	case HL_EVENT_CASE_HOLD_LIFTED:
	case HL_EVENT_CASE_ERASE_PROPOSED:
	case HL_EVENT_CASE_ERASE_REFUSED:
	case HL_EVENT_CASE_VIEW_STARTED:
	case HL_EVENT_CASE_VIEW_STOPPED:
	case HL_EVENT_CASE_PRIORITY:
	case HL_EVENT_CASE_NOTED:
	case HL_EVENT_ITEM_WATCH_PAUSED:
	case HL_EVENT_ITEM_WATCH_RESUMED:
	case HL_EVENT_ITEM_HASH_ADDED:
	case HL_EVENT_ITEM_HASH_REMOVED:
		return false;
	default:
		return true;
	}
}

void check_history(struct fixture *f)
{
	struct hl_in_event_page in = {1, 100000};
	struct hl_row_event_page *rows;
	size_t n;

	ok(hl_get_event_page(f->store, f->arena, &in, &rows, &n, NULL));
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		int64_t state = 0;

		if (!is_move(rows[i].kind) || rows[i].object_kind < 1 ||
			rows[i].object_kind > 3) {
			continue;
		}
		for (size_t k = 0; k < i; k++) {
			if (is_move(rows[k].kind) &&
				rows[k].object_kind == rows[i].object_kind &&
				rows[k].object_id == rows[i].object_id) {
				state = rows[k].b;
			}
		}
		if (state != rows[i].a) {
			fail_msg("event %lld of kind %lld begins in %lld, not "
				 "in %lld",
				(long long)rows[i].seq, (long long)rows[i].kind,
				(long long)rows[i].a, (long long)state);
		}
	}
	/* and every case ends where its last event says, with one step */
	assert_int_equal(0,
		number(f, "SELECT count(*) FROM cases c WHERE c.state <> "
			  "(SELECT e.b FROM event e WHERE e.object_kind = 2 "
			  "AND e.object_id = c.id AND e.kind IN (201, 202, 203,"
			  "204, 205, 207, 208, 210, 211, 212, 213, 214, 215, "
			  "216, 220, 227) ORDER BY e.seq DESC LIMIT 1)"));
	assert_int_equal(0,
		number(f, "SELECT count(*) FROM cases c WHERE (SELECT count(*) "
			  "FROM case_step t WHERE t.case_id = c.id AND "
			  "t.ended_at_us = 0) <> (c.state < 10)"));
}
