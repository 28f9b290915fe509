/* SPDX-License-Identifier: Apache-2.0 */
#include "web/guard.h"

/*
 * One state machine over lines (the head and the framing of chunks) and
 * counted bytes (bodies). Lines end with CRLF and nothing else; each is
 * judged when it is complete, before evhttp is shown its last bytes.
 */
#define HEADERS_MAX 64u
#define TARGET_MAX 4096u
#define CHUNK_LINE_MAX 10u

void hl_web_guard_init(
	struct hl_web_guard *g, size_t head_max_bytes, uint64_t body_max_bytes)
{
	*g = (struct hl_web_guard){
		.head_max_bytes = head_max_bytes,
		.body_max_bytes = body_max_bytes,
		.line = HL_BUF_SECRET(head_max_bytes),
	};
}

void hl_web_guard_fini(struct hl_web_guard *g)
{
	hl_buf_fini(&g->line);
}

bool hl_web_guard_in_head(const struct hl_web_guard *g)
{
	return g->phase == HL_WEB_GUARD_REQUEST_LINE ||
	       g->phase == HL_WEB_GUARD_HEADERS;
}

bool hl_web_guard_in_body(const struct hl_web_guard *g)
{
	return g->phase >= HL_WEB_GUARD_BODY;
}

/* RFC 9110 clause 5.6.2. */
static bool is_token_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_token(struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_token_char((unsigned char)s.p[i])) {
			return false;
		}
	}
	return s.n > 0;
}

static bool is_digits(struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') {
			return false;
		}
	}
	return s.n > 0;
}

static bool target_allowed(struct hl_str t)
{
	if (!hl_str_starts(t, HL_STR("/")) || hl_str_starts(t, HL_STR("//"))) {
		return false;
	}
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];

		if (c <= 0x20 || c >= 0x7f || c == '#' || c == '\\' ||
			c == '"' || c == '<' || c == '>') {
			return false;
		}
	}
	return true;
}

static int check_method(struct hl_web_guard *g, struct hl_str method)
{
	static const struct {
		struct hl_str name;
		bool body;
	} known[] = {{HL_STR_INIT("GET"), false}, {HL_STR_INIT("HEAD"), false},
		{HL_STR_INIT("POST"), true}, {HL_STR_INIT("PUT"), true},
		{HL_STR_INIT("PATCH"), true}, {HL_STR_INIT("DELETE"), false},
		{HL_STR_INIT("OPTIONS"), false}};

	for (size_t i = 0; i < HL_ARRAY_LEN(known); i++) {
		if (hl_str_eq(method, known[i].name)) {
			g->may_have_body = known[i].body;
			return 0;
		}
	}
	return is_token(method) ? 501 : 400;
}

static int check_version(struct hl_web_guard *g, struct hl_str version)
{
	g->http10 = hl_str_eq(version, HL_STR("HTTP/1.0"));
	if (g->http10 || hl_str_eq(version, HL_STR("HTTP/1.1"))) {
		return 0;
	}
	return hl_str_starts(version, HL_STR("HTTP/")) ? 505 : 400;
}

static void keep_path(struct hl_web_guard *g, struct hl_str target)
{
	struct hl_str path =
		hl_str_sub(target, 0, hl_str_find_char(target, '?'));

	path = hl_str_sub(path, 0, sizeof(g->path) - 1);
	memcpy(g->path, path.p, path.n);
	g->path[path.n] = '\0';
}

struct hl_str hl_web_guard_path(const struct hl_web_guard *g)
{
	return g->path[0] ? hl_str_c(g->path) : HL_STR_NONE;
}

static int request_line(struct hl_web_guard *g, struct hl_str line)
{
	struct hl_str method = HL_STR_NONE, target = HL_STR_NONE;

	g->path[0] = '\0';
	g->n_headers = 0;
	g->n_host = 0;
	g->n_body = 0;
	g->has_length = false;
	g->chunked = false;
	hl_str_next(&line, ' ', &method);
	if (!line.p || !hl_str_next(&line, ' ', &target) || !line.p) {
		return 400;
	}
	int status = check_version(g, line);
	if (!status) {
		status = check_method(g, method);
	}
	if (!status && target.n > TARGET_MAX) {
		status = 414;
	}
	if (!status && !target_allowed(target)) {
		status = 400;
	}
	if (!status) {
		keep_path(g, target);
	}
	g->phase = HL_WEB_GUARD_HEADERS;
	return status;
}

static int content_length(struct hl_web_guard *g, struct hl_str value)
{
	int64_t n;

	if (g->has_length || !is_digits(value)) {
		return 400;
	}
	if (value.n > 15 || !hl_str_to_i64(value, &n) ||
		(uint64_t)n > g->body_max_bytes) {
		return 413;
	}
	g->has_length = true;
	g->left = (uint64_t)n;
	return 0;
}

static int transfer_encoding(struct hl_web_guard *g, struct hl_str value)
{
	if (g->chunked || g->http10 ||
		!hl_str_eq_nocase(value, HL_STR("chunked"))) {
		return 400;
	}
	g->chunked = true;
	return 0;
}

static int host(struct hl_web_guard *g, struct hl_str value)
{
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (!is_token_char(c) && c != ':' && c != '[' && c != ']') {
			return 400;
		}
	}
	return value.n && ++g->n_host == 1 ? 0 : 400;
}

static int expect(struct hl_web_guard *g, struct hl_str value)
{
	(void)g;
	return hl_str_eq_nocase(value, HL_STR("100-continue")) ? 0 : 417;
}

static int content_encoding(struct hl_web_guard *g, struct hl_str value)
{
	(void)g;
	return hl_str_eq_nocase(value, HL_STR("identity")) ? 0 : 415;
}

static int header(struct hl_web_guard *g, struct hl_str line)
{
	static const struct {
		struct hl_str name;
		int (*check)(struct hl_web_guard *, struct hl_str);
	} rules[] = {{HL_STR_INIT("Content-Length"), content_length},
		{HL_STR_INIT("Transfer-Encoding"), transfer_encoding},
		{HL_STR_INIT("Host"), host}, {HL_STR_INIT("Expect"), expect},
		{HL_STR_INIT("Content-Encoding"), content_encoding}};
	size_t colon = hl_str_find_char(line, ':');
	struct hl_str name = hl_str_sub(line, 0, colon);

	if (++g->n_headers > HEADERS_MAX) {
		return 431;
	}
	if (colon == line.n || !is_token(name)) {
		return 400;
	}
	for (size_t i = 0; i < HL_ARRAY_LEN(rules); i++) {
		if (hl_str_eq_nocase(name, rules[i].name)) {
			return rules[i].check(g, hl_str_trim(hl_str_sub(line,
							 colon + 1, line.n)));
		}
	}
	return 0;
}

/* The empty line behind the headers. */
static int head_end(struct hl_web_guard *g)
{
	bool has_body = g->chunked || g->has_length;

	g->n_head = 0;
	if ((g->n_host == 0 && !g->http10) || (g->chunked && g->has_length)) {
		return 400;
	}
	if (!g->may_have_body) {
		bool body = g->chunked || (g->has_length && g->left > 0);

		g->phase = HL_WEB_GUARD_START;
		return body ? 400 : 0;
	}
	if (!has_body) {
		return 411;
	}
	g->phase = HL_WEB_GUARD_CHUNK_SIZE;
	if (!g->chunked) {
		g->phase = g->left ? HL_WEB_GUARD_BODY : HL_WEB_GUARD_START;
	}
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int chunk_size(struct hl_web_guard *g, struct hl_str line)
{
	uint64_t n = 0;

	if (line.n == 0 || line.n > 8) {
		return 400;
	}
	for (size_t i = 0; i < line.n; i++) {
		int d = hex_digit(line.p[i]);

		if (d < 0) {
			return 400;
		}
		n = n * 16 + (uint64_t)d;
	}
	g->n_body += n;
	g->left = n;
	g->phase = n ? HL_WEB_GUARD_CHUNK_DATA : HL_WEB_GUARD_LAST_CRLF;
	return g->n_body > g->body_max_bytes ? 413 : 0;
}

static int line_done(struct hl_web_guard *g)
{
	struct hl_str line = hl_buf_str(&g->line);

	switch ((enum hl_web_guard_phase)g->phase) {
	case HL_WEB_GUARD_START:
	case HL_WEB_GUARD_REQUEST_LINE:
		return request_line(g, line);
	case HL_WEB_GUARD_HEADERS:
		return line.n ? header(g, line) : head_end(g);
	case HL_WEB_GUARD_CHUNK_SIZE:
		return chunk_size(g, line);
	case HL_WEB_GUARD_CHUNK_END:
		g->phase = HL_WEB_GUARD_CHUNK_SIZE;
		return line.n ? 400 : 0;
	case HL_WEB_GUARD_LAST_CRLF:
		g->phase = HL_WEB_GUARD_START;
		return line.n ? 400 : 0;
	case HL_WEB_GUARD_BODY:
	case HL_WEB_GUARD_CHUNK_DATA:
		break;
	}
	return 500;
}

/* A byte that is not plain, or any behind a CR. */
static int line_byte(struct hl_web_guard *g, char c)
{
	if (c == '\n' && g->cr) {
		g->cr = false;
		int status = line_done(g);
		hl_buf_reset(&g->line);
		return status;
	}
	if (g->cr || c != '\r') {
		return 400;
	}
	g->cr = true;
	return 0;
}

static int line_limits(struct hl_web_guard *g, size_t n)
{
	if (hl_web_guard_in_body(g)) {
		return g->line.n + n > CHUNK_LINE_MAX ? 400 : 0;
	}
	if (g->phase == HL_WEB_GUARD_START) {
		g->phase = HL_WEB_GUARD_REQUEST_LINE;
	}
	g->n_head += n;
	return g->n_head > g->head_max_bytes ? 431 : 0;
}

/* Bytes at the beginning that only make the line longer. */
static size_t plain_run(const struct hl_web_guard *g, struct hl_str in)
{
	size_t n = 0;

	while (!g->cr && n < in.n) {
		unsigned char c = (unsigned char)in.p[n];

		if ((c < 0x20 && c != '\t') || c == 0x7f) {
			break;
		}
		n++;
	}
	return n;
}

static int line_bytes(struct hl_web_guard *g, struct hl_str in, size_t *took)
{
	size_t n = plain_run(g, in);
	int status = line_limits(g, n ? n : 1);

	*took = n ? n : 1;
	if (status) {
		return status;
	}
	if (n == 0) {
		return line_byte(g, in.p[0]);
	}
	hl_buf_put(&g->line, hl_str_sub(in, 0, n));
	return g->line.fault ? 431 : 0;
}

/* Takes counted bytes; gives how many. */
static size_t counted(struct hl_web_guard *g, size_t n)
{
	if (n > g->left) {
		n = (size_t)g->left;
	}
	g->left -= n;
	if (g->left == 0) {
		g->phase = g->chunked ? HL_WEB_GUARD_CHUNK_END
				      : HL_WEB_GUARD_START;
	}
	return n;
}

int hl_web_guard_feed(struct hl_web_guard *g, struct hl_str in)
{
	if (!g->binary && hl_str_find_char(in, '\0') < in.n) {
		return 400;
	}
	for (size_t at = 0; at < in.n;) {
		if (g->phase == HL_WEB_GUARD_BODY ||
			g->phase == HL_WEB_GUARD_CHUNK_DATA) {
			at += counted(g, in.n - at);
			continue;
		}
		size_t took;
		int status = line_bytes(g, hl_str_sub(in, at, in.n), &took);

		if (status) {
			return status;
		}
		at += took;
	}
	return 0;
}
