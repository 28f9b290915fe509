/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* A midnight. */
#define DAY (INT64_C(20779) * 86400)

static void a_quarter_in_an_hour(void **state)
{
	struct hl_lists_budget b = {0};

	(void)state;
	for (int i = 0; i < 25; i++) {
		assert_int_equal(
			0, hl_lists_budget_take(&b, 100, 1, DAY + i * 60));
	}
	/* the first of them leaves the hour at one o'clock */
	assert_int_equal(3600 - 24 * 60 - 5,
		hl_lists_budget_take(&b, 100, 1, DAY + 24 * 60 + 5));
	assert_int_equal(1, hl_lists_budget_take(&b, 100, 1, DAY + 3600 - 1));
	assert_int_equal(0, hl_lists_budget_take(&b, 100, 1, DAY + 3600));
	/* a second one has to wait for the second minute */
	assert_int_equal(60, hl_lists_budget_take(&b, 100, 1, DAY + 3600));
	assert_int_equal(120, hl_lists_budget_take(&b, 100, 2, DAY + 3600));
}

static void never_more_in_any_hour(void **state)
{
	struct hl_lists_budget b = {0};
	uint64_t taken[4 * 3600] = {0};
	uint64_t in_hour = 0, most = 0;

	(void)state;
	for (int t = 0; t < 4 * 3600; t++) {
		while (taken[t] < 7 &&
			hl_lists_budget_take(&b, 1000, 1, DAY + t) == 0) {
			taken[t]++;
		}
		in_hour += taken[t];
		in_hour -= t >= 3600 ? taken[t - 3600] : 0;
		most = in_hour > most ? in_hour : most;
	}
	assert_in_range(most, 250, 250);
}

static void a_day(void **state)
{
	struct hl_lists_budget b = {0};

	(void)state;
	for (int h = 0; h < 4; h++) {
		assert_int_equal(
			0, hl_lists_budget_take(&b, 1000, 250, DAY + h * 3600));
	}
	assert_int_equal(86400 - 5 * 3600,
		hl_lists_budget_take(&b, 1000, 1, DAY + 5 * 3600));
	assert_int_equal(1, hl_lists_budget_take(&b, 1000, 1, DAY + 86399));
	assert_int_equal(0, hl_lists_budget_take(&b, 1000, 250, DAY + 86400));
}

static void odd_numbers(void **state)
{
	struct hl_lists_budget b = {0};

	(void)state;
	assert_int_not_equal(0, hl_lists_budget_take(&b, 0, 1, DAY));
	assert_int_not_equal(0, hl_lists_budget_take(&b, 10, 11, DAY));
	assert_int_not_equal(
		0, hl_lists_budget_take(&b, UINT64_MAX, UINT64_MAX, DAY));
	assert_int_equal(0, hl_lists_budget_take(&b, 1, 1, DAY));
	assert_int_not_equal(0, hl_lists_budget_take(&b, 1, 1, DAY));
	/* a clock that goes back takes what there is left */
	assert_int_not_equal(0, hl_lists_budget_take(&b, 1, 1, DAY - 86400));
}

static void after_a_restart(void **state)
{
	struct hl_lists_budget b = {0};
	int64_t hour = DAY / 3600;

	(void)state;
	/* an hour of the day before counts for the hour, not for the day */
	hl_lists_budget_load(&b, hour - 1, 20, DAY + 600);
	hl_lists_budget_load(&b, hour, 5, DAY + 600);
	assert_int_equal(5, b.used);
	assert_int_equal(25, b.recent);
	assert_int_not_equal(0, hl_lists_budget_take(&b, 100, 1, DAY + 600));
	assert_int_equal(0, hl_lists_budget_take(&b, 104, 1, DAY + 600));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quarter_in_an_hour),
		cmocka_unit_test(never_more_in_any_hour),
		cmocka_unit_test(a_day),
		cmocka_unit_test(odd_numbers),
		cmocka_unit_test(after_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
