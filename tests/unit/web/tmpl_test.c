/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "templates_test.h"
#include "test_templates.h"
#include "web/tmpl.h"
#include "web/tr.h"

static void expect(struct hl_buf *out, const char *row, const char *want)
{
	assert_int_equal(0, out->fault);
	if (!hl_str_eq(hl_buf_str(out), hl_str_c(want))) {
		fail_msg("%s:\n got %.*s\nwant %s", row,
			HL_STR_ARG(hl_buf_str(out)), want);
	}
	hl_buf_reset(out);
}

static void text_is_escaped(void **state)
{
	static const struct {
		struct hl_str in;
		const char *out;
	} rows[] = {
		{HL_STR_INIT("plain, 1"), "plain, 1"},
		{HL_STR_INIT("<script>"), "&lt;script&gt;"},
		{HL_STR_INIT("\"'&"), "&#34;&#39;&amp;"},
		{HL_STR_INIT("&amp;"), "&amp;amp;"},
		{HL_STR_INIT("a\0b\x1b"), "a\xef\xbf\xbd"
					  "b\xef\xbf\xbd"},
		{HL_STR_INIT("a\tb\nc\r\n"), "a\tb\nc&#13;\n"},
		{HL_STR_INIT("\xc3\xa6\xf0\x9f\x98\x80"),
			"\xc3\xa6\xf0\x9f\x98\x80"},
		{HL_STR_INIT("\xc0\xbc script"),
			"\xef\xbf\xbd\xef\xbf\xbd script"},
		{HL_STR_INIT("\xc2\x85"), "\xef\xbf\xbd"},
		{HL_STR_INIT("\xe2"), "\xef\xbf\xbd"},
		{HL_STR_INIT(""), ""},
	};

	(void)state;
	HL_BUF_AUTO out = HL_BUF_INIT(1000);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		hl_web_put(&out, rows[i].in);
		expect(&out, rows[i].out, rows[i].out);
	}
	hl_web_put(&out, HL_STR_NONE);
	expect(&out, "absent", "");
	hl_web_put(&out, "c&");
	expect(&out, "C string", "c&amp;");
}

static void addresses_are_checked(void **state)
{
	static const struct {
		const char *in;
		bool link, own;
	} rows[] = {
		{"/a", true, true},
		{"/", true, true},
		{"?q=1", true, true},
		{"#a", true, true},
		{"", true, true},
		{"https://e.invalid/", true, false},
		{"HTTP://e.invalid/", true, false},
		{"mailto:a@e.invalid", true, false},
		{"tel:112", true, false},
		{"javascript:alert(1)", false, false},
		{"JaVaScRiPt:alert(1)", false, false},
		{" javascript:alert(1)", false, false},
		{"java\nscript:alert(1)", false, false},
		{"\x01javascript:alert(1)", false, false},
		{"data:text/html,x", false, false},
		{"vbscript:x", false, false},
		{"//e.invalid", false, false},
		{"/\\e.invalid", false, false},
		{"\\\\e.invalid", false, false},
		{"/\t/e.invalid", false, false},
		{"a/b", false, false},
		{"https", false, false},
	};

	(void)state;
	HL_BUF_AUTO out = HL_BUF_INIT(1000);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		hl_web_put_link(&out, rows[i].in);
		expect(&out, rows[i].in,
			rows[i].link ? rows[i].in : "#blocked");
		hl_web_put_own(&out, rows[i].in);
		expect(&out, rows[i].in, rows[i].own ? rows[i].in : "#blocked");
	}
	hl_web_put_link(&out, "/a?b=\"&c");
	expect(&out, "escaped", "/a?b=&#34;&amp;c");
	hl_web_put_part(&out, "a/b?c&d \xc3\xa6.~-_\"");
	expect(&out, "part", "a%2Fb%3Fc%26d%20%C3%A6.~-_%22");
	hl_web_put_part(&out, -5);
	expect(&out, "number", "-5");
}

static void a_page_escapes_by_context(void **state)
{
	const struct t_page v = {.text = HL_STR_INIT("a\"<&b/"),
		.link = HL_STR_INIT("javascript:x"),
		.chart = {HL_STR_INIT("<svg></svg>")}};

	(void)state;
	HL_BUF_AUTO out = HL_BUF_INIT(10000);
	hl_tmpl_escape(&out, &v);
	expect(&out, "escape",
		"<p id=\"a&#34;&lt;&amp;b/\">a&#34;&lt;&amp;b/</p>"
		"<a href=\"#blocked\"></a> "
		"<a href=\"/x/a%22%3C%26b%2F?q=a%22%3C%26b%2F\"></a>"
		"<form action=\"#blocked\"></form>"
		"<textarea>\na&#34;&lt;&amp;b/</textarea> "
		"<svg></svg>");
}

static void branches_and_loops(void **state)
{
	const struct t_row rows[] = {
		{HL_STR_INIT("<a>"), -1}, {HL_STR_INIT("b"), 2}};
	struct t_page v = {.text = HL_STR_INIT("x"), .on = true};

	(void)state;
	HL_BUF_AUTO out = HL_BUF_INIT(10000);
	hl_tmpl_control(&out, &v);
	expect(&out, "none",
		"<section id=\"x\"><input checked>"
		"<p>Nothing here</p></section>");
	v.on = false;
	v.rows = rows;
	v.n_rows = 1;
	hl_tmpl_control(&out, &v);
	expect(&out, "one", "<section id=\"x\"><input><p>1</p></section>");
	v.n_rows = 2;
	hl_tmpl_control(&out, &v);
	expect(&out, "two",
		"<section id=\"x\"><input><ul>"
		"<li>-1 &lt;a&gt;</li>,<li>2 b</li>"
		"<li>0</li><li>1</li></ul></section>");
}

static void words(void **state)
{
	struct t_page v = {.text = HL_STR_INIT("<t>"),
		.n_rows = 1,
		.at_us = 0,
		.port = 80};

	(void)state;
	HL_BUF_AUTO out = HL_BUF_INIT(10000);
	hl_tmpl_words(&out, &v);
	expect(&out, "words",
		"<p title=\"Say &#34;yes&#34; &amp; &lt;t&gt;\">"
		"Fish &amp; &#34;chips&#34;</p><p>One row</p>"
		"<p>Read <a href=\"/x/%3Ct%3E\">it, &lt;t&gt;</a> or "
		"<b>not</b></p><p>OpenOpen</p>"
		"<p>1 Jan 1970, 00:00 UTC C-0000-0001-7 80</p>"
		"<time datetime=\"1970-01-01T00:00:00Z\">under 1 s</time>");
	v.n_rows = 3;
	hl_tmpl_words(&out, &v);
	assert_non_null(strstr(out.p, "<p>3 rows</p>"));
}

/* What a translation may do wrong, and what comes out. */
static void messages_stay_balanced(void **state)
{
	static const char *const names[] = {"a", "/a", "b", "/b", "n"};
	static const char *const marks[] = {"<a>", "</a>", "<b>", "</b>", "7"};
	static const char *const rows[][2] = {
		{"x {a}y{/a} z", "x <a>y</a> z"},
		{"{n}{n}", "77"},
		{"{a}y", "<a>y</a>"},
		{"y{/a}", "y"},
		{"{/a}y{a}", "y<a></a>"},
		{"{a}{a}y{/a}{/a}", "<a>y</a>"},
		{"{a}x{b}y{/a}z{/b}", "<a>xy</a>z"},
		{"{a}x{/b}y{/a}", "<a>xy</a>"},
		{"{other} {n", "{other} {n"},
		{"{}<", "{}&lt;"},
		{"", ""},
	};

	(void)state;
	HL_BUF_AUTO out = HL_BUF_INIT(1000);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_web_msg m = hl_web_msg(
			hl_str_c(rows[i][0]), names, (int)HL_ARRAY_LEN(names));

		for (int k; (k = hl_web_msg_next(&out, &m)) >= 0;) {
			hl_buf_put(&out, hl_str_c(marks[k]));
		}
		expect(&out, rows[i][0], rows[i][1]);
	}
}

static void a_full_buffer_sticks(void **state)
{
	const struct t_page v = {.text = HL_STR_INIT("a")};

	(void)state;
	HL_BUF_AUTO out = HL_BUF_INIT(20);
	hl_tmpl_words(&out, &v);
	assert_int_equal(HL_E_LIMIT, out.fault);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(addresses_are_checked),
		cmocka_unit_test(a_page_escapes_by_context),
		cmocka_unit_test(branches_and_loops),
		cmocka_unit_test(words),
		cmocka_unit_test(messages_stay_balanced),
		cmocka_unit_test(a_full_buffer_sticks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
