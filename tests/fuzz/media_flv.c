/* SPDX-License-Identifier: Apache-2.0 */
/* FFmpeg's demuxer of FLV takes 2 MB for each file, which is most of the
 * time that one costs: it is searched here, so that media_video is fast. */
#define FUZZ_MEDIA_PIXELS (1u << 12)
#include "media.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_media(&hl_media_video, data, size);
}
