/* SPDX-License-Identifier: Apache-2.0 */
#include "web/cookie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pages.h"
#include "web/csrf.h"

static void finding_one(void **state)
{
	static const struct {
		const char *header, *want; /* NULL: absent */
		bool secure;
	} rows[] = {
		{"s=abc", "abc", false},
		{"a=1; s=abc; b=2", "abc", false},
		{"a=1;s=abc", "abc", false},
		{" s = abc ", "abc", false},
		{"s=", "", false},
		{"s=a=b", "a=b", false},
		{"S=abc", NULL, false},
		{"xs=abc", NULL, false},
		{"s", NULL, false},
		{"", NULL, false},
		{";;;", NULL, false},
		{"s=abc; s=def", NULL, false},
		{"s=abc; s=abc", NULL, false},
		{"s=abc", NULL, true},
		{"__Host-s=abc", "abc", true},
		{"s=evil; __Host-s=abc", "abc", true},
		{"__Host-s=abc; __Host-s=evil", NULL, true},
		{"__host-s=abc", NULL, true},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct t_web t;

		t_web_init(&t);
		t.req.secure = rows[i].secure;
		t_web_header(&t, "cookie", rows[i].header);
		struct hl_str got = hl_web_cookie_get(&t.req, "s");
		bool same = rows[i].want
				    ? got.p && hl_str_eq(got,
						       hl_str_c(rows[i].want))
				    : !got.p;
		t_web_fini(&t);
		if (!same) {
			fail_msg("\"%s\": %.*s", rows[i].header,
				HL_STR_ARG(got));
		}
	}
}

static void twice_in_two_headers(void **state)
{
	struct t_web t;

	(void)state;
	t_web_init(&t);
	t_web_header(&t, "Cookie", "s=abc");
	t_web_header(&t, "Cookie", "s=def");
	assert_null(hl_web_cookie_get(&t.req, "s").p);
	t_web_fini(&t);
}

static void setting_one(void **state)
{
	static const struct {
		bool secure;
		const char *value;
		int age;
		const char *want; /* NULL: a fault */
	} rows[] = {
		{true, "abc", 0,
			"__Host-s=abc; Path=/; Secure; HttpOnly; "
			"SameSite=Strict"},
		{false, "a-B_.~9", 60,
			"s=a-B_.~9; Path=/; Max-Age=60; HttpOnly; "
			"SameSite=Strict"},
		{false, "", -1,
			"s=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"},
		{false, "a;b", 0, NULL},
		{false, "a b", 0, NULL},
		{false, "a\r\nX: y", 0, NULL},
		{false, "\xc3\xa6", 0, NULL},
		{false, "a,b", 0, NULL},
		{false, "\"a\"", 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct t_web t;

		t_web_init(&t);
		t.req.secure = rows[i].secure;
		hl_web_cookie_set(&t.ctx, &t.req, &t.resp, "s",
			hl_str_c(rows[i].value), rows[i].age);
		struct hl_str got = t_web_sent(&t, "Set-Cookie");
		if (!hl_str_eq(got, hl_str_c(rows[i].want)) ||
			(t.resp.fault != 0) != (rows[i].want == NULL)) {
			fail_msg("row %zu: %.*s", i, HL_STR_ARG(got));
		}
		t_web_fini(&t);
	}
}

static void where_a_form_comes_from(void **state)
{
	static const struct {
		const char *site, *origin;
		bool secure;
		int want;
	} rows[] = {
		{NULL, NULL, true, 0},
		{"same-origin", "null", true, 0},
		{"same-origin", NULL, true, 0},
		{"same-origin", "https://e.invalid", true, 0},
		{NULL, "https://e.invalid", true, 0},
		{NULL, "https://E.INVALID", true, 0},
		{NULL, "http://e.invalid", false, 0},
		{NULL, "null", true, 0},
		{"cross-site", NULL, true, HL_DENIED},
		{"same-site", NULL, true, HL_DENIED},
		{"none", NULL, true, HL_DENIED},
		{"", NULL, true, HL_DENIED},
		{"cross-site", "https://e.invalid", true, HL_DENIED},
		{"same-origin", "https://other.invalid", true, HL_DENIED},
		{NULL, "http://e.invalid", true, HL_DENIED},
		{NULL, "https://e.invalid", false, HL_DENIED},
		{NULL, "https://e.invalid:444", true, HL_DENIED},
		{NULL, "https://e.invalid.other.invalid", true, HL_DENIED},
		{NULL, "https://", true, HL_DENIED},
		{NULL, "e.invalid", true, HL_DENIED},
		{NULL, "", true, HL_DENIED},
	};
	const uint8_t key[HL_WEB_CSRF_KEY_BYTES] = {1};
	char token[HL_WEB_CSRF_MAX];

	(void)state;
	hl_web_csrf_token(key, HL_STR("session"), token);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct t_web t;

		t_web_init(&t);
		t.req.secure = rows[i].secure;
		if (rows[i].site) {
			t_web_header(&t, "Sec-Fetch-Site", rows[i].site);
		}
		if (rows[i].origin) {
			t_web_header(&t, "Origin", rows[i].origin);
		}
		int got = hl_web_csrf_check(
			&t.req, key, HL_STR("session"), hl_str_c(token));
		t_web_fini(&t);
		if (got != rows[i].want) {
			fail_msg("row %zu: %d", i, got);
		}
	}
}

/* Behind a proxy that passes Host on, or does not. */
static void where_we_are_known_to_be(void **state)
{
	static const char *const form = "https://report.example.org";
	static const struct {
		const char *own, *host, *origin;
		bool secure;
		int want;
	} rows[] = {
		{form, "127.0.0.1:9430", form, true, 0},
		{form, "report.example.org", form, true, 0},
		{form, "", form, true, 0},
		{form, "127.0.0.1:9430", "https://REPORT.example.org", true, 0},
		{form, "127.0.0.1:9430", "https://report.example.org:443", true,
			0},
		{"https://report.example.org:443", "x", form, true, 0},
		{"https://report.example.org/hotline", "x", form, true, 0},
		{"http://report.example.org:80", "x",
			"http://report.example.org", false, 0},
		{form, "x", "null", true, 0},
		{form, "evil.example.org", "https://evil.example.org", true,
			HL_DENIED},
		{form, "report.example.org", "http://report.example.org", true,
			HL_DENIED},
		{form, "x", "https://report.example.org:444", true, HL_DENIED},
		{form, "x", "https://report.example.org:80", true, HL_DENIED},
		{form, "x", "https://report.example.org.evil.example", true,
			HL_DENIED},
		{form, "x", "https://report.example.org/", true, HL_DENIED},
		{form, "x", "https://a@report.example.org", true, HL_DENIED},
		{form, "x", "report.example.org", true, HL_DENIED},
		{form, "", "https://", true, HL_DENIED},
		{form, "127.0.0.1:9430", "https://127.0.0.1:9430", true,
			HL_DENIED},
		/* a workbench on this host, under its names and a tunnel's */
		{"http://127.0.0.1:8081", "127.0.0.1:8081",
			"http://127.0.0.1:8081", false, 0},
		{"http://127.0.0.1:8081", "localhost:9000",
			"http://localhost:9000", false, 0},
		{"http://127.0.0.1:8081", "[::1]:8081", "http://[::1]:8081",
			false, 0},
		{"http://127.0.0.1:8081", "localhost:9000",
			"http://localhost:9001", false, HL_DENIED},
		{"http://127.0.0.1:8081", "evil.example.org",
			"http://evil.example.org", false, HL_DENIED},
		{"http://127.0.0.1:8081", "localhost.evil.example",
			"http://localhost.evil.example", false, HL_DENIED},
		{"http://127.0.0.1:8081", "127.0.0.1.evil.example",
			"http://127.0.0.1.evil.example", false, HL_DENIED},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct t_web t;

		t_web_init(&t);
		t.req.secure = rows[i].secure;
		t.req.host = hl_str_c(rows[i].host);
		t.req.origin = hl_str_c(rows[i].own);
		t_web_header(&t, "Origin", rows[i].origin);
		int got = hl_web_csrf_check_origin(&t.req);
		t_web_fini(&t);
		if (got != rows[i].want) {
			fail_msg("row %zu, %s: %d", i, rows[i].origin, got);
		}
	}
}

static void whose_form_it_is(void **state)
{
	const uint8_t key[HL_WEB_CSRF_KEY_BYTES] = {1},
		      other_key[HL_WEB_CSRF_KEY_BYTES] = {2};
	char token[HL_WEB_CSRF_MAX], other[HL_WEB_CSRF_MAX];
	struct t_web t;

	(void)state;
	t_web_init(&t);
	struct hl_str mine = hl_web_csrf_token(key, HL_STR("me"), token);
	assert_int_equal(43, mine.n);
	assert_int_equal(0, hl_web_csrf_check(&t.req, key, HL_STR("me"), mine));
	assert_int_equal(
		HL_DENIED, hl_web_csrf_check(&t.req, key, HL_STR("you"), mine));
	assert_int_equal(HL_DENIED,
		hl_web_csrf_check(&t.req, other_key, HL_STR("me"), mine));
	assert_int_equal(HL_DENIED,
		hl_web_csrf_check(&t.req, key, HL_STR("me"), HL_STR_NONE));
	assert_int_equal(HL_DENIED, hl_web_csrf_check(&t.req, key, HL_STR("me"),
					    hl_str_sub(mine, 0, 42)));
	mine = hl_web_csrf_token(key, HL_STR(""), other);
	assert_int_equal(
		HL_DENIED, hl_web_csrf_check(&t.req, key, HL_STR(""), mine));
	t_web_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finding_one),
		cmocka_unit_test(twice_in_two_headers),
		cmocka_unit_test(setting_one),
		cmocka_unit_test(where_a_form_comes_from),
		cmocka_unit_test(where_we_are_known_to_be),
		cmocka_unit_test(whose_form_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
