/* SPDX-License-Identifier: Apache-2.0 */
/* What resolves without a view, and what keeps all else from it. */
#include "help.h"

#include <stdio.h>

static struct hl_registry_known look(struct fixture *f,
	const struct hl_registry_asked *asked, size_t n,
	const struct hl_registry_near *near)
{
	struct hl_registry_known known;
	struct hl_err err = {0};

	if (hl_registry_look_up(&(struct hl_registry_look){f->store, f->arena,
					near, f->laws.at, f->laws.n},
		    asked, n, &known, &err)) {
		fail_msg("look up: %s", err.msg);
	}
	return known;
}

static struct hl_registry_known look_one(
	struct fixture *f, struct hl_hash hash, bool vouched)
{
	struct hl_registry_asked asked = {hash, vouched};

	return look(f, &asked, 1, NULL);
}

static void lacks(
	struct fixture *f, struct hl_hash hash, enum hl_registry_short want)
{
	struct hl_registry_known known = look_one(f, hash, true);

	if (known.n != 1 || known.at[0].lacks != want ||
		(known.by != NULL) != (want == 0)) {
		fail_msg("%zu matches, lacks %d, not %d", known.n,
			known.n ? (int)known.at[0].lacks : -1, (int)want);
	}
}

static void nothing_is_known_at_first(void **state)
{
	struct fixture *f = *state;
	struct hl_registry_known known =
		look_one(f, hash_no(HL_HASH_SHA256, 1), true);

	assert_int_equal(0, known.n);
	assert_null(known.by);
	known = look(f, NULL, 0, NULL);
	assert_int_equal(0, known.n);
}

static void kinds_that_resolve(void **state)
{
	static const struct {
		enum hl_hash_kind kind;
		enum hl_registry_short lacks;
	} rows[] = {{HL_HASH_SHA256, 0}, {HL_HASH_PDQ, 0},
		{HL_HASH_MD5, HL_REGISTRY_WEAK},
		{HL_HASH_SHA1, HL_REGISTRY_WEAK}};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_hash_set set = one_hash(rows[i].kind, 1);

		put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);
		lacks(f, set.at[0], rows[i].lacks);
	}
}

static void one_person_is_not_enough(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);

	propose(f, HL_HASH_LIST_ASSESSED, &set, 1);
	assert_int_equal(0, look_one(f, set.at[0], true).n);
	/* as somebody with the file could write it */
	change(f, "UPDATE hash_entry SET state = 2, approved_by = proposed_by");
	lacks(f, set.at[0], HL_REGISTRY_ONE_PERSON);
}

static void what_takes_an_entry_out(void **state)
{
	struct fixture *f = *state;
	bool waits;
	struct hl_who vera = who(f, VERA), simon = who(f, SIMON);
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	int64_t id = put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);

	ok(hl_registry_say(&vera, id,
		&(struct hl_registry_saying){HL_HASH_DECONFIRM,
			HL_HASH_REASON_TOO_COMMON, HL_STR("Norge")},
		NULL, NULL));
	lacks(f, set.at[0], HL_REGISTRY_DOUBTED);
	ok(hl_registry_say(&vera, id,
		&(struct hl_registry_saying){
			HL_HASH_CONFIRM, HL_HASH_REASON_SAME, HL_STR("Norge")},
		NULL, NULL));
	lacks(f, set.at[0], 0);
	ok(hl_registry_withdraw(
		&simon, id, HL_HASH_REASON_TYPO, &waits, NULL, NULL));
	assert_int_equal(0, look_one(f, set.at[0], true).n);
}

static void switches(void **state)
{
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE);
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);

	put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);
	ok(hl_registry_switch(&sofie, false, NULL, NULL));
	lacks(f, set.at[0], HL_REGISTRY_ALL_OFF);
	ok(hl_registry_switch(&sofie, true, NULL, NULL));
	set_resolve(f, HL_HASH_LIST_ASSESSED, false, 10);
	lacks(f, set.at[0], HL_REGISTRY_LIST_OFF);
	set_resolve(f, HL_HASH_LIST_ASSESSED, true, 10);
	lacks(f, set.at[0], 0);
}

static void who_vouches(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_registry_known known;

	put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);
	known = look_one(f, set.at[0], false);
	assert_int_equal(1, known.n);
	assert_null(known.by);
	assert_int_equal(HL_REGISTRY_UNVOUCHED, known.at[0].lacks);
}

static void outcomes_and_laws(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	int64_t id = put_entry(f, HL_HASH_LIST_ASSESSED, &set, 5);

	lacks(f, set.at[0], HL_REGISTRY_NO_OUTCOME);
	change(f, "UPDATE hash_entry SET outcome = 2");
	lacks(f, set.at[0], 0);
	change(f, "UPDATE hash_entry SET profile = 'baseline@2001-01-01'");
	lacks(f, set.at[0], HL_REGISTRY_OTHER_LAW);
	/* with facts, today's law decides: these are no crime */
	change(f, "UPDATE hash_entry SET facts = '{\"schema\":1,\"material\":"
		  "\"photo\",\"act\":\"none\",\"posing\":\"none\",\"age\":"
		  "\"adult\",\"offensive\":\"no\"}'");
	lacks(f, set.at[0], HL_REGISTRY_OTHER_LAW);
	/* these are one */
	change(f, "UPDATE hash_entry SET outcome = 1, facts = '{\"schema\":1,"
		  "\"material\":\"photo\",\"act\":\"involved\",\"posing\":"
		  "\"none\",\"age\":\"prepubescent\"}'");
	lacks(f, set.at[0], 0);
	change(f, "UPDATE hash_entry SET facts = 'broken'");
	lacks(f, set.at[0], HL_REGISTRY_OTHER_LAW);
	(void)id;
}

static void quality_of_pdq(void **state)
{
	static const struct {
		int ours, theirs;
		enum hl_registry_short lacks;
	} rows[] = {{50, 50, 0}, {100, -1, 0}, {49, 90, HL_REGISTRY_POOR},
		{90, 49, HL_REGISTRY_POOR}, {-1, 90, HL_REGISTRY_POOR},
		{0, 0, HL_REGISTRY_POOR}};
	struct fixture *f = *state;

	for (unsigned i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_hash_set set = one_hash(HL_HASH_PDQ, i);
		struct hl_hash ours = set.at[0];

		set.at[0].quality = rows[i].theirs;
		put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);
		ours.quality = rows[i].ours;
		lacks(f, ours, rows[i].lacks);
	}
}

/* An index of one hash of one entry, for which it gives `claimed`. */
struct pretended {
	int64_t entry_id;
	int claimed;
	int n_asked;
};
static int find_it(void *ctx, const uint8_t pdq[32],
	struct hl_registry_hit *hits, size_t n_max, size_t *n,
	struct hl_err *err)
{
	struct pretended *p = ctx;

	(void)pdq;
	(void)err;
	assert_true(n_max > 0);
	p->n_asked++;
	hits[0] = (struct hl_registry_hit){p->entry_id, 0, p->claimed};
	*n = 1;
	return 0;
}

static void near_hashes(void **state)
{
	static const struct {
		int bits;
		enum hl_registry_short lacks;
	} rows[] = {{0, 0}, {1, 0}, {10, 0}, {11, HL_REGISTRY_FAR},
		{31, HL_REGISTRY_FAR}};
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_PDQ, 1);
	struct pretended index = {
		put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1), 0, 0};
	struct hl_registry_near near = {find_it, &index};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_registry_asked asked = {
			flipped(set.at[0], rows[i].bits), true};
		struct hl_registry_known known = look(f, &asked, 1, &near);

		/* the distance is taken from the store, not on trust */
		if (known.n != 1 || known.at[0].distance != rows[i].bits ||
			known.at[0].lacks != rows[i].lacks) {
			fail_msg("row %zu: %zu, distance %d, lacks %d", i,
				known.n, known.n ? known.at[0].distance : -1,
				known.n ? (int)known.at[0].lacks : -1);
		}
	}
	struct hl_registry_asked far = {flipped(set.at[0], 32), true};
	assert_int_equal(0, look(f, &far, 1, &near).n);
	assert_int_equal(HL_ARRAY_LEN(rows) + 1, index.n_asked);
	/* SHA-256 is not for the index */
	struct hl_registry_asked exact = {hash_no(HL_HASH_SHA256, 1), true};
	look(f, &exact, 1, &near);
	assert_int_equal(HL_ARRAY_LEN(rows) + 1, index.n_asked);
	/* and one that is behind names what has gone */
	change(f, "UPDATE hash_entry SET state = 3");
	assert_int_equal(0, look(f, &far, 1, &near).n);
	index.entry_id = 999;
	assert_int_equal(0, look(f, &far, 1, &near).n);
}

static int fail_to_find(void *ctx, const uint8_t pdq[32],
	struct hl_registry_hit *hits, size_t n_max, size_t *n,
	struct hl_err *err)
{
	(void)ctx;
	(void)pdq;
	(void)hits;
	(void)n_max;
	*n = 0;
	return HL_FAIL(err, HL_E_IO, "no index today");
}

/* What is known stays to be seen, and people decide. */
static void an_index_that_fails(void **state)
{
	struct fixture *f = *state;
	struct hl_registry_near near = {fail_to_find, NULL};
	struct hl_hash_set sha = one_hash(HL_HASH_SHA256, 1);
	struct hl_hash_set pdq = one_hash(HL_HASH_PDQ, 1);
	struct hl_registry_asked asked[2] = {
		{sha.at[0], true}, {pdq.at[0], true}};
	struct hl_registry_known known;

	put_entry(f, HL_HASH_LIST_ASSESSED, &sha, 1);
	assert_non_null(look(f, asked, 1, &near).by);
	known = look(f, asked, 2, &near);
	assert_int_equal(1, known.n);
	assert_true(known.no_index);
	assert_null(known.by);
	assert_int_equal(HL_REGISTRY_NO_INDEX, known.at[0].lacks);
}

static void what_is_harmless_at_least_as_near(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_hash_set logo = one_hash(HL_HASH_PDQ, 1);
	struct hl_registry_asked asked[2] = {
		{set.at[0], true}, {logo.at[0], true}};
	struct hl_registry_known known;

	put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);
	put_entry(f, HL_HASH_LIST_HARMLESS, &logo, 5);
	assert_non_null(look(f, asked, 1, NULL).by);
	known = look(f, asked, 2, NULL);
	assert_int_equal(2, known.n);
	assert_null(known.by);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(known.at[i].entry.list.negative
					 ? HL_REGISTRY_NEGATIVE
					 : HL_REGISTRY_CLEARED,
			known.at[i].lacks);
	}
}

static void a_farther_harmless_one_clears_nothing(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_hash_set logo = one_hash(HL_HASH_PDQ, 1);
	struct pretended index = {0};
	struct hl_registry_near near = {find_it, &index};
	struct hl_registry_asked asked[2] = {
		{set.at[0], true}, {flipped(logo.at[0], 1), true}};

	put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);
	index.entry_id = put_entry(f, HL_HASH_LIST_HARMLESS, &logo, 5);
	struct hl_registry_known known = look(f, asked, 2, &near);
	assert_int_equal(2, known.n);
	assert_non_null(known.by);
	assert_int_equal(0, known.by->distance);
}

static void entries_that_say_different_things(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set a = one_hash(HL_HASH_SHA256, 1);
	struct hl_hash_set b = one_hash(HL_HASH_SHA256, 2);
	struct hl_registry_asked asked[2] = {{a.at[0], true}, {b.at[0], true}};

	put_entry(f, HL_HASH_LIST_ASSESSED, &a, 1);
	put_entry(f, HL_HASH_LIST_ASSESSED, &b, 2);
	struct hl_registry_known known = look(f, asked, 2, NULL);
	assert_int_equal(2, known.n);
	assert_null(known.by);
	assert_int_equal(HL_REGISTRY_DIFFER, known.at[0].lacks);
	assert_int_equal(HL_REGISTRY_DIFFER, known.at[1].lacks);
}

static void too_many_at_once(void **state)
{
	struct fixture *f = *state;
	struct hl_registry_asked asked[HL_REGISTRY_ASKED_MAX + 1];

	for (unsigned i = 0; i < HL_ARRAY_LEN(asked); i++) {
		asked[i] = (struct hl_registry_asked){
			hash_no(HL_HASH_SHA256, i), true};
	}
	assert_true(look(f, asked, HL_ARRAY_LEN(asked), NULL).truncated);
	assert_false(look(f, asked, HL_ARRAY_LEN(asked) - 1, NULL).truncated);
}

/* Nothing resolves, and each that else would says that it was cut. */
static void is_cut(const struct hl_registry_known *known, const char *what)
{
	size_t n_cut = 0;

	for (size_t i = 0; i < known->n; i++) {
		n_cut += known->at[i].lacks == HL_REGISTRY_CUT;
	}
	if (!known->truncated || known->by || !n_cut) {
		fail_msg("%s: truncated %d, resolves %d, %zu say so", what,
			known->truncated, known->by != NULL, n_cut);
	}
}

/* One more than are looked at in all; the last is of a list and an outcome.
 * 50 of them are looked at whole. */
static void put_many(struct fixture *f, struct hl_registry_asked *asked,
	int64_t last_list, enum hl_outcome last)
{
	const unsigned n = HL_REGISTRY_MATCHES_MAX;

	for (unsigned i = 0; i <= n; i++) {
		struct hl_hash_set set = one_hash(HL_HASH_SHA256, i);

		put_entry(f, i < n ? HL_HASH_LIST_ASSESSED : last_list, &set,
			i < n ? HL_OUTCOME_BASELINE : last);
		asked[i] = (struct hl_registry_asked){set.at[0], true};
	}
}

static void too_many_matches(void **state)
{
	static const struct {
		int64_t list;
		enum hl_outcome outcome;
	} rows[] = {{HL_HASH_LIST_ASSESSED, HL_OUTCOME_BASELINE},
		{HL_HASH_LIST_ASSESSED, HL_OUTCOME_NATIONAL},
		{HL_HASH_LIST_HARMLESS, HL_OUTCOME_LEGAL}};
	const size_t most = HL_REGISTRY_MATCHES_MAX;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_registry_asked asked[HL_REGISTRY_MATCHES_MAX + 1];
		struct hl_registry_asked last;
		struct fixture *f = *state;

		put_many(f, asked, rows[i].list, rows[i].outcome);
		struct hl_registry_known known = look(f, asked, most, NULL);
		assert_false(known.truncated);
		assert_non_null(known.by);
		known = look(f, asked, most + 1, NULL);
		is_cut(&known, "the last is cut off");
		last = asked[0]; /* in whatever order they are asked for */
		asked[0] = asked[most];
		asked[most] = last;
		known = look(f, asked, most + 1, NULL);
		assert_true(known.truncated);
		assert_null(known.by);
		tear_down(state);
		set_up(state);
	}
}

/* Rows that a store could have: `n` more entries with a hash of entry 1. */
static void copy_entry(struct fixture *f, int first, int n)
{
	for (int i = 0; i < n; i++) {
		char sql[640];

		snprintf(sql, sizeof(sql),
			"INSERT INTO hash_entry SELECT %d, list_id, state, "
			"version, label, outcome, profile, facts, series, "
			"foreign_id, origin, case_id, proposed_by, "
			"proposed_at_us, approved_by, approved_at_us, 0, 0, 0, "
			"0, 0 FROM hash_entry WHERE id = 1",
			first + i);
		change(f, sql);
		snprintf(sql, sizeof(sql),
			"INSERT INTO hash_value SELECT %d, kind, part, value, "
			"quality FROM hash_value WHERE entry_id = 1",
			first + i);
		change(f, sql);
	}
}

static void too_many_equal_ones(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_registry_known known;

	put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);
	copy_entry(f, 900, 19);
	known = look_one(f, set.at[0], true);
	assert_int_equal(20, known.n);
	assert_non_null(known.by);
	copy_entry(f, 950, 1);
	known = look_one(f, set.at[0], true);
	is_cut(&known, "21 equal ones");
}

/* An index that has `n_there` parts of one entry, all near. */
struct crowded {
	int64_t entry_id;
	size_t n_there;
};
static int find_many(void *ctx, const uint8_t pdq[32],
	struct hl_registry_hit *hits, size_t n_max, size_t *n,
	struct hl_err *err)
{
	const struct crowded *c = ctx;

	(void)pdq;
	(void)err;
	for (*n = 0; *n < c->n_there && *n < n_max; (*n)++) {
		hits[*n] = (struct hl_registry_hit){c->entry_id, 0, 0};
	}
	return 0;
}

static void too_many_near_ones(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_PDQ, 1);
	struct crowded index = {
		put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1), 20};
	struct hl_registry_near near = {find_many, &index};
	struct hl_registry_asked asked = {flipped(set.at[0], 1), true};
	struct hl_registry_known known = look(f, &asked, 1, &near);

	assert_non_null(known.by);
	index.n_there = 21;
	known = look(f, &asked, 1, &near);
	is_cut(&known, "21 near ones");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_known_at_first),
		TEST(kinds_that_resolve),
		TEST(one_person_is_not_enough),
		TEST(what_takes_an_entry_out),
		TEST(switches),
		TEST(who_vouches),
		TEST(outcomes_and_laws),
		TEST(quality_of_pdq),
		TEST(near_hashes),
		TEST(an_index_that_fails),
		TEST(what_is_harmless_at_least_as_near),
		TEST(a_farther_harmless_one_clears_nothing),
		TEST(entries_that_say_different_things),
		TEST(too_many_at_once),
		TEST(too_many_matches),
		TEST(too_many_equal_ones),
		TEST(too_many_near_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
