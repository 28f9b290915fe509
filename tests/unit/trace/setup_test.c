/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/setup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/file.h"
#include "trace/builtin.h"

/* Run with the DNS, RDAP and address data fixtures. */

#define SETUP_AUTO \
	__attribute__((cleanup(hl_trace_setup_freep))) struct hl_trace_setup

static void set(struct hl_settings *s, const char *key, const char *value)
{
	struct hl_err err = {0};

	if (hl_settings_set(s, hl_str_c(key), hl_str_c(value), &err)) {
		fail_msg("%s = %s: %s", key, value, err.msg);
	}
}

static struct hl_settings *settings_of_the_fixtures(void)
{
	struct hl_settings *s = NULL;

	assert_int_equal(0, hl_settings_new(&s, NULL));
	set(s, "trace.enabled", "yes");
	set(s, "trace.dns.servers", getenv("HL_TEST_DNS"));
	set(s, "trace.rdap.bootstrap", getenv("HL_TEST_RDAP"));
	set(s, "trace.geo.paths", getenv("HL_TEST_GEO"));
	set(s, "egress.allow_private_for_tests", "127.0.0.0/8 ::1/128:1");
	return s;
}

static void make(const struct hl_settings *s, struct hl_trace_setup **out)
{
	struct hl_err err = {0};

	if (hl_trace_setup_new(s, NULL, out, &err)) {
		fail_msg("%s", err.msg);
	}
}

static void a_trace_by_the_settings(void **state)
{
	HL_SETTINGS_AUTO *s = settings_of_the_fixtures();
	HL_ARENA_AUTO *arena = hl_arena_new(4 << 20, true);
	SETUP_AUTO *setup = NULL;
	struct hl_trace t;

	(void)state;
	make(s, &setup);
	assert_int_equal(
		0, hl_trace_run(HL_STR("http://one.invalid/"),
			   hl_trace_setup_config(setup), arena, &t, NULL));
	assert_string_equal("DK", hl_trace_country(&t));
	assert_true(hl_str_eq(
		HL_STR("abuse@hosting.example"), hl_trace_contact(&t)->mail));
	assert_null(hl_trace_geo_missing(
		hl_trace_setup_geo(setup), HL_TRACE_GEO_COUNTRY));
	assert_null(
		strstr(hl_trace_setup_client(setup)->user_agent, "Hotline"));
}

static void switched_off_it_asks_nobody(void **state)
{
	HL_SETTINGS_AUTO *s = settings_of_the_fixtures();
	HL_ARENA_AUTO *arena = hl_arena_new(4 << 20, true);
	HL_BUF_AUTO before = HL_BUF_INIT(1 << 20);
	HL_BUF_AUTO after = HL_BUF_INIT(1 << 20);
	const char *log = getenv("HL_TEST_RDAP_LOG");
	SETUP_AUTO *setup = NULL;
	struct hl_trace t;

	(void)state;
	hl_file_read(log, &before, NULL);
	set(s, "trace.enabled", "no");
	make(s, &setup);
	assert_int_equal(
		0, hl_trace_run(HL_STR("http://one.invalid/"),
			   hl_trace_setup_config(setup), arena, &t, NULL));
	assert_int_equal(0, t.n_hosts);
	assert_true(hl_str_find(t.missing[0], HL_STR("switched off")) <
		    t.missing[0].n);
	/* an address as host still has its place from the files */
	assert_int_equal(
		0, hl_trace_run(HL_STR("http://192.0.2.1/"),
			   hl_trace_setup_config(setup), arena, &t, NULL));
	assert_string_equal("DK", hl_trace_country(&t));
	hl_file_read(log, &after, NULL);
	assert_int_equal(before.n, after.n);
}

static void the_defaults_make_a_setup(void **state)
{
	HL_SETTINGS_AUTO *s = NULL;
	SETUP_AUTO *setup = NULL;

	(void)state;
	assert_int_equal(0, hl_settings_new(&s, NULL));
	make(s, &setup);
	assert_non_null(hl_trace_geo_missing(
		hl_trace_setup_geo(setup), HL_TRACE_GEO_COUNTRY));
	assert_true(hl_trace_setup_config(setup)->offline);
}

static void paths_begin_at_the_folder(void **state)
{
	HL_SETTINGS_AUTO *s = settings_of_the_fixtures();
	const char *geo = getenv("HL_TEST_GEO");
	const char *slash = strrchr(geo, '/');
	HL_BUF_AUTO folder = HL_BUF_INIT(4096);
	SETUP_AUTO *setup = NULL;

	(void)state;
	hl_buf_put_mem(&folder, geo, (size_t)(slash - geo));
	set(s, "trace.geo.paths", slash + 1);
	assert_int_equal(0, hl_trace_setup_new(s, folder.p, &setup, NULL));
	assert_null(hl_trace_geo_missing(
		hl_trace_setup_geo(setup), HL_TRACE_GEO_COUNTRY));
}

static void the_file_is_built_in_as_it_is(void **state)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1 << 20);

	(void)state;
	assert_int_equal(0, hl_file_read(getenv("HL_BOOTSTRAP"), &text, NULL));
	assert_string_equal(text.p, hl_trace_bootstrap_builtin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trace_by_the_settings),
		cmocka_unit_test(switched_off_it_asks_nobody),
		cmocka_unit_test(the_defaults_make_a_setup),
		cmocka_unit_test(paths_begin_at_the_folder),
		cmocka_unit_test(the_file_is_built_in_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
