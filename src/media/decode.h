/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_DECODE_H
#define HL_MEDIA_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hotline/match.h"
#include "media/media.h"

/*
 * What a decoder is. It runs inside the sandbox only, in one thread, and may
 * allocate, but opens nothing, starts nothing and keeps nothing between two
 * files. It is given the bytes of a file and hands on rows of pixels:
 *
 *   for each picture or frame, from the first one:
 *       hl_media_check_size() as soon as the size is known, and before
 *       anything is allocated by it
 *       hl_media_begin()
 *       hl_media_rows() as often as it likes, from the top row
 *       hl_media_end()
 *
 * Whatever of these gives other than 0 is given back by the decoder as it
 * is, after it has freed what it had. HL_MEDIA_ENOUGH is one of them: no
 * more frames are wanted.
 */

struct hl_media_input {
	const uint8_t *bytes; /* the whole file, read only */
	size_t n;
	/* HL_MEDIA_SCREENING: grey and reduced rows will do, if the format
	 * gives them cheaply; see hl_media_reduction(). */
	uint32_t flags;
	double video_every; /* seconds from one frame of a video to the next */
	struct hl_media_limits limits; /* every one is set */
};

struct hl_media_shape {
	uint32_t width; /* of the rows that follow */
	uint32_t height;
	uint32_t full_width; /* as the file has it; 0: the same */
	uint32_t full_height;
	enum hl_match_pixels pixels;
	uint32_t number;  /* of the frame in the file, from 0, ascending */
	double seconds;   /* from the start; 0 for what does not move */
	uint8_t scaled;   /* 1: reduced or grey, by HL_MEDIA_SCREENING */
	uint8_t oriented; /* EXIF orientation 1 to 8; 0: the file says none */
};

struct hl_media_sink {
	int (*begin)(void *arg, const struct hl_media_shape *shape);
	int (*rows)(void *arg, const void *rows, size_t stride, size_t n_rows);
	int (*end)(void *arg);
	void *arg;
	/* The library went on after damage: what it gave is hashed, and the
	 * result says so. */
	bool flawed;
	char note[HL_MEDIA_NOTE_MAX]; /* hl_media_note() */
	/* There are pictures in the file that the decoder does not read. */
	bool more;
};

enum { HL_MEDIA_ENOUGH = -1 };

/*
 * decode gives 0 when the file was read to its end, HL_MEDIA_ENOUGH, or why
 * not: HL_MEDIA_UNSUPPORTED, _REFUSED, _DAMAGED or _NO_MEMORY. Frames that
 * were ended before that count.
 */
struct hl_media_decoder {
	enum hl_media_format format;
	/* By the first bytes, at most HL_MEDIA_HEAD_MAX of them. */
	bool (*knows)(const uint8_t *head, size_t n);
	int (*decode)(
		const struct hl_media_input *in, struct hl_media_sink *sink);
};
#define HL_MEDIA_HEAD_MAX 4096u

/* 0; HL_MEDIA_REFUSED: a side or the pixels are over the limits;
 * HL_MEDIA_DAMAGED: a side is 0. Either leaves a note. */
int hl_media_check_size(const struct hl_media_input *in,
	struct hl_media_sink *sink, uint64_t width, uint64_t height);

static inline int hl_media_begin(
	struct hl_media_sink *sink, const struct hl_media_shape *shape)
{
	return sink->begin(sink->arg, shape);
}

/* stride: bytes from one row to the next. */
static inline int hl_media_rows(struct hl_media_sink *sink, const void *rows,
	size_t stride, size_t n_rows)
{
	return sink->rows(sink->arg, rows, stride, n_rows);
}

/* HL_MEDIA_DAMAGED: rows are missing. */
static inline int hl_media_end(struct hl_media_sink *sink)
{
	return sink->end(sink->arg);
}

/* A few words of English on what is wrong, for the result's line; cut to
 * length, cleaned of all but printable ASCII. The last one stays. Gives back
 * status, so that a decoder may `return hl_media_note(…)`. */
int hl_media_note(struct hl_media_sink *sink, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* 1, 2, 4 or 8: the most by which both sides may be divided so that the
 * shorter keeps 768 pixels; 1 unless in->flags has HL_MEDIA_SCREENING. */
unsigned hl_media_reduction(
	const struct hl_media_input *in, uint32_t width, uint32_t height);

/* The orientation in an EXIF block that begins with its TIFF header ("II" or
 * "MM"); 0: none, or not readable. */
uint8_t hl_media_exif_orientation(const uint8_t *tiff, size_t n);

extern const struct hl_media_decoder hl_media_jpeg;
extern const struct hl_media_decoder hl_media_png;
extern const struct hl_media_decoder hl_media_webp;
extern const struct hl_media_decoder hl_media_gif;
extern const struct hl_media_decoder hl_media_tiff;
extern const struct hl_media_decoder hl_media_bmp;
extern const struct hl_media_decoder hl_media_heif; /* and AVIF */
extern const struct hl_media_decoder hl_media_avif;
extern const struct hl_media_decoder hl_media_video;

/* All of the product in the order in which they are asked; ends with NULL. */
const struct hl_media_decoder *const *hl_media_decoders(void);

#endif
