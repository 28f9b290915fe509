/* SPDX-License-Identifier: Apache-2.0 */
/* What is left of addresses that are too long. In a row, ~ stands for 9,000
 * times "y", and ^ for 3,000 times "/..". */
#include "url/cut.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void put_long(struct hl_buf *out, const char *row)
{
	for (; *row; row++) {
		int n = *row == '~' ? 9000 : *row == '^' ? 3000 : 1;

		for (int i = 0; i < n; i++) {
			if (*row == '^') {
				hl_buf_put(out, HL_STR("/.."));
			} else {
				hl_buf_put_c(out, *row == '~' ? 'y' : *row);
			}
		}
	}
}

static void rows_of_long_ones(void **state)
{
	static const struct {
		const char *in, *left; /* NULL: none */
		enum hl_url_cut cut;
	} rows[] = {
		{"http://example.org/a?b", "http://example.org/a?b",
			HL_URL_CUT_NOT},
		{"http://example.org/a?b#~", "http://example.org/a?b",
			HL_URL_CUT_NOT},
		{"http://example.org/a#?~", "http://example.org/a",
			HL_URL_CUT_NOT},
		{"http://example.org/a?~", "http://example.org/a",
			HL_URL_CUT_QUERY},
		{"http://example.org/a?~#?~", "http://example.org/a",
			HL_URL_CUT_QUERY},
		{"example.org?~", "http://example.org/", HL_URL_CUT_QUERY},
		{"example.org/a/~?b", "http://example.org/a/", HL_URL_CUT_PATH},
		{" http://EXAMPLE.org//a/b/c/d/e~",
			"http://example.org/a/b/c/d/", HL_URL_CUT_PATH},
		{"http://example.org/~?~", "http://example.org/",
			HL_URL_CUT_PATH},
		{"http://example.org\\a\\~", "http://example.org/a/",
			HL_URL_CUT_PATH},
		/* Whoever may step up is asked about by the host. */
		{"http://example.org/a/b/~/../../c", "http://example.org/",
			HL_URL_CUT_PATH},
		{"http://example.org/a^", "http://example.org/",
			HL_URL_CUT_PATH},
		{"example.org/http://b/~/%2E%2e/", "http://example.org/",
			HL_URL_CUT_PATH},
		{"http://example.org/a/~/%252e%252e/", "http://example.org/",
			HL_URL_CUT_PATH},
		{"http://example.org/a/../b/~", "http://example.org/b/",
			HL_URL_CUT_PATH},
		/* Ports that cannot be. */
		{"http://example.org:99999/a?b", "http://example.org/a?b",
			HL_URL_CUT_NOT},
		{"http://u:p@EXAMPLE.org:abc", "http://example.org/",
			HL_URL_CUT_NOT},
		{"example.org:-1/a", "http://example.org/a", HL_URL_CUT_NOT},
		{"http://[::1]:x/", "http://[::1]/", HL_URL_CUT_NOT},
		{"http://[::1]:80:80/", "http://[::1]/", HL_URL_CUT_NOT},
		{"http://example.org:8:9/", "http://example.org/",
			HL_URL_CUT_NOT},
		{"http://example.org:8080/", "http://example.org:8080/",
			HL_URL_CUT_NOT},
		{"http://example.org:x/a?~", "http://example.org/a",
			HL_URL_CUT_QUERY},
		{"http://example.org:x/a/~", "http://example.org/a/",
			HL_URL_CUT_PATH},
		{"example.org:x/?u=http://b:y/",
			"http://example.org/?u=http://b:y/", HL_URL_CUT_NOT},
		{"http://:x/", NULL, HL_URL_CUT_NOT},
		{"javascript:x", NULL, HL_URL_CUT_NOT},
		{"mailto:a@example.org", NULL, HL_URL_CUT_NOT},
		/* The host itself. */
		{"http://~/", NULL, HL_URL_CUT_PATH},
		{"http://~", NULL, HL_URL_CUT_PATH},
		{"~", NULL, HL_URL_CUT_PATH},
		{"http://~@example.org/", NULL, HL_URL_CUT_PATH},
		{"mailto:a?~", NULL, HL_URL_CUT_QUERY},
		{"~?", NULL, HL_URL_CUT_PATH},
		{"?~", NULL, HL_URL_CUT_QUERY},
		{"#~", NULL, HL_URL_CUT_NOT},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO in = HL_BUF_INIT(1 << 20);
		HL_BUF_AUTO out = HL_BUF_INIT(HL_URL_MAX);
		enum hl_url_cut cut;

		put_long(&in, rows[i].in);
		int r = hl_url_canon_cut(hl_buf_str(&in), &out, &cut, NULL);
		if ((r == 0) != (rows[i].left != NULL) || cut != rows[i].cut ||
			(r == 0 && !hl_str_eq(hl_buf_str(&out),
					   hl_str_c(rows[i].left)))) {
			fail_msg("%s: %d, cut %d, \"%.60s\"", rows[i].in, r,
				(int)cut, out.p);
		}
	}
}

/* What is short becomes long when it is escaped. */
static void long_once_escaped(void **state)
{
	HL_BUF_AUTO in = HL_BUF_INIT(1 << 20);
	HL_BUF_AUTO out = HL_BUF_INIT(HL_URL_MAX);
	enum hl_url_cut cut;

	(void)state;
	hl_buf_put(&in, HL_STR("http://example.org/a/b?"));
	while (in.n < 8000) {
		hl_buf_put_c(&in, '\xff');
	}
	assert_int_equal(
		0, hl_url_canon_cut(hl_buf_str(&in), &out, &cut, NULL));
	assert_int_equal(HL_URL_CUT_QUERY, cut);
	assert_string_equal("http://example.org/a/b", out.p);
	in.p[22] = '/';
	hl_buf_reset(&out);
	assert_int_equal(
		0, hl_url_canon_cut(hl_buf_str(&in), &out, &cut, NULL));
	assert_int_equal(HL_URL_CUT_PATH, cut);
	assert_string_equal("http://example.org/a/b/", out.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_long_ones),
		cmocka_unit_test(long_once_escaped),
	};

	return cmocka_run_group_tests_name("cut", tests, NULL, NULL);
}
