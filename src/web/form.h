/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_FORM_H
#define HL_WEB_FORM_H

#include "base/json.h"
#include "web/http.h"

/*
 * Fields of a form or a query, application/x-www-form-urlencoded. Strict
 * about valid UTF-8, valid "%XX" and names, which no browser breaks; from
 * values the characters of hl_utf8_unseen() are taken out. CRLF becomes LF.
 */
#define HL_WEB_FIELDS_MAX 256u
#define HL_WEB_FIELD_NAME_MAX 64u

struct hl_web_field {
	struct hl_str name, value;
};

struct hl_web_form {
	struct hl_web_field *fields;
	size_t n;
};

/* text: what stands in the body or behind "?"; the absent view is an empty
 * form. Everything borrowed from the arena. HL_E_INVALID, HL_E_LIMIT. */
int hl_web_form_parse(struct hl_arena *arena, struct hl_str text,
	struct hl_web_form *out, struct hl_err *err);

/* The body of a POST; HL_E_INVALID for another type of body. A handler may
 * give these faults back: the server answers 400 or 413. */
int hl_web_form_read(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_form *out);
/* The query of any request. */
int hl_web_query_read(struct hl_web_ctx *ctx, const struct hl_web_request *req,
	struct hl_web_form *out);
/* A JSON body; *out is owned: json_decref(). */
int hl_web_json_read(
	struct hl_web_ctx *ctx, const struct hl_web_request *req, json_t **out);

/* The first value of that name, trimmed; absent when there is none. */
struct hl_str hl_web_form_get(const struct hl_web_form *f, const char *name);
/* The same as a number. HL_NOTFOUND without the field or when it is empty,
 * HL_E_INVALID when it is no number. */
int hl_web_form_get_i64(
	const struct hl_web_form *f, const char *name, int64_t *out);
/* Whether one of the values of that name is value: check boxes. */
bool hl_web_form_has(
	const struct hl_web_form *f, const char *name, const char *value);
/* The values of that name one after the other; *at begins with 0. */
bool hl_web_form_next(const struct hl_web_form *f, const char *name, size_t *at,
	struct hl_str *value);

/* Decodes "%XX", and "+" to a space if plus; HL_E_INVALID for a broken one,
 * for what is no UTF-8 and for control characters. Absent: out of memory. */
int hl_web_percent_decode(struct hl_arena *arena, struct hl_str in, bool plus,
	struct hl_str *out);

#endif
