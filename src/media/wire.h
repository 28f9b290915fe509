/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_WIRE_H
#define HL_MEDIA_WIRE_H

#include <sys/types.h>

#include "base/err.h"
#include "media/decode.h"

/*
 * What parent and worker say to each other, a message each, in the byte
 * order of the machine they share: docs/media.md, "Messages". The parent
 * trusts no byte of an answer. Inside the room only.
 */

#define HL_MEDIA_MESSAGE_MAX 384u

/* To the worker, with the file's descriptor. */
struct hl_media_job {
	uint32_t magic;
	uint32_t no;    /* of the job; every message of the answer has it */
	uint32_t flags; /* HL_MEDIA_SCREENING… */
	uint32_t pad;
	uint64_t n_bytes;
	double video_every;
};
#define HL_MEDIA_JOB_MAGIC 0x4a4d4c48u /* "HLMJ" */

/* What the worker writes; each gives the length. */
size_t hl_media_put_begin(uint8_t out[HL_MEDIA_MESSAGE_MAX], uint32_t no,
	enum hl_media_format format, const struct hl_media_shape *first);
size_t hl_media_put_frame(uint8_t out[HL_MEDIA_MESSAGE_MAX], uint32_t no,
	uint32_t asked, const struct hl_media_frame *frame);
struct hl_media_done {
	enum hl_media_status status;
	enum hl_media_format format;
	uint32_t flags;
	const char *note;
};
size_t hl_media_put_done(uint8_t out[HL_MEDIA_MESSAGE_MAX], uint32_t no,
	const struct hl_media_done *done);

/* How far the parent has read an answer. Set up with the first four. */
struct hl_media_answer {
	const struct hl_media_limits *limits;
	uint32_t no;
	uint32_t asked;              /* flags of the job */
	struct hl_media_result *out; /* gets frames while they come */
	size_t n_frames_cap;
	bool begun;
	bool done;
	char note[HL_MEDIA_NOTE_MAX];
};

/* Takes a message. HL_E_CORRUPT: it breaks the form, or its place in the
 * answer, and *out has what came before. HL_E_NOMEM. */
int hl_media_answer_take(struct hl_media_answer *answer, const uint8_t *p,
	size_t n, struct hl_err *err);

/* Writes the line that goes with what is in *result; note may be "". */
void hl_media_result_say(struct hl_media_result *result, const char *note);

/* Gives a message with at most one descriptor over a SOCK_SEQPACKET socket,
 * and does not wait. fd -1: none goes along. 0, or -1 with errno. */
int hl_media_give(int socket, const void *message, size_t n, int fd);

/* Waits for one. *fd is the caller's, close-on-exec; -1: none came. The bytes
 * read, 0 when the other end hung up, or -1 with errno; *fd is -1 then. */
ssize_t hl_media_take(int socket, void *message, size_t n, int *fd);

#endif
