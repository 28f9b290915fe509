/* SPDX-License-Identifier: Apache-2.0 */
#include "url/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* Address, base or NULL, and what it becomes; NULL: refused. The web
 * platform's own table is in wpt_test.c; these stand without it. */
static const char *const rows[][3] = {
	{"http://example.org", NULL, "http://example.org/"},
	{" \x01HtTp:\\\\EXAMPLE.org\\a\x1f", NULL, "http://example.org/a"},
	{"http://a:@example.org:80/", NULL, "http://a@example.org/"},
	{"http://:@example.org/", NULL, "http://example.org/"},
	{"http://a@b:c:d@example.org/", NULL,
		"http://a%40b:c%3Ad@example.org/"},
	{"http://example.org/a b\"<>`{}?'\"<>#\"<>`", NULL,
		"http://example.org/a%20b%22%3C%3E%60%7B%7D?%27%22%3C%3E"
		"#%22%3C%3E%60"},
	{"http://example.org/\xff", NULL, "http://example.org/%EF%BF%BD"},
	{"http://example.org/%7ea%2fb", NULL, "http://example.org/%7ea%2fb"},
	{"http://example.org/a/%2e%2E/b/.%2e", NULL, "http://example.org/"},
	{"https://0x7F.1:443/", NULL, "https://127.0.0.1/"},
	{"https://[2001:DB8:0:0:1:0:0:1]:8443", NULL,
		"https://[2001:db8::1:0:0:1]:8443/"},
	{"http://\xe2\x98\x83.net/", NULL, "http://xn--n3h.net/"},
	{"http://fa\xc3\x9f.example/", NULL, "http://xn--fa-hia.example/"},
	{"http:", NULL, NULL},
	{"http://", NULL, NULL},
	{"http://@/", NULL, NULL},
	{"http://a b/", NULL, NULL},
	{"http://a%00b/", NULL, NULL},
	{"http://%ff/", NULL, NULL},
	{"http://xn--a/", NULL, NULL},
	{"http://xn--a-/", NULL, NULL},
	{"http://256.0.0.1/", NULL, NULL},
	{"http://1.2.3.4.5/", NULL, NULL},
	{"http://09/", NULL, NULL},
	{"http://0x/", NULL, "http://0.0.0.0/"},
	{"http://[::1/", NULL, NULL},
	{"http://[1:2:3:4:5:6:7]/", NULL, NULL},
	{"http://[1::2::3]/", NULL, NULL},
	{"http://[::1.2.3.400]/", NULL, NULL},
	{"http://[::1]a/", NULL, NULL},
	{"http://example.org:65536/", NULL, NULL},
	{"http://example.org:1a/", NULL, NULL},
	{"example.org", NULL, NULL},
	{"", NULL, NULL},
	/* schemes that are not special */
	{"mailto:A@example.org", NULL, "mailto:A@example.org"},
	{"tg://join?invite=a", NULL, "tg://join?invite=a"},
	{"foo://H\\a/../b", NULL, NULL},
	{"foo://H:80/../b", NULL, "foo://H:80/b"},
	{"foo:/..//a", NULL, "foo:/.//a"},
	{"foo:/..", NULL, "foo:/"},
	{"foo://:80/", NULL, NULL},
	{"foo:///a", NULL, "foo:///a"},
	{"file:///C|/../a", NULL, "file:///C:/a"},
	{"file://localhost/a", NULL, "file:///a"},
	{"file://example.org/a", NULL, "file://example.org/a"},
	/* with a base, as in the Location of a redirect */
	{"", "http://example.org/a?b#c", "http://example.org/a?b"},
	{"?d", "http://example.org/a?b#c", "http://example.org/a?d"},
	{"#d", "http://example.org/a?b#c", "http://example.org/a?b#d"},
	{"d", "http://example.org/a/b?c", "http://example.org/a/d"},
	{"/d", "http://u:p@example.org:81/a", "http://u:p@example.org:81/d"},
	{"../../d/", "http://example.org/a/b/c", "http://example.org/d/"},
	{"//b.example/d", "https://example.org/a", "https://b.example/d"},
	{"\\\\b.example\\d", "https://example.org/a", "https://b.example/d"},
	{"http:d", "http://example.org/a/b", "http://example.org/a/d"},
	{"https:d", "http://example.org/a/b", "https://d/"},
	{"a", "mailto:a@example.org", NULL},
	{"#a", "mailto:a@example.org", "mailto:a@example.org#a"},
	{"/a", "file:///C:/b", "file:///C:/a"},
	{"D|/a", "file:///C:/b/c", "file:///D:/a"},
	{"//a:80/..//b", "foo://c/d", "foo://a:80//b"},
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_ARENA_AUTO *a = hl_arena_new(1 << 20, true);
		struct hl_url base, url = {0};
		const char *on = rows[i][1], *want = rows[i][2];

		assert_true(
			!on || hl_url_parse(hl_str_c(on), a, &base, NULL) == 0);
		int rc = hl_url_resolve(
			hl_str_c(rows[i][0]), on ? &base : NULL, a, &url, NULL);
		if (want ? rc || !hl_str_eq(url.href, hl_str_c(want))
			 : rc != HL_E_INVALID) {
			fail_msg("%s on %s: %d %.*s", rows[i][0],
				on ? on : "nothing", rc, HL_STR_ARG(url.href));
		}
	}
}

/* A NUL behind "C|" ends no drive letter. */
static void nul_is_no_end(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(1 << 20, true);
	struct hl_url base, url;

	(void)state;
	assert_int_equal(
		0, hl_url_parse(HL_STR("file:///C:/a/b"), a, &base, NULL));
	assert_int_equal(
		0, hl_url_resolve(HL_STR("C|\0x"), &base, a, &url, NULL));
	assert_true(hl_str_eq(url.href, HL_STR("file:///C:/a/C|%00x")));
}

static void parts(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(1 << 20, true);
	struct hl_url url;

	(void)state;
	assert_int_equal(0, hl_url_parse(HL_STR("https://a:b@[::1]:8443/c?d#e"),
				    a, &url, NULL));
	assert_true(hl_str_eq(url.scheme, HL_STR("https")));
	assert_true(hl_str_eq(url.username, HL_STR("a")));
	assert_true(hl_str_eq(url.password, HL_STR("b")));
	assert_true(hl_str_eq(url.host, HL_STR("[::1]")));
	assert_int_equal(8443, url.port);
	assert_true(hl_str_eq(url.path, HL_STR("/c")));
	assert_true(hl_str_eq(url.query, HL_STR("d")));
	assert_true(hl_str_eq(url.fragment, HL_STR("e")));
	assert_int_equal(HL_URL_HOST_IPV6, url.host_kind);
	assert_true(url.special && !url.opaque_path);
	assert_int_equal(0, hl_url_parse(HL_STR("foo:a"), a, &url, NULL));
	assert_true(url.opaque_path && !url.special);
	assert_true(!url.host.p && !url.query.p && !url.fragment.p);
	assert_int_equal(HL_URL_HOST_NONE, url.host_kind);
	assert_int_equal(-1, url.port);
}

static void bounds(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(1 << 20, true);
	HL_BUF_AUTO in = HL_BUF_INIT(2 * HL_URL_MAX);
	struct hl_url url;
	struct hl_err err;

	(void)state;
	hl_buf_put(&in, HL_STR("http://example.org/"));
	while (in.n < HL_URL_MAX) {
		hl_buf_put_c(&in, '\xff');
	}
	assert_int_equal(0, hl_url_parse(hl_buf_str(&in), a, &url, &err));
	assert_int_equal(19 + 9 * (HL_URL_MAX - 19), url.href.n);
	hl_buf_put_c(&in, 'a');
	assert_int_equal(
		HL_E_LIMIT, hl_url_parse(hl_buf_str(&in), a, &url, &err));
	in.n = 7;
	while (in.n < HL_URL_HOST_MAX + 8) {
		hl_buf_put_c(&in, 'a');
	}
	assert_int_equal(
		HL_E_LIMIT, hl_url_parse(hl_buf_str(&in), a, &url, &err));
	assert_string_equal("the address is too long", err.msg);
	HL_ARENA_AUTO *tiny = hl_arena_new(16, false);
	assert_int_equal(
		HL_E_NOMEM, hl_url_parse(HL_STR("http://example.org/abcdefgh"),
				    tiny, &url, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(nul_is_no_end),
		cmocka_unit_test(parts),
		cmocka_unit_test(bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
