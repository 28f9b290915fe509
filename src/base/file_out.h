/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BASE_FILE_OUT_H
#define HL_BASE_FILE_OUT_H

#include <limits.h>

#include "base/file.h"

/*
 * Output to a path that the user named. A regular file, and one that is not
 * there, is replaced in one step when all of it is written; links are
 * followed, and stay. What is there and is no regular file (a device, a named
 * pipe), or is standard output, is written to as it is.
 */
struct hl_file_out {
	int fd;                           /* to write to */
	const char *path;                 /* borrowed, until it is closed */
	char to[PATH_MAX], tmp[PATH_MAX]; /* "": written to as it is */
};

/* A pipe is waited for until somebody reads it. HL_E_INVALID: a folder or a
 * socket, which cannot be written to. After a fault nothing is open. */
int hl_file_out_open(struct hl_file_out *out, const char *path, mode_t mode,
	struct hl_err *err);

/* With rc 0 what was written is synced and takes its place; else it goes, and
 * the file is as it was. The first fault, rc before any. */
int hl_file_out_close(struct hl_file_out *out, int rc, struct hl_err *err);

/* What was written is on the disk, or was given to what has none. path is
 * for the message. */
int hl_file_sync_fd(int fd, const char *path, struct hl_err *err);

#endif
