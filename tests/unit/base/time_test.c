/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

#include "base/err.h"

#define YEAR_0_US INT64_C(-62167219200000000)
#define YEAR_10000_US INT64_C(253402300800000000)

static const struct {
	int64_t at_us;
	const char *iso, *iso_s, *human;
} forms[] = {
	{0, "1970-01-01T00:00:00.000000Z", "1970-01-01T00:00:00Z",
		"1 Jan 1970, 00:00 UTC"},
	{1, "1970-01-01T00:00:00.000001Z", "1970-01-01T00:00:00Z",
		"1 Jan 1970, 00:00 UTC"},
	{-1, "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59Z",
		"31 Dec 1969, 23:59 UTC"},
	{INT64_C(1795335330123456), "2026-11-22T08:15:30.123456Z",
		"2026-11-22T08:15:30Z", "22 Nov 2026, 08:15 UTC"},
	{INT64_C(951782400000000), "2000-02-29T00:00:00.000000Z",
		"2000-02-29T00:00:00Z", "29 Feb 2000, 00:00 UTC"},
	{YEAR_10000_US - 1, "9999-12-31T23:59:59.999999Z",
		"9999-12-31T23:59:59Z", "31 Dec 9999, 23:59 UTC"},
	{YEAR_0_US, "0000-01-01T00:00:00.000000Z", "0000-01-01T00:00:00Z",
		"1 Jan 0000, 00:00 UTC"},
	{INT64_C(-30641760000000000), "0999-01-01T00:00:00.000000Z",
		"0999-01-01T00:00:00Z", "1 Jan 0999, 00:00 UTC"},
	{YEAR_10000_US, "-", "-", "-"},
	{YEAR_0_US - 1, "-", "-", "-"},
	{INT64_MAX, "-", "-", "-"},
	{INT64_MIN, "-", "-", "-"},
};

static void expect(size_t row, const char *wanted, struct hl_str got)
{
	if (!hl_str_eq(hl_str_c(wanted), got)) {
		fail_msg("row %zu: %.*s, not %s", row, HL_STR_ARG(got), wanted);
	}
}

static void prints(void **state)
{
	char out[HL_TIME_ISO_MAX];

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(forms); i++) {
		int64_t at = forms[i].at_us;

		expect(i, forms[i].iso, hl_time_iso(at, out));
		expect(i, forms[i].iso_s, hl_time_iso_s(at, out));
		expect(i, forms[i].human, hl_time_human(at, out));
	}
}

static void reads_what_it_prints(void **state)
{
	char out[HL_TIME_ISO_MAX];

	(void)state;
	for (int64_t at = YEAR_0_US; at < YEAR_10000_US;
		at += INT64_C(31557600123457) * 7) {
		int64_t back = 1;

		assert_int_equal(
			0, hl_time_parse_iso(hl_time_iso(at, out), &back));
		assert_int_equal(at, back);
	}
}

static void reads_other_forms(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01T00:00:01.5Z", 1500000},
		{"1970-01-01T00:00:01.05Z", 1050000},
		{"1970-01-01T00:00:01.123456789Z", 1123456},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t us = -1;

		if (hl_time_parse_iso(hl_str_c(rows[i].text), &us) ||
			us != rows[i].us) {
			fail_msg("row %zu", i);
		}
	}
}

static void refuses(void **state)
{
	static const char *const rows[] = {"", "Z", "now", "2026-11-22",
		"2026-11-22T08:15:30", "2026-11-22T08:15:30+00:00",
		"2026-11-22t08:15:30Z", "2026-11-22T08:15:30z",
		"2026-11-22 08:15:30Z", "2026-13-22T08:15:30Z",
		"2026-00-22T08:15:30Z", "2026-11-31T08:15:30Z",
		"2026-11-00T08:15:30Z", "2026-02-29T08:15:30Z",
		"2026-11-22T24:00:00Z", "2026-11-22T08:60:30Z",
		"2026-11-22T08:15:60Z", "2026-11-22T08:15:30.Z",
		"2026-11-22T08:15:30,5Z", "2026-11-22T08:15:30.5xZ",
		"2026-11-22T08:15:30.-5Z", " 2026-11-22T08:15:30Z",
		"2026-11-22T08:15:30Z ", "26-11-22T08:15:30Z",
		"+2026-11-22T08:15:3Z", "2026-1a-22T08:15:30Z",
		"2026-11-22T08:15:30.123456789012Z"};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		int64_t us = 77;

		if (hl_time_parse_iso(hl_str_c(rows[i]), &us) != HL_E_INVALID ||
			us != 77) {
			fail_msg("row %zu: %s", i, rows[i]);
		}
	}
}

static void spans(void **state)
{
	static const struct {
		int64_t us;
		const char *text;
	} rows[] = {
		{0, "under 1 s"},
		{-999, "under 1 s"},
		{HL_US_PER_S - 1, "under 1 s"},
		{-HL_US_PER_S, "-1 s"},
		{HL_US_PER_S, "1 s"},
		{59 * HL_US_PER_S, "59 s"},
		{3 * HL_US_PER_MIN + HL_US_PER_S, "3 min"},
		{5 * HL_US_PER_HOUR + 10 * HL_US_PER_MIN, "5 h 10 min"},
		{5 * HL_US_PER_HOUR, "5 h"},
		{2 * HL_US_PER_DAY + 4 * HL_US_PER_HOUR, "2 d 4 h"},
		{2 * HL_US_PER_DAY + 4 * HL_US_PER_MIN, "2 d"},
		{-HL_US_PER_MIN, "-1 min"},
		{INT64_MIN, "-106751991 d 4 h"},
		{INT64_MAX, "106751991 d 4 h"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO b = HL_BUF_INIT(64);

		hl_time_span(&b, rows[i].us);
		expect(i, rows[i].text, hl_buf_str(&b));
	}
}

static void now_is_now(void **state)
{
	/* time() may lag behind by a tick of the kernel. */
	int64_t before = time(NULL);
	int64_t now = hl_time_now_us(), mono = hl_time_mono_us();
	int64_t after = time(NULL);

	(void)state;
	assert_true(before <= now / HL_US_PER_S);
	assert_true(now / HL_US_PER_S <= after + 1);
	assert_true(hl_time_mono_us() >= mono);
}

static void *watch_the_clock(void *arg)
{
	int64_t last = 0;
	int *went_back = arg;

	for (int i = 0; i < 20000; i++) {
		int64_t now = hl_time_now_us();

		*went_back += now < last;
		last = now;
	}
	return NULL;
}

static void never_goes_back_in_any_thread(void **state)
{
	pthread_t threads[4];
	int went_back[4] = {0};

	(void)state;
	for (int i = 0; i < 4; i++) {
		assert_int_equal(0, pthread_create(&threads[i], NULL,
					    watch_the_clock, &went_back[i]));
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(0, went_back[i]);
	}
}

static void pretends(void **state)
{
	(void)state;
	hl_time_pretend(INT64_C(1000));
	assert_int_equal(1000, hl_time_now_us());
	assert_int_equal(1000, hl_time_now_us());
	hl_time_pretend(500);
	assert_int_equal(500, hl_time_now_us());
	hl_time_pretend(0);
	assert_true(hl_time_now_us() > INT64_C(1700000000000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints),
		cmocka_unit_test(reads_what_it_prints),
		cmocka_unit_test(reads_other_forms),
		cmocka_unit_test(refuses),
		cmocka_unit_test(spans),
		cmocka_unit_test(now_is_now),
		cmocka_unit_test(never_goes_back_in_any_thread),
		cmocka_unit_test(pretends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
