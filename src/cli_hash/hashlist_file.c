/* SPDX-License-Identifier: Apache-2.0 */
/* Files and lists as streams of records. */
#include "cli_hash/hash.h"
#include "cli_hash/hashlist.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/file.h"

/* A named pipe would be waited for until somebody writes to it. The shell's
 * <(...) has no name in a folder, and its writer is there. */
static int refuse_pipe(const char *path, struct hl_err *err)
{
	struct statfs fs;
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISFIFO(st.st_mode) ||
		(statfs(path, &fs) == 0 && fs.f_type == PIPEFS_MAGIC)) {
		return 0;
	}
	return HL_FAIL(
		err, HL_E_INVALID, "%s " HL_CLI_HASH_NO_FILE, path, "a pipe");
}

static int open_fd(struct hl_cli_hashlist_file *file, struct hl_err *err)
{
	struct stat st;

	if (strcmp(file->path, "-") == 0) {
		file->fd = dup(STDIN_FILENO);
	} else if (refuse_pipe(file->path, err)) {
		return HL_E_INVALID;
	} else {
		file->fd = open(file->path, O_RDONLY | O_CLOEXEC);
	}
	if (file->fd < 0 && errno == ENOENT) {
		return HL_FAIL(err, HL_NOTFOUND, "there is no %s", file->path);
	}
	if (file->fd < 0 || fstat(file->fd, &st) < 0) {
		return HL_FAIL_SYS(err, "open %s", file->path);
	}
	file->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	return 0;
}

/* The first bytes, which the format is guessed by, are fed as well. */
static int first_bytes(
	struct hl_cli_hashlist_file *file, size_t *n, struct hl_err *err)
{
	ssize_t got = hl_file_read_fd(file->fd, file->chunk, 4096, 4096);

	if (got < 0) {
		return HL_FAIL_SYS(err, "read %s", file->path);
	}
	*n = (size_t)got;
	file->options.format = hl_hashlist_guess(hl_str_mem(file->chunk, *n));
	if (file->options.format == 0) {
		return HL_FAIL(err, HL_E_INVALID,
			"it cannot be told what %s is: name its --format",
			file->path);
	}
	return 0;
}

static int go_on(struct hl_cli_hashlist_file *file, struct hl_str state,
	struct hl_err *err)
{
	uint64_t offset;
	int rc = hl_hashlist_reader_resume(file->reader, state, &offset, err);

	if (rc == 0 && lseek(file->fd, (off_t)offset, SEEK_SET) < 0) {
		rc = HL_FAIL_SYS(err, "go on in %s", file->path);
	}
	file->done = rc ? 0 : offset;
	return rc;
}

int hl_cli_hashlist_file_open(struct hl_cli_hashlist_file *file,
	struct hl_str state, struct hl_err *err)
{
	size_t n = 0;
	int rc = open_fd(file, err);

	if (rc) {
		return rc;
	}
	file->chunk = malloc(HL_CLI_HASHLIST_CHUNK);
	if (!file->chunk) {
		return HL_FAIL(
			err, HL_E_NOMEM, "no memory to read %s", file->path);
	}
	if (file->options.format == 0) {
		rc = first_bytes(file, &n, err);
	}
	if (rc == 0) {
		rc = hl_hashlist_reader_new(&file->options, &file->reader, err);
	}
	if (rc == 0 && state.n) {
		return go_on(file, state, err);
	}
	if (rc == 0 && n) {
		file->done = n;
		hl_hashlist_reader_feed(
			file->reader, hl_str_mem(file->chunk, n));
	}
	return rc;
}

static int feed(struct hl_cli_hashlist_file *file, struct hl_err *err)
{
	ssize_t n = hl_file_read_fd(
		file->fd, file->chunk, 1, HL_CLI_HASHLIST_CHUNK);

	if (n < 0) {
		return HL_FAIL_SYS(err, "read %s", file->path);
	}
	file->done += (size_t)n;
	hl_hashlist_reader_feed(
		file->reader, hl_str_mem(file->chunk, (size_t)n));
	return 0;
}

int hl_cli_hashlist_file_next(struct hl_cli_hashlist_file *file,
	struct hl_hashlist_record *out, struct hl_err *err)
{
	struct hl_err why = {.msg = ""};
	int rc;

	while ((rc = hl_hashlist_reader_next(file->reader, out, &why)) ==
		HL_HASHLIST_MORE) {
		rc = feed(file, err);
		if (rc) {
			return rc;
		}
	}
	return rc < 0 ? HL_FAIL(err, rc, "%s: %s", file->path, why.msg) : rc;
}

void hl_cli_hashlist_file_close(struct hl_cli_hashlist_file *file)
{
	hl_hashlist_reader_free(file->reader);
	file->reader = NULL;
	free(file->chunk);
	file->chunk = NULL;
	hl_file_closep(&file->fd);
}

/* ---- Lists ------------------------------------------------------------ */

int hl_cli_hashlist_walk_open(struct hl_cli_hashlist_walk *walk,
	struct hl_match_index *index, uint32_t list, struct hl_err *err)
{
	struct hl_match_error why = {.code = 0};
	int rc;

	*walk = (struct hl_cli_hashlist_walk){.list = list};
	rc = hl_match_reader_new(index, &walk->reader, &why);
	if (rc) {
		return hl_apply_fail(err, rc, &why);
	}
	walk->arena = hl_arena_new((size_t)256 << 20, true);
	if (!walk->arena) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to read a list");
	}
	return hl_labels_new(walk->reader, list, &walk->labels, err);
}

int hl_cli_hashlist_walk_next(struct hl_cli_hashlist_walk *walk,
	struct hl_hashlist_record *out, struct hl_err *err)
{
	struct hl_str label = HL_STR_NONE;
	struct hl_entry e;
	int rc;

	hl_arena_reset(walk->arena);
	rc = hl_entry_next(walk->reader, walk->arena, walk->list, walk->after,
		!walk->begun, &e);
	if (rc) {
		return rc > 0 ? rc
			      : HL_FAIL(err, rc, "the index cannot be read");
	}
	walk->begun = true;
	walk->after = e.id;
	if (e.hashes[0].label) {
		label = hl_labels_text(walk->labels, e.hashes[0].label);
	}
	return hl_entry_record(walk->arena, &e, label, out, err);
}

void hl_cli_hashlist_walk_close(struct hl_cli_hashlist_walk *walk)
{
	hl_match_reader_free(walk->reader);
	hl_labels_free(walk->labels);
	hl_arena_free(walk->arena);
	*walk = (struct hl_cli_hashlist_walk){.reader = NULL};
}
