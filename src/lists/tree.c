/* SPDX-License-Identifier: Apache-2.0 */
#include "lists/tree.h"

#include "seal/sign.h"

static void join(const uint8_t a[32], const uint8_t b[32], uint8_t out[32])
{
	struct hl_seal_sha256 h;

	hl_seal_sha256_init(&h);
	hl_seal_sha256_add(&h, HL_STR("\x01"));
	hl_seal_sha256_add(&h, hl_str_mem(a, 32));
	hl_seal_sha256_add(&h, hl_str_mem(b, 32));
	hl_seal_sha256_end(&h, out);
}

void hl_lists_tree_add(struct hl_lists_tree *t, struct hl_str leaf)
{
	const uint8_t zero = 0;
	struct hl_seal_sha256 h;
	uint8_t head[32];
	unsigned bit = 0;

	hl_seal_sha256_init(&h);
	hl_seal_sha256_add(&h, hl_str_mem(&zero, 1));
	hl_seal_sha256_add(&h, leaf);
	hl_seal_sha256_end(&h, head);
	for (; t->n >> bit & 1; bit++) {
		join(t->full[bit], head, head);
	}
	memcpy(t->full[bit], head, sizeof(head));
	t->n++;
}

void hl_lists_tree_head(const struct hl_lists_tree *t, uint8_t out[32])
{
	bool any = false;

	hl_seal_sha256(HL_STR(""), out);
	for (unsigned bit = 0; bit < 64; bit++) {
		if (!(t->n >> bit & 1)) {
			continue;
		}
		if (any) {
			join(t->full[bit], out, out);
		} else {
			memcpy(out, t->full[bit], 32);
		}
		any = true;
	}
}
