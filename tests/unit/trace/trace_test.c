/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "base/file.h"

/* Run with the DNS, RDAP and address data fixtures. */

static void run(struct world *w, const char *target, struct hl_trace *t)
{
	struct hl_err err = {0};

	if (hl_trace_run(hl_str_c(target), &w->config, w->arena, t, &err)) {
		fail_msg("%s: %s", target, err.msg);
	}
}

static bool misses(const struct hl_trace *t, const char *words)
{
	for (size_t i = 0; i < t->n_missing; i++) {
		if (hl_str_find(t->missing[i], hl_str_c(words)) <
			t->missing[i].n) {
			return true;
		}
	}
	return false;
}

static void whole_traces(void **state)
{
	static const struct {
		const char *target;
		enum hl_net_dns_status dns;
		size_t n_hosts;
		const char *country;
		uint32_t asn;
		const char *provider;
		const char *abuse;
		const char *missing;
	} rows[] = {
		{"one.invalid", HL_NET_DNS_OK, 1, "DK", 64500,
			"Example Hosting ApS", "abuse@hosting.example",
			"no public address"},
		{"http://one.invalid/a/page?x#y", HL_NET_DNS_OK, 1, "DK", 64500,
			"Example Hosting ApS", "abuse@hosting.example", NULL},
		{"https://WWW.Invalid:8443/", HL_NET_DNS_OK, 3, "DK", 64500,
			"Example Hosting ApS", "abuse@hosting.example", NULL},
		{"http://198.51.100.7/", HL_NET_DNS_OK, 1, "US", 64501,
			"Example Cloud, \"The\" Inc.",
			"network-abuse@cloud.example", NULL},
		{"http://[2001:db8:1000::7]:8080/", HL_NET_DNS_OK, 1, "UY",
			64505, "Ejemplo del Sur S.A.", "seguridad@sur.example",
			NULL},
		{"far.invalid", HL_NET_DNS_OK, 1, "US", 64501,
			"Example Cloud, \"The\" Inc.",
			"network-abuse@cloud.example", NULL},
		{"203.0.113.5", HL_NET_DNS_OK, 1, "", 64502,
			"B\xc3\xbc"
			"cher-Netz",
			NULL, "names no abuse contact"},
		{"203.0.113.200", HL_NET_DNS_OK, 1, "AU", 64502,
			"B\xc3\xbc"
			"cher-Netz",
			"abuse@net.example", NULL},
		{"nowhere.invalid", HL_NET_DNS_NXDOMAIN, 0, "", 0, NULL, NULL,
			"does not exist"},
		{"text.invalid", HL_NET_DNS_NODATA, 0, "", 0, NULL, NULL,
			"has no address"},
		{"www.broken.test", HL_NET_DNS_SERVFAIL, 0, "", 0, NULL, NULL,
			"could not find out"},
		{"round.invalid", HL_NET_DNS_LOOP, 0, "", 0, NULL, NULL,
			"circle"},
		{"not a name", HL_NET_DNS_BAD_NAME, 0, "", 0, NULL, NULL,
			"not a name"},
		{"198.51.100.193", HL_NET_DNS_OK, 1, "US", 64501,
			"Example Cloud, \"The\" Inc.", NULL,
			"no more questions"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_trace t;
		const struct hl_trace_contact *c;

		run(w, rows[i].target, &t);
		c = hl_trace_contact(&t);
		if (t.dns.status != rows[i].dns ||
			t.n_hosts != rows[i].n_hosts ||
			strcmp(hl_trace_country(&t), rows[i].country) != 0 ||
			hl_trace_asn(&t) != rows[i].asn ||
			!hl_str_eq(hl_trace_provider(&t),
				hl_str_c(rows[i].provider)) ||
			!hl_str_eq(c ? c->mail : HL_STR_NONE,
				hl_str_c(rows[i].abuse)) ||
			(rows[i].missing && !misses(&t, rows[i].missing))) {
			fail_msg("%s: %s, %zu, %s, %u, %.*s, %.*s",
				rows[i].target,
				hl_net_dns_status_name(t.dns.status), t.n_hosts,
				hl_trace_country(&t), hl_trace_asn(&t),
				HL_STR_ARG(hl_trace_provider(&t)),
				HL_STR_ARG(c ? c->mail : HL_STR("none")));
		}
	}
}

static void a_target_without_host_is_refused(void **state)
{
	static const char *const rows[] = {"", "http://", "http:///"};
	struct world *w = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_trace t;

		if (hl_trace_run(hl_str_c(rows[i]), &w->config, w->arena, &t,
			    NULL) != HL_E_INVALID) {
			fail_msg("\"%s\"", rows[i]);
		}
	}
}

/* No resolver, no data, no registry: it ends, and says what is missing. */
static void without_anything_it_says_so(void **state)
{
	struct world *w = *state;
	struct hl_net_dns_config nobody = {
		.timeout_ms = 100, .deadline_ms = 500};
	struct hl_net_client client = w->client;
	struct hl_trace_config config = {.client = &client};
	struct hl_trace t;

	client.dns = &nobody;
	assert_int_equal(0, hl_trace_run(HL_STR("http://one.invalid/"), &config,
				    w->arena, &t, NULL));
	assert_int_equal(HL_NET_DNS_UNREACHABLE, t.dns.status);
	assert_true(misses(&t, "No resolver could be reached"));
	assert_true(misses(&t, "no address data"));
	assert_true(misses(&t, "switched off"));
	assert_int_equal(-1, t.chosen);
	assert_int_equal(0, hl_trace_host_id(&t));
	assert_int_equal(0, hl_trace_run(HL_STR("http://192.0.2.1/"), &config,
				    w->arena, &t, NULL));
	assert_int_equal(0, t.chosen);
	assert_true(misses(&t, "country is not known"));
	assert_true(misses(&t, "network (AS) is not known"));
	__attribute__((cleanup(hl_trace_geo_freep))) struct hl_trace_geo *none =
		NULL;
	assert_int_equal(0, hl_trace_geo_open(NULL, 0, &none, NULL));
	config.geo = none;
	assert_int_equal(0, hl_trace_run(HL_STR("http://192.0.2.1/"), &config,
				    w->arena, &t, NULL));
	assert_true(misses(&t, "geo-whois-asn-country.mmdb"));
	assert_true(misses(&t, "asn-ipv4.csv"));
	assert_false(misses(&t, "asn-ipv6.csv"));
}

/* Addresses of one network share one question; six are enough. */
static void registries_are_asked_once_a_network(void **state)
{
	struct world *w = *state;
	struct hl_trace t;

	run(w, "two.invalid", &t);
	assert_int_equal(3, t.n_hosts);
	assert_int_equal(2, t.n_records);
	assert_int_equal(t.hosts[0].record, t.hosts[1].record);
	assert_int_not_equal(t.hosts[0].record, t.hosts[2].record);
	run(w, "spread.invalid", &t);
	assert_int_equal(8, t.n_hosts);
	assert_int_equal(HL_TRACE_RECORDS, t.n_records);
	assert_true(misses(&t, "more than six"));
}

static void countries_that_differ_are_told(void **state)
{
	struct world *w = *state;
	struct hl_trace t;

	/* the data says US, the larger network CA */
	run(w, "198.51.100.201", &t);
	assert_string_equal("US", hl_trace_country(&t));
	assert_true(misses(&t, "the registry says CA"));
	run(w, "one.invalid", &t);
	assert_false(misses(&t, "the registry says"));
}

static void json_round_trips(void **state)
{
	static const char *const targets[] = {"one.invalid", "www.invalid",
		"nowhere.invalid", "round.invalid", "198.51.100.7",
		"203.0.113.5", "198.51.100.193", "many.invalid",
		"http://[2001:db8:1000::7]/", "not a name"};
	struct world *w = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(targets); i++) {
		HL_BUF_AUTO first = HL_BUF_INIT(1 << 20);
		HL_BUF_AUTO second = HL_BUF_INIT(1 << 20);
		struct hl_trace t, back;
		struct hl_err err = {0};

		run(w, targets[i], &t);
		hl_trace_put_json(&first, &t);
		if (hl_trace_read_json(
			    hl_buf_str(&first), w->arena, &back, &err)) {
			fail_msg("%s: %s: %s", targets[i], err.msg, first.p);
		}
		hl_trace_put_json(&second, &back);
		assert_string_equal(first.p, second.p);
		assert_true(hl_trace_host_id(&t) == hl_trace_host_id(&back));
		assert_true(t.dns.status != HL_NET_DNS_OK ||
			    hl_trace_changed(&t, &back) == HL_TRACE_SAME);
	}
}

/* Each member of a good record once with another type or not at all. */
static void wrong_json_is_refused(void **state)
{
	static const struct {
		const char *was;
		const char *is;
	} rows[] = {
		{"\"v\":1", "\"v\":2"},
		{"\"country_made\":\"2", "\"country_made\":\"x"},
		{"\"asn_made\":\"2026-06-17T00", "\"asn_made\":\"2026"},
		{"\"v\":1", "\"v\":\"1\""},
		{"\"at\":\"2", "\"at\":\"x"},
		{"\"name\":\"one", "\"naem\":\"one"},
		{"\"dns\":{", "\"dns\":[],\"x\":{"},
		{"\"status\":\"ok\"", "\"status\":\"fine\""},
		{"\"a\":\"ok\"", "\"a\":0"},
		{"\"chain\":[", "\"chain\":{},\"x\":["},
		{"\"addresses\":[", "\"addresses\":[7,"},
		{"\"hosts\":[", "\"hosts\":[null,"},
		{"\"address\":\"192.0.2.1\"", "\"address\":\"192.0.2\""},
		{"\"country\":\"DK\"", "\"country\":\"dk\""},
		{"\"country\":\"DK\"", "\"country\":7"},
		{"\"asn\":64500", "\"asn\":-1"},
		{"\"asn\":64500", "\"asn\":4294967296"},
		{"\"network\":0", "\"network\":1"},
		{"\"network\":0", "\"network\":-2"},
		{"\"networks\":[", "\"networks\":7,\"x\":["},
		{"\"end\":\"ok\"", "\"end\":\"OK\""},
		{"\"first\":\"192", "\"first\":\"x192"},
		{"\"contacts\":[", "\"contacts\":[{},"},
		{"\"mail\":\"abuse@", "\"mail\":\"abuse "},
		{"\"source\":\"abuse-role\"", "\"source\":\"mail\""},
		{"\"pref\":101", "\"pref\":0"},
		{"\"chosen\":0", "\"chosen\":1"},
		{"\"chosen\":0", "\"chosen\":null"},
		{"\"missing\":[", "\"missing\":[7,"},
		{"}]", "]"},
	};
	struct world *w = *state;
	HL_BUF_AUTO good = HL_BUF_INIT(1 << 20);
	struct hl_trace t, back;

	run(w, "one.invalid", &t);
	hl_trace_put_json(&good, &t);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO bad = HL_BUF_INIT(1 << 20);
		struct hl_str all = hl_buf_str(&good);
		size_t at = hl_str_find(all, hl_str_c(rows[i].was));

		if (at == all.n) {
			fail_msg("no %s in %s", rows[i].was, good.p);
		}
		hl_buf_put(&bad, hl_str_sub(all, 0, at));
		hl_buf_put(&bad, hl_str_c(rows[i].is));
		hl_buf_put(
			&bad, hl_str_sub(all, at + strlen(rows[i].was), all.n));
		if (hl_trace_read_json(hl_buf_str(&bad), w->arena, &back,
			    NULL) != HL_E_INVALID) {
			fail_msg("%s was taken", rows[i].is);
		}
	}
}

/* Traces made by hand: "status country/asn/address …". */
static void make(struct hl_trace *t, enum hl_net_dns_status status,
	const char *const *hosts, struct world *w)
{
	memset(t, 0, sizeof(*t));
	t->dns.status = status;
	t->chosen = -1;
	for (; *hosts; hosts++) {
		struct hl_trace_host *h = &t->hosts[t->n_hosts++];
		struct hl_str rest = hl_str_c(*hosts), part;
		int64_t asn;

		hl_str_next(&rest, '/', &part);
		memcpy(h->place.country, part.p, part.n);
		hl_str_next(&rest, '/', &part);
		assert_true(hl_str_to_i64(part, &asn));
		h->place.asn = (uint32_t)asn;
		h->place.as_name = HL_STR("");
		assert_int_equal(0, hl_net_addr_parse(rest, &h->addr));
		h->record = -1;
		t->chosen = 0;
	}
	(void)w;
}

static void changes(void **state)
{
	static const struct {
		const char *what;
		enum hl_net_dns_status was;
		const char *before[4];
		enum hl_net_dns_status is;
		const char *now[4];
		enum hl_trace_change change;
	} rows[] = {
		{"nothing", HL_NET_DNS_OK, {"DK/1/192.0.2.1"}, HL_NET_DNS_OK,
			{"DK/1/192.0.2.1"}, HL_TRACE_SAME},
		{"same addresses, data changed", HL_NET_DNS_OK,
			{"DK/1/192.0.2.1"}, HL_NET_DNS_OK, {"SE/2/192.0.2.1"},
			HL_TRACE_SAME},
		{"address", HL_NET_DNS_OK, {"DK/1/192.0.2.1"}, HL_NET_DNS_OK,
			{"DK/1/192.0.2.2"}, HL_TRACE_ADDRESS},
		{"one more", HL_NET_DNS_OK, {"DK/1/192.0.2.1"}, HL_NET_DNS_OK,
			{"DK/1/192.0.2.1", "SE/2/192.0.2.2"}, HL_TRACE_ADDRESS},
		{"network", HL_NET_DNS_OK, {"DK/1/192.0.2.1"}, HL_NET_DNS_OK,
			{"DK/2/192.0.2.2"}, HL_TRACE_HOST},
		{"country", HL_NET_DNS_OK, {"DK/1/192.0.2.1"}, HL_NET_DNS_OK,
			{"SE/1/192.0.2.2"}, HL_TRACE_HOST},
		{"back and forth", HL_NET_DNS_OK,
			{"DK/1/192.0.2.1", "SE/2/192.0.2.2"}, HL_NET_DNS_OK,
			{"SE/2/192.0.2.2", "DK/1/192.0.2.9"}, HL_TRACE_ADDRESS},
		{"gone", HL_NET_DNS_OK, {"DK/1/192.0.2.1"}, HL_NET_DNS_NXDOMAIN,
			{NULL}, HL_TRACE_GONE},
		{"no address", HL_NET_DNS_OK, {"DK/1/192.0.2.1"},
			HL_NET_DNS_NODATA, {NULL}, HL_TRACE_GONE},
		{"still gone", HL_NET_DNS_NXDOMAIN, {NULL}, HL_NET_DNS_NODATA,
			{NULL}, HL_TRACE_SAME},
		{"back", HL_NET_DNS_NXDOMAIN, {NULL}, HL_NET_DNS_OK,
			{"DK/1/192.0.2.1"}, HL_TRACE_BACK},
		{"no answer", HL_NET_DNS_OK, {"DK/1/192.0.2.1"},
			HL_NET_DNS_TIMEOUT, {NULL}, HL_TRACE_UNKNOWN},
		{"no answer after gone", HL_NET_DNS_NXDOMAIN, {NULL},
			HL_NET_DNS_SERVFAIL, {NULL}, HL_TRACE_UNKNOWN},
		{"place not known now", HL_NET_DNS_OK, {"DK/1/192.0.2.1"},
			HL_NET_DNS_OK, {"/0/192.0.2.2"}, HL_TRACE_UNKNOWN},
		{"country not known now", HL_NET_DNS_OK, {"DK/1/192.0.2.1"},
			HL_NET_DNS_OK, {"/1/192.0.2.2"}, HL_TRACE_UNKNOWN},
		{"place not known before", HL_NET_DNS_OK, {"/0/192.0.2.1"},
			HL_NET_DNS_OK, {"DK/1/192.0.2.2"}, HL_TRACE_UNKNOWN},
		{"nothing known before", HL_NET_DNS_TIMEOUT, {NULL},
			HL_NET_DNS_OK, {"DK/1/192.0.2.2"}, HL_TRACE_UNKNOWN},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_trace before, now;
		enum hl_trace_change c;

		make(&before, rows[i].was, rows[i].before, *state);
		make(&now, rows[i].is, rows[i].now, *state);
		c = hl_trace_changed(&before, &now);
		if (c != rows[i].change) {
			fail_msg("%s: %s", rows[i].what,
				hl_trace_change_name(c));
		}
	}
}

static void a_host_id_stands_for_country_and_network(void **state)
{
	struct world *w = *state;
	struct hl_trace a, b, c;

	run(w, "192.0.2.1", &a);
	run(w, "192.0.2.99", &b);
	run(w, "198.51.100.7", &c);
	assert_true(hl_trace_host_id(&a) != 0);
	assert_true(hl_trace_host_id(&a) == hl_trace_host_id(&b));
	assert_true(hl_trace_host_id(&a) != hl_trace_host_id(&c));
}

/* The public address is the item's host, whatever the order. */
static void a_public_address_is_chosen(void **state)
{
	struct world *w = *state;
	struct hl_trace_config config = w->config;
	struct hl_trace t;

	config.rdap = NULL;
	assert_int_equal(0, hl_trace_run(HL_STR("both.invalid"), &config,
				    w->arena, &t, NULL));
	assert_int_equal(2, t.n_hosts);
	assert_int_equal(1, t.chosen);
	assert_int_equal(11, t.hosts[t.chosen].addr.b[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_traces),
		cmocka_unit_test(a_target_without_host_is_refused),
		cmocka_unit_test(without_anything_it_says_so),
		cmocka_unit_test(registries_are_asked_once_a_network),
		cmocka_unit_test(countries_that_differ_are_told),
		cmocka_unit_test(json_round_trips),
		cmocka_unit_test(wrong_json_is_refused),
		cmocka_unit_test(changes),
		cmocka_unit_test(a_host_id_stands_for_country_and_network),
		cmocka_unit_test(a_public_address_is_chosen),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
