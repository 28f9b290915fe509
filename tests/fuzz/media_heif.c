/* SPDX-License-Identifier: Apache-2.0 */
#include "media.h"

/* The moving part of a file is the affair of media_video. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_media(hl_media_avif.knows(data, size) ? &hl_media_avif
							  : &hl_media_heif,
		data, size);
}
