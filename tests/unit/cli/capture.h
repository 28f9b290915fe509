/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CLI_CAPTURE_H
#define TESTS_CLI_CAPTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"

/* Runs commands as a shell would, in this process. */
typedef int command_fn(int argc, char **argv);

struct capture {
	char text[1 << 18]; /* what came on both streams; both are searched */
};

/* Makes dir an installation with its store in store.db, and this one the
 * one that commands work on; undone by capture_close(). */
void capture_open(const char *dir);
void capture_close(const char *dir);

/* The exit status. line is split at spaces; "quoted words" are one. */
int capture_run(struct capture *c, command_fn *command, const char *line,
	const char *input);
/* The same for one that prints JSON and must succeed; the caller frees. */
json_t *capture_json(struct capture *c, command_fn *command, const char *line);
/* Fails when the text lacks words, or has them. */
void capture_says(const struct capture *c, const char *words);
void capture_hides(const struct capture *c, const char *words);

/* Whether a JSON object has these members, in this order, and no others;
 * names are split at spaces. */
void capture_members(const json_t *object, const char *names);

#endif
