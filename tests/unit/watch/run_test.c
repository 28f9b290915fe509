/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/run.h"

#include "../trace/items.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "trace/trace.h"

/* Run with the DNS, web server and address data fixtures. */

struct fixture {
	struct items items;
	struct hl_net_dns_config dns;
	struct hl_net_policy *policy;
	struct hl_net_client client;
	struct hl_trace_geo *geo;
	struct hl_watch_plan plan;
	struct hl_watch_worker worker;
	char port[16];
	int64_t pause_now; /* an item that a person pauses during the look */
	int64_t end_now;   /* one whose watch ends during it */
};

/* As the worker does it: by DNS and address data. */
static uint64_t host_id(void *ctx, struct hl_str url)
{
	struct fixture *f = ctx;
	struct hl_trace_config config = {.client = &f->client, .geo = f->geo};
	HL_ARENA_AUTO *arena = hl_arena_new(HL_TRACE_ARENA_BYTES, true);
	struct hl_trace now;

	ok(hl_trace_run(url, &config, arena, &now, NULL));
	if (f->pause_now) {
		struct hl_who who = {.actor = {.user_id = 7000,
					     .roles = HL_ROLE_SUPERVISOR,
					     .enabled = true,
					     .full_login = true},
			.ring = &f->items.ring,
			.store = f->items.store,
			.arena = f->items.arena};

		ok(hl_watch_pause(&who, f->pause_now, NULL, NULL));
	}
	if (f->end_now) {
		struct hl_in_watch_stop in = {f->end_now};

		ok(hl_do_watch_stop(f->items.store, f->items.arena, &in, NULL));
	}
	return hl_trace_host_id(&now);
}

static int set_up(void **state)
{
	static struct fixture f;
	HL_BUF_AUTO allow = HL_BUF_INIT(256);
	const char *geo = getenv("HL_TEST_GEO");

	f = (struct fixture){0};
	items_open(&f.items);
	snprintf(f.port, sizeof(f.port), "%s",
		strrchr(getenv("HL_TEST_HTTP"), ':'));
	hl_buf_printf(&allow, "127.0.0.1/32%s", f.port);
	struct hl_net_policy_config c = {.allow = hl_buf_str(&allow)};
	ok(hl_net_policy_new(&c, &f.policy, NULL));
	ok(hl_net_dns_config_init(
		&f.dns, hl_str_c(getenv("HL_TEST_DNS")), NULL));
	f.dns.timeout_ms = 5000; /* on a busy machine too */
	f.dns.deadline_ms = 15000;
	ok(hl_trace_geo_open(&geo, 1, &f.geo, NULL));
	f.client = (struct hl_net_client){
		.policy = f.policy, .dns = &f.dns, .user_agent = "Mozilla/5.0"};
	hl_watch_plan_default(&f.plan);
	f.worker = (struct hl_watch_worker){
		.check = {.client = &f.client, .total_ms = 15000},
		.plan = &f.plan,
		.secret = &f.items.secret,
		.host_id = host_id,
		.ctx = &f};
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	hl_trace_geo_free(f->geo);
	hl_net_policy_free(f->policy);
	items_close(&f->items);
	return 0;
}
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static int64_t number(struct fixture *f, const char *sql, int64_t id)
{
	return items_number(&f->items, sql, id);
}

static void change(struct fixture *f, const char *sql, int64_t id)
{
	items_change(&f->items, sql, id);
}

#define watch_is(f, id, is)                                                   \
	assert_int_equal(                                                     \
		1, number(f, "SELECT " is " FROM watch WHERE item_id = %lld", \
			   id))
#define item_is(f, id, is) \
	assert_int_equal(  \
		1, number(f, "SELECT " is " FROM item WHERE id = %lld", id))

static bool next_as(struct fixture *f, enum hl_store_role role)
{
	struct hl_err err = {0};
	bool found;

	f->worker.store = items_as(&f->items, role);
	if (hl_watch_next(&f->worker, &found, &err)) {
		fail_msg("%s", err.msg);
	}
	return found;
}

static bool next(struct fixture *f)
{
	return next_as(f, HL_STORE_WORKER);
}

/* A look at the time that the last one has set. */
static void look(struct fixture *f, int64_t id)
{
	int64_t at = number(
		f, "SELECT next_at_us FROM watch WHERE item_id = %lld", id);

	hl_time_pretend(at);
	assert_true(next(f));
}

/* A watched item. */
static int64_t add(struct fixture *f, const char *url, enum hl_case_state state,
	enum hl_item_state item)
{
	int64_t id = items_add(&f->items, url, state, item);

	change(f,
		"INSERT INTO watch (item_id, active, stage, misses, "
		"last_miss_us, last_at_us, last_verdict, next_at_us, "
		"lease_until_us, started_at_us) SELECT id, 1, 0, 0, 0, 0, 0, "
		"first_at_us, 0, first_at_us FROM item WHERE id = %lld",
		id);
	return id;
}

static void expect(struct fixture *f, int64_t id, const char *when,
	enum hl_case_state state, enum hl_item_state item,
	enum hl_public_status status)
{
	struct hl_casefile c;

	items_as(&f->items, HL_STORE_WORKER);
	items_load(&f->items, id, &c);
	if (c.now.state != (int)state || c.now.item_state != (int)item ||
		c.public_status != (int)status) {
		fail_msg("%s: case %d, item %d, status %d", when, c.now.state,
			c.now.item_state, c.public_status);
	}
}

static int64_t case_of(struct fixture *f, int64_t id)
{
	return number(f, "SELECT case_id FROM item WHERE id = %lld", id);
}

static int64_t events(struct fixture *f, enum hl_event event, int64_t id)
{
	return items_events(&f->items, event, id);
}

/* The item is away now: looks until it is offline, counts what was needed. */
static void watch_it_go(struct fixture *f, int64_t id)
{
	look(f, id);
	expect(f, id, "first miss", HL_CASE_MONITORING, HL_ITEM_SUSPECT_OFFLINE,
		HL_STATUS_TO_PROVIDER);
	/* looked at too soon, a miss does not count */
	for (int i = 0; i < 3; i++) {
		items_later(HL_US_PER_S);
		change(f,
			"UPDATE watch SET next_at_us = 1 WHERE item_id = %lld",
			id);
		assert_true(next(f));
	}
	watch_is(f, id, "misses = 1 AND checks = 5 AND last_verdict = 3");
	look(f, id);
	watch_is(f, id, "misses = 2");
	expect(f, id, "second miss", HL_CASE_MONITORING,
		HL_ITEM_SUSPECT_OFFLINE, HL_STATUS_TO_PROVIDER);
	look(f, id);
	watch_is(f, id, "misses = 3 AND offline_at_us = last_at_us");
	watch_is(f, id, "last_miss_us - first_miss_us >= 2 * 180000000");
	expect(f, id, "third miss", HL_CASE_CLOSED, HL_ITEM_OFFLINE,
		HL_STATUS_REMOVED);
	item_is(f, id, "removed_at_us > first_at_us");
	assert_int_equal(HL_CLOSE_REMOVED,
		number(f, "SELECT closed_reason FROM cases WHERE id = %lld",
			case_of(f, id)));
	assert_int_equal(1, events(f, HL_EVENT_ITEM_OFFLINE, id));
	assert_int_equal(1, events(f, HL_EVENT_CASE_CLOSED, case_of(f, id)));
	assert_int_equal(
		number(f, "SELECT checks FROM watch WHERE item_id = %lld", id),
		number(f,
			"SELECT count(*) FROM item_check WHERE item_id = "
			"%lld",
			id));
}

static void watch_it_come_back(struct fixture *f, int64_t id)
{
	look(f, id);
	expect(f, id, "back", HL_CASE_ACTIONING, HL_ITEM_ONLINE,
		HL_STATUS_TO_PROVIDER);
	watch_is(f, id, "misses = 0 AND offline_at_us = 0 AND stage = 0");
	item_is(f, id, "removed_at_us = 0");
	assert_int_equal(1, events(f, HL_EVENT_ITEM_REAPPEARED, id));
	assert_int_equal(1, events(f, HL_EVENT_CASE_REOPENED, case_of(f, id)));
	assert_int_equal(
		1, number(f,
			   "SELECT reopened = 1 AND closed_reason = 0 AND "
			   "closed_at_us = 0 FROM cases WHERE id = %lld",
			   case_of(f, id)));
	assert_int_equal(1,
		number(f,
			"SELECT count(*) FROM case_step WHERE case_id = %lld "
			"AND ended_at_us = 0",
			case_of(f, id)));
}

static void a_name_that_goes_and_comes_back(void **state)
{
	struct fixture *f = *state;

	items_dns("set", "watched.invalid", "192.0.2.1");
	int64_t id = add(f, "http://watched.invalid/page", HL_CASE_MONITORING,
		HL_ITEM_UNCHECKED);
	look(f, id);
	expect(f, id, "first look", HL_CASE_MONITORING, HL_ITEM_ONLINE,
		HL_STATUS_TO_PROVIDER);
	items_dns("unset", "watched.invalid", NULL);
	watch_it_go(f, id);
	items_dns("set", "watched.invalid", "192.0.2.1");
	watch_it_come_back(f, id);
}

static void a_page_that_goes_and_comes_back(void **state)
{
	struct fixture *f = *state;
	HL_BUF_AUTO url = HL_BUF_INIT(128), path = HL_BUF_INIT(512);

	hl_buf_printf(&url, "http://site.invalid%s/switch/watched", f->port);
	hl_buf_printf(&path, "%s/watched", getenv("HL_TEST_HTTP_DIR"));
	f->worker.check.http = true;
	int64_t id = add(f, url.p, HL_CASE_MONITORING, HL_ITEM_UNCHECKED);
	look(f, id);
	ok(hl_file_write(path.p, HL_STR(""), 0600, NULL));
	watch_it_go(f, id);
	assert_int_equal(6,
		number(f,
			"SELECT count(*) FROM item_check WHERE item_id = %lld "
			"AND http_status IN (404, 410)",
			id));
	unlink(path.p);
	watch_it_come_back(f, id);
}

/* Whatever a person has closed it for. */
static void what_a_person_closed_is_not_reopened(void **state)
{
	struct fixture *f = *state;
	int64_t id =
		add(f, "http://one.invalid/", HL_CASE_CLOSED, HL_ITEM_OFFLINE);

	change(f, "UPDATE watch SET offline_at_us = 5 WHERE item_id = %lld",
		id);
	change(f, "UPDATE cases SET closed_reason = 9 WHERE id = %lld",
		case_of(f, id));
	assert_true(next(f));
	expect(f, id, "refused, and back", HL_CASE_CLOSED, HL_ITEM_ONLINE,
		HL_STATUS_TO_PROVIDER);
}

static void another_host_is_acted_upon(void **state)
{
	static const enum hl_case_state before[] = {
		HL_CASE_MONITORING, HL_CASE_ACTIONING};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(before); i++) {
		items_dns("set", "moving.invalid", "192.0.2.1");
		int64_t id = add(f, "http://moving.invalid/", before[i],
			HL_ITEM_UNCHECKED);
		look(f, id);
		change(f, "UPDATE item SET trace_due_us = 0 WHERE id = %lld",
			id);
		items_dns("set", "moving.invalid", "192.0.2.2");
		look(f, id);
		expect(f, id, "other address", before[i], HL_ITEM_ONLINE,
			HL_STATUS_TO_PROVIDER);
		item_is(f, id, "trace_due_us = 0");
		items_dns("set", "moving.invalid", "198.51.100.7");
		look(f, id);
		expect(f, id, "other host", HL_CASE_ACTIONING,
			HL_ITEM_HOST_CHANGED, HL_STATUS_TO_PROVIDER);
		item_is(f, id, "trace_due_us > first_at_us");
		assert_int_equal(1, events(f, HL_EVENT_ITEM_HOST_CHANGED, id));
		watch_is(f, id, "stage = 0 AND active = 1");
		change(f, "UPDATE watch SET active = 0 WHERE item_id = %lld",
			id);
	}
}

/* People may work on a case while it is looked at. */
static void a_look_without_news_leaves_the_case_alone(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(
		f, "http://one.invalid/", HL_CASE_MONITORING, HL_ITEM_ONLINE);

	for (int i = 0; i < 3; i++) {
		look(f, id);
	}
	watch_is(f, id, "checks = 3 AND active = 1 AND lease_until_us = 0");
	assert_int_equal(
		1, number(f, "SELECT version FROM cases WHERE id = %lld",
			   case_of(f, id)));
	assert_int_equal(0,
		number(f, "SELECT count(*) FROM event WHERE object_id = %lld",
			id));
}

static void without_a_resolver_nothing_is_concluded(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(
		f, "http://one.invalid/", HL_CASE_MONITORING, HL_ITEM_ONLINE);

	f->dns.timeout_ms = 150;
	f->dns.deadline_ms = 300;
	items_dns("pause", NULL, NULL);
	for (int i = 1; i <= 6; i++) {
		int64_t person;

		look(f, id);
		person = number(f,
			"SELECT wants_person FROM watch WHERE item_id = %lld",
			id);
		if (person != (i >= 5)) {
			fail_msg("look %d: %d", i, (int)person);
		}
		expect(f, id, "no resolver", HL_CASE_MONITORING, HL_ITEM_ONLINE,
			HL_STATUS_TO_PROVIDER);
	}
	items_dns("resume", NULL, NULL);
	f->dns.timeout_ms = 5000;
	f->dns.deadline_ms = 15000;
	watch_is(f, id, "misses = 0 AND active = 1 AND checks = 6");
	look(f, id);
	watch_is(f, id, "wants_person = 0 AND unsure = 0 AND last_verdict = 2");
}

static void a_broken_seal_is_put_off_and_blocks_nobody(void **state)
{
	struct fixture *f = *state;
	int64_t bad = add(
		f, "http://one.invalid/1", HL_CASE_MONITORING, HL_ITEM_ONLINE);
	int64_t good = add(
		f, "http://one.invalid/2", HL_CASE_MONITORING, HL_ITEM_ONLINE);

	change(f,
		"UPDATE item SET worker_sealed = zeroblob(400) WHERE id = "
		"%lld",
		bad);
	change(f, "UPDATE watch SET next_at_us = 1 WHERE item_id = %lld", bad);
	assert_true(next(f));
	watch_is(f, bad,
		"checks = 0 AND lease_until_us = 0 AND active = 1 AND "
		"next_at_us = started_at_us + 600000000");
	assert_true(next(f));
	watch_is(f, good, "checks = 1");
	assert_false(next(f));
}

/* A row as a crash, or a clock that was set back, left it behind. */
static void leases_and_due_times(void **state)
{
	static const struct {
		const char *name;
		const char *row;
		bool now, later;
	} rows[] = {
		{"leased", "lease_until_us = started_at_us + 120000000", false,
			true},
		{"leased, ran out", "lease_until_us = started_at_us - 1", true,
			true},
		{"leased by a clock a day ahead",
			"lease_until_us = started_at_us + 86400000000", true,
			true},
		{"due soon", "next_at_us = started_at_us + 120000000", false,
			true},
		{"due in four hours",
			"next_at_us = started_at_us + 4 * 3600000000", false,
			false},
		{"due by a clock a day ahead",
			"next_at_us = started_at_us + 86400000000", true, true},
		{"paused", "active = 0", false, false},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t id = add(f, "http://one.invalid/", HL_CASE_MONITORING,
			HL_ITEM_ONLINE);
		struct hl_str sql = hl_arena_printf(f->items.arena,
			"UPDATE watch SET %s WHERE item_id = %%lld",
			rows[i].row);

		for (int later = 0; later <= 1; later++) {
			change(f,
				"UPDATE watch SET next_at_us = 1, active = 1, "
				"lease_until_us = 0 WHERE item_id = %lld",
				id);
			change(f, sql.p, id);
			if (later) {
				items_later(3 * HL_US_PER_MIN);
			}
			if (next(f) != (later ? rows[i].later : rows[i].now)) {
				fail_msg("%s, %s", rows[i].name,
					later ? "later" : "now");
			}
		}
		change(f, "UPDATE watch SET active = 0 WHERE item_id = %lld",
			id);
	}
}

/* Nothing waits for a future that was a mistake, and nothing is concluded
 * from misses that were not apart. */
static void a_clock_that_is_set_back(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "http://nowhere.invalid/", HL_CASE_MONITORING,
		HL_ITEM_ONLINE);

	look(f, id);
	look(f, id);
	watch_is(f, id, "misses = 2");
	items_later(-HL_US_PER_DAY);
	assert_true(next(f));
	watch_is(f, id, "misses = 2 AND offline_at_us = 0");
	assert_false(next(f));
	look(f, id);
	expect(f, id, "third", HL_CASE_CLOSED, HL_ITEM_OFFLINE,
		HL_STATUS_REMOVED);
}

/* Offline for a month: nobody looks, and the worker forgets the address. */
static void the_worker_forgets_when_watching_ends(void **state)
{
	static const struct {
		const char *name;
		enum hl_case_state before, after;
		bool forgotten;
	} rows[] = {
		{"closed", HL_CASE_CLOSED, HL_CASE_CLOSED, true},
		{"its referrals were done", HL_CASE_MONITORING, HL_CASE_CLOSED,
			true},
		{"still to be referred", HL_CASE_ACTIONING, HL_CASE_ACTIONING,
			false},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t id = add(f, "http://nowhere.invalid/", rows[i].before,
			HL_ITEM_OFFLINE);

		change(f,
			"UPDATE watch SET offline_at_us = started_at_us, "
			"next_at_us = started_at_us WHERE item_id = %lld",
			id);
		change(f, "UPDATE item SET public_status = 6 WHERE id = %lld",
			id);
		change(f,
			"INSERT INTO trace (id, item_id, at_us, epoch, "
			"facts_sealed, worker_sealed, source, country, asn, "
			"network, missing) VALUES (abs(random()), %lld, 1, 1, "
			"x'01', x'02', 1, 'DK', 1, '', 0)",
			id);
		items_later(29 * HL_US_PER_DAY);
		assert_true(next(f));
		watch_is(f, id, "active = 1");
		item_is(f, id, "length(worker_sealed) > 0");
		items_later(2 * HL_US_PER_DAY);
		assert_true(next(f));
		watch_is(f, id, "active = 0");
		expect(f, id, rows[i].name, rows[i].after, HL_ITEM_OFFLINE,
			HL_STATUS_REMOVED);
		bool gone = number(f,
			"SELECT length(worker_sealed) = 0 FROM item "
			"WHERE id = %lld",
			id);
		bool trace_gone = number(f,
			"SELECT length(worker_sealed) = 0 FROM trace "
			"WHERE item_id = %lld",
			id);
		if (gone != rows[i].forgotten || trace_gone != gone) {
			fail_msg("%s: %d, %d", rows[i].name, gone, trace_gone);
		}
		/* people still have both */
		item_is(f, id, "length(url_sealed) > 0");
		assert_int_equal(
			1, number(f,
				   "SELECT count(*) FROM trace WHERE item_id = "
				   "%lld AND length(facts_sealed) > 0",
				   id));
		assert_false(next(f));
	}
}

static void resuming_gives_the_address_back(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(
		f, "http://one.invalid/", HL_CASE_MONITORING, HL_ITEM_ONLINE);

	change(f, "UPDATE item SET worker_sealed = x'' WHERE id = %lld", id);
	change(f, "UPDATE watch SET active = 0 WHERE item_id = %lld", id);
	struct hl_who who = items_who(&f->items, HL_ROLE_SUPERVISOR);
	ok(hl_watch_resume(&who, id, NULL, NULL));
	assert_true(next(f));
	watch_is(f, id, "checks = 1 AND last_verdict = 2");
	change(f,
		"UPDATE item SET worker_sealed = x'', url_sealed = x'' "
		"WHERE id = %lld",
		id);
	who = items_who(&f->items, HL_ROLE_SUPERVISOR);
	assert_int_equal(HL_NOTFOUND, hl_watch_resume(&who, id, NULL, NULL));
}

/* Who pauses while a look is on its way keeps it paused. */
static void a_pause_during_a_look_holds(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(
		f, "http://one.invalid/", HL_CASE_MONITORING, HL_ITEM_ONLINE);

	f->pause_now = id;
	assert_true(next_as(
		f, (enum hl_store_role)(HL_STORE_WORKER | HL_STORE_STAFF)));
	watch_is(f, id, "active = 0 AND checks = 1 AND next_at_us > 0");
	assert_int_equal(1, events(f, HL_EVENT_ITEM_WATCH_PAUSED, id));
}

/* What is paused has a next look, what has ended has none. */
static void an_end_during_a_look_holds(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(
		f, "http://one.invalid/", HL_CASE_MONITORING, HL_ITEM_ONLINE);

	f->end_now = id;
	assert_true(next_as(
		f, (enum hl_store_role)(HL_STORE_WORKER | HL_STORE_STAFF)));
	watch_is(f, id, "active = 0 AND checks = 1 AND next_at_us = 0");
}

/* The same of a look that could not be made. */
static void what_is_put_off_stays_ended(void **state)
{
	static const struct {
		const char *name, *change, *then;
	} rows[] = {
		{"watched", "active = 1", "active = 1 AND next_at_us = 7"},
		{"paused", "active = 0", "active = 0 AND next_at_us = 7"},
		{"ended", "active = 0, next_at_us = 0",
			"active = 0 AND next_at_us = 0"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t id = add(f, "http://one.invalid/", HL_CASE_MONITORING,
			HL_ITEM_ONLINE);
		struct hl_in_watch_put_off in = {7, id};
		struct hl_str set = hl_arena_printf(f->items.arena,
			"UPDATE watch SET lease_until_us = 9, %s WHERE item_id "
			"= %%lld",
			rows[i].change);
		struct hl_str get = hl_arena_printf(f->items.arena,
			"SELECT lease_until_us = 0 AND %s FROM watch WHERE "
			"item_id = %%lld",
			rows[i].then);

		change(f, set.p, id);
		ok(hl_do_watch_put_off(items_as(&f->items, HL_STORE_WORKER),
			f->items.arena, &in, NULL));
		if (number(f, get.p, id) != 1) {
			fail_msg("%s", rows[i].name);
		}
	}
}

typedef int deed(
	const struct hl_who *, int64_t, enum hl_authz_why *, struct hl_err *);

static void deeds_by_role(void **state)
{
	static const struct {
		const char *name;
		unsigned roles;
		enum hl_case_state state;
		int expected;
		enum hl_authz_why why;
	} rows[] = {
		{"supervisor", HL_ROLE_SUPERVISOR, HL_CASE_MONITORING, 0,
			HL_AUTHZ_ALLOWED},
		{"referral officer", HL_ROLE_REFERRAL, HL_CASE_MONITORING, 0,
			HL_AUTHZ_ALLOWED},
		{"supervisor, closed", HL_ROLE_SUPERVISOR, HL_CASE_CLOSED,
			HL_DENIED, HL_AUTHZ_WRONG_STATE},
		{"analyst", HL_ROLE_ANALYST, HL_CASE_MONITORING, HL_DENIED,
			HL_AUTHZ_NOT_PERMITTED},
		{"verifier", HL_ROLE_VERIFIER, HL_CASE_MONITORING, HL_DENIED,
			HL_AUTHZ_NOT_PERMITTED},
		{"administrator", HL_ROLE_ADMIN, HL_CASE_MONITORING, HL_DENIED,
			HL_AUTHZ_NOT_PERMITTED},
		{"nobody", 0, HL_CASE_MONITORING, HL_DENIED,
			HL_AUTHZ_NOT_PERMITTED},
	};
	static const struct {
		const char *name;
		deed *run;
	} deeds[] = {
		{"pause", hl_watch_pause},
		{"resume", hl_watch_resume},
		{"declare gone", hl_watch_declare_gone},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows) * 3; i++) {
		size_t at = i / 3, d = i % 3;
		int64_t id = add(f, "http://one.invalid/", rows[at].state,
			HL_ITEM_ONLINE);
		struct hl_who who = items_who(&f->items, rows[at].roles);
		enum hl_authz_why why = HL_AUTHZ_ALLOWED;
		int r = deeds[d].run(&who, id, &why, NULL);

		if (r != rows[at].expected || why != rows[at].why) {
			fail_msg("%s, %s: %d, %d", deeds[d].name, rows[at].name,
				r, (int)why);
		}
		if (r) {
			watch_is(f, id, "active = 1");
			expect(f, id, deeds[d].name, rows[at].state,
				HL_ITEM_ONLINE, HL_STATUS_TO_PROVIDER);
		}
		who = items_who(&f->items, rows[at].roles);
		why = HL_AUTHZ_ALLOWED;
		r = deeds[d].run(&who, 1, &why, NULL);
		if (r != HL_DENIED || why != HL_AUTHZ_NOT_PERMITTED) {
			fail_msg("unknown, %s, %s: %d, %d", deeds[d].name,
				rows[at].name, r, (int)why);
		}
	}
}

static void pausing_and_resuming(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(
		f, "http://one.invalid/", HL_CASE_MONITORING, HL_ITEM_ONLINE);
	int64_t other = items_add(&f->items, "http://one.invalid/2",
		HL_CASE_MONITORING, HL_ITEM_ONLINE);
	struct hl_who who = items_who(&f->items, HL_ROLE_SUPERVISOR);

	assert_int_equal(HL_NOTFOUND, hl_watch_pause(&who, other, NULL, NULL));
	ok(hl_watch_pause(&who, id, NULL, NULL));
	assert_false(next(f));
	assert_int_equal(1, events(f, HL_EVENT_ITEM_WATCH_PAUSED, id));
	who = items_who(&f->items, HL_ROLE_SUPERVISOR);
	ok(hl_watch_resume(&who, id, NULL, NULL));
	assert_int_equal(1, events(f, HL_EVENT_ITEM_WATCH_RESUMED, id));
	assert_true(next(f));
}

/* A person's word closes the case, and no look at the name overturns it. */
static void what_is_declared_gone_is_closed(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(
		f, "http://one.invalid/", HL_CASE_MONITORING, HL_ITEM_ONLINE);
	int64_t unwatched = items_add(&f->items, "http://one.invalid/2",
		HL_CASE_ACTIONING, HL_ITEM_UNCHECKED);
	struct hl_who who = items_who(&f->items, HL_ROLE_REFERRAL);
	enum hl_authz_why why;

	ok(hl_watch_declare_gone(&who, id, NULL, NULL));
	ok(hl_watch_declare_gone(&who, unwatched, NULL, NULL));
	assert_int_equal(
		HL_DENIED, hl_watch_declare_gone(&who, unwatched, &why, NULL));
	assert_int_equal(HL_AUTHZ_WRONG_STATE, why);
	expect(f, id, "watched", HL_CASE_CLOSED, HL_ITEM_OFFLINE,
		HL_STATUS_REMOVED);
	expect(f, unwatched, "referrals on their way", HL_CASE_ACTIONING,
		HL_ITEM_OFFLINE, HL_STATUS_REMOVED);
	watch_is(f, id, "active = 0 AND next_at_us = 0");
	item_is(f, id, "length(worker_sealed) = 0 AND removed_at_us > 0");
	item_is(f, unwatched, "length(worker_sealed) > 0");
	assert_false(next(f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_that_goes_and_comes_back),
		TEST(a_page_that_goes_and_comes_back),
		TEST(what_a_person_closed_is_not_reopened),
		TEST(another_host_is_acted_upon),
		TEST(a_look_without_news_leaves_the_case_alone),
		TEST(without_a_resolver_nothing_is_concluded),
		TEST(a_broken_seal_is_put_off_and_blocks_nobody),
		TEST(leases_and_due_times),
		TEST(a_clock_that_is_set_back),
		TEST(the_worker_forgets_when_watching_ends),
		TEST(resuming_gives_the_address_back),
		TEST(a_pause_during_a_look_holds),
		TEST(an_end_during_a_look_holds),
		TEST(what_is_put_off_stays_ended),
		TEST(deeds_by_role),
		TEST(pausing_and_resuming),
		TEST(what_is_declared_gone_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
