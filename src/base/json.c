/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <inttypes.h>

#include "base/utf8.h"

static int parse(
	struct hl_str text, size_t flags, json_t **out, struct hl_err *err)
{
	json_error_t why;

	*out = json_loadb(text.p ? text.p : "", text.n,
		flags | JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (!*out) {
		return HL_FAIL(err, HL_E_INVALID,
			"not valid JSON at line %d, column %d", why.line,
			why.column);
	}
	return 0;
}

static int check_size(size_t n, size_t max_bytes, struct hl_err *err)
{
	return n > max_bytes
		       ? HL_FAIL(err, HL_E_LIMIT,
				 "JSON of %zu bytes, at most %zu", n, max_bytes)
		       : 0;
}

int hl_json_parse(
	struct hl_str text, size_t max_bytes, json_t **out, struct hl_err *err)
{
	int r = check_size(text.n, max_bytes, err);

	return r ? r : parse(text, 0, out, err);
}

int hl_json_parse_nul(
	struct hl_str text, size_t max_bytes, json_t **out, struct hl_err *err)
{
	int r = check_size(text.n, max_bytes, err);

	return r ? r : parse(text, JSON_ALLOW_NUL, out, err);
}

struct hl_str hl_json_str(const json_t *obj, const char *name)
{
	const json_t *v = json_object_get(obj, name);

	if (!json_is_string(v)) {
		return HL_STR_NONE;
	}
	return hl_str_mem(json_string_value(v), json_string_length(v));
}

int64_t hl_json_int(const json_t *obj, const char *name, int64_t otherwise)
{
	const json_t *v = json_object_get(obj, name);

	return json_is_integer(v) ? (int64_t)json_integer_value(v) : otherwise;
}

static void put_escaped(struct hl_buf *b, uint32_t c)
{
	switch (c) {
	case '"':
		hl_buf_put(b, HL_STR("\\\""));
		return;
	case '\\':
		hl_buf_put(b, HL_STR("\\\\"));
		return;
	case '\n':
		hl_buf_put(b, HL_STR("\\n"));
		return;
	case '\t':
		hl_buf_put(b, HL_STR("\\t"));
		return;
	default:
		hl_buf_printf(b, "\\u%04x", (unsigned)c);
	}
}

void hl_json_put_str(struct hl_buf *b, struct hl_str s)
{
	hl_buf_put_c(b, '"');
	while (s.n) {
		uint32_t c;
		size_t n = hl_utf8_next(s, &c);

		if (c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' ||
			c == '&' || c == 0x7f || c == 0x2028 || c == 0x2029) {
			put_escaped(b, c);
		} else {
			hl_utf8_put(b, c);
		}
		s = hl_str_sub(s, n, s.n);
	}
	hl_buf_put_c(b, '"');
}

void hl_json_put_sep(struct hl_buf *b)
{
	char last = b->n ? b->p[b->n - 1] : '[';

	if (last != '{' && last != '[' && last != ':') {
		hl_buf_put_c(b, ',');
	}
}

void hl_json_put_name(struct hl_buf *b, const char *name)
{
	hl_json_put_sep(b);
	hl_json_put_str(b, hl_str_c(name));
	hl_buf_put_c(b, ':');
}

void hl_json_put_member(struct hl_buf *b, const char *name, struct hl_str value)
{
	hl_json_put_name(b, name);
	hl_json_put_str(b, value);
}

void hl_json_put_member_i64(struct hl_buf *b, const char *name, int64_t value)
{
	hl_json_put_name(b, name);
	hl_buf_printf(b, "%" PRId64, value);
}

void hl_json_put_member_bool(struct hl_buf *b, const char *name, bool value)
{
	hl_json_put_name(b, name);
	hl_buf_put(b, value ? HL_STR("true") : HL_STR("false"));
}
