/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* behind stdio.h, which it needs */
#include <jpeglib.h>

#include "base/str.h"
#include "gather.h"
#include "picture.h"

/* The plainest use of the library, beside ours. */
static uint8_t *plain_decode(const struct file *f, J_COLOR_SPACE space)
{
	struct jpeg_decompress_struct j;
	struct jpeg_error_mgr errors;

	j.err = jpeg_std_error(&errors);
	jpeg_create_decompress(&j);
	jpeg_mem_src(&j, f->p, f->n);
	jpeg_read_header(&j, TRUE);
	j.out_color_space = space;
	jpeg_start_decompress(&j);
	size_t stride = j.output_width * (unsigned)j.output_components;
	uint8_t *out = malloc(stride * j.output_height);
	assert_non_null(out);
	while (j.output_scanline < j.output_height) {
		JSAMPROW row = out + j.output_scanline * stride;

		jpeg_read_scanlines(&j, &row, 1);
	}
	jpeg_finish_decompress(&j);
	jpeg_destroy_decompress(&j);
	return out;
}

static const struct {
	const char *name;
	uint32_t width, height;
	struct jpeg_how how;
} kinds[] = {
	{"usual", 200, 133, {0}},
	{"one pixel", 1, 1, {0}},
	{"one row", 333, 1, {0}},
	{"one column", 1, 333, {0}},
	{"grey", 65, 64, {.grey = true}},
	{"progressive", 131, 97, {.progressive = true}},
	{"worst quality", 100, 100, {.quality = 1}},
	{"turned", 40, 30, {.orientation = 6}},
};

static void exact_pixels_are_the_librarys(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(kinds); i++) {
		struct picture p;
		struct file f;
		struct gathered g = {0};

		picture_make(&p, kinds[i].width, kinds[i].height, 1);
		picture_jpeg(&p, &kinds[i].how, &f);
		uint8_t *expected = plain_decode(&f, JCS_RGB);
		int r = gather(&hl_media_jpeg, f.p, f.n, NULL, &g);
		if (r || g.n_frames != 1 || g.flawed || g.shape.scaled ||
			g.shape.width != p.width ||
			g.shape.height != p.height ||
			g.shape.pixels != HL_MATCH_RGB24 ||
			g.shape.oriented != kinds[i].how.orientation ||
			memcmp(expected, g.pixels,
				(size_t)p.width * p.height * 3) != 0) {
			fail_msg("%s: %d %s", kinds[i].name, r, g.note);
		}
		free(expected);
		gathered_fini(&g);
		file_fini(&f);
		picture_fini(&p);
	}
}

static void screening_is_grey_and_smaller(void **state)
{
	const struct hl_media_input how = {.flags = HL_MEDIA_SCREENING};
	struct picture p;
	struct file f;
	struct gathered g = {0};

	(void)state;
	picture_make(&p, 2000, 1600, 2);
	picture_jpeg(&p, &(struct jpeg_how){0}, &f);
	assert_int_equal(0, gather(&hl_media_jpeg, f.p, f.n, &how, &g));
	assert_int_equal(1000, g.shape.width);
	assert_int_equal(800, g.shape.height);
	assert_int_equal(2000, g.shape.full_width);
	assert_int_equal(1600, g.shape.full_height);
	assert_int_equal(HL_MATCH_GREY8, g.shape.pixels);
	assert_int_equal(1, g.shape.scaled);
	gathered_fini(&g);
	file_fini(&f);
	picture_fini(&p);
}

/* As Pillow 9.4 has it, from Adobe's inverted values: 255 - C - K in effect,
 * multiplied. */
static void inks_become_light(void **state)
{
	const struct hl_media_input screening = {.flags = HL_MEDIA_SCREENING};
	struct picture p;
	struct file f;
	struct gathered g = {0};

	(void)state;
	picture_make(&p, 50, 40, 3);
	picture_jpeg(&p, &(struct jpeg_how){.cmyk = true}, &f);
	uint8_t *cmyk = plain_decode(&f, JCS_CMYK);
	assert_int_equal(0, gather(&hl_media_jpeg, f.p, f.n, NULL, &g));
	for (size_t i = 0; i < 50 * 40; i++) {
		for (size_t k = 0; k < 3; k++) {
			double light = cmyk[4 * i + k] / 255.0 *
				       (cmyk[4 * i + 3] / 255.0) * 255.0;
			double off = g.pixels[3 * i + k] - light;

			assert_true(off > -0.51 && off < 0.51);
		}
	}
	/* nothing to be had from screening, and it says so */
	assert_int_equal(0, gather(&hl_media_jpeg, f.p, f.n, &screening, &g));
	assert_int_equal(0, g.shape.scaled);
	free(cmyk);
	gathered_fini(&g);
	file_fini(&f);
	picture_fini(&p);
}

/* Cut anywhere it is hashed with a flaw, or refused, and never more. */
static void cut_anywhere(void **state)
{
	struct picture p;
	struct file f;

	(void)state;
	picture_make(&p, 60, 45, 4);
	picture_jpeg(&p, &(struct jpeg_how){.orientation = 3}, &f);
	for (size_t n = 0; n < f.n - 2; n++) {
		struct gathered g = {0};
		uint8_t *copy = malloc(n ? n : 1);

		assert_non_null(copy);
		memcpy(copy, f.p, n);
		int r = gather(&hl_media_jpeg, copy, n, NULL, &g);
		if (r ? r != HL_MEDIA_DAMAGED || !g.note[0]
		      : !g.flawed || g.n_frames != 1) {
			fail_msg("%zu of %zu bytes: %d %s", n, f.n, r, g.note);
		}
		gathered_fini(&g);
		free(copy);
	}
	file_fini(&f);
	picture_fini(&p);
}

/* The frame header: FF C0, length, precision, height, width. */
static uint8_t *find_frame(const struct file *f)
{
	for (size_t i = 0; i + 9 < f->n; i++) {
		if (f->p[i] == 0xff &&
			(f->p[i + 1] == 0xc0 || f->p[i + 1] == 0xc2)) {
			return f->p + i;
		}
	}
	fail_msg("no frame header");
	return NULL;
}

static void what_it_says_of_itself(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t bytes[4];
		size_t n;
		int status;
		const char *says;
	} rows[] = {
		{"a bomb", 5, {0xea, 0x60, 0xea, 0x60}, 4, HL_MEDIA_REFUSED,
			"60000 x 60000 pixels"},
		{"over the library's own limit", 5, {0xff, 0xff, 0xff, 0xff}, 4,
			HL_MEDIA_REFUSED, "65500 pixels"},
		{"12 bits", 4, {12}, 1, HL_MEDIA_UNSUPPORTED, "precision"},
		{"lossless", 1, {0xc3}, 1, HL_MEDIA_UNSUPPORTED, "SOF"},
		{"no width", 7, {0, 0}, 2, HL_MEDIA_DAMAGED, "Empty"},
		{"200 components", 9, {200}, 1, HL_MEDIA_DAMAGED, "length"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct picture p;
		struct file f;
		struct gathered g = {0};

		picture_make(&p, 20, 20, 5);
		picture_jpeg(&p, &(struct jpeg_how){0}, &f);
		memcpy(find_frame(&f) + rows[i].at, rows[i].bytes, rows[i].n);
		int r = gather(&hl_media_jpeg, f.p, f.n, NULL, &g);
		if (r != rows[i].status || !strstr(g.note, rows[i].says) ||
			g.open) {
			fail_msg("%s: %d %s", rows[i].name, r, g.note);
		}
		gathered_fini(&g);
		file_fini(&f);
		picture_fini(&p);
	}
}

static void bytes_behind_are_no_flaw(void **state)
{
	struct picture p;
	struct file f;
	struct gathered g = {0};

	(void)state;
	picture_make(&p, 30, 30, 6);
	picture_jpeg(&p, &(struct jpeg_how){0}, &f);
	f.p = realloc(f.p, f.n + 100);
	assert_non_null(f.p);
	memset(f.p + f.n, 'x', 100);
	assert_int_equal(0, gather(&hl_media_jpeg, f.p, f.n + 100, NULL, &g));
	assert_false(g.flawed);
	gathered_fini(&g);
	file_fini(&f);
	picture_fini(&p);
}

static void a_multi_picture_file_has_more(void **state)
{
	static const uint8_t mpf[] = {0xff, 0xe2, 0, 8, 'M', 'P', 'F', 0, 1, 2};
	struct picture p;
	struct file f;

	(void)state;
	picture_make(&p, 30, 30, 6);
	picture_jpeg(&p, &(struct jpeg_how){0}, &f);
	f.p = realloc(f.p, f.n + sizeof(mpf));
	assert_non_null(f.p);
	memmove(f.p + 2 + sizeof(mpf), f.p + 2, f.n - 2);
	memcpy(f.p + 2, mpf, sizeof(mpf));
	for (int with = 1; with >= 0; with--) {
		struct gathered g = {0};

		f.p[4 + 2] = with ? 'M' : 'I';
		assert_int_equal(0, gather(&hl_media_jpeg, f.p,
					    f.n + sizeof(mpf), NULL, &g));
		assert_int_equal(with, g.more);
		gathered_fini(&g);
	}
	file_fini(&f);
	picture_fini(&p);
}

static void the_sinks_word_comes_back(void **state)
{
	struct picture p;
	struct file f;
	struct gathered g = {.then = HL_MEDIA_ENOUGH};

	(void)state;
	picture_make(&p, 30, 30, 7);
	picture_jpeg(&p, &(struct jpeg_how){0}, &f);
	assert_int_equal(
		HL_MEDIA_ENOUGH, gather(&hl_media_jpeg, f.p, f.n, NULL, &g));
	gathered_fini(&g);
	file_fini(&f);
	picture_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact_pixels_are_the_librarys),
		cmocka_unit_test(screening_is_grey_and_smaller),
		cmocka_unit_test(inks_become_light),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(what_it_says_of_itself),
		cmocka_unit_test(bytes_behind_are_no_flaw),
		cmocka_unit_test(a_multi_picture_file_has_more),
		cmocka_unit_test(the_sinks_word_comes_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
