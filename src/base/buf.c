/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

static int move_to(struct hl_buf *b, size_t cap)
{
	char *p;

	if (!b->secret) {
		p = realloc(b->p, cap);
		if (!p) {
			return HL_E_NOMEM;
		}
	} else {
		p = malloc(cap);
		if (!p) {
			return HL_E_NOMEM;
		}
		if (b->p) {
			memcpy(p, b->p, b->n);
			explicit_bzero(b->p, b->cap);
			free(b->p);
		}
	}
	b->p = p;
	b->cap = cap;
	return 0;
}

char *hl_buf_reserve(struct hl_buf *b, size_t n)
{
	if (b->fault) {
		return NULL;
	}
	if (n > b->max - b->n) {
		b->fault = HL_E_LIMIT;
		return NULL;
	}
	size_t need = b->n + n + 1;
	if (need > b->cap) {
		size_t cap = b->cap ? b->cap : 64;

		while (cap < need) {
			cap *= 2;
		}
		b->fault = move_to(b, cap);
		if (b->fault) {
			return NULL;
		}
	}
	b->p[b->n] = '\0';
	return b->p + b->n;
}

void hl_buf_put_mem(struct hl_buf *b, const void *p, size_t n)
{
	char *at = hl_buf_reserve(b, n);

	if (at) {
		if (n) {
			memcpy(at, p, n);
		}
		b->n += n;
		b->p[b->n] = '\0';
	}
}

void hl_buf_put(struct hl_buf *b, struct hl_str s)
{
	hl_buf_put_mem(b, s.p, s.n);
}

void hl_buf_put_c(struct hl_buf *b, char c)
{
	hl_buf_put_mem(b, &c, 1);
}

void hl_buf_printf(struct hl_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *at = n >= 0 ? hl_buf_reserve(b, (size_t)n) : NULL;
	if (!at) {
		return;
	}
	va_start(ap, fmt);
	vsnprintf(at, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void hl_buf_reset(struct hl_buf *b)
{
	if (b->secret && b->p) {
		explicit_bzero(b->p, b->cap);
	}
	b->n = 0;
	b->fault = 0;
}

void hl_buf_fini(struct hl_buf *b)
{
	hl_buf_reset(b);
	free(b->p);
	b->p = NULL;
	b->cap = 0;
}
