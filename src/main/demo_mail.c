/* SPDX-License-Identifier: Apache-2.0 */
#include "main/demo_mail.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/text.h"

#define MESSAGE_MAX (1u << 20)

/* RFC 2045 clause 6.7: "=3D", and "=" at the end of a line joins it to the
 * next. */
static void put_decoded(struct hl_buf *out, struct hl_str in)
{
	for (size_t i = 0; i < in.n; i++) {
		struct hl_str two = hl_str_sub(in, i + 1, 2);
		char c;

		if (in.p[i] != '=') {
			hl_buf_put_c(out, in.p[i]);
		} else if (hl_str_eq(two, HL_STR("\r\n"))) {
			i += 2;
		} else if (hl_str_starts(two, HL_STR("\n"))) {
			i++;
		} else if (hl_text_parse_hex(two, &c, 1) == 0) {
			hl_buf_put_c(out, c);
			i += 2;
		} else {
			hl_buf_put_c(out, '=');
		}
	}
}

static size_t end_of_word(struct hl_str s)
{
	size_t i = 0;

	while (i < s.n && (unsigned char)s.p[i] > ' ' && s.p[i] != '>' &&
		s.p[i] != '"') {
		i++;
	}
	return i;
}

/* The word that begins behind `name`; "" if there is none. */
static void copy_header(
	struct hl_str message, const char *name, char *out, size_t size)
{
	struct hl_str want = hl_str_c(name);
	size_t at = hl_str_find(message, want);
	struct hl_str rest = hl_str_sub(message, at + want.n, message.n);

	snprintf(out, size, "%.*s", (int)end_of_word(rest),
		rest.n ? rest.p : "");
}

/* Up to a line that is not folded (RFC 5322 clause 2.2.3). */
static size_t end_of_field(struct hl_str s)
{
	size_t i = 0;

	while (i < s.n &&
		(s.p[i] != '\n' ||
			(i + 1 < s.n &&
				(s.p[i + 1] == ' ' || s.p[i + 1] == '\t')))) {
		i++;
	}
	return i;
}

/* local@domain of a header that may have a name before it, folded or not. */
static void copy_to(struct hl_str message, struct hl_main_demo_mail *out)
{
	struct hl_str rest = hl_str_sub(
		message, hl_str_find(message, HL_STR("\nTo: ")) + 5, message.n);
	struct hl_str line = hl_str_sub(rest, 0, end_of_field(rest));
	size_t open = hl_str_find_char(line, '<');

	if (open < line.n) {
		rest = hl_str_sub(line, open + 1, line.n);
	}
	snprintf(out->to, sizeof(out->to), "%.*s", (int)end_of_word(rest),
		rest.n ? rest.p : "");
}

static void copy_link(struct hl_str text, struct hl_main_demo_mail *out)
{
	size_t at = hl_str_find(text, HL_STR("/answer/"));

	while (at < text.n && at > 0 && (unsigned char)text.p[at - 1] > ' ' &&
		text.p[at - 1] != '<') {
		at--;
	}
	struct hl_str link = hl_str_sub(text, at, text.n);
	snprintf(out->link, sizeof(out->link), "%.*s", (int)end_of_word(link),
		link.n ? link.p : "");
}

int hl_main_demo_mail_read(struct hl_str message, struct hl_main_demo_mail *out)
{
	HL_BUF_AUTO text = HL_BUF_SECRET(MESSAGE_MAX);

	*out = (struct hl_main_demo_mail){0};
	copy_header(message, "\nX-OpenHotline-Referral: ", out->ref,
		sizeof(out->ref));
	copy_to(message, out);
	out->test = hl_str_find(message, HL_STR("\nX-OpenHotline-Test: yes")) <
		    message.n;
	put_decoded(&text, message);
	copy_link(hl_buf_str(&text), out);
	return text.fault;
}
