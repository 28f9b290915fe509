/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void expect(const struct hl_buf *b, const char *wanted)
{
	assert_int_equal(0, b->fault);
	assert_string_equal(wanted, b->p);
}

static void strings_are_escaped(void **state)
{
	static const struct {
		struct hl_str in;
		const char *out;
	} rows[] = {
		{HL_STR_INIT(""), "\"\""},
		{{NULL, 0}, "\"\""},
		{HL_STR_INIT("plain"), "\"plain\""},
		{HL_STR_INIT("a\"b\\c"), "\"a\\\"b\\\\c\""},
		{HL_STR_INIT("\n\t"), "\"\\n\\t\""},
		{HL_STR_INIT("\r\b\x01"), "\"\\u000d\\u0008\\u0001\""},
		{HL_STR_INIT("a\0b"), "\"a\\u0000b\""},
		{HL_STR_INIT("\x7f"), "\"\\u007f\""},
		{HL_STR_INIT("</script>"), "\"\\u003c/script\\u003e\""},
		{HL_STR_INIT("a&b"), "\"a\\u0026b\""},
		{HL_STR_INIT("\xe2\x80\xa8\xe2\x80\xa9"), "\"\\u2028\\u2029\""},
		{HL_STR_INIT("\xc3\xa6\xf0\x9f\x98\x80"),
			"\"\xc3\xa6\xf0\x9f\x98\x80\""},
		{HL_STR_INIT("a\xff"
			     "b"),
			"\"a\xef\xbf\xbd"
			"b\""},
		{HL_STR_INIT("\xed\xa0\x80"),
			"\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO b = HL_BUF_INIT(100);

		hl_json_put_str(&b, rows[i].in);
		if (!hl_str_eq(hl_buf_str(&b), hl_str_c(rows[i].out))) {
			fail_msg("row %zu: %s", i, b.p);
		}
	}
}

static void commas_stand_between(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1000);

	(void)state;
	hl_buf_put_c(&b, '{');
	hl_json_put_member(&b, "a", HL_STR("x"));
	hl_json_put_member_i64(&b, "n", INT64_MIN);
	hl_json_put_member_bool(&b, "t", true);
	hl_json_put_member_bool(&b, "f", false);
	hl_json_put_name(&b, "list");
	hl_buf_put_c(&b, '[');
	for (int i = 0; i < 3; i++) {
		hl_json_put_sep(&b);
		hl_buf_printf(&b, "%d", i);
	}
	hl_buf_put_c(&b, ']');
	hl_json_put_name(&b, "o");
	hl_buf_put_c(&b, '{');
	hl_json_put_member_i64(&b, "n", INT64_MAX);
	hl_buf_put(&b, HL_STR("}}"));
	expect(&b, "{\"a\":\"x\",\"n\":-9223372036854775808,\"t\":true,"
		   "\"f\":false,\"list\":[0,1,2],"
		   "\"o\":{\"n\":9223372036854775807}}");
}

static void a_full_buffer_says_so(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(6);

	(void)state;
	hl_json_put_str(&b, HL_STR("abcdef"));
	assert_int_equal(HL_E_LIMIT, b.fault);
}

static void reads_members(void **state)
{
	HL_JSON_AUTO *j = NULL;

	(void)state;
	assert_int_equal(
		0, hl_json_parse(HL_STR("{\"s\":\"x\",\"n\":-5,\"r\":1.5,"
					"\"o\":{},\"e\":\"\"}"),
			   100, &j, NULL));
	assert_true(hl_str_eq(HL_STR("x"), hl_json_str(j, "s")));
	assert_non_null(hl_json_str(j, "e").p);
	assert_null(hl_json_str(j, "n").p);
	assert_null(hl_json_str(j, "o").p);
	assert_null(hl_json_str(j, "none").p);
	assert_int_equal(-5, hl_json_int(j, "n", 7));
	assert_int_equal(7, hl_json_int(j, "r", 7));
	assert_int_equal(7, hl_json_int(j, "s", 7));
	assert_int_equal(7, hl_json_int(j, "none", 7));
	assert_null(hl_json_str(NULL, "s").p);
	hl_json_freep(&j);
	assert_null(j);
}

static void takes_any_value_alone(void **state)
{
	static const char *const rows[] = {
		"1", "\"x\"", "null", "true", "[]", " {} "};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_JSON_AUTO *j = NULL;

		if (hl_json_parse(hl_str_c(rows[i]), 100, &j, NULL)) {
			fail_msg("row %zu: %s", i, rows[i]);
		}
	}
}

static void refuses_bad_text(void **state)
{
	static const struct hl_str rows[] = {
		HL_STR_INIT(""),
		{NULL, 0},
		HL_STR_INIT("{"),
		HL_STR_INIT("{\"a\":1,\"a\":2}"),
		HL_STR_INIT("{} {}"),
		HL_STR_INIT("{}x"),
		HL_STR_INIT("{,}"),
		HL_STR_INIT("[1,]"),
		HL_STR_INIT("{'a':1}"),
		HL_STR_INIT("{a:1}"),
		HL_STR_INIT("// x\n{}"),
		HL_STR_INIT("[01]"),
		HL_STR_INIT("[+1]"),
		HL_STR_INIT("[1.]"),
		HL_STR_INIT("[NaN]"),
		HL_STR_INIT("[Infinity]"),
		HL_STR_INIT("[1e999]"),
		HL_STR_INIT("[99999999999999999999]"),
		HL_STR_INIT("\"\xff\""),
		HL_STR_INIT("\"\xed\xa0\x80\""),
		HL_STR_INIT("\"\\ud800\""),
		HL_STR_INIT("\"\\u0000\""),
		HL_STR_INIT("\"a\nb\""),
		HL_STR_INIT("\"a\0b\""),
		HL_STR_INIT("{}\0"),
		HL_STR_INIT("\xef\xbb\xbf{}"),
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_JSON_AUTO *j = NULL;
		struct hl_err err = {0};

		if (hl_json_parse(rows[i], 100, &j, &err) != HL_E_INVALID ||
			j) {
			fail_msg("row %zu: %s", i, rows[i].p);
		}
	}
}

static void a_nul_where_it_is_wanted(void **state)
{
	const struct hl_str text = HL_STR("{\"a\":\"b\\u0000c\"}");
	HL_JSON_AUTO *j = NULL;

	(void)state;
	assert_int_equal(HL_E_INVALID, hl_json_parse(text, 100, &j, NULL));
	assert_int_equal(HL_E_LIMIT, hl_json_parse_nul(text, 9, &j, NULL));
	assert_null(j);
	assert_int_equal(0, hl_json_parse_nul(text, 100, &j, NULL));
	assert_true(hl_str_eq(HL_STR("b\0c"), hl_json_str(j, "a")));
	/* no name is so, nor is one twice */
	json_decref(j);
	j = NULL;
	assert_int_equal(HL_E_INVALID,
		hl_json_parse_nul(HL_STR("{\"a\\u0000\":1}"), 100, &j, NULL));
	assert_int_equal(HL_E_INVALID,
		hl_json_parse_nul(HL_STR("{\"a\":1,\"a\":2}"), 100, &j, NULL));
}

/* What was refused is not repeated: it may be a reporter's words. */
static void faults_quote_nothing(void **state)
{
	HL_JSON_AUTO *j = NULL;
	struct hl_err err;

	(void)state;
	assert_int_equal(HL_E_INVALID,
		hl_json_parse(
			HL_STR("{\n \"words\": secretword}"), 100, &j, &err));
	assert_null(strstr(err.msg, "secretword"));
	assert_non_null(strstr(err.msg, "line 2"));
}

static void the_limit_holds(void **state)
{
	HL_JSON_AUTO *j = NULL;

	(void)state;
	assert_int_equal(
		HL_E_LIMIT, hl_json_parse(HL_STR("[1,2]"), 4, &j, NULL));
	assert_int_equal(0, hl_json_parse(HL_STR("[1,2]"), 5, &j, NULL));
}

/* Nested deeper than any stack: refused, not a crash. */
static void depth_is_bounded(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 20);
	HL_JSON_AUTO *j = NULL;

	(void)state;
	for (int i = 0; i < 500000; i++) {
		hl_buf_put_c(&b, '[');
	}
	assert_int_equal(
		HL_E_INVALID, hl_json_parse(hl_buf_str(&b), 1 << 20, &j, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(commas_stand_between),
		cmocka_unit_test(a_full_buffer_says_so),
		cmocka_unit_test(reads_members),
		cmocka_unit_test(takes_any_value_alone),
		cmocka_unit_test(refuses_bad_text),
		cmocka_unit_test(a_nul_where_it_is_wanted),
		cmocka_unit_test(faults_quote_nothing),
		cmocka_unit_test(the_limit_holds),
		cmocka_unit_test(depth_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
