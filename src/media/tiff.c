/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TIFF by libtiff, every page of the file's chain. libtiff is given the
 * bytes and no file; its messages go nowhere, by handlers of the one handle,
 * so nothing of the process is changed.
 *
 * Pixels are made by libtiff's RGBA interface, which knows all kinds of
 * samples, a band of whole strips or of a row of tiles at a time. Two things
 * are done otherwise than it would: rows come in the order of the file, the
 * orientation is offered; and colours are not multiplied by an alpha that
 * stands beside them, since alpha is dropped, as PIL does. 16 bits a sample
 * are rounded to 8.
 *
 * Old and rare compressions are not read: JPEG of before 1995, JBIG, LERC,
 * LZMA, ThunderScan, NeXT, the SGI and Pixar ones.
 */
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#include "base/str.h"
#include "media/decode.h"

#define BAND_ROWS 64u /* at least, in one band */
#define SUBFILE_MASK 4u

struct tiff {
	const struct hl_media_input *in;
	struct hl_media_sink *sink;
	uint64_t at; /* in the file */
	TIFF *file;
	uint32_t n_pages;
	bool given;  /* a page was */
	int skipped; /* why a page was not read; 0: none */
};

static bool knows(const uint8_t *head, size_t n)
{
	return n >= 4 && (memcmp(head, "II*\0", 4) == 0 ||
				 memcmp(head, "MM\0*", 4) == 0 ||
				 memcmp(head, "II+\0", 4) == 0 ||
				 memcmp(head, "MM\0+", 4) == 0);
}

static tmsize_t read_bytes(thandle_t arg, void *to, tmsize_t n)
{
	struct tiff *t = arg;
	uint64_t left = t->at < t->in->n ? t->in->n - t->at : 0;
	uint64_t take = n < 0 ? 0 : (uint64_t)n < left ? (uint64_t)n : left;

	if (take) {
		memcpy(to, t->in->bytes + t->at, take);
	}
	t->at += take;
	return (tmsize_t)take;
}

static tmsize_t write_bytes(thandle_t arg, void *from, tmsize_t n)
{
	(void)arg;
	(void)from;
	(void)n;
	return -1;
}

static toff_t seek_to(thandle_t arg, toff_t by, int whence)
{
	struct tiff *t = arg;

	t->at = whence == SEEK_SET   ? by
		: whence == SEEK_CUR ? t->at + by
				     : t->in->n + by;
	return t->at;
}

static int close_nothing(thandle_t arg)
{
	(void)arg;
	return 0;
}

static toff_t size_of(thandle_t arg)
{
	const struct tiff *t = arg;

	return t->in->n;
}

/* Not 0: the process' own handler, which prints, is not asked. */
static int say_nothing(TIFF *file, void *arg, const char *module,
	const char *fmt, va_list args)
{
	(void)file;
	(void)arg;
	(void)module;
	(void)fmt;
	(void)args;
	return 1;
}

static int damaged(struct tiff *t)
{
	return hl_media_note(
		t->sink, HL_MEDIA_DAMAGED, "page %u is broken", t->n_pages + 1);
}

static bool compression_read(uint16_t compression)
{
	static const uint16_t known[] = {COMPRESSION_NONE, COMPRESSION_CCITTRLE,
		COMPRESSION_CCITTRLEW, COMPRESSION_CCITTFAX3,
		COMPRESSION_CCITTFAX4, COMPRESSION_LZW, COMPRESSION_JPEG,
		COMPRESSION_ADOBE_DEFLATE, COMPRESSION_DEFLATE,
		COMPRESSION_PACKBITS, COMPRESSION_ZSTD, COMPRESSION_WEBP};

	for (size_t i = 0; i < HL_ARRAY_LEN(known); i++) {
		if (known[i] == compression) {
			return true;
		}
	}
	return false;
}

/* So that libtiff leaves the colours as they are. */
static void keep_colours(TIFF *file)
{
	uint16_t n = 0, *kinds = NULL, one = EXTRASAMPLE_ASSOCALPHA;

	TIFFGetFieldDefaulted(file, TIFFTAG_EXTRASAMPLES, &n, &kinds);
	if (n > 0 && kinds && kinds[0] == EXTRASAMPLE_UNASSALPHA) {
		uint16_t *all = calloc(n, sizeof(*all));

		if (all) {
			memcpy(all, kinds, n * sizeof(*all));
			all[0] = one;
			TIFFSetField(file, TIFFTAG_EXTRASAMPLES, n, all);
		}
		free(all);
	}
}

/* Rows that are decoded together, in pixels of 4 bytes. */
static int rows_of_band(
	struct tiff *t, const struct hl_media_shape *shape, uint32_t *n_rows)
{
	uint32_t step = 0, width = 0;

	if (TIFFIsTiled(t->file)) {
		TIFFGetFieldDefaulted(t->file, TIFFTAG_TILELENGTH, &step);
		TIFFGetFieldDefaulted(t->file, TIFFTAG_TILEWIDTH, &width);
		int rc = hl_media_check_size(t->in, t->sink, width, step);
		if (rc) {
			return rc;
		}
	} else {
		TIFFGetFieldDefaulted(t->file, TIFFTAG_ROWSPERSTRIP, &step);
		step = step ? step : 1;
	}
	*n_rows = shape->height;
	if (step < shape->height) {
		uint64_t rows =
			(uint64_t)(step < BAND_ROWS ? BAND_ROWS / step : 1) *
			step;
		*n_rows = rows < shape->height ? (uint32_t)rows : shape->height;
	}
	return 0;
}

static int bands(struct tiff *t, TIFFRGBAImage *image,
	const struct hl_media_shape *shape, uint32_t n_rows)
{
	size_t stride = 4 * (size_t)shape->width;
	uint32_t *band = calloc(n_rows, stride);
	int rc = band ? 0 : HL_MEDIA_NO_MEMORY;

	for (uint32_t y = 0; rc == 0 && y < shape->height; y += n_rows) {
		uint32_t left = shape->height - y;
		uint32_t n = n_rows < left ? n_rows : left;

		image->row_offset = (int)y;
		image->col_offset = 0;
		rc = TIFFRGBAImageGet(image, band, shape->width, n)
			     ? hl_media_rows(t->sink, band, stride, n)
			     : damaged(t);
		if (n == left) {
			break; /* y += n_rows could wrap */
		}
	}
	free(band);
	return rc ? rc : hl_media_end(t->sink);
}

static int page_pixels(struct tiff *t, const struct hl_media_shape *shape)
{
	char message[1024] = "";
	TIFFRGBAImage image;
	uint32_t n_rows;
	int rc = rows_of_band(t, shape, &n_rows);

	if (rc) {
		return rc;
	}
	keep_colours(t->file);
	if (!TIFFRGBAImageBegin(&image, t->file, 1, message)) {
		t->skipped = hl_media_note(t->sink, HL_MEDIA_UNSUPPORTED,
			"page %u: %s", t->n_pages + 1, message);
		return 0;
	}
	image.req_orientation = image.orientation;
	rc = hl_media_begin(t->sink, shape);
	rc = rc ? rc : bands(t, &image, shape, n_rows);
	t->given |= rc == 0;
	TIFFRGBAImageEnd(&image);
	return rc;
}

static int page(struct tiff *t)
{
	struct hl_media_shape shape = {
		.pixels = HL_MATCH_RGBA32, .number = t->n_pages};
	uint16_t compression = 0, turned = 0;
	uint32_t kind = 0;
	char message[1024] = "";

	TIFFGetField(t->file, TIFFTAG_IMAGEWIDTH, &shape.width);
	TIFFGetField(t->file, TIFFTAG_IMAGELENGTH, &shape.height);
	int rc = hl_media_check_size(t->in, t->sink, shape.width, shape.height);
	if (rc) {
		return rc;
	}
	TIFFGetFieldDefaulted(t->file, TIFFTAG_SUBFILETYPE, &kind);
	if (kind & SUBFILE_MASK) {
		return 0;
	}
	TIFFGetFieldDefaulted(t->file, TIFFTAG_COMPRESSION, &compression);
	if (!compression_read(compression)) {
		t->skipped = hl_media_note(t->sink, HL_MEDIA_UNSUPPORTED,
			"page %u: compression %u", t->n_pages + 1, compression);
		return 0;
	}
	if (!TIFFRGBAImageOK(t->file, message)) {
		t->skipped = hl_media_note(t->sink, HL_MEDIA_UNSUPPORTED,
			"page %u: %s", t->n_pages + 1, message);
		return 0;
	}
	if (TIFFGetField(t->file, TIFFTAG_ORIENTATION, &turned)) {
		shape.oriented = turned <= 8 ? (uint8_t)turned : 0;
	}
	return page_pixels(t, &shape);
}

static int pages(struct tiff *t)
{
	int rc = page(t);

	while (rc == 0) {
		t->n_pages++;
		if (TIFFLastDirectory(t->file)) {
			return t->skipped || t->given
				       ? t->skipped
				       : hl_media_note(t->sink,
						 HL_MEDIA_UNSUPPORTED,
						 "there are only masks in it");
		}
		rc = TIFFReadDirectory(t->file) ? page(t) : damaged(t);
	}
	return rc;
}

static int decode(const struct hl_media_input *in, struct hl_media_sink *sink)
{
	struct tiff t = {.in = in, .sink = sink};
	TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
	int rc;

	if (!options) {
		return HL_MEDIA_NO_MEMORY;
	}
	TIFFOpenOptionsSetErrorHandlerExtR(options, say_nothing, NULL);
	TIFFOpenOptionsSetWarningHandlerExtR(options, say_nothing, NULL);
	TIFFOpenOptionsSetMaxSingleMemAlloc(
		options, (tmsize_t)(in->limits.memory_max & INT64_MAX));
	/* m: not to be mapped. */
	t.file = TIFFClientOpenExt("", "rm", &t, read_bytes, write_bytes,
		seek_to, close_nothing, size_of, NULL, NULL, options);
	TIFFOpenOptionsFree(options);
	if (!t.file) {
		return damaged(&t);
	}
	rc = pages(&t);
	TIFFClose(t.file);
	return rc;
}

const struct hl_media_decoder hl_media_tiff = {
	.format = HL_MEDIA_TIFF,
	.knows = knows,
	.decode = decode,
};
