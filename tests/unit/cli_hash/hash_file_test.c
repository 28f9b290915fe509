/* SPDX-License-Identifier: Apache-2.0 */
/* What is opened to be hashed, and what is never waited for. */
#include "../cli/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "cli_hash/hash.h"

static int make_folder(void **state)
{
	char path[] = "/tmp/hl-hash-file-XXXXXX";
	struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "socket"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	if (!mkdtemp(path) || chdir(path) || mkdir("folder", 0700) ||
		mkfifo("pipe", 0600) || symlink("pipe", "to-pipe") ||
		symlink("file", "to-file") || symlink("loop", "loop") ||
		bind(fd, (const struct sockaddr *)&at, sizeof(at)) ||
		hl_file_write("file", HL_STR("x"), 0600, NULL)) {
		return -1;
	}
	return close(fd);
}

static int remove_folder(void **state)
{
	static const char *const names[] = {
		"pipe", "to-pipe", "to-file", "loop", "socket", "file"};
	char path[64];

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		unlink(names[i]);
	}
	rmdir("folder");
	return getcwd(path, sizeof(path)) && chdir("/") == 0 ? rmdir(path) : -1;
}

/* A pipe that nobody writes to would end this test by its time limit. */
static void only_files_are_opened(void **state)
{
	static const struct {
		const char *path;
		enum hl_media_status status;
		int number;
		const char *text;
	} rows[] = {
		{"file", HL_MEDIA_HASHED, 0, NULL},
		{"to-file", HL_MEDIA_HASHED, 0, NULL},
		{"pipe", HL_MEDIA_REFUSED, EINVAL,
			"refused: this is a pipe, no file; name \"-\" for "
			"standard input"},
		{"to-pipe", HL_MEDIA_REFUSED, EINVAL,
			"refused: this is a pipe, no file; name \"-\" for "
			"standard input"},
		{"/dev/zero", HL_MEDIA_REFUSED, EINVAL,
			"refused: this is a device, no file; name \"-\" for "
			"standard input"},
		{"socket", HL_MEDIA_REFUSED, EINVAL,
			"refused: this is a socket, no file; name \"-\" for "
			"standard input"},
		{"folder", HL_MEDIA_UNREADABLE, EISDIR,
			"could not be read: Is a directory"},
		{"nothing", HL_MEDIA_UNREADABLE, ENOENT,
			"could not be read: No such file or directory"},
		{"", HL_MEDIA_UNREADABLE, ENOENT,
			"could not be read: No such file or directory"},
		{"loop", HL_MEDIA_UNREADABLE, ELOOP,
			"could not be read: Too many levels of symbolic "
			"links"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct hl_media_result got = {.status = HL_MEDIA_HASHED};
		int fd = hl_cli_hash_open(rows[i].path, &got);
		int number = errno;

		if ((fd >= 0) != !rows[i].text ||
			got.status != rows[i].status) {
			fail_msg("%s: %d, %s", rows[i].path, fd, got.text);
		}
		if (rows[i].text) {
			assert_string_equal(rows[i].text, got.text);
			assert_int_equal(rows[i].number, number);
		}
		hl_file_closep(&fd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_files_are_opened),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
