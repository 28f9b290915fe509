/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_RPZ_SET_H
#define HL_RPZ_SET_H

#include "base/err.h"
#include "base/str.h"

/*
 * A set of names that never changes once it is made: one block, in which
 * each name is a byte of length and its text, in byte order. Shared by
 * counting; any thread.
 */
struct hl_rpz_set {
	_Atomic unsigned refs;
	size_t n;     /* names */
	size_t bytes; /* of data */
	uint8_t data[];
};

/* What a set may hold; room: the bytes of the origin on the wire. */
struct hl_rpz_bounds {
	size_t max_names, room;
};

/* HL_E_INVALID with the index of a name that cannot be listed. */
int hl_rpz_set_new(const struct hl_str *names, size_t n,
	const struct hl_rpz_bounds *bounds, struct hl_rpz_set **out,
	struct hl_err *err);
struct hl_rpz_set *hl_rpz_set_ref(struct hl_rpz_set *s);
/* NULL is fine. */
void hl_rpz_set_unref(struct hl_rpz_set *s);

/* What is in a and not in b. */
int hl_rpz_set_minus(const struct hl_rpz_set *a, const struct hl_rpz_set *b,
	struct hl_rpz_set **out, struct hl_err *err);

#endif
