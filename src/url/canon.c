/* SPDX-License-Identifier: Apache-2.0 */
#include "url/inner.h"

/*
 * The canonical form of docs/urls.md: cut as browsers cut, then fold each
 * part. Each part is first scanned for bytes that need work; ordinary
 * addresses need none and are copied from the input as they are. The slow
 * ways work in buffers on the stack that are wiped behind use.
 */

struct web {
	struct hl_str scheme, host, path, query, fragment;
	int port;
};

/* Query and fragment off the end of s, which becomes the path. */
static void cut_tail(struct web *w, struct hl_str s)
{
	size_t hash = hl_str_find_char(s, '#');
	struct hl_str rest = hl_str_sub(s, 0, hash);
	size_t mark = hl_str_find_char(rest, '?');

	w->fragment = hl_str_sub(s, hash + 1, s.n);
	w->path = hl_str_sub(rest, 0, mark);
	w->query = hl_str_sub(rest, mark + 1, rest.n);
}

/* s is behind the slashes. */
static int cut_authority(struct web *w, struct hl_str s)
{
	size_t end = 0, at = 0, colon = SIZE_MAX;
	bool inside = false;

	for (; end < s.n; end++) {
		char c = s.p[end];

		if (hl_url_is(c, HL_URL_C_PLAIN_HOST)) {
			continue;
		}
		if (c == '/' || c == '?' || c == '#' || c == '\\') {
			break;
		}
		if (c == '@') {
			at = end + 1;
			colon = SIZE_MAX;
			inside = false;
		} else if (c == ':' && !inside && colon == SIZE_MAX) {
			colon = end;
		} else if (c == '[') {
			inside = true;
		} else if (c == ']') {
			inside = false;
		}
	}
	cut_tail(w, hl_str_sub(s, end, s.n));
	if (colon == SIZE_MAX) {
		colon = end;
	}
	w->host = hl_str_sub(s, at, colon - at);
	if (!w->host.n) {
		return HL_URL_WHY_NO_HOST;
	}
	w->port = -1;
	return colon < end ? (int)hl_url_parse_port(
				     hl_str_sub(s, colon + 1, end - colon - 1),
				     &w->port)
			   : 0;
}

static struct hl_str web_scheme(struct hl_str s)
{
	static const struct hl_str schemes[] = {HL_STR_INIT("https"),
		HL_STR_INIT("http"), HL_STR_INIT("ftp"), HL_STR_INIT("wss"),
		HL_STR_INIT("ws")};

	for (size_t i = 0; i < HL_ARRAY_LEN(schemes); i++) {
		if (hl_str_eq_nocase(s, schemes[i])) {
			return schemes[i];
		}
	}
	return HL_STR_NONE;
}

static int cut(struct web *w, struct hl_str s)
{
	size_t n = hl_url_scheme_len(s);

	w->scheme = web_scheme(hl_str_sub(s, 0, n));
	if (w->scheme.p) {
		s = hl_str_sub(s, n + 1, s.n);
		while (s.n && (s.p[0] == '/' || s.p[0] == '\\')) {
			s = hl_str_sub(s, 1, s.n);
		}
		return cut_authority(w, s);
	}
	/* "example.org:8080/" is a host with a port: no scheme in use has a
	 * dot in it. */
	if (n && hl_str_find_char(hl_str_sub(s, 0, n), '.') == n) {
		return HL_URL_WHY_SCHEME;
	}
	w->scheme = HL_STR("http");
	if (hl_str_starts(s, HL_STR("//"))) {
		s = hl_str_sub(s, 2, s.n);
	}
	return cut_authority(w, s);
}

/* Without dots at both ends and with single dots between, in place. */
static size_t squeeze_dots(char *p, size_t n)
{
	size_t w = 0;

	for (size_t r = 0; r < n; r++) {
		if (p[r] != '.' || (w && p[w - 1] != '.')) {
			p[w++] = p[r];
		}
	}
	return w && p[w - 1] == '.' ? w - 1 : w;
}

/* The last step for a domain; may be an IPv4 address in any shape. A host
 * that no browser takes is kept, escaped as Safe Browsing does. */
static int put_folded_host(struct hl_buf *out, char *p, size_t n)
{
	uint32_t ip;

	n = squeeze_dots(p, n);
	if (n == 0) {
		return HL_URL_WHY_NO_HOST;
	}
	struct hl_str host = hl_str_mem(p, n);
	if (hl_url_ipv4(host, &ip) == HL_URL_READABLE) {
		hl_url_put_ipv4(out, ip);
	} else {
		hl_url_put_escaped(out, host, HL_URL_C_CANON_HOST);
	}
	return 0;
}

/* A '%' that UTS 46 made of another character could begin an escape that
 * nobody typed; no browser takes such a host. */
static int put_mapped_host(struct hl_buf *out, struct hl_buf *ascii)
{
	if (hl_str_find_char(hl_buf_str(ascii), '%') < ascii->n) {
		return HL_URL_WHY_HOST;
	}
	return put_folded_host(out, ascii->p, ascii->n);
}

static int fold_unusual_host(struct hl_buf *out, struct hl_str raw)
{
	HL_BUF_AUTO ascii = HL_BUF_SECRET(HL_URL_HOST_MAX);
	char text[HL_URL_MAX];
	size_t n = hl_url_unescape_all(raw, text);
	struct hl_str host = hl_str_mem(text, n);
	int why = HL_URL_WHY_HOST;

	for (size_t i = 0; i < n; i++) {
		text[i] = hl_url_lower(text[i]);
	}
	if (n > HL_URL_HOST_MAX) {
		why = HL_URL_WHY_LONG;
	} else if (!hl_url_is_plain_ascii(host)) {
		why = hl_url_to_ascii(host, &ascii);
	}
	if (why == HL_URL_WHY_HOST) {
		why = put_folded_host(out, text, n);
	} else if (why == 0) {
		why = ascii.fault ? ascii.fault : put_mapped_host(out, &ascii);
	}
	explicit_bzero(text, raw.n);
	return why;
}

static int put_canon_host(struct hl_buf *out, struct hl_str raw)
{
	char *to = hl_buf_reserve(out, raw.n);
	size_t label = 0, i = 0;

	if (!to) {
		return out->fault;
	}
	if (raw.p[0] == '[') {
		return raw.n > 2 && raw.p[raw.n - 1] == ']' &&
				       hl_url_put_ipv6(out,
					       hl_str_sub(raw, 1, raw.n - 2))
			       ? 0
			       : HL_URL_WHY_IP;
	}
	for (; i < raw.n && hl_url_is(raw.p[i], HL_URL_C_PLAIN_HOST); i++) {
		to[i] = hl_url_lower(raw.p[i]);
		if (to[i] != '.') {
			continue;
		}
		if (i == label) {
			break;
		}
		label = i + 1;
	}
	/* Ordinary: no other byte, no empty label, the last label is no
	 * number, and no label is in Punycode. */
	if (i == raw.n && label < i && !hl_url_is_digit(to[label]) &&
		!memmem(to, i, "xn--", 4) && i <= HL_URL_HOST_MAX) {
		out->n += i;
		out->p[out->n] = '\0';
		return 0;
	}
	return fold_unusual_host(out, raw);
}

/* Dot segments as browsers resolve them; p[0] is '/'. */
static size_t resolve_dots(char *p, size_t n)
{
	size_t w = 0, r = 0;

	while (r < n) {
		const char *slash = memchr(p + r + 1, '/', n - r - 1);
		size_t next = slash ? (size_t)(slash - p) : n;
		size_t len = next - r;
		bool one = len == 2 && p[r + 1] == '.';
		bool two = len == 3 && p[r + 1] == '.' && p[r + 2] == '.';

		if (two) {
			while (w && p[--w] != '/') {
			}
		}
		if (one || two) {
			if (next == n) {
				p[w++] = '/';
			}
		} else {
			memmove(p + w, p + r, len);
			w += len;
		}
		r = next;
	}
	return w;
}

static size_t squeeze_slashes(char *p, size_t n)
{
	size_t w = 0;

	for (size_t r = 0; r < n; r++) {
		if (p[r] != '/' || !w || p[w - 1] != '/') {
			p[w++] = p[r];
		}
	}
	return w;
}

static void fold_unusual_path(struct hl_buf *out, struct hl_str path)
{
	char raw[HL_URL_MAX], text[HL_URL_MAX];

	for (size_t i = 0; i < path.n; i++) {
		raw[i] = path.p[i] == '\\' ? '/' : path.p[i];
	}
	size_t n = hl_url_unescape_all(hl_str_mem(raw, path.n), text);
	n = squeeze_slashes(text, resolve_dots(text, n));
	hl_url_put_escaped(out, n ? hl_str_mem(text, n) : HL_STR("/"),
		HL_URL_C_CANON_PATH);
	explicit_bzero(raw, path.n);
	explicit_bzero(text, path.n);
}

static void put_canon_path(struct hl_buf *out, struct hl_str path)
{
	char before = 0;

	if (path.n == 0) {
		hl_buf_put_c(out, '/');
		return;
	}
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];

		if (hl_url_is(c, HL_URL_C_CANON_PATH) ||
			(before == '/' && (c == '/' || c == '.'))) {
			fold_unusual_path(out, path);
			return;
		}
		before = c;
	}
	hl_buf_put(out, path);
}

static void put_canon_query(struct hl_buf *out, struct hl_str s)
{
	char text[HL_URL_MAX];
	size_t i = 0;

	hl_buf_put_c(out, '?');
	while (i < s.n && !hl_url_is(s.p[i], HL_URL_C_CANON_QUERY)) {
		i++;
	}
	if (i == s.n) {
		hl_buf_put(out, s);
		return;
	}
	size_t n = hl_url_unescape_all(s, text);
	hl_url_put_escaped(out, hl_str_mem(text, n), HL_URL_C_CANON_QUERY);
	explicit_bzero(text, s.n);
}

/* A fragment that a script on the page reads as the page's address: it
 * begins with '/', '!' or a letter and '!', and goes on behind these. */
static bool is_route(struct hl_str s)
{
	size_t n = s.n && hl_url_is_alpha(s.p[0]) ? 1 : 0;

	if (n == 1 && (s.n < 2 || s.p[1] != '!')) {
		return false;
	}
	while (n < s.n && (s.p[n] == '!' || s.p[n] == '/')) {
		n++;
	}
	return n > 0 && n < s.n;
}

static void put_route(struct hl_buf *out, struct hl_str fragment)
{
	char text[HL_URL_MAX];
	struct hl_str s = hl_str_mem(text, hl_url_unescape_all(fragment, text));

	if (is_route(s)) {
		hl_buf_put_c(out, '#');
		hl_url_put_escaped(out, s, HL_URL_C_CANON_QUERY);
	}
	explicit_bzero(text, fragment.n);
}

static int put_web(struct hl_buf *out, const struct web *w)
{
	size_t from = out->n;

	hl_buf_put(out, w->scheme);
	hl_buf_put(out, HL_STR("://"));
	int why = out->fault ? out->fault : put_canon_host(out, w->host);
	if (why) {
		return why;
	}
	if (w->port >= 0 && w->port != hl_url_default_port(w->scheme)) {
		hl_buf_printf(out, ":%d", w->port);
	}
	put_canon_path(out, w->path);
	if (w->query.n) {
		put_canon_query(out, w->query);
	}
	if (w->fragment.n) {
		put_route(out, w->fragment);
	}
	if (out->fault) {
		return out->fault;
	}
	return out->n - from > HL_URL_MAX ? HL_URL_WHY_LONG : 0;
}

/* "http%3A%2F%2F…", as it stands in the links of search engines. */
static bool is_escaped_whole(struct hl_str s)
{
	return hl_url_starts_nocase(s, HL_STR("http%3a")) ||
	       hl_url_starts_nocase(s, HL_STR("https%3a"));
}

static bool needs_strip(struct hl_str s)
{
	bool found = false;

	for (size_t i = 0; i < s.n; i++) {
		found |= s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r';
	}
	return found;
}

static int canon(struct hl_str s, struct hl_buf *out)
{
	struct web w;
	int why = cut(&w, s);

	return why ? why : put_web(out, &w);
}

static int canon_unusual(struct hl_str s, struct hl_buf *out)
{
	char plain[HL_URL_MAX], decoded[HL_URL_MAX];
	struct hl_str t = hl_str_mem(plain, hl_url_strip(s, plain));

	if (is_escaped_whole(t)) {
		t = hl_str_mem(decoded, hl_url_unescape(t, decoded));
	}
	int why = canon(t, out);
	explicit_bzero(plain, s.n);
	explicit_bzero(decoded, t.n);
	return why;
}

int hl_url_canon_why(struct hl_str input, struct hl_buf *out)
{
	struct hl_str s = hl_url_trim(input);
	size_t before = out->n;
	int why;

	if (input.n > HL_URL_MAX) {
		return HL_URL_WHY_LONG;
	}
	why = needs_strip(s) || is_escaped_whole(s) ? canon_unusual(s, out)
						    : canon(s, out);
	if (why && out->p) {
		out->n = before;
		out->p[before] = '\0';
	}
	return why;
}

int hl_url_canon(struct hl_str input, struct hl_buf *out, struct hl_err *err)
{
	return hl_url_fail(err, hl_url_canon_why(input, out));
}
