/* SPDX-License-Identifier: Apache-2.0 */
/* The reporter's contact, legal holds and erasure; and what a copy of the
 * store gives away. */
#include "fixture.h"

#include "base/file.h"
#include "base/time.h"
#include "casefile/sealed.h"

static int64_t put_with_contact(struct fixture *f)
{
	int64_t id =
		put_report(f, &(struct hl_report){.place = HL_PLACE_WEBSITE,
				      .addresses_text = HL_STR("example.org/a"),
				      .contact = HL_STR("call me on 555")});

	triage_all(f);
	return id;
}

static void a_contact_takes_two(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_with_contact(f);
	struct hl_who anna = who(f, ANNA), sofie = who(f, SOFIE),
		      simon = who(f, SIMON), benny = who(f, BENNY);
	const struct hl_casework_request *requests;
	enum hl_casework_why why;
	struct hl_str contact;
	size_t n;

	/* only who works on it may ask */
	assert_int_equal(
		HL_DENIED, hl_casework_contact_request(&anna, id, &why, NULL));
	ok(hl_casework_take(&anna, f->settings, case_of(f, id, 1), &why, NULL));
	assert_int_equal(
		HL_DENIED, hl_casework_contact_grant(&sofie, id, &why, NULL));
	later(f, HL_US_PER_S);
	int64_t asked_at = hl_time_now_us();
	ok(hl_casework_contact_request(&anna, id, &why, NULL));
	later(f, HL_US_PER_S);
	assert_int_equal(
		HL_DENIED, hl_casework_contact_request(&sofie, id, &why, NULL));
	assert_int_equal(HL_CASEWORK_PROPOSED, why);
	ok(hl_casework_contact_requests(&sofie, &requests, &n, NULL));
	assert_int_equal(1, n);
	assert_true(hl_str_eq(HL_STR("Anna Analyst"), requests[0].asked_name));
	assert_int_equal(id, requests[0].report_id);
	assert_int_equal(asked_at, requests[0].asked_at_us);
	assert_int_equal(HL_DENIED,
		hl_casework_contact_read(&anna, id, &contact, &why, NULL));
	ok(hl_casework_contact_grant(&sofie, id, &why, NULL));
	assert_int_equal(
		HL_DENIED, hl_casework_contact_grant(&simon, id, &why, NULL));
	ok(hl_casework_contact_read(&anna, id, &contact, &why, NULL));
	assert_true(hl_str_eq(HL_STR("call me on 555"), contact));
	assert_int_equal(HL_DENIED,
		hl_casework_contact_read(&sofie, id, &contact, &why, NULL));
	assert_int_equal(HL_DENIED,
		hl_casework_contact_read(&benny, id, &contact, &why, NULL));
	assert_null(contact.p);
	ok(hl_casework_contact_requests(&sofie, &requests, &n, NULL));
	assert_int_equal(0, n);
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM event WHERE kind = 110"));
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM event WHERE kind = 111"));
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM event WHERE kind = 112"));
}

/* An old page asks again; what the log says took place. */
static void who_may_not_read_the_report_reads_no_contact(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_with_contact(f), at_case = case_of(f, id, 1);
	struct hl_who anna = who(f, ANNA), sofie = who(f, SOFIE);
	enum hl_casework_why why;
	struct hl_str contact;

	ok(hl_casework_take(&anna, f->settings, at_case, &why, NULL));
	ok(hl_casework_contact_request(&anna, id, &why, NULL));
	ok(hl_casework_contact_grant(&sofie, id, &why, NULL));
	ok(hl_casework_release(&anna, at_case, &why, NULL));
	assert_int_equal(HL_DENIED,
		hl_casework_contact_read(&anna, id, &contact, &why, NULL));
	assert_int_equal(HL_CASEWORK_NOT_PERMITTED, why);
	assert_null(contact.p);
	assert_int_equal(
		0, number(f, "SELECT count(*) FROM event WHERE kind = 112"));
	anna = who(f, ANNA);
	ok(hl_casework_take(&anna, f->settings, at_case, &why, NULL));
	ok(hl_casework_contact_read(&anna, id, &contact, &why, NULL));
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM event WHERE kind = 112"));
}

static void nobody_releases_to_themselves(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_with_contact(f);
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON);
	struct hl_seal_ring no_identity = f->ring;
	enum hl_casework_why why;

	ok(hl_casework_contact_request(&sofie, id, &why, NULL));
	assert_int_equal(
		HL_DENIED, hl_casework_contact_grant(&sofie, id, &why, NULL));
	assert_int_equal(HL_CASEWORK_SAME_PERSON, why);
	no_identity.identity.n = 0;
	simon.ring = &no_identity;
	assert_int_equal(
		HL_DENIED, hl_casework_contact_grant(&simon, id, &why, NULL));
	assert_int_equal(HL_CASEWORK_NO_KEY, why);
	hl_seal_ring_wipe(&no_identity);
	simon = who(f, SIMON);
	ok(hl_casework_contact_refuse(&simon, id, &why, NULL));
	assert_int_equal(
		HL_DENIED, hl_casework_contact_refuse(&simon, id, &why, NULL));
	/* and may ask again */
	ok(hl_casework_contact_request(&sofie, id, &why, NULL));
	ok(hl_casework_contact_grant(&simon, id, &why, NULL));
	/* a report without a contact has none to ask for */
	int64_t without = put_addresses(f, "example.org/b");
	assert_int_equal(HL_NOTFOUND,
		hl_casework_contact_request(&sofie, without, &why, NULL));
}

static int64_t closed_case(struct fixture *f, const char *address)
{
	int64_t id = put_case(f, address);

	assess(f, id, HL_OUTCOME_LEGAL);
	return id;
}

static void erasing_takes_two_and_no_hold(void **state)
{
	struct fixture *f = *state;
	int64_t id = closed_case(f, "example.org/a");
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON);
	const struct hl_casework_proposal *proposals;
	enum hl_casework_why why;
	size_t n;

	ok(hl_casework_hold(&sofie, id, true, &why, NULL));
	ok(hl_casework_hold(&sofie, id, true, &why, NULL)); /* as it was */
	assert_int_equal(
		HL_DENIED, hl_casework_erase_propose(&sofie, id, &why, NULL));
	assert_int_equal(HL_CASEWORK_ON_HOLD, why);
	ok(hl_casework_hold(&sofie, id, false, &why, NULL));
	assert_int_equal(
		HL_DENIED, hl_casework_erase_approve(&simon, id, &why, NULL));
	ok(hl_casework_erase_propose(&sofie, id, &why, NULL));
	assert_int_equal(
		HL_DENIED, hl_casework_erase_propose(&simon, id, &why, NULL));
	assert_int_equal(HL_CASEWORK_PROPOSED, why);
	ok(hl_casework_proposals(&simon, &proposals, &n, NULL));
	assert_int_equal(1, n);
	assert_int_equal(id, proposals[0].case_id);
	assert_int_equal(
		HL_DENIED, hl_casework_erase_approve(&sofie, id, &why, NULL));
	assert_int_equal(HL_CASEWORK_SAME_PERSON, why);
	/* a hold that comes in between still counts */
	ok(hl_casework_hold(&simon, id, true, &why, NULL));
	assert_int_equal(
		HL_DENIED, hl_casework_erase_approve(&simon, id, &why, NULL));
	assert_int_equal(HL_CASEWORK_ON_HOLD, why);
	ok(hl_casework_hold(&simon, id, false, &why, NULL));
	ok(hl_casework_erase_refuse(&sofie, id, &why, NULL));
	assert_int_equal(
		HL_DENIED, hl_casework_erase_approve(&simon, id, &why, NULL));
	ok(hl_casework_erase_propose(&sofie, id, &why, NULL));
	ok(hl_casework_erase_approve(&simon, id, &why, NULL));
	assert_int_equal(HL_CASE_ERASED, number(f, "SELECT state FROM cases"));
	simon = who(f, SIMON);
	assert_int_equal(
		HL_DENIED, hl_casework_erase_approve(&simon, id, &why, NULL));
	check_history(f);
}

static void erase(struct fixture *f, int64_t id)
{
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON);

	ok(hl_casework_erase_propose(&sofie, id, NULL, NULL));
	ok(hl_casework_erase_approve(&simon, id, NULL, NULL));
}

static void what_is_erased_is_gone(void **state)
{
	struct fixture *f = *state;
	int64_t report = put_with_contact(f), id = case_of(f, report, 1);
	struct hl_who anna = who(f, ANNA), sofie = who(f, SOFIE);
	struct hl_facts facts = facts_for(HL_OUTCOME_LEGAL);
	struct hl_casework_assessed out;

	ok(hl_casework_take(&anna, f->settings, id, NULL, NULL));
	ok(hl_casework_contact_request(&anna, report, NULL, NULL));
	ok(hl_casework_contact_grant(&sofie, report, NULL, NULL));
	ok(hl_casework_add_note(&anna, id, HL_STR("a word"), NULL, NULL));
	facts.note = HL_STR("words");
	ok(hl_casework_assess(&anna, &f->laws, id, &facts, &out, NULL, NULL));
	erase(f, id);
	static const char *const left[] = {
		"SELECT count(*) FROM report_part WHERE key_sealed <> x'' OR "
		"body_sealed <> x''",
		"SELECT count(*) FROM item WHERE url_sealed <> x'' OR "
		"worker_sealed <> x'' OR host_hash <> x''",
		"SELECT count(*) FROM note WHERE words_sealed <> x''",
		"SELECT count(*) FROM assessment WHERE note_sealed <> x''",
		"SELECT count(*) FROM report WHERE digest <> x'' OR state <> 6",
	};
	for (size_t i = 0; i < HL_ARRAY_LEN(left); i++) {
		if (number(f, left[i])) {
			fail_msg("%s", left[i]);
		}
	}
	/* what has no content stays, for the statistics */
	assert_int_equal(1, number(f, "SELECT count(*) FROM assessment"));
	assert_int_equal(
		HL_OUTCOME_LEGAL, number(f, "SELECT outcome FROM cases"));
	struct hl_who again = who(f, SOFIE);
	struct hl_casework_page page;
	ok(hl_casework_page(&again, id, &page, NULL));
	assert_null(page.address.p);
	assert_false(page.address_broken);
	assert_false(page.reports[0].open);
	assert_null(page.notes[0].words.p);
	/* the address is not known any more */
	int64_t fresh = put_case(f, "example.org/a");
	assert_int_not_equal(id, fresh);
	check_history(f);
}

static void a_report_goes_with_its_last_case(void **state)
{
	struct fixture *f = *state;
	int64_t report = put_addresses(f, "example.org/a example.org/b"), a, b;

	triage_all(f);
	a = case_of(f, report, 1);
	b = case_of(f, report, 2);
	assess(f, a, HL_OUTCOME_LEGAL);
	assess(f, b, HL_OUTCOME_LEGAL);
	erase(f, a);
	assert_int_equal(0, number(f, "SELECT count(*) FROM report_part WHERE "
				      "key_sealed = x''"));
	erase(f, b);
	assert_int_equal(1, number(f, "SELECT count(*) FROM report_part WHERE "
				      "key_sealed = x''"));
	assert_int_equal(
		HL_REPORT_ERASED, number(f, "SELECT state FROM report"));
	check_history(f);
}

/* A crash between the case and its reports: the sweep finishes it. */
static void the_sweep_finishes_an_erasure(void **state)
{
	struct fixture *f = *state;
	size_t n;

	closed_case(f, "example.org/a");
	change(f, "UPDATE cases SET state = 11");
	ok(hl_casework_settle_reports(f->store, f->arena, 10, &n, NULL));
	assert_int_equal(
		HL_REPORT_ERASED, number(f, "SELECT state FROM report"));
	assert_int_equal(0, number(f, "SELECT count(*) FROM report_part WHERE "
				      "key_sealed <> x''"));
}

/* Words that stand in what people typed; none may be in the file. */
static const char *const planted[] = {"quetzal-reporter", "quetzal-where",
	"quetzal-contact", "quetzal-path", "quetzal-note", "quetzal-opinion",
	"quetzal-typed", "quetzal.example.org"};

static void search(struct fixture *f, const char *suffix)
{
	HL_BUF_AUTO bytes = HL_BUF_INIT((size_t)64 << 20);
	char path[160];

	snprintf(path, sizeof(path), "%s%s", f->path, suffix);
	int r = hl_file_read(path, &bytes, NULL);
	if (r == HL_NOTFOUND) {
		return;
	}
	ok(r);
	for (size_t i = 0; i < HL_ARRAY_LEN(planted); i++) {
		struct hl_str word = hl_str_c(planted[i]);

		if (hl_str_find(hl_buf_str(&bytes), word) < bytes.n) {
			fail_msg(
				"%s stands in the store%s", planted[i], suffix);
		}
	}
}

static void a_copy_of_the_store_gives_no_words_away(void **state)
{
	struct fixture *f = *state;
	struct hl_facts facts = facts_for(HL_OUTCOME_BASELINE);
	struct hl_casework_assessed out;

	ok(hl_settings_set(
		f->settings, HL_STR("trace.enabled"), HL_STR("yes"), NULL));
	int64_t report = put_report(
		f, &(struct hl_report){.place = HL_PLACE_WEBSITE,
			   .addresses_text = HL_STR(
				   "http://quetzal.example.org/quetzal-path"),
			   .where = HL_STR("quetzal-where"),
			   .words = HL_STR("quetzal-reporter"),
			   .contact = HL_STR("quetzal-contact")});
	int64_t lost = put_addresses(f, "quetzal-reporter knows");
	triage_all(f);
	int64_t id = case_of(f, report, 1);
	struct hl_who anna = who(f, ANNA), sofie = who(f, SOFIE);
	ok(hl_casework_type_in(&anna, f->settings, lost,
		HL_STR("quetzal.example.org/quetzal-typed"), NULL, NULL));
	ok(hl_casework_take(&anna, f->settings, id, NULL, NULL));
	ok(hl_casework_add_note(&anna, id, HL_STR("quetzal-note"), NULL, NULL));
	ok(hl_casework_contact_request(&anna, report, NULL, NULL));
	ok(hl_casework_contact_grant(&sofie, report, NULL, NULL));
	facts.note = HL_STR("quetzal-opinion");
	ok(hl_casework_assess(&anna, &f->laws, id, &facts, &out, NULL, NULL));
	hl_store_close(f->store);
	f->store = NULL;
	search(f, "");
	search(f, "-wal");
	/* the search would find a word that does stand there */
	HL_BUF_AUTO bytes = HL_BUF_INIT((size_t)64 << 20);
	ok(hl_file_read(f->path, &bytes, NULL));
	assert_true(hl_str_find(hl_buf_str(&bytes), HL_STR("Anna Analyst")) <
		    bytes.n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_contact_takes_two),
		TEST(who_may_not_read_the_report_reads_no_contact),
		TEST(nobody_releases_to_themselves),
		TEST(erasing_takes_two_and_no_hold),
		TEST(what_is_erased_is_gone),
		TEST(a_report_goes_with_its_last_case),
		TEST(the_sweep_finishes_an_erasure),
		TEST(a_copy_of_the_store_gives_no_words_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
