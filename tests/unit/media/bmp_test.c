/* SPDX-License-Identifier: Apache-2.0 */
#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"

#define WIDTH 67u /* no multiple of anything, so that rows are padded */
#define HEIGHT 41u

/* What to write, and what is then to be read. */
struct form {
	const char *name;
	uint32_t header;
	unsigned bits;
	uint32_t compression;
	bool top_down;
	uint32_t masks[3];
};

struct file {
	uint8_t bytes[64 << 10];
	size_t n;
	uint8_t seen[3 * WIDTH * HEIGHT];
};

static void put(struct file *f, uint64_t value, size_t n_bytes)
{
	for (size_t i = 0; i < n_bytes; i++) {
		f->bytes[f->n++] = (uint8_t)(i < 8 ? value >> 8 * i : 0);
	}
}

static uint32_t n_colours(unsigned bits)
{
	return bits <= 8 ? 1u << bits : 0;
}

/* Any colours, so that a wrong index is seen. */
static void colour_of(uint32_t index, uint8_t rgb[3])
{
	rgb[0] = (uint8_t)(index * 37 + 11);
	rgb[1] = (uint8_t)(index * 91 + 5);
	rgb[2] = (uint8_t)(255 - index);
}

static void put_headers(struct file *f, const struct form *form)
{
	bool core = form->header == 12;
	bool behind = form->header == 40 && form->compression == 3;
	uint32_t palette = n_colours(form->bits) * (core ? 3 : 4);

	f->n = 0;
	put(f, 0x4d42, 2);
	put(f, 0, 8);
	put(f, 14 + form->header + (behind ? 12 : 0) + palette, 4);
	put(f, form->header, 4);
	put(f, WIDTH, core ? 2 : 4);
	put(f, form->top_down ? (uint32_t)-HEIGHT : HEIGHT, core ? 2 : 4);
	put(f, 1, 2);
	put(f, form->bits, 2);
	if (!core) {
		put(f, form->compression, 4);
		put(f, 0, 20);
	}
	if (form->header > 40 || behind) {
		for (size_t i = 0; i < 3; i++) {
			put(f, form->masks[i], 4);
		}
	}
	while (f->n < 14 + form->header) {
		put(f, 0, 1);
	}
	for (uint32_t i = 0; i < n_colours(form->bits); i++) {
		uint8_t rgb[3];

		colour_of(i, rgb);
		put(f, rgb[2], 1);
		put(f, rgb[1], 1);
		put(f, rgb[0], 1);
		put(f, 0, core ? 0 : 1);
	}
}

static uint32_t mask_of(const struct form *form, size_t i)
{
	static const uint32_t usual[2][3] = {
		{0x7c00, 0x3e0, 0x1f}, {0xff0000, 0xff00, 0xff}};

	return form->compression == 3 ? form->masks[i]
				      : usual[form->bits == 32][i];
}

/* The pixel as the file has it; what it is to look like goes to *seen. */
static uint32_t pixel_of(const struct form *form, const uint8_t rgb[3],
	uint32_t x, uint32_t y, uint8_t seen[3])
{
	uint32_t pixel = 0;

	if (form->bits <= 8) {
		pixel = (x * 7 + y * 3) % n_colours(form->bits);
		colour_of(pixel, seen);
		return pixel;
	}
	if (form->bits == 24) {
		memcpy(seen, rgb, 3);
		return (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
	}
	for (size_t i = 0; i < 3; i++) {
		uint32_t mask = mask_of(form, i);
		int shift = __builtin_ctz(mask);
		uint32_t most = mask >> shift;
		uint32_t part = rgb[i] * most / 255;

		pixel |= part << shift;
		seen[i] = (uint8_t)(part * 255 / most);
	}
	return pixel;
}

static void put_row(struct file *f, const struct form *form, uint32_t y)
{
	uint8_t rgb[3 * WIDTH * HEIGHT];
	uint64_t bits = 0;
	unsigned n_bits = 0;
	size_t start = f->n;

	pattern(rgb, WIDTH, HEIGHT, 1);
	for (uint32_t x = 0; x < WIDTH; x++) {
		size_t at = 3 * ((size_t)y * WIDTH + x);
		uint32_t pixel = pixel_of(form, rgb + at, x, y, f->seen + at);

		if (form->bits >= 8) {
			put(f, pixel, form->bits / 8);
			continue;
		}
		bits = bits << form->bits | pixel;
		n_bits += form->bits;
		if (n_bits == 8 || x + 1 == WIDTH) {
			put(f, bits << (8 - n_bits), 1);
			bits = n_bits = 0;
		}
	}
	while ((f->n - start) % 4) {
		put(f, 0, 1);
	}
}

static void write_plain(struct file *f, const struct form *form)
{
	put_headers(f, form);
	for (uint32_t i = 0; i < HEIGHT; i++) {
		put_row(f, form, form->top_down ? i : HEIGHT - 1 - i);
	}
}

static void decode_bytes(const void *bytes, size_t n, struct frames *out)
{
	struct ask ask = {.decoder = &hl_media_bmp, .bytes = bytes, .n = n};

	frames_of(&ask, out);
}

static void every_form_gives_its_pixels(void **state)
{
	static const struct form forms[] = {
		{"1 bit", 40, 1, 0, false, {0}},
		{"4 bits", 40, 4, 0, false, {0}},
		{"8 bits", 40, 8, 0, false, {0}},
		{"8 bits, top down", 40, 8, 0, true, {0}},
		{"16 bits", 40, 16, 0, false, {0}},
		{"24 bits", 40, 24, 0, false, {0}},
		{"24 bits, top down", 40, 24, 0, true, {0}},
		{"32 bits", 40, 32, 0, false, {0}},
		{"OS/2, 1 bit", 12, 1, 0, false, {0}},
		{"OS/2, 4 bits", 12, 4, 0, false, {0}},
		{"OS/2, 8 bits", 12, 8, 0, false, {0}},
		{"OS/2, 24 bits", 12, 24, 0, false, {0}},
		{"OS/2 2.0", 64, 8, 0, false, {0}},
		{"565", 40, 16, 3, false, {0xf800, 0x7e0, 0x1f}},
		{"565, masks inside", 52, 16, 3, false, {0xf800, 0x7e0, 0x1f}},
		{"444", 56, 16, 3, true, {0xf00, 0xf0, 0xf}},
		{"RGBX", 40, 32, 3, false, {0xff000000, 0xff0000, 0xff00}},
		{"10 bits each", 108, 32, 3, false,
			{0x3ff00000, 0xffc00, 0x3ff}},
		{"V5", 124, 32, 3, true, {0xff, 0xff00, 0xff0000}},
		{"V5, 24 bits", 124, 24, 0, false, {0}},
	};
	struct file *f = calloc(1, sizeof(*f));

	(void)state;
	assert_non_null(f);
	for (size_t i = 0; i < HL_ARRAY_LEN(forms); i++) {
		struct frames frames;

		write_plain(f, &forms[i]);
		assert_true(hl_media_bmp.knows(f->bytes, f->n));
		decode_bytes(f->bytes, f->n, &frames);
		assert_int_equal(frames.status, 0);
		assert_int_equal(frames.n, 1);
		expect_pixels(
			&frames, 0, f->seen, WIDTH, HEIGHT, forms[i].name);
		frames_fini(&frames);
	}
	free(f);
}

/* The upper half is black if the file lacks it, and the result marked; with
 * less than a half there is none. */
static void expect_part(struct file *f, const struct form *form, size_t n)
{
	size_t stride = (3 * WIDTH + 3) / 4 * 4, n_rows = 0;
	struct frames frames;

	if (n >= 54 + 3 * WIDTH) {
		n_rows = (n - 54 - 3 * WIDTH) / stride + 1;
	}
	decode_bytes(f->bytes, n, &frames);
	if (n_rows < HEIGHT - n_rows) {
		assert_int_equal(frames.status, HL_MEDIA_DAMAGED);
		assert_int_equal(frames.n, 0);
		frames_fini(&frames);
		return;
	}
	uint8_t *rgb = malloc(sizeof(f->seen));
	size_t n_black = 3 * WIDTH * (HEIGHT - n_rows);

	assert_non_null(rgb);
	memcpy(rgb, f->seen, sizeof(f->seen));
	memset(rgb + (form->top_down ? sizeof(f->seen) - n_black : 0), 0,
		n_black);
	assert_int_equal(frames.status, 0);
	assert_true(frames.flawed == (n_rows < HEIGHT));
	expect_pixels(&frames, 0, rgb, WIDTH, HEIGHT, "part");
	free(rgb);
	frames_fini(&frames);
}

static void short_files_are_damaged(void **state)
{
	static const struct form forms[] = {
		{"", 40, 24, 0, false, {0}}, {"", 40, 24, 0, true, {0}}};
	struct file *f = calloc(1, sizeof(*f));

	(void)state;
	assert_non_null(f);
	for (size_t i = 0; i < HL_ARRAY_LEN(forms); i++) {
		write_plain(f, &forms[i]);
		for (size_t n = 0; n <= f->n; n += n < 60 ? 1 : 83) {
			expect_part(f, &forms[i], n);
		}
		expect_part(f, &forms[i], f->n);
		/* Padding: no byte of it is needed. */
		expect_part(f, &forms[i], f->n - 3);
		expect_part(f, &forms[i], f->n - 4);
	}
	free(f);
}

/* The head of a file of 8 bits, 4 x 3 pixels, with these bytes behind. */
static size_t write_runs(uint8_t *to, unsigned bits, const char *runs, size_t n)
{
	struct file *f = calloc(1, sizeof(*f));
	struct form form = {"", 40, bits, bits == 8 ? 1 : 2, false, {0}};
	size_t n_all;

	assert_non_null(f);
	put_headers(f, &form);
	f->bytes[18] = 4;
	f->bytes[22] = 3;
	memcpy(f->bytes + f->n, runs, n);
	n_all = f->n + n;
	memcpy(to, f->bytes, n_all);
	free(f);
	return n_all;
}

static void runs_are_written_out(void **state)
{
	static const struct {
		const char *name;
		unsigned bits;
		const char *runs;
		size_t n;
		/* Indices from the top, or NULL: damaged. */
		const char *is;
	} rows[] = {
		{"runs", 8, "\4\1\0\0\4\2\0\0\4\3\0\1", 12, "333322221111"},
		{"as they are", 8, "\0\4\1\2\3\4\0\0\0\3\5\6\7\0\0\0\0\1", 18,
			"000056701234"},
		{"a step", 8, "\1\1\0\2\2\1\1\2\0\1", 10, "000000021000"},
		{"over the row", 8, "\x9\1\0\0\2\2\0\1", 8, "000022001111"},
		{"over the top", 8, "\4\1\0\0\4\1\0\0\4\1\0\0\4\1\0\1", 16,
			"111111111111"},
		{"no end", 8, "\4\1\0\0\4\2\0\0\4\3", 10, "333322221111"},
		{"4 bits", 4, "\4\x12\0\0\3\x34\0\0\0\4\x56\x78\0\1", 14,
			"567834301212"},
		{"4 bits, odd", 4, "\0\3\x12\x30\0\0\0\1", 8, "000000001230"},
		{"ended at once", 8, "\0\1", 2, "000000000000"},
		{"nothing", 8, "", 0, NULL},
		{"half a code", 8, "\4", 1, NULL},
		{"two rows are missing", 8, "\4\1\0\0", 4, NULL},
		{"cut while as they are", 8, "\0\4\1\2", 4, NULL},
		{"cut while stepping", 8, "\0\2\1", 3, NULL},
	};

	(void)state;
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		uint8_t bytes[2048], rgb[36];
		size_t n = write_runs(
			bytes, rows[i].bits, rows[i].runs, rows[i].n);
		struct frames frames;

		decode_bytes(bytes, n, &frames);
		if (!rows[i].is) {
			if (frames.status != HL_MEDIA_DAMAGED) {
				fail_msg("%s: %d", rows[i].name, frames.status);
			}
			frames_fini(&frames);
			continue;
		}
		for (size_t k = 0; k < 12; k++) {
			colour_of((uint32_t)(rows[i].is[k] - '0'), rgb + 3 * k);
		}
		expect_pixels(&frames, 0, rgb, 4, 3, rows[i].name);
		assert_int_equal(frames.status, 0);
		frames_fini(&frames);
	}
}

static void hostile_headers_are_refused(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint32_t value;
		size_t n;
		int status;
	} rows[] = {
		{"huge", 18, 0x7fffffff, 4, HL_MEDIA_REFUSED},
		{"tall", 22, 0x7fffffff, 4, HL_MEDIA_REFUSED},
		{"tall, top down", 22, 0x80000000, 4, HL_MEDIA_REFUSED},
		{"wide by a little", 18, 65536, 4, HL_MEDIA_REFUSED},
		{"a width under 0", 18, 0xffffffff, 4, HL_MEDIA_DAMAGED},
		{"no width", 18, 0, 4, HL_MEDIA_DAMAGED},
		{"no height", 22, 0, 4, HL_MEDIA_DAMAGED},
		{"wider than the file", 18, 6500, 4, HL_MEDIA_DAMAGED},
		{"pixels behind the end", 10, 0xffffffff, 4, HL_MEDIA_DAMAGED},
		{"pixels at the end", 10, 20000, 4, HL_MEDIA_DAMAGED},
		{"2 bits", 28, 2, 2, HL_MEDIA_UNSUPPORTED},
		{"0 bits", 28, 0, 2, HL_MEDIA_UNSUPPORTED},
		{"runs of 24 bits", 30, 1, 4, HL_MEDIA_UNSUPPORTED},
		{"a JPEG inside", 30, 4, 4, HL_MEDIA_UNSUPPORTED},
		{"unknown compression", 30, 99, 4, HL_MEDIA_UNSUPPORTED},
		{"unknown header", 14, 41, 4, HL_MEDIA_DAMAGED},
		{"header over the end", 14, 0xffffffff, 4, HL_MEDIA_DAMAGED},
	};
	static const struct form form = {"", 40, 24, 0, false, {0}};
	struct file *f = calloc(1, sizeof(*f));

	(void)state;
	assert_non_null(f);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct frames frames;

		write_plain(f, &form);
		for (size_t k = 0; k < rows[i].n; k++) {
			f->bytes[rows[i].at + k] =
				(uint8_t)(rows[i].value >> 8 * k);
		}
		decode_bytes(f->bytes, f->n, &frames);
		if (frames.status != rows[i].status || frames.n != 0) {
			fail_msg("%s: %d, %s", rows[i].name, frames.status,
				frames.note);
		}
		frames_fini(&frames);
	}
	free(f);
}

/* An index over a palette that is cut short is black, as in PIL. */
static void short_palettes_end_in_black(void **state)
{
	static const struct form form = {"", 40, 8, 0, false, {0}};
	struct file *f = calloc(1, sizeof(*f));
	struct frames frames;

	(void)state;
	assert_non_null(f);
	write_plain(f, &form);
	f->bytes[46] = 3; /* colours used; the pixels stay where they are */
	decode_bytes(f->bytes, f->n, &frames);
	assert_int_equal(frames.status, 0);
	for (size_t i = 0; i < WIDTH * HEIGHT; i++) {
		uint32_t index = (uint32_t)(i % WIDTH * 7 + i / WIDTH * 3);
		uint8_t rgb[3] = {0};

		if (index % 256 < 3) {
			colour_of(index % 256, rgb);
		}
		assert_memory_equal(frames.all[0].rgb + 3 * i, rgb, 3);
	}
	frames_fini(&frames);
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_gives_its_pixels),
		cmocka_unit_test(short_files_are_damaged),
		cmocka_unit_test(runs_are_written_out),
		cmocka_unit_test(hostile_headers_are_refused),
		cmocka_unit_test(short_palettes_end_in_black),
	};

	return cmocka_run_group_tests_name("media/bmp", tests, NULL, NULL);
}
