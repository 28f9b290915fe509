/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JPEG by libjpeg-turbo. Exact: RGB with the library's usual transform and
 * smooth upsampling, also of grey pictures, as the reference has it. Screening:
 * grey, scaled by the inverse transform itself. CMYK and YCCK become RGB as
 * in Pillow, which takes the values for Adobe's inverted ones always.
 *
 * The library leaves by longjmp, so all that is to be freed is in struct
 * decoder, and nothing lives in a local across a call of it.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* behind stdio.h, which it needs */
#include <jpeglib.h>

#include "media/decode.h"

/* The list of messages alone: the header's macros use a banned function. */
enum message {
#define JERROR_H
#define JMESSAGE(code, string) code,
#include <jerror.h>
};

#define ROWS_AT_ONCE 16u
/* A progressive picture of more is made to waste time. */
#define SCANS_MAX 500

struct decoder {
	struct jpeg_error_mgr errors; /* first: the library's view of it */
	struct jpeg_progress_mgr progress;
	struct jpeg_decompress_struct jpeg;
	jmp_buf leave;
	const struct hl_media_input *in;
	struct hl_media_sink *sink;
	int status; /* why it left */
	uint8_t *rows;
	uint8_t *rgb; /* of CMYK rows */
	size_t stride;
	JSAMPROW pointers[ROWS_AT_ONCE];
};

static struct decoder *of(j_common_ptr jpeg)
{
	return jpeg->client_data;
}

static int status_of(int message)
{
	switch (message) {
	case JERR_OUT_OF_MEMORY:
		return HL_MEDIA_NO_MEMORY;
	case JERR_IMAGE_TOO_BIG:
	case JERR_WIDTH_OVERFLOW:
		return HL_MEDIA_REFUSED;
	case JERR_BAD_PRECISION:
	case JERR_SOF_UNSUPPORTED:
	case JERR_CONVERSION_NOTIMPL:
	case JERR_CCIR601_NOTIMPL:
	case JERR_FRACT_SAMPLE_NOTIMPL:
	case JERR_NOT_COMPILED:
	case JERR_ARITH_NOTIMPL:
		return HL_MEDIA_UNSUPPORTED;
	default:
		return HL_MEDIA_DAMAGED;
	}
}

static void on_error(j_common_ptr jpeg)
{
	struct decoder *d = of(jpeg);
	char text[JMSG_LENGTH_MAX];

	jpeg->err->format_message(jpeg, text);
	d->status = hl_media_note(
		d->sink, status_of(jpeg->err->msg_code), "%s", text);
	longjmp(d->leave, 1);
}

/* Bytes between markers are common and harmless. */
static void on_message(j_common_ptr jpeg, int level)
{
	struct decoder *d = of(jpeg);
	char text[JMSG_LENGTH_MAX];

	if (level < 0 && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA &&
		!d->sink->flawed) {
		jpeg->err->format_message(jpeg, text);
		(void)hl_media_note(d->sink, 0, "%s", text);
		d->sink->flawed = true;
	}
}

static void on_progress(j_common_ptr jpeg)
{
	struct decoder *d = of(jpeg);

	if (d->jpeg.input_scan_number > SCANS_MAX) {
		d->status = hl_media_note(d->sink, HL_MEDIA_REFUSED,
			"more than %d scans", SCANS_MAX);
		longjmp(d->leave, 1);
	}
}

static void leave(struct decoder *d, int status)
{
	if (status) {
		d->status = status;
		longjmp(d->leave, 1);
	}
}

/* The Multi-Picture Format (CIPA DC-007, 5.1) puts an index into APP2. */
static bool has_more(const struct jpeg_decompress_struct *jpeg)
{
	for (jpeg_saved_marker_ptr m = jpeg->marker_list; m; m = m->next) {
		if (m->marker == JPEG_APP0 + 2 && m->data_length == 4 &&
			memcmp(m->data, "MPF", 4) == 0) {
			return true;
		}
	}
	return false;
}

static uint8_t orientation(const struct jpeg_decompress_struct *jpeg)
{
	static const char exif[] = "Exif\0"; /* and one more NUL */

	for (jpeg_saved_marker_ptr m = jpeg->marker_list; m; m = m->next) {
		if (m->marker == JPEG_APP0 + 1 &&
			m->data_length > sizeof(exif) &&
			memcmp(m->data, exif, sizeof(exif)) == 0) {
			return hl_media_exif_orientation(m->data + sizeof(exif),
				m->data_length - sizeof(exif));
		}
	}
	return 0;
}

static void choose_output(struct decoder *d)
{
	struct jpeg_decompress_struct *j = &d->jpeg;

	if (j->num_components == 4) {
		j->out_color_space = JCS_CMYK;
		return;
	}
	j->out_color_space = JCS_RGB;
	if (d->in->flags & HL_MEDIA_SCREENING) {
		j->out_color_space = JCS_GRAYSCALE;
		j->scale_num = 1;
		j->scale_denom = hl_media_reduction(
			d->in, j->image_width, j->image_height);
	}
}

static struct hl_media_shape shape_of(const struct decoder *d)
{
	const struct jpeg_decompress_struct *j = &d->jpeg;
	bool grey = j->out_color_space == JCS_GRAYSCALE;

	return (struct hl_media_shape){
		.width = j->output_width,
		.height = j->output_height,
		.full_width = j->image_width,
		.full_height = j->image_height,
		.pixels = grey ? HL_MATCH_GREY8 : HL_MATCH_RGB24,
		.scaled = grey,
		.oriented = orientation(j),
	};
}

static void make_rows(struct decoder *d)
{
	size_t pixels = d->jpeg.output_width;

	d->stride = pixels * (unsigned)d->jpeg.output_components;
	d->rows = malloc(ROWS_AT_ONCE * d->stride);
	if (d->jpeg.out_color_space == JCS_CMYK) {
		d->rgb = malloc(ROWS_AT_ONCE * pixels * 3);
	}
	if (!d->rows || (d->jpeg.out_color_space == JCS_CMYK && !d->rgb)) {
		leave(d, HL_MEDIA_NO_MEMORY);
	}
	for (size_t i = 0; i < ROWS_AT_ONCE; i++) {
		d->pointers[i] = d->rows + i * d->stride;
	}
}

/* a times b in 255ths, rounded */
static unsigned times(unsigned a, unsigned b)
{
	unsigned t = a * b + 128;

	return ((t >> 8) + t) >> 8;
}

static void cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, size_t n_pixels)
{
	for (size_t i = 0; i < n_pixels; i++, cmyk += 4, rgb += 3) {
		for (size_t k = 0; k < 3; k++) {
			unsigned ink = 255u - cmyk[k];

			rgb[k] = (uint8_t)(cmyk[3] - times(ink, cmyk[3]));
		}
	}
}

static void hand_on(struct decoder *d, size_t n_rows)
{
	size_t pixels = d->jpeg.output_width;

	if (!d->rgb) {
		leave(d, hl_media_rows(d->sink, d->rows, d->stride, n_rows));
		return;
	}
	cmyk_to_rgb(d->rows, d->rgb, n_rows * pixels);
	leave(d, hl_media_rows(d->sink, d->rgb, pixels * 3, n_rows));
}

static void read_rows(struct decoder *d)
{
	struct jpeg_decompress_struct *j = &d->jpeg;

	while (j->output_scanline < j->output_height) {
		JDIMENSION n = 0;

		/* The library gives one row at a time, or some. */
		while (n < ROWS_AT_ONCE &&
			j->output_scanline < j->output_height) {
			n += jpeg_read_scanlines(
				j, d->pointers + n, ROWS_AT_ONCE - n);
		}
		hand_on(d, n);
	}
}

static void run(struct decoder *d)
{
	struct jpeg_decompress_struct *j = &d->jpeg;
	struct hl_media_shape shape;

	jpeg_create_decompress(j);
	d->progress.progress_monitor = on_progress;
	j->progress = &d->progress;
	jpeg_mem_src(j, d->in->bytes, d->in->n);
	jpeg_save_markers(j, JPEG_APP0 + 1, 0xffff);
	jpeg_save_markers(j, JPEG_APP0 + 2, 4);
	(void)jpeg_read_header(j, TRUE);
	d->sink->more = has_more(j);
	leave(d, hl_media_check_size(
			 d->in, d->sink, j->image_width, j->image_height));
	choose_output(d);
	(void)jpeg_start_decompress(j);
	make_rows(d);
	shape = shape_of(d);
	leave(d, hl_media_begin(d->sink, &shape));
	read_rows(d);
	leave(d, hl_media_end(d->sink));
}

static int decode(const struct hl_media_input *in, struct hl_media_sink *sink)
{
	struct decoder *d = calloc(1, sizeof(*d));

	if (!d) {
		return HL_MEDIA_NO_MEMORY;
	}
	d->in = in;
	d->sink = sink;
	d->jpeg.err = jpeg_std_error(&d->errors);
	d->errors.error_exit = on_error;
	d->errors.emit_message = on_message;
	d->jpeg.client_data = d;
	if (setjmp(d->leave) == 0) {
		run(d);
	}
	int status = d->status;
	jpeg_destroy_decompress(&d->jpeg);
	free(d->rows);
	free(d->rgb);
	free(d);
	return status;
}

static bool knows(const uint8_t *head, size_t n)
{
	return n >= 3 && head[0] == 0xff && head[1] == 0xd8 && head[2] == 0xff;
}

const struct hl_media_decoder hl_media_jpeg = {
	.format = HL_MEDIA_JPEG, .knows = knows, .decode = decode};
