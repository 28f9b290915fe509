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
	struct hl_who me = who(d->f, person);
	enum hl_publish_why why = 0;
	struct hl_err err = {0};
	int r = hl_publish_appeal_decide(&me, &ruling, &why, &err);

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
	assert_int_equal(HL_LIST_APPEAL_OPEN,
		number(d->f, "SELECT state FROM list_appeal"));
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
		struct hl_publish_ruling ruling = {id, 1,
			(enum hl_list_appeal_state)bad[i].state,
			(enum hl_list_appeal_why)bad[i].why, 0};

		assert_int_equal(
			HL_E_INVALID, hl_publish_appeal_decide(
					      AS(VERA), &ruling, NULL, NULL));
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
		TEST_DESK(a_decision_has_its_form),
		TEST_DESK(what_cannot_be_read_can_be_decided),
		TEST_DESK(only_the_epoch_in_use),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
