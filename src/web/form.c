/* SPDX-License-Identifier: Apache-2.0 */
#include "web/form.h"

#include "base/text.h"
#include "base/utf8.h"

#define JSON_MAX_BYTES (1u << 20)

static bool decode_into(char *to, struct hl_str in, bool plus, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i];

		if (c == '%') {
			if (hl_text_parse_hex(
				    hl_str_sub(in, i + 1, 2), &c, 1)) {
				return false;
			}
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\n' && *n && to[*n - 1] == '\r') {
			(*n)--;
		}
		to[(*n)++] = (char)c;
	}
	return true;
}

static bool has_controls(struct hl_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f) {
			return true;
		}
	}
	return false;
}

static int decode(struct hl_arena *arena, struct hl_str in, bool plus,
	char **out, size_t *n)
{
	*out = hl_arena_alloc(arena, in.n + 1);
	if (!*out) {
		return HL_E_NOMEM;
	}
	return decode_into(*out, in, plus, n) &&
			       hl_utf8_valid(hl_str_mem(*out, *n))
		       ? 0
		       : HL_E_INVALID;
}

int hl_web_percent_decode(
	struct hl_arena *arena, struct hl_str in, bool plus, struct hl_str *out)
{
	char *text;
	size_t n;
	int r = decode(arena, in, plus, &text, &n);

	if (r) {
		return r;
	}
	text[n] = '\0';
	*out = hl_str_mem(text, n);
	return has_controls(*out) ? HL_E_INVALID : 0;
}

/* Only bytes that are no text are refused. */
static int decode_value(
	struct hl_arena *arena, struct hl_str in, struct hl_str *out)
{
	char *text;
	size_t n;
	int r = decode(arena, in, true, &text, &n);

	if (r) {
		return r;
	}
	n = hl_utf8_clean(text, n);
	text[n] = '\0';
	*out = hl_str_mem(text, n);
	return 0;
}

static int parse_field(
	struct hl_arena *arena, struct hl_str piece, struct hl_web_field *f)
{
	size_t eq = hl_str_find_char(piece, '=');
	int r = hl_web_percent_decode(
		arena, hl_str_sub(piece, 0, eq), true, &f->name);

	if (r) {
		return r;
	}
	if (f->name.n > HL_WEB_FIELD_NAME_MAX) {
		return HL_E_LIMIT;
	}
	return decode_value(
		arena, hl_str_sub(piece, eq + 1, piece.n), &f->value);
}

static size_t count(struct hl_str text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++) {
		n += text.p[i] == '&';
	}
	return n;
}

int hl_web_form_parse(struct hl_arena *arena, struct hl_str text,
	struct hl_web_form *out, struct hl_err *err)
{
	size_t n = count(text);
	struct hl_str piece;

	*out = (struct hl_web_form){0};
	if (n > HL_WEB_FIELDS_MAX) {
		return HL_FAIL(err, HL_E_LIMIT, "a form of too many fields");
	}
	out->fields = hl_arena_array(arena, n, sizeof(*out->fields));
	if (!out->fields) {
		return HL_FAIL(err, HL_E_NOMEM, "no memory for a form");
	}
	while (text.p && hl_str_next(&text, '&', &piece)) {
		if (piece.n == 0) {
			continue;
		}
		int r = parse_field(arena, piece, &out->fields[out->n]);
		if (r) {
			return HL_FAIL(err, r, "a form not well formed");
		}
		out->n++;
	}
	return 0;
}

int hl_web_form_read(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_form *out)
{
	static const char type[] = "application/x-www-form-urlencoded";

	if (req->body.n && !hl_web_request_is_type(req, type)) {
		return HL_FAIL(&ctx->err, HL_E_INVALID, "not a form");
	}
	return hl_web_form_parse(ctx->arena, req->body, out, &ctx->err);
}

int hl_web_query_read(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_form *out)
{
	return hl_web_form_parse(ctx->arena, req->query, out, &ctx->err);
}

int hl_web_json_read(
	struct hl_web_ctx *ctx, const struct hl_web_request *req, json_t **out)
{
	if (!hl_web_request_is_type(req, "application/json")) {
		return HL_FAIL(&ctx->err, HL_E_INVALID, "not JSON");
	}
	return hl_json_parse(req->body, JSON_MAX_BYTES, out, &ctx->err);
}

bool hl_web_form_next(const struct hl_web_form *f, const char *name, size_t *at,
	struct hl_str *value)
{
	while (*at < f->n) {
		const struct hl_web_field *field = &f->fields[(*at)++];

		if (hl_str_eq(field->name, hl_str_c(name))) {
			*value = field->value;
			return true;
		}
	}
	return false;
}

struct hl_str hl_web_form_get(const struct hl_web_form *f, const char *name)
{
	size_t at = 0;
	struct hl_str v;

	return hl_web_form_next(f, name, &at, &v) ? hl_str_trim(v)
						  : HL_STR_NONE;
}

int hl_web_form_get_i64(
	const struct hl_web_form *f, const char *name, int64_t *out)
{
	struct hl_str v = hl_web_form_get(f, name);

	if (v.n == 0) {
		return HL_NOTFOUND;
	}
	return hl_str_to_i64(v, out) ? 0 : HL_E_INVALID;
}

bool hl_web_form_has(
	const struct hl_web_form *f, const char *name, const char *value)
{
	size_t at = 0;
	struct hl_str v;

	while (hl_web_form_next(f, name, &at, &v)) {
		if (hl_str_eq(v, hl_str_c(value))) {
			return true;
		}
	}
	return false;
}
