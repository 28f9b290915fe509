/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BASE_ARENA_H
#define HL_BASE_ARENA_H

#include "base/str.h"

/*
 * Memory that is freed all at once: one arena a request. Not thread-safe.
 * A secret arena is wiped when it is freed; case data always lives in one.
 */
struct hl_arena;

/* NULL when there is no memory. max_bytes bounds what it will ever hold. */
struct hl_arena *hl_arena_new(size_t max_bytes, bool secret);
/* NULL is allowed. */
void hl_arena_free(struct hl_arena *a);
void hl_arena_freep(struct hl_arena **a);
/* Everything given out so far is gone; a small block is kept for reuse. */
void hl_arena_reset(struct hl_arena *a);

/* Calls fn(arg) when the arena is next reset or freed, the newest first; for
 * what an arena's object holds elsewhere. False when there is no memory. */
bool hl_arena_defer(struct hl_arena *a, void (*fn)(void *arg), void *arg);

/* Zeroed, aligned for any type; NULL when out of memory or over the
 * maximum. Borrowed until the arena is reset or freed, like all below. */
void *hl_arena_alloc(struct hl_arena *a, size_t n);
/* n × size with the overflow checked. */
void *hl_arena_array(struct hl_arena *a, size_t n, size_t size);
/* A copy with a NUL behind it; the absent view when there is no memory,
 * and for the absent view. */
struct hl_str hl_arena_dup(struct hl_arena *a, struct hl_str s);
/* Absent view when there is no memory. */
struct hl_str hl_arena_printf(struct hl_arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define HL_ARENA_AUTO __attribute__((cleanup(hl_arena_freep))) struct hl_arena

#endif
