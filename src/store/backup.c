/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In WAL mode SQLite changes the database file in checkpoints only; what is
 * committed meanwhile goes to the end of its log. So the store process is
 * asked to make none ("hold"), and then the file lies still while its bytes
 * are copied, at the speed of the disk and without the store's help. The log
 * is copied after it, as far as it goes at that moment: SQLite reads a log up
 * to the last whole transaction, so a copy of any length of it stands for one
 * moment, and that moment is after the call began. In the copy both are then
 * brought together.
 *
 * The hold belongs to the link: the store ends it when the link is closed.
 * When the store process ends, the next one knows of no hold and may
 * checkpoint; then the link is broken, and giving back the hold at the end
 * fails. So a copy counts only if the hold could be given back.
 *
 * POSIX locks are the process's, and closing any descriptor of a file drops
 * all of them: where this process has locked the file itself, the descriptor
 * it copies from is closed after that.
 */
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/handle.h"
#include "store/inspect.h"
#include "store/sqlite.h"

#define SLICE_BYTES (256u * 1024)

struct copying {
	const struct hl_store_backup *given;
	char log_from[PATH_MAX], log_to[PATH_MAX];
	char *slice;
	int64_t done, all;
	sqlite3 *lock; /* of a store that nobody runs */
};

static int log_name(const char *path, char out[PATH_MAX], struct hl_err *err)
{
	return snprintf(out, PATH_MAX, "%s-wal", path) >= PATH_MAX
		       ? HL_FAIL(err, HL_E_LIMIT, "a path is too long")
		       : 0;
}

static int64_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? 0 : st.st_size;
}

int hl_store_backup_size(const char *from, int64_t *out, struct hl_err *err)
{
	char log[PATH_MAX];
	int r = log_name(from, log, err);

	if (r) {
		return r;
	}
	if (access(from, F_OK) < 0) {
		return HL_FAIL(err, HL_NOTFOUND, "there is no store %s", from);
	}
	/* the log itself, and what of it makes the file longer */
	*out = size_of(from) + 2 * size_of(log);
	return 0;
}

static int tell(struct copying *c, struct hl_err *err)
{
	const struct hl_store_backup *b = c->given;

	return !b->progress || b->progress(b->arg, c->done, c->all)
		       ? 0
		       : HL_FAIL(err, HL_E_TIMEOUT, "broken off");
}

/* From one descriptor to the other, up to the end or `most` bytes. */
static int copy_bytes(
	struct copying *c, int from, int to, int64_t most, struct hl_err *err)
{
	int r = 0;

	while (!r && most > 0) {
		size_t want = most < SLICE_BYTES ? (size_t)most : SLICE_BYTES;
		ssize_t got = read(from, c->slice, want);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return HL_FAIL_SYS(err, "read the store");
		}
		if (got == 0) {
			return 0;
		}
		r = hl_file_write_fd(
			to, hl_str_mem(c->slice, (size_t)got), err);
		most -= got;
		c->done += got;
		if (!r) {
			r = tell(c, err);
		}
	}
	return r;
}

static int make_file(const char *path, int *fd, struct hl_err *err)
{
	*fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (*fd >= 0) {
		return 0;
	}
	return errno == EEXIST
		       ? HL_FAIL(err, HL_CONFLICT, "%s is there already", path)
		       : HL_FAIL_SYS(err, "make %s", path);
}

/* The log may grow while it is read: what comes later is left out. */
static int copy_log(struct copying *c, struct hl_err *err)
{
	HL_FD_AUTO from = open(c->log_from, O_RDONLY | O_CLOEXEC);
	HL_FD_AUTO to = -1;
	struct stat st;

	if (from < 0) {
		return errno == ENOENT ? 0 : HL_FAIL_SYS(err, "open the log");
	}
	if (fstat(from, &st) < 0) {
		return HL_FAIL_SYS(err, "look at the log");
	}
	int r = make_file(c->log_to, &to, err);
	return r ? r : copy_bytes(c, from, to, st.st_size, err);
}

static int hold(struct copying *c, struct hl_err *err)
{
	if (c->given->running) {
		return hl_store_hold(c->given->running, true, err);
	}
	return hl_store_sqlite_lock(c->given->from, &c->lock, err);
}

static int give_back(struct copying *c, struct hl_err *err)
{
	if (c->given->running) {
		return hl_store_hold(c->given->running, false, err);
	}
	sqlite3_close(c->lock);
	c->lock = NULL;
	return 0;
}

/* `from` stays open until the lock is given back. */
static int copy_held(struct copying *c, int from, struct hl_err *err)
{
	HL_FD_AUTO to = -1;
	int r = make_file(c->given->to, &to, err);

	if (r) {
		return r;
	}
	r = hold(c, err);
	if (r) {
		sqlite3_close(c->lock);
		return r;
	}
	r = copy_bytes(c, from, to, INT64_MAX, err);
	if (!r) {
		r = copy_log(c, err);
	}
	int last = give_back(c, r ? NULL : err);
	return r ? r : last;
}

/* Brings file and log of the copy together: afterwards there is no log. */
static int join_log(const struct copying *c, struct hl_err *err)
{
	sqlite3 *db = NULL;
	int r = hl_store_sqlite_lock(c->given->to, &db, err);

	if (!r) {
		r = hl_store_sqlite_exec(db,
			"PRAGMA wal_checkpoint(TRUNCATE);"
			"PRAGMA journal_mode=DELETE;",
			err);
	}
	sqlite3_close(db);
	if (!r && access(c->log_to, F_OK) == 0) {
		r = HL_FAIL(err, HL_E_FULL, "the copy's log was not taken in");
	}
	return r;
}

static int sync_file(const char *path, struct hl_err *err)
{
	HL_FD_AUTO fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0) {
		return HL_FAIL_SYS(err, "sync %s", path);
	}
	return hl_file_sync_dir(path, err);
}

static int check(const struct copying *c, struct hl_store_copied *out,
	struct hl_err *err)
{
	struct hl_store_look look;
	int r = hl_store_inspect(c->given->to, &look, err);

	if (r) {
		return r;
	}
	if (look.damaged || look.version == 0) {
		return HL_FAIL(err, HL_E_CORRUPT,
			"the store is damaged; look at it with \"hotline "
			"doctor\"");
	}
	*out = (struct hl_store_copied){.bytes = size_of(c->given->to),
		.last_seq = look.last_seq,
		.version = look.version};
	return sync_file(c->given->to, err);
}

static int copy_and_check(
	struct copying *c, struct hl_store_copied *out, struct hl_err *err)
{
	HL_FD_AUTO from = open(c->given->from, O_RDONLY | O_CLOEXEC);

	if (from < 0) {
		return HL_FAIL_SYS(err, "open %s", c->given->from);
	}
	int r = copy_held(c, from, err);
	if (r) {
		return r;
	}
	r = join_log(c, err);
	return r ? r : check(c, out, err);
}

int hl_store_backup(const struct hl_store_backup *given,
	struct hl_store_copied *out, struct hl_err *err)
{
	struct copying c = {.given = given};
	int r = hl_store_backup_size(given->from, &c.all, err);

	if (!r) {
		r = log_name(given->from, c.log_from, err);
	}
	if (!r) {
		r = log_name(given->to, c.log_to, err);
	}
	if (!r && access(given->to, F_OK) == 0) {
		r = HL_FAIL(err, HL_CONFLICT, "%s is there already", given->to);
	}
	if (r) {
		return r;
	}
	c.slice = malloc(SLICE_BYTES);
	if (!c.slice) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory to copy");
	}
	r = copy_and_check(&c, out, err);
	free(c.slice);
	if (r) {
		unlink(c.log_to);
		unlink(given->to);
	}
	return r;
}
