/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MATCH_FILE_LOG_H
#define HL_MATCH_FILE_LOG_H

/* The log: appended to through a buffer, read record by record. */
#include "match_file/file.h"
#include "match_rows/row.h"

enum hl_match_record {
	HL_MATCH_LOG_PUT = 1,
	HL_MATCH_LOG_REMOVE = 2,
	HL_MATCH_LOG_LIST = 3,
	HL_MATCH_LOG_UNLIST = 4,
	HL_MATCH_LOG_LABEL = 5,
	HL_MATCH_LOG_COMMIT = 6,
	HL_MATCH_LOG_SYNCED = 7,
	HL_MATCH_LOG_NEXT = 8
};

enum {
	HL_MATCH_LOG_HEAD = 32,
	HL_MATCH_LOG_RECORD = 16,
	HL_MATCH_LOG_BODY_MAX = 64 + HL_MATCH_PAYLOAD_MAX + 256,
	HL_MATCH_LOG_FILE = 16 << 20
};

/* What a record says; strings and payload lie in the record. */
struct hl_match_op {
	enum hl_match_record type;
	struct hl_match_key key; /* put; remove: list and id */
	uint16_t label;
	uint32_t payload_bytes;
	const uint8_t *payload;
	uint8_t hash[32];
	struct hl_match_list list;
	char text[64];
	uint64_t number; /* commit: position; synced: offset; next: file */
};

struct hl_match_log {
	int folder;
	uint8_t identity[16];
	uint32_t number;
	int fd;
	uint32_t from;   /* the first file that may not be on the disk */
	int before;      /* the file before this one, not synced; or -1 */
	bool new_name;   /* the folder must be synced too */
	bool failed;     /* a sync did, so none will say that it worked */
	uint64_t at;     /* of the buffer's start in the file */
	uint64_t synced; /* what lies before it is on the disk */
	uint8_t *buffer;
	size_t n;
};

static inline void hl_match_log_name(
	char out[HL_MATCH_NAME_BYTES], uint32_t number)
{
	hl_match_file_name(out, "log", number);
}

/* Makes the file; the log must be zeroed but for folder and identity. */
int hl_match_log_create(
	struct hl_match_log *log, uint32_t number, struct hl_match_error *err);
/* Goes on at an offset; what was behind it is cut off, on the disk too. Whether
 * the files `from` to `number` were ever synced, and their names, is not known:
 * the first sync does so. */
int hl_match_log_resume(struct hl_match_log *log, uint32_t from,
	uint32_t number, uint64_t at, struct hl_match_error *err);
void hl_match_log_close(struct hl_match_log *log);

static inline uint64_t hl_match_log_end(const struct hl_match_log *log)
{
	return log->at + log->n;
}
/* Into the buffer, which is written when it is full. After a fault the
 * record is not there. */
int hl_match_log_append(struct hl_match_log *log, const struct hl_match_op *op,
	struct hl_match_error *err);
int hl_match_log_flush(struct hl_match_log *log, struct hl_match_error *err);
/* Flushes, and syncs everything so far: the files before this one, this one,
 * then the folder if it has names that are new. A fault here is for good. */
int hl_match_log_sync(struct hl_match_log *log, struct hl_match_error *err);
/* The same in three steps, of which only the middle one takes long and needs
 * no lock. */
struct hl_match_syncing {
	int fd, before, folder;
	uint32_t from, held; /* files between are opened by their names */
	uint32_t number;
	bool new_name;
	uint64_t at;
};
int hl_match_log_sync_start(struct hl_match_log *log,
	struct hl_match_syncing *s, struct hl_match_error *err);
int hl_match_log_sync_wait(
	struct hl_match_syncing *s, struct hl_match_error *err);
void hl_match_log_sync_done(
	struct hl_match_log *log, const struct hl_match_syncing *s);
/* Goes on in the next file. */
int hl_match_log_rotate(struct hl_match_log *log, struct hl_match_error *err);

/* A log being read; bytes are of one file. */
struct hl_match_tape {
	int folder;
	uint8_t identity[16];
	uint32_t number;
	int fd;
	uint64_t at;    /* of the next record */
	uint8_t *bytes; /* a window of the file */
	size_t n, room;
	uint64_t from; /* where the window starts */
};
int hl_match_tape_open(struct hl_match_tape *tape, int folder,
	const uint8_t identity[16], uint32_t number, uint64_t at,
	struct hl_match_error *err);
void hl_match_tape_close(struct hl_match_tape *tape);
/* HL_MATCH_NOTFOUND: here is no whole record with the right check. What op
 * points to is the tape's until the next call. */
int hl_match_tape_next(struct hl_match_tape *tape, struct hl_match_op *op,
	struct hl_match_error *err);
/* After that: HL_MATCH_E_CORRUPT if a later record says that this place was
 * on the disk. */
int hl_match_tape_judge(struct hl_match_tape *tape, struct hl_match_error *err);

#endif
