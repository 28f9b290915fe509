/* SPDX-License-Identifier: Apache-2.0 */
#include "web/catalogue.h"

#include <assert.h>

#include "base/utf8.h"
#include "web/plural.h"
#include "web/tr.h"

/*
 * Any file as a catalogue: what loads can be looked up in for every number,
 * gives valid text, and its messages stay balanced. The same bytes as a
 * plural rule give a number or nothing.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_message(struct hl_str text)
{
	static const char *const names[] = {"a", "/a", "n"};
	struct hl_web_msg m = hl_web_msg(text, names, 3);
	HL_BUF_AUTO out = HL_BUF_INIT(1u << 20);
	int open = 0;

	for (int k; (k = hl_web_msg_next(&out, &m)) >= 0;) {
		open += k == 0 ? 1 : k == 1 ? -1 : 0;
		assert(open == 0 || open == 1);
	}
	assert(open == 0);
	assert(hl_str_find_char(hl_buf_str(&out), '<') == out.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const keys[] = {"", "a", "One", "Continue"};
	struct hl_web_catalogue *c = NULL;
	struct hl_str in = hl_str_mem(data, size);
	uint64_t v;

	hl_web_plural_eval(in, size, &v);
	check_message(in);
	if (hl_web_catalogue_new(in, &c, NULL)) {
		return 0;
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(keys); i++) {
		for (int64_t n = -2; n < 30; n++) {
			struct hl_str s =
				hl_web_catalogue_find(c, hl_str_c(keys[i]), n);

			assert(!s.p || hl_utf8_valid(s));
		}
	}
	hl_web_catalogue_free(c);
	return 0;
}
