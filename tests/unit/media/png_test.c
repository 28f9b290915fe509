/* SPDX-License-Identifier: Apache-2.0 */
#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "gather.h"
#include "picture.h"

static const struct {
	const char *name;
	uint32_t width, height;
	struct png_how how;
} kinds[] = {
	{"RGB", 70, 50, {.type = PNG_COLOR_TYPE_RGB}},
	{"one pixel", 1, 1, {.type = PNG_COLOR_TYPE_RGB}},
	{"RGBA", 70, 50, {.type = PNG_COLOR_TYPE_RGB_ALPHA}},
	{"grey", 33, 70, {.type = PNG_COLOR_TYPE_GRAY}},
	{"grey, alpha", 33, 7, {.type = PNG_COLOR_TYPE_GRAY_ALPHA}},
	{"palette", 33, 70, {.type = PNG_COLOR_TYPE_PALETTE}},
	{"16 bits", 40, 40, {.type = PNG_COLOR_TYPE_RGB, .bits = 16}},
	{"16 bits, alpha", 40, 40,
		{.type = PNG_COLOR_TYPE_RGB_ALPHA, .bits = 16}},
	{"grey, 16 bits", 40, 40, {.type = PNG_COLOR_TYPE_GRAY, .bits = 16}},
	{"interlaced", 61, 47,
		{.type = PNG_COLOR_TYPE_RGB, .interlaced = true}},
	{"interlaced, smallest", 1, 1,
		{.type = PNG_COLOR_TYPE_RGB, .interlaced = true}},
	{"turned", 20, 10, {.type = PNG_COLOR_TYPE_RGB, .orientation = 8}},
};

/* PNG loses nothing, so the picture itself is what is expected. */
static uint8_t expected(
	const struct picture *p, const struct png_how *how, size_t at)
{
	if (how->type == PNG_COLOR_TYPE_PALETTE) {
		return (uint8_t)((p->rgb[at / 3 * 3] >> 4) * 17);
	}
	return how->type & PNG_COLOR_MASK_COLOR ? p->rgb[at]
						: p->rgb[at / 3 * 3];
}

static void pixels_are_rgb_of_8_bits(void **state)
{
	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(kinds); i++) {
		const struct png_how *how = &kinds[i].how;
		struct picture p;
		struct file f;
		struct gathered g = {0};

		picture_make(&p, kinds[i].width, kinds[i].height, 1);
		picture_png(&p, how, &f);
		int r = gather(&hl_media_png, f.p, f.n, NULL, &g);
		if (r || g.n_frames != 1 || g.flawed ||
			g.shape.width != p.width ||
			g.shape.height != p.height ||
			g.shape.pixels != HL_MATCH_RGB24 ||
			g.shape.oriented != how->orientation) {
			fail_msg("%s: %d %s", kinds[i].name, r, g.note);
		}
		for (size_t k = 0; k < (size_t)p.width * p.height * 3; k++) {
			if (g.pixels[k] != expected(&p, how, k)) {
				fail_msg("%s: sample %zu", kinds[i].name, k);
			}
		}
		gathered_fini(&g);
		file_fini(&f);
		picture_fini(&p);
	}
}

static void cut_anywhere(void **state)
{
	struct picture p;
	struct file f;

	(void)state;
	picture_make(&p, 30, 25, 4);
	for (int interlaced = 0; interlaced < 2; interlaced++) {
		picture_png(&p,
			&(struct png_how){.type = PNG_COLOR_TYPE_RGB,
				.interlaced = interlaced},
			&f);
		/* the last chunk, IEND, has nothing that we need */
		for (size_t n = 8; n < f.n - 12; n++) {
			struct gathered g = {0};
			uint8_t *copy = malloc(n);

			assert_non_null(copy);
			memcpy(copy, f.p, n);
			int r = gather(&hl_media_png, copy, n, NULL, &g);
			if (r != HL_MEDIA_DAMAGED &&
				!(r == 0 && n > f.n - 24)) {
				fail_msg("%zu of %zu: %d", n, f.n, r);
			}
			gathered_fini(&g);
			free(copy);
		}
		file_fini(&f);
	}
	picture_fini(&p);
}

static void what_it_says_of_itself(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t bytes[8];
		size_t n;
		int status;
		const char *says;
	} rows[] = {
		{"a bomb", 16, {0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff},
			8, HL_MEDIA_REFUSED, "2147483647 x 2147483647 pixels"},
		{"no width", 16, {0, 0, 0, 0}, 4, HL_MEDIA_DAMAGED,
			"no pixels"},
		{"another chunk first", 12, {'I', 'D', 'A', 'T'}, 4,
			HL_MEDIA_DAMAGED, "IHDR"},
		{"a colour type of 7", 25, {7}, 1, HL_MEDIA_DAMAGED, "IHDR"},
		{"more text than bytes", 33,
			{0x7f, 0xff, 0xff, 0xff, 't', 'E', 'X', 't'}, 8,
			HL_MEDIA_DAMAGED, "too early"},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct picture p;
		struct file f;
		struct gathered g = {0};

		picture_make(&p, 20, 20, 5);
		picture_png(
			&p, &(struct png_how){.type = PNG_COLOR_TYPE_RGB}, &f);
		memcpy(f.p + rows[i].at, rows[i].bytes, rows[i].n);
		int r = gather(&hl_media_png, f.p, f.n, NULL, &g);
		if (r != rows[i].status || !strstr(g.note, rows[i].says) ||
			g.open) {
			fail_msg("%s: %d %s", rows[i].name, r, g.note);
		}
		gathered_fini(&g);
		file_fini(&f);
		picture_fini(&p);
	}
}

/* The most address space that this process has had. */
static long peak_kb(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[128];
	long kb = -1;

	assert_non_null(f);
	while (kb < 0 && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "VmPeak:", 7) == 0) {
			kb = strtol(line + 7, NULL, 10);
		}
	}
	fclose(f);
	assert_true(kb > 0);
	return kb;
}

/* libpng takes it at once, whatever limit it was given. */
static void no_memory_for_what_is_not_there(void **state)
{
	static const uint8_t exif[] = {
		0x7f, 0xff, 0xff, 0xff, 'e', 'X', 'I', 'f'};
	struct picture p;
	struct file f;
	struct gathered g = {0};

	(void)state;
	picture_make(&p, 20, 20, 8);
	picture_png(&p, &(struct png_how){.type = PNG_COLOR_TYPE_RGB}, &f);
	memcpy(f.p + 33, exif, sizeof(exif));
	long before = peak_kb();
	int r = gather(&hl_media_png, f.p, f.n, NULL, &g);

	assert_int_equal(HL_MEDIA_DAMAGED, r);
	assert_non_null(strstr(g.note, "too early"));
	assert_true(peak_kb() - before < 1 << 20);
	gathered_fini(&g);
	file_fini(&f);
	picture_fini(&p);
}

/* Only one that may be as long as it is turns the picture. */
static void exif_beyond_the_limit_is_left_out(void **state)
{
	struct picture p;
	struct file f;

	(void)state;
	picture_make(&p, 8, 4, 9);
	picture_png(&p,
		&(struct png_how){.type = PNG_COLOR_TYPE_RGB, .orientation = 6},
		&f);
	for (int much = 0; much < 2; much++) {
		struct gathered g = {0};
		const struct hl_media_input how = {
			.limits.memory_max = much ? 1 << 20 : 160};

		assert_int_equal(0, gather(&hl_media_png, f.p, f.n, &how, &g));
		assert_int_equal(much ? 6 : 0, g.shape.oriented);
		assert_memory_equal(p.rgb, g.pixels, 8 * 4 * 3);
		gathered_fini(&g);
	}
	file_fini(&f);
	picture_fini(&p);
}

/* A checksum that is wrong while the pixels are whole: viewers differ. */
static void a_wrong_checksum_is_a_flaw(void **state)
{
	struct picture p;
	struct file f;
	struct gathered g = {0};

	(void)state;
	picture_make(&p, 20, 20, 6);
	picture_png(&p, &(struct png_how){.type = PNG_COLOR_TYPE_RGB}, &f);
	f.p[29] ^= 1; /* of IHDR */
	assert_int_equal(0, gather(&hl_media_png, f.p, f.n, NULL, &g));
	assert_true(g.flawed);
	assert_memory_equal(p.rgb, g.pixels, 20 * 20 * 3);
	gathered_fini(&g);
	file_fini(&f);
	picture_fini(&p);
}

/* Behind IHDR, at byte 33. */
static void an_animation_has_more(void **state)
{
	static const struct {
		uint8_t chunk[20];
		bool more;
	} rows[] = {
		{{0, 0, 0, 8, 'a', 'c', 'T', 'L', 0, 0, 0, 2}, true},
		{{0, 0, 0, 8, 'a', 'c', 'T', 'L', 0, 0, 0, 1}, false},
		{{0, 0, 0, 8, 'a', 'c', 'T', 'X', 0, 0, 0, 2}, false},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct picture p;
		struct file f;
		struct gathered g = {0};

		picture_make(&p, 20, 20, 7);
		picture_png(
			&p, &(struct png_how){.type = PNG_COLOR_TYPE_RGB}, &f);
		f.p = realloc(f.p, f.n + 20);
		assert_non_null(f.p);
		memmove(f.p + 33 + 20, f.p + 33, f.n - 33);
		memcpy(f.p + 33, rows[i].chunk, 20);
		assert_int_equal(
			0, gather(&hl_media_png, f.p, f.n + 20, NULL, &g));
		assert_int_equal(rows[i].more, g.more);
		assert_memory_equal(p.rgb, g.pixels, 20 * 20 * 3);
		gathered_fini(&g);
		file_fini(&f);
		picture_fini(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pixels_are_rgb_of_8_bits),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(what_it_says_of_itself),
		cmocka_unit_test(no_memory_for_what_is_not_there),
		cmocka_unit_test(exif_beyond_the_limit_is_left_out),
		cmocka_unit_test(a_wrong_checksum_is_a_flaw),
		cmocka_unit_test(an_animation_has_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
