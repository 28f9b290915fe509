/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TRACE_WORLD_H
#define TESTS_TRACE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "trace/trace.h"

/* What the tests of look-ups share: resolver, policy and client for the
 * fixtures that the environment names. */
struct world {
	struct hl_net_dns_config dns;
	struct hl_net_policy *policy;
	struct hl_net_client client;
	struct hl_trace_geo *geo;
	struct hl_trace_rdap rdap;
	struct hl_trace_config config;
	struct hl_arena *arena;
};

static inline struct hl_net_addr addr_of(const char *text)
{
	struct hl_net_addr a;

	if (hl_net_addr_parse(hl_str_c(text), &a)) {
		fail_msg("%s", text);
	}
	return a;
}

static inline int open_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct hl_net_policy_config c = {.allow = HL_STR("127.0.0.1/32:*")};

	const char *dir = getenv("HL_TEST_GEO");

	assert_non_null(w);
	assert_int_equal(0, hl_net_dns_config_init(&w->dns,
				    hl_str_c(getenv("HL_TEST_DNS")), NULL));
	assert_int_equal(0, hl_net_policy_new(&c, &w->policy, NULL));
	assert_int_equal(0, hl_trace_geo_open(&dir, 1, &w->geo, NULL));
	w->client = (struct hl_net_client){.policy = w->policy,
		.dns = &w->dns,
		.ca_file = getenv("HL_TEST_RDAP_CA"),
		.user_agent = "OpenHotline"};
	w->rdap = (struct hl_trace_rdap){.client = &w->client,
		.base = getenv("HL_TEST_RDAP"),
		.total_ms = 1500};
	w->config = (struct hl_trace_config){
		.client = &w->client, .geo = w->geo, .rdap = &w->rdap};
	w->arena = hl_arena_new(16 << 20, true);
	*state = w;
	return 0;
}

static inline int close_world(void **state)
{
	struct world *w = *state;

	hl_arena_free(w->arena);
	hl_trace_geo_free(w->geo);
	hl_net_policy_free(w->policy);
	free(w);
	return 0;
}

#endif
