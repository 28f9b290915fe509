/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CONSUME_FILE_H
#define HL_CONSUME_FILE_H

#include "consume/judge.h"

/*
 * A judge made of a plain text file, for testing an installation: a line for
 * an expression of src/url,
 *
 *   HOST | HOST/PATH [entry=NUMBER] [confirm=MILLISECONDS | confirm=fail]
 *
 * HOST alone is a whole domain with what is below it. With a path it is that
 * host alone: a directory if the path ends in "/", else a page, with any
 * query unless the line has one. entry is the line's number unless said.
 * With confirm the answer comes as if a hotline were asked and took so long,
 * or could not be reached. "#" begins a comment. The most exact line wins.
 */
#define HL_CONSUME_FILE_MAX (64u << 20)
#define HL_CONSUME_FILE_CONFIRM_MAX_MS 60000
#define HL_CONSUME_FILE_KEEP_S 30

struct hl_consume_file;
/* HL_NOTFOUND: no such file. HL_E_INVALID names the line that is wrong. */
int hl_consume_file_new(
	const char *path, struct hl_consume_file **out, struct hl_err *err);
/* No thread may be asking any more. NULL is allowed. */
void hl_consume_file_free(struct hl_consume_file *f);

/* Lives as long as f. */
const struct hl_consume_judge *hl_consume_file_judge(
	const struct hl_consume_file *f);
size_t hl_consume_file_count(struct hl_consume_file *f); /* of lines */

/* Reads the file again if it changed, or in any case; answers go on
 * meanwhile. A fault or HL_NOTFOUND leaves the list as it was. */
int hl_consume_file_reread(
	struct hl_consume_file *f, bool in_any_case, struct hl_err *err);

/* Rereads in a thread of its own: every second if the file changed, and
 * whenever hup_fd, a signalfd or -1, can be read. Ends with free. */
int hl_consume_file_watch(
	struct hl_consume_file *f, int hup_fd, struct hl_err *err);

#endif
