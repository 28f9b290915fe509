/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages of lists: who comes in, what they show and to whom, what comes
 * back when something is missing, and that it takes two.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "desk_lists/lists.h"
#include "publish/consumer.h"
#include "publish/entry.h"
#include "seal/listkey.h"
#include "world.h"

struct lists {
	struct world *w;
	struct hl_desk_lists lists;
	struct hl_seal_list_commit commit;
	struct hl_popular *popular;
	struct hl_seal_secret place;
};

static bool says(const struct lists *l, const char *words)
{
	struct hl_str all = hl_buf_str(&l->w->body);

	return hl_str_find(all, hl_str_c(words)) < all.n;
}

static void get(struct lists *l, int person, const char *path)
{
	world_ask(l->w, person, path, NULL);
}

static void post(
	struct lists *l, int person, const char *path, const char *fields)
{
	char body[1024];

	snprintf(body, sizeof(body), "csrf=%s&%s",
		person < 0 ? "x" : l->w->csrf[person], fields);
	world_ask(l->w, person, path, body);
}

static void expect(const struct lists *l, int status, const char *step)
{
	if (l->w->status != status) {
		fail_msg("%s: status %d instead of %d, notice %s", step,
			l->w->status, status, l->w->notice);
	}
}

static void case_path(struct lists *l, const char *suffix, char path[96])
{
	char ref[HL_REF_MAX];

	hl_ref_print(HL_REF_CASE, l->w->cases[ACTING], ref);
	snprintf(path, 96, "/case/%s%s", ref, suffix);
}

static void path_of(
	enum hl_ref_kind kind, int64_t id, const char *suffix, char path[96])
{
	char ref[HL_REF_MAX];

	hl_ref_print(kind, id, ref);
	snprintf(path, 96, "/lists/%s/%s%s",
		kind == HL_REF_LIST_ENTRY ? "entry"
		: kind == HL_REF_CONSUMER ? "consumer"
					  : "appeal",
		ref, suffix);
}

/* A form with the version that is in the store. */
static void press(struct lists *l, int person, enum hl_ref_kind kind,
	int64_t id, const char *suffix, const char *more)
{
	const char *sql =
		kind == HL_REF_LIST_ENTRY
			? "SELECT version FROM list_entry WHERE id = %lld"
		: kind == HL_REF_CONSUMER
			? "SELECT version FROM list_consumer WHERE id = %lld"
			: "SELECT version FROM list_appeal WHERE id = %lld";
	char path[96], fields[512];

	snprintf(fields, sizeof(fields), "version=%lld&%s",
		(long long)number_of(l->w->f, sql, id), more);
	path_of(kind, id, suffix, path);
	post(l, person, path, fields);
}

static void put_publisher(struct lists *l)
{
	HL_BUF_AUTO sql = HL_BUF_INIT(512);
	struct hl_seal_pub pub;

	hl_seal_keypair_new(&pub, &l->place);
	hl_buf_put(&sql, HL_STR("UPDATE list_head SET public_key = x'"));
	hl_text_put_hex(&sql, pub.b, sizeof(pub.b));
	hl_buf_put(&sql, HL_STR("'"));
	hl_buf_put_c(&sql, '\0');
	change(l->w->f, sql.p);
}

/* The watch has just seen what the case is about. */
static void put_watch(struct lists *l)
{
	char sql[512];
	long long id = (long long)l->w->cases[ACTING];
	long long now = (long long)hl_time_now_us();

	snprintf(sql, sizeof(sql),
		"UPDATE item SET state = 2 WHERE case_id = %lld; "
		"INSERT OR REPLACE INTO watch (item_id, active, stage, misses, "
		"last_miss_us, last_at_us, last_seen_us, last_verdict, "
		"next_at_us, lease_until_us, started_at_us) "
		"SELECT id, 1, 0, 0, 0, %lld, %lld, 1, 0, 0, 0 FROM item "
		"WHERE case_id = %lld",
		id, now, now, id);
	change(l->w->f, sql);
}

static int open_lists(void **state)
{
	struct lists *l = calloc(1, sizeof(*l));
	struct hl_publish_setup setup = {0};
	void *w;

	assert_non_null(l);
	ok(world_set_up(&w));
	l->w = w;
	crypto_core_ristretto255_scalar_random(l->commit.s);
	crypto_scalarmult_ristretto255_base(l->commit.pub, l->commit.s);
	ok(hl_popular_new(HL_STR(""), NULL, &l->popular, NULL));
	setup.commit = &l->commit;
	setup.popular = l->popular;
	setup.canary_domain = HL_STR("birds.example.org");
	hl_desk_lists_init(&l->lists, &setup, "");
	l->w->app.extra = &l->lists.extra;
	*state = l;
	return 0;
}

static int close_lists(void **state)
{
	struct lists *l = *state;
	void *w = l->w;

	ok(world_tear_down(&w));
	hl_popular_free(l->popular);
	free(l);
	return 0;
}

static int fresh(void **state)
{
	struct lists *l = *state;

	world_restore(l->w);
	put_publisher(l);
	put_watch(l);
	return 0;
}

#define TEST_PAGES(name) cmocka_unit_test_setup(name, fresh)

static int64_t proposed(struct lists *l)
{
	char path[96];

	case_path(l, "/list", path);
	post(l, ANNA, path, "place=page");
	expect(l, 303, "propose");
	return number(l->w->f, "SELECT max(id) FROM list_entry");
}

static int64_t consumer(struct lists *l, const char *more)
{
	char fields[512];

	snprintf(fields, sizeof(fields),
		"name=School&contact=Ms+Example&stage=rest&budget=500&%s",
		more);
	post(l, SOFIE, "/lists/consumers/add", fields);
	expect(l, 303, "add a consumer");
	return number(l->w->f, "SELECT max(id) FROM list_consumer");
}

/* Fills the pattern of a route with something that is not there. */
static void fill(const struct hl_web_route *route, char path[96])
{
	struct hl_str pattern = hl_str_c(route->pattern);
	size_t at = hl_str_find_char(pattern, ':');
	struct hl_str rest = hl_str_sub(pattern, at, pattern.n);
	size_t end = at + hl_str_find_char(rest, '/');

	snprintf(path, 96, "%.*s%s%.*s", (int)at, pattern.p,
		at < pattern.n ? "7" : "",
		end < pattern.n ? (int)(pattern.n - end) : 0,
		end < pattern.n ? pattern.p + end : "");
}

static void each_route_has_a_door(void **state)
{
	struct lists *l = *state;
	char path[96];

	assert_null(hl_web_route_check(&hl_desk_lists_routes));
	assert_true(hl_desk_lists_routes.n > 30);
	for (size_t i = 0; i < hl_desk_lists_routes.n; i++) {
		const struct hl_web_route *r = &hl_desk_lists_routes.rows[i];

		fill(r, path);
		for (int person = -1; person < N_VISITORS; person++) {
			if (person >= 0 && person != ADAM && person != HALF &&
				person != NOBODY) {
				continue;
			}
			if (r->method == HL_WEB_POST) {
				post(l, person, path, "");
			} else {
				get(l, person, path);
			}
			if (l->w->status == 200 ||
				(l->w->status == 303 &&
					strncmp(l->w->location, "/log", 4))) {
				fail_msg("%s by %d: status %d, to %s", path,
					person, l->w->status, l->w->location);
			}
			assert_false(says(l, "planted"));
		}
	}
}

static void what_is_nowhere_stays_nowhere(void **state)
{
	struct lists *l = *state;
	static const char *const paths[] = {"/lists/entry/E-00000-00000",
		"/lists/entry/x", "/lists/consumer/U-00000-00000",
		"/lists/appeal/A-00000-00000", "/lists/edition/0/roll-back",
		"/lists/edition/9223372036854775807/roll-back",
		"/lists/edition/-1/roll-back", "/lists/edition/x/roll-back",
		"/lists/nothing", "/case/C-00000-00000/list"};

	for (size_t i = 0; i < HL_ARRAY_LEN(paths); i++) {
		get(l, SOFIE, paths[i]);
		expect(l, 404, paths[i]);
	}
}

static void empty_pages_say_so(void **state)
{
	struct lists *l = *state;
	static const struct {
		const char *path, *words;
	} pages[] = {{"/lists", "Nothing has been published yet."},
		{"/lists", "Nobody gets the list yet."},
		{"/lists/entries", "No entries here"},
		{"/lists/entries?tab=look", "No entries here"},
		{"/lists/entries?tab=nothing&page=-3", "No entries here"},
		{"/lists/consumers", "Nobody gets the list yet"},
		{"/lists/editions", "No editions yet"},
		{"/lists/appeals", "No appeals"}};

	for (size_t i = 0; i < HL_ARRAY_LEN(pages); i++) {
		get(l, SOFIE, pages[i].path);
		expect(l, 200, pages[i].path);
		if (!says(l, pages[i].words)) {
			fail_msg("%s lacks: %s", pages[i].path, pages[i].words);
		}
	}
	change(l->w->f, "UPDATE list_head SET public_key = x''");
	get(l, SOFIE, "/lists");
	assert_true(says(l, "The publisher has not been set up"));
}

static void what_is_missing_is_asked_for(void **state)
{
	struct lists *l = *state;
	static const struct {
		const char *fields, *words, *kept;
	} rows[] = {{"", "Choose what is to be blocked", NULL},
		{"place=everything", "Choose what is to be blocked", NULL},
		{"place=domain-2", "Choose why more than the page",
			"value=\"domain-2\" checked"},
		{"place=page&reason=nonsense", NULL, NULL}};
	char path[96];

	case_path(l, "/list", path);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		post(l, ANNA, path, rows[i].fields);
		if (!rows[i].words) {
			expect(l, 303, rows[i].fields);
			continue;
		}
		expect(l, 422, rows[i].fields);
		assert_true(says(l, rows[i].words));
		if (rows[i].kept && !says(l, rows[i].kept)) {
			fail_msg("%s: not kept", rows[i].fields);
		}
	}
}

static void who_looks_where_the_watch_does_not_says_so(void **state)
{
	struct lists *l = *state;
	char path[96];

	change(l->w->f, "UPDATE watch SET active = 0, last_seen_us = 0");
	case_path(l, "/list", path);
	get(l, ANNA, path);
	expect(l, 200, "the page");
	assert_true(says(l, "I looked: it is still there"));
	post(l, ANNA, path, "place=page");
	expect(l, 422, "without a look");
	assert_true(says(l, "value=\"page\" checked"));
	post(l, ANNA, path, "place=page&looked=yes");
	expect(l, 303, "with a look");
}

static void an_entry_takes_two(void **state)
{
	struct lists *l = *state;
	int64_t id = proposed(l);
	char path[96], ref[HL_REF_MAX];

	hl_ref_print(HL_REF_LIST_ENTRY, id, ref);
	case_path(l, "", path);
	get(l, ANNA, path);
	assert_true(says(l, ref) && says(l, "Proposed by you"));
	get(l, SOFIE, "/approvals");
	assert_true(says(l, ref) && says(l, "Block an address"));
	path_of(HL_REF_LIST_ENTRY, id, "", path);
	get(l, ANNA, path);
	assert_false(says(l, "/approve\""));
	press(l, ANNA, HL_REF_LIST_ENTRY, id, "/approve", "");
	expect(l, 303, "approve by the proposer");
	assert_int_equal('!', l->w->notice[0]);
	get(l, SOFIE, path);
	assert_true(says(l, "/approve\""));
	post(l, SOFIE, "/lists/entry/E-00000-00000/approve", "version=1");
	expect(l, 404, "approve what is not there");
	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/approve", "");
	expect(l, 303, "approve");
	assert_int_not_equal('!', l->w->notice[0]);
	get(l, SOFIE, path);
	assert_true(says(l, "In force") && says(l, "End it"));
	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/approve", "");
	assert_int_equal('!', l->w->notice[0]); /* twice */
}

static void an_address_is_for_those_who_see_the_case(void **state)
{
	struct lists *l = *state;
	int64_t id = proposed(l);
	char path[96];

	path_of(HL_REF_LIST_ENTRY, id, "", path);
	get(l, ANNA, path);
	assert_true(says(l, "planted5.invalid"));
	get(l, VERA, path); /* had no part in it */
	expect(l, 200, "the page");
	assert_false(says(l, "planted"));
	assert_true(says(l, "who may see the case"));
	get(l, VERA, "/lists/entries");
	assert_false(says(l, "planted"));
}

static void an_end_has_a_reason(void **state)
{
	struct lists *l = *state;
	int64_t id = proposed(l);

	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/approve", "");
	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/end", "");
	expect(l, 422, "without a reason");
	assert_true(says(l, "Choose why it ends"));
	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/end", "reason=rollback");
	expect(l, 422, "a reason that is the program's own");
	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/end", "reason=mistake");
	expect(l, 303, "with a reason");
	assert_int_equal(HL_LIST_ENDED,
		number_of(l->w->f,
			"SELECT state FROM list_entry WHERE id = "
			"%lld",
			id));
}

static void what_ended_says_why(void **state)
{
	struct lists *l = *state;
	int64_t id = proposed(l);

	press(l, SOFIE, HL_REF_LIST_ENTRY, id, "/approve", "");
	get(l, SOFIE, "/lists/entries?tab=in-force");
	assert_false(says(l, "blocked more than it should"));
	press(l, SIMON, HL_REF_LIST_ENTRY, id, "/end", "reason=wide");
	expect(l, 303, "end");
	get(l, SOFIE, "/lists/entries?tab=ended");
	assert_true(says(l, "It blocked more than it should"));
}

static void a_number_leads_to_its_entry(void **state)
{
	struct lists *l = *state;
	int64_t id = proposed(l);
	char path[128], ref[HL_REF_MAX];

	snprintf(path, sizeof(path), "/lists/entries?entry=%.*s",
		HL_STR_ARG(hl_ref_print(HL_REF_LIST_ENTRY, id, ref)));
	get(l, VERA, path);
	expect(l, 303, "a number");
	assert_non_null(strstr(l->w->location, ref));
	snprintf(path, sizeof(path), "/find?ref=%s", ref);
	get(l, VERA, path);
	expect(l, 303, "the search of the queue");
	assert_non_null(strstr(l->w->location, "/lists/entry/"));
	get(l, VERA, "/lists/entries?entry=%3Cb%3E");
	expect(l, 422, "no number");
	assert_true(says(l, "value=\"&lt;b&gt;\""));
	get(l, VERA, "/lists/entries?entry=E-00000-00000");
	expect(l, 422, "nobody's number");
}

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
	assert_true(says(l, "Its canaries") && says(l, "/v1/lists/manifest"));
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

static void set_root(struct lists *l, int64_t version, int64_t days_left)
{
	char sql[160];

	snprintf(sql, sizeof(sql),
		"UPDATE list_head SET root_version = %lld, root_expires_us = "
		"%lld",
		(long long)version,
		(long long)(hl_time_now_us() + days_left * HL_US_PER_DAY));
	change(l->w->f, sql);
}

static void the_overview_warns_of_the_root(void **state)
{
	static const struct {
		int64_t version, days_left;
		const char *says; /* NULL: no alarm */
	} rows[] = {
		{0, 0, "No root is installed"},
		{3, -1, "The root has expired"},
		{3, 29, "The root expires on"},
		{3, 31, NULL},
	};
	struct lists *l = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		set_root(l, rows[i].version, rows[i].days_left);
		get(l, SOFIE, "/lists");
		expect(l, 200, "overview");
		assert_int_equal(
			rows[i].says != NULL, says(l, "id=\"alarms\""));
		assert_true(!rows[i].says || says(l, rows[i].says));
	}
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

static size_t place_of(const struct lists *l, const char *words)
{
	struct hl_str all = hl_buf_str(&l->w->body);
	size_t at = hl_str_find(all, hl_str_c(words));

	if (at == all.n) {
		fail_msg("%s is not there", words);
	}
	return at;
}

/* Whatever they are of: what waits longest comes first. */
static void what_waits_longest_comes_first(void **state)
{
	struct lists *l = *state;
	static const struct {
		long long consumer_at, entry_at, hash_at;
		int order[3]; /* of consumer, entry, list of hashes */
	} rows[] = {{3, 2, 1, {2, 1, 0}}, {1, 2, 3, {0, 1, 2}},
		{2, 3, 1, {2, 0, 1}}};

	proposed(l);
	consumer(l, "tier=asks");
	change(l->w->f, "UPDATE hash_entry SET state = 1");
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char sql[256];

		snprintf(sql, sizeof(sql),
			"UPDATE list_consumer SET proposed_at_us = %lld; "
			"UPDATE list_entry SET proposed_at_us = %lld; "
			"UPDATE hash_entry SET proposed_at_us = %lld",
			rows[i].consumer_at, rows[i].entry_at, rows[i].hash_at);
		change(l->w->f, sql);
		get(l, SIMON, "/approvals");
		expect(l, 200, "approvals");
		const size_t at[] = {
			place_of(l, "Give a consumer the block list"),
			place_of(l, "Block an address"),
			place_of(l, "href=\"/hash/H-")};
		const int *o = rows[i].order;
		if (at[o[0]] > at[o[1]] || at[o[1]] > at[o[2]]) {
			fail_msg(
				"row %zu: %zu %zu %zu", i, at[0], at[1], at[2]);
		}
	}
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

static void one_halts_and_two_resume(void **state)
{
	struct lists *l = *state;

	post(l, ANNA, "/lists/halt", "");
	expect(l, 404, "an analyst");
	post(l, SOFIE, "/lists/halt", "");
	expect(l, 303, "halt");
	get(l, VERA, "/lists");
	assert_true(says(l, "Publication is halted"));
	post(l, SOFIE, "/lists/resume", "");
	get(l, SIMON, "/approvals");
	assert_true(says(l, "Resume the block list"));
	post(l, SOFIE, "/lists/resume", "");
	get(l, VERA, "/lists");
	assert_true(says(l, "Publication is halted"));
	post(l, SIMON, "/lists/resume", "");
	get(l, VERA, "/lists");
	assert_false(says(l, "Publication is halted"));
}

static void put_edition(struct lists *l, int id, int state, int held)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		"INSERT INTO list_edition (id, at_us, n_entries, n_hosts, "
		"n_added, n_removed, held, state, seq, digest, decided_by, "
		"decided_at_us) VALUES (%d, 1, 7, 6, 5, 4, %d, %d, 1, "
		"zeroblob(32), 0, 0)",
		id, held, state);
	change(l->w->f, sql);
}

static void what_is_held_says_why(void **state)
{
	struct lists *l = *state;

	put_edition(l, 1, HL_LIST_EDITION_PUBLISHED, 0);
	put_edition(l, 2, HL_LIST_EDITION_HELD,
		HL_LIST_BREAKER_DELTA | HL_LIST_BREAKER_POPULAR);
	get(l, SOFIE, "/lists");
	assert_true(says(l, "Held back") &&
		    says(l, "Too much came within a day; "));
	get(l, SOFIE, "/lists/editions");
	assert_true(says(l, "Too much came within a day"));
	post(l, SOFIE, "/lists/edition/2/release", "digest=00");
	expect(l, 404, "another digest");
	post(l, SOFIE, "/lists/edition/2/hold", "");
	expect(l, 303, "refuse");
	assert_int_equal(HL_LIST_EDITION_REFUSED,
		number(l->w->f, "SELECT state FROM list_edition WHERE id = 2"));
}

static void a_roll_back_takes_two(void **state)
{
	struct lists *l = *state;

	put_edition(l, 1, HL_LIST_EDITION_PUBLISHED, 0);
	put_edition(l, 2, HL_LIST_EDITION_PUBLISHED, 0);
	put_edition(l, 3, HL_LIST_EDITION_HELD, HL_LIST_BREAKER_DELTA);
	get(l, SOFIE, "/lists/edition/2/roll-back");
	expect(l, 303, "to the newest that went out");
	get(l, SOFIE, "/lists/edition/1/roll-back");
	expect(l, 200, "asks first");
	post(l, SOFIE, "/lists/edition/1/roll-back", "");
	expect(l, 303, "propose");
	get(l, SIMON, "/approvals");
	assert_true(says(l, "Roll the block list back"));
	get(l, SOFIE, "/lists/editions");
	assert_true(says(l, "Another supervisor has to approve it."));
	assert_false(says(l, "/approve\""));
	get(l, SIMON, "/lists/editions");
	assert_true(says(l, "/approve\""));
}

static int64_t put_appeal(struct lists *l, int64_t entry_id)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		"INSERT INTO list_appeal (id, entry_id, lookup, epoch, "
		"key_sealed, body_sealed, received_at_us, state, version, "
		"decided_by, decided_at_us, why) VALUES (77, %lld, x'01', 1, "
		"x'00', x'00', 5, 1, 1, 0, 0, 0)",
		(long long)entry_id);
	change(l->w->f, sql);
	return 77;
}

static void an_appeal_is_for_somebody_new(void **state)
{
	struct lists *l = *state;
	int64_t entry = proposed(l), id = put_appeal(l, entry);
	char path[96];

	press(l, SOFIE, HL_REF_LIST_ENTRY, entry, "/approve", "");
	path_of(HL_REF_APPEAL, id, "", path);
	get(l, RIKKE, path);
	expect(l, 404, "a referral officer");
	get(l, SOFIE, path);
	expect(l, 200, "who approved");
	assert_false(says(l, "Decide it"));
	press(l, SOFIE, HL_REF_APPEAL, id, "", "why=stands");
	assert_int_equal('!', l->w->notice[0]);
	get(l, SIMON, path);
	assert_true(says(l, "Decide it"));
	assert_true(says(l, "It cannot be opened")); /* of damaged bytes */
	press(l, SIMON, HL_REF_APPEAL, id, "", "why=nonsense");
	expect(l, 422, "no decision");
	press(l, SIMON, HL_REF_APPEAL, id, "", "why=wide");
	expect(l, 303, "uphold");
	assert_int_equal(HL_LIST_ENDED,
		number_of(l->w->f,
			"SELECT state FROM list_entry WHERE id = "
			"%lld",
			entry));
	get(l, SIMON, "/lists/appeals");
	assert_true(says(l, "Upheld"));
}

/* Words alone, as the stop page's button leads to: what is named is shown with
 * its state, and nobody is told that nothing is blocked. */
static void an_appeal_that_names_its_entry(void **state)
{
	struct lists *l = *state;
	int64_t entry = proposed(l), id = put_appeal(l, entry);
	char path[96], row[128], ref[HL_REF_MAX];

	press(l, SOFIE, HL_REF_LIST_ENTRY, entry, "/approve", "");
	path_of(HL_REF_APPEAL, id, "", path);
	get(l, SIMON, path);
	expect(l, 200, "the page");
	hl_ref_print(HL_REF_LIST_ENTRY, entry, ref);
	snprintf(row, sizeof(row),
		"\">%s</a> <strong class=\"govuk-tag govuk-tag--green", ref);
	assert_true(says(l, row));
	assert_true(says(l, "The appeal names it."));
	assert_false(says(l, "No entry in force"));
	assert_false(says(l, "value=\"not_listed\""));
	assert_true(says(l, "value=\"stands\""));
	press(l, SIMON, HL_REF_LIST_ENTRY, entry, "/end", "reason=mistake");
	get(l, SIMON, path);
	assert_false(says(l, row));
	assert_true(says(l, "value=\"not_listed\""));
}

static void an_appeal_that_names_nothing(void **state)
{
	struct lists *l = *state;
	char path[96];

	path_of(HL_REF_APPEAL, put_appeal(l, 0), "", path);
	get(l, SIMON, path);
	expect(l, 200, "the page");
	assert_true(says(l, "Not known: what was written cannot be read."));
	assert_false(says(l, "The appeal names it"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_PAGES(each_route_has_a_door),
		TEST_PAGES(what_is_nowhere_stays_nowhere),
		TEST_PAGES(empty_pages_say_so),
		TEST_PAGES(what_is_missing_is_asked_for),
		TEST_PAGES(who_looks_where_the_watch_does_not_says_so),
		TEST_PAGES(an_entry_takes_two),
		TEST_PAGES(an_address_is_for_those_who_see_the_case),
		TEST_PAGES(an_end_has_a_reason),
		TEST_PAGES(what_ended_says_why),
		TEST_PAGES(a_number_leads_to_its_entry),
		TEST_PAGES(a_consumer_takes_two_and_its_token_is_shown_once),
		TEST_PAGES(the_overview_warns_of_the_root),
		TEST_PAGES(all_alarms_of_a_consumer),
		TEST_PAGES(which_budget_did_not_suffice),
		TEST_PAGES(a_list_that_can_be_guessed_is_signed_off),
		TEST_PAGES(more_waits_and_less_does_not),
		TEST_PAGES(what_waits_longest_comes_first),
		TEST_PAGES(one_that_comes_to_tier_2_needs_a_token),
		TEST_PAGES(one_halts_and_two_resume),
		TEST_PAGES(what_is_held_says_why),
		TEST_PAGES(a_roll_back_takes_two),
		TEST_PAGES(an_appeal_is_for_somebody_new),
		TEST_PAGES(an_appeal_that_names_its_entry),
		TEST_PAGES(an_appeal_that_names_nothing),
	};

	return cmocka_run_group_tests(tests, open_lists, close_lists);
}
