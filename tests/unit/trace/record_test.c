/* SPDX-License-Identifier: Apache-2.0 */
#include "lookups.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"

/* The newest look-up, opened by one of the two who can. */
static void open_facts(
	struct fixture *f, int64_t item_id, bool by_worker, struct hl_buf *out)
{
	struct items *i = &f->items;
	int64_t id = number(f,
		"SELECT id FROM trace WHERE item_id = %lld "
		"ORDER BY at_us DESC, rowid DESC LIMIT 1",
		item_id);
	struct hl_seal_label own = HL_LABEL_TRACE_WORKER(id);
	struct hl_seal_label queue = HL_LABEL_TRACE(id);

	if (by_worker) {
		struct hl_in_trace_last in = {item_id};
		struct hl_row_trace_last *row;
		size_t n;

		items_as(i, HL_STORE_WORKER);
		ok(hl_get_trace_last(i->store, i->arena, &in, &row, &n, NULL));
		assert_int_equal(1, n);
		assert_int_equal(id, row->id);
		ok(hl_seal_open(
			&i->secret, &own, row->worker_sealed, out, NULL));
		return;
	}
	struct hl_in_page_traces in = {
		number(f, "SELECT case_id FROM item WHERE id = %lld", item_id),
		9};
	struct hl_who who = items_who(i, HL_ROLE_SUPERVISOR);
	struct hl_row_page_traces *rows;
	struct hl_str plain;
	size_t n;
	ok(hl_get_page_traces(i->store, i->arena, &in, &rows, &n, NULL));
	assert_true(n > 0);
	assert_int_equal(id, rows[0].id);
	ok(hl_casefile_open(&who, rows[0].epoch, &queue, rows[0].facts_sealed,
		&plain, NULL));
	hl_buf_put(out, plain);
}

static void what_is_due_is_traced_and_sealed(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "http://one.invalid/a/page");

	for (int by_worker = 0; by_worker <= 1; by_worker++) {
		HL_BUF_AUTO facts = HL_BUF_SECRET(1 << 20);
		struct hl_trace t;

		assert_int_equal(by_worker == 0, next(f));
		open_facts(f, id, by_worker, &facts);
		ok(hl_trace_read_json(
			hl_buf_str(&facts), f->items.arena, &t, NULL));
		assert_true(hl_str_eq(HL_STR("one.invalid"), t.name));
		assert_string_equal("DK", hl_trace_country(&t));
		assert_int_equal(f->items.start_us, t.at_us);
	}
	item_is(f, id,
		"country = 'DK' AND asn = 64500 AND trace_due_us = 0 "
		"AND network = 'Example Hosting ApS' AND trace_lease_us = 0");
	item_is(f, id, "traced_at_us = first_at_us");
	assert_int_equal(1, items_events(&f->items, HL_EVENT_ITEM_TRACED, id));
	assert_int_equal(
		1, number(f,
			   "SELECT count(*) FROM trace WHERE item_id = %lld "
			   "AND source = 1 AND country = 'DK' AND asn = 64500 "
			   "AND epoch = 1",
			   id));
}

static void the_longest_due_comes_first(void **state)
{
	struct fixture *f = *state;
	int64_t late = add(f, "http://one.invalid/late");
	int64_t early = add(f, "http://one.invalid/early");

	items_change(&f->items,
		"UPDATE item SET trace_due_us = 1000 WHERE id = %lld", late);
	items_change(&f->items,
		"UPDATE item SET trace_due_us = 500 WHERE id = %lld", early);
	assert_true(next(f));
	item_is(f, early, "trace_due_us = 0");
	item_is(f, late, "trace_due_us = 1000");
	assert_true(next(f));
	assert_false(next(f));
	item_is(f, late, "trace_due_us = 0");
}

static void a_new_contact_is_proposed_once_and_waits(void **state)
{
	struct fixture *f = *state;
	int64_t one = add(f, "http://one.invalid/1");
	int64_t two = add(f, "http://192.0.2.9/2");

	assert_true(next(f));
	assert_true(next(f));
	int64_t contact = number(f,
		"SELECT id FROM recipient WHERE kind = 2 AND state = 1 AND "
		"source = 2 AND mail = 'abuse@hosting.example' AND country = "
		"'DK' AND asn = 64500 AND channel = 1 AND decided_by = 0",
		0);
	assert_int_equal(1,
		items_events(&f->items, HL_EVENT_RECIPIENT_PROPOSED, contact));
	assert_int_equal(2,
		number(f, "SELECT count(*) FROM item WHERE provider_id = %lld",
			contact));
	/* what a person refused is not proposed again */
	items_change(&f->items,
		"UPDATE recipient SET state = 3 WHERE id = %lld", contact);
	assert_int_equal(HL_TRACE_SAME, again(f, one));
	assert_int_equal(HL_TRACE_SAME, again(f, two));
	assert_int_equal(1, number(f, "SELECT count(*) FROM recipient", 0));
	/* of two with the address, the approved one is taken */
	items_change(&f->items,
		"INSERT INTO recipient (id, kind, name, mail, country, asn, "
		"channel, state, source, created_at_us, decided_at_us, "
		"decided_by) SELECT 77, kind, 'Other', mail, country, asn, "
		"channel, 2, 1, 1, 1, 1 FROM recipient WHERE id = %lld",
		contact);
	again(f, one);
	item_is(f, one, "provider_id = 77");
}

static void a_second_trace_compares(void **state)
{
	struct fixture *f = *state;

	items_dns("set", "moves.invalid", "192.0.2.1");
	int64_t id = add(f, "http://moves.invalid/");
	assert_int_equal(HL_TRACE_UNKNOWN, again(f, id)); /* the first */
	assert_int_equal(HL_TRACE_SAME, again(f, id));
	items_dns("set", "moves.invalid", "192.0.2.2");
	assert_int_equal(HL_TRACE_ADDRESS, again(f, id));
	items_dns("set", "moves.invalid", "198.51.100.7");
	assert_int_equal(HL_TRACE_HOST, again(f, id));
	item_is(f, id, "country = 'US' AND asn = 64501");
	item_is(f, id,
		"provider_id = (SELECT id FROM recipient WHERE mail = "
		"'network-abuse@cloud.example')");
	/* a network that names nobody does not keep the last one's contact */
	items_dns("set", "moves.invalid", "203.0.113.5");
	again(f, id);
	item_is(f, id, "asn = 64502 AND provider_id = 0");
	items_dns("unset", "moves.invalid", NULL);
	assert_int_equal(HL_TRACE_GONE, again(f, id));
	assert_int_equal(HL_TRACE_SAME, again(f, id));
	/* that it is gone says nothing about where it was */
	item_is(f, id, "asn = 64502");
	items_dns("set", "moves.invalid", "192.0.2.1");
	assert_int_equal(HL_TRACE_BACK, again(f, id));
	item_is(f, id, "country = 'DK'");
	/* each is kept for people, only the newest for the worker */
	assert_int_equal(
		8, number(f, "SELECT count(*) FROM trace WHERE item_id = %lld",
			   id));
	assert_int_equal(1,
		number(f,
			"SELECT count(*) FROM trace WHERE item_id = %lld AND "
			"length(worker_sealed) > 0",
			id));
	assert_int_equal(
		2, number(f,
			   "SELECT count(*) FROM trace WHERE item_id = %lld "
			   "AND country = '' AND asn = 0 AND missing > 0",
			   id));
}

static void without_a_network_it_says_what_is_missing(void **state)
{
	struct fixture *f = *state;
	struct hl_trace_setup *live = f->setup;
	int64_t id = add(f, "http://one.invalid/");
	HL_BUF_AUTO facts = HL_BUF_SECRET(1 << 20);

	f->setup = f->offline;
	assert_true(next(f));
	open_facts(f, id, false, &facts);
	assert_true(hl_str_find(hl_buf_str(&facts), HL_STR("switched off")) <
		    facts.n);
	item_is(f, id, "country = '' AND asn = 0 AND traced_at_us > 0");
	/* tried again in an hour, for two days */
	assert_false(next(f));
	items_later(HL_US_PER_HOUR);
	assert_true(next(f));
	items_later(2 * HL_US_PER_DAY);
	assert_true(next(f));
	item_is(f, id, "trace_due_us = 0");
	f->setup = live;
	items_later(HL_US_PER_MIN);
	again(f, id);
	item_is(f, id, "country = 'DK'");
	/* a later look that finds nothing does not forget it */
	f->setup = f->offline;
	items_later(HL_US_PER_MIN);
	assert_int_equal(HL_TRACE_UNKNOWN, again(f, id));
	item_is(f, id, "country = 'DK' AND asn = 64500");
	f->setup = live;
}

static void a_broken_seal_is_put_off_and_blocks_nobody(void **state)
{
	struct fixture *f = *state;
	int64_t bad = add(f, "http://one.invalid/bad");
	int64_t none = add(f, "http:///");
	int64_t good = add(f, "http://one.invalid/good");

	items_change(&f->items,
		"UPDATE item SET worker_sealed = zeroblob(400), "
		"trace_due_us = 1 WHERE id = %lld",
		bad);
	items_change(&f->items,
		"UPDATE item SET trace_due_us = 2 WHERE id = %lld", none);
	items_change(&f->items,
		"UPDATE item SET trace_due_us = 3 WHERE id = %lld", good);
	for (int i = 0; i < 3; i++) {
		assert_true(next(f));
	}
	assert_false(next(f));
	item_is(f, bad,
		"trace_due_us = first_at_us + 3600000000 AND "
		"trace_lease_us = 0 AND traced_at_us = 0");
	item_is(f, none, "trace_due_us = 0 AND traced_at_us = 0");
	item_is(f, good, "trace_due_us = 0 AND country = 'DK'");
	items_later(HL_US_PER_HOUR);
	assert_true(next(f));
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
		{"leased", "trace_lease_us = first_at_us + 120000000", false,
			true},
		{"leased, ran out", "trace_lease_us = first_at_us - 1", true,
			true},
		{"leased by a clock a day ahead",
			"trace_lease_us = first_at_us + 86400000000", true,
			true},
		{"due soon", "trace_due_us = first_at_us + 120000000", false,
			true},
		{"due by a clock a year ahead",
			"trace_due_us = first_at_us + 31536000000000", true,
			true},
		{"not due", "trace_due_us = 0", false, false},
		{"not for the worker", "worker_sealed = x''", false, false},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t id = add(f, "http://one.invalid/");
		struct hl_str sql = hl_arena_printf(f->items.arena,
			"UPDATE item SET %s WHERE id = %%lld", rows[i].row);

		for (int later = 0; later <= 1; later++) {
			items_change(&f->items, sql.p, id);
			if (later) {
				items_later(3 * HL_US_PER_MIN);
			}
			if (next(f) != (later ? rows[i].later : rows[i].now)) {
				fail_msg("%s, %s", rows[i].name,
					later ? "later" : "now");
			}
			items_change(&f->items,
				"UPDATE item SET trace_due_us = 1, "
				"trace_lease_us = 0 WHERE id = %lld",
				id);
		}
		items_change(&f->items,
			"UPDATE item SET trace_due_us = 0 WHERE id = %lld", id);
	}
}

/* As if it were erased between the look and the writing. */
static void what_was_erased_meanwhile_stays_erased(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "http://one.invalid/");
	struct hl_who who = items_who(&f->items, HL_ROLE_SUPERVISOR);
	struct hl_trace_typed typed = {.country = HL_STR("SE")};
	enum hl_trace_change change;

	items_change(&f->items,
		"UPDATE item SET url_sealed = x'' WHERE id = %lld", id);
	struct hl_trace_worker w = worker(f);
	assert_int_equal(HL_NOTFOUND, hl_trace_again(&w, id, &change, NULL));
	assert_true(next(f));
	who = items_who(&f->items, HL_ROLE_SUPERVISOR);
	assert_int_equal(HL_NOTFOUND, hl_trace_want(&who, id, NULL, NULL));
	assert_int_equal(
		HL_NOTFOUND, hl_trace_type_in(&who, id, &typed, NULL, NULL));
	assert_int_equal(0, number(f, "SELECT count(*) FROM trace", 0));
	assert_int_equal(0, number(f, "SELECT count(*) FROM recipient", 0));
	item_is(f, id, "country = '' AND traced_at_us = 0");
	w = worker(f);
	assert_int_equal(HL_NOTFOUND, hl_trace_again(&w, 1, &change, NULL));
}

static void a_person_asks_for_a_look(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "http://one.invalid/");
	struct hl_who who = items_who(&f->items, HL_ROLE_SUPERVISOR);
	struct hl_seal_ring empty = {0};
	enum hl_authz_why why;

	items_change(&f->items,
		"UPDATE item SET worker_sealed = x'', trace_due_us = 0 "
		"WHERE id = %lld",
		id);
	assert_false(next(f));
	who = items_who(&f->items, HL_ROLE_SUPERVISOR);
	who.ring = &empty;
	assert_int_equal(HL_DENIED, hl_trace_want(&who, id, &why, NULL));
	assert_int_equal(HL_AUTHZ_ALLOWED, why);
	who.ring = &f->items.ring;
	ok(hl_trace_want(&who, id, &why, NULL));
	assert_true(next(f));
	item_is(f, id, "country = 'DK'");
}

/* Asked for by a person, or on its way when the case was closed. */
static void a_closed_case_leaves_the_worker_nothing(void **state)
{
	static const struct {
		const char *name, *change;
		bool kept;
	} rows[] = {
		{"open", "", true},
		{"closed", "UPDATE cases SET state = 10;", false},
		{"erased", "UPDATE cases SET state = 11;", false},
		{"closed, still watched",
			"UPDATE cases SET state = 10; INSERT INTO watch "
			"(item_id, active, stage, misses, last_miss_us, "
			"last_at_us, last_verdict, next_at_us, lease_until_us, "
			"started_at_us) SELECT id, 1, 0, 0, 0, 0, 0, 0, 0, 0 "
			"FROM item WHERE id = %lld;",
			true},
		{"closed, watch paused",
			"UPDATE cases SET state = 10; INSERT INTO watch "
			"(item_id, active, stage, misses, last_miss_us, "
			"last_at_us, last_verdict, next_at_us, lease_until_us, "
			"started_at_us) SELECT id, 0, 0, 0, 0, 0, 0, 5, 0, 0 "
			"FROM item WHERE id = %lld;",
			true},
		{"closed, watched once",
			"UPDATE cases SET state = 10; UPDATE watch SET "
			"active = 0; INSERT INTO watch "
			"(item_id, active, stage, misses, last_miss_us, "
			"last_at_us, last_verdict, next_at_us, lease_until_us, "
			"started_at_us) SELECT id, 0, 0, 0, 0, 0, 0, 0, 0, 0 "
			"FROM item WHERE id = %lld;",
			false},
	};
	static const char *const urls[] = {"http://one.invalid/", "http:///"};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows) * 2; i++) {
		int64_t id = add(f, urls[i % 2]);

		items_change(&f->items, rows[i / 2].change, id);
		assert_true(next(f));
		bool item = number(f,
			"SELECT worker_sealed <> x'' FROM item WHERE id = "
			"%lld",
			id);
		bool facts = number(f,
			"SELECT count(*) FROM trace WHERE worker_sealed <> "
			"x'' AND item_id = %lld",
			id);
		if (item != rows[i / 2].kept ||
			facts != (rows[i / 2].kept && i % 2 == 0)) {
			fail_msg("%s, %s: %d, %d", rows[i / 2].name,
				urls[i % 2], item, facts);
		}
	}
}
/* A network with twelve abuse contacts, all of them as long as can be. */
static void put_long_answer(struct hl_buf *b)
{
	char quotes[513] = "", host[188];

	for (int i = 0; i < 512; i += 2) {
		quotes[i] = '\\';
		quotes[i + 1] = '"';
	}
	for (size_t i = 0; i < sizeof(host) - 1; i++) {
		host[i] = i % 60 == 59 ? '.' : 'h';
	}
	host[sizeof(host) - 1] = '\0';
	hl_buf_printf(b,
		"{\"objectClassName\":\"ip network\",\"ipVersion\":\"v4\","
		"\"startAddress\":\"192.0.2.0\",\"endAddress\":"
		"\"192.0.2.255\",\"name\":\"LONG\",\"entities\":[");
	for (int i = 0; i < 12; i++) {
		hl_buf_printf(b,
			"%s{\"objectClassName\":\"entity\",\"handle\":\"%s\","
			"\"roles\":[\"abuse\"],\"vcardArray\":[\"vcard\",["
			"[\"version\",{},\"text\",\"4.0\"],"
			"[\"fn\",{},\"text\",\"%s\"],"
			"[\"email\",{},\"text\",\"abuse%d@%s.example\"]]]}",
			i ? "," : "", quotes, quotes, i + 10, host);
	}
	hl_buf_printf(b, "]}");
}

static void answers_too_long_to_keep_are_left_out(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "http://one.invalid/");
	HL_BUF_AUTO facts = HL_BUF_SECRET(1 << 20);
	HL_BUF_AUTO answer = HL_BUF_INIT(1 << 20);
	HL_BUF_AUTO path = HL_BUF_INIT(512);

	put_long_answer(&answer);
	hl_buf_printf(&path, "%s/answer.json", getenv("HL_TEST_RDAP_DIR"));
	ok(hl_file_write(path.p, hl_buf_str(&answer), 0600, NULL));
	assert_true(next(f));
	unlink(path.p);
	open_facts(f, id, true, &facts);
	assert_true(
		hl_str_find(hl_buf_str(&facts), HL_STR("too long")) < facts.n);
	/* the contact itself was found and is proposed */
	item_is(f, id, "country = 'DK' AND trace_due_us = 0");
	assert_int_equal(
		1, number(f,
			   "SELECT count(*) FROM recipient WHERE mail LIKE "
			   "'abuse10@%'",
			   0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_due_is_traced_and_sealed),
		TEST(the_longest_due_comes_first),
		TEST(a_new_contact_is_proposed_once_and_waits),
		TEST(a_second_trace_compares),
		TEST(without_a_network_it_says_what_is_missing),
		TEST(a_broken_seal_is_put_off_and_blocks_nobody),
		TEST(leases_and_due_times),
		TEST(what_was_erased_meanwhile_stays_erased),
		TEST(a_person_asks_for_a_look),
		TEST(a_closed_case_leaves_the_worker_nothing),
		TEST(answers_too_long_to_keep_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
