/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

/*
 * Runs a fuzz target once on each file of the folders given, as TAP, so
 * that a corpus is tested by any compiler and not only while searching. The
 * empty input is always tried as well.
 */

#define MAX_INPUT_BYTES (4u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *folder, const char *name, int number)
{
	HL_BUF_AUTO data = HL_BUF_INIT(MAX_INPUT_BYTES);
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (hl_file_read(path, &data, NULL) != 0) {
		printf("not ok %d - cannot read %s\n", number, path);
		return 1;
	}
	/* An exact copy, so that reading behind its end is seen. */
	uint8_t *exact = malloc(data.n ? data.n : 1);
	if (!exact) {
		printf("not ok %d - no memory\n", number);
		return 1;
	}
	if (data.n) {
		memcpy(exact, data.p, data.n);
	}
	fflush(stdout);
	LLVMFuzzerTestOneInput(exact, data.n);
	free(exact);
	printf("ok %d - %s\n", number, name);
	return 0;
}

static int is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	int n = 0, failed = 0;

	for (int i = 1; i < argc; i++) {
		struct dirent **list;
		int count = scandir(argv[i], &list, is_input, alphasort);

		for (int k = 0; k < count; k++) {
			failed |= run_file(argv[i], list[k]->d_name, ++n);
			free(list[k]);
		}
		if (count >= 0) {
			free(list);
		}
	}
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	printf("ok %d - the empty input\n1..%d\n", n + 1, n + 1);
	return failed;
}
