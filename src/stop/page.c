/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page as HTML: nothing in it is fetched, so it works where everything
 * else is blocked too. The style's hash in the policy allows this style and no
 * other. <bdi> keeps names apart from the words around them, whichever way
 * both are written.
 */
#include "stop/inner.h"

static void put_escaped(struct hl_buf *out, struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '&':
			hl_buf_put(out, HL_STR("&amp;"));
			break;
		case '<':
			hl_buf_put(out, HL_STR("&lt;"));
			break;
		case '>':
			hl_buf_put(out, HL_STR("&gt;"));
			break;
		case '"':
			hl_buf_put(out, HL_STR("&quot;"));
			break;
		case '\'':
			hl_buf_put(out, HL_STR("&#39;"));
			break;
		default:
			hl_buf_put_c(out, s.p[i]);
		}
	}
}

static void put_link(struct hl_buf *out, const struct hl_stop_link *link)
{
	if (link->href.n) {
		hl_buf_put(out, HL_STR("<a rel=\"noreferrer\" href=\""));
		put_escaped(out, link->href);
		hl_buf_put(out, HL_STR("\">"));
	}
	hl_buf_put(out, HL_STR("<bdi>"));
	put_escaped(out, hl_stop_link_name(link));
	hl_buf_put(out, HL_STR("</bdi>"));
	if (link->href.n) {
		hl_buf_put(out, HL_STR("</a>"));
	}
}

static void fill(struct hl_stop_view *v, struct hl_str name, const void *arg)
{
	const struct hl_stop_config *c = v->config;

	if (hl_str_eq(name, HL_STR("ref"))) {
		hl_buf_put(v->out, HL_STR("<bdi><code>"));
		put_escaped(v->out, v->ref);
		hl_buf_put(v->out, HL_STR("</code></bdi>"));
	} else if (hl_str_eq(name, HL_STR("link")) ||
		   hl_str_eq(name, HL_STR("contact"))) {
		put_link(v->out, arg);
	} else {
		hl_buf_put(v->out, HL_STR("<bdi>"));
		put_escaped(v->out, hl_str_eq(name, HL_STR("consumer"))
					    ? c->consumer
					    : c->hotline);
		hl_buf_put(v->out, HL_STR("</bdi>"));
	}
}

static void put_in(struct hl_stop_view *v, const char *element,
	enum hl_stop_word word, const void *arg)
{
	hl_buf_printf(v->out, "<%s>", element);
	hl_stop_put_words(v, word, put_escaped, fill, arg);
	hl_buf_printf(v->out, "</%.*s>\n", (int)strcspn(element, " "), element);
}

static void put_head(struct hl_stop_view *v)
{
	const char *title = hl_stop_words(v->language, HL_STOP_W_TITLE);

	hl_buf_printf(v->out,
		"<!doctype html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n"
		"<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, "
		"initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"robots\" content=\"noindex\">\n<title>",
		hl_stop_language_tag(v->language),
		hl_stop_is_rtl(v->language) ? "rtl" : "ltr");
	put_escaped(v->out, hl_str_c(title));
	hl_buf_put(v->out, HL_STR("</title>\n<style>"));
	hl_buf_put(v->out, hl_str_c(hl_stop_style));
	hl_buf_put(v->out, HL_STR("</style>\n</head>\n<body>\n<main>\n"));
}

static void put_appeal(struct hl_stop_view *v)
{
	put_in(v, "h2", HL_STOP_W_APPEAL_HEADING, NULL);
	put_in(v, "p", HL_STOP_W_APPEAL, NULL);
	if (v->config->appeal.n) {
		HL_BUF_AUTO href = HL_BUF_INIT(1024);

		hl_stop_put_appeal(v, &href);
		hl_buf_put(v->out, HL_STR("<p><a class=\"b\" "
					  "rel=\"noreferrer\" href=\""));
		put_escaped(v->out, hl_buf_str(&href));
		hl_buf_put(v->out, HL_STR("\">"));
		hl_stop_put_words(
			v, HL_STOP_W_APPEAL_LINK, put_escaped, fill, NULL);
		hl_buf_put(v->out, HL_STR("</a></p>\n"));
	}
	if (v->ref.n) {
		put_in(v, "p", HL_STOP_W_REFERENCE, NULL);
	}
	if (hl_stop_has(&v->config->contact)) {
		put_in(v, "p", HL_STOP_W_CONTACT, &v->config->contact);
	}
}

static void put_help(struct hl_stop_view *v)
{
	const struct hl_stop_config *c = v->config;

	if (!hl_stop_has(&c->worry) && !hl_stop_has(&c->young)) {
		return;
	}
	put_in(v, "h2", HL_STOP_W_HELP_HEADING, NULL);
	if (hl_stop_has(&c->worry)) {
		put_in(v, "p", HL_STOP_W_WORRY, &c->worry);
	}
	if (hl_stop_has(&c->young)) {
		put_in(v, "p", HL_STOP_W_YOUNG, &c->young);
	}
}

void hl_stop_put_html(struct hl_stop_view *v)
{
	put_head(v);
	put_in(v, "h1", HL_STOP_W_TITLE, NULL);
	put_in(v, "p", hl_stop_why(v->reason), NULL);
	put_in(v, "p class=\"q\"", HL_STOP_W_NOT_ACCUSED, NULL);
	put_help(v);
	put_appeal(v);
	put_in(v, "h2", HL_STOP_W_WHO_HEADING, NULL);
	put_in(v, "p",
		v->config->consumer.n ? HL_STOP_W_WHO : HL_STOP_W_WHO_UNKNOWN,
		NULL);
	put_in(v, "h2", HL_STOP_W_RECORD_HEADING, NULL);
	put_in(v, "p", HL_STOP_W_RECORD, NULL);
	hl_buf_put(v->out, HL_STR("</main>\n</body>\n</html>\n"));
}
