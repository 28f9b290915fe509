/* SPDX-License-Identifier: Apache-2.0 */
/* What the case page's block on the host says, and of when that is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "desk/work.h"
#include "trace/trace.h"

#define JUNE (INT64_C(1781654400) * HL_US_PER_S) /* 2026-06-17 */
#define AT (INT64_C(1795335600) * HL_US_PER_S)   /* 2026-11-22, 08:20 */

static struct hl_trace trace_of(const char *country, int64_t country_made_us,
	const char *as_name, int64_t asn_made_us)
{
	struct hl_trace t = {.at_us = AT,
		.name = HL_STR("one.example.org"),
		.dns.status = HL_NET_DNS_OK,
		.n_hosts = 1};
	struct hl_trace_place *place = &t.hosts[0].place;

	assert_int_equal(
		0, hl_net_addr_parse(HL_STR("192.0.2.7"), &t.hosts[0].addr));
	t.hosts[0].record = -1;
	snprintf(place->country, sizeof(place->country), "%s", country);
	place->country_made_us = country_made_us;
	place->asn = *as_name ? 64500 : 0;
	place->as_name = hl_str_c(as_name);
	place->asn_made_us = asn_made_us;
	return t;
}

static struct hl_str value_of(const struct hl_desk_case *v, const char *key)
{
	for (size_t i = 0; i < v->n_trace; i++) {
		if (hl_str_eq(v->trace[i].key, hl_str_c(key))) {
			return v->trace[i].value;
		}
	}
	return HL_STR("");
}

static void address_data_is_shown_with_its_date(void **state)
{
	static const struct {
		const char *name;
		const char *row_country, *row_network; /* of the look-up */
		const char *country;
		int64_t country_made_us;
		const char *as_name;
		int64_t asn_made_us;
		const char *want_country, *want_network;
	} rows[] = {
		{"both dated", "DK", "Example", "DK", JUNE, "Example", JUNE,
			"DK\nby address data of 17 Jun 2026",
			"Example\nby address data of 17 Jun 2026"},
		{"of no known day", "DK", "Example", "DK", 0, "Example", 0,
			"DK\nby address data of unknown age",
			"Example\nby address data of unknown age"},
		{"by the registry", "DK", "Holder", "", 0, "", 0, "DK",
			"Holder"},
		{"the one and the other", "DK", "Holder", "DK", JUNE, "", 0,
			"DK\nby address data of 17 Jun 2026", "Holder"},
		{"nothing", "", "", "", 0, "", 0, "", ""},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_ARENA_AUTO *arena = hl_arena_new(1 << 20, true);
		HL_BUF_AUTO json = HL_BUF_INIT(65536);
		struct hl_trace t =
			trace_of(rows[i].country, rows[i].country_made_us,
				rows[i].as_name, rows[i].asn_made_us);

		hl_trace_put_json(&json, &t);
		const struct hl_casework_trace found = {.source = 1,
			.at_us = AT,
			.country = hl_str_c(rows[i].row_country),
			.network = hl_str_c(rows[i].row_network),
			.facts = hl_buf_str(&json)};
		const struct hl_casework_page page = {
			.traces = &found, .n_traces = 1};
		struct hl_web_ctx ctx = {.arena = arena, .now_us = AT};
		struct hl_desk_case v = {0};

		hl_desk_case_trace(&ctx, &page, &v);
		struct hl_str country = value_of(&v, "Country");
		struct hl_str network = value_of(&v, "Network");
		if (!hl_str_eq(country, hl_str_c(rows[i].want_country)) ||
			!hl_str_eq(network, hl_str_c(rows[i].want_network)) ||
			!hl_str_eq(value_of(&v, "Looked up"),
				HL_STR("22 Nov 2026, 08:20 UTC"))) {
			fail_msg("%s: \"%.*s\", \"%.*s\"", rows[i].name,
				HL_STR_ARG(country), HL_STR_ARG(network));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_data_is_shown_with_its_date),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
