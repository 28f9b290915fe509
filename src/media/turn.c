/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EXIF 2.32, 4.6.4 A, Orientation: which side of the stored picture is the
 * top, and which the left, of the one to be shown. A row of the latter walks
 * through the former in one direction, forwards or backwards.
 */
#include "media/turn.h"

#include <stdbool.h>
#include <string.h>

struct walk {
	bool down;        /* along a column of the stored picture */
	bool from_end;    /* from its right or lower end */
	bool lines_ended; /* row 0 is its last line, or column */
};

static const struct walk walks[9] = {
	[1] = {false, false, false},
	[2] = {false, true, false},
	[3] = {false, true, true},
	[4] = {false, false, true},
	[5] = {true, false, false},
	[6] = {true, true, false},
	[7] = {true, true, true},
	[8] = {true, false, true},
};

/* Where pixel 0 of row y is. */
static const uint8_t *start(
	const struct hl_media_plane *plane, const struct walk *w, uint32_t y)
{
	uint32_t n = w->down ? plane->height : plane->width;
	uint32_t n_lines = w->down ? plane->width : plane->height;
	size_t line = w->lines_ended ? n_lines - 1 - y : y;
	size_t at = w->from_end ? n - 1 : 0;

	return w->down ? plane->rows + at * plane->stride +
				 line * plane->pixel_bytes
		       : plane->rows + line * plane->stride +
				 at * plane->pixel_bytes;
}

void hl_media_turn_rows(const struct hl_media_plane *plane,
	unsigned orientation, uint32_t y, uint32_t n_rows, uint8_t *out)
{
	const struct walk *w = &walks[orientation];
	const size_t size = plane->pixel_bytes;
	size_t n = w->down ? plane->height : plane->width;
	ptrdiff_t step = (ptrdiff_t)(w->down ? plane->stride : size);
	ptrdiff_t next = (ptrdiff_t)(w->down ? size : plane->stride);
	const uint8_t *p = start(plane, w, y);

	step = w->from_end ? -step : step;
	next = w->lines_ended ? -next : next;
	/* Rows inside: down a column, neighbours share a cache line. */
	for (size_t i = 0; i < n; i++, p += step) {
		const uint8_t *pixel = p;

		for (uint32_t k = 0; k < n_rows; k++, pixel += next) {
			memcpy(out + (k * n + i) * size, pixel, size);
		}
	}
}
