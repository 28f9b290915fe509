/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of the settings, found through the written file, so that a new
 * key is tested without a line here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>

#include "domain/settings.h"

typedef void visit(const char *key, struct hl_str value, struct hl_str form);

/* The text between "Form: " and the full stop of a key's comment. */
static struct hl_str form_of(struct hl_str comment)
{
	size_t at = hl_str_find(comment, HL_STR("Form: "));

	assert_true(at < comment.n);
	return hl_str_sub(comment, at + 6, comment.n);
}

/* Calls visit for each "#key = value" with the comment before it. */
static size_t each_key(visit *f)
{
	HL_BUF_AUTO text = HL_BUF_INIT(200000), comment = HL_BUF_INIT(4000);
	HL_SETTINGS_AUTO *s = NULL;
	struct hl_str rest, line;
	size_t n = 0;

	assert_int_equal(0, hl_settings_new(&s, NULL));
	hl_settings_put_file(&text, s);
	rest = hl_buf_str(&text);
	while (hl_str_next(&rest, '\n', &line)) {
		char key[80];
		size_t equals = hl_str_find_char(line, '=');

		if (!line.n) {
			hl_buf_reset(&comment);
		} else if (hl_str_starts(line, HL_STR("# "))) {
			hl_buf_put(&comment, hl_str_sub(line, 1, line.n));
		} else {
			struct hl_str name =
				hl_str_trim(hl_str_sub(line, 1, equals - 1));

			snprintf(key, sizeof(key), "%.*s", HL_STR_ARG(name));
			f(key,
				hl_str_trim(
					hl_str_sub(line, equals + 1, line.n)),
				form_of(hl_buf_str(&comment)));
			n++;
		}
	}
	return n;
}

static void takes_its_default(
	const char *key, struct hl_str value, struct hl_str form)
{
	HL_SETTINGS_AUTO *s = NULL;
	HL_BUF_AUTO is = HL_BUF_INIT(4000);
	struct hl_err err = {0};

	(void)form;
	assert_int_equal(0, hl_settings_new(&s, NULL));
	if (hl_settings_set(s, hl_str_c(key), value, &err)) {
		fail_msg("%s", err.msg);
	}
	assert_int_equal(0, hl_settings_get(s, hl_str_c(key), &is));
	assert_true(hl_str_eq(value, hl_buf_str(&is)));
}

static void every_key_takes_its_default(void **state)
{
	(void)state;
	assert_true(each_key(takes_its_default) > 50);
}

static void stays_in_range(
	const char *key, struct hl_str value, struct hl_str form)
{
	int64_t around[2] = {0};
	HL_SETTINGS_AUTO *s = NULL;
	struct hl_str low, high;
	size_t to = hl_str_find(form, HL_STR(" to "));

	(void)value;
	if (!hl_str_starts(form, HL_STR("a whole number from "))) {
		return;
	}
	low = hl_str_sub(form, 20, to - 20);
	high = hl_str_sub(form, to + 4, form.n - to - 5);
	assert_true(hl_str_to_i64(low, &around[0]));
	assert_true(hl_str_to_i64(high, &around[1]));
	assert_int_equal(0, hl_settings_new(&s, NULL));
	for (int i = 0; i < 2; i++) {
		int64_t beyond = around[i] + (i ? 1 : -1);
		char in[30], out[30];

		snprintf(in, sizeof(in), "%" PRId64, around[i]);
		snprintf(out, sizeof(out), "%" PRId64, beyond);
		if (hl_settings_set(s, hl_str_c(key), hl_str_c(in), NULL) ||
			hl_settings_set(s, hl_str_c(key), hl_str_c(out),
				NULL) != HL_E_INVALID) {
			fail_msg("%s: %s or %s", key, in, out);
		}
	}
}

static void every_number_stays_in_its_range(void **state)
{
	(void)state;
	each_key(stays_in_range);
}

/* Control characters and broken text are good for no key at all. */
static void refuses_garbage(
	const char *key, struct hl_str value, struct hl_str form)
{
	static const struct hl_str garbage[] = {HL_STR_INIT("\x01"),
		HL_STR_INIT("a\x1b[2J"), HL_STR_INIT("\xff\xfe"),
		HL_STR_INIT("a\0b"), HL_STR_INIT("a\x7f")};
	HL_SETTINGS_AUTO *s = NULL;

	(void)value;
	(void)form;
	assert_int_equal(0, hl_settings_new(&s, NULL));
	for (size_t i = 0; i < HL_ARRAY_LEN(garbage); i++) {
		struct hl_err err = {0};

		if (hl_settings_set(s, hl_str_c(key), garbage[i], &err) !=
			HL_E_INVALID) {
			fail_msg("%s takes garbage %zu", key, i);
		}
		if (!hl_str_starts(hl_str_c(err.msg), hl_str_c(key))) {
			fail_msg("%s is not named: %s", key, err.msg);
		}
	}
}

static void no_key_takes_garbage(void **state)
{
	(void)state;
	each_key(refuses_garbage);
}

static void is_set_once(
	const char *key, struct hl_str value, struct hl_str form)
{
	HL_BUF_AUTO twice = HL_BUF_INIT(4000);
	struct hl_settings *s = NULL;
	bool lines = hl_str_starts(form, HL_STR("lines of text"));
	int rc;

	hl_buf_printf(&twice, "%s = %.*s\n%s = %.*s\n", key, HL_STR_ARG(value),
		key, HL_STR_ARG(value));
	rc = hl_settings_load(hl_buf_str(&twice), "x", &s, NULL);
	hl_settings_free(s);
	if (rc != (lines ? 0 : HL_E_INVALID)) {
		fail_msg("%s twice: %d", key, rc);
	}
}

static void no_key_is_set_twice(void **state)
{
	(void)state;
	each_key(is_set_once);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_takes_its_default),
		cmocka_unit_test(every_number_stays_in_its_range),
		cmocka_unit_test(no_key_takes_garbage),
		cmocka_unit_test(no_key_is_set_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
