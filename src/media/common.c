/* SPDX-License-Identifier: Apache-2.0 */
/* What all decoders share, and the names of things. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "media/decode.h"

/* The shorter side of a picture that is reduced for screening keeps this
 * many pixels; measured: half of the hashes stay within 6 bits. */
#define REDUCED_SIDE 768u

const char *hl_media_format_name(enum hl_media_format format)
{
	static const char *const names[HL_MEDIA_N_FORMATS] = {
		[HL_MEDIA_UNKNOWN] = "unknown",
		[HL_MEDIA_JPEG] = "jpeg",
		[HL_MEDIA_PNG] = "png",
		[HL_MEDIA_WEBP] = "webp",
		[HL_MEDIA_GIF] = "gif",
		[HL_MEDIA_TIFF] = "tiff",
		[HL_MEDIA_BMP] = "bmp",
		[HL_MEDIA_HEIF] = "heif",
		[HL_MEDIA_AVIF] = "avif",
		[HL_MEDIA_VIDEO] = "video",
	};

	return (unsigned)format < HL_MEDIA_N_FORMATS ? names[format]
						     : "unknown";
}

const char *hl_media_status_name(enum hl_media_status status)
{
	static const char *const names[HL_MEDIA_N_STATUSES] = {
		[HL_MEDIA_HASHED] = "hashed",
		[HL_MEDIA_NO_PICTURE] = "no-picture",
		[HL_MEDIA_UNSUPPORTED] = "unsupported",
		[HL_MEDIA_REFUSED] = "refused",
		[HL_MEDIA_DAMAGED] = "damaged",
		[HL_MEDIA_NO_MEMORY] = "too-much-memory",
		[HL_MEDIA_TOO_LONG] = "too-long",
		[HL_MEDIA_CRASHED] = "crashed",
		[HL_MEDIA_UNREADABLE] = "unreadable",
		[HL_MEDIA_UNAVAILABLE] = "unavailable",
	};

	return (unsigned)status < HL_MEDIA_N_STATUSES ? names[status]
						      : "unknown";
}

static uint64_t either(uint64_t given, uint64_t usual)
{
	return given ? given : usual;
}

static uint32_t at_most(uint32_t given, uint32_t usual, uint32_t most)
{
	uint32_t v = given ? given : usual;

	return v < most ? v : most;
}

void hl_media_limits_default(struct hl_media_limits *l)
{
	l->bytes_max = either(l->bytes_max, (uint64_t)4 << 30);
	l->pixels_max = either(l->pixels_max, (uint64_t)1 << 28);
	l->memory_max = either(l->memory_max, (uint64_t)1 << 30);
	l->side_max =
		at_most(l->side_max, HL_MATCH_SIDE_MAX, HL_MATCH_SIDE_MAX);
	l->frames_max = at_most(l->frames_max, 4096, HL_MEDIA_FRAMES_MOST);
	l->seconds_max = at_most(l->seconds_max, 60, 86400);
}

int hl_media_note(struct hl_media_sink *sink, int status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(sink->note, sizeof(sink->note), fmt, args);
	va_end(args);
	for (char *c = sink->note; *c; c++) {
		*c = *c >= ' ' && *c <= '~' ? *c : '?';
	}
	return status;
}

int hl_media_check_size(const struct hl_media_input *in,
	struct hl_media_sink *sink, uint64_t width, uint64_t height)
{
	const struct hl_media_limits *most = &in->limits;

	if (width == 0 || height == 0) {
		return hl_media_note(
			sink, HL_MEDIA_DAMAGED, "a side of no pixels");
	}
	if (width > most->side_max || height > most->side_max) {
		return hl_media_note(sink, HL_MEDIA_REFUSED,
			"%" PRIu64 " x %" PRIu64
			" pixels, a side may have %" PRIu32,
			width, height, most->side_max);
	}
	if (width * height > most->pixels_max) {
		return hl_media_note(sink, HL_MEDIA_REFUSED,
			"%" PRIu64 " x %" PRIu64
			" pixels, a picture may have %" PRIu64,
			width, height, most->pixels_max);
	}
	return 0;
}

unsigned hl_media_reduction(
	const struct hl_media_input *in, uint32_t width, uint32_t height)
{
	uint32_t side = width < height ? width : height;
	unsigned by = 8;

	if (!(in->flags & HL_MEDIA_SCREENING)) {
		return 1;
	}
	while (by > 1 && side / by < REDUCED_SIDE) {
		by /= 2;
	}
	return by;
}
