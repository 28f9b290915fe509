/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/geo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/time.h"

/* Run by tests/fixtures/geo.py, whose networks these are. */
#define MADE (INT64_C(1781654400) * HL_US_PER_S) /* 2026-06-17 */

#define GEO_AUTO \
	__attribute__((cleanup(hl_trace_geo_freep))) struct hl_trace_geo

static struct hl_net_addr addr_of(const char *text)
{
	struct hl_net_addr a;

	if (hl_net_addr_parse(hl_str_c(text), &a)) {
		fail_msg("%s", text);
	}
	return a;
}

static void networks_are_found(void **state)
{
	static const struct {
		const char *addr;
		const char *country;
		uint32_t asn;
		const char *name;
	} rows[] = {
		{"192.0.2.0", "DK", 64500, "Example Hosting ApS"},
		{"192.0.2.127", "DK", 64500, "Example Hosting ApS"},
		{"192.0.2.128", "KE", 64504, "Example Africa Ltd"},
		{"192.0.2.255", "KE", 64504, "Example Africa Ltd"},
		{"192.0.3.0", "", 0, ""},
		{"198.51.99.255", "", 0, ""},
		{"198.51.100.7", "US", 64501, "Example Cloud, \"The\" Inc."},
		{"203.0.113.9", "", 64502,
			"B\xc3\xbc"
			"cher-Netz"}, /* EU */
		{"127.0.0.1", "DK", 64510, "Loopback Hosting"},
		{"0.0.0.0", "", 0, ""},
		{"255.255.255.255", "", 0, ""},
		{"2001:db8:1000::1", "UY", 64505, "Ejemplo del Sur S.A."},
		{"2001:db8:1fff:ffff::", "UY", 64505, "Ejemplo del Sur S.A."},
		{"2001:db8:2000::1", "SE", 0, ""},
		{"2001:db8:3000::1", "", 64506, "Exempel AB"},
		{"2001:db8::1", "", 0, ""},
		{"::", "", 0, ""},
		{"ffff::", "", 0, ""},
	};
	const char *made = getenv("HL_TEST_GEO");
	GEO_AUTO *g = NULL;
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 16, true);

	(void)state;
	assert_int_equal(0, hl_trace_geo_open(&made, 1, &g, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_net_addr a = addr_of(rows[i].addr);
		struct hl_trace_place p;

		assert_int_equal(0, hl_trace_geo_find(g, &a, arena, &p, NULL));
		if (strcmp(p.country, rows[i].country) != 0 ||
			p.asn != rows[i].asn ||
			!hl_str_eq(p.as_name, hl_str_c(rows[i].name))) {
			fail_msg("%s: %s, %u, %.*s", rows[i].addr, p.country,
				p.asn, HL_STR_ARG(p.as_name));
		}
	}
}

static void the_data_has_a_date(void **state)
{
	const char *made = getenv("HL_TEST_GEO");
	GEO_AUTO *g = NULL;

	(void)state;
	assert_int_equal(0, hl_trace_geo_open(&made, 1, &g, NULL));
	for (int i = 0; i < HL_TRACE_GEO_N_PARTS; i++) {
		assert_int_equal(MADE,
			hl_trace_geo_made_us(g, (enum hl_trace_geo_part)i));
		assert_null(hl_trace_geo_missing(g, (enum hl_trace_geo_part)i));
	}
}

/* That of what was found, and of nothing else. */
static void a_place_has_the_date_of_its_data(void **state)
{
	static const struct {
		const char *addr;
		int64_t country, asn;
	} rows[] = {
		{"192.0.2.0", MADE, MADE},
		{"203.0.113.9", 0, MADE}, /* no country */
		{"2001:db8:2000::1", MADE, 0},
		{"2001:db8::1", 0, 0},
	};
	const char *made = getenv("HL_TEST_GEO");
	GEO_AUTO *g = NULL;
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 16, true);

	(void)state;
	assert_int_equal(0, hl_trace_geo_open(&made, 1, &g, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_net_addr a = addr_of(rows[i].addr);
		struct hl_trace_place p;

		assert_int_equal(0, hl_trace_geo_find(g, &a, arena, &p, NULL));
		if (p.country_made_us != rows[i].country ||
			p.asn_made_us != rows[i].asn) {
			fail_msg("%s", rows[i].addr);
		}
	}
}

/* The day of unpacking is not that of the data: better none than that. */
static void a_table_is_dated_by_its_package(void **state)
{
	static const struct {
		const char *package;
		int64_t made_us;
	} rows[] = {
		{"{\"version\":\"2.3.2026061719\"}", MADE},
		{"{\"version\":\"20260617\"}", MADE},
		{"{\"version\":\"2.3.2026131719\"}", 0},
		{"{\"version\":\"2.3.20x60617\"}", 0},
		{"{\"version\":\"2.3.1\"}", 0}, {"{\"version\":\"2.3.\"}", 0},
		{"{\"version\":7}", 0}, {"{}", 0}, {"[]", 0}, {"{", 0},
		{NULL, 0}, /* no such file */
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char dir[] = "/tmp/geo.XXXXXX", package[64], csv[64];
		const char *at = dir;
		GEO_AUTO *g = NULL;

		assert_non_null(mkdtemp(dir));
		snprintf(package, sizeof(package), "%s/package.json", dir);
		snprintf(csv, sizeof(csv), "%s/asn-ipv4.csv", dir);
		hl_file_write(csv, HL_STR("192.0.2.0,192.0.2.255,1,Name\n"),
			0600, NULL);
		if (rows[i].package) {
			hl_file_write(
				package, hl_str_c(rows[i].package), 0600, NULL);
		}
		assert_int_equal(0, hl_trace_geo_open(&at, 1, &g, NULL));
		int64_t got = hl_trace_geo_made_us(g, HL_TRACE_GEO_AS_V4);
		unlink(package);
		unlink(csv);
		rmdir(dir);
		if (got != rows[i].made_us) {
			fail_msg("%s: %lld", rows[i].package, (long long)got);
		}
	}
}

static void what_is_not_there_is_told(void **state)
{
	static const char *const dirs[] = {"", "/nowhere/at/all", "/"};
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 16, true);
	struct hl_net_addr a = addr_of("192.0.2.1");

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(dirs); i++) {
		GEO_AUTO *g = NULL;
		struct hl_trace_place p;

		assert_int_equal(
			0, hl_trace_geo_open(&dirs[i], i ? 1 : 0, &g, NULL));
		for (int j = 0; j < HL_TRACE_GEO_N_PARTS; j++) {
			assert_non_null(hl_trace_geo_missing(
				g, (enum hl_trace_geo_part)j));
		}
		assert_int_equal(0, hl_trace_geo_find(g, &a, arena, &p, NULL));
		assert_string_equal("", p.country);
		assert_int_equal(0, p.asn);
		assert_non_null(p.as_name.p);
	}
}

static void a_part_may_lie_in_each_folder(void **state)
{
	const char *const dirs[] = {"/nowhere/at/all", getenv("HL_TEST_GEO")};
	GEO_AUTO *g = NULL;

	(void)state;
	assert_int_equal(0, hl_trace_geo_open(dirs, 2, &g, NULL));
	assert_null(hl_trace_geo_missing(g, HL_TRACE_GEO_AS_V6));
}

/* Damage of each file is told, and the look-up goes on with the rest. */
static void damaged_files_are_told(void **state)
{
	static const struct {
		const char *what;
		struct hl_str mmdb;
		struct hl_str csv;
	} rows[] = {
		{"empty", HL_STR_INIT(""), HL_STR_INIT("")},
		{"words", HL_STR_INIT("this is no database"),
			HL_STR_INIT("this is no table\n")},
		{"marker alone", HL_STR_INIT("\xab\xcd\xefMaxMind.com"),
			HL_STR_INIT(",,,\n")},
		{"metadata cut",
			HL_STR_INIT("\xab\xcd\xefMaxMind.com\xe9\x4a"
				    "node_count"),
			HL_STR_INIT("1.0.0.0,1.0.0.255,x,Name\n")},
		{"wrong kind of address", HL_STR_INIT("\0\0\0\0"),
			HL_STR_INIT("2001:db8::,2001:db8::1,1,Name\n")},
	};
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 16, true);
	struct hl_net_addr a = addr_of("192.0.2.1");

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		char dir[] = "/tmp/geo.XXXXXX", mmdb[64], csv[64];
		struct hl_trace_place p;
		GEO_AUTO *g = NULL;

		assert_non_null(mkdtemp(dir));
		snprintf(mmdb, sizeof(mmdb), "%s/geo-whois-asn-country.mmdb",
			dir);
		snprintf(csv, sizeof(csv), "%s/asn-ipv4.csv", dir);
		hl_file_write(mmdb, rows[i].mmdb, 0600, NULL);
		hl_file_write(csv, rows[i].csv, 0600, NULL);
		const char *at = dir;
		assert_int_equal(0, hl_trace_geo_open(&at, 1, &g, NULL));
		if (!hl_trace_geo_missing(g, HL_TRACE_GEO_COUNTRY) ||
			!hl_trace_geo_missing(g, HL_TRACE_GEO_AS_V4)) {
			fail_msg("%s: not told", rows[i].what);
		}
		assert_int_equal(0, hl_trace_geo_find(g, &a, arena, &p, NULL));
		unlink(mmdb);
		unlink(csv);
		rmdir(dir);
	}
}

static void only_countries_are_countries(void **state)
{
	static const struct {
		const char *code;
		bool is;
	} rows[] = {{"DK", true}, {"US", true}, {"EU", false}, {"AP", false},
		{"ZZ", false}, {"dk", false}, {"D", false}, {"DNK", false},
		{"", false}, {"D1", false}};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_trace_is_country(hl_str_c(rows[i].code)) != rows[i].is) {
			fail_msg("%s", rows[i].code);
		}
	}
}

/* The data that a build installs, where it is installed. */
static void the_real_data_answers(void **state)
{
	const char *dir = getenv("HL_GEO_DIR");
	HL_ARENA_AUTO *arena = hl_arena_new(1 << 16, true);
	struct hl_net_addr v4 = addr_of("1.0.0.1");
	struct hl_net_addr v6 = addr_of("2606:4700::1");
	struct hl_trace_place p;
	GEO_AUTO *g = NULL;

	(void)state;
	if (!dir || access(dir, F_OK) != 0) {
		/* cmocka 1.1.5 calls a skipped test "not ok". */
		print_message("# no address data: skipped\n");
		return;
	}
	assert_int_equal(0, hl_trace_geo_open(&dir, 1, &g, NULL));
	assert_null(hl_trace_geo_missing(g, HL_TRACE_GEO_COUNTRY));
	assert_null(hl_trace_geo_missing(g, HL_TRACE_GEO_AS_V4));
	assert_null(hl_trace_geo_missing(g, HL_TRACE_GEO_AS_V6));
	assert_int_equal(0, hl_trace_geo_find(g, &v4, arena, &p, NULL));
	assert_int_equal(13335, p.asn);
	assert_int_equal(2, strlen(p.country));
	assert_true(hl_str_eq(HL_STR("Cloudflare, Inc."), p.as_name));
	assert_int_equal(0, hl_trace_geo_find(g, &v6, arena, &p, NULL));
	assert_int_equal(13335, p.asn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_are_found),
		cmocka_unit_test(the_data_has_a_date),
		cmocka_unit_test(a_place_has_the_date_of_its_data),
		cmocka_unit_test(a_table_is_dated_by_its_package),
		cmocka_unit_test(what_is_not_there_is_told),
		cmocka_unit_test(a_part_may_lie_in_each_folder),
		cmocka_unit_test(damaged_files_are_told),
		cmocka_unit_test(only_countries_are_countries),
		cmocka_unit_test(the_real_data_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
