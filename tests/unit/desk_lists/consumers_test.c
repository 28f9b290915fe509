/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of consumers: two bring one in, its alarms, what is more waits. */
#include "lists_world.h"

#include <stdio.h>
#include <string.h>

static void a_consumer_takes_two_and_its_token_is_shown_once(void **state)
{
	struct lists *l = *state;
	char path[96];

	post(l, SOFIE, "/lists/consumers/add",
		"name=%3Cb%3E&tier=asks&stage=rest&budget=many");
	expect(l, 422, "without a contact");
	assert_true(says(l, "value=\"&lt;b&gt;\"") && says(l, "many"));
	assert_true(says(l, "Say whom to call there"));
	post(l, SOFIE, "/lists/consumers/add",
		"name=x&contact=y&tier=offline&stage=rest&budget=5");
	assert_true(says(l, "Write why the risk is taken"));
	int64_t id = consumer(l, "tier=asks");
	path_of(HL_REF_CONSUMER, id, "", path);
	get(l, SIMON, path);
	assert_true(says(l, "Approve it and show its token"));
	press(l, SOFIE, HL_REF_CONSUMER, id, "/approve", "");
	assert_int_equal('!', l->w->notice[0]);
	press(l, SIMON, HL_REF_CONSUMER, id, "/approve", "");
	expect(l, 200, "approve");
	assert_true(says(l, ">hl_"));
	get(l, SIMON, path);
	assert_true(says(l, "Its canaries") && says(l, "/v1/lists/root/1"));
	assert_false(says(l, ">hl_"));
	get(l, SIMON, "/lists");
	assert_true(says(l, "School"));
	press(l, SIMON, HL_REF_CONSUMER, id, "/token", "");
	expect(l, 200, "a new token");
	press(l, SOFIE, HL_REF_CONSUMER, id, "/end", "");
	expect(l, 303, "end");
	get(l, SIMON, path);
	assert_false(says(l, "Make a new token"));
}

/* Each at its field, and nothing at the others. */
static void what_is_out_of_form_is_told_at_its_field(void **state)
{
	static const struct {
		const char *more, *id, *says;
	} rows[] = {
		{"tier=clear&notify=ns.example.org", "notify",
			"Write numeric addresses with ports"},
		{"tier=clear&notify=192.0.2.1:0", "notify",
			"Write numeric addresses with ports"},
		{"tier=asks&sign_key=short", "sign_key", "Copy the key as"},
		{"tier=asks&contact=%01", "contact", "Say whom to call there"},
		{"tier=clear&notify=192.0.2.1:53%0d%0a[2001:db8::1]:53", NULL,
			NULL},
	};
	static const char *const fields[] = {
		"name", "contact", "notify", "sign_key"};
	struct lists *l = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char body[512], mark[64];

		snprintf(body, sizeof(body),
			"name=School&%s&contact=Ms+Example&stage=rest&budget=5",
			rows[i].more);
		post(l, SOFIE, "/lists/consumers/add", body);
		expect(l, rows[i].id ? 422 : 303, rows[i].more);
		for (size_t k = 0; rows[i].id && k < HL_ARRAY_LEN(fields);
			k++) {
			snprintf(mark, sizeof(mark), "id=\"%s-error\"",
				fields[k]);
			if (says(l, mark) != !strcmp(fields[k], rows[i].id)) {
				fail_msg("%s: %s", rows[i].more, mark);
			}
		}
		assert_true(!rows[i].says || says(l, rows[i].says));
	}
	post(l, SOFIE, "/lists/consumers/add",
		"name=school&contact=y&tier=asks&stage=rest&budget=5");
	expect(l, 422, "a name that is taken");
	assert_true(says(l, "id=\"name-error\""));
}

/* One that is not right in several ways tells all of them. */
static void all_alarms_of_a_consumer(void **state)
{
	struct lists *l = *state;
	int64_t id = consumer(l, "tier=asks");
	int64_t hour = hl_time_now_us() / HL_US_PER_HOUR;
	char sql[256];

	set_root(l, 1, 100);
	press(l, SIMON, HL_REF_CONSUMER, id, "/approve", "");
	get(l, SOFIE, "/lists");
	assert_false(says(l, "has not fetched")); /* it is new */
	snprintf(sql, sizeof(sql),
		"UPDATE list_consumer SET approved_at_us = 1, last_fetch = "
		"%lld; INSERT INTO list_use VALUES (%lld, %lld, 1, 1)",
		(long long)hour - 30, (long long)id, (long long)hour);
	change(l->w->f, sql);
	get(l, SOFIE, "/lists");
	assert_true(says(l, "It has not fetched its list for a day."));
	assert_true(says(l, "used up a quarter of its budget within"));
	snprintf(sql, sizeof(sql), "UPDATE list_consumer SET last_fetch = %lld",
		(long long)hour - 20);
	change(l->w->f, sql);
	get(l, SOFIE, "/lists");
	assert_false(says(l, "has not fetched"));
	assert_true(says(l, "used up a quarter of its budget within"));
}

/* The budget is 500; what was asked of it, and how many hours ago some were
 * refused. Before the second hour of a day there is no hour to go back to. */
static void which_budget_did_not_suffice(void **state)
{
	static const struct {
		int asked, refused, hours_ago;
		const char *says;
	} rows[] = {
		{124, 7, 0, "used up a quarter of its budget within"},
		{375, 7, 1, "used up a quarter of its budget within"},
		{376, 7, 0, "What is left of its budget"},
		{500, 7, 0, "It has used up its budget of today"},
		{500, 7, 3, "It has used up its budget of today"},
		{500, 0, 0, NULL},
		{124, 7, 2, NULL},
	};
	struct lists *l = *state;
	int64_t id = consumer(l, "tier=asks");
	char path[96], sql[256];

	press(l, SIMON, HL_REF_CONSUMER, id, "/approve", "");
	path_of(HL_REF_CONSUMER, id, "", path);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t hour;

		do { /* as often as an hour begins meanwhile */
			hour = hl_time_now_us() / HL_US_PER_HOUR;
			snprintf(sql, sizeof(sql),
				"DELETE FROM list_use; INSERT INTO list_use "
				"VALUES (%lld, %lld, %d, %d)",
				(long long)id,
				(long long)hour - rows[i].hours_ago,
				rows[i].asked, rows[i].refused);
			change(l->w->f, sql);
			get(l, SOFIE, path);
		} while (hl_time_now_us() / HL_US_PER_HOUR != hour);
		if (rows[i].hours_ago > hour % 24) {
			continue;
		}
		if (rows[i].says ? !says(l, rows[i].says)
				 : says(l, "let through")) {
			fail_msg("row %zu", i);
		}
		assert_int_equal(rows[i].refused > 0,
			says(l, "7 hosts, the last in the hour from"));
	}
}

static void a_list_that_can_be_guessed_is_signed_off(void **state)
{
	struct lists *l = *state;
	int64_t id = consumer(l, "tier=offline&risk=No+network");

	press(l, SIMON, HL_REF_CONSUMER, id, "/approve", "");
	expect(l, 422, "without signing the risk off");
	assert_true(says(l, "I take the risk"));
	press(l, SIMON, HL_REF_CONSUMER, id, "/approve", "signs_off=yes");
	expect(l, 200, "with it");
}

static void more_waits_and_less_does_not(void **state)
{
	struct lists *l = *state;
	int64_t id = consumer(l, "tier=asks");

	press(l, SIMON, HL_REF_CONSUMER, id, "/approve", "");
	press(l, SOFIE, HL_REF_CONSUMER, id, "",
		"name=School&contact=Mr+Other&tier=asks&stage=rest&budget="
		"9000");
	expect(l, 303, "more");
	assert_int_equal(
		500, number(l->w->f, "SELECT budget FROM list_consumer"));
	get(l, SIMON, "/approvals");
	assert_true(says(l, "Let a consumer have more"));
	press(l, SOFIE, HL_REF_CONSUMER, id, "",
		"name=School&contact=&tier=asks&stage=rest&budget=400");
	expect(l, 422, "without a contact");
	assert_true(says(l, "value=\"400\""));
	char path[96];
	path_of(HL_REF_CONSUMER, id, "", path);
	get(l, SIMON, path);
	assert_true(says(l, "A change waits") && says(l, "9000"));
}

static void one_that_comes_to_tier_2_needs_a_token(void **state)
{
	struct lists *l = *state;
	int64_t id = consumer(l, "tier=asks");
	const char *alarm = "no secret for transfers";
	const char *dig = "hmac-sha256";
	char path[96];

	path_of(HL_REF_CONSUMER, id, "", path);
	press(l, SIMON, HL_REF_CONSUMER, id, "/approve", "");
	get(l, SOFIE, path);
	assert_false(says(l, alarm));
	change(l->w->f, "UPDATE list_consumer SET tier = 2");
	get(l, SOFIE, path);
	assert_true(says(l, alarm));
	assert_true(says(l, "Give it a new token"));
	assert_false(says(l, dig));
	get(l, SOFIE, "/lists");
	assert_true(says(l, alarm));
	press(l, SOFIE, HL_REF_CONSUMER, id, "/token", "");
	expect(l, 200, "a token");
	get(l, SOFIE, path);
	assert_false(says(l, alarm));
	assert_true(says(l, dig));
}

/* All that "hotline list begin" needs, in the order in which it is needed. */
static void what_is_handed_over_can_be_copied(void **state)
{
	struct lists *l = *state;
	int64_t id = consumer(l, "tier=asks");
	char path[96], ref[HL_REF_MAX], begin[256];

	hl_ref_print(HL_REF_CONSUMER, id, ref);
	snprintf(begin, sizeof(begin),
		"hotline list begin list --hotline " LISTS_URL
		" --consumer %s --root root-1.txt --token-file list.token",
		ref);
	press(l, SIMON, HL_REF_CONSUMER, id, "/approve", "");
	assert_true(says(l, ">hl_") && says(l, begin));
	assert_true(says(l, LISTS_URL "/v1/lists/root/1"));
	path_of(HL_REF_CONSUMER, id, "", path);
	get(l, SOFIE, path);
	assert_true(says(l, begin) && says(l, "Send us the key of its"));
	l->lists.reach.url = "";
	get(l, SOFIE, path);
	assert_false(says(l, "hotline list begin"));
	assert_true(says(l, "“lists.url” is not set"));
	press(l, SIMON, HL_REF_CONSUMER, id, "/token", "");
	assert_true(says(l, ">hl_") && says(l, "“lists.url” is not set"));
	l->lists.reach.url = LISTS_URL;
}

static void a_resolver_is_told_its_zone(void **state)
{
	struct lists *l = *state;
	int64_t id = consumer(l, "tier=clear");
	char path[96], ref[HL_REF_MAX], dig[160];

	hl_ref_print(HL_REF_CONSUMER, id, ref);
	snprintf(dig, sizeof(dig),
		"dig @192.0.2.53 -p 5353 u%s.lists.example.org AXFR", ref + 1);
	for (char *c = strchr(dig, 'u'); *c && *c != '.'; c++) {
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
	}
	press(l, SIMON, HL_REF_CONSUMER, id, "/approve", "");
	assert_true(says(l, "Its zone") && says(l, ".lists.example.org<"));
	assert_false(says(l, "hotline list begin"));
	path_of(HL_REF_CONSUMER, id, "", path);
	get(l, SOFIE, path);
	assert_true(says(l, dig));
	assert_false(says(l, "Asked for today") || says(l, "id=\"use\""));
	get(l, SOFIE, "/lists/consumers");
	assert_false(says(l, "numeric\">0<") || says(l, "numeric\">500<"));
	l->lists.reach.rpz_zone = "";
	get(l, SOFIE, path);
	assert_true(says(l, "“lists.rpz_listen” and “lists.rpz_zone” are"));
	assert_false(says(l, "AXFR"));
	l->lists.reach.rpz_zone = "lists.example.org";
}

/* Said before somebody fills the form in. */
static void what_is_not_set_is_said_before(void **state)
{
	static const char *const paths[] = {"/lists", "/lists/consumers"};
	struct lists *l = *state;
	struct hl_str domain = l->lists.setup.canary_domain;

	set_root(l, 1, 100);
	for (size_t i = 0; i < HL_ARRAY_LEN(paths); i++) {
		get(l, SOFIE, paths[i]);
		assert_false(says(l, "is not set"));
		l->lists.setup.canary_domain = HL_STR("");
		get(l, SOFIE, paths[i]);
		assert_true(says(l, "“lists.canary_domain” is not set"));
		l->lists.setup.canary_domain = domain;
	}
	l->lists.setup.canary_domain = HL_STR("");
	post(l, SOFIE, "/lists/consumers/add",
		"name=A&contact=y&tier=asks&stage=rest&budget=5");
	expect(l, 422, "without a domain");
	assert_false(says(l, "id=\"name-error\""));
	assert_true(says(l, "id=\"consumer\""));
	l->lists.setup.canary_domain = domain;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_PAGES(a_consumer_takes_two_and_its_token_is_shown_once),
		TEST_PAGES(what_is_out_of_form_is_told_at_its_field),
		TEST_PAGES(what_is_handed_over_can_be_copied),
		TEST_PAGES(a_resolver_is_told_its_zone),
		TEST_PAGES(what_is_not_set_is_said_before),
		TEST_PAGES(all_alarms_of_a_consumer),
		TEST_PAGES(which_budget_did_not_suffice),
		TEST_PAGES(a_list_that_can_be_guessed_is_signed_off),
		TEST_PAGES(more_waits_and_less_does_not),
		TEST_PAGES(one_that_comes_to_tier_2_needs_a_token),
	};

	return cmocka_run_group_tests(tests, open_lists, close_lists);
}
