/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_VIDEO_FILE_H
#define HL_MEDIA_VIDEO_FILE_H

#include "media/av.h"
#include "media/decode.h"

/* A video's container, opened on bytes in memory. */
struct hl_media_video_file {
	const struct hl_media_input *in; /* set by the caller, as the next */
	struct hl_media_sink *sink;
	bool loaded;
	struct hl_media_av av;
	size_t at; /* in the file */
	AVIOContext *io;
	AVFormatContext *format;
	AVStream *stream; /* the first video stream; borrowed */
};

/* Decoders that may be used, by FFmpeg's names, with commas. */
extern const char hl_media_video_decoders[];

/* FFmpeg's name of the demuxer for a file that begins so; NULL: none. */
const char *hl_media_video_demuxer(const uint8_t *head, size_t n);

/* A status as of decode, with in->limits kept. To be closed in any case. */
int hl_media_video_open(struct hl_media_video_file *v, const char *demuxer);
void hl_media_video_close(struct hl_media_video_file *v);

/* What a fault of FFmpeg's is called here; leaves the note `what`. */
int hl_media_video_fault(
	struct hl_media_video_file *v, int code, const char *what);

#endif
