/* SPDX-License-Identifier: Apache-2.0 */
#include "main/demo_browser.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "main/demo_html.h"

#define PAGE_MAX (4u << 20)
#define FORM_MAX (256u << 10)
#define URL_LEN_MAX 2048

struct hl_main_browser {
	CURL *curl;
	char base[256];
	char url[URL_LEN_MAX];
	long status;
	struct hl_buf html, text;
};

static size_t take(char *p, size_t size, size_t n, void *arg)
{
	struct hl_main_browser *b = arg;

	hl_buf_put_mem(&b->html, p, size * n);
	return b->html.fault ? 0 : size * n;
}

int hl_main_browser_new(
	const char *base, struct hl_main_browser **out, struct hl_err *err)
{
	struct hl_main_browser *b = calloc(1, sizeof(*b));

	*out = b;
	if (!b) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a browser");
	}
	b->html = HL_BUF_SECRET(PAGE_MAX);
	b->text = HL_BUF_SECRET(PAGE_MAX);
	snprintf(b->base, sizeof(b->base), "%s", base);
	b->curl = curl_easy_init();
	if (!b->curl) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a browser");
	}
	curl_easy_setopt(b->curl, CURLOPT_COOKIEFILE, "");
	curl_easy_setopt(b->curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(b->curl, CURLOPT_MAXREDIRS, 10L);
	curl_easy_setopt(b->curl, CURLOPT_TIMEOUT, 30L);
	curl_easy_setopt(b->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(b->curl, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(b->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(b->curl, CURLOPT_WRITEDATA, b);
	return 0;
}

void hl_main_browser_free(struct hl_main_browser *b)
{
	if (b) {
		curl_easy_cleanup(b->curl);
		hl_buf_fini(&b->html);
		hl_buf_fini(&b->text);
		free(b);
	}
}

void hl_main_browser_freep(struct hl_main_browser **b)
{
	hl_main_browser_free(*b);
	*b = NULL;
}

static void set_url(struct hl_main_browser *b, struct hl_str path)
{
	bool whole = hl_str_starts(path, HL_STR("http://")) ||
		     hl_str_starts(path, HL_STR("https://"));

	snprintf(b->url, sizeof(b->url), "%s%.*s", whole ? "" : b->base,
		HL_STR_ARG(path));
}

/* Asks what has been set up and reads the page. */
static int ask(struct hl_main_browser *b, struct hl_err *err)
{
	char *at = NULL;

	hl_buf_reset(&b->html);
	hl_buf_reset(&b->text);
	b->status = 0;
	curl_easy_setopt(b->curl, CURLOPT_URL, b->url);
	CURLcode code = curl_easy_perform(b->curl);
	if (code != CURLE_OK) {
		return HL_FAIL(err, HL_E_UNAVAILABLE, "%s: %s", b->base,
			curl_easy_strerror(code));
	}
	curl_easy_getinfo(b->curl, CURLINFO_RESPONSE_CODE, &b->status);
	curl_easy_getinfo(b->curl, CURLINFO_EFFECTIVE_URL, &at);
	if (at && at != b->url) {
		snprintf(b->url, sizeof(b->url), "%s", at);
	}
	hl_main_html_put_text(&b->text, hl_buf_str(&b->html));
	return b->text.fault;
}

int hl_main_browser_open(
	struct hl_main_browser *b, const char *path, struct hl_err *err)
{
	set_url(b, hl_str_c(path));
	curl_easy_setopt(b->curl, CURLOPT_HTTPGET, 1L);
	return ask(b, err);
}

struct form {
	struct hl_main_browser *b;
	const struct hl_main_field *fields;
	size_t n_fields;
	uint64_t found; /* bit of each field that the form has */
	struct hl_buf body;
};

static void put_encoded(struct hl_buf *out, struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			(c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
			c == '.') {
			hl_buf_put_c(out, (char)c);
		} else {
			hl_buf_printf(out, "%%%02X", c);
		}
	}
}

static void put_pair(
	struct hl_buf *body, struct hl_str name, struct hl_str value)
{
	if (body->n) {
		hl_buf_put_c(body, '&');
	}
	put_encoded(body, name);
	hl_buf_put_c(body, '=');
	put_encoded(body, value);
}

/* True if the caller fills it in, which is then noted. */
static bool is_ours(struct form *f, struct hl_str name)
{
	bool ours = false;

	for (size_t i = 0; i < f->n_fields; i++) {
		if (hl_str_eq(name, hl_str_c(f->fields[i].name))) {
			f->found |= UINT64_C(1) << i;
			ours = true;
		}
	}
	return ours;
}

/* A field of the form as it stands there. `behind` begins behind the tag. */
static void take_field(struct form *f, struct hl_str tag, struct hl_str behind)
{
	HL_BUF_AUTO value = HL_BUF_SECRET(FORM_MAX);
	struct hl_str name = hl_main_html_attr(tag, "name");
	struct hl_str type = hl_main_html_attr(tag, "type");
	struct hl_str raw = hl_main_html_attr(tag, "value");
	bool box = hl_str_eq(type, HL_STR("radio")) ||
		   hl_str_eq(type, HL_STR("checkbox"));

	if (!name.n || is_ours(f, name) || hl_main_html_is(tag, "button") ||
		hl_main_html_is(tag, "select") ||
		(box && !hl_main_html_attr(tag, "checked").p)) {
		return;
	}
	if (hl_main_html_is(tag, "textarea")) {
		raw = hl_str_sub(
			behind, 0, hl_str_find(behind, HL_STR("</textarea>")));
	}
	hl_main_html_put_plain(&value, raw);
	put_pair(&f->body, name, hl_buf_str(&value));
}

/* Reads the fields up to the form's end. */
static void take_fields(struct form *f, struct hl_str rest)
{
	struct hl_str tag;

	while (hl_main_html_tag(&rest, &tag) &&
		!hl_main_html_is(tag, "/form")) {
		if (hl_main_html_is(tag, "input") ||
			hl_main_html_is(tag, "textarea") ||
			hl_main_html_is(tag, "select") ||
			hl_main_html_is(tag, "button")) {
			take_field(f, tag, rest);
		}
	}
	for (size_t i = 0; i < f->n_fields; i++) {
		put_pair(&f->body, hl_str_c(f->fields[i].name),
			hl_str_c(f->fields[i].value));
	}
}

/* The form's own tag; *rest begins behind it. */
static bool find_form(
	struct hl_str *rest, struct hl_str action, struct hl_str *found)
{
	struct hl_str tag;

	while (hl_main_html_tag(rest, &tag)) {
		*found = hl_main_html_attr(tag, "action");
		if (hl_main_html_is(tag, "form") &&
			hl_str_starts(*found, action)) {
			return true;
		}
	}
	return false;
}

static int post(
	struct hl_main_browser *b, struct hl_str body, struct hl_err *err)
{
	struct curl_slist *headers = NULL;
	char origin[300];

	snprintf(origin, sizeof(origin), "Origin: %s", b->base);
	headers = curl_slist_append(headers, origin);
	if (!headers) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a form");
	}
	curl_easy_setopt(b->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(b->curl, CURLOPT_POSTFIELDSIZE, (long)body.n);
	curl_easy_setopt(b->curl, CURLOPT_COPYPOSTFIELDS, body.p);
	curl_easy_setopt(b->curl, CURLOPT_HTTPHEADER, headers);
	int r = ask(b, err);
	curl_easy_setopt(b->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	return r;
}

int hl_main_browser_send(struct hl_main_browser *b, const char *action,
	const struct hl_main_field *fields, size_t n, struct hl_err *err)
{
	struct form f = {.b = b,
		.fields = fields,
		.n_fields = n,
		.body = HL_BUF_SECRET(FORM_MAX)};
	HL_BUF_AUTO to = HL_BUF_INIT(URL_LEN_MAX);
	struct hl_str rest = hl_buf_str(&b->html), raw;
	int r = 0;

	if (!find_form(&rest, hl_str_c(action), &raw)) {
		return HL_FAIL(err, HL_NOTFOUND,
			"the page has no form that goes to %s", action);
	}
	take_fields(&f, rest);
	for (size_t i = 0; i < n && !r; i++) {
		if (!(f.found >> i & 1)) {
			r = HL_FAIL(err, HL_NOTFOUND,
				"the form has no field \"%s\"", fields[i].name);
		}
	}
	hl_main_html_put_plain(&to, raw);
	if (!r) {
		r = f.body.fault ? f.body.fault : to.fault;
	}
	if (!r) {
		set_url(b, hl_buf_str(&to));
		r = post(b, hl_buf_str(&f.body), err);
	}
	hl_buf_fini(&f.body);
	return r;
}

int hl_main_browser_status(const struct hl_main_browser *b)
{
	return (int)b->status;
}

const char *hl_main_browser_url(const struct hl_main_browser *b)
{
	return b->url;
}

struct hl_str hl_main_browser_html(const struct hl_main_browser *b)
{
	return hl_buf_str(&b->html);
}

struct hl_str hl_main_browser_text(const struct hl_main_browser *b)
{
	return hl_buf_str(&b->text);
}

bool hl_main_browser_says(const struct hl_main_browser *b, const char *words)
{
	struct hl_str text = hl_buf_str(&b->text);

	return hl_str_find(text, hl_str_c(words)) < text.n;
}

struct hl_str hl_main_browser_between(
	const struct hl_main_browser *b, const char *before, const char *after)
{
	struct hl_str all = hl_buf_str(&b->html), from = hl_str_c(before);
	size_t at = hl_str_find(all, from);

	if (at == all.n) {
		return HL_STR_NONE;
	}
	struct hl_str rest = hl_str_sub(all, at + from.n, all.n);
	size_t end = hl_str_find(rest, hl_str_c(after));
	return end < rest.n ? hl_str_sub(rest, 0, end) : HL_STR_NONE;
}
