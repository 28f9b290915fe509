/* SPDX-License-Identifier: Apache-2.0 */
/* A recipient's new address becomes a report, and that a case. */
#include "fixture.h"

#include <stdio.h>

#include "base/text.h"
#include "base/time.h"
#include "casework/moved.h"

#define ANSWER 31
#define REFERRAL 9

/* A case that two found illegal, referred, and answered with "moved". */
static int64_t put_moved(struct fixture *f, const char *address)
{
	int64_t id = put_case(f, address);

	assess(f, id, HL_OUTCOME_BASELINE);
	verify(f, id, HL_OUTCOME_BASELINE);
	put_referral(f, id, HL_REFERRAL_ACKED);
	change(f, "INSERT INTO answer (id, referral_id, at_us, answer, via, "
		  "epoch, words_sealed) VALUES (31, 9, 1, 2, 1, 1, x'01')");
	return id;
}

static int follow(struct fixture *f, enum person person, int64_t case_id,
	const char *address, int64_t *to, enum hl_casework_why *why)
{
	struct hl_who self = who(f, person);
	struct hl_casework_moved moved = {
		case_id, REFERRAL, ANSWER, hl_str_c(address)};

	*why = 0;
	return hl_casework_follow(&self, f->settings, &moved, to, why, NULL);
}

static void check_note(struct fixture *f, int64_t case_id, const char *words)
{
	struct hl_who sofie = who(f, SOFIE);
	struct hl_casework_page page;

	ok(hl_casework_page(&sofie, case_id, &page, NULL));
	if (page.n_notes != 1 ||
		!hl_str_eq(hl_str_c(words), page.notes[0].words)) {
		fail_msg("%zu notes, not \"%s\": %.*s", page.n_notes, words,
			HL_STR_ARG(page.n_notes ? page.notes[0].words
						: HL_STR("none")));
	}
}

static void a_new_address_becomes_a_case(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_moved(f, "http://www.example.org/1"), to, again;
	char from_ref[HL_REF_MAX], to_ref[HL_REF_MAX], ref[HL_REF_MAX];
	char words[200];
	enum hl_casework_why why;
	struct hl_casefile c;

	ok(follow(f, RIKKE, id, "hxxp://new[.]example[.]org/2", &to, &why));
	assert_int_not_equal(id, to);
	load(f, to, &c);
	assert_int_equal(HL_CASE_NEW, c.now.state);
	assert_int_equal(1, c.n_reports);
	assert_int_equal(1,
		number(f, "SELECT count(*) FROM report WHERE channel = 3 AND "
			  "state = 3 AND has_contact = 0"));
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM answer a JOIN report r ON "
			     "r.id = a.report_id WHERE r.channel = 3"));
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM event WHERE kind = 417 AND "
			     "object_kind = 4 AND object_id = 9"));
	/* it is looked up, as what a stranger reports */
	assert_int_equal(
		1, number_of(f,
			   "SELECT trace_due_us > 0 FROM item WHERE case_id = "
			   "%lld",
			   to));
	hl_ref_print(HL_REF_CASE, id, from_ref);
	hl_ref_print(HL_REF_CASE, to, to_ref);
	hl_ref_print(HL_REF_REFERRAL, REFERRAL, ref);
	snprintf(words, sizeof(words),
		"Moved, says the answer to %s: its new address is %s.", ref,
		to_ref);
	check_note(f, id, words);
	snprintf(words, sizeof(words),
		"Moved here, says the answer to %s of %s.", ref, from_ref);
	check_note(f, to, words);
	/* a second click */
	ok(follow(f, SIMON, id, "hxxp://new[.]example[.]org/2", &again, &why));
	assert_int_equal(to, again);
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM report WHERE channel = 3"));
	assert_int_equal(2, number(f, "SELECT count(*) FROM note"));
	check_history(f);
}

static void a_known_one_counts_there(void **state)
{
	struct fixture *f = *state;
	int64_t known = put_case(f, "http://new.example.org/2");
	int64_t id = put_moved(f, "http://www.example.org/1"), to;
	enum hl_casework_why why;
	struct hl_casefile c;

	later(f, HL_US_PER_HOUR);
	ok(follow(f, RIKKE, id, "http://NEW.example.org/2", &to, &why));
	assert_int_equal(known, to);
	load(f, to, &c);
	assert_int_equal(2, c.n_reports);
	check_history(f);
}

/* "Moved" to where it was: no second case, and one note is enough. */
static void not_moved_at_all(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_moved(f, "http://www.example.org/1"), to;
	enum hl_casework_why why;

	later(f, HL_US_PER_HOUR);
	ok(follow(f, RIKKE, id, "http://www.example.org/1", &to, &why));
	assert_int_equal(id, to);
	assert_int_equal(1, number(f, "SELECT count(*) FROM cases"));
	assert_int_equal(1, number(f, "SELECT count(*) FROM note"));
	check_history(f);
}

static void what_cannot_be_followed(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_moved(f, "http://www.example.org/1"), to;
	int64_t other = put_case(f, "http://www.example.org/other");
	const char *good = "http://new.example.org/2";
	enum hl_casework_why why;
	static const char *const bad[] = {"", "two words", "javascript:1",
		"http://a.example.org http://b.example.org",
		"see http://a.example.org"};
	static const enum person nobody[] = {ANNA, VERA, ADAM, NOBODY};

	for (size_t i = 0; i < HL_ARRAY_LEN(bad); i++) {
		if (follow(f, RIKKE, id, bad[i], &to, &why) != HL_E_INVALID) {
			fail_msg("%s", bad[i]);
		}
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(nobody); i++) {
		if (follow(f, nobody[i], id, good, &to, &why) != HL_DENIED) {
			fail_msg("person %d", (int)nobody[i]);
		}
	}
	/* not found illegal; another's answer; no such case */
	assert_int_equal(HL_DENIED, follow(f, RIKKE, other, good, &to, &why));
	assert_int_equal(HL_DENIED, follow(f, RIKKE, 5, good, &to, &why));
	change(f, "UPDATE answer SET answer = 1");
	assert_int_equal(HL_NOTFOUND, follow(f, RIKKE, id, good, &to, &why));
	change(f, "UPDATE answer SET answer = 2");
	struct hl_who keyless = who(f, RIKKE);
	keyless.ring = &f->empty;
	struct hl_casework_moved moved = {id, REFERRAL, ANSWER, hl_str_c(good)};
	assert_int_equal(HL_DENIED, hl_casework_follow(&keyless, f->settings,
					    &moved, &to, &why, NULL));
	assert_int_equal(HL_CASEWORK_NO_KEY, why);
	assert_int_equal(
		0, number(f, "SELECT count(*) FROM report WHERE channel = 3"));
	assert_int_equal(0, number(f, "SELECT sum(report_id) FROM answer"));
}

/* The answer to a rehearsal is no real report. */
static void a_test_stays_one(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_moved(f, "http://www.example.org/1"), to;
	enum hl_casework_why why;

	change(f, "UPDATE referral SET is_test = 1");
	ok(follow(f, RIKKE, id, "http://new.example.org/2", &to, &why));
	assert_int_equal(1,
		number_of(f, "SELECT is_test FROM cases WHERE id = %lld", to));
}

/* Whoever dies after the first step leaves a report as any other. */
static void what_was_begun_is_finished(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_moved(f, "http://www.example.org/1"), to;
	enum hl_casework_why why;

	ok(follow(f, RIKKE, id, "http://new.example.org/2", &to, &why));
	change(f, "DELETE FROM note; DELETE FROM report_item WHERE report_id "
		  "IN (SELECT report_id FROM answer); "
		  "UPDATE report SET state = 1, triage = 0, digest = x'' "
		  "WHERE channel = 3");
	int64_t again;
	ok(follow(f, RIKKE, id, "http://new.example.org/2", &again, &why));
	assert_int_equal(to, again);
	assert_int_equal(1,
		number(f, "SELECT count(*) FROM report WHERE channel = 3 AND "
			  "state = 3"));
	assert_int_equal(2, number(f, "SELECT count(*) FROM note"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_address_becomes_a_case),
		TEST(a_known_one_counts_there),
		TEST(not_moved_at_all),
		TEST(what_cannot_be_followed),
		TEST(a_test_stays_one),
		TEST(what_was_begun_is_finished),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
