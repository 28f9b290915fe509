/* SPDX-License-Identifier: Apache-2.0 */
#include "store/wire.h"

#include "base/err.h"

void hl_store_put_u32(struct hl_buf *b, uint32_t v)
{
	hl_buf_put_mem(b, &v, sizeof(v));
}

void hl_store_put_i64(struct hl_buf *b, int64_t v)
{
	hl_buf_put_mem(b, &v, sizeof(v));
}

void hl_store_put_str(struct hl_buf *b, struct hl_str s)
{
	if (s.n > UINT32_MAX) {
		b->fault = HL_E_LIMIT;
		return;
	}
	hl_store_put_u32(b, (uint32_t)s.n);
	hl_buf_put(b, s);
}

static struct hl_str take(struct hl_store_cursor *c, size_t n)
{
	if (c->bad || n > c->rest.n) {
		c->bad = true;
		return HL_STR_NONE;
	}
	struct hl_str got = hl_str_sub(c->rest, 0, n);
	c->rest = hl_str_sub(c->rest, n, c->rest.n);
	return got;
}

uint32_t hl_store_get_u32(struct hl_store_cursor *c)
{
	struct hl_str s = take(c, sizeof(uint32_t));
	uint32_t v = 0;

	if (s.p) {
		memcpy(&v, s.p, sizeof(v));
	}
	return v;
}

int64_t hl_store_get_i64(struct hl_store_cursor *c)
{
	struct hl_str s = take(c, sizeof(int64_t));
	int64_t v = 0;

	if (s.p) {
		memcpy(&v, s.p, sizeof(v));
	}
	return v;
}

struct hl_str hl_store_get_str(struct hl_store_cursor *c)
{
	return take(c, hl_store_get_u32(c));
}
