/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_WEB_TMPL_H
#define HL_WEB_TMPL_H

#include "base/buf.h"
#include "base/text.h"
#include "web/html.h"

/* What compiled templates call; docs/templates.md. */

/* Values that are shown in a form of their own. */
struct hl_web_at {
	int64_t us;
};
struct hl_web_at_iso {
	int64_t us;
};
struct hl_web_span {
	int64_t us;
};
struct hl_web_ref {
	enum hl_ref_kind kind;
	int64_t id;
};
#define hl_web_at(t) ((struct hl_web_at){(t)})
#define hl_web_at_iso(t) ((struct hl_web_at_iso){(t)})
#define hl_web_span(t) ((struct hl_web_span){(t)})
#define hl_web_ref(k, i) ((struct hl_web_ref){(k), (i)})

/* Escaped for text and for double-quoted values; bytes that are no UTF-8
 * become U+FFFD, control characters too. */
void hl_web_put_str(struct hl_buf *out, struct hl_str s);
void hl_web_put_cstr(struct hl_buf *out, const char *s);
void hl_web_put_i64(struct hl_buf *out, int64_t v);
void hl_web_put_u64(struct hl_buf *out, uint64_t v);
void hl_web_put_at(struct hl_buf *out, struct hl_web_at t);
void hl_web_put_at_iso(struct hl_buf *out, struct hl_web_at_iso t);
void hl_web_put_span(struct hl_buf *out, struct hl_web_span t);
void hl_web_put_ref(struct hl_buf *out, struct hl_web_ref r);

/* As it is. */
void hl_web_put_html(struct hl_buf *out, struct hl_html h);

/* A whole address at the beginning of href; "#blocked" when its kind is not
 * allowed. */
void hl_web_put_link_str(struct hl_buf *out, struct hl_str s);
void hl_web_put_link_cstr(struct hl_buf *out, const char *s);
/* The same for src, action: our own paths only. */
void hl_web_put_own_str(struct hl_buf *out, struct hl_str s);
void hl_web_put_own_cstr(struct hl_buf *out, const char *s);

/* One piece of a path or query, percent-encoded. */
void hl_web_put_part_str(struct hl_buf *out, struct hl_str s);
void hl_web_put_part_cstr(struct hl_buf *out, const char *s);

/* clang-format off */

/* The type of the expression decides; bool and char have no row on purpose:
 * what should they look like? */
#define HL_WEB_NUMBERS \
	signed char: hl_web_put_i64, short: hl_web_put_i64, \
	int: hl_web_put_i64, long: hl_web_put_i64, \
	long long: hl_web_put_i64, unsigned char: hl_web_put_u64, \
	unsigned short: hl_web_put_u64, unsigned: hl_web_put_u64, \
	unsigned long: hl_web_put_u64, unsigned long long: hl_web_put_u64, \
	struct hl_web_ref: hl_web_put_ref

#define hl_web_put(out, x) _Generic((x), \
	struct hl_str: hl_web_put_str, \
	const char *: hl_web_put_cstr, char *: hl_web_put_cstr, \
	struct hl_web_at: hl_web_put_at, \
	struct hl_web_at_iso: hl_web_put_at_iso, \
	struct hl_web_span: hl_web_put_span, \
	HL_WEB_NUMBERS)((out), (x))

#define hl_web_put_link(out, x) _Generic((x), \
	struct hl_str: hl_web_put_link_str, \
	const char *: hl_web_put_link_cstr, \
	char *: hl_web_put_link_cstr)((out), (x))

#define hl_web_put_own(out, x) _Generic((x), \
	struct hl_str: hl_web_put_own_str, \
	const char *: hl_web_put_own_cstr, \
	char *: hl_web_put_own_cstr)((out), (x))

#define hl_web_put_part(out, x) _Generic((x), \
	struct hl_str: hl_web_put_part_str, \
	const char *: hl_web_put_part_cstr, \
	char *: hl_web_put_part_cstr, \
	HL_WEB_NUMBERS)((out), (x))

/* clang-format on */

#endif
