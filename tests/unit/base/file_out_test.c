/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file_out.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[64];

static int fresh(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/hl-out-XXXXXX");
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int clean(void **state)
{
	DIR *d = opendir(".");

	(void)state;
	for (struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] != '.' && unlink(e->d_name) < 0) {
			rmdir(e->d_name);
		}
	}
	closedir(d);
	return chdir("/") == 0 ? rmdir(folder) : -1;
}

/* Opens, writes, closes with rc. */
static int put(const char *path, const char *text, int rc, struct hl_err *err)
{
	struct hl_file_out out;
	int opened = hl_file_out_open(&out, path, 0600, err);

	if (opened) {
		assert_int_equal(-1, out.fd);
		return opened;
	}
	assert_int_equal(0, hl_file_write_fd(out.fd, hl_str_c(text), NULL));
	return hl_file_out_close(&out, rc, err);
}

static void expect(const char *name, const char *text)
{
	HL_BUF_AUTO b = HL_BUF_INIT(1 << 16);

	assert_int_equal(0, hl_file_read(name, &b, NULL));
	assert_true(hl_str_eq(hl_str_c(text), hl_buf_str(&b)));
}

static void expect_files(int wanted)
{
	DIR *d = opendir(".");
	int n = 0;

	for (struct dirent *e; (e = readdir(d));) {
		n += e->d_name[0] != '.';
	}
	closedir(d);
	assert_int_equal(wanted, n);
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(0, lstat(name, &st));
	return st.st_mode;
}

static void files_are_replaced_in_one_step(void **state)
{
	struct hl_file_out out;

	(void)state;
	assert_int_equal(0, put("a", "first", 0, NULL));
	assert_int_equal(S_IFREG | 0600, mode_of("a"));
	assert_int_equal(0, hl_file_out_open(&out, "a", 0600, NULL));
	assert_int_equal(0, hl_file_write_fd(out.fd, HL_STR("new"), NULL));
	expect("a", "first");
	assert_int_equal(0, hl_file_out_close(&out, 0, NULL));
	expect("a", "new");
	/* What went wrong before changes nothing, and is told on. */
	assert_int_equal(HL_E_FULL, put("a", "half", HL_E_FULL, NULL));
	expect("a", "new");
	expect_files(1);
}

static void links_are_followed_and_stay(void **state)
{
	(void)state;
	assert_int_equal(0, mkdir("sub", 0700));
	assert_int_equal(0, put("file", "old", 0, NULL));
	assert_int_equal(0, symlink("../file", "sub/one"));
	assert_int_equal(0, symlink("sub/one", "two"));
	assert_int_equal(0, put("two", "new", 0, NULL));
	expect("file", "new");
	assert_int_equal(S_IFLNK, mode_of("two") & S_IFMT);
	assert_int_equal(S_IFLNK, mode_of("sub/one") & S_IFMT);
	/* One that leads to nothing yet makes the file. */
	assert_int_equal(0, symlink("later", "three"));
	assert_int_equal(0, put("three", "made", 0, NULL));
	expect("later", "made");
	assert_int_equal(S_IFLNK, mode_of("three") & S_IFMT);
	assert_int_equal(0, symlink("round", "round"));
	assert_int_equal(HL_E_IO, put("round", "x", 0, NULL));
	expect_files(6);
	assert_int_equal(0, unlink("sub/one"));
}

static void a_pipe_is_written_to(void **state)
{
	char got[8] = "";
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(0, mkfifo("pipe", 0600));
	assert_int_equal(0, symlink("pipe", "link"));
	pid = fork();
	if (pid == 0) {
		_exit(put("link", "through", 0, NULL) ? 1 : 0);
	}
	HL_FD_AUTO fd = open("pipe", O_RDONLY);
	assert_int_equal(7, hl_file_read_fd(fd, got, 8, 8));
	assert_memory_equal("through", got, 7);
	waitpid(pid, &status, 0);
	assert_int_equal(0, status);
	assert_int_equal(S_IFIFO, mode_of("pipe") & S_IFMT);
	expect_files(2);
}

/* A terminal of the test's own: no other device is put at risk. */
static void a_device_is_written_to(void **state)
{
	HL_FD_AUTO fd = posix_openpt(O_RDWR | O_NOCTTY);
	char got[16] = "";

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(0, grantpt(fd));
	assert_int_equal(0, unlockpt(fd));
	assert_int_equal(0, symlink(ptsname(fd), "device"));
	HL_FD_AUTO kept = open("device", O_RDWR | O_NOCTTY);
	assert_true(kept >= 0);
	assert_int_equal(0, put("device", "given\n", 0, NULL));
	assert_int_equal(7, hl_file_read_fd(fd, got, 7, sizeof(got)));
	assert_memory_equal("given\r\n", got, 7);
	assert_int_equal(S_IFLNK, mode_of("device") & S_IFMT);
	expect_files(1);
}

static void standard_output_is_written_to(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (pid == 0) {
		int fd = open("out", O_WRONLY | O_CREAT, 0600);

		dup2(fd, STDOUT_FILENO);
		_exit(write(STDOUT_FILENO, "head ", 5) != 5 ||
			put("/dev/stdout", "body ", 0, NULL) ||
			write(STDOUT_FILENO, "tail", 4) != 4);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(0, status);
	expect("out", "head body tail");
	expect_files(1);
}

/* A file that has lost its name is reached through its descriptor. */
static void a_file_without_a_name(void **state)
{
	char path[64], got[8] = "";
	HL_FD_AUTO fd = open("lost", O_RDWR | O_CREAT, 0600);

	(void)state;
	assert_int_equal(0, unlink("lost"));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	assert_int_equal(0, put(path, "kept", 0, NULL));
	assert_int_equal(4, pread(fd, got, 8, 0));
	assert_string_equal("kept", got);
	expect_files(0);
}

static void what_cannot_be_written_to(void **state)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "socket"};
	HL_FD_AUTO fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char longest[PATH_MAX + 8];
	struct hl_err err = {.msg = ""};

	(void)state;
	assert_int_equal(0, bind(fd, (struct sockaddr *)&at, sizeof(at)));
	assert_int_equal(0, mkdir("sub", 0700));
	assert_int_equal(HL_E_INVALID, put("socket", "x", 0, &err));
	assert_string_equal("socket is a socket, no file", err.msg);
	assert_int_equal(HL_E_INVALID, put("sub", "x", 0, &err));
	assert_string_equal("sub is a folder, no file", err.msg);
	assert_int_equal(HL_E_IO, put("none/a", "x", 0, &err));
	assert_int_equal(ENOENT, err.sys_errno);
	assert_int_equal(HL_E_IO, put("", "x", 0, NULL));
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(HL_E_IO, put(longest, "x", 0, NULL));
	for (size_t i = 1; i < sizeof(longest) - 12; i += 2) {
		longest[i] = '/';
		longest[i - 1] = '.';
	}
	longest[PATH_MAX - 3] = '\0';
	assert_int_equal(HL_E_LIMIT, put(longest, "x", 0, NULL));
	expect_files(2);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, fresh, clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(files_are_replaced_in_one_step),
		CASE(links_are_followed_and_stay),
		CASE(a_pipe_is_written_to),
		CASE(a_device_is_written_to),
		CASE(standard_output_is_written_to),
		CASE(a_file_without_a_name),
		CASE(what_cannot_be_written_to),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
