/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/err.h"

static void starts_empty(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(10);

	(void)state;
	assert_null(b.p);
	assert_int_equal(0, hl_buf_str(&b).n);
	assert_non_null(hl_buf_str(&b).p);
	hl_buf_put(&b, HL_STR_NONE);
	assert_int_equal(0, b.n);
	assert_int_equal(0, b.fault);
}

static void puts_in_order(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(100);

	(void)state;
	hl_buf_put(&b, HL_STR("ab"));
	hl_buf_put_c(&b, 'c');
	hl_buf_put_mem(&b, "d\0e", 3);
	hl_buf_printf(&b, "%d-%s", 42, "x");
	assert_int_equal(10, b.n);
	assert_memory_equal("abcd\0e42-x", b.p, 11);
}

/* What is behind the end is a NUL, whatever was put last. */
static void is_a_c_string(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		switch (i % 3) {
		case 0:
			hl_buf_put_c(&b, 'x');
			break;
		case 1:
			hl_buf_printf(&b, "%c", 'x');
			break;
		default:
			hl_buf_put(&b, HL_STR("x"));
		}
		assert_int_equal(i + 1, strlen(b.p));
	}
}

static void the_maximum_is_kept(void **state)
{
	(void)state;
	for (size_t max = 0; max < 200; max++) {
		HL_BUF_AUTO b = HL_BUF_INIT(max);

		for (size_t i = 0; i < max; i++) {
			hl_buf_put_c(&b, 'x');
			assert_int_equal(0, b.fault);
		}
		hl_buf_put(&b, HL_STR(""));
		assert_int_equal(0, b.fault);
		hl_buf_put_c(&b, 'y');
		assert_int_equal(HL_E_LIMIT, b.fault);
		assert_int_equal(max, b.n);
	}
}

static void the_first_fault_sticks(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(4);

	(void)state;
	hl_buf_put(&b, HL_STR("abc"));
	hl_buf_put(&b, HL_STR("de"));
	hl_buf_put_c(&b, 'd');
	hl_buf_printf(&b, "d");
	assert_null(hl_buf_reserve(&b, 0));
	assert_int_equal(HL_E_LIMIT, b.fault);
	assert_true(hl_str_eq(hl_buf_str(&b), HL_STR("abc")));
	hl_buf_reset(&b);
	assert_int_equal(0, b.fault);
	hl_buf_put(&b, HL_STR("abcd"));
	assert_int_equal(0, b.fault);
}

static void huge_requests_do_not_wrap(void **state)
{
	static const size_t rows[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO b = HL_BUF_INIT(1 << 20);

		hl_buf_put_c(&b, 'x');
		assert_null(hl_buf_reserve(&b, rows[i]));
		assert_int_equal(HL_E_LIMIT, b.fault);
	}
}

static void reserved_room_is_the_callers(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(5000);

	(void)state;
	hl_buf_put_c(&b, 'a');
	char *at = hl_buf_reserve(&b, 4000);
	assert_non_null(at);
	memset(at, 'b', 4000);
	b.n += 3;
	hl_buf_put_c(&b, 'c');
	assert_true(hl_str_eq(hl_buf_str(&b), HL_STR("abbbc")));
}

static void reset_keeps_the_memory(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(100);

	(void)state;
	hl_buf_put(&b, HL_STR("hello"));
	const char *p = b.p;
	hl_buf_reset(&b);
	hl_buf_put(&b, HL_STR("x"));
	assert_ptr_equal(p, b.p);
	assert_string_equal("x", b.p);
}

/* A secret is wiped in what is kept. That it is wiped in what is freed
 * cannot be looked at: see torture_test. */
static void a_secret_is_wiped_on_reset(void **state)
{
	HL_BUF_AUTO b = HL_BUF_SECRET(100);

	(void)state;
	hl_buf_put(&b, HL_STR("the secret words"));
	hl_buf_reset(&b);
	for (size_t i = 0; i < b.cap; i++) {
		assert_int_equal(0, b.p[i]);
	}
}

static void fini_twice(void **state)
{
	struct hl_buf b = HL_BUF_INIT(100);

	(void)state;
	hl_buf_put_c(&b, 'x');
	hl_buf_fini(&b);
	hl_buf_fini(&b);
	assert_null(b.p);
	assert_int_equal(0, b.n);
	/* and it may be used again */
	hl_buf_put_c(&b, 'y');
	assert_string_equal("y", b.p);
	hl_buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_empty),
		cmocka_unit_test(puts_in_order),
		cmocka_unit_test(is_a_c_string),
		cmocka_unit_test(the_maximum_is_kept),
		cmocka_unit_test(the_first_fault_sticks),
		cmocka_unit_test(huge_requests_do_not_wrap),
		cmocka_unit_test(reserved_room_is_the_callers),
		cmocka_unit_test(reset_keeps_the_memory),
		cmocka_unit_test(a_secret_is_wiped_on_reset),
		cmocka_unit_test(fini_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
