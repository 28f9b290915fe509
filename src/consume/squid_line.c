/* SPDX-License-Identifier: Apache-2.0 */
#include "consume/squid.h"

static enum hl_consume_squid_field field_of(struct hl_str code)
{
	static const struct {
		struct hl_str code;
		enum hl_consume_squid_field field;
	} all[] = {
		{HL_STR_INIT("%URI"), HL_CONSUME_SQUID_URI},
		{HL_STR_INIT("%ru"), HL_CONSUME_SQUID_URI},
		{HL_STR_INIT("%DST"), HL_CONSUME_SQUID_DST},
		{HL_STR_INIT("%>rd"), HL_CONSUME_SQUID_DST},
		{HL_STR_INIT("%SRC"), HL_CONSUME_SQUID_SRC},
		{HL_STR_INIT("%>a"), HL_CONSUME_SQUID_SRC},
	};

	for (size_t i = 0; i < HL_ARRAY_LEN(all); i++) {
		if (hl_str_eq(code, all[i].code)) {
			return all[i].field;
		}
	}
	return HL_CONSUME_SQUID_OTHER;
}

int hl_consume_squid_format_parse(struct hl_str text,
	struct hl_consume_squid_format *out, struct hl_err *err)
{
	size_t seen[4] = {0};
	struct hl_str code;

	out->n = 0;
	while (hl_str_next(&text, ' ', &code)) {
		if (!code.n) {
			continue;
		}
		if (out->n == HL_CONSUME_SQUID_FIELDS_MAX) {
			return HL_FAIL(err, HL_E_INVALID,
				"a format has at most 16 codes");
		}
		out->fields[out->n] = field_of(code);
		seen[out->fields[out->n++]]++;
	}
	if (seen[HL_CONSUME_SQUID_URI] + seen[HL_CONSUME_SQUID_DST] != 1 ||
		seen[HL_CONSUME_SQUID_SRC] > 1) {
		return HL_FAIL(err, HL_E_INVALID,
			"a format has %%URI or %%DST, and %%SRC at most once, "
			"as in squid.conf: \"%%URI %%SRC\"");
	}
	return 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes squid's escapes, once; gives the end of what was written. */
static char *unescape(struct hl_str s, char *to)
{
	const char *p = s.p, *end = s.p + s.n;

	while (p < end) {
		const char *mark = memchr(p, '%', (size_t)(end - p));
		size_t n = (size_t)((mark ? mark : end) - p);

		memcpy(to, p, n);
		to += n;
		p += n;
		if (p == end) {
			break;
		}
		int high = end - p > 2 ? digit(p[1]) : -1;
		int low = end - p > 2 ? digit(p[2]) : -1;
		if (high >= 0 && low >= 0) {
			*to++ = (char)(high << 4 | low);
			p += 3;
		} else {
			*to++ = *p++;
		}
	}
	return to;
}

static char *put(char *to, struct hl_str s)
{
	memcpy(to, s.p, s.n);
	return to + s.n;
}

/* An address has "//" behind its scheme; all else is the host and port of a
 * CONNECT, and no page can be told. */
static bool is_whole(struct hl_str field)
{
	size_t colon = hl_str_find_char(field, ':');

	return hl_str_starts(hl_str_sub(field, colon, 3), HL_STR("://"));
}

static char *put_connect(struct hl_str field, char *to)
{
	return put(unescape(field, put(to, HL_STR("https://"))), HL_STR("/"));
}

/* Network addresses with colons come bare. */
static char *put_host(struct hl_str field, char *to)
{
	size_t colon = hl_str_find_char(field, ':');
	bool bare = colon < field.n && field.p[0] != '[';

	to = put(to, bare ? HL_STR("http://[") : HL_STR("http://"));
	return put(unescape(field, to), bare ? HL_STR("]/") : HL_STR("/"));
}

static char *take(enum hl_consume_squid_field field, struct hl_str word,
	char *to, struct hl_consume_squid_line *out)
{
	char *begin = to;

	if (field == HL_CONSUME_SQUID_OTHER) {
		return to;
	}
	if (hl_str_eq(word, HL_STR("-"))) {
		/* squid does not know it: there, and no address */
		word = HL_STR("");
	}
	if (field == HL_CONSUME_SQUID_SRC) {
		to = unescape(word, to);
		out->q.client = hl_str_mem(begin, (size_t)(to - begin));
		return to;
	}
	if (!word.n) {
		out->q.url = HL_STR("");
		return to;
	}
	out->q.host_only = field == HL_CONSUME_SQUID_DST || !is_whole(word);
	if (!out->q.host_only) {
		to = unescape(word, to);
	} else if (field == HL_CONSUME_SQUID_URI) {
		to = put_connect(word, to);
	} else {
		to = put_host(word, to);
	}
	out->q.url = hl_str_mem(begin, (size_t)(to - begin));
	return to;
}

/* Up to 18 digits, as squid counts channels. */
static bool read_channel(struct hl_str word, uint64_t *out)
{
	uint64_t n = 0;

	if (!word.n || word.n > 18) {
		return false;
	}
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] < '0' || word.p[i] > '9') {
			return false;
		}
		n = 10 * n + (uint64_t)(word.p[i] - '0');
	}
	*out = n;
	return true;
}

int hl_consume_squid_line_parse(const struct hl_consume_squid_format *format,
	struct hl_str line, char *room, struct hl_consume_squid_line *out)
{
	struct hl_str rest = line, word;
	size_t i = 0;

	*out = (struct hl_consume_squid_line){.q.any = format->any};
	if (line.n && line.p[line.n - 1] == '\r') {
		rest.n--;
	}
	if (!format->no_channels &&
		(!hl_str_next(&rest, ' ', &word) ||
			!read_channel(word, &out->channel))) {
		return HL_E_INVALID;
	}
	while (i < format->n && hl_str_next(&rest, ' ', &word)) {
		if (word.n) {
			room = take(format->fields[i++], word, room, out);
		}
	}
	return out->q.url.p ? 0 : HL_E_INVALID;
}
