/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void fills_in_everything(void **state)
{
	struct hl_err err = {0};
	int line = __LINE__ + 1;
	int r = HL_FAIL(&err, HL_E_INVALID, "case %d", 7);

	(void)state;
	assert_int_equal(HL_E_INVALID, r);
	assert_int_equal(HL_E_INVALID, err.code);
	assert_int_equal(0, err.sys_errno);
	assert_int_equal(line, err.line);
	assert_non_null(strstr(err.file, "err_test.c"));
	assert_string_equal("case 7", err.msg);
}

static void without_a_place_for_it(void **state)
{
	(void)state;
	assert_int_equal(HL_E_LIMIT, HL_FAIL(NULL, HL_E_LIMIT, "x"));
	errno = ENOSPC;
	assert_int_equal(HL_E_FULL, HL_FAIL_SYS(NULL, "x"));
}

static void system_errors_are_folded(void **state)
{
	static const struct {
		int sys_errno, code;
	} rows[] = {{ENOSPC, HL_E_FULL}, {EDQUOT, HL_E_FULL},
		{ENOMEM, HL_E_NOMEM}, {EIO, HL_E_IO}, {ENOENT, HL_E_IO}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hl_err err;

		errno = rows[i].sys_errno;
		if (HL_FAIL_SYS(&err, "open it") != rows[i].code ||
			err.code != rows[i].code ||
			err.sys_errno != rows[i].sys_errno) {
			fail_msg("row %zu: %d", i, err.code);
		}
		assert_int_equal(0, strncmp(err.msg, "open it: ", 9));
		assert_string_equal(
			strerrordesc_np(rows[i].sys_errno), err.msg + 9);
	}
}

static void long_messages_are_cut(void **state)
{
	struct hl_err err;
	char text[400];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	errno = EIO;
	HL_FAIL_SYS(&err, "%s", text);
	assert_int_equal(sizeof(err.msg) - 1, strlen(err.msg));
	text[sizeof(err.msg) - 4] = '\0';
	HL_FAIL_SYS(&err, "%s", text);
	assert_int_equal(sizeof(err.msg) - 1, strlen(err.msg));
}

static void every_code_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int a = HL_E_INTERNAL; a <= HL_DENIED; a++) {
		assert_string_not_equal("unknown", hl_err_name(a));
		for (int b = HL_E_INTERNAL; b < a; b++) {
			assert_string_not_equal(hl_err_name(a), hl_err_name(b));
		}
	}
	assert_string_equal("unknown", hl_err_name(HL_DENIED + 1));
	assert_string_equal("unknown", hl_err_name(HL_E_INTERNAL - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_in_everything),
		cmocka_unit_test(without_a_place_for_it),
		cmocka_unit_test(system_errors_are_folded),
		cmocka_unit_test(long_messages_are_cut),
		cmocka_unit_test(every_code_has_a_name_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
