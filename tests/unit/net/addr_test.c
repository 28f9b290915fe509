/* SPDX-License-Identifier: Apache-2.0 */
#include "net/addr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <cmocka.h>

static struct hl_net_addr addr_of(const char *text)
{
	struct hl_net_addr a;

	if (hl_net_addr_parse(hl_str_c(text), &a)) {
		fail_msg("%s is no address", text);
	}
	return a;
}

static void addresses_are_read_and_printed(void **state)
{
	/* what is given, what is printed; NULL: refused */
	static const char *const rows[][2] = {
		{"192.0.2.1", "192.0.2.1"},
		{"0.0.0.0", "0.0.0.0"},
		{"2001:DB8::1", "2001:db8::1"},
		{"[2001:db8::1]", "2001:db8::1"},
		{"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
		{"2001:0db8:0:0:0:0:0:0001", "2001:db8::1"},
		{"::", "::"},
		{"", NULL},
		{"[]", NULL},
		{"[192.0.2.1]", NULL},
		{"[2001:db8::1", NULL},
		{"192.0.2", NULL},
		{"192.0.2.256", NULL},
		{"192.0.2.01", NULL},
		{"0x7f.1", NULL},
		{"2130706433", NULL},
		{" 192.0.2.1", NULL},
		{"192.0.2.1 ", NULL},
		{"fe80::1%eth0", NULL},
		{"2001:db8:::1", NULL},
		{"1:2:3:4:5:6:7:8:9", NULL},
		{"example.org", NULL},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char text[HL_NET_ADDR_MAX];
		struct hl_net_addr a;
		int r = hl_net_addr_parse(hl_str_c(rows[i][0]), &a);

		if (r != (rows[i][1] ? 0 : HL_E_INVALID) ||
			(!r && !hl_str_eq(hl_net_addr_print(&a, text),
				       hl_str_c(rows[i][1])))) {
			fail_msg("%s: %d", rows[i][0], r);
		}
	}
}

static void a_nul_inside_is_refused(void **state)
{
	static const char text[] = "192.0.2.1\0.example";
	struct hl_net_addr a;

	(void)state;
	assert_int_equal(HL_E_INVALID,
		hl_net_addr_parse(hl_str_mem(text, sizeof(text) - 1), &a));
}

static void prefixes(void **state)
{
	static const struct {
		const char *prefix;
		const char *addr;
		int parses;
		bool has;
	} rows[] = {
		{"192.0.2.0/24", "192.0.2.255", 0, true},
		{"192.0.2.0/24", "192.0.3.0", 0, false},
		{"192.0.2.0/25", "192.0.2.127", 0, true},
		{"192.0.2.0/25", "192.0.2.128", 0, false},
		{"192.0.2.7", "192.0.2.7", 0, true},
		{"192.0.2.7", "192.0.2.6", 0, false},
		{"0.0.0.0/0", "203.0.113.9", 0, true},
		{"0.0.0.0/0", "2001:db8::1", 0, false},
		{"::/0", "2001:db8::1", 0, true},
		{"2001:db8::/33", "2001:db8:7fff::1", 0, true},
		{"2001:db8::/33", "2001:db8:8000::1", 0, false},
		{"2001:db8::1/128", "2001:db8::1", 0, true},
		{"192.0.2.1/24", "192.0.2.1", HL_E_INVALID, false},
		{"192.0.2.0/33", "192.0.2.0", HL_E_INVALID, false},
		{"192.0.2.0/-1", "192.0.2.0", HL_E_INVALID, false},
		{"192.0.2.0/", "192.0.2.0", HL_E_INVALID, false},
		{"192.0.2.0/24/8", "192.0.2.0", HL_E_INVALID, false},
		{"/24", "192.0.2.0", HL_E_INVALID, false},
		{"2001:db8::/129", "2001:db8::", HL_E_INVALID, false},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_net_prefix p;
		struct hl_net_addr a = addr_of(rows[i].addr);
		int r = hl_net_prefix_parse(hl_str_c(rows[i].prefix), &p);

		if (r != rows[i].parses ||
			(!r && hl_net_prefix_has(&p, &a) != rows[i].has)) {
			fail_msg("%s and %s: %d", rows[i].prefix, rows[i].addr,
				r);
		}
	}
}

static void endpoints(void **state)
{
	static const struct {
		const char *text;
		const char *addr; /* NULL: refused */
		uint16_t port;
	} rows[] = {
		{"192.0.2.1", "192.0.2.1", 53},
		{"192.0.2.1:5353", "192.0.2.1", 5353},
		{"2001:db8::1", "2001:db8::1", 53},
		{"[2001:db8::1]", "2001:db8::1", 53},
		{"[2001:db8::1]:5353", "2001:db8::1", 5353},
		{"192.0.2.1:", NULL, 0},
		{"192.0.2.1:0", NULL, 0},
		{"192.0.2.1:65536", NULL, 0},
		{"192.0.2.1:+53", NULL, 0},
		{"192.0.2.1:5 3", NULL, 0},
		{"[2001:db8::1]5353", NULL, 0},
		{"[2001:db8::1]:", NULL, 0},
		{"example.org:53", NULL, 0},
		{":53", NULL, 0},
		{"", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_net_endpoint e;
		struct hl_net_addr want;
		int r = hl_net_endpoint_parse(hl_str_c(rows[i].text), 53, &e);

		if (!rows[i].addr) {
			if (r != HL_E_INVALID) {
				fail_msg("%s was taken", rows[i].text);
			}
			continue;
		}
		want = addr_of(rows[i].addr);
		if (r || hl_net_addr_cmp(&want, &e.addr) ||
			e.port != rows[i].port) {
			fail_msg("%s: %d", rows[i].text, r);
		}
	}
}

/*
 * Each range of the IANA special-purpose registries by its first and last
 * address, and the neighbours outside.
 */
static void every_special_range_has_its_class(void **state)
{
	static const struct {
		const char *addr;
		enum hl_net_class class;
	} rows[] = {
		{"0.0.0.0", HL_NET_UNSPECIFIED},
		{"0.255.255.255", HL_NET_UNSPECIFIED},
		{"1.0.0.0", HL_NET_PUBLIC},
		{"9.255.255.255", HL_NET_PUBLIC},
		{"10.0.0.0", HL_NET_PRIVATE},
		{"10.255.255.255", HL_NET_PRIVATE},
		{"11.0.0.0", HL_NET_PUBLIC},
		{"100.63.255.255", HL_NET_PUBLIC},
		{"100.64.0.0", HL_NET_SHARED},
		{"100.127.255.255", HL_NET_SHARED},
		{"100.128.0.0", HL_NET_PUBLIC},
		{"126.255.255.255", HL_NET_PUBLIC},
		{"127.0.0.0", HL_NET_LOOPBACK},
		{"127.0.0.1", HL_NET_LOOPBACK},
		{"127.255.255.255", HL_NET_LOOPBACK},
		{"128.0.0.0", HL_NET_PUBLIC},
		{"169.253.255.255", HL_NET_PUBLIC},
		{"169.254.0.0", HL_NET_LINK_LOCAL},
		{"169.254.169.254", HL_NET_LINK_LOCAL},
		{"169.254.255.255", HL_NET_LINK_LOCAL},
		{"169.255.0.0", HL_NET_PUBLIC},
		{"172.15.255.255", HL_NET_PUBLIC},
		{"172.16.0.0", HL_NET_PRIVATE},
		{"172.31.255.255", HL_NET_PRIVATE},
		{"172.32.0.0", HL_NET_PUBLIC},
		{"191.255.255.255", HL_NET_PUBLIC},
		{"192.0.0.0", HL_NET_SPECIAL},
		{"192.0.0.8", HL_NET_SPECIAL},
		{"192.0.0.9", HL_NET_SPECIAL},
		{"192.0.0.170", HL_NET_SPECIAL},
		{"192.0.0.255", HL_NET_SPECIAL},
		{"192.0.1.0", HL_NET_PUBLIC},
		{"192.0.2.0", HL_NET_DOCUMENTATION},
		{"192.0.2.255", HL_NET_DOCUMENTATION},
		{"192.0.3.0", HL_NET_PUBLIC},
		{"192.31.195.255", HL_NET_PUBLIC},
		{"192.31.196.0", HL_NET_SPECIAL},
		{"192.31.196.255", HL_NET_SPECIAL},
		{"192.31.197.0", HL_NET_PUBLIC},
		{"192.52.193.0", HL_NET_TUNNEL},
		{"192.52.193.255", HL_NET_TUNNEL},
		{"192.52.194.0", HL_NET_PUBLIC},
		{"192.88.99.0", HL_NET_TUNNEL},
		{"192.88.99.255", HL_NET_TUNNEL},
		{"192.88.100.0", HL_NET_PUBLIC},
		{"192.167.255.255", HL_NET_PUBLIC},
		{"192.168.0.0", HL_NET_PRIVATE},
		{"192.168.255.255", HL_NET_PRIVATE},
		{"192.169.0.0", HL_NET_PUBLIC},
		{"192.175.48.0", HL_NET_SPECIAL},
		{"192.175.48.255", HL_NET_SPECIAL},
		{"192.175.49.0", HL_NET_PUBLIC},
		{"198.17.255.255", HL_NET_PUBLIC},
		{"198.18.0.0", HL_NET_BENCHMARK},
		{"198.19.255.255", HL_NET_BENCHMARK},
		{"198.20.0.0", HL_NET_PUBLIC},
		{"198.51.99.255", HL_NET_PUBLIC},
		{"198.51.100.0", HL_NET_DOCUMENTATION},
		{"198.51.100.255", HL_NET_DOCUMENTATION},
		{"198.51.101.0", HL_NET_PUBLIC},
		{"203.0.112.255", HL_NET_PUBLIC},
		{"203.0.113.0", HL_NET_DOCUMENTATION},
		{"203.0.113.255", HL_NET_DOCUMENTATION},
		{"203.0.114.0", HL_NET_PUBLIC},
		{"223.255.255.255", HL_NET_PUBLIC},
		{"224.0.0.0", HL_NET_MULTICAST},
		{"239.255.255.255", HL_NET_MULTICAST},
		{"240.0.0.0", HL_NET_RESERVED},
		{"255.255.255.254", HL_NET_RESERVED},
		{"255.255.255.255", HL_NET_BROADCAST},

		{"::", HL_NET_UNSPECIFIED},
		{"::1", HL_NET_LOOPBACK},
		{"::2", HL_NET_RESERVED},
		{"::127.0.0.1", HL_NET_RESERVED}, /* v4-compatible */
		{"::8.8.8.8", HL_NET_RESERVED},
		{"::ffff:127.0.0.1", HL_NET_LOOPBACK},
		{"::ffff:10.1.2.3", HL_NET_PRIVATE},
		{"::ffff:169.254.169.254", HL_NET_LINK_LOCAL},
		{"::ffff:8.8.8.8", HL_NET_PUBLIC},
		{"::ffff:0:8.8.8.8", HL_NET_RESERVED}, /* SIIT */
		{"64:ff9b::8.8.8.8", HL_NET_PUBLIC},
		{"64:ff9b::127.0.0.1", HL_NET_LOOPBACK},
		{"64:ff9b::10.0.0.1", HL_NET_PRIVATE},
		{"64:ff9b::1:0:0", HL_NET_RESERVED},
		{"64:ff9b:1::", HL_NET_TUNNEL},
		{"64:ff9b:1:ffff:ffff:ffff:ffff:ffff", HL_NET_TUNNEL},
		{"64:ff9b:2::", HL_NET_RESERVED},
		{"100::", HL_NET_SPECIAL},
		{"100::ffff:ffff:ffff:ffff", HL_NET_SPECIAL},
		{"100:0:0:1::", HL_NET_SPECIAL},
		{"100:0:0:2::", HL_NET_RESERVED},
		{"1fff:ffff::", HL_NET_RESERVED},
		{"2000::", HL_NET_PUBLIC},
		{"2001::", HL_NET_TUNNEL}, /* Teredo */
		{"2001:0:ffff::", HL_NET_TUNNEL},
		{"2001:1::1", HL_NET_SPECIAL},
		{"2001:1::3", HL_NET_SPECIAL},
		{"2001:2::", HL_NET_BENCHMARK},
		{"2001:2:0:ffff::", HL_NET_BENCHMARK},
		{"2001:2:1::", HL_NET_SPECIAL},
		{"2001:3::", HL_NET_SPECIAL},
		{"2001:4:112::", HL_NET_SPECIAL},
		{"2001:10::", HL_NET_SPECIAL},
		{"2001:20::", HL_NET_SPECIAL},
		{"2001:30::", HL_NET_SPECIAL},
		{"2001:1ff:ffff::", HL_NET_SPECIAL},
		{"2001:200::", HL_NET_PUBLIC},
		{"2001:db7:ffff::", HL_NET_PUBLIC},
		{"2001:db8::", HL_NET_DOCUMENTATION},
		{"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
			HL_NET_DOCUMENTATION},
		{"2001:db9::", HL_NET_PUBLIC},
		{"2002:7f00:1::", HL_NET_LOOPBACK}, /* 6to4 of 127.0.0.1 */
		{"2002:a00:1::", HL_NET_PRIVATE},
		{"2002:c0a8:101::1", HL_NET_PRIVATE},
		{"2002:808:808::1", HL_NET_PUBLIC},
		{"2620:4f:8000::", HL_NET_SPECIAL},
		{"2620:4f:8001::", HL_NET_PUBLIC},
		{"2a00::5efe:10.0.0.1", HL_NET_PRIVATE}, /* ISATAP */
		{"2a00::200:5efe:10.0.0.1", HL_NET_PRIVATE},
		{"2a00::5efe:8.8.8.8", HL_NET_PUBLIC},
		{"2a00::100:5efe:10.0.0.1", HL_NET_PUBLIC},
		{"3fff::", HL_NET_DOCUMENTATION},
		{"3fff:fff:ffff::", HL_NET_DOCUMENTATION},
		{"3fff:1000::", HL_NET_PUBLIC},
		{"3ffe::", HL_NET_PUBLIC},
		{"4000::", HL_NET_RESERVED},
		{"5f00::", HL_NET_SPECIAL},
		{"5f01::", HL_NET_RESERVED},
		{"fbff::", HL_NET_RESERVED},
		{"fc00::", HL_NET_PRIVATE},
		{"fdff:ffff::1", HL_NET_PRIVATE},
		{"fe00::", HL_NET_RESERVED},
		{"fe80::", HL_NET_LINK_LOCAL},
		{"febf:ffff::", HL_NET_LINK_LOCAL},
		{"fec0::", HL_NET_PRIVATE},
		{"feff::", HL_NET_PRIVATE},
		{"ff00::", HL_NET_MULTICAST},
		{"ff02::1", HL_NET_MULTICAST},
		{"ffff:ffff::", HL_NET_MULTICAST},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_net_addr a = addr_of(rows[i].addr);
		enum hl_net_class got = hl_net_addr_class(&a);

		if (got != rows[i].class) {
			fail_msg("%s is %s, not %s", rows[i].addr,
				hl_net_class_name(got),
				hl_net_class_name(rows[i].class));
		}
	}
}

static void this_host(void **state)
{
	static const struct {
		const char *host;
		bool is;
	} rows[] = {{"127.0.0.1", true}, {"127.255.0.9", true}, {"[::1]", true},
		{"localhost", true}, {"127.example.org", false},
		{"127.0.0.1.example.org", false}, {"128.0.0.1", false},
		{"[::2]", false}, {"[::ffff:127.0.0.1]", true}, {"", false},
		{"localhost.example.org", false}, {"[2001:db8::1]", false}};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_net_is_this_host(hl_str_c(rows[i].host)) != rows[i].is) {
			fail_msg("%s", rows[i].host);
		}
	}
}

static void socket_addresses(void **state)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(443)};
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6, .sin6_port = htons(80)};
	struct sockaddr other = {.sa_family = AF_UNIX};
	struct hl_net_endpoint e;
	struct hl_net_addr want = addr_of("192.0.2.9");

	(void)state;
	memcpy(&in.sin_addr, want.b, 4);
	assert_int_equal(0, hl_net_endpoint_from_sockaddr(
				    (const struct sockaddr *)&in, &e));
	assert_int_equal(0, hl_net_addr_cmp(&want, &e.addr));
	assert_int_equal(443, e.port);
	want = addr_of("2001:db8::9");
	memcpy(&in6.sin6_addr, want.b, 16);
	assert_int_equal(0, hl_net_endpoint_from_sockaddr(
				    (const struct sockaddr *)&in6, &e));
	assert_int_equal(0, hl_net_addr_cmp(&want, &e.addr));
	assert_int_equal(80, e.port);
	assert_int_equal(
		HL_E_INVALID, hl_net_endpoint_from_sockaddr(&other, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read_and_printed),
		cmocka_unit_test(a_nul_inside_is_refused),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(endpoints),
		cmocka_unit_test(every_special_range_has_its_class),
		cmocka_unit_test(this_host),
		cmocka_unit_test(socket_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
