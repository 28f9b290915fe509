/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/rand.h"

static void ref_round_trip(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t id = hl_rand_id(), back = -1;
		char out[HL_REF_MAX];
		struct hl_str ref = hl_ref_print(HL_REF_CASE, id, out);

		assert_int_equal(13, ref.n);
		assert_int_equal(0, hl_ref_parse(HL_REF_CASE, ref, &back));
		assert_int_equal(id, back);
		assert_int_equal(
			HL_E_INVALID, hl_ref_parse(HL_REF_REPORT, ref, &back));
	}
}

static void ref_one_wrong_symbol_is_found(void **state)
{
	char good[HL_REF_MAX], bad[HL_REF_MAX];
	int64_t id;

	(void)state;
	hl_ref_print(HL_REF_REPORT, 123456789012, good);
	for (size_t at = 2; good[at]; at++) {
		for (int v = 0; v < 31 && good[at] != '-'; v++) {
			memcpy(bad, good, sizeof(bad));
			bad[at] = hl_text_crockford[v];
			if (bad[at] == good[at] || good[at] == 'Z') {
				continue;
			}
			if (hl_ref_parse(HL_REF_REPORT, hl_str_c(bad), &id) !=
				HL_E_INVALID) {
				fail_msg("%s taken for %s", bad, good);
			}
		}
	}
}

static void base64_vectors(void **state)
{
	/* RFC 4648, clause 10 */
	static const char *const rows[][2] = {{"", ""}, {"f", "Zg=="},
		{"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO b = HL_BUF_INIT(64), u = HL_BUF_INIT(64);
		size_t n = strlen(rows[i][0]);
		char back[8];

		hl_text_put_base64(&b, rows[i][0], n);
		if (!hl_str_eq(hl_buf_str(&b), hl_str_c(rows[i][1]))) {
			fail_msg("row %zu: %s", i, b.p ? b.p : "");
		}
		hl_text_put_base64url(&u, rows[i][0], n);
		assert_int_equal(
			0, hl_text_parse_base64url(hl_buf_str(&u), back, n));
		assert_memory_equal(rows[i][0], back, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ref_round_trip),
		cmocka_unit_test(ref_one_wrong_symbol_is_found),
		cmocka_unit_test(base64_vectors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
