/* SPDX-License-Identifier: Apache-2.0 */
/* What hotline hashlist does with paths that are no plain files. */
#include "../cli/capture.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "cli_hash/commands.h"

#define MD5_A "9e107d9d372bb6826bd81d3542a419d6"
#define IMPORT "hashlist import --index idx --list one "
#define EXPORT "hashlist export --index idx --list one --format lines "

static struct capture c;

static void write_file(const char *path, const char *text)
{
	assert_int_equal(0, hl_file_write(path, hl_str_c(text), 0600, NULL));
}

static void expect(int status, const char *line, const char *words)
{
	int got = capture_run(&c, hl_cli_hashlist, line, NULL);

	if (got != status) {
		fail_msg("\"%s\": %d, not %d: %s", line, got, status, c.text);
	}
	if (words) {
		capture_says(&c, words);
	}
}

static int make_folder(void **state)
{
	char path[] = "/tmp/hl-paths-XXXXXX";

	(void)state;
	return mkdtemp(path) && chdir(path) == 0 && mkfifo("pipe", 0600) == 0
		       ? 0
		       : -1;
}

static void expect_content(const char *path, const char *words)
{
	HL_BUF_AUTO text = HL_BUF_INIT(1 << 16);

	assert_int_equal(0, hl_file_read(path, &text, NULL));
	hl_buf_put_c(&text, '\0');
	assert_non_null(strstr(text.p, words));
}

static mode_t type_of(const char *path)
{
	struct stat st;

	assert_int_equal(0, lstat(path, &st));
	return st.st_mode & S_IFMT;
}

/* Runs the line while another process copies what comes from the pipe. */
static void expect_through_pipe(int status, const char *line, const char *words)
{
	pid_t pid = fork();

	if (pid == 0) {
		HL_BUF_AUTO text = HL_BUF_INIT(1 << 16);

		_exit(hl_file_read("pipe", &text, NULL) ||
			hl_file_write("came", hl_buf_str(&text), 0600, NULL));
	}
	expect(status, line, NULL);
	waitpid(pid, NULL, 0);
	expect_content("came", words);
	assert_int_equal(S_IFIFO, type_of("pipe"));
}

static void export_leaves_pipes_and_links(void **state)
{
	(void)state;
	write_file("a.txt", "md5 " MD5_A "\n");
	expect(0, IMPORT "a.txt", "1 new entries");
	expect_through_pipe(0, EXPORT "pipe", MD5_A);
	write_file("real", "old");
	assert_int_equal(0, symlink("real", "link"));
	expect(0, EXPORT "link", "");
	assert_int_equal(S_IFLNK, type_of("link"));
	assert_int_equal(S_IFREG, type_of("real"));
	expect_content("real", MD5_A);
	expect(1, EXPORT "idx", "idx is a folder, no file");
	assert_int_equal(S_IFDIR, type_of("idx"));
}

/* A link of the test's own to the device, which is written to as it is. */
static void export_to_a_full_device_fails(void **state)
{
	(void)state;
	assert_int_equal(0, symlink("/dev/full", "full"));
	expect(1, EXPORT "full", "write full: No space left on device");
	assert_int_equal(S_IFLNK, type_of("full"));
	assert_int_equal(S_IFCHR, type_of("/dev/full"));
}

static void reports_go_to_pipes_and_devices(void **state)
{
	(void)state;
	write_file("bad.txt", "md5 " MD5_A "\nzz\n");
	expect_through_pipe(1, IMPORT "--report pipe bad.txt",
		"\"lost\":true,\"what\":\"a hash has another number");
	expect_content("came", "{\"totals\":{\"records\":1,");
	expect(1, IMPORT "--report /dev/null bad.txt", "1 bad records");
	expect(1, IMPORT "--report /dev/full bad.txt",
		"/dev/full cannot be written");
	expect(1, IMPORT "--report idx bad.txt", "write idx: Is a directory");
}

static int remove_one(
	const char *path, const struct stat *st, int type, struct FTW *place)
{
	(void)st;
	(void)type;
	(void)place;
	return remove(path);
}

static int drop_folder(void **state)
{
	char here[256];

	(void)state;
	return getcwd(here, sizeof(here)) && chdir("/") == 0
		       ? nftw(here, remove_one, 8, FTW_DEPTH | FTW_PHYS)
		       : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(export_leaves_pipes_and_links),
		cmocka_unit_test(export_to_a_full_device_fails),
		cmocka_unit_test(reports_go_to_pipes_and_devices),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
