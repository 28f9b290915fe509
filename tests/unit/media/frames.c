/* SPDX-License-Identifier: Apache-2.0 */
#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/file.h"

static int begin(void *arg, const struct hl_media_shape *shape)
{
	struct frames *f = arg;
	struct frame *frame = &f->all[f->n];

	if (f->n == (f->most ? f->most : FRAMES_MAX)) {
		return HL_MEDIA_ENOUGH;
	}
	assert_true(shape->width > 0 && shape->height > 0);
	assert_true(f->n == 0 || shape->number > frame[-1].shape.number);
	assert_true(shape->oriented <= 8);
	free(frame->rgb); /* of one that was not ended */
	frame->shape = *shape;
	frame->rgb = malloc(3 * (size_t)shape->width * shape->height);
	assert_non_null(frame->rgb);
	f->n_rows = 0;
	f->open = true;
	return 0;
}

static void copy_row(const struct frame *frame, uint32_t y, const uint8_t *from)
{
	uint32_t width = frame->shape.width;
	size_t step = frame->shape.pixels == HL_MATCH_RGBA32 ? 4 : 3;
	uint8_t *to = frame->rgb + 3 * (size_t)y * width;

	assert_true(frame->shape.pixels == HL_MATCH_RGBA32 ||
		    frame->shape.pixels == HL_MATCH_RGB24);
	for (size_t x = 0; x < width; x++) {
		memcpy(to + 3 * x, from + step * x, 3);
	}
}

static int rows(void *arg, const void *from, size_t stride, size_t n)
{
	struct frames *f = arg;
	struct frame *frame = &f->all[f->n];

	assert_true(f->open);
	assert_true(n <= frame->shape.height - f->n_rows);
	for (size_t i = 0; i < n; i++) {
		copy_row(
			frame, f->n_rows++, (const uint8_t *)from + i * stride);
	}
	return 0;
}

static int end(void *arg)
{
	struct frames *f = arg;
	struct frame *frame = &f->all[f->n];
	struct hl_match_picture picture = {frame->rgb,
		3 * (size_t)frame->shape.width, frame->shape.width,
		frame->shape.height, HL_MATCH_RGB24};

	assert_true(f->open);
	f->open = false;
	if (f->n_rows != frame->shape.height) {
		return HL_MEDIA_DAMAGED;
	}
	assert_int_equal(
		hl_match_pdq_image(&picture, NULL, &frame->pdq, NULL), 0);
	f->n++;
	return 0;
}

void frames_of(const struct ask *ask, struct frames *out)
{
	uint8_t *exact = malloc(ask->n ? ask->n : 1);
	struct hl_media_sink sink = {
		.begin = begin, .rows = rows, .end = end, .arg = out};
	struct hl_media_input in = {
		.bytes = exact, .n = ask->n, .video_every = ask->video_every};

	assert_non_null(exact);
	if (ask->n) {
		memcpy(exact, ask->bytes, ask->n);
	}
	memset(out, 0, sizeof(*out));
	out->most = ask->most;
	in.limits.pixels_max = ask->pixels_max;
	in.limits.side_max = ask->side_max;
	hl_media_limits_default(&in.limits);
	out->status = ask->decoder->decode(&in, &sink);
	assert_in_range(out->status + 1, 0, HL_MEDIA_NO_MEMORY + 1);
	out->flawed = sink.flawed;
	memcpy(out->note, sink.note, sizeof(out->note));
	free(exact);
}

void frames_fini(struct frames *frames)
{
	for (size_t i = 0; i < FRAMES_MAX; i++) {
		free(frames->all[i].rgb);
	}
	memset(frames, 0, sizeof(*frames));
}

void pattern(uint8_t *rgb, uint32_t width, uint32_t height, unsigned kind)
{
	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++, rgb += 3) {
			uint32_t u = x * 64 / width, v = y * 64 / height;
			uint32_t d = (u - 30) * (u - 30) + (v - 20) * (v - 20);
			bool inside = d < 200 + 50 * kind;

			rgb[0] = (uint8_t)((u / 11 + kind) % 6 * 51);
			rgb[1] = (uint8_t)(inside ? 255 : v / 13 * 51);
			rgb[2] = (uint8_t)((u * v / 97 + 2 * kind) % 6 * 51);
		}
	}
}

uint8_t *pattern_new(uint32_t width, uint32_t height, unsigned kind)
{
	uint8_t *rgb = malloc(3 * (size_t)width * height);

	assert_non_null(rgb);
	pattern(rgb, width, height, kind);
	return rgb;
}

static void expect_frame(const struct frames *frames, size_t i, uint32_t width,
	uint32_t height, const char *row)
{
	if (frames->n <= i) {
		fail_msg("%s: no frame %zu: status %d, %s", row, i,
			frames->status, frames->note);
	}
	if (frames->all[i].shape.width != width ||
		frames->all[i].shape.height != height) {
		fail_msg("%s: frame %zu is %ux%u", row, i,
			frames->all[i].shape.width,
			frames->all[i].shape.height);
	}
}

void expect_pixels(const struct frames *frames, size_t i, const uint8_t *rgb,
	uint32_t width, uint32_t height, const char *row)
{
	expect_frame(frames, i, width, height, row);
	for (size_t at = 0; at < 3 * (size_t)width * height; at++) {
		if (frames->all[i].rgb[at] != rgb[at]) {
			fail_msg("%s: frame %zu, x %zu, y %zu, part %zu: "
				 "%u, not %u",
				row, i, at / 3 % width, at / 3 / width, at % 3,
				frames->all[i].rgb[at], rgb[at]);
		}
	}
	expect_near(frames, i, rgb, width, height, 0, row);
}

void expect_near(const struct frames *frames, size_t i, const uint8_t *rgb,
	uint32_t width, uint32_t height, unsigned bits, const char *row)
{
	struct hl_match_picture picture = {
		rgb, 3 * (size_t)width, width, height, HL_MATCH_RGB24};
	struct hl_match_pdq_result is;
	unsigned distance;

	expect_frame(frames, i, width, height, row);
	assert_int_equal(hl_match_pdq_image(&picture, NULL, &is, NULL), 0);
	distance = hl_match_hash_distance(&is.hash, &frames->all[i].pdq.hash);
	if (distance > bits) {
		fail_msg("%s: frame %zu is %u bits away", row, i, distance);
	}
}

size_t file_bytes(const char *path, uint8_t **out)
{
	struct hl_buf data = HL_BUF_INIT(4 << 20);

	if (hl_file_read(path, &data, NULL) != 0) {
		fail_msg("cannot read %s", path);
	}
	*out = (uint8_t *)data.p;
	return data.n;
}
