/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the log, by a window that moves over the file. */
#include "match_file/log.h"
#include "match_rows/bytes.h"
#include "match_rows/catalog.h"
#include "match_rows/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW = 256 * 1024, SYNCED_BYTES = HL_MATCH_LOG_RECORD + 8 };

static int tape_fault(const struct hl_match_tape *tape, uint64_t at,
	const char *what, struct hl_match_error *err)
{
	char name[HL_MATCH_NAME_BYTES];

	hl_match_log_name(name, tape->number);
	return hl_match_fault_at(err, name, at, what);
}

/* Bytes of the window from `at` on; at least n if the file has them. */
static const uint8_t *window(
	struct hl_match_tape *tape, uint64_t at, size_t n, size_t *got)
{
	*got = 0;
	if (at < tape->from || at + n > tape->from + tape->n) {
		ssize_t read;

		do {
			read = pread(
				tape->fd, tape->bytes, tape->room, (off_t)at);
		} while (read < 0 && errno == EINTR);
		tape->from = at;
		tape->n = read > 0 ? (size_t)read : 0;
		if (read < 0) {
			return NULL;
		}
	}
	*got = (size_t)(tape->from + tape->n - at);
	return tape->bytes + (at - tape->from);
}

static int head_of(struct hl_match_tape *tape, struct hl_match_error *err)
{
	size_t n;
	const uint8_t *p = window(tape, 0, HL_MATCH_LOG_HEAD, &n);

	if (!p || n < HL_MATCH_LOG_HEAD || memcmp(p, "HLMLOG1\n", 8) != 0 ||
		memcmp(p + 16, tape->identity, 16) != 0 ||
		hl_match_get32(p + 12) != tape->number) {
		return tape_fault(tape, 0, "head", err);
	}
	if (hl_match_get32(p + 8) != 1) {
		return hl_match_fault(err, HL_MATCH_E_VERSION,
			"log: made by a newer version");
	}
	return 0;
}

int hl_match_tape_open(struct hl_match_tape *tape, int folder,
	const uint8_t identity[16], uint32_t number, uint64_t at,
	struct hl_match_error *err)
{
	char name[HL_MATCH_NAME_BYTES];
	int rc;

	memset(tape, 0, sizeof(*tape));
	tape->folder = folder;
	memcpy(tape->identity, identity, 16);
	tape->number = number;
	tape->at = at;
	tape->room = WINDOW;
	hl_match_log_name(name, tape->number);
	tape->fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	if (tape->fd < 0) {
		rc = errno == ENOENT ? HL_MATCH_NOTFOUND
				     : hl_match_fault_io(err, name, "open");
		return rc;
	}
	tape->bytes = malloc(tape->room);
	rc = tape->bytes ? head_of(tape, err) : hl_match_fault_memory(err);
	if (rc) {
		hl_match_tape_close(tape);
	}
	return rc;
}

void hl_match_tape_close(struct hl_match_tape *tape)
{
	if (tape->fd >= 0) {
		close(tape->fd);
	}
	free(tape->bytes);
	tape->bytes = NULL;
	tape->fd = -1;
}

static bool op_put(struct hl_match_op *op, const uint8_t *p, size_t n)
{
	uint32_t width;

	if (n < 56) {
		return false;
	}
	op->key.list = hl_match_get32(p);
	op->key.part = hl_match_get32(p + 4);
	op->key.id = hl_match_get64(p + 8);
	op->key.kind = hl_match_get16(p + 16);
	op->label = hl_match_get16(p + 18);
	op->payload_bytes = hl_match_get32(p + 20);
	memcpy(op->hash, p + 24, 32);
	op->payload = p + 56;
	width = hl_match_width(op->key.kind);
	for (uint32_t i = width; i < 32; i++) {
		if (op->hash[i]) {
			return false;
		}
	}
	return width > 0 && op->payload_bytes <= HL_MATCH_PAYLOAD_MAX &&
	       op->payload_bytes <= n - 56;
}

static bool op_list(struct hl_match_op *op, const uint8_t *p, size_t n)
{
	struct hl_match_list *list = &op->list;

	if (n < 152) {
		return false;
	}
	list->size_of = sizeof(*list);
	list->id = hl_match_get32(p);
	list->flags = hl_match_get32(p + 4);
	list->radius = hl_match_get32(p + 8);
	list->version = hl_match_get64(p + 16);
	memcpy(list->name, p + 24, 64);
	memcpy(list->owner, p + 88, 64);
	return list->id > 0 && list->id <= HL_MATCH_LISTS_MAX &&
	       hl_match_radius_fits(list->radius) && !list->name[63] &&
	       !list->owner[63];
}

static bool op_label(struct hl_match_op *op, const uint8_t *p, size_t n)
{
	size_t length = n < 8 ? SIZE_MAX : hl_match_get16(p + 6);

	if (length >= sizeof(op->text) || length > n - 8) {
		return false;
	}
	op->key.list = hl_match_get32(p);
	op->label = hl_match_get16(p + 4);
	memcpy(op->text, p + 8, length);
	return strlen(op->text) == length && op->label > 0;
}

static bool op_take(
	struct hl_match_op *op, uint32_t type, const uint8_t *p, size_t n)
{
	memset(op, 0, sizeof(*op));
	op->type = (enum hl_match_record)type;
	switch (op->type) {
	case HL_MATCH_LOG_PUT:
		return op_put(op, p, n);
	case HL_MATCH_LOG_REMOVE:
		op->key.list = hl_match_get32(p);
		op->key.id = n < 16 ? 0 : hl_match_get64(p + 8);
		return n >= 16;
	case HL_MATCH_LOG_LIST:
		return op_list(op, p, n);
	case HL_MATCH_LOG_UNLIST:
		op->key.list = hl_match_get32(p);
		return true;
	case HL_MATCH_LOG_LABEL:
		return op_label(op, p, n);
	case HL_MATCH_LOG_COMMIT:
	case HL_MATCH_LOG_SYNCED:
	case HL_MATCH_LOG_NEXT:
		op->number = hl_match_get64(p);
		return true;
	default:
		return false;
	}
}

/* Whether the n bytes at p, from `at` on, are a record with its check. */
static bool sound(const struct hl_match_tape *tape, const uint8_t *p, size_t n,
	uint64_t at)
{
	uint8_t copy[HL_MATCH_LOG_RECORD + HL_MATCH_LOG_BODY_MAX];

	if (n < SYNCED_BYTES || n > sizeof(copy) || n % 8) {
		return false;
	}
	memcpy(copy, p, n);
	memset(copy + 8, 0, 8);
	return hl_match_check(copy, n, (uint64_t)tape->number << 40 ^ at) ==
	       hl_match_get64(p + 8);
}

int hl_match_tape_next(struct hl_match_tape *tape, struct hl_match_op *op,
	struct hl_match_error *err)
{
	size_t got, n;
	const uint8_t *p = window(tape, tape->at, HL_MATCH_LOG_RECORD, &got);

	if (!p) {
		return hl_match_fault_io(err, "log", "read");
	}
	if (got < HL_MATCH_LOG_RECORD) {
		return HL_MATCH_NOTFOUND;
	}
	n = hl_match_get32(p);
	if (n < SYNCED_BYTES ||
		n > HL_MATCH_LOG_RECORD + HL_MATCH_LOG_BODY_MAX) {
		return HL_MATCH_NOTFOUND;
	}
	p = window(tape, tape->at, n, &got);
	if (!p || got < n || !sound(tape, p, n, tape->at)) {
		return HL_MATCH_NOTFOUND;
	}
	if (!op_take(op, hl_match_get16(p + 4), p + HL_MATCH_LOG_RECORD,
		    n - HL_MATCH_LOG_RECORD)) {
		return tape_fault(tape, tape->at, "record", err);
	}
	tape->at += n;
	return 0;
}

/* Whether a record from `at` on says that what lies before `wanted` was on
 * the disk. */
static bool synced_later(
	struct hl_match_tape *tape, uint64_t at, uint64_t wanted)
{
	for (;; at += 8) {
		size_t got;
		const uint8_t *p = window(tape, at, SYNCED_BYTES, &got);

		if (!p || got < SYNCED_BYTES) {
			return false;
		}
		if (hl_match_get32(p) == SYNCED_BYTES &&
			hl_match_get16(p + 4) == HL_MATCH_LOG_SYNCED &&
			hl_match_get64(p + 16) > wanted &&
			sound(tape, p, SYNCED_BYTES, at)) {
			return true;
		}
	}
}

int hl_match_tape_judge(struct hl_match_tape *tape, struct hl_match_error *err)
{
	struct hl_match_tape next = *tape;
	char name[HL_MATCH_NAME_BYTES];
	bool lost = synced_later(tape, tape->at, tape->at);

	/* A file may be filled and the next begun without a sync. */
	while (!lost) {
		next.number++;
		next.n = 0;
		hl_match_log_name(name, next.number);
		next.fd = openat(tape->folder, name, O_RDONLY | O_CLOEXEC);
		tape->n = 0;
		if (next.fd < 0) {
			break;
		}
		lost = synced_later(&next, HL_MATCH_LOG_HEAD, 0);
		close(next.fd);
	}
	return lost ? tape_fault(tape, tape->at, "record", err) : 0;
}
