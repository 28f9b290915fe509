/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>

#include "base/time.h"

/* Loads or fails the test. */
static struct hl_settings *load(const char *text)
{
	struct hl_settings *s = NULL;
	struct hl_err err = {0};

	if (hl_settings_load(hl_str_c(text), "x.conf", &s, &err)) {
		fail_msg("%s: %s", text, err.msg);
	}
	return s;
}

static void put(
	const struct hl_settings *s, const char *key, struct hl_buf *out)
{
	assert_int_equal(0, hl_settings_get(s, hl_str_c(key), out));
}

static void defaults(void **state)
{
	HL_SETTINGS_AUTO *s = load("");
	struct hl_err err = {0};

	(void)state;
	assert_string_equal("127.0.0.1:8080", s->public_listen);
	assert_string_equal("hotline.db", s->store_path);
	assert_string_equal("", s->law_national);
	assert_int_equal(2, s->public_emergency.n);
	assert_memory_equal(&hl_priority_defaults, &s->priority,
		sizeof(hl_priority_defaults));
	assert_int_equal(HL_MAIL_NONE, s->mail_transport);
	assert_false(s->mail_production || s->trace_enabled ||
		     s->watch_enabled || s->watch_http);
	assert_int_equal(5, s->n_watch_schedule);
	assert_int_equal(10 * HL_US_PER_MIN, s->watch_schedule_us[0]);
	assert_int_equal(4 * HL_US_PER_HOUR, s->watch_schedule_us[4]);
	assert_int_equal(3 * HL_US_PER_MIN, s->watch_miss_gap_us);
	assert_int_equal(0, s->n_egress_allow);
	assert_int_equal(HL_LOG_INFO, s->log_level);
	assert_int_equal(24, s->police_hold_hours);
	if (hl_settings_check(s, &err)) {
		fail_msg("%s", err.msg);
	}
}

static void a_file(void **state)
{
	HL_SETTINGS_AUTO *s = load(
		"# comment\r\n"
		"\r\n"
		"service.name = Beispiel-Stelle # 1\r\n"
		"  operator.country=DK  \n"
		"public.emergency = Ring 112.\n"
		"public.emergency = Or ask = us.\n"
		"law.national = dk\n"
		"referral.police_hold.DK = 48\n"
		"referral.police_hold.US = 0\n"
		"trace.dns.servers = 192.0.2.53 [2001:db8::53]:5353 "
		"2001:db8::54\n"
		"watch.enabled = true\n"
		"watch.schedule = 90s  1d\n"
		"egress.allow_private_for_tests = 127.0.0.0/8:8025 ::1/128 "
		"[fd00::]/8:25\n"
		"log.level = debug");

	(void)state;
	assert_string_equal("Beispiel-Stelle # 1", s->service_name);
	assert_string_equal("DK", s->operator_country);
	assert_int_equal(2, s->public_emergency.n);
	assert_string_equal("Or ask = us.", s->public_emergency.at[1]);
	assert_int_equal(48, hl_settings_police_hold(s, HL_STR("dk")));
	assert_int_equal(0, hl_settings_police_hold(s, HL_STR("US")));
	assert_int_equal(24, hl_settings_police_hold(s, HL_STR("NL")));
	assert_int_equal(24, hl_settings_police_hold(s, HL_STR_NONE));
	assert_string_equal("DK", hl_settings_home_country(s));
	assert_int_equal(3, s->trace_dns_servers.n);
	assert_int_equal(2, s->n_watch_schedule);
	assert_int_equal(90 * HL_US_PER_S, s->watch_schedule_us[0]);
	assert_int_equal(HL_LOG_DEBUG, s->log_level);
	assert_int_equal(3, s->n_egress_allow);
	assert_int_equal(8025, s->egress_allow[0].port);
	assert_int_equal(AF_INET6, s->egress_allow[2].family);
}

/* Every key with values that it takes and values that it does not. */
static void values(void **state)
{
	static const struct {
		const char *key, *good, *bad;
	} rows[] = {
		{"service.name", "A|Ø|", "\x01|\xff|a\x7f"},
		{"operator.country", "DK|US|", "dk|DNK|D|D1|D K"},
		{"operator.mail", "a@example.org|a+b@x.invalid|",
			"a|@b|a@|a b@c|a@b@c|<a@b>|a@b,c@d"},
		{"public.listen",
			"127.0.0.1:80|0.0.0.0:65535|[::1]:8080|127.0.0.1:0",
			"|80|127.0.0.1|localhost:80|127.0.0.1:65536|::1:80|"
			"[::1]|[127.0.0.1]:80|127.0.0.1:-1|127.0.0.1:+1|"
			"127.0.0.1:80x|1.2.3:80|[::1:80|127.0.0.1:"},
		{"public.url", "https://example.org|http://[::1]:80/a|",
			"example.org|ftp://x|https://|https://x/|http:///x|"
			"https://a b|https://ü.example|https://a\"b|"
			"javascript:x"},
		{"mail.smtp.url", "smtp://mx.example.org:587|smtps://mx|",
			"mx.example.org|http://mx|smtp://"},
		{"egress.proxy", "socks5h://127.0.0.1:9050|http://p:3128|",
			"socks5://x|127.0.0.1:9050"},
		{"law.national", "dk|a-1|", "DK|d_k|../dk|d k"},
		{"store.path", "a/b c|/var/x|", "a\x01"},
		{"trace.geo.paths", "a b|/x|", "a\x01"},
		{"trace.dns.servers", "192.0.2.1|[::1]:53 192.0.2.1:5353|",
			"ns.example.org|192.0.2.1:0|192.0.2.256|[::1"},
		{"egress.allow_private_for_tests",
			"10.0.0.0/8|10.0.0.0/8:25|[::1]/128:25|::/0|",
			"10.0.0.0|10.0.0.0/33|10.0.0.0/8:0|::1/129|::1/8/8|"
			"/8|10.0.0.0/|10.0.0.0/-1|[::1/128|10.0.0.0/8:x"},
		{"case.lease_minutes", "5|1440|60",
			"|4|1441|-5|+5|5m|0x10|99999999999|5.0|५"},
		{"priority.danger", "0|1000", "-1|1001"},
		{"mail.production", "yes|no",
			"|1|YES|on|true "
			"x"},
		{"watch.miss_gap", "1s|1d|90s|3m", "|0s|2d|3|m|3M|3m3|-3m"},
		{"watch.schedule", "1s|1m 2h 3d|", "1|1m,2h|1w|999999d|0m"},
		{"mail.transport", "none|smtp|folder", "|SMTP|sendmail"},
		{"log.level", "debug|info|warn|error", "|trace|5"},
		{"referral.police_hold_hours", "0|2160", "2161|x"},
		{"referral.police_hold.DK", "0|2160|12", "|2161|-1|x"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_SETTINGS_AUTO *s = load("");
		struct hl_str key = hl_str_c(rows[i].key);
		struct hl_str good = hl_str_c(rows[i].good);
		struct hl_str bad = hl_str_c(rows[i].bad), v;

		while (hl_str_next(&good, '|', &v)) {
			HL_BUF_AUTO got = HL_BUF_INIT(1000);
			struct hl_err err = {0};

			if (hl_settings_set(s, key, v, &err)) {
				fail_msg(
					"\"%.*s\": %s", HL_STR_ARG(v), err.msg);
			}
			put(s, rows[i].key, &got);
			if (!hl_str_eq(hl_buf_str(&got), v)) {
				fail_msg("%s: \"%.*s\" became \"%.*s\"",
					rows[i].key, HL_STR_ARG(v),
					HL_STR_ARG(hl_buf_str(&got)));
			}
		}
		while (hl_str_next(&bad, '|', &v)) {
			HL_BUF_AUTO was = HL_BUF_INIT(1000);
			HL_BUF_AUTO is = HL_BUF_INIT(1000);

			put(s, rows[i].key, &was);
			if (hl_settings_set(s, key, v, NULL) != HL_E_INVALID) {
				fail_msg("%s takes \"%.*s\"", rows[i].key,
					HL_STR_ARG(v));
			}
			put(s, rows[i].key, &is);
			assert_true(
				hl_str_eq(hl_buf_str(&was), hl_buf_str(&is)));
		}
	}
}

static void faults_name_the_line(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{"\n\nservice.nam = x", "x.conf:3: service.nam: no such"},
		{"# a\nservice.name", "x.conf:2: needs \"key = value\""},
		{"= x", "x.conf:1: : no such setting"},
		{"log.level = loud", "x.conf:1: log.level: needs one of "
				     "debug, info, warn, error"},
		{"case.lease_minutes = 3\n", "needs a whole number from 5 to "
					     "1440"},
		{"law.national = dk\n\nlaw.national = dk",
			"x.conf:3: law.national: set a second time"},
		{"referral.police_hold.DK = 1\nreferral.police_hold.DK = 2",
			"x.conf:2: referral.police_hold.DK: needs"},
		{"referral.police_hold.dk = 1", "needs a whole number"},
		{"referral.police_hold. = 1", "needs a whole number"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_settings *s = NULL;
		struct hl_err err = {0};
		int rc = hl_settings_load(
			hl_str_c(rows[i].text), "x.conf", &s, &err);

		if (rc != HL_E_INVALID || s ||
			!strstr(err.msg, rows[i].message)) {
			fail_msg("row %zu: %d %s", i, rc, err.msg);
		}
	}
}

/* What somebody wrote by mistake into a wrong place stays out of logs. */
static void faults_never_show_the_value(void **state)
{
	struct hl_settings *s = NULL;
	struct hl_err err = {0};

	(void)state;
	assert_int_equal(HL_E_INVALID,
		hl_settings_load(
			HL_STR("mail.from = Secret Person"), "x", &s, &err));
	assert_null(strstr(err.msg, "Secret"));
}

static void lists_end_somewhere(void **state)
{
	HL_BUF_AUTO many = HL_BUF_INIT(100000), lines = HL_BUF_INIT(100000);
	struct hl_settings *s = NULL;
	HL_SETTINGS_AUTO *have = load("");

	(void)state;
	for (int i = 0; i <= HL_SETTINGS_LIST_MAX; i++) {
		hl_buf_put(&many, HL_STR("1h "));
		hl_buf_put(&lines, HL_STR("public.emergency = a\n"));
	}
	assert_int_equal(
		HL_E_INVALID, hl_settings_set(have, HL_STR("watch.schedule"),
				      hl_buf_str(&many), NULL));
	assert_int_equal(HL_E_INVALID,
		hl_settings_load(hl_buf_str(&lines), "x", &s, NULL));
	for (int i = 0; i < HL_SETTINGS_LIST_MAX; i++) {
		char key[] = "referral.police_hold.AA";

		key[21] = (char)('A' + i / 26);
		key[22] = (char)('A' + i % 26);
		assert_int_equal(0, hl_settings_set(have, hl_str_c(key),
					    HL_STR("1"), NULL));
	}
	assert_int_equal(HL_E_INVALID,
		hl_settings_set(have, HL_STR("referral.police_hold.ZZ"),
			HL_STR("1"), NULL));
	assert_int_equal(
		0, hl_settings_set(have, HL_STR("referral.police_hold.AA"),
			   HL_STR("2"), NULL));
	assert_int_equal(2, hl_settings_police_hold(have, HL_STR("AA")));
}

/* The written file is read as the same settings, and comments out exactly
 * what was not changed. */
static void the_written_file(void **state)
{
	HL_SETTINGS_AUTO *s = load("");
	HL_BUF_AUTO first = HL_BUF_INIT(100000), again = HL_BUF_INIT(100000);

	(void)state;
	hl_settings_put_file(&first, s);
	assert_int_equal(0, first.fault);
	assert_non_null(strstr(first.p, "\n#service.name = Hotline\n"));
	assert_non_null(strstr(first.p, "\n#law.national =\n"));
	for (const char *p = first.p; (p = strchr(p, '\n')); p++) {
		assert_true(p[1] == '#' || p[1] == '\n' || p[1] == '\0');
	}
	assert_int_equal(0, hl_settings_set(s, HL_STR("public.emergency"),
				    HL_STR("One.\nTwo."), NULL));
	assert_int_equal(0, hl_settings_set(s, HL_STR("operator.name"),
				    HL_STR("Example Aid"), NULL));
	assert_int_equal(
		0, hl_settings_set(s, HL_STR("referral.police_hold.DK"),
			   HL_STR("48"), NULL));
	hl_buf_reset(&first);
	hl_settings_put_file(&first, s);
	assert_non_null(strstr(first.p,
		"\npublic.emergency = One.\npublic.emergency = Two.\n"));
	assert_non_null(strstr(first.p, "\noperator.name = Example Aid\n"));
	hl_settings_freep(&s);
	s = load(first.p);
	hl_settings_put_file(&again, s);
	assert_string_equal(first.p, again.p);
	assert_int_equal(48, hl_settings_police_hold(s, HL_STR("DK")));
}

static void what_must_hold_together(void **state)
{
	static const struct {
		const char *text, *message; /* NULL: sound */
	} rows[] = {
		{"mail.production = yes", "mail.production"},
		{"mail.transport = folder", "mail.from"},
		{"mail.transport = folder\nmail.from = a@example.org", NULL},
		{"mail.transport = folder\nmail.from = a@example.org\n"
		 "mail.folder =",
			"mail.folder"},
		{"mail.transport = smtp\nmail.from = a@example.org",
			"mail.smtp.url"},
		{"mail.transport = smtp\nmail.from = a@example.org\n"
		 "mail.smtp.url = smtp://mx.example.org\nmail.smtp.user = a",
			"password_file"},
		{"service.name =", "service.name"},
		{"public.exit_url =", "public.exit_url"},
		{"lists.canary_domain = birds.example.org", NULL},
		{"lists.canary_domain = birds", "lists.canary_domain"},
		{"lists.canary_domain = .example.org", "lists.canary_domain"},
		{"lists.canary_domain = example.org.", "lists.canary_domain"},
		{"lists.canary_domain = Birds.example.org",
			"lists.canary_domain"},
		{"lists.canary_domain = https://example.org",
			"lists.canary_domain"},
		{"public.peer_header = X-Real-IP", NULL},
		{"public.peer_header = X-Real-IP: $1", "public.peer_header"},
		{"public.peer_header = 192.0.2.1", "public.peer_header"},
		{"staff.listen = 127.0.0.1:8080", "staff.listen"},
		{"staff.listen = 127.0.0.1:0\npublic.listen = 127.0.0.1:0",
			NULL},
		{"store.path =", "store.path"},
		{"watch.enabled = yes\nwatch.schedule =", "watch.schedule"},
		{"watch.enabled = yes", NULL},
		{"mail.transport = folder\nmail.from = a@example.org\n"
		 "mail.production = yes\n"
		 "egress.allow_private_for_tests = 127.0.0.0/8",
			"egress"},
		{"mail.transport = folder\nmail.from = a@example.org\n"
		 "mail.production = yes\npublic.url = http://example.org",
			"https"},
		{"mail.transport = folder\nmail.from = a@example.org\n"
		 "mail.production = yes\npublic.url = https://example.org",
			NULL},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_SETTINGS_AUTO *s = load(rows[i].text);
		struct hl_err err = {0};
		int rc = hl_settings_check(s, &err);

		if (rc != (rows[i].message ? HL_E_INVALID : 0) ||
			(rows[i].message &&
				!strstr(err.msg, rows[i].message))) {
			fail_msg("row %zu: %d %s", i, rc, err.msg);
		}
	}
}

/* A URL that is not set is its listener's; one that names a port of this host
 * where nobody listens is told. */
static void urls_and_listeners(void **state)
{
	static const struct {
		const char *text, *public_url, *staff_url;
		const char *misled; /* what the line begins with, or NULL */
	} rows[] = {
		{"", "http://127.0.0.1:8080", "http://127.0.0.1:8081", NULL},
		{"public.listen = 127.0.0.1:9430", "http://127.0.0.1:9430",
			"http://127.0.0.1:8081", NULL},
		{"staff.listen = [::1]:9431\nstaff.url =",
			"http://127.0.0.1:8080", "http://[::1]:9431", NULL},
		{"public.listen = 0.0.0.0:80", "http://127.0.0.1:80",
			"http://127.0.0.1:8081", NULL},
		{"public.listen = [::]:81", "http://[::1]:81",
			"http://127.0.0.1:8081", NULL},
		{"public.url = https://example.org\n"
		 "public.listen = 127.0.0.1:9430",
			"https://example.org", "http://127.0.0.1:8081", NULL},
		{"public.url = http://127.0.0.1:9430\n"
		 "public.listen = 127.0.0.1:9430",
			"http://127.0.0.1:9430", "http://127.0.0.1:8081", NULL},
		{"public.url = http://127.0.0.1:8080\n"
		 "public.listen = 127.0.0.1:9430",
			"http://127.0.0.1:8080", "http://127.0.0.1:8081",
			"public.url = http://127.0.0.1:8080 leads elsewhere "
			"than public.listen = 127.0.0.1:9430;"},
		{"staff.url = http://localhost/desk", "http://127.0.0.1:8080",
			"http://localhost/desk",
			"staff.url = http://localhost/desk leads elsewhere"},
		{"staff.url = http://[::1]\nstaff.listen = [::1]:80",
			"http://127.0.0.1:8080", "http://[::1]", NULL},
		{"public.url = http://x.onion", "http://x.onion",
			"http://127.0.0.1:8081", NULL},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_SETTINGS_AUTO *s = load(rows[i].text);
		HL_BUF_AUTO misled = HL_BUF_INIT(2000);
		const char *want = rows[i].misled;

		hl_settings_put_misled(&misled, s);
		if (strcmp(rows[i].public_url, s->public_url) != 0 ||
			strcmp(rows[i].staff_url, s->staff_url) != 0 ||
			!misled.n != !want ||
			(want && strncmp(misled.p, want, strlen(want)) != 0)) {
			fail_msg("row %zu: %s, %s, \"%.*s\"", i, s->public_url,
				s->staff_url, HL_STR_ARG(hl_buf_str(&misled)));
		}
	}
}

/* What init writes goes on following the listener that is changed later. */
static void urls_follow_a_listener_that_is_set(void **state)
{
	HL_SETTINGS_AUTO *s = load("");
	HL_BUF_AUTO text = HL_BUF_INIT(HL_SETTINGS_BYTES_MAX);

	(void)state;
	assert_int_equal(0, hl_settings_set(s, HL_STR("public.listen"),
				    HL_STR("127.0.0.1:9"), NULL));
	assert_string_equal("http://127.0.0.1:9", s->public_url);
	hl_settings_put_file(&text, s);
	assert_non_null(strstr(text.p, "\npublic.listen = 127.0.0.1:9\n"));
	assert_non_null(strstr(text.p, "\n#public.url ="));
	assert_int_equal(0, hl_settings_set(s, HL_STR("public.url"),
				    HL_STR("https://a.example.org"), NULL));
	assert_string_equal("https://a.example.org", s->public_url);
}

static void private_networks(void **state)
{
	static const struct {
		const char *address;
		int port;
		bool allowed;
	} rows[] = {
		{"127.0.0.1", 8025, true},
		{"127.255.0.1", 8025, true},
		{"128.0.0.1", 8025, false},
		{"127.0.0.1", 25, false},
		{"10.1.31.255", 1, true},
		{"10.1.32.0", 1, false},
		{"::1", 25, true},
		{"::2", 25, false},
		{"::ffff:127.0.0.1", 8025, false},
		{"fd12::1", 9, true},
		{"fe80::1", 9, false},
	};
	HL_SETTINGS_AUTO *s =
		load("egress.allow_private_for_tests = 127.0.0.0/8:8025 "
		     "10.1.0.0/19 ::1/128 fd00::/8");

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		unsigned char raw[16] = {0};
		int family = strchr(rows[i].address, ':') ? AF_INET6 : AF_INET;

		assert_int_equal(1, inet_pton(family, rows[i].address, raw));
		if (hl_settings_egress_allowed(s, family, raw, rows[i].port) !=
			rows[i].allowed) {
			fail_msg("%s %d", rows[i].address, rows[i].port);
		}
	}
	assert_int_equal(
		0, hl_settings_set(s, HL_STR("egress.allow_private_for_tests"),
			   HL_STR("0.0.0.0/0"), NULL));
	assert_true(hl_settings_egress_allowed(
		s, AF_INET, (const unsigned char *)"\x7f\x00\x00\x01", 1));
}

static void keys_that_are_not_there(void **state)
{
	HL_SETTINGS_AUTO *s = load("");
	HL_BUF_AUTO out = HL_BUF_INIT(100);
	HL_BUF_AUTO huge = HL_BUF_INIT(1000000);
	struct hl_settings *none = NULL;

	(void)state;
	assert_int_equal(
		HL_NOTFOUND, hl_settings_get(s, HL_STR("service"), &out));
	assert_int_equal(HL_NOTFOUND,
		hl_settings_get(s, HL_STR("referral.police_hold.DK"), &out));
	assert_int_equal(HL_E_INVALID,
		hl_settings_set(s, HL_STR(""), HL_STR("x"), NULL));
	while (huge.n <= HL_SETTINGS_BYTES_MAX) {
		hl_buf_put(&huge, HL_STR("################################\n"));
	}
	assert_int_equal(HL_E_LIMIT,
		hl_settings_load(hl_buf_str(&huge), "x", &none, NULL));
	assert_int_equal(0, hl_settings_new(&none, NULL));
	hl_settings_free(none);
	hl_settings_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(a_file),
		cmocka_unit_test(values),
		cmocka_unit_test(faults_name_the_line),
		cmocka_unit_test(faults_never_show_the_value),
		cmocka_unit_test(lists_end_somewhere),
		cmocka_unit_test(the_written_file),
		cmocka_unit_test(what_must_hold_together),
		cmocka_unit_test(urls_and_listeners),
		cmocka_unit_test(urls_follow_a_listener_that_is_set),
		cmocka_unit_test(private_networks),
		cmocka_unit_test(keys_that_are_not_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
