/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_MEDIA_GATHER_H
#define HL_TESTS_MEDIA_GATHER_H

#include "media/decode.h"

/* A sink that keeps what a decoder gives, and checks the order of calls. */
struct gathered {
	struct hl_media_shape shape; /* of the last frame */
	uint8_t *pixels;             /* of it, without gaps; owned */
	uint32_t n_rows;
	uint32_t n_frames; /* ended */
	bool open;
	int then; /* what end gives */
	char note[HL_MEDIA_NOTE_MAX];
	bool flawed, more;
};

/* Runs the decoder on the bytes; limits of 0 take their defaults. */
int gather(const struct hl_media_decoder *decoder, const uint8_t *p, size_t n,
	const struct hl_media_input *how, struct gathered *out);
void gathered_fini(struct gathered *g);

#endif
