/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WebP by libwebp and libwebpdemux. A still picture is decoded to RGB, an
 * animation frame by frame to its composed canvas, as PIL does it: what is
 * transparent counts with the colour that it has, black where nothing was
 * drawn; the background colour of the file, which viewers ignore, is not
 * used.
 *
 * An animation that ends early still gives its whole frames. libwebp's
 * decoder of animations takes complete files only, so it is given a copy
 * that ends behind the last whole frame and says so.
 *
 * No threads are asked for, so libwebp starts none; it opens nothing and
 * prints nothing.
 */
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include "media/decode.h"

#define RIFF_HEADER 8u

static bool knows(const uint8_t *head, size_t n)
{
	return n >= 12 && memcmp(head, "RIFF", 4) == 0 &&
	       memcmp(head + 8, "WEBP", 4) == 0;
}

static uint8_t orientation_of(const WebPDemuxer *demuxer)
{
	WebPChunkIterator at;
	uint8_t orientation = 0;

	if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &at)) {
		const uint8_t *p = at.chunk.bytes;
		size_t n = at.chunk.size;

		/* Some writers put the marker of JPEG before the block. */
		if (n >= 6 && memcmp(p, "Exif\0", 6) == 0) {
			p += 6;
			n -= 6;
		}
		orientation = hl_media_exif_orientation(p, n);
	}
	WebPDemuxReleaseChunkIterator(&at);
	return orientation;
}

static int damaged(struct hl_media_sink *sink, const char *what)
{
	return hl_media_note(sink, HL_MEDIA_DAMAGED, "%s", what);
}

static bool configure(WebPDecoderConfig *config,
	const struct hl_media_shape *shape, uint8_t *pixels)
{
	if (!WebPInitDecoderConfig(config)) {
		return false;
	}
	config->output.colorspace = MODE_RGB;
	config->output.is_external_memory = 1;
	config->output.u.RGBA.rgba = pixels;
	config->output.u.RGBA.stride = (int)(3 * shape->width);
	config->output.u.RGBA.size = 3 * (size_t)shape->width * shape->height;
	return true;
}

static int still_into(const WebPData *data, struct hl_media_sink *sink,
	const struct hl_media_shape *shape, uint8_t *pixels)
{
	WebPDecoderConfig config;

	if (!configure(&config, shape, pixels)) {
		return HL_MEDIA_UNSUPPORTED;
	}
	switch (WebPDecode(data->bytes, data->size, &config)) {
	case VP8_STATUS_OK:
		break;
	case VP8_STATUS_OUT_OF_MEMORY:
		return HL_MEDIA_NO_MEMORY;
	case VP8_STATUS_UNSUPPORTED_FEATURE:
		return HL_MEDIA_UNSUPPORTED;
	case VP8_STATUS_INVALID_PARAM:
	case VP8_STATUS_BITSTREAM_ERROR:
	case VP8_STATUS_SUSPENDED:
	case VP8_STATUS_USER_ABORT:
	case VP8_STATUS_NOT_ENOUGH_DATA:
	default:
		return damaged(sink, "the picture's data are broken");
	}
	int rc = hl_media_rows(
		sink, pixels, 3 * (size_t)shape->width, shape->height);

	return rc ? rc : hl_media_end(sink);
}

/* Of a file that ends early: the rows that it has. */
static int part_into(const WebPData *data, struct hl_media_sink *sink,
	const struct hl_media_shape *shape, uint8_t *pixels)
{
	WebPDecoderConfig config;
	WebPIDecoder *decoder = configure(&config, shape, pixels)
					? WebPINewDecoder(&config.output)
					: NULL;
	int n_rows = 0, rc = 0;

	if (!decoder) {
		return HL_MEDIA_NO_MEMORY;
	}
	WebPIUpdate(decoder, data->bytes, data->size);
	if (WebPIDecGetRGB(decoder, &n_rows, NULL, NULL, NULL) && n_rows > 0) {
		rc = hl_media_rows(
			sink, pixels, 3 * (size_t)shape->width, (size_t)n_rows);
	}
	WebPIDelete(decoder);
	return rc ? rc : damaged(sink, "the file ends early");
}

/* The bits of the one picture, without the container about them. */
static int still(const struct hl_media_input *in, struct hl_media_sink *sink,
	const WebPIterator *at, uint8_t orientation)
{
	const WebPData *data = &at->fragment;
	struct hl_media_shape shape = {
		.pixels = HL_MATCH_RGB24, .oriented = orientation};
	WebPBitstreamFeatures is;
	int rc;

	if (WebPGetFeatures(data->bytes, data->size, &is) != VP8_STATUS_OK) {
		return damaged(sink, "the picture's header is broken");
	}
	/* The container's size was checked; the picture's own counts. */
	rc = hl_media_check_size(
		in, sink, (uint64_t)is.width, (uint64_t)is.height);
	if (rc) {
		return rc;
	}
	shape.width = (uint32_t)is.width;
	shape.height = (uint32_t)is.height;
	uint8_t *pixels = malloc(3 * (size_t)shape.width * shape.height);
	rc = pixels ? hl_media_begin(sink, &shape) : HL_MEDIA_NO_MEMORY;
	if (rc == 0) {
		rc = at->complete ? still_into(data, sink, &shape, pixels)
				  : part_into(data, sink, &shape, pixels);
	}
	free(pixels);
	return rc;
}

static int picture(const struct hl_media_input *in, struct hl_media_sink *sink,
	const WebPDemuxer *demuxer, bool whole)
{
	WebPIterator at;
	int rc;

	if (WebPDemuxGetFrame(demuxer, 1, &at)) {
		rc = still(in, sink, &at, orientation_of(demuxer));
		/* Something behind the picture may be missing. */
		sink->flawed |= rc == 0 && !whole;
	} else {
		rc = damaged(sink, "the file ends early");
	}
	WebPDemuxReleaseIterator(&at);
	return rc;
}

static int one_frame(WebPAnimDecoder *decoder, struct hl_media_sink *sink,
	struct hl_media_shape *shape)
{
	uint8_t *canvas = NULL;
	int ends_ms = 0, rc = hl_media_begin(sink, shape);

	if (rc) {
		return rc;
	}
	if (!WebPAnimDecoderGetNext(decoder, &canvas, &ends_ms)) {
		return damaged(sink, "a frame's data are broken");
	}
	rc = hl_media_rows(
		sink, canvas, 4 * (size_t)shape->width, shape->height);
	shape->number++;
	shape->seconds = ends_ms > 0 ? (double)ends_ms / 1000 : 0;
	return rc ? rc : hl_media_end(sink);
}

/* A whole file; shape has the canvas. */
static int frames(const WebPData *data, struct hl_media_sink *sink,
	struct hl_media_shape *shape)
{
	WebPAnimDecoderOptions options;
	WebPAnimDecoder *decoder;
	int rc = 0;

	if (!WebPAnimDecoderOptionsInit(&options)) {
		return HL_MEDIA_UNSUPPORTED;
	}
	options.color_mode = MODE_RGBA;
	options.use_threads = 0;
	decoder = WebPAnimDecoderNew(data, &options);
	if (!decoder) {
		return HL_MEDIA_NO_MEMORY;
	}
	while (rc == 0 && WebPAnimDecoderHasMoreFrames(decoder)) {
		rc = one_frame(decoder, sink, shape);
	}
	WebPAnimDecoderDelete(decoder);
	return rc;
}

/* Where in the file the last whole frame ends; 0: there is none. */
static size_t whole_frames(
	const struct hl_media_input *in, const WebPDemuxer *demuxer)
{
	WebPIterator at;
	size_t end = 0;

	if (WebPDemuxGetFrame(demuxer, 1, &at)) {
		do {
			if (!at.complete) {
				break;
			}
			end = (size_t)(at.fragment.bytes - in->bytes) +
			      at.fragment.size;
			end += end % 2;
		} while (WebPDemuxNextFrame(&at));
	}
	WebPDemuxReleaseIterator(&at);
	return end < in->n ? end : in->n;
}

static int frames_of_part(const struct hl_media_input *in,
	struct hl_media_sink *sink, const WebPDemuxer *demuxer,
	struct hl_media_shape *shape)
{
	size_t end = whole_frames(in, demuxer);
	uint8_t *copy = end > RIFF_HEADER ? malloc(end) : NULL;
	int rc = copy || !end ? 0 : HL_MEDIA_NO_MEMORY;

	if (copy) {
		const WebPData data = {copy, end};
		size_t says = end - RIFF_HEADER;

		memcpy(copy, in->bytes, end);
		for (size_t i = 0; i < 4; i++) {
			copy[4 + i] = (uint8_t)(says >> 8 * i);
		}
		rc = frames(&data, sink, shape);
		free(copy);
	}
	return rc ? rc : damaged(sink, "the file ends early");
}

static int animation(const struct hl_media_input *in,
	struct hl_media_sink *sink, const WebPDemuxer *demuxer, bool whole)
{
	const WebPData data = {in->bytes, in->n};
	struct hl_media_shape shape = {
		.width = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH),
		.height = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT),
		.pixels = HL_MATCH_RGBA32,
		.oriented = orientation_of(demuxer)};

	return whole ? frames(&data, sink, &shape)
		     : frames_of_part(in, sink, demuxer, &shape);
}

static int decode(const struct hl_media_input *in, struct hl_media_sink *sink)
{
	const WebPData data = {in->bytes, in->n};
	WebPDemuxState state;
	WebPDemuxer *demuxer = WebPDemuxPartial(&data, &state);
	bool whole = state == WEBP_DEMUX_DONE;
	int rc;

	if (!demuxer || state == WEBP_DEMUX_PARSE_ERROR ||
		state == WEBP_DEMUX_PARSING_HEADER) {
		WebPDemuxDelete(demuxer);
		return damaged(sink, "the container is broken");
	}
	rc = hl_media_check_size(in, sink,
		WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH),
		WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT));
	if (rc == 0 && (WebPDemuxGetI(demuxer, WEBP_FF_FORMAT_FLAGS) &
			       ANIMATION_FLAG)) {
		rc = animation(in, sink, demuxer, whole);
	} else if (rc == 0) {
		rc = picture(in, sink, demuxer, whole);
	}
	WebPDemuxDelete(demuxer);
	return rc;
}

const struct hl_media_decoder hl_media_webp = {
	.format = HL_MEDIA_WEBP,
	.knows = knows,
	.decode = decode,
};
