/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rename takes away what has the name: of a device or a pipe nothing would
 * be left, and a link would lead nowhere any more. So only a regular file is
 * replaced, and where the links end.
 */
#include "base/file_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 };

/* Where a chain of links ends, whether or not a file is there. */
static int follow(const char *path, char to[PATH_MAX], struct hl_err *err)
{
	char link[PATH_MAX], next[PATH_MAX];
	int length = snprintf(to, PATH_MAX, "%s", path);

	for (int i = 0; i < LINKS_MAX && length < PATH_MAX; i++) {
		ssize_t n = readlink(to, link, sizeof(link) - 1);
		const char *slash = strrchr(to, '/');

		if (n < 0) {
			return errno == EINVAL || errno == ENOENT
				       ? 0
				       : HL_FAIL_SYS(err, "write %s", path);
		}
		link[n] = '\0';
		length = link[0] == '/' || !slash
				 ? snprintf(next, sizeof(next), "%s", link)
				 : snprintf(next, sizeof(next), "%.*s/%s",
					   (int)(slash - to), to, link);
		snprintf(to, PATH_MAX, "%s", next);
	}
	return HL_FAIL(err, HL_E_LIMIT, "a path is too long");
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static int open_as_it_is(struct hl_file_out *out, int flags, struct hl_err *err)
{
	out->fd = open(out->path, O_WRONLY | O_CLOEXEC | O_NOCTTY | flags);
	return out->fd < 0 ? HL_FAIL_SYS(err, "write %s", out->path) : 0;
}

static int open_special(
	struct hl_file_out *out, mode_t type, struct hl_err *err)
{
	if (S_ISDIR(type) || S_ISSOCK(type)) {
		return HL_FAIL(err, HL_E_INVALID, "%s is a %s, no file",
			out->path, S_ISDIR(type) ? "folder" : "socket");
	}
	return open_as_it_is(out, 0, err);
}

static int open_beside(struct hl_file_out *out, mode_t mode, struct hl_err *err)
{
	int n = snprintf(out->tmp, sizeof(out->tmp), "%s.%d.tmp", out->to,
		(int)gettid());

	if (n >= (int)sizeof(out->tmp)) {
		out->tmp[0] = '\0';
		return HL_FAIL(err, HL_E_LIMIT, "a path is too long");
	}
	unlink(out->tmp); /* of one that was killed */
	out->fd = open(out->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	return out->fd < 0 ? HL_FAIL_SYS(err, "write %s", out->tmp) : 0;
}

int hl_file_out_open(struct hl_file_out *out, const char *path, mode_t mode,
	struct hl_err *err)
{
	struct stat st, own, end;
	bool there = stat(path, &st) == 0;
	int rc;

	*out = (struct hl_file_out){.fd = -1, .path = path};
	if (!there && errno != ENOENT) {
		return HL_FAIL_SYS(err, "write %s", path);
	}
	if (there && !S_ISREG(st.st_mode)) {
		return open_special(out, st.st_mode, err);
	}
	if (there && fstat(STDOUT_FILENO, &own) == 0 && is_same(&st, &own)) {
		out->fd = dup(STDOUT_FILENO);
		return out->fd < 0 ? HL_FAIL_SYS(err, "write %s", path) : 0;
	}
	rc = follow(path, out->to, err);
	if (rc) {
		return rc;
	}
	/* A link in /proc to a file without a name leads there all the same. */
	if (there && (lstat(out->to, &end) < 0 || !is_same(&st, &end))) {
		return open_as_it_is(out, O_TRUNC, err);
	}
	return open_beside(out, mode, err);
}

int hl_file_sync_fd(int fd, const char *path, struct hl_err *err)
{
	if (fsync(fd) == 0 || errno == EINVAL || errno == EROFS ||
		errno == ENOTSUP) {
		return 0;
	}
	return HL_FAIL_SYS(err, "write %s", path);
}

int hl_file_out_close(struct hl_file_out *out, int rc, struct hl_err *err)
{
	if (rc == 0) {
		rc = hl_file_sync_fd(out->fd, out->path, err);
	}
	hl_file_closep(&out->fd);
	if (!out->tmp[0]) {
		return rc;
	}
	if (rc == 0 && rename(out->tmp, out->to) < 0) {
		rc = HL_FAIL_SYS(err, "write %s", out->path);
	}
	if (rc) {
		unlink(out->tmp);
		return rc;
	}
	return hl_file_sync_dir(out->to, err);
}
