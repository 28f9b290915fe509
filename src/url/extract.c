/* SPDX-License-Identifier: Apache-2.0 */
#include "url/inner.h"

/*
 * Cuts pasted text into pieces and has each read. Cutting is by separators
 * first (white space, double quotes, angle brackets), then inside a piece
 * where a second address begins, then by punctuation around it. Words that
 * follow one another become one entry.
 */

struct scan {
	struct hl_str text;
	struct hl_url_clean c;
	struct hl_arena *a;
	struct hl_url_list *out;
	size_t n_counted; /* addresses and failed ones */
	size_t words_from, words_to;
	bool in_words;
};

const char *hl_url_kind_name(enum hl_url_kind kind)
{
	static const char *const names[HL_URL_N_KINDS] = {
		[HL_URL_WORDS] = "words",
		[HL_URL_WEB] = "web",
		[HL_URL_ONION] = "onion",
		[HL_URL_EMAIL] = "email",
		[HL_URL_P2P] = "p2p",
		[HL_URL_OTHER] = "other",
		[HL_URL_PLACE] = "place",
	};

	return (unsigned)kind < HL_URL_N_KINDS ? names[kind] : "unknown";
}

static struct hl_str clean(const struct scan *s, size_t from, size_t to)
{
	return hl_str_mem(s->c.p + from, to - from);
}

/* The typed text of the clean bytes [from, to). */
static struct hl_str typed(const struct scan *s, size_t from, size_t to)
{
	return hl_str_trim(hl_str_sub(
		s->text, s->c.at[from], s->c.at[to] - s->c.at[from]));
}

static bool is_separator(char c)
{
	return (unsigned char)c <= ' ' || c == '"' || c == '<' || c == '>' ||
	       c == '`' || c == 0x7f;
}

static bool has_wordy(struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (hl_url_is_alnum(s.p[i]) || (unsigned char)s.p[i] >= 0x80) {
			return true;
		}
	}
	return false;
}

/* "http://", "https://" or "ftp://", also as hxxp; not preceded by a
 * colon alone. */
static bool starts_address(struct hl_str s)
{
	static const struct hl_str heads[] = {HL_STR_INIT("http://"),
		HL_STR_INIT("https://"), HL_STR_INIT("hxxp://"),
		HL_STR_INIT("hxxps://"), HL_STR_INIT("ftp://")};

	for (size_t i = 0; i < HL_ARRAY_LEN(heads); i++) {
		if (hl_url_starts_nocase(s, heads[i])) {
			return true;
		}
	}
	return false;
}

/* A second address begins at k of s. Inside an address it may stand on
 * purpose, behind "/" or "=" as in archives and redirects. */
static bool begins_another(struct hl_str s, size_t k, bool inside)
{
	struct hl_str here = hl_str_sub(s, k, s.n);

	if (starts_address(here)) {
		return !inside || hl_url_is_alnum(s.p[k - 1]) ||
		       hl_url_in(s.p[k - 1], ".,;|()[]{}!'*");
	}
	return hl_url_in(s.p[k - 1], ",;|") &&
	       hl_url_starts_nocase(here, HL_STR("www."));
}

/* "see:example.org" */
static bool ends_label(struct hl_str s, size_t k)
{
	if (s.p[k] != ':') {
		return false;
	}
	for (size_t i = 0; i < k; i++) {
		if (!hl_url_is_alpha(s.p[i])) {
			return false;
		}
	}
	/* No host is longer; and s is looked at anew behind each comma. */
	struct hl_str rest = hl_str_sub(s, k + 1, 300);
	return !hl_str_starts(rest, HL_STR("//")) &&
	       hl_url_is_bare_address(rest);
}

/* Where the first address of s ends because something else begins. */
static size_t first_end(struct hl_str s)
{
	struct hl_str scheme;
	size_t from = hl_url_spelled_scheme(s, &scheme);
	bool inside = from > 0, path = false;

	if (hl_url_has_opaque_scheme(s)) {
		path = inside = true;
	}
	bool v6 = from < s.n && s.p[from] == '[';
	for (size_t k = from ? from : 1; k < s.n; k++) {
		char c = s.p[k];

		if (k > from && begins_another(s, k, inside)) {
			return k;
		}
		if (c == ']' && k + 1 < s.n && s.p[k + 1] == '(') {
			return k + 1;
		}
		if (!path && !from && ends_label(s, k)) {
			return k + 1;
		}
		if (hl_url_in(c, "/?#")) {
			path = inside = true;
		}
		if (!path && (hl_url_in(c, ",;|(){}!=") ||
				     (hl_url_in(c, "[]") && !v6))) {
			return k;
		}
	}
	return s.n;
}

/* Longest of the marks at the front (or end) of s; 0 if there is none. */
static size_t mark_at(struct hl_str s, bool front)
{
	static const struct hl_str marks[] = {
		HL_STR_INIT("\xe2\x80\x93"), /* dashes */
		HL_STR_INIT("\xe2\x80\x94"),
		HL_STR_INIT("\xe2\x80\x98"), /* single quotes */
		HL_STR_INIT("\xe2\x80\x99"), HL_STR_INIT("\xe2\x80\x9a"),
		HL_STR_INIT("\xe3\x80\x82"), /* ideographic full stop */
		HL_STR_INIT("\xef\xbc\x8e"), /* full-width . ! ? */
		HL_STR_INIT("\xef\xbc\x81"), HL_STR_INIT("\xef\xbc\x9f"),
		HL_STR_INIT("\xc2\xb7"), /* middle dot */
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(marks); i++) {
		if (front ? hl_str_starts(s, marks[i])
			  : hl_str_ends(s, marks[i])) {
			return marks[i].n;
		}
	}
	return 0;
}

static struct hl_str trim_front(struct hl_str s)
{
	while (s.n) {
		size_t n = mark_at(s, true);

		if (n == 0 && s.p[0] == '[' && hl_url_is_bare_address(s)) {
			break;
		}
		n = n ? n : hl_url_in(s.p[0], "'([{*~,;:!?.|-=_)]}");
		if (n == 0) {
			break;
		}
		s = hl_str_sub(s, n, s.n);
	}
	return s;
}

/* A closing bracket at the end that was not opened in s. */
static bool is_unbalanced(struct hl_str s, char open, char close)
{
	size_t opened = 0, closed = 0;

	for (size_t i = 0; i < s.n; i++) {
		opened += s.p[i] == open;
		closed += s.p[i] == close;
	}
	return s.p[s.n - 1] == close && closed > opened;
}

/* In 64 steps at most, since each may look at all of s. */
static struct hl_str trim_back(struct hl_str s)
{
	for (int i = 0; i < 64 && s.n; i++) {
		size_t n = mark_at(s, false);

		n = n ? n : hl_url_in(s.p[s.n - 1], ".,;:!?'*~|([{\\");
		if (n == 0 && (is_unbalanced(s, '(', ')') ||
				      is_unbalanced(s, '[', ']') ||
				      is_unbalanced(s, '{', '}'))) {
			n = 1;
		}
		if (n == 0) {
			break;
		}
		s.n -= n;
	}
	return s;
}

static int push(struct scan *s, struct hl_url_found found)
{
	struct hl_url_list *l = s->out;

	found.same_as = l->n;
	for (size_t i = 0; i < l->n && found.key.p; i++) {
		if (hl_str_eq(l->v[i].key, found.key)) {
			found.same_as = i;
			break;
		}
	}
	if (found.why != HL_URL_WHY_WORDS) {
		if (s->n_counted == HL_URL_FOUND_MAX) {
			return HL_E_LIMIT;
		}
		s->n_counted++;
	}
	l->n_addresses += found.kind != HL_URL_WORDS;
	l->v[l->n++] = found;
	return 0;
}

static int flush_words(struct scan *s)
{
	if (!s->in_words) {
		return 0;
	}
	s->in_words = false;
	return push(s, (struct hl_url_found){
			       .piece = typed(s, s->words_from, s->words_to),
			       .kind = HL_URL_WORDS,
			       .why = HL_URL_WHY_WORDS,
		       });
}

static void add_words(struct scan *s, size_t from, size_t to)
{
	if (!s->in_words) {
		s->words_from = from;
		s->in_words = true;
	}
	s->words_to = to;
}

/* The typed text of core, which lies in [from, to); with what was trimmed
 * off, should a letter of it be there ("dot" that became a full stop). */
static struct hl_str typed_core(
	const struct scan *s, size_t from, size_t to, struct hl_str core)
{
	size_t at = (size_t)(core.p - s->c.p), end = at + core.n;

	return typed(s, has_wordy(typed(s, from, at)) ? from : at,
		has_wordy(typed(s, end, to)) ? to : end);
}

static int take_piece(struct scan *s, size_t from, size_t to)
{
	struct hl_str core = trim_back(trim_front(clean(s, from, to)));
	struct hl_url_found found = {.kind = HL_URL_WORDS};

	if (!has_wordy(typed(s, from, to))) {
		return 0;
	}
	int rc = core.n ? hl_url_classify(core, s->a, &found) : 0;
	if (rc) {
		return rc;
	}
	if (!core.n || found.why == HL_URL_WHY_WORDS) {
		add_words(s, from, to);
		return 0;
	}
	found.piece = typed_core(s, from, to, core);
	rc = flush_words(s);
	return rc ? rc : push(s, found);
}

static int take_token(struct scan *s, size_t from, size_t to)
{
	int rc = 0;

	while (from < to && rc == 0) {
		size_t end = from + first_end(clean(s, from, to));

		rc = take_piece(s, from, end);
		from = end;
	}
	return rc;
}

static int scan_all(struct scan *s)
{
	size_t i = 0;
	int rc = 0;

	while (i < s->c.n && rc == 0) {
		size_t from = i;

		while (i < s->c.n && !is_separator(s->c.p[i])) {
			i++;
		}
		if (i > from) {
			rc = take_token(s, from, i);
		} else {
			i++;
		}
	}
	return rc ? rc : flush_words(s);
}

int hl_url_extract(struct hl_str text, struct hl_arena *a,
	struct hl_url_list *out, struct hl_err *err)
{
	struct scan s = {.text = text, .a = a, .out = out};

	*out = (struct hl_url_list){0};
	if (text.n > HL_URL_TEXT_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "the text is over %d bytes",
			HL_URL_TEXT_MAX);
	}
	/* Words stand between counted entries and around them. */
	out->v = hl_arena_array(a, 2 * HL_URL_FOUND_MAX + 2, sizeof(*out->v));
	int rc = out->v ? hl_url_refang(text, a, &s.c) : HL_E_NOMEM;
	if (rc == 0) {
		rc = scan_all(&s);
	}
	if (rc == HL_E_LIMIT) {
		return HL_FAIL(err, rc, "there are over %d addresses",
			HL_URL_FOUND_MAX);
	}
	return rc ? HL_FAIL(err, rc, "reading addresses") : 0;
}
