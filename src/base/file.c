/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES 16384u

void hl_file_closep(int *fd)
{
	if (*fd >= 0) {
		close(*fd);
		*fd = -1;
	}
}

ssize_t hl_file_read_fd(int fd, void *to, size_t least, size_t most)
{
	size_t at = 0;

	while (at < least) {
		ssize_t got = read(fd, (char *)to + at, most - at);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0 && at == 0) {
			return -1;
		}
		if (got <= 0) {
			break;
		}
		at += (size_t)got;
	}
	return (ssize_t)at;
}

/* chunk is the caller's, who knows whether to wipe it. */
static int read_all(int fd, const char *path, struct hl_buf *out,
	char chunk[CHUNK_BYTES], struct hl_err *err)
{
	for (;;) {
		/* One byte over the maximum tells that there is more. */
		size_t left = out->max - out->n;
		size_t room = left < CHUNK_BYTES ? left + 1 : CHUNK_BYTES;
		ssize_t got = hl_file_read_fd(fd, chunk, 1, room);

		if (got < 0) {
			return HL_FAIL_SYS(err, "read %s", path);
		}
		if (got == 0) {
			return 0;
		}
		hl_buf_put_mem(out, chunk, (size_t)got);
		if (out->fault) {
			return HL_FAIL(
				err, out->fault, "%s does not fit", path);
		}
	}
}

int hl_file_read(const char *path, struct hl_buf *out, struct hl_err *err)
{
	HL_FD_AUTO fd = open(path, O_RDONLY | O_CLOEXEC);
	char chunk[CHUNK_BYTES];

	if (fd < 0) {
		return errno == ENOENT ? HL_NOTFOUND
				       : HL_FAIL_SYS(err, "open %s", path);
	}
	int r = read_all(fd, path, out, chunk, err);
	if (out->secret) {
		explicit_bzero(chunk, sizeof(chunk));
	}
	return r;
}

int hl_file_write_fd(int fd, struct hl_str data, struct hl_err *err)
{
	while (data.n) {
		ssize_t n = write(fd, data.p, data.n);

		if (n < 0 && errno != EINTR) {
			return HL_FAIL_SYS(err, "write");
		}
		if (n > 0) {
			data = hl_str_sub(data, (size_t)n, data.n);
		}
	}
	return 0;
}

int hl_file_sync_dir(const char *path, struct hl_err *err)
{
	char copy[PATH_MAX];

	snprintf(copy, sizeof(copy), "%s", path);
	HL_FD_AUTO fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0) {
		return HL_FAIL_SYS(err, "sync the directory of %s", path);
	}
	return 0;
}

/* Writes and syncs a temporary file beside path, whose name goes to tmp. */
static int write_beside(const char *path, struct hl_str data, mode_t mode,
	char tmp[PATH_MAX], struct hl_err *err)
{
	if (snprintf(tmp, PATH_MAX, "%s.%d.tmp", path, (int)gettid()) >=
		PATH_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "path too long");
	}
	HL_FD_AUTO fd =
		open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0) {
		return HL_FAIL_SYS(err, "create %s", tmp);
	}
	int r = hl_file_write_fd(fd, data, err);
	if (!r && fsync(fd) < 0) {
		r = HL_FAIL_SYS(err, "write %s", path);
	}
	if (r) {
		unlink(tmp);
	}
	return r;
}

int hl_file_write(
	const char *path, struct hl_str data, mode_t mode, struct hl_err *err)
{
	char tmp[PATH_MAX];
	int r = write_beside(path, data, mode, tmp, err);

	if (r) {
		return r;
	}
	if (rename(tmp, path) < 0) {
		r = HL_FAIL_SYS(err, "write %s", path);
		unlink(tmp);
		return r;
	}
	return hl_file_sync_dir(path, err);
}

int hl_file_create(
	const char *path, struct hl_str data, mode_t mode, struct hl_err *err)
{
	char tmp[PATH_MAX];
	int r = write_beside(path, data, mode, tmp, err);

	if (r) {
		return r;
	}
	/* A hard link, unlike a rename, never takes another file's place. */
	if (link(tmp, path) < 0) {
		r = errno == EEXIST ? HL_CONFLICT
				    : HL_FAIL_SYS(err, "create %s", path);
	}
	unlink(tmp);
	return r ? r : hl_file_sync_dir(path, err);
}
