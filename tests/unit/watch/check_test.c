/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <spawn.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/json.h"

/* Run by the DNS and web server fixtures; paths as httpd.py plays them. */

struct world {
	struct hl_net_dns_config dns;
	struct hl_net_policy *policy;
	struct hl_net_client client;
	struct hl_watch_config config;
	char http[16], https[16];
};

static int open_world(void **state)
{
	static struct world w;
	HL_BUF_AUTO allow = HL_BUF_INIT(256);

	snprintf(w.http, sizeof(w.http), "%s",
		strrchr(getenv("HL_TEST_HTTP"), ':'));
	snprintf(w.https, sizeof(w.https), "%s",
		strrchr(getenv("HL_TEST_HTTPS"), ':'));
	hl_buf_printf(&allow, "127.0.0.1/32%s,127.0.0.1/32%s,127.0.0.1/32:1",
		w.http, w.https);
	struct hl_net_policy_config c = {.allow = hl_buf_str(&allow)};
	assert_int_equal(0, hl_net_policy_new(&c, &w.policy, NULL));
	assert_int_equal(0, hl_net_dns_config_init(&w.dns,
				    hl_str_c(getenv("HL_TEST_DNS")), NULL));
	w.client = (struct hl_net_client){.policy = w.policy,
		.dns = &w.dns,
		.ca_file = getenv("HL_TEST_CA"),
		.user_agent = "Mozilla/5.0"};
	w.config = (struct hl_watch_config){.client = &w.client,
		.http = true,
		.connect_ms = 1000,
		.total_ms = 1200};
	*state = &w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	hl_net_policy_freep(&w->policy);
	return 0;
}

/* $h and $s stand for the server's two ports. */
static void look(struct world *w, const char *url, struct hl_watch_look *out)
{
	HL_BUF_AUTO b = HL_BUF_INIT(512);

	for (const char *p = url; *p; p++) {
		if (p[0] == '$') {
			p++;
			hl_buf_put(
				&b, hl_str_c(*p == 's' ? w->https : w->http));
		} else {
			hl_buf_put_c(&b, *p);
		}
	}
	assert_int_equal(
		0, hl_watch_check(hl_buf_str(&b), &w->config, out, NULL));
	assert_non_null(out->why);
	assert_true(out->at_us > 0);
}

static void each_verdict(void **state)
{
	static const struct {
		const char *url;
		enum hl_watch_verdict verdict;
		int status;
	} rows[] = {
		{"http://site.invalid$h/online", HL_WATCH_ONLINE, 200},
		{"https://site.invalid$s/online", HL_WATCH_ONLINE, 200},
		{"http://127.0.0.1$h/online", HL_WATCH_ONLINE, 200},
		{"http://site.invalid$h/slash", HL_WATCH_ONLINE, 200},
		{"http://site.invalid$h/www", HL_WATCH_ONLINE, 200},
		{"http://site.invalid$h/nohead", HL_WATCH_ONLINE, 200},
		{"http://site.invalid$h/lieshead", HL_WATCH_ONLINE, 200},
		{"http://site.invalid$h/huge", HL_WATCH_ONLINE, 200},
		{"http://site.invalid$h/drip", HL_WATCH_ONLINE, 200},
		{"http://site.invalid$h/404", HL_WATCH_GONE, 404},
		{"http://site.invalid$h/410", HL_WATCH_GONE, 410},
		{"http://site.invalid$h/451", HL_WATCH_GONE, 451},
		{"http://nowhere.invalid/", HL_WATCH_GONE, 0},
		{"http://text.invalid/", HL_WATCH_GONE, 0},
		{"http://gone.invalid/", HL_WATCH_GONE, 0},
		{"http://127.0.0.1:1/", HL_WATCH_UNREACHABLE, 0},
		{"http://site.invalid$h/slow", HL_WATCH_UNREACHABLE, 0},
		{"http://site.invalid$h/reset", HL_WATCH_UNREACHABLE, 0},
		{"http://site.invalid$h/hangup", HL_WATCH_UNREACHABLE, 0},
		{"http://site.invalid$h/garbage", HL_WATCH_UNREACHABLE, 0},
		{"http://site.invalid$h/401", HL_WATCH_BLOCKED, 401},
		{"http://site.invalid$h/403", HL_WATCH_BLOCKED, 403},
		{"http://site.invalid$h/429", HL_WATCH_BLOCKED, 429},
		{"http://site.invalid$h/to-root", HL_WATCH_REDIRECTED, 200},
		{"http://site.invalid$h/away", HL_WATCH_REDIRECTED, 200},
		{"http://site.invalid$h/inward", HL_WATCH_REDIRECTED, 302},
		{"http://site.invalid$h/meta", HL_WATCH_REDIRECTED, 302},
		{"http://site.invalid$h/file", HL_WATCH_REDIRECTED, 302},
		{"http://site.invalid$h/nowhere", HL_WATCH_REDIRECTED, 302},
		{"http://site.invalid$h/loop", HL_WATCH_ERROR, 302},
		{"http://site.invalid$h/500", HL_WATCH_ERROR, 500},
		{"http://site.invalid$h/503", HL_WATCH_ERROR, 503},
		{"http://www.broken.test/", HL_WATCH_ERROR, 0},
		{"http://round.invalid/", HL_WATCH_ERROR, 0},
		{"https://loop.invalid$s/online", HL_WATCH_ONLINE, 200},
		{"https://loop.invalid$s/404", HL_WATCH_ERROR, 0},
		{"http://inner.invalid/online", HL_WATCH_REFUSED, 0},
		{"http://meta.invalid/", HL_WATCH_REFUSED, 0},
		{"http://10.0.0.1/", HL_WATCH_REFUSED, 0},
		{"http://[::1]/", HL_WATCH_REFUSED, 0},
		{"http://localhost/", HL_WATCH_REFUSED, 0},
		{"http://abcdefghijklmnop.onion/", HL_WATCH_REFUSED, 0},
		{"ftp://site.invalid/", HL_WATCH_ERROR, 0},
		{"magnet:?xt=urn:btih:0", HL_WATCH_ERROR, 0},
		{"", HL_WATCH_ERROR, 0},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_watch_look l;

		look(*state, rows[i].url, &l);
		if (l.verdict != rows[i].verdict ||
			l.status != rows[i].status) {
			fail_msg("%s: %s, %d: %s", rows[i].url,
				hl_watch_verdict_name(l.verdict), l.status,
				l.why);
		}
	}
}

static void a_bad_certificate_is_told(void **state)
{
	struct hl_watch_look l;

	look(*state, "https://loop.invalid$s/online", &l);
	assert_true(l.tls_unverified);
	look(*state, "https://site.invalid$s/online", &l);
	assert_false(l.tls_unverified);
}

static void evidence_is_numbers(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(4096);
	HL_JSON_AUTO *json = NULL;
	struct hl_watch_look l;

	look(*state, "http://site.invalid$h/404", &l);
	assert_true(l.connected && l.asked_http);
	assert_int_equal(127, l.to.addr.b[0]);
	hl_watch_put_json(&b, &l);
	assert_int_equal(0, hl_json_parse(hl_buf_str(&b), 4096, &json, NULL));
	assert_int_equal(404, hl_json_int(json, "status", -1));
	assert_true(hl_str_eq(HL_STR("gone"), hl_json_str(json, "verdict")));
	assert_null(strstr(b.p, "site.invalid"));
	look(*state, "http://nowhere.invalid/", &l);
	assert_false(l.connected || l.asked_http);
}

static void read_log(struct hl_buf *log)
{
	assert_int_equal(
		0, hl_file_read(getenv("HL_TEST_HTTP_LOG"), log, NULL));
}

/* With HTTP off the server hears nothing. */
static void without_http_only_the_dns_is_asked(void **state)
{
	static const struct {
		const char *url;
		enum hl_watch_verdict verdict;
	} rows[] = {
		{"http://site.invalid$h/404", HL_WATCH_RESOLVES},
		{"http://inner.invalid/", HL_WATCH_RESOLVES},
		{"http://127.0.0.1$h/404", HL_WATCH_RESOLVES},
		{"http://nowhere.invalid/", HL_WATCH_GONE},
		{"http://text.invalid/", HL_WATCH_GONE},
		{"http://www.broken.test/", HL_WATCH_ERROR},
		{"http://", HL_WATCH_ERROR},
	};
	struct world *w = *state;
	HL_BUF_AUTO before = HL_BUF_INIT(4 << 20);
	HL_BUF_AUTO after = HL_BUF_INIT(4 << 20);

	read_log(&before);
	w->config.http = false;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_watch_look l;

		look(w, rows[i].url, &l);
		if (l.verdict != rows[i].verdict || l.asked_http ||
			l.connected) {
			fail_msg("%s: %s", rows[i].url,
				hl_watch_verdict_name(l.verdict));
		}
	}
	w->config.http = true;
	read_log(&after);
	assert_int_equal(before.n, after.n);
}

static void a_page_that_goes_is_seen(void **state)
{
	struct hl_watch_look l;
	HL_BUF_AUTO path = HL_BUF_INIT(512);

	look(*state, "http://site.invalid$h/switch/here", &l);
	assert_int_equal(HL_WATCH_ONLINE, l.verdict);
	hl_buf_printf(&path, "%s/here", getenv("HL_TEST_HTTP_DIR"));
	assert_int_equal(0, hl_file_write(path.p, HL_STR(""), 0600, NULL));
	look(*state, "http://site.invalid$h/switch/here", &l);
	assert_int_equal(HL_WATCH_GONE, l.verdict);
	unlink(path.p);
	look(*state, "http://site.invalid$h/switch/here", &l);
	assert_int_equal(HL_WATCH_ONLINE, l.verdict);
}

/* A resolver that is away says nothing about the page. */
static void without_a_resolver_it_is_an_error(void **state)
{
	struct world *w = *state;
	struct hl_net_dns_config nobody = {
		.timeout_ms = 100, .deadline_ms = 300};
	struct hl_watch_look l;

	w->client.dns = &nobody;
	look(w, "http://site.invalid$h/online", &l);
	assert_int_equal(HL_WATCH_ERROR, l.verdict);
	assert_int_equal(HL_NET_DNS_UNREACHABLE, l.dns);
	w->config.http = false;
	look(w, "http://site.invalid$h/online", &l);
	assert_int_equal(HL_WATCH_ERROR, l.verdict);
	w->config.http = true;
	w->client.dns = &w->dns;
}

static void nothing_tells_who_asks(void **state)
{
	static const char *const words[] = {"Cookie", "Referer", "curl",
		"OpenHotline", "hotline", "Authorization", "Range"};
	HL_BUF_AUTO log = HL_BUF_INIT(4 << 20);
	struct hl_watch_look l;

	look(*state, "http://site.invalid$h/cookie", &l);
	look(*state, "http://site.invalid$h/cookie", &l);
	assert_int_equal(HL_WATCH_ONLINE, l.verdict);
	read_log(&log);
	for (size_t i = 0; i < HL_ARRAY_LEN(words); i++) {
		if (strstr(log.p, words[i])) {
			fail_msg("%s was sent", words[i]);
		}
	}
}

static void names_round_trip(void **state)
{
	enum hl_watch_verdict back;

	(void)state;
	for (int i = 0; i < HL_WATCH_N_VERDICTS; i++) {
		enum hl_watch_verdict v = (enum hl_watch_verdict)i;

		assert_int_equal(
			0, hl_watch_verdict_parse(
				   hl_str_c(hl_watch_verdict_name(v)), &back));
		assert_int_equal(v, back);
		assert_true(strlen(hl_watch_verdict_text(v)) > 10);
	}
	assert_int_equal(
		HL_E_INVALID, hl_watch_verdict_parse(HL_STR(""), &back));
	assert_int_equal(
		HL_WATCH_UNSURE, hl_watch_sight_of(HL_WATCH_N_VERDICTS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_verdict),
		cmocka_unit_test(a_bad_certificate_is_told),
		cmocka_unit_test(evidence_is_numbers),
		cmocka_unit_test(without_http_only_the_dns_is_asked),
		cmocka_unit_test(a_page_that_goes_is_seen),
		cmocka_unit_test(without_a_resolver_it_is_an_error),
		cmocka_unit_test(nothing_tells_who_asks),
		cmocka_unit_test(names_round_trip),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
