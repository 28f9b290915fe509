/* SPDX-License-Identifier: Apache-2.0 */
/* Appeals are decided by somebody new. */
#include "help.h"

#include "base/rand.h"
#include "base/time.h"

static int try_put(struct desk *d, int64_t entry_id, const char *json,
	int64_t epoch, int64_t *id)
{
	HL_BUF_AUTO key = HL_BUF_INIT(4096), body = HL_BUF_INIT(65536);
	struct hl_tx *tx = hl_tx_begin(d->f->store, d->f->arena);
	uint8_t lookup[16];

	*id = hl_rand_id();
	struct hl_seal_label label = HL_LABEL_LIST_APPEAL(*id);
	hl_rand_bytes(lookup, sizeof(lookup));
	ok(hl_seal_report(&d->f->ring.queue.at[0].pub, &label, hl_str_c(json),
		&key, &body, NULL));
	hl_tx_list_appeal_add(
		tx, &(struct hl_in_list_appeal_add){.id = *id,
			    .lookup = hl_str_mem(lookup, sizeof(lookup)),
			    .kind = HL_KEY_QUEUE,
			    .epoch = epoch,
			    .key_sealed = hl_buf_str(&key),
			    .body_sealed = hl_buf_str(&body),
			    .received_at_us = hl_time_now_us(),
			    .entry_id = entry_id});
	return hl_tx_run(tx, NULL);
}

static int64_t put_appeal(struct desk *d, int64_t entry_id, const char *json)
{
	int64_t id;

	ok(try_put(d, entry_id, json, 1, &id));
	return id;
}

/* Nothing new is sealed to a key that somebody who left may have kept. */
static void only_the_epoch_in_use(void **state)
{
	struct desk *d = *state;
	int64_t id;

	assert_int_equal(HL_CONFLICT, try_put(d, 0, "{}", 0, &id));
	assert_int_equal(HL_CONFLICT, try_put(d, 0, "{}", 2, &id));
	ok(try_put(d, 0, "{}", 1, &id));
	change(d->f, "UPDATE key_epoch SET closed_at_us = 5 WHERE kind = 1");
	assert_int_equal(HL_CONFLICT, try_put(d, 0, "{}", 1, &id));
	assert_int_equal(1, number(d->f, "SELECT count(*) FROM list_appeal"));
}

static enum hl_publish_why try_rule(
	struct desk *d, enum person person, struct hl_publish_ruling ruling)
{
	struct hl_publish_setup setup = setup_of(d, person);
	struct hl_who me = who(d->f, person);
	enum hl_publish_why why = 0;
	struct hl_err err = {0};
	int r = hl_publish_appeal_decide(&me, &setup, &ruling, &why, &err);

	if (r < 0) {
		fail_msg("rule: %s", err.msg);
	}
	return r ? why : HL_PUBLISH_ALLOWED;
}

static void somebody_new_decides(void **state)
{
	struct desk *d = *state;
	int64_t entry = listed(d, "http://example.org/a", NULL);
	int64_t id = put_appeal(d, entry, "{\"words\":\"a shop\"}");
	struct hl_publish_ruling yes = {
		id, 1, HL_LIST_APPEAL_UPHELD, HL_LIST_APPEAL_OTHER, 0};

	assert_int_equal(HL_PUBLISH_SAME_PERSON, try_rule(d, SOFIE, yes));
	assert_int_equal(HL_PUBLISH_NOT_PERMITTED, try_rule(d, ANNA, yes));
	assert_int_equal(HL_PUBLISH_NOT_PERMITTED, try_rule(d, RIKKE, yes));
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, entry));
	assert_int_equal(0, try_rule(d, VERA, yes));
	/* at once, with its leaf */
	assert_int_equal(HL_LIST_ENDED, state_of(d, entry));
	assert_int_equal(2, check_log(d));
	assert_int_equal(HL_LIST_END_APPEAL,
		number(d->f, "SELECT ended_why FROM list_entry"));
	assert_int_equal(HL_PUBLISH_WRONG_STATE, try_rule(d, SIMON, yes));
}

static void the_third_is_not_new(void **state)
{
	struct desk *d = *state;
	int64_t entry = propose_page(
		d, illegal_case(d, "http://de.wikipedia.org/wiki/Z"));

	assert_int_equal(0, try_approve(d, SOFIE, entry));
	assert_int_equal(0, try_third(d, SIMON, entry));
	int64_t id = put_appeal(d, entry, "{}");
	struct hl_publish_ruling no = {
		id, 1, HL_LIST_APPEAL_REJECTED, HL_LIST_APPEAL_STANDS, 0};
	assert_int_equal(HL_PUBLISH_SAME_PERSON, try_rule(d, SIMON, no));
	assert_int_equal(0, try_rule(d, VERA, no));
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, entry));
}

/* No entry was named: who decides names it, and must be new to that one. */
static void the_entry_is_found_by_its_address(void **state)
{
	struct desk *d = *state;
	int64_t entry = listed(d, "http://example.org/b", NULL);
	int64_t id = put_appeal(d, 0,
		"{\"address\":\"https://EXAMPLE.org/b\",\"words\":\"mine\","
		"\"contact\":\"me@example.org\"}");
	struct hl_publish_setup setup = setup_of(d, VERA);
	struct hl_publish_appeal appeal;

	ok(hl_publish_appeal(AS(VERA), &setup, id, &appeal, NULL));
	assert_true(hl_str_eq(appeal.words, HL_STR("mine")));
	assert_true(hl_str_eq(appeal.contact, HL_STR("me@example.org")));
	assert_int_equal(1, appeal.n_blocking);
	assert_int_equal(entry, appeal.blocking[0]);
	struct hl_publish_ruling yes = {id, appeal.version,
		HL_LIST_APPEAL_UPHELD, HL_LIST_APPEAL_GONE, 0};
	assert_int_equal(HL_PUBLISH_NO_PLACE, try_rule(d, VERA, yes));
	yes.entry_id = 12345;
	assert_int_equal(HL_PUBLISH_NO_PLACE, try_rule(d, VERA, yes));
	yes.entry_id = entry;
	assert_int_equal(HL_PUBLISH_SAME_PERSON, try_rule(d, SOFIE, yes));
	assert_int_equal(0, try_rule(d, VERA, yes));
	assert_int_equal(HL_LIST_ENDED, state_of(d, entry));
}

/* Naming another entry does not get around having approved this one. */
static void naming_another_entry_helps_nobody(void **state)
{
	struct desk *d = *state;
	int64_t entry = listed(d, "http://example.org/c", NULL);
	int64_t case_id = illegal_case(d, "http://example.org/d");
	int64_t other = propose_page(d, case_id);
	int64_t id = put_appeal(d, entry, "{}");
	struct hl_publish_ruling no = {
		id, 1, HL_LIST_APPEAL_REJECTED, HL_LIST_APPEAL_STANDS, other};

	assert_int_equal(0, try_approve(d, BENNY, other));
	assert_int_equal(HL_PUBLISH_SAME_PERSON, try_rule(d, SOFIE, no));
	/* nor does who is new decide about what has nothing to do with it */
	assert_int_equal(HL_PUBLISH_NO_PLACE, try_rule(d, VERA, no));
	assert_int_equal(HL_LIST_APPEAL_OPEN,
		number(d->f, "SELECT state FROM list_appeal"));
}

/* The appeal names no entry, or a wrong one; its address is enough. */
static void its_address_names_who_approved(void **state)
{
	struct desk *d = *state;
	int64_t entry = listed(d, "http://example.org/g", NULL);
	int64_t other =
		propose_page(d, illegal_case(d, "http://example.org/h"));
	const char *json = "{\"address\":\"https://EXAMPLE.org/g#x\"}";
	struct hl_publish_setup setup = setup_of(d, SOFIE);
	struct hl_publish_appeal appeal;

	assert_int_equal(0, try_approve(d, BENNY, other));
	const int64_t named[] = {0, other, entry};
	for (size_t i = 0; i < HL_ARRAY_LEN(named); i++) {
		int64_t id = put_appeal(d, named[i], json);

		for (size_t k = 0; k < HL_ARRAY_LEN(named); k++) {
			for (int why = HL_LIST_APPEAL_STANDS;
				why <= HL_LIST_APPEAL_NO_GROUNDS; why++) {
				struct hl_publish_ruling no = {id, 1,
					HL_LIST_APPEAL_REJECTED,
					(enum hl_list_appeal_why)why, named[k]};

				if (try_rule(d, SOFIE, no) !=
					HL_PUBLISH_SAME_PERSON) {
					fail_msg("row %zu %zu %d", i, k, why);
				}
			}
		}
		ok(hl_publish_appeal(AS(SOFIE), &setup, id, &appeal, NULL));
		assert_false(appeal.may_decide);
		assert_int_equal(HL_PUBLISH_SAME_PERSON, appeal.why);
		assert_int_equal(1, appeal.n_blocking);
	}
}

/* Who is new may not say that nothing blocks it while something does. */
static void what_blocks_is_what_is_decided(void **state)
{
	struct desk *d = *state;
	int64_t entry = listed(d, "http://example.org/i", NULL);
	int64_t id = put_appeal(d, 0, "{\"address\":\"http://example.org/i\"}");
	struct hl_publish_ruling no = {
		id, 1, HL_LIST_APPEAL_REJECTED, HL_LIST_APPEAL_NOT_LISTED, 0};

	assert_int_equal(HL_PUBLISH_BLOCKS, try_rule(d, VERA, no));
	no.entry_id = entry;
	assert_int_equal(HL_PUBLISH_BLOCKS, try_rule(d, VERA, no));
	no.entry_id = 0;
	no.reason = HL_LIST_APPEAL_STANDS;
	assert_int_equal(HL_PUBLISH_NO_PLACE, try_rule(d, VERA, no));
	no.entry_id = entry;
	assert_int_equal(0, try_rule(d, VERA, no));
	/* nothing blocks this one */
	no = (struct hl_publish_ruling){
		put_appeal(d, 0, "{\"address\":\"http://example.org/j\"}"), 1,
		HL_LIST_APPEAL_REJECTED, HL_LIST_APPEAL_NOT_LISTED, 0};
	assert_int_equal(0, try_rule(d, SOFIE, no));
}

/* Its number is as good as its address. */
static void nobody_denies_the_entry_that_was_named(void **state)
{
	struct desk *d = *state;
	int64_t entry = listed(d, "http://example.org/i", NULL);
	struct hl_publish_ruling no = {put_appeal(d, entry, "{}"), 1,
		HL_LIST_APPEAL_REJECTED, HL_LIST_APPEAL_NOT_LISTED, 0};

	assert_int_equal(HL_PUBLISH_BLOCKS, try_rule(d, VERA, no));
	no.entry_id = entry;
	assert_int_equal(HL_PUBLISH_BLOCKS, try_rule(d, VERA, no));
	/* once it has ended nothing blocks there */
	change(d->f, "UPDATE list_entry SET state = 5, ended_why = 1");
	assert_int_equal(0, try_rule(d, VERA, no));
}

/* A canary blocks nobody: no appeal is about it. */
static void no_appeal_ends_a_canary(void **state)
{
	struct desk *d = *state;
	int64_t canary = listed(d, "http://birds.example.org/", NULL), id;
	struct hl_publish_ruling yes = {
		0, 1, HL_LIST_APPEAL_UPHELD, HL_LIST_APPEAL_OTHER, canary};

	change(d->f, "UPDATE list_entry SET kind = 2, consumer_id = 5");
	yes.id = id = put_appeal(d, canary, "{}");
	assert_int_equal(0, number_of(d->f,
				    "SELECT entry_id FROM list_appeal "
				    "WHERE id = %lld",
				    id));
	assert_int_equal(HL_PUBLISH_NO_PLACE, try_rule(d, VERA, yes));
	/* nor if the row says so */
	change(d->f, "UPDATE list_appeal SET entry_id = "
		     "(SELECT id FROM list_entry)");
	assert_int_equal(HL_PUBLISH_NO_PLACE, try_rule(d, VERA, yes));
	struct hl_in_list_appeal_decide in = {.state = HL_LIST_APPEAL_UPHELD,
		.entry_id = canary,
		.decided_by = d->f->people[VERA],
		.why = HL_LIST_APPEAL_OTHER,
		.id = id,
		.version = 1};
	assert_int_equal(HL_CONFLICT,
		hl_do_list_appeal_decide(d->f->store, d->f->arena, &in, NULL));
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, canary));
}

/* Who cannot read the address cannot know whether it is their own entry. */
static void without_the_key_nobody_decides(void **state)
{
	struct desk *d = *state;
	int64_t id = put_appeal(d, 0, "{\"address\":\"http://example.org/\"}");
	struct hl_publish_ruling no = {
		id, 1, HL_LIST_APPEAL_REJECTED, HL_LIST_APPEAL_NO_GROUNDS, 0};
	struct hl_publish_setup setup = setup_of(d, VERA);
	struct hl_publish_appeal appeal;
	enum hl_publish_why why = 0;
	struct hl_who vera = who(d->f, VERA);

	vera.ring = &d->f->empty;
	assert_int_equal(HL_DENIED,
		hl_publish_appeal_decide(&vera, &setup, &no, &why, NULL));
	assert_int_equal(HL_PUBLISH_NO_KEY, why);
	ok(hl_publish_appeal(&vera, &setup, id, &appeal, NULL));
	assert_false(appeal.may_decide);
	/* nor where the addresses of entries cannot be compared */
	setup.commit = NULL;
	assert_int_equal(HL_DENIED,
		hl_publish_appeal_decide(AS(VERA), &setup, &no, &why, NULL));
	assert_int_equal(HL_PUBLISH_NO_PUBLISHER, why);
	assert_int_equal(0, try_rule(d, VERA, no));
}

static void a_decision_has_its_form(void **state)
{
	struct desk *d = *state;
	int64_t entry = listed(d, "http://example.org/f", NULL);
	int64_t id = put_appeal(d, entry, "{}");
	static const struct {
		int state, why;
	} bad[] = {{HL_LIST_APPEAL_OPEN, 0},
		{HL_LIST_APPEAL_UPHELD, HL_LIST_APPEAL_STANDS},
		{HL_LIST_APPEAL_REJECTED, HL_LIST_APPEAL_GONE},
		{HL_LIST_APPEAL_UPHELD, 0}, {9, 9}};

	for (size_t i = 0; i < HL_ARRAY_LEN(bad); i++) {
		struct hl_publish_setup setup = setup_of(d, VERA);
		struct hl_publish_ruling ruling = {id, 1,
			(enum hl_list_appeal_state)bad[i].state,
			(enum hl_list_appeal_why)bad[i].why, 0};

		assert_int_equal(
			HL_E_INVALID, hl_publish_appeal_decide(AS(VERA), &setup,
					      &ruling, NULL, NULL));
	}
	struct hl_publish_ruling old = {
		id, 7, HL_LIST_APPEAL_UPHELD, HL_LIST_APPEAL_GONE, 0};
	assert_int_equal(HL_PUBLISH_CHANGED, try_rule(d, VERA, old));
	old.id = 999;
	assert_int_equal(HL_PUBLISH_NOT_PERMITTED, try_rule(d, VERA, old));
	assert_int_equal(HL_LIST_ACTIVE, state_of(d, entry));
}

static void what_cannot_be_read_can_be_decided(void **state)
{
	struct desk *d = *state;
	int64_t broken = put_appeal(d, 0, "no JSON");
	int64_t none = put_appeal(d, 4711, "{\"address\":\"::::\"}");
	struct hl_publish_setup setup = setup_of(d, VERA);
	const struct hl_publish_appeal *all;
	struct hl_publish_appeal appeal;
	size_t n;

	ok(hl_publish_appeal(AS(VERA), &setup, broken, &appeal, NULL));
	assert_true(appeal.broken && appeal.may_decide);
	ok(hl_publish_appeal(AS(VERA), &setup, none, &appeal, NULL));
	assert_int_equal(0, appeal.entry_id);
	assert_int_equal(0, appeal.n_blocking);
	assert_int_equal(HL_NOTFOUND,
		hl_publish_appeal(AS(ANNA), &setup, none, &appeal, NULL));
	struct hl_publish_ruling no = {
		none, 1, HL_LIST_APPEAL_REJECTED, HL_LIST_APPEAL_NOT_LISTED, 0};
	assert_int_equal(0, try_rule(d, VERA, no));
	ok(hl_publish_appeals(AS(VERA), 10, &all, &n, NULL));
	assert_int_equal(2, n);
	assert_int_equal(broken, all[0].id);
	assert_int_equal(
		HL_DENIED, hl_publish_appeals(AS(ANNA), 10, &all, &n, NULL));
	struct hl_who vera = who(d->f, VERA);
	vera.ring = &d->f->empty;
	ok(hl_publish_appeal(&vera, &setup, broken, &appeal, NULL));
	assert_false(appeal.words.n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_DESK(somebody_new_decides),
		TEST_DESK(the_third_is_not_new),
		TEST_DESK(the_entry_is_found_by_its_address),
		TEST_DESK(naming_another_entry_helps_nobody),
		TEST_DESK(its_address_names_who_approved),
		TEST_DESK(what_blocks_is_what_is_decided),
		TEST_DESK(nobody_denies_the_entry_that_was_named),
		TEST_DESK(no_appeal_ends_a_canary),
		TEST_DESK(without_the_key_nobody_decides),
		TEST_DESK(a_decision_has_its_form),
		TEST_DESK(what_cannot_be_read_can_be_decided),
		TEST_DESK(only_the_epoch_in_use),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
