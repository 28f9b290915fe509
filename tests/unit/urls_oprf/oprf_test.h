/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_URLS_OPRF_TEST_H
#define HL_TESTS_URLS_OPRF_TEST_H

#include "urls_oprf/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define N_OF(a) (sizeof(a) / sizeof((a)[0]))

/* Bytes of a row's hex; fails the test when it is no hex. */
static inline size_t from_hex(const char *hex, void *out, size_t cap)
{
	size_t n;

	assert_int_equal(
		sodium_hex2bin(out, cap, hex, strlen(hex), NULL, &n, NULL), 0);
	assert_int_equal(n, strlen(hex) / 2);
	return n;
}

static inline struct hl_oprf_element element(const char *hex)
{
	struct hl_oprf_element e;

	assert_int_equal(from_hex(hex, e.b, sizeof(e.b)), sizeof(e.b));
	return e;
}

static inline struct hl_oprf_scalar scalar(const char *hex)
{
	struct hl_oprf_scalar s;

	assert_int_equal(from_hex(hex, s.b, sizeof(s.b)), sizeof(s.b));
	return s;
}

static inline struct hl_oprf_view text(const char *s)
{
	return (struct hl_oprf_view){s, strlen(s)};
}

static inline int start(void **state)
{
	return hl_oprf_init();
}

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
/* The group's order. */
#define ORDER "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"

#endif
