/* SPDX-License-Identifier: Apache-2.0 */
#include "url/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/rand.h"

/* NULL: refused. */
static const char *const rows[][2] = {
	/* browsers' parsing */
	{"http://example.org", "http://example.org/"},
	{"HTTP://EXAMPLE.ORG/A", "http://example.org/A"},
	{"  http://example.org/a\r\n", "http://example.org/a"},
	{"ht\ntp://exa\tmple.org/a\nb", "http://example.org/ab"},
	{"http:example.org/a", "http://example.org/a"},
	{"http:/example.org/a", "http://example.org/a"},
	{"http:///example.org/a", "http://example.org/a"},
	{"http:\\\\example.org\\a\\b", "http://example.org/a/b"},
	{"http://user:secret@example.org/a", "http://example.org/a"},
	{"http://a@b@example.org/", "http://example.org/"},
	{"http://a:b@[2001:DB8::1]:81/", "http://[2001:db8::1]:81/"},
	{"http://@example.org/", "http://example.org/"},
	{"http://example.org/a?b?c", "http://example.org/a?b?c"},
	{"http://example.org?b", "http://example.org/?b"},
	{"http://example.org#b", "http://example.org/"},
	{"wss://example.org/", "wss://example.org/"},
	{"ftp://example.org/a", "ftp://example.org/a"},
	/* no scheme */
	{"example.org", "http://example.org/"},
	{"//example.org/a", "http://example.org/a"},
	{"example.org:8080/a", "http://example.org:8080/a"},
	{"http%3A%2F%2Fexample.org%2Fa%2520b", "http://example.org/a%20b"},
	{"HTTPS%3a//example.org", "https://example.org/"},
	/* ports */
	{"http://example.org:80/", "http://example.org/"},
	{"https://example.org:443/", "https://example.org/"},
	{"https://example.org:0080/", "https://example.org:80/"},
	{"ftp://example.org:21/", "ftp://example.org/"},
	{"http://example.org:/", "http://example.org/"},
	{"http://example.org:65535/", "http://example.org:65535/"},
	{"http://example.org:65536/", NULL},
	{"http://example.org:8a/", NULL},
	{"http://example.org:-1/", NULL},
	/* hosts */
	{"http://Example.ORG./", "http://example.org/"},
	{"http://..example...org../", "http://example.org/"},
	{"http://ex%61mple.org/", "http://example.org/"},
	{"http://ex%2561mple.org/", "http://example.org/"},
	{"http://b\xc3\xbc"
	 "cher.example/",
		"http://xn--bcher-kva.example/"},
	{"http://B\xc3\x9c"
	 "CHER.example/",
		"http://xn--bcher-kva.example/"},
	{"http://XN--BCHER-KVA.example/", "http://xn--bcher-kva.example/"},
	{"http://b%C3%BCcher.example/", "http://xn--bcher-kva.example/"},
	{"http://stra\xc3\x9f"
	 "e.example/",
		"http://xn--strae-oqa.example/"},
	{"http://example\xe3\x80\x82org/", "http://example.org/"},
	{"http://\xef\xbd\x85xample.org/", "http://example.org/"},
	{"http://\xe2\x98\x83.net/", "http://xn--n3h.net/"},
	{"http://a_b.example/", "http://a_b.example/"},
	{"http://-a-.example/", "http://-a-.example/"},
	{"http://xn--a.example/", "http://xn--a.example/"},
	{"http://a b.example/", "http://a%20b.example/"},
	{"http://a%2Fb.example/", "http://a%2Fb.example/"},
	{"http://a%00b.example/", "http://a%00b.example/"},
	{"http://a\xff.example/", "http://a%FF.example/"},
	{"http://\xef\xbc\x85"
	 "41.example/",
		NULL},
	{"http://", NULL},
	{"http:///", NULL},
	{"http://./", NULL},
	{"http://:80/", NULL},
	{"http://a@/", NULL},
	/* network addresses in any shape */
	{"http://192.0.2.7/", "http://192.0.2.7/"},
	{"http://192.0.2.7./", "http://192.0.2.7/"},
	{"http://192.0.519/", "http://192.0.2.7/"},
	{"http://192.519/", "http://192.0.2.7/"},
	{"http://3221225991/", "http://192.0.2.7/"},
	{"http://0xC0000207/", "http://192.0.2.7/"},
	{"http://0xc0.0.02.0x7/", "http://192.0.2.7/"},
	{"http://0300.0.2.7/", "http://192.0.2.7/"},
	{"http://030000001007/", "http://192.0.2.7/"},
	{"http://%31%39%32.0.2.7/", "http://192.0.2.7/"},
	{"http://\xef\xbc\x91\xef\xbc\x99\xef\xbc\x92.0.2.7/",
		"http://192.0.2.7/"},
	{"http://256.0.0.1/", "http://256.0.0.1/"},
	{"http://1.2.3.4.5/", "http://1.2.3.4.5/"},
	{"http://08.0.0.1/", "http://08.0.0.1/"},
	{"http://4294967296/", "http://4294967296/"},
	{"http://[2001:DB8:0:0:0:0:0:1]/", "http://[2001:db8::1]/"},
	{"http://[2001:db8:0:1:0:0:0:1]/", "http://[2001:db8:0:1::1]/"},
	{"http://[::ffff:192.0.2.7]/", "http://[::ffff:c000:207]/"},
	{"http://[::]/", "http://[::]/"},
	{"http://[1::]/", "http://[1::]/"},
	{"http://[::1%25eth0]/", NULL},
	{"http://[::1/", NULL},
	{"http://[::1]x/", NULL},
	{"http://[]/", NULL},
	{"http://[1:2]/", NULL},
	/* paths */
	{"http://example.org/a/./b", "http://example.org/a/b"},
	{"http://example.org/a/../b", "http://example.org/b"},
	{"http://example.org/a/b/..", "http://example.org/a/"},
	{"http://example.org/a/b/.", "http://example.org/a/b/"},
	{"http://example.org/../../a", "http://example.org/a"},
	{"http://example.org/a/%2E%2e/b", "http://example.org/b"},
	{"http://example.org/a/%252E%252e/b", "http://example.org/b"},
	{"http://example.org/a%2F..%2Fb", "http://example.org/b"},
	{"http://example.org//a///b//", "http://example.org/a/b/"},
	{"http://example.org/a//../b", "http://example.org/a/b"},
	{"http://example.org/.a", "http://example.org/.a"},
	{"http://example.org/a.", "http://example.org/a."},
	{"http://example.org/...", "http://example.org/..."},
	{"http://example.org/%7Ea", "http://example.org/~a"},
	{"http://example.org/%41%2541", "http://example.org/AA"},
	{"http://example.org/a%b", "http://example.org/a%25b"},
	{"http://example.org/%", "http://example.org/%25"},
	{"http://example.org/%2", "http://example.org/%252"},
	{"http://example.org/%2%35", "http://example.org/%25"},
	{"http://example.org/a b", "http://example.org/a%20b"},
	{"http://example.org/\xc3\xa6", "http://example.org/%C3%A6"},
	{"http://example.org/%c3%a6", "http://example.org/%C3%A6"},
	{"http://example.org/a%3Fb", "http://example.org/a%3Fb"},
	{"http://example.org/a%23b", "http://example.org/a%23b"},
	{"http://example.org/a%5Cb", "http://example.org/a%5Cb"},
	{"http://example.org/a;b=c", "http://example.org/a;b=c"},
	{"http://example.org/a%00", "http://example.org/a%00"},
	/* queries */
	{"http://example.org/a?", "http://example.org/a"},
	{"http://example.org/a?#b", "http://example.org/a"},
	{"http://example.org/?a=%7e", "http://example.org/?a=~"},
	{"http://example.org/?a//b/../c", "http://example.org/?a//b/../c"},
	{"http://example.org/?%3f", "http://example.org/??"},
	{"http://example.org/?a\\b", "http://example.org/?a\\b"},
	{"http://example.org/?%23", "http://example.org/?%23"},
	{"http://example.org/?B=1&a=2", "http://example.org/?B=1&a=2"},
	/* fragments that choose the content are kept */
	{"http://example.org/a#b", "http://example.org/a"},
	{"http://example.org/#!/a", "http://example.org/#!/a"},
	{"http://example.org/#/a b", "http://example.org/#/a%20b"},
	{"http://example.org/#F!abc", "http://example.org/#F!abc"},
	{"http://example.org/#!", "http://example.org/"},
	{"http://example.org/#/", "http://example.org/"},
	{"http://example.org/#F!", "http://example.org/"},
	{"http://example.org/?a#!b#c", "http://example.org/?a#!b%23c"},
	{"http://example.org/#:~:text=a", "http://example.org/"},
	/* no canonical form */
	{"", NULL},
	{" ", NULL},
	{"/a", NULL},
	{"?a", NULL},
	{"#a", NULL},
	{":", NULL},
	{"mailto:a@example.org", NULL},
	{"magnet:?xt=urn:btih:0", NULL},
	{"file:///a", NULL},
	{"javascript:a", NULL},
	{"tg://join?invite=a", NULL},
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO b = HL_BUF_INIT(2 * HL_URL_MAX);
		struct hl_err err;
		int rc = hl_url_canon(hl_str_c(rows[i][0]), &b, &err);

		if (!rows[i][1]) {
			if (rc != HL_E_INVALID || b.n) {
				fail_msg("%s: taken as %s", rows[i][0], b.p);
			}
			continue;
		}
		if (rc || !hl_str_eq(hl_buf_str(&b), hl_str_c(rows[i][1]))) {
			fail_msg("%s: %d, %s", rows[i][0], rc, b.p);
		}
	}
}

/* "%00" in a row would end the C string; the bytes of the input matter. */
static void nul_bytes_are_bytes(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(256);
	struct hl_str in = HL_STR("http://a\0b.example/c\0d?e\0f");

	(void)state;
	assert_int_equal(0, hl_url_canon(in, &b, NULL));
	assert_string_equal("http://a%00b.example/c%00d?e%00f", b.p);
}

static void twice_is_once(struct hl_str in)
{
	HL_BUF_AUTO one = HL_BUF_INIT(2 * HL_URL_MAX);
	HL_BUF_AUTO two = HL_BUF_INIT(2 * HL_URL_MAX);

	if (hl_url_canon(in, &one, NULL) != 0) {
		return;
	}
	int rc = hl_url_canon(hl_buf_str(&one), &two, NULL);
	if (rc || !hl_str_eq(hl_buf_str(&one), hl_buf_str(&two))) {
		fail_msg("%.*s: %s, then %d %s", HL_STR_ARG(in), one.p, rc,
			two.p);
	}
}

/* Random walks through pieces that matter to the rules. */
static void canonical_is_fixed_point(void **state)
{
	static const char *const bits[] = {"/", "//", ".", "..", "%", "%2",
		"%25", "%2e", "%2F", "%3f", "%23", "%5c", "\\", "?", "#", "#!",
		"@", ":", ":80", "[", "]", "[::1]", "a", "B", "xn--", "xn--a",
		"0x7f", "1", "01", "256", "\xc3\xbc", "\xe3\x80\x82", "\xff",
		"\xef\xbc\x85", "\xef\xbc\x8f", "\xc2\xad", " ", "\t", "+", "-",
		"|", "<", "http:", "https://", "http%3a"};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		twice_is_once(hl_str_c(rows[i][0]));
	}
	for (int i = 0; i < 100000; i++) {
		HL_BUF_AUTO in = HL_BUF_INIT(512);
		int n = 1 + i % 12;

		if (i % 3) {
			hl_buf_put(&in, HL_STR("http://"));
		}
		while (n-- > 0) {
			uint32_t at = hl_rand_below(HL_ARRAY_LEN(bits));

			hl_buf_put(&in, hl_str_c(bits[at]));
		}
		twice_is_once(hl_buf_str(&in));
	}
}

static void bounds(void **state)
{
	HL_BUF_AUTO in = HL_BUF_INIT(2 * HL_URL_MAX);
	HL_BUF_AUTO out = HL_BUF_INIT(2 * HL_URL_MAX);
	struct hl_err err;

	(void)state;
	hl_buf_put(&in, HL_STR("http://example.org/"));
	while (in.n < HL_URL_MAX) {
		hl_buf_put_c(&in, 'a');
	}
	hl_buf_put(&out, HL_STR("before "));
	assert_int_equal(0, hl_url_canon(hl_buf_str(&in), &out, &err));
	assert_int_equal(HL_URL_MAX + 7, out.n);
	hl_buf_put_c(&in, 'a');
	out.n = 7;
	assert_int_equal(HL_E_LIMIT, hl_url_canon(hl_buf_str(&in), &out, &err));
	assert_int_equal(7, out.n);
	/* Short enough typed, too long when folded. */
	in.n = HL_URL_MAX;
	in.p[in.n - 1] = ' ';
	in.p[in.n - 2] = '%';
	assert_int_equal(HL_E_LIMIT, hl_url_canon(hl_buf_str(&in), &out, &err));
	assert_string_equal("before ", out.p);
	/* No room at the caller's. */
	HL_BUF_AUTO tiny = HL_BUF_INIT(8);
	assert_int_equal(HL_E_LIMIT,
		hl_url_canon(HL_STR("http://example.org/"), &tiny, NULL));
}

static void errors_hold_no_address(void **state)
{
	struct hl_err err = {0};
	HL_BUF_AUTO out = HL_BUF_INIT(64);

	(void)state;
	assert_int_equal(HL_E_INVALID,
		hl_url_canon(HL_STR("http://example.org:x/"), &out, &err));
	assert_null(strstr(err.msg, "example"));
	assert_non_null(strstr(err.msg, "port"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(nul_bytes_are_bytes),
		cmocka_unit_test(canonical_is_fixed_point),
		cmocka_unit_test(bounds),
		cmocka_unit_test(errors_hold_no_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
