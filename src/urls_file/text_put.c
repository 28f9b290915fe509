/* SPDX-License-Identifier: Apache-2.0 */
#include "urls_file/text.h"

#include "base/text.h"
#include "base/time.h"

#include <sodium.h>

void hl_urls_text_put(struct hl_buf *b, const char *name)
{
	hl_buf_put(b, hl_str_c(name));
}

void hl_urls_text_put_number(struct hl_buf *b, uint64_t v)
{
	hl_buf_printf(b, " %llu", (unsigned long long)v);
}

void hl_urls_text_put_time(struct hl_buf *b, int64_t seconds)
{
	char text[HL_TIME_ISO_MAX];

	hl_buf_put_c(b, ' ');
	hl_buf_put(b, hl_time_iso_s(seconds * HL_US_PER_S, text));
}

void hl_urls_text_put_hex(struct hl_buf *b, const void *p, size_t n)
{
	hl_buf_put_c(b, ' ');
	hl_text_put_hex(b, p, n);
}

void hl_urls_text_put_base64(struct hl_buf *b, const void *p, size_t n)
{
	hl_buf_put_c(b, ' ');
	hl_text_put_base64url(b, p, n);
}

void hl_urls_text_put_end(struct hl_buf *b)
{
	hl_buf_put_c(b, '\n');
}

void hl_urls_text_close(struct hl_buf *b)
{
	hl_buf_put_c(b, '\n');
}

int hl_urls_text_sign(struct hl_buf *b, const uint8_t secret[HL_URLS_SECRET],
	struct hl_err *err)
{
	struct hl_str text = hl_buf_str(b);
	size_t end = hl_str_find(text, HL_STR("\n\n"));
	uint8_t signature[HL_URLS_SIGNATURE], keyid[HL_URLS_KEYID];

	if (b->fault || end == text.n) {
		return HL_FAIL(err, b->fault ? b->fault : HL_E_INVALID,
			"a text without its empty line cannot be signed");
	}
	crypto_sign_detached(signature, NULL, (const unsigned char *)text.p,
		end + 2, secret);
	/* libsodium's secret key ends in the public one. */
	hl_urls_keyid(secret + HL_URLS_SECRET - HL_URLS_PUBLIC, keyid);
	hl_urls_text_put(b, "signature");
	hl_urls_text_put_hex(b, keyid, sizeof(keyid));
	hl_urls_text_put_base64(b, signature, sizeof(signature));
	hl_urls_text_put_end(b);
	return b->fault ? HL_FAIL(err, b->fault, "no room for a signature") : 0;
}
