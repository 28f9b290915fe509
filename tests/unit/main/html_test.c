/* SPDX-License-Identifier: Apache-2.0 */
#include "main/demo_html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static void attributes(void **state)
{
	static const struct {
		const char *tag, *name, *want; /* NULL: there is none */
	} rows[] = {
		{"input type=\"text\" name=\"a\"", "name", "a"},
		{"input type=\"text\" name=\"a\"", "type", "text"},
		{"input type=\"text\" name=\"a\"", "value", NULL},
		{"input name=\"\" value=\"x y\"", "name", ""},
		{"input name=\"\" value=\"x y\"", "value", "x y"},
		{"input checked value=\"1\"", "checked", ""},
		{"input checked value=\"1\"", "value", "1"},
		{"input value=\"1\" checked", "checked", ""},
		{"input data-name=\"b\"", "name", NULL},
		{"input value=\"name=\" name=\"c\"", "name", "c"},
		{"form", "action", NULL},
		{"input value=\"no end", "value", "no end"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_str is =
			hl_main_html_attr(hl_str_c(rows[i].tag), rows[i].name);

		if (!is.p != !rows[i].want ||
			!hl_str_eq(is, hl_str_c(rows[i].want))) {
			fail_msg("%s of <%s>: \"%.*s\"", rows[i].name,
				rows[i].tag, HL_STR_ARG(is));
		}
	}
}

static void words_of_a_page(void **state)
{
	static const struct {
		const char *html, *want;
	} rows[] = {
		{"<p>one</p>\n<p>two</p>", "one two "},
		{"a &amp; b &lt;c&gt; &quot;d&quot; &#39;e&#39;",
			"a & b <c> \"d\" 'e'"},
		{"&unknown; & &", "&unknown; & &"},
		{"&amp;lt;", "&lt;"},
		{"<strong>Addr</strong>ess", "Address"},
		{"<bdi dir=\"ltr\">x</bdi>y", "xy"},
		{"<style>p { }</style>text", "text"},
		{"<head><title>T</title></head><b>c", "c"},
		{"cut <", "cut "},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(1000);

		hl_main_html_put_text(&out, hl_str_c(rows[i].html));
		if (!hl_str_eq(hl_buf_str(&out), hl_str_c(rows[i].want))) {
			fail_msg("%s: \"%.*s\"", rows[i].html,
				HL_STR_ARG(hl_buf_str(&out)));
		}
	}
}

static void tags_by_name(void **state)
{
	struct hl_str rest = HL_STR("<form a=\"1\"><br/>x</form><open"), tag;

	(void)state;
	assert_true(hl_main_html_tag(&rest, &tag));
	assert_true(hl_main_html_is(tag, "form"));
	assert_false(hl_main_html_is(tag, "for"));
	assert_true(hl_main_html_tag(&rest, &tag));
	assert_true(hl_main_html_is(tag, "br"));
	assert_true(hl_main_html_tag(&rest, &tag));
	assert_true(hl_main_html_is(tag, "/form"));
	assert_false(hl_main_html_tag(&rest, &tag));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes),
		cmocka_unit_test(words_of_a_page),
		cmocka_unit_test(tags_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
