/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/file.h"

/*
 * Run by tests/fixtures/dns.py with dns.records and tests/fixtures/httpd.py:
 * site.invalid, www.site.invalid and other.invalid are 127.0.0.1. The policy
 * allows exactly the two ports of the test server at that address.
 */

struct world {
	struct hl_net_dns_config dns;
	struct hl_net_policy *policy;
	struct hl_net_client client;
	struct hl_arena *arena;
	char http[16], https[16]; /* ":PORT" */
};

static const char *port_of(const char *variable)
{
	const char *where = getenv(variable);

	assert_non_null(where);
	return strrchr(where, ':');
}

static void make_policy(struct world *w, const char *proxy)
{
	HL_BUF_AUTO allow = HL_BUF_INIT(256);
	struct hl_err err = {0};

	hl_buf_printf(
		&allow, "127.0.0.1/32%s,127.0.0.1/32%s", w->http, w->https);
	struct hl_net_policy_config c = {
		.allow = hl_buf_str(&allow), .proxy = hl_str_c(proxy)};
	if (hl_net_policy_new(&c, &w->policy, &err)) {
		fail_msg("%s", err.msg);
	}
}

static int open_world(void **state)
{
	static struct world w;
	const char *dns = getenv("HL_TEST_DNS");

	assert_non_null(dns);
	snprintf(w.http, sizeof(w.http), "%s", port_of("HL_TEST_HTTP"));
	snprintf(w.https, sizeof(w.https), "%s", port_of("HL_TEST_HTTPS"));
	assert_int_equal(
		0, hl_net_dns_config_init(&w.dns, hl_str_c(dns), NULL));
	make_policy(&w, NULL);
	w.arena = hl_arena_new(4 << 20, true);
	w.client = (struct hl_net_client){.policy = w.policy,
		.dns = &w.dns,
		.ca_file = getenv("HL_TEST_CA"),
		.user_agent = "Mozilla/5.0"};
	*state = &w;
	return w.arena ? 0 : -1;
}

static int close_world(void **state)
{
	struct world *w = *state;

	hl_arena_freep(&w->arena);
	hl_net_policy_freep(&w->policy);
	return 0;
}

/* "h" and "s" stand for the ports of the test server. */
static void get(struct world *w, const char *url, struct hl_net_ask ask,
	struct hl_net_got *got)
{
	HL_BUF_AUTO b = HL_BUF_INIT(512);
	struct hl_err err = {0};

	for (const char *p = url; *p; p++) {
		if (p[0] == '$') {
			hl_buf_put(
				&b, hl_str_c(p[1] == 's' ? w->https : w->http));
			p++;
		} else {
			hl_buf_put_c(&b, *p);
		}
	}
	ask.url = hl_buf_str(&b);
	ask.connect_ms = ask.connect_ms ? ask.connect_ms : 2000;
	ask.total_ms = ask.total_ms ? ask.total_ms : 3000;
	ask.max_bytes = ask.max_bytes ? ask.max_bytes : 1024;
	if (hl_net_fetch(&w->client, &ask, w->arena, got, &err)) {
		fail_msg("%s: %s", url, err.msg);
	}
}

struct row {
	const char *url;
	enum hl_net_end end;
	int status;
	enum hl_net_move move;
	size_t n_redirects;
};

static void check(struct world *w, const struct row *row, struct hl_net_ask ask)
{
	struct hl_net_got got;

	get(w, row->url, ask, &got);
	if (got.end != row->end || got.status != row->status ||
		got.move != row->move || got.n_redirects != row->n_redirects ||
		(got.end != HL_NET_DONE && !got.why)) {
		fail_msg("%s: %s (%s), %d, move %d, %zu redirects", row->url,
			hl_net_end_name(got.end), got.why ? got.why : "",
			got.status, (int)got.move, got.n_redirects);
	}
}

static void answers_and_redirects(void **state)
{
	static const struct row rows[] = {
		{"http://site.invalid$h/online", HL_NET_DONE, 200, 0, 0},
		{"https://site.invalid$s/online", HL_NET_DONE, 200, 0, 0},
		{"http://127.0.0.1$h/online", HL_NET_DONE, 200, 0, 0},
		{"http://site.invalid$h/404", HL_NET_DONE, 404, 0, 0},
		{"http://site.invalid$h/451", HL_NET_DONE, 451, 0, 0},
		{"http://site.invalid$h/huge", HL_NET_DONE, 200, 0, 0},
		{"http://site.invalid$h/slash", HL_NET_DONE, 200,
			HL_NET_SAME_PAGE, 1},
		{"http://site.invalid$h/to-root", HL_NET_DONE, 200,
			HL_NET_SAME_HOST, 1},
		{"http://site.invalid$h/tls", HL_NET_DONE, 200,
			HL_NET_OTHER_HOST, 1},
		{"http://site.invalid$h/www", HL_NET_DONE, 200,
			HL_NET_SAME_PAGE, 1},
		{"http://site.invalid$h/away", HL_NET_DONE, 200,
			HL_NET_OTHER_HOST, 1},
		{"http://site.invalid$h/chain/3", HL_NET_DONE, 200,
			HL_NET_SAME_HOST, 3},
		{"http://site.invalid$h/chain/4", HL_NET_TOO_MANY_REDIRECTS,
			302, HL_NET_SAME_HOST, 3},
		{"http://site.invalid$h/loop", HL_NET_TOO_MANY_REDIRECTS, 302,
			HL_NET_SAME_PAGE, 3},
		{"http://site.invalid$h/nowhere", HL_NET_NO_HOST, 302,
			HL_NET_OTHER_HOST, 1},
		{"http://nowhere.invalid$h/online", HL_NET_NO_HOST, 0, 0, 0},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		check(*state, &rows[i],
			(struct hl_net_ask){.max_redirects = 3});
	}
}

static void nothing_private_is_ever_reached(void **state)
{
	static const struct row rows[] = {
		{"http://127.0.0.1/online", HL_NET_DENIED, 0, 0, 0},
		{"http://127.0.0.2$h/online", HL_NET_DENIED, 0, 0, 0},
		{"http://127.1/online", HL_NET_DENIED, 0, 0, 0},
		{"http://2130706433/online", HL_NET_DENIED, 0, 0, 0},
		{"http://0x7f000001/online", HL_NET_DENIED, 0, 0, 0},
		{"http://0/online", HL_NET_DENIED, 0, 0, 0},
		{"http://[::1]$h/online", HL_NET_DENIED, 0, 0, 0},
		{"http://[::ffff:127.0.0.1]$h/", HL_NET_DENIED, 0, 0, 0},
		{"http://[::ffff:7f00:1]$h/", HL_NET_DENIED, 0, 0, 0},
		{"http://localhost$h/online", HL_NET_DENIED, 0, 0, 0},
		{"http://169.254.169.254/", HL_NET_DENIED, 0, 0, 0},
		{"http://loop.invalid/online", HL_NET_DENIED, 0, 0, 0},
		{"http://loop6.invalid$h/online", HL_NET_DENIED, 0, 0, 0},
		{"http://inner.invalid$h/online", HL_NET_DENIED, 0, 0, 0},
		{"http://meta.invalid/latest", HL_NET_DENIED, 0, 0, 0},
		{"http://mapped.invalid$h/online", HL_NET_DENIED, 0, 0, 0},
		{"http://dead.invalid$h/online", HL_NET_DENIED, 0, 0, 0},
		{"http://site.invalid$h/inward", HL_NET_DENIED, 302,
			HL_NET_OTHER_HOST, 1},
		{"http://site.invalid$h/meta", HL_NET_DENIED, 302,
			HL_NET_OTHER_HOST, 1},
		{"http://site.invalid$h/file", HL_NET_BAD_URL, 302,
			HL_NET_OTHER_HOST, 1},
		{"http://site.invalid:22/", HL_NET_DENIED, 0, 0, 0},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		check(*state, &rows[i],
			(struct hl_net_ask){.max_redirects = 3});
	}
}

/* One name with two addresses: the private one is left out. */
static void of_mixed_addresses_only_the_allowed_are_used(void **state)
{
	struct world *w = *state;
	struct hl_net_got got;

	get(w, "http://mixed.invalid$h/online", (struct hl_net_ask){0}, &got);
	assert_int_equal(HL_NET_DONE, got.end);
	assert_int_equal(200, got.status);
	assert_int_equal(127, got.to.addr.b[0]);
	assert_int_equal(2, got.dns.n_hosts);
}

static void bad_addresses(void **state)
{
	static const char *const rows[] = {"", "site.invalid", "//x",
		"ftp://site.invalid/", "file:///etc/passwd",
		"javascript:alert(1)", "gopher://site.invalid/", "http://",
		"http://user@site.invalid/", "http://u:p@site.invalid/",
		"http://site.invalid:0/", "http://site.invalid:99999/",
		"http://[fe80::1%25eth0]/", "http://si te.invalid/",
		"http://site.invalid/a b", "http://site.invalid/a\r\nX: y"};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_net_got got;

		get(*state, rows[i], (struct hl_net_ask){0}, &got);
		if (got.end != HL_NET_BAD_URL || got.connected) {
			fail_msg("\"%s\": %s", rows[i],
				hl_net_end_name(got.end));
		}
	}
}

static void servers_that_misbehave(void **state)
{
	static const struct row rows[] = {
		{"http://site.invalid$h/slow", HL_NET_SLOW, 0, 0, 0},
		{"http://site.invalid$h/drip", HL_NET_SLOW, 200, 0, 0},
		{"http://site.invalid$h/reset", HL_NET_BROKEN, 0, 0, 0},
		{"http://site.invalid$h/hangup", HL_NET_BROKEN, 0, 0, 0},
		{"http://site.invalid$h/garbage", HL_NET_BROKEN, 0, 0, 0},
		{"http://site.invalid$h/short", HL_NET_BROKEN, 200, 0, 0},
		{"http://site.invalid$s/online", HL_NET_BROKEN, 0, 0, 0},
		{"https://site.invalid$h/online", HL_NET_BAD_TLS, 0, 0, 0},
		{"https://loop.invalid$s/online", HL_NET_BAD_TLS, 0, 0, 0},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		check(*state, &rows[i], (struct hl_net_ask){.total_ms = 1500});
	}
}

static void endless_headers_are_too_big(void **state)
{
	struct hl_net_got got;

	get(*state, "http://site.invalid$h/headers", (struct hl_net_ask){0},
		&got);
	assert_true(got.end == HL_NET_TOO_BIG || got.end == HL_NET_BROKEN);
}

static void a_body_is_kept_up_to_its_maximum(void **state)
{
	struct hl_net_got got;

	get(*state, "http://site.invalid$h/online",
		(struct hl_net_ask){.keep = true, .max_bytes = 5000}, &got);
	assert_int_equal(HL_NET_DONE, got.end);
	assert_int_equal(5000, got.body.n);
	get(*state, "http://site.invalid$h/online",
		(struct hl_net_ask){.keep = true, .max_bytes = 4999}, &got);
	assert_int_equal(HL_NET_TOO_BIG, got.end);
	get(*state, "http://site.invalid$h/huge",
		(struct hl_net_ask){.keep = true, .max_bytes = 70000}, &got);
	assert_int_equal(HL_NET_TOO_BIG, got.end);
	get(*state, "http://site.invalid$h/online", (struct hl_net_ask){0},
		&got);
	assert_null(got.body.p);
	assert_true(got.bytes >= 1024);
}

static void plain_http_needs_an_allowance(void **state)
{
	struct world *w = *state;
	struct hl_net_got got;
	struct hl_net_ask ask = {.https_only = true};

	get(w, "http://site.invalid$h/online", ask, &got);
	assert_int_equal(HL_NET_DONE, got.end);
	get(w, "http://one.invalid/", ask, &got);
	assert_int_equal(HL_NET_DENIED, got.end);
}

static void an_unverified_answer_can_be_asked_for(void **state)
{
	struct world *w = *state;
	struct hl_net_client other = w->client;
	struct hl_net_got got;
	struct hl_err err;
	HL_BUF_AUTO url = HL_BUF_INIT(256);
	struct hl_net_ask ask = {
		.connect_ms = 2000, .total_ms = 2000, .max_bytes = 100};

	hl_buf_printf(&url, "https://site.invalid%s/online", w->https);
	ask.url = hl_buf_str(&url);
	other.ca_file = NULL; /* the system's do not know the test server */
	assert_int_equal(0, hl_net_fetch(&other, &ask, w->arena, &got, &err));
	assert_int_equal(HL_NET_BAD_TLS, got.end);
	ask.tls_unverified = true;
	assert_int_equal(0, hl_net_fetch(&other, &ask, w->arena, &got, &err));
	assert_int_equal(HL_NET_DONE, got.end);
	assert_int_equal(200, got.status);
}

static void read_log(struct hl_buf *out)
{
	assert_int_equal(
		0, hl_file_read(getenv("HL_TEST_HTTP_LOG"), out, NULL));
}

static void what_is_sent_is_neutral(void **state)
{
	HL_BUF_AUTO log = HL_BUF_INIT(4 << 20);
	struct hl_net_got got;

	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	for (int i = 0; i < 2; i++) {
		get(*state, "http://site.invalid$h/cookie?neutral",
			(struct hl_net_ask){.head = i == 1}, &got);
		assert_int_equal(200, got.status);
	}
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	read_log(&log);
	size_t at = hl_str_find(hl_buf_str(&log), HL_STR("/cookie?neutral"));
	struct hl_str rest = hl_str_sub(hl_buf_str(&log), at, log.n);
	assert_true(hl_str_find(rest, HL_STR("Cookie")) == rest.n);
	assert_true(hl_str_find(rest, HL_STR("Referer")) == rest.n);
	assert_true(hl_str_find(rest, HL_STR("curl")) == rest.n);
	assert_true(hl_str_find(rest, HL_STR("\"HEAD\"")) < rest.n);
	assert_true(hl_str_find(rest, HL_STR("Mozilla/5.0")) < rest.n);
}

/* The tunnel is asked for by the address that was judged. */
static void a_proxy_is_asked_by_address(void **state)
{
	struct world *w = *state;
	struct hl_net_policy *direct = w->policy;
	HL_BUF_AUTO log = HL_BUF_INIT(4 << 20), proxy = HL_BUF_INIT(64);
	struct hl_net_got got;

	hl_buf_printf(&proxy, "http://%s", getenv("HL_TEST_PROXY"));
	make_policy(w, proxy.p);
	w->client.policy = w->policy;
	get(w, "https://site.invalid$s/online", (struct hl_net_ask){0}, &got);
	assert_int_equal(HL_NET_DONE, got.end);
	assert_int_equal(200, got.status);
	get(w, "http://site.invalid$h/online", (struct hl_net_ask){0}, &got);
	assert_int_equal(HL_NET_DONE, got.end);
	get(w, "http://inner.invalid$h/online", (struct hl_net_ask){0}, &got);
	assert_int_equal(HL_NET_DENIED, got.end);
	hl_net_policy_free(w->policy);
	w->client.policy = w->policy = direct;
	read_log(&log);
	struct hl_str all = hl_buf_str(&log);
	size_t at = hl_str_find(all, HL_STR("\"CONNECT\", \"path\": "
					    "\"127.0.0.1:"));
	assert_true(at < all.n);
	assert_true(
		hl_str_find(all, HL_STR("\"path\": \"site.invalid:")) == all.n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_and_redirects),
		cmocka_unit_test(nothing_private_is_ever_reached),
		cmocka_unit_test(of_mixed_addresses_only_the_allowed_are_used),
		cmocka_unit_test(bad_addresses),
		cmocka_unit_test(servers_that_misbehave),
		cmocka_unit_test(endless_headers_are_too_big),
		cmocka_unit_test(a_body_is_kept_up_to_its_maximum),
		cmocka_unit_test(plain_http_needs_an_allowance),
		cmocka_unit_test(an_unverified_answer_can_be_asked_for),
		cmocka_unit_test(what_is_sent_is_neutral),
		cmocka_unit_test(a_proxy_is_asked_by_address),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
