/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BASE_STR_H
#define HL_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A borrowed view of n bytes; not NUL-terminated, may hold any byte.
 * {NULL, 0} is "absent"; {"", 0} is "empty".
 */
struct hl_str {
	const char *p;
	size_t n;
};

/* A view of a literal, as an expression and as an initialiser. */
#define HL_STR(lit) ((struct hl_str){("" lit), sizeof(lit) - 1})
#define HL_STR_INIT(lit)                  \
	{                                 \
		("" lit), sizeof(lit) - 1 \
	}
#define HL_STR_NONE ((struct hl_str){NULL, 0})

/* For printf: "%.*s", HL_STR_ARG(s). */
#define HL_STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

#define HL_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* A view of a C string; NULL gives the absent view. */
static inline struct hl_str hl_str_c(const char *s)
{
	return (struct hl_str){s, s ? strlen(s) : 0};
}

static inline struct hl_str hl_str_mem(const void *p, size_t n)
{
	return (struct hl_str){p, n};
}

bool hl_str_eq(struct hl_str a, struct hl_str b);
/* Equal with A–Z folded; other bytes as they are. */
bool hl_str_eq_nocase(struct hl_str a, struct hl_str b);
/* Equal in time that depends on the lengths only; for secrets. */
bool hl_str_eq_secret(struct hl_str a, struct hl_str b);
/* Byte order, a shorter prefix first: <0, 0, >0. */
int hl_str_cmp(struct hl_str a, struct hl_str b);
bool hl_str_starts(struct hl_str s, struct hl_str prefix);
bool hl_str_ends(struct hl_str s, struct hl_str suffix);

/* Position of the first c or needle; s.n if there is none. */
size_t hl_str_find_char(struct hl_str s, char c);
size_t hl_str_find(struct hl_str s, struct hl_str needle);

/* The part from offset `from` on, at most n bytes; never out of range. */
struct hl_str hl_str_sub(struct hl_str s, size_t from, size_t n);
/* Without ASCII white space (space, \t \n \v \f \r) at both ends. */
struct hl_str hl_str_trim(struct hl_str s);

/*
 * Takes the next piece before sep off *rest and puts it in *piece; the last
 * piece is what is left. True while there was a piece; "a,,b" has three.
 */
bool hl_str_next(struct hl_str *rest, char sep, struct hl_str *piece);

/* Decimal, optional '-', nothing else; false leaves *out alone. */
bool hl_str_to_i64(struct hl_str s, int64_t *out);

#endif
