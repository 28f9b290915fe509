/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/feed.h"

#include <assert.h>

/* What is read of a feed and holds is written as a feed that is read as the
 * same again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_ARENA_AUTO *arena = hl_arena_new((size_t)32 << 20, false);
	HL_BUF_AUTO one = HL_BUF_INIT((size_t)32 << 20), two = one;
	struct hl_lookup_batch b, back;

	assert(arena);
	int r = hl_lookup_feed_parse(hl_str_mem(data, size), arena, &b, NULL);
	assert(r == 0 || r == HL_E_INVALID);
	const struct hl_lookup_ask ask = {.after = b.after};
	if (r || hl_lookup_batch_check(&b, &ask, NULL)) {
		return 0;
	}
	hl_lookup_feed_put(&one, &b);
	assert(!one.fault);
	assert(!hl_lookup_feed_parse(hl_buf_str(&one), arena, &back, NULL));
	assert(!hl_lookup_batch_check(&back, &ask, NULL));
	hl_lookup_feed_put(&two, &back);
	assert(hl_str_eq(hl_buf_str(&one), hl_buf_str(&two)));
	return 0;
}
