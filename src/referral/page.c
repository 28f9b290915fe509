/* SPDX-License-Identifier: Apache-2.0 */
#include "referral/page.h"

#include "base/utf8.h"

enum { COLUMNS = 72 };

static const char style[] =
	"@page{size:A4;margin:18mm}"
	"body{font:16px/1.5 system-ui,sans-serif;color:#111;background:#fff;"
	"max-width:44rem;margin:2rem auto;padding:0 1rem}"
	"h1{font-size:1.6rem;line-height:1.25}"
	"h2{font-size:1.2rem;margin:2rem 0 .5rem;"
	"border-bottom:2px solid #0b4f5c;break-after:avoid}"
	"h3{font-size:1rem;margin:1.25rem 0 .25rem;break-after:avoid}"
	"table{border-collapse:collapse;width:100%}"
	"th,td{text-align:start;vertical-align:top;padding:.3rem .75rem .3rem "
	"0;border-bottom:1px solid #ccc;overflow-wrap:anywhere}"
	"th{width:33%;font-weight:600}"
	"tr{break-inside:avoid}"
	"p{white-space:pre-wrap;overflow-wrap:anywhere}"
	".banner{border:4px solid #111;padding:.5rem 1rem;font-weight:700}"
	"@media print{body{font-size:11pt;margin:0;max-width:none}"
	/* Repeated by browsers on every page they print. */
	".banner{position:fixed;top:0;inset-inline-end:0;background:#fff;"
	"margin:0;font-size:9pt;padding:0 .5rem;border-width:2px}}";

struct hl_str hl_referral_tr(const struct hl_referral_doc *d, const char *msgid)
{
	return d->tr ? d->tr(msgid) : hl_str_c(msgid);
}

const char *hl_referral_good_faith(void)
{
	return HL_MSG("We make this notice in good faith: to the best of our "
		      "knowledge, what it says is accurate and complete.");
}

struct hl_str hl_referral_statement(const struct hl_referral_doc *d)
{
	return d->statement.n ? d->statement
			      : hl_referral_tr(d, hl_referral_good_faith());
}

/* Escaped for HTML text; what does not print or turns the direction becomes
 * U+FFFD in both forms. */
static void put_char(struct hl_referral_page *p, uint32_t c)
{
	if ((c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) ||
		(c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)) {
		c = HL_UTF8_REPLACEMENT;
	}
	if (p->html && c == '<') {
		hl_buf_put(p->out, HL_STR("&lt;"));
	} else if (p->html && c == '>') {
		hl_buf_put(p->out, HL_STR("&gt;"));
	} else if (p->html && c == '&') {
		hl_buf_put(p->out, HL_STR("&amp;"));
	} else if (p->html && c == '"') {
		hl_buf_put(p->out, HL_STR("&quot;"));
	} else {
		hl_utf8_put(p->out, c);
	}
}

static void put_words(
	struct hl_referral_page *p, struct hl_str words, bool one_line)
{
	while (words.n) {
		uint32_t c;

		words = hl_str_sub(words, hl_utf8_next(words, &c), words.n);
		put_char(p, one_line && (c == '\n' || c == '\t') ? ' ' : c);
	}
}

static void put_element(
	struct hl_referral_page *p, const char *name, struct hl_str words)
{
	hl_buf_printf(p->out, "<%s>", name);
	put_words(p, words, false);
	hl_buf_printf(p->out, "</%s>", name);
}

static void end_rows(struct hl_referral_page *p)
{
	if (p->in_rows && p->html) {
		hl_buf_put(p->out, HL_STR("</table>\n"));
	}
	p->in_rows = false;
}

static void underline(struct hl_referral_page *p, struct hl_str words, char c)
{
	size_t n = hl_utf8_count(words);

	put_words(p, words, true);
	hl_buf_put_c(p->out, '\n');
	for (size_t i = 0; i < n && i < COLUMNS; i++) {
		hl_buf_put_c(p->out, c);
	}
	hl_buf_put_c(p->out, '\n');
}

void hl_referral_page_begin(struct hl_referral_page *p,
	const struct hl_referral_doc *d, struct hl_str title)
{
	struct hl_str language = d->language.n ? d->language : HL_STR("en");

	if (!p->html) {
		underline(p, title, '=');
		return;
	}
	hl_buf_put(p->out, HL_STR("<!doctype html>\n<html lang=\""));
	put_words(p, language, true);
	hl_buf_put(p->out,
		d->right_to_left ? HL_STR("\" dir=\"rtl\">") : HL_STR("\">"));
	hl_buf_put(p->out,
		HL_STR("<head><meta charset=\"utf-8\">"
		       "<meta http-equiv=\"Content-Security-Policy\" content=\""
		       "default-src 'none'; style-src 'unsafe-inline'; "
		       "form-action 'none'; base-uri 'none'\">"
		       "<meta name=\"referrer\" content=\"no-referrer\">"
		       "<meta name=\"format-detection\" "
		       "content=\"telephone=no, "
		       "date=no, address=no, email=no, url=no\">"
		       "<meta name=\"viewport\" content=\"width=device-width, "
		       "initial-scale=1\">"));
	put_element(p, "title", title);
	hl_buf_printf(
		p->out, "<style>%s</style></head>\n<body><main>\n", style);
	put_element(p, "h1", title);
	hl_buf_put_c(p->out, '\n');
}

void hl_referral_page_end(struct hl_referral_page *p)
{
	end_rows(p);
	if (p->html) {
		hl_buf_put(p->out, HL_STR("</main></body></html>\n"));
	}
}

void hl_referral_page_banner(struct hl_referral_page *p, struct hl_str words)
{
	if (p->html) {
		hl_buf_put(p->out, HL_STR("<p class=\"banner\">"));
		put_words(p, words, true);
		hl_buf_put(p->out, HL_STR("</p>\n"));
	} else {
		hl_buf_put(p->out, HL_STR("\n*** "));
		put_words(p, words, true);
		hl_buf_put(p->out, HL_STR(" ***\n"));
	}
}

void hl_referral_page_section(struct hl_referral_page *p, struct hl_str words)
{
	end_rows(p);
	if (p->html) {
		put_element(p, "h2", words);
		hl_buf_put_c(p->out, '\n');
	} else {
		hl_buf_put_c(p->out, '\n');
		underline(p, words, '-');
	}
}

void hl_referral_page_part(struct hl_referral_page *p, struct hl_str words)
{
	end_rows(p);
	if (p->html) {
		put_element(p, "h3", words);
	} else {
		hl_buf_put_c(p->out, '\n');
		put_words(p, words, true);
	}
	hl_buf_put_c(p->out, '\n');
}

void hl_referral_page_row(
	struct hl_referral_page *p, struct hl_str label, struct hl_str value)
{
	if (value.n == 0) {
		return;
	}
	if (!p->html) {
		hl_buf_put(p->out, HL_STR("  "));
		put_words(p, label, true);
		hl_buf_put(p->out, HL_STR(": "));
		put_words(p, value, true);
		hl_buf_put_c(p->out, '\n');
		return;
	}
	if (!p->in_rows) {
		hl_buf_put(p->out, HL_STR("<table>\n"));
		p->in_rows = true;
	}
	hl_buf_put(p->out, HL_STR("<tr><th scope=\"row\">"));
	put_words(p, label, true);
	hl_buf_put(p->out, HL_STR("</th><td dir=\"auto\">"));
	put_words(p, value, false);
	hl_buf_put(p->out, HL_STR("</td></tr>\n"));
}

void hl_referral_page_words(struct hl_referral_page *p, struct hl_str words)
{
	end_rows(p);
	if (p->html) {
		put_element(p, "p", words);
		hl_buf_put_c(p->out, '\n');
	} else {
		hl_referral_page_wrap(p->out, 2, words);
	}
}

static void wrap_line(struct hl_buf *out, size_t indent, struct hl_str line)
{
	struct hl_referral_page p = {.out = out};
	struct hl_str word;
	size_t col = 0;

	while (hl_str_next(&line, ' ', &word)) {
		size_t n = hl_utf8_count(word);

		if (col && col + 1 + n > COLUMNS) {
			hl_buf_put_c(out, '\n');
			col = 0;
		}
		if (col == 0) {
			hl_buf_printf(out, "%*s", (int)indent, "");
			col = indent;
		} else {
			hl_buf_put_c(out, ' ');
			col++;
		}
		put_words(&p, word, true);
		col += n;
	}
	hl_buf_put_c(out, '\n');
}

void hl_referral_page_wrap(
	struct hl_buf *out, size_t indent, struct hl_str words)
{
	struct hl_str line;

	while (hl_str_next(&words, '\n', &line)) {
		wrap_line(out, indent, line);
	}
}
