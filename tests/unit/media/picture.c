/* SPDX-License-Identifier: Apache-2.0 */
#include "picture.h"

#include <assert.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* behind stdio.h, which it needs */
#include <jpeglib.h>

void picture_make(
	struct picture *p, uint32_t width, uint32_t height, unsigned seed)
{
	uint8_t *at;

	*p = (struct picture){
		width, height, malloc((size_t)width * height * 3)};
	assert(p->rgb);
	at = p->rgb;
	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++) {
			unsigned block = (x * 7 / width * 31 +
						 y * 5 / height * 17 + seed) *
						 2654435761u >>
					 24;

			*at++ = (uint8_t)(x * 255 / width / 2 + block / 2);
			*at++ = (uint8_t)(y * 255 / height / 2 + block / 2);
			*at++ = (uint8_t)(block ^ (seed * 37));
		}
	}
}

void picture_fini(struct picture *p)
{
	free(p->rgb);
	p->rgb = NULL;
}

void file_fini(struct file *f)
{
	free(f->p);
	*f = (struct file){0};
}

void exif_make(unsigned orientation, bool little, uint8_t out[EXIF_BYTES])
{
	static const uint8_t intel[EXIF_BYTES] = {'I', 'I', 42, 0, 8, 0, 0, 0,
		1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0};
	static const uint8_t motorola[EXIF_BYTES] = {'M', 'M', 0, 42, 0, 0, 0,
		8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1};

	memcpy(out, little ? intel : motorola, EXIF_BYTES);
	out[little ? 18 : 19] = (uint8_t)orientation;
}

static void put_exif(struct jpeg_compress_struct *j, unsigned orientation)
{
	uint8_t block[6 + EXIF_BYTES] = "Exif\0";

	exif_make(orientation, false, block + 6);
	jpeg_write_marker(j, JPEG_APP0 + 1, block, sizeof(block));
}

static void jpeg_row(const struct picture *p, const struct jpeg_how *how,
	uint32_t y, uint8_t *out)
{
	const uint8_t *in = p->rgb + (size_t)y * p->width * 3;

	for (uint32_t x = 0; x < p->width; x++, in += 3) {
		if (how->grey) {
			*out++ = in[0];
			continue;
		}
		memcpy(out, in, 3);
		out += 3;
		if (how->cmyk) {
			*out++ = (uint8_t)(255 - x % 100);
		}
	}
}

void picture_jpeg(
	const struct picture *p, const struct jpeg_how *how, struct file *out)
{
	struct jpeg_compress_struct j;
	struct jpeg_error_mgr errors;
	unsigned char *mem = NULL;
	unsigned long n = 0;
	uint8_t *row = malloc((size_t)p->width * 4);

	assert(row);
	j.err = jpeg_std_error(&errors);
	jpeg_create_compress(&j);
	jpeg_mem_dest(&j, &mem, &n);
	j.image_width = p->width;
	j.image_height = p->height;
	j.input_components = how->grey ? 1 : how->cmyk ? 4 : 3;
	j.in_color_space = how->grey   ? JCS_GRAYSCALE
			   : how->cmyk ? JCS_CMYK
				       : JCS_RGB;
	jpeg_set_defaults(&j);
	jpeg_set_quality(&j, how->quality ? how->quality : 90, TRUE);
	if (how->progressive) {
		jpeg_simple_progression(&j);
	}
	jpeg_start_compress(&j, TRUE);
	if (how->orientation) {
		put_exif(&j, how->orientation);
	}
	for (uint32_t y = 0; y < p->height; y++) {
		jpeg_row(p, how, y, row);
		jpeg_write_scanlines(&j, &row, 1);
	}
	jpeg_finish_compress(&j);
	jpeg_destroy_compress(&j);
	free(row);
	*out = (struct file){mem, n};
}

static void on_write(png_structp png, png_bytep p, png_size_t n)
{
	struct file *out = png_get_io_ptr(png);

	out->p = realloc(out->p, out->n + n);
	assert(out->p);
	memcpy(out->p + out->n, p, n);
	out->n += n;
}

static void on_flush(png_structp png)
{
	(void)png;
}

static void put_samples(uint8_t **out, const uint8_t *v, int n, int bits)
{
	for (int i = 0; i < n; i++) {
		*(*out)++ = v[i];
		if (bits == 16) {
			*(*out)++ = (uint8_t)~v[i]; /* to be dropped */
		}
	}
}

static void png_row(const struct picture *p, const struct png_how *how,
	uint32_t y, uint8_t *out)
{
	const uint8_t *in = p->rgb + (size_t)y * p->width * 3;
	int bits = how->bits ? how->bits : 8;

	for (uint32_t x = 0; x < p->width; x++, in += 3) {
		const uint8_t alpha = (uint8_t)(255 - x * 255 / p->width);
		const uint8_t entry = in[0] >> 4;

		if (how->type == PNG_COLOR_TYPE_PALETTE) {
			put_samples(&out, &entry, 1, 8);
			continue;
		}
		put_samples(&out, in, how->type & PNG_COLOR_MASK_COLOR ? 3 : 1,
			bits);
		if (how->type & PNG_COLOR_MASK_ALPHA) {
			put_samples(&out, &alpha, 1, bits);
		}
	}
}

static void set_palette(png_structp png, png_infop info)
{
	png_color colours[16];

	for (unsigned i = 0; i < 16; i++) {
		uint8_t v = (uint8_t)(i * 17);

		colours[i] = (png_color){v, v, v};
	}
	png_set_PLTE(png, info, colours, 16);
}

void picture_png(
	const struct picture *p, const struct png_how *how, struct file *out)
{
	png_structp png = png_create_write_struct(
		PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	size_t stride = (size_t)p->width * 8;
	uint8_t *rows = calloc(p->height, stride);
	png_bytepp pointers = calloc(p->height, sizeof(*pointers));
	uint8_t exif[EXIF_BYTES];

	assert(png && info && rows && pointers);
	*out = (struct file){0};
	png_set_write_fn(png, out, on_write, on_flush);
	png_set_IHDR(png, info, p->width, p->height, how->bits ? how->bits : 8,
		how->type,
		how->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
		PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	if (how->type == PNG_COLOR_TYPE_PALETTE) {
		set_palette(png, info);
	}
	if (how->orientation) {
		exif_make(how->orientation, true, exif);
		png_set_eXIf_1(png, info, sizeof(exif), exif);
	}
	for (uint32_t y = 0; y < p->height; y++) {
		pointers[y] = rows + y * stride;
		png_row(p, how, y, pointers[y]);
	}
	png_set_rows(png, info, pointers);
	png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
	png_destroy_write_struct(&png, &info);
	free(pointers);
	free(rows);
}
