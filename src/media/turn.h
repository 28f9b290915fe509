/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_TURN_H
#define HL_MEDIA_TURN_H

#include <stddef.h>
#include <stdint.h>

/* Turning a picture by its EXIF orientation. Inside the room only. */

struct hl_media_plane {
	const uint8_t *rows;
	size_t stride;
	uint32_t width;
	uint32_t height;
	uint32_t pixel_bytes; /* 1 to 4 */
};

/* Whether the turned picture is as wide as this one is high. */
static inline int hl_media_turn_swaps(unsigned orientation)
{
	return orientation >= 5;
}

/* Rows y to y + n_rows - 1 of the picture turned by orientation, 1 to 8, into
 * out, one close behind the other. */
void hl_media_turn_rows(const struct hl_media_plane *plane,
	unsigned orientation, uint32_t y, uint32_t n_rows, uint8_t *out);

#endif
