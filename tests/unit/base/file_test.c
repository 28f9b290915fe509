/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[64];

static const char *at(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* How many entries the folder has: no temporary file may stay. */
static int n_files(void)
{
	DIR *d = opendir(folder);
	int n = 0;

	for (struct dirent *e; (e = readdir(d));) {
		n += e->d_name[0] != '.';
	}
	closedir(d);
	return n;
}

static int fresh(void **state)
{
	(void)state;
	umask(022);
	snprintf(folder, sizeof(folder), "/tmp/hl-file-XXXXXX");
	return !mkdtemp(folder);
}

static int clean(void **state)
{
	DIR *d = opendir(folder);

	(void)state;
	for (struct dirent *e; (e = readdir(d));) {
		unlinkat(dirfd(d), e->d_name, 0);
	}
	closedir(d);
	return rmdir(folder);
}

static void expect_content(const char *name, struct hl_str wanted)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 20);

	assert_int_equal(0, hl_file_read(at(name), &b, NULL));
	assert_true(hl_str_eq(wanted, hl_buf_str(&b)));
}

static void writes_and_reads_every_size(void **state)
{
	static const size_t sizes[] = {0, 1, 4095, 65535, 65536, 65537, 300000};
	char *bytes = malloc(300000);

	(void)state;
	for (size_t i = 0; i < 300000; i++) {
		bytes[i] = (char)(i * 7 % 251);
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(sizes); i++) {
		struct hl_str s = hl_str_mem(bytes, sizes[i]);

		assert_int_equal(0, hl_file_write(at("a"), s, 0600, NULL));
		expect_content("a", s);
	}
	assert_int_equal(1, n_files());
	free(bytes);
}

static void the_mode_is_as_asked(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(0, hl_file_write(at("a"), HL_STR("x"), 0600, NULL));
	assert_int_equal(0, stat(at("a"), &st));
	assert_int_equal(0600, st.st_mode & 07777);
	assert_int_equal(0, hl_file_create(at("b"), HL_STR("x"), 0640, NULL));
	assert_int_equal(0, stat(at("b"), &st));
	assert_int_equal(0640, st.st_mode & 07777);
}

static void reading_appends(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(100);

	(void)state;
	assert_int_equal(0, hl_file_write(at("a"), HL_STR("new"), 0600, NULL));
	hl_buf_put(&b, HL_STR("old "));
	assert_int_equal(0, hl_file_read(at("a"), &b, NULL));
	assert_string_equal("old new", b.p);
}

static void what_cannot_be_read(void **state)
{
	HL_BUF_AUTO b = HL_BUF_INIT(100);
	struct hl_err err = {0};

	(void)state;
	assert_int_equal(HL_NOTFOUND, hl_file_read(at("none"), &b, &err));
	assert_int_equal(HL_E_IO, hl_file_read(folder, &b, &err));
	assert_int_equal(EISDIR, err.sys_errno);
	assert_int_equal(0, hl_file_write(at("a"), HL_STR("x"), 0600, NULL));
	assert_int_equal(HL_E_IO, hl_file_read(at("a/b"), &b, &err));
	assert_int_equal(0, b.n);
}

static void the_limit_is_exact(void **state)
{
	(void)state;
	assert_int_equal(
		0, hl_file_write(at("a"), HL_STR("12345"), 0600, NULL));
	for (size_t max = 0; max < 8; max++) {
		HL_BUF_AUTO b = HL_BUF_INIT(max);

		assert_int_equal(max < 5 ? HL_E_LIMIT : 0,
			hl_file_read(at("a"), &b, NULL));
	}
}

static void creating_replaces_nothing(void **state)
{
	(void)state;
	assert_int_equal(0, hl_file_create(at("a"), HL_STR("1"), 0600, NULL));
	assert_int_equal(
		HL_CONFLICT, hl_file_create(at("a"), HL_STR("2"), 0600, NULL));
	expect_content("a", HL_STR("1"));
	assert_int_equal(1, n_files());
}

static void where_nothing_can_be_written(void **state)
{
	char path[5000];
	struct hl_err err = {0};

	(void)state;
	assert_int_equal(
		HL_E_IO, hl_file_write(at("none/a"), HL_STR("x"), 0600, &err));
	assert_int_equal(ENOENT, err.sys_errno);
	assert_int_equal(
		HL_E_IO, hl_file_write(folder, HL_STR("x"), 0600, &err));
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(
		HL_E_LIMIT, hl_file_write(path, HL_STR("x"), 0600, &err));
}

/* When there is no room, the old file stays whole and nothing is left. */
static void a_write_that_fails_changes_nothing(void **state)
{
	const struct rlimit small = {1000, 1000};
	char big[5000] = {1};
	int status;

	(void)state;
	assert_int_equal(0, hl_file_write(at("a"), HL_STR("old"), 0600, NULL));
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &small);
		_exit(-hl_file_write(
			at("a"), hl_str_mem(big, sizeof(big)), 0600, NULL));
	}
	waitpid(pid, &status, 0);
	assert_int_equal(HL_E_IO, -WEXITSTATUS(status));
	expect_content("a", HL_STR("old"));
	assert_int_equal(1, n_files());
}

/* /dev/full answers like a full disk. */
static void a_full_disk_is_told_apart(void **state)
{
	HL_FD_AUTO fd = open("/dev/full", O_WRONLY);
	struct hl_err err;

	(void)state;
	assert_int_equal(HL_E_FULL, hl_file_write_fd(fd, HL_STR("x"), &err));
	assert_int_equal(ENOSPC, err.sys_errno);
}

/* A pipe takes a part at a time. */
static void partial_writes_go_on(void **state)
{
	static char bytes[500000];
	size_t got = 0;
	int ends[2];

	(void)state;
	assert_int_equal(0, pipe(ends));
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		_exit(hl_file_write_fd(
			ends[1], hl_str_mem(bytes, sizeof(bytes)), NULL));
	}
	close(ends[1]);
	for (ssize_t n; (n = read(ends[0], bytes, 1000)) > 0;) {
		got += (size_t)n;
	}
	assert_int_equal(sizeof(bytes), got);
	close(ends[0]);
	waitpid(pid, NULL, 0);
}

/* Whole through a pipe that gives a part at a time; then the end; then the
 * fault of what cannot be read. */
static void partial_reads_go_on(void **state)
{
	static char bytes[100001];
	int ends[2];

	(void)state;
	assert_int_equal(0, pipe(ends));
	pid_t pid = fork();
	if (pid == 0) {
		for (size_t i = 0; i < 100000; i += 1000) {
			memset(bytes, (int)(i / 1000), 1000);
			if (write(ends[1], bytes, 1000) != 1000) {
				_exit(1);
			}
		}
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(0, hl_file_read_fd(ends[0], bytes, 0, 0));
	assert_int_equal(70000, hl_file_read_fd(ends[0], bytes, 70000, 70000));
	ssize_t some = hl_file_read_fd(ends[0], bytes + 70000, 1, 20000);
	assert_true(some > 0 && some <= 20000);
	assert_int_equal(30000 - some,
		hl_file_read_fd(ends[0], bytes + 70000 + some, 30000, 30001));
	for (size_t i = 0; i < 100000; i++) {
		assert_int_equal((char)(i / 1000), bytes[i]);
	}
	assert_int_equal(0, hl_file_read_fd(ends[0], bytes, 1, 1));
	close(ends[0]);
	assert_int_equal(-1, hl_file_read_fd(ends[0], bytes, 1, 1));
	assert_int_equal(EBADF, errno);
	waitpid(pid, NULL, 0);
}

static void closing(void **state)
{
	int fd = open("/dev/null", O_RDONLY), kept = fd;

	(void)state;
	hl_file_closep(&fd);
	assert_int_equal(-1, fd);
	assert_int_equal(-1, fcntl(kept, F_GETFD));
	hl_file_closep(&fd);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, fresh, clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(writes_and_reads_every_size),
		CASE(the_mode_is_as_asked),
		CASE(reading_appends),
		CASE(what_cannot_be_read),
		CASE(the_limit_is_exact),
		CASE(creating_replaces_nothing),
		CASE(where_nothing_can_be_written),
		CASE(a_write_that_fails_changes_nothing),
		CASE(a_full_disk_is_told_apart),
		CASE(partial_writes_go_on),
		CASE(partial_reads_go_on),
		CASE(closing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
