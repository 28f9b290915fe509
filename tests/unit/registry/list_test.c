/* SPDX-License-Identifier: Apache-2.0 */
/* Lists: what comes with an installation, what two supervisors add. */
#include "help.h"

static struct hl_registry_list partner(const char *name)
{
	return (struct hl_registry_list){.kind = HL_HASH_LIST_PARTNER,
		.name = hl_str_c(name),
		.owner = HL_STR("Partner"),
		.source = HL_STR("a file each month"),
		.radius = 31,
		.resolve_radius = 4};
}

static void two_lists_are_there(void **state)
{
	struct fixture *f = *state;
	struct hl_who anna = who(f, ANNA), adam = who(f, ADAM);
	const struct hl_registry_list *lists;
	size_t n;

	ok(hl_registry_lists(&anna, &lists, &n, NULL));
	assert_int_equal(2, n);
	assert_int_equal(HL_HASH_LIST_ASSESSED, lists[0].id);
	assert_true(lists[0].resolve);
	assert_false(lists[0].negative);
	assert_int_equal(HL_HASH_RADIUS, lists[0].radius);
	assert_int_equal(HL_HASH_RESOLVE_RADIUS, lists[0].resolve_radius);
	assert_int_equal(HL_HASH_LIST_HARMLESS, lists[1].id);
	assert_true(lists[1].negative);
	assert_false(lists[1].resolve);
	assert_int_equal(HL_DENIED, hl_registry_lists(&adam, &lists, &n, NULL));
}

static void one_proposes_another_approves(void **state)
{
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON),
		      vera = who(f, VERA);
	struct hl_registry_list list = partner("Partner"), now;
	enum hl_registry_why why = 0;

	assert_int_equal(
		HL_DENIED, hl_registry_list_propose(&vera, &list, &why, NULL));
	ok(hl_registry_list_propose(&sofie, &list, &why, NULL));
	assert_int_equal(3, list.id);
	ok(hl_registry_list(&simon, list.id, &now, NULL));
	assert_int_equal(HL_HASH_LIST_PROPOSED, now.state);
	assert_false(now.resolve);
	assert_int_equal(HL_DENIED,
		hl_registry_list_approve(&sofie, list.id, 1, &why, NULL));
	assert_int_equal(HL_REGISTRY_SAME_PERSON, why);
	assert_int_equal(HL_DENIED,
		hl_registry_list_approve(&vera, list.id, 1, &why, NULL));
	ok(hl_registry_list_approve(&simon, list.id, 1, &why, NULL));
	assert_int_equal(HL_DENIED,
		hl_registry_list_approve(&simon, list.id, 1, &why, NULL));
	assert_int_equal(HL_REGISTRY_WRONG_STATE, why);
	ok(hl_registry_list(&simon, list.id, &now, NULL));
	assert_int_equal(HL_HASH_LIST_ACTIVE, now.state);
	assert_true(hl_str_eq(HL_STR("Simon Supervisor"), now.approved_name));
	assert_int_equal(2, number(f, "SELECT count(*) FROM event "
				      "WHERE object_kind = 8"));
}

static void names_and_numbers_out_of_form(void **state)
{
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE);
	struct hl_registry_list rows[] = {partner(""), partner("a\nb"),
		partner("x"), partner("x"), partner("x"), partner("x"),
		partner("x")};
	enum hl_registry_why why = 0;

	rows[2].owner = HL_STR("");
	rows[3].radius = 64;
	rows[4].resolve_radius = -1;
	rows[5].kind = (enum hl_hash_list_kind)9;
	rows[6].outcome = (enum hl_outcome)44;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_registry_list_propose(&sofie, &rows[i], NULL, NULL) !=
			HL_E_INVALID) {
			fail_msg("row %zu", i);
		}
	}
	struct hl_registry_list same = partner("ASSESSED HERE");
	assert_int_equal(
		HL_DENIED, hl_registry_list_propose(&sofie, &same, &why, NULL));
	assert_int_equal(HL_REGISTRY_NAME_TAKEN, why);
}

static void changing_a_list(void **state)
{
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE), vera = who(f, VERA);
	struct hl_registry_list list, now;
	enum hl_registry_why why = 0;
	bool waits;
	int64_t id = put_list(f, "Partner", false);

	ok(hl_registry_list(&sofie, id, &list, NULL));
	assert_true(list.resolve);
	list.radius = 20;
	list.resolve = false;
	assert_int_equal(HL_DENIED,
		hl_registry_list_change(&vera, &list, &waits, &why, NULL));
	ok(hl_registry_list_change(&sofie, &list, &waits, &why, NULL));
	assert_false(waits); /* it is less */
	/* what was read before is out of date now */
	assert_int_equal(HL_DENIED,
		hl_registry_list_change(&sofie, &list, &waits, &why, NULL));
	assert_int_equal(HL_REGISTRY_CHANGED, why);
	ok(hl_registry_list(&sofie, id, &now, NULL));
	assert_int_equal(20, now.radius);
	assert_false(now.resolve);
	now.radius = 64;
	assert_int_equal(HL_E_INVALID,
		hl_registry_list_change(&sofie, &now, &waits, NULL, NULL));
	/* what is harmless resolves nothing */
	ok(hl_registry_list(&sofie, HL_HASH_LIST_HARMLESS, &now, NULL));
	now.resolve = true;
	assert_int_equal(HL_E_INVALID,
		hl_registry_list_change(&sofie, &now, &waits, NULL, NULL));
}

static void a_list_goes_out_of_use(void **state)
{
	struct fixture *f = *state;
	bool waits;
	struct hl_who sofie = who(f, SOFIE);
	struct hl_registry_list list;
	enum hl_registry_why why = 0;
	int64_t id = put_list(f, "Partner", false);

	ok(hl_registry_list(&sofie, id, &list, NULL));
	ok(hl_registry_list_retire(
		&sofie, id, list.version, &waits, &why, NULL));
	assert_int_equal(
		HL_DENIED, hl_registry_list_retire(&sofie, id, list.version + 1,
				   &waits, &why, NULL));
	assert_int_equal(HL_REGISTRY_WRONG_STATE, why);
	assert_int_equal(HL_DENIED,
		hl_registry_list_retire(
			&sofie, HL_HASH_LIST_ASSESSED, 1, &waits, &why, NULL));
	assert_int_equal(HL_REGISTRY_BASIC, why);
	assert_int_equal(HL_NOTFOUND,
		hl_registry_list_retire(&sofie, 99, 1, &waits, &why, NULL));
}

static void the_switch_for_all(void **state)
{
	struct fixture *f = *state;
	struct hl_who sofie = who(f, SOFIE), anna = who(f, ANNA);
	struct hl_registry_policy policy;
	enum hl_registry_why why = 0;

	ok(hl_registry_policy(&anna, &policy, NULL));
	assert_true(policy.resolve);
	assert_int_equal(
		HL_DENIED, hl_registry_switch(&anna, false, &why, NULL));
	ok(hl_registry_switch(&sofie, false, &why, NULL));
	ok(hl_registry_policy(&anna, &policy, NULL));
	assert_false(policy.resolve);
	assert_true(hl_str_eq(HL_STR("Sofie Supervisor"), policy.changed_name));
	assert_int_equal(
		HL_DENIED, hl_registry_switch(&sofie, false, &why, NULL));
	assert_int_equal(HL_REGISTRY_CHANGED, why);
	assert_int_equal(
		1, number(f, "SELECT count(*) FROM event WHERE kind = 807"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_lists_are_there),
		TEST(one_proposes_another_approves),
		TEST(names_and_numbers_out_of_form),
		TEST(changing_a_list),
		TEST(a_list_goes_out_of_use),
		TEST(the_switch_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
