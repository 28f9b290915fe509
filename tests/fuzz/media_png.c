/* SPDX-License-Identifier: Apache-2.0 */
#define FUZZ_MEDIA_PIXELS (1u << 12)
#define FUZZ_MEDIA_MEMORY (1u << 20)
#include "media.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_media(&hl_media_png, data, size);
}
