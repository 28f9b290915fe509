/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/asn.h"

#include "base/utf8.h"

enum { MAX_LINE = 1024 };

struct line {
	struct hl_net_addr first, last;
	uint32_t asn;
	struct hl_str name;
};

static int parse_line(struct hl_str s, struct line *out)
{
	struct hl_str first, last, number;
	int64_t n;

	if (s.n > MAX_LINE || !hl_str_next(&s, ',', &first) ||
		!hl_str_next(&s, ',', &last) ||
		!hl_str_next(&s, ',', &number) || !s.p ||
		hl_net_addr_parse(first, &out->first) ||
		hl_net_addr_parse(last, &out->last) ||
		!hl_str_to_i64(number, &n) || n < 0 || n > UINT32_MAX) {
		return HL_E_CORRUPT;
	}
	out->asn = (uint32_t)n;
	out->name = hl_str_trim(s);
	return 0;
}

/* Where the line that holds byte `at` begins. */
static size_t line_start(struct hl_str text, size_t at)
{
	const char *nl = at ? memrchr(text.p, '\n', at) : NULL;

	return nl ? (size_t)(nl - text.p) + 1 : 0;
}

int hl_trace_asn_find(struct hl_str text, const struct hl_net_addr *a,
	uint32_t *asn, struct hl_str *name)
{
	size_t low = 0, high = text.n;
	struct line best = {0}, line;
	bool found = false;

	while (low < high) {
		size_t from = line_start(text, low + (high - low) / 2);
		struct hl_str rest = hl_str_sub(text, from, text.n);
		size_t len = hl_str_find_char(rest, '\n');

		if (parse_line(hl_str_sub(rest, 0, len), &line) ||
			line.first.v6 != a->v6) {
			return HL_E_CORRUPT;
		}
		if (hl_net_addr_cmp(&line.first, a) <= 0) {
			best = line;
			found = true;
			low = from + len + 1;
		} else {
			high = from;
		}
	}
	if (!found || hl_net_addr_cmp(&best.last, a) < 0) {
		return HL_NOTFOUND;
	}
	*asn = best.asn;
	*name = best.name;
	return 0;
}

size_t hl_trace_asn_name(struct hl_str s, char *out, size_t max)
{
	size_t n = 0;

	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"') {
		s = hl_str_sub(s, 1, s.n - 2);
	}
	while (s.n) {
		uint32_t c;
		size_t took = hl_utf8_next(s, &c);

		if (n + took > max) {
			break;
		}
		memcpy(out + n, s.p, took);
		n += took;
		s = hl_str_sub(s, took, s.n);
		if (c == '"' && s.n && s.p[0] == '"') {
			s = hl_str_sub(s, 1, s.n);
		}
	}
	return n;
}
