/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_MEDIA_PICTURE_H
#define HL_TESTS_MEDIA_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Pictures that tests make: gradients and blocks, different by seed. */

struct picture {
	uint32_t width;
	uint32_t height;
	uint8_t *rgb; /* owned */
};
void picture_make(
	struct picture *p, uint32_t width, uint32_t height, unsigned seed);
void picture_fini(struct picture *p);

struct file {
	uint8_t *p; /* owned */
	size_t n;
};
void file_fini(struct file *f);

struct jpeg_how {
	int quality; /* 0: 90 */
	bool grey, cmyk, progressive;
	unsigned orientation; /* 0: no EXIF */
};
void picture_jpeg(
	const struct picture *p, const struct jpeg_how *how, struct file *out);

struct png_how {
	int type; /* PNG_COLOR_TYPE_… of libpng */
	int bits; /* 0: 8 */
	bool interlaced;
	unsigned orientation;
};
/* Grey is the red of p; a palette has 16 greys; alpha falls from left to
 * right. */
void picture_png(
	const struct picture *p, const struct png_how *how, struct file *out);

/* An EXIF block with nothing but an orientation, 26 bytes. */
#define EXIF_BYTES 26
void exif_make(unsigned orientation, bool little, uint8_t out[EXIF_BYTES]);

#endif
