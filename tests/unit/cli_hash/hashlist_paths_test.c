/* SPDX-License-Identifier: Apache-2.0 */
/* What hotline hashlist does with paths that are no plain files, and with
 * what a list is beside its entries. */
#include "folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "cli_hash/commands.h"

#define MD5_A "9e107d9d372bb6826bd81d3542a419d6"
#define MD5_B "e4d909c290d0fb1ca068ffaddf22cbd0"
#define IMPORT "hashlist import --index idx --list one "
#define EXPORT "hashlist export --index idx --list one --format lines "

static struct capture c;

static void expect(int status, const char *line, const char *words)
{
	expect_of(&c, status, line, words);
}

static int make_pipe(void **state)
{
	return make_folder(state) || mkfifo("pipe", 0600);
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

#define STATS "hashlist stats --json --index idx --list "
#define SET "hashlist set --index idx --list own "

/* Nothing of it is done: not the list, not the file, not the report. */
static void import_does_not_change_a_list(void **state)
{
	static const struct {
		const char *options, *words;
	} rows[] = {
		{"--negative", "--negative: list 2 is there and is not"},
		{"--radius 21", "--radius: list 2 is there and has radius 20"},
		{"--owner Other", "--owner: list 2 is there and has another"},
		{"--negative --radius 3 --replace", "--negative: "},
		{"--radius 20 --owner Other", "--owner: "},
		{"--negative --report rep", "--negative: "},
	};

	(void)state;
	write_file("b.txt", "md5 " MD5_B "\n");
	expect(0,
		"hashlist import --index idx --list own --radius 20 --owner "
		"Mine a.txt",
		"1 new entries");
	for (size_t i = 0; i < HL_ARRAY_LEN(rows) * 3; i++) {
		static const char *const ends[] = {
			"b.txt", "nothere.txt", "--dry-run b.txt"};
		char line[256];

		snprintf(line, sizeof(line),
			"hashlist import --index idx --list own %s %s",
			rows[i / 3].options, ends[i % 3]);
		expect(2, line, rows[i / 3].words);
		capture_says(&c, "change it by \"hotline hashlist set\"");
		expect(0, STATS "own",
			"\"owner\":\"Mine\",\"negative\":false,"
			"\"radius\":20,\"version\":1,\"entries\":1,");
	}
	assert_int_equal(-1, access("rep", F_OK));
	/* As it is, it may be said again. */
	expect(0,
		"hashlist import --index idx --list own --radius 20 --owner "
		"Mine a.txt",
		"1 entries as they were");
	expect(0, "hashlist import --index idx --list one --radius 31 a.txt",
		"1 entries as they were");
	expect(2, "hashlist import --index idx --list one --owner Any a.txt",
		"has another owner, or none");
}

static void set_changes_a_list(void **state)
{
	(void)state;
	write_file("idx/import-1.json", "{}");
	write_file("idx/import-2.json", "{}");
	expect(0, SET "--negative", "list 2: negative, radius 20, of Mine\n");
	/* An import that was stopped does not go on over that. */
	assert_int_equal(-1, access("idx/import-2.json", F_OK));
	assert_int_equal(0, unlink("idx/import-1.json"));
	expect(0, STATS "own", "\"negative\":true,\"radius\":20,\"version\":2");
	assert_int_equal(
		1, capture_run(&c, hl_cli_match,
			   "match --index idx --list own " MD5_A, NULL));
	capture_says(&c, "negative\tmd5\t0\t2\town");
	expect(0, "hashlist import --index idx --list own --negative a.txt",
		"1 entries as they were");
	expect(0, SET "--positive --radius 5 --owner \"\"",
		"list 2: positive, radius 5\n");
	expect(0, STATS "own",
		"\"owner\":\"\",\"negative\":false,\"radius\":5,"
		"\"version\":3,\"entries\":1,");
	/* What is so already is no new version. */
	expect(0, SET "--positive --radius 5", "list 2: positive, radius 5\n");
	expect(0, STATS "own", "\"version\":3,");
	expect(0, "hashlist verify --index idx", "every byte");
}

static void set_refuses(void **state)
{
	static const char *const lines[] = {"hashlist set", SET,
		SET "--negative --positive", SET "--radius 0",
		SET "--radius 64", SET "--radius x", SET "--what",
		SET "--positive more", "hashlist set --index idx --positive",
		"hashlist set --list own --positive",
		SET "--owner 0123456789012345678901234567890123456789"
		    "0123456789012345678901234567890123456789"
		    "0123456789012345678901234567890123456789"
		    "0123456789012345678901234567890123456789"};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(lines); i++) {
		expect(2, lines[i], "hotline hashlist: ");
	}
	expect(3, "hashlist set --index idx --list nix --positive",
		"no list \"nix\"");
	expect(3, "hashlist set --index nix --list own --positive",
		"no index in nix");
	assert_int_equal(-1, access("nix", F_OK));
	expect(0, STATS "own", "\"version\":3,");
}

/* The alarm ends a test that waits. */
static void named_pipes_are_not_read(void **state)
{
	char line[128];
	int ends[2];

	(void)state;
	alarm(60);
	expect(1, IMPORT "pipe", "pipe is a pipe, no file; name \"-\"");
	expect(1, "hashlist diff --index idx --list one pipe", "is a pipe");
	alarm(0);
	/* What the shell's <(...) names is read. */
	assert_int_equal(0, pipe(ends));
	assert_int_equal(37, write(ends[1], "md5 " MD5_A "\n", 37));
	close(ends[1]);
	snprintf(line, sizeof(line), IMPORT "/dev/fd/%d", ends[0]);
	expect(0, line, "1 entries as they were");
	close(ends[0]);
}

/* The beginning of a JPEG file, with a comma and a line's end in it. */
static void pictures_are_no_lists(void **state)
{
	static const char head[] =
		"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xdb\0\x43"
		"\0\x08\x06,\x06\x07\x06\x05\x08,\x07\n\x07\x07,\x09\x09\x08,"
		"\x0c\n\x14,\x0d\x0c\x0b\x0b,\x0c\x19\x12";
	static const char row[] =
		"id,kind,hash,label\n1,md5," MD5_A ",********************\n";
	HL_BUF_AUTO text = HL_BUF_INIT(4096);

	(void)state;
	assert_int_equal(
		0, hl_file_write("p.jpg", hl_str_mem(head, sizeof(head) - 1),
			   0600, NULL));
	expect(1, IMPORT "p.jpg", "it cannot be told what p.jpg is");
	/* Cyrillic in UTF-16 has the same bytes, and is text. */
	for (size_t i = 0; i < sizeof(row) - 1; i++) {
		hl_buf_put_c(&text, row[i] == '*' ? 0x16 : row[i]);
		hl_buf_put_c(&text, row[i] == '*' ? 0x04 : 0);
	}
	assert_int_equal(
		0, hl_file_write("16.csv", hl_buf_str(&text), 0600, NULL));
	expect(0, "hashlist import --index idx --list wide 16.csv",
		"1 new entries");
}

static void verify_names_what_is_missing(void **state)
{
	(void)state;
	expect(3, "hashlist verify --index nix", "there is no index in nix");
}

/* An import of 2,000 records that a full disk stops: a file may not grow over
 * a size that some batches fit in. What it has saved of the batch that could
 * not be committed is as a kill at that moment leaves it. */
static void import_until_full(const char *index)
{
	const struct rlimit small = {60000, 60000};
	HL_BUF_AUTO text = HL_BUF_INIT(1 << 20);
	char line[128];
	pid_t pid;
	int status;

	for (int i = 0; i < 2000; i++) {
		hl_buf_printf(&text, "md5 %032x\n", i + 1);
	}
	assert_int_equal(
		0, hl_file_write("many.txt", hl_buf_str(&text), 0600, NULL));
	snprintf(line, sizeof(line),
		"hashlist import --index %s --list one --batch 100 many.txt",
		index);
	pid = fork();
	if (pid == 0) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &small);
		_exit(capture_run(&c, hl_cli_hashlist, line, NULL) != 1 ||
			!strstr(c.text, " records are kept; with --resume"));
	}
	waitpid(pid, &status, 0);
	assert_int_equal(0, status);
}

static void a_full_disk_tells_how_far(void **state)
{
	(void)state;
	import_until_full("little");
	expect(0,
		"hashlist import --index little --list one --batch 100 "
		"--resume "
		"many.txt",
		"2000 new entries");
	capture_hides(&c, "from the beginning");
}

/* Nor is it taken for one that was made, when another is made instead. */
static void another_commit_is_not_the_one_that_failed(void **state)
{
	(void)state;
	expect(0, "hashlist import --index both --list other a.txt", "1 new");
	import_until_full("both");
	expect(0, "hashlist set --index both --list other --radius 5", "");
	expect(0,
		"hashlist import --index both --list one --batch 100 --resume "
		"many.txt",
		"from the beginning");
	expect(0, "hashlist stats --index both --list one --json",
		"\"entries\":2000,");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(export_leaves_pipes_and_links),
		cmocka_unit_test(export_to_a_full_device_fails),
		cmocka_unit_test(reports_go_to_pipes_and_devices),
		cmocka_unit_test(import_does_not_change_a_list),
		cmocka_unit_test(set_changes_a_list),
		cmocka_unit_test(set_refuses),
		cmocka_unit_test(named_pipes_are_not_read),
		cmocka_unit_test(pictures_are_no_lists),
		cmocka_unit_test(verify_names_what_is_missing),
		cmocka_unit_test(a_full_disk_tells_how_far),
		cmocka_unit_test(another_commit_is_not_the_one_that_failed),
	};

	return cmocka_run_group_tests(tests, make_pipe, drop_folder);
}
