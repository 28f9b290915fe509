/* SPDX-License-Identifier: Apache-2.0 */
#include "web/limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/time.h"

static int taken(struct hl_web_limiter *l, uint64_t key, int64_t at_us, int n)
{
	int may = 0;

	for (int i = 0; i < n; i++) {
		may += hl_web_limiter_take(l, key, at_us) ? 1 : 0;
	}
	return may;
}

static void tokens_come_back(void **state)
{
	const struct hl_web_limit_config c = {64, 5, HL_US_PER_S};
	struct hl_web_limiter *l = NULL;
	int64_t t = 1000 * HL_US_PER_S;

	(void)state;
	assert_int_equal(0, hl_web_limiter_new(&c, &l, NULL));
	assert_int_equal(5, taken(l, 1, t, 9));
	assert_int_equal(5, taken(l, 2, t, 9)); /* somebody else */
	assert_int_equal(0, taken(l, 1, t + HL_US_PER_S - 1, 9));
	assert_int_equal(1, taken(l, 1, t + HL_US_PER_S, 9));
	assert_int_equal(2, taken(l, 1, t + 3 * HL_US_PER_S + 500, 9));
	assert_int_equal(5, taken(l, 1, t + 1000 * HL_US_PER_S, 9));
	assert_int_equal(0, taken(l, 1, t, 9));     /* a clock set back */
	assert_int_equal(100, taken(l, 0, t, 100)); /* unknown */
	hl_web_limiter_free(l);
}

static void it_can_be_off(void **state)
{
	const struct hl_web_limit_config c = {64, 0, 1};
	struct hl_web_limiter *l = NULL;

	(void)state;
	assert_int_equal(0, hl_web_limiter_new(&c, &l, NULL));
	assert_int_equal(100, taken(l, 1, 1, 100));
	hl_web_limiter_free(l);
}

static void wrong_limits(void **state)
{
	static const struct hl_web_limit_config rows[] = {
		{0, 1, 1}, {4, 1, 1}, {100, 1, 1}, {64, 1, 0}, {64, 1, -1}};
	struct hl_web_limiter *l = NULL;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_web_limiter_new(&rows[i], &l, NULL) != HL_E_INVALID) {
			fail_msg("row %zu", i);
		}
	}
}

/* A crowd neither grows the table nor frees the one who is out of tokens:
 * those with most tokens left make room first. */
static void a_crowd_does_not_help(void **state)
{
	const struct hl_web_limit_config c = {64, 5, 1000 * HL_US_PER_S};
	struct hl_web_limiter *l = NULL;
	int64_t t = HL_US_PER_S;

	(void)state;
	assert_int_equal(0, hl_web_limiter_new(&c, &l, NULL));
	assert_int_equal(5, taken(l, 1, t, 6));
	for (uint64_t k = 2; k < 5000; k++) {
		taken(l, k, t, 1);
	}
	assert_int_equal(0, taken(l, 1, t, 3));
	hl_web_limiter_free(l);
}

static void the_salt_changes(void **state)
{
	struct hl_web_salt *a = NULL, *b = NULL;
	int64_t t = HL_US_PER_DAY;

	(void)state;
	assert_int_equal(0, hl_web_salt_new(&a, NULL));
	assert_int_equal(0, hl_web_salt_new(&b, NULL));
	uint64_t x = hl_web_salt_hash(a, HL_STR("\xc0\x00\x02\x01"), t);
	uint64_t y = hl_web_salt_hash(a, HL_STR("\xc0\x00\x02\x02"), t);
	assert_true(x != y);
	assert_true(x == hl_web_salt_hash(a, HL_STR("\xc0\x00\x02\x01"),
				 t + 9 * HL_US_PER_MIN));
	assert_true(x != hl_web_salt_hash(b, HL_STR("\xc0\x00\x02\x01"), t));
	assert_true(x != hl_web_salt_hash(a, HL_STR("\xc0\x00\x02\x01"),
				 t + 10 * HL_US_PER_MIN));
	hl_web_salt_free(a);
	hl_web_salt_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_come_back),
		cmocka_unit_test(it_can_be_off),
		cmocka_unit_test(wrong_limits),
		cmocka_unit_test(a_crowd_does_not_help),
		cmocka_unit_test(the_salt_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
