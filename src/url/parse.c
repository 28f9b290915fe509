/* SPDX-License-Identifier: Apache-2.0 */
#include "url/inner.h"

/*
 * The URL parser of clause 4.4. The standard writes it as a machine that
 * takes one character at a time; since each of its states ends at one of a
 * few delimiters, here each part is cut off at its delimiter and handled
 * whole. A comment names the states that a function stands for.
 *
 * href is built in one buffer and the parts are remembered as offsets into
 * it, because the buffer may move while it grows. path_at is where the path
 * begins; "/." in front of it is no part of it.
 */

struct span {
	size_t at, n;
	bool there;
};

struct parser {
	const struct hl_url *base;
	struct hl_buf b;
	struct span scheme, username, password, host, path, query, fragment;
	int port;
	enum hl_url_host_kind kind;
	bool special, file, opaque;
};

static struct hl_str part(const struct parser *p, struct span s)
{
	return s.there ? hl_str_sub(hl_buf_str(&p->b), s.at, s.n) : HL_STR_NONE;
}

static void open_span(struct parser *p, struct span *s)
{
	*s = (struct span){.at = p->b.n, .there = true};
}

static void close_span(struct parser *p, struct span *s)
{
	s->n = p->b.n - s->at;
}

static void put_span(struct parser *p, struct span *s, struct hl_str text)
{
	open_span(p, s);
	hl_buf_put(&p->b, text);
	close_span(p, s);
}

static void put_scheme(struct parser *p, struct hl_str scheme)
{
	open_span(p, &p->scheme);
	for (size_t i = 0; i < scheme.n; i++) {
		hl_buf_put_c(&p->b, hl_url_lower(scheme.p[i]));
	}
	close_span(p, &p->scheme);
	p->special = hl_url_default_port(part(p, p->scheme)) >= 0;
	p->file = hl_str_eq(part(p, p->scheme), HL_STR("file"));
	hl_buf_put_c(&p->b, ':');
}

static bool is_slash(const struct parser *p, struct hl_str s)
{
	return s.n && (s.p[0] == '/' || (p->special && s.p[0] == '\\'));
}

/* Query and fragment states; s begins with '?', '#' or is empty. */
static void put_tail(struct parser *p, struct hl_str s)
{
	size_t hash = hl_str_find_char(s, '#');

	if (s.n && s.p[0] == '?') {
		hl_buf_put_c(&p->b, '?');
		open_span(p, &p->query);
		hl_url_put_encoded(&p->b, hl_str_sub(s, 1, hash - 1),
			p->special ? HL_URL_C_SPECIAL_QUERY : HL_URL_C_QUERY);
		close_span(p, &p->query);
	}
	if (hash < s.n) {
		hl_buf_put_c(&p->b, '#');
		open_span(p, &p->fragment);
		hl_url_put_encoded(
			&p->b, hl_str_sub(s, hash + 1, s.n), HL_URL_C_FRAGMENT);
		close_span(p, &p->fragment);
	}
}

static bool is_drive(struct hl_str s)
{
	return s.n >= 2 && hl_url_is_alpha(s.p[0]) &&
	       (s.p[1] == ':' || s.p[1] == '|');
}

/* "Starts with a Windows drive letter", clause 4.2. */
static bool starts_with_drive(struct hl_str s)
{
	return is_drive(s) &&
	       hl_url_find_any(hl_str_sub(s, 2, 1), "/\\?#") == 0;
}

/* "Shorten a URL's path": drops the last segment, but no drive letter. */
static void shorten(struct parser *p)
{
	struct hl_str path = hl_str_sub(hl_buf_str(&p->b), p->path.at, p->b.n);

	if (p->file && path.n == 3 && is_drive(hl_str_sub(path, 1, 2)) &&
		path.p[2] == ':') {
		return;
	}
	while (path.n && path.p[path.n - 1] != '/') {
		path.n--;
	}
	p->b.n = p->path.at + (path.n ? path.n - 1 : 0);
}

/* 0, 1 or 2 for a dot segment, dots as %2e included; 0 for any other. */
static unsigned dot_segment(struct hl_str s)
{
	unsigned dots = 0;

	while (s.n) {
		size_t n = s.p[0] == '.' ? 1 : 3;

		if (n == 3 && !hl_url_starts_nocase(s, HL_STR("%2e"))) {
			return 0;
		}
		s = hl_str_sub(s, n, s.n);
		dots++;
	}
	return dots <= 2 ? dots : 0;
}

static void put_segment(struct parser *p, struct hl_str seg, bool last)
{
	unsigned dots = dot_segment(seg);

	if (dots == 2) {
		shorten(p);
	}
	if (dots && last) {
		hl_buf_put_c(&p->b, '/');
	}
	if (dots) {
		return;
	}
	bool first = p->b.n == p->path.at;
	hl_buf_put_c(&p->b, '/');
	if (p->file && first && is_drive(seg) && seg.n == 2) {
		hl_buf_put_mem(&p->b, seg.p, 1);
		hl_buf_put_c(&p->b, ':');
		return;
	}
	hl_url_put_encoded(&p->b, seg, HL_URL_C_PATH);
}

/* Path state; what the path holds already (of a base) stays in front. */
static void put_segments(struct parser *p, struct hl_str s)
{
	const char *ends = p->special ? "/\\?#" : "/?#";
	bool last = false;

	while (!last) {
		size_t at = hl_url_find_any(s, ends);

		last = at == s.n || s.p[at] == '?' || s.p[at] == '#';
		put_segment(p, hl_str_sub(s, 0, at), last);
		s = hl_str_sub(s, last ? at : at + 1, s.n);
	}
	close_span(p, &p->path);
	put_tail(p, s);
}

/* Path start state. */
static void put_path_start(struct parser *p, struct hl_str s)
{
	open_span(p, &p->path);
	if (!p->special && (!s.n || s.p[0] == '?' || s.p[0] == '#')) {
		close_span(p, &p->path);
		put_tail(p, s);
		return;
	}
	put_segments(p, is_slash(p, s) ? hl_str_sub(s, 1, s.n) : s);
}

static void put_credentials(struct parser *p, struct hl_str s)
{
	size_t colon = hl_str_find_char(s, ':');
	struct hl_str password = hl_str_sub(s, colon + 1, s.n);
	size_t from = p->b.n;

	open_span(p, &p->username);
	hl_url_put_encoded(&p->b, hl_str_sub(s, 0, colon), HL_URL_C_USERINFO);
	close_span(p, &p->username);
	if (password.n) {
		hl_buf_put_c(&p->b, ':');
		open_span(p, &p->password);
		hl_url_put_encoded(&p->b, password, HL_URL_C_USERINFO);
		close_span(p, &p->password);
	}
	if (p->b.n > from) {
		hl_buf_put_c(&p->b, '@');
	}
}

/* The colon in front of the port: the first outside brackets. */
static size_t port_colon(struct hl_str s)
{
	bool inside = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ':' && !inside) {
			return i;
		}
		inside = s.p[i] == '[' || (inside && s.p[i] != ']');
	}
	return s.n;
}

static int put_host_port(struct parser *p, struct hl_str s, bool credentials)
{
	size_t colon = port_colon(s);
	struct hl_str host = hl_str_sub(s, 0, colon);

	if (!host.n && (p->special || colon < s.n || credentials)) {
		return HL_URL_WHY_NO_HOST;
	}
	open_span(p, &p->host);
	int why = hl_url_put_host(&p->b, host, p->special, &p->kind);
	close_span(p, &p->host);
	if (why == 0) {
		why = (int)hl_url_parse_port(
			hl_str_sub(s, colon + 1, s.n), &p->port);
	}
	if (p->port == hl_url_default_port(part(p, p->scheme))) {
		p->port = -1;
	}
	if (why == 0 && p->port >= 0) {
		hl_buf_printf(&p->b, ":%d", p->port);
	}
	return why;
}

/* Authority, host, hostname and port states; s is behind the slashes. */
static int put_authority(struct parser *p, struct hl_str s)
{
	size_t end = hl_url_find_any(s, p->special ? "/\\?#" : "/?#");
	struct hl_str authority = hl_str_sub(s, 0, end);
	const char *at = end ? memrchr(authority.p, '@', end) : NULL;

	hl_buf_put(&p->b, HL_STR("//"));
	if (at) {
		size_t n = (size_t)(at - authority.p);

		put_credentials(p, hl_str_sub(authority, 0, n));
		authority = hl_str_sub(authority, n + 1, end);
		if (!authority.n) {
			return HL_URL_WHY_NO_HOST;
		}
	}
	int why = put_host_port(p, authority, at != NULL);
	if (why == 0) {
		put_path_start(p, hl_str_sub(s, end, s.n));
	}
	return why;
}

static struct hl_str skip_slashes(const struct parser *p, struct hl_str s)
{
	while (is_slash(p, s)) {
		s = hl_str_sub(s, 1, s.n);
	}
	return s;
}

static void copy_authority(struct parser *p)
{
	const struct hl_url *base = p->base;

	p->kind = base->host_kind;
	p->port = base->port;
	if (!base->host.p) {
		return;
	}
	hl_buf_put(&p->b, HL_STR("//"));
	if (base->username.n || base->password.n) {
		put_span(p, &p->username, base->username);
		if (base->password.n) {
			hl_buf_put_c(&p->b, ':');
			put_span(p, &p->password, base->password);
		}
		hl_buf_put_c(&p->b, '@');
	}
	put_span(p, &p->host, base->host);
	if (base->port >= 0) {
		hl_buf_printf(&p->b, ":%d", base->port);
	}
}

/* The end of relative and file states: base's path, then what s changes. */
static void put_onto_base_path(struct parser *p, struct hl_str s)
{
	put_span(p, &p->path, p->base->path);
	if (s.n && s.p[0] != '?' && s.p[0] != '#') {
		if (p->file && starts_with_drive(s)) {
			p->b.n = p->path.at;
		} else {
			shorten(p);
		}
		put_segments(p, s);
		return;
	}
	if (p->base->query.p && !(s.n && s.p[0] == '?')) {
		hl_buf_put_c(&p->b, '?');
		put_span(p, &p->query, p->base->query);
	}
	put_tail(p, s);
}

/* Relative and relative slash states. */
static int put_relative(struct parser *p, struct hl_str s)
{
	if (is_slash(p, s)) {
		struct hl_str rest = hl_str_sub(s, 1, s.n);

		if (is_slash(p, rest)) {
			rest = p->special ? skip_slashes(p, rest)
					  : hl_str_sub(rest, 1, rest.n);
			return put_authority(p, rest);
		}
		copy_authority(p);
		put_path_start(p, s);
		return 0;
	}
	copy_authority(p);
	put_onto_base_path(p, s);
	return 0;
}

static void put_file_host_none(struct parser *p)
{
	hl_buf_put(&p->b, HL_STR("//"));
	open_span(p, &p->host);
	p->kind = HL_URL_HOST_EMPTY;
}

/* File host state; s is behind the two slashes. */
static int put_file_host(struct parser *p, struct hl_str s)
{
	size_t end = hl_url_find_any(s, "/\\?#");
	struct hl_str host = hl_str_sub(s, 0, end);
	int why = 0;

	put_file_host_none(p);
	if (is_drive(host) && host.n == 2) {
		open_span(p, &p->path);
		put_segments(p, s);
		return 0;
	}
	if (host.n) {
		why = hl_url_put_host(&p->b, host, true, &p->kind);
		close_span(p, &p->host);
		if (hl_str_eq(part(p, p->host), HL_STR("localhost"))) {
			p->b.n = p->host.at;
			p->host.n = 0;
			p->kind = HL_URL_HOST_EMPTY;
		}
	}
	if (why == 0) {
		put_path_start(p, hl_str_sub(s, end, s.n));
	}
	return why;
}

/* File slash state; s is behind the one slash. */
static int put_file_slash(struct parser *p, struct hl_str s, bool on_base)
{
	if (!on_base) {
		put_file_host_none(p);
		open_span(p, &p->path);
		put_segments(p, s);
		return 0;
	}
	copy_authority(p);
	open_span(p, &p->path);
	struct hl_str drive = hl_str_sub(p->base->path, 0, 3);
	if (!starts_with_drive(s) && drive.n == 3 && drive.p[2] == ':' &&
		hl_url_is_alpha(drive.p[1]) &&
		(p->base->path.n == 3 || p->base->path.p[3] == '/')) {
		hl_buf_put(&p->b, drive);
	}
	put_segments(p, s);
	return 0;
}

/* File state. */
static int put_file(struct parser *p, struct hl_str s)
{
	bool on_base = p->base && hl_str_eq(p->base->scheme, HL_STR("file"));

	if (is_slash(p, s)) {
		struct hl_str rest = hl_str_sub(s, 1, s.n);

		return is_slash(p, rest)
			       ? put_file_host(p, hl_str_sub(rest, 1, rest.n))
			       : put_file_slash(p, rest, on_base);
	}
	if (on_base) {
		copy_authority(p);
		put_onto_base_path(p, s);
		return 0;
	}
	put_file_host_none(p);
	open_span(p, &p->path);
	put_segments(p, s);
	return 0;
}

/* What follows "scheme:" of a scheme that is not special. */
static int put_other(struct parser *p, struct hl_str s)
{
	if (hl_str_starts(s, HL_STR("//"))) {
		return put_authority(p, hl_str_sub(s, 2, s.n));
	}
	if (is_slash(p, s)) {
		put_path_start(p, s);
		return 0;
	}
	size_t end = hl_url_find_any(s, "?#");
	p->opaque = true;
	open_span(p, &p->path);
	hl_url_put_encoded(&p->b, hl_str_sub(s, 0, end), HL_URL_C_C0);
	close_span(p, &p->path);
	put_tail(p, hl_str_sub(s, end, s.n));
	return 0;
}

/* No scheme state. */
static int put_without_scheme(struct parser *p, struct hl_str s)
{
	const struct hl_url *base = p->base;

	if (!base || (base->opaque_path && !(s.n && s.p[0] == '#'))) {
		return HL_URL_WHY_NO_SCHEME;
	}
	put_scheme(p, base->scheme);
	if (base->opaque_path) {
		p->opaque = true;
		put_onto_base_path(p, s);
		return 0;
	}
	return p->file ? put_file(p, s) : put_relative(p, s);
}

static int run(struct parser *p, struct hl_str s)
{
	size_t n = hl_url_scheme_len(s);

	if (n == 0) {
		return put_without_scheme(p, s);
	}
	put_scheme(p, hl_str_sub(s, 0, n));
	s = hl_str_sub(s, n + 1, s.n);
	if (p->file) {
		return put_file(p, s);
	}
	if (!p->special) {
		return put_other(p, s);
	}
	if (p->base && hl_str_eq(part(p, p->scheme), p->base->scheme) &&
		!(s.n >= 2 && s.p[0] == '/' && s.p[1] == '/')) {
		return put_relative(p, s);
	}
	return put_authority(p, skip_slashes(p, s));
}

/* Serialising, clause 4.5: without a host, a path that begins with "//"
 * would read as one. */
static void guard_path(struct parser *p)
{
	struct span *later[] = {&p->path, &p->query, &p->fragment};

	if (p->host.there || p->opaque ||
		!hl_str_starts(part(p, p->path), HL_STR("//")) ||
		!hl_buf_reserve(&p->b, 2)) {
		return;
	}
	memmove(p->b.p + p->path.at + 2, p->b.p + p->path.at,
		p->b.n - p->path.at);
	memcpy(p->b.p + p->path.at, "/.", 2);
	p->b.n += 2;
	for (size_t i = 0; i < HL_ARRAY_LEN(later); i++) {
		later[i]->at += 2;
	}
}

static int give_out(struct parser *p, struct hl_arena *a, struct hl_url *out)
{
	guard_path(p);
	if (p->b.fault) {
		return p->b.fault;
	}
	struct hl_str href = hl_arena_dup(a, hl_buf_str(&p->b));
	if (!href.p) {
		return HL_E_NOMEM;
	}
	p->b.n = href.n;
	struct span *from[] = {&p->scheme, &p->username, &p->password, &p->host,
		&p->path, &p->query, &p->fragment};
	struct hl_str *to[] = {&out->scheme, &out->username, &out->password,
		&out->host, &out->path, &out->query, &out->fragment};
	for (size_t i = 0; i < HL_ARRAY_LEN(from); i++) {
		*to[i] = from[i]->there
				 ? hl_str_sub(href, from[i]->at, from[i]->n)
				 : HL_STR_NONE;
	}
	out->href = href;
	out->port = p->port;
	out->host_kind = p->kind;
	out->special = p->special;
	out->opaque_path = p->opaque;
	return 0;
}

int hl_url_parse_why(struct hl_str input, const struct hl_url *base,
	struct hl_arena *a, struct hl_url *out)
{
	/* Ill-formed bytes grow ninefold, U+FFFD being %EF%BF%BD. */
	struct parser p = {.base = base,
		.b = HL_BUF_SECRET((size_t)16 * HL_URL_MAX),
		.port = -1};
	char stripped[HL_URL_MAX];

	if (input.n > sizeof(stripped)) {
		return HL_URL_WHY_LONG;
	}
	struct hl_str s = hl_url_trim(input);
	s = hl_str_mem(stripped, hl_url_strip(s, stripped));
	int why = run(&p, s);
	if (why == 0) {
		why = give_out(&p, a, out);
	}
	explicit_bzero(stripped, s.n);
	hl_buf_fini(&p.b);
	return why;
}

int hl_url_resolve(struct hl_str input, const struct hl_url *base,
	struct hl_arena *a, struct hl_url *out, struct hl_err *err)
{
	return hl_url_fail(err, hl_url_parse_why(input, base, a, out));
}

int hl_url_parse(struct hl_str input, struct hl_arena *a, struct hl_url *out,
	struct hl_err *err)
{
	return hl_url_resolve(input, NULL, a, out, err);
}
