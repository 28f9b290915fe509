/* SPDX-License-Identifier: Apache-2.0 */
#include "main/demo_html.h"

bool hl_main_html_tag(struct hl_str *rest, struct hl_str *tag)
{
	size_t open = hl_str_find_char(*rest, '<');

	if (open == rest->n) {
		return false;
	}
	struct hl_str in = hl_str_sub(*rest, open + 1, rest->n);
	size_t close = hl_str_find_char(in, '>');

	if (close == in.n) {
		return false;
	}
	*tag = hl_str_sub(in, 0, close);
	*rest = hl_str_sub(in, close + 1, in.n);
	return true;
}

bool hl_main_html_is(struct hl_str tag, const char *name)
{
	struct hl_str want = hl_str_c(name);

	return hl_str_starts(tag, want) &&
	       (tag.n == want.n || tag.p[want.n] == ' ' ||
		       tag.p[want.n] == '/');
}

struct hl_str hl_main_html_attr(struct hl_str tag, const char *name)
{
	struct hl_str want = hl_str_c(name);
	size_t at = hl_str_find_char(tag, ' ');

	while (at < tag.n) {
		struct hl_str rest = hl_str_trim(hl_str_sub(tag, at, tag.n));
		size_t end = 0;

		while (end < rest.n && rest.p[end] != '=' &&
			rest.p[end] != ' ') {
			end++;
		}
		struct hl_str found = hl_str_sub(rest, 0, end);
		struct hl_str value = HL_STR("");
		if (end + 1 < rest.n && rest.p[end] == '=') {
			value = hl_str_sub(rest, end + 2, rest.n);
			value.n = hl_str_find_char(value, '"');
			end += value.n + 3;
		}
		if (!found.n || hl_str_eq(found, want)) {
			return found.n ? value : HL_STR_NONE;
		}
		at = (size_t)(rest.p - tag.p) + end;
	}
	return HL_STR_NONE;
}

/* "#39" or a name; 0 for one that our pages do not use. */
static uint32_t reference(struct hl_str name)
{
	static const struct {
		const char *name;
		uint32_t c;
	} names[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'},
		{"nbsp", ' '}};
	int64_t number;

	for (size_t i = 0; i < HL_ARRAY_LEN(names); i++) {
		if (hl_str_eq(name, hl_str_c(names[i].name))) {
			return names[i].c;
		}
	}
	return name.n > 1 && name.p[0] == '#' &&
			       hl_str_to_i64(
				       hl_str_sub(name, 1, name.n), &number) &&
			       number > 0 && number < 128
		       ? (uint32_t)number
		       : 0;
}

void hl_main_html_put_plain(struct hl_buf *out, struct hl_str raw)
{
	for (size_t i = 0; i < raw.n; i++) {
		struct hl_str name = hl_str_sub(raw, i + 1, 8);

		name.n = hl_str_find_char(name, ';');
		uint32_t c = raw.p[i] == '&' ? reference(name) : 0;
		hl_buf_put_c(out, c ? (char)c : raw.p[i]);
		i += c ? name.n + 1 : 0;
	}
}

static void put_words(struct hl_buf *out, struct hl_str raw)
{
	for (size_t i = 0; i < raw.n; i++) {
		bool space = raw.p[i] == ' ' || raw.p[i] == '\n' ||
			     raw.p[i] == '\t' || raw.p[i] == '\r';

		if (!space) {
			hl_buf_put_c(out, raw.p[i]);
		} else if (out->n && out->p[out->n - 1] != ' ') {
			hl_buf_put_c(out, ' ');
		}
	}
}

void hl_main_html_put_text(struct hl_buf *out, struct hl_str html)
{
	HL_BUF_AUTO plain = HL_BUF_SECRET(out->max);
	struct hl_str rest = html, tag;
	bool hidden = false;

	while (rest.n) {
		struct hl_str text =
			hl_str_sub(rest, 0, hl_str_find_char(rest, '<'));

		if (!hidden) {
			hl_main_html_put_plain(&plain, text);
		}
		if (!hl_main_html_tag(&rest, &tag)) {
			break;
		}
		if (hl_main_html_is(tag, "style") ||
			hl_main_html_is(tag, "script") ||
			hl_main_html_is(tag, "head")) {
			hidden = true;
		} else if (hl_main_html_is(tag, "/style") ||
			   hl_main_html_is(tag, "/script") ||
			   hl_main_html_is(tag, "/head")) {
			hidden = false;
		}
		/* tags within a sentence part no words */
		if (!hl_main_html_is(tag, "bdi") &&
			!hl_main_html_is(tag, "/bdi") &&
			!hl_main_html_is(tag, "strong") &&
			!hl_main_html_is(tag, "/strong") &&
			!hl_main_html_is(tag, "wbr")) {
			hl_buf_put_c(&plain, ' ');
		}
	}
	put_words(out, hl_buf_str(&plain));
}
