/* SPDX-License-Identifier: Apache-2.0 */
#define FUZZ_MEDIA_PIXELS (1u << 12)
#include "media.h"
/* Where FFmpeg's libraries are not there, everything is unsupported. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_media(&hl_media_video, data, size);
}
