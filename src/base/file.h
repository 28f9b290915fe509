/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BASE_FILE_H
#define HL_BASE_FILE_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends the whole file to out. HL_NOTFOUND if there is none; HL_E_LIMIT
 * when it does not fit out's maximum. */
int hl_file_read(const char *path, struct hl_buf *out, struct hl_err *err);

/* Replaces the file by data as one step that survives a crash: temporary
 * file beside it, fsync, rename, fsync of the directory. */
int hl_file_write(
	const char *path, struct hl_str data, mode_t mode, struct hl_err *err);

/* Writes a new file the same way; HL_CONFLICT, and nothing changed, when one
 * of that name is there. */
int hl_file_create(
	const char *path, struct hl_str data, mode_t mode, struct hl_err *err);

/* What the folder of this file lists is on the disk. */
int hl_file_sync_dir(const char *path, struct hl_err *err);

/* Reads up to `most` bytes, and goes on until `least` are there or no more
 * come; through EINTR. The bytes read, 0 at the end; -1 and errno when the
 * first read failed: what came before a fault is given first. */
ssize_t hl_file_read_fd(int fd, void *to, size_t least, size_t most);

/* All of it, through partial writes and EINTR. */
int hl_file_write_fd(int fd, struct hl_str data, struct hl_err *err);

/* Closes and sets to -1; for the cleanup attribute. */
void hl_file_closep(int *fd);
#define HL_FD_AUTO __attribute__((cleanup(hl_file_closep))) int

#endif
