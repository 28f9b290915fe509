/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two decoder plugins for libheif, after the interface of heif_plugin.h.
 * Neither gets to know the limits of the file, so a fixed one stands in for
 * them: a coded picture may have as many pixels as the default of struct
 * hl_media_limits, whatever the container says of it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "media/heif_codec.h"

#define PIXELS_MAX (1 << 28)
#define PRIORITY 1000 /* libheif's own have 100 to 150 */

static const struct heif_error fine = {
	heif_error_Ok, heif_suberror_Unspecified, "Success"};
static const struct heif_error broken = {
	heif_error_Decoder_plugin_error, heif_suberror_Unspecified, "broken"};
static const struct heif_error no_memory = {heif_error_Memory_allocation_error,
	heif_suberror_Unspecified, "memory"};

/* A decoder of either kind. libheif tells the maker of one nothing, so each
 * looks the libraries up for itself. */
struct codec {
	struct hl_media_heif_lib lib;
	de265_decoder_context *hevc;
	Dav1dContext *av1;
	Dav1dData av1_data;
};

static struct codec *codec_new(void)
{
	struct codec *c = calloc(1, sizeof(*c));

	if (c && !hl_media_heif_load(&c->lib)) {
		free(c);
		return NULL;
	}
	return c;
}

/* What a codec has decoded, in one form. */
struct coded {
	enum heif_chroma chroma;
	int bits;
	struct {
		const uint8_t *rows;
		ptrdiff_t stride;
		int width;
		int height;
	} planes[3];
	uint16_t primaries;
	uint16_t transfer;
	uint16_t matrix;
	bool full_range;
};

static struct heif_error add_planes(const struct hl_media_heif_lib *lib,
	struct heif_image *image, const struct coded *from)
{
	static const enum heif_channel channels[] = {
		heif_channel_Y, heif_channel_Cb, heif_channel_Cr};
	int n = from->chroma == heif_chroma_monochrome ? 1 : 3;

	for (int i = 0; i < n; i++) {
		size_t bytes = (size_t)from->planes[i].width *
			       (from->bits > 8 ? 2 : 1);
		int height = from->planes[i].height, stride = 0;
		struct heif_error err =
			from->planes[i].width > 0 && height > 0
				? lib->heif_image_add_plane(image, channels[i],
					  from->planes[i].width, height,
					  from->bits)
				: broken;

		if (err.code) {
			return err;
		}
		uint8_t *to =
			lib->heif_image_get_plane(image, channels[i], &stride);
		for (ptrdiff_t y = 0; y < height; y++) {
			memcpy(to + y * stride,
				from->planes[i].rows +
					y * from->planes[i].stride,
				bytes);
		}
	}
	return fine;
}

/* Values that libheif does not know stay "unspecified". */
static void set_colours(const struct hl_media_heif_lib *lib,
	struct heif_image *image, const struct coded *from)
{
	struct heif_color_profile_nclx *nclx =
		lib->heif_nclx_color_profile_alloc();

	if (!nclx) {
		return;
	}
	lib->heif_nclx_color_profile_set_color_primaries(nclx, from->primaries);
	lib->heif_nclx_color_profile_set_transfer_characteristics(
		nclx, from->transfer);
	lib->heif_nclx_color_profile_set_matrix_coefficients(
		nclx, from->matrix);
	nclx->full_range_flag = from->full_range;
	lib->heif_image_set_nclx_color_profile(image, nclx);
	lib->heif_nclx_color_profile_free(nclx);
}

/* *out: the picture, in place of one that was there. */
static struct heif_error picture(const struct hl_media_heif_lib *lib,
	const struct coded *from, struct heif_image **out)
{
	struct heif_image *image = NULL;
	struct heif_error err = lib->heif_image_create(from->planes[0].width,
		from->planes[0].height,
		from->chroma == heif_chroma_monochrome
			? heif_colorspace_monochrome
			: heif_colorspace_YCbCr,
		from->chroma, &image);

	err = err.code ? err : add_planes(lib, image, from);
	if (err.code) {
		lib->heif_image_release(image);
		return err;
	}
	set_colours(lib, image, from);
	lib->heif_image_release(*out);
	*out = image;
	return fine;
}

/* ---- HEVC ------------------------------------------------------------- */

static const char *hevc_name(void)
{
	return "libde265 without threads";
}

static int hevc_supports(enum heif_compression_format format)
{
	return format == heif_compression_HEVC ? PRIORITY : 0;
}

/* Asked for each picture before its memory is allocated; arg is what libheif
 * knows as the decoder. */
static int hevc_buffer(de265_decoder_context *hevc,
	struct de265_image_spec *spec, struct de265_image *image, void *arg)
{
	struct codec *c = arg;

	if (spec->width <= 0 || spec->height <= 0 ||
		(int64_t)spec->width * spec->height > PIXELS_MAX) {
		return 0;
	}
	return c->lib.de265_get_default_image_allocation_functions()
		->get_buffer(hevc, spec, image, NULL);
}

static void hevc_release(
	de265_decoder_context *hevc, struct de265_image *image, void *arg)
{
	struct codec *c = arg;

	c->lib.de265_get_default_image_allocation_functions()->release_buffer(
		hevc, image, NULL);
}

static struct heif_error hevc_new(void **out)
{
	struct de265_image_allocation limited = {
		.get_buffer = hevc_buffer, .release_buffer = hevc_release};
	struct codec *c = codec_new();

	*out = c;
	if (!c) {
		return no_memory;
	}
	c->hevc = c->lib.de265_new_decoder();
	if (!c->hevc) {
		free(c);
		*out = NULL;
		return no_memory;
	}
	c->lib.de265_set_image_allocation_functions(c->hevc, &limited, c);
	return fine;
}

static void hevc_free(void *arg)
{
	struct codec *c = arg;

	if (c) {
		c->lib.de265_free_decoder(c->hevc);
	}
	free(c);
}

/* NAL units, each after its length in four bytes. */
static struct heif_error hevc_push(void *arg, const void *data, size_t n)
{
	struct codec *c = arg;
	const uint8_t *p = data;

	while (n > 0) {
		size_t size = n < 4 ? 0
				    : (size_t)p[0] << 24 | (size_t)p[1] << 16 |
					      (size_t)p[2] << 8 | p[3];

		if (n < 4 || size > n - 4) {
			return broken;
		}
		if (!c->lib.de265_isOK(c->lib.de265_push_NAL(
			    c->hevc, p + 4, (int)size, 0, NULL))) {
			return no_memory;
		}
		p += 4 + size;
		n -= 4 + size;
	}
	return fine;
}

static struct heif_error hevc_picture(const struct hl_media_heif_lib *lib,
	const struct de265_image *from, struct heif_image **out)
{
	enum de265_chroma chroma = lib->de265_get_chroma_format(from);
	struct coded coded = {.chroma = (enum heif_chroma)chroma,
		.bits = lib->de265_get_bits_per_pixel(from, 0),
		.primaries =
			(uint16_t)lib->de265_get_image_colour_primaries(from),
		.transfer =
			(uint16_t)lib->de265_get_image_transfer_characteristics(
				from),
		.matrix = (uint16_t)lib->de265_get_image_matrix_coefficients(
			from),
		.full_range = lib->de265_get_image_full_range_flag(from)};

	for (int i = 0; i < (chroma == de265_chroma_mono ? 1 : 3); i++) {
		int stride = 0;

		if (lib->de265_get_bits_per_pixel(from, i) != coded.bits) {
			return broken;
		}
		coded.planes[i].rows =
			lib->de265_get_image_plane(from, i, &stride);
		coded.planes[i].stride = stride;
		coded.planes[i].width = lib->de265_get_image_width(from, i);
		coded.planes[i].height = lib->de265_get_image_height(from, i);
	}
	return picture(lib, &coded, out);
}

/* Of several pictures the last counts, as with libheif's own. */
static struct heif_error hevc_decode(void *arg, struct heif_image **out)
{
	struct codec *c = arg;
	const struct hl_media_heif_lib *lib = &c->lib;
	struct heif_error err = fine;
	int more = 1;

	*out = NULL;
	lib->de265_flush_data(c->hevc);
	while (more && !err.code) {
		more = 0;
		if (!lib->de265_isOK(lib->de265_decode(c->hevc, &more))) {
			break;
		}
		const struct de265_image *image =
			lib->de265_get_next_picture(c->hevc);
		if (image) {
			err = hevc_picture(lib, image, out);
			lib->de265_release_next_picture(c->hevc);
		}
	}
	if (err.code || !*out) {
		lib->heif_image_release(*out);
		*out = NULL;
		return err.code ? err : broken;
	}
	return fine;
}

/* ---- AV1 -------------------------------------------------------------- */

static const char *av1_name(void)
{
	return "dav1d without threads";
}

static int av1_supports(enum heif_compression_format format)
{
	return format == heif_compression_AV1 ? PRIORITY : 0;
}

static struct heif_error av1_new(void **out)
{
	struct codec *c = codec_new();
	Dav1dSettings settings;

	*out = c;
	if (!c) {
		return no_memory;
	}
	c->lib.dav1d_default_settings(&settings);
	settings.n_threads = 1;
	settings.max_frame_delay = 1;
	settings.all_layers = 0;
	settings.frame_size_limit = PIXELS_MAX;
	settings.logger.callback = NULL;
	if (c->lib.dav1d_open(&c->av1, &settings) != 0) {
		free(c);
		*out = NULL;
		return no_memory;
	}
	return fine;
}

static void av1_free(void *arg)
{
	struct codec *c = arg;

	if (c) {
		c->lib.dav1d_data_unref(&c->av1_data);
		c->lib.dav1d_close(&c->av1);
	}
	free(c);
}

static struct heif_error av1_push(void *arg, const void *data, size_t n)
{
	struct codec *c = arg;
	uint8_t *to;

	if (n == 0 || c->av1_data.sz) {
		return broken;
	}
	to = c->lib.dav1d_data_create(&c->av1_data, n);
	if (!to) {
		return no_memory;
	}
	memcpy(to, data, n);
	return fine;
}

static struct heif_error av1_picture(const struct hl_media_heif_lib *lib,
	const Dav1dPicture *from, struct heif_image **out)
{
	static const enum heif_chroma chromas[] = {
		[DAV1D_PIXEL_LAYOUT_I400] = heif_chroma_monochrome,
		[DAV1D_PIXEL_LAYOUT_I420] = heif_chroma_420,
		[DAV1D_PIXEL_LAYOUT_I422] = heif_chroma_422,
		[DAV1D_PIXEL_LAYOUT_I444] = heif_chroma_444,
	};
	struct coded coded = {.chroma = chromas[from->p.layout],
		.bits = from->p.bpc,
		.primaries = (uint16_t)from->seq_hdr->pri,
		.transfer = (uint16_t)from->seq_hdr->trc,
		.matrix = (uint16_t)from->seq_hdr->mtrx,
		.full_range = from->seq_hdr->color_range};
	bool halved_down = coded.chroma == heif_chroma_420;
	bool halved = halved_down || coded.chroma == heif_chroma_422;

	for (int i = 0; i < 3; i++) {
		coded.planes[i].rows = from->data[i];
		coded.planes[i].stride = from->stride[i > 0];
		coded.planes[i].width =
			i > 0 && halved ? (from->p.w + 1) / 2 : from->p.w;
		coded.planes[i].height =
			i > 0 && halved_down ? (from->p.h + 1) / 2 : from->p.h;
	}
	return picture(lib, &coded, out);
}

static struct heif_error av1_decode(void *arg, struct heif_image **out)
{
	struct codec *c = arg;
	Dav1dPicture from = {0};
	struct heif_error err;
	bool drained = false;
	int got;

	*out = NULL;
	do {
		int sent = c->av1_data.sz ? c->lib.dav1d_send_data(
						    c->av1, &c->av1_data)
					  : 0;

		if (sent < 0 && sent != DAV1D_ERR(EAGAIN)) {
			return broken;
		}
		drained = !c->av1_data.sz;
		got = c->lib.dav1d_get_picture(c->av1, &from);
	} while (got == DAV1D_ERR(EAGAIN) && !drained);
	/* Once more with nothing left to send: that is final. */
	if (got == DAV1D_ERR(EAGAIN)) {
		got = c->lib.dav1d_get_picture(c->av1, &from);
	}
	if (got < 0) {
		return got == DAV1D_ERR(ENOMEM) ? no_memory : broken;
	}
	err = av1_picture(&c->lib, &from, out);
	c->lib.dav1d_picture_unref(&from);
	return err;
}

static void strict(void *codec, int flag)
{
	(void)codec;
	(void)flag;
}

int hl_media_heif_codecs(const struct hl_media_heif_lib *lib)
{
	static const struct heif_decoder_plugin hevc = {
		.plugin_api_version = 3,
		.get_plugin_name = hevc_name,
		.does_support_format = hevc_supports,
		.new_decoder = hevc_new,
		.free_decoder = hevc_free,
		.push_data = hevc_push,
		.decode_image = hevc_decode,
		.set_strict_decoding = strict,
		.id_name = "hotline-hevc",
	};
	static const struct heif_decoder_plugin av1 = {
		.plugin_api_version = 3,
		.get_plugin_name = av1_name,
		.does_support_format = av1_supports,
		.new_decoder = av1_new,
		.free_decoder = av1_free,
		.push_data = av1_push,
		.decode_image = av1_decode,
		.set_strict_decoding = strict,
		.id_name = "hotline-av1",
	};

	return lib->heif_register_decoder_plugin(&hevc).code ||
			       lib->heif_register_decoder_plugin(&av1).code
		       ? -1
		       : 0;
}
