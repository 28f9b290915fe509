/* SPDX-License-Identifier: Apache-2.0 */
#include "web/tmpl.h"

#include <inttypes.h>

#include "base/time.h"
#include "base/utf8.h"

/* What a byte becomes in text and in a quoted value; NULL: itself. */
static const char *reference(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&#34;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static bool plain(unsigned char c)
{
	if (c < 0x20) {
		return c == '\n' || c == '\t';
	}
	return c < 0x7f && !reference(c);
}

/* One character that is not plain; gives the bytes it took. */
static size_t put_special(struct hl_buf *out, struct hl_str s)
{
	const char *ref = reference((unsigned char)s.p[0]);
	uint32_t c;

	if (ref) {
		hl_buf_put(out, hl_str_c(ref));
		return 1;
	}
	if (s.p[0] == '\r') {
		hl_buf_put(out, HL_STR("&#13;"));
		return 1;
	}
	size_t n = hl_utf8_next(s, &c);
	if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
		c = HL_UTF8_REPLACEMENT;
	}
	hl_utf8_put(out, c);
	return n;
}

void hl_web_put_str(struct hl_buf *out, struct hl_str s)
{
	size_t at = 0;

	while (at < s.n) {
		size_t run = at;

		while (run < s.n && plain((unsigned char)s.p[run])) {
			run++;
		}
		hl_buf_put_mem(out, s.p + at, run - at);
		at = run;
		if (at < s.n) {
			at += put_special(out, hl_str_sub(s, at, s.n));
		}
	}
}

void hl_web_put_cstr(struct hl_buf *out, const char *s)
{
	hl_web_put_str(out, hl_str_c(s));
}

void hl_web_put_i64(struct hl_buf *out, int64_t v)
{
	hl_buf_printf(out, "%" PRId64, v);
}

void hl_web_put_u64(struct hl_buf *out, uint64_t v)
{
	hl_buf_printf(out, "%" PRIu64, v);
}

void hl_web_put_at(struct hl_buf *out, struct hl_web_at t)
{
	char text[HL_TIME_ISO_MAX];

	hl_buf_put(out, hl_time_human(t.us, text));
}

void hl_web_put_at_iso(struct hl_buf *out, struct hl_web_at_iso t)
{
	char text[HL_TIME_ISO_MAX];

	hl_buf_put(out, hl_time_iso_s(t.us, text));
}

void hl_web_put_span(struct hl_buf *out, struct hl_web_span t)
{
	hl_time_span(out, t.us);
}

void hl_web_put_ref(struct hl_buf *out, struct hl_web_ref r)
{
	char text[HL_REF_MAX];

	hl_buf_put(out, hl_ref_print(r.kind, r.id, text));
}

void hl_web_put_html(struct hl_buf *out, struct hl_html h)
{
	hl_buf_put(out, h.markup);
}

/* Browsers drop tabs and line breaks inside addresses and take "\" for "/":
 * an address with any of them is not what it looks like. */
static bool straight(struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= 0x20 || c == 0x7f || c == '\\') {
			return false;
		}
	}
	return true;
}

static bool own_path(struct hl_str s)
{
	if (s.n == 0 || !straight(s)) {
		return s.n == 0;
	}
	if (s.p[0] == '/') {
		return s.n == 1 || s.p[1] != '/';
	}
	return s.p[0] == '?' || s.p[0] == '#';
}

static bool link_allowed(struct hl_str s)
{
	static const struct hl_str schemes[] = {HL_STR_INIT("https:"),
		HL_STR_INIT("http:"), HL_STR_INIT("mailto:"),
		HL_STR_INIT("tel:")};

	if (!straight(s)) {
		return false;
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(schemes); i++) {
		if (hl_str_eq_nocase(
			    hl_str_sub(s, 0, schemes[i].n), schemes[i])) {
			return true;
		}
	}
	return own_path(s);
}

void hl_web_put_link_str(struct hl_buf *out, struct hl_str s)
{
	hl_web_put_str(out, link_allowed(s) ? s : HL_STR("#blocked"));
}

void hl_web_put_link_cstr(struct hl_buf *out, const char *s)
{
	hl_web_put_link_str(out, hl_str_c(s));
}

void hl_web_put_own_str(struct hl_buf *out, struct hl_str s)
{
	hl_web_put_str(out, own_path(s) ? s : HL_STR("#blocked"));
}

void hl_web_put_own_cstr(struct hl_buf *out, const char *s)
{
	hl_web_put_own_str(out, hl_str_c(s));
}

/* RFC 3986 clause 2.3. */
static bool unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

void hl_web_put_part_str(struct hl_buf *out, struct hl_str s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (unreserved(c)) {
			hl_buf_put_c(out, s.p[i]);
		} else {
			char e[3] = {'%', hex[c >> 4], hex[c & 15]};

			hl_buf_put_mem(out, e, 3);
		}
	}
}

void hl_web_put_part_cstr(struct hl_buf *out, const char *s)
{
	hl_web_put_part_str(out, hl_str_c(s));
}
