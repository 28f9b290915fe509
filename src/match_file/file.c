/* SPDX-License-Identifier: Apache-2.0 */
#include "match_file/file.h"
#include "match_rows/bytes.h"
#include "match_rows/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void hl_match_file_name(
	char out[HL_MATCH_NAME_BYTES], const char *kind, uint32_t number)
{
	(void)snprintf(out, HL_MATCH_NAME_BYTES, "%s-%08x", kind, number);
}

bool hl_match_file_number(const char *name, const char *kind, uint32_t *out)
{
	char again[HL_MATCH_NAME_BYTES];
	size_t n = strlen(kind);
	char *end;

	if (strncmp(name, kind, n) != 0 || name[n] != '-' ||
		strlen(name) != n + 9) {
		return false;
	}
	*out = (uint32_t)strtoul(name + n + 1, &end, 16);
	hl_match_file_name(again, kind, *out);
	return strcmp(again, name) == 0;
}

static int read_all(int fd, uint8_t *p, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = pread(fd, p + done, n - done, (off_t)done);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			errno = got < 0 ? errno : EIO;
			return -1;
		}
		done += (size_t)got;
	}
	return 0;
}

int hl_match_file_put(int fd, const uint8_t *p, size_t n, uint64_t at)
{
	while (n > 0) {
		ssize_t put = pwrite(fd, p, n, (off_t)at);

		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put <= 0) {
			errno = put < 0 ? errno : ENOSPC;
			return -1;
		}
		p += put;
		n -= (size_t)put;
		at += (uint64_t)put;
	}
	return 0;
}

int hl_match_file_read(int folder, const char *name, uint64_t most,
	uint8_t **out, size_t *n, struct hl_match_error *err)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC), rc = 0;
	struct stat st;

	if (fd < 0) {
		rc = errno == ENOENT ? HL_MATCH_NOTFOUND
				     : hl_match_fault_io(err, name, "open");
		return rc;
	}
	if (fstat(fd, &st)) {
		rc = hl_match_fault_io(err, name, "stat");
	} else if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > most) {
		rc = hl_match_fault_at(err, name, 0, "no file of an index");
	} else {
		*n = (size_t)st.st_size;
		*out = malloc(*n + 8);
		if (!*out) {
			rc = hl_match_fault_memory(err);
		} else if (read_all(fd, *out, *n)) {
			rc = hl_match_fault_io(err, name, "read");
			free(*out);
		}
	}
	close(fd);
	return rc;
}

int hl_match_file_write(int folder, const char *name, const void *bytes,
	size_t n, struct hl_match_error *err)
{
	int rc = 0, fd = openat(folder, name,
			    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0) {
		return hl_match_fault_io(err, name, "create");
	}
	if (hl_match_file_put(fd, bytes, n, 0)) {
		rc = hl_match_fault_io(err, name, "write");
	} else if (fsync(fd)) {
		rc = hl_match_fault_io(err, name, "sync");
	}
	if (close(fd) && !rc) {
		rc = hl_match_fault_io(err, name, "close");
	}
	if (rc) {
		(void)unlinkat(folder, name, 0);
	}
	return rc;
}

int hl_match_folder_open(
	const char *path, int *folder, struct hl_match_error *err)
{
	*folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*folder < 0) {
		return errno == ENOENT
			       ? HL_MATCH_NOTFOUND
			       : hl_match_fault_io(err, path, "open folder");
	}
	return 0;
}

DIR *hl_match_folder_names(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0) {
		close(fd);
	}
	return dir;
}

int hl_match_folder_sync(int folder, struct hl_match_error *err)
{
	return fsync(folder) ? hl_match_fault_io(err, "folder", "sync") : 0;
}

int hl_match_folder_sync_name(int folder, struct hl_match_error *err)
{
	int above = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	/* Who may make a folder in one need not be allowed to read it. */
	if (above < 0) {
		return errno == EACCES && !syncfs(folder)
			       ? 0
			       : hl_match_fault_io(err, "folder above", "open");
	}
	rc = fsync(above) ? hl_match_fault_io(err, "folder above", "sync") : 0;
	close(above);
	return rc;
}

int hl_match_out_open(struct hl_match_out *out, int folder, const char *name,
	struct hl_match_error *err)
{
	memset(out, 0, sizeof(*out));
	(void)snprintf(out->name, sizeof(out->name), "%s", name);
	out->folder = folder;
	out->fd = -1;
	out->piece = malloc(HL_MATCH_PIECE);
	if (!out->piece) {
		return hl_match_fault_memory(err);
	}
	/* The head's place. */
	memset(out->piece, 0, HL_MATCH_HEAD);
	out->n = HL_MATCH_HEAD;
	out->fd = openat(
		folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (out->fd < 0) {
		free(out->piece);
		out->piece = NULL;
		return hl_match_fault_io(err, name, "create");
	}
	return 0;
}

static bool room_for_checks(struct hl_match_out *out)
{
	size_t room = out->room ? 2 * out->room : 256;
	uint64_t *checks;

	if (out->n_checks + HL_MATCH_PIECE / HL_MATCH_BLOCK <= out->room) {
		return true;
	}
	checks = realloc(out->checks, room * sizeof(*checks));
	if (checks) {
		out->checks = checks;
		out->room = room;
	}
	return checks != NULL;
}

static void write_piece(
	struct hl_match_out *out, const uint8_t *piece, size_t n)
{
	if (!room_for_checks(out)) {
		out->code = hl_match_fault_memory(&out->err);
		return;
	}
	for (size_t from = 0; from < n; from += HL_MATCH_BLOCK) {
		size_t to = from + HL_MATCH_BLOCK;
		size_t head = out->at + from == 0 ? HL_MATCH_HEAD : 0;

		to = to < n ? to : n;
		out->checks[out->n_checks] = hl_match_check(
			piece + from + head, to - from - head, out->n_checks);
		out->n_checks++;
	}
	if (hl_match_file_put(out->fd, piece, n, out->at)) {
		out->code = hl_match_fault_io(&out->err, out->name, "write");
	}
	out->at += n;
	out->n = 0;
}

void hl_match_out_put(struct hl_match_out *out, const void *p, size_t n)
{
	const uint8_t *from = p;

	while (n > 0 && !out->code) {
		size_t room = HL_MATCH_PIECE - out->n;
		size_t now = n < room ? n : room;

		if (now == HL_MATCH_PIECE) {
			write_piece(out, from, now);
			from += now;
			n -= now;
			continue;
		}
		memcpy(out->piece + out->n, from, now);
		out->n += now;
		from += now;
		n -= now;
		if (out->n == HL_MATCH_PIECE) {
			write_piece(out, out->piece, out->n);
		}
	}
}

void hl_match_out_pad(struct hl_match_out *out, size_t more)
{
	static const uint8_t zeros[128];
	uint64_t at = hl_match_out_at(out) + more;

	hl_match_out_put(out, zeros, more + (size_t)(-at & 63));
}

int hl_match_out_finish(struct hl_match_out *out, uint8_t head[HL_MATCH_HEAD],
	struct hl_match_error *err)
{
	uint64_t end, check;
	int code;

	hl_match_out_pad(out, 0);
	if (!out->code && out->n > 0) {
		write_piece(out, out->piece, out->n);
	}
	end = out->at + 8 * out->n_checks;
	check = hl_match_check(out->checks, 8 * out->n_checks, 0);
	memcpy(head + 32, &end, 8);
	memcpy(head + 40, &out->at, 8);
	memcpy(head + 48, &check, 8);
	check = hl_match_check(head, HL_MATCH_HEAD - 8, 0);
	memcpy(head + HL_MATCH_HEAD - 8, &check, 8);
	if (!out->code &&
		(hl_match_file_put(out->fd, (const uint8_t *)out->checks,
			 8 * out->n_checks, out->at) ||
			hl_match_file_put(out->fd, head, HL_MATCH_HEAD, 0))) {
		out->code = hl_match_fault_io(&out->err, out->name, "write");
	}
	if (!out->code && fsync(out->fd)) {
		out->code = hl_match_fault_io(&out->err, out->name, "sync");
	}
	code = out->code;
	if (code && err) {
		*err = out->err;
	}
	if (code) {
		hl_match_out_drop(out);
	} else {
		close(out->fd);
		free(out->piece);
		free(out->checks);
	}
	return code;
}

void hl_match_out_drop(struct hl_match_out *out)
{
	close(out->fd);
	(void)unlinkat(out->folder, out->name, 0);
	free(out->piece);
	free(out->checks);
}
