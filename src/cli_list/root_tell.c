/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_list/root_tell.h"

#include <ctype.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#include "base/text.h"
#include "base/time.h"

#define GROUP 4 /* digits */

void hl_list_root_fingerprint(struct hl_str text, char out[HL_LIST_FINGERPRINT])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = hl_str_find(text, HL_STR("\n\n"));
	uint8_t digest[crypto_hash_sha256_BYTES];
	char *p = out;

	n = n < text.n ? n + 2 : text.n;
	crypto_hash_sha256(digest, (const uint8_t *)text.p, n);
	for (size_t i = 0; i < 2 * sizeof(digest); i++) {
		if (i && i % GROUP == 0) {
			*p++ = ' ';
		}
		*p++ = digits[i % 2 ? digest[i / 2] & 15 : digest[i / 2] >> 4];
	}
	*p = '\0';
}

static bool is_between(char c)
{
	return c == ' ' || c == ':' || c == '-';
}

bool hl_list_fingerprint_is(const char *fingerprint, struct hl_str told)
{
	for (size_t i = 0; i < told.n; i++) {
		if (is_between(told.p[i])) {
			continue;
		}
		while (*fingerprint == ' ') {
			fingerprint++;
		}
		if (tolower((unsigned char)told.p[i]) != *fingerprint) {
			return false;
		}
		fingerprint++;
	}
	return !*fingerprint;
}

static void put_time(struct hl_buf *out, const char *name, int64_t at)
{
	char text[HL_TIME_ISO_MAX];

	hl_buf_printf(out, "%s %.*s\n", name,
		HL_STR_ARG(hl_time_iso_s(at * HL_US_PER_S, text)));
}

static void put_key(struct hl_buf *out, const char *name,
	const uint8_t key[HL_URLS_PUBLIC], bool is_signed)
{
	hl_buf_printf(out, "%s ", name);
	hl_text_put_base64url(out, key, HL_URLS_PUBLIC);
	hl_buf_put(out, is_signed ? HL_STR("  signed\n") : HL_STR("\n"));
}

void hl_list_root_tell(const struct hl_lists_root_state *s, struct hl_str text)
{
	HL_BUF_AUTO out = HL_BUF_INIT(8192);
	char fingerprint[HL_LIST_FINGERPRINT];

	hl_buf_printf(
		&out, "root        %" PRIu64 "\nhotline     ", s->root.version);
	hl_text_put_hex(&out, s->root.hotline, sizeof(s->root.hotline));
	hl_buf_put_c(&out, '\n');
	put_time(&out, "made       ", s->root.made);
	put_time(&out, "expires    ", s->root.expires);
	hl_buf_printf(&out, "threshold   %u of %u root keys\n",
		s->root.threshold, s->root.n_root);
	for (size_t i = 0; i < s->root.n_root; i++) {
		put_key(&out, "root key   ", s->root.root[i], s->signed_by[i]);
	}
	for (size_t i = 0; i < s->root.n_online; i++) {
		put_key(&out, "online key ", s->root.online[i], false);
	}
	hl_list_root_fingerprint(text, fingerprint);
	hl_buf_printf(&out, "fingerprint %s\n", fingerprint);
	fwrite(out.p, 1, out.n, stdout);
	fflush(stdout);
}

void hl_list_root_tell_signed(const struct hl_lists_root_state *s)
{
	printf("%zu of its keys have signed, %u must\n", s->n_own,
		s->root.threshold);
	if (s->has_before) {
		printf("%zu keys of root %" PRIu64 " have signed, %u must\n",
			s->n_before, s->before.version, s->before.threshold);
	}
}
