/* SPDX-License-Identifier: Apache-2.0 */
#include "url/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void list(const struct hl_url_exprs *e, struct hl_buf *out)
{
	for (size_t h = 0; h < e->n_hosts; h++) {
		for (size_t p = 0; p < e->n_paths; p++) {
			hl_buf_printf(out, "%s%.*s%.*s", out->n ? " " : "",
				HL_STR_ARG(e->hosts[h]),
				HL_STR_ARG(e->paths[p]));
		}
	}
}

static void list_of(struct hl_str url, struct hl_buf *out)
{
	HL_BUF_AUTO canon = HL_BUF_INIT(HL_URL_MAX);
	struct hl_url_exprs e;

	if (hl_url_canon(url, &canon, NULL) ||
		hl_url_expressions(hl_buf_str(&canon), &e, NULL)) {
		fail_msg("%.*s: refused", HL_STR_ARG(url));
	}
	list(&e, out);
}

static const char *const rows[][2] = {
	{"http://a.example/", "a.example/"},
	{"http://example/", "example/"},
	{"http://a.b.example/c.html?d", "a.b.example/c.html?d "
					"a.b.example/c.html a.b.example/ "
					"b.example/c.html?d "
					"b.example/c.html b.example/"},
	{"http://a.example:8080/b", "a.example/b a.example/"},
	{"https://a.example/b/#/c", "a.example/b/ a.example/"},
	{"http://a.example/1/2/3/4/5",
		"a.example/1/2/3/4/5 a.example/1/2/3/ a.example/1/2/ "
		"a.example/1/ a.example/"},
	{"http://a.example/1/2/3/", "a.example/1/2/3/ a.example/1/2/ "
				    "a.example/1/ a.example/"},
	/* at most five hosts: itself, then from the last five labels on */
	{"http://1.2.3.4.5.6.example/",
		"1.2.3.4.5.6.example/ 3.4.5.6.example/ 4.5.6.example/ "
		"5.6.example/ 6.example/"},
	{"http://1.2.3.4.example/", "1.2.3.4.example/ 2.3.4.example/ "
				    "3.4.example/ 4.example/"},
	/* network addresses have no shorter hosts */
	{"http://192.0.2.7/a", "192.0.2.7/a 192.0.2.7/"},
	{"http://[2001:db8::1]:81/a", "[2001:db8::1]/a [2001:db8::1]/"},
	{"http://256.256.256.256/", "256.256.256.256/ 256.256.256/ 256.256/"},
};

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO got = HL_BUF_INIT(1 << 16);

		list_of(hl_str_c(rows[i][0]), &got);
		if (!hl_str_eq(hl_buf_str(&got), hl_str_c(rows[i][1]))) {
			fail_msg("%s: %s", rows[i][0], got.p);
		}
	}
}

static void thirty_at_most(void **state)
{
	HL_BUF_AUTO canon = HL_BUF_INIT(HL_URL_MAX);
	struct hl_url_exprs e;

	(void)state;
	assert_int_equal(0,
		hl_url_canon(HL_STR("http://a.b.c.d.e.f.example/1/2/3/4/5?q"),
			&canon, NULL));
	assert_int_equal(0, hl_url_expressions(hl_buf_str(&canon), &e, NULL));
	assert_int_equal(HL_URL_HOSTS_MAX, e.n_hosts);
	assert_int_equal(HL_URL_PATHS_MAX, e.n_paths);
}

static void not_canonical(void **state)
{
	static const char *const bad[] = {"", "a", "http://", "http:///",
		"http://a", "a/b", "mailto:a@example.org"};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(bad); i++) {
		struct hl_url_exprs e;
		struct hl_err err;

		if (hl_url_expressions(hl_str_c(bad[i]), &e, &err) !=
				HL_E_INVALID ||
			hl_url_host_of(hl_str_c(bad[i])).p) {
			fail_msg("%s", bad[i]);
		}
	}
}

static void parts(void **state)
{
	static const struct {
		const char *canon, *host, *port, *path, *query, *route, *key;
		enum hl_url_host_kind kind;
	} want[] = {
		{"http://a.example/", "a.example", NULL, "/", NULL, NULL,
			"a.example/", HL_URL_HOST_DOMAIN},
		{"https://a.example:81/b?c#/d", "a.example", "81", "/b", "c",
			"/d", "a.example:81/b?c#/d", HL_URL_HOST_DOMAIN},
		{"ftp://192.0.2.7/b#/c?d", "192.0.2.7", NULL, "/b", NULL,
			"/c?d", "ftp://192.0.2.7/b#/c?d", HL_URL_HOST_IPV4},
		{"wss://[::1]:82/", "[::1]", "82", "/", NULL, NULL,
			"wss://[::1]:82/", HL_URL_HOST_IPV6},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(want); i++) {
		struct hl_url_parts p;
		struct hl_str canon = hl_str_c(want[i].canon);

		if (hl_url_split(canon, &p, NULL) ||
			!hl_str_eq(p.host, hl_str_c(want[i].host)) ||
			!hl_str_eq(p.port, hl_str_c(want[i].port)) ||
			!hl_str_eq(p.path, hl_str_c(want[i].path)) ||
			!hl_str_eq(p.query, hl_str_c(want[i].query)) ||
			!hl_str_eq(p.route, hl_str_c(want[i].route)) ||
			!hl_str_eq(p.key, hl_str_c(want[i].key)) ||
			p.host_kind != want[i].kind ||
			!hl_str_eq(hl_url_host_of(canon), p.host)) {
			fail_msg("%s", want[i].canon);
		}
	}
}

static void registrable(void **state)
{
	static const char *const want[][2] = {
		{"a.b.example.co.uk", "example.co.uk"},
		{"example.org", "example.org"},
		{"www.example.org", "example.org"},
		{"a.xn--bcher-kva.example", "xn--bcher-kva.example"},
		{"co.uk", NULL},
		{"org", NULL},
		{"192.0.2.7", NULL},
		{"[2001:db8::1]", NULL},
		{"", NULL},
	};
	struct hl_url_suffixes *loaded = NULL;

	(void)state;
	assert_int_equal(0, hl_url_suffixes_load(NULL, &loaded, NULL));
	for (size_t i = 0; i < 2 * HL_ARRAY_LEN(want); i++) {
		const char *const *row = want[i / 2];
		struct hl_str got = hl_url_registrable(
			i % 2 ? loaded : NULL, hl_str_c(row[0]));

		if (!hl_str_eq(got, hl_str_c(row[1]))) {
			fail_msg("%s: %.*s", row[0], HL_STR_ARG(got));
		}
	}
	hl_url_suffixes_free(loaded);
	hl_url_suffixes_free(NULL);
	assert_int_equal(HL_NOTFOUND,
		hl_url_suffixes_load("/nowhere/list", &loaded, NULL));
}

static void top_level_domains(void **state)
{
	static const char *const yes[] = {"a.org", "org", "a.ORG", "a.xn--p1ai",
		"a.onion", "a.invalid", "a.test", "a.example"};
	static const char *const no[] = {
		"", "a.jpg", "a.", "a.1", "a.co.jpg", "a.orgg", "notonion"};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(yes); i++) {
		if (!hl_url_known_tld(NULL, hl_str_c(yes[i]))) {
			fail_msg("%s", yes[i]);
		}
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(no); i++) {
		if (hl_url_known_tld(NULL, hl_str_c(no[i]))) {
			fail_msg("%s", no[i]);
		}
	}
	assert_true(hl_url_host_under(HL_STR("a.onion"), HL_STR("onion")));
	assert_false(hl_url_host_under(HL_STR("onion"), HL_STR("onion")));
	assert_false(hl_url_host_under(HL_STR("aonion"), HL_STR("onion")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(thirty_at_most),
		cmocka_unit_test(not_canonical),
		cmocka_unit_test(parts),
		cmocka_unit_test(registrable),
		cmocka_unit_test(top_level_domains),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
