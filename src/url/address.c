/* SPDX-License-Identifier: Apache-2.0 */
#include "url/inner.h"

/*
 * What one piece of pasted text is. The order of the questions matters: a
 * scheme decides before an @, an @ before dots, and only then may a bare
 * word with a dot in it be a host, if its end is a domain that exists.
 */

static const struct hl_str opaque_schemes[] = {HL_STR_INIT("magnet"),
	HL_STR_INIT("mailto"), HL_STR_INIT("data"), HL_STR_INIT("news"),
	HL_STR_INIT("nntp"), HL_STR_INIT("urn"), HL_STR_INIT("tel"),
	HL_STR_INIT("sms"), HL_STR_INIT("skype"), HL_STR_INIT("xmpp"),
	HL_STR_INIT("sip"), HL_STR_INIT("sips"), HL_STR_INIT("matrix"),
	HL_STR_INIT("tox"), HL_STR_INIT("tg"), HL_STR_INIT("irc"),
	HL_STR_INIT("bitcoin"), HL_STR_INIT("monero"), HL_STR_INIT("ed2k"),
	HL_STR_INIT("ipfs"), HL_STR_INIT("ipns"), HL_STR_INIT("intent")};

bool hl_url_has_opaque_scheme(struct hl_str s)
{
	struct hl_str scheme = hl_str_sub(s, 0, hl_url_scheme_len(s));

	for (size_t i = 0; i < HL_ARRAY_LEN(opaque_schemes); i++) {
		if (hl_str_eq_nocase(scheme, opaque_schemes[i])) {
			return s.n > scheme.n + 1;
		}
	}
	return false;
}

/* The letters in front and the scheme they are meant for; "*" is what some
 * write for the t's. */
static struct hl_str meant_scheme(struct hl_str s)
{
	static const struct {
		struct hl_str typed, meant;
	} spellings[] = {
		{HL_STR_INIT("http"), HL_STR_INIT("http")},
		{HL_STR_INIT("https"), HL_STR_INIT("https")},
		{HL_STR_INIT("ftp"), HL_STR_INIT("ftp")},
		{HL_STR_INIT("ws"), HL_STR_INIT("ws")},
		{HL_STR_INIT("wss"), HL_STR_INIT("wss")},
		{HL_STR_INIT("hxxp"), HL_STR_INIT("http")},
		{HL_STR_INIT("hxxps"), HL_STR_INIT("https")},
		{HL_STR_INIT("hxtp"), HL_STR_INIT("http")},
		{HL_STR_INIT("hxtps"), HL_STR_INIT("https")},
		{HL_STR_INIT("htxp"), HL_STR_INIT("http")},
		{HL_STR_INIT("htxps"), HL_STR_INIT("https")},
		{HL_STR_INIT("h**p"), HL_STR_INIT("http")},
		{HL_STR_INIT("h**ps"), HL_STR_INIT("https")},
		{HL_STR_INIT("hzzp"), HL_STR_INIT("http")},
		{HL_STR_INIT("hzzps"), HL_STR_INIT("https")},
		{HL_STR_INIT("meow"), HL_STR_INIT("http")},
		{HL_STR_INIT("meows"), HL_STR_INIT("https")},
		{HL_STR_INIT("fxp"), HL_STR_INIT("ftp")},
		{HL_STR_INIT("htp"), HL_STR_INIT("http")},
		{HL_STR_INIT("htps"), HL_STR_INIT("https")},
		{HL_STR_INIT("htpp"), HL_STR_INIT("http")},
		{HL_STR_INIT("htpps"), HL_STR_INIT("https")},
		{HL_STR_INIT("httpp"), HL_STR_INIT("http")},
		{HL_STR_INIT("httpps"), HL_STR_INIT("https")},
		{HL_STR_INIT("htttp"), HL_STR_INIT("http")},
		{HL_STR_INIT("htttps"), HL_STR_INIT("https")},
		{HL_STR_INIT("hhttp"), HL_STR_INIT("http")},
		{HL_STR_INIT("hhttps"), HL_STR_INIT("https")},
		{HL_STR_INIT("hppt"), HL_STR_INIT("http")},
		{HL_STR_INIT("hptt"), HL_STR_INIT("http")},
		{HL_STR_INIT("hppts"), HL_STR_INIT("https")},
		{HL_STR_INIT("hptts"), HL_STR_INIT("https")},
		{HL_STR_INIT("thtp"), HL_STR_INIT("http")},
		{HL_STR_INIT("thtps"), HL_STR_INIT("https")},
		{HL_STR_INIT("ttp"), HL_STR_INIT("http")},
		{HL_STR_INIT("ttps"), HL_STR_INIT("https")},
		{HL_STR_INIT("httsp"), HL_STR_INIT("https")},
		{HL_STR_INIT("httpss"), HL_STR_INIT("https")},
		{HL_STR_INIT("htts"), HL_STR_INIT("https")},
		{HL_STR_INIT("hpps"), HL_STR_INIT("https")},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(spellings); i++) {
		if (hl_str_eq_nocase(s, spellings[i].typed)) {
			return spellings[i].meant;
		}
	}
	return HL_STR_NONE;
}

/* Length of the separator: a colon, perhaps with or as ';' or '.', and
 * slashes; or two slashes alone. */
static size_t separator_len(struct hl_str s)
{
	size_t marks = 0, n;

	while (marks < s.n && marks < 2 && hl_url_in(s.p[marks], ":;.")) {
		marks++;
	}
	for (n = marks; n < s.n && (s.p[n] == '/' || s.p[n] == '\\'); n++) {
	}
	if (n - marks >= 2 || (marks == 1 && s.p[0] == ':')) {
		return n;
	}
	return 0;
}

size_t hl_url_spelled_scheme(struct hl_str s, struct hl_str *scheme)
{
	size_t n = 0;

	while (n < s.n && n < 8 && (hl_url_is_alpha(s.p[n]) || s.p[n] == '*')) {
		n++;
	}
	*scheme = meant_scheme(hl_str_sub(s, 0, n));
	if (!scheme->p) {
		return 0;
	}
	size_t sep = separator_len(hl_str_sub(s, n, s.n));
	return sep ? n + sep : 0;
}

static bool is_label_char(char c)
{
	return hl_url_is(c, HL_URL_C_PLAIN_HOST) || (unsigned char)c >= 0x80;
}

/* Four decimal parts of at most 255. */
static bool is_dotted_quad(struct hl_str s)
{
	struct hl_str part;
	size_t n = 0;
	int64_t v;

	while (hl_str_next(&s, '.', &part)) {
		n++;
		if (part.n < 1 || part.n > 3 || !hl_str_to_i64(part, &v) ||
			v < 0 || v > 255) {
			return false;
		}
	}
	return n == 4;
}

/* "end.Next" of two sentences, and names of files. */
static bool is_prose(struct hl_str host)
{
	size_t dot = hl_str_find_char(host, '.');
	struct hl_str last = hl_str_sub(host, dot + 1, host.n);

	if (hl_str_find_char(last, '.') < last.n || last.n < 2) {
		return false;
	}
	return (hl_url_lower(last.p[0]) != last.p[0] &&
		       hl_url_lower(last.p[1]) == last.p[1]) ||
	       hl_str_eq_nocase(last, HL_STR("zip")) ||
	       hl_str_eq_nocase(last, HL_STR("mov"));
}

static bool is_host_of_tld(struct hl_str host)
{
	HL_BUF_AUTO canon = HL_BUF_SECRET(HL_URL_MAX);
	bool plain = true;
	char before = '.';

	for (size_t i = 0; i < host.n; i++) {
		if (!is_label_char(host.p[i]) ||
			(host.p[i] == '.' && before == '.')) {
			return false;
		}
		before = host.p[i];
		plain = plain && (unsigned char)before < 0x80;
	}
	if (plain) {
		return hl_str_find_char(host, '.') < host.n &&
		       hl_url_known_tld(NULL, host);
	}
	if (hl_url_canon_why(host, &canon) != 0) {
		return false;
	}
	struct hl_str ascii = hl_url_host_of(hl_buf_str(&canon));
	return hl_str_find_char(ascii, '.') < ascii.n &&
	       hl_url_known_tld(NULL, ascii);
}

static bool is_ipv6_address(struct hl_str s)
{
	HL_BUF_AUTO b = HL_BUF_INIT(64);
	size_t end = hl_str_find_char(s, ']');
	struct hl_str rest = hl_str_sub(s, end + 1, s.n);

	return end < s.n && (!rest.n || hl_url_in(rest.p[0], "/:?#")) &&
	       hl_url_put_ipv6(&b, hl_str_sub(s, 1, end - 1));
}

bool hl_url_is_bare_address(struct hl_str s)
{
	int port;

	if (s.n && s.p[0] == '[') {
		return is_ipv6_address(s);
	}
	if (hl_str_starts(s, HL_STR("//"))) {
		s = hl_str_sub(s, 2, s.n);
	}
	size_t end = hl_url_find_any(s, "/\\?#");
	struct hl_str host = hl_str_sub(s, 0, end);
	size_t colon = hl_str_find_char(host, ':');
	if (hl_url_parse_port(hl_str_sub(host, colon + 1, host.n), &port)) {
		return false;
	}
	host = hl_str_sub(host, 0, colon);
	if (host.n && host.p[host.n - 1] == '.') {
		host.n--;
	}
	if (hl_url_starts_nocase(host, HL_STR("www.")) && host.n > 4 &&
		is_label_char(host.p[4]) && host.p[4] != '.') {
		return true;
	}
	if (is_dotted_quad(host)) {
		return true;
	}
	return is_host_of_tld(host) &&
	       (end < s.n || colon < s.n || !is_prose(host));
}

int hl_url_give_none(struct hl_url_found *out, int why)
{
	out->kind = HL_URL_WORDS;
	out->why = (enum hl_url_why)why;
	out->address = out->canon = out->key = HL_STR_NONE;
	return why < 0 ? why : 0;
}

int hl_url_give(struct hl_str address, struct hl_str canon, struct hl_arena *a,
	struct hl_url_found *out)
{
	out->why = HL_URL_READABLE;
	out->address = hl_arena_dup(a, address);
	out->canon = out->key = hl_arena_dup(a, canon);
	return out->address.p && out->canon.p ? 0 : HL_E_NOMEM;
}

static int read_web(struct hl_str scheme, struct hl_str rest,
	struct hl_arena *a, struct hl_url_found *out)
{
	HL_BUF_AUTO text = HL_BUF_SECRET(HL_URL_MAX);
	HL_BUF_AUTO canon = HL_BUF_SECRET(HL_URL_MAX);
	struct hl_url_parts parts;
	struct hl_url url;

	hl_buf_put(&text, scheme);
	hl_buf_put(&text, HL_STR("://"));
	hl_buf_put(&text, rest);
	if (text.fault == HL_E_LIMIT) {
		return hl_url_give_none(out, HL_URL_WHY_LONG);
	}
	int why = text.fault
			  ? text.fault
			  : hl_url_parse_why(hl_buf_str(&text), NULL, a, &url);
	if (why == 0) {
		why = hl_url_canon_why(hl_buf_str(&text), &canon);
	}
	if (why == HL_E_LIMIT) {
		why = HL_URL_WHY_LONG;
	}
	if (why) {
		return hl_url_give_none(out, why);
	}
	int rc = hl_url_give(url.href, hl_buf_str(&canon), a, out);
	if (rc == 0) {
		rc = hl_url_split(out->canon, &parts, NULL);
	}
	if (rc == 0) {
		out->key = parts.key;
		out->kind = hl_url_host_under(parts.host, HL_STR("onion"))
				    ? HL_URL_ONION
				    : HL_URL_WEB;
	}
	return rc;
}

static bool is_local_char(char c)
{
	return hl_url_is_alnum(c) || (unsigned char)c >= 0x80 ||
	       hl_url_in(c, ".!#$%&'*+/=?^_`{|}~-");
}

static int read_email(
	struct hl_str s, struct hl_arena *a, struct hl_url_found *out)
{
	HL_BUF_AUTO address = HL_BUF_SECRET(2 * HL_URL_MAX);
	HL_BUF_AUTO canon = HL_BUF_SECRET(HL_URL_MAX);
	const char *at = s.n ? memrchr(s.p, '@', s.n) : NULL;
	struct hl_str local = hl_str_sub(s, 0, at ? (size_t)(at - s.p) : 0);
	struct hl_str domain = hl_str_sub(s, local.n + 1, s.n);
	bool good = local.n > 0 && is_host_of_tld(domain);

	for (size_t i = 0; i < local.n; i++) {
		good = good && is_local_char(local.p[i]);
	}
	if (!good || hl_url_canon_why(domain, &canon) != 0) {
		return hl_url_give_none(out, HL_URL_WHY_EMAIL);
	}
	HL_BUF_AUTO lower = HL_BUF_SECRET(2 * HL_URL_MAX);
	for (size_t i = 0; i < local.n; i++) {
		hl_buf_put_c(&lower, hl_url_lower(local.p[i]));
	}
	hl_buf_put_c(&lower, '@');
	hl_buf_put(&lower, hl_url_host_of(hl_buf_str(&canon)));
	hl_buf_put(&address, local);
	hl_buf_put_c(&address, '@');
	hl_buf_put(&address, hl_url_host_of(hl_buf_str(&canon)));
	if (lower.fault || address.fault) {
		return lower.fault ? lower.fault : address.fault;
	}
	out->kind = HL_URL_EMAIL;
	return hl_url_give(hl_buf_str(&address), hl_buf_str(&lower), a, out);
}

static int read_other(
	struct hl_str s, struct hl_arena *a, struct hl_url_found *out)
{
	struct hl_url url;
	int why = hl_url_parse_why(s, NULL, a, &url);

	if (why == HL_E_LIMIT) {
		why = HL_URL_WHY_LONG;
	}
	if (why) {
		return hl_url_give_none(out, why);
	}
	out->kind = HL_URL_OTHER;
	return hl_url_give(url.href, url.href, a, out);
}

static bool scheme_is(struct hl_str s, struct hl_str scheme)
{
	return hl_url_starts_nocase(s, scheme) && s.n > scheme.n &&
	       s.p[scheme.n] == ':';
}

static int classify_opaque(
	struct hl_str s, struct hl_arena *a, struct hl_url_found *out)
{
	if (scheme_is(s, HL_STR("data"))) {
		return hl_url_give_none(out, HL_URL_WHY_CONTENT);
	}
	if (scheme_is(s, HL_STR("magnet"))) {
		return hl_url_read_magnet(s, a, out);
	}
	if (scheme_is(s, HL_STR("ed2k"))) {
		return hl_url_read_ed2k(s, a, out);
	}
	if (scheme_is(s, HL_STR("mailto"))) {
		s = hl_str_sub(s, 7, s.n);
		return read_email(
			hl_str_sub(s, 0, hl_str_find_char(s, '?')), a, out);
	}
	return read_other(s, a, out);
}

/* "http:" alone in front wants a host that could stand without it: "http"
 * and a colon occur in prose. */
static int classify_web(struct hl_str scheme, struct hl_str sep,
	struct hl_str rest, struct hl_arena *a, struct hl_url_found *out)
{
	struct hl_str inner;
	size_t n = hl_url_spelled_scheme(rest, &inner);

	if (n && hl_str_ends(hl_str_sub(rest, 0, n), HL_STR("/"))) {
		return classify_web(inner, hl_str_sub(rest, 0, n),
			hl_str_sub(rest, n, rest.n), a, out);
	}
	if (!hl_str_ends(sep, HL_STR("//")) &&
		!hl_str_ends(sep, HL_STR("\\\\")) &&
		!hl_url_is_bare_address(rest)) {
		return hl_url_give_none(out, HL_URL_WHY_WORDS);
	}
	return read_web(scheme, rest, a, out);
}

int hl_url_classify(
	struct hl_str s, struct hl_arena *a, struct hl_url_found *out)
{
	struct hl_str scheme,
		host = hl_str_sub(s, 0, hl_url_find_any(s, "/?#"));
	size_t n = hl_url_spelled_scheme(s, &scheme);

	if (s.n > HL_URL_MAX) {
		return hl_url_give_none(
			out, hl_url_has_opaque_scheme(s) || n ||
					     hl_url_is_bare_address(s)
				     ? scheme_is(s, HL_STR("data"))
					       ? HL_URL_WHY_CONTENT
					       : HL_URL_WHY_LONG
				     : HL_URL_WHY_WORDS);
	}
	if (n) {
		return classify_web(scheme, hl_str_sub(s, 0, n),
			hl_str_sub(s, n, s.n), a, out);
	}
	if (hl_url_has_opaque_scheme(s)) {
		return classify_opaque(s, a, out);
	}
	n = hl_url_scheme_len(s);
	if (n && hl_str_starts(hl_str_sub(s, n, s.n), HL_STR("://"))) {
		return read_other(s, a, out);
	}
	n = hl_str_find_char(host, '@');
	if (n > 0 && n + 1 < host.n && host.n == s.n) {
		return read_email(s, a, out);
	}
	if (n < host.n && hl_url_is_bare_address(hl_str_sub(s, n + 1, s.n)) &&
		n > 0) {
		return read_web(HL_STR("http"), s, a, out);
	}
	if (hl_url_is_bare_address(s)) {
		if (hl_str_starts(s, HL_STR("//"))) {
			s = hl_str_sub(s, 2, s.n);
		}
		return read_web(HL_STR("http"), s, a, out);
	}
	return hl_url_give_none(out, HL_URL_WHY_WORDS);
}
