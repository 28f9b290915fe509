/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HEIF and AVIF by libheif: the primary picture first, then the other
 * top-level ones in the order of their numbers; thumbnails, depth maps and
 * alpha planes are not top-level. A sequence that comes with them, or alone,
 * is a track like a video's, of which libheif knows nothing: FFmpeg's
 * libraries give its frames.
 *
 * What is hashed is the picture as the file defines it: turned, mirrored and
 * cropped by the properties irot, imir and clap, which libheif applies. In
 * this format they are part of the picture and an EXIF orientation is a
 * copy for information (ISO/IEC 23008-12, 6.5.10 and A.2), so that every
 * reader, and every peer that hashes, sees this. The orientation offered is
 * therefore 1, upright.
 *
 * libheif of 1.15 has its codecs linked in and loads no plugin by itself; it
 * opens nothing and prints nothing. Its ways to the codecs start threads,
 * heif_codec.c has others.
 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "media/heif_codec.h"
#include "media/heif_lib.h"
#include "media/heif_refs.h"
#include "media/video.h"

static uint32_t u32_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* Whether the file's first box names one of the brands, 4 bytes each. */
static bool has_brand(const uint8_t *head, size_t n, const char *brands)
{
	size_t end = n >= 12 ? u32_at(head) : 0;

	if (end < 12 || memcmp(head + 4, "ftyp", 4) != 0) {
		return false;
	}
	end = end < n ? end : n;
	for (size_t at = 8; at + 4 <= end; at += 4) {
		/* 12 to 15 are the version of the first brand */
		for (const char *b = brands; at != 12 && *b; b += 4) {
			if (memcmp(head + at, b, 4) == 0) {
				return true;
			}
		}
	}
	return false;
}

static bool knows_avif(const uint8_t *head, size_t n)
{
	return has_brand(head, n, "avifavis");
}

static bool knows_heif(const uint8_t *head, size_t n)
{
	return has_brand(head, n, "heicheixheimheishevchevxmif1msf1");
}

static int fault(struct hl_media_sink *sink, struct heif_error err)
{
	if (err.subcode == heif_suberror_Security_limit_exceeded) {
		return hl_media_note(sink, HL_MEDIA_REFUSED, "%s", err.message);
	}
	if (err.code == heif_error_Memory_allocation_error) {
		return HL_MEDIA_NO_MEMORY;
	}
	return hl_media_note(sink,
		err.code == heif_error_Unsupported_feature ||
				err.code == heif_error_Unsupported_filetype
			? HL_MEDIA_UNSUPPORTED
			: HL_MEDIA_DAMAGED,
		"%s", err.message);
}

struct run {
	const struct hl_media_heif_lib *lib;
	const struct hl_media_input *in;
	struct hl_media_sink *sink;
	struct heif_context *file;
	uint32_t n_items;
	bool ended; /* by the sink */
};

static int to_sink(struct run *r, const struct hl_media_shape *shape,
	const uint8_t *rows, size_t stride)
{
	int rc = hl_media_begin(r->sink, shape);

	rc = rc ? rc : hl_media_rows(r->sink, rows, stride, shape->height);
	rc = rc ? rc : hl_media_end(r->sink);
	r->ended = rc;
	return rc;
}

static int hand_on(struct run *r, const struct heif_image *image)
{
	int width =
		r->lib->heif_image_get_width(image, heif_channel_interleaved);
	int height =
		r->lib->heif_image_get_height(image, heif_channel_interleaved);
	int stride = 0, rc;
	const uint8_t *rows = r->lib->heif_image_get_plane_readonly(
		image, heif_channel_interleaved, &stride);
	struct hl_media_shape shape = {.width = (uint32_t)width,
		.height = (uint32_t)height,
		.pixels = HL_MATCH_RGB24,
		.number = r->n_items,
		.oriented = 1};

	if (!rows || width <= 0 || height <= 0 || stride / 3 < width) {
		return hl_media_note(
			r->sink, HL_MEDIA_DAMAGED, "a picture without pixels");
	}
	/* It may have another size than it said. */
	rc = hl_media_check_size(r->in, r->sink, shape.width, shape.height);
	return rc ? rc : to_sink(r, &shape, rows, (size_t)stride);
}

static int decode_item(struct run *r, const struct heif_image_handle *item)
{
	struct heif_decoding_options *options =
		r->lib->heif_decoding_options_alloc();
	struct heif_image *image = NULL;
	struct heif_error err;
	int rc;

	if (!options) {
		return HL_MEDIA_NO_MEMORY;
	}
	options->convert_hdr_to_8bit = 1;
	err = r->lib->heif_decode_image(item, &image, heif_colorspace_RGB,
		heif_chroma_interleaved_RGB, options);
	r->lib->heif_decoding_options_free(options);
	rc = err.code || !image ? fault(r->sink, err) : hand_on(r, image);
	r->lib->heif_image_release(image);
	return rc;
}

static int check_size(struct run *r, int width, int height)
{
	return hl_media_check_size(r->in, r->sink,
		width < 0 ? 0 : (uint64_t)width,
		height < 0 ? 0 : (uint64_t)height);
}

/* The size to be decoded, and what is left of it. */
static int check_item(struct run *r, const struct heif_image_handle *item)
{
	int width = r->lib->heif_image_handle_get_ispe_width(item);
	int height = r->lib->heif_image_handle_get_ispe_height(item);
	int rc = check_size(r, width, height);

	rc = rc ? rc
		: check_size(r, r->lib->heif_image_handle_get_width(item),
			  r->lib->heif_image_handle_get_height(item));
	if (rc == 0) {
		/* A grid says its size once more; libheif holds it to this. */
		r->lib->heif_context_set_maximum_image_size_limit(
			r->file, 1 + (width > height ? width : height));
	}
	return rc;
}

static int one_item(struct run *r, heif_item_id id)
{
	struct heif_image_handle *item = NULL;
	struct heif_error err =
		r->lib->heif_context_get_image_handle(r->file, id, &item);
	int rc;

	if (err.code) {
		return fault(r->sink, err);
	}
	rc = check_item(r, item);
	rc = rc ? rc : decode_item(r, item);
	r->lib->heif_image_handle_release(item);
	return rc;
}

/*
 * Pictures do not depend on one another, so a broken one does not end it: its
 * status is given at the end. What the sink says ends it.
 */
static int items(struct run *r)
{
	int n = r->lib->heif_context_get_number_of_top_level_images(r->file),
	    rc = 0;
	heif_item_id primary = 0, *ids;

	ids = calloc(n > 0 ? (size_t)n : 1, sizeof(*ids));
	if (!ids) {
		return HL_MEDIA_NO_MEMORY;
	}
	n = r->lib->heif_context_get_list_of_top_level_image_IDs(
		r->file, ids, n);
	if (!r->lib->heif_context_get_primary_image_ID(r->file, &primary)
			.code) {
		rc = one_item(r, primary);
		r->n_items++;
	}
	for (int i = 0; !r->ended && i < n; i++) {
		if (r->n_items > 0 && ids[i] == primary) {
			continue;
		}
		int one = one_item(r, ids[i]);

		rc = r->ended || rc == 0 ? one : rc;
		r->n_items++;
	}
	free(ids);
	return rc;
}

static int stills(struct run *r)
{
	struct heif_error err;
	int rc = hl_media_heif_refs_end(r->in->bytes, r->in->n);

	if (rc <= 0) {
		return rc < 0 ? HL_MEDIA_NO_MEMORY
			      : hl_media_note(r->sink, HL_MEDIA_REFUSED,
					"pictures that are made of each other");
	}
	r->file = r->lib->heif_context_alloc();
	if (!r->file) {
		return HL_MEDIA_NO_MEMORY;
	}
	/* The caller's own thread decodes the parts of a grid, too. */
	r->lib->heif_context_set_max_decoding_threads(r->file, 0);
	r->lib->heif_context_set_maximum_image_size_limit(
		r->file, (int)r->in->limits.side_max + 1);
	err = r->lib->heif_context_read_from_memory_without_copy(
		r->file, r->in->bytes, r->in->n, NULL);
	rc = err.code ? fault(r->sink, err) : items(r);
	r->lib->heif_context_free(r->file);
	return rc;
}

static int decode(const struct hl_media_input *in, struct hl_media_sink *sink)
{
	bool moving = has_brand(in->bytes, in->n, "avishevchevxmsf1");
	struct hl_media_heif_lib lib;
	struct run r = {.lib = &lib, .in = in, .sink = sink};
	int rc, more;

	if (!hl_media_heif_load(&lib) || hl_media_heif_codecs(&lib) != 0) {
		return hl_media_note(sink, HL_MEDIA_UNSUPPORTED,
			"libheif is not installed, or another");
	}
	rc = stills(&r);
	if (!moving || r.ended) {
		return rc;
	}
	more = hl_media_video_sequence(in, sink, r.n_items);
	/* Without any picture beside it, a sequence is all there is. */
	return rc == 0 || r.n_items == 0 ? more : rc;
}

const struct hl_media_decoder hl_media_heif = {
	.format = HL_MEDIA_HEIF,
	.knows = knows_heif,
	.decode = decode,
};

const struct hl_media_decoder hl_media_avif = {
	.format = HL_MEDIA_AVIF,
	.knows = knows_avif,
	.decode = decode,
};
