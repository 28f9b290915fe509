/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_UNIT_MEDIA_FRAMES_H
#define HL_TESTS_UNIT_MEDIA_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/decode.h"

/* For tests of decoders: what came out of one, all of it, as RGB. */
#define FRAMES_MAX 64

struct frame {
	struct hl_media_shape shape;
	uint8_t *rgb;
	struct hl_match_pdq_result pdq;
};

struct frames {
	struct frame all[FRAMES_MAX];
	size_t n;    /* ended */
	size_t most; /* then HL_MEDIA_ENOUGH; 0: FRAMES_MAX */
	int status;  /* what decode gave */
	bool flawed;
	char note[HL_MEDIA_NOTE_MAX];
	/* Of the frame that has begun. */
	uint32_t n_rows;
	bool open;
};

struct ask {
	const struct hl_media_decoder *decoder;
	const void *bytes;
	size_t n;
	uint64_t pixels_max; /* 0: the default */
	uint32_t side_max;
	double video_every;
	size_t most;
};

/* Decodes a copy that ends where the memory does. Checks that the rules of
 * media/decode.h were kept. *out is set whatever it was; frames_fini(). */
void frames_of(const struct ask *ask, struct frames *out);
void frames_fini(struct frames *frames);

/* A neutral pattern: steps of colour with some shapes on them, each colour
 * one of 216. rgb has 3 * width * height bytes. */
void pattern(uint8_t *rgb, uint32_t width, uint32_t height, unsigned kind);
uint8_t *pattern_new(uint32_t width, uint32_t height, unsigned kind);

/* Fails the test unless frame i is exactly these pixels and has the hash that
 * they have. */
void expect_pixels(const struct frames *frames, size_t i, const uint8_t *rgb,
	uint32_t width, uint32_t height, const char *row);
/* Fails the test unless the hash of frame i is within so many bits. */
void expect_near(const struct frames *frames, size_t i, const uint8_t *rgb,
	uint32_t width, uint32_t height, unsigned bits, const char *row);

/* A whole file; *out is malloced. */
size_t file_bytes(const char *path, uint8_t **out);

#endif
