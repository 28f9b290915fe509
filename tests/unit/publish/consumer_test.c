/* SPDX-License-Identifier: Apache-2.0 */
/* Consumers: two supervisors, canaries, tokens, and what is more. */
#include "help.h"

#include "base/time.h"

static struct hl_publish_consumer school(void)
{
	return (struct hl_publish_consumer){.name = HL_STR("School"),
		.contact = HL_STR("Ms Oak, +45 00 00 00 00"),
		.tier = HL_LIST_TIER_ASKS,
		.stage = HL_LIST_STAGE_REST,
		.budget = 1000};
}

static enum hl_publish_why try_consumer(
	struct desk *d, enum person person, struct hl_publish_consumer *c)
{
	struct hl_who me = who(d->f, person);
	struct hl_publish_setup setup = setup_of(d, person);
	enum hl_publish_why why = 0;
	struct hl_err err = {0};
	int r = hl_publish_consumer_propose(&me, &setup, c, &why, &err);

	if (r < 0) {
		fail_msg("consumer: %s", err.msg);
	}
	return r ? why : HL_PUBLISH_ALLOWED;
}

static enum hl_publish_why try_join(struct desk *d, enum person person,
	int64_t id, struct hl_publish_joining *joining)
{
	struct hl_publish_setup setup = setup_of(d, person);
	enum hl_publish_why why = 0;
	struct hl_err err = {0};

	joining->decision = (struct hl_publish_decision){
		id, number_of(d->f,
			    "SELECT version FROM list_consumer WHERE id = %lld",
			    id)};
	int r = hl_publish_consumer_approve(
		AS(person), &setup, joining, &why, &err);
	if (r < 0) {
		fail_msg("join: %s", err.msg);
	}
	return r ? why : HL_PUBLISH_ALLOWED;
}

static struct hl_publish_consumer seen(struct desk *d, int64_t id)
{
	struct hl_publish_consumer c;

	ok(hl_publish_consumer(AS(SOFIE), id, &c, NULL));
	return c;
}

static int64_t joined(struct desk *d)
{
	struct hl_publish_consumer c = school();
	struct hl_publish_joining j = {0};

	assert_int_equal(0, try_consumer(d, SOFIE, &c));
	assert_int_equal(0, try_join(d, SIMON, c.id, &j));
	return c.id;
}

static void two_supervisors_bring_one_in(void **state)
{
	struct desk *d = *state;
	struct hl_publish_consumer c = school();
	struct hl_publish_joining j = {0};
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];

	assert_int_equal(HL_PUBLISH_NOT_PERMITTED, try_consumer(d, ANNA, &c));
	assert_int_equal(HL_PUBLISH_NOT_PERMITTED, try_consumer(d, ADAM, &c));
	assert_int_equal(0, try_consumer(d, SOFIE, &c));
	assert_int_equal(5, number(d->f, "SELECT count(*) FROM list_entry "
					 "WHERE kind = 2 AND state = 1"));
	assert_int_equal(HL_PUBLISH_SAME_PERSON, try_join(d, SOFIE, c.id, &j));
	assert_int_equal(0, j.shown.token[0]);
	assert_int_equal(0, check_log(d));
	assert_int_equal(0, try_join(d, SIMON, c.id, &j));
	assert_int_equal(HL_LIST_CONSUMER_ACTIVE, seen(d, c.id).state);
	/* five canaries, each of two people, each with its leaf */
	assert_int_equal(5, check_log(d));
	assert_int_equal(5, number(d->f, "SELECT count(*) FROM list_entry "
					 "WHERE kind = 2 AND state = 2 AND "
					 "scope = 4 AND proposed_key <> "
					 "approved_key"));
	ok(hl_publish_token_hash(hl_str_c(j.shown.token), hash));
	assert_int_equal(HL_SEAL_TOKEN_HASH_BYTES,
		number(d->f, "SELECT length(token_hash) FROM list_consumer"));
	assert_int_equal(HL_PUBLISH_WRONG_STATE, try_join(d, SIMON, c.id, &j));
	hl_publish_shown_wipe(&j.shown);
	/* canaries are nobody's to approve, refuse or end one by one */
	int64_t canary = number(d->f, "SELECT min(id) FROM list_entry");
	assert_int_equal(HL_PUBLISH_WRONG_STATE, try_approve(d, SIMON, canary));
}

static void tokens_have_one_form(void **state)
{
	static const char *const bad[] = {"", "hl_", "hl_x",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"hl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"HL_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"hl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!"};
	uint8_t hash[HL_SEAL_TOKEN_HASH_BYTES];

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(bad); i++) {
		if (hl_publish_token_hash(hl_str_c(bad[i]), hash) !=
			HL_E_INVALID) {
			fail_msg("%s", bad[i]);
		}
	}
	ok(hl_publish_token_hash(
		HL_STR("hl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
		hash));
}

static void out_of_form_is_refused(void **state)
{
	struct desk *d = *state;
	struct hl_publish_setup setup = setup_of(d, SOFIE);

	for (int i = 0; i < 12; i++) {
		struct hl_publish_consumer c = school();

		c.name = i == 0 ? HL_STR("") : i == 1 ? HL_STR("a\nb") : c.name;
		c.contact = i == 2 ? HL_STR(" ") : c.contact;
		c.tier = i == 3 ? (enum hl_list_tier)3 : c.tier;
		c.stage = i == 4 ? (enum hl_list_stage)0 : c.stage;
		c.budget = i == 5 ? -1 : i == 6 ? 100000001 : c.budget;
		c.notify = i == 7    ? HL_STR("example.org:53")
			   : i == 8  ? HL_STR("192.0.2.1")
			   : i == 9  ? HL_STR("192.0.2.1:0")
			   : i == 10 ? HL_STR("192.0.2.1:99999")
				     : HL_STR("192.0.2.1:53\n[2001:db8::1]:53");
		c.sign_key = i == 11 ? HL_STR("short") : HL_STR("");
		if (hl_publish_consumer_propose(AS(SOFIE), &setup, &c, NULL,
			    NULL) != HL_E_INVALID) {
			fail_msg("row %d", i);
		}
	}
	assert_int_equal(0, number(d->f, "SELECT count(*) FROM list_consumer"));
	assert_int_equal(0, number(d->f, "SELECT count(*) FROM list_entry"));
}

static void names_are_taken_once(void **state)
{
	struct desk *d = *state;
	struct hl_publish_consumer c = school(), again = school();

	assert_int_equal(0, try_consumer(d, SOFIE, &c));
	again.name = HL_STR("SCHOOL");
	assert_int_equal(HL_PUBLISH_NAME_TAKEN, try_consumer(d, SIMON, &again));
	struct hl_publish_decision now = {c.id, 1};
	ok(hl_publish_consumer_refuse(AS(SIMON), &now, NULL, NULL));
	/* its canaries have gone with it, and the name is free */
	assert_int_equal(0, check_log(d));
	assert_int_equal(0, number(d->f, "SELECT count(*) FROM list_entry "
					 "WHERE state < 4"));
	assert_int_equal(0, try_consumer(d, SOFIE, &again));
}

static void tier_0_is_signed_off(void **state)
{
	struct desk *d = *state;
	struct hl_publish_consumer c = school();
	struct hl_publish_joining j = {0};

	c.tier = HL_LIST_TIER_OFFLINE;
	assert_int_equal(HL_PUBLISH_RISK, try_consumer(d, SOFIE, &c));
	c.risk = HL_STR("an appliance that cannot call out");
	assert_int_equal(0, try_consumer(d, SOFIE, &c));
	assert_int_equal(HL_PUBLISH_RISK, try_join(d, SIMON, c.id, &j));
	j.signs_off = true;
	assert_int_equal(0, try_join(d, SIMON, c.id, &j));
	hl_publish_shown_wipe(&j.shown);
}

static void tier_2_has_a_secret_for_transfers(void **state)
{
	struct desk *d = *state;
	struct hl_publish_consumer c = school();
	struct hl_publish_joining j = {0};

	c.tier = HL_LIST_TIER_CLEAR;
	c.notify = HL_STR("192.0.2.1:53");
	assert_int_equal(0, try_consumer(d, SOFIE, &c));
	assert_int_equal(0, try_join(d, SIMON, c.id, &j));
	assert_int_equal(44, hl_str_c(j.shown.tsig).n);
	assert_true(hl_str_starts(seen(d, c.id).tsig_name, HL_STR("u-")));
	assert_int_equal(1, number(d->f, "SELECT length(tsig_sealed) > 32 "
					 "FROM list_consumer"));
	hl_publish_shown_wipe(&j.shown);
}

static void a_new_token_ends_the_old_one(void **state)
{
	struct desk *d = *state;
	int64_t id = joined(d);
	struct hl_publish_decision now = {id, seen(d, id).version};
	struct hl_publish_shown shown;
	enum hl_publish_why why = 0;

	change(d->f,
		"CREATE TABLE was AS SELECT token_hash FROM list_consumer");
	assert_int_equal(HL_DENIED,
		hl_publish_consumer_token(AS(ANNA), &now, &shown, &why, NULL));
	assert_int_equal(HL_PUBLISH_NOT_PERMITTED, why);
	ok(hl_publish_consumer_token(AS(SOFIE), &now, &shown, &why, NULL));
	assert_true(hl_str_starts(hl_str_c(shown.token), HL_STR("hl_")));
	assert_int_equal(0, number(d->f, "SELECT count(*) FROM list_consumer "
					 "JOIN was USING (token_hash)"));
	assert_int_equal(HL_DENIED,
		hl_publish_consumer_token(AS(SOFIE), &now, &shown, &why, NULL));
	assert_int_equal(HL_PUBLISH_CHANGED, why);
	assert_int_equal(0, shown.token[0]);
}

static const struct change {
	const char *what;
	int tier, stage;
	int64_t budget;
	bool waits;
} changes[] = {
	{"nothing", 1, 2, 1000, false},
	{"less", 1, 2, 999, false},
	{"none", 1, 2, 0, false},
	{"more", 1, 2, 1001, true},
	{"offline", 0, 2, 1000, true},
	{"in clear", 2, 2, 1000, true},
	{"first", 1, 1, 1000, true},
	{"less, but first", 1, 1, 10, true},
};

static void what_is_more_waits(void **state)
{
	for (size_t i = 0; i < HL_ARRAY_LEN(changes); i++) {
		struct desk *d = *state;
		struct hl_publish_consumer c = seen(d, joined(d));
		const struct hl_publish_change *all;
		enum hl_publish_why why = 0;
		bool waits;
		size_t n;

		c.tier = (enum hl_list_tier)changes[i].tier;
		c.stage = (enum hl_list_stage)changes[i].stage;
		c.budget = changes[i].budget;
		c.risk = HL_STR("because");
		ok(hl_publish_consumer_change(
			AS(SOFIE), &c, &waits, &why, NULL));
		ok(hl_publish_changes(AS(SOFIE), c.id, &all, &n, NULL));
		if (waits != changes[i].waits || n != waits) {
			fail_msg("%s: waits %d", changes[i].what, (int)waits);
		}
		if (n) {
			struct hl_publish_changing yes = {
				all[0].id, all[0].consumer_version, true};

			c = seen(d, c.id);
			assert_true(c.tier == HL_LIST_TIER_ASKS &&
				    c.stage == HL_LIST_STAGE_REST &&
				    c.budget <= 1000);
			assert_int_equal(
				HL_DENIED, hl_publish_change_approve(AS(SOFIE),
						   &yes, &why, NULL));
			assert_int_equal(HL_PUBLISH_SAME_PERSON, why);
			ok(hl_publish_change_approve(
				AS(SIMON), &yes, &why, NULL));
		}
		c = seen(d, c.id);
		if ((int)c.tier != changes[i].tier ||
			(int)c.stage != changes[i].stage ||
			c.budget != changes[i].budget) {
			fail_msg("%s: not so in the end", changes[i].what);
		}
		close_desk(state);
		open_desk(state);
	}
}

static void one_change_waits_at_a_time(void **state)
{
	struct desk *d = *state;
	struct hl_publish_consumer c = seen(d, joined(d));
	const struct hl_publish_change *all;
	enum hl_publish_why why = 0;
	bool waits;
	size_t n;

	c.budget = 2000;
	ok(hl_publish_consumer_change(AS(SOFIE), &c, &waits, &why, NULL));
	c.budget = 3000;
	assert_int_equal(HL_DENIED,
		hl_publish_consumer_change(AS(SIMON), &c, &waits, &why, NULL));
	assert_int_equal(HL_PUBLISH_WAITS, why);
	/* what is less, and a new name, need not wait for it */
	c.budget = 500;
	c.name = HL_STR("Schools");
	ok(hl_publish_consumer_change(AS(SIMON), &c, &waits, &why, NULL));
	ok(hl_publish_changes(AS(SIMON), c.id, &all, &n, NULL));
	struct hl_publish_changing yes = {all[0].id, c.version, false};
	/* it is not what Simon saw */
	assert_int_equal(HL_DENIED,
		hl_publish_change_approve(AS(SIMON), &yes, &why, NULL));
	assert_int_equal(HL_PUBLISH_CHANGED, why);
	ok(hl_publish_change_drop(AS(SOFIE), all[0].id, &why, NULL));
	assert_int_equal(HL_DENIED,
		hl_publish_change_drop(AS(SOFIE), all[0].id, &why, NULL));
	assert_int_equal(500, seen(d, c.id).budget);
}

static void it_ends_at_once_with_its_canaries(void **state)
{
	struct desk *d = *state;
	int64_t id = joined(d);
	struct hl_publish_decision now = {id, seen(d, id).version};
	enum hl_publish_why why = 0;

	assert_int_equal(HL_DENIED,
		hl_publish_consumer_end(AS(RIKKE), &now, &why, NULL));
	ok(hl_publish_consumer_end(AS(SOFIE), &now, &why, NULL));
	assert_int_equal(HL_LIST_CONSUMER_ENDED, seen(d, id).state);
	assert_int_equal(10, check_log(d));
	assert_int_equal(5, number(d->f, "SELECT count(*) FROM list_entry "
					 "WHERE ended_why = 7"));
	assert_int_equal(0, sweep(d));
	assert_int_equal(HL_DENIED,
		hl_publish_consumer_end(AS(SOFIE), &now, &why, NULL));
}

static void without_a_domain_there_are_no_canaries(void **state)
{
	struct desk *d = *state;
	struct hl_publish_setup setup = setup_of(d, SOFIE);
	struct hl_publish_consumer c = school();
	struct hl_publish_joining j = {0};
	enum hl_publish_why why = 0;

	setup.canary_domain = HL_STR("");
	assert_int_equal(HL_DENIED,
		hl_publish_consumer_propose(AS(SOFIE), &setup, &c, &why, NULL));
	assert_int_equal(HL_PUBLISH_NO_CANARIES, why);
	assert_int_equal(0, number(d->f, "SELECT count(*) FROM list_consumer"));
	/* another domain than was proposed */
	setup.canary_domain = HL_STR("fish.example.org");
	ok(hl_publish_consumer_propose(AS(SOFIE), &setup, &c, &why, NULL));
	assert_int_equal(HL_PUBLISH_CHANGED, try_join(d, SIMON, c.id, &j));
	assert_int_equal(0, j.shown.token[0]);
	assert_int_equal(0, check_log(d));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_DESK(two_supervisors_bring_one_in),
		cmocka_unit_test(tokens_have_one_form),
		TEST_DESK(out_of_form_is_refused),
		TEST_DESK(names_are_taken_once),
		TEST_DESK(tier_0_is_signed_off),
		TEST_DESK(tier_2_has_a_secret_for_transfers),
		TEST_DESK(a_new_token_ends_the_old_one),
		TEST_DESK(what_is_more_waits),
		TEST_DESK(one_change_waits_at_a_time),
		TEST_DESK(it_ends_at_once_with_its_canaries),
		TEST_DESK(without_a_domain_there_are_no_canaries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
