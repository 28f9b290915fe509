/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "url/inner.h"

/* The sets of clause 1.3 contain one another; these name the ladders. */
#define USER HL_URL_C_USERINFO
#define PATH (HL_URL_C_PATH | USER)
#define SQUERY HL_URL_C_SPECIAL_QUERY
#define QUERY (HL_URL_C_QUERY | SQUERY | PATH)
#define ALL (HL_URL_C_C0 | HL_URL_C_FRAGMENT | QUERY)
#define DOMAIN HL_URL_C_BAD_DOMAIN
#define HOST (HL_URL_C_BAD_HOST | DOMAIN)
#define CHOST HL_URL_C_CANON_HOST
#define CPATH HL_URL_C_CANON_PATH
#define CQUERY HL_URL_C_CANON_QUERY
#define CANON (CHOST | CPATH | CQUERY)
#define PLAIN HL_URL_C_PLAIN_HOST
#define SCHEME HL_URL_C_SCHEME

/* clang-format off */
const uint16_t hl_url_class[256] = {
	[0] = ALL | HOST | CANON,
	[1 ... 8] = ALL | DOMAIN | CANON,
	['\t'] = ALL | HOST | CANON,
	['\n'] = ALL | HOST | CANON,
	[0x0b ... 0x0c] = ALL | DOMAIN | CANON,
	['\r'] = ALL | HOST | CANON,
	[0x0e ... 0x1f] = ALL | DOMAIN | CANON,
	[' '] = HL_URL_C_FRAGMENT | QUERY | HOST | CANON,
	['"'] = HL_URL_C_FRAGMENT | QUERY,
	['#'] = QUERY | HOST | CANON,
	['%'] = DOMAIN | CANON,
	['\''] = SQUERY,
	['+'] = SCHEME,
	['-'] = PLAIN | SCHEME,
	['.'] = PLAIN | SCHEME,
	['/'] = USER | HOST | CHOST,
	['0' ... '9'] = PLAIN | SCHEME,
	[':'] = USER | HOST | CHOST,
	[';'] = USER,
	['<'] = HL_URL_C_FRAGMENT | QUERY | HOST,
	['='] = USER,
	['>'] = HL_URL_C_FRAGMENT | QUERY | HOST,
	['?'] = PATH | HOST | CHOST | CPATH,
	['@'] = USER | HOST | CHOST,
	['A' ... 'Z'] = PLAIN | SCHEME,
	['['] = USER | HOST | CHOST,
	['\\'] = USER | HOST | CHOST | CPATH,
	[']'] = USER | HOST | CHOST,
	['^'] = USER | HOST,
	['_'] = PLAIN,
	['`'] = HL_URL_C_FRAGMENT | PATH,
	['a' ... 'z'] = PLAIN | SCHEME,
	['{'] = PATH,
	['|'] = USER | HOST,
	['}'] = PATH,
	[0x7f] = ALL | DOMAIN | CANON,
	[0x80 ... 0xff] = ALL | CANON,
};
/* clang-format on */

int hl_url_hex(char c)
{
	if (hl_url_is_digit(c)) {
		return c - '0';
	}
	c = hl_url_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hl_url_starts_nocase(struct hl_str s, struct hl_str prefix)
{
	return s.n >= prefix.n &&
	       hl_str_eq_nocase(hl_str_sub(s, 0, prefix.n), prefix);
}

size_t hl_url_find_any(struct hl_str s, const char *set)
{
	size_t i = 0;

	while (i < s.n && !hl_url_in(s.p[i], set)) {
		i++;
	}
	return i;
}

struct hl_str hl_url_trim(struct hl_str s)
{
	while (s.n && (unsigned char)s.p[0] <= ' ') {
		s = hl_str_sub(s, 1, s.n);
	}
	while (s.n && (unsigned char)s.p[s.n - 1] <= ' ') {
		s.n--;
	}
	return s;
}

size_t hl_url_strip(struct hl_str s, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r') {
			out[n++] = s.p[i];
		}
	}
	return n;
}

size_t hl_url_scheme_len(struct hl_str s)
{
	size_t i = 0;

	if (!s.n || !hl_url_is_alpha(s.p[0])) {
		return 0;
	}
	while (i < s.n && hl_url_is(s.p[i], HL_URL_C_SCHEME)) {
		i++;
	}
	return i < s.n && s.p[i] == ':' ? i : 0;
}

void hl_url_put_escaped(struct hl_buf *b, struct hl_str s, unsigned set)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (hl_url_class[c] & set) {
			char esc[3] = {'%', digits[c >> 4], digits[c & 15]};

			hl_buf_put_mem(b, s.p + from, i - from);
			hl_buf_put_mem(b, esc, sizeof(esc));
			from = i + 1;
		}
	}
	if (from < s.n) {
		hl_buf_put_mem(b, s.p + from, s.n - from);
	}
}

void hl_url_put_encoded(struct hl_buf *b, struct hl_str s, unsigned set)
{
	while (s.n) {
		uint32_t c;
		size_t n = hl_utf8_next(s, &c);
		struct hl_str one = hl_str_sub(s, 0, n);

		if (c == HL_UTF8_REPLACEMENT) {
			one = HL_STR("\xef\xbf\xbd");
		}
		hl_url_put_escaped(b, one, set);
		s = hl_str_sub(s, n, s.n);
	}
}

size_t hl_url_unescape(struct hl_str s, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int hi = -1, lo = -1;

		if (s.p[i] == '%' && s.n - i > 2) {
			hi = hl_url_hex(s.p[i + 1]);
			lo = hl_url_hex(s.p[i + 2]);
		}
		if (hi >= 0 && lo >= 0) {
			out[n++] = (char)(hi << 4 | lo);
			i += 2;
		} else {
			out[n++] = s.p[i];
		}
	}
	return n;
}

/*
 * Two escapes never overlap, so the order of decoding does not matter and
 * the end is the same as that of repeated passes. Decoding as soon as the
 * end of the output reads %XX keeps the output free of escapes throughout,
 * at linear cost.
 */
size_t hl_url_unescape_all(struct hl_str s, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		out[n++] = s.p[i];
		while (n >= 3 && out[n - 3] == '%') {
			int hi = hl_url_hex(out[n - 2]);
			int lo = hl_url_hex(out[n - 1]);

			if (hi < 0 || lo < 0) {
				break;
			}
			n -= 2;
			out[n - 1] = (char)(hi << 4 | lo);
		}
	}
	return n;
}
