/* SPDX-License-Identifier: Apache-2.0 */
/* Partners' lists read in: once, again, half, with what has gone. */
#include "help.h"

#include <stdlib.h>

#include "registry/load.h"

static struct hl_registry_loaded read_in(struct fixture *f, int64_t list_id,
	const struct hl_registry_record *records, size_t n)
{
	HL_REGISTRY_LOADING_AUTO *l = NULL;
	struct hl_err err = {0};

	if (hl_registry_load_begin(f->store, list_id, &l, &err) ||
		hl_registry_load_put(l, records, n, &err) ||
		hl_registry_load_end(l, HL_STR("v1"), &err)) {
		fail_msg("load: %s", err.msg);
	}
	return *hl_registry_load_counts(l);
}

static void once_and_again(void **state)
{
	struct fixture *f = *state;
	int64_t list = put_list(f, "Partner", false);
	struct hl_hash a[2] = {
		hash_no(HL_HASH_SHA256, 1), hash_no(HL_HASH_PDQ, 1)};
	struct hl_hash b = hash_no(HL_HASH_MD5, 2);
	struct hl_registry_record records[] = {
		{.foreign_id = HL_STR("a"),
			.label = HL_STR("A1"),
			.series = HL_STR("S"),
			.values = a,
			.n_values = 2},
		{.label = HL_STR("B"), .values = &b, .n_values = 1},
		{.foreign_id = HL_STR("nothing")},
	};
	struct hl_registry_loaded n = read_in(f, list, records, 3);

	assert_int_equal(2, n.n_put);
	assert_int_equal(1, n.n_empty);
	assert_int_equal(2, number(f, "SELECT count(*) FROM hash_label"));
	assert_int_equal(3, number(f, "SELECT count(*) FROM hash_value"));
	assert_int_equal(2,
		number(f, "SELECT count(*) FROM hash_change WHERE entry_id"));
	n = read_in(f, list, records, 3);
	assert_int_equal(0, n.n_put);
	assert_int_equal(2, n.n_same);
	assert_int_equal(2,
		number(f, "SELECT count(*) FROM hash_change WHERE entry_id"));
	/* another hash, another label */
	a[0] = hash_no(HL_HASH_SHA256, 9);
	records[1].label = HL_STR("C");
	n = read_in(f, list, records, 3);
	assert_int_equal(2, n.n_put);
	assert_int_equal(2, number(f, "SELECT count(*) FROM hash_entry"));
	assert_int_equal(3, number(f, "SELECT count(*) FROM hash_value"));
	assert_int_equal(3, number(f, "SELECT count(*) FROM hash_label"));
	assert_int_equal(
		2, number(f, "SELECT sum(a) FROM (SELECT a FROM event WHERE "
			     "kind = 805 ORDER BY seq DESC LIMIT 1)"));
}

static void what_has_gone(void **state)
{
	struct fixture *f = *state;
	int64_t list = put_list(f, "Partner", false);
	struct hl_hash a = hash_no(HL_HASH_SHA256, 1);
	struct hl_registry_record record = {
		.foreign_id = HL_STR("a"), .values = &a, .n_values = 1};
	struct hl_registry_loaded n;

	read_in(f, list, &record, 1);
	record.gone = true;
	n = read_in(f, list, &record, 1);
	assert_int_equal(1, n.n_gone);
	assert_int_equal(
		3, number(f, "SELECT state FROM hash_entry WHERE id = 1"));
	n = read_in(f, list, &record, 1);
	assert_int_equal(0, n.n_gone);
	record.gone = false; /* and it is back */
	n = read_in(f, list, &record, 1);
	assert_int_equal(1, n.n_put);
	assert_int_equal(
		2, number(f, "SELECT state FROM hash_entry WHERE id = 1"));
	/* what never was there */
	record = (struct hl_registry_record){
		.foreign_id = HL_STR("z"), .gone = true};
	n = read_in(f, list, &record, 1);
	assert_int_equal(0, n.n_gone + n.n_put + n.n_empty);
}

static void what_we_withdrew_stays_so(void **state)
{
	struct fixture *f = *state;
	bool waits;
	int64_t list = put_list(f, "Partner", false);
	struct hl_hash a = hash_no(HL_HASH_SHA256, 1);
	struct hl_registry_record record = {
		.foreign_id = HL_STR("a"), .values = &a, .n_values = 1};
	struct hl_who simon;

	read_in(f, list, &record, 1);
	simon = who(f, SIMON);
	ok(hl_registry_withdraw(
		&simon, 1, HL_HASH_REASON_TOO_COMMON, &waits, NULL, NULL));
	assert_int_equal(1, read_in(f, list, &record, 1).n_kept);
	assert_int_equal(
		3, number(f, "SELECT state FROM hash_entry WHERE id = 1"));
}

static void more_than_a_batch_holds(void **state)
{
	enum { N = 500 };
	struct fixture *f = *state;
	int64_t list = put_list(f, "Partner", false);
	struct hl_hash *values = calloc(N, sizeof(*values));
	struct hl_registry_record *records = calloc(N, sizeof(*records));

	for (unsigned i = 0; i < N; i++) {
		values[i] = hash_no(HL_HASH_SHA256, i);
		records[i] = (struct hl_registry_record){
			.values = &values[i], .n_values = 1};
	}
	assert_int_equal(N, read_in(f, list, records, N).n_put);
	assert_int_equal(N, number(f, "SELECT count(*) FROM hash_entry"));
	assert_int_equal(N, read_in(f, list, records, N).n_same);
	/* one entry with all of them, as a film has */
	int *parts = calloc(N, sizeof(*parts));
	for (int i = 0; i < N; i++) {
		values[i] = hash_no(HL_HASH_PDQ, (unsigned)i);
		parts[i] = i;
	}
	struct hl_registry_record film = {.foreign_id = HL_STR("film"),
		.values = values,
		.parts = parts,
		.n_values = N};
	assert_int_equal(1, read_in(f, list, &film, 1).n_put);
	assert_int_equal(N, number(f, "SELECT count(*) FROM hash_value "
				      "WHERE kind = 1"));
	assert_int_equal(1, read_in(f, list, &film, 1).n_same);
	free(values);
	free(records);
	free(parts);
}

static void the_same_name_twice(void **state)
{
	struct fixture *f = *state;
	int64_t list = put_list(f, "Partner", false);
	struct hl_hash a = hash_no(HL_HASH_SHA256, 1);
	struct hl_hash b = hash_no(HL_HASH_SHA256, 2);
	struct hl_registry_record records[] = {
		{.foreign_id = HL_STR("a"), .values = &a, .n_values = 1},
		{.foreign_id = HL_STR("a"), .values = &b, .n_values = 1},
		{.foreign_id = HL_STR("b"), .values = &b, .n_values = 1},
	};

	read_in(f, list, records, 3);
	assert_int_equal(2, number(f, "SELECT count(*) FROM hash_entry"));
	/* the later word counts */
	assert_int_equal(2, number(f, "SELECT count(*) FROM hash_value v, "
				      "hash_value w WHERE v.value = w.value "
				      "AND v.entry_id <> w.entry_id"));
}

static void blank_pictures_are_left_out(void **state)
{
	struct fixture *f = *state;
	int64_t list = put_list(f, "Partner", false);
	struct hl_hash v[2] = {
		{.kind = HL_HASH_PDQ, .quality = 0}, hash_no(HL_HASH_MD5, 1)};
	struct hl_registry_record record = {
		.foreign_id = HL_STR("a"), .values = v, .n_values = 2};
	struct hl_registry_loaded n = read_in(f, list, &record, 1);

	assert_int_equal(1, n.n_void);
	assert_int_equal(1, n.n_put);
	assert_int_equal(1, number(f, "SELECT count(*) FROM hash_value"));
	record.n_values = 1;
	record.foreign_id = HL_STR("b");
	n = read_in(f, list, &record, 1);
	assert_int_equal(1, n.n_empty);
}

static void lists_that_are_not_read_in(void **state)
{
	struct fixture *f = *state;
	bool waits;
	struct hl_who sofie = who(f, SOFIE);
	HL_REGISTRY_LOADING_AUTO *l = NULL;
	struct hl_registry_list list;
	int64_t id = put_list(f, "Partner", false), found;

	assert_int_equal(
		HL_NOTFOUND, hl_registry_load_begin(f->store, 99, &l, NULL));
	assert_int_equal(HL_DENIED, hl_registry_load_begin(f->store,
					    HL_HASH_LIST_ASSESSED, &l, NULL));
	assert_null(l);
	ok(hl_registry_load_find(
		f->store, f->arena, HL_STR("Partner"), &found, NULL));
	assert_int_equal(id, found);
	assert_int_equal(HL_NOTFOUND, hl_registry_load_find(f->store, f->arena,
					      HL_STR("None"), &found, NULL));
	/* taken out of use while it is read */
	struct hl_hash a = hash_no(HL_HASH_SHA256, 1);
	struct hl_registry_record record = {.values = &a, .n_values = 1};
	ok(hl_registry_load_begin(f->store, id, &l, NULL));
	ok(hl_registry_list(&sofie, id, &list, NULL));
	ok(hl_registry_list_retire(
		&sofie, id, list.version, &waits, NULL, NULL));
	assert_true(hl_registry_load_put(l, &record, 1, NULL) < 0);
	assert_int_equal(0, number(f, "SELECT count(*) FROM hash_entry"));
}

static void counted_along_the_way(void **state)
{
	struct fixture *f = *state;
	int64_t list = put_list(f, "Partner", false);
	struct hl_hash values[3] = {hash_no(HL_HASH_MD5, 1),
		hash_no(HL_HASH_MD5, 2), hash_no(HL_HASH_MD5, 3)};
	struct hl_registry_record records[3];
	struct hl_registry_list now;

	for (size_t i = 0; i < 3; i++) {
		records[i] = (struct hl_registry_record){
			.values = &values[i], .n_values = 1};
	}
	read_in(f, list, records, 3);
	records[0].gone = true;
	read_in(f, list, records, 2);
	struct hl_who sofie = who(f, SOFIE);
	ok(hl_registry_list(&sofie, list, &now, NULL));
	assert_int_equal(2, now.n_active);
	assert_int_equal(1, now.n_withdrawn);
	assert_int_equal(0, now.n_proposed);
}

static void labels_mean_what_we_say(void **state)
{
	struct fixture *f = *state;
	int64_t list = put_list(f, "Partner", false);
	struct hl_hash a = hash_no(HL_HASH_SHA256, 1);
	struct hl_registry_record record = {
		.label = HL_STR("A1"), .values = &a, .n_values = 1};
	struct hl_registry_asked asked = {a, true};
	struct hl_registry_look look = {NULL, f->arena, NULL, f->laws.at, 2};
	struct hl_registry_known known;
	const struct hl_registry_label *labels;
	struct hl_who sofie;
	size_t n;
	bool waits;

	read_in(f, list, &record, 1);
	look.store = f->store;
	sofie = who(f, SOFIE);
	ok(hl_registry_look_up(&look, &asked, 1, &known, NULL));
	assert_int_equal(HL_REGISTRY_NO_OUTCOME, known.at[0].lacks);
	ok(hl_registry_labels(&sofie, list, &labels, &n, NULL));
	assert_int_equal(1, n);
	assert_int_equal(1, labels[0].n);
	assert_true(hl_str_eq(HL_STR("A1"), labels[0].text));
	struct hl_registry_label put = {
		.list_id = list, .label = 1, .outcome = 1};
	ok(hl_registry_label_put(&sofie, &put, &waits, NULL, NULL));
	assert_true(waits);
	ok(hl_registry_look_up(&look, &asked, 1, &known, NULL));
	assert_int_equal(HL_REGISTRY_NO_OUTCOME, known.at[0].lacks);
	approve_all(f, list);
	ok(hl_registry_look_up(&look, &asked, 1, &known, NULL));
	assert_non_null(known.by);
	put.outcome = (enum hl_outcome)77;
	assert_int_equal(HL_E_INVALID,
		hl_registry_label_put(&sofie, &put, &waits, NULL, NULL));
	put = (struct hl_registry_label){
		.list_id = list, .label = 9, .outcome = 1};
	assert_int_equal(HL_DENIED,
		hl_registry_label_put(&sofie, &put, &waits, NULL, NULL));
	put.list_id = 99;
	assert_int_equal(HL_NOTFOUND,
		hl_registry_label_put(&sofie, &put, &waits, NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(once_and_again),
		TEST(what_has_gone),
		TEST(what_we_withdrew_stays_so),
		TEST(more_than_a_batch_holds),
		TEST(the_same_name_twice),
		TEST(blank_pictures_are_left_out),
		TEST(lists_that_are_not_read_in),
		TEST(counted_along_the_way),
		TEST(labels_mean_what_we_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
