/* SPDX-License-Identifier: Apache-2.0 */
#include "frames.h"

#include <libheif/heif.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"

#define WIDTH 128
#define HEIGHT 96

/* libx265, which makes the files, leaks; nothing that is tested uses it. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libx265\n";
}

/* A file being made by libheif's encoders. */
struct written {
	uint8_t *bytes;
	size_t n;
};

static struct heif_error keep(
	struct heif_context *file, const void *from, size_t n, void *arg)
{
	struct written *w = arg;

	(void)file;
	w->bytes = malloc(n);
	assert_non_null(w->bytes);
	memcpy(w->bytes, from, n);
	w->n = n;
	return (struct heif_error){0};
}

static struct heif_image *image_of(const uint8_t *rgb, int width, int height)
{
	struct heif_image *image = NULL;
	int stride = 0;

	assert_int_equal(heif_image_create(width, height, heif_colorspace_RGB,
				 heif_chroma_interleaved_RGB, &image)
				 .code,
		0);
	assert_int_equal(heif_image_add_plane(image, heif_channel_interleaved,
				 width, height, 24)
				 .code,
		0);
	uint8_t *to =
		heif_image_get_plane(image, heif_channel_interleaved, &stride);
	for (int y = 0; y < height; y++) {
		memcpy(to + y * stride, rgb + 3 * (ptrdiff_t)y * width,
			3 * (size_t)width);
	}
	return image;
}

/* Pictures of the pattern; orientation as in EXIF, made irot and imir. */
static struct written make(enum heif_compression_format format,
	unsigned n_pictures, int quality, unsigned orientation)
{
	struct heif_context *file = heif_context_alloc();
	struct heif_encoder *encoder = NULL;
	struct heif_encoding_options *options = heif_encoding_options_alloc();
	struct heif_writer writer = {.writer_api_version = 1, .write = keep};
	struct written w = {0};

	assert_int_equal(
		heif_context_get_encoder_for_format(file, format, &encoder)
			.code,
		0);
	heif_encoder_set_lossy_quality(encoder, quality);
	options->image_orientation = (enum heif_orientation)orientation;
	for (unsigned i = 0; i < n_pictures; i++) {
		uint8_t *rgb = pattern_new(WIDTH, HEIGHT, i);
		struct heif_image *image = image_of(rgb, WIDTH, HEIGHT);
		struct heif_image_handle *item = NULL;

		assert_int_equal(heif_context_encode_image(
					 file, image, encoder, options, &item)
					 .code,
			0);
		heif_image_handle_release(item);
		heif_image_release(image);
		free(rgb);
	}
	assert_int_equal(heif_context_write(file, &writer, &w).code, 0);
	heif_encoding_options_free(options);
	heif_encoder_release(encoder);
	heif_context_free(file);
	return w;
}

static const struct {
	const char *name;
	const char *codec; /* libheif's own */
	enum heif_compression_format format;
	const struct hl_media_decoder *decoder;
	const struct hl_media_decoder *other;
} formats[] = {
	{"HEIC", "libde265", heif_compression_HEVC, &hl_media_heif,
		&hl_media_avif},
	{"AVIF", "dav1d", heif_compression_AV1, &hl_media_avif, &hl_media_heif},
};

/* What libheif itself decodes, with its own codecs. */
static uint8_t *peer_pixels(const struct written *w, const char *codec)
{
	struct heif_context *file = heif_context_alloc();
	struct heif_image_handle *item = NULL;
	struct heif_image *image = NULL;
	uint8_t *rgb = malloc((size_t)3 * WIDTH * HEIGHT);
	struct heif_decoding_options *options = heif_decoding_options_alloc();
	int stride = 0;

	assert_int_equal(heif_context_read_from_memory_without_copy(
				 file, w->bytes, w->n, NULL)
				 .code,
		0);
	assert_int_equal(
		heif_context_get_primary_image_handle(file, &item).code, 0);
	options->decoder_id = codec;
	if (heif_decode_image(item, &image, heif_colorspace_RGB,
		    heif_chroma_interleaved_RGB, options)
			.code) {
		fail_msg("libheif does not read what it wrote");
	}
	const uint8_t *from = heif_image_get_plane_readonly(
		image, heif_channel_interleaved, &stride);
	for (int y = 0; y < HEIGHT; y++) {
		memcpy(rgb + 3 * (ptrdiff_t)y * WIDTH, from + y * stride,
			3 * WIDTH);
	}
	heif_decoding_options_free(options);
	heif_image_release(image);
	heif_image_handle_release(item);
	heif_context_free(file);
	return rgb;
}

static void pictures_are_near_to_their_pixels(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(formats); i++) {
		struct written w = make(formats[i].format, 1, 95, 1);
		uint8_t *rgb = pattern_new(WIDTH, HEIGHT, 0);
		uint8_t *peer = peer_pixels(&w, formats[i].codec);
		struct ask ask = {.decoder = formats[i].decoder,
			.bytes = w.bytes,
			.n = w.n};
		struct frames frames;

		assert_true(formats[i].decoder->knows(w.bytes, w.n));
		frames_of(&ask, &frames);
		assert_int_equal(frames.status, 0);
		assert_int_equal(frames.n, 1);
		expect_near(
			&frames, 0, rgb, WIDTH, HEIGHT, 12, formats[i].name);
		expect_pixels(&frames, 0, peer, WIDTH, HEIGHT, formats[i].name);
		assert_int_equal(frames.all[0].shape.oriented, 1);
		frames_fini(&frames);
		free(peer);
		free(rgb);
		free(w.bytes);
	}
}

static void the_brand_tells_them_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(formats); i++) {
		struct written w = make(formats[i].format, 1, 50, 1);
		const struct hl_media_decoder *const *d = hl_media_decoders();

		while (*d && !(*d)->knows(w.bytes, w.n)) {
			d++;
		}
		assert_ptr_equal(*d, formats[i].decoder);
		free(w.bytes);
	}
}

static void every_picture_is_given(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(formats); i++) {
		struct written w = make(formats[i].format, 4, 95, 1);
		struct ask ask = {.decoder = formats[i].decoder,
			.bytes = w.bytes,
			.n = w.n};
		struct frames frames;

		frames_of(&ask, &frames);
		assert_int_equal(frames.status, 0);
		assert_int_equal(frames.n, 4);
		for (unsigned k = 0; k < 4; k++) {
			uint8_t *rgb = pattern_new(WIDTH, HEIGHT, k);

			expect_near(&frames, k, rgb, WIDTH, HEIGHT, 12,
				formats[i].name);
			free(rgb);
		}
		frames_fini(&frames);
		ask.most = 2;
		frames_of(&ask, &frames);
		assert_int_equal(frames.status, HL_MEDIA_ENOUGH);
		assert_int_equal(frames.n, 2);
		frames_fini(&frames);
		free(w.bytes);
	}
}

/* The properties irot and imir are part of the picture. */
static void pictures_are_turned(void **state)
{
	uint8_t *rgb = pattern_new(WIDTH, HEIGHT, 0);
	uint8_t *turned = malloc((size_t)3 * WIDTH * HEIGHT);
	struct written w = make(heif_compression_AV1, 1, 95, 6);
	struct ask ask = {
		.decoder = &hl_media_avif, .bytes = w.bytes, .n = w.n};
	struct frames frames;

	(void)state;
	assert_non_null(turned);
	for (size_t y = 0; y < WIDTH; y++) {
		for (size_t x = 0; x < HEIGHT; x++) {
			memcpy(turned + 3 * (y * HEIGHT + x),
				rgb + 3 * ((HEIGHT - 1 - x) * WIDTH + y), 3);
		}
	}
	frames_of(&ask, &frames);
	assert_int_equal(frames.status, 0);
	expect_near(&frames, 0, turned, HEIGHT, WIDTH, 12, "turned");
	assert_int_equal(frames.all[0].shape.oriented, 1);
	frames_fini(&frames);
	free(w.bytes);
	free(turned);
	free(rgb);
}

static void short_files_are_damaged(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(formats); i++) {
		struct written w = make(formats[i].format, 2, 30, 1);

		for (size_t n = 0; n < w.n; n += n < 60 ? 7 : 131) {
			struct ask ask = {.decoder = formats[i].decoder,
				.bytes = w.bytes,
				.n = n};
			struct frames frames;

			frames_of(&ask, &frames);
			assert_true(frames.status > 0);
			assert_true(frames.n < 2);
			frames_fini(&frames);
		}
		free(w.bytes);
	}
}

static size_t find(const struct written *w, const char *box)
{
	for (size_t i = 0; i + 4 <= w->n; i++) {
		if (memcmp(w->bytes + i, box, 4) == 0) {
			return i;
		}
	}
	fail_msg("no box %s", box);
	return 0;
}

static void bombs_are_refused(void **state)
{
	static const struct {
		const char *name;
		const char *size; /* 8 bytes of ispe */
		int status;
	} rows[] = {
		{"65535 x 65535", "\0\0\xff\xff\0\0\xff\xff", HL_MEDIA_REFUSED},
		{"over 31 bits", "\xff\xff\xff\xff\xff\xff\xff\xff",
			HL_MEDIA_REFUSED},
		{"nothing", "\0\0\0\0\0\0\0\0", HL_MEDIA_DAMAGED},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct written w = make(heif_compression_AV1, 1, 50, 1);
		struct ask ask = {
			.decoder = &hl_media_avif, .bytes = w.bytes, .n = w.n};
		struct frames frames;

		memcpy(w.bytes + find(&w, "ispe") + 8, rows[i].size, 8);
		frames_of(&ask, &frames);
		if (frames.status != rows[i].status || frames.n) {
			fail_msg("%s: %d, %s", rows[i].name, frames.status,
				frames.note);
		}
		frames_fini(&frames);
		free(w.bytes);
	}
}

/* Said small, coded large: what is decoded passes the limits as well. */
static void the_coded_size_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(formats); i++) {
		struct written w = make(formats[i].format, 1, 50, 1);
		struct ask ask = {.decoder = formats[i].decoder,
			.bytes = w.bytes,
			.n = w.n,
			.pixels_max = WIDTH * HEIGHT - 1};
		struct frames frames;

		memcpy(w.bytes + find(&w, "ispe") + 8, "\0\0\0\x40\0\0\0\x40",
			8);
		frames_of(&ask, &frames);
		assert_true(frames.status > 0);
		assert_int_equal(frames.n, 0);
		frames_fini(&frames);
		free(w.bytes);
	}
}

static void broken_data_are_damaged(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(formats); i++) {
		struct written w = make(formats[i].format, 2, 50, 1);
		struct ask ask = {.decoder = formats[i].decoder,
			.bytes = w.bytes,
			.n = w.n};
		struct frames frames;

		/* The data of the first; the second is as it was. */
		size_t at = find(&w, "mdat") + 4;
		memset(w.bytes + at + 4, 0xa5, 60);
		frames_of(&ask, &frames);
		if (frames.status <= 0) {
			fail_msg("%s: %d", formats[i].name, frames.status);
		}
		frames_fini(&frames);
		free(w.bytes);
	}
}

/* A grid says its size once more, in its own data at the end of the file. */
static void grids_are_put_together_and_limited(void **state)
{
	static const char *const names[] = {"grid-hevc", "grid-av1"};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		char path[1024];
		uint8_t *bytes;
		struct frames frames;

		snprintf(path, sizeof(path), "%s/media_heif/%s",
			getenv("HL_MEDIA_CORPUS"), names[i]);
		struct ask ask = {
			.decoder = i ? &hl_media_avif : &hl_media_heif,
			.n = file_bytes(path, &bytes)};
		ask.bytes = bytes;
		frames_of(&ask, &frames);
		assert_int_equal(frames.status, 0);
		assert_int_equal(frames.n, 1);
		assert_int_equal(frames.all[0].shape.width, 120);
		assert_int_equal(frames.all[0].shape.height, 100);
		/* Four times the same tile of 64 x 64. */
		assert_memory_equal(frames.all[0].rgb,
			frames.all[0].rgb + (size_t)3 * 64 * 120, 3 * 56);
		frames_fini(&frames);
		memset(bytes + ask.n - 4, 0xff, 4);
		frames_of(&ask, &frames);
		if (frames.status != HL_MEDIA_REFUSED || frames.n) {
			fail_msg("%s: %d %s", names[i], frames.status,
				frames.note);
		}
		frames_fini(&frames);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pictures_are_near_to_their_pixels),
		cmocka_unit_test(the_brand_tells_them_apart),
		cmocka_unit_test(every_picture_is_given),
		cmocka_unit_test(pictures_are_turned),
		cmocka_unit_test(short_files_are_damaged),
		cmocka_unit_test(bombs_are_refused),
		cmocka_unit_test(the_coded_size_counts),
		cmocka_unit_test(broken_data_are_damaged),
		cmocka_unit_test(grids_are_put_together_and_limited),
	};

	return cmocka_run_group_tests_name("media/heif", tests, NULL, NULL);
}
