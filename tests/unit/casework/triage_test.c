/* SPDX-License-Identifier: Apache-2.0 */
/* Reports become items and cases; docs/duplicates.md against the store. */
#include "fixture.h"

#include "base/rand.h"
#include "base/time.h"
#include "casefile/sealed.h"
#include "url/extract.h"

static int64_t rows_of(struct fixture *f, int64_t report)
{
	return number_of(f,
		"SELECT count(*) FROM report_item WHERE report_id = %lld",
		report);
}

static void one_place_however_it_is_spelt(void **state)
{
	static const char *const spellings[] = {
		"http://www.example.org/a/b?c=1",
		"https://www.example.org/a/b?c=1",
		"hxxp://www[.]example[.]org/a/b?c=1",
		"WWW.EXAMPLE.ORG/a/b?c=1",
		"www.example.org./a/b?c=1",
		"http://user:secret@www.example.org:80/a/./x/../b?c=1#top",
		"see <http://www.example.org//a/%62?c=1>, please",
		"http:\\\\www.example.org\\a\\b?c=1",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(spellings); i++) {
		int64_t report = put_addresses(f, spellings[i]);

		later(f, HL_US_PER_MIN);
		triage_all(f);
		if (rows_of(f, report) != 1) {
			fail_msg(
				"row %zu \"%s\" has no place", i, spellings[i]);
		}
		if (number(f, "SELECT count(*) FROM item") != 1) {
			fail_msg("row %zu \"%s\" is another place", i,
				spellings[i]);
		}
	}
	assert_int_equal(HL_ARRAY_LEN(spellings),
		number(f, "SELECT n_reports FROM item"));
	assert_int_equal(HL_ARRAY_LEN(spellings),
		number(f, "SELECT n_independent FROM item"));
	assert_int_equal(HL_ARRAY_LEN(spellings) - 1,
		number(f, "SELECT count(*) FROM report WHERE triage = 2 "
			  "AND triage_reason = 1"));
	assert_int_equal(1, number(f, "SELECT count(*) FROM cases"));
	check_history(f);
}

static void other_places_are_others(void **state)
{
	static const char *const spellings[] = {"http://example.org/a",
		"http://example.org/A", "http://example.org/a?b",
		"http://example.org:8080/a", "http://www.example.org/a",
		"http://example.org/#!/a", "ftp://example.org/a",
		"someone@example.org", "http://192.0.2.1/a"};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(spellings); i++) {
		put_addresses(f, spellings[i]);
		triage_all(f);
		if (number(f, "SELECT count(*) FROM cases") != (int64_t)i + 1) {
			fail_msg("row %zu \"%s\" is no place of its own", i,
				spellings[i]);
		}
	}
}

/* Rules A1 to A6: what the store knows, what follows. */
static void an_address_by_the_rules(void **state)
{
	static const struct {
		const char *what;
		bool known;
		const char *then; /* SQL that makes it so */
		int64_t days_later;
		int case_state, item_state, cycle, verdict;
	} rows[] = {
		{"A1 new", false, "", 0, HL_CASE_NEW, HL_ITEM_UNCHECKED, 0,
			HL_TRIAGE_ACCEPTED},
		{"A2 open", true, "", 0, HL_CASE_NEW, HL_ITEM_UNCHECKED, 0,
			HL_TRIAGE_DUPLICATE},
		{"A2 open, long ago", true, "", 1000, HL_CASE_NEW,
			HL_ITEM_UNCHECKED, 0, HL_TRIAGE_DUPLICATE},
		{"A3 illegal and gone", true,
			"UPDATE cases SET state = 10, outcome = 1;"
			"UPDATE item SET state = 4, removed_at_us = 9",
			1, HL_CASE_ACTIONING, HL_ITEM_ONLINE, 1,
			HL_TRIAGE_ACCEPTED},
		{"A3 long ago", true,
			"UPDATE cases SET state = 10, outcome = 2;"
			"UPDATE item SET state = 4, removed_at_us = 9",
			1000, HL_CASE_ACTIONING, HL_ITEM_ONLINE, 1,
			HL_TRIAGE_ACCEPTED},
		{"A4 not illegal and gone", true,
			"UPDATE cases SET state = 10, outcome = 5;"
			"UPDATE item SET state = 4, removed_at_us = 9",
			1, HL_CASE_NEW, HL_ITEM_ONLINE, 1, HL_TRIAGE_ACCEPTED},
		{"A5 closed, there, in the window", true,
			"UPDATE cases SET state = 10, outcome = 5;"
			"UPDATE item SET state = 2",
			90, HL_CASE_CLOSED, HL_ITEM_ONLINE, 0,
			HL_TRIAGE_DUPLICATE},
		{"A6 closed, there, after the window", true,
			"UPDATE cases SET state = 10, outcome = 5;"
			"UPDATE item SET state = 2",
			91, HL_CASE_NEW, HL_ITEM_ONLINE, 1, HL_TRIAGE_ACCEPTED},
		{"A7 open and watched, gone", true,
			"UPDATE cases SET state = 9, outcome = 1;"
			"UPDATE item SET state = 4, removed_at_us = 9,"
			" public_status = 6, passed_to = 2",
			1, HL_CASE_ACTIONING, HL_ITEM_ONLINE, 1,
			HL_TRIAGE_ACCEPTED},
		{"A7 open and not yet assessed, gone", true,
			"UPDATE item SET state = 4, removed_at_us = 9", 1,
			HL_CASE_NEW, HL_ITEM_ONLINE, 0, HL_TRIAGE_ACCEPTED},
		{"A5 the clock was set back", true,
			"UPDATE cases SET state = 10, outcome = 5;"
			"UPDATE item SET state = 2",
			-400, HL_CASE_CLOSED, HL_ITEM_ONLINE, 0,
			HL_TRIAGE_DUPLICATE},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_casefile c;

		change(f, "DELETE FROM report_item; DELETE FROM item;"
			  "DELETE FROM case_step; DELETE FROM cases");
		hl_time_pretend(f->start_us);
		if (rows[i].known) {
			put_addresses(f, "http://example.org/a");
			triage_all(f);
			/* closed cases run no clock */
			change(f, rows[i].then);
			change(f, "UPDATE case_step SET ended_at_us = 9 WHERE "
				  "case_id IN (SELECT id FROM cases WHERE "
				  "state = 10)");
		}
		hl_time_pretend(
			f->start_us + rows[i].days_later * HL_US_PER_DAY);
		int64_t report = put_addresses(f, "https://example.org/a");
		triage_all(f);
		load(f, case_of(f, report, 1), &c);
		int64_t verdict = number_of(f,
			"SELECT verdict FROM report_item WHERE report_id = "
			"%lld",
			report);
		if (c.now.state != rows[i].case_state ||
			c.now.item_state != rows[i].item_state ||
			c.now.reopened != rows[i].cycle ||
			verdict != rows[i].verdict ||
			c.n_reports != (rows[i].known ? 2 : 1) ||
			(rows[i].item_state == HL_ITEM_ONLINE &&
				c.now.removed_at_us)) {
			fail_msg("%s: case %d, item %d, cycle %d, verdict %d, "
				 "%d reports",
				rows[i].what, c.now.state, c.now.item_state,
				(int)c.now.reopened, (int)verdict,
				(int)c.n_reports);
		}
	}
}

static void reappearing_wakes_watch_and_worker(void **state)
{
	struct fixture *f = *state;

	put_case(f, "http://example.org/a");
	change(f, "UPDATE cases SET state = 10, outcome = 1;"
		  "UPDATE item SET state = 4, removed_at_us = 9,"
		  "worker_sealed = x'';"
		  "INSERT INTO watch (item_id, active, stage, misses,"
		  "last_miss_us, last_at_us, last_verdict, next_at_us,"
		  "lease_until_us, started_at_us) SELECT id, 0, 5, 3, 1, 1, 1,"
		  "1, 0, 1 FROM item");
	ok(hl_settings_set(
		f->settings, HL_STR("watch.enabled"), HL_STR("yes"), NULL));
	later(f, HL_US_PER_DAY);
	put_addresses(f, "http://example.org/a");
	triage_all(f);
	assert_int_equal(1, number(f, "SELECT active FROM watch"));
	assert_int_equal(
		hl_time_now_us(), number(f, "SELECT next_at_us FROM watch"));
	assert_int_equal(
		1, number(f, "SELECT length(worker_sealed) > 0 FROM item"));
}

/* Rules R1 to R4. */
static void a_report_as_a_whole(void **state)
{
	struct hl_report first = {.place = HL_PLACE_WEBSITE,
		.addresses_text = HL_STR("http://example.org/a b.example.org"),
		.where = HL_STR("below the first line"),
		.words = HL_STR("some words")};
	static const struct {
		const char *what, *addresses, *words;
		int64_t later_us;
		int triage, reason;
		int64_t n_independent; /* of the first address, afterwards */
	} rows[] = {
		{"R4 fresh", "http://example.org/a b.example.org", "some words",
			0, HL_TRIAGE_ACCEPTED, 0, 1},
		{"R1 sent twice", "http://example.org/a b.example.org",
			"some words", HL_US_PER_MIN, HL_TRIAGE_DUPLICATE,
			HL_TRIAGE_REASON_RESENT, 1},
		{"R1 other order and spaces",
			"b.example.org\n\n http://example.org/a",
			" some\n words ", HL_US_PER_MIN, HL_TRIAGE_DUPLICATE,
			HL_TRIAGE_REASON_RESENT, 1},
		{"R1 within a day", "http://example.org/a b.example.org",
			"some words", HL_US_PER_DAY - 3 * HL_US_PER_MIN,
			HL_TRIAGE_DUPLICATE, HL_TRIAGE_REASON_RESENT, 1},
		{"R3 other words", "http://example.org/a b.example.org",
			"other words", HL_US_PER_MIN, HL_TRIAGE_DUPLICATE,
			HL_TRIAGE_REASON_SAME_ADDRESS, 2},
		{"R4 one more address",
			"http://example.org/a b.example.org c.example.org",
			"some words", HL_US_PER_MIN, HL_TRIAGE_ACCEPTED, 0, 3},
		{"R3 the same after more than a day",
			"http://example.org/a b.example.org", "some words",
			HL_US_PER_DAY + HL_US_PER_MIN, HL_TRIAGE_DUPLICATE,
			HL_TRIAGE_REASON_SAME_ADDRESS, 4},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_report r = first;

		later(f, rows[i].later_us);
		r.addresses_text = hl_str_c(rows[i].addresses);
		r.words = hl_str_c(rows[i].words);
		int64_t id = put_report(f, &r);
		triage_all(f);
		int64_t triage = number_of(
			f, "SELECT triage FROM report WHERE id = %lld", id);
		int64_t reason = number_of(f,
			"SELECT triage_reason FROM report WHERE id = %lld", id);
		int64_t n = number_of(f,
			"SELECT i.n_independent FROM item i JOIN report_item a "
			"ON a.item_id = i.id WHERE a.report_id = %lld ORDER BY "
			"i.first_at_us, i.n_reports DESC LIMIT 1",
			id);
		if (triage != rows[i].triage || reason != rows[i].reason ||
			n != rows[i].n_independent) {
			fail_msg("%s: verdict %d, reason %d, %d independent",
				rows[i].what, (int)triage, (int)reason, (int)n);
		}
	}
	/* every one of them names the item */
	assert_int_equal(HL_ARRAY_LEN(rows),
		number(f, "SELECT max(n_reports) FROM item"));
	assert_int_equal(HL_ARRAY_LEN(rows),
		number(f, "SELECT count(*) FROM report WHERE state = 3"));
	check_history(f);
}

static void a_place_named_twice_counts_once(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_addresses(f,
		"http://example.org/a https://example.org/a b.example.org "
		"EXAMPLE.ORG/a");

	triage_all(f);
	assert_int_equal(2, rows_of(f, id));
	assert_int_equal(1, number(f, "SELECT max(n_reports) FROM item"));
}

static void no_address_waits_for_a_person(void **state)
{
	static const char *const texts[] = {"", "it was on that one forum",
		"http://", "data:text/plain,x", "   \n\n  "};
	struct fixture *f = *state;
	struct hl_who anna;
	const struct hl_casework_waiting *waiting;
	size_t n;

	for (size_t i = 0; i < HL_ARRAY_LEN(texts); i++) {
		put_addresses(f, texts[i]);
		later(f, 1);
	}
	assert_int_equal(HL_ARRAY_LEN(texts), triage_all(f));
	anna = who(f, ANNA);
	ok(hl_casework_waiting(&anna,
		&(struct hl_casework_window){.n_skip = 3, .n_most = 10},
		&waiting, &n, NULL));
	assert_int_equal(HL_ARRAY_LEN(texts) - 3, n);
	int64_t fourth = waiting[0].id;
	ok(hl_casework_waiting(&anna,
		&(struct hl_casework_window){.n_most = 10}, &waiting, &n,
		NULL));
	assert_int_equal(HL_ARRAY_LEN(texts), n);
	assert_int_equal(fourth, waiting[3].id);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(
			HL_TRIAGE_REASON_NO_ADDRESS, waiting[i].reason);
	}
	assert_int_equal(0, number(f, "SELECT count(*) FROM cases"));
	check_history(f);
}

static void a_person_decides(void **state)
{
	static const struct {
		enum hl_triage verdict;
		enum hl_triage_reason reason;
		int r;
	} rows[] = {
		{HL_TRIAGE_OUT_OF_REMIT, HL_TRIAGE_REASON_OTHER_CRIME, 0},
		{HL_TRIAGE_OUT_OF_REMIT, HL_TRIAGE_REASON_ABUSE_OF_FORM, 0},
		{HL_TRIAGE_INSUFFICIENT, HL_TRIAGE_REASON_NO_ADDRESS, 0},
		{HL_TRIAGE_INSUFFICIENT, HL_TRIAGE_REASON_PRIVATE_PLACE, 0},
		{HL_TRIAGE_OUT_OF_REMIT, HL_TRIAGE_REASON_NO_ADDRESS,
			HL_E_INVALID},
		{HL_TRIAGE_INSUFFICIENT, HL_TRIAGE_REASON_ADVICE, HL_E_INVALID},
		{HL_TRIAGE_OUT_OF_REMIT, HL_TRIAGE_REASON_UNANSWERED,
			HL_E_INVALID},
		{HL_TRIAGE_ACCEPTED, HL_TRIAGE_REASON_UNANSWERED, HL_E_INVALID},
		{HL_TRIAGE_DUPLICATE, HL_TRIAGE_REASON_RESENT, HL_E_INVALID},
	};
	struct fixture *f = *state;
	enum hl_casework_why why;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t id = put_addresses(f, "no address");
		struct hl_casework_decision d = {
			id, rows[i].verdict, rows[i].reason};

		triage_all(f);
		struct hl_who anna = who(f, ANNA);
		int r = hl_casework_decide(&anna, &d, &why, NULL);
		if (r != rows[i].r) {
			fail_msg("row %zu gives %d", i, r);
		}
		assert_int_equal(
			r ? HL_REPORT_TRIAGED : HL_REPORT_FEEDBACK_READY,
			number_of(f, "SELECT state FROM report WHERE id = %lld",
				id));
		if (r == 0) { /* once is enough */
			anna = who(f, ANNA);
			assert_int_equal(HL_DENIED,
				hl_casework_decide(&anna, &d, &why, NULL));
		}
	}
	check_history(f);
}

static void a_decision_is_taken_back(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_addresses(f, "no address");
	struct hl_casework_decision d = {
		id, HL_TRIAGE_OUT_OF_REMIT, HL_TRIAGE_REASON_ADULTS};
	enum hl_casework_why why;

	triage_all(f);
	struct hl_who anna = who(f, ANNA), sofie = who(f, SOFIE);
	ok(hl_casework_decide(&anna, &d, &why, NULL));
	assert_int_equal(
		HL_DENIED, hl_casework_undecide(&anna, id, &why, NULL));
	ok(hl_casework_undecide(&sofie, id, &why, NULL));
	assert_int_equal(0, number(f, "SELECT triage FROM report"));
	anna = who(f, ANNA);
	ok(hl_casework_type_in(&anna, f->settings, id,
		HL_STR("www.example.org/x"), &why, NULL));
	assert_int_equal(
		HL_REPORT_LINKED, number(f, "SELECT state FROM report"));
	check_history(f);
}

static void a_person_types_the_address(void **state)
{
	struct fixture *f = *state;
	int64_t known = put_case(f, "http://example.org/a");
	int64_t id = put_addresses(f, "that place, you know");
	enum hl_casework_why why;

	triage_all(f);
	struct hl_who anna = who(f, ANNA);
	assert_int_equal(
		HL_E_INVALID, hl_casework_type_in(&anna, f->settings, id,
				      HL_STR("still no address"), &why, NULL));
	ok(hl_casework_type_in(&anna, f->settings, id,
		HL_STR("example.org/a and example.org/b"), &why, NULL));
	assert_int_equal(known, case_of(f, id, 1));
	assert_int_equal(2, rows_of(f, id));
	assert_int_equal(1,
		number_of(f, "SELECT triage FROM report WHERE id = %lld", id));
	anna = who(f, ANNA);
	assert_int_equal(
		HL_DENIED, hl_casework_type_in(&anna, f->settings, id,
				   HL_STR("example.org/c"), &why, NULL));
	assert_int_equal(HL_CASEWORK_NOT_PERMITTED, why);
	check_history(f);
}

/* An app has no address; a place in it is one all the same. */
static void a_person_names_the_place(void **state)
{
	struct fixture *f = *state;
	int64_t first = put_addresses(f, "in that messenger");
	int64_t again = put_addresses(f, "the messenger, you know");
	enum hl_casework_why why;
	struct hl_casefile c;

	triage_all(f);
	struct hl_who anna = who(f, ANNA);
	assert_int_equal(HL_E_INVALID,
		hl_casework_name_place(&anna, f->settings, first,
			(struct hl_str[]){
				HL_STR("Example Messenger"), HL_STR(" ")},
			&why, NULL));
	assert_int_equal(0, rows_of(f, first));
	anna = who(f, ANNA);
	ok(hl_casework_name_place(&anna, f->settings, first,
		(struct hl_str[]){
			HL_STR("Example Messenger"), HL_STR("@SomeUser77")},
		&why, NULL));
	anna = who(f, ANNA);
	ok(hl_casework_name_place(&anna, f->settings, again,
		(struct hl_str[]){
			HL_STR(" example  messenger"), HL_STR("someuser77 ")},
		&why, NULL));
	assert_int_equal(case_of(f, first, 1), case_of(f, again, 1));
	load(f, case_of(f, first, 1), &c);
	assert_int_equal(HL_CASE_NEW, c.now.state);
	assert_int_equal(2, c.n_reports);
	assert_int_equal(HL_URL_PLACE, c.item_kind);
	check_history(f);
}

static void broken_seals_block_nobody(void **state)
{
	static const char *const breaks[] = {
		"UPDATE report_part SET body_sealed = x'00'",
		"UPDATE report_part SET key_sealed = x'01ff'",
		"UPDATE report_part SET body_sealed = zeroblob(4096)",
		"UPDATE report_part SET key_sealed = x'', body_sealed = x''",
		"DELETE FROM report_part",
		/* moved here from another report */
		"UPDATE report_part SET (key_sealed, body_sealed) = (SELECT "
		"key_sealed, body_sealed FROM report_part ORDER BY seq LIMIT "
		"1) WHERE seq = (SELECT max(seq) FROM report_part)",
	};
	struct fixture *f = *state;

	put_addresses(f, "http://example.org/first");
	triage_all(f);
	for (size_t i = 0; i < HL_ARRAY_LEN(breaks); i++) {
		int64_t bad = put_addresses(f, "http://example.org/broken");

		/* all that came before has been dealt with */
		change(f, breaks[i]);
		int64_t good = put_addresses(f, "http://example.org/good");
		triage_all(f);
		int64_t aside = number_of(f,
			"SELECT state = 2 AND triage = 0 AND triage_reason = 9 "
			"FROM report WHERE id = %lld",
			bad);
		if (!aside || !case_of(f, good, 1)) {
			fail_msg("row %zu: set aside %d", i, (int)aside);
		}
	}
	check_history(f);
}

static void what_another_key_opens_is_left_to_its_holder(void **state)
{
	struct fixture *f = *state;
	struct hl_seal_ring newer = {.has_url = true, .url_epoch = 1};
	struct hl_casework_triaged done;

	put_addresses(f, "http://example.org/a");
	newer.url = f->ring.url;
	newer.queue.n = 1;
	newer.queue.at[0].epoch = 2;
	hl_seal_keypair_new(&newer.queue.at[0].pub, &newer.queue.at[0].secret);
	struct hl_who anna = who(f, ANNA);
	anna.ring = &newer;
	ok(hl_casework_triage(&anna, f->settings, 10, &done, NULL, NULL));
	assert_int_equal(0, done.n_done);
	assert_int_equal(1, done.n_left);
	assert_int_equal(1, triage_all(f));
}

static void no_key_no_triage(void **state)
{
	static const struct {
		enum person person;
		bool keys;
		enum hl_casework_why why;
	} rows[] = {{ANNA, false, HL_CASEWORK_NO_KEY},
		{VERA, true, HL_CASEWORK_NOT_PERMITTED},
		{RIKKE, true, HL_CASEWORK_NOT_PERMITTED},
		{ADAM, true, HL_CASEWORK_NOT_PERMITTED},
		{NOBODY, true, HL_CASEWORK_NOT_PERMITTED}};
	struct fixture *f = *state;
	struct hl_casework_triaged done;
	enum hl_casework_why why;

	put_addresses(f, "http://example.org/a");
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_who w = who(f, rows[i].person);

		w.ring = rows[i].keys ? &f->ring : &f->empty;
		int r = hl_casework_triage(
			&w, f->settings, 10, &done, &why, NULL);
		if (r != HL_DENIED || why != rows[i].why) {
			fail_msg("row %zu: %d, why %d", i, r, (int)why);
		}
	}
	assert_int_equal(
		HL_REPORT_RECEIVED, number(f, "SELECT state FROM report"));
}

static int64_t put_many(struct fixture *f, int from, int n)
{
	HL_BUF_AUTO text = HL_BUF_INIT(65536);

	for (int i = from; i < from + n; i++) {
		hl_buf_printf(&text, "http://www.example.org/%d/", i);
		for (int k = 0; k < 200; k++) {
			hl_buf_put_c(&text, 'a');
		}
		hl_buf_put_c(&text, '\n');
	}
	return put_report(f, &(struct hl_report){.place = HL_PLACE_WEBSITE,
				     .addresses_text = hl_buf_str(&text)});
}

static void many_addresses_take_several_batches(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_many(f, 0, 190);

	assert_int_equal(1, triage_all(f));
	assert_int_equal(190, rows_of(f, id));
	assert_int_equal(190, number(f, "SELECT count(*) FROM cases"));
	assert_int_equal(190, number(f, "SELECT sum(n_reports) FROM item"));
	/* half known, half new */
	id = put_many(f, 100, 180);
	assert_int_equal(1, triage_all(f));
	assert_int_equal(180, rows_of(f, id));
	assert_int_equal(280, number(f, "SELECT count(*) FROM cases"));
	assert_int_equal(370, number(f, "SELECT sum(n_reports) FROM item"));
	assert_int_equal(90,
		number_of(f,
			"SELECT count(*) FROM report_item WHERE verdict = 1 "
			"AND report_id = %lld",
			id));
}

/* As if a process had died behind its first batch. */
static void a_crash_in_between_repeats_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_many(f, 0, 60);

	triage_all(f);
	change(f, "UPDATE report SET state = 1;"
		  "DELETE FROM event WHERE kind IN (103, 104);"
		  "DELETE FROM item WHERE id IN (SELECT item_id FROM "
		  "report_item WHERE position > 20);"
		  "DELETE FROM case_step WHERE case_id NOT IN (SELECT case_id "
		  "FROM item);"
		  "DELETE FROM cases WHERE id NOT IN (SELECT case_id FROM "
		  "item);"
		  "DELETE FROM report_item WHERE position > 20");
	assert_int_equal(20, rows_of(f, id));
	assert_int_equal(1, triage_all(f));
	assert_int_equal(60, rows_of(f, id));
	assert_int_equal(60, number(f, "SELECT count(*) FROM item"));
	assert_int_equal(1, number(f, "SELECT max(n_reports) FROM item"));
	assert_int_equal(
		HL_TRIAGE_ACCEPTED, number(f, "SELECT triage FROM report"));
}

static void danger_comes_first_and_weighs(void **state)
{
	struct fixture *f = *state;
	struct hl_casework_triaged done;
	struct hl_casefile c;

	for (int i = 0; i < 3; i++) {
		put_addresses(f, i == 0   ? "example.org/0"
				 : i == 1 ? "example.org/1"
					  : "example.org/2");
		later(f, HL_US_PER_S);
	}
	int64_t urgent = put_report(
		f, &(struct hl_report){.danger = HL_YNU_YES,
			   .place = HL_PLACE_LIVESTREAM,
			   .pay = HL_YNU_YES,
			   .addresses_text = HL_STR("example.org/3")});
	struct hl_who anna = who(f, ANNA);
	ok(hl_casework_triage(&anna, f->settings, 1, &done, NULL, NULL));
	assert_int_equal(1, done.n_done);
	assert_int_equal(3, done.n_left);
	load(f, case_of(f, urgent, 1), &c);
	assert_int_equal(hl_vocab_bit(HL_PRIORITY_DANGER) |
				 hl_vocab_bit(HL_PRIORITY_UNKNOWN_CONTENT) |
				 hl_vocab_bit(HL_PRIORITY_LIVE) |
				 hl_vocab_bit(HL_PRIORITY_PAY_SITE),
		c.now.reasons);
	assert_int_equal(100 + 30 + 40 + 10, c.now.priority);
}

static void a_later_report_raises_priority(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_casefile c;

	load(f, id, &c);
	assert_int_equal(30, c.now.priority);
	put_addresses(f, "example.org/a");
	triage_all(f);
	load(f, id, &c);
	assert_int_equal(40, c.now.priority);
	put_report(f, &(struct hl_report){.danger = HL_YNU_YES,
			      .place = HL_PLACE_WEBSITE,
			      .addresses_text = HL_STR("example.org/a")});
	triage_all(f);
	load(f, id, &c);
	assert_int_equal(150, c.now.priority);
	assert_int_equal(HL_YNU_YES, c.now.danger);
	assert_int_equal(
		2, number(f, "SELECT count(*) FROM event WHERE kind = 223"));
}

static void the_worker_gets_a_copy_when_it_needs_one(void **state)
{
	static const struct {
		const char *key;
		int64_t n_copies;
	} rows[] = {{NULL, 0}, {"trace.enabled", 1}, {"watch.enabled", 1}};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char address[32];

		snprintf(address, sizeof(address), "example.org/%zu", i);
		ok(hl_settings_set(f->settings, HL_STR("trace.enabled"),
			HL_STR("no"), NULL));
		ok(hl_settings_set(f->settings, HL_STR("watch.enabled"),
			HL_STR("no"), NULL));
		if (rows[i].key) {
			ok(hl_settings_set(f->settings, hl_str_c(rows[i].key),
				HL_STR("yes"), NULL));
		}
		int64_t id = put_case(f, address);
		int64_t n = number_of(f,
			"SELECT count(*) FROM item WHERE worker_sealed <> x'' "
			"AND case_id = %lld",
			id);
		if (n != rows[i].n_copies) {
			fail_msg("row %zu: %d copies", i, (int)n);
		}
	}
}

static void the_worker_opens_its_copy_and_no_other(void **state)
{
	struct fixture *f = *state;
	HL_BUF_AUTO plain = HL_BUF_SECRET(65536);
	struct hl_str sealed[2];

	ok(hl_settings_set(
		f->settings, HL_STR("trace.enabled"), HL_STR("yes"), NULL));
	int64_t case_id = put_case(f, "http://example.org/a#part");
	int64_t item = number_of(
		f, "SELECT id FROM item WHERE case_id = %lld", case_id);
	struct hl_in_page_item in = {case_id};
	struct hl_row_page_item *row;
	size_t n;
	ok(hl_get_page_item(f->store, f->arena, &in, &row, &n, NULL));
	sealed[0] = row->url_sealed;
	struct hl_seal_label queue = HL_LABEL_ITEM_URL(item);
	assert_int_equal(HL_E_CRYPTO,
		hl_seal_open(&f->worker, &queue, sealed[0], &plain, NULL));
	ok(hl_seal_open(
		&f->ring.queue.at[0].secret, &queue, sealed[0], &plain, NULL));
	assert_true(hl_str_eq(
		HL_STR("http://example.org/a#part"), hl_buf_str(&plain)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_place_however_it_is_spelt),
		TEST(other_places_are_others),
		TEST(an_address_by_the_rules),
		TEST(reappearing_wakes_watch_and_worker),
		TEST(a_report_as_a_whole),
		TEST(a_place_named_twice_counts_once),
		TEST(no_address_waits_for_a_person),
		TEST(a_person_decides),
		TEST(a_decision_is_taken_back),
		TEST(a_person_types_the_address),
		TEST(a_person_names_the_place),
		TEST(broken_seals_block_nobody),
		TEST(what_another_key_opens_is_left_to_its_holder),
		TEST(no_key_no_triage),
		TEST(many_addresses_take_several_batches),
		TEST(a_crash_in_between_repeats_nothing),
		TEST(danger_comes_first_and_weighs),
		TEST(a_later_report_raises_priority),
		TEST(the_worker_gets_a_copy_when_it_needs_one),
		TEST(the_worker_opens_its_copy_and_no_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
