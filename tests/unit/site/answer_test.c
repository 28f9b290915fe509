/* SPDX-License-Identifier: Apache-2.0 */
/* The page behind the link in a referral's mail. */
#include "browser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/time.h"
#include "seal/token.h"

#define PAGE_MAX 96

/* A referral that has been sent, of a kind; gives the path of its page. */
static void put_referral(
	struct browser *b, int id, int kind, char path[PAGE_MAX])
{
	struct hl_seal_token token;
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];
	char text[HL_SEAL_TOKEN_TEXT], hex[2 * sizeof(hash) + 1], sql[2048];

	hl_seal_token_new(HL_SEAL_TOKEN_ANSWER, &token);
	hl_seal_token_hash(&token, hash);
	for (size_t i = 0; i < sizeof(hash); i++) {
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	}
	snprintf(path, PAGE_MAX, "/answer/%.*s",
		HL_STR_ARG(hl_seal_token_print(&token, text)));
	snprintf(sql, sizeof(sql),
		"INSERT OR IGNORE INTO cases VALUES (1, 9, 1, 1, 1, 0, 0, 0, "
		"0, 0, 0, 1, 2, 0, 1, 0, 0, 0, 0);"
		"INSERT OR IGNORE INTO item (id, case_id, url_hash, host_hash,"
		"canon_version, kind, epoch, url_sealed, worker_sealed, state,"
		"public_status, passed_to, n_reports, n_independent, "
		"first_at_us, last_at_us, country, asn, network, provider_id,"
		"traced_at_us, removed_at_us) VALUES (1, 1, x'01', x'', 1, 1, "
		"1, x'', x'', 2, 4, 4, 1, 1, 1, 1, '', 0, '', 0, 0, 0);"
		"INSERT INTO recipient (id, kind, name, mail, country, asn, "
		"channel, state, source, created_at_us, decided_at_us, "
		"decided_by) VALUES (%d, %d, 'Invented <Host>', "
		"'a%d@example.org', '', 0, 1, 2, 1, 1, 1, 1);"
		"INSERT INTO referral VALUES (%d, 1, 1, %d, %d, 1, 5, 1, %d, "
		"x'%02x', 0, 0, 1, 0, 1, 1764000000000000, 0, 0, 0, x'%s', "
		"%lld, 1, 250, '', 1, x'', x'', x'');",
		id, kind, id, id, id, kind, id == 2, id, hex,
		(long long)(hl_time_now_us() + HL_US_PER_DAY));
	fixture_sql(b->f, sql);
	b->thread.store = b->f->store;
}

static void looking_changes_nothing(void **state)
{
	struct browser *b = *state;
	char path[PAGE_MAX];

	put_referral(b, 1, 2, path);
	browser_get(b, path);
	browser_must(b, "page", 200, "Invented &lt;Host&gt;");
	browser_must(b, "button", 200, "value=\"removed\"");
	assert_false(browser_sees(b, "value=\"cleared\""));
	assert_false(browser_sees(b, "This is a test"));
	assert_int_equal(0, fixture_number(b->f, "SELECT count(*) FROM event"));
}

static void the_police_have_two_more(void **state)
{
	struct browser *b = *state;
	char path[PAGE_MAX];

	put_referral(b, 2, 1, path);
	browser_get(b, path);
	browser_must(b, "police", 200, "value=\"cleared\"");
	browser_must(b, "police", 200, "value=\"hold\"");
	browser_must(b, "a test", 200, "This is a test");
}

static void one_click_is_enough(void **state)
{
	struct browser *b = *state;
	char path[PAGE_MAX], after[PAGE_MAX + 16];

	put_referral(b, 1, 2, path);
	browser_get(b, path);
	browser_post(b, path, "answer=removed");
	snprintf(after, sizeof(after), "%s?done=saved", path);
	browser_must_go(b, after);
	browser_get(b, after);
	browser_must(b, "thanks", 200, "Your answer has been saved.");
	browser_post(b, path, "answer=removed");
	snprintf(after, sizeof(after), "%s?done=repeated", path);
	browser_must_go(b, after);
	browser_get(b, after);
	browser_must(b, "again", 200, "We had this answer");
	browser_post(b, path, "answer=refused&reason=court_order&note=");
	assert_int_equal(303, b->status);
	assert_int_equal(
		2, fixture_number(b->f, "SELECT count(*) FROM answer"));
	assert_int_equal(6, fixture_number(b->f, "SELECT state FROM referral"));
	assert_int_equal(
		5, fixture_number(b->f, "SELECT answer FROM referral"));
	assert_int_equal(
		2, fixture_number(b->f, "SELECT count(*) FROM event "
					"WHERE kind = 411 AND object_id = 1"));
}

static void what_is_wrong_is_said(void **state)
{
	struct browser *b = *state;
	static const struct {
		const char *form;
		int status;
		const char *says;
	} rows[] = {
		{"answer=moved&new_address=", 422, "Give the new address"},
		{"answer=moved&new_address=%3A%2F%2F", 422,
			"href=\"#new_address\""},
		{"answer=moved&new_address=javascript%3Aalert%281%29", 422,
			"Give one web address"},
		{"answer=need_more&note=", 422, "href=\"#need_note\""},
		{"answer=refused&reason=other&note=", 422,
			"href=\"#refuse_note\""},
		{"answer=cleared", 422, "Only the police"},
		{"answer=nonsense", 422, "There is a problem"},
		{"", 422, "There is a problem"},
		{"answer=moved&new_address=http%3A%2F%2Fexample.org%2F2", 303,
			""},
	};
	char path[PAGE_MAX];

	put_referral(b, 1, 2, path);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		browser_post(b, path, rows[i].form);
		browser_must(b, rows[i].form, rows[i].status, rows[i].says);
	}
	assert_int_equal(
		1, fixture_number(b->f, "SELECT count(*) FROM answer"));
	assert_false(fixture_files_have(b->f, HL_STR("example.org/2")));
}

static void json_has_the_same_address(void **state)
{
	struct browser *b = *state;
	static const struct {
		const char *body;
		int status;
		const char *says;
	} rows[] = {
		{"{\"answer\":\"received\"}", 200, "\"state\":\"recorded\""},
		{"{\"answer\":\"received\"}", 200, "\"state\":\"repeated\""},
		{"{\"answer\":\"removed\"}", 200, "\"state\":\"changed\""},
		{"{\"answer\":\"refused\"}", 422,
			"\"error\":\"reason_missing\""},
		{"{\"answer\":\"moved\",\"new_address\":"
		 "\"javascript:alert(1)\"}",
			422,
			"\"error\":\"address_invalid\","
			"\"field\":\"new_address\""},
		{"{\"answer\":", 400, "\"error\":\"not_json\""},
	};
	char path[PAGE_MAX];

	put_referral(b, 1, 2, path);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		browser_send(
			b, path, "application/json", hl_str_c(rows[i].body));
		browser_must(b, rows[i].body, rows[i].status, rows[i].says);
	}
	browser_send(b, path, "text/plain", HL_STR("removed"));
	browser_must(b, "plain text", 415, "\"error\":\"media_type\"");
}

static void other_links_lead_nowhere(void **state)
{
	struct browser *b = *state;
	static const char *const paths[] = {"/answer/x",
		"/answer/AAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"/answer/AAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
	char path[PAGE_MAX];

	put_referral(b, 1, 2, path);
	for (size_t i = 0; i < HL_ARRAY_LEN(paths); i++) {
		browser_get(b, paths[i]);
		browser_must(b, paths[i], 404, "This link is not known");
		browser_send(b, paths[i], "application/json",
			HL_STR("{\"answer\":\"removed\"}"));
		browser_must(b, paths[i], 404, "\"error\":\"token_unknown\"");
	}
	fixture_sql(b->f, "UPDATE referral SET answer_until_us = 5");
	b->thread.store = b->f->store;
	browser_get(b, path);
	browser_must(b, "expired", 410, "This link has expired");
	browser_send(b, path, "application/json",
		HL_STR("{\"answer\":\"removed\"}"));
	browser_must(b, "expired", 410, "\"error\":\"token_expired\"");
	assert_int_equal(
		0, fixture_number(b->f, "SELECT count(*) FROM answer"));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, browser_set_up, browser_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(looking_changes_nothing),
		TEST(the_police_have_two_more),
		TEST(one_click_is_enough),
		TEST(what_is_wrong_is_said),
		TEST(json_has_the_same_address),
		TEST(other_links_lead_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
