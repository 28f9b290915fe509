/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool hl_str_eq(struct hl_str a, struct hl_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool hl_str_eq_nocase(struct hl_str a, struct hl_str b)
{
	if (a.n != b.n) {
		return false;
	}
	for (size_t i = 0; i < a.n; i++) {
		if (fold(a.p[i]) != fold(b.p[i])) {
			return false;
		}
	}
	return true;
}

bool hl_str_eq_secret(struct hl_str a, struct hl_str b)
{
	volatile unsigned char diff = 0;

	if (a.n != b.n) {
		return false;
	}
	for (size_t i = 0; i < a.n; i++) {
		diff = (unsigned char)(diff | ((unsigned char)a.p[i] ^
						      (unsigned char)b.p[i]));
	}
	return diff == 0;
}

int hl_str_cmp(struct hl_str a, struct hl_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c != 0) {
		return c;
	}
	return a.n == b.n ? 0 : (a.n < b.n ? -1 : 1);
}

bool hl_str_starts(struct hl_str s, struct hl_str prefix)
{
	return s.n >= prefix.n && hl_str_eq(hl_str_sub(s, 0, prefix.n), prefix);
}

bool hl_str_ends(struct hl_str s, struct hl_str suffix)
{
	return s.n >= suffix.n &&
	       hl_str_eq(hl_str_sub(s, s.n - suffix.n, suffix.n), suffix);
}

size_t hl_str_find_char(struct hl_str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : s.n;
}

size_t hl_str_find(struct hl_str s, struct hl_str needle)
{
	if (needle.n == 0) {
		return 0;
	}
	const char *at = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return at ? (size_t)(at - s.p) : s.n;
}

struct hl_str hl_str_sub(struct hl_str s, size_t from, size_t n)
{
	if (from > s.n) {
		from = s.n;
	}
	if (n > s.n - from) {
		n = s.n - from;
	}
	return (struct hl_str){s.p ? s.p + from : NULL, n};
}

struct hl_str hl_str_trim(struct hl_str s)
{
	while (s.n && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && is_space(s.p[s.n - 1])) {
		s.n--;
	}
	return s;
}

bool hl_str_next(struct hl_str *rest, char sep, struct hl_str *piece)
{
	if (!rest->p) {
		return false;
	}
	size_t at = hl_str_find_char(*rest, sep);
	*piece = hl_str_sub(*rest, 0, at);
	if (at == rest->n) {
		*rest = HL_STR_NONE;
	} else {
		*rest = hl_str_sub(*rest, at + 1, rest->n);
	}
	return true;
}

bool hl_str_to_i64(struct hl_str s, int64_t *out)
{
	bool neg = s.n > 0 && s.p[0] == '-';
	int64_t v = 0;

	if (s.n == (neg ? 1u : 0u)) {
		return false;
	}
	for (size_t i = neg ? 1 : 0; i < s.n; i++) {
		int d = s.p[i] - '0';

		if (d < 0 || d > 9 || __builtin_mul_overflow(v, 10, &v) ||
			__builtin_sub_overflow(v, d, &v)) {
			return false;
		}
	}
	if (!neg && __builtin_sub_overflow((int64_t)0, v, &v)) {
		return false;
	}
	*out = v;
	return true;
}
