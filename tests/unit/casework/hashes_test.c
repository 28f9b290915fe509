/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes of items, and cases that nobody has to look at again. */
#include "fixture.h"

#include <stdio.h>

#include "base/time.h"
#include "casework/hashes.h"
#include "casework/queue.h"

static struct hl_hash hash_no(enum hl_hash_kind kind, unsigned number)
{
	struct hl_hash hash = {.kind = kind,
		.quality = kind == HL_HASH_PDQ ? 90 : HL_HASH_QUALITY_UNKNOWN};
	uint32_t x = number * 2654435761u + (uint32_t)kind;

	for (size_t i = 0; i < hl_hash_bytes(kind); i++) {
		x = x * 1664525u + 1013904223u;
		hash.value[i] = (uint8_t)(x >> 24);
	}
	return hash;
}

static struct hl_hash_set one_hash(enum hl_hash_kind kind, unsigned number)
{
	struct hl_hash_set set = {.n = 1};

	set.at[0] = hash_no(kind, number);
	return set;
}

static struct hl_casework_known known_of(struct fixture *f)
{
	return (struct hl_casework_known){.laws = &f->laws};
}

/* A report by program; sender 0: without a key. */
static int64_t put_hashed(struct fixture *f, const char *address,
	const struct hl_hash_set *set, int64_t sender)
{
	struct hl_report report = {.place = HL_PLACE_WEBSITE,
		.addresses_text = hl_str_c(address),
		.n_hashes = set->n};
	char sql[128];
	int64_t id;

	memcpy(report.hashes, set->at, set->n * sizeof(set->at[0]));
	id = put_report(f, &report);
	snprintf(sql, sizeof(sql),
		"UPDATE report SET sender = %lld "
		"WHERE id = %lld",
		(long long)sender, (long long)id);
	change(f, sql);
	return id;
}

static size_t recognise_all(struct fixture *f)
{
	struct hl_who anna = who(f, ANNA);
	struct hl_casework_known known = known_of(f);
	struct hl_err err = {0};
	size_t n;

	if (hl_casework_recognise_new(&anna, &known, 100, &n, &err)) {
		fail_msg("recognise: %s", err.msg);
	}
	return n;
}

/* A case that two people found illegal, with hashes typed by the first. */
static int64_t put_judged(struct fixture *f, const char *address,
	const struct hl_hash_set *set, enum hl_outcome outcome)
{
	int64_t id = put_case(f, address);
	struct hl_who anna = who(f, ANNA);
	struct hl_casework_known known = known_of(f);
	bool recognised;

	ok(hl_casework_take(&anna, f->settings, id, NULL, NULL));
	ok(hl_casework_hash_add(
		&anna, &known, id, set, &recognised, NULL, NULL));
	assert_false(recognised);
	assess(f, id, outcome);
	verify(f, id, outcome);
	return id;
}

/* That case's hashes on our list, approved by who assessed it second. */
static int64_t put_known(struct fixture *f, const struct hl_hash_set *set,
	enum hl_outcome outcome)
{
	int64_t id = put_judged(f, "https://example.org/first", set, outcome);
	struct hl_who anna = who(f, ANNA), vera = who(f, VERA),
		      benny = who(f, BENNY);
	struct hl_casework_proposing proposing = {
		HL_HASH_LIST_ASSESSED, HL_STR("Series 7"), set};
	struct hl_casework_proposed_why why = {0};
	struct hl_err err = {0};
	int64_t entry;

	if (hl_casework_hash_propose(
		    &anna, id, &proposing, &entry, &why, &err)) {
		fail_msg("propose: %s, %d, %d", err.msg, (int)why.of_case,
			(int)why.of_list);
	}
	/* who did not judge the case cannot see it, and so not approve */
	assert_int_equal(
		HL_DENIED, hl_registry_approve(&vera, entry, NULL, NULL));
	ok(hl_registry_approve(&benny, entry, NULL, NULL));
	return entry;
}

static int state_of(struct fixture *f, int64_t case_id)
{
	struct hl_casefile c;

	load(f, case_id, &c);
	return c.now.state;
}

static void known_material_is_not_looked_at_again(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	int64_t entry = put_known(f, &set, HL_OUTCOME_BASELINE), report, id;
	struct hl_casework_known known = known_of(f);
	struct hl_casework_hashes page;
	struct hl_casework_list list;
	struct hl_casefile c;
	struct hl_who sofie;

	report = put_hashed(f, "https://example.org/second", &set, 5);
	triage_all(f);
	id = case_of(f, report, 1);
	assert_int_equal(HL_CASE_NEW, state_of(f, id));
	assert_int_equal(1, recognise_all(f));
	load(f, id, &c);
	assert_int_equal(HL_CASE_ACTIONING, c.now.state);
	assert_int_equal(HL_OUTCOME_BASELINE, c.now.outcome);
	assert_int_equal(0, c.now.first_by);
	assert_int_equal(0, c.now.second_by);
	/* why, for the page */
	sofie = who(f, SOFIE);
	ok(hl_casework_hashes(&sofie, &known, id, &page, NULL));
	assert_true(page.in_force);
	assert_int_equal(1, page.n_resolutions);
	assert_int_equal(entry, page.resolutions[0].entry.id);
	assert_int_equal(HL_HASH_SHA256, page.resolutions[0].kind);
	assert_int_equal(0, page.resolutions[0].distance);
	assert_int_equal(HL_AGE_PREPUBESCENT,
		page.resolutions[0].facts.value[HL_FACT_AGE]);
	assert_int_equal(HL_ACCESS_UNANSWERED,
		page.resolutions[0].facts.value[HL_FACT_ACCESS]);
	assert_false(page.may_propose);
	/* and the queue says that nobody looked */
	ok(hl_casework_queue(&sofie,
		&(struct hl_casework_filter){.tab = HL_CASEWORK_TO_ACT},
		&(struct hl_casework_cursor){0}, 10, &list, NULL));
	assert_int_equal(2, list.n);
	assert_int_equal(list.rows[0].id == id, list.rows[0].known);
	assert_int_equal(list.rows[1].id == id, list.rows[1].known);
	/* nobody in person, and once */
	assert_int_equal(1, number(f, "SELECT count(*) FROM event "
				      "WHERE kind = 227 AND actor = 0"));
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM event "
			     "WHERE kind = 906 AND a > 0 AND b = 4000"));
	assert_int_equal(0, recognise_all(f));
	check_history(f);
}

static void what_nobody_vouches_for_waits(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_casework_known known = known_of(f);
	struct hl_casework_hashes page;
	struct hl_who sofie;
	int64_t report, id;

	put_known(f, &set, HL_OUTCOME_BASELINE);
	report = put_hashed(f, "https://example.org/second", &set, 0);
	triage_all(f);
	id = case_of(f, report, 1);
	assert_int_equal(0, recognise_all(f));
	assert_int_equal(HL_CASE_NEW, state_of(f, id));
	sofie = who(f, SOFIE);
	ok(hl_casework_hashes(&sofie, &known, id, &page, NULL));
	assert_int_equal(1, page.known.n);
	assert_int_equal(HL_REGISTRY_UNVOUCHED, page.known.at[0].lacks);
	assert_false(page.may_recognise);
	/* the same from somebody with a key: then it is */
	put_hashed(f, "https://example.org/second", &set, 5);
	later(f, HL_US_PER_MIN);
	triage_all(f);
	assert_int_equal(1, recognise_all(f));
	assert_int_equal(HL_CASE_ACTIONING, state_of(f, id));
	check_history(f);
}

static void which_address_is_not_said(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);

	put_known(f, &set, HL_OUTCOME_BASELINE);
	put_hashed(f, "https://example.org/x https://example.org/y", &set, 5);
	triage_all(f);
	assert_int_equal(0, recognise_all(f));
	assert_int_equal(1, number(f, "SELECT count(*) FROM item_hash"));
}

static void kinds_that_only_point(void **state)
{
	static const enum hl_hash_kind kinds[] = {HL_HASH_MD5, HL_HASH_SHA1};
	struct fixture *f = *state;

	for (unsigned i = 0; i < HL_ARRAY_LEN(kinds); i++) {
		struct hl_hash_set set = one_hash(kinds[i], i);

		put_known(f, &set, HL_OUTCOME_BASELINE);
		put_hashed(f,
			i ? "https://example.org/sha"
			  : "https://"
			    "example.org/md",
			&set, 5);
		triage_all(f);
		assert_int_equal(0, recognise_all(f));
		change(f, "UPDATE item SET url_hash = randomblob(32)");
	}
}

static void approved_later(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	int64_t report = put_hashed(f, "https://example.org/second", &set, 5);

	triage_all(f);
	assert_int_equal(0, recognise_all(f));
	put_known(f, &set, HL_OUTCOME_NATIONAL);
	assert_int_equal(1, recognise_all(f));
	assert_int_equal(HL_CASE_ACTIONING, state_of(f, case_of(f, report, 1)));
	check_history(f);
}

static void typed_by_who_holds_it(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_casework_known known = known_of(f);
	enum hl_casework_why why = 0;
	struct hl_who anna, benny;
	bool recognised;
	int64_t id;

	put_known(f, &set, HL_OUTCOME_BASELINE);
	id = put_case(f, "https://example.org/second");
	anna = who(f, ANNA);
	benny = who(f, BENNY);
	assert_int_equal(HL_DENIED, hl_casework_hash_add(&anna, &known, id,
					    &set, &recognised, &why, NULL));
	ok(hl_casework_take(&anna, f->settings, id, NULL, NULL));
	assert_int_equal(HL_DENIED, hl_casework_hash_add(&benny, &known, id,
					    &set, &recognised, &why, NULL));
	assert_int_equal(HL_E_INVALID,
		hl_casework_hash_add(&anna, &known, id,
			&(struct hl_hash_set){0}, &recognised, &why, NULL));
	ok(hl_casework_hash_add(
		&anna, &known, id, &set, &recognised, &why, NULL));
	assert_true(recognised);
	assert_int_equal(HL_CASE_ACTIONING, state_of(f, id));
	assert_int_equal(0,
		number_of(f, "SELECT holder FROM cases WHERE id = %lld", id));
	check_history(f);
}

static void taken_back_by_a_supervisor(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_casework_known known = known_of(f);
	struct hl_casework_hashes page;
	enum hl_casework_why why = 0;
	struct hl_who sofie, anna;
	int64_t report, id;
	bool recognised;

	put_known(f, &set, HL_OUTCOME_BASELINE);
	report = put_hashed(f, "https://example.org/second", &set, 5);
	triage_all(f);
	assert_int_equal(1, recognise_all(f));
	id = case_of(f, report, 1);
	sofie = who(f, SOFIE);
	ok(hl_casework_reopen(&sofie, id, &why, NULL));
	assert_int_equal(HL_CASE_NEW, state_of(f, id));
	sofie = who(f, SOFIE);
	ok(hl_casework_hashes(&sofie, &known, id, &page, NULL));
	assert_false(page.in_force);
	assert_int_equal(f->people[SOFIE], page.resolutions[0].undone_by);
	/* from then on people judge it, whatever is typed */
	change(f, "UPDATE item_hash SET looked = 0");
	assert_int_equal(0, recognise_all(f));
	anna = who(f, ANNA);
	ok(hl_casework_take(&anna, f->settings, id, NULL, NULL));
	ok(hl_casework_hash_add(
		&anna, &known, id, &set, &recognised, &why, NULL));
	assert_false(recognised);
	ok(hl_casework_hashes(&anna, &known, id, &page, NULL));
	assert_false(page.may_recognise);
	assert_int_equal(HL_NOTFOUND,
		hl_casework_recognise(&anna, &known, id, &why, NULL));
	assess(f, id, HL_OUTCOME_LEGAL);
	assert_int_equal(HL_CASE_CLOSED, state_of(f, id));
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM event WHERE kind = 907"));
	check_history(f);
}

static void not_in_the_middle_of_an_assessment(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_casework_known known = known_of(f);
	enum hl_casework_why why = 0;
	struct hl_who sofie, benny;
	bool recognised;
	int64_t id;

	put_known(f, &set, HL_OUTCOME_BASELINE);
	id = put_case(f, "https://example.org/second");
	assess(f, id, HL_OUTCOME_BASELINE);
	sofie = who(f, SOFIE);
	ok(hl_casework_hash_add(
		&sofie, &known, id, &set, &recognised, &why, NULL));
	assert_false(recognised);
	assert_int_equal(HL_CASE_VERIFYING, state_of(f, id));
	benny = who(f, BENNY);
	ok(hl_casework_take(&benny, f->settings, id, NULL, NULL));
	assert_int_equal(HL_DENIED,
		hl_casework_recognise(&benny, &known, id, &why, NULL));
	assert_int_equal(HL_CASEWORK_WRONG_STATE, why);
}

static void by_the_hand_of_who_holds_it(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_casework_known known = known_of(f);
	struct hl_casework_hashes page;
	enum hl_casework_why why = 0;
	struct hl_who anna, vera;
	int64_t report, id;

	report = put_hashed(f, "https://example.org/second", &set, 5);
	triage_all(f);
	id = case_of(f, report, 1);
	anna = who(f, ANNA);
	vera = who(f, VERA);
	ok(hl_casework_take(&anna, f->settings, id, NULL, NULL));
	assert_int_equal(HL_NOTFOUND,
		hl_casework_recognise(&anna, &known, id, &why, NULL));
	later(f, HL_US_PER_S);
	struct fixture *same = f;
	put_known(same, &set, HL_OUTCOME_BASELINE);
	/* it is in somebody's hands: triage leaves it to them */
	assert_int_equal(0, recognise_all(f));
	anna = who(f, ANNA);
	ok(hl_casework_hashes(&anna, &known, id, &page, NULL));
	assert_true(page.may_recognise);
	assert_int_equal(HL_DENIED,
		hl_casework_recognise(&vera, &known, id, &why, NULL));
	ok(hl_casework_recognise(&anna, &known, id, &why, NULL));
	assert_int_equal(HL_CASE_ACTIONING, state_of(f, id));
}

static void taking_hashes_off(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_MD5, 1);
	struct hl_hash_set more = one_hash(HL_HASH_MD5, 2);
	struct hl_casework_known known = known_of(f);
	enum hl_casework_why why = 0;
	struct hl_who anna, sofie;
	bool recognised;
	int64_t id = put_case(f, "https://example.org/a");

	anna = who(f, ANNA);
	sofie = who(f, SOFIE);
	ok(hl_casework_take(&anna, f->settings, id, NULL, NULL));
	ok(hl_casework_hash_add(
		&anna, &known, id, &set, &recognised, &why, NULL));
	ok(hl_casework_hash_add(
		&sofie, &known, id, &more, &recognised, &why, NULL));
	assert_int_equal(HL_DENIED,
		hl_casework_hash_remove(&anna, id, &more.at[0], &why, NULL));
	assert_int_equal(HL_CASEWORK_SAME_PERSON, why);
	ok(hl_casework_hash_remove(&anna, id, &set.at[0], &why, NULL));
	assert_int_equal(HL_NOTFOUND,
		hl_casework_hash_remove(&anna, id, &set.at[0], &why, NULL));
	ok(hl_casework_hash_remove(&sofie, id, &more.at[0], &why, NULL));
	assert_int_equal(0, number(f, "SELECT count(*) FROM item_hash"));
	assert_int_equal(
		2, number(f, "SELECT count(*) FROM event WHERE kind = 315"));
}

static void an_item_has_so_many(void **state)
{
	struct fixture *f = *state;
	struct hl_casework_known known = known_of(f);
	struct hl_hash_set set = {0};
	struct hl_who anna;
	bool recognised;
	int64_t id = put_case(f, "https://example.org/a");

	anna = who(f, ANNA);
	ok(hl_casework_take(&anna, f->settings, id, NULL, NULL));
	while (set.n < HL_HASH_TEXT_MAX) {
		set.at[set.n] = hash_no(HL_HASH_MD5, (unsigned)set.n);
		set.n++;
	}
	ok(hl_casework_hash_add(
		&anna, &known, id, &set, &recognised, NULL, NULL));
	/* again the same: each once */
	ok(hl_casework_hash_add(
		&anna, &known, id, &set, &recognised, NULL, NULL));
	set = one_hash(HL_HASH_SHA1, 1);
	assert_int_equal(HL_E_INVALID, hl_casework_hash_add(&anna, &known, id,
					       &set, &recognised, NULL, NULL));
	assert_int_equal(64, number(f, "SELECT count(*) FROM item_hash"));
}

static void proposing(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_hash_set other = one_hash(HL_HASH_SHA256, 2);
	int64_t id = put_judged(
		f, "https://example.org/a", &set, HL_OUTCOME_NATIONAL);
	struct hl_casework_proposing p = {
		HL_HASH_LIST_ASSESSED, HL_STR(""), &set};
	struct hl_casework_proposed_why why = {0};
	struct hl_who anna = who(f, ANNA), vera = who(f, VERA),
		      rikke = who(f, RIKKE), sofie = who(f, SOFIE);
	int64_t entry;

	/* who had no part in it, and who passes on */
	assert_int_equal(HL_DENIED,
		hl_casework_hash_propose(&vera, id, &p, &entry, &why, NULL));
	assert_int_equal(HL_DENIED,
		hl_casework_hash_propose(&rikke, id, &p, &entry, &why, NULL));
	p.hashes = &other; /* not the item's */
	assert_int_equal(HL_E_INVALID,
		hl_casework_hash_propose(&anna, id, &p, &entry, &why, NULL));
	p.hashes = &set;
	p.list_id = 77;
	assert_int_equal(HL_DENIED,
		hl_casework_hash_propose(&anna, id, &p, &entry, &why, NULL));
	assert_int_equal(HL_CASEWORK_REGISTRY, why.of_case);
	assert_int_equal(HL_REGISTRY_LIST_CLOSED, why.of_list);
	p.list_id = HL_HASH_LIST_ASSESSED;
	ok(hl_casework_hash_propose(&anna, id, &p, &entry, &why, NULL));
	assert_int_equal(HL_DENIED,
		hl_casework_hash_propose(&sofie, id, &p, &entry, &why, NULL));
	assert_int_equal(HL_REGISTRY_TAKEN, why.of_list);
	/* what an unknown sender says may be the hash of anything */
	change(f, "UPDATE item_hash SET vouched = 0; UPDATE hash_entry SET "
		  "state = 3");
	sofie = who(f, SOFIE);
	assert_int_equal(HL_E_INVALID,
		hl_casework_hash_propose(&sofie, id, &p, &entry, &why, NULL));
}

static void proposing_what_people_have_not_judged(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_casework_proposing p = {
		HL_HASH_LIST_ASSESSED, HL_STR(""), &set};
	struct hl_casework_proposed_why why = {0};
	struct hl_who sofie;
	int64_t entry, report;

	put_known(f, &set, HL_OUTCOME_BASELINE);
	set.at[set.n++] = hash_no(HL_HASH_PDQ, 3);
	report = put_hashed(f, "https://example.org/second", &set, 5);
	triage_all(f);
	assert_int_equal(1, recognise_all(f));
	sofie = who(f, SOFIE);
	assert_int_equal(HL_DENIED,
		hl_casework_hash_propose(
			&sofie, case_of(f, report, 1), &p, &entry, &why, NULL));
	assert_int_equal(HL_CASEWORK_WRONG_STATE, why.of_case);
}

static void erasing_leaves_the_registry(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	int64_t entry = put_known(f, &set, HL_OUTCOME_BASELINE);
	int64_t id = number(f, "SELECT case_id FROM hash_entry");
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON);
	struct hl_registry_entry e;

	change(f, "UPDATE cases SET state = 10, closed_at_us = 1; "
		  "UPDATE case_step SET ended_at_us = started_at_us");
	sofie = who(f, SOFIE);
	simon = who(f, SIMON);
	ok(hl_casework_erase_propose(&sofie, id, NULL, NULL));
	ok(hl_casework_erase_approve(&simon, id, NULL, NULL));
	ok(hl_registry_load(f->store, f->arena, entry, &e, NULL));
	assert_int_equal(HL_HASH_ACTIVE, e.state);
	assert_int_equal(0, e.case_id);
	assert_int_equal(0, number(f, "SELECT count(*) FROM item_hash"));
	assert_int_equal(1, number(f, "SELECT count(*) FROM hash_value"));
}

static void whose_business_it_is(void **state)
{
	struct fixture *f = *state;
	struct hl_casework_known known = known_of(f);
	int64_t id = put_case(f, "https://example.org/a");
	struct hl_casework_hashes page;

	for (int i = 0; i < N_PEOPLE; i++) {
		struct hl_who me = who(f, (enum person)i);
		bool sees = i == SOFIE || i == SIMON;

		assert_int_equal(sees ? 0 : HL_NOTFOUND,
			hl_casework_hashes(&me, &known, id, &page, NULL));
		assert_int_equal(HL_NOTFOUND,
			hl_casework_hashes(&me, &known, 77, &page, NULL));
	}
	struct hl_who rikke = who(f, RIKKE);
	size_t n;
	assert_int_equal(HL_DENIED,
		hl_casework_recognise_new(&rikke, &known, 10, &n, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(known_material_is_not_looked_at_again),
		TEST(what_nobody_vouches_for_waits),
		TEST(which_address_is_not_said),
		TEST(kinds_that_only_point),
		TEST(approved_later),
		TEST(typed_by_who_holds_it),
		TEST(taken_back_by_a_supervisor),
		TEST(not_in_the_middle_of_an_assessment),
		TEST(by_the_hand_of_who_holds_it),
		TEST(taking_hashes_off),
		TEST(an_item_has_so_many),
		TEST(proposing),
		TEST(proposing_what_people_have_not_judged),
		TEST(erasing_leaves_the_registry),
		TEST(whose_business_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
