/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "url/inner.h"

/*
 * People disguise addresses so that nobody clicks on them: "example[.]org",
 * "example (dot) org", "http[:]//". This pass takes the disguises off and
 * makes Unicode's spaces and quotes ASCII, so that the next pass sees plain
 * separators. Each byte it writes remembers where it came from.
 *
 * A dot in brackets is taken for a dot only between characters that could
 * stand in a host. The bare word "dot" is taken for one only on a line that
 * consists of nothing else, since prose has it too.
 */

struct pass {
	struct hl_str in;
	struct hl_url_clean *out;
	size_t i;       /* next byte of the input */
	size_t spelled; /* "a dot b" counts up to here */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Could stand in a host. */
static bool is_wordy(char c)
{
	return hl_url_is_alnum(c) || (unsigned char)c >= 0x80;
}

/* At most 16: nobody writes more inside one address, and a text of blanks
 * alone must not be read anew from each of them. */
static struct hl_str skip_blanks(struct hl_str s)
{
	for (int i = 0; i < 16 && s.n && is_blank(s.p[0]); i++) {
		s = hl_str_sub(s, 1, s.n);
	}
	return s;
}

static struct hl_str rest_of(const struct pass *p)
{
	return hl_str_sub(p->in, p->i, p->in.n);
}

static struct hl_str written(const struct pass *p)
{
	return hl_str_mem(p->out->p, p->out->n);
}

static void put(struct pass *p, struct hl_str s, size_t from)
{
	for (size_t k = 0; k < s.n; k++) {
		p->out->at[p->out->n] = (uint32_t)from;
		p->out->p[p->out->n++] = s.p[k];
	}
}

/* A word in brackets at the front of s and what it stands for; *n is the
 * length of all. Absent if there is none. */
static struct hl_str bracketed(struct hl_str s, size_t *n)
{
	static const struct {
		struct hl_str word, means;
	} words[] = {
		{HL_STR_INIT("://"), HL_STR_INIT("://")},
		{HL_STR_INIT(":"), HL_STR_INIT(":")},
		{HL_STR_INIT("/"), HL_STR_INIT("/")},
		{HL_STR_INIT("."), HL_STR_INIT(".")},
		{HL_STR_INIT("dot"), HL_STR_INIT(".")},
		{HL_STR_INIT("d0t"), HL_STR_INIT(".")},
		{HL_STR_INIT("punktum"), HL_STR_INIT(".")},
		{HL_STR_INIT("punkt"), HL_STR_INIT(".")},
		{HL_STR_INIT("prik"), HL_STR_INIT(".")},
		{HL_STR_INIT("point"), HL_STR_INIT(".")},
		{HL_STR_INIT("punto"), HL_STR_INIT(".")},
		{HL_STR_INIT("at"), HL_STR_INIT("@")},
		{HL_STR_INIT("@"), HL_STR_INIT("@")},
	};
	static const char opens[] = "[({<", closes[] = "])}>";
	const char *open =
		s.n && hl_url_in(s.p[0], opens) ? strchr(opens, s.p[0]) : NULL;

	if (!open) {
		return HL_STR_NONE;
	}
	struct hl_str in = skip_blanks(hl_str_sub(s, 1, s.n));
	for (size_t i = 0; i < HL_ARRAY_LEN(words); i++) {
		if (!hl_url_starts_nocase(in, words[i].word)) {
			continue;
		}
		struct hl_str tail =
			skip_blanks(hl_str_sub(in, words[i].word.n, in.n));
		if (tail.n && tail.p[0] == closes[open - opens]) {
			*n = s.n - tail.n + 1;
			return words[i].means;
		}
	}
	return HL_STR_NONE;
}

/* What may stand around a sign for the sign to be one. */
static bool fits(char before, struct hl_str means, struct hl_str after)
{
	char next = after.n ? after.p[0] : ' ';

	if (!is_wordy(before)) {
		return false;
	}
	switch (means.p[0]) {
	case '.':
	case '@':
		return is_wordy(next);
	case ':':
		return means.n > 1 ? is_wordy(next) || next == '['
				   : next == '/' || next == '\\' || next == '[';
	default:
		return true;
	}
}

static bool take_bracketed(struct pass *p)
{
	size_t n = 0, from = p->i;
	struct hl_str means = bracketed(rest_of(p), &n);

	if (!means.p) {
		return false;
	}
	bool joins = means.p[0] == '.' || means.p[0] == '@';
	struct hl_str before = written(p);
	struct hl_str after = hl_str_sub(p->in, p->i + n, p->in.n);
	while (joins && before.n && is_blank(before.p[before.n - 1])) {
		before.n--;
	}
	if (joins) {
		after = skip_blanks(after);
	}
	if (!before.n || !fits(before.p[before.n - 1], means, after)) {
		return false;
	}
	p->out->n = before.n;
	p->i = p->in.n - after.n;
	put(p, means, from);
	return true;
}

/* "\." of regular expressions. */
static bool take_escaped_dot(struct pass *p)
{
	struct hl_str s = rest_of(p), before = written(p);

	if (s.n < 3 || s.p[0] != '\\' || s.p[1] != '.' || !is_wordy(s.p[2]) ||
		!before.n || !is_wordy(before.p[before.n - 1])) {
		return false;
	}
	put(p, HL_STR("."), p->i);
	p->i += 2;
	return true;
}

/* A dot in words at the front of s, with blanks on both sides: the length
 * of all, or 0. */
static size_t spelled_dot(struct hl_str s)
{
	static const struct hl_str words[] = {HL_STR_INIT("dot"),
		HL_STR_INIT("punktum"), HL_STR_INIT("punkt"),
		HL_STR_INIT("prik"), HL_STR_INIT(".")};
	struct hl_str in = skip_blanks(s);

	for (size_t i = 0; i < HL_ARRAY_LEN(words) && in.n < s.n; i++) {
		struct hl_str tail = hl_str_sub(in, words[i].n, in.n);

		if (hl_url_starts_nocase(in, words[i]) && tail.n &&
			is_blank(tail.p[0])) {
			return s.n - skip_blanks(tail).n;
		}
	}
	return 0;
}

static size_t label_len(struct hl_str s)
{
	size_t n = 0;

	while (n < s.n && (is_wordy(s.p[n]) || s.p[n] == '-')) {
		n++;
	}
	return n;
}

/* The line reads "www dot example dot org/a" and nothing else. */
static bool is_spelled_line(struct hl_str line)
{
	struct hl_str s = hl_str_trim(line), scheme, last = HL_STR_NONE;
	size_t dots = 0;

	s = hl_str_sub(s, hl_url_spelled_scheme(s, &scheme), s.n);
	for (;;) {
		size_t n = label_len(s);

		last = hl_str_sub(s, 0, n);
		s = hl_str_sub(s, n, s.n);
		size_t dot = spelled_dot(s);
		if (n == 0 || dot == 0) {
			break;
		}
		s = hl_str_sub(s, dot, s.n);
		dots++;
	}
	return dots && last.n && hl_url_known_tld(NULL, last) &&
	       (!s.n || s.p[0] == '/') && hl_url_find_any(s, " \t") == s.n;
}

/* Blanks behind "http:" or "http://", or in front of "://", belong to the
 * address when it goes on there. */
static bool blank_in_scheme(struct hl_str before, struct hl_str after)
{
	struct hl_str word = before, scheme;
	size_t end = hl_url_find_any(after, " \t\r\n");
	struct hl_str next = hl_str_sub(after, 0, end);

	while (word.n && !hl_url_starts_nocase(word, HL_STR("http")) &&
		!hl_url_starts_nocase(word, HL_STR("hxxp"))) {
		word = hl_str_sub(word, word.n > 8 ? word.n - 8 : 1, word.n);
	}
	if (word.n < 4) {
		return false;
	}
	if (hl_str_starts(next, HL_STR("://")) ||
		hl_str_starts(next, HL_STR(":\\"))) {
		return word.n == 4 || (word.n == 5 && word.p[4] == 's');
	}
	size_t n = hl_url_spelled_scheme(word, &scheme);
	if (n == 0 || n != word.n ||
		(next.n && !is_wordy(next.p[0]) && next.p[0] != '/')) {
		return false;
	}
	return next.n > 1 &&
	       (hl_str_find_char(next, '.') + 1 < next.n || next.p[0] == '/');
}

static bool take_blanks(struct pass *p)
{
	struct hl_str s = rest_of(p), after = skip_blanks(s);

	if (after.n == s.n) {
		return false;
	}
	size_t dot = p->i < p->spelled ? spelled_dot(s) : 0;
	if (dot) {
		put(p, HL_STR("."), p->i);
		p->i += dot;
		return true;
	}
	if (blank_in_scheme(written(p), after)) {
		p->i = p->in.n - after.n;
		return true;
	}
	return false;
}

/* What a character beyond ASCII becomes: an ASCII character, 0 for nothing
 * at all, -1 for itself. */
static int folded(uint32_t c)
{
	if ((c >= 0x2000 && c <= 0x200a) || c == 0xa0 || c == 0x1680 ||
		c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
		c == 0x3000 || c == 0x85 || c == 0xff0c || c == 0x3001 ||
		c == 0xff1b || c == 0x2022) {
		return ' ';
	}
	if (c == 0x200b || c == 0x2060 || c == 0xfeff || c == 0xad ||
		c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
		(c >= 0x2066 && c <= 0x2069)) {
		return 0;
	}
	if ((c >= 0x201c && c <= 0x201f) || c == 0xab || c == 0xbb ||
		c == 0x2039 || c == 0x203a || (c >= 0x300a && c <= 0x3011) ||
		c == 0xff02 || c == 0xff1c || c == 0xff1e || c == 0x2026) {
		return '"';
	}
	switch (c) {
	case 0xff08:
		return '(';
	case 0xff09:
		return ')';
	case 0xff0f:
		return '/';
	case 0xff1a:
		return ':';
	case 0xff20:
		return '@';
	default:
		return -1;
	}
}

static void take_char(struct pass *p)
{
	struct hl_str s = rest_of(p);
	uint32_t c;
	size_t n = hl_utf8_next(s, &c);
	int as = c < 0x80 ? -1 : folded(c);

	if (as > 0) {
		char ascii = (char)as;

		put(p, hl_str_mem(&ascii, 1), p->i);
	}
	for (size_t k = 0; as < 0 && k < n; k++) {
		put(p, hl_str_sub(s, k, 1), p->i + k);
	}
	p->i += n;
}

static void begin_line(struct pass *p)
{
	struct hl_str s = rest_of(p);
	size_t n = hl_url_find_any(s, "\r\n,;");

	if (is_spelled_line(hl_str_sub(s, 0, n))) {
		p->spelled = p->i + n;
	}
}

int hl_url_refang(
	struct hl_str text, struct hl_arena *a, struct hl_url_clean *out)
{
	struct pass p = {.in = text, .out = out};
	char before = '\n';

	out->n = 0;
	out->p = hl_arena_alloc(a, text.n + 4);
	out->at = hl_arena_array(a, text.n + 4, sizeof(*out->at));
	if (!out->p || !out->at) {
		return HL_E_NOMEM;
	}
	while (p.i < text.n) {
		if (hl_url_in(before, "\r\n,;")) {
			begin_line(&p);
		}
		before = text.p[p.i];
		if (!take_bracketed(&p) && !take_escaped_dot(&p) &&
			!take_blanks(&p)) {
			take_char(&p);
		}
	}
	out->at[out->n] = (uint32_t)text.n;
	return 0;
}
