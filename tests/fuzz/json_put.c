/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <assert.h>

#include "base/utf8.h"

/*
 * Whatever bytes are put as a string, an independent reader takes the
 * result for one JSON string, reads well-formed text back unchanged, and
 * finds nothing in it that could end a script or an attribute.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_str in = hl_str_mem(data, size);
	HL_BUF_AUTO out = HL_BUF_INIT(6 * size + 64);

	hl_buf_put_c(&out, '{');
	hl_json_put_member(&out, "a", in);
	hl_json_put_member_i64(&out, "n", (int64_t)size);
	hl_buf_put_c(&out, '}');
	assert(!out.fault);
	assert(hl_str_find_char(hl_buf_str(&out), '<') == out.n);
	assert(hl_str_find_char(hl_buf_str(&out), '&') == out.n);
	assert(hl_str_find_char(hl_buf_str(&out), '\'') == out.n ||
		hl_str_find_char(in, '\'') < in.n);

	/* jansson refuses U+0000 unless told otherwise. */
	if (hl_str_find_char(in, '\0') == in.n) {
		HL_JSON_AUTO *back = NULL;

		assert(!hl_json_parse(hl_buf_str(&out), out.n, &back, NULL));
		assert(hl_json_int(back, "n", -1) == (int64_t)size);
		assert(!hl_utf8_valid(in) ||
			hl_str_eq(in, hl_json_str(back, "a")));
	}
	return 0;
}
