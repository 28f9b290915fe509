/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BASE_JSON_H
#define HL_BASE_JSON_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Reading JSON is jansson's work, with strict settings; writing is done
 * straight into a buffer, since everything that is written has a known form.
 */

/*
 * Parses one JSON text (RFC 8259): duplicate names and trailing bytes are
 * refused. HL_E_INVALID (the message names line and column, no content),
 * HL_E_LIMIT over max_bytes. *out is owned: json_decref().
 */
int hl_json_parse(
	struct hl_str text, size_t max_bytes, json_t **out, struct hl_err *err);

/* The same, and \u0000 may stand in a string, which has a length then. */
int hl_json_parse_nul(
	struct hl_str text, size_t max_bytes, json_t **out, struct hl_err *err);

/* The string member `name` of obj, borrowed; absent view if not a string. */
struct hl_str hl_json_str(const json_t *obj, const char *name);
/* The integer member, or otherwise. */
int64_t hl_json_int(const json_t *obj, const char *name, int64_t otherwise);

static inline void hl_json_freep(json_t **j)
{
	json_decref(*j);
	*j = NULL;
}
#define HL_JSON_AUTO __attribute__((cleanup(hl_json_freep))) json_t

/* Puts s as a JSON string with its quotes; bytes that are no UTF-8 become
 * U+FFFD. "<", ">", "&" and U+2028/9 are escaped so that it may stand
 * anywhere. */
void hl_json_put_str(struct hl_buf *b, struct hl_str s);
/* Puts ,"name":"value" — without the comma behind '{', '[' or nothing. */
void hl_json_put_member(
	struct hl_buf *b, const char *name, struct hl_str value);
void hl_json_put_member_i64(struct hl_buf *b, const char *name, int64_t value);
void hl_json_put_member_bool(struct hl_buf *b, const char *name, bool value);
/* Puts ,"name": alone, for a nested value that the caller writes next. */
void hl_json_put_name(struct hl_buf *b, const char *name);
/* Puts a comma unless the buffer ends in '{', '[', ':' or is empty. */
void hl_json_put_sep(struct hl_buf *b);

#endif
