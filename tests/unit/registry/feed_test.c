/* SPDX-License-Identifier: Apache-2.0 */
/* The change feed: who follows it knows what is in use, and nothing else. */
#include "help.h"

#include "registry/feed.h"

static struct hl_registry_feed feed_from(
	struct fixture *f, int64_t after, size_t n_most)
{
	struct hl_registry_feed feed;
	struct hl_err err = {0};

	if (hl_registry_feed(f->store, f->arena, after, n_most, &feed, &err)) {
		fail_msg("feed: %s", err.msg);
	}
	return feed;
}

static void a_new_store_tells_its_lists(void **state)
{
	struct fixture *f = *state;
	struct hl_registry_feed feed = feed_from(f, 0, 100);

	assert_int_equal(2, feed.n);
	assert_int_equal(2, feed.last);
	assert_int_equal(2, feed.head);
	assert_int_equal(0, feed.at[0].entry_id);
	assert_non_null(feed.at[0].list);
	assert_true(feed.at[1].list->negative);
	feed = feed_from(f, 2, 100);
	assert_int_equal(0, feed.n);
	assert_int_equal(2, feed.last);
}

static void what_happens_to_an_entry(void **state)
{
	struct fixture *f = *state;
	bool waits;
	struct hl_who simon = who(f, SIMON), vera = who(f, VERA);
	struct hl_hash_set set = one_hash(HL_HASH_SHA256, 1);
	struct hl_registry_saying yes = {
		HL_HASH_CONFIRM, HL_HASH_REASON_SAME, HL_STR("")};
	struct hl_registry_feed feed;
	int64_t id;

	set.at[set.n++] = hash_no(HL_HASH_PDQ, 1);
	id = propose(f, HL_HASH_LIST_ASSESSED, &set, 1);
	assert_int_equal(0, feed_from(f, 2, 100).n); /* one person's word */
	ok(hl_registry_approve(&simon, id, NULL, NULL));
	feed = feed_from(f, 2, 100);
	assert_int_equal(1, feed.n);
	assert_int_equal(id, feed.at[0].entry_id);
	assert_non_null(feed.at[0].entry);
	assert_int_equal(2, feed.at[0].entry->n_values);
	assert_int_equal(HL_HASH_PDQ, feed.at[0].entry->values[0].kind);
	assert_int_equal(90, feed.at[0].entry->values[0].quality);
	assert_true(hl_str_eq(HL_STR("S-1"), feed.at[0].entry->series));
	ok(hl_registry_say(&vera, id, &yes, NULL, NULL));
	feed = feed_from(f, feed.last, 100);
	assert_int_equal(1, feed.n);
	assert_int_equal(1, feed.at[0].entry->n_confirmed);
	ok(hl_registry_withdraw(
		&simon, id, HL_HASH_REASON_TYPO, &waits, NULL, NULL));
	feed = feed_from(f, feed.last, 100);
	assert_int_equal(1, feed.n);
	assert_null(feed.at[0].entry);
	/* who begins anew hears of it once, as gone */
	feed = feed_from(f, 2, 100);
	assert_int_equal(1, feed.n);
	assert_null(feed.at[0].entry);
}

static void in_small_pieces(void **state)
{
	struct fixture *f = *state;
	int64_t after = 2;
	size_t n = 0;

	for (unsigned i = 0; i < 7; i++) {
		struct hl_hash_set set = one_hash(HL_HASH_SHA256, i);

		put_entry(f, HL_HASH_LIST_ASSESSED, &set, 1);
	}
	for (;;) {
		struct hl_registry_feed feed = feed_from(f, after, 2);

		if (!feed.n) {
			break;
		}
		for (size_t i = 0; i < feed.n; i++) {
			assert_true(feed.at[i].seq > after);
			after = feed.at[i].seq;
			assert_int_equal(1, feed.at[i].entry->n_values);
			n++;
		}
		assert_int_equal(feed.last, after);
	}
	assert_int_equal(7, n);
	assert_int_equal(feed_from(f, 0, 1).head, after);
}

static void a_list_comes_and_goes_with_its_entries(void **state)
{
	struct fixture *f = *state;
	bool waits;
	struct hl_who sofie = who(f, SOFIE), simon = who(f, SIMON);
	struct hl_registry_list list = {.kind = HL_HASH_LIST_PARTNER,
		.name = HL_STR("Partner"),
		.owner = HL_STR("Partner"),
		.source = HL_STR("file"),
		.radius = 31};
	struct hl_registry_feed feed;

	ok(hl_registry_list_propose(&sofie, &list, NULL, NULL));
	change(f, "INSERT INTO hash_entry (id, list_id, state, version, label,"
		  "outcome, profile, facts, series, foreign_id, origin, "
		  "case_id, proposed_by, proposed_at_us, approved_by, "
		  "approved_at_us, withdrawn_by, withdrawn_at_us, "
		  "withdrawn_reason, n_confirmed, n_deconfirmed) VALUES (1, 3,"
		  "2, 1, 0, 0, '', '', '', 'x', 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,"
		  "0); INSERT INTO hash_value VALUES (1, 2, 0, "
		  "x'00112233445566778899aabbccddeeff', -1)");
	sofie = who(f, SOFIE);
	simon = who(f, SIMON);
	assert_int_equal(0, feed_from(f, 2, 100).n);
	ok(hl_registry_list_approve(&simon, list.id, 1, NULL, NULL));
	feed = feed_from(f, 2, 100);
	assert_int_equal(2, feed.n);
	assert_int_equal(0, feed.at[0].entry_id);
	assert_int_equal(list.id, feed.at[0].list->id);
	assert_int_equal(1, feed.at[1].entry_id);
	assert_int_equal(1, feed.at[1].entry->n_values);
	ok(hl_registry_list(&sofie, list.id, &list, NULL));
	ok(hl_registry_list_retire(
		&sofie, list.id, list.version, &waits, NULL, NULL));
	feed = feed_from(f, feed.last, 100);
	assert_int_equal(1, feed.n);
	assert_null(feed.at[0].list);
}

static void its_role_may_no_more(void **state)
{
	struct fixture *f = *state;
	struct hl_row_hash_feed *rows;
	struct hl_row_report_get *report;
	struct hl_in_hash_feed in = {0, 10};
	struct hl_in_report_get get = {1};
	size_t n;

	hl_store_close(f->store);
	ok(hl_store_open(f->path, HL_STORE_MATCH, &f->store, NULL));
	ok(hl_get_hash_feed(f->store, f->arena, &in, &rows, &n, NULL));
	assert_int_equal(2, n);
	assert_int_equal(HL_DENIED,
		hl_get_report_get(f->store, f->arena, &get, &report, &n, NULL));
	assert_int_equal(
		HL_DENIED, hl_do_hash_changed(f->store, f->arena,
				   &(struct hl_in_hash_changed){1, 1}, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_store_tells_its_lists),
		TEST(what_happens_to_an_entry),
		TEST(in_small_pieces),
		TEST(a_list_comes_and_goes_with_its_entries),
		TEST(its_role_may_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
