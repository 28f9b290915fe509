/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "base/file.h"

/* Run by tests/fixtures/rdap.py, which says what it answers. */

static void each_kind_of_answer(void **state)
{
	static const struct {
		const char *addr;
		enum hl_trace_rdap_end end;
		const char *abuse;
	} rows[] = {
		{"192.0.2.1", HL_TRACE_RDAP_OK, "abuse@hosting.example"},
		{"192.0.2.200", HL_TRACE_RDAP_OK, "abuse-desk@africa.example"},
		{"198.51.100.7", HL_TRACE_RDAP_OK,
			"network-abuse@cloud.example"},
		{"198.51.100.130", HL_TRACE_RDAP_OK,
			"abuse@carrier.example"}, /* by the link up */
		{"203.0.113.5", HL_TRACE_RDAP_OK, NULL},
		{"2001:db8:1000::7", HL_TRACE_RDAP_OK, "seguridad@sur.example"},
		{"198.51.100.192", HL_TRACE_RDAP_NOT_FOUND, NULL},
		{"198.51.100.193", HL_TRACE_RDAP_BUSY, NULL},
		{"198.51.100.194", HL_TRACE_RDAP_REFUSED, NULL},
		{"198.51.100.195", HL_TRACE_RDAP_BUSY, NULL},
		{"198.51.100.196", HL_TRACE_RDAP_MALFORMED, NULL},
		{"198.51.100.197", HL_TRACE_RDAP_MALFORMED, NULL},
		{"198.51.100.198", HL_TRACE_RDAP_MALFORMED, NULL},
		{"198.51.100.199", HL_TRACE_RDAP_MALFORMED, NULL},
		{"198.51.100.200", HL_TRACE_RDAP_UNREACHABLE, NULL},
		{"198.51.100.201", HL_TRACE_RDAP_OK, "abuse@carrier.example"},
		{"198.51.100.202", HL_TRACE_RDAP_UNREACHABLE, NULL},
		{"198.51.100.203", HL_TRACE_RDAP_UNREACHABLE, NULL},
		{"2001:db8:9000::1", HL_TRACE_RDAP_NOT_FOUND, NULL},
	};
	struct world *w = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_net_addr a = addr_of(rows[i].addr);
		struct hl_trace_record rec;
		const struct hl_trace_contact *c;

		assert_int_equal(0,
			hl_trace_rdap_ask(&w->rdap, &a, w->arena, &rec, NULL));
		c = rec.end == HL_TRACE_RDAP_OK
			    ? hl_trace_abuse_contact(&rec.network)
			    : NULL;
		if (rec.end != rows[i].end ||
			!hl_str_eq(c ? c->mail : HL_STR_NONE,
				hl_str_c(rows[i].abuse))) {
			fail_msg("%s: %s, %.*s", rows[i].addr,
				hl_trace_rdap_end_name(rec.end),
				HL_STR_ARG(c ? c->mail : HL_STR("none")));
		}
	}
}

static void ask_at(struct world *w, const char *base, const char *ca,
	struct hl_trace_record *out)
{
	struct hl_trace_rdap rdap = w->rdap;
	struct hl_net_client client = w->client;
	struct hl_net_addr a = addr_of("192.0.2.1");

	client.ca_file = ca;
	rdap.client = &client;
	rdap.base = base;
	assert_int_equal(0, hl_trace_rdap_ask(&rdap, &a, w->arena, out, NULL));
}

static void tls_is_verified(void **state)
{
	struct world *w = *state;
	const char *tls = getenv("HL_TEST_RDAP_TLS");
	struct hl_trace_record rec;

	ask_at(w, tls, getenv("HL_TEST_RDAP_CA"), &rec);
	assert_int_equal(HL_TRACE_RDAP_OK, rec.end);
	ask_at(w, tls, NULL, &rec);
	assert_int_equal(HL_TRACE_RDAP_UNREACHABLE, rec.end);
	ask_at(w, tls, "/nowhere/ca.pem", &rec);
	assert_int_equal(HL_TRACE_RDAP_UNREACHABLE, rec.end);
}

static void nobody_there_is_unreachable(void **state)
{
	static const char *const bases[] = {"https://127.0.0.1:1/",
		"https://nowhere.invalid/", "https://10.0.0.1/",
		"http://one.invalid/", "ftp://127.0.0.1/", "nonsense"};
	struct hl_trace_record rec;

	for (size_t i = 0; i < HL_ARRAY_LEN(bases); i++) {
		ask_at(*state, bases[i], NULL, &rec);
		if (rec.end != HL_TRACE_RDAP_UNREACHABLE) {
			fail_msg("%s: %s", bases[i],
				hl_trace_rdap_end_name(rec.end));
		}
	}
}

static void without_a_base_it_is_off_or_by_bootstrap(void **state)
{
	struct world *w = *state;
	struct hl_trace_rdap rdap = {.client = &w->client};
	struct hl_net_addr a = addr_of("192.0.2.1");
	__attribute__((cleanup(
		hl_trace_bootstrap_freep))) struct hl_trace_bootstrap *b = NULL;
	struct hl_trace_record rec;

	assert_int_equal(0, hl_trace_rdap_ask(NULL, &a, w->arena, &rec, NULL));
	assert_int_equal(HL_TRACE_RDAP_OFF, rec.end);
	assert_int_equal(0, hl_trace_rdap_ask(&rdap, &a, w->arena, &rec, NULL));
	assert_int_equal(HL_TRACE_RDAP_OFF, rec.end);
	assert_int_equal(0, hl_trace_bootstrap_parse(
				    HL_STR("{\"version\":\"1.0\",\"services\":"
					   "[[[\"198.51.100.0/24\"],"
					   "[\"https://127.0.0.1:1\"]]]}"),
				    &b, NULL));
	rdap.bootstrap = b;
	assert_int_equal(0, hl_trace_rdap_ask(&rdap, &a, w->arena, &rec, NULL));
	assert_int_equal(HL_TRACE_RDAP_NO_SERVICE, rec.end);
	a = addr_of("198.51.100.1");
	assert_int_equal(0, hl_trace_rdap_ask(&rdap, &a, w->arena, &rec, NULL));
	assert_int_equal(HL_TRACE_RDAP_UNREACHABLE, rec.end);
}

static void bootstrap_files(void **state)
{
	static const struct {
		const char *json;
		int r;
	} rows[] = {
		{"{\"version\":\"1.0\",\"services\":[]}", 0},
		{"{\"version\":\"1.0\",\"services\":[[[],"
		 "[\"https://a.example\"]]]}",
			0},
		{"{\"version\":\"2.0\",\"services\":[]}", HL_E_INVALID},
		{"{\"services\":[]}", HL_E_INVALID},
		{"{\"version\":\"1.0\"}", HL_E_INVALID},
		{"[]", HL_E_INVALID},
		{"", HL_E_INVALID},
		{"{\"version\":\"1.0\",\"services\":[7]}", HL_E_INVALID},
		{"{\"version\":\"1.0\",\"services\":[[[\"192.0.2.0/24\"],"
		 "[\"http://a.example/\"]]]}",
			HL_E_INVALID},
		{"{\"version\":\"1.0\",\"services\":[[[\"192.0.2.0/240\"],"
		 "[\"https://a.example/\"]]]}",
			HL_E_INVALID},
		{"{\"version\":\"1.0\",\"services\":[[[64500],"
		 "[\"https://a.example/\"]]]}",
			HL_E_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_trace_bootstrap *b = NULL;
		int r = hl_trace_bootstrap_parse(
			hl_str_c(rows[i].json), &b, NULL);

		if (r != rows[i].r) {
			fail_msg("%s: %d", rows[i].json, r);
		}
		hl_trace_bootstrap_free(b);
	}
}

/* The file that is shipped, by a sample of each registry. */
static void the_shipped_bootstrap(void **state)
{
	static const struct {
		const char *addr;
		const char *base;
	} rows[] = {
		{"193.0.0.1", "https://rdap.db.ripe.net/"},
		{"2a00::1", "https://rdap.db.ripe.net/"},
		{"2001:600::1", "https://rdap.db.ripe.net/"},
		{"8.8.8.8", "https://rdap.arin.net/registry/"},
		{"2600::1", "https://rdap.arin.net/registry/"},
		{"1.1.1.1", "https://rdap.apnic.net/"},
		{"2400::1", "https://rdap.apnic.net/"},
		{"200.1.1.1", "https://rdap.lacnic.net/rdap/"},
		{"2800::1", "https://rdap.lacnic.net/rdap/"},
		{"41.1.1.1", "https://rdap.afrinic.net/rdap/"},
		{"2c00::1", "https://rdap.afrinic.net/rdap/"},
		{"10.0.0.1", NULL},
		{"127.0.0.1", NULL},
		{"240.0.0.1", NULL},
		{"fd00::1", NULL},
	};
	HL_BUF_AUTO text = HL_BUF_INIT(1 << 20);
	__attribute__((cleanup(
		hl_trace_bootstrap_freep))) struct hl_trace_bootstrap *b = NULL;

	(void)state;
	assert_int_equal(0, hl_file_read(getenv("HL_BOOTSTRAP"), &text, NULL));
	assert_int_equal(
		0, hl_trace_bootstrap_parse(hl_buf_str(&text), &b, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_net_addr a = addr_of(rows[i].addr);
		struct hl_str base = hl_trace_bootstrap_find(b, &a);

		if (!hl_str_eq(base, hl_str_c(rows[i].base))) {
			fail_msg("%s: %.*s", rows[i].addr, HL_STR_ARG(base));
		}
	}
}

static void the_longest_prefix_wins(void **state)
{
	__attribute__((cleanup(
		hl_trace_bootstrap_freep))) struct hl_trace_bootstrap *b = NULL;
	struct hl_net_addr in = addr_of("192.0.2.1");
	struct hl_net_addr out = addr_of("192.0.3.1");

	(void)state;
	assert_int_equal(
		0, hl_trace_bootstrap_parse(
			   HL_STR("{\"version\":\"1.0\",\"services\":["
				  "[[\"192.0.2.0/24\"],[\"http://x.example/\","
				  "\"https://near.example/rdap\"]],"
				  "[[\"192.0.0.0/16\"],"
				  "[\"https://far.example/\"]]]}"),
			   &b, NULL));
	assert_true(hl_str_eq(HL_STR("https://near.example/rdap/"),
		hl_trace_bootstrap_find(b, &in)));
	assert_true(hl_str_eq(HL_STR("https://far.example/"),
		hl_trace_bootstrap_find(b, &out)));
}

static void end_names_round_trip(void **state)
{
	enum hl_trace_rdap_end back;

	(void)state;
	for (int i = 0; i < HL_TRACE_RDAP_N_ENDS; i++) {
		enum hl_trace_rdap_end e = (enum hl_trace_rdap_end)i;

		assert_int_equal(
			0, hl_trace_rdap_end_parse(
				   hl_str_c(hl_trace_rdap_end_name(e)), &back));
		assert_int_equal(e, back);
		assert_true(strlen(hl_trace_rdap_end_text(e)) > 10);
	}
	assert_int_equal(
		HL_E_INVALID, hl_trace_rdap_end_parse(HL_STR("?"), &back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_answer),
		cmocka_unit_test(tls_is_verified),
		cmocka_unit_test(nobody_there_is_unreachable),
		cmocka_unit_test(without_a_base_it_is_off_or_by_bootstrap),
		cmocka_unit_test(bootstrap_files),
		cmocka_unit_test(the_shipped_bootstrap),
		cmocka_unit_test(the_longest_prefix_wins),
		cmocka_unit_test(end_names_round_trip),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
