/* SPDX-License-Identifier: Apache-2.0 */
/* What people decide about a host, against what look-ups find. */
#include "lookups.h"

#include "base/time.h"

static void typed_facts_by_role(void **state)
{
	static const struct {
		const char *name;
		unsigned roles;
		bool unknown, holds;
		int expected;
		enum hl_authz_why why;
	} rows[] = {
		{"supervisor", HL_ROLE_SUPERVISOR, false, false, 0,
			HL_AUTHZ_ALLOWED},
		{"referral officer", HL_ROLE_REFERRAL, false, false, 0,
			HL_AUTHZ_ALLOWED},
		{"analyst with the case", HL_ROLE_ANALYST, false, true, 0,
			HL_AUTHZ_ALLOWED},
		{"analyst without it", HL_ROLE_ANALYST, false, false, HL_DENIED,
			HL_AUTHZ_NOT_PERMITTED},
		{"administrator", HL_ROLE_ADMIN, false, true, HL_DENIED,
			HL_AUTHZ_NOT_PERMITTED},
		{"nobody", 0, false, true, HL_DENIED, HL_AUTHZ_NOT_PERMITTED},
		{"supervisor, no such item", HL_ROLE_SUPERVISOR, true, false,
			HL_DENIED, HL_AUTHZ_NOT_PERMITTED},
	};
	struct fixture *f = *state;
	struct hl_trace_typed typed = {.country = HL_STR("SE"),
		.network = HL_STR("Typed Network"),
		.asn = 64999};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t id = add(f, "http://one.invalid/");

		if (rows[i].holds) {
			items_change(&f->items,
				"UPDATE cases SET holder = 7000, "
				"lease_until_us = 1 << 60 WHERE id = (SELECT "
				"case_id FROM item WHERE id = %lld)",
				id);
		}
		struct hl_who who = items_who(&f->items, rows[i].roles);
		enum hl_authz_why why = HL_AUTHZ_ALLOWED;
		int r = hl_trace_type_in(
			&who, rows[i].unknown ? 1 : id, &typed, &why, NULL);
		bool is = number(f,
			"SELECT country = 'SE' AND asn = 64999 AND network = "
			"'Typed Network' FROM item WHERE id = %lld",
			id);

		if (r != rows[i].expected || why != rows[i].why ||
			is != (r == 0) ||
			items_events(&f->items, HL_EVENT_ITEM_HOST_TYPED, id) !=
				(r == 0)) {
			fail_msg("%s: %d, %d, %d", rows[i].name, r, (int)why,
				is);
		}
		who = items_who(&f->items, rows[i].roles);
		r = hl_trace_want(&who, rows[i].unknown ? 1 : id, &why, NULL);
		if (r != rows[i].expected || why != rows[i].why) {
			fail_msg("want, %s: %d, %d", rows[i].name, r, (int)why);
		}
	}
	assert_int_equal(
		3, number(f,
			   "SELECT count(*) FROM trace WHERE source = 2 AND "
			   "country = 'SE' AND length(worker_sealed) = 0",
			   0));
}

static void typed_facts_have_a_form(void **state)
{
	static const struct {
		const char *country;
		int64_t asn;
		int network;
		bool good;
	} rows[] = {
		{"DK", 1, 10, true},
		{"", 0, 0, true},
		{"DK", 4294967294, 200, true},
		{"dk", 1, 10, false},
		{"DNK", 1, 10, false},
		{"D", 1, 10, false},
		{"D1", 1, 10, false},
		{"DK", -1, 10, false},
		{"DK", 4294967295, 10, false},
		{"DK", 1, 201, false},
	};
	struct fixture *f = *state;
	char network[256];

	memset(network, 'n', sizeof(network));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t id = add(f, "http://one.invalid/");
		struct hl_who who = items_who(&f->items, HL_ROLE_SUPERVISOR);
		struct hl_trace_typed typed = {
			.country = hl_str_c(rows[i].country),
			.network = hl_str_mem(network, (size_t)rows[i].network),
			.asn = rows[i].asn};
		int r = hl_trace_type_in(&who, id, &typed, NULL, NULL);

		if (r != (rows[i].good ? 0 : HL_E_INVALID)) {
			fail_msg("row %zu: %d", i, r);
		}
	}
}

static void type_in(struct fixture *f, int64_t id, const char *country)
{
	struct hl_who who = items_who(&f->items, HL_ROLE_SUPERVISOR);
	struct hl_trace_typed typed = {.country = hl_str_c(country),
		.network = HL_STR("Typed Network"),
		.asn = 64999};

	ok(hl_trace_type_in(&who, id, &typed, NULL, NULL));
}

static int64_t rows_from(struct fixture *f, int64_t id, int source)
{
	struct hl_str sql = hl_arena_printf(f->items.arena,
		"SELECT count(*) FROM trace WHERE item_id = %%lld AND source "
		"= %d",
		source);

	return number(f, sql.p, id);
}

static void what_is_typed_in_holds_until_it_is_dropped(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "http://one.invalid/");
	struct hl_who who;
	enum hl_authz_why why;

	assert_true(next(f));
	item_is(f, id, "country = 'DK' AND asn = 64500");
	int64_t provider =
		number(f, "SELECT provider_id FROM item WHERE id = %lld", id);
	items_later(HL_US_PER_HOUR);
	type_in(f, id, "SE");
	type_in(f, id, "NO");
	assert_int_equal(1, rows_from(f, id, 2));
	assert_int_equal(1, rows_from(f, id, 3));
	items_later(HL_US_PER_HOUR);
	/* the later look-up stands beside it, with its own date */
	again(f, id);
	item_is(f, id, "country = 'NO' AND asn = 64999");
	item_is(f, id, "network = 'Typed Network'");
	item_is(f, id, "traced_at_us = first_at_us + 7200000000");
	assert_int_equal(provider,
		number(f, "SELECT provider_id FROM item WHERE id = %lld", id));
	assert_int_equal(2,
		number(f,
			"SELECT count(*) FROM trace WHERE item_id = %lld AND "
			"source = 1 AND country = 'DK'",
			id));
	who = items_who(&f->items, HL_ROLE_ADMIN);
	assert_int_equal(HL_DENIED, hl_trace_drop_typed(&who, id, &why, NULL));
	who = items_who(&f->items, HL_ROLE_SUPERVISOR);
	ok(hl_trace_drop_typed(&who, id, &why, NULL));
	item_is(f, id, "country = 'DK' AND asn = 64500 AND trace_due_us > 0");
	who = items_who(&f->items, HL_ROLE_SUPERVISOR);
	assert_int_equal(
		HL_NOTFOUND, hl_trace_drop_typed(&who, id, &why, NULL));
	assert_int_equal(
		2, items_events(&f->items, HL_EVENT_ITEM_HOST_TYPED, id));
	assert_int_equal(
		1, items_events(&f->items, HL_EVENT_ITEM_HOST_DROPPED, id));
	assert_true(next(f));
	item_is(f, id, "country = 'DK'");
}

/* Without any look-up nothing is known when it is taken back. */
static void what_nobody_looked_up_is_not_known(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "http://one.invalid/");
	struct hl_who who;

	type_in(f, id, "SE");
	who = items_who(&f->items, HL_ROLE_SUPERVISOR);
	ok(hl_trace_drop_typed(&who, id, NULL, NULL));
	item_is(f, id, "country = '' AND asn = 0 AND traced_at_us = 0");
}

static void typed_recipients_exist(void **state)
{
	static const struct {
		const char *name;
		int kind, state, expected;
	} rows[] = {
		{"approved provider", HL_RECIPIENT_PROVIDER, 2, 0},
		{"proposed provider", HL_RECIPIENT_PROVIDER, 1, 0},
		{"approved registrar", HL_RECIPIENT_REGISTRAR, 2, 0},
		{"rejected provider", HL_RECIPIENT_PROVIDER, 3, HL_E_INVALID},
		{"retired provider", HL_RECIPIENT_PROVIDER, 4, HL_E_INVALID},
		{"police", HL_RECIPIENT_POLICE, 2, HL_E_INVALID},
		{"partner", HL_RECIPIENT_PARTNER, 2, HL_E_INVALID},
		{"none", 0, 0, HL_E_INVALID},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t id = add(f, "http://one.invalid/");
		struct hl_str sql = hl_arena_printf(f->items.arena,
			"DELETE FROM recipient; INSERT INTO recipient (id, "
			"kind, name, mail, country, asn, channel, state, "
			"source, created_at_us, decided_at_us, decided_by) "
			"VALUES (5, %d, 'A', 'a@example.org', '', 0, 1, %d, 1, "
			"1, 1, 1)",
			rows[i].kind, rows[i].state);

		items_change(&f->items, sql.p, 0);
		struct hl_who who = items_who(&f->items, HL_ROLE_SUPERVISOR);
		struct hl_trace_typed typed = {.country = HL_STR("SE"),
			.network = HL_STR(""),
			.provider_id = rows[i].kind ? 5 : 6};
		int r = hl_trace_type_in(&who, id, &typed, NULL, NULL);
		bool set = number(f,
			"SELECT provider_id = 5 AND country = 'SE' FROM item "
			"WHERE id = %lld",
			id);

		if (r != rows[i].expected || set != !rows[i].expected) {
			fail_msg("%s: %d, %d", rows[i].name, r, set);
		}
	}
}

/* Before a referral leaves, a registry names somebody else than before. */
static void whom_a_person_approved_stays(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "http://one.invalid/");

	items_change(&f->items,
		"INSERT INTO recipient (id, kind, name, mail, country, asn, "
		"channel, state, source, created_at_us, decided_at_us, "
		"decided_by) VALUES (55, 2, 'Known', 'known@example.org', "
		"'DK', 64500, 1, 2, 1, 1, 1, 1); UPDATE item SET provider_id "
		"= 55, asn = 64500 WHERE id = %lld",
		id);
	again(f, id);
	item_is(f, id, "provider_id = 55");
	int64_t found = number(f,
		"SELECT id FROM recipient WHERE state = 1 AND mail = "
		"'abuse@hosting.example'",
		0);
	again(f, id); /* it is known and still waits */
	item_is(f, id, "provider_id = 55");
	items_change(&f->items, "UPDATE recipient SET state = 2", 0);
	again(f, id);
	assert_int_equal(found,
		number(f, "SELECT provider_id FROM item WHERE id = %lld", id));
	/* in another network the approved one has no say */
	items_change(
		&f->items, "UPDATE recipient SET state = 1 WHERE id <> 55", 0);
	items_change(&f->items,
		"UPDATE item SET provider_id = 55, asn = 64777 WHERE id = "
		"%lld",
		id);
	again(f, id);
	assert_int_equal(found,
		number(f, "SELECT provider_id FROM item WHERE id = %lld", id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(typed_facts_by_role),
		TEST(typed_facts_have_a_form),
		TEST(what_is_typed_in_holds_until_it_is_dropped),
		TEST(what_nobody_looked_up_is_not_known),
		TEST(typed_recipients_exist),
		TEST(whom_a_person_approved_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
