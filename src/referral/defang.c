/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "referral/document.h"

/*
 * Programs make links of what has a known scheme, of what looks like a host
 * (letters, a dot, letters) and of what looks like a mail address. So every
 * dot and every '@' is broken, and so is every colon that could end a
 * scheme. Full stops of other scripts count as dots, since IDNA does.
 */
static bool is_dot(uint32_t c)
{
	return c == '.' || c == 0x3002 || c == 0xff0e || c == 0xff61;
}

static bool is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Takes a web scheme with its colon off s, wherever it stands, and puts its
 * broken form. */
static bool put_scheme(struct hl_buf *out, struct hl_str *s)
{
	static const struct {
		struct hl_str scheme, broken;
	} rows[] = {
		{HL_STR_INIT("https:"), HL_STR_INIT("hxxps:")},
		{HL_STR_INIT("http:"), HL_STR_INIT("hxxp:")},
		{HL_STR_INIT("hxxps:"), HL_STR_INIT("hxxps:")},
		{HL_STR_INIT("hxxp:"), HL_STR_INIT("hxxp:")},
		{HL_STR_INIT("ftps:"), HL_STR_INIT("fxps:")},
		{HL_STR_INIT("ftp:"), HL_STR_INIT("fxp:")},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(rows); i++) {
		size_t n = rows[i].scheme.n;

		if (hl_str_eq_nocase(hl_str_sub(*s, 0, n), rows[i].scheme)) {
			hl_buf_put(out, rows[i].broken);
			*s = hl_str_sub(*s, n, s->n);
			return true;
		}
	}
	return false;
}

/* "[.]" and its like, which somebody wrote already. */
static bool put_broken(struct hl_buf *out, struct hl_str *s)
{
	struct hl_str mark = hl_str_sub(*s, 0, 3);

	if (!hl_str_eq(mark, HL_STR("[.]")) &&
		!hl_str_eq(mark, HL_STR("[@]")) &&
		!hl_str_eq(mark, HL_STR("[:]"))) {
		return false;
	}
	hl_buf_put(out, mark);
	*s = hl_str_sub(*s, 3, s->n);
	return true;
}

void hl_referral_defang(struct hl_buf *out, struct hl_str address)
{
	char before = '\0';

	while (address.n) {
		uint32_t c;

		if (!is_letter(before) && put_scheme(out, &address)) {
			before = ':';
			continue;
		}
		if (put_broken(out, &address)) {
			before = ']';
			continue;
		}
		size_t n = hl_utf8_next(address, &c);
		if (is_dot(c)) {
			hl_buf_put(out, HL_STR("[.]"));
		} else if (c == '@' || c == 0xff20) {
			hl_buf_put(out, HL_STR("[@]"));
		} else if ((c == ':' && is_letter(before)) || c == 0xff1a) {
			hl_buf_put(out, HL_STR("[:]"));
		} else {
			hl_utf8_put(
				out, is_hidden(c) ? HL_UTF8_REPLACEMENT : c);
		}
		before = c < 0x80 ? (char)c : 'a';
		address = hl_str_sub(address, n, address.n);
	}
}

static bool is_word(struct hl_str s, size_t i)
{
	return i < s.n && (is_letter(s.p[i]) || (s.p[i] & 0x80) ||
				  (s.p[i] >= '0' && s.p[i] <= '9'));
}

/* A dot or '@' inside a word, or a scheme. */
static bool looks_like_address(struct hl_str token)
{
	for (size_t i = 1; i < token.n; i++) {
		if ((token.p[i] == '.' || token.p[i] == '@') &&
			is_word(token, i - 1) && is_word(token, i + 1)) {
			return true;
		}
	}
	return hl_str_find(token, HL_STR("://")) < token.n;
}

void hl_referral_defang_words(struct hl_buf *out, struct hl_str words)
{
	while (words.n) {
		size_t n = 0;

		while (n < words.n && (unsigned char)words.p[n] > ' ') {
			n++;
		}
		struct hl_str token = hl_str_sub(words, 0, n);
		if (looks_like_address(token)) {
			hl_referral_defang(out, token);
		} else {
			hl_buf_put(out, token);
		}
		words = hl_str_sub(words, n, words.n);
		for (; words.n && (unsigned char)words.p[0] <= ' ';
			words = hl_str_sub(words, 1, words.n)) {
			hl_buf_put_c(out, words.p[0]);
		}
	}
}
