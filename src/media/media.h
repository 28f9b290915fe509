/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_MEDIA_H
#define HL_MEDIA_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hotline/match.h"

/* What goes into and comes out of hashing a file: media/pool.h does it. */

enum hl_media_format {
	HL_MEDIA_UNKNOWN = 0,
	HL_MEDIA_JPEG,
	HL_MEDIA_PNG,
	HL_MEDIA_WEBP,
	HL_MEDIA_GIF,
	HL_MEDIA_TIFF,
	HL_MEDIA_BMP,
	HL_MEDIA_HEIF,
	HL_MEDIA_AVIF,
	HL_MEDIA_VIDEO,
	HL_MEDIA_N_FORMATS,
};
/* "jpeg"; "unknown"; static. */
const char *hl_media_format_name(enum hl_media_format format);

enum hl_media_status {
	HL_MEDIA_HASHED = 0,
	HL_MEDIA_NO_PICTURE,  /* empty, or of no format that is known */
	HL_MEDIA_UNSUPPORTED, /* a form of a known format that is not read */
	HL_MEDIA_REFUSED,     /* a bomb, or over another limit */
	HL_MEDIA_DAMAGED,
	HL_MEDIA_NO_MEMORY, /* wanted more than the limit */
	HL_MEDIA_TOO_LONG,
	HL_MEDIA_CRASHED,     /* or tried what the sandbox forbids */
	HL_MEDIA_UNREADABLE,  /* the file could not be read by the caller */
	HL_MEDIA_UNAVAILABLE, /* no worker can be had; no fault of the file */
	HL_MEDIA_N_STATUSES,
};
/* "hashed", "no-picture", …: for machines. */
const char *hl_media_status_name(enum hl_media_status status);

/* 0 takes the default in brackets. */
struct hl_media_limits {
	uint64_t bytes_max;   /* of a file [4 GiB] */
	uint64_t pixels_max;  /* of a picture as it says itself [2^28] */
	uint64_t memory_max;  /* bytes of a worker beside the file [1 GiB] */
	uint32_t side_max;    /* pixels [65535, which is the most] */
	uint32_t frames_max;  /* hashed of one file [4096] */
	uint32_t seconds_max; /* a file may take, by the clock [60] */
};
#define HL_MEDIA_FRAMES_MOST 1000000u
void hl_media_limits_default(struct hl_media_limits *limits);

enum {                          /* flags of a call */
	HL_MEDIA_SCREENING = 1, /* scaled decoding; see HL_MEDIA_SCALED */
	HL_MEDIA_DIHEDRAL = 2,
	HL_MEDIA_CLI512 = 4,
	HL_MEDIA_DIGESTS = 8,
	HL_MEDIA_UPRIGHT = 16, /* turn by the EXIF orientation, then hash */
};

struct hl_media_options {
	uint32_t flags;
	double video_every; /* seconds between a video's frames; 0: 1 */
};

struct hl_media_frame {
	struct hl_match_frame pdq;         /* number, quality, seconds, hash */
	struct hl_match_pdq_result cli512; /* HL_MEDIA_CLI512 */
	struct hl_match_hash dihedral[8];  /* HL_MEDIA_DIHEDRAL */
};

enum {                       /* flags of a result */
	HL_MEDIA_SCALED = 1, /* hashes are for screening only, never a list's */
	HL_MEDIA_FLAWED = 2, /* damaged in places, hashed as far as it goes */
	HL_MEDIA_CUT = 4,    /* there are more frames than were hashed */
	HL_MEDIA_TURNED = 8, /* by HL_MEDIA_UPRIGHT */
};

#define HL_MEDIA_NOTE_MAX 120u
struct hl_media_result {
	enum hl_media_status status;
	enum hl_media_format format;
	uint32_t flags;
	uint32_t width; /* of the first picture, as the file has it */
	uint32_t height;
	uint8_t orientation; /* EXIF, 1 to 8; 0: the file says none */
	/* The first ones are there even when the status is not _HASHED. */
	struct hl_media_frame *frames; /* owned */
	size_t n_frames;
	uint64_t n_bytes;
	int64_t worked_us; /* that workers were kept busy, by the clock */
	bool digests;      /* HL_MEDIA_DIGESTS, and the file could be read */
	uint8_t md5[16];
	uint8_t sha1[20];
	uint8_t sha256[32];
	/* One line of English: "refused: 60000 x 60000 pixels are over …". */
	char text[HL_MEDIA_NOTE_MAX + 80];
};
/* Frees what is owned; a zeroed one may be given, and twice. */
void hl_media_result_fini(struct hl_media_result *result);

#endif
