/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void gives_zeroed_aligned_memory(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(1 << 20, false);

	(void)state;
	for (size_t n = 0; n < 3000; n += 7) {
		unsigned char *p = hl_arena_alloc(a, n);

		assert_non_null(p);
		assert_int_equal(0, (uintptr_t)p % _Alignof(max_align_t));
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(0, p[i]);
		}
		memset(p, 0xff, n);
	}
}

static void pieces_do_not_overlap(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(1 << 20, false);
	unsigned char *p[500];

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(p); i++) {
		p[i] = hl_arena_alloc(a, 1 + i * 13 % 700);
		memset(p[i], (int)(i & 0xff), 1 + i * 13 % 700);
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(p); i++) {
		for (size_t k = 0; k < 1 + i * 13 % 700; k++) {
			assert_int_equal(i & 0xff, p[i][k]);
		}
	}
}

static void the_maximum_is_kept(void **state)
{
	static const size_t maxima[] = {0, 1, 16, 100, 8192, 8193, 100000};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(maxima); i++) {
		HL_ARENA_AUTO *a = hl_arena_new(maxima[i], true);
		size_t given = 0;

		while (hl_arena_alloc(a, 16)) {
			given += 16;
			assert_true(given <= maxima[i]);
		}
		/* nothing is lost to rounding but the last piece */
		assert_true(maxima[i] - given < 16);
	}
}

static void a_piece_over_the_maximum(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(1000, false);

	(void)state;
	assert_null(hl_arena_alloc(a, 1001));
	assert_null(hl_arena_alloc(a, SIZE_MAX));
	assert_non_null(hl_arena_alloc(a, 900));
	assert_null(hl_arena_alloc(a, 900));
}

static void without_a_maximum_nothing_wraps(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(SIZE_MAX, false);

	(void)state;
	for (size_t back = 0; back < 40; back++) {
		assert_null(hl_arena_alloc(a, SIZE_MAX - back));
	}
	assert_null(hl_arena_array(a, SIZE_MAX / 2, 3));
	assert_null(hl_arena_array(a, SIZE_MAX, SIZE_MAX));
	assert_non_null(hl_arena_array(a, 0, SIZE_MAX));
	assert_non_null(hl_arena_array(a, 3, 5));
}

static void dup_copies_and_ends(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(1000, false);
	char text[] = "abc";
	struct hl_str d = hl_arena_dup(a, hl_str_c(text));

	(void)state;
	text[0] = 'x';
	assert_string_equal("abc", d.p);
	assert_int_equal(3, d.n);
	assert_null(hl_arena_dup(a, HL_STR_NONE).p);
	struct hl_str empty = hl_arena_dup(a, HL_STR(""));
	assert_non_null(empty.p);
	assert_int_equal(0, empty.n);
}

static void printf_fits_whatever_comes(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(100000, false);

	(void)state;
	for (int n = 0; n < 9000; n += 501) {
		struct hl_str s = hl_arena_printf(a, "%0*d", n, 0);

		assert_int_equal(n ? n : 1, s.n);
		assert_int_equal(s.n, strlen(s.p));
	}
	assert_null(hl_arena_printf(a, "%0*d", 200000, 0).p);
}

static void reset_gives_all_back(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(20000, true);

	(void)state;
	hl_arena_reset(a);
	for (int i = 0; i < 100; i++) {
		memset(hl_arena_alloc(a, 8000), 0xff, 8000);
		unsigned char *p = hl_arena_alloc(a, 11000);
		assert_non_null(p);
		assert_int_equal(0, p[0]);
		assert_int_equal(0, p[10999]);
		memset(p, 0xff, 11000);
		assert_null(hl_arena_alloc(a, 8000));
		hl_arena_reset(a);
	}
}

static void freep_clears(void **state)
{
	struct hl_arena *a = hl_arena_new(100, true);

	(void)state;
	hl_arena_alloc(a, 50);
	hl_arena_freep(&a);
	assert_null(a);
	hl_arena_freep(&a);
	hl_arena_free(NULL);
}

static void count_up(void *arg)
{
	int *n = arg;

	*n = *n * 10 + 1;
}

static void count_twice(void *arg)
{
	int *n = arg;

	*n = *n * 10 + 2;
}

static void deferred_calls_run_newest_first(void **state)
{
	struct hl_arena *a = hl_arena_new(1 << 16, false);
	int n = 0;

	(void)state;
	assert_true(hl_arena_defer(a, count_up, &n));
	assert_true(hl_arena_defer(a, count_twice, &n));
	hl_arena_reset(a);
	assert_int_equal(21, n);
	hl_arena_reset(a);
	assert_int_equal(21, n);
	assert_true(hl_arena_defer(a, count_up, &n));
	hl_arena_free(a);
	assert_int_equal(211, n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_zeroed_aligned_memory),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(the_maximum_is_kept),
		cmocka_unit_test(a_piece_over_the_maximum),
		cmocka_unit_test(without_a_maximum_nothing_wraps),
		cmocka_unit_test(dup_copies_and_ends),
		cmocka_unit_test(printf_fits_whatever_comes),
		cmocka_unit_test(reset_gives_all_back),
		cmocka_unit_test(freep_clears),
		cmocka_unit_test(deferred_calls_run_newest_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
