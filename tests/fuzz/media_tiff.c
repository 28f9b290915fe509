/* SPDX-License-Identifier: Apache-2.0 */
#include "media.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_media(&hl_media_tiff, data, size);
}
