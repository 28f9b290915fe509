/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows and OS/2 bitmaps: 1, 4, 8, 16, 24 and 32 bits a pixel, RLE4, RLE8
 * and BITFIELDS, either way up ([MS-WMF] 2.2.2; OS/2 headers of 12 and 64
 * bytes). Read here, since no library that is kept reads them.
 *
 * All numbers of the header are hostile. They become a struct layout first,
 * in 64 bits, with the number of rows that lie in the file; the readers of
 * rows need no check of their own then. Of a file that ends early, which may
 * lack its upper rows, the missing ones are black if at least half are there. A
 * run-length form promises no number of bytes: it is decoded to a plane of
 * indices, as large as hl_media_check_size() allows.
 *
 * A fourth byte or mask of alpha is not looked at. Indices over the palette,
 * and pixels that a run-length form skips, are as in PIL: black, index 0.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "media/decode.h"

#define FILE_HEADER 14u
#define CORE_HEADER 12u
#define INFO_HEADER 40u

enum { PLAIN = 0, RLE8 = 1, RLE4 = 2, BITFIELDS = 3, ALPHABITFIELDS = 6 };

/* The bits of a pixel that are a colour, and what they are as 0 to 255: by
 * the table, unless there are more than eight. No bits give 0. */
struct part {
	uint32_t mask;
	uint32_t most;
	int shift;
	uint8_t scale[256];
};

struct layout {
	const uint8_t *file;
	size_t n;
	uint64_t pixels_at; /* in the file */
	uint64_t stride;
	uint32_t width;
	uint32_t height;
	bool top_down;
	uint32_t n_rows; /* of the file's that are in it, whole */
	unsigned bits;
	uint32_t compression;
	struct part parts[3]; /* red, green, blue; of 16 and 32 bits */
	uint8_t palette[256][3];
};

static uint32_t u16_at(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32_at(const uint8_t *p)
{
	return u16_at(p) | u16_at(p + 2) << 16;
}

static bool header_known(uint32_t n_bytes)
{
	static const uint32_t sizes[] = {12, 40, 52, 56, 64, 108, 124};

	for (size_t i = 0; i < HL_ARRAY_LEN(sizes); i++) {
		if (sizes[i] == n_bytes) {
			return true;
		}
	}
	return false;
}

static bool knows(const uint8_t *head, size_t n)
{
	return n >= FILE_HEADER + 4 && head[0] == 'B' && head[1] == 'M' &&
	       header_known(u32_at(head + FILE_HEADER));
}

/* Bytes of masks that follow a header of 40 bytes. */
static uint32_t masks_behind(uint32_t header, uint32_t compression)
{
	if (header != INFO_HEADER) {
		return 0;
	}
	return compression == BITFIELDS        ? 12
	       : compression == ALPHABITFIELDS ? 16
					       : 0;
}

static bool form_read(const struct layout *l)
{
	switch (l->compression) {
	case PLAIN:
		return l->bits == 1 || l->bits == 4 || l->bits == 8 ||
		       l->bits == 16 || l->bits == 24 || l->bits == 32;
	case RLE8:
		return l->bits == 8;
	case RLE4:
		return l->bits == 4;
	case BITFIELDS:
	case ALPHABITFIELDS:
		return l->bits == 16 || l->bits == 32;
	default:
		return false;
	}
}

static void part_init(struct part *part, uint32_t mask)
{
	part->mask = mask;
	part->shift = mask ? __builtin_ctz(mask) : 0;
	part->most = mask >> part->shift;
	for (uint32_t v = 1; v <= part->most && v <= 255; v++) {
		part->scale[v] = (uint8_t)(v * 255 / part->most);
	}
}

static void parts_of(struct layout *l, uint32_t header)
{
	static const uint32_t usual[2][3] = {
		{0x7c00, 0x03e0, 0x001f}, {0xff0000, 0x00ff00, 0x0000ff}};
	const uint8_t *at = l->file + FILE_HEADER + INFO_HEADER;
	bool said = (l->compression == BITFIELDS ||
			    l->compression == ALPHABITFIELDS) &&
		    (header > INFO_HEADER || l->n >= FILE_HEADER + header + 12);

	for (size_t i = 0; i < 3; i++) {
		part_init(&l->parts[i],
			said ? u32_at(at + 4 * i) : usual[l->bits == 32][i]);
	}
}

static void palette_of(struct layout *l, uint32_t header, uint32_t n_used)
{
	size_t step = header == CORE_HEADER ? 3 : 4;
	size_t at = FILE_HEADER + header + masks_behind(header, l->compression);
	size_t end = l->n < l->pixels_at ? l->n : l->pixels_at;
	size_t n = l->bits <= 8 ? (size_t)1 << l->bits : 0;

	n = n_used && n_used < n ? n_used : n;
	for (size_t i = 0; i < n && at + step <= end; i++, at += step) {
		l->palette[i][0] = l->file[at + 2];
		l->palette[i][1] = l->file[at + 1];
		l->palette[i][2] = l->file[at];
	}
}

/* Width and height as the file has them, before any limit. */
static int size_of(const struct hl_media_input *in, struct hl_media_sink *sink,
	uint32_t header, struct layout *l)
{
	const uint8_t *h = in->bytes + FILE_HEADER;
	int64_t width = (int32_t)u32_at(h + 4), height = (int32_t)u32_at(h + 8);

	if (header == CORE_HEADER) {
		width = u16_at(h + 4);
		height = u16_at(h + 6);
	}
	l->top_down = height < 0;
	height = height < 0 ? -height : height;
	if (width < 0) {
		return hl_media_note(sink, HL_MEDIA_DAMAGED, "a width under 0");
	}
	int rc = hl_media_check_size(
		in, sink, (uint64_t)width, (uint64_t)height);
	l->width = rc ? 0 : (uint32_t)width;
	l->height = rc ? 0 : (uint32_t)height;
	return rc;
}

static int too_short(struct hl_media_sink *sink)
{
	return hl_media_note(sink, HL_MEDIA_DAMAGED, "the pixels end early");
}

/* Where rows of the plain forms lie. What pads the last is not needed. */
static void find_rows(struct layout *l)
{
	uint64_t bits = (uint64_t)l->width * l->bits, bytes = (bits + 7) / 8;
	uint64_t n = l->n - l->pixels_at, n_rows;

	l->stride = (bits + 31) / 32 * 4;
	n_rows = n < bytes ? 0 : (n - bytes) / l->stride + 1;
	l->n_rows = n_rows < l->height ? (uint32_t)n_rows : l->height;
}

static int layout_of(const struct hl_media_input *in,
	struct hl_media_sink *sink, struct layout *l)
{
	const uint8_t *h = in->bytes + FILE_HEADER;
	uint32_t header = in->n < FILE_HEADER + 4 ? 0 : u32_at(h), n_used = 0;
	int rc;

	if (!header_known(header) || in->n < FILE_HEADER + header) {
		return hl_media_note(
			sink, HL_MEDIA_DAMAGED, "the header ends early");
	}
	*l = (struct layout){.file = in->bytes, .n = in->n};
	if (header == CORE_HEADER) {
		l->bits = u16_at(h + 10);
	} else {
		l->bits = u16_at(h + 14);
		l->compression = u32_at(h + 16);
		n_used = u32_at(h + 32);
	}
	if (!form_read(l)) {
		return hl_media_note(sink, HL_MEDIA_UNSUPPORTED,
			"%u bits a pixel, compression %" PRIu32, l->bits,
			l->compression);
	}
	rc = size_of(in, sink, header, l);
	if (rc) {
		return rc;
	}
	l->pixels_at = u32_at(in->bytes + 10);
	if (l->pixels_at > l->n) {
		return too_short(sink);
	}
	find_rows(l);
	parts_of(l, header);
	palette_of(l, header, n_used);
	return 0;
}

static void row_of_indices(
	const struct layout *l, const uint8_t *from, unsigned bits, uint8_t *to)
{
	unsigned each = 8 / bits, mask = (1u << bits) - 1;

	for (uint32_t x = 0; x < l->width; x++) {
		unsigned shift = 8 - bits - x % each * bits;
		unsigned index = (unsigned)from[x / each] >> shift & mask;
		const uint8_t *colour = l->palette[index];

		memcpy(to + 3 * (size_t)x, colour, 3);
	}
}

static uint8_t part_of(const struct part *part, uint32_t pixel)
{
	uint32_t v = (pixel & part->mask) >> part->shift;

	if (part->most <= 255) {
		return part->scale[v];
	}
	return (uint8_t)((uint64_t)v * 255 / part->most);
}

static void row_of_masks(
	const struct layout *l, const uint8_t *from, uint8_t *to)
{
	size_t step = l->bits / 8;

	for (uint32_t x = 0; x < l->width; x++, from += step, to += 3) {
		uint32_t pixel = step == 2 ? u16_at(from) : u32_at(from);

		for (size_t i = 0; i < 3; i++) {
			to[i] = part_of(&l->parts[i], pixel);
		}
	}
}

/* The y-th row as the file has them, as RGB. */
static void row_of(const struct layout *l, uint32_t y, uint8_t *to)
{
	const uint8_t *from = l->file + l->pixels_at + y * l->stride;

	if (l->bits <= 8) {
		row_of_indices(l, from, l->bits, to);
	} else if (l->bits == 24) {
		for (size_t i = 0; i < 3 * (size_t)l->width; i += 3) {
			to[i] = from[i + 2];
			to[i + 1] = from[i + 1];
			to[i + 2] = from[i];
		}
	} else {
		row_of_masks(l, from, to);
	}
}

/* A run-length form being written out; x may stand behind the row's end. */
struct plane {
	const struct layout *l;
	uint8_t *indices;
	uint64_t x;
	uint64_t y;
};

static void put(struct plane *p, uint8_t index)
{
	if (p->x < p->l->width && p->y < p->l->height) {
		p->indices[p->y * p->l->width + p->x] = index;
	}
	p->x++;
}

/* n pixels: of the one byte `pair` again and again, or of those at from. */
static void put_run(
	struct plane *p, unsigned n, const uint8_t *from, bool repeated)
{
	unsigned each = p->l->bits == 4 ? 2 : 1;

	for (unsigned i = 0; i < n; i++) {
		uint8_t byte = from[repeated ? 0 : i / each];

		put(p, each == 1 ? byte : i % 2 == 0 ? byte >> 4 : byte & 15);
	}
}

/*
 * What follows a 0: end of line, end of picture, a step, or n pixels as they
 * are. Gives the bytes it has used; 0: the picture has ended; n + 1: the file
 * has.
 */
static size_t escape(struct plane *p, const uint8_t *at, size_t n)
{
	size_t n_bytes;

	switch (at[1]) {
	case 0:
		p->x = 0;
		p->y++;
		return 2;
	case 1:
		return 0;
	case 2:
		if (n < 4) {
			return n + 1;
		}
		p->x += at[2];
		p->y += at[3];
		return 4;
	default:
		n_bytes = p->l->bits == 4 ? (at[1] + 1u) / 2 : at[1];
		if (n - 2 < n_bytes) {
			return n + 1;
		}
		put_run(p, at[1], at + 2, false);
		n_bytes = 2 + (n_bytes + 1) / 2 * 2;
		return n_bytes < n ? n_bytes : n;
	}
}

/* False: the file ends before the picture does. */
static bool run_lengths(struct plane *p)
{
	size_t at = p->l->pixels_at;

	while (p->y < p->l->height) {
		size_t left = p->l->n - at, used = 2;

		if (left < 2) {
			/* Some writers leave out the last end of line. */
			return p->y + 1 == p->l->height && p->x >= p->l->width;
		}
		if (p->l->file[at]) {
			put_run(p, p->l->file[at], p->l->file + at + 1, true);
		} else {
			used = escape(p, p->l->file + at, left);
		}
		if (used == 0) {
			return true;
		}
		if (used > left) {
			return false;
		}
		at += used;
	}
	return true;
}

/* NULL indices: the rows are in the file. */
static int hand_on(const struct layout *l, const uint8_t *indices,
	struct hl_media_sink *sink)
{
	struct hl_media_shape shape = {.width = l->width,
		.height = l->height,
		.pixels = HL_MATCH_RGB24};
	size_t stride = 3 * (size_t)l->width;
	uint8_t *row = malloc(stride);
	int rc = row ? hl_media_begin(sink, &shape) : HL_MEDIA_NO_MEMORY;

	for (uint32_t i = 0; rc == 0 && i < l->height; i++) {
		uint32_t y = l->top_down ? i : l->height - 1 - i;

		if (y >= l->n_rows) {
			memset(row, 0, stride);
		} else if (indices) {
			row_of_indices(
				l, indices + (size_t)y * l->width, 8, row);
		} else {
			row_of(l, y, row);
		}
		rc = hl_media_rows(sink, row, stride, 1);
	}
	free(row);
	return rc ? rc : hl_media_end(sink);
}

static int give(const struct layout *l, const uint8_t *indices,
	struct hl_media_sink *sink)
{
	if (l->n_rows < l->height - l->n_rows) {
		return too_short(sink);
	}
	sink->flawed |= l->n_rows < l->height;
	return hand_on(l, indices, sink);
}

static int decode_runs(struct layout *l, struct hl_media_sink *sink)
{
	struct plane plane = {.l = l, .indices = calloc(l->height, l->width)};
	int rc;

	if (!plane.indices) {
		return HL_MEDIA_NO_MEMORY;
	}
	l->n_rows = run_lengths(&plane) || plane.y > l->height
			    ? l->height
			    : (uint32_t)plane.y;
	rc = give(l, plane.indices, sink);
	free(plane.indices);
	return rc;
}

static int decode(const struct hl_media_input *in, struct hl_media_sink *sink)
{
	struct layout l;
	int rc = layout_of(in, sink, &l);

	if (rc) {
		return rc;
	}
	return l.compression == RLE8 || l.compression == RLE4
		       ? decode_runs(&l, sink)
		       : give(&l, NULL, sink);
}

const struct hl_media_decoder hl_media_bmp = {
	.format = HL_MEDIA_BMP,
	.knows = knows,
	.decode = decode,
};
