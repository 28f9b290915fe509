/* SPDX-License-Identifier: Apache-2.0 */
/* What the case page shows to whom, and what reading leaves behind. */
#include "fixture.h"

#include "base/time.h"
#include "casefile/sealed.h"

static struct hl_casework_page page_of(
	struct fixture *f, enum person p, int64_t id)
{
	struct hl_who w = who(f, p);
	struct hl_casework_page page;

	ok(hl_casework_page(&w, id, &page, NULL));
	return page;
}

static const struct hl_casework_assessment *round_of(
	const struct hl_casework_page *page, int round)
{
	for (size_t i = 0; i < page->n_assessments; i++) {
		if (page->assessments[i].round == round) {
			return &page->assessments[i];
		}
	}
	return NULL;
}

static void first_with_note(struct fixture *f, int64_t id)
{
	struct hl_who anna = who(f, ANNA);
	struct hl_facts facts = facts_for(HL_OUTCOME_BASELINE);
	struct hl_casework_assessed out;

	ok(hl_casework_take(&anna, f->settings, id, NULL, NULL));
	ok(hl_casework_add_note(
		&anna, id, HL_STR("a note of the first"), NULL, NULL));
	facts.note = HL_STR("what the first one thinks");
	ok(hl_casework_assess(&anna, &f->laws, id, &facts, &out, NULL, NULL));
}

static void the_second_is_blind(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_who benny = who(f, BENNY);
	struct hl_casework_page page;

	first_with_note(f, id);
	/* what the queue tells of it while it waits */
	page = page_of(f, BENNY, id);
	assert_false(page.content);
	assert_int_equal(0, page.row.outcome);
	assert_true(page.row.may_take);
	ok(hl_casework_take(&benny, f->settings, id, NULL, NULL));
	page = page_of(f, BENNY, id);
	assert_true(page.content);
	assert_int_equal(0, page.n_assessments);
	assert_int_equal(0, page.n_notes);
	assert_int_equal(2, page.n_hidden);
	assert_int_equal(0, page.row.outcome);
	/* nor does priority tell what the first one saw */
	assert_int_equal(hl_vocab_bit(HL_PRIORITY_UNKNOWN_CONTENT),
		page.row.priority.reasons);
	assert_false(hl_casework_allows(&page, HL_AUTHZ_FIRST_READ));
	for (size_t i = 0; i < page.n_events; i++) {
		assert_int_not_equal(
			HL_EVENT_CASE_PRIORITY, page.events[i].kind);
	}
	/* who may have to decide later is blind too */
	page = page_of(f, SOFIE, id);
	assert_int_equal(0, page.n_assessments);
	assert_int_equal(0, page.n_notes);
	/* the author is not */
	page = page_of(f, ANNA, id);
	assert_int_equal(1, page.n_assessments);
	assert_int_equal(1, page.n_notes);
	assert_true(hl_str_eq(HL_STR("what the first one thinks"),
		round_of(&page, 1)->facts.note));
}

static void both_are_shown_afterwards(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	static const enum person readers[] = {ANNA, BENNY, SOFIE, SIMON};

	first_with_note(f, id);
	verify(f, id, HL_OUTCOME_NATIONAL);
	for (size_t i = 0; i < HL_ARRAY_LEN(readers); i++) {
		struct hl_casework_page page = page_of(f, readers[i], id);

		assert_int_equal(HL_CASE_DISAGREED, page.row.state);
		assert_int_equal(2, page.n_assessments);
		assert_int_equal(0, page.n_hidden);
		assert_int_equal(
			HL_OUTCOME_BASELINE, round_of(&page, 1)->outcome);
		assert_int_equal(
			HL_OUTCOME_NATIONAL, round_of(&page, 2)->outcome);
		assert_int_equal(HL_AGE_PUBESCENT,
			round_of(&page, 2)->facts.value[HL_FACT_AGE]);
		assert_true(hl_str_eq(
			HL_STR("Benny Both"), round_of(&page, 2)->name));
		assert_true(hl_str_starts(
			round_of(&page, 1)->profile, HL_STR("baseline@2026")));
		assert_true(round_of(&page, 1)->rules.n > 0);
	}
	assert_false(page_of(f, VERA, id).content);
}

/* In a new cycle nobody is led by what was found in the last. */
static void a_new_cycle_is_blind_as_well(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_who sofie, vera = who(f, VERA), benny = who(f, BENNY);
	struct hl_facts facts = facts_for(HL_OUTCOME_BASELINE);
	struct hl_casework_assessed out;

	assess(f, id, HL_OUTCOME_LEGAL);
	sofie = who(f, SOFIE);
	ok(hl_casework_reopen(&sofie, id, NULL, NULL));
	ok(hl_casework_take(&benny, f->settings, id, NULL, NULL));
	assert_int_equal(0, page_of(f, BENNY, id).n_assessments);
	ok(hl_casework_assess(&benny, &f->laws, id, &facts, &out, NULL, NULL));
	ok(hl_casework_take(&vera, f->settings, id, NULL, NULL));
	assert_int_equal(0, page_of(f, VERA, id).n_assessments);
	ok(hl_casework_verify(&vera, &f->laws, id, &facts, &out, NULL, NULL));
	struct hl_casework_page page = page_of(f, VERA, id);
	assert_int_equal(3, page.n_assessments);
	assert_int_equal(1, page.cycle);
	/* Anna took part in the first cycle only */
	assert_false(page_of(f, ANNA, id).content);
}

static void reading_leaves_an_event(void **state)
{
	static const struct {
		int64_t later_us;
		enum person person;
		int n_case, n_report;
	} rows[] = {
		{0, SOFIE, 1, 1},
		{HL_US_PER_MIN, SOFIE, 1, 1},
		{HL_US_PER_MIN, SIMON, 2, 2},
		{3 * HL_US_PER_MIN, SOFIE, 2, 2},
		{5 * HL_US_PER_MIN, SOFIE, 3, 3},
	};
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		later(f, rows[i].later_us);
		assert_true(page_of(f, rows[i].person, id).content);
		int64_t n_case = number(
			f, "SELECT count(*) FROM event WHERE kind = 206");
		int64_t n_report = number(f,
			"SELECT count(*) FROM event WHERE kind = 102 AND a = "
			"0");
		if (n_case != rows[i].n_case || n_report != rows[i].n_report) {
			fail_msg("row %zu: %d and %d events", i, (int)n_case,
				(int)n_report);
		}
	}
	/* seen in the queue only: nothing was read */
	page_of(f, VERA, id);
	assert_int_equal(
		3, number(f, "SELECT count(*) FROM event WHERE kind = 206"));
}

static void a_report_by_itself(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_report(f, &(struct hl_report){.place = HL_PLACE_GAME,
					   .danger = HL_YNU_UNKNOWN,
					   .words = HL_STR("in that game"),
					   .contact = HL_STR("me@invalid")});
	struct hl_casework_report_page page;

	triage_all(f);
	struct hl_who anna = who(f, ANNA);
	ok(hl_casework_report_page(&anna, id, &page, NULL));
	assert_true(page.report.open);
	assert_true(
		hl_str_eq(HL_STR("in that game"), page.report.answers.words));
	assert_true(page.report.has_contact);
	assert_int_equal(0, page.report.answers.contact.n);
	assert_int_equal(0, page.n_links);
	assert_true(page.n_events >= 3);
	assert_int_equal(HL_TRIAGE_REASON_NO_ADDRESS, page.reason);
	ok(hl_casework_report_page(&anna, id, &page, NULL));
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM event WHERE kind = 102 AND "
			     "a = 0"));
}

static void put_trace(struct fixture *f, int64_t case_id, struct hl_str facts)
{
	int64_t id = 99,
		item = number_of(
			f, "SELECT id FROM item WHERE case_id = %lld", case_id);
	struct hl_seal_label label = HL_LABEL_TRACE(id);
	HL_BUF_AUTO sql = HL_BUF_INIT(65536);
	struct hl_str sealed;

	ok(hl_casefile_seal(f->arena, &f->ring.queue.at[0].pub, &label, facts,
		&sealed, NULL));
	hl_buf_printf(&sql,
		"INSERT INTO trace (id, item_id, at_us, epoch, facts_sealed, "
		"worker_sealed, source, country, asn, network, missing) VALUES "
		"(%lld, %lld, 5, 1, x'",
		(long long)id, (long long)item);
	hl_text_put_hex(&sql, sealed.p, sealed.n);
	hl_buf_printf(&sql,
		"', x'', 1, 'DK', 64500, 'NET', 0); UPDATE item SET country = "
		"'DK', asn = 64500, network = 'NET'");
	change(f, sql.p);
}

static void everything_has_its_place(void **state)
{
	struct fixture *f = *state;
	int64_t first = put_addresses(f, "https://example.org/a#x");
	int64_t id, sofie_id = f->people[SOFIE];

	triage_all(f);
	id = case_of(f, first, 1);
	later(f, HL_US_PER_MIN);
	put_addresses(f, "example.org/b https://example.org/a");
	triage_all(f);
	put_trace(f, id, HL_STR("{\"a\":1}"));
	assess(f, id, HL_OUTCOME_BASELINE);
	verify(f, id, HL_OUTCOME_BASELINE);
	struct hl_who sofie = who(f, SOFIE);
	ok(hl_casework_add_note(&sofie, id, HL_STR("a word"), NULL, NULL));
	put_referral(f, id, 5);
	change(f, "INSERT INTO item_check (id, item_id, at_us, verdict, "
		  "http_status, took_ms) SELECT 3, i.id, 9, 1, 200, 12 FROM "
		  "cases c JOIN item i ON i.case_id = c.id WHERE c.state = 8");
	struct hl_casework_page page = page_of(f, SOFIE, id);
	assert_true(hl_str_eq(HL_STR("https://example.org/a#x"), page.address));
	assert_int_equal(2, page.n_reports);
	assert_int_equal(2, page.reports[0].position); /* newest first */
	assert_int_equal(first, page.reports[1].id);
	assert_int_equal(1, page.n_traces);
	assert_true(hl_str_eq(HL_STR("{\"a\":1}"), page.traces[0].facts));
	assert_true(hl_str_eq(HL_STR("DK"), page.row.country));
	assert_int_equal(64500, page.asn);
	assert_int_equal(2, page.n_assessments);
	assert_int_equal(1, page.n_notes);
	assert_int_equal(sofie_id, page.notes[0].staff_id);
	assert_true(hl_str_eq(HL_STR("a word"), page.notes[0].words));
	assert_int_equal(1, page.n_referrals);
	assert_true(hl_str_eq(HL_STR("Host"), page.referrals[0].name));
	assert_int_equal(1, page.n_checks);
	assert_int_equal(HL_CHECK_UP, page.checks[0].verdict);
	/* triage, Anna, waits, Benny, referral */
	assert_int_equal(5, page.n_steps);
	assert_int_equal(HL_STEP_TRIAGE, page.steps[0].step);
	assert_int_equal(f->people[ANNA], page.steps[1].holder);
	assert_true(hl_str_eq(HL_STR("Benny Both"), page.steps[3].name));
	assert_int_equal(0, page.steps[4].ended_at_us);
	for (size_t i = 1; i < page.n_events; i++) {
		assert_true(page.events[i - 1].seq < page.events[i].seq);
	}
	assert_int_equal(HL_EVENT_CASE_OPENED, page.events[0].kind);
}

static void what_does_not_open_is_said_so(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	struct hl_seal_ring other = {.has_url = true};
	struct hl_casework_page page;

	/* a key of another epoch: nothing is broken, it just stays shut */
	other.queue.n = 1;
	other.queue.at[0].epoch = 2;
	hl_seal_keypair_new(&other.queue.at[0].pub, &other.queue.at[0].secret);
	struct hl_who sofie = who(f, SOFIE);
	sofie.ring = &other;
	ok(hl_casework_page(&sofie, id, &page, NULL));
	assert_null(page.address.p);
	assert_false(page.address_broken);
	assert_false(page.reports[0].open);
	assert_false(page.reports[0].broken);
	change(f, "UPDATE item SET url_sealed = x'0011';"
		  "UPDATE report_part SET body_sealed = x'0011'");
	page = page_of(f, SOFIE, id);
	assert_null(page.address.p);
	assert_true(page.address_broken);
	assert_true(page.reports[0].broken);
}

static void a_long_life_still_fits(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");

	for (int i = 0; i < 130; i++) {
		later(f, HL_US_PER_S);
		put_addresses(f, "example.org/a");
	}
	triage_all(f);
	struct hl_casework_page page = page_of(f, SOFIE, id);
	assert_int_equal(131, page.row.n_reports);
	assert_int_equal(100, page.n_reports);
	assert_true(page.reports[0].open && page.reports[19].open);
	assert_false(page.reports[20].open);
	assert_true(page.reports[0].received_at_us >
		    page.reports[1].received_at_us);
}

static void a_note_has_words(void **state)
{
	static const struct {
		const char *words;
		int r;
	} rows[] = {{"a", 0}, {"  \n ", HL_E_INVALID}, {"", HL_E_INVALID},
		{"\xff", HL_E_INVALID},
		{"ord med \xc3\xa6\xc3\xb8\xc3\xa5", 0}};
	struct fixture *f = *state;
	int64_t id = put_case(f, "example.org/a");
	HL_BUF_AUTO longest = HL_BUF_INIT(65536);

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_who sofie = who(f, SOFIE);
		int r = hl_casework_add_note(
			&sofie, id, hl_str_c(rows[i].words), NULL, NULL);

		if (r != rows[i].r) {
			fail_msg("row %zu gives %d", i, r);
		}
	}
	for (int i = 0; i <= HL_CASEWORK_NOTE_MAX; i++) {
		hl_buf_put(&longest, HL_STR("\xc3\xa6"));
	}
	struct hl_who sofie = who(f, SOFIE);
	assert_int_equal(
		HL_E_INVALID, hl_casework_add_note(&sofie, id,
				      hl_buf_str(&longest), NULL, NULL));
	longest.n -= 2;
	ok(hl_casework_add_note(&sofie, id, hl_buf_str(&longest), NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_second_is_blind),
		TEST(both_are_shown_afterwards),
		TEST(a_new_cycle_is_blind_as_well),
		TEST(reading_leaves_an_event),
		TEST(a_report_by_itself),
		TEST(everything_has_its_place),
		TEST(what_does_not_open_is_said_so),
		TEST(a_long_life_still_fits),
		TEST(a_note_has_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
