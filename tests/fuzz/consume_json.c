/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/http.h"

#include <assert.h>

/* What is taken keeps to its limits; what is refused says why, in words of
 * ours. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)4 << 20, false);
	const char *detail = NULL;
	struct hl_consume_ask ask;
	char at[32];

	assert(arena);
	int r = hl_consume_ask_parse(
		hl_str_mem(data, size), arena, &ask, &detail, at);
	if (r) {
		assert(r == HL_E_INVALID && detail && strlen(at) < sizeof(at));
		return 0;
	}
	assert(ask.n >= 1 && ask.n <= HL_CONSUME_HTTP_BATCH_MAX);
	for (size_t i = 0; i < ask.n; i++) {
		assert(ask.urls[i].p && ask.urls[i].n <= size);
	}
	return 0;
}
