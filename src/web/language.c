/* SPDX-License-Identifier: Apache-2.0 */
#include "web/language.h"

#include "web/cookie.h"

static const struct hl_web_language english = {.tag = "en"};

static const struct hl_web_language *find(
	const struct hl_web_languages *t, struct hl_str tag)
{
	for (size_t i = 0; i < t->n; i++) {
		if (hl_str_eq_nocase(tag, hl_str_c(t->rows[i].tag))) {
			return &t->rows[i];
		}
	}
	return NULL;
}

/* "pt-BR", then "pt": less and less of the range until something fits. */
static const struct hl_web_language *look_up(
	const struct hl_web_languages *t, struct hl_str range)
{
	while (range.n) {
		const struct hl_web_language *l = find(t, range);
		size_t n = range.n;

		if (l) {
			return l;
		}
		while (n && range.p[n - 1] != '-') {
			n--;
		}
		range = hl_str_sub(range, 0, n ? n - 1 : 0);
	}
	return NULL;
}

/* In thousandths: "q=0.8" is 800, no weight 1,000, a broken one 0. */
static int weight(struct hl_str params)
{
	static const struct hl_str q = HL_STR_INIT("q=");
	struct hl_str v = hl_str_trim(params);
	int sum = 0, unit = 1000;

	if (v.n == 0) {
		return 1000;
	}
	if (!hl_str_starts(v, q) || v.n == q.n || v.n > q.n + 5) {
		return 0;
	}
	for (size_t i = q.n; i < v.n; i++) {
		if (i == q.n + 1 && v.p[i] == '.') {
			continue;
		}
		if (v.p[i] < '0' || v.p[i] > '9' || i == q.n + 1) {
			return 0;
		}
		sum += (v.p[i] - '0') * unit;
		unit /= 10;
	}
	return sum > 1000 ? 0 : sum;
}

static const struct hl_web_language *accepted(
	const struct hl_web_languages *t, struct hl_str header)
{
	const struct hl_web_language *best = NULL;
	struct hl_str piece;
	int most = 0;

	while (header.p && hl_str_next(&header, ',', &piece)) {
		size_t end = hl_str_find_char(piece, ';');
		int w = weight(hl_str_sub(piece, end + 1, piece.n));
		const struct hl_web_language *l =
			look_up(t, hl_str_trim(hl_str_sub(piece, 0, end)));

		if (l && w > most) {
			most = w;
			best = l;
		}
	}
	return best;
}

const struct hl_web_language *hl_web_language_pick(
	const struct hl_web_languages *t, const struct hl_web_request *req)
{
	const struct hl_web_language *l;

	if (!t || t->n == 0) {
		return &english;
	}
	l = find(t, hl_web_cookie_get(req, HL_WEB_LANGUAGE_COOKIE));
	if (!l) {
		l = accepted(t, hl_web_request_header(req, "Accept-Language"));
	}
	return l ? l : &t->rows[0];
}
