/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing the log. The buffer is written at a fixed place of the file, so a
 * write that failed half-way (a full disk) is simply done again; nothing
 * behind the last whole record counts for who reads.
 *
 * A SYNCED record tells who reads that all before it is on the disk, in the
 * files before too. So it is written only after every file from `from` on and
 * the folder were synced, whoever wrote them. A sync that failed is not tried
 * again: the kernel tells a fault once and calls the pages clean.
 */
#include "match_file/log.h"
#include "match_rows/bytes.h"
#include "match_rows/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER = 256 * 1024 };

static int log_buffer(struct hl_match_log *log, struct hl_match_error *err)
{
	if (!log->buffer) {
		log->buffer = malloc(BUFFER);
	}
	return log->buffer ? 0 : hl_match_fault_memory(err);
}

/* A new file with its head in the buffer's way; no record yet. */
static int new_file(const struct hl_match_log *log, uint32_t number, int *out,
	struct hl_match_error *err)
{
	const uint32_t start[2] = {1, number};
	uint8_t head[HL_MATCH_LOG_HEAD] = "HLMLOG1\n";
	char name[HL_MATCH_NAME_BYTES];
	int fd, rc = 0;

	hl_match_log_name(name, number);
	memcpy(head + 8, start, 8);
	memcpy(head + 16, log->identity, 16);
	fd = openat(log->folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		0600);
	if (fd < 0) {
		return hl_match_fault_io(err, name, "create");
	}
	errno = ENOSPC;
	if (pwrite(fd, head, sizeof(head), 0) != sizeof(head)) {
		rc = hl_match_fault_io(err, name, "write");
		close(fd);
		(void)unlinkat(log->folder, name, 0);
		return rc;
	}
	*out = fd;
	return 0;
}

int hl_match_log_create(
	struct hl_match_log *log, uint32_t number, struct hl_match_error *err)
{
	int rc = log_buffer(log, err);

	log->fd = log->before = -1;
	if (!rc) {
		rc = new_file(log, number, &log->fd, err);
	}
	if (!rc) {
		log->number = log->from = number;
		log->at = HL_MATCH_LOG_HEAD;
		log->synced = 0;
		log->new_name = true;
	}
	return rc;
}

/* Before anything is written over it: were the old tail to come back behind
 * new records, a SYNCED in it would make them look damaged. */
static int cut(
	int fd, uint64_t at, const char *name, struct hl_match_error *err)
{
	struct stat st;

	if (fstat(fd, &st)) {
		return hl_match_fault_io(err, name, "stat");
	}
	if ((uint64_t)st.st_size == at) {
		return 0;
	}
	if (ftruncate(fd, (off_t)at)) {
		return hl_match_fault_io(err, name, "cut");
	}
	return fdatasync(fd) ? hl_match_fault_io(err, name, "sync") : 0;
}

int hl_match_log_resume(struct hl_match_log *log, uint32_t from,
	uint32_t number, uint64_t at, struct hl_match_error *err)
{
	char name[HL_MATCH_NAME_BYTES];
	int rc = log_buffer(log, err);

	log->fd = log->before = -1;
	if (rc) {
		return rc;
	}
	hl_match_log_name(name, number);
	log->fd = openat(log->folder, name, O_WRONLY | O_CLOEXEC);
	if (log->fd < 0) {
		return hl_match_fault_io(err, name, "open");
	}
	log->from = from;
	log->number = number;
	log->at = at;
	log->synced = 0;
	log->new_name = true;
	return cut(log->fd, at, name, err);
}

void hl_match_log_close(struct hl_match_log *log)
{
	if (log->buffer && log->fd >= 0) {
		close(log->fd);
	}
	if (log->buffer && log->before >= 0) {
		close(log->before);
	}
	free(log->buffer);
	memset(log, 0, sizeof(*log));
	log->fd = log->before = -1;
}

int hl_match_log_flush(struct hl_match_log *log, struct hl_match_error *err)
{
	if (hl_match_file_put(log->fd, log->buffer, log->n, log->at)) {
		return hl_match_fault_io(err, "log", "write");
	}
	log->at += log->n;
	log->n = 0;
	return 0;
}

static size_t body_put(uint8_t *to, const struct hl_match_op *op)
{
	memcpy(to, &op->key.list, 4);
	memcpy(to + 4, &op->key.part, 4);
	memcpy(to + 8, &op->key.id, 8);
	memcpy(to + 16, &op->key.kind, 2);
	memcpy(to + 18, &op->label, 2);
	memcpy(to + 20, &op->payload_bytes, 4);
	memcpy(to + 24, op->hash, 32);
	if (op->payload_bytes > 0) {
		memcpy(to + 56, op->payload, op->payload_bytes);
	}
	return 56 + op->payload_bytes;
}

static size_t body_list(uint8_t *to, const struct hl_match_list *list)
{
	memcpy(to, &list->id, 4);
	memcpy(to + 4, &list->flags, 4);
	memcpy(to + 8, &list->radius, 4);
	memset(to + 12, 0, 4);
	memcpy(to + 16, &list->version, 8);
	memcpy(to + 24, list->name, 64);
	memcpy(to + 88, list->owner, 64);
	return 152;
}

static size_t body_of(uint8_t *to, const struct hl_match_op *op)
{
	uint16_t n = (uint16_t)strlen(op->text);

	switch (op->type) {
	case HL_MATCH_LOG_PUT:
		return body_put(to, op);
	case HL_MATCH_LOG_REMOVE:
		memcpy(to, &op->key.list, 4);
		memset(to + 4, 0, 4);
		memcpy(to + 8, &op->key.id, 8);
		return 16;
	case HL_MATCH_LOG_LIST:
		return body_list(to, &op->list);
	case HL_MATCH_LOG_LABEL:
		memcpy(to, &op->key.list, 4);
		memcpy(to + 4, &op->label, 2);
		memcpy(to + 6, &n, 2);
		memcpy(to + 8, op->text, n);
		return 8 + (size_t)n;
	case HL_MATCH_LOG_UNLIST:
		memcpy(to, &op->key.list, 4);
		memset(to + 4, 0, 4);
		return 8;
	case HL_MATCH_LOG_COMMIT:
	case HL_MATCH_LOG_SYNCED:
	case HL_MATCH_LOG_NEXT:
	default:
		memcpy(to, &op->number, 8);
		return 8;
	}
}

int hl_match_log_append(struct hl_match_log *log, const struct hl_match_op *op,
	struct hl_match_error *err)
{
	uint8_t *to;
	uint16_t type = (uint16_t)op->type;
	uint64_t check;
	size_t n, all;
	int rc;

	if (BUFFER - log->n < HL_MATCH_LOG_RECORD + HL_MATCH_LOG_BODY_MAX) {
		rc = hl_match_log_flush(log, err);
		if (rc) {
			return rc;
		}
	}
	to = log->buffer + log->n;
	memset(to, 0, HL_MATCH_LOG_RECORD);
	n = HL_MATCH_LOG_RECORD + body_of(to + HL_MATCH_LOG_RECORD, op);
	all = (n + 7) & ~(size_t)7;
	memset(to + n, 0, all - n);
	memcpy(to, &(uint32_t){(uint32_t)all}, 4);
	memcpy(to + 4, &type, 2);
	/* The place of the check holds the seed while it is computed. */
	check = hl_match_check(
		to, all, (uint64_t)log->number << 40 ^ hl_match_log_end(log));
	memcpy(to + 8, &check, 8);
	log->n += all;
	return 0;
}

static int sync_before(struct hl_match_log *log, struct hl_match_error *err)
{
	if (log->before >= 0) {
		if (fdatasync(log->before)) {
			log->failed = true;
			return hl_match_fault_io(err, "log", "sync");
		}
		close(log->before);
		log->before = -1;
	}
	return 0;
}

static void let_go(const struct hl_match_syncing *s)
{
	const int fds[3] = {s->before, s->fd, s->folder};

	for (unsigned i = 0; i < 3; i++) {
		if (fds[i] >= 0) {
			close(fds[i]);
		}
	}
}

int hl_match_log_sync_start(struct hl_match_log *log,
	struct hl_match_syncing *s, struct hl_match_error *err)
{
	int rc = hl_match_log_flush(log, err);

	*s = (struct hl_match_syncing){.fd = -1,
		.before = -1,
		.folder = -1,
		.from = log->from,
		.held = log->number - (log->before >= 0),
		.number = log->number,
		.at = log->at};
	if (!rc && log->failed) {
		errno = EIO;
		return hl_match_fault_io(err, "log", "sync");
	}
	if (rc || log->synced == log->at) {
		return rc;
	}
	s->fd = dup(log->fd);
	s->before = log->before >= 0 ? dup(log->before) : -1;
	s->folder = dup(log->folder);
	s->new_name = log->new_name;
	if (s->fd < 0 || (log->before >= 0 && s->before < 0) || s->folder < 0) {
		rc = hl_match_fault_io(err, "log", "sync");
		let_go(s);
	}
	return rc;
}

/* What is not held open: files that this process did not write. */
static int sync_named(int folder, uint32_t number)
{
	char name[HL_MATCH_NAME_BYTES];
	int fd, rc;

	hl_match_log_name(name, number);
	fd = openat(folder, name, O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		return -1;
	}
	rc = fdatasync(fd);
	close(fd);
	return rc;
}

/* The records of a file say that those before it are there, so it comes after
 * them. */
static int sync_all(const struct hl_match_syncing *s)
{
	int rc = 0;

	for (uint32_t n = s->from; n < s->held && !rc; n++) {
		rc = sync_named(s->folder, n);
	}
	if (!rc && s->before >= 0) {
		rc = fdatasync(s->before);
	}
	rc = rc ? rc : fdatasync(s->fd);
	return rc || !s->new_name ? rc : fsync(s->folder);
}

int hl_match_log_sync_wait(
	struct hl_match_syncing *s, struct hl_match_error *err)
{
	int rc = 0;

	if (s->fd >= 0 && sync_all(s)) {
		rc = hl_match_fault_io(err, "log", "sync");
	}
	let_go(s);
	return rc;
}

void hl_match_log_sync_done(
	struct hl_match_log *log, const struct hl_match_syncing *s)
{
	struct hl_match_op synced = {
		.type = HL_MATCH_LOG_SYNCED, .number = s->at};

	if (s->fd < 0) {
		return;
	}
	/* Maintaining may delete older ones from now on. */
	log->from = s->number;
	if (s->number != log->number) {
		return;
	}
	if (log->before >= 0) {
		close(log->before);
		log->before = -1;
	}
	log->new_name = false;
	/* It says that the rest is safe; nothing is lost if it is not there. */
	if (log->at == s->at && log->n == 0) {
		(void)hl_match_log_append(log, &synced, NULL);
		if (hl_match_log_flush(log, NULL)) {
			log->n = 0;
		}
		log->synced = log->at;
	} else {
		(void)hl_match_log_append(log, &synced, NULL);
		log->synced = s->at;
	}
}

int hl_match_log_sync(struct hl_match_log *log, struct hl_match_error *err)
{
	struct hl_match_syncing s;
	int rc = hl_match_log_sync_start(log, &s, err);

	rc = rc ? rc : hl_match_log_sync_wait(&s, err);
	if (!rc) {
		hl_match_log_sync_done(log, &s);
	}
	return rc;
}

int hl_match_log_rotate(struct hl_match_log *log, struct hl_match_error *err)
{
	struct hl_match_op next = {
		.type = HL_MATCH_LOG_NEXT, .number = log->number + 1};
	int fd = -1, rc = hl_match_log_flush(log, err);

	if (!rc) {
		rc = sync_before(log, err);
	}
	if (!rc) {
		rc = new_file(log, log->number + 1, &fd, err);
	}
	if (rc) {
		return rc;
	}
	rc = hl_match_log_append(log, &next, err);
	if (!rc) {
		rc = hl_match_log_flush(log, err);
	}
	if (rc) {
		log->n = 0;
		close(fd);
		return rc;
	}
	log->before = log->fd;
	log->fd = fd;
	log->number++;
	log->at = HL_MATCH_LOG_HEAD;
	log->synced = 0;
	log->new_name = true;
	return 0;
}
