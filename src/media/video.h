/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_VIDEO_H
#define HL_MEDIA_VIDEO_H

#include "media/decode.h"

/*
 * The moving part of a HEIF or AVIF file, every frame of it; the first gets
 * the number given. As decode of struct hl_media_decoder.
 */
int hl_media_video_sequence(const struct hl_media_input *in,
	struct hl_media_sink *sink, uint32_t number);

#endif
