/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: media_picture WIDTH HEIGHT > FILE
 *
 * A JPEG as a camera or a website makes it, quality 85, colour at half the
 * width and height: hills, edges and some noise, from integers, about a
 * quarter of a byte a pixel.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* behind stdio.h, which it needs */
#include <jpeglib.h>

static uint8_t at(uint32_t x, uint32_t y, uint32_t c, uint32_t *seed)
{
	uint32_t hill = (x * x / 3000 + y * y / 5000 + c * 50) & 511;
	uint32_t edge = ((x / 97) ^ (y / 61)) & 1 ? 40 : 0;
	uint32_t v = (hill < 256 ? hill : 511 - hill) * 3 / 4 + edge / (c + 1);

	*seed = *seed * 1664525u + 1013904223u;
	v += *seed >> 29;
	return (uint8_t)(v < 255 ? v : 255);
}

static void write_rows(struct jpeg_compress_struct *j, uint8_t *row)
{
	uint32_t seed = 1;

	for (uint32_t y = 0; y < j->image_height; y++) {
		for (uint32_t x = 0; x < j->image_width * 3; x++) {
			row[x] = at(x / 3, y, x % 3, &seed);
		}
		jpeg_write_scanlines(j, &row, 1);
	}
}

int main(int argc, char **argv)
{
	struct jpeg_compress_struct j;
	struct jpeg_error_mgr errors;
	unsigned long width = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long height = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	uint8_t *row = malloc(width * 3);

	if (!row || !width || !height || width > 20000 || height > 20000) {
		fputs("usage: media_picture WIDTH HEIGHT > FILE\n", stderr);
		free(row);
		return 2;
	}
	j.err = jpeg_std_error(&errors);
	jpeg_create_compress(&j);
	jpeg_stdio_dest(&j, stdout);
	j.image_width = (JDIMENSION)width;
	j.image_height = (JDIMENSION)height;
	j.input_components = 3;
	j.in_color_space = JCS_RGB;
	jpeg_set_defaults(&j);
	jpeg_set_quality(&j, 85, TRUE);
	jpeg_start_compress(&j, TRUE);
	write_rows(&j, row);
	jpeg_finish_compress(&j);
	jpeg_destroy_compress(&j);
	free(row);
	return fflush(stdout) == 0 ? 0 : 1;
}
