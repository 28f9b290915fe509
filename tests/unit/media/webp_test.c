/* SPDX-License-Identifier: Apache-2.0 */
#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/encode.h>
#include <webp/mux.h>
#include <cmocka.h>

#include "base/str.h"

#define WIDTH 53
#define HEIGHT 37

static void decode_bytes(const void *bytes, size_t n, struct frames *out)
{
	struct ask ask = {.decoder = &hl_media_webp, .bytes = bytes, .n = n};

	frames_of(&ask, out);
}

/* The pattern with an alpha that hides parts of it. */
static uint8_t *with_alpha(const uint8_t *rgb)
{
	uint8_t *rgba = malloc((size_t)4 * WIDTH * HEIGHT);

	assert_non_null(rgba);
	for (size_t i = 0; i < (size_t)WIDTH * HEIGHT; i++) {
		memcpy(rgba + 4 * i, rgb + 3 * i, 3);
		rgba[4 * i + 3] = (uint8_t)(i % 3 == 0 ? 0 : i);
	}
	return rgba;
}

/* Lossless, and what is transparent keeps its colour. */
static size_t encode_exact(const uint8_t *rgba, uint8_t **out)
{
	WebPMemoryWriter writer;
	WebPConfig config;
	WebPPicture picture;

	assert_true(WebPConfigInit(&config) && WebPPictureInit(&picture));
	assert_true(WebPConfigLosslessPreset(&config, 1));
	config.exact = 1;
	WebPMemoryWriterInit(&writer);
	picture.use_argb = 1;
	picture.width = WIDTH;
	picture.height = HEIGHT;
	picture.writer = WebPMemoryWrite;
	picture.custom_ptr = &writer;
	assert_true(WebPPictureImportRGBA(&picture, rgba, 4 * WIDTH));
	assert_true(WebPEncode(&config, &picture));
	WebPPictureFree(&picture);
	*out = writer.mem;
	return writer.size;
}

static void lossless_pictures_give_their_pixels(void **state)
{
	uint8_t *rgb = pattern_new(WIDTH, HEIGHT, 3), *bytes;
	size_t n = WebPEncodeLosslessRGB(rgb, WIDTH, HEIGHT, 3 * WIDTH, &bytes);
	struct frames frames;

	(void)state;
	assert_true(n > 0);
	assert_true(hl_media_webp.knows(bytes, n));
	decode_bytes(bytes, n, &frames);
	assert_int_equal(frames.status, 0);
	assert_int_equal(frames.n, 1);
	expect_pixels(&frames, 0, rgb, WIDTH, HEIGHT, "lossless");
	assert_int_equal(frames.all[0].shape.oriented, 0);
	frames_fini(&frames);
	WebPFree(bytes);
	free(rgb);
}

/* As PIL's convert("RGB"): not blended with anything. */
static void alpha_is_dropped(void **state)
{
	uint8_t *rgb = pattern_new(WIDTH, HEIGHT, 3), *rgba = with_alpha(rgb);
	uint8_t *bytes;
	size_t n = encode_exact(rgba, &bytes);
	struct frames frames;

	(void)state;
	decode_bytes(bytes, n, &frames);
	assert_int_equal(frames.status, 0);
	expect_pixels(&frames, 0, rgb, WIDTH, HEIGHT, "alpha");
	frames_fini(&frames);
	free(bytes);
	free(rgba);
	free(rgb);
}

/* Lossy: the same as libwebp's way to RGBA, which PIL uses, without alpha. */
static void lossy_pictures_are_as_pil_sees_them(void **state)
{
	uint8_t *rgb = pattern_new(WIDTH, HEIGHT, 3), *rgba = with_alpha(rgb);
	uint8_t *bytes;
	size_t n = WebPEncodeRGBA(rgba, WIDTH, HEIGHT, 4 * WIDTH, 60, &bytes);
	int width, height;
	uint8_t *peer = WebPDecodeRGBA(bytes, n, &width, &height);
	struct frames frames;

	(void)state;
	assert_true(n > 0 && peer);
	for (size_t i = 0; i < (size_t)WIDTH * HEIGHT; i++) {
		memcpy(rgb + 3 * i, peer + 4 * i, 3);
	}
	decode_bytes(bytes, n, &frames);
	expect_pixels(&frames, 0, rgb, WIDTH, HEIGHT, "lossy");
	frames_fini(&frames);
	WebPFree(peer);
	WebPFree(bytes);
	free(rgba);
	free(rgb);
}

static WebPData animation(unsigned n_frames)
{
	WebPAnimEncoderOptions options;
	WebPConfig config;
	WebPData out = {0};

	assert_true(WebPAnimEncoderOptionsInit(&options));
	assert_true(WebPConfigInit(&config));
	config.lossless = 1;
	config.quality = 20;
	WebPAnimEncoder *encoder = WebPAnimEncoderNew(WIDTH, HEIGHT, &options);
	for (unsigned i = 0; i < n_frames; i++) {
		uint8_t *rgb = pattern_new(WIDTH, HEIGHT, i);
		WebPPicture picture;

		assert_true(WebPPictureInit(&picture));
		picture.use_argb = 1;
		picture.width = WIDTH;
		picture.height = HEIGHT;
		assert_true(WebPPictureImportRGB(&picture, rgb, 3 * WIDTH));
		assert_true(WebPAnimEncoderAdd(
			encoder, &picture, (int)(i * 250), &config));
		WebPPictureFree(&picture);
		free(rgb);
	}
	assert_true(
		WebPAnimEncoderAdd(encoder, NULL, (int)(n_frames * 250), NULL));
	assert_true(WebPAnimEncoderAssemble(encoder, &out));
	WebPAnimEncoderDelete(encoder);
	return out;
}

static void animations_give_every_frame(void **state)
{
	WebPData file = animation(5);
	struct frames frames;

	(void)state;
	decode_bytes(file.bytes, file.size, &frames);
	assert_int_equal(frames.status, 0);
	assert_int_equal(frames.n, 5);
	for (unsigned i = 0; i < 5; i++) {
		uint8_t *rgb = pattern_new(WIDTH, HEIGHT, i);

		expect_pixels(&frames, i, rgb, WIDTH, HEIGHT, "animation");
		assert_int_equal(frames.all[i].shape.number, i);
		assert_true(frames.all[i].shape.seconds * 4 == i);
		free(rgb);
	}
	frames_fini(&frames);
	WebPDataClear(&file);
}

static void enough_ends_it(void **state)
{
	WebPData file = animation(4);
	struct frames frames;
	struct ask ask = {.decoder = &hl_media_webp,
		.bytes = file.bytes,
		.n = file.size,
		.most = 2};

	(void)state;
	frames_of(&ask, &frames);
	assert_int_equal(frames.status, HL_MEDIA_ENOUGH);
	assert_int_equal(frames.n, 2);
	frames_fini(&frames);
	WebPDataClear(&file);
}

static void short_animations_give_their_whole_frames(void **state)
{
	WebPData file = animation(4);
	size_t most = 0, n_partial = 0;

	(void)state;
	for (size_t n = 0; n < file.size; n++) {
		struct frames frames;

		decode_bytes(file.bytes, n, &frames);
		assert_int_equal(frames.status, HL_MEDIA_DAMAGED);
		assert_true(frames.n >= most);
		most = frames.n;
		n_partial += frames.n > 0 && frames.n < 4;
		frames_fini(&frames);
	}
	assert_true(n_partial > 0);
	WebPDataClear(&file);
}

/* No frame, but the rows that are there. */
static void short_pictures_are_damaged(void **state)
{
	(void)state;
	for (int lossless = 0; lossless < 2; lossless++) {
		uint8_t *rgb = pattern_new(WIDTH, HEIGHT, 3), *bytes;
		size_t n_all = lossless ? WebPEncodeLosslessRGB(rgb, WIDTH,
						  HEIGHT, 3 * WIDTH, &bytes)
					: WebPEncodeRGB(rgb, WIDTH, HEIGHT,
						  3 * WIDTH, 70, &bytes);
		uint32_t most = 0;

		for (size_t n = 0; n < n_all - 1; n += n < 40 ? 1 : 5) {
			struct frames frames;

			decode_bytes(bytes, n, &frames);
			assert_int_equal(frames.status, HL_MEDIA_DAMAGED);
			assert_int_equal(frames.n, 0);
			assert_true(frames.n_rows >= most);
			most = frames.n_rows;
			if (lossless && most > 0) {
				assert_memory_equal(frames.all[0].rgb, rgb,
					(size_t)3 * WIDTH * most);
			}
			frames_fini(&frames);
		}
		assert_true(most > HEIGHT / 4);
		WebPFree(bytes);
		free(rgb);
	}
}

static void exif_orientation_is_offered(void **state)
{
	static const uint8_t exif[] = "II*\0\x8\0\0\0\1\0\x12\1\3\0\1\0\0\0"
				      "\6\0\0\0\0\0\0\0";
	uint8_t *rgb = pattern_new(WIDTH, HEIGHT, 3), *bytes;
	size_t n = WebPEncodeLosslessRGB(rgb, WIDTH, HEIGHT, 3 * WIDTH, &bytes);
	WebPData picture = {bytes, n}, chunk = {exif, sizeof(exif)}, file;
	WebPMux *mux = WebPMuxNew();
	struct frames frames;

	(void)state;
	assert_int_equal(WebPMuxSetImage(mux, &picture, 0), WEBP_MUX_OK);
	assert_int_equal(WebPMuxSetChunk(mux, "EXIF", &chunk, 0), WEBP_MUX_OK);
	assert_int_equal(WebPMuxAssemble(mux, &file), WEBP_MUX_OK);
	decode_bytes(file.bytes, file.size, &frames);
	assert_int_equal(frames.all[0].shape.oriented, 6);
	expect_pixels(&frames, 0, rgb, WIDTH, HEIGHT, "with EXIF");
	frames_fini(&frames);
	/* Without the end of what follows the picture, it is hashed. */
	decode_bytes(file.bytes, file.size - 4, &frames);
	assert_int_equal(frames.status, 0);
	assert_true(frames.flawed);
	expect_pixels(&frames, 0, rgb, WIDTH, HEIGHT, "EXIF cut");
	frames_fini(&frames);
	WebPMuxDelete(mux);
	WebPDataClear(&file);
	WebPFree(bytes);
	free(rgb);
}

static void bombs_are_refused(void **state)
{
	WebPData file = animation(2);
	uint8_t *bytes = malloc(file.size);
	struct frames frames;

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, file.bytes, file.size);
	/* VP8X: the canvas stands at 24, both less one in three bytes. */
	assert_memory_equal(bytes + 12, "VP8X", 4);
	memcpy(bytes + 24, "\xff\xff\0\xff\xfe\0", 6);
	decode_bytes(bytes, file.size, &frames);
	assert_int_equal(frames.status, HL_MEDIA_REFUSED);
	frames_fini(&frames);
	struct ask ask = {.decoder = &hl_media_webp,
		.bytes = file.bytes,
		.n = file.size,
		.pixels_max = WIDTH * HEIGHT - 1};
	frames_of(&ask, &frames);
	assert_int_equal(frames.status, HL_MEDIA_REFUSED);
	assert_int_equal(frames.n, 0);
	frames_fini(&frames);
	free(bytes);
	WebPDataClear(&file);
}

static void broken_data_are_damaged(void **state)
{
	uint8_t *rgb = pattern_new(WIDTH, HEIGHT, 3), *bytes;
	size_t n = WebPEncodeLosslessRGB(rgb, WIDTH, HEIGHT, 3 * WIDTH, &bytes);
	struct frames frames;

	(void)state;
	memset(bytes + 26, 0xff, n - 26);
	decode_bytes(bytes, n, &frames);
	assert_int_equal(frames.status, HL_MEDIA_DAMAGED);
	assert_int_equal(frames.n, 0);
	frames_fini(&frames);
	decode_bytes(
		"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff", 20, &frames);
	assert_int_equal(frames.status, HL_MEDIA_DAMAGED);
	frames_fini(&frames);
	WebPFree(bytes);
	free(rgb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lossless_pictures_give_their_pixels),
		cmocka_unit_test(alpha_is_dropped),
		cmocka_unit_test(lossy_pictures_are_as_pil_sees_them),
		cmocka_unit_test(animations_give_every_frame),
		cmocka_unit_test(enough_ends_it),
		cmocka_unit_test(short_animations_give_their_whole_frames),
		cmocka_unit_test(short_pictures_are_damaged),
		cmocka_unit_test(exif_orientation_is_offered),
		cmocka_unit_test(bombs_are_refused),
		cmocka_unit_test(broken_data_are_damaged),
	};

	return cmocka_run_group_tests_name("media/webp", tests, NULL, NULL);
}
