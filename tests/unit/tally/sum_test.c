/* SPDX-License-Identifier: Apache-2.0 */
#include "tally/sum.h"

#include "tally_test.h"

static const struct hl_tally_entry a[] = {{3, 10, 6}, {9, 20, 8}},
				   b[] = {{1, 5, 5}, {9, 7, 5}, {12, 6, 6}};

static void must_have(const struct hl_tally_sum *s, size_t n,
	const struct hl_tally_entry *want)
{
	size_t found;
	const struct hl_tally_entry *e = hl_tally_sum_entries(s, &found);

	assert_int_equal(n, found);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(want[i].id, e[i].id);
		assert_int_equal(want[i].hits, e[i].hits);
		assert_int_equal(want[i].clients, e[i].clients);
	}
}

static void adding_up(void **state)
{
	static const struct hl_tally_entry want[] = {
		{1, 5, 5}, {3, 10, 6}, {9, 27, 13}, {12, 6, 6}};
	const struct hl_tally_record rows[] = {{.hits = 40,
						       .clients = 15,
						       .failed = 1,
						       .entry = a,
						       .n_entry = 2},
		{.hits = 30,
			.clients = 10,
			.failed = 2,
			.entry = b,
			.n_entry = 3},
		{.hits = 2}};

	(void)state;
	for (size_t from = 0; from < 3; from++) {
		struct hl_tally_sum *s;
		struct hl_tally_totals t;

		assert_int_equal(0, hl_tally_sum_new(&s, NULL));
		for (size_t i = 0; i < 3; i++) {
			assert_int_equal(
				0, hl_tally_sum_add(
					   s, &rows[(from + i) % 3], NULL));
		}
		hl_tally_sum_totals(s, &t);
		assert_int_equal(3, t.n_records);
		assert_int_equal(72, t.hits);
		assert_int_equal(25, t.clients);
		assert_int_equal(3, t.failed);
		assert_int_equal(72 - 48, t.untold);
		assert_int_equal(4, t.n_entries);
		must_have(s, 4, want);
		hl_tally_sum_free(s);
	}
}

static void nothing(void **state)
{
	struct hl_tally_sum *s;
	struct hl_tally_totals t;
	size_t n;

	(void)state;
	assert_int_equal(0, hl_tally_sum_new(&s, NULL));
	hl_tally_sum_totals(s, &t);
	assert_int_equal(0, t.hits + t.untold + t.n_records);
	(void)hl_tally_sum_entries(s, &n);
	assert_int_equal(0, n);
	hl_tally_sum_free(s);
	hl_tally_sum_free(NULL);
}

/* A consumer that lies about large numbers does not turn sums round. */
static void numbers_stick(void **state)
{
	static const struct hl_tally_entry large[] = {
		{3, INT64_MAX, INT64_MAX}};
	static const struct hl_tally_entry want[] = {
		{3, UINT64_MAX, UINT64_MAX}};
	const struct hl_tally_record r = {.hits = INT64_MAX,
		.clients = INT64_MAX,
		.failed = INT64_MAX,
		.entry = large,
		.n_entry = 1};
	struct hl_tally_sum *s;
	struct hl_tally_totals t;

	(void)state;
	assert_int_equal(0, hl_tally_sum_new(&s, NULL));
	for (int i = 0; i < 4; i++) {
		assert_int_equal(0, hl_tally_sum_add(s, &r, NULL));
	}
	hl_tally_sum_totals(s, &t);
	assert_true(t.hits == UINT64_MAX && t.clients == UINT64_MAX);
	assert_true(t.failed == UINT64_MAX && t.untold == 0);
	must_have(s, 1, want);
	hl_tally_sum_free(s);
}

/* Lines of a record may tell more than the hits of its own hour. */
static void told_later(void **state)
{
	const struct hl_tally_record r = {.hits = 5, .entry = a, .n_entry = 2};
	struct hl_tally_sum *s;
	struct hl_tally_totals t;

	(void)state;
	assert_int_equal(0, hl_tally_sum_new(&s, NULL));
	assert_int_equal(0, hl_tally_sum_add(s, &r, NULL));
	hl_tally_sum_totals(s, &t);
	assert_int_equal(0, t.untold);
	hl_tally_sum_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adding_up),
		cmocka_unit_test(nothing),
		cmocka_unit_test(numbers_stick),
		cmocka_unit_test(told_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
