/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/asn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static struct hl_net_addr v4_of(uint32_t n)
{
	return (struct hl_net_addr){
		.b = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
			(uint8_t)n}};
}

/* Every address of a table with gaps, for every number of lines. */
static void every_place_in_tables_of_each_size(void **state)
{
	(void)state;
	for (uint32_t n = 0; n <= 40; n++) {
		HL_BUF_AUTO b = HL_BUF_INIT(1 << 16);

		/* line i: addresses 4i+1 and 4i+2 */
		for (uint32_t i = 0; i < n; i++) {
			hl_buf_printf(&b, "0.0.0.%u,0.0.0.%u,%u,%.*s\n",
				4 * i + 1, 4 * i + 2, 100 + i, (int)(i % 7),
				"abcdefg");
		}
		for (uint32_t at = 0; at < 4 * n + 4; at++) {
			struct hl_net_addr a = v4_of(at);
			struct hl_str name;
			uint32_t asn = 0;
			int r = hl_trace_asn_find(
				hl_buf_str(&b), &a, &asn, &name);
			bool in = at / 4 < n && (at % 4 == 1 || at % 4 == 2);

			if (r != (in ? 0 : HL_NOTFOUND) ||
				(in && asn != 100 + at / 4)) {
				fail_msg("%u lines, address %u: %d, %u", n, at,
					r, asn);
			}
		}
	}
}

static void forms_of_lines(void **state)
{
	static const struct {
		const char *text;
		int r;
		const char *name;
	} rows[] = {
		{"192.0.2.0,192.0.2.255,1,A\n", 0, "A"},
		{"192.0.2.0,192.0.2.255,1,A", 0, "A"},
		{"192.0.2.0,192.0.2.255,1,A\r\n", 0, "A"},
		{"192.0.2.0,192.0.2.255,1,\n", 0, ""},
		{"192.0.2.0,192.0.2.255,4294967295,A\n", 0, "A"},
		{"192.0.2.0,192.0.2.255,1,\"A, B\"\n", 0, "\"A, B\""},
		{"192.0.2.0,192.0.2.255,1\n", HL_E_CORRUPT, NULL},
		{"192.0.2.0,192.0.2.255\n", HL_E_CORRUPT, NULL},
		{"192.0.2.0\n", HL_E_CORRUPT, NULL},
		{"\n", HL_E_CORRUPT, NULL},
		{"192.0.2.0,192.0.2.255,4294967296,A\n", HL_E_CORRUPT, NULL},
		{"192.0.2.0,192.0.2.255,-1,A\n", HL_E_CORRUPT, NULL},
		{"192.0.2.0,192.0.2.255,AS1,A\n", HL_E_CORRUPT, NULL},
		{"192.0.2.0/24,192.0.2.255,1,A\n", HL_E_CORRUPT, NULL},
		{"2001:db8::,2001:db8::1,1,A\n", HL_E_CORRUPT, NULL},
		{"", HL_NOTFOUND, NULL},
		{"192.0.2.0,192.0.2.8,1,A\n", HL_NOTFOUND, NULL},
		{"192.0.2.10,192.0.2.8,1,A\n", HL_NOTFOUND, NULL},
	};
	struct hl_net_addr a = {.b = {192, 0, 2, 9}};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_str name = HL_STR_NONE;
		uint32_t asn;
		int r = hl_trace_asn_find(
			hl_str_c(rows[i].text), &a, &asn, &name);

		if (r != rows[i].r ||
			(!r && !hl_str_eq(name, hl_str_c(rows[i].name)))) {
			fail_msg("row %zu: %d, \"%.*s\"", i, r,
				HL_STR_ARG(name));
		}
	}
}

static void a_line_without_end_is_refused(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 16);
	struct hl_net_addr a = {.b = {192, 0, 2, 9}};
	struct hl_str name;
	uint32_t asn;

	(void)state;
	hl_buf_put(&b, HL_STR("192.0.2.0,192.0.2.255,1,"));
	for (int i = 0; i < 2000; i++) {
		hl_buf_put_c(&b, 'x');
	}
	assert_int_equal(HL_E_CORRUPT,
		hl_trace_asn_find(hl_buf_str(&b), &a, &asn, &name));
}

static void names_lose_their_quotes(void **state)
{
	static const struct {
		const char *in;
		size_t max;
		const char *out;
	} rows[] = {
		{"Plain", 50, "Plain"},
		{"\"A, B\"", 50, "A, B"},
		{"\"The \"\"X\"\" Co\"", 50, "The \"X\" Co"},
		{"\"", 50, "\""},
		{"\"\"", 50, ""},
		{"", 50, ""},
		{"abcdef", 3, "abc"},
		{"ab\xc3\xa9", 3, "ab"},
		{"ab\xc3\xa9", 4, "ab\xc3\xa9"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char out[64];
		size_t n = hl_trace_asn_name(
			hl_str_c(rows[i].in), out, rows[i].max);

		if (!hl_str_eq(hl_str_mem(out, n), hl_str_c(rows[i].out))) {
			fail_msg("%s: %.*s", rows[i].in, (int)n, out);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_place_in_tables_of_each_size),
		cmocka_unit_test(forms_of_lines),
		cmocka_unit_test(a_line_without_end_is_refused),
		cmocka_unit_test(names_lose_their_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
