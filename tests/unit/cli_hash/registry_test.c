/* SPDX-License-Identifier: Apache-2.0 */
/* hotline registry lists, import and export, as they are typed. */
#include "../registry/help.h"
#include "../cli/capture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "cli_hash/commands.h"
#include "cli/common.h"

static struct capture c;

/* The store is one process's; number() takes it back. */
static int run(struct fixture *f, const char *line, const char *input)
{
	capture_open(f->dir);
	hl_store_close(f->store);
	f->store = NULL;
	int status = capture_run(&c, hl_cli_registry, line, input);
	number(f, "SELECT 1");
	capture_close(f->dir);
	return status;
}

static void wrong_words_are_usage(void **state)
{
	static const char *const lines[] = {"registry", "registry list",
		"registry lists one", "registry lists --dry-run",
		"registry import", "registry import Partner",
		"registry import Partner - --format", "registry export",
		"registry import Partner - --format word",
		"registry import Partner - --kind crc",
		"registry import Partner - --kind",
		"registry import Partner - --all",
		"registry import Partner - --dry-run",
		"registry export one two", "registry export one --dry-run",
		"registry hash", "registry hash C-0000-0000-0",
		"registry hash C-0000-0000-0 a --all"};
	struct fixture *f = *state;

	for (size_t i = 0; i < HL_ARRAY_LEN(lines); i++) {
		int status = run(f, lines[i], NULL);

		if (status != HL_CLI_USAGE) {
			fail_msg(
				"\"%s\" gave %d: %s", lines[i], status, c.text);
		}
		capture_says(&c, "usage: hotline registry");
	}
	assert_int_equal(0, number(f, "SELECT count(*) FROM hash_entry"));
	assert_int_equal(HL_CLI_OK, run(f, "registry --help", NULL));
}

static void lists_are_printed(void **state)
{
	struct fixture *f = *state;

	put_list(f, "Partner", true);
	assert_int_equal(HL_CLI_OK, run(f, "registry lists", NULL));
	capture_says(&c, "Assessed here (resolves)\n");
	capture_says(&c, "Partner (harmless)");
	assert_int_equal(HL_CLI_OK, run(f, "registry lists --json", NULL));
	HL_JSON_AUTO *all = NULL;
	assert_int_equal(
		0, hl_json_parse(hl_str_c(c.text), sizeof(c.text), &all, NULL));
	const json_t *lists = json_object_get(all, "lists");
	assert_int_equal(3, json_array_size(lists));
	capture_members(json_array_get(lists, 2),
		"ref id name owner kind state negative resolves entries "
		"version");
}

static void bad_records_are_told_and_the_rest_is_read(void **state)
{
	static const char text[] = "id,md5,label\n"
				   "a,0123456789abcdef0123456789abcdef,A1\n"
				   "b,not a hash,A1\n"
				   "c,00112233445566778899aabbccddeeff,B\n";
	struct fixture *f = *state;

	put_list(f, "Partner", false);
	assert_int_equal(
		HL_CLI_FAILED, run(f, "registry import Partner -", text));
	capture_says(&c, "-:3: ");
	capture_says(&c, "written             2\n");
	capture_says(&c, "not readable        1\n");
	assert_int_equal(2, number(f, "SELECT count(*) FROM hash_value"));
	/* twice: nothing is written */
	assert_int_equal(
		HL_CLI_FAILED, run(f, "registry import Partner -", text));
	capture_says(&c, "written             0\n");
	capture_says(&c, "unchanged           2\n");
	assert_int_equal(2, number(f, "SELECT count(*) FROM hash_entry"));
}

#define PDQ(tail) \
	"d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b" tail

/* A frame that cannot be read is not one that its owner took off. */
static void what_is_not_whole_takes_nothing(void **state)
{
#define FRAMES(a, b)                                                         \
	"id,kind,hash,part,label\nf,pdq," PDQ(a) ",1,A\nf,pdq," PDQ(b) ",2," \
								       "A\n"
	struct fixture *f = *state;

	put_list(f, "Partner", false);
	assert_int_equal(HL_CLI_OK,
		run(f, "registry import Partner -", FRAMES("20", "21")));
	assert_int_equal(HL_CLI_FAILED,
		run(f, "registry import Partner -", FRAMES("20", "2g")));
	capture_says(&c, "written             0\n");
	capture_says(&c, "not read whole      1 (stay as they were)\n");
	assert_int_equal(2, number(f, "SELECT count(*) FROM hash_value"));
	/* what it adds is taken, and what is whole again may take */
	assert_int_equal(HL_CLI_FAILED,
		run(f, "registry import Partner -",
			FRAMES("20", "21") "f,pdq,zz,3,A\nf,pdq," PDQ(
				"24") ",4,A\n"));
	capture_says(&c, "written             1\n");
	assert_int_equal(3, number(f, "SELECT count(*) FROM hash_value"));
	assert_int_equal(HL_CLI_OK,
		run(f, "registry import Partner -",
			"id,kind,hash,part,label\nf,pdq," PDQ("20") ",1,A\n"));
	assert_int_equal(1, number(f, "SELECT count(*) FROM hash_value"));
}

static void what_cannot_be_read_in_is_refused(void **state)
{
	struct fixture *f = *state;

	put_list(f, "Partner", false);
	assert_int_equal(
		HL_CLI_NOT_FOUND, run(f, "registry import Nobody -", ""));
	assert_int_equal(HL_CLI_NOT_FOUND,
		run(f, "registry import Partner /nonexistent/list", NULL));
	capture_says(&c, "there is no file /nonexistent/list");
	assert_int_equal(HL_CLI_FAILED,
		run(f, "registry import \"Assessed here\" -", "x"));
	assert_int_equal(
		HL_CLI_FAILED, run(f, "registry import Partner -", ""));
	capture_says(&c, "its format cannot be told");
	assert_int_equal(HL_CLI_NOT_FOUND, run(f, "registry export No", NULL));
	assert_int_equal(
		HL_CLI_FAILED, run(f, "registry export Partner", NULL));
	capture_says(&c, "only lists of ours are given out");
	assert_int_equal(0, number(f, "SELECT count(*) FROM hash_entry"));
}

enum { FIRST = 1000, KILLED = 1200, ALL = 1500 };

static void put_lines(int fd, int n)
{
	dprintf(fd, "id,md5\n");
	for (int i = 1; i <= n; i++) {
		dprintf(fd, "n%d,%032x\n", i, (unsigned)i);
	}
}

static void wait_read(int fd)
{
	int64_t begun = hl_time_mono_us();
	int left = 1;

	while (left) {
		assert_int_equal(0, ioctl(fd, FIONREAD, &left));
		assert_true(hl_time_mono_us() - begun < 30 * HL_US_PER_S);
		usleep(1000);
	}
}

/* The import reads from a pipe that has no end, so that it is in its middle
 * when it is killed, however fast the machine is. */
static void one_that_was_killed_goes_on(void **state)
{
	struct fixture *f = *state;
	char pipe[128], file[128], line[300];

	put_list(f, "Partner", false);
	snprintf(pipe, sizeof(pipe), "%s/pipe", f->dir);
	snprintf(file, sizeof(file), "%s/list", f->dir);
	assert_int_equal(0, mkfifo(pipe, 0600));
	hl_store_close(f->store);
	f->store = NULL;
	capture_open(f->dir);
	pid_t child = fork();
	if (child == 0) {
		snprintf(line, sizeof(line),
			"registry import Partner %s --format csv", pipe);
		_exit(capture_run(&c, hl_cli_registry, line, NULL));
	}
	int fd = open(pipe, O_WRONLY);
	assert_true(child > 0 && fd >= 0);
	put_lines(fd, KILLED);
	wait_read(fd);
	/* who reads this has written what it could of what came before */
	dprintf(fd, "last,%032x\n", 9999u);
	wait_read(fd);
	kill(child, SIGKILL);
	int status;
	waitpid(child, &status, 0);
	assert_true(WIFSIGNALED(status));
	close(fd);
	capture_close(f->dir);
	assert_int_equal(FIRST, number(f, "SELECT count(*) FROM hash_entry"));
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	put_lines(fd, ALL);
	close(fd);
	snprintf(line, sizeof(line), "registry import Partner %s", file);
	assert_int_equal(HL_CLI_OK, run(f, line, NULL));
	capture_says(&c, "written             500\n");
	capture_says(&c, "unchanged           1000\n");
	assert_int_equal(ALL, number(f, "SELECT count(*) FROM hash_value"));
	unlink(pipe);
	unlink(file);
}

static void what_is_given_out_can_be_read_in(void **state)
{
	struct fixture *f = *state;
	static char text[1 << 16];

	for (unsigned i = 0; i < 250; i++) {
		struct hl_hash_set set = one_hash(HL_HASH_SHA256, i);

		if (i % 2) {
			set.at[set.n++] = hash_no(HL_HASH_PDQ, i);
		}
		put_entry(f, HL_HASH_LIST_ASSESSED, &set, HL_OUTCOME_BASELINE);
	}
	int64_t partner = put_list(f, "Partner", false);
	assert_int_equal(
		HL_CLI_OK, run(f, "registry export \"Assessed here\"", NULL));
	assert_true(strlen(c.text) < sizeof(text));
	memcpy(text, c.text, strlen(c.text) + 1);
	assert_int_equal(250,
		number(f, "SELECT a FROM event ORDER BY seq DESC LIMIT 1"));
	assert_int_equal(HL_CLI_OK, run(f, "registry import Partner -", text));
	capture_says(&c, "written             250\n");
#define VALUES(list)                                                   \
	"SELECT v.kind, v.part, v.value, v.quality FROM hash_value v " \
	"JOIN hash_entry e ON e.id = v.entry_id WHERE e.list_id " list
	assert_int_equal(
		375, number_of(f, "SELECT count(*) FROM (" VALUES("= %lld") ")",
			     partner));
	assert_int_equal(
		0, number(f, "SELECT count(*) FROM (" VALUES(
				     "= 1") " EXCEPT " VALUES("> 1") ")"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(wrong_words_are_usage),
		TEST(lists_are_printed),
		TEST(bad_records_are_told_and_the_rest_is_read),
		TEST(what_is_not_whole_takes_nothing),
		TEST(what_cannot_be_read_in_is_refused),
		TEST(one_that_was_killed_goes_on),
		TEST(what_is_given_out_can_be_read_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
