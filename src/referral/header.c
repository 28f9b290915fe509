/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/header.h"

#include "base/text.h"
#include "base/utf8.h"

/*
 * Words take one of two forms. Plain: printable ASCII, folded at its own
 * spaces. Encoded: a run of encoded-words, each whole characters in base64,
 * one a line. Plain is chosen only if it needs no thought: nothing beyond
 * ASCII, no "=?", no word too long for a line.
 */
enum {
	LINE_BYTES = 76, /* RFC 2047, clause 2: with an encoded-word in it */
	WORD_OVER = 12,  /* "=?UTF-8?B?" and "?=" */
};

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* The next character with what a header may not hold as a space. */
static uint32_t take(struct hl_str *s)
{
	uint32_t c;

	*s = hl_str_sub(*s, hl_utf8_next(*s, &c), s->n);
	return is_control(c) ? ' ' : c;
}

static size_t utf8_bytes(uint32_t c)
{
	return c < 0x80 ? 1 : (c < 0x800 ? 2 : (c < 0x10000 ? 3 : 4));
}

/* Also of the ASCII controls, which would become spaces. */
static struct hl_str trim(struct hl_str s)
{
	while (s.n && (unsigned char)s.p[0] <= ' ') {
		s = hl_str_sub(s, 1, s.n);
	}
	while (s.n && (unsigned char)s.p[s.n - 1] <= ' ') {
		s.n--;
	}
	return s;
}

/* Spaces at an end or in a row are encoded: where a line is folded they
 * would be lost, or be all that a line holds. */
static bool is_plain(struct hl_str s, size_t word_max)
{
	size_t word = 0;
	uint32_t before = ' ';

	while (s.n) {
		uint32_t c = take(&s);

		word = c == ' ' ? 0 : word + 1;
		if (c > 0x7e || word > word_max ||
			(before == '=' && c == '?') ||
			(before == ' ' && c == ' ')) {
			return false;
		}
		before = c;
	}
	return before != ' ';
}

/* col is where the line stands; only single spaces lie between words. */
static void put_plain(struct hl_buf *b, size_t col, struct hl_str s)
{
	struct hl_str word;

	for (bool first = true; hl_str_next(&s, ' ', &word); first = false) {
		if (!first && col + 1 + word.n > LINE_BYTES) {
			hl_buf_put(b, HL_STR("\r\n"));
			col = 0;
		}
		if (!first) {
			hl_buf_put_c(b, ' ');
			col++;
		}
		hl_buf_put(b, word);
		col += word.n;
	}
}

static void put_encoded(struct hl_buf *b, size_t col, struct hl_str s)
{
	while (s.n) {
		HL_BUF_AUTO piece = HL_BUF_INIT(64);
		size_t room = (LINE_BYTES - WORD_OVER - col) / 4 * 3;

		while (s.n) {
			struct hl_str rest = s;
			uint32_t c = take(&rest);

			if (piece.n + utf8_bytes(c) > room) {
				break;
			}
			hl_utf8_put(&piece, c);
			s = rest;
		}
		hl_buf_put(b, HL_STR("=?UTF-8?B?"));
		hl_text_put_base64(b, piece.p, piece.n);
		hl_buf_put(b, s.n ? HL_STR("?=\r\n ") : HL_STR("?="));
		b->fault = b->fault ? b->fault : piece.fault;
		col = 1;
		if (b->fault) {
			return;
		}
	}
}

/* Plain words may still hold controls, which is_plain() took for spaces:
 * they are copied through take() before they are put. */
static void put_words(struct hl_buf *b, size_t col, struct hl_str words)
{
	if (words.n && !is_plain(words, LINE_BYTES - 1 - col)) {
		put_encoded(b, col, words);
		return;
	}
	HL_BUF_AUTO clean = HL_BUF_INIT(words.n + 1);
	while (words.n) {
		hl_buf_put_c(&clean, (char)take(&words));
	}
	if (clean.fault) {
		b->fault = b->fault ? b->fault : clean.fault;
		return;
	}
	put_plain(b, col, hl_buf_str(&clean));
}

void hl_referral_header_words(
	struct hl_buf *b, const char *name, struct hl_str words)
{
	hl_buf_printf(b, "%s: ", name);
	put_words(b, strlen(name) + 2, trim(words));
	hl_buf_put(b, HL_STR("\r\n"));
}

/* RFC 5322, 3.2.3 */
static bool is_atext(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool local_ok(struct hl_str local)
{
	char before = '.';

	for (size_t i = 0; i < local.n; i++) {
		char c = local.p[i];

		if (c == '.' ? before == '.' : !is_atext(c)) {
			return false;
		}
		before = c;
	}
	return before != '.' && local.n <= 64;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

static bool label_ok(struct hl_str label)
{
	if (label.n == 0 || label.n > 63 || !is_alnum(label.p[0]) ||
		!is_alnum(label.p[label.n - 1])) {
		return false;
	}
	for (size_t i = 0; i < label.n; i++) {
		if (!is_alnum(label.p[i]) && label.p[i] != '-') {
			return false;
		}
	}
	return true;
}

bool hl_referral_address_ok(struct hl_str address)
{
	size_t at = hl_str_find_char(address, '@');
	struct hl_str domain = hl_str_sub(address, at + 1, address.n), label;

	if (at == 0 || at + 1 >= address.n || address.n > 254 ||
		!local_ok(hl_str_sub(address, 0, at))) {
		return false;
	}
	while (hl_str_next(&domain, '.', &label)) {
		if (!label_ok(label)) {
			return false;
		}
	}
	return true;
}

struct hl_str hl_referral_address_domain(struct hl_str address)
{
	return hl_str_sub(
		address, hl_str_find_char(address, '@') + 1, address.n);
}

/* Atoms and single spaces; anything else goes quoted or encoded. */
static bool is_phrase(struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_atext(s.p[i]) && s.p[i] != ' ') {
			return false;
		}
	}
	return true;
}

static void put_quoted(struct hl_buf *b, struct hl_str s)
{
	hl_buf_put_c(b, '"');
	while (s.n) {
		uint32_t c = take(&s);

		if (c == '"' || c == '\\') {
			hl_buf_put_c(b, '\\');
		}
		hl_buf_put_c(b, (char)c);
	}
	hl_buf_put_c(b, '"');
}

int hl_referral_header_address(struct hl_buf *b, const char *name,
	struct hl_str display, struct hl_str address)
{
	size_t col = strlen(name) + 2;

	display = trim(display);
	if (!hl_referral_address_ok(address)) {
		return HL_E_INVALID;
	}
	hl_buf_printf(b, "%s: ", name);
	if (display.n == 0) {
		hl_buf_put(b, address);
	} else {
		/* Quoted, every character could take two. */
		bool plain = display.n <= (LINE_BYTES - 2 - col) / 2 &&
			     is_plain(display, LINE_BYTES);

		if (plain && is_phrase(display)) {
			hl_buf_put(b, display);
		} else if (plain) {
			put_quoted(b, display);
		} else {
			put_encoded(b, col, display);
		}
		hl_buf_put(b, HL_STR("\r\n <"));
		hl_buf_put(b, address);
		hl_buf_put_c(b, '>');
	}
	hl_buf_put(b, HL_STR("\r\n"));
	return b->fault;
}

/* RFC 2231, 7: attribute-char */
static bool is_attribute_char(char c)
{
	return is_atext(c) && !strchr("*'%/?=", c);
}

static void put_percent(struct hl_buf *b, struct hl_str bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		if (is_attribute_char(bytes.p[i]) || bytes.p[i] == '.') {
			hl_buf_put_c(b, bytes.p[i]);
		} else {
			hl_buf_printf(b, "%%%02X", (unsigned char)bytes.p[i]);
		}
	}
}

/* Sixteen bytes a segment at most 48 characters; segments break anywhere,
 * since a reader joins them before it decodes (RFC 2231, 4.1). */
static void put_segments(
	struct hl_buf *b, const char *param, struct hl_str value)
{
	for (unsigned i = 0; value.n; i++) {
		hl_buf_printf(b, ";\r\n %s*%u*=%s", param, i,
			i == 0 ? "UTF-8''" : "");
		put_percent(b, hl_str_sub(value, 0, 16));
		value = hl_str_sub(value, 16, value.n);
	}
}

void hl_referral_header_param(
	struct hl_buf *b, const char *param, struct hl_str value)
{
	HL_BUF_AUTO clean = HL_BUF_INIT(3 * value.n + 1);
	/* Many readers decode "=?" even where it has no meaning. */
	bool ascii =
		value.n <= 30 && hl_str_find(value, HL_STR("=?")) == value.n;

	value = trim(value);
	for (struct hl_str s = value; s.n;) {
		uint32_t c = take(&s);

		ascii = ascii && c <= 0x7e;
		hl_utf8_put(&clean, c);
	}
	b->fault = b->fault ? b->fault : clean.fault;
	if (ascii) {
		hl_buf_printf(b, ";\r\n %s=", param);
		put_quoted(b, hl_buf_str(&clean));
	} else {
		put_segments(b, param, hl_buf_str(&clean));
	}
}
