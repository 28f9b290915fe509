/* SPDX-License-Identifier: Apache-2.0 */
#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/str.h"

#define WIDTH 61u
#define HEIGHT 83u

/* A TIFF being written to memory. */
struct memory {
	uint8_t bytes[1 << 20];
	uint64_t n;
	uint64_t at;
};

static tmsize_t memory_read(thandle_t arg, void *to, tmsize_t n)
{
	struct memory *m = arg;
	uint64_t left = m->n - m->at;
	uint64_t take = (uint64_t)n < left ? (uint64_t)n : left;

	memcpy(to, m->bytes + m->at, take);
	m->at += take;
	return (tmsize_t)take;
}

static tmsize_t memory_write(thandle_t arg, void *from, tmsize_t n)
{
	struct memory *m = arg;

	assert_true(m->at + (uint64_t)n <= sizeof(m->bytes));
	memcpy(m->bytes + m->at, from, (size_t)n);
	m->at += (uint64_t)n;
	m->n = m->n < m->at ? m->at : m->n;
	return n;
}

static toff_t memory_seek(thandle_t arg, toff_t to, int whence)
{
	struct memory *m = arg;

	m->at = whence == SEEK_SET   ? to
		: whence == SEEK_CUR ? m->at + to
				     : m->n + to;
	return m->at;
}

static toff_t memory_size(thandle_t arg)
{
	const struct memory *m = arg;

	return m->n;
}

static int memory_close(thandle_t arg)
{
	(void)arg;
	return 0;
}

static TIFF *begin_tiff(struct memory *m, const char *mode)
{
	m->n = m->at = 0;
	TIFF *file =
		TIFFClientOpen("memory", mode, m, memory_read, memory_write,
			memory_seek, memory_close, memory_size, NULL, NULL);

	assert_non_null(file);
	return file;
}

enum { RGB, RGBA, RGBA_ASSOCIATED, GREY, WHITE_IS_0, PALETTE, RGB16, CMYK };

struct form {
	const char *name;
	const char *mode;
	int kind;
	uint16_t compression;
	uint32_t rows; /* of a strip, or of tiles of 32 x that; 0: all */
	bool tiled;
	bool separate;
	uint16_t orientation; /* 0: none is written */
};

static unsigned samples_of(int kind)
{
	switch (kind) {
	case RGB:
	case RGB16:
		return 3;
	case RGBA:
	case RGBA_ASSOCIATED:
	case CMYK:
		return 4;
	default:
		return 1;
	}
}

/* A sample of a pixel; seen: what it is to look like. */
static uint16_t sample_of(int kind, const uint8_t *rgb, unsigned i)
{
	switch (kind) {
	case GREY:
		return rgb[1];
	case WHITE_IS_0:
		return 255 - rgb[1];
	case PALETTE:
		return (uint16_t)(rgb[0] / 51 * 36 + rgb[1] / 51 * 6 +
				  rgb[2] / 51);
	case RGB16:
		return (uint16_t)(rgb[i] * 257);
	case CMYK:
		return i == 3 ? 0 : 255 - rgb[i];
	default:
		return i == 3 ? (uint16_t)(rgb[0] ^ 77) : rgb[i];
	}
}

static void seen_of(int kind, uint8_t *rgb, size_t n)
{
	for (size_t i = 0; i < n; i++, rgb += 3) {
		if (kind == GREY || kind == WHITE_IS_0) {
			rgb[0] = rgb[2] = rgb[1];
		}
	}
}

static void set_palette(TIFF *file)
{
	static uint16_t parts[3][256];

	for (unsigned i = 0; i < 216; i++) {
		parts[0][i] = (uint16_t)(i / 36 * 51 * 257);
		parts[1][i] = (uint16_t)(i / 6 % 6 * 51 * 257);
		parts[2][i] = (uint16_t)(i % 6 * 51 * 257);
	}
	TIFFSetField(file, TIFFTAG_COLORMAP, parts[0], parts[1], parts[2]);
}

static void set_fields(TIFF *file, const struct form *form)
{
	static const uint16_t photometric[] = {PHOTOMETRIC_RGB, PHOTOMETRIC_RGB,
		PHOTOMETRIC_RGB, PHOTOMETRIC_MINISBLACK, PHOTOMETRIC_MINISWHITE,
		PHOTOMETRIC_PALETTE, PHOTOMETRIC_RGB, PHOTOMETRIC_SEPARATED};
	uint16_t extra = form->kind == RGBA ? EXTRASAMPLE_UNASSALPHA
					    : EXTRASAMPLE_ASSOCALPHA;

	TIFFSetField(file, TIFFTAG_IMAGEWIDTH, WIDTH);
	TIFFSetField(file, TIFFTAG_IMAGELENGTH, HEIGHT);
	TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, samples_of(form->kind));
	TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, form->kind == RGB16 ? 16 : 8);
	TIFFSetField(file, TIFFTAG_PHOTOMETRIC, photometric[form->kind]);
	TIFFSetField(file, TIFFTAG_COMPRESSION, form->compression);
	TIFFSetField(file, TIFFTAG_PLANARCONFIG,
		form->separate ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
	if (form->kind == RGBA || form->kind == RGBA_ASSOCIATED) {
		TIFFSetField(file, TIFFTAG_EXTRASAMPLES, 1, &extra);
	}
	if (form->orientation) {
		TIFFSetField(file, TIFFTAG_ORIENTATION, form->orientation);
	}
	if (form->kind == PALETTE) {
		set_palette(file);
	}
	if (form->tiled) {
		TIFFSetField(file, TIFFTAG_TILEWIDTH, 32);
		TIFFSetField(file, TIFFTAG_TILELENGTH, form->rows);
	} else {
		TIFFSetField(file, TIFFTAG_ROWSPERSTRIP,
			form->rows ? form->rows : HEIGHT);
	}
}

/* n pixels as samples of the file: all, or those of one plane. */
static void put_samples(const struct form *form, const uint8_t *rgb, size_t n,
	int plane, uint8_t *to)
{
	size_t bytes = form->kind == RGB16 ? 2 : 1;

	for (size_t i = 0; i < n; i++) {
		for (unsigned s = 0; s < samples_of(form->kind); s++) {
			uint16_t v = sample_of(form->kind, rgb + 3 * i, s);
			uint8_t narrow = (uint8_t)v;

			if (plane < 0 || plane == (int)s) {
				memcpy(to,
					bytes == 2 ? (void *)&v
						   : (void *)&narrow,
					bytes);
				to += bytes;
			}
		}
	}
}

static void put_tile(TIFF *file, const struct form *form, const uint8_t *rgb,
	uint32_t left, uint32_t top, int plane)
{
	uint8_t pixels[3 * 32 * 64] = {0}, tile[8 * 32 * 64];

	for (uint32_t y = 0; y < form->rows && top + y < HEIGHT; y++) {
		uint32_t n = WIDTH - left < 32 ? WIDTH - left : 32;

		memcpy(pixels + (size_t)3 * 32 * y,
			rgb + 3 * ((size_t)(top + y) * WIDTH + left),
			3 * (size_t)n);
	}
	put_samples(form, pixels, (size_t)32 * form->rows, plane, tile);
	assert_true(TIFFWriteTile(file, tile, left, top, 0,
			    (uint16_t)(plane < 0 ? 0 : plane)) > 0);
}

static void put_page(TIFF *file, const struct form *form, const uint8_t *rgb)
{
	int n_planes = form->separate ? (int)samples_of(form->kind) : 1;

	set_fields(file, form);
	for (int p = 0; p < n_planes; p++) {
		int plane = form->separate ? p : -1;

		for (uint32_t y = 0; !form->tiled && y < HEIGHT; y++) {
			uint8_t line[8 * WIDTH];

			put_samples(form, rgb + (size_t)3 * y * WIDTH, WIDTH,
				plane, line);
			assert_true(TIFFWriteScanline(
					    file, line, y, (uint16_t)p) > 0);
		}
		for (uint32_t y = 0; form->tiled && y < HEIGHT;
			y += form->rows) {
			put_tile(file, form, rgb, 0, y, plane);
			put_tile(file, form, rgb, 32, y, plane);
		}
	}
	assert_true(TIFFWriteDirectory(file));
}

static void decode_bytes(const void *bytes, size_t n, struct frames *out)
{
	struct ask ask = {.decoder = &hl_media_tiff, .bytes = bytes, .n = n};

	frames_of(&ask, out);
}

static void every_form_gives_its_pixels(void **state)
{
	static const struct form forms[] = {
		{"RGB", "w", RGB, COMPRESSION_NONE, 0, 0, 0, 0},
		{"big-endian", "wb", RGB, COMPRESSION_NONE, 7, 0, 0, 0},
		{"BigTIFF", "w8", RGB, COMPRESSION_NONE, 7, 0, 0, 0},
		{"LZW", "w", RGB, COMPRESSION_LZW, 5, 0, 0, 1},
		{"deflate", "w", RGB, COMPRESSION_ADOBE_DEFLATE, 100, 0, 0, 0},
		{"PackBits", "w", RGB, COMPRESSION_PACKBITS, 1, 0, 0, 0},
		{"zstd", "w", RGB, COMPRESSION_ZSTD, 9, 0, 0, 0},
		{"RGBA", "w", RGBA, COMPRESSION_LZW, 16, 0, 0, 0},
		{"RGBA associated", "w", RGBA_ASSOCIATED, COMPRESSION_LZW, 16,
			0, 0, 0},
		{"RGBA tiles", "w", RGBA, COMPRESSION_LZW, 16, 1, 0, 0},
		{"RGBA planes", "w", RGBA, COMPRESSION_LZW, 16, 0, 1, 0},
		{"tiles", "w", RGB, COMPRESSION_NONE, 64, 1, 0, 0},
		{"tiles, deflate", "w", RGB, COMPRESSION_ADOBE_DEFLATE, 48, 1,
			0, 0},
		{"planes", "w", RGB, COMPRESSION_NONE, 0, 0, 1, 0},
		{"planes, tiles", "w", RGB, COMPRESSION_LZW, 16, 1, 1, 0},
		{"grey", "w", GREY, COMPRESSION_LZW, 3, 0, 0, 0},
		{"white is 0", "w", WHITE_IS_0, COMPRESSION_NONE, 0, 0, 0, 0},
		{"palette", "w", PALETTE, COMPRESSION_LZW, 8, 0, 0, 0},
		{"16 bits", "w", RGB16, COMPRESSION_ADOBE_DEFLATE, 8, 0, 0, 0},
		{"CMYK", "w", CMYK, COMPRESSION_LZW, 8, 0, 0, 0},
		{"orientation 3", "w", RGB, COMPRESSION_LZW, 8, 0, 0, 3},
		{"orientation 6", "w", RGB, COMPRESSION_LZW, 8, 0, 0, 6},
		{"orientation 8, tiles", "w", RGB, COMPRESSION_LZW, 16, 1, 0,
			8},
	};
	struct memory *m = calloc(1, sizeof(*m));

	(void)state;
	assert_non_null(m);
	for (size_t i = 0; i < HL_ARRAY_LEN(forms); i++) {
		uint8_t *rgb = pattern_new(WIDTH, HEIGHT, 4);
		TIFF *file = begin_tiff(m, forms[i].mode);
		struct frames frames;

		put_page(file, &forms[i], rgb);
		TIFFClose(file);
		assert_true(hl_media_tiff.knows(m->bytes, m->n));
		decode_bytes(m->bytes, m->n, &frames);
		seen_of(forms[i].kind, rgb, (size_t)WIDTH * HEIGHT);
		expect_pixels(&frames, 0, rgb, WIDTH, HEIGHT, forms[i].name);
		assert_int_equal(frames.status, 0);
		assert_int_equal(frames.n, 1);
		assert_int_equal(
			frames.all[0].shape.oriented, forms[i].orientation);
		frames_fini(&frames);
		free(rgb);
	}
	free(m);
}

static const struct form plain = {
	"", "w", RGB, COMPRESSION_LZW, 16, false, false, 0};

static void write_pages(struct memory *m, unsigned n, unsigned rare)
{
	TIFF *file = begin_tiff(m, "w");

	for (unsigned i = 0; i < n; i++) {
		struct form form = plain;
		uint8_t *rgb = pattern_new(WIDTH, HEIGHT, i);

		if (i == rare) {
			form.compression = COMPRESSION_LZMA;
		}
		put_page(file, &form, rgb);
		free(rgb);
	}
	TIFFClose(file);
}

static void every_page_is_given(void **state)
{
	struct memory *m = calloc(1, sizeof(*m));
	struct frames frames;

	(void)state;
	assert_non_null(m);
	write_pages(m, 5, UINT32_MAX);
	decode_bytes(m->bytes, m->n, &frames);
	assert_int_equal(frames.status, 0);
	assert_int_equal(frames.n, 5);
	for (unsigned i = 0; i < 5; i++) {
		uint8_t *rgb = pattern_new(WIDTH, HEIGHT, i);

		expect_pixels(&frames, i, rgb, WIDTH, HEIGHT, "page");
		assert_int_equal(frames.all[i].shape.number, i);
		free(rgb);
	}
	frames_fini(&frames);
	struct ask ask = {.decoder = &hl_media_tiff,
		.bytes = m->bytes,
		.n = m->n,
		.most = 3};
	frames_of(&ask, &frames);
	assert_int_equal(frames.status, HL_MEDIA_ENOUGH);
	assert_int_equal(frames.n, 3);
	frames_fini(&frames);
	free(m);
}

/* Another page is given all the same, and that one is missing is said. */
static void a_page_that_is_not_read_is_said(void **state)
{
	struct memory *m = calloc(1, sizeof(*m));
	struct frames frames;

	(void)state;
	assert_non_null(m);
	write_pages(m, 3, 1);
	decode_bytes(m->bytes, m->n, &frames);
	assert_int_equal(frames.status, HL_MEDIA_UNSUPPORTED);
	assert_int_equal(frames.n, 2);
	assert_int_equal(frames.all[1].shape.number, 2);
	assert_non_null(strstr(frames.note, "page 2"));
	frames_fini(&frames);
	free(m);
}

/* A mask says which pixels of another page count; it is no picture. */
static void masks_are_passed_over(void **state)
{
	struct memory *m = calloc(1, sizeof(*m));
	uint8_t *rgb = pattern_new(WIDTH, HEIGHT, 1);
	TIFF *file = begin_tiff(m, "w");
	struct frames frames;

	(void)state;
	put_page(file, &plain, rgb);
	TIFFSetField(file, TIFFTAG_SUBFILETYPE, FILETYPE_MASK);
	put_page(file, &plain, rgb);
	TIFFClose(file);
	decode_bytes(m->bytes, m->n, &frames);
	assert_int_equal(frames.status, 0);
	assert_int_equal(frames.n, 1);
	frames_fini(&frames);
	file = begin_tiff(m, "w");
	TIFFSetField(file, TIFFTAG_SUBFILETYPE, FILETYPE_MASK);
	put_page(file, &plain, rgb);
	TIFFClose(file);
	decode_bytes(m->bytes, m->n, &frames);
	assert_int_equal(frames.status, HL_MEDIA_UNSUPPORTED);
	frames_fini(&frames);
	free(rgb);
	free(m);
}

static void damage_gives_the_pages_before(void **state)
{
	struct memory *m = calloc(1, sizeof(*m));
	uint64_t n_one;
	size_t partial = 0;

	(void)state;
	assert_non_null(m);
	write_pages(m, 1, UINT32_MAX);
	n_one = m->n;
	write_pages(m, 3, UINT32_MAX);
	for (uint64_t n = 0; n < m->n - 1; n += n < 50 ? 1 : 41) {
		struct frames frames;

		decode_bytes(m->bytes, n, &frames);
		assert_int_equal(frames.status, HL_MEDIA_DAMAGED);
		assert_true(n < n_one || frames.n >= 1);
		partial += frames.n > 0;
		frames_fini(&frames);
	}
	assert_true(partial > 0);
	free(m);
}

static size_t tag_at(const struct memory *m, uint16_t tag)
{
	for (size_t i = 8; i + 12 <= m->n; i++) {
		if (m->bytes[i] == (uint8_t)tag &&
			m->bytes[i + 1] == tag >> 8 &&
			(m->bytes[i + 2] == 3 || m->bytes[i + 2] == 4) &&
			m->bytes[i + 3] == 0 && m->bytes[i + 4] == 1) {
			return i + 8;
		}
	}
	fail_msg("no tag %u", tag);
	return 0;
}

static void bombs_are_refused(void **state)
{
	static const struct {
		const char *name;
		uint16_t tag;
		uint32_t value;
		bool tiled;
		int status;
	} rows[] = {
		{"wide", TIFFTAG_IMAGEWIDTH, 65536, false, HL_MEDIA_REFUSED},
		{"tall", TIFFTAG_IMAGELENGTH, 65536, false, HL_MEDIA_REFUSED},
		{"taller than strips can be", TIFFTAG_IMAGELENGTH, 0xffff0000,
			false, HL_MEDIA_DAMAGED},
		{"no width", TIFFTAG_IMAGEWIDTH, 0, false, HL_MEDIA_DAMAGED},
		{"taller than the file", TIFFTAG_IMAGELENGTH, 60000, false,
			HL_MEDIA_DAMAGED},
		{"wide tiles", TIFFTAG_TILEWIDTH, 0x7ffffff0, true,
			HL_MEDIA_REFUSED},
		{"tall tiles", TIFFTAG_TILELENGTH, 0x7ffffff0, true,
			HL_MEDIA_REFUSED},
		{"no tiles", TIFFTAG_TILELENGTH, 0, true, HL_MEDIA_DAMAGED},
		{"many samples", TIFFTAG_SAMPLESPERPIXEL, 65535, false,
			HL_MEDIA_DAMAGED},
		{"many bits", TIFFTAG_BITSPERSAMPLE, 32, false,
			HL_MEDIA_UNSUPPORTED},
		{"old JPEG", TIFFTAG_COMPRESSION, 6, false,
			HL_MEDIA_UNSUPPORTED},
		{"JBIG", TIFFTAG_COMPRESSION, 34661, false,
			HL_MEDIA_UNSUPPORTED},
		{"unknown", TIFFTAG_COMPRESSION, 4711, false,
			HL_MEDIA_UNSUPPORTED},
	};
	struct memory *m = calloc(1, sizeof(*m));

	(void)state;
	assert_non_null(m);
	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		struct form form = plain;
		uint8_t *rgb = pattern_new(WIDTH, HEIGHT, 1);
		struct frames frames;

		form.kind = GREY;
		form.tiled = rows[i].tiled;
		TIFF *file = begin_tiff(m, "w");
		put_page(file, &form, rgb);
		TIFFClose(file);
		size_t at = tag_at(m, rows[i].tag);
		m->bytes[at - 6] = 4; /* a number of 32 bits */
		memcpy(m->bytes + at, &rows[i].value, 4);
		decode_bytes(m->bytes, m->n, &frames);
		if (frames.status != rows[i].status || frames.n) {
			fail_msg("%s: %d, %s", rows[i].name, frames.status,
				frames.note);
		}
		frames_fini(&frames);
		free(rgb);
	}
	free(m);
}

/* A chain of pages that comes back to itself ends. */
static void loops_end(void **state)
{
	struct memory *m = calloc(1, sizeof(*m));
	struct frames frames;

	(void)state;
	assert_non_null(m);
	write_pages(m, 1, UINT32_MAX);
	uint32_t first;
	uint16_t n;
	memcpy(&first, m->bytes + 4, 4);
	memcpy(&n, m->bytes + first, 2);
	memcpy(m->bytes + first + 2 + 12u * n, &first, 4);
	decode_bytes(m->bytes, m->n, &frames);
	assert_int_equal(frames.status, HL_MEDIA_DAMAGED);
	assert_int_equal(frames.n, 1);
	frames_fini(&frames);
	free(m);
}

/* What libtiff has to say of a broken file goes nowhere. */
static void nothing_is_printed(void **state)
{
	struct memory *m = calloc(1, sizeof(*m));
	struct frames frames;
	char printed[64];
	int pipe_ends[2], old = dup(STDERR_FILENO);

	(void)state;
	assert_non_null(m);
	write_pages(m, 1, UINT32_MAX);
	memset(m->bytes + 8, 0x55, 40);
	assert_int_equal(pipe(pipe_ends), 0);
	dup2(pipe_ends[1], STDERR_FILENO);
	decode_bytes(m->bytes, m->n, &frames);
	frames_fini(&frames);
	decode_bytes(m->bytes, 20, &frames);
	frames_fini(&frames);
	dup2(old, STDERR_FILENO);
	close(pipe_ends[1]);
	assert_int_equal(read(pipe_ends[0], printed, sizeof(printed)), 0);
	close(pipe_ends[0]);
	close(old);
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_gives_its_pixels),
		cmocka_unit_test(every_page_is_given),
		cmocka_unit_test(a_page_that_is_not_read_is_said),
		cmocka_unit_test(masks_are_passed_over),
		cmocka_unit_test(damage_gives_the_pages_before),
		cmocka_unit_test(bombs_are_refused),
		cmocka_unit_test(loops_end),
		cmocka_unit_test(nothing_is_printed),
	};

	return cmocka_run_group_tests_name("media/tiff", tests, NULL, NULL);
}
