/* SPDX-License-Identifier: Apache-2.0 */
#include "media.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Half of the inputs as for screening. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_media_flags(
		&hl_media_jpeg, data, size, size % 2 ? HL_MEDIA_SCREENING : 0);
}
