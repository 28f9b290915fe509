/* SPDX-License-Identifier: Apache-2.0 */
/* Entries: two people, opinions of others, and who may not. */
#include "help.h"

static void two_people_make_an_entry(void **state)
{
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON);
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	enum hl_registry_why why = 0;
	struct hl_registry_page page;
	int64_t id = propose(f, HL_HASH_LIST_ASSESSED, &set, 1);

	ok(hl_registry_page(&simon, id, &page, NULL));
	assert_int_equal(HL_HASH_PROPOSED, page.entry.state);
	assert_true(page.may_approve);
	assert_int_equal(
		HL_DENIED, hl_registry_approve(&sofie, id, &why, NULL));
	assert_int_equal(HL_REGISTRY_SAME_PERSON, why);
	ok(hl_registry_approve(&simon, id, &why, NULL));
	assert_int_equal(
		HL_DENIED, hl_registry_approve(&simon, id, &why, NULL));
	assert_int_equal(HL_REGISTRY_WRONG_STATE, why);
	ok(hl_registry_page(&simon, id, &page, NULL));
	assert_int_equal(HL_HASH_ACTIVE, page.entry.state);
	assert_int_equal(f->people[SOFIE], page.entry.proposed_by);
	assert_int_equal(f->people[SIMON], page.entry.approved_by);
	assert_int_equal(1, page.n_values);
	assert_true(hl_hash_same(&set.at[0], &page.values[0]));
	assert_int_equal(2, page.n_events);
	assert_int_equal(HL_EVENT_HASH_APPROVED, page.events[0].kind);
	assert_int_equal(HL_EVENT_HASH_PROPOSED, page.events[1].kind);
}

static void only_who_has_the_right(void **state)
{
	static const struct {
		enum person person;
		bool sees, approves, withdraws, says;
	} rows[] = {{ANNA, true, false, false, false},
		{VERA, true, false, false, true},
		{BENNY, true, false, false, true},
		{SIMON, true, true, true, true},
		{RIKKE, true, false, false, false},
		{ADAM, false, false, false, false},
		{NOBODY, false, false, false, false}};
	struct fixture *f = *state;
	bool waits;

	for (unsigned i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_who me = who(f, rows[i].person);
		struct hl_hash_set set = one_hash(HL_HASH_MD5, 100 + i);
		struct hl_hash_set other = one_hash(HL_HASH_MD5, 200 + i);
		int64_t id = propose(f, HL_HASH_LIST_ASSESSED, &set, 1);
		int64_t more = propose(f, HL_HASH_LIST_ASSESSED, &other, 1);
		struct hl_registry_saying doubt = {HL_HASH_DECONFIRM,
			HL_HASH_REASON_TOO_COMMON, HL_STR("Partner")};
		struct hl_registry_page page;
		struct hl_registry_entry typed = {
			.list = {.id = HL_HASH_LIST_ASSESSED}, .outcome = 1};

		assert_int_equal(rows[i].sees ? 0 : HL_DENIED,
			hl_registry_page(&me, id, &page, NULL));
		assert_int_equal(rows[i].approves ? 0 : HL_DENIED,
			hl_registry_approve(&me, id, NULL, NULL));
		assert_int_equal(rows[i].withdraws ? 0 : HL_DENIED,
			hl_registry_withdraw(&me, more, HL_HASH_REASON_TYPO,
				&waits, NULL, NULL));
		set.at[0] = hash_no(HL_HASH_MD5, 300 + i);
		assert_int_equal(rows[i].withdraws ? 0 : HL_DENIED,
			hl_registry_type(&me, &typed, &set, NULL, NULL));
		id = put_entry(f, HL_HASH_LIST_HARMLESS, &set, 5);
		/* Simon approved it himself */
		assert_int_equal(
			rows[i].says && rows[i].person != SIMON ? 0 : HL_DENIED,
			hl_registry_say(&me, id, &doubt, NULL, NULL));
	}
}

static void there_is_none(void **state)
{
	struct fixture *f = *state;
	bool waits;
	struct hl_who simon = who(f, SIMON);
	enum hl_registry_why why = 0;
	struct hl_registry_page page;

	assert_int_equal(
		HL_NOTFOUND, hl_registry_page(&simon, 77, &page, NULL));
	assert_int_equal(
		HL_DENIED, hl_registry_approve(&simon, 77, &why, NULL));
	assert_int_equal(HL_REGISTRY_NOT_PERMITTED, why);
	assert_int_equal(
		HL_DENIED, hl_registry_withdraw(&simon, 77, HL_HASH_REASON_TYPO,
				   &waits, &why, NULL));
	assert_int_equal(HL_REGISTRY_NOT_PERMITTED, why);
}

static void a_list_has_a_hash_once(void **state)
{
	struct fixture *f = *state;
	bool waits;
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON);
	struct hl_hash_set set = one_hash(HL_HASH_SHA1, 1);
	struct hl_registry_entry again = {
		.list = {.id = HL_HASH_LIST_ASSESSED}, .outcome = 1};
	enum hl_registry_why why = 0;
	int64_t id = propose(f, HL_HASH_LIST_ASSESSED, &set, 1);

	assert_int_equal(
		HL_DENIED, hl_registry_type(&sofie, &again, &set, &why, NULL));
	assert_int_equal(HL_REGISTRY_TAKEN, why);
	/* another list may */
	put_entry(f, HL_HASH_LIST_HARMLESS, &set, 5);
	ok(hl_registry_withdraw(
		&simon, id, HL_HASH_REASON_TYPO, &waits, &why, NULL));
	ok(hl_registry_type(&sofie, &again, &set, &why, NULL));
	assert_int_not_equal(id, again.id);
}

static void what_is_out_of_form_is_refused(void **state)
{
	static const struct {
		int64_t list;
		enum hl_outcome outcome;
		const char *series;
		size_t n;
		int r;
		enum hl_registry_why why;
	} rows[] = {
		{HL_HASH_LIST_ASSESSED, 1, "", 0, HL_E_INVALID, 0},
		{HL_HASH_LIST_ASSESSED, (enum hl_outcome)99, "", 1,
			HL_E_INVALID, 0},
		{HL_HASH_LIST_ASSESSED, 1, "two\nlines", 1, HL_E_INVALID, 0},
		{HL_HASH_LIST_ASSESSED, 1,
			"01234567890123456789012345678901234567890123456789"
			"01234567890",
			1, HL_E_INVALID, 0},
		{77, 1, "", 1, HL_DENIED, HL_REGISTRY_LIST_CLOSED},
	};
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE);

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
		struct hl_registry_entry e = {.list = {.id = rows[i].list},
			.outcome = rows[i].outcome,
			.series = hl_str_c(rows[i].series)};
		enum hl_registry_why why = 0;

		set.n = rows[i].n;
		if (hl_registry_type(&sofie, &e, &set, &why, NULL) !=
				rows[i].r ||
			why != rows[i].why) {
			fail_msg("row %zu, why %d", i, (int)why);
		}
	}
	/* a partner's list is read in, not typed */
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_registry_entry e = {
		.list = {.id = put_list(f, "Partner", false)}, .outcome = 1};
	enum hl_registry_why why = 0;
	assert_int_equal(
		HL_DENIED, hl_registry_type(&sofie, &e, &set, &why, NULL));
	assert_int_equal(HL_REGISTRY_LIST_CLOSED, why);
	assert_int_equal(0, number(f, "SELECT count(*) FROM hash_entry"));
}

static void of_one_voice_the_newest_stands(void **state)
{
	static const struct {
		enum person person;
		enum hl_hash_opinion opinion;
		enum hl_hash_reason reason;
		const char *hotline;
		int64_t n_confirmed, n_deconfirmed;
	} rows[] = {
		{VERA, HL_HASH_CONFIRM, HL_HASH_REASON_SAME, "", 1, 0},
		{VERA, HL_HASH_CONFIRM, HL_HASH_REASON_OTHER_LAW, "", 1, 0},
		{BENNY, HL_HASH_DECONFIRM, HL_HASH_REASON_TYPO, "", 1, 1},
		{BENNY, HL_HASH_CONFIRM, HL_HASH_REASON_SAME, "", 2, 0},
		/* two write down what one hotline says */
		{VERA, HL_HASH_DECONFIRM, HL_HASH_REASON_NOT_ILLEGAL, "Norge",
			2, 1},
		{BENNY, HL_HASH_DECONFIRM, HL_HASH_REASON_TOO_COMMON, "Norge",
			2, 1},
		{VERA, HL_HASH_CONFIRM, HL_HASH_REASON_SAME, " Norge ", 3, 0},
		{VERA, HL_HASH_CONFIRM, HL_HASH_REASON_SAME, "Island", 4, 0},
	};
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	int64_t id = put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);
	struct hl_who anna = who(f, ANNA);
	struct hl_registry_page page;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_who me = who(f, rows[i].person);
		struct hl_registry_saying saying = {rows[i].opinion,
			rows[i].reason, hl_str_c(rows[i].hotline)};

		later(f, 1000000);
		ok(hl_registry_say(&me, id, &saying, NULL, NULL));
		ok(hl_registry_page(&anna, id, &page, NULL));
		if (page.entry.n_confirmed != rows[i].n_confirmed ||
			page.entry.n_deconfirmed != rows[i].n_deconfirmed ||
			page.n_opinions != i + 1 || !page.opinions[0].stands) {
			fail_msg("row %zu: %lld, %lld", i,
				(long long)page.entry.n_confirmed,
				(long long)page.entry.n_deconfirmed);
		}
	}
}

static void opinions_out_of_form(void **state)
{
	static const struct hl_registry_saying rows[] = {
		{0, HL_HASH_REASON_SAME, {0}},
		{(enum hl_hash_opinion)3, HL_HASH_REASON_SAME, {0}},
		{HL_HASH_CONFIRM, 0, {0}},
		{HL_HASH_CONFIRM, HL_HASH_REASON_TYPO, {0}},
		{HL_HASH_DECONFIRM, HL_HASH_REASON_SAME, {0}},
		{HL_HASH_CONFIRM, HL_HASH_REASON_SAME, HL_STR_INIT("a\tb")},
	};
	struct fixture *f = *state;
	bool waits;
	struct hl_who vera = who(f, VERA), simon = who(f, SIMON);
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	int64_t id = put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_registry_say(&vera, id, &rows[i], NULL, NULL) !=
			HL_E_INVALID) {
			fail_msg("row %zu", i);
		}
	}
	assert_int_equal(
		HL_E_INVALID, hl_registry_withdraw(&simon, id,
				      HL_HASH_REASON_SAME, &waits, NULL, NULL));
	assert_int_equal(0, number(f, "SELECT count(*) FROM hash_opinion"));
}

static void lists_of_entries(void **state)
{
	struct fixture *f = *state;
	struct hl_who anna = who(f, ANNA), vera = who(f, VERA);
	struct hl_registry_saying doubt = {
		HL_HASH_DECONFIRM, HL_HASH_REASON_TYPO, HL_STR("")};
	const struct hl_registry_row *rows;
	struct hl_registry_counts counts;
	int64_t ids[3];
	size_t n;

	for (unsigned i = 0; i < 3; i++) {
		struct hl_hash_set set = one_hash(HL_HASH_SHA256, i);

		ids[i] = i ? put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1)
			   : propose(f, HL_HASH_LIST_ASSESSED, &set, 2);
	}
	ok(hl_registry_say(&vera, ids[2], &doubt, NULL, NULL));
	ok(hl_registry_entries(&anna,
		&(struct hl_registry_filter){
			.state = HL_HASH_ACTIVE, .n_most = 10},
		&rows, &n, NULL));
	assert_int_equal(2, n);
	assert_int_equal(ids[2], rows[0].id);
	ok(hl_registry_entries(&anna,
		&(struct hl_registry_filter){
			.state = HL_HASH_PROPOSED, .n_most = 10},
		&rows, &n, NULL));
	assert_int_equal(1, n);
	assert_int_equal(HL_OUTCOME_NATIONAL, rows[0].outcome);
	ok(hl_registry_entries(&anna,
		&(struct hl_registry_filter){.doubted = true, .n_most = 10},
		&rows, &n, NULL));
	assert_int_equal(1, n);
	assert_int_equal(ids[2], rows[0].id);
	ok(hl_registry_entries(&anna,
		&(struct hl_registry_filter){.state = HL_HASH_ACTIVE,
			.list_id = HL_HASH_LIST_HARMLESS,
			.n_most = 10},
		&rows, &n, NULL));
	assert_int_equal(0, n);
	ok(hl_registry_entries(&anna,
		&(struct hl_registry_filter){.state = HL_HASH_ACTIVE,
			.list_id = HL_HASH_LIST_ASSESSED,
			.n_skip = 1,
			.n_most = 1},
		&rows, &n, NULL));
	assert_int_equal(1, n);
	assert_int_equal(ids[1], rows[0].id);
	ok(hl_registry_counts(&anna, &counts, NULL));
	assert_int_equal(1, counts.n_proposed);
	assert_int_equal(1, counts.n_doubted);
	/* what is counted along the way is what is there */
	assert_int_equal(
		0, number(f, "SELECT count(*) FROM hash_count k WHERE k.n <> "
			     "(SELECT count(*) FROM hash_entry e WHERE "
			     "e.list_id = k.list_id AND e.state = k.state)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_people_make_an_entry),
		TEST(only_who_has_the_right),
		TEST(there_is_none),
		TEST(a_list_has_a_hash_once),
		TEST(what_is_out_of_form_is_refused),
		TEST(of_one_voice_the_newest_stands),
		TEST(opinions_out_of_form),
		TEST(lists_of_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
