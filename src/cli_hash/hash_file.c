/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening what is named to be hashed. A pipe would be waited for until
 * somebody writes to it, and a device may have no end, or do something when
 * it is opened: neither is opened.
 */
#include "cli_hash/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static int unreadable(struct hl_media_result *out, int number)
{
	*out = (struct hl_media_result){.status = HL_MEDIA_UNREADABLE};
	snprintf(out->text, sizeof(out->text), "could not be read: %s",
		strerrordesc_np(number));
	errno = number;
	return -1;
}

static int refuse(struct hl_media_result *out, const char *what)
{
	*out = (struct hl_media_result){.status = HL_MEDIA_REFUSED};
	snprintf(out->text, sizeof(out->text),
		"refused: this " HL_CLI_HASH_NO_FILE, what);
	errno = EINVAL;
	return -1;
}

static int check(const struct stat *st, struct hl_media_result *out)
{
	switch (st->st_mode & S_IFMT) {
	case S_IFREG:
		return 0;
	case S_IFDIR:
		return unreadable(out, EISDIR);
	case S_IFIFO:
		return refuse(out, "a pipe");
	case S_IFSOCK:
		return refuse(out, "a socket");
	default:
		return refuse(out, "a device");
	}
}

int hl_cli_hash_open(const char *path, struct hl_media_result *out)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		return unreadable(out, errno);
	}
	if (check(&st, out)) {
		return -1;
	}
	/* it may have been exchanged meanwhile */
	HL_FD_AUTO fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0) {
		return unreadable(out, errno);
	}
	if (check(&st, out)) {
		return -1;
	}
	int opened = fd;
	fd = -1;
	return opened;
}
