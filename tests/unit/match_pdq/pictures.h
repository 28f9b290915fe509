/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TEST_MATCH_PICTURES_H
#define HL_TEST_MATCH_PICTURES_H

#include "hotline/match.h"

#include <stdlib.h>

static inline uint32_t test_pixel_bytes(enum hl_match_pixels pixels)
{
	return pixels == HL_MATCH_GREY8 ? 1 : pixels == HL_MATCH_RGBA32 ? 4 : 3;
}

static inline uint32_t test_triangle(uint32_t a)
{
	uint32_t t = (a & 511) < 256 ? 256 - (a & 511) : (a & 511) - 256;

	return t > 255 ? 255 : t;
}

static inline uint32_t test_pattern_value(unsigned kind,
	const struct hl_match_picture *p, const uint32_t at[3], uint32_t *seed)
{
	uint32_t x = at[0], y = at[1], c = at[2];

	switch (kind) {
	case 0: /* ramps */
		return (x * 3 + y * 5 + c * 40) & 255;
	case 1: /* checks */
		return ((x >> 4) ^ (y >> 4)) & 1 ? 230 - c * 20 : 20 + c * 20;
	case 2: /* noise */
		*seed = *seed * 1664525u + 1013904223u;
		return *seed >> 24;
	default: /* smooth hills */
		return (test_triangle(x * 1024 / p->width + c * 64) +
			       2 * test_triangle(y * 1536 / p->height) +
			       test_triangle(x * 700 / p->width +
					     y * 900 / p->height)) /
		       4;
	}
}

/* Fills in rows and stride of a picture of width, height and pixels; the
 * rows are the caller's to free. Integers only, so that it is the same on
 * every machine. */
static inline uint8_t *test_pattern(unsigned kind, struct hl_match_picture *p)
{
	uint32_t n = test_pixel_bytes(p->pixels), seed = 1;
	uint8_t *rows = malloc((size_t)p->width * p->height * n), *to = rows;

	p->rows = rows;
	p->stride = (size_t)p->width * n;
	for (uint32_t y = 0; y < p->height; y++) {
		for (uint32_t x = 0; x < p->width; x++) {
			for (uint32_t c = 0; c < n; c++) {
				uint32_t at[] = {x, y, c};

				*to++ = (uint8_t)test_pattern_value(
					kind, p, at, &seed);
			}
		}
	}
	return rows;
}

#endif
