/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_SEAL_TEST_H
#define HL_TESTS_SEAL_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

/* Bytes of a row's hex; fails the test when it is no hex. */
static inline size_t from_hex(const char *hex, uint8_t *out, size_t cap)
{
	size_t n = strlen(hex) / 2;

	assert_true(n <= cap);
	assert_int_equal(0, hl_text_parse_hex(hl_str_c(hex), out, n));
	return n;
}

#endif
