/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_HASH_FOLDER_H
#define CLI_HASH_FOLDER_H

#include "../cli/capture.h"

/* Commands on hash lists in a folder of their own, which is the working
 * folder; a group's set-up and its end. */
int make_folder(void **state);
int drop_folder(void **state);

void write_file(const char *path, const char *text);
/* Runs a line of "hashlist ..." or "match ...", which ends with this status
 * and says these words, if any. */
void expect_of(
	struct capture *c, int status, const char *line, const char *words);

#endif
