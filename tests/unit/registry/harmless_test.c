/* SPDX-License-Identifier: Apache-2.0 */
/* What is harmless holds cases back: to take it away takes two. */
#include "help.h"

#include <stdio.h>

/* Whether what is known resolves an item that has the hash. */
static bool resolves(struct fixture *f, const struct hl_hash *hash)
{
	struct hl_registry_asked asked = {*hash, true};
	struct hl_registry_known known;

	ok(hl_registry_look_up(&(struct hl_registry_look){f->store, f->arena,
				       NULL, f->laws.at, f->laws.n},
		&asked, 1, &known, NULL));
	return known.by != NULL;
}

static struct hl_registry_list seen(struct fixture *f, int64_t id)
{
	struct hl_who sofie = who(f, SOFIE);
	struct hl_registry_list list;

	ok(hl_registry_list(&sofie, id, &list, NULL));
	return list;
}

static const struct hl_registry_proposal *waiting(
	struct fixture *f, enum person person, int64_t list_id, size_t n_want)
{
	struct hl_who me = who(f, person);
	const struct hl_registry_proposal *all;
	size_t n;

	ok(hl_registry_proposals(&me, list_id, &all, &n, NULL));
	assert_int_equal(n_want, n);
	return all;
}

static int approve(struct fixture *f, enum person person, int64_t list_id,
	enum hl_registry_why *why)
{
	struct hl_who me = who(f, person);
	struct hl_registry_decision yes = {list_id,
		waiting(f, person, list_id, 1)[0].id, seen(f, list_id).version};

	return hl_registry_proposal_approve(&me, &yes, why, NULL);
}

static int retire(struct fixture *f, enum person person, int64_t id,
	bool *waits, enum hl_registry_why *why)
{
	struct hl_who me = who(f, person);

	return hl_registry_list_retire(
		&me, id, seen(f, id).version, waits, why, NULL);
}

static int withdraw(struct fixture *f, enum person person, int64_t id,
	bool *waits, enum hl_registry_why *why)
{
	struct hl_who me = who(f, person);

	return hl_registry_withdraw(
		&me, id, HL_HASH_REASON_TYPO, waits, why, NULL);
}

/* A partner's list of harmless things with a hash, as an import puts it. */
static int64_t put_harmless_list(
	struct fixture *f, const struct hl_hash_set *set)
{
	int64_t id = put_list(f, "Harmless of a partner", true);
	int64_t entry = put_entry(f, HL_HASH_LIST_ASSESSED, set, 1);
	char sql[256];

	snprintf(sql, sizeof(sql),
		"INSERT INTO hash_entry VALUES (900, %d, 2, 1, 0, 0, '', '', "
		"'', 'x', 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
		(int)id);
	change(f, sql);
	snprintf(sql, sizeof(sql),
		"INSERT INTO hash_value SELECT 900, kind, part, value, quality "
		"FROM hash_value WHERE entry_id = %d",
		(int)entry);
	change(f, sql);
	return id;
}

static void a_list_of_harmless_things_goes_by_two(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	int64_t id = put_harmless_list(f, &set);
	enum hl_registry_why why = 0;
	bool waits = false;

	assert_false(resolves(f, &set.at[0]));
	ok(retire(f, SOFIE, id, &waits, &why));
	assert_true(waits);
	assert_int_equal(HL_HASH_LIST_ACTIVE, seen(f, id).state);
	assert_false(resolves(f, &set.at[0]));
	const struct hl_registry_proposal *p = waiting(f, SOFIE, id, 1);
	assert_true(p[0].retire && p[0].mine && !p[0].may_approve);
	assert_int_equal(-1, p[0].radius);
	assert_int_equal(HL_DENIED, retire(f, SIMON, id, &waits, &why));
	assert_int_equal(HL_REGISTRY_WAITS, why);
	assert_false(waits);
	assert_int_equal(HL_DENIED, approve(f, SOFIE, id, &why));
	assert_int_equal(HL_REGISTRY_SAME_PERSON, why);
	assert_false(resolves(f, &set.at[0]));
	ok(approve(f, SIMON, id, &why));
	assert_int_equal(HL_HASH_LIST_RETIRED, seen(f, id).state);
	assert_true(resolves(f, &set.at[0]));
	waiting(f, SOFIE, 0, 0);
	assert_int_equal(1, number(f, "SELECT count(*) FROM event WHERE "
				      "kind = 808 AND a = 32 AND b = 0"));
}

static void an_entry_of_harmless_things_goes_by_two(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_hash_set other = one_hash(HL_HASH_SHA256, 2);
	const int64_t list = HL_HASH_LIST_HARMLESS;
	struct hl_who sofie = who(f, SOFIE);
	struct hl_registry_page page;
	enum hl_registry_why why = 0;
	bool waits = false;

	put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);
	int64_t id = put_entry(f, list, &set, 5);
	int64_t more = put_entry(f, list, &other, 5);
	assert_false(resolves(f, &set.at[0]));
	ok(withdraw(f, SOFIE, id, &waits, &why));
	assert_true(waits);
	assert_false(resolves(f, &set.at[0]));
	ok(hl_registry_page(&sofie, id, &page, NULL));
	assert_true(page.withdrawing);
	ok(hl_registry_page(&sofie, more, &page, NULL));
	assert_false(page.withdrawing);
	assert_int_equal(HL_DENIED, withdraw(f, SIMON, id, &waits, &why));
	assert_int_equal(HL_REGISTRY_WAITS, why);
	assert_int_equal(HL_DENIED, approve(f, SOFIE, list, &why));
	assert_int_equal(HL_REGISTRY_SAME_PERSON, why);
	assert_int_equal(id, waiting(f, SIMON, list, 1)[0].entry_id);
	ok(approve(f, SIMON, list, &why));
	assert_true(resolves(f, &set.at[0]));
	ok(hl_registry_page(&sofie, id, &page, NULL));
	assert_int_equal(HL_HASH_WITHDRAWN, page.entry.state);
	assert_int_equal(HL_HASH_REASON_TYPO, page.entry.withdrawn_reason);
	assert_int_equal(sofie.actor.user_id,
		number(f, "SELECT proposed_by FROM hash_list_proposal"));
	ok(withdraw(f, SIMON, more, &waits, &why));
	assert_true(waits);
	waiting(f, SIMON, list, 1);
}

static void refused_it_stays(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_who simon = who(f, SIMON);
	bool waits;

	put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);
	int64_t id = put_entry(f, HL_HASH_LIST_HARMLESS, &set, 5);
	ok(withdraw(f, SOFIE, id, &waits, NULL));
	struct hl_registry_decision no = {HL_HASH_LIST_HARMLESS,
		waiting(f, SIMON, HL_HASH_LIST_HARMLESS, 1)[0].id, 0};
	ok(hl_registry_proposal_drop(&simon, &no, NULL, NULL));
	assert_false(resolves(f, &set.at[0]));
	ok(withdraw(f, SOFIE, id, &waits, NULL)); /* and once more */
	/* its owner or an import was faster: nothing is left to approve */
	change(f, "UPDATE hash_entry SET state = 3 WHERE id = 2");
	enum hl_registry_why why = 0;
	assert_int_equal(2, id);
	assert_int_equal(
		HL_DENIED, approve(f, SIMON, HL_HASH_LIST_HARMLESS, &why));
	assert_int_equal(HL_REGISTRY_CHANGED, why);
}

/* What one may do alone: nothing is resolved by it. */
static void what_is_not_in_use_goes_by_one(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_who sofie = who(f, SOFIE);
	struct hl_registry_list draft = {.kind = HL_HASH_LIST_PARTNER,
		.name = HL_STR("Draft"),
		.owner = HL_STR("Partner"),
		.source = HL_STR("by hand"),
		.negative = true};
	int64_t empty = put_list(f, "Empty", true);
	bool waits = true;

	ok(retire(f, SOFIE, empty, &waits, NULL));
	assert_false(waits);
	assert_int_equal(HL_HASH_LIST_RETIRED, seen(f, empty).state);
	ok(hl_registry_list_propose(&sofie, &draft, NULL, NULL));
	ok(retire(f, SOFIE, draft.id, &waits, NULL));
	assert_false(waits);
	int64_t id = propose(f, HL_HASH_LIST_HARMLESS, &set, 5);
	ok(withdraw(f, SOFIE, id, &waits, NULL));
	assert_false(waits);
	id = put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);
	ok(withdraw(f, SOFIE, id, &waits, NULL)); /* the safe direction */
	assert_false(waits);
	waiting(f, SOFIE, 0, 0);
}

/* What a caller without the checks above could send: the store's answer. */
static void the_store_itself_counts_to_two(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	int64_t id = put_harmless_list(f, &set), me = f->people[SOFIE];
	struct hl_in_hash_list_retire out = {id, seen(f, id).version};
	struct hl_in_hash_entry_withdraw gone = {
		me, 1, HL_HASH_REASON_TYPO, 900, 1};
	bool waits;

	assert_int_equal(HL_CONFLICT,
		hl_do_hash_list_retire(f->store, f->arena, &out, NULL));
	assert_int_equal(HL_CONFLICT,
		hl_do_hash_entry_withdraw(f->store, f->arena, &gone, NULL));
	ok(withdraw(f, SOFIE, 900, &waits, NULL));
	struct hl_in_hash_proposal_apply_entry own = {
		me, 1, waiting(f, SOFIE, id, 1)[0].id};
	assert_int_equal(HL_CONFLICT, hl_do_hash_proposal_apply_entry(
					      f->store, f->arena, &own, NULL));
	/* with nothing in use it holds nothing back */
	change(f, "UPDATE hash_entry SET state = 3 WHERE id = 900");
	ok(hl_do_hash_list_retire(f->store, f->arena, &out, NULL));
	assert_false(seen(f, id).state == HL_HASH_LIST_ACTIVE);
}

/* Its items are looked up once more, and what waits for it ends. */
static void a_list_that_goes(void **state)
{
	struct fixture *f = *state;
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	int64_t by_two = put_harmless_list(f, &set);
	int64_t by_one = put_list(f, "Partner", false);
	int64_t case_id = put_case(f, "https://example.org/a");
	const int64_t lists[] = {by_one, by_two};
	bool waits;

	change(f, "INSERT INTO item_hash SELECT i.id, 4, x'00', -1, 1, 1, 0, "
		  "0, 1, 1 FROM item i");
	assert_true(case_id > 0);
	ok(withdraw(f, SIMON, 900, &waits, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(lists); i++) {
		ok(retire(f, SOFIE, lists[i], &waits, NULL));
		if (waits) {
			const struct hl_registry_proposal *p =
				waiting(f, SIMON, lists[i], 2);
			struct hl_who simon = who(f, SIMON);
			struct hl_registry_decision yes = {
				lists[i], p[1].id, seen(f, lists[i]).version};

			assert_true(p[1].retire);
			ok(hl_registry_proposal_approve(
				&simon, &yes, NULL, NULL));
		}
		waiting(f, SIMON, lists[i], 0);
		assert_int_equal(0, number(f, "SELECT looked FROM item_hash"));
		change(f, "UPDATE item_hash SET looked = 1");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_list_of_harmless_things_goes_by_two),
		TEST(an_entry_of_harmless_things_goes_by_two),
		TEST(refused_it_stays),
		TEST(what_is_not_in_use_goes_by_one),
		TEST(the_store_itself_counts_to_two),
		TEST(a_list_that_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
