/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

/* clang-format off */
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#include "stop/stop.h"

static void languages(void **state)
{
	static const struct {
		const char *header, *want;
	} rows[] = {
		{NULL, "en"},
		{"", "en"},
		{"da", "da"},
		{"DA", "da"},
		{"da-DK", "da"},
		{"da, en;q=0.8", "da"},
		{"en;q=0.8, da", "da"},
		{"en, da", "en"},
		{"sv;q=0.5,de;q=0.9,fr;q=0.9", "de"},
		{"no", "nb"},
		{"nn-NO", "nb"},
		{"nb-NO", "nb"},
		{"pt-BR", "pt"},
		{"uk-UA, ru", "uk"},
		{"ar-EG;q=1.0", "ar"},
		{"fi ; q=0.7 , it;q=0.6", "fi"},
		{"zh-Hant-TW, ja", "en"},
		{"zh, pl;q=0.1", "pl"},
		{"*", "en"},
		{"xx, *", "en"},
		{"da;q=0", "en"},
		{"da;q=0.000, nl;q=0.001", "nl"},
		/* broken weights count for nothing */
		{"da;q=2, nl;q=0.1", "nl"},
		{"da;q=, nl;q=0.1", "nl"},
		{"da;q=0.1234, nl;q=0.1", "nl"},
		{"da;q=-1, nl;q=0.1", "nl"},
		{"da;q=1e9, nl;q=0.1", "nl"},
		{"da;q=0,5, nl;q=0.1", "nl"},
		{"dansk", "en"},
		{"d", "en"},
		{"-da", "en"},
		{"da-", "da"},
		{",,,;;;,da", "da"},
		{"../../etc/passwd", "en"},
		{"da\r\nX: y", "en"},
		{"\"><script>", "en"},
		{"\xff\xfe\xc0\x80", "en"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		const char *found = hl_stop_language_tag(
			hl_stop_language(hl_str_c(rows[i].header)));

		if (strcmp(found, rows[i].want)) {
			fail_msg("%s gives %s, not %s",
				rows[i].header ? rows[i].header : "(none)",
				found, rows[i].want);
		}
	}
}

/* A header of a megabyte: only its beginning counts. */
static void huge(void **state)
{
	enum { SIZE = 1 << 20 };
	char *header = malloc(SIZE);

	(void)state;
	assert_non_null(header);
	for (size_t i = 0; i < SIZE; i++) {
		header[i] = "xx,"[i % 3];
	}
	memcpy(header + SIZE - 2, "da", 2);
	struct hl_str s = {header, SIZE};
	assert_string_equal("en", hl_stop_language_tag(hl_stop_language(s)));
	memcpy(header, "da,", 3);
	assert_string_equal("da", hl_stop_language_tag(hl_stop_language(s)));
	memset(header, '-', SIZE);
	assert_string_equal("en", hl_stop_language_tag(hl_stop_language(s)));
	memset(header, ';', SIZE);
	assert_string_equal("en", hl_stop_language_tag(hl_stop_language(s)));
	free(header);
}

static void forms(void **state)
{
	static const struct {
		const char *accept, *want;
	} rows[] = {
		{NULL, "text/html"},
		{"", "text/html"},
		{"*/*", "text/html"},
		{"text/*", "text/html"},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,"
		 "image/avif,*/*;q=0.8",
			"text/html"},
		{"application/json", "application/json"},
		{"APPLICATION/JSON", "application/json"},
		{"application/json, text/html;q=0.9", "application/json"},
		{"application/json;charset=utf-8;q=0.9, text/html;q=0.8",
			"application/json"},
		{"application/json, */*", "text/html"},
		{"application/json, */*;q=0.5", "application/json"},
		{"application/*", "application/json"},
		{"text/plain", "text/plain"},
		{"text/plain, text/html;q=0.5", "text/plain"},
		{"text/plain;q=0.5, text/html;q=0.5", "text/html"},
		{"text/html;q=0, */*", "application/json"},
		{"image/webp", "text/html"},
		{"text", "text/html"},
		{"/", "text/html"},
		{"*", "text/html"},
		{"text/html;q=9", "text/html"},
		{"\xff/\xff", "text/html"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		const struct hl_stop_config config = {
			.hotline = HL_STR("Example")};
		const struct hl_stop_ask ask = {
			.accept = hl_str_c(rows[i].accept)};
		HL_STOP_ANSWER_AUTO a = {0};

		assert_int_equal(0, hl_stop_answer(&config, &ask, &a, NULL));
		assert_string_equal("Content-Type", a.headers[0].name);
		if (!hl_str_starts(
			    a.headers[0].value, hl_str_c(rows[i].want))) {
			fail_msg("%s gives %.*s",
				rows[i].accept ? rows[i].accept : "(none)",
				HL_STR_ARG(a.headers[0].value));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(languages),
		cmocka_unit_test(huge),
		cmocka_unit_test(forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
