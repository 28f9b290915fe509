/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "base/utf8.h"
#include "referral/header.h"
#include "referral/mail.h"

/*
 * Whatever words are put into a header, one field comes out: printable
 * ASCII, CRLF only before a space that more follows, or at the end, and no
 * line over 78 characters. Bodies are seven-bit lines of at most 76.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_lines(struct hl_str text, size_t most, bool folded)
{
	bool first = true;

	while (text.n) {
		size_t end = hl_str_find(text, HL_STR("\r\n"));
		struct hl_str line = hl_str_sub(text, 0, end);

		assert(end < text.n);
		assert(line.n <= most);
		for (size_t i = 0; i < line.n; i++) {
			assert(line.p[i] >= ' ' && line.p[i] <= '~');
		}
		if (folded && !first) {
			assert(line.n > 1 && line.p[0] == ' ');
			assert(hl_str_trim(line).n > 0);
		}
		first = false;
		text = hl_str_sub(text, end + 2, text.n);
	}
}

static void put(int how, struct hl_str in, struct hl_buf *out)
{
	switch (how) {
	case 0:
		hl_referral_header_words(out, "Subject", in);
		check_lines(hl_buf_str(out), 78, true);
		break;
	case 1:
		assert(!hl_referral_header_address(
			out, "From", in, HL_STR("a@b.example")));
		check_lines(hl_buf_str(out), 78, true);
		break;
	case 2:
		hl_buf_put(out, HL_STR("Content-Disposition: attachment"));
		hl_referral_header_param(out, "filename", in);
		hl_buf_put(out, HL_STR("\r\n"));
		check_lines(hl_buf_str(out), 78, true);
		break;
	case 3:
		if (hl_referral_header_address(out, "To", HL_STR_NONE, in)) {
			assert(out->n == 0);
		} else {
			check_lines(hl_buf_str(out), 4 + 254, false);
			assert(hl_str_find_char(hl_buf_str(out), ' ') == 3);
		}
		break;
	default:
		hl_referral_mail_put_text(out, in);
		check_lines(hl_buf_str(out), 76, false);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_BUF_AUTO out = HL_BUF_INIT(12 * size + 4096);

	if (size > 0) {
		put(data[0] % 5, hl_str_mem(data + 1, size - 1), &out);
		assert(!out.fault);
	}
	return 0;
}
