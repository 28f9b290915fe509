/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_BASE_BUF_H
#define HL_BASE_BUF_H

#include "base/str.h"

/*
 * A growing byte buffer that cannot exist without a maximum. The first
 * failure sticks: later puts do nothing, so that a renderer checks `fault`
 * once at its end. `p` is kept NUL-terminated behind n for C's sake.
 */
struct hl_buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max;
	int fault;   /* 0, HL_E_NOMEM or HL_E_LIMIT */
	bool secret; /* wiped before it moves and when it is freed */
};

/* An empty buffer of at most max bytes; allocates nothing yet. */
#define HL_BUF_INIT(max_bytes) ((struct hl_buf){.max = (max_bytes)})
#define HL_BUF_SECRET(max_bytes) \
	((struct hl_buf){.max = (max_bytes), .secret = true})

void hl_buf_put(struct hl_buf *b, struct hl_str s);
void hl_buf_put_mem(struct hl_buf *b, const void *p, size_t n);
void hl_buf_put_c(struct hl_buf *b, char c);
void hl_buf_printf(struct hl_buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Room for n more bytes; gives where to write, or NULL after a fault. The
 * caller adds what it wrote to b->n. Borrowed until the next put. */
char *hl_buf_reserve(struct hl_buf *b, size_t n);

/* Borrowed until the next put or fini. */
static inline struct hl_str hl_buf_str(const struct hl_buf *b)
{
	return (struct hl_str){b->p ? b->p : "", b->n};
}

/* Empty again, the memory kept and the fault cleared. */
void hl_buf_reset(struct hl_buf *b);
/* Frees; a second call is harmless. */
void hl_buf_fini(struct hl_buf *b);

#define HL_BUF_AUTO __attribute__((cleanup(hl_buf_fini))) struct hl_buf

#endif
