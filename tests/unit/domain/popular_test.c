/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/popular.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct hl_popular *with(const char *more)
{
	struct hl_popular *p = NULL;
	struct hl_err err = {0};

	if (hl_popular_new(hl_str_c(more), NULL, &p, &err)) {
		fail_msg("%s", err.msg);
	}
	return p;
}

static void asks_by_what_somebody_registered(void **state)
{
	static const struct {
		const char *host;
		bool popular;
	} rows[] = {
		{"wikipedia.org", true},
		{"de.m.wikipedia.org", true},
		{"web.archive.org", true},
		{"www.google.co.uk", true},
		{"www.bbc.co.uk", true},
		{"mail.tuta.com", true},
		{"iwf.org.uk", true},
		/* a name that only ends in one, or begins with one */
		{"notwikipedia.org", false},
		{"wikipedia.org.example.org", false},
		{"wikipedia.org.invalid", false},
		{"example.org", false},
		{"cdn.example.net", false},
		/* anybody's page at a service: theirs, not the service's */
		{"somebody.github.io", false},
		{"somebody.blogspot.com", false},
		/* the service itself, under which anybody has a name */
		{"github.io", true},
		{"blogspot.com", true},
		{"co.uk", true},
		{"org", true},
		/* addresses are no names */
		{"192.0.2.7", false},
		{"[2001:db8::7]", false},
		{"", false},
	};
	HL_POPULAR_AUTO *p = with("");

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_popular_has(p, hl_str_c(rows[i].host)) !=
			rows[i].popular) {
			fail_msg("%s", rows[i].host);
		}
	}
}

static void an_operator_adds(void **state)
{
	HL_POPULAR_AUTO *none = with("");
	HL_POPULAR_AUTO *p = with("# ours\n\n Example.ORG # the school\r\n"
				  "shop.example.net\nexample.org\n"
				  "wikipedia.org");

	(void)state;
	assert_int_equal(hl_popular_count(none) + 2, hl_popular_count(p));
	assert_true(hl_popular_has(p, HL_STR("www.example.org")));
	assert_true(hl_popular_has(p, HL_STR("shop.example.net")));
	/* a host that was named alone is no whole domain */
	assert_false(hl_popular_has(p, HL_STR("www.example.net")));
	assert_true(hl_popular_has(p, HL_STR("wikipedia.org")));
}

static void a_bad_line_is_named(void **state)
{
	static const struct {
		const char *text, *line;
	} rows[] = {
		{"example", "line 1 "},
		{"example.org\nhttps://example.org/", "line 2 "},
		{"example.org example.net", "line 1 "},
		{".example.org", "line 1 "},
		{"example.org.", "line 1 "},
		{"exa..mple.org", "line 1 "},
		{"\n\nex_mple.org", "line 3 "},
		{"ex\xc3\xa4mple.org", "line 1 "},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "a"
		 "aa.org",
			"line 1 "},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_popular *p = NULL;
		struct hl_err err = {0};
		int r = hl_popular_new(hl_str_c(rows[i].text), NULL, &p, &err);

		if (r != HL_E_INVALID || p || !strstr(err.msg, rows[i].line)) {
			fail_msg("%s: %d, %s", rows[i].text, r, err.msg);
		}
	}
}

static void a_huge_file_is_refused(void **state)
{
	size_t n = HL_POPULAR_BYTES_MAX + 1;
	char *text = malloc(n);
	struct hl_popular *p = NULL;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', n);
	assert_int_equal(HL_E_LIMIT,
		hl_popular_new((struct hl_str){text, n}, NULL, &p, NULL));
	assert_int_equal(0,
		hl_popular_new((struct hl_str){text, n - 1}, NULL, &p, NULL));
	hl_popular_free(p);
	hl_popular_free(NULL);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_by_what_somebody_registered),
		cmocka_unit_test(an_operator_adds),
		cmocka_unit_test(a_bad_line_is_named),
		cmocka_unit_test(a_huge_file_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
