/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_WEB_HEAD_CHECK_H
#define HL_TESTS_WEB_HEAD_CHECK_H

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

/* What every answer of either process must have, whatever it is about. */

static inline bool head_has(struct hl_str head, const char *line)
{
	return hl_str_find(head, hl_str_c(line)) < head.n;
}

/* The value of a header in "name: value\n" lines; absent without it. */
static inline struct hl_str head_value(struct hl_str head, const char *name)
{
	struct hl_str line;

	while (hl_str_next(&head, '\n', &line)) {
		size_t colon = hl_str_find_char(line, ':');

		if (hl_str_eq_nocase(
			    hl_str_sub(line, 0, colon), hl_str_c(name))) {
			return hl_str_trim(hl_str_sub(line, colon + 1, line.n));
		}
	}
	return HL_STR_NONE;
}

/* `attachment; filename="NAME"` with a name that no system misreads. */
static inline bool head_attaches(struct hl_str head)
{
	struct hl_str v = head_value(head, "Content-Disposition");
	const struct hl_str start = HL_STR("attachment; filename=\"");

	if (!hl_str_starts(v, start) || v.n < start.n + 2 ||
		v.p[v.n - 1] != '"') {
		return false;
	}
	v = hl_str_sub(v, start.n, v.n - start.n - 1);
	for (size_t i = 0; i < v.n; i++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
			    "XYZ0123456789.-_",
			    v.p[i])) {
			return false;
		}
	}
	return v.p[0] != '.';
}

/* What is wrong with the head of an answer; NULL: nothing. is_static: a
 * file of the program, which may be kept. */
static inline const char *head_fault(
	struct hl_str head, size_t body_bytes, bool is_static)
{
	static const char *const always[] = {
		"Content-Security-Policy: default-src 'none'; ",
		"; form-action '",
		"; base-uri 'none'; frame-ancestors 'none'\n",
		"X-Content-Type-Options: nosniff\n", "X-Frame-Options: DENY\n",
		"Referrer-Policy: no-referrer\n",
		"Cross-Origin-Opener-Policy: same-origin\n",
		"Cross-Origin-Resource-Policy: same-origin\n",
		"Permissions-Policy: "};
	struct hl_str type = head_value(head, "Content-Type");

	for (size_t i = 0; i < HL_ARRAY_LEN(always); i++) {
		if (!head_has(head, always[i])) {
			return always[i];
		}
	}
	if (!is_static && !head_has(head, "Cache-Control: no-store\n")) {
		return "Cache-Control: no-store";
	}
	if (body_bytes && !type.n) {
		return "a type for its body";
	}
	if (hl_str_starts(type, HL_STR("text/")) &&
		!head_has(head, "charset=utf-8\n")) {
		return "a charset";
	}
	/* what a browser does not show as one of our pages is a download */
	if (type.n && !is_static && !hl_str_starts(type, HL_STR("text/html")) &&
		!hl_str_eq(type, HL_STR("application/json")) &&
		!head_attaches(head)) {
		return "Content-Disposition with a plain name";
	}
	return NULL;
}

#endif
