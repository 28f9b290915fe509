/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_SOURCE_H
#define HL_MEDIA_SOURCE_H

#include "base/err.h"
#include "media/media.h"

struct hl_media_digest;

/*
 * A file on its way to a worker: as a sealed copy in memory, which nobody
 * can change or shorten while it is read, or, when it is large, as itself.
 * Inside the room only.
 */
struct hl_media_source {
	int fd; /* to be given to a worker */
	bool copied;
	uint64_t n;
	/* for digests */
	struct hl_media_digest *digest; /* NULL: none are wanted */
	uint8_t *bytes;                 /* the copy, mapped; or a buffer */
	uint64_t n_digested;
};

/* Files over this are not copied if they need not be. */
#define HL_MEDIA_COPY_MAX ((uint64_t)64 << 20)

/* Either fills in result->status and result->n_bytes, and a note in why, when
 * the file is of no use: empty, over bytes_max, or not readable; then 0 too.
 * A fault is the caller's lack of memory. To be ended by _fini in any case. */
int hl_media_source_fd(struct hl_media_source *source, int fd,
	const struct hl_media_limits *limits, struct hl_media_result *result,
	struct hl_err *err);
int hl_media_source_bytes(struct hl_media_source *source, const void *p,
	size_t n, uint64_t bytes_max, struct hl_media_result *result,
	struct hl_err *err);

/* From now on digests are made, by steps. HL_E_NOMEM. */
int hl_media_source_want_digests(
	struct hl_media_source *source, struct hl_err *err);
/* A part of a mebibyte; false when all is done. */
bool hl_media_source_step(
	struct hl_media_source *source, struct hl_media_result *result);

void hl_media_source_fini(struct hl_media_source *source);

#endif
