/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a consumer's folder, what stands in them, and how a follower
 * is graded. */
#include "consume/setup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "consume/remote.h"
#include "consume/standing.h"

#define GOOD                                                      \
	"url https://lists.example.org/x\n"                       \
	"hotline 000102030405060708090a0b0c0d0e0f\nconsumer 77\n" \
	"token-file /etc/hotline/token\n"

static void conf(void **state)
{
	static const struct {
		const char *text;
		int r;
	} rows[] = {
		{GOOD, 0},
		{"# about it\n\n" GOOD "ca-file /etc/ca.pem\n", 0},
		{"", HL_E_INVALID},
		{GOOD "consumer 78\n", HL_E_INVALID},
		{GOOD "colour red\n", HL_E_INVALID},
		{GOOD "ca-file\n", HL_E_INVALID},
		{GOOD "ca-file relative\n", HL_E_INVALID},
		{GOOD "ca-file /a\tb\n", HL_E_INVALID},
		{"url x\nhotline 00\nconsumer 77\ntoken-file /t\n",
			HL_E_INVALID},
		{"url x\nhotline 000102030405060708090a0b0c0d0e0f\n"
		 "consumer 0\ntoken-file /t\n",
			HL_E_INVALID},
		{"url x\nhotline 000102030405060708090a0b0c0d0e0f\n"
		 "consumer 1099511627776\ntoken-file /t\n",
			HL_E_INVALID},
		{"url x\nhotline 000102030405060708090a0b0c0d0e0f\n"
		 "consumer -1\ntoken-file /t\n",
			HL_E_INVALID},
		{"url x\nconsumer 7\ntoken-file /t\n", HL_E_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_consume_setup s, again;
		HL_BUF_AUTO text = HL_BUF_INIT(HL_CONSUME_SETUP_MAX);
		struct hl_err err = {0};
		int r = hl_consume_setup_parse(
			hl_str_c(rows[i].text), &s, &err);

		if (r != rows[i].r) {
			fail_msg("row %zu: %d %s", i, r, err.msg);
		}
		if (!r) {
			assert_int_equal(77, s.consumer);
			hl_consume_setup_put(&s, &text);
			assert_int_equal(
				0, hl_consume_setup_parse(
					   hl_buf_str(&text), &again, NULL));
			assert_memory_equal(&s, &again, sizeof(s));
		}
	}
}

static void remote_urls(void **state)
{
	static const struct {
		const char *url;
		int r;
	} rows[] = {
		{"https://lists.example.org", 0},
		{"https://lists.example.org:8443/path/", 0},
		{"http://127.0.0.1:80", 0},
		{"http://localhost", 0},
		{"http://[::1]:99", 0},
		{"http://lists.example.org", HL_E_INVALID},
		{"http://127.0.0.1.evil.example", HL_E_INVALID},
		{"http://127.evil.example", HL_E_INVALID},
		{"ftp://127.0.0.1", HL_E_INVALID},
		{"file:///etc/passwd", HL_E_INVALID},
		{"https://a:b@lists.example.org", HL_E_INVALID},
		{"https://lists.example.org/?q", HL_E_INVALID},
		{"lists.example.org", HL_E_INVALID},
		{"", HL_E_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		if (hl_consume_remote_check(rows[i].url, NULL) != rows[i].r) {
			fail_msg("%s", rows[i].url);
		}
	}
}

static void put_file(const char *path, const char *text, mode_t mode)
{
	assert_int_equal(0, hl_file_write(path, hl_str_c(text), mode, NULL));
	assert_int_equal(0, chmod(path, mode));
}

static void tokens(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		int r;
	} rows[] = {
		{"hl_abcdefgh\n", 0600, 0},
		{"hl_abcdefgh", 0640, 0},
		{"hl_abcdefgh\n", 0644, HL_E_INVALID},
		{"hl_\n", 0600, HL_E_INVALID},
		{"", 0600, HL_E_INVALID},
		{"abcdefghijk", 0600, HL_E_INVALID},
		{"hl_abc\ndefgh", 0600, HL_E_INVALID},
		{"hl_abc\r\nHost: x", 0600, HL_E_INVALID},
	};
	char path[] = "/tmp/hl-token-XXXXXX";

	(void)state;
	close(mkstemp(path));
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO out = HL_BUF_SECRET(4096);
		struct hl_err err = {0};

		put_file(path, rows[i].text, rows[i].mode);
		if (hl_consume_token_read(path, &out, &err) != rows[i].r) {
			fail_msg("row %zu: %s", i, err.msg);
		}
		assert_null(strstr(err.msg, "abc"));
	}
	unlink(path);
	HL_BUF_AUTO out = HL_BUF_SECRET(4096);
	assert_int_equal(HL_NOTFOUND, hl_consume_token_read(path, &out, NULL));
}

static void keys(void **state)
{
	uint8_t a[HL_CONSUME_PUBLIC_BYTES], b[HL_CONSUME_PUBLIC_BYTES];
	uint8_t secret[HL_CONSUME_SECRET_BYTES];
	char folder[] = "/tmp/hl-key-XXXXXX", path[PATH_MAX];
	struct hl_err err = {0};
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(
		HL_NOTFOUND, hl_consume_key_read(folder, secret, NULL));
	assert_int_equal(0, hl_consume_key_make(folder, a, &err));
	assert_int_equal(0, hl_consume_key_make(folder, b, &err));
	assert_memory_equal(a, b, sizeof(a));
	assert_int_equal(0, hl_consume_key_read(folder, secret, NULL));
	assert_memory_equal(a, secret + 32, sizeof(a));
	assert_int_equal(0, hl_consume_setup_path(
				    folder, HL_CONSUME_SETUP_KEY, path, NULL));
	assert_int_equal(0, stat(path, &st));
	assert_int_equal(0600, st.st_mode & 0777);
	/* damaged: nothing is made in its place */
	put_file(path, "00ff", 0600);
	assert_int_equal(HL_E_CORRUPT, hl_consume_key_make(folder, b, &err));
	unlink(path);
	rmdir(folder);
}

/* ---- How it stands ---------------------------------------------------- */

#define NOW INT64_C(1795338000)

static void grades(void **state)
{
	static const struct {
		const char *name;
		struct hl_consume_standing s;
		enum hl_consume_grade grade;
		enum hl_consume_alarm alarm;
	} rows[] = {
		{"fine", {.at = NOW - 60, .expires = NOW + 9}, HL_CONSUME_OK,
			HL_CONSUME_FINE},
		{"stale", {.at = NOW - 181, .expires = NOW + 9},
			HL_CONSUME_CRITICAL, HL_CONSUME_STOPPED},
		{"from the future", {.at = NOW + 301}, HL_CONSUME_CRITICAL,
			HL_CONSUME_STOPPED},
		{"expired since", {.at = NOW, .expires = NOW},
			HL_CONSUME_CRITICAL, HL_CONSUME_FROZEN},
		{"away a little",
			{.at = NOW,
				.alarm = HL_CONSUME_UNREACHABLE,
				.asked = NOW - 3600,
				.expires = NOW + 9},
			HL_CONSUME_WARNING, HL_CONSUME_UNREACHABLE},
		{"away for long",
			{.at = NOW,
				.alarm = HL_CONSUME_UNREACHABLE,
				.asked = NOW - 7201,
				.expires = NOW + 9},
			HL_CONSUME_CRITICAL, HL_CONSUME_UNREACHABLE},
		{"answered at the end of time",
			{.at = NOW,
				.alarm = HL_CONSUME_UNREACHABLE,
				.asked = INT64_MAX,
				.expires = NOW + 9},
			HL_CONSUME_WARNING, HL_CONSUME_UNREACHABLE},
		{"written at the end of time", {.at = INT64_MAX},
			HL_CONSUME_CRITICAL, HL_CONSUME_STOPPED},
		{"away and expired",
			{.at = NOW,
				.alarm = HL_CONSUME_UNREACHABLE,
				.asked = NOW - 60,
				.expires = NOW - 1},
			HL_CONSUME_CRITICAL, HL_CONSUME_FROZEN},
		{"forged and expired",
			{.at = NOW,
				.alarm = HL_CONSUME_FORGED,
				.expires = NOW - 1},
			HL_CONSUME_CRITICAL, HL_CONSUME_FORGED},
		{"never reached",
			{.at = NOW,
				.alarm = HL_CONSUME_UNREACHABLE,
				.since = NOW - 7200},
			HL_CONSUME_WARNING, HL_CONSUME_UNREACHABLE},
		{"never reached for long",
			{.at = NOW,
				.alarm = HL_CONSUME_UNREACHABLE,
				.since = NOW - 7201},
			HL_CONSUME_CRITICAL, HL_CONSUME_UNREACHABLE},
		{"empty", {.at = NOW, .alarm = HL_CONSUME_EMPTY},
			HL_CONSUME_WARNING, HL_CONSUME_EMPTY},
		{"counters",
			{.at = NOW,
				.alarm = HL_CONSUME_COUNTERS,
				.expires = NOW + 9},
			HL_CONSUME_WARNING, HL_CONSUME_COUNTERS},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		HL_BUF_AUTO text = HL_BUF_INIT(HL_CONSUME_STANDING_MAX);
		HL_BUF_AUTO out = HL_BUF_INIT(HL_CONSUME_STANDING_MAX);
		struct hl_consume_standing again = {0};
		enum hl_consume_alarm alarm;
		enum hl_consume_grade grade =
			hl_consume_standing_grade(&rows[i].s, NOW, &alarm);

		if (grade != rows[i].grade || alarm != rows[i].alarm) {
			fail_msg("%s: %d %s", rows[i].name, (int)grade,
				hl_consume_alarm_name(alarm));
		}
		hl_consume_standing_put(&rows[i].s, &text);
		assert_int_equal(0, hl_consume_standing_parse(
					    hl_buf_str(&text), &again, NULL));
		assert_memory_equal(&again, &rows[i].s, sizeof(again));
		assert_int_equal(
			grade, hl_consume_standing_print(&again, NOW, &out));
		assert_memory_equal(out.p, "LIST ", 5);
		assert_non_null(strstr(
			out.p, alarm == rows[i].s.alarm
				       ? hl_consume_standing_text(&rows[i].s)
				       : hl_consume_alarm_text(alarm)));
	}
}

static void bad_status(void **state)
{
	HL_BUF_AUTO text = HL_BUF_INIT(HL_CONSUME_STANDING_MAX);
	struct hl_consume_standing s = {.at = NOW, .version = 3};

	(void)state;
	hl_consume_standing_put(&s, &text);
	for (size_t n = 0; n < text.n; n++) { /* half of it */
		assert_int_equal(
			HL_E_INVALID, hl_consume_standing_parse(
					      hl_str_mem(text.p, n), &s, NULL));
	}
	hl_buf_put(&text, HL_STR("more 1\n"));
	assert_int_equal(HL_E_INVALID,
		hl_consume_standing_parse(hl_buf_str(&text), &s, NULL));
}

static void alarms(void **state)
{
	(void)state;
	for (int i = 0; i < HL_CONSUME_N_ALARMS; i++) {
		enum hl_consume_alarm a = (enum hl_consume_alarm)i;

		assert_true(strlen(hl_consume_alarm_name(a)) > 0);
		assert_true(strlen(hl_consume_alarm_text(a)) > 0);
		/* one line, and it is no place for a "|" */
		assert_null(strpbrk(hl_consume_alarm_text(a), "|\n"));
	}
	assert_string_equal(
		"", hl_consume_alarm_name((enum hl_consume_alarm)99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conf),
		cmocka_unit_test(remote_urls),
		cmocka_unit_test(tokens),
		cmocka_unit_test(keys),
		cmocka_unit_test(grades),
		cmocka_unit_test(bad_status),
		cmocka_unit_test(alarms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
