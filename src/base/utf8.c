/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

/* Unicode 15, table 3-7: the allowed second byte narrows for E0, ED, F0
 * and F4; every other continuation is 80..BF. */
static int shape(unsigned char first, unsigned char *lo, unsigned char *hi)
{
	*lo = 0x80;
	*hi = 0xbf;
	if (first >= 0xc2 && first <= 0xdf) {
		return 1;
	}
	if (first >= 0xe0 && first <= 0xef) {
		*lo = first == 0xe0 ? 0xa0 : 0x80;
		*hi = first == 0xed ? 0x9f : 0xbf;
		return 2;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		*lo = first == 0xf0 ? 0x90 : 0x80;
		*hi = first == 0xf4 ? 0x8f : 0xbf;
		return 3;
	}
	return 0;
}

size_t hl_utf8_next(struct hl_str s, uint32_t *c)
{
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned char lo, hi;

	if (p[0] < 0x80) {
		*c = p[0];
		return 1;
	}
	int more = shape(p[0], &lo, &hi);
	*c = HL_UTF8_REPLACEMENT;
	if (more == 0) {
		return 1;
	}
	uint32_t v = p[0] & (0x3fu >> more);
	for (int i = 1; i <= more; i++) {
		if ((size_t)i >= s.n || p[i] < lo || p[i] > hi) {
			return (size_t)i;
		}
		v = (v << 6) | (p[i] & 0x3fu);
		lo = 0x80;
		hi = 0xbf;
	}
	*c = v;
	return (size_t)more + 1;
}

bool hl_utf8_valid(struct hl_str s)
{
	while (s.n) {
		uint32_t c;
		size_t n = hl_utf8_next(s, &c);

		if (c == HL_UTF8_REPLACEMENT &&
			!hl_str_starts(s, HL_STR("\xef\xbf\xbd"))) {
			return false;
		}
		s = hl_str_sub(s, n, s.n);
	}
	return true;
}

size_t hl_utf8_count(struct hl_str s)
{
	size_t count = 0;

	while (s.n) {
		uint32_t c;

		s = hl_str_sub(s, hl_utf8_next(s, &c), s.n);
		count++;
	}
	return count;
}

void hl_utf8_put(struct hl_buf *b, uint32_t c)
{
	char out[4];
	size_t n = 0;

	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
		c = HL_UTF8_REPLACEMENT;
	}
	if (c < 0x80) {
		out[n++] = (char)c;
	} else if (c < 0x800) {
		out[n++] = (char)(0xc0 | (c >> 6));
		out[n++] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		out[n++] = (char)(0xe0 | (c >> 12));
		out[n++] = (char)(0x80 | ((c >> 6) & 0x3f));
		out[n++] = (char)(0x80 | (c & 0x3f));
	} else {
		out[n++] = (char)(0xf0 | (c >> 18));
		out[n++] = (char)(0x80 | ((c >> 12) & 0x3f));
		out[n++] = (char)(0x80 | ((c >> 6) & 0x3f));
		out[n++] = (char)(0x80 | (c & 0x3f));
	}
	hl_buf_put_mem(b, out, n);
}

bool hl_utf8_unseen(uint32_t c)
{
	if (c < 0x20) {
		return c != '\n' && c != '\r' && c != '\t';
	}
	return (c >= 0x7f && c <= 0x9f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029 ||
	       (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

size_t hl_utf8_clean(char *text, size_t n)
{
	struct hl_str s = hl_str_mem(text, n);
	size_t kept = 0;

	while (s.n) {
		uint32_t c;
		size_t took = hl_utf8_next(s, &c);

		if (c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029) {
			text[kept++] = '\n';
		} else if (!hl_utf8_unseen(c)) {
			memmove(text + kept, s.p, took);
			kept += took;
		} else if (c < 0xa0) {
			text[kept++] = ' ';
		}
		s = hl_str_sub(s, took, s.n);
	}
	return kept;
}
