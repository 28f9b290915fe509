/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which language and which form. Both headers are lists of ranges with
 * weights; the first of the heaviest that fits wins. A range whose weight is
 * broken is left out. web/language.c does the same for an installation's
 * catalogues, two layers above.
 */
#include "stop/inner.h"

#define RANGES_MAX 64

/* In thousandths: "q=0.8" is 800, no weight 1,000, a broken one 0. */
static int weight_of(struct hl_str v)
{
	int sum = 0, unit = 1000;

	if (v.n < 3 || v.n > 7 || (v.p[0] != 'q' && v.p[0] != 'Q') ||
		v.p[1] != '=') {
		return 0;
	}
	for (size_t i = 2; i < v.n; i++) {
		bool dot = i == 3;

		if (dot ? v.p[i] != '.' : v.p[i] < '0' || v.p[i] > '9') {
			return 0;
		}
		if (!dot) {
			sum += (v.p[i] - '0') * unit;
			unit /= 10;
		}
	}
	return sum > 1000 ? 0 : sum;
}

/* Takes the next range and its weight off *rest. Parameters before the weight
 * are passed over. */
static bool next_range(struct hl_str *rest, struct hl_str *range, int *weight)
{
	struct hl_str piece, param;

	if (!rest->p || !hl_str_next(rest, ',', &piece)) {
		return false;
	}
	*weight = 1000;
	hl_str_next(&piece, ';', &param);
	*range = hl_str_trim(param);
	while (piece.n && hl_str_next(&piece, ';', &param)) {
		param = hl_str_trim(param);
		if (hl_str_starts(param, HL_STR("q=")) ||
			hl_str_starts(param, HL_STR("Q="))) {
			*weight = weight_of(param);
		}
	}
	return true;
}

/* Norwegian is asked for by three names; one of them is written here. */
static bool is_norwegian(struct hl_str tag)
{
	return hl_str_eq_nocase(tag, HL_STR("no")) ||
	       hl_str_eq_nocase(tag, HL_STR("nn"));
}

static bool find(struct hl_str tag, size_t *found)
{
	const char *have;

	if (is_norwegian(tag)) {
		tag = HL_STR("nb");
	}
	for (size_t i = 0; (have = hl_stop_language_tag(i)); i++) {
		if (hl_str_eq_nocase(tag, hl_str_c(have))) {
			*found = i;
			return true;
		}
	}
	return false;
}

/* "pt-BR", then "pt": less and less of the range until something fits. */
static bool look_up(struct hl_str range, size_t *found)
{
	while (range.n && range.n <= 64) {
		size_t n = range.n;

		if (find(range, found)) {
			return true;
		}
		while (n && range.p[n - 1] != '-') {
			n--;
		}
		range = hl_str_sub(range, 0, n ? n - 1 : 0);
	}
	return false;
}

size_t hl_stop_language(struct hl_str accept_language)
{
	size_t best = 0, found;
	struct hl_str range;
	int most = 0, weight;

	for (int i = 0;
		i < RANGES_MAX && next_range(&accept_language, &range, &weight);
		i++) {
		if (weight > most && look_up(range, &found)) {
			most = weight;
			best = found;
		}
	}
	return best;
}

/* How closely a media range names one of our types, 0: not at all. */
static int fits(struct hl_str range, struct hl_str type)
{
	size_t slash = hl_str_find_char(type, '/');

	if (hl_str_eq_nocase(range, type)) {
		return 3;
	}
	if (range.n == slash + 2 && range.p[range.n - 1] == '*' &&
		hl_str_eq_nocase(hl_str_sub(range, 0, slash + 1),
			hl_str_sub(type, 0, slash + 1))) {
		return 2;
	}
	return hl_str_eq(range, HL_STR("*/*")) ? 1 : 0;
}

/* The weight that the closest range gives to a type. */
static int weight_for(struct hl_str accept, struct hl_str type)
{
	struct hl_str range;
	int closest = 0, found = 0, weight;

	for (int i = 0; i < RANGES_MAX && next_range(&accept, &range, &weight);
		i++) {
		int close = fits(range, type);

		if (close > closest) {
			closest = close;
			found = weight;
		}
	}
	return found;
}

enum hl_stop_form hl_stop_form_of(struct hl_str accept)
{
	int html = weight_for(accept, HL_STR("text/html"));
	int text = weight_for(accept, HL_STR("text/plain"));
	int json = weight_for(accept, HL_STR("application/json"));

	if (json > html && json >= text) {
		return HL_STOP_JSON;
	}
	return text > html ? HL_STOP_TEXT : HL_STOP_HTML;
}
