/* SPDX-License-Identifier: Apache-2.0 */
#include "net/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct hl_net_policy *make(const struct hl_net_policy_config *c)
{
	struct hl_net_policy *p = NULL;
	struct hl_err err = {0};

	if (hl_net_policy_new(c, &p, &err)) {
		fail_msg("%s", err.msg);
	}
	return p;
}

#define POLICY_AUTO \
	__attribute__((cleanup(hl_net_policy_freep))) struct hl_net_policy

static struct hl_net_endpoint end_of(const char *text)
{
	struct hl_net_endpoint e;

	if (hl_net_endpoint_parse(hl_str_c(text), 80, &e)) {
		fail_msg("%s", text);
	}
	return e;
}

struct addr_row {
	const char *to;
	int r;
};

static void check_addrs(
	const struct hl_net_policy *p, const struct addr_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct hl_net_endpoint e = end_of(rows[i].to);
		const char *why = NULL;
		int r = hl_net_policy_check_addr(p, &e, &why);

		if (r != rows[i].r || (r && !why)) {
			fail_msg("%s: %d, %s", rows[i].to, r, why ? why : "");
		}
	}
}

/* That each special range is recognised is addr_test.c's. */
static void only_public_addresses_by_default(void **state)
{
	static const struct addr_row rows[] = {
		{"8.8.8.8", 0},
		{"8.8.8.8:443", 0},
		{"8.8.8.8:8080", 0},
		{"8.8.8.8:49152", 0},
		{"[2a00::1]:443", 0},
		{"0.0.0.0", HL_DENIED},
		{"10.0.0.1", HL_DENIED},
		{"100.64.0.1", HL_DENIED},
		{"127.0.0.1", HL_DENIED},
		{"127.9.9.9:8080", HL_DENIED},
		{"169.254.169.254", HL_DENIED},
		{"172.16.0.1", HL_DENIED},
		{"192.0.0.1", HL_DENIED},
		{"192.0.2.1", HL_DENIED},
		{"192.88.99.1", HL_DENIED},
		{"192.168.1.1", HL_DENIED},
		{"198.18.0.1", HL_DENIED},
		{"224.0.0.1", HL_DENIED},
		{"240.0.0.1", HL_DENIED},
		{"255.255.255.255", HL_DENIED},
		{"[::]", HL_DENIED},
		{"[::1]", HL_DENIED},
		{"[::ffff:127.0.0.1]", HL_DENIED},
		{"[::ffff:8.8.8.8]", 0},
		{"[64:ff9b::10.0.0.1]", HL_DENIED},
		{"[2002:7f00:1::]", HL_DENIED},
		{"[2001::1]", HL_DENIED},
		{"[2001:db8::1]", HL_DENIED},
		{"[fe80::1]", HL_DENIED},
		{"[fd00::1]", HL_DENIED},
		{"[ff02::1]", HL_DENIED},
		{"[4000::1]", HL_DENIED},
	};
	POLICY_AUTO *p = make(&(struct hl_net_policy_config){0});

	(void)state;
	check_addrs(p, rows, HL_ARRAY_LEN(rows));
}

static void ports_by_rule(void **state)
{
	static const struct addr_row by_default[] = {
		{"8.8.8.8:80", 0},
		{"8.8.8.8:81", 0},
		{"8.8.8.8:443", 0},
		{"8.8.8.8:591", 0},
		{"8.8.8.8:1024", 0},
		{"8.8.8.8:8443", 0},
		{"8.8.8.8:1", HL_DENIED},
		{"8.8.8.8:21", HL_DENIED},
		{"8.8.8.8:22", HL_DENIED},
		{"8.8.8.8:25", HL_DENIED},
		{"8.8.8.8:53", HL_DENIED},
		{"8.8.8.8:110", HL_DENIED},
		{"8.8.8.8:445", HL_DENIED},
		{"8.8.8.8:587", HL_DENIED},
		{"8.8.8.8:1023", HL_DENIED},
		{"8.8.8.8:2049", HL_DENIED},
		{"8.8.8.8:3306", HL_DENIED},
		{"8.8.8.8:5060", HL_DENIED},
		{"8.8.8.8:5432", HL_DENIED},
		{"8.8.8.8:6379", HL_DENIED},
		{"8.8.8.8:6667", HL_DENIED},
		{"8.8.8.8:10080", HL_DENIED},
		{"8.8.8.8:11211", HL_DENIED},
	};
	static const struct addr_row by_list[] = {
		{"8.8.8.8:443", 0},
		{"8.8.8.8:8443", 0},
		{"8.8.8.8:80", HL_DENIED},
		{"10.0.0.1:443", HL_DENIED},
	};
	POLICY_AUTO *p = make(&(struct hl_net_policy_config){0});
	POLICY_AUTO *q = make(
		&(struct hl_net_policy_config){.ports = HL_STR("443, 8443")});

	(void)state;
	check_addrs(p, by_default, HL_ARRAY_LEN(by_default));
	check_addrs(q, by_list, HL_ARRAY_LEN(by_list));
}

static void allowances_hold_for_their_place_only(void **state)
{
	static const struct addr_row rows[] = {
		{"127.0.0.1:8080", 0},
		{"127.0.0.1:8081", HL_DENIED},
		{"127.0.0.2:8080", HL_DENIED},
		{"10.1.2.3:1", 0},
		{"10.1.2.3:65535", 0},
		{"10.2.0.0:1", HL_DENIED},
		{"[::1]:25", 0},
		{"[::1]:26", HL_DENIED},
		{"[::ffff:127.0.0.1]:8080", HL_DENIED},
		{"8.8.8.8:443", 0},
	};
	POLICY_AUTO *p = make(&(struct hl_net_policy_config){
		.allow = HL_STR("127.0.0.1/32:8080, 10.1.0.0/16:*,"
				"[::1]/128:25")});
	struct hl_net_endpoint in = end_of("127.0.0.1:8080");
	struct hl_net_endpoint out = end_of("8.8.8.8:443");

	(void)state;
	check_addrs(p, rows, HL_ARRAY_LEN(rows));
	assert_true(hl_net_policy_is_allowance(p, &in));
	assert_false(hl_net_policy_is_allowance(p, &out));
}

static void hosts_by_rule(void **state)
{
	static const struct {
		const char *host;
		uint16_t port;
		int r;
	} rows[] = {
		{"www.example.org", 443, 0},
		{"www.example.org.", 443, 0},
		{"site.invalid", 80, 0},
		{"www.example.org", 22, HL_DENIED},
		{"localhost", 80, HL_DENIED},
		{"LocalHost.", 80, HL_DENIED},
		{"a.localhost", 80, HL_DENIED},
		{"notlocalhost.example.org", 80, 0},
		{"printer.local", 80, HL_DENIED},
		{"router.home.arpa", 80, HL_DENIED},
		{"db.internal", 80, HL_DENIED},
		{"abcdefghijklmnop.onion", 80, HL_DENIED},
		{"intranet", 80, HL_DENIED},
		{"own.example.org", 443, HL_DENIED},
		{"a.own.example.org", 443, HL_DENIED},
		{"A.OWN.EXAMPLE.ORG", 443, HL_DENIED},
		{"down.example.org", 443, 0},
		{"8.8.8.8", 443, 0},
		{"127.0.0.1", 443, HL_DENIED},
		{"[::1]", 443, HL_DENIED},
		{"[2a00::1]", 443, 0},
	};
	POLICY_AUTO *p = make(&(struct hl_net_policy_config){
		.deny_hosts = HL_STR(".own.example.org, other.example.org")});

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		const char *why = NULL;
		int r = hl_net_policy_check_host(
			p, hl_str_c(rows[i].host), rows[i].port, &why);

		if (r != rows[i].r || (r && !why)) {
			fail_msg("%s: %d, %s", rows[i].host, r, why ? why : "");
		}
	}
}

static void wrong_settings_are_refused(void **state)
{
	static const struct {
		struct hl_net_policy_config c;
		const char *says;
	} rows[] = {
		{{.allow = HL_STR_INIT("127.0.0.1:80")}, "allow, entry 1"},
		{{.allow = HL_STR_INIT("127.0.0.1/32")}, "allow, entry 1"},
		{{.allow = HL_STR_INIT("127.0.0.1/32:80,127.0.0.1/8:80")},
			"allow, entry 2"},
		{{.allow = HL_STR_INIT("localhost/32:80")}, "allow, entry 1"},
		{{.allow = HL_STR_INIT("127.0.0.1/32:http")}, "allow, entry 1"},
		{{.ports = HL_STR_INIT("80,0")}, "ports, entry 2"},
		{{.ports = HL_STR_INIT("80-90")}, "ports, entry 1"},
		{{.ports = HL_STR_INIT("https")}, "ports, entry 1"},
		{{.deny_hosts = HL_STR_INIT("a.example,,b.example")},
			"hosts, entry 2"},
		{{.proxy = HL_STR_INIT("proxy.example:3128")}, "proxy"},
		{{.proxy = HL_STR_INIT("ftp://proxy.example")}, "proxy"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_net_policy *p = NULL;
		struct hl_err err = {0};

		if (hl_net_policy_new(&rows[i].c, &p, &err) != HL_E_INVALID ||
			p || !strstr(err.msg, rows[i].says)) {
			fail_msg("%s: %s", rows[i].says, err.msg);
		}
	}
}

static void lists_have_a_maximum(void **state)
{
	HL_BUF_AUTO ports = HL_BUF_INIT(4096);
	struct hl_net_policy *p = NULL;

	(void)state;
	for (int i = 1; i <= 33; i++) {
		hl_buf_printf(&ports, "%d,", i);
	}
	struct hl_net_policy_config c = {.ports = hl_buf_str(&ports)};
	assert_int_equal(HL_E_LIMIT, hl_net_policy_new(&c, &p, NULL));
}

static void the_proxy_is_kept(void **state)
{
	POLICY_AUTO *none = make(&(struct hl_net_policy_config){0});
	POLICY_AUTO *some = make(&(struct hl_net_policy_config){
		.proxy = HL_STR("http://192.0.2.1:3128")});

	(void)state;
	assert_null(hl_net_policy_proxy(none));
	assert_string_equal("http://192.0.2.1:3128", hl_net_policy_proxy(some));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_public_addresses_by_default),
		cmocka_unit_test(ports_by_rule),
		cmocka_unit_test(allowances_hold_for_their_place_only),
		cmocka_unit_test(hosts_by_rule),
		cmocka_unit_test(wrong_settings_are_refused),
		cmocka_unit_test(lists_have_a_maximum),
		cmocka_unit_test(the_proxy_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
