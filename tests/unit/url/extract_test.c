/* SPDX-License-Identifier: Apache-2.0 */
#include "url/extract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/rand.h"

/*
 * Text, and what is found in it, one a line: "kind address", for words
 * "- piece", for what seems to be an address and is none "! why-number
 * piece". A second place of an address ends in "=" and its first one.
 */
static const char *const rows[][2] = {
	/* alone */
	{"http://example.org/a", "web http://example.org/a"},
	{"https://EXAMPLE.org", "web https://example.org/"},
	{"  http://example.org/a \r\n", "web http://example.org/a"},
	{"example.org", "web http://example.org/"},
	{"Example.org/A", "web http://example.org/A"},
	{"example.org:8080/a", "web http://example.org:8080/a"},
	{"www.example.nowhere", "web http://www.example.nowhere/"},
	{"//example.org/a", "web http://example.org/a"},
	{"a.invalid", "web http://a.invalid/"},
	{"192.0.2.7", "web http://192.0.2.7/"},
	{"192.0.2.7:81/a", "web http://192.0.2.7:81/a"},
	{"[2001:db8::1]/a", "web http://[2001:db8::1]/a"},
	{"http://localhost/a", "web http://localhost/a"},
	{"http://3221225991/", "web http://192.0.2.7/"},
	{"ftp://example.org/a", "web ftp://example.org/a"},
	{"http://example.org/a#b", "web http://example.org/a#b"},
	{"http://a:b@example.org/", "web http://a:b@example.org/"},
	{"a:b@example.org/c", "web http://a:b@example.org/c"},
	{"http://b\xc3\xbc"
	 "cher.example/",
		"web http://xn--bcher-kva.example/"},
	{"b\xc3\xbc"
	 "cher.example",
		"web http://xn--bcher-kva.example/"},
	{"abcdef.onion/a", "onion http://abcdef.onion/a"},
	{"http://x.abcdef.onion", "onion http://x.abcdef.onion/"},
	{"https://t.me/joinchat/AbC_d-e", "web https://t.me/joinchat/AbC_d-e"},
	{"discord.gg/AbCd", "web http://discord.gg/AbCd"},
	/* disguised on purpose */
	{"hxxp://example.org/a", "web http://example.org/a"},
	{"hXXps://example.org/a", "web https://example.org/a"},
	{"h**p://example.org/a", "web http://example.org/a"},
	{"hxxp[:]//example[.]org/a", "web http://example.org/a"},
	{"hxxps[://]example[.]org[/]a", "web https://example.org/a"},
	{"example[.]org", "web http://example.org/"},
	{"example(.)org", "web http://example.org/"},
	{"example{.}org", "web http://example.org/"},
	{"example<.>org", "web http://example.org/"},
	{"example[dot]org", "web http://example.org/"},
	{"example {DOT} org/a", "web http://example.org/a"},
	{"www [.] example [.] org", "web http://www.example.org/"},
	{"example\\.org/a", "web http://example.org/a"},
	{"192[.]0[.]2[.]7", "web http://192.0.2.7/"},
	{"example dot org", "web http://example.org/"},
	{"www dot example dot org/a", "web http://www.example.org/a"},
	{"example . org", "web http://example.org/"},
	{"a\nexample dot org\nb", "- a\nweb http://example.org/\n- b"},
	{"exam\xe2\x80\x8bple.org", "web http://example.org/"},
	{"https:\\/\\/example.org\\/a", "web https://example.org//a"},
	/* mistyped */
	{"http//example.org/a", "web http://example.org/a"},
	{"http:/example.org/a", "web http://example.org/a"},
	{"http:example.org/a", "web http://example.org/a"},
	{"http;//example.org/a", "web http://example.org/a"},
	{"http.//example.org/a", "web http://example.org/a"},
	{"http::/example.org", "- http::/example.org"},
	{"http:\\\\example.org\\a", "web http://example.org/a"},
	{"http:///example.org", "web http://example.org/"},
	{"htp://example.org", "web http://example.org/"},
	{"htttps://example.org", "web https://example.org/"},
	{"hhttp://example.org", "web http://example.org/"},
	{"ttps://example.org", "web https://example.org/"},
	{"http://http://example.org", "web http://example.org/"},
	{"http://https://example.org/a", "web https://example.org/a"},
	{"http: //example.org/a", "web http://example.org/a"},
	{"http:// example.org/a", "web http://example.org/a"},
	{"http ://example.org/a", "web http://example.org/a"},
	{"http\xef\xbc\x9a\xef\xbc\x8f\xef\xbc\x8f"
	 "example.org",
		"web http://example.org/"},
	/* punctuation around */
	{"example.org.", "web http://example.org/"},
	{"http://example.org...", "web http://example.org/"},
	{"(http://example.org/a)", "web http://example.org/a"},
	{"http://example.org/a_(b)", "web http://example.org/a_(b)"},
	{"(http://example.org/a_(b))", "web http://example.org/a_(b)"},
	{"<http://example.org/a>", "web http://example.org/a"},
	{"\"http://example.org/a\"", "web http://example.org/a"},
	{"'example.org/a'", "web http://example.org/a"},
	{"\xe2\x80\x9c"
	 "example.org\xe2\x80\x9d",
		"web http://example.org/"},
	{"**http://example.org/a**", "web http://example.org/a"},
	{"- example.org", "web http://example.org/"},
	{"\xe2\x80\xa2 example.org", "web http://example.org/"},
	{"http://example.org/a?", "web http://example.org/a"},
	{"http://example.org/a=", "web http://example.org/a="},
	{"http://example.org/a/", "web http://example.org/a/"},
	{"http://example.org/a\xe3\x80\x82", "web http://example.org/a"},
	{"[text](http://example.org/a \"b\")",
		"- [text]\nweb http://example.org/a\n- b"},
	{"[example.org](https://example.org/)",
		"web http://example.org/\nweb https://example.org/ = 0"},
	{"<a href=\"http://example.org/a\">b</a>",
		"- a href\nweb http://example.org/a\n- b</a"},
	/* several */
	{"http://a.example/ http://b.example/",
		"web http://a.example/\nweb http://b.example/"},
	{"a.example,b.example;c.example|d.example",
		"web http://a.example/\nweb http://b.example/\n"
		"web http://c.example/\nweb http://d.example/"},
	{"a.example\nb.example\r\nc.example",
		"web http://a.example/\nweb http://b.example/\n"
		"web http://c.example/"},
	{"http://a.example/b,http://c.example/d",
		"web http://a.example/b\nweb http://c.example/d"},
	{"http://a.example/b,www.c.example",
		"web http://a.example/b\nweb http://www.c.example/"},
	{"http://a.example/b,c", "web http://a.example/b,c"},
	{"http://a.example/bhttp://c.example/",
		"web http://a.example/b\nweb http://c.example/"},
	{"http://a.example/web/2020/http://c.example/",
		"web http://a.example/web/2020/http://c.example/"},
	{"http://a.example/?u=http://c.example/",
		"web http://a.example/?u=http://c.example/"},
	{"http://a.example/ A.EXAMPLE https://a.example:443/#b",
		"web http://a.example/\nweb http://a.example/ = 0\n"
		"web https://a.example/#b = 0"},
	{"1. a.example 2) b.example",
		"- 1.\nweb http://a.example/\n- 2\nweb http://b.example/"},
	{"see:example.org", "- see:\nweb http://example.org/"},
	{"URL:http://example.org", "- URL:\nweb http://example.org/"},
	{"see(example.org)now", "- see\nweb http://example.org/\n- )now"},
	/* in prose */
	{"I saw it on example.org/a, below.",
		"- I saw it on\nweb http://example.org/a\n- below."},
	{"It was bad.Really bad", "- It was bad.Really bad"},
	{"at the end.Next time", "- at the end.Next time"},
	{"e.g. this, i.e. that", "- e.g. this, i.e. that"},
	{"version 1.2.3 or 3.14", "- version 1.2.3 or 3.14"},
	{"a picture.jpg and/or photo.zip", "- a picture.jpg and/or photo.zip"},
	{"example.org/photo.zip", "web http://example.org/photo.zip"},
	{"the dot com days", "- the dot com days"},
	{"http: a protocol", "- http: a protocol"},
	{"http/2 is fast", "- http/2 is fast"},
	{"at 10:30 or 1.2.3.4.5", "- at 10:30 or 1.2.3.4.5"},
	{"@handle", "- @handle"},
	{"", ""},
	{" \n\t", ""},
	{"...", ""},
	/* e-mail */
	{"A.b+c@Example.org", "email A.b+c@example.org"},
	{"mailto:a@example.org?subject=b", "email a@example.org"},
	{"a (at) example (dot) org", "email a@example.org"},
	{"a[at]example.org", "email a@example.org"},
	{"<a@example.org>,", "email a@example.org"},
	{"a@example", "! 9 a@example"},
	{"a@@example.org", "! 9 a@@example.org"},
	{"https://example.org/@a", "web https://example.org/@a"},
	/* peer to peer */
	{"magnet:?xt=urn:btih:0123456789ABCDEF0123456789abcdef01234567&dn=a",
		"p2p magnet:?xt=urn:btih:"
		"0123456789ABCDEF0123456789abcdef01234567&dn=a"},
	{"magnet:?dn=a&amp;xt=urn%3Abtih%3AAERUKZ4JVPG66AJDIVTYTK6N54ASGRLH "
	 "MAGNET:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567",
		"p2p magnet:?dn=a&amp;"
		"xt=urn%3Abtih%3AAERUKZ4JVPG66AJDIVTYTK6N54ASGRLH\n"
		"p2p MAGNET:?xt=urn:btih:"
		"0123456789abcdef0123456789abcdef01234567 = 0"},
	{"magnet:?dn=a", "! 10 magnet:?dn=a"},
	{"magnet:?xt=urn:btih:xyz", "! 10 magnet:?xt=urn:btih:xyz"},
	{"ed2k://|file|a.bin|12|0123456789ABCDEF0123456789ABCDEF|/",
		"p2p ed2k://|file|a.bin|12|"
		"0123456789ABCDEF0123456789ABCDEF|/"},
	{"ed2k://|file|a.bin|12|0|/", "! 10 ed2k://|file|a.bin|12|0|/"},
	/* others */
	{"tg://join?invite=AbC", "other tg://join?invite=AbC"},
	{"irc://irc.example.org/a", "other irc://irc.example.org/a"},
	{"news:alt.example.a", "other news:alt.example.a"},
	/* seem to be addresses and are none */
	{"http://", "! 4 http://"},
	{"http:///", "! 4 http:///"},
	{"http://:80/", "! 4 http://:80/"},
	{"http://example.org:99999/", "! 7 http://example.org:99999/"},
	{"http://a%00b/", "! 5 http://a%00b/"},
	{"http://256.1.1.1/", "! 6 http://256.1.1.1/"},
	{"http://[::g]/", "! 6 http://[::g]/"},
	{"data:image/png;base64,AAAA", "! 11 data:image/png;base64,AAAA"},
};

static void describe(const struct hl_url_list *l, struct hl_buf *b)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct hl_url_found *f = &l->v[i];

		hl_buf_put(b, i ? HL_STR("\n") : HL_STR(""));
		if (f->kind != HL_URL_WORDS) {
			hl_buf_printf(b, "%s %.*s", hl_url_kind_name(f->kind),
				HL_STR_ARG(f->address));
		} else if (f->why == HL_URL_WHY_WORDS) {
			hl_buf_printf(b, "- %.*s", HL_STR_ARG(f->piece));
		} else {
			hl_buf_printf(b, "! %u %.*s", (unsigned)f->why,
				HL_STR_ARG(f->piece));
		}
		if (f->same_as != i) {
			hl_buf_printf(b, " = %zu", f->same_as);
		}
	}
}

static void table(void **state)
{
	size_t bad = 0;

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_ARENA_AUTO *a = hl_arena_new(1 << 20, true);
		HL_BUF_AUTO got = HL_BUF_INIT(1 << 16);
		struct hl_url_list l;
		int rc = hl_url_extract(hl_str_c(rows[i][0]), a, &l, NULL);

		describe(&l, &got);
		if (rc || !hl_str_eq(hl_buf_str(&got), hl_str_c(rows[i][1]))) {
			bad++;
			print_message("# %s: %d\n#   got %s\n#   not %s\n",
				rows[i][0], rc, got.p, rows[i][1]);
		}
	}
	assert_int_equal(0, bad);
}

/* The one piece of a text, its canonical form and its key. */
static void canonical_forms(void **state)
{
	static const char *const want[][3] = {
		{"hxxps://a:b@Example[.]ORG:443/./c#d", "https://example.org/c",
			"example.org/c"},
		{"ftp://example.org", "ftp://example.org/",
			"ftp://example.org/"},
		{"A.B@EXAMPLE.org", "a.b@example.org", "a.b@example.org"},
		{"magnet:?xt=urn:btih:AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH",
			"magnet:?xt=urn:btih:"
			"0123456789abcdef0123456789abcdef01234567",
			NULL},
		{"magnet:?xt=urn:tree:tiger:"
		 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
			"magnet:?xt=urn:tree:tiger:"
			"000000000000000000000000000000000000000000000000",
			NULL},
		{"magnet:?xt=urn:md5:0&"
		 "xt.1=urn:ed2k:0123456789ABCDEF0123456789ABCDEF",
			"magnet:?xt=urn:ed2k:0123456789abcdef0123456789abcdef",
			NULL},
		{"ed2k://|file|a%20b|012|0123456789ABCDEF0123456789ABCDEF|h=|/",
			"ed2k://|file|12|0123456789abcdef0123456789abcdef|/",
			NULL},
		{"TG://join?invite=AbC", "tg://join?invite=AbC", NULL},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(want); i++) {
		HL_ARENA_AUTO *a = hl_arena_new(1 << 20, true);
		const char *key = want[i][2] ? want[i][2] : want[i][1];
		struct hl_url_list l;
		int rc = hl_url_extract(hl_str_c(want[i][0]), a, &l, NULL);

		if (rc || l.n != 1 ||
			!hl_str_eq(l.v[0].canon, hl_str_c(want[i][1])) ||
			!hl_str_eq(l.v[0].key, hl_str_c(key))) {
			fail_msg("%s: %d, %zu, %.*s", want[i][0], rc, l.n,
				HL_STR_ARG(l.v[0].canon));
		}
	}
}

static size_t wordy(struct hl_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		n += (s.p[i] >= '0' && s.p[i] <= '9') ||
		     ((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z');
	}
	return n;
}

/* Every letter and digit stands in exactly one piece, in order. */
static void nothing_is_lost(void **state)
{
	static const char *const bits[] = {" ", "\n", ",", ";", ".", "(", ")",
		"[", "]", "](", "<", ">", "\"", "'", "http://", "hxxps://",
		"www.", "example.org", "a.example", "/", "/b", "?c", "#d",
		"[.]", " dot ", "(at)", "@", ":", ":80", "a", "B", "7",
		"192.0.2.7", "\xc3\xbc", "\xe2\x80\x8b", "\xe2\x80\x9c", "\xff",
		"magnet:?xt=", "mailto:", "ed2k://|file|", "data:", "_", "*",
		"-", "\\.", "http: ", "://"};

	(void)state;
	for (int i = 0; i < 30000; i++) {
		HL_ARENA_AUTO *a = hl_arena_new(1 << 20, false);
		HL_BUF_AUTO in = HL_BUF_INIT(1024);
		struct hl_url_list l;
		size_t n = 0;

		for (int k = i % 20; k >= 0; k--) {
			uint32_t at = hl_rand_below(HL_ARRAY_LEN(bits));

			hl_buf_put(&in, hl_str_c(bits[at]));
		}
		assert_int_equal(
			0, hl_url_extract(hl_buf_str(&in), a, &l, NULL));
		const char *end = in.p;
		for (size_t k = 0; k < l.n; k++) {
			if (l.v[k].piece.p < end) {
				fail_msg("out of order: %s", in.p);
			}
			n += wordy(l.v[k].piece);
			end = l.v[k].piece.p + l.v[k].piece.n;
		}
		if (n != wordy(hl_buf_str(&in)) || end > in.p + in.n) {
			fail_msg("lost: %s", in.p);
		}
	}
}

static void bounds(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(8 << 20, false);
	HL_BUF_AUTO in = HL_BUF_INIT(2 * HL_URL_TEXT_MAX);
	struct hl_url_list l;
	struct hl_err err;

	(void)state;
	for (int i = 0; i < HL_URL_FOUND_MAX; i++) {
		hl_buf_printf(&in, "w %d.example ", i);
	}
	assert_int_equal(0, hl_url_extract(hl_buf_str(&in), a, &l, &err));
	assert_int_equal(HL_URL_FOUND_MAX, l.n_addresses);
	assert_int_equal(2 * HL_URL_FOUND_MAX, l.n);
	hl_buf_put(&in, HL_STR("one.example"));
	assert_int_equal(
		HL_E_LIMIT, hl_url_extract(hl_buf_str(&in), a, &l, &err));
	assert_non_null(strstr(err.msg, "200 addresses"));
	in.n = 0;
	while (in.n < HL_URL_TEXT_MAX) {
		hl_buf_put_c(&in, 'a');
	}
	assert_int_equal(0, hl_url_extract(hl_buf_str(&in), a, &l, &err));
	assert_int_equal(1, l.n);
	assert_int_equal(HL_URL_TEXT_MAX, l.v[0].piece.n);
	hl_buf_put_c(&in, 'a');
	assert_int_equal(
		HL_E_LIMIT, hl_url_extract(hl_buf_str(&in), a, &l, &err));
	assert_non_null(strstr(err.msg, "65536 bytes"));
}

static void a_long_address_is_told(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(8 << 20, false);
	HL_BUF_AUTO in = HL_BUF_INIT(HL_URL_TEXT_MAX);
	struct hl_url_list l;

	(void)state;
	hl_buf_put(&in, HL_STR("before http://example.org/"));
	while (in.n < HL_URL_MAX + 8) {
		hl_buf_put_c(&in, 'a');
	}
	assert_int_equal(0, hl_url_extract(hl_buf_str(&in), a, &l, NULL));
	assert_int_equal(2, l.n);
	assert_int_equal(HL_URL_WHY_LONG, l.v[1].why);
	assert_int_equal(HL_URL_MAX + 1, l.v[1].piece.n);
}

static void a_small_arena_is_a_fault(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(1024, false);
	struct hl_url_list l;

	(void)state;
	assert_int_equal(
		HL_E_NOMEM, hl_url_extract(HL_STR("example.org"), a, &l, NULL));
}

static void places_without_an_address(void **state)
{
	static const struct {
		const char *service, *name, *key; /* NULL: refused */
	} places[] = {
		{"Example Messenger", "@SomeUser77",
			"place:example messenger/someuser77"},
		{" Example  Messenger ", "someuser77",
			"place:example messenger/someuser77"},
		{"a/b", "c", "place:a%2Fb/c"},
		{"a", "b/c", "place:a/b%2Fc"},
		{"a", "100%", "place:a/100%25"},
		{"a", "@", "place:a/@"},
		{"a\tb", "c", "place:a b/c"},
		{"Sp\xc3\xa6l", "\xc3\x86", "place:sp\xc3\xa6l/\xc3\x86"},
		{"", "name", NULL},
		{"service", " ", NULL},
		{"service", "\xff", NULL},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(places); i++) {
		HL_ARENA_AUTO *a = hl_arena_new(1 << 16, false);
		struct hl_url_found found;
		int r = hl_url_place(hl_str_c(places[i].service),
			hl_str_c(places[i].name), a, &found, NULL);

		if (!places[i].key) {
			assert_int_equal(HL_E_INVALID, r);
			continue;
		}
		assert_int_equal(0, r);
		assert_int_equal(HL_URL_PLACE, found.kind);
		if (!hl_str_eq(found.key, hl_str_c(places[i].key))) {
			fail_msg("row %zu: %.*s", i, HL_STR_ARG(found.key));
		}
	}
}

static void long_places_are_refused(void **state)
{
	HL_ARENA_AUTO *a = hl_arena_new(1 << 16, false);
	char name[2 * HL_URL_PLACE_MAX + 3];
	struct hl_url_found found;

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(name); i += 2) {
		name[i] = '\xc3';
		name[i + 1] = '\xa6';
	}
	struct hl_str most = hl_str_mem(name, (size_t)2 * HL_URL_PLACE_MAX);
	assert_int_equal(0, hl_url_place(HL_STR("a"), most, a, &found, NULL));
	most.n += 2;
	assert_int_equal(
		HL_E_INVALID, hl_url_place(HL_STR("a"), most, a, &found, NULL));
	assert_int_equal(
		HL_E_INVALID, hl_url_place(most, HL_STR("a"), a, &found, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(canonical_forms),
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(bounds),
		cmocka_unit_test(a_long_address_is_told),
		cmocka_unit_test(a_small_arena_is_a_fault),
		cmocka_unit_test(places_without_an_address),
		cmocka_unit_test(long_places_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
