/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "stop/inner.h"

/* As the page's own JSON says, and as decisions of consumers do. */
static const char *const reasons[] = {
	[HL_STOP_UNKNOWN] = "",
	[HL_STOP_PAGE] = "page",
	[HL_STOP_FOLDER] = "folder",
	[HL_STOP_SITE] = "site",
};
static const char *const of_consumers[] = {
	[HL_STOP_UNKNOWN] = "",
	[HL_STOP_PAGE] = "page",
	[HL_STOP_FOLDER] = "directory",
	[HL_STOP_SITE] = "domain",
};

enum hl_stop_reason hl_stop_reason_of(struct hl_str name)
{
	for (int i = HL_STOP_PAGE; i <= HL_STOP_SITE; i++) {
		if (hl_str_eq(name, hl_str_c(reasons[i])) ||
			hl_str_eq(name, hl_str_c(of_consumers[i]))) {
			return (enum hl_stop_reason)i;
		}
	}
	return HL_STOP_UNKNOWN;
}

const char *hl_stop_reason_name(enum hl_stop_reason reason)
{
	return (size_t)reason < HL_ARRAY_LEN(reasons) ? reasons[reason] : "";
}

enum hl_stop_word hl_stop_why(enum hl_stop_reason reason)
{
	switch (reason) {
	case HL_STOP_PAGE:
		return HL_STOP_W_PAGE;
	case HL_STOP_FOLDER:
		return HL_STOP_W_FOLDER;
	case HL_STOP_SITE:
		return HL_STOP_W_SITE;
	case HL_STOP_UNKNOWN:
	default:
		return HL_STOP_W_LIST;
	}
}

static int check_name(struct hl_str name, const char *what, struct hl_err *err)
{
	if (name.n > HL_STOP_NAME_MAX || !hl_utf8_valid(name)) {
		return HL_FAIL(err, HL_E_INVALID,
			"stop page: %s must be UTF-8 of at most %d bytes", what,
			HL_STOP_NAME_MAX);
	}
	while (name.n) {
		uint32_t c;
		size_t n = hl_utf8_next(name, &c);

		if (c < 0x20 || c == 0x7f || hl_utf8_unseen(c)) {
			return HL_FAIL(err, HL_E_INVALID,
				"stop page: %s has a control character", what);
		}
		name = hl_str_sub(name, n, name.n);
	}
	return 0;
}

static bool is_web(struct hl_str href)
{
	return hl_str_starts(href, HL_STR("https://")) ||
	       hl_str_starts(href, HL_STR("http://"));
}

static bool is_call(struct hl_str href)
{
	return hl_str_starts(href, HL_STR("mailto:")) ||
	       hl_str_starts(href, HL_STR("tel:"));
}

/* Only what stands in an address and in a header as it is. */
static bool is_plain(struct hl_str href)
{
	for (size_t i = 0; i < href.n; i++) {
		char c = href.p[i];

		if (c <= 0x20 || c >= 0x7f || strchr("<>\"\\^`{|}", c)) {
			return false;
		}
	}
	return href.n <= HL_STOP_HREF_MAX;
}

static int check_web(struct hl_str href, const char *what, struct hl_err *err)
{
	if (href.n && (!is_web(href) || !is_plain(href))) {
		return HL_FAIL(err, HL_E_INVALID,
			"stop page: %s must be an https:// or http:// address "
			"of at most %d characters, others than letters, "
			"figures and -._~:/?#[]@!$&'()*+,;=%% written as %%xx",
			what, HL_STOP_HREF_MAX);
	}
	return 0;
}

static int check_link(
	const struct hl_stop_link *link, const char *what, struct hl_err *err)
{
	if (link->href.n && is_call(link->href) && is_plain(link->href)) {
		return check_name(link->name, what, err);
	}
	int r = check_web(link->href, what, err);
	return r ? r : check_name(link->name, what, err);
}

int hl_stop_check(const struct hl_stop_config *config, struct hl_err *err)
{
	int r = check_name(config->hotline, "the hotline's name", err);

	if (!r && !config->hotline.n) {
		return HL_FAIL(err, HL_E_INVALID,
			"stop page: the hotline's name is missing");
	}
	r = r ? r : check_name(config->consumer, "the consumer's name", err);
	r = r ? r : check_web(config->consumer_uri, "the consumer's URI", err);
	r = r ? r : check_web(config->appeal, "the appeal page", err);
	r = r ? r : check_link(&config->contact, "the contact", err);
	r = r ? r : check_link(&config->worry, "the first help link", err);
	return r ? r : check_link(&config->young, "the second help link", err);
}

struct hl_str hl_stop_link_name(const struct hl_stop_link *link)
{
	if (link->name.n || !is_call(link->href)) {
		return link->name.n ? link->name : link->href;
	}
	return hl_str_sub(link->href, hl_str_find_char(link->href, ':') + 1,
		link->href.n);
}

void hl_stop_put_appeal(const struct hl_stop_view *v, struct hl_buf *out)
{
	struct hl_str page = v->config->appeal;
	size_t fragment = hl_str_find_char(page, '#');
	bool query = hl_str_find_char(page, '?') < fragment;

	hl_buf_put(out, hl_str_sub(page, 0, fragment));
	if (v->ref.n) {
		hl_buf_printf(
			out, "%ce=%.*s", query ? '&' : '?', HL_STR_ARG(v->ref));
	}
	hl_buf_put(out, hl_str_sub(page, fragment, page.n));
}

void hl_stop_put_words(struct hl_stop_view *v, enum hl_stop_word word,
	hl_stop_plain *plain, hl_stop_place *place, const void *arg)
{
	struct hl_str rest = hl_str_c(hl_stop_words(v->language, word));

	while (rest.n) {
		size_t from = hl_str_find_char(rest, '{');
		size_t to = hl_str_find_char(rest, '}');

		plain(v->out, hl_str_sub(rest, 0, from));
		if (from < to && to < rest.n) {
			place(v, hl_str_sub(rest, from + 1, to - from - 1),
				arg);
		}
		rest = hl_str_sub(rest, from < to ? to + 1 : rest.n, rest.n);
	}
}

static void add(
	struct hl_stop_answer *out, const char *name, struct hl_str value)
{
	out->headers[out->n_headers++] =
		(struct hl_stop_header){.name = name, .value = value};
}

static void put_headers(const struct hl_stop_config *config,
	enum hl_stop_form form, struct hl_stop_answer *out)
{
	static const char *const types[] = {
		[HL_STOP_HTML] = "text/html; charset=utf-8",
		[HL_STOP_TEXT] = "text/plain; charset=utf-8",
		[HL_STOP_JSON] = "application/json",
	};

	add(out, "Content-Type", hl_str_c(types[form]));
	add(out, "Content-Language", hl_str_c(out->language));
	add(out, "Vary", HL_STR("Accept, Accept-Language"));
	add(out, "Cache-Control", HL_STR("no-store"));
	add(out, "Referrer-Policy", HL_STR("no-referrer"));
	add(out, "X-Content-Type-Options", HL_STR("nosniff"));
	hl_buf_printf(&out->link, "%s%s%s", "default-src 'none'; style-src '",
		hl_stop_style_hash,
		"'; form-action 'none'; base-uri 'none'; "
		"frame-ancestors 'none'");
	size_t policy = out->link.n;
	if (config->consumer_uri.n) {
		hl_buf_printf(&out->link, "<%.*s>; rel=\"blocked-by\"",
			HL_STR_ARG(config->consumer_uri));
	}
	struct hl_str both = hl_buf_str(&out->link);
	add(out, "Content-Security-Policy", hl_str_sub(both, 0, policy));
	if (both.n > policy) {
		add(out, "Link", hl_str_sub(both, policy, both.n));
	}
}

static void start(struct hl_stop_answer *out)
{
	out->body.max = HL_STOP_BODY_MAX;
	out->link.max = 2048;
	hl_buf_reset(&out->body);
	hl_buf_reset(&out->link);
	out->n_headers = 0;
}

int hl_stop_answer(const struct hl_stop_config *config,
	const struct hl_stop_ask *ask, struct hl_stop_answer *out,
	struct hl_err *err)
{
	static void (*const put[])(struct hl_stop_view *) = {
		[HL_STOP_HTML] = hl_stop_put_html,
		[HL_STOP_TEXT] = hl_stop_put_text,
		[HL_STOP_JSON] = hl_stop_put_json,
	};
	enum hl_stop_form form = hl_stop_form_of(ask->accept);
	struct hl_stop_view v = {.config = config,
		.reason = ask->reason,
		.language = hl_stop_language(ask->accept_language),
		.out = &out->body};
	int r = hl_stop_check(config, err);

	if (r) {
		return r;
	}
	start(out);
	if (ask->entry > 0 && ask->entry >> HL_ID_BITS == 0) {
		v.ref = hl_ref_print(HL_REF_LIST_ENTRY, ask->entry, v.ref_text);
	}
	out->language = hl_stop_language_tag(v.language);
	put[form](&v);
	put_headers(config, form, out);
	r = out->body.fault ? out->body.fault : out->link.fault;
	return r ? HL_FAIL(err, r, "no memory for a stop page") : 0;
}

void hl_stop_answer_fini(struct hl_stop_answer *answer)
{
	hl_buf_fini(&answer->body);
	hl_buf_fini(&answer->link);
	answer->n_headers = 0;
}
