/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/rand.h"

#define FIRST INT64_C(1795337255000000)
#define MIDDLE 1000 /* the dice that change nothing */

static void waits_double_up_to_the_cap(void **state)
{
	static const struct {
		unsigned n_failed;
		int64_t wait_us;
	} rows[] = {{0, HL_US_PER_MIN}, {1, HL_US_PER_MIN},
		{2, 2 * HL_US_PER_MIN}, {3, 4 * HL_US_PER_MIN},
		{8, 128 * HL_US_PER_MIN}, {9, 240 * HL_US_PER_MIN},
		{1000000000, 240 * HL_US_PER_MIN}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t next;

		assert_int_equal(0,
			hl_referral_retry_next(&hl_referral_backoff_default,
				rows[i].n_failed, FIRST, FIRST, MIDDLE, &next));
		if (next - FIRST != rows[i].wait_us) {
			fail_msg("after %u: %lld", rows[i].n_failed,
				(long long)(next - FIRST));
		}
	}
}

static void jitter_stays_within_a_fifth(void **state)
{
	int64_t least = INT64_MAX, most = 0;

	for (uint32_t dice = 0; dice < 10000; dice++) {
		int64_t next;

		assert_int_equal(
			0, hl_referral_retry_next(&hl_referral_backoff_default,
				   5, FIRST, FIRST, dice, &next));
		least = next - FIRST < least ? next - FIRST : least;
		most = next - FIRST > most ? next - FIRST : most;
	}
	assert_int_equal(16 * HL_US_PER_MIN * 4 / 5, least);
	assert_int_equal(16 * HL_US_PER_MIN * 6 / 5, most);
}

/* Played to its end with every dice: each try later than the one before,
 * the last one on the last moment, and an end. */
static void it_ends(void **state)
{
	for (int game = 0; game < 100; game++) {
		int64_t now = FIRST, next = 0;
		unsigned n = 1;

		while (hl_referral_retry_next(&hl_referral_backoff_default, n,
			       FIRST, now, hl_rand_below(UINT32_MAX),
			       &next) == 0) {
			assert_true(next > now);
			now = next;
			n++;
			assert_true(n < 100);
		}
		assert_int_equal(FIRST + 5 * HL_US_PER_DAY, now);
		assert_true(n > 30);
	}
}

static void a_late_worker_gives_up_at_once(void **state)
{
	int64_t next = 7;

	assert_int_equal(HL_NOTFOUND,
		hl_referral_retry_next(&hl_referral_backoff_default, 1, FIRST,
			FIRST + 6 * HL_US_PER_DAY, MIDDLE, &next));
	assert_int_equal(7, next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_double_up_to_the_cap),
		cmocka_unit_test(jitter_stays_within_a_fifth),
		cmocka_unit_test(it_ends),
		cmocka_unit_test(a_late_worker_gives_up_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
