/* SPDX-License-Identifier: Apache-2.0 */
#include "url/extract.h"

#include <assert.h>

/*
 * Pieces stand in the order of the text without overlapping and hold every
 * letter and digit of it; what is found reads the same when it is pasted
 * alone.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count_wordy(struct hl_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		n += (s.p[i] >= '0' && s.p[i] <= '9') ||
		     ((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z');
	}
	return n;
}

static void check_found(const struct hl_url_list *l, size_t i)
{
	const struct hl_url_found *f = &l->v[i];
	HL_BUF_AUTO again = HL_BUF_INIT(2 * HL_URL_MAX);

	assert(f->piece.n > 0 && f->same_as <= i);
	if (f->kind == HL_URL_WORDS) {
		assert(f->why != HL_URL_READABLE && !f->address.p);
		return;
	}
	assert(f->why == HL_URL_READABLE && f->address.n && f->canon.n);
	assert(hl_str_eq(l->v[f->same_as].key, f->key));
	if (f->kind == HL_URL_WEB || f->kind == HL_URL_ONION) {
		assert(hl_url_canon(f->canon, &again, NULL) == 0);
		assert(hl_str_eq(hl_buf_str(&again), f->canon));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_ARENA_AUTO *a = hl_arena_new(8 << 20, false);
	struct hl_str text = hl_str_mem(data, size);
	const char *end = text.p;
	struct hl_url_list l;
	size_t n = 0, addresses = 0;
	int rc = hl_url_extract(text, a, &l, NULL);

	assert(rc == 0 || rc == HL_E_LIMIT);
	if (rc) {
		return 0;
	}
	for (size_t i = 0; i < l.n; i++) {
		check_found(&l, i);
		assert(l.v[i].piece.p >= end);
		end = l.v[i].piece.p + l.v[i].piece.n;
		n += count_wordy(l.v[i].piece);
		addresses += l.v[i].kind != HL_URL_WORDS;
	}
	assert(size == 0 || end <= text.p + text.n);
	assert(n == count_wordy(text) && addresses == l.n_addresses);
	return 0;
}
