/* SPDX-License-Identifier: Apache-2.0 */
#include "web/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pages.h"

/* Fields as "name=value" lines, or the fault. */
static void show(struct hl_str in, struct hl_buf *out)
{
	HL_ARENA_AUTO *arena = hl_arena_new(1u << 20, true);
	struct hl_web_form f;
	int r = hl_web_form_parse(arena, in, &f, NULL);

	hl_buf_reset(out);
	if (r) {
		hl_buf_printf(out, "fault %d", r);
		return;
	}
	for (size_t i = 0; i < f.n; i++) {
		hl_buf_printf(out, "[%.*s=%.*s]", HL_STR_ARG(f.fields[i].name),
			HL_STR_ARG(f.fields[i].value));
	}
}

static void fields_and_wrong_spellings(void **state)
{
	static const struct {
		struct hl_str in;
		const char *out;
	} rows[] = {
		{HL_STR_INIT(""), ""},
		{HL_STR_INIT("a=b"), "[a=b]"},
		{HL_STR_INIT("a=b&c=d"), "[a=b][c=d]"},
		{HL_STR_INIT("a=1&a=2"), "[a=1][a=2]"},
		{HL_STR_INIT("a"), "[a=]"},
		{HL_STR_INIT("a="), "[a=]"},
		{HL_STR_INIT("=b"), "[=b]"},
		{HL_STR_INIT("a=b=c"), "[a=b=c]"},
		{HL_STR_INIT("&&a=b&"), "[a=b]"},
		{HL_STR_INIT("a=b+c%20d%2B"), "[a=b c d+]"},
		{HL_STR_INIT("%61=%C3%A6"), "[a=\xc3\xa6]"},
		{HL_STR_INIT("a=x%0D%0Ay%0Az"), "[a=x\ny\nz]"},
		{HL_STR_INIT("a=%09"), "[a=\t]"},
		{HL_STR_INIT("a=;b"), "[a=;b]"},
		{HL_STR_INIT("a=%"), "fault -3"},
		{HL_STR_INIT("a=%4"), "fault -3"},
		{HL_STR_INIT("a=%zz"), "fault -3"},
		{HL_STR_INIT("a=%u0041"), "fault -3"},
		{HL_STR_INIT("a=%00"), "[a= ]"},
		{HL_STR_INIT("a=x%0Dy"), "[a=x\ny]"},
		{HL_STR_INIT("a=x%1by%0cz%7f"), "[a=x y z ]"},
		{HL_STR_INIT("a=%E2%80%AA12%E2%80%AC"), "[a=12]"},
		{HL_STR_INIT("a=x%E2%80%A8y"), "[a=x\ny]"},
		{HL_STR_INIT("%00=a"), "fault -3"},
		{HL_STR_INIT("a=%C3"), "fault -3"},
		{HL_STR_INIT("a=%ff%fe"), "fault -3"},
		{HL_STR_INIT("a=\xe6"), "fault -3"},
		{HL_STR_INIT("a=%C0%AF"), "fault -3"},
	};

	(void)state;
	HL_BUF_AUTO out = HL_BUF_INIT(10000);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		show(rows[i].in, &out);
		if (!hl_str_eq(hl_buf_str(&out), hl_str_c(rows[i].out))) {
			fail_msg("row %zu, want %s, got %s", i, rows[i].out,
				out.p);
		}
	}
	show(HL_STR_NONE, &out);
	assert_int_equal(0, out.n);
}

static void limits(void **state)
{
	HL_BUF_AUTO in = HL_BUF_INIT(100000), out = HL_BUF_INIT(100000);

	(void)state;
	for (unsigned i = 0; i < HL_WEB_FIELDS_MAX; i++) {
		hl_buf_printf(&in, "%sa=1", i ? "&" : "");
	}
	show(hl_buf_str(&in), &out);
	assert_int_equal('[', out.p[0]);
	hl_buf_put(&in, HL_STR("&a=1"));
	show(hl_buf_str(&in), &out);
	assert_string_equal("fault -4", out.p);
	hl_buf_reset(&in);
	for (unsigned i = 0; i <= HL_WEB_FIELD_NAME_MAX; i++) {
		hl_buf_put_c(&in, 'a');
	}
	show(hl_buf_str(&in), &out);
	assert_string_equal("fault -4", out.p);
}

static void asking_for_fields(void **state)
{
	struct t_web t;
	struct hl_web_form f;
	struct hl_str v;
	size_t at = 0;
	int64_t n = 7;

	(void)state;
	t_web_init(&t);
	t.req.query = HL_STR("x=+a+&k=1&k=2&n=-5&bad=5x&empty=");
	assert_int_equal(0, hl_web_query_read(&t.ctx, &t.req, &f));
	assert_true(hl_str_eq(HL_STR("a"), hl_web_form_get(&f, "x")));
	assert_null(hl_web_form_get(&f, "y").p);
	assert_true(hl_web_form_has(&f, "k", "2"));
	assert_false(hl_web_form_has(&f, "k", "3"));
	assert_true(hl_web_form_next(&f, "k", &at, &v) && v.p[0] == '1');
	assert_true(hl_web_form_next(&f, "k", &at, &v) && v.p[0] == '2');
	assert_false(hl_web_form_next(&f, "k", &at, &v));
	assert_int_equal(0, hl_web_form_get_i64(&f, "n", &n));
	assert_int_equal(-5, n);
	assert_int_equal(HL_E_INVALID, hl_web_form_get_i64(&f, "bad", &n));
	assert_int_equal(HL_NOTFOUND, hl_web_form_get_i64(&f, "empty", &n));
	assert_int_equal(HL_NOTFOUND, hl_web_form_get_i64(&f, "none", &n));
	t_web_fini(&t);
}

static void bodies_have_a_type(void **state)
{
	static const struct {
		const char *type;
		bool form, json;
	} rows[] = {
		{"application/x-www-form-urlencoded", true, false},
		{"Application/X-WWW-Form-Urlencoded; charset=utf-8", true,
			false},
		{"multipart/form-data; boundary=x", false, false},
		{"text/plain", false, false},
		{"application/json", false, true},
		{"application/json;charset=utf-8", false, true},
		{"application/jsonx", false, false},
		{"", false, false},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct t_web t;
		struct hl_web_form f;
		HL_JSON_AUTO *j = NULL;

		t_web_init(&t);
		t_web_header(&t, "Content-Type", rows[i].type);
		t.req.body = HL_STR("{\"a\":1}");
		bool form = hl_web_form_read(&t.ctx, &t.req, &f) == 0;
		bool json = hl_web_json_read(&t.ctx, &t.req, &j) == 0;
		t_web_fini(&t);
		if (form != rows[i].form || json != rows[i].json) {
			fail_msg("\"%s\"", rows[i].type);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_and_wrong_spellings),
		cmocka_unit_test(limits),
		cmocka_unit_test(asking_for_fields),
		cmocka_unit_test(bodies_have_a_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
