/* SPDX-License-Identifier: Apache-2.0 */
#include "web/cookie.h"

#include <assert.h>

/*
 * Any Cookie header: what is found lies inside the header, has no ";" and
 * does not begin or end with a space; and a second cookie of the same name
 * makes it disappear.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct hl_str get(struct hl_str header, bool twice, bool secure)
{
	const struct hl_web_header headers[] = {{HL_STR_INIT("Cookie"), header},
		{HL_STR_INIT("cookie"), HL_STR_INIT("s=2; __Host-s=2")}};
	const struct hl_web_request req = {.headers = headers,
		.n_headers = twice ? 2 : 1,
		.secure = secure};

	return hl_web_cookie_get(&req, "s");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hl_str header = hl_str_mem(data, size);

	for (int secure = 0; secure < 2; secure++) {
		struct hl_str v = get(header, false, secure);

		if (!v.p) {
			continue;
		}
		assert(v.p >= header.p && v.p + v.n <= header.p + header.n);
		assert(hl_str_find_char(v, ';') == v.n);
		assert(hl_str_trim(v).n == v.n);
		assert(!get(header, true, secure).p);
	}
	return 0;
}
