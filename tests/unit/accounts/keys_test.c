/* SPDX-License-Identifier: Apache-2.0 */
/* Who holds which key, and that the last holder keeps it. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/sql.h"

/* Shares of these kinds that the user holds. */
static size_t holds(struct fixture *f, int64_t id, int kind)
{
	struct hl_in_key_share_of in = {id};
	struct hl_row_key_share_of *rows;
	size_t n, found = 0;

	assert_int_equal(0,
		hl_get_key_share_of(f->store, f->arena, &in, &rows, &n, NULL));
	for (size_t i = 0; i < n; i++) {
		found += rows[i].kind == kind;
	}
	return found;
}

static void note_sheets(struct fixture *f, int64_t epoch)
{
	struct hl_in_meta_put in = {
		hl_arena_printf(f->arena, "escrow.identity.%d", (int)epoch),
		hl_arena_printf(f->arena, "0123abcd 2 3 %d", (int)epoch)};

	assert_int_equal(0, hl_do_meta_put(f->store, f->arena, &in, NULL));
}

static int reset(struct fixture *f, int64_t id, bool from_sheets,
	enum hl_authz_user_why *why)
{
	return hl_accounts_reset(&f->host, id,
		&(struct hl_accounts_first){
			HL_STR("first words to come in"), &cheap, from_sheets},
		why, NULL);
}

/* Who else there is, what sheets there are, and what is done to Sofie, the
 * first supervisor. Anna holds the queue and the URL key. */
static void the_last_keys_stay(void **state)
{
	enum what { RESET, RESET_SURE, DEMOTE, DISABLE };
	static const struct {
		const char *name;
		bool other, other_holds;
		int64_t sheets; /* epoch of the identity key */
		enum what what;
		enum hl_authz_user_why why;
	} rows[] = {
		{"alone", false, false, 0, RESET, HL_AUTHZ_USER_LAST_KEYS},
		{"sure, without sheets", false, false, 0, RESET_SURE,
			HL_AUTHZ_USER_LAST_KEYS},
		{"another without keys", true, false, 0, RESET,
			HL_AUTHZ_USER_LAST_KEYS},
		{"demote her", true, false, 0, DEMOTE, HL_AUTHZ_USER_LAST_KEYS},
		{"disable her", true, false, 0, DISABLE,
			HL_AUTHZ_USER_LAST_KEYS},
		{"another with keys", true, true, 0, RESET, 0},
		{"demote one of two", true, true, 0, DEMOTE, 0},
		{"disable one of two", true, true, 0, DISABLE, 0},
		{"sheets", false, false, 1, RESET,
			HL_AUTHZ_USER_KEYS_ON_SHEETS},
		{"sheets and sure", false, false, 1, RESET_SURE, 0},
		{"sheets of another epoch", false, false, 7, RESET_SURE,
			HL_AUTHZ_USER_LAST_KEYS},
		{"demote her, sheets", true, false, 1, DEMOTE,
			HL_AUTHZ_USER_KEYS_ON_SHEETS},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		enum hl_authz_user_why why = HL_AUTHZ_USER_ALLOWED;
		struct fixture *f = *state;

		if (rows[i].other) {
			add_user(f, "simon", HL_ROLE_SUPERVISOR,
				rows[i].other_holds);
		}
		if (rows[i].sheets) {
			note_sheets(f, rows[i].sheets);
		}
		int r = rows[i].what == DEMOTE
				? change(f, f->supervisor, HL_ROLE_ANALYST,
					  true, &why)
			: rows[i].what == DISABLE
				? change(f, f->supervisor, HL_ROLE_SUPERVISOR,
					  false, &why)
				: reset(f, f->supervisor,
					  rows[i].what == RESET_SURE, &why);
		size_t kept = holds(f, f->supervisor, HL_KEY_IDENTITY);
		if (why != rows[i].why || r != (why ? HL_DENIED : 0) ||
			kept != (why ? 1 : 0)) {
			fail_msg("%s: %d, why %d, keeps %zu", rows[i].name, r,
				(int)why, kept);
		}
		tear_down(state);
		set_up(state);
	}
}

/* An epoch that a colleague alone still holds is as good as a last key. */
static void old_epochs_count_and_are_kept(void **state)
{
	enum hl_authz_user_why why = HL_AUTHZ_USER_ALLOWED;
	struct fixture *f = *state;
	enum hl_authz_keys keys;
	int64_t vera = add_user(f, "vera", HL_ROLE_VERIFIER, true);

	/* her leaving makes epoch 2; then Sofie has only that */
	assert_int_equal(0, change(f, vera, HL_ROLE_VERIFIER, false, &why));
	assert_int_equal(
		0, hl_accounts_keys(&f->host, f->analyst, &keys, NULL));
	assert_int_equal(HL_AUTHZ_KEYS_SAFE, keys);
	struct hl_in_key_share_drop_one first = {
		HL_KEY_QUEUE, 1, f->supervisor};
	assert_int_equal(
		0, hl_do_key_share_drop_one(f->store, f->arena, &first, NULL));
	assert_int_equal(
		0, hl_accounts_keys(&f->host, f->analyst, &keys, NULL));
	assert_int_equal(HL_AUTHZ_KEYS_LOST, keys);
	assert_int_equal(HL_DENIED, reset(f, f->analyst, false, &why));
	assert_int_equal(HL_AUTHZ_USER_LAST_KEYS, why);
	/* handing over what one has takes nothing from who has more */
	assert_int_equal(2, holds(f, f->analyst, HL_KEY_QUEUE));
	f->ring.queue.at[0].epoch = 2;
	assert_int_equal(0, hl_accounts_grant(&f->host, f->analyst, NULL));
	assert_int_equal(2, holds(f, f->analyst, HL_KEY_QUEUE));
}

/* Two resets at once: each looked while the other still held the keys. */
static void the_guard_sees_what_looking_missed(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *name;
		int64_t kinds, sheets; /* of an epoch, from here on */
		bool from_sheets;
		int r;
	} rows[] = {
		{"nothing is taken", 0, 0, true, 0},
		{"what Anna has, too", 1 << HL_KEY_QUEUE, 0, false, 0},
		{"the identity key", 1 << HL_KEY_IDENTITY, 0, true,
			HL_CONFLICT},
		{"on sheets of another time", 1 << HL_KEY_IDENTITY, 2, true,
			HL_CONFLICT},
		{"on sheets", 1 << HL_KEY_IDENTITY, 1, true, 0},
		{"not sure of it", 1 << HL_KEY_IDENTITY, 1, false, HL_CONFLICT},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (rows[i].sheets) {
			note_sheets(f, rows[i].sheets);
		}
		struct hl_in_key_share_guard in = {.id = f->supervisor,
			.kinds = rows[i].kinds,
			.from_sheets = rows[i].from_sheets};
		int r = hl_do_key_share_guard(f->store, f->arena, &in, NULL);

		if (r != rows[i].r) {
			fail_msg("%s: %d", rows[i].name, r);
		}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_last_keys_stay),
		TEST(old_epochs_count_and_are_kept),
		TEST(the_guard_sees_what_looking_missed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
