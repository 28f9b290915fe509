/* SPDX-License-Identifier: Apache-2.0 */
/* A list that would count for more waits for a second supervisor; one that
 * counts for less does not. */
#include "help.h"

/* The list as Sofie or Simon sees it now. */
static struct hl_registry_list seen(struct hl_who *who, int64_t id)
{
	struct hl_registry_list list;

	ok(hl_registry_list(who, id, &list, NULL));
	return list;
}

static size_t waiting(
	struct hl_who *who, int64_t id, const struct hl_registry_proposal **out)
{
	size_t n;

	ok(hl_registry_proposals(who, id, out, &n, NULL));
	return n;
}

/* A partner's list in use: radius 20, resolves up to 4, a meaning. */
static int64_t put_small(struct fixture *f)
{
	struct hl_who sofie = who(f, SOFIE);
	int64_t id = put_list(f, "Partner", false);
	struct hl_registry_list list = seen(&sofie, id);
	bool waits;

	list.radius = 20;
	list.resolve_radius = 4;
	ok(hl_registry_list_change(&sofie, &list, &waits, NULL, NULL));
	assert_false(waits);
	return id;
}

static const struct change {
	const char *what;
	int radius, resolve_radius, outcome; /* -1: as it is */
	bool off;
	bool waits;
} changes[] = {
	{"nothing", -1, -1, -1, false, false},
	{"a larger radius", 21, -1, -1, false, true},
	{"a smaller radius", 19, -1, -1, false, false},
	{"the smallest radius", 0, -1, -1, false, false},
	{"the largest radius", 63, -1, -1, false, true},
	{"resolves farther", -1, 5, -1, false, true},
	{"resolves nearer", -1, 3, -1, false, false},
	{"another outcome", -1, -1, HL_OUTCOME_NATIONAL, false, true},
	{"harmless now", -1, -1, HL_OUTCOME_LEGAL, false, true},
	{"no outcome", -1, -1, 0, false, false},
	{"switched off", -1, -1, -1, true, false},
};

static bool is_as(const struct hl_registry_list *list, const struct change *c)
{
	return (c->radius < 0 || list->radius == c->radius) &&
	       (c->resolve_radius < 0 ||
		       list->resolve_radius == c->resolve_radius) &&
	       (c->outcome < 0 || (int)list->outcome == c->outcome) &&
	       list->resolve == !c->off;
}

static void try_change(struct fixture *f, int64_t id, const struct change *c)
{
	struct hl_who sofie = who(f, SOFIE);
	struct hl_registry_list before = seen(&sofie, id), list = before;
	const struct hl_registry_proposal *all;
	bool waits;

	list.radius = c->radius < 0 ? list.radius : c->radius;
	list.resolve_radius =
		c->resolve_radius < 0 ? list.resolve_radius : c->resolve_radius;
	list.outcome =
		c->outcome < 0 ? list.outcome : (enum hl_outcome)c->outcome;
	list.resolve = !c->off;
	ok(hl_registry_list_change(&sofie, &list, &waits, NULL, NULL));
	list = seen(&sofie, id);
	if (waits != c->waits || waiting(&sofie, id, &all) != c->waits ||
		(!c->waits && !is_as(&list, c)) ||
		(c->waits && list.version != before.version)) {
		fail_msg("%s: waits %d", c->what, (int)waits);
	}
	approve_all(f, id);
	list = seen(&sofie, id);
	if (!is_as(&list, c)) {
		fail_msg("%s: not so after two", c->what);
	}
}

static void what_is_more_waits(void **state)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(changes); i++) {
		struct fixture *f = *state;

		try_change(f, put_small(f), &changes[i]);
		tear_down(state);
		set_up(state);
	}
}

static void the_second_is_somebody_else(void **state)
{
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON),
		      vera = who(f, VERA), adam = who(f, ADAM);
	int64_t id = put_small(f);
	struct hl_registry_list list = seen(&sofie, id);
	const struct hl_registry_proposal *all;
	enum hl_registry_why why = 0;
	bool waits;

	list.radius = 31;
	list.source = HL_STR("a portal"); /* nothing more: at once */
	ok(hl_registry_list_change(&sofie, &list, &waits, NULL, NULL));
	assert_true(waits);
	assert_int_equal(20, seen(&sofie, id).radius);
	assert_true(hl_str_eq(HL_STR("a portal"), seen(&sofie, id).source));
	assert_int_equal(1, waiting(&sofie, 0, &all));
	assert_true(all[0].mine && all[0].may_drop && !all[0].may_approve);
	assert_int_equal(31, all[0].radius);
	assert_int_equal(-1, all[0].outcome);
	struct hl_registry_decision yes = {
		id, all[0].id, seen(&sofie, id).version};
	assert_int_equal(HL_DENIED,
		hl_registry_proposal_approve(&sofie, &yes, &why, NULL));
	assert_int_equal(HL_REGISTRY_SAME_PERSON, why);
	assert_int_equal(HL_DENIED,
		hl_registry_proposal_approve(&vera, &yes, &why, NULL));
	assert_int_equal(HL_REGISTRY_NOT_PERMITTED, why);
	assert_int_equal(
		HL_DENIED, hl_registry_proposal_drop(&adam, &yes, &why, NULL));
	ok(hl_registry_proposal_approve(&simon, &yes, &why, NULL));
	assert_int_equal(31, seen(&simon, id).radius);
	assert_int_equal(HL_DENIED, /* twice */
		hl_registry_proposal_approve(&simon, &yes, &why, NULL));
	assert_int_equal(HL_REGISTRY_CHANGED, why);
}

/* What a caller without the checks above could send: the store's answer. */
static void the_store_itself_counts_to_two(void **state)
{
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE);
	int64_t me = sofie.actor.user_id, id = put_small(f);
	struct hl_registry_list list = seen(&sofie, id);
	const struct hl_registry_proposal *all;
	bool waits;

	struct hl_in_hash_list_lessen more = {.source = HL_STR("x"),
		.radius = 21,
		.resolve = 1,
		.resolve_radius = 4,
		.outcome = (int64_t)list.outcome,
		.id = id,
		.version = list.version};
	assert_int_equal(HL_CONFLICT,
		hl_do_hash_list_lessen(f->store, f->arena, &more, NULL));
	struct hl_in_hash_label_put label = {HL_OUTCOME_BASELINE, id, 1};
	change(f, "INSERT INTO hash_label VALUES (3, 1, 'A1', 0)");
	sofie = who(f, SOFIE);
	assert_int_equal(HL_CONFLICT,
		hl_do_hash_label_put(f->store, f->arena, &label, NULL));
	list.radius = 31;
	ok(hl_registry_list_change(&sofie, &list, &waits, NULL, NULL));
	assert_int_equal(1, waiting(&sofie, id, &all));
	struct hl_in_hash_proposal_apply apply = {all[0].id, me, list.version};
	assert_int_equal(HL_CONFLICT,
		hl_do_hash_proposal_apply(f->store, f->arena, &apply, NULL));
	struct hl_in_hash_proposal_end end = {2, me, 1, all[0].id};
	assert_int_equal(HL_CONFLICT,
		hl_do_hash_proposal_end(f->store, f->arena, &end, NULL));
	struct hl_in_hash_list_add add = {.id = 9,
		.kind = 2,
		.name = HL_STR("Other"),
		.owner = HL_STR("o"),
		.source = HL_STR("s"),
		.proposed_by = me};
	ok(hl_do_hash_list_add(f->store, f->arena, &add, NULL));
	struct hl_in_hash_list_approve own = {me, 1, 9, 1};
	assert_int_equal(HL_CONFLICT,
		hl_do_hash_list_approve(f->store, f->arena, &own, NULL));
}

static void withdrawn_or_refused(void **state)
{
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON);
	int64_t id = put_small(f);
	struct hl_registry_list list = seen(&sofie, id);
	const struct hl_registry_proposal *all;
	enum hl_registry_why why = 0;
	bool waits;

	list.radius = 31;
	for (int i = 0; i < 2; i++) {
		struct hl_who *by = i ? &simon : &sofie;

		ok(hl_registry_list_change(&sofie, &list, &waits, NULL, NULL));
		assert_int_equal(HL_DENIED, /* one at a time */
			hl_registry_list_change(
				&simon, &list, &waits, &why, NULL));
		assert_int_equal(HL_REGISTRY_WAITS, why);
		assert_int_equal(1, waiting(&simon, id, &all));
		struct hl_registry_decision no = {id, all[0].id, 0};
		ok(hl_registry_proposal_drop(by, &no, &why, NULL));
		assert_int_equal(0, waiting(&simon, id, &all));
		assert_int_equal(HL_DENIED,
			hl_registry_proposal_drop(by, &no, &why, NULL));
		assert_int_equal(HL_REGISTRY_CHANGED, why);
	}
	assert_int_equal(20, seen(&simon, id).radius);
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM event WHERE kind = 811"));
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM event WHERE kind = 810"));
}

static void the_list_is_another_meanwhile(void **state)
{
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON);
	int64_t id = put_small(f);
	struct hl_registry_list list = seen(&sofie, id);
	const struct hl_registry_proposal *all;
	enum hl_registry_why why = 0;
	bool waits;

	list.radius = 31;
	ok(hl_registry_list_change(&sofie, &list, &waits, NULL, NULL));
	assert_int_equal(1, waiting(&simon, id, &all));
	struct hl_registry_decision yes = {id, all[0].id, list.version};
	list.radius = 10; /* the safe direction waits for nobody */
	ok(hl_registry_list_change(&sofie, &list, &waits, NULL, NULL));
	assert_false(waits);
	assert_int_equal(HL_DENIED,
		hl_registry_proposal_approve(&simon, &yes, &why, NULL));
	assert_int_equal(HL_REGISTRY_CHANGED, why);
	assert_int_equal(10, seen(&simon, id).radius);
	yes.version = seen(&simon, id).version;
	yes.list_id = HL_HASH_LIST_ASSESSED; /* it is of another list */
	assert_int_equal(HL_DENIED,
		hl_registry_proposal_approve(&simon, &yes, &why, NULL));
	list = seen(&sofie, id);
	ok(hl_registry_list_retire(
		&sofie, id, list.version, &waits, &why, NULL));
	assert_int_equal(0, waiting(&simon, 0, &all));
	yes.list_id = id;
	yes.version = list.version + 1;
	assert_int_equal(HL_DENIED,
		hl_registry_proposal_approve(&simon, &yes, &why, NULL));
	assert_int_equal(HL_REGISTRY_CHANGED, why);
}

static void of_harmless_things_any_radius_is_more(void **state)
{
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE);
	bool waits;

	for (int radius = 30; radius <= 32; radius += 2) {
		struct hl_registry_list list =
			seen(&sofie, HL_HASH_LIST_HARMLESS);

		list.radius = radius;
		ok(hl_registry_list_change(&sofie, &list, &waits, NULL, NULL));
		assert_true(waits);
		approve_all(f, HL_HASH_LIST_HARMLESS);
		assert_int_equal(
			radius, seen(&sofie, HL_HASH_LIST_HARMLESS).radius);
	}
}

/* Else the second could change what waits, and approve their own. */
static void who_changes_a_list_that_waits_proposes_it(void **state)
{
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON);
	struct hl_registry_list list = {.kind = HL_HASH_LIST_PARTNER,
		.name = HL_STR("Partner"),
		.owner = HL_STR("Partner"),
		.source = HL_STR("by hand"),
		.radius = 10};
	enum hl_registry_why why = 0;
	bool waits;

	ok(hl_registry_list_propose(&sofie, &list, NULL, NULL));
	struct hl_registry_list now = seen(&simon, list.id);
	now.radius = 40;
	now.resolve = true;
	ok(hl_registry_list_change(&simon, &now, &waits, NULL, NULL));
	assert_false(waits); /* all of it does */
	now = seen(&simon, list.id);
	assert_int_equal(40, now.radius);
	assert_int_equal(HL_DENIED, hl_registry_list_approve(&simon, list.id,
					    now.version, &why, NULL));
	assert_int_equal(HL_REGISTRY_SAME_PERSON, why);
	assert_int_equal(HL_DENIED, /* who saw what it was before */
		hl_registry_list_approve(&sofie, list.id, 1, &why, NULL));
	assert_int_equal(HL_REGISTRY_CHANGED, why);
	ok(hl_registry_list_approve(&sofie, list.id, now.version, &why, NULL));
}

static void what_a_label_means(void **state)
{
	struct fixture *f = *state;
	int64_t id = put_small(f);
	const struct hl_registry_proposal *all;
	enum hl_registry_why why = 0;
	bool waits;

	change(f, "INSERT INTO hash_label VALUES (3, 1, 'A1', 0)");
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON);
	struct hl_registry_label label = {
		.list_id = id, .label = 1, .outcome = HL_OUTCOME_BASELINE};
	ok(hl_registry_label_put(&sofie, &label, &waits, NULL, NULL));
	assert_true(waits);
	assert_int_equal(HL_DENIED,
		hl_registry_label_put(&simon, &label, &waits, &why, NULL));
	assert_int_equal(HL_REGISTRY_WAITS, why);
	assert_int_equal(1, waiting(&simon, id, &all));
	assert_int_equal(1, all[0].label);
	assert_true(hl_str_eq(HL_STR("A1"), all[0].label_text));
	assert_int_equal(0, number(f, "SELECT outcome FROM hash_label"));
	approve_all(f, id);
	assert_int_equal(HL_OUTCOME_BASELINE,
		number(f, "SELECT outcome FROM hash_label"));
	label.outcome = 0; /* less: at once */
	simon = who(f, SIMON);
	ok(hl_registry_label_put(&simon, &label, &waits, NULL, NULL));
	assert_false(waits);
	assert_int_equal(0, number(f, "SELECT outcome FROM hash_label"));
	assert_int_equal(1, number(f, "SELECT count(*) FROM event WHERE "
				      "kind = 803 AND a = 16 AND b = 1"));
}

/* Entries without a label mean what the list says: they are told again. */
static void another_outcome_is_told_to_the_feed(void **state)
{
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE);
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	int64_t entry =
		put_entry(f, HL_HASH_LIST_ASSESSED, &set, HL_OUTCOME_BASELINE);
	struct hl_registry_list list = seen(&sofie, HL_HASH_LIST_ASSESSED);
	int64_t head = number(f, "SELECT max(seq) FROM hash_change");
	bool waits;

	sofie = who(f, SOFIE);
	list.outcome = HL_OUTCOME_BASELINE;
	ok(hl_registry_list_change(&sofie, &list, &waits, NULL, NULL));
	assert_int_equal(head, number(f, "SELECT max(seq) FROM hash_change"));
	approve_all(f, HL_HASH_LIST_ASSESSED);
	assert_int_equal(
		1, number_of(f,
			   "SELECT count(*) FROM hash_change WHERE seq > %lld "
			   "AND entry_id > 0",
			   head));
	assert_int_equal(entry,
		number(f, "SELECT entry_id FROM hash_change ORDER BY seq "
			  "DESC LIMIT 1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_more_waits),
		TEST(the_second_is_somebody_else),
		TEST(the_store_itself_counts_to_two),
		TEST(withdrawn_or_refused),
		TEST(the_list_is_another_meanwhile),
		TEST(of_harmless_things_any_radius_is_more),
		TEST(who_changes_a_list_that_waits_proposes_it),
		TEST(what_a_label_means),
		TEST(another_outcome_is_told_to_the_feed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
