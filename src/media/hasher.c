/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One hashing object a size and a variant is kept from frame to frame, since
 * the frames of a video have one size. A picture that is to be turned is
 * gathered whole and fed when its last row is there; all else streams.
 */
#include "media/hasher.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media/turn.h"

#define TURNED_AT_ONCE 16u

struct hl_media_hasher {
	const struct hl_media_input *in;
	const struct hl_media_hearer *hearer;
	struct hl_media_sink sink;
	struct hl_match_pdq *pdq;
	struct hl_match_pdq *cli512; /* NULL unless asked for */
	struct hl_media_shape made;  /* what those two were made for */
	struct hl_media_shape shape; /* of the frame under way */
	bool open;
	uint32_t n_rows; /* taken of it */
	uint32_t n_frames;
	double seconds; /* of the last frame */
	uint32_t flags; /* of the result */
	/* for turning */
	uint8_t *gathered;
	size_t gathered_bytes;
};

static uint32_t pixel_bytes(enum hl_match_pixels pixels)
{
	switch (pixels) {
	case HL_MATCH_GREY8:
		return 1;
	case HL_MATCH_RGB24:
	case HL_MATCH_BGR24:
		return 3;
	case HL_MATCH_RGBA32:
		return 4;
	}
	return 0;
}

static size_t row_bytes(const struct hl_media_shape *shape)
{
	return (size_t)shape->width * pixel_bytes(shape->pixels);
}

static bool turns(const struct hl_media_hasher *h)
{
	return h->in->flags & HL_MEDIA_UPRIGHT && h->shape.oriented > 1;
}

static int from_match(int code)
{
	return code < 0 ? code == HL_MATCH_E_NOMEM ? HL_MEDIA_NO_MEMORY
						   : HL_MEDIA_DAMAGED
			: 0;
}

static void forget(struct hl_media_hasher *h)
{
	hl_match_pdq_free(h->pdq);
	hl_match_pdq_free(h->cli512);
	h->pdq = h->cli512 = NULL;
}

static int make(struct hl_media_hasher *h, const struct hl_media_shape *shape)
{
	const struct hl_match_pdq_options cli512 = {
		.size_of = sizeof(cli512), .path = HL_MATCH_CLI512};
	int code = hl_match_pdq_new(shape->width, shape->height, shape->pixels,
		NULL, &h->pdq, NULL);

	if (code == 0 && h->in->flags & HL_MEDIA_CLI512) {
		code = hl_match_pdq_new(shape->width, shape->height,
			shape->pixels, &cli512, &h->cli512, NULL);
	}
	h->made = *shape;
	return from_match(code);
}

static int prepare_pdq(
	struct hl_media_hasher *h, const struct hl_media_shape *shape)
{
	if (h->pdq && h->made.width == shape->width &&
		h->made.height == shape->height &&
		h->made.pixels == shape->pixels) {
		hl_match_pdq_reset(h->pdq);
		if (h->cli512) {
			hl_match_pdq_reset(h->cli512);
		}
		return 0;
	}
	forget(h);
	return make(h, shape);
}

static int prepare_gathering(struct hl_media_hasher *h)
{
	size_t n = row_bytes(&h->shape) * h->shape.height;

	if (n <= h->gathered_bytes) {
		return 0;
	}
	free(h->gathered);
	h->gathered = malloc(n);
	h->gathered_bytes = h->gathered ? n : 0;
	return h->gathered ? 0 : HL_MEDIA_NO_MEMORY;
}

static int prepare(struct hl_media_hasher *h)
{
	struct hl_media_shape turned = h->shape;

	if (!turns(h)) {
		return prepare_pdq(h, &h->shape);
	}
	if (hl_media_turn_swaps(h->shape.oriented)) {
		turned.width = h->shape.height;
		turned.height = h->shape.width;
	}
	h->flags |= HL_MEDIA_TURNED;
	int r = prepare_pdq(h, &turned);

	return r ? r : prepare_gathering(h);
}

static int begin(void *arg, const struct hl_media_shape *shape)
{
	struct hl_media_hasher *h = arg;
	int r;

	if (h->open || pixel_bytes(shape->pixels) == 0 || shape->oriented > 8 ||
		(h->n_frames > 0 && shape->number <= h->shape.number)) {
		return hl_media_note(
			&h->sink, HL_MEDIA_DAMAGED, "the decoder lost its way");
	}
	if (h->n_frames == h->in->limits.frames_max) {
		h->flags |= HL_MEDIA_CUT;
		return HL_MEDIA_ENOUGH;
	}
	r = hl_media_check_size(h->in, &h->sink, shape->width, shape->height);
	h->shape = *shape;
	/* Time does not go back, whatever the file says. */
	if (!(shape->seconds >= h->seconds) || !isfinite(shape->seconds)) {
		h->shape.seconds = h->seconds;
	}
	h->n_rows = 0;
	if (!r) {
		r = prepare(h);
	}
	if (!r && h->n_frames == 0) {
		r = h->hearer->begin(h->hearer->arg, shape);
	}
	h->open = !r;
	h->flags |= shape->scaled ? HL_MEDIA_SCALED : 0;
	return r;
}

static int feed(struct hl_media_hasher *h, const void *rows, size_t stride,
	size_t n_rows)
{
	int code = hl_match_pdq_rows(h->pdq, rows, stride, n_rows);

	if (code == 0 && h->cli512) {
		code = hl_match_pdq_rows(h->cli512, rows, stride, n_rows);
	}
	return from_match(code);
}

static void gather(struct hl_media_hasher *h, const uint8_t *rows,
	size_t stride, size_t n_rows)
{
	size_t bytes = row_bytes(&h->shape);
	uint8_t *to = h->gathered + h->n_rows * bytes;

	for (size_t i = 0; i < n_rows; i++) {
		memcpy(to + i * bytes, rows + i * stride, bytes);
	}
}

static int rows(void *arg, const void *p, size_t stride, size_t n_rows)
{
	struct hl_media_hasher *h = arg;

	if (!h->open || n_rows > h->shape.height - h->n_rows) {
		return hl_media_note(&h->sink, HL_MEDIA_DAMAGED,
			"more rows than the picture has");
	}
	if (turns(h)) {
		gather(h, p, stride, n_rows);
	} else {
		int r = feed(h, p, stride, n_rows);

		if (r) {
			return r;
		}
	}
	h->n_rows += (uint32_t)n_rows;
	return 0;
}

static int feed_turned(struct hl_media_hasher *h)
{
	const struct hl_media_plane plane = {h->gathered, row_bytes(&h->shape),
		h->shape.width, h->shape.height, pixel_bytes(h->shape.pixels)};
	const struct hl_media_shape *to = &h->made;
	size_t bytes = row_bytes(to);
	uint8_t *some = malloc(TURNED_AT_ONCE * bytes);
	int r = some ? 0 : HL_MEDIA_NO_MEMORY;

	for (uint32_t y = 0; !r && y < to->height; y += TURNED_AT_ONCE) {
		uint32_t n = to->height - y;

		n = n < TURNED_AT_ONCE ? n : TURNED_AT_ONCE;
		hl_media_turn_rows(&plane, h->shape.oriented, y, n, some);
		r = feed(h, some, bytes, n);
	}
	free(some);
	return r;
}

static int take_dihedral(
	struct hl_media_hasher *h, struct hl_media_frame *frame)
{
	struct hl_match_pdq_result all[8];
	int code;

	if (!(h->in->flags & HL_MEDIA_DIHEDRAL)) {
		return 0;
	}
	code = hl_match_pdq_dihedral(h->pdq, all);
	for (size_t i = 0; code == 0 && i < 8; i++) {
		frame->dihedral[i] = all[i].hash;
	}
	return code;
}

static int take(struct hl_media_hasher *h, struct hl_media_frame *frame)
{
	struct hl_match_pdq_result one;
	int code = hl_match_pdq_finish(h->pdq, &one);

	if (code == 0 && h->cli512) {
		code = hl_match_pdq_finish(h->cli512, &frame->cli512);
	}
	if (code == 0) {
		code = take_dihedral(h, frame);
	}
	if (code == 0) {
		frame->pdq = (struct hl_match_frame){
			.number = h->shape.number,
			.quality = one.quality,
			.seconds = h->shape.seconds,
			.hash = one.hash,
		};
	}
	return from_match(code);
}

static int end(void *arg)
{
	struct hl_media_hasher *h = arg;
	struct hl_media_frame frame = {0};
	int r;

	if (!h->open || h->n_rows != h->shape.height) {
		return hl_media_note(
			&h->sink, HL_MEDIA_DAMAGED, "rows are missing");
	}
	h->open = false;
	r = turns(h) ? feed_turned(h) : 0;
	if (!r) {
		r = take(h, &frame);
	}
	if (!r) {
		h->n_frames++;
		h->seconds = h->shape.seconds;
		r = h->hearer->frame(h->hearer->arg, &frame);
	}
	return r;
}

struct hl_media_hasher *hl_media_hasher_new(
	const struct hl_media_input *in, const struct hl_media_hearer *hearer)
{
	struct hl_media_hasher *h = calloc(1, sizeof(*h));

	if (h) {
		h->in = in;
		h->hearer = hearer;
		h->sink.begin = begin;
		h->sink.rows = rows;
		h->sink.end = end;
		h->sink.arg = h;
	}
	return h;
}

void hl_media_hasher_free(struct hl_media_hasher *hasher)
{
	if (hasher) {
		forget(hasher);
		free(hasher->gathered);
		free(hasher);
	}
}

struct hl_media_sink *hl_media_hasher_sink(struct hl_media_hasher *hasher)
{
	return &hasher->sink;
}

/* People see the upper part of a picture that was cut off, so it is hashed
 * too; black is what most programs show for the rest. */
static int fill(struct hl_media_hasher *h)
{
	void *black = calloc(1, row_bytes(&h->shape));
	int r = black ? 0 : HL_MEDIA_NO_MEMORY;

	while (!r && h->n_rows < h->shape.height) {
		r = rows(h, black, row_bytes(&h->shape), 1);
	}
	free(black);
	return r ? r : end(h);
}

enum hl_media_status hl_media_hasher_settle(
	struct hl_media_hasher *hasher, int decoded, uint32_t *flags)
{
	struct hl_media_hasher *h = hasher;
	bool half = h->open && h->n_rows >= h->shape.height - h->n_rows;

	if (decoded == HL_MEDIA_DAMAGED && h->n_frames == 0 && half) {
		(void)fill(h);
	}
	if (h->n_frames > 0 && decoded == HL_MEDIA_DAMAGED) {
		h->sink.flawed = true;
		decoded = 0;
	}
	if (decoded == HL_MEDIA_ENOUGH) {
		decoded = 0;
	}
	if (decoded == 0 && h->n_frames == 0) {
		decoded = hl_media_note(&h->sink, HL_MEDIA_DAMAGED,
			"there is no picture in it");
	}
	h->flags |= h->sink.flawed ? HL_MEDIA_FLAWED : 0;
	h->flags |= h->sink.more ? HL_MEDIA_CUT : 0;
	*flags = h->flags;
	return (enum hl_media_status)decoded;
}
