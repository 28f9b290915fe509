/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <assert.h>
#include <stdlib.h>

/*
 * Decoding takes at least a byte and never more than there is; what is
 * written back is well-formed, and the same bytes if they were so before.
 * Cleaning leaves well-formed text.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing unseen is left, and cleaning again changes nothing. */
static void check_clean(struct hl_str valid)
{
	char *text = malloc(valid.n + 1);

	memcpy(text, valid.p ? valid.p : "", valid.n);
	size_t n = hl_utf8_clean(text, valid.n);
	struct hl_str s = hl_str_mem(text, n);

	assert(n <= valid.n && hl_utf8_valid(s));
	assert(hl_utf8_clean(text, n) == n);
	while (s.n) {
		uint32_t c;

		s = hl_str_sub(s, hl_utf8_next(s, &c), s.n);
		assert(!hl_utf8_unseen(c));
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_str all = hl_str_mem(data, size), s = all;
	HL_BUF_AUTO out = HL_BUF_INIT(4 * size + 16);
	size_t count = 0;

	while (s.n) {
		uint32_t c;
		size_t n = hl_utf8_next(s, &c);

		assert(n >= 1 && n <= s.n && n <= 4);
		assert(c <= 0x10ffff && (c < 0xd800 || c > 0xdfff));
		hl_utf8_put(&out, c);
		s = hl_str_sub(s, n, s.n);
		count++;
	}
	assert(!out.fault);
	assert(hl_utf8_count(all) == count);
	assert(hl_utf8_valid(hl_buf_str(&out)));
	assert(hl_utf8_valid(all) == hl_str_eq(all, hl_buf_str(&out)));
	check_clean(hl_buf_str(&out));
	return 0;
}
