/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_FUZZ_MEDIA_H
#define HL_TESTS_FUZZ_MEDIA_H

#include "media/decode.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A target may have less, before this is included, to be faster. */
#ifndef FUZZ_MEDIA_PIXELS
#define FUZZ_MEDIA_PIXELS (1u << 18)
#endif
#ifndef FUZZ_MEDIA_MEMORY
#define FUZZ_MEDIA_MEMORY (64u << 20)
#endif
#define FUZZ_MEDIA_SIDE 2048u
#define FUZZ_MEDIA_FRAMES 6u

/*
 * What every decoder keeps to, whatever it is given: it says what it may, its
 * frames have a size within the limits and come in order, no more rows come
 * than were promised, and every byte of a row can be read.
 */
struct fuzz_media {
	struct hl_media_shape shape;
	uint32_t n_rows;
	uint32_t n_frames;
	bool open;
	bool ended; /* something other than 0 was said */
	uint8_t row[4 * FUZZ_MEDIA_SIDE];
};

static int fuzz_media_begin(void *arg, const struct hl_media_shape *shape)
{
	struct fuzz_media *f = arg;

	assert(!f->ended);
	assert(shape->width > 0 && shape->width <= FUZZ_MEDIA_SIDE);
	assert(shape->height > 0 && shape->height <= FUZZ_MEDIA_SIDE);
	assert(shape->width * shape->height <= FUZZ_MEDIA_PIXELS);
	assert(shape->pixels >= HL_MATCH_GREY8 &&
		shape->pixels <= HL_MATCH_RGBA32);
	assert(shape->oriented <= 8);
	assert(f->n_frames == 0 || shape->number > f->shape.number);
	assert(shape->seconds >= 0);
	f->ended = f->n_frames == FUZZ_MEDIA_FRAMES;
	f->shape = *shape;
	f->n_rows = 0;
	f->open = !f->ended;
	return f->ended ? HL_MEDIA_ENOUGH : 0;
}

static int fuzz_media_rows(
	void *arg, const void *rows, size_t stride, size_t n_rows)
{
	struct fuzz_media *f = arg;
	size_t each = f->shape.pixels == HL_MATCH_GREY8    ? 1
		      : f->shape.pixels == HL_MATCH_RGBA32 ? 4
							   : 3;
	size_t n = each * f->shape.width;

	assert(f->open && n_rows <= f->shape.height - f->n_rows);
	assert(n_rows == 0 || stride >= n);
	for (size_t y = 0; y < n_rows; y++) {
		/* Sees, at once, whether every byte may be read. */
		memcpy(f->row, (const uint8_t *)rows + y * stride, n);
	}
	f->n_rows += (uint32_t)n_rows;
	return 0;
}

static int fuzz_media_end(void *arg)
{
	struct fuzz_media *f = arg;

	assert(f->open);
	f->open = false;
	f->ended = f->n_rows != f->shape.height;
	f->n_frames++;
	return f->ended ? HL_MEDIA_DAMAGED : 0;
}

static inline int fuzz_media_flags(const struct hl_media_decoder *decoder,
	const uint8_t *data, size_t size, uint32_t flags)
{
	struct fuzz_media f;
	struct hl_media_sink sink = {.begin = fuzz_media_begin,
		.rows = fuzz_media_rows,
		.end = fuzz_media_end,
		.arg = &f};
	struct hl_media_input in = {
		.bytes = data,
		.n = size,
		.flags = flags,
		.video_every = 0.5,
		.limits = {.pixels_max = FUZZ_MEDIA_PIXELS,
			.side_max = FUZZ_MEDIA_SIDE,
			.memory_max = FUZZ_MEDIA_MEMORY},
	};

	memset(&f, 0, offsetof(struct fuzz_media, row));
	hl_media_limits_default(&in.limits);
	(void)decoder->knows(
		data, size < HL_MEDIA_HEAD_MAX ? size : HL_MEDIA_HEAD_MAX);
	int rc = decoder->decode(&in, &sink);

	assert(rc == 0 || rc == HL_MEDIA_ENOUGH || rc == HL_MEDIA_UNSUPPORTED ||
		rc == HL_MEDIA_REFUSED || rc == HL_MEDIA_DAMAGED ||
		rc == HL_MEDIA_NO_MEMORY);
	assert(rc != 0 || f.n_frames > 0);
	assert((rc == HL_MEDIA_ENOUGH) ==
		(f.n_frames == FUZZ_MEDIA_FRAMES && f.ended));
	return 0;
}

static inline int fuzz_media(const struct hl_media_decoder *decoder,
	const uint8_t *data, size_t size)
{
	return fuzz_media_flags(decoder, data, size, 0);
}

#endif
