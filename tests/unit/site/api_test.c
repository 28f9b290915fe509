/* SPDX-License-Identifier: Apache-2.0 */
#include "browser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "accounts/apikey.h"
#include "base/json.h"

static void send_json(struct browser *b, const char *target, const char *text)
{
	browser_send(b, target, "application/json", hl_str_c(text));
}

static void receipt_of(const struct browser *b, char out[27])
{
	HL_JSON_AUTO *root = NULL;

	assert_int_equal(
		0, hl_json_parse(hl_buf_str(&b->body), 4096, &root, NULL));
	snprintf(out, 27, "%.*s", HL_STR_ARG(hl_json_str(root, "receipt")));
	assert_int_equal(25, strlen(out));
}

static const char good[] =
	"{\"schema\":1,\"danger\":\"unknown\",\"place\":\"forum\","
	"\"addresses\":[\"https://example.org/7\",\"example.org/8\"],"
	"\"words\":\"said so\",\"contact\":\"a@example.org\"}";

static void a_report_and_its_status(void **state)
{
	struct browser *b = *state;
	struct hl_report got = {0};
	char receipt[27], text[64];

	send_json(b, "/api/v1/reports", good);
	assert_int_equal(201, b->status);
	receipt_of(b, receipt);
	int64_t id = fixture_number(b->f, "SELECT id FROM report");
	fixture_open(b->f, id, HL_INTAKE_PART_ANSWERS, &got);
	assert_int_equal(0, got.n_addresses);
	assert_true(hl_str_eq(got.addresses_text,
		HL_STR("https://example.org/7\nexample.org/8")));
	fixture_open(b->f, id, HL_INTAKE_PART_CONTACT, &got);
	assert_true(hl_str_eq(got.contact, HL_STR("a@example.org")));
	snprintf(text, sizeof(text), "{\"receipt\":\"%s\"}", receipt);
	send_json(b, "/api/v1/status", text);
	browser_must(b, "status", 200, "\"status\":\"received\"");
	browser_must(b, "status", 200, "\"addresses\":[]");
}

static void the_same_key_repeats_the_receipt(void **state)
{
	struct browser *b = *state;
	char first[27], second[27];

	b->key = "d2c1f3-0001";
	send_json(b, "/api/v1/reports", good);
	receipt_of(b, first);
	send_json(b, "/api/v1/reports", good);
	receipt_of(b, second);
	assert_string_equal(first, second);
	assert_int_equal(
		1, fixture_number(b->f, "SELECT count(*) FROM report"));
}

static void what_is_wrong_is_said(void **state)
{
	struct browser *b = *state;
#define HEAD "{\"schema\":1,\"danger\":\"no\",\"place\":\"forum\","
	static const struct {
		const char *name, *text;
		int status;
		const char *says;
	} rows[] = {
		{"empty", "", 400, "\"error\":\"malformed\""},
		{"no object", "[]", 400, "malformed"},
		{"cut", "{\"schema\":1", 400, "malformed"},
		{"other schema", "{\"schema\":2}", 400, "schema"},
		{"no schema", "{\"danger\":\"no\"}", 400, "schema"},
		{"twice", "{\"schema\":1,\"schema\":1}", 400, "malformed"},
		{"unknown member", HEAD "\"picture\":\"x\"}", 400, "not known"},
		{"number for text", HEAD "\"words\":5}", 400, "words"},
		{"outside its vocabulary",
			"{\"schema\":1,\"danger\":\"perhaps\"}", 400, "danger"},
		{"place missing",
			"{\"schema\":1,\"danger\":\"no\",\"words\":\"x\"}", 422,
			"\"field\":\"place\",\"problem\":\"empty\""},
		{"nothing said", HEAD "\"seen\":\"today\"}", 422, "no_matter"},
		{"bidi", HEAD "\"words\":\"a\\u202eb\"}", 422, "hostile"},
		{"a picture",
			HEAD
			"\"addresses\":[\"data:image/png;base64,iVBORw0=\"]}",
			422, "content"},
		{"zero", HEAD "\"words\":\"a\\u0000b\"}", 400, "malformed"},
		{"escape", HEAD "\"words\":\"a\\u001bb\"}", 422, "hostile"},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		send_json(b, "/api/v1/reports", rows[i].text);
		browser_must(b, rows[i].name, rows[i].status, rows[i].says);
	}
	browser_send(b, "/api/v1/reports", "text/plain", hl_str_c(good));
	browser_must(b, "type", 415, "\"error\":\"type\"");
	b->key = "with space";
	send_json(b, "/api/v1/reports", good);
	browser_must(b, "key", 400, "Idempotency-Key");
	assert_int_equal(
		0, fixture_number(b->f, "SELECT count(*) FROM report"));
}

/* As the administrator's command makes it; the store keeps the hash. */
static void put_key(struct browser *b, unsigned scopes, bool revoked,
	char bearer[HL_ACCOUNTS_KEY_TEXT + 8])
{
	struct hl_store *store;
	struct hl_who who = {.arena = b->arena};
	struct hl_accounts_apikey key = {
		.name = HL_STR("Platform"), .scopes = scopes, .rate = 1};
	char text[HL_ACCOUNTS_KEY_TEXT];

	hl_store_close(b->f->store);
	assert_int_equal(
		0, hl_store_open(b->f->path, HL_STORE_ADMIN, &store, NULL));
	who.store = store;
	assert_int_equal(0, hl_accounts_apikey_create(&who, &key, text, NULL));
	if (revoked) {
		assert_int_equal(
			0, hl_accounts_apikey_revoke(&who, key.id, NULL));
	}
	hl_store_close(store);
	assert_int_equal(0,
		hl_store_open(b->f->path, HL_STORE_PUBLIC, &b->f->store, NULL));
	snprintf(bearer, HL_ACCOUNTS_KEY_TEXT + 8, "Bearer %s", text);
}

static const char hashed[] =
	"{\"schema\":1,\"danger\":\"unknown\",\"place\":\"forum\","
	"\"addresses\":[\"https://example.org/7\"],\"hashes\":[{\"kind\":"
	"\"md5\",\"value\":\"0123456789ABCDEF0123456789abcdef\"}]}";

static void who_vouches_for_hashes(void **state)
{
	struct browser *b = *state;
	static const char *const wrong[] = {"", "Bearer ", "Bearer hl_",
		"Basic YTpi",
		"Bearer hl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAAAAA",
		"bearer"};
	char good_key[HL_ACCOUNTS_KEY_TEXT + 8];
	char other[HL_ACCOUNTS_KEY_TEXT + 8], gone[HL_ACCOUNTS_KEY_TEXT + 8];
	struct hl_report got = {0};

	put_key(b, HL_API_REPORT, false, good_key);
	put_key(b, HL_API_MATCH | HL_API_FEED, false, other);
	put_key(b, HL_API_REPORT, true, gone);
	for (size_t i = 0; i < HL_ARRAY_LEN(wrong); i++) {
		b->bearer = wrong[i];
		send_json(b, "/api/v1/reports", hashed);
		browser_must(b, wrong[i], 401, "\"error\":\"key\"");
	}
	b->bearer = other;
	send_json(b, "/api/v1/reports", hashed);
	browser_must(b, "other scope", 401, "\"error\":\"key\"");
	b->bearer = gone;
	send_json(b, "/api/v1/reports", hashed);
	browser_must(b, "revoked", 401, "\"error\":\"key\"");
	assert_int_equal(
		0, fixture_number(b->f, "SELECT count(*) FROM report"));
	b->bearer = good_key;
	send_json(b, "/api/v1/reports", hashed);
	assert_int_equal(201, b->status);
	assert_int_equal(
		1, fixture_number(b->f, "SELECT count(*) FROM report WHERE "
					"sender = (SELECT min(id) FROM api_key "
					"WHERE scopes = 16 AND "
					"revoked_at_us = 0)"));
	fixture_open(b->f, fixture_number(b->f, "SELECT id FROM report"),
		HL_INTAKE_PART_ANSWERS, &got);
	assert_int_equal(1, got.n_hashes);
	assert_int_equal(0xef, got.hashes[0].value[15]);
	b->bearer = NULL;
	send_json(b, "/api/v1/reports", hashed);
	assert_int_equal(201, b->status);
	assert_int_equal(
		1, fixture_number(b->f,
			   "SELECT count(*) FROM report WHERE sender = 0"));
}

static void too_many_addresses(void **state)
{
	struct browser *b = *state;
	HL_BUF_AUTO text = HL_BUF_INIT(1 << 20);

	hl_buf_put(&text, HL_STR(HEAD "\"addresses_text\":\""));
	for (int i = 0; i < 201; i++) {
		hl_buf_printf(&text, "http://a%d.example/ ", i);
	}
	hl_buf_put(&text, HL_STR("\"}"));
	send_json(b, "/api/v1/reports", text.p);
	browser_must(b, "201", 422, "too_many");
}

static void a_status_that_cannot_be_had(void **state)
{
	struct browser *b = *state;
	static const struct {
		const char *name, *text;
		int status;
		const char *says;
	} rows[] = {
		{"no json", "receipt", 400, "malformed"},
		{"no receipt", "{}", 400, "malformed"},
		{"short", "{\"receipt\":\"ABC\"}", 400, "malformed"},
		{"number", "{\"receipt\":5}", 400, "malformed"},
	};
	char text[64], printed[HL_SEAL_RECEIPT_TEXT];
	struct hl_seal_receipt nobodys;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		send_json(b, "/api/v1/status", rows[i].text);
		browser_must(b, rows[i].name, rows[i].status, rows[i].says);
	}
	hl_seal_receipt_new(&nobodys);
	hl_seal_receipt_print(&nobodys, printed);
	snprintf(text, sizeof(text), "{\"receipt\":\"%s\"}", printed);
	send_json(b, "/api/v1/status", text);
	browser_must(b, "nobody's", 404, "not_found");
}

static void too_many_from_one_place(void **state)
{
	struct browser *b = *state;
	int n = 0;

	b->peer = 5;
	do {
		send_json(b, "/api/v1/reports", good);
	} while (b->status == 201 && ++n < 1000);
	browser_must(b, "busy", 429, "\"error\":\"busy\"");
	assert_int_equal(b->settings->report_rate_limit, n);
	struct hl_str headers = hl_buf_str(&b->headers);
	assert_true(hl_str_find(headers, HL_STR("Retry-After: ")) < headers.n);
}

static void without_keys_it_says_later(void **state)
{
	struct browser *b = *state;

	send_json(b, "/api/v1/reports", good);
	browser_must(b, "no keys", 503, "\"error\":\"unavailable\"");
	struct hl_str headers = hl_buf_str(&b->headers);
	assert_true(hl_str_find(headers, HL_STR("Retry-After: ")) < headers.n);
}

int main(void)
{
#define WITH(set_up, test) \
	cmocka_unit_test_setup_teardown(test, set_up, browser_tear_down)
#define BROWSE(test) WITH(browser_set_up, test)
	const struct CMUnitTest tests[] = {
		BROWSE(a_report_and_its_status),
		BROWSE(the_same_key_repeats_the_receipt),
		BROWSE(what_is_wrong_is_said),
		BROWSE(who_vouches_for_hashes),
		BROWSE(too_many_addresses),
		BROWSE(a_status_that_cannot_be_had),
		BROWSE(too_many_from_one_place),
		WITH(browser_set_up_bare, without_keys_it_says_later),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
