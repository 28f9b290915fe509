/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_MEDIA_HEIF_CODEC_H
#define HL_MEDIA_HEIF_CODEC_H

#include "media/heif_lib.h"

/*
 * Makes libheif decode HEVC by libde265 and AV1 by dav1d without threads.
 * Its own ways start a thread for each picture; where none can be had, the
 * one for HEVC waits for ever and the one for AV1 fails. May be called again.
 * Gives 0, or -1 when libheif does not take them.
 */
int hl_media_heif_codecs(const struct hl_media_heif_lib *lib);

#endif
