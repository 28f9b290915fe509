/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/apikey.h"

#include "base/time.h"
#include "fixture.h"
#include "store/sql.h"

#define DAY HL_US_PER_DAY

static struct hl_accounts_apikey some(void)
{
	return (struct hl_accounts_apikey){.name = HL_STR("Example platform"),
		.scopes = HL_API_MATCH,
		.rate = 500};
}

/* How many keys the match process is told of, and the first of them. */
static size_t good(struct fixture *f, struct hl_row_apikey_good *first)
{
	struct hl_row_apikey_good *rows = NULL;
	struct hl_store *match = NULL;
	size_t n = 0;

	hl_store_close(f->store);
	assert_int_equal(
		0, hl_store_open(f->path, HL_STORE_MATCH, &match, NULL));
	assert_int_equal(
		0, hl_get_apikey_good(match, f->arena,
			   &(struct hl_in_apikey_good){hl_time_now_us()}, &rows,
			   &n, NULL));
	if (n && first) {
		*first = rows[0];
	}
	hl_store_close(match);
	assert_int_equal(0,
		hl_store_open(f->path,
			(enum hl_store_role)(HL_STORE_STAFF | HL_STORE_ADMIN),
			&f->store, NULL));
	f->host.store = f->store;
	return n;
}

static void a_key_is_found_by_its_hash_only(void **state)
{
	struct fixture *f = *state;
	struct hl_accounts_apikey key = some();
	struct hl_row_apikey_good row;
	char text[HL_ACCOUNTS_KEY_TEXT];
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];

	assert_int_equal(
		0, hl_accounts_apikey_create(&f->host, &key, text, NULL));
	assert_int_equal(46, strlen(text));
	assert_int_equal(0, hl_accounts_apikey_hash(hl_str_c(text), hash));
	assert_int_equal(1, good(f, &row));
	assert_int_equal(key.id, row.id);
	assert_int_equal(HL_API_MATCH, row.scopes);
	assert_int_equal(500, row.rate);
	assert_true(hl_str_eq(row.key_hash, hl_str_mem(hash, sizeof(hash))));
}

static void what_is_no_key_has_no_hash(void **state)
{
	static const char *const texts[] = {"", "hl_", "hl",
		"HL_4fzzzL9J7v0vQ2d4uCq0lq3YQmZb3mQkS1o1hVb8x5E",
		"4fzzzL9J7v0vQ2d4uCq0lq3YQmZb3mQkS1o1hVb8x5E",
		"hl_4fzzzL9J7v0vQ2d4uCq0lq3YQmZb3mQkS1o1hVb8x5",
		"hl_4fzzzL9J7v0vQ2d4uCq0lq3YQmZb3mQkS1o1hVb8x5E=",
		"hl_4fzzzL9J7v0vQ2d4uCq0lq3YQmZb3mQkS1o1hVb8x5F",
		"hl_4fzzzL9J7v0vQ2d4uCq0lq3YQmZb3mQkS1o1hVb8x5/",
		" hl_4fzzzL9J7v0vQ2d4uCq0lq3YQmZb3mQkS1o1hVb8x5E"};
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(texts); i++) {
		if (!hl_accounts_apikey_hash(hl_str_c(texts[i]), hash)) {
			fail_msg("\"%s\" was taken", texts[i]);
		}
	}
}

static void revoked_and_ended_keys_are_not_told(void **state)
{
	struct fixture *f = *state;
	struct hl_accounts_apikey one = some(), two = some();
	char text[HL_ACCOUNTS_KEY_TEXT];
	int64_t now_us = hl_time_now_us();

	two.expires_at_us = now_us + DAY;
	assert_int_equal(
		0, hl_accounts_apikey_create(&f->host, &one, text, NULL));
	assert_int_equal(
		0, hl_accounts_apikey_create(&f->host, &two, text, NULL));
	assert_int_equal(2, good(f, NULL));
	hl_time_pretend(now_us + DAY + 1);
	assert_int_equal(1, good(f, NULL));
	assert_int_equal(0, hl_accounts_apikey_revoke(&f->host, one.id, NULL));
	assert_int_equal(0, good(f, NULL));
	assert_int_equal(
		HL_NOTFOUND, hl_accounts_apikey_revoke(&f->host, one.id, NULL));
	assert_int_equal(
		HL_NOTFOUND, hl_accounts_apikey_revoke(&f->host, 4711, NULL));
}

static void odd_keys_are_refused(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *what;
		struct hl_accounts_apikey key;
	} rows[] = {
		{"no name", {0, HL_STR_INIT(""), HL_API_MATCH, 1, 0}},
		{"line feed in the name",
			{0, HL_STR_INIT("a\nb"), HL_API_MATCH, 1, 0}},
		{"no UTF-8", {0, HL_STR_INIT("\xff"), HL_API_MATCH, 1, 0}},
		{"no scope", {0, HL_STR_INIT("a"), 0, 1, 0}},
		{"a scope that is none", {0, HL_STR_INIT("a"), 32, 1, 0}},
		{"no rate", {0, HL_STR_INIT("a"), HL_API_MATCH, 0, 0}},
		{"too high a rate",
			{0, HL_STR_INIT("a"), HL_API_MATCH, 1000001, 0}},
		{"over already", {0, HL_STR_INIT("a"), HL_API_MATCH, 1, 1}},
	};
	char text[HL_ACCOUNTS_KEY_TEXT];

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_accounts_apikey key = rows[i].key;
		struct hl_err err = {0};

		if (hl_accounts_apikey_create(&f->host, &key, text, &err) !=
			HL_E_INVALID) {
			fail_msg("%s was taken", rows[i].what);
		}
	}
	assert_int_equal(0, good(f, NULL));
}

static void administrators_alone_make_and_revoke(void **state)
{
	struct fixture *f = *state;
	int64_t admin = add_user(f, "adam", HL_ROLE_ADMIN, false);
	struct hl_who who = f->host;
	struct hl_accounts_apikey key = some();
	char text[HL_ACCOUNTS_KEY_TEXT];

	who.actor = (struct hl_authz_actor){
		f->supervisor, HL_ROLE_SUPERVISOR, true, true};
	assert_int_equal(
		HL_DENIED, hl_accounts_apikey_create(&who, &key, text, NULL));
	who.actor = (struct hl_authz_actor){admin, HL_ROLE_ADMIN, true, true};
	assert_int_equal(0, hl_accounts_apikey_create(&who, &key, text, NULL));
	who.actor = (struct hl_authz_actor){
		f->analyst, HL_ROLE_ANALYST, true, true};
	assert_int_equal(
		HL_DENIED, hl_accounts_apikey_revoke(&who, key.id, NULL));
	assert_int_equal(1, good(f, NULL));
}

static void the_log_knows(void **state)
{
	struct fixture *f = *state;
	struct hl_accounts_apikey key = some();
	struct hl_row_object_events *rows;
	char text[HL_ACCOUNTS_KEY_TEXT];
	size_t n;

	assert_int_equal(
		0, hl_accounts_apikey_create(&f->host, &key, text, NULL));
	assert_int_equal(0, hl_accounts_apikey_revoke(&f->host, key.id, NULL));
	assert_int_equal(0, hl_get_object_events(f->store, f->arena,
				    &(struct hl_in_object_events){
					    HL_OBJECT_SYSTEM, key.id, 10},
				    &rows, &n, NULL));
	assert_int_equal(2, n);
	assert_int_equal(HL_EVENT_SYSTEM_KEY_REVOKED, rows[0].kind);
	assert_int_equal(HL_EVENT_SYSTEM_KEY_CREATED, rows[1].kind);
	assert_int_equal(HL_API_MATCH, rows[1].a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		T(a_key_is_found_by_its_hash_only),
		T(what_is_no_key_has_no_hash),
		T(revoked_and_ended_keys_are_not_told),
		T(odd_keys_are_refused),
		T(administrators_alone_make_and_revoke),
		T(the_log_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
