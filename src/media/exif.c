/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One number out of an EXIF block: the orientation, tag 0x0112 of the first
 * directory (TIFF 6.0, sections 2 and 8; EXIF 2.32, 4.6.4). Nothing else of
 * the block is looked at.
 */
#include "media/decode.h"

#define TAG_ORIENTATION 0x0112u
#define TYPE_SHORT 3u
#define ENTRY_BYTES 12u

struct reader {
	const uint8_t *p;
	size_t n;
	bool little;
};

/* 0 when it is not there, as every member looked at may be. */
static uint32_t number(const struct reader *r, size_t at, size_t n_bytes)
{
	uint32_t v = 0;

	if (at > r->n || r->n - at < n_bytes) {
		return 0;
	}
	for (size_t i = 0; i < n_bytes; i++) {
		size_t k = r->little ? n_bytes - 1 - i : i;

		v = v << 8 | r->p[at + k];
	}
	return v;
}

uint8_t hl_media_exif_orientation(const uint8_t *tiff, size_t n)
{
	struct reader r = {tiff, n, n > 0 && tiff[0] == 'I'};

	if (n < 8 || tiff[0] != tiff[1] || (tiff[0] != 'I' && tiff[0] != 'M') ||
		number(&r, 2, 2) != 42) {
		return 0;
	}
	size_t at = number(&r, 4, 4);
	size_t n_entries = number(&r, at, 2);

	for (size_t i = 0; i < n_entries; i++) {
		size_t entry = at + 2 + i * ENTRY_BYTES;

		if (number(&r, entry, 2) == TAG_ORIENTATION) {
			uint32_t v = number(&r, entry + 8, 2);

			return number(&r, entry + 2, 2) == TYPE_SHORT &&
					       v >= 1 && v <= 8
				       ? (uint8_t)v
				       : 0;
		}
	}
	return 0;
}
