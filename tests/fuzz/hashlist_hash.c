/* SPDX-License-Identifier: Apache-2.0 */
#include "hashlist_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hashlist_fuzz(HL_HASHLIST_HASH, hl_str_mem(data, size));
	return 0;
}
