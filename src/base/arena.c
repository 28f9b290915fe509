/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_BYTES 8192u
#define ALIGN 16u

struct block {
	struct block *next;
	size_t used, cap;
	_Alignas(ALIGN) char bytes[];
};

/* Lives in the arena itself. */
struct deferred {
	struct deferred *next;
	void (*fn)(void *arg);
	void *arg;
};

struct hl_arena {
	struct block *head;
	struct deferred *deferred;
	size_t total, max;
	bool secret;
};

struct hl_arena *hl_arena_new(size_t max_bytes, bool secret)
{
	struct hl_arena *a = calloc(1, sizeof(*a));

	if (a) {
		a->max = max_bytes;
		a->secret = secret;
	}
	return a;
}

static void free_blocks(struct hl_arena *a, struct block *b)
{
	while (b) {
		struct block *next = b->next;

		if (a->secret) {
			explicit_bzero(b->bytes, b->used);
		}
		free(b);
		b = next;
	}
}

static void run_deferred(struct hl_arena *a)
{
	while (a->deferred) {
		struct deferred *d = a->deferred;

		a->deferred = d->next;
		d->fn(d->arg);
	}
}

bool hl_arena_defer(struct hl_arena *a, void (*fn)(void *arg), void *arg)
{
	struct deferred *d = hl_arena_alloc(a, sizeof(*d));

	if (!d) {
		return false;
	}
	*d = (struct deferred){a->deferred, fn, arg};
	a->deferred = d;
	return true;
}

void hl_arena_free(struct hl_arena *a)
{
	if (a) {
		run_deferred(a);
		free_blocks(a, a->head);
		free(a);
	}
}

void hl_arena_freep(struct hl_arena **a)
{
	hl_arena_free(*a);
	*a = NULL;
}

void hl_arena_reset(struct hl_arena *a)
{
	run_deferred(a);
	struct block *b = a->head;

	a->total = 0;
	/* A large block is given back: kept, it could not be used together
	 * with another as large, and the maximum would be lower. */
	if (!b || b->cap > BLOCK_BYTES) {
		free_blocks(a, b);
		a->head = NULL;
		return;
	}
	free_blocks(a, b->next);
	b->next = NULL;
	if (a->secret) {
		explicit_bzero(b->bytes, b->used);
	}
	b->used = 0;
	a->total = b->cap;
}

static struct block *add_block(struct hl_arena *a, size_t n)
{
	size_t cap = n > BLOCK_BYTES ? n : BLOCK_BYTES;

	if (cap > a->max - a->total) {
		cap = n;
	}
	if (cap > a->max - a->total) {
		return NULL;
	}
	struct block *b = malloc(sizeof(*b) + cap);
	if (!b) {
		return NULL;
	}
	b->used = 0;
	b->cap = cap;
	b->next = a->head;
	a->head = b;
	a->total += cap;
	return b;
}

void *hl_arena_alloc(struct hl_arena *a, size_t n)
{
	struct block *b = a->head;

	if (n > a->max || n > PTRDIFF_MAX - BLOCK_BYTES) {
		return NULL;
	}
	n = n ? (n + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
	if (!b || n > b->cap - b->used) {
		b = add_block(a, n);
		if (!b) {
			return NULL;
		}
	}
	void *p = b->bytes + b->used;
	b->used += n;
	return memset(p, 0, n);
}

void *hl_arena_array(struct hl_arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		return NULL;
	}
	return hl_arena_alloc(a, bytes);
}

struct hl_str hl_arena_dup(struct hl_arena *a, struct hl_str s)
{
	char *p = s.p ? hl_arena_alloc(a, s.n + 1) : NULL;

	if (!p) {
		return HL_STR_NONE;
	}
	if (s.n) {
		memcpy(p, s.p, s.n);
	}
	return (struct hl_str){p, s.n};
}

struct hl_str hl_arena_printf(struct hl_arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = n >= 0 ? hl_arena_alloc(a, (size_t)n + 1) : NULL;
	if (!p) {
		return HL_STR_NONE;
	}
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (struct hl_str){p, (size_t)n};
}
