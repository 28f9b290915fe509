/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_HASHER_H
#define HL_MEDIA_HASHER_H

#include "media/decode.h"

/*
 * The sink behind every decoder: rows to hashes, a frame each. Inside the
 * room only, and inside the sandbox.
 */
struct hl_media_hasher;

struct hl_media_hearer {
	/* The shape of the first frame, when it begins; each frame when it
	 * has ended. Other than 0 ends the decoding. */
	int (*begin)(void *arg, const struct hl_media_shape *first);
	int (*frame)(void *arg, const struct hl_media_frame *frame);
	void *arg;
};

/* *in and *hearer stay the caller's and must outlive it. NULL: no memory. */
struct hl_media_hasher *hl_media_hasher_new(
	const struct hl_media_input *in, const struct hl_media_hearer *hearer);
void hl_media_hasher_free(struct hl_media_hasher *hasher);

/* To be given to the decoder; borrowed. */
struct hl_media_sink *hl_media_hasher_sink(struct hl_media_hasher *hasher);

/*
 * After the decoder: what became of the file, from what it gave back. A first
 * picture of which half the rows are there is ended with black ones.
 */
enum hl_media_status hl_media_hasher_settle(
	struct hl_media_hasher *hasher, int decoded, uint32_t *flags);

#endif
