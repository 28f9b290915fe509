/* SPDX-License-Identifier: Apache-2.0 */
#include "url/cut.h"

#include "url/inner.h"

/* Room for hosts and folders that are escaped: a byte becomes three. */
enum { LEFT_MAX = HL_URL_MAX / 4 };

static bool is_slash(char c)
{
	return c == '/' || c == '\\';
}

static size_t first_slash(struct hl_str s, size_t from)
{
	while (from < s.n && !is_slash(s.p[from])) {
		from++;
	}
	return from;
}

/* "http://host/": what is behind it may lead back up to there. */
static struct hl_str root_of(struct hl_str s)
{
	size_t at = first_slash(s, 0);

	if (at && s.p[at - 1] == ':') {
		at = first_slash(s, at + 2);
	}
	return hl_str_sub(s, 0, at < s.n ? at + 1 : at);
}

/* Steps up, in whatever spelling, and what may unfold to one. */
static bool may_step_up(struct hl_str s)
{
	for (size_t i = 0; i + 1 < s.n; i++) {
		struct hl_str three = hl_str_sub(s, i, 3);

		if ((s.p[i] == '.' && s.p[i + 1] == '.') ||
			hl_str_eq_nocase(three, HL_STR("%2e")) ||
			hl_str_eq(three, HL_STR("%25"))) {
			return true;
		}
	}
	return false;
}

static struct hl_str folder_of(struct hl_str s)
{
	size_t n = s.n < LEFT_MAX ? s.n : LEFT_MAX;

	while (n && !is_slash(s.p[n - 1])) {
		n--;
	}
	return may_step_up(hl_str_sub(s, n, s.n)) ? root_of(s)
						  : hl_str_sub(s, 0, n);
}

/* Where the port's colon is, and the authority's end; false: has no port. */
static bool find_port(struct hl_str s, size_t *colon, size_t *end)
{
	size_t from = hl_str_find(s, HL_STR("://"));
	bool inside = false, found = false;
	bool scheme = from < hl_url_find_any(s, "/\\?#");

	from = scheme ? from + 3 : 0;
	*end = hl_url_find_any(hl_str_sub(s, from, s.n), "/\\?#") + from;
	for (size_t i = from; i < *end; i++) {
		if (s.p[i] == '@') {
			from = i + 1;
			found = inside = false;
		} else if (s.p[i] == '[' || s.p[i] == ']') {
			inside = s.p[i] == '[';
		} else if (s.p[i] == ':' && !inside && !found) {
			*colon = i;
			found = true;
		}
	}
	/* "javascript:x" is no host */
	return found && (scheme || hl_url_find_any(hl_str_sub(s, from, *colon),
					   ".[") < *colon - from);
}

/* A port that cannot be is left out: what an address is compared with has
 * none, and who asks with one still asks the same host. */
static int canon(struct hl_str s, struct hl_buf *out, struct hl_err *err)
{
	char plain[HL_URL_MAX];
	size_t colon, end;
	int r = hl_url_canon(s, out, err);

	if (r != HL_E_INVALID || s.n > sizeof(plain) ||
		!find_port(s, &colon, &end)) {
		return r;
	}
	memcpy(plain, s.p, colon);
	memcpy(plain + colon, s.p + end, s.n - end);
	hl_buf_reset(out);
	r = hl_url_canon(hl_str_mem(plain, colon + s.n - end), out, err);
	explicit_bzero(plain, s.n);
	return r;
}

/* Once more without what is behind the mark. */
static int without(
	char mark, struct hl_str *s, struct hl_buf *out, struct hl_err *err)
{
	size_t n = hl_str_find_char(*s, mark);

	if (n == s->n) {
		return HL_E_LIMIT;
	}
	*s = hl_str_sub(*s, 0, n);
	hl_buf_reset(out);
	return canon(*s, out, err);
}

int hl_url_canon_cut(struct hl_str input, struct hl_buf *out,
	enum hl_url_cut *cut, struct hl_err *err)
{
	int r = canon(input, out, err);

	*cut = HL_URL_CUT_NOT;
	if (r == HL_E_LIMIT) {
		r = without('#', &input, out, err);
	}
	if (r == HL_E_LIMIT) {
		*cut = HL_URL_CUT_QUERY;
		r = without('?', &input, out, err);
	}
	if (r == HL_E_LIMIT) {
		*cut = HL_URL_CUT_PATH;
		hl_buf_reset(out);
		r = canon(folder_of(hl_url_trim(input)), out, err);
	}
	return r;
}
