/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"

/* Standard error goes to a file while a case runs. */
static FILE *file;
static int kept;

static int catch (void **state)
{
	(void)state;
	file = tmpfile();
	kept = dup(STDERR_FILENO);
	hl_log_init("worker", HL_LOG_INFO);
	return dup2(fileno(file), STDERR_FILENO) < 0;
}

static int release(void **state)
{
	(void)state;
	dup2(kept, STDERR_FILENO);
	close(kept);
	return fclose(file);
}

/* The next line as JSON, NULL at the end. */
static json_t *next_line(void)
{
	char *line = NULL;
	size_t cap = 0;
	json_t *j = NULL;
	ssize_t n = getline(&line, &cap, file);

	if (n > 0) {
		assert_int_equal('\n', line[n - 1]);
		assert_int_equal(0, hl_json_parse(hl_str_mem(line, (size_t)n),
					    65536, &j, NULL));
	}
	free(line);
	return j;
}

static void expect_str(const json_t *j, const char *name, const char *wanted)
{
	assert_true(hl_str_eq(hl_str_c(wanted), hl_json_str(j, name)));
}

static void a_line_is_json(void **state)
{
	(void)state;
	hl_log(HL_LOG_WARN, "outbox.retry", "message %d \"again\"\n", 7);
	rewind(file);
	HL_JSON_AUTO *j = next_line();
	expect_str(j, "level", "warn");
	expect_str(j, "process", "worker");
	expect_str(j, "event", "outbox.retry");
	expect_str(j, "text", "message 7 \"again\"\n");
	assert_int_equal(27, hl_json_str(j, "at").n);
	assert_null(next_line());
}

static void levels_below_the_least_are_silent(void **state)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};

	(void)state;
	for (int least = HL_LOG_DEBUG; least <= HL_LOG_ERROR; least++) {
		rewind(file);
		assert_int_equal(0, ftruncate(fileno(file), 0));
		hl_log_init("worker", (enum hl_log_level)least);
		for (int i = HL_LOG_DEBUG; i <= HL_LOG_ERROR; i++) {
			hl_log((enum hl_log_level)i, "a.b", "x");
		}
		rewind(file);
		for (int i = least; i <= HL_LOG_ERROR; i++) {
			HL_JSON_AUTO *j = next_line();

			expect_str(j, "level", names[i]);
		}
		assert_null(next_line());
	}
}

static void a_fault_with_its_place(void **state)
{
	struct hl_err err = {0};

	(void)state;
	errno = EIO;
	HL_FAIL_SYS(&err, "read it");
	hl_log_err(HL_LOG_ERROR, "store.read", &err);
	hl_log_err(HL_LOG_DEBUG, "store.read", &err);
	rewind(file);
	HL_JSON_AUTO *j = next_line();
	expect_str(j, "code", "input or output failed");
	expect_str(j, "text", "read it: Input/output error");
	assert_true(hl_str_ends(hl_json_str(j, "file"), HL_STR("log_test.c")));
	assert_int_equal(err.line, hl_json_int(j, "line", 0));
	assert_null(next_line());
}

/* Even a fault that nobody filled in. */
static void an_empty_fault(void **state)
{
	const struct hl_err err = {0};

	(void)state;
	hl_log_err(HL_LOG_ERROR, "store.read", &err);
	rewind(file);
	HL_JSON_AUTO *j = next_line();
	expect_str(j, "code", "ok");
	assert_null(hl_json_str(j, "file").p);
}

static void long_text_is_cut_and_still_json(void **state)
{
	char text[9000];

	(void)state;
	memset(text, '<', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	hl_log(HL_LOG_INFO, "a.b", "%s", text);
	memset(text, 'x', sizeof(text) - 1);
	hl_log(HL_LOG_INFO, "a.b", "%s", text);
	rewind(file);
	HL_JSON_AUTO *a = next_line(), *b = next_line();
	assert_int_equal(1023, hl_json_str(a, "text").n);
	assert_int_equal(1023, hl_json_str(b, "text").n);
}

static void *write_lines(void *arg)
{
	for (int i = 0; i < 500; i++) {
		hl_log(HL_LOG_INFO, "a.b", "%0*d", i, 1);
	}
	return arg;
}

static void lines_of_threads_do_not_mix(void **state)
{
	pthread_t threads[4];
	int n = 0;

	(void)state;
	/* O_APPEND, as a log file or a pipe is written */
	fcntl(STDERR_FILENO, F_SETFL, O_APPEND);
	for (int i = 0; i < 4; i++) {
		pthread_create(&threads[i], NULL, write_lines, NULL);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
	}
	rewind(file);
	for (json_t *j; (j = next_line()); n++) {
		json_decref(j);
	}
	assert_int_equal(2000, n);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, catch, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_line_is_json),
		CASE(levels_below_the_least_are_silent),
		CASE(a_fault_with_its_place),
		CASE(an_empty_fault),
		CASE(long_text_is_cut_and_still_json),
		CASE(lines_of_threads_do_not_mix),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
