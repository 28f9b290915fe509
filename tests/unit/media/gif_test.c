/* SPDX-License-Identifier: Apache-2.0 */
#include "frames.h"

#include <gif_lib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"

/* A GIF being written, by giflib's encoder. */
struct written {
	uint8_t bytes[256 << 10];
	size_t n;
};

static int write_bytes(GifFileType *file, const GifByteType *from, int n)
{
	struct written *w = file->UserData;

	assert_true(w->n + (size_t)n <= sizeof(w->bytes));
	memcpy(w->bytes + w->n, from, (size_t)n);
	w->n += (size_t)n;
	return n;
}

static GifFileType *begin_gif(
	struct written *w, int width, int height, const ColorMapObject *map)
{
	int code = 0;

	w->n = 0;
	GifFileType *file = EGifOpen(w, write_bytes, &code);
	assert_non_null(file);
	EGifSetGifVersion(file, true);
	assert_int_equal(
		EGifPutScreenDesc(file, width, height, 8, 0, map), GIF_OK);
	return file;
}

static void end_gif(GifFileType *file)
{
	int code = 0;

	assert_int_equal(EGifCloseFile(file, &code), GIF_OK);
}

/* A frame as the table below writes it: one digit a pixel. */
struct step {
	int left, top, width, height;
	int disposal;
	int clear; /* transparent index; -1: none */
	const char *indices;
};

static void put_step(GifFileType *file, const struct step *step)
{
	GraphicsControlBlock control = {.DisposalMode = step->disposal,
		.DelayTime = 25,
		.TransparentColor = step->clear};
	GifByteType extension[4];

	EGifGCBToExtension(&control, extension);
	assert_int_equal(
		EGifPutExtension(file, GRAPHICS_EXT_FUNC_CODE, 4, extension),
		GIF_OK);
	assert_int_equal(EGifPutImageDesc(file, step->left, step->top,
				 step->width, step->height, false, NULL),
		GIF_OK);
	for (int i = 0; i < step->width * step->height; i++) {
		assert_int_equal(
			EGifPutPixel(
				file, (GifPixelType)(step->indices[i] - '0')),
			GIF_OK);
	}
}

static ColorMapObject *ten_colours(void)
{
	ColorMapObject *map = GifMakeMapObject(16, NULL);

	assert_non_null(map);
	for (int i = 0; i < 16; i++) {
		map->Colors[i].Red = (GifByteType)(i * 10 + 1);
		map->Colors[i].Green = (GifByteType)(i * 10 + 2);
		map->Colors[i].Blue = (GifByteType)(i * 10 + 3);
	}
	return map;
}

static void decode_bytes(const struct written *w, size_t n, struct frames *out)
{
	struct ask ask = {.decoder = &hl_media_gif, .bytes = w->bytes, .n = n};

	frames_of(&ask, out);
}

static void expect_digits(const struct frames *frames, size_t i,
	const char *digits, const char *name)
{
	const struct frame *frame = &frames->all[i];
	size_t n = (size_t)frame->shape.width * frame->shape.height;

	if (frames->n <= i || n != strlen(digits)) {
		fail_msg("%s: frame %zu of %zu has %zu pixels: %s", name, i,
			frames->n, n, frames->note);
	}
	for (size_t k = 0; k < n; k++) {
		uint8_t red = (uint8_t)((digits[k] - '0') * 10 + 1);
		const uint8_t *is = frame->rgb + 3 * k;

		if (is[0] != red || is[1] != red + 1 || is[2] != red + 2) {
			fail_msg("%s: frame %zu, pixel %zu is %u,%u,%u, "
				 "not of index %c",
				name, i, k, is[0], is[1], is[2], digits[k]);
		}
	}
}

/* A canvas of 4 x 2; what each frame is to look like behind it. */
static void frames_are_composed(void **state)
{
	static const struct {
		const char *name;
		struct step steps[3];
		const char *seen[3];
	} rows[] = {
		{"one over the other",
			{{0, 0, 4, 2, 1, -1, "11112222"},
				{1, 0, 2, 2, 1, -1, "3344"},
				{3, 1, 1, 1, 1, -1, "5"}},
			{"11112222", "13312442", "13312445"}},
		{"transparent pixels leave what is there",
			{{0, 0, 4, 2, 1, -1, "11112222"},
				{0, 0, 4, 2, 1, 9, "91119923"},
				{0, 0, 4, 2, 0, 1, "11111116"}},
			{"11112222", "11112223", "11112226"}},
		{"transparent pixels of the first have their colour",
			{{0, 0, 4, 2, 1, 7, "17712222"},
				{0, 0, 1, 1, 1, -1, "5"},
				{0, 0, 1, 1, 1, -1, "6"}},
			{"17712222", "57712222", "67712222"}},
		{"the first is smaller: index 0",
			{{1, 0, 2, 1, 1, -1, "11"}, {0, 1, 1, 1, 1, -1, "2"},
				{0, 0, 1, 1, 1, -1, "3"}},
			{"01100000", "01102000", "31102000"}},
		{"the first is smaller: its transparent index",
			{{1, 0, 2, 1, 1, 8, "11"}, {0, 1, 1, 1, 1, -1, "2"},
				{0, 0, 1, 1, 1, -1, "3"}},
			{"81188888", "81182888", "31182888"}},
		{"disposed to the background, 0",
			{{0, 0, 4, 2, 1, -1, "11112222"},
				{1, 0, 2, 2, 2, -1, "3344"},
				{0, 0, 1, 1, 1, -1, "5"}},
			{"11112222", "13312442", "50012002"}},
		{"disposed to its transparent index",
			{{0, 0, 4, 2, 1, -1, "11112222"},
				{1, 0, 2, 2, 2, 6, "3344"},
				{0, 0, 1, 1, 1, -1, "5"}},
			{"11112222", "13312442", "56612662"}},
		{"disposed to what was before",
			{{0, 0, 4, 2, 1, -1, "11112222"},
				{1, 0, 2, 2, 3, -1, "3344"},
				{0, 0, 1, 1, 1, -1, "5"}},
			{"11112222", "13312442", "51112222"}},
		{"the first disposed to before itself",
			{{0, 0, 4, 2, 3, -1, "11112222"},
				{1, 0, 1, 1, 3, -1, "3"},
				{0, 0, 1, 1, 1, -1, "5"}},
			{"11112222", "03000000", "50000000"}},
		{"later ones are cut at the canvas",
			{{0, 0, 4, 2, 1, -1, "11112222"},
				{3, 1, 2, 2, 2, -1, "3333"},
				{7, 7, 1, 1, 2, -1, "5"}},
			{"11112222", "11112223", "11112220"}},
	};
	struct written *w = calloc(1, sizeof(*w));
	ColorMapObject *map = ten_colours();

	(void)state;
	assert_non_null(w);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		GifFileType *file = begin_gif(w, 4, 2, map);
		struct frames frames;

		for (size_t k = 0; k < 3; k++) {
			put_step(file, &rows[i].steps[k]);
		}
		end_gif(file);
		assert_true(hl_media_gif.knows(w->bytes, w->n));
		decode_bytes(w, w->n, &frames);
		assert_int_equal(frames.status, 0);
		assert_int_equal(frames.n, 3);
		for (size_t k = 0; k < 3; k++) {
			expect_digits(
				&frames, k, rows[i].seen[k], rows[i].name);
			assert_int_equal(frames.all[k].shape.number, k);
			assert_true(
				frames.all[k].shape.seconds * 4 == (double)k);
		}
		frames_fini(&frames);
	}
	GifFreeMapObject(map);
	free(w);
}

/* A canvas smaller than the first frame grows, as in PIL. */
static void the_canvas_holds_the_first_frame(void **state)
{
	static const struct step first = {1, 1, 2, 2, 1, -1, "1234"};
	struct written *w = calloc(1, sizeof(*w));
	ColorMapObject *map = ten_colours();
	struct frames frames;

	(void)state;
	assert_non_null(w);
	GifFileType *file = begin_gif(w, 1, 1, map);
	put_step(file, &first);
	end_gif(file);
	decode_bytes(w, w->n, &frames);
	expect_digits(&frames, 0, "000012034", "small canvas");
	frames_fini(&frames);
	GifFreeMapObject(map);
	free(w);
}

static int index_of(const ColorMapObject *map, int n, const uint8_t rgb[3])
{
	for (int i = 0; i < n; i++) {
		if (map->Colors[i].Red == rgb[0] &&
			map->Colors[i].Green == rgb[1] &&
			map->Colors[i].Blue == rgb[2]) {
			return i;
		}
	}
	return -1;
}

/* The pattern, with a palette of the frame's own. */
static void put_pattern(struct written *w, const uint8_t *rgb, int width,
	int height, bool interlaced)
{
	static const int first[] = {0, 4, 2, 1}, every[] = {8, 8, 4, 2};
	ColorMapObject *map = GifMakeMapObject(256, NULL);
	GifFileType *file = begin_gif(w, width, height, NULL);
	int n = 0;

	for (int i = 0; i < width * height; i++) {
		if (index_of(map, n, rgb + 3 * i) < 0) {
			assert_true(n < 256);
			memcpy(&map->Colors[n++], rgb + 3 * i, 3);
		}
	}
	assert_int_equal(
		EGifPutImageDesc(file, 0, 0, width, height, interlaced, map),
		GIF_OK);
	for (int pass = 0; pass < (interlaced ? 4 : 1); pass++) {
		for (int y = interlaced ? first[pass] : 0; y < height;
			y += interlaced ? every[pass] : 1) {
			for (int x = 0; x < width; x++) {
				int at = 3 * (y * width + x);

				EGifPutPixel(file, (GifPixelType)index_of(
							   map, n, rgb + at));
			}
		}
	}
	end_gif(file);
	GifFreeMapObject(map);
}

static void pictures_have_the_hash_of_their_pixels(void **state)
{
	static const struct {
		const char *name;
		int width, height;
		bool interlaced;
	} rows[] = {
		{"plain", 97, 61, false},
		{"interlaced", 97, 61, true},
		{"64 x 64", 64, 64, false},
		{"one row", 31, 1, true},
		{"one column", 1, 19, true},
		{"interlaced, 3 rows", 7, 3, true},
	};
	struct written *w = calloc(1, sizeof(*w));

	(void)state;
	assert_non_null(w);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		uint32_t width = (uint32_t)rows[i].width;
		uint32_t height = (uint32_t)rows[i].height;
		uint8_t *rgb = pattern_new(width, height, 2);
		struct frames frames;

		put_pattern(w, rgb, rows[i].width, rows[i].height,
			rows[i].interlaced);
		decode_bytes(w, w->n, &frames);
		assert_int_equal(frames.status, 0);
		expect_pixels(&frames, 0, rgb, width, height, rows[i].name);
		frames_fini(&frames);
		free(rgb);
	}
	free(w);
}

static void write_three(struct written *w)
{
	static const struct step steps[] = {
		{0, 0, 4, 2, 1, -1, "11112222"},
		{1, 0, 2, 2, 1, -1, "3344"},
		{3, 1, 1, 1, 1, -1, "5"},
	};
	ColorMapObject *map = ten_colours();
	GifFileType *file = begin_gif(w, 4, 2, map);

	for (size_t i = 0; i < 3; i++) {
		put_step(file, &steps[i]);
	}
	end_gif(file);
	GifFreeMapObject(map);
}

/* Cut anywhere: the whole frames before, and the word damaged; but for the
 * byte that ends the file, which many lack. */
static void short_files_give_their_whole_frames(void **state)
{
	struct written *w = calloc(1, sizeof(*w));
	size_t most = 0;

	(void)state;
	assert_non_null(w);
	write_three(w);
	for (size_t n = 0; n < w->n; n++) {
		struct frames frames;

		decode_bytes(w, n, &frames);
		assert_true(frames.n >= most);
		most = frames.n;
		if (frames.status == 0) {
			assert_int_equal(frames.all[0].shape.width, 4);
			assert_true(frames.n > 0);
		} else {
			assert_int_equal(frames.status, HL_MEDIA_DAMAGED);
		}
		frames_fini(&frames);
	}
	assert_int_equal(most, 3);
	free(w);
}

/* The sink is given the rows of a first picture that is cut off. */
static void the_upper_part_of_a_picture_is_given(void **state)
{
	struct written *w = calloc(1, sizeof(*w));
	uint8_t *rgb = pattern_new(64, 60, 2);
	uint32_t most = 0;

	(void)state;
	assert_non_null(w);
	put_pattern(w, rgb, 64, 60, false);
	for (size_t n = 900; n + 4 < w->n; n += 50) {
		struct frames frames;

		decode_bytes(w, n, &frames);
		assert_int_equal(frames.status, HL_MEDIA_DAMAGED);
		assert_true(frames.n == 0 && frames.n_rows < 60);
		assert_true(frames.n_rows >= most);
		most = frames.n_rows;
		assert_memory_equal(
			frames.all[0].rgb, rgb, (size_t)3 * 64 * most);
		frames_fini(&frames);
	}
	assert_true(most > 30);
	free(rgb);
	free(w);
}

static void enough_ends_it(void **state)
{
	struct written *w = calloc(1, sizeof(*w));
	struct frames frames;

	(void)state;
	assert_non_null(w);
	write_three(w);
	struct ask ask = {.decoder = &hl_media_gif,
		.bytes = w->bytes,
		.n = w->n,
		.most = 2};
	frames_of(&ask, &frames);
	assert_int_equal(frames.status, HL_MEDIA_ENOUGH);
	assert_int_equal(frames.n, 2);
	frames_fini(&frames);
	free(w);
}

static void bombs_are_refused(void **state)
{
	static const struct {
		const char *name;
		size_t at; /* of two bytes of 0xff, another two behind */
		int status;
		size_t n_frames;
	} rows[] = {
		{"canvas of 65535 x 65535", 6, HL_MEDIA_REFUSED, 0},
		/* 13 of header, 48 of palette, 8 of control, the comma */
		{"frame far off the canvas", 13 + 48 + 8 + 1, HL_MEDIA_REFUSED,
			0},
		{"frame of 65535 x 65535", 13 + 48 + 8 + 5, HL_MEDIA_REFUSED,
			0},
	};
	struct written *w = calloc(1, sizeof(*w));

	(void)state;
	assert_non_null(w);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct frames frames;

		write_three(w);
		assert_int_equal(w->bytes[13 + 48 + 8], ',');
		memset(w->bytes + rows[i].at, 0xff, 4);
		decode_bytes(w, w->n, &frames);
		if (frames.status != rows[i].status ||
			frames.n != rows[i].n_frames) {
			fail_msg("%s: %d, %s", rows[i].name, frames.status,
				frames.note);
		}
		frames_fini(&frames);
	}
	free(w);
}

static void what_is_no_picture_is_damaged(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} rows[] = {
		{"", 0},
		{"GIF89a", 6},
		{"GIF89a\4\0\2\0\0\0\0", 13},
		{"GIF89a\4\0\2\0\0\0\0;", 14},
		{"GIF89a\4\0\2\0\0\0\0\0\0\0\0", 17},
		{"GIF89a\4\0\2\0\0\0\0,\0\0\0\0\0\0\0\0\0\2\0;", 25},
		{"GIF89a\4\0\2\0\0\0\0,\0\0\0\0\1\0\1\0\0\0\0;", 25},
		{"GIF89a\4\0\2\0\0\0\0!\xf9\4\1\0\0\0\0!\xf9\1\1", 24},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct ask ask = {.decoder = &hl_media_gif,
			.bytes = rows[i].bytes,
			.n = rows[i].n};
		struct frames frames;

		frames_of(&ask, &frames);
		if (frames.status != HL_MEDIA_DAMAGED || frames.n) {
			fail_msg("row %zu: %d", i, frames.status);
		}
		frames_fini(&frames);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_composed),
		cmocka_unit_test(the_canvas_holds_the_first_frame),
		cmocka_unit_test(pictures_have_the_hash_of_their_pixels),
		cmocka_unit_test(short_files_give_their_whole_frames),
		cmocka_unit_test(the_upper_part_of_a_picture_is_given),
		cmocka_unit_test(enough_ends_it),
		cmocka_unit_test(bombs_are_refused),
		cmocka_unit_test(what_is_no_picture_is_damaged),
	};

	return cmocka_run_group_tests_name("media/gif", tests, NULL, NULL);
}
