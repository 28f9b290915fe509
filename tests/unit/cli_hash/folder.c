/* SPDX-License-Identifier: Apache-2.0 */
#include "folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cli_hash/commands.h"

int make_folder(void **state)
{
	char path[] = "/tmp/hl-lists-XXXXXX";

	(void)state;
	return mkdtemp(path) && chdir(path) == 0 ? 0 : -1;
}

static int remove_one(
	const char *path, const struct stat *st, int type, struct FTW *place)
{
	(void)st;
	(void)type;
	(void)place;
	return remove(path);
}

int drop_folder(void **state)
{
	char here[256];

	(void)state;
	return getcwd(here, sizeof(here)) && chdir("/") == 0
		       ? nftw(here, remove_one, 8, FTW_DEPTH | FTW_PHYS)
		       : -1;
}

void write_file(const char *path, const char *text)
{
	assert_int_equal(0, hl_file_write(path, hl_str_c(text), 0600, NULL));
}

void expect_of(
	struct capture *c, int status, const char *line, const char *words)
{
	int got = capture_run(c,
		strncmp(line, "match", 5) == 0 ? hl_cli_match : hl_cli_hashlist,
		line, NULL);

	if (got != status) {
		fail_msg("\"%s\": %d, not %d: %s", line, got, status, c->text);
	}
	if (words) {
		capture_says(c, words);
	}
}
