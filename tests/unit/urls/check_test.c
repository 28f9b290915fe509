/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <sodium.h>

struct held {
	struct world *w;
	struct hl_urls_list *list;
	struct hl_urls_reader *reader;
};

static struct held hold(struct world *w)
{
	struct held h = {w, world_keep(w, 0), NULL};

	assert_int_equal(0, hl_urls_reader_new(h.list, &h.reader, NULL));
	return h;
}

static void let_go(struct held *h)
{
	hl_urls_reader_free(h->reader);
	hl_urls_close(h->list);
	world_free(h->w);
}

static void scopes(void **state)
{
	static const struct {
		const char *address;
		uint64_t entry; /* 0: not listed */
	} rows[] = {
		/* A page with its query. */
		{"http://page.example.org/a/b?x=1", 1},
		{"HTTPS://PAGE.example.org:8443//a/./b?x=1#part", 1},
		{"page.example.org/a/b?x=1", 1},
		{"http://user:word@page.example.org/a/b?x=1", 1},
		{"http://page.example.org/a/b?x=2", 0},
		{"http://page.example.org/a/b", 0},
		{"http://page.example.org/a/b/?x=1", 0},
		{"http://page.example.org/A/b?x=1", 0},
		{"http://page.example.org/", 0},
		{"http://www.page.example.org/a/b?x=1", 0},
		{"http://example.org/a/b?x=1", 0},
		{"http://page.example.org.invalid/a/b?x=1", 0},
		/* A page without query, as scope page. */
		{"http://page.example.org/plain", 2},
		{"http://page.example.org/plain?", 2},
		{"http://page.example.org/plain?x", 0},
		/* A page whatever its query. */
		{"http://path.example.org/v", 3},
		{"http://path.example.org/v?x=1&y=2", 3},
		{"http://path.example.org/%76", 3},
		{"http://path.example.org/v/", 0},
		{"http://path.example.org/v/w", 0},
		/* A folder. */
		{"http://folder.example.org/f/", 4},
		{"http://folder.example.org/f/g", 4},
		{"http://folder.example.org/f/g/h/i/j?x=/", 4},
		{"http://folder.example.org/f", 0},
		{"http://folder.example.org/e/f/", 0},
		{"http://folder.example.org/?/f/", 0},
		{"http://deep.example.org/1/2/3/x", 10},
		{"http://deep.example.org/1/2/3/4/5/6/x", 10},
		{"http://deep.example.org/1/2/x", 0},
		/* A whole host, as a folder. */
		{"http://root.example.org/", 5},
		{"http://root.example.org/x?y", 5},
		{"http://a.root.example.org/x?y", 0},
		/* A domain. */
		{"http://domain.example.org/", 6},
		{"http://domain.example.org/x?y", 6},
		{"http://a.domain.example.org/x?y", 6},
		{"ftp://a.b.c.domain.example.org/x", 6},
		{"http://adomain.example.org/", 0},
		{"http://domain.example.net/", 0},
		/* Further down than the expressions go. */
		{"http://1.2.3.4.5.6.domain.example.org/", 6},
		{"http://1.2.3.4.5.6.7.far.a.b.c.example.org/", 0},
		{"http://1.far.a.b.c.example.org/", 0},
		{"http://far.a.b.c.example.org/", 11},
		/* The most exact counts. */
		{"http://sub.domain.example.org/p", 7},
		{"http://sub.domain.example.org/q", 6},
		/* Network addresses have no domains above. */
		{"http://192.0.2.7/x", 8},
		{"http://0300.0x0.0x207/x", 8},
		{"http://[2001:db8::0:1]/x", 9},
		{"http://[2001:db8::2]/x", 0},
		{"http://xn--bcher-kva.example/", 12},
		{"http://b\xc3\xbc"
		 "cher.example/",
			12},
	};
	struct world *w = world_new(0);
	struct held h;

	world_put(w, "page.example.org", "/a/b?x=1", 1, 1);
	world_put(w, "page.example.org", "/plain", 1, 2);
	world_put(w, "path.example.org", "/v", 2, 3);
	world_put(w, "folder.example.org", "/f/", 3, 4);
	world_put(w, "root.example.org", "/", 3, 5);
	world_put(w, "domain.example.org", "/", 4, 6);
	world_put(w, "sub.domain.example.org", "/p", 1, 7);
	world_put(w, "192.0.2.7", "/", 4, 8);
	world_put(w, "[2001:db8::1]", "/", 4, 9);
	world_put(w, "deep.example.org", "/1/2/3/", 3, 10);
	world_put(w, "far.a.b.c.example.org", "/", 4, 11);
	world_put(w, "xn--bcher-kva.example", "/", 4, 12);
	world_publish(w);
	h = hold(w);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_urls_decision d =
			world_check(w, h.reader, rows[i].address);

		if ((d.verdict == HL_URLS_LISTED ? d.entry : 0) !=
				rows[i].entry ||
			d.verdict == HL_URLS_UNSURE) {
			fail_msg("%s: %u, %d", rows[i].address, d.verdict,
				(int)d.entry);
		}
	}
	let_go(&h);
}

/* Who lengthens an address by 9,000 bytes (~) gets around nothing but entries
 * for a page with its query, which then is another page. */
static void too_long(void **state)
{
	static const struct {
		const char *before, *after;
		uint64_t entry; /* 0: not listed */
	} rows[] = {
		{"http://domain.example.org/x?", "", 1},
		{"http://a.domain.example.org/", "/x", 1},
		{"http://page.example.org/plain?", "", 0},
		{"http://page.example.org/plain#", "", 2},
		{"http://page.example.org/a?b#", "", 6},
		{"http://page.example.org/a?b", "", 0},
		{"http://path.example.org/v?", "#x", 3},
		{"http://path.example.org/v/", "", 0},
		{"http://path.example.org/w/", "", 0},
		{"http://folder.example.org/f/?", "", 4},
		{"http://folder.example.org/f/", "/b?x", 4},
		{"http://folder.example.org/f/", "/../../x", 0},
		{"http://folder.example.org/f", "/", 0},
		{"http://none.example.org/?", "", 0},
	};
	struct world *w = world_new(0);
	char address[9100];
	struct held h;

	world_put(w, "domain.example.org", "/", 4, 1);
	world_put(w, "page.example.org", "/plain", 1, 2);
	world_put(w, "page.example.org", "/a?b", 1, 6);
	world_put(w, "path.example.org", "/v", 2, 3);
	world_put(w, "path.example.org", "/w/", 2, 5);
	world_put(w, "folder.example.org", "/f/", 3, 4);
	world_publish(w);
	h = hold(w);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		(void)snprintf(address, sizeof(address), "%s%09000d%s",
			rows[i].before, 0, rows[i].after);
		struct hl_urls_decision d = world_check(w, h.reader, address);

		if ((d.verdict == HL_URLS_LISTED ? d.entry : 0) !=
				rows[i].entry ||
			d.verdict > HL_URLS_LISTED) {
			fail_msg("%s~%s: %u, %d", rows[i].before, rows[i].after,
				d.verdict, (int)d.entry);
		}
	}
	let_go(&h);
}

static void hosts(void **state)
{
	static const struct {
		const char *host;
		unsigned verdict;
	} rows[] = {
		{"domain.example.org", HL_URLS_LISTED},
		{"a.domain.example.org", HL_URLS_LISTED},
		{"A.Domain.Example.Org.", HL_URLS_LISTED},
		{"domain.example.org:443", HL_URLS_LISTED},
		{"page.example.org", HL_URLS_CLEAR},
		{"folder.example.org", HL_URLS_CLEAR},
		{"192.0.2.7", HL_URLS_LISTED},
		{"[2001:db8::1]", HL_URLS_LISTED},
		{"[2001:db8::1]:443", HL_URLS_LISTED},
		{"2001:db8::1", HL_URLS_LISTED},
		{"2001:db8::2", HL_URLS_CLEAR},
		{"localhost:443", HL_URLS_CLEAR},
		{"", HL_URLS_UNREADABLE},
		{".", HL_URLS_UNREADABLE},
		{"domain.example.org/", HL_URLS_UNREADABLE},
		{"user@domain.example.org", HL_URLS_UNREADABLE},
		{"domain.example.org?x", HL_URLS_UNREADABLE},
		{"domain.example.org:x", HL_URLS_LISTED},
		{":", HL_URLS_UNREADABLE},
		{"::", HL_URLS_CLEAR},
	};
	struct world *w = world_new(0);
	struct held h;

	world_put(w, "domain.example.org", "/", 4, 1);
	world_put(w, "page.example.org", "/", 1, 2);
	world_put(w, "folder.example.org", "/", 3, 3);
	world_put(w, "192.0.2.7", "/", 4, 4);
	world_put(w, "[2001:db8::1]", "/", 4, 5);
	world_publish(w);
	h = hold(w);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_urls_decision d = {.size_of = sizeof(d)};

		assert_int_equal(0, hl_urls_check_host(h.reader, rows[i].host,
					    strlen(rows[i].host), w->now, &d));
		if (d.verdict != rows[i].verdict) {
			fail_msg("%s: %u", rows[i].host, d.verdict);
		}
	}
	let_go(&h);
}

static void anything_at_a_host(void **state)
{
	static const struct {
		const char *host;
		unsigned verdict;
	} rows[] = {
		{"page.example.org", HL_URLS_LISTED},
		{"Page.Example.Org.:8080", HL_URLS_LISTED},
		{"path.example.org", HL_URLS_LISTED},
		{"folder.example.org", HL_URLS_LISTED},
		{"domain.example.org", HL_URLS_LISTED},
		{"a.b.domain.example.org", HL_URLS_LISTED},
		{"[2001:db8::1]", HL_URLS_LISTED},
		{"2001:db8::1", HL_URLS_LISTED},
		/* Pages are those of the host itself. */
		{"www.page.example.org", HL_URLS_CLEAR},
		{"a.folder.example.org", HL_URLS_CLEAR},
		{"example.org", HL_URLS_CLEAR},
		{"old.example.org", HL_URLS_CLEAR},
		{"both.example.org", HL_URLS_LISTED},
		{"", HL_URLS_UNREADABLE},
		{"page.example.org/x", HL_URLS_UNREADABLE},
	};
	struct hl_urls_item old = {
		.scope = 1, .entry = 6, .minute = WORLD_NOW / 60};
	struct world *w = world_new(0);
	struct held h;

	world_put(w, "page.example.org", "/a?b", 1, 1);
	world_put(w, "path.example.org", "/a", 2, 2);
	world_put(w, "folder.example.org", "/a/", 3, 3);
	world_put(w, "domain.example.org", "/", 4, 4);
	world_put(w, "[2001:db8::1]", "/x", 1, 5);
	world_put_until(w, "old.example.org", "/a", &old);
	old.entry = 7;
	world_put_until(w, "both.example.org", "/a", &old);
	world_put(w, "both.example.org", "/b", 2, 8);
	world_publish(w);
	h = hold(w);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_urls_decision d = {.size_of = sizeof(d)};

		assert_int_equal(0, hl_urls_check_any(h.reader, rows[i].host,
					    strlen(rows[i].host), w->now, &d));
		if (d.verdict != rows[i].verdict) {
			fail_msg("%s: %u", rows[i].host, d.verdict);
		}
		assert_int_equal(
			d.verdict == HL_URLS_UNREADABLE ? 0 : 60, d.keep);
	}
	let_go(&h);
}

enum { SOME_LABELS = 5, SOME_PATHS = 5, SOME_ENTRIES = 60 };

/* One to four labels before a name: some are above others. */
static void random_host(char *out, size_t n_max)
{
	static const char *const labels[SOME_LABELS] = {
		"a", "b", "c", "www", "x"};
	unsigned n = randombytes_uniform(4);
	size_t at = 0;

	for (unsigned i = 0; i < n; i++) {
		at += (size_t)snprintf(out + at, n_max - at, "%s.",
			labels[randombytes_uniform(SOME_LABELS)]);
	}
	snprintf(out + at, n_max - at, "example.org");
}

/* What hl_urls_check_any should say, from the entries themselves. */
static bool is_any(const struct world *w, const char *host)
{
	for (size_t i = 0; i < w->n_hosts; i++) {
		const struct world_host *at = &w->host[i];
		size_t n = strlen(host), n_at = strlen(at->name);
		bool own = strcmp(host, at->name) == 0;
		bool above = n > n_at && host[n - n_at - 1] == '.' &&
			     strcmp(host + n - n_at, at->name) == 0;

		for (size_t k = 0; k < at->n; k++) {
			if ((int64_t)at->item[k].minute * 60 > w->now &&
				(own || (above && at->item[k].scope == 4))) {
				return true;
			}
		}
	}
	return false;
}

static void random_entries(struct world *w)
{
	static const char *const paths[SOME_PATHS] = {
		"/", "/p", "/p?q=1", "/f/", "/f/g"};

	for (uint64_t entry = 1; entry <= SOME_ENTRIES; entry++) {
		struct hl_urls_item item = {.scope = 1, .entry = entry};
		const char *path = paths[randombytes_uniform(SOME_PATHS)];
		char host[64];

		random_host(host, sizeof(host));
		if (strcmp(path, "/") == 0 && entry % 8 == 0) {
			item.scope = 4;
		} else if (path[strlen(path) - 1] == '/') {
			item.scope = 3;
		} else if (!strchr(path, '?') && entry % 2) {
			item.scope = 2;
		}
		/* One in four has run out. */
		item.minute = (uint32_t)(WORLD_NOW / 60) +
			      (randombytes_uniform(4) ? 60 : 0);
		for (size_t i = 0; i < w->n_hosts; i++) {
			if (strcmp(w->host[i].name, host) == 0 &&
				w->host[i].n == WORLD_ITEMS) {
				host[0] = '\0'; /* it is full */
			}
		}
		if (host[0]) {
			world_put_until(w, host, path, &item);
		}
	}
}

/* Whatever is listed is `any` at its host, and nothing else is. */
static void any_agrees_with_check(void **state)
{
	static const char *const asked[] = {"/", "/p", "/p?q=1", "/p?q=2",
		"/f/", "/f/g", "/f/g/h?i", "/other"};
	size_t n_listed = 0, n_any = 0, n_clear = 0;

	for (int round = 0; round < 20; round++) {
		struct world *w = world_new(0);
		struct held h;

		random_entries(w);
		world_publish(w);
		h = hold(w);
		for (int i = 0; i < 300; i++) {
			struct hl_urls_decision d = {.size_of = sizeof(d)};
			char host[64], url[128];
			bool any;

			random_host(host, sizeof(host));
			assert_int_equal(0, hl_urls_check_any(h.reader, host,
						    strlen(host), w->now, &d));
			any = d.verdict == HL_URLS_LISTED;
			if (any != is_any(w, host) ||
				(!any && d.verdict != HL_URLS_CLEAR)) {
				fail_msg("%s: %u", host, d.verdict);
			}
			n_any += any;
			n_clear += !any;
			for (size_t k = 0; k < HL_ARRAY_LEN(asked); k++) {
				snprintf(url, sizeof(url), "http://%s%s", host,
					asked[k]);
				d = world_check(w, h.reader, url);
				n_listed += d.verdict == HL_URLS_LISTED;
				if (d.verdict != HL_URLS_CLEAR && !any) {
					fail_msg("%s: %u", url, d.verdict);
				}
			}
		}
		let_go(&h);
	}
	assert_true(n_listed > 100 && n_any > 100 && n_clear > 100);
}

static void decision(void **state)
{
	struct world *w = world_new(0);
	struct hl_urls_item item = {.scope = 4,
		.entry = 0x123456789a,
		.minute = (uint32_t)(WORLD_NOW / 60 + 2)};
	struct hl_urls_decision d;
	struct held h;

	world_put_until(w, "short.example.org", "/", &item);
	world_publish(w);
	h = hold(w);
	d = world_check(w, h.reader, "http://short.example.org/x");
	assert_int_equal(HL_URLS_LISTED, d.verdict);
	assert_int_equal(HL_URLS_SCOPE_DOMAIN, d.scope);
	assert_int_equal(0x123456789a, d.entry);
	assert_string_equal("E-28T5-CY4T-J", d.entry_text);
	assert_int_equal((WORLD_NOW / 60 + 2) * 60, d.until);
	assert_int_equal(60, d.keep);
	assert_int_equal(1, d.version);
	w->now = d.until - 7;
	d = world_check(w, h.reader, "http://short.example.org/x");
	assert_int_equal(7, d.keep);
	w->now = d.until;
	d = world_check(w, h.reader, "http://short.example.org/x");
	assert_int_equal(HL_URLS_CLEAR, d.verdict);
	assert_int_equal(0, d.entry);
	assert_int_equal(60, d.keep);
	/* A program that knows less of the struct. */
	memset(&d, 0x77, sizeof(d));
	d.size_of = 8;
	assert_int_equal(0, hl_urls_check(h.reader, "short.example.org", 17,
				    WORLD_NOW, &d));
	assert_int_equal(8, d.size_of);
	assert_int_equal(HL_URLS_LISTED, d.verdict);
	assert_int_equal(0x77777777, d.scope);
	let_go(&h);
}

static void odd_arguments(void **state)
{
	static const char *const unreadable[] = {"", " ", "mailto:a@b.c",
		"javascript:1", "http://", "http:///", "/a/b", "?", "data:,x",
		"http://[::1"};
	struct world *w = world_new(0);
	struct hl_urls_decision d = {.size_of = sizeof(d)};
	char *longest = malloc(HL_URLS_ADDRESS_MAX + 1);
	struct hl_urls_stats stats;
	struct held h;

	world_publish(w);
	h = hold(w);
	for (size_t i = 0; i < HL_ARRAY_LEN(unreadable); i++) {
		d = world_check(w, h.reader, unreadable[i]);
		if (d.verdict != HL_URLS_UNREADABLE) {
			fail_msg("%s is read", unreadable[i]);
		}
	}
	memset(longest, 'a', HL_URLS_ADDRESS_MAX + 1);
	memcpy(longest, "http://a.b/", 11);
	assert_int_equal(0,
		hl_urls_check(h.reader, longest, HL_URLS_ADDRESS_MAX, 0, &d));
	assert_int_equal(HL_URLS_CLEAR, d.verdict);
	assert_int_equal(0, hl_urls_check(h.reader, longest,
				    HL_URLS_ADDRESS_MAX + 1, 0, &d));
	assert_int_equal(HL_URLS_CLEAR, d.verdict);
	assert_int_equal(HL_URLS_E_ARG, hl_urls_check(NULL, "a.b", 3, 0, &d));
	assert_int_equal(
		HL_URLS_E_ARG, hl_urls_check(h.reader, NULL, 3, 0, &d));
	assert_int_equal(
		HL_URLS_E_ARG, hl_urls_check(h.reader, "a.b", 3, 0, NULL));
	assert_int_equal(
		HL_URLS_E_ARG, hl_urls_check_any(NULL, "a.b", 3, 0, &d));
	assert_int_equal(
		HL_URLS_E_ARG, hl_urls_check_any(h.reader, NULL, 3, 0, &d));
	assert_int_equal(
		HL_URLS_E_ARG, hl_urls_check_any(h.reader, "a.b", 3, 0, NULL));
	d.size_of = 0;
	assert_int_equal(
		HL_URLS_E_ARG, hl_urls_check(h.reader, "a.b", 3, 0, &d));
	stats = world_stats(w, h.list);
	assert_int_equal(stats.n_unreadable, HL_ARRAY_LEN(unreadable));
	assert_int_equal(stats.n_checked, HL_ARRAY_LEN(unreadable) + 2);
	free(longest);
	let_go(&h);
}

static void without_a_list(void **state)
{
	struct world *w = world_new(0);
	struct hl_urls_list *list = world_open(w, 0);
	struct hl_urls_reader *reader = NULL;
	struct hl_urls_decision d;

	assert_int_equal(0, hl_urls_reader_new(list, &reader, NULL));
	d = world_check(w, reader, "http://example.org/");
	assert_int_equal(HL_URLS_CLEAR, d.verdict);
	assert_int_equal(0, d.version);
	assert_int_equal(0, d.keep);
	assert_int_equal(HL_URLS_NOTFOUND, hl_urls_refresh(list, NULL));
	assert_int_equal(HL_URLS_NOTFOUND, hl_urls_verify(list, NULL));
	assert_int_equal(0, world_stats(w, list).version);
	assert_int_equal(
		HL_URLS_E_STATE, hl_urls_begin(list, 1, w->root_text.p,
					 w->root_text.n, w->now, NULL));
	hl_urls_reader_free(reader);
	hl_urls_close(list);
	hl_urls_reader_free(NULL);
	hl_urls_close(NULL);
	world_free(w);
}

static void canonical(void **state)
{
	char out[HL_URLS_ADDRESS_MAX + 1];
	size_t n = 9;

	assert_int_equal(0, hl_urls_canonical("HTTP://Example.ORG/%7Ea", 23,
				    out, sizeof(out), &n));
	assert_string_equal("http://example.org/~a", out);
	assert_int_equal(21, n);
	for (size_t room = 1; room < 22; room++) {
		assert_int_equal(HL_URLS_E_ARG,
			hl_urls_canonical(
				"http://example.org/~a", 21, out, room, &n));
	}
	assert_int_equal(
		0, hl_urls_canonical("http://example.org/~a", 21, out, 22, &n));
	assert_int_equal(HL_URLS_NOTFOUND,
		hl_urls_canonical("mailto:a@b.c", 12, out, sizeof(out), &n));
	assert_int_equal(0, n);
	assert_int_equal(HL_URLS_E_ARG,
		hl_urls_canonical("http://a.b/", 11, out, 0, &n));
	assert_int_equal(HL_URLS_E_ARG,
		hl_urls_canonical(NULL, 11, out, sizeof(out), &n));
	assert_int_equal(1, hl_urls_canon_version());
	assert_string_equal(HL_URLS_VERSION, hl_urls_version());
	for (int code = -30; code < 30; code++) {
		assert_non_null(hl_urls_code_name(code));
	}
	assert_string_equal(
		"rolled back", hl_urls_code_name(HL_URLS_E_ROLLBACK));
	assert_string_equal("unknown", hl_urls_code_name(-18));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scopes),
		cmocka_unit_test(too_long),
		cmocka_unit_test(hosts),
		cmocka_unit_test(anything_at_a_host),
		cmocka_unit_test(any_agrees_with_check),
		cmocka_unit_test(decision),
		cmocka_unit_test(odd_arguments),
		cmocka_unit_test(without_a_list),
		cmocka_unit_test(canonical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
