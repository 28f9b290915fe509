/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PNG by libpng: always RGB of 8 bits, as Pillow's convert("RGB") makes it.
 * Transparency is dropped, not blended; of 16 bits the upper 8 stay; no gamma
 * and no colour profile is applied. An interlaced picture is gathered whole,
 * since its last rows come with its first pixels. Chunks that no pixel
 * depends on are not even parsed.
 *
 * As in jpeg.c, the library leaves by longjmp.
 */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "media/decode.h"

#define ROWS_AT_ONCE 16u
/* Of the limit on memory, what a chunk that is no pixels may have: one that
 * is not even read, such as a long text, counts too. */
#define CHUNK_SHARE 16u

struct decoder {
	png_structp png;
	png_infop info;
	const struct hl_media_input *in;
	struct hl_media_sink *sink;
	size_t at; /* bytes read */
	int status;
	uint32_t width, height;
	size_t stride;
	uint8_t *rows; /* some, or all of an interlaced picture */
	png_bytepp pointers;
};

_Noreturn static void on_error(png_structp png, png_const_charp text)
{
	struct decoder *d = png_get_error_ptr(png);

	d->status = hl_media_note(d->sink,
		strstr(text, "memory") ? HL_MEDIA_NO_MEMORY : HL_MEDIA_DAMAGED,
		"%s", text);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
	struct decoder *d = png_get_error_ptr(png);

	if (strstr(text, "CRC") && !d->sink->flawed) {
		d->sink->flawed = true;
		(void)hl_media_note(d->sink, 0, "%s", text);
	}
}

static void leave(struct decoder *d, int status)
{
	if (status) {
		d->status = status;
		png_longjmp(d->png, 1);
	}
}

static int too_short(struct decoder *d)
{
	return hl_media_note(
		d->sink, HL_MEDIA_DAMAGED, "the file ends too early");
}

static void on_read(png_structp png, png_bytep out, size_t n)
{
	struct decoder *d = png_get_io_ptr(png);

	if (n > d->in->n - d->at) {
		leave(d, too_short(d));
	}
	memcpy(out, d->in->bytes + d->at, n);
	d->at += n;
}

static size_t chunk_most(const struct decoder *d)
{
	return d->in->limits.memory_max / CHUNK_SHARE;
}

static void set_up(struct decoder *d)
{
	static const png_byte unread[] = "bKGD\0cHRM\0gAMA\0hIST\0iCCP\0"
					 "iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0"
					 "sCAL\0sPLT\0sRGB\0sTER\0tEXt\0"
					 "tIME\0zTXt";

	png_set_read_fn(d->png, d, on_read);
	png_set_user_limits(
		d->png, d->in->limits.side_max, d->in->limits.side_max);
	png_set_chunk_malloc_max(d->png, chunk_most(d));
	png_set_keep_unknown_chunks(
		d->png, PNG_HANDLE_CHUNK_NEVER, unread, sizeof(unread) / 5);
	png_set_crc_action(d->png, PNG_CRC_WARN_USE, PNG_CRC_WARN_DISCARD);
}

/* IHDR is the first chunk (PNG, 5.6), so its size is known before libpng
 * sees it, and a refusal is ours. */
static void check_size(struct decoder *d)
{
	const uint8_t *p = d->in->bytes;

	if (d->in->n < 24 || memcmp(p + 12, "IHDR", 4) != 0) {
		leave(d, hl_media_note(d->sink, HL_MEDIA_DAMAGED,
				 "it does not begin with IHDR"));
	}
	leave(d, hl_media_check_size(d->in, d->sink, png_get_uint_32(p + 16),
			 png_get_uint_32(p + 20)));
}

static void transform(struct decoder *d)
{
	png_set_palette_to_rgb(d->png);
	png_set_expand_gray_1_2_4_to_8(d->png);
	png_set_gray_to_rgb(d->png);
	png_set_strip_16(d->png);
	png_set_strip_alpha(d->png);
}

static uint8_t orientation(struct decoder *d)
{
	png_uint_32 n = 0;
	png_bytep exif = NULL;

	return png_get_eXIf_1(d->png, d->info, &n, &exif)
		       ? hl_media_exif_orientation(exif, n)
		       : 0;
}

static bool is_interlaced(const struct decoder *d)
{
	return png_get_interlace_type(d->png, d->info) != PNG_INTERLACE_NONE;
}

static void make_rows(struct decoder *d)
{
	size_t n = is_interlaced(d) ? d->height : ROWS_AT_ONCE;

	d->stride = png_get_rowbytes(d->png, d->info);
	if (d->stride != (size_t)d->width * 3) {
		leave(d, hl_media_note(d->sink, HL_MEDIA_UNSUPPORTED,
				 "rows of another length"));
	}
	d->rows = malloc(n * d->stride);
	d->pointers = calloc(n, sizeof(*d->pointers));
	if (!d->rows || !d->pointers) {
		leave(d, HL_MEDIA_NO_MEMORY);
	}
	for (size_t i = 0; i < n; i++) {
		d->pointers[i] = d->rows + i * d->stride;
	}
}

static void begin(struct decoder *d)
{
	const struct hl_media_shape shape = {
		.width = d->width,
		.height = d->height,
		.pixels = HL_MATCH_RGB24,
		.oriented = orientation(d),
	};

	leave(d, hl_media_begin(d->sink, &shape));
}

static void read_rows(struct decoder *d)
{
	for (uint32_t y = 0; y < d->height; y += ROWS_AT_ONCE) {
		uint32_t n = d->height - y;

		n = n < ROWS_AT_ONCE ? n : ROWS_AT_ONCE;
		/* Row by row, so that those before damage count. */
		for (uint32_t i = 0; i < n; i++) {
			png_read_row(d->png, d->pointers[i], NULL);
			leave(d, hl_media_rows(d->sink, d->pointers[i],
					 d->stride, 1));
		}
	}
}

/*
 * Looks over the chunks before the first pixels. An animated PNG says so
 * there (PNG, third edition, 11.3.6.1); libpng knows of its first picture
 * only. And libpng takes memory for what a chunk says that it has, of eXIf
 * whatever limit it was given: here that is checked against the file.
 */
static void look_over(struct decoder *d)
{
	static const png_byte exif[] = "eXIf";
	const struct hl_media_input *in = d->in;
	size_t at = 8;

	while (in->n - at >= 12) {
		const uint8_t *p = in->bytes + at;
		size_t n = png_get_uint_32(p);

		if (memcmp(p + 4, "IDAT", 4) == 0) {
			return;
		}
		if (n > in->n - at - 12) {
			leave(d, too_short(d));
		}
		if (memcmp(p + 4, "acTL", 4) == 0 && n >= 4) {
			d->sink->more = png_get_uint_32(p + 8) > 1;
		}
		if (memcmp(p + 4, exif, 4) == 0 && n > chunk_most(d)) {
			png_set_keep_unknown_chunks(
				d->png, PNG_HANDLE_CHUNK_NEVER, exif, 1);
		}
		at += 12 + n;
	}
}

static void run(struct decoder *d)
{
	set_up(d);
	check_size(d);
	look_over(d);
	png_read_info(d->png, d->info);
	d->width = png_get_image_width(d->png, d->info);
	d->height = png_get_image_height(d->png, d->info);
	transform(d);
	if (is_interlaced(d)) {
		(void)png_set_interlace_handling(d->png);
	}
	png_read_update_info(d->png, d->info);
	make_rows(d);
	begin(d);
	if (is_interlaced(d)) {
		png_read_image(d->png, d->pointers);
		leave(d, hl_media_rows(d->sink, d->rows, d->stride, d->height));
	} else {
		read_rows(d);
	}
	leave(d, hl_media_end(d->sink));
}

static int decode(const struct hl_media_input *in, struct hl_media_sink *sink)
{
	struct decoder *d = calloc(1, sizeof(*d));
	int status = HL_MEDIA_NO_MEMORY;

	if (!d) {
		return status;
	}
	d->in = in;
	d->sink = sink;
	d->png = png_create_read_struct(
		PNG_LIBPNG_VER_STRING, d, on_error, on_warning);
	d->info = d->png ? png_create_info_struct(d->png) : NULL;
	if (d->info) {
		if (setjmp(png_jmpbuf(d->png)) == 0) {
			run(d);
		}
		status = d->status;
	}
	png_destroy_read_struct(&d->png, &d->info, NULL);
	free(d->pointers);
	free(d->rows);
	free(d);
	return status;
}

static bool knows(const uint8_t *head, size_t n)
{
	return n >= 8 && png_sig_cmp(head, 0, 8) == 0;
}

const struct hl_media_decoder hl_media_png = {
	.format = HL_MEDIA_PNG, .knows = knows, .decode = decode};
