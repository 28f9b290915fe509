/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GIF by giflib, all frames composed: each is handed on as it would be seen,
 * the whole canvas at a time. giflib's row by row calls are used, since its
 * "slurp" allocates whatever the file says.
 *
 * The first frame is as PIL makes it for a peer that hashes with
 * convert("RGB"): the canvas grows to hold it; what it leaves uncovered has
 * the colour of its transparent index, or else of index 0; its transparent
 * pixels have the colour that the palette gives them. Later frames are drawn
 * over what is there, but for their transparent pixels, and are cut at the
 * canvas. A frame that is disposed of leaves the colour of its transparent
 * index, or else the background's; or what was there before it.
 *
 * giflib opens nothing, starts nothing and prints nothing.
 */
#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

#include "media/decode.h"

struct gif {
	const struct hl_media_input *in;
	struct hl_media_sink *sink;
	size_t at; /* in the file */
	GifFileType *file;
	GraphicsControlBlock control; /* of the frame that follows */
	uint32_t width;               /* of the canvas, once there is one */
	uint32_t height;
	uint8_t *canvas;    /* RGB */
	uint8_t *before;    /* the canvas, kept for DISPOSE_PREVIOUS */
	GifPixelType *line; /* as long as any can be */
	uint32_t n_frames;
	uint32_t n_whole;    /* rows of the canvas that a broken frame has */
	uint64_t hundredths; /* from the start */
	/* How the last frame is to be removed. */
	int disposal;
	GifImageDesc covered;
	uint8_t cleared[3];
};

static bool knows(const uint8_t *head, size_t n)
{
	return n >= 6 && (memcmp(head, "GIF87a", 6) == 0 ||
				 memcmp(head, "GIF89a", 6) == 0);
}

static int read_bytes(GifFileType *file, GifByteType *to, int n)
{
	struct gif *g = file->UserData;
	size_t left = g->in->n - g->at;
	size_t take = n < 0 ? 0 : (size_t)n < left ? (size_t)n : left;

	if (take) {
		memcpy(to, g->in->bytes + g->at, take);
	}
	g->at += take;
	return (int)take;
}

static int fault(struct gif *g, int code)
{
	if (code == D_GIF_ERR_NOT_ENOUGH_MEM) {
		return HL_MEDIA_NO_MEMORY;
	}
	return hl_media_note(g->sink, HL_MEDIA_DAMAGED, "%s after %u frames",
		code == D_GIF_ERR_READ_FAILED || code == D_GIF_ERR_EOF_TOO_SOON
			? "the file ends early"
			: "the file is broken",
		g->n_frames);
}

/* What an index looks like in this frame; without any palette, grey. */
static void colours_of(const GifFileType *file, uint8_t colours[256][3])
{
	const ColorMapObject *map =
		file->Image.ColorMap ? file->Image.ColorMap : file->SColorMap;

	for (int i = 0; i < 256; i++) {
		memset(colours[i], map ? 0 : i, 3);
		if (map && i < map->ColorCount) {
			colours[i][0] = map->Colors[i].Red;
			colours[i][1] = map->Colors[i].Green;
			colours[i][2] = map->Colors[i].Blue;
		}
	}
}

static uint8_t *pixel_at(struct gif *g, uint32_t x, uint32_t y)
{
	return g->canvas + 3 * ((size_t)y * g->width + x);
}

/* The part of the frame that lies on the canvas. */
static uint32_t right_of(const struct gif *g, const GifImageDesc *d)
{
	uint32_t right = (uint32_t)(d->Left + d->Width);

	return right < g->width ? right : g->width;
}

static uint32_t bottom_of(const struct gif *g, const GifImageDesc *d)
{
	uint32_t bottom = (uint32_t)(d->Top + d->Height);

	return bottom < g->height ? bottom : g->height;
}

static void dispose(struct gif *g)
{
	const GifImageDesc *d = &g->covered;
	uint32_t bottom = bottom_of(g, d), right = right_of(g, d);

	if (g->disposal == DISPOSE_PREVIOUS) {
		memcpy(g->canvas, g->before, 3 * (size_t)g->width * g->height);
	}
	if (g->disposal != DISPOSE_BACKGROUND) {
		return;
	}
	for (uint32_t y = (uint32_t)d->Top; y < bottom; y++) {
		for (uint32_t x = (uint32_t)d->Left; x < right; x++) {
			memcpy(pixel_at(g, x, y), g->cleared, 3);
		}
	}
}

static int canvas_new(struct gif *g)
{
	const GifImageDesc *d = &g->file->Image;
	uint32_t width = (uint32_t)(d->Left + d->Width);
	uint32_t height = (uint32_t)(d->Top + d->Height);

	g->width = (uint32_t)g->file->SWidth;
	g->height = (uint32_t)g->file->SHeight;
	g->width = g->width < width ? width : g->width;
	g->height = g->height < height ? height : g->height;
	int rc = hl_media_check_size(g->in, g->sink, g->width, g->height);
	if (rc) {
		return rc;
	}
	g->canvas = malloc(3 * (size_t)g->width * g->height);
	g->line = malloc(UINT16_MAX);
	return g->canvas && g->line ? 0 : HL_MEDIA_NO_MEMORY;
}

/* Prepares the canvas for the frame whose header was read. */
static int canvas_ready(struct gif *g, uint8_t colours[256][3])
{
	size_t n = 3 * (size_t)g->width * g->height;
	int clear = g->control.TransparentColor;

	if (g->n_frames > 0) {
		dispose(g);
	} else {
		for (size_t i = 0; i < n; i += 3) {
			memcpy(g->canvas + i, colours[clear < 0 ? 0 : clear],
				3);
		}
	}
	g->disposal = g->control.DisposalMode;
	g->covered = g->file->Image;
	memcpy(g->cleared,
		colours[(clear < 0 ? g->file->SBackGroundColor : clear) & 255],
		3);
	if (g->disposal == DISPOSE_PREVIOUS) {
		g->before = g->before ? g->before : malloc(n);
		if (!g->before) {
			return HL_MEDIA_NO_MEMORY;
		}
		memcpy(g->before, g->canvas, n);
	}
	return 0;
}

static void draw_line(struct gif *g, uint8_t colours[256][3], uint32_t y)
{
	const GifImageDesc *d = &g->file->Image;
	uint32_t left = (uint32_t)d->Left, right = right_of(g, d);
	int clear = g->n_frames > 0 ? g->control.TransparentColor : -1;

	y += (uint32_t)d->Top;
	for (uint32_t x = left; y < g->height && x < right; x++) {
		GifPixelType index = g->line[x - left];

		if (index != clear) {
			memcpy(pixel_at(g, x, y), colours[index], 3);
		}
	}
}

static int draw(struct gif *g, uint8_t colours[256][3])
{
	static const uint32_t first[] = {0, 4, 2, 1, 0},
			      step[] = {8, 8, 4, 2, 1};
	const GifImageDesc *d = &g->file->Image;
	size_t pass = d->Interlace ? 0 : 4, end = d->Interlace ? 4 : 5;

	for (; pass < end; pass++) {
		for (uint32_t y = first[pass]; y < (uint32_t)d->Height;
			y += step[pass]) {
			if (DGifGetLine(g->file, g->line, d->Width) != GIF_OK) {
				return fault(g, g->file->Error);
			}
			draw_line(g, colours, y);
			g->n_whole = (uint32_t)d->Top + y + 1;
		}
	}
	return 0;
}

static int compose(struct gif *g)
{
	struct hl_media_shape shape = {.width = g->width,
		.height = g->height,
		.pixels = HL_MATCH_RGB24,
		.number = g->n_frames,
		.seconds = (double)g->hundredths / 100};
	size_t stride = 3 * (size_t)g->width;
	uint8_t colours[256][3];
	int rc = hl_media_begin(g->sink, &shape);

	if (rc) {
		return rc;
	}
	colours_of(g->file, colours);
	rc = canvas_ready(g, colours);
	rc = rc ? rc : draw(g, colours);
	if (rc == HL_MEDIA_DAMAGED && g->n_frames == 0 &&
		!g->file->Image.Interlace) {
		/* The upper part of a picture counts; of a later frame not. */
		int more =
			hl_media_rows(g->sink, g->canvas, stride, g->n_whole);

		return more ? more : rc;
	}
	rc = rc ? rc : hl_media_rows(g->sink, g->canvas, stride, g->height);
	return rc ? rc : hl_media_end(g->sink);
}

static int frame(struct gif *g)
{
	const GifImageDesc *d = &g->file->Image;
	int rc;

	if (DGifGetImageDesc(g->file) != GIF_OK) {
		return fault(g, g->file->Error);
	}
	rc = d->Width && d->Height
		     ? hl_media_check_size(g->in, g->sink,
			       (uint64_t)d->Left + (uint64_t)d->Width,
			       (uint64_t)d->Top + (uint64_t)d->Height)
		     : fault(g, 0);
	rc = rc || g->canvas ? rc : canvas_new(g);
	rc = rc ? rc : compose(g);
	/* giflib keeps a header and a palette of each frame. */
	GifFreeSavedImages(g->file);
	g->file->SavedImages = NULL;
	g->file->ImageCount = 0;
	g->n_frames++;
	g->hundredths += (uint64_t)g->control.DelayTime;
	DGifExtensionToGCB(4, (const GifByteType[4]){0}, &g->control);
	return rc;
}

static int extension(struct gif *g)
{
	GifByteType *block = NULL;
	int code = 0, ok = DGifGetExtension(g->file, &code, &block);

	if (ok == GIF_OK && code == GRAPHICS_EXT_FUNC_CODE && block) {
		DGifExtensionToGCB(block[0], block + 1, &g->control);
	}
	while (ok == GIF_OK && block) {
		ok = DGifGetExtensionNext(g->file, &block);
	}
	return ok == GIF_OK ? 0 : fault(g, g->file->Error);
}

static int records(struct gif *g)
{
	GifRecordType type;
	int rc = 0;

	while (rc == 0) {
		if (g->n_frames > 0 && g->at == g->in->n) {
			return 0; /* many lack the byte that ends them */
		}
		if (DGifGetRecordType(g->file, &type) != GIF_OK) {
			return fault(g, g->file->Error);
		}
		if (type == IMAGE_DESC_RECORD_TYPE) {
			rc = frame(g);
		} else if (type == EXTENSION_RECORD_TYPE) {
			rc = extension(g);
		} else {
			break;
		}
	}
	return rc || g->n_frames ? rc
				 : hl_media_note(g->sink, HL_MEDIA_DAMAGED,
					   "a GIF without a picture");
}

static int decode(const struct hl_media_input *in, struct hl_media_sink *sink)
{
	struct gif g = {.in = in,
		.sink = sink,
		.control = {.TransparentColor = NO_TRANSPARENT_COLOR}};
	int code = 0, rc;

	g.file = DGifOpen(&g, read_bytes, &code);
	if (!g.file) {
		return fault(&g, code);
	}
	rc = records(&g);
	DGifCloseFile(g.file, &code);
	free(g.canvas);
	free(g.before);
	free(g.line);
	return rc;
}

const struct hl_media_decoder hl_media_gif = {
	.format = HL_MEDIA_GIF,
	.knows = knows,
	.decode = decode,
};
