/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/xarf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/json.h"
#include "sample.h"

static void put(const struct hl_referral_doc *d, size_t i, struct hl_buf *out)
{
	static const uint8_t id[HL_REFERRAL_XARF_ID_BYTES] = {0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff};
	struct hl_err err;

	if (hl_referral_xarf_put(d, i, id, out, &err)) {
		fail_msg("%s", err.msg);
	}
}

static void want_member(const json_t *j, const char *name, const char *value)
{
	struct hl_str got = hl_json_str(j, name);

	if (!hl_str_eq(got, hl_str_c(value))) {
		fail_msg("%s is %.*s", name, HL_STR_ARG(got));
	}
}

static void all_that_is_known_is_said(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(HL_REFERRAL_XARF_MAX);
	HL_JSON_AUTO *j = NULL;
	struct hl_referral_doc d;

	sample_doc(&d);
	put(&d, 0, &out);
	assert_int_equal(0, hl_json_parse(hl_buf_str(&out), out.n, &j, NULL));
	want_member(j, "xarf_version", "4.2.0");
	want_member(j, "report_id", "ffffffff-ffff-4fff-bfff-ffffffffffff");
	want_member(j, "timestamp", "2026-11-22T07:47:35Z");
	want_member(j, "verified_at", "2026-11-22T07:47:35Z");
	want_member(j, "source_identifier", "192.0.2.7");
	want_member(j, "category", "content");
	want_member(j, "type", "csam");
	want_member(j, "classification", "A2");
	want_member(j, "detection_method", "manual_review");
	want_member(j, "media_type", "image");
	want_member(j, "url", "https://www.example.org:8443/a/b.html?q=1");
	want_member(j, "domain", "www.example.org");
	want_member(j, "country_code", "DK");
	want_member(j, "hosting_provider", "Example Hosting");
	assert_int_equal(64500, hl_json_int(j, "asn", 0));
	want_member(json_object_get(j, "reporter"), "domain",
		"hotline.example.org");
	assert_int_equal(1, json_array_size(json_object_get(
				    json_object_get(j, "dns_records"), "a")));
	assert_null(json_object_get(j, "evidence"));
	assert_null(json_object_get(j, "hash_values"));
	assert_null(strstr(out.p, "TEST"));
	assert_null(strstr(out.p, "abuse@"));
	assert_null(strstr(out.p, "C-0123"));
}

static void what_is_not_known_is_left_out(void **state)
{
	HL_BUF_AUTO out = HL_BUF_INIT(HL_REFERRAL_XARF_MAX);
	HL_JSON_AUTO *j = NULL;
	struct hl_referral_doc d;

	sample_doc(&d);
	d.test = true;
	put(&d, 1, &out);
	assert_int_equal(0, hl_json_parse(hl_buf_str(&out), out.n, &j, NULL));
	want_member(j, "url", "http://[2001:db8::9]/x%7Cy");
	want_member(j, "source_identifier", "2001:db8::9");
	want_member(j, "timestamp", "2026-11-22T06:47:35Z");
	assert_null(json_object_get(j, "domain"));
	assert_null(json_object_get(j, "asn"));
	assert_null(json_object_get(j, "dns_records"));
	assert_null(json_object_get(j, "verified_at"));
	assert_non_null(strstr(out.p, "\"description\":\"TEST, "));
	assert_non_null(strstr(out.p, "\"mode:test\""));
}

static void classes_follow_outcome_and_facts(void **state)
{
	static const struct {
		enum hl_outcome outcome;
		int age, act, posing;
		const char *class;
	} rows[] = {
		{HL_OUTCOME_BASELINE, 0, 0, 0, "baseline"},
		{HL_OUTCOME_BASELINE, HL_AGE_INFANT, HL_ACT_INVOLVED, 0, "A1"},
		{HL_OUTCOME_BASELINE, HL_AGE_PREPUBESCENT, HL_ACT_PRESENT,
			HL_POSING_FOCUS, "A1"},
		{HL_OUTCOME_BASELINE, HL_AGE_PREPUBESCENT, HL_ACT_NONE,
			HL_POSING_FOCUS, "A2"},
		{HL_OUTCOME_BASELINE, HL_AGE_PUBESCENT, HL_ACT_INVOLVED, 0,
			"B1"},
		{HL_OUTCOME_BASELINE, HL_AGE_PUBESCENT, 0, HL_POSING_FOCUS,
			"B2"},
		{HL_OUTCOME_BASELINE, HL_AGE_UNDETERMINED, HL_ACT_INVOLVED,
			HL_POSING_FOCUS, "baseline"},
		{HL_OUTCOME_BASELINE, HL_AGE_PUBESCENT, HL_ACT_UNDETERMINED,
			HL_POSING_SEXUALISED, "baseline"},
		{HL_OUTCOME_NATIONAL, HL_AGE_PUBESCENT, HL_ACT_INVOLVED, 0, ""},
		{HL_OUTCOME_UNANSWERED, HL_AGE_INFANT, HL_ACT_INVOLVED, 0, ""},
		{HL_OUTCOME_LEGAL, 0, 0, 0, ""},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_facts f = {.value = {0}};

		f.value[HL_FACT_AGE] = rows[i].age;
		f.value[HL_FACT_ACT] = rows[i].act;
		f.value[HL_FACT_POSING] = rows[i].posing;
		const char *got = hl_referral_xarf_class(rows[i].outcome, &f);
		if (strcmp(got, rows[i].class) != 0) {
			fail_msg("row %zu: %s", i, got);
		}
	}
	assert_string_equal(
		"baseline", hl_referral_xarf_class(HL_OUTCOME_BASELINE, NULL));
}

static void what_does_not_fit_is_not_made(void **state)
{
	static const uint8_t id[HL_REFERRAL_XARF_ID_BYTES];
	HL_BUF_AUTO out = HL_BUF_INIT(HL_REFERRAL_XARF_MAX);
	struct hl_referral_address bad;
	struct hl_referral_doc d;
	struct hl_err err;

	sample_doc(&d);
	d.outcome = HL_OUTCOME_NATIONAL;
	assert_int_equal(
		HL_NOTFOUND, hl_referral_xarf_put(&d, 0, id, &out, &err));

	sample_doc(&d);
	d.hotline.mail = HL_STR("not a mail address");
	assert_int_equal(
		HL_E_INVALID, hl_referral_xarf_put(&d, 0, id, &out, &err));
	assert_string_equal("XARF: reporter", err.msg);

	sample_doc(&d);
	d.hotline.name = HL_STR("");
	assert_int_equal(
		HL_E_INVALID, hl_referral_xarf_put(&d, 0, id, &out, &err));

	sample_doc(&d);
	bad = d.addresses[0];
	bad.canonical = HL_STR("just words");
	d.addresses = &bad;
	assert_int_equal(
		HL_E_INVALID, hl_referral_xarf_put(&d, 0, id, &out, &err));
	assert_string_equal("XARF: url", err.msg);
	assert_int_equal(0, out.n);
}

/* Traces come from other people's servers: what breaks the schema's rules is
 * left out, and the document stays valid. */
static void odd_traces_are_left_out(void **state)
{
	static const struct hl_referral_trace odd[] = {
		{"a", HL_STR_INIT("192.0.2.999"), HL_STR_INIT(""), 0},
		{"a", HL_STR_INIT("192.0.2.1\n"), HL_STR_INIT(""), 0},
		{"aaaa", HL_STR_INIT("192.0.2.1"), HL_STR_INIT(""), 0},
		{"country", HL_STR_INIT("dk"), HL_STR_INIT(""), 0},
		{"asn", HL_STR_INIT("AS-1"), HL_STR_INIT(""), 0},
		{"network", HL_STR_INIT(""), HL_STR_INIT(""), 0},
	};
	HL_BUF_AUTO out = HL_BUF_INIT(HL_REFERRAL_XARF_MAX);
	HL_JSON_AUTO *j = NULL;
	struct hl_referral_address a;
	struct hl_referral_doc d;

	sample_doc(&d);
	a = d.addresses[0];
	a.trace = odd;
	a.n_trace = HL_ARRAY_LEN(odd);
	d.addresses = &a;
	d.n_addresses = 1;
	put(&d, 0, &out);
	assert_int_equal(0, hl_json_parse(hl_buf_str(&out), out.n, &j, NULL));
	assert_null(json_object_get(j, "dns_records"));
	assert_null(json_object_get(j, "country_code"));
	assert_null(json_object_get(j, "asn"));
	assert_null(json_object_get(j, "hosting_provider"));
}

static void domains_follow_the_schemas_pattern(void **state)
{
	static const struct {
		const char *host;
		bool fits;
	} rows[] = {{"example.org", true}, {"a-b.example.org", true},
		{"a.b.c.example.org", true}, {"1.example.org", true},
		{"xn--a.example.org", false}, {"example", false},
		{"a.b1", false}, {"a.1b", false}, {"a.b", false},
		{"a..org", false}, {"-a.org", false}, {"a-.org", false},
		{"a.-org", false}, {"A.org", false}, {"a.org.", false},
		{".org", false}, {"192.0.2.1", false}};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_INIT(HL_REFERRAL_XARF_MAX);
		HL_BUF_AUTO url = HL_BUF_INIT(256);
		HL_JSON_AUTO *j = NULL;
		struct hl_referral_address a;
		struct hl_referral_doc d;

		hl_buf_printf(&url, "http://%s/", rows[i].host);
		sample_doc(&d);
		a = (struct hl_referral_address){.canonical = hl_buf_str(&url)};
		d.addresses = &a;
		put(&d, 0, &out);
		hl_json_parse(hl_buf_str(&out), out.n, &j, NULL);
		if ((json_object_get(j, "domain") != NULL) != rows[i].fits) {
			fail_msg("%s", rows[i].host);
		}
	}
}

/* One change to a good document each; the fault names the field. */
static void wrong_documents_are_named(void **state)
{
	static const struct {
		const char *name, *json, *why;
	} rows[] = {
		{"xarf_version", "\"3\"", "XARF: xarf_version"},
		{"xarf_version", NULL, "XARF: xarf_version"},
		{"report_id", "\"ffffffff-ffff-1fff-bfff-ffffffffffff\"",
			"XARF: report_id"},
		{"report_id", "\"ffffffff-ffff-4fff-cfff-ffffffffffff\"",
			"XARF: report_id"},
		{"report_id", "\"FFFFFFFF-ffff-4fff-bfff-ffffffffffff\"",
			"XARF: report_id"},
		{"report_id", "\"\"", "XARF: report_id"},
		{"timestamp", "\"yesterday\"", "XARF: timestamp"},
		{"reporter", "{}", "XARF: reporter"},
		{"sender", "[]", "XARF: sender"},
		{"sender",
			"{\"org\":\"a\",\"contact\":\"a@b\","
			"\"domain\":\"b\",\"x\":1}",
			"XARF: sender"},
		{"source_identifier", "7", "XARF: source_identifier"},
		{"category", "\"messaging\"", "XARF: category"},
		{"type", "\"csem\"", "XARF: type"},
		{"url", "\"a b\"", "XARF: url"},
		{"url", "\"//example.org\"", "XARF: url"},
		{"url", NULL, "XARF: url"},
		{"classification", "\"C1\"", "XARF: classification"},
		{"classification", NULL, "XARF: classification"},
		{"detection_method", "\"guess\"", "XARF: detection_method"},
		{"media_type", "\"film\"", "XARF: media_type"},
		{"asn", "0", "XARF: asn"},
		{"asn", "\"64500\"", "XARF: asn"},
		{"asn", "4294967296", "XARF: asn"},
		{"country_code", "\"DNK\"", "XARF: country_code"},
		{"tags", "[\"nocolon\"]", "XARF: tags"},
		{"tags", "[]", "XARF: tags"},
		{"tags", "[\"a:b:c\"]", "XARF: tags"},
		{"tags", "[\"A:b\"]", "XARF: tags"},
		{"dns_records", "{\"mx\":[]}", "XARF: dns_records"},
		{"dns_records", "{\"a\":[\"::1\"]}", "XARF: dns_records"},
		{"evidence", "[]", "XARF: a field that is not ours"},
		{"hash_values", "{}", "XARF: a field that is not ours"},
		{"_internal", "{}", "XARF: a field that is not ours"},
	};
	HL_BUF_AUTO good = HL_BUF_INIT(HL_REFERRAL_XARF_MAX);
	struct hl_referral_doc d;

	sample_doc(&d);
	put(&d, 0, &good);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_JSON_AUTO *j = NULL;
		struct hl_err err = {.msg = ""};

		assert_int_equal(
			0, hl_json_parse(hl_buf_str(&good), good.n, &j, NULL));
		if (rows[i].json) {
			json_t *v =
				json_loads(rows[i].json, JSON_DECODE_ANY, NULL);

			assert_int_equal(
				0, json_object_set_new(j, rows[i].name, v));
		} else {
			json_object_del(j, rows[i].name);
		}
		char *text = json_dumps(j, JSON_COMPACT);
		int r = hl_referral_xarf_check(hl_str_c(text), &err);
		free(text);
		if (r != HL_E_INVALID || strcmp(err.msg, rows[i].why) != 0) {
			fail_msg("%s = %s: %d %s", rows[i].name,
				rows[i].json ? rows[i].json : "none", r,
				err.msg);
		}
	}
	assert_int_equal(
		HL_E_INVALID, hl_referral_xarf_check(HL_STR("[]"), NULL));
	assert_int_equal(
		HL_E_INVALID, hl_referral_xarf_check(HL_STR(""), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_is_known_is_said),
		cmocka_unit_test(what_is_not_known_is_left_out),
		cmocka_unit_test(classes_follow_outcome_and_facts),
		cmocka_unit_test(what_does_not_fit_is_not_made),
		cmocka_unit_test(odd_traces_are_left_out),
		cmocka_unit_test(domains_follow_the_schemas_pattern),
		cmocka_unit_test(wrong_documents_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
