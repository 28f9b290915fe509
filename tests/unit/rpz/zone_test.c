/* SPDX-License-Identifier: Apache-2.0 */
#include "rpz/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "ask.h"

#define L63 "a23456789012345678901234567890123456789012345678901234567890123"
#define L64 L63 "4"

/* NULL: it can be listed. */
static const struct {
	const char *host, *fault;
} hosts[] = {
	{"example.org", NULL},
	{"xn--bcher-kva.example", NULL},
	{"a_b.example", NULL},
	{"a!$&'()+,;=~b.example", NULL},
	{"-a-.example", NULL},
	{"1.example", NULL},
	{"0x1.example", NULL},
	{"a.rpz-ip.example", NULL},
	{L63 ".example", NULL},
	{"*a.example", NULL},
	{"", "empty"},
	{"example", "top-level"},
	{".", "empty label"},
	{"example.org.", "empty label"},
	{".example.org", "empty label"},
	{"a..example", "empty label"},
	{"Example.org", "canonical"},
	{"a b.example", "canonical"},
	{"a\tb.example", "canonical"},
	{"b\xc3\xbc.example", "canonical"},
	{"a\x7f.example", "canonical"},
	{"a/b.example", "canonical"},
	{"user@a.example", "canonical"},
	{"a.example:80", "canonical"},
	{"https://a.example", "canonical"},
	{"a%20.example", "canonical"},
	{L64 ".example", "63"},
	{L63 "." L63 "." L63 "." L63 ".example", "too long"},
	{"192.0.2.1", "network address"},
	{"192.0.513", "network address"},
	{"a.0x7f", "network address"},
	{"a.0x", "network address"},
	{"a.1", "network address"},
	{"[2001:db8::1]", "network address"},
	{"*.example", "label *"},
	{"a.*.example", "label *"},
	{"32.1.2.0.192.rpz-ip", "policy zones"},
	{"a.rpz-nsdname", "policy zones"},
};

static void only_hosts_that_can_be_listed_are(void **state)
{
	struct hl_rpz_zone *z = test_zone();

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(hosts); i++) {
		struct hl_str row[] = {
			HL_STR("first.example"), hl_str_c(hosts[i].host)};
		const char *fault = hl_rpz_zone_host_fault(z, row[1]);
		struct hl_err err = {0};
		int r = hl_rpz_zone_set(z, row, 2, (uint32_t)i + 1, &err);

		if (!!fault != !!hosts[i].fault || !!r != !!fault) {
			fail_msg("\"%s\": %d, %s", hosts[i].host, r,
				fault ? fault : "good");
		}
		if (!fault) {
			continue;
		}
		assert_int_equal(HL_E_INVALID, r);
		assert_non_null(strstr(fault, hosts[i].fault));
		assert_non_null(strstr(err.msg, "name 1 "));
		/* the name itself is in no message */
		assert_true(strlen(hosts[i].host) < 8 ||
			    !strstr(err.msg, hosts[i].host));
	}
	hl_rpz_zone_free(z);
}

/* The last that fits: labels, "*." and the origin make 255 bytes. */
static void length_is_counted_with_origin_and_star(void **state)
{
	const size_t origin = sizeof(ORIGIN) + 1;
	struct hl_rpz_zone *z = test_zone();
	char host[256];

	(void)state;
	memset(host, 'a', sizeof(host));
	for (size_t i = 50; i < sizeof(host); i += 50) {
		host[i] = '.';
	}
	size_t most = 255 - origin - 2 - 1;
	assert_null(hl_rpz_zone_host_fault(z, hl_str_mem(host, most)));
	assert_non_null(hl_rpz_zone_host_fault(z, hl_str_mem(host, most + 1)));
	hl_rpz_zone_free(z);
}

static void bad_set_changes_nothing(void **state)
{
	struct hl_rpz_zone *z = test_zone();
	struct hl_rpz_zone_stats s;
	struct hl_str bad[] = {HL_STR("a.example"), HL_STR("B.example")};

	(void)state;
	assert_int_equal(0, test_set(z, 10, 7));
	assert_int_equal(HL_E_INVALID, hl_rpz_zone_set(z, bad, 2, 8, NULL));
	z->max_names = 10;
	assert_int_equal(HL_E_LIMIT, test_set(z, 11, 8));
	hl_rpz_zone_stats(z, &s);
	assert_int_equal(7, s.serial);
	assert_int_equal(10, s.n_names);
	hl_rpz_zone_free(z);
}

static const struct {
	uint32_t old, new;
	bool after;
} serials[] = {
	{1, 2, true},
	{1, 1, false},
	{2, 1, false},
	{UINT32_MAX, 0, true},
	{UINT32_MAX, 5, true},
	{0, UINT32_MAX, false},
	{0, 0x7fffffff, true},
	{0, 0x80000000, false}, /* RFC 1982: undefined */
	{0x80000000, 0, false},
	{100, 0x80000063, true},
};

static void serials_go_forward_by_rfc_1982(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(serials); i++) {
		struct hl_rpz_zone *z = test_zone();

		assert_int_equal(0, test_set(z, 3, serials[i].old));
		int r = test_set(z, 4, serials[i].new);
		if (r != (serials[i].after ? 0 : HL_CONFLICT)) {
			fail_msg("row %zu: %d", i, r);
		}
		hl_rpz_zone_free(z);
	}
}

static void same_again_is_no_change(void **state)
{
	struct hl_rpz_zone *z = test_zone();
	struct hl_str twice[] = {HL_STR("n1.example"), HL_STR("n0.example"),
		HL_STR("n1.example"), HL_STR("n0.example")};
	struct hl_rpz_zone_stats s;

	(void)state;
	assert_int_equal(0, test_set(z, 2, 1));
	z->changed = false;
	/* in another order, and twice */
	assert_int_equal(0, hl_rpz_zone_set(z, twice, 4, 1, NULL));
	assert_false(z->changed);
	hl_rpz_zone_stats(z, &s);
	assert_int_equal(2, s.n_names);
	assert_int_equal(0, s.n_deltas);
	assert_int_equal(HL_CONFLICT, test_set(z, 3, 1));
	hl_rpz_zone_free(z);
}

static void history_is_bounded(void **state)
{
	struct hl_rpz_zone *z = test_zone();
	struct hl_rpz_zone_stats s;

	(void)state;
	for (uint32_t i = 0; i < 3 * HL_RPZ_HISTORY; i++) {
		assert_int_equal(0, test_set(z, 100 + i % 2, i));
	}
	hl_rpz_zone_stats(z, &s);
	assert_int_equal(HL_RPZ_HISTORY, s.n_deltas);
	/* more than half of everything: not kept, nor what was before it */
	assert_int_equal(0, test_set(z, 40000, 1000));
	assert_int_equal(0, test_set(z, 2, 1001));
	hl_rpz_zone_stats(z, &s);
	assert_int_equal(0, s.n_deltas);
	assert_int_equal(0, test_set(z, 3, 1002));
	hl_rpz_zone_stats(z, &s);
	assert_int_equal(1, s.n_deltas);
	hl_rpz_zone_free(z);
}

static void empty_and_cleared_sets(void **state)
{
	struct hl_rpz_zone *z = test_zone();
	struct hl_rpz_zone_stats s;

	(void)state;
	hl_rpz_zone_stats(z, &s);
	assert_false(s.has_set);
	assert_int_equal(0, test_set(z, 0, 1));
	hl_rpz_zone_stats(z, &s);
	assert_true(s.has_set);
	assert_int_equal(0, s.n_names);
	hl_rpz_zone_clear(z);
	hl_rpz_zone_clear(z);
	hl_rpz_zone_stats(z, &s);
	assert_false(s.has_set);
	/* any serial begins anew */
	assert_int_equal(0, test_set(z, 2, 1));
	hl_rpz_zone_free(z);
	hl_rpz_zone_free(NULL);
}

static void wrong(struct hl_rpz_zone_conf c, const char *what)
{
	struct hl_rpz_zone *z = NULL;
	struct hl_err err = {0};

	if (hl_rpz_zone_new(&c, &z, &err) != HL_E_INVALID ||
		!strstr(err.msg, what)) {
		fail_msg("%s: %s", what, err.msg);
	}
}

static void wrong_configurations_say_what(void **state)
{
	struct hl_rpz_key two[] = {test_key, test_key};
	struct hl_rpz_zone_conf good, c;

	(void)state;
	hl_rpz_zone_conf_init(&good);
	good.origin = HL_STR(ORIGIN);
	good.keys = two;
	good.n_keys = 1;
	c = good, c.origin = HL_STR("");
	wrong(c, "origin");
	c = good, c.origin = HL_STR(".");
	wrong(c, "root");
	c = good, c.origin = HL_STR("a..b");
	wrong(c, "origin");
	c = good, c.origin = HL_STR("a b");
	wrong(c, "origin");
	c = good, c.origin = HL_STR(L64);
	wrong(c, "origin");
	c = good, c.ns = HL_STR("?");
	wrong(c, "ns");
	c = good, c.mbox = HL_STR("me@example.org");
	wrong(c, "mbox");
	c = good, c.stop_host = HL_STR(".");
	wrong(c, "stop host");
	c = good, c.n_keys = 0;
	wrong(c, "1 to 4 keys");
	c = good, c.n_keys = 2;
	wrong(c, "same name");
	c = good, c.times.expire = c.times.refresh;
	wrong(c, "expire after");
	c = good, c.times.retry = 0;
	wrong(c, "above 0");
	c = good, c.n_notify = HL_RPZ_NOTIFY_MAX + 1;
	wrong(c, "at most 8 addresses");
	two[0].secret = HL_STR("short");
	wrong(good, "16 to 128 bytes, not 5");
	two[0] = test_key;
	two[0].alg = (enum hl_rpz_alg)0;
	wrong(good, "hmac-sha256");
	two[0] = test_key;
	two[0].name = HL_STR("");
	wrong(good, "key's name");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_hosts_that_can_be_listed_are),
		cmocka_unit_test(length_is_counted_with_origin_and_star),
		cmocka_unit_test(bad_set_changes_nothing),
		cmocka_unit_test(serials_go_forward_by_rfc_1982),
		cmocka_unit_test(same_again_is_no_change),
		cmocka_unit_test(history_is_bounded),
		cmocka_unit_test(empty_and_cleared_sets),
		cmocka_unit_test(wrong_configurations_say_what),
	};

	return cmocka_run_group_tests_name("rpz/zone", tests, NULL, NULL);
}
