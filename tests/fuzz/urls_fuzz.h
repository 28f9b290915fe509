/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_FUZZ_URLS_H
#define HL_FUZZ_URLS_H

/* Sound lists and a delta between them, edits laid over bytes, and digests
 * made right again, so that what is behind them is reached. */
#include "urls_file/bytes.h"
#include "urls_file/make.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum { FUZZ_ROWS = 70, FUZZ_LIST_MAX = 1 << 20 };

static inline struct hl_urls_head fuzz_head(uint64_t version)
{
	struct hl_urls_head head = {.consumer = 7,
		.version = version,
		.epoch = 20779,
		.canon = 1,
		.bits = 13};

	memset(head.hotline, 1, sizeof(head.hotline));
	return head;
}

/* Rows of hosts from `from` on, each third sealed in its own version. */
static inline void fuzz_list(
	uint64_t version, unsigned from, struct hl_buf *out)
{
	static uint8_t sealed[FUZZ_ROWS][HL_URLS_SEALED_MAX];
	struct hl_urls_sink sink = {out, hl_urls_sink_buf};
	struct hl_urls_head head = fuzz_head(version);
	struct hl_urls_row row[FUZZ_ROWS];
	struct hl_urls_made made;

	for (unsigned i = 0; i < FUZZ_ROWS; i++) {
		struct hl_urls_item item[4] = {{1, UINT32_MAX, i, 5},
			{2, UINT32_MAX, i, 6}, {3, UINT32_MAX, i, 7},
			{4, UINT32_MAX, i, 8}};
		struct hl_urls_keys keys;
		char host[32];
		struct hl_str name =
			hl_str_mem(host, (size_t)snprintf(host, sizeof(host),
						 "n%u.example.org", from + i));

		hl_urls_keys_tier0(head.k0, name, &keys);
		item[3].path = hl_urls_path(keys.path, HL_STR("/"));
		assert(!hl_urls_row_seal(&keys, (from + i) % 3 ? 1 : version,
			item, 1 + i % 4, sealed[i], &row[i].units, NULL));
		row[i].v = hl_urls_prefilter(head.prefilter, head.bits, name);
		memcpy(row[i].tag, keys.tag, sizeof(row[i].tag));
		row[i].sealed = sealed[i];
	}
	assert(!hl_urls_list_make(&head, row, FUZZ_ROWS, &sink, &made, NULL));
}

static inline void fuzz_delta(
	const struct hl_buf *a, const struct hl_buf *b, struct hl_buf *out)
{
	struct hl_urls_sink sink = {out, hl_urls_sink_buf};
	struct hl_urls_file from, to;
	struct hl_urls_made made;

	assert(!hl_urls_file_open(&from, a->p, a->n, NULL, NULL) &&
		!hl_urls_file_open(&to, b->p, b->n, NULL, NULL) &&
		!hl_urls_delta_make(&from, &to, &sink, &made, NULL));
	hl_urls_file_fini(&from);
	hl_urls_file_fini(&to);
}

/* Lays (offset of 3 bytes, count, bytes) over p; an offset of all ones cuts
 * off or is the end. Gives the new length. */
static inline size_t fuzz_edit(
	const uint8_t *data, size_t size, uint8_t *p, size_t n)
{
	while (size >= 5 && n) {
		size_t at = (size_t)data[0] | (size_t)data[1] << 8 |
			    (size_t)data[2] << 16;
		size_t k = data[3] % 24 + 1u;

		data += 4;
		size -= 4;
		if (at == 0xffffff) {
			return n - (size_t)data[0] % n;
		}
		k = k < size ? k : size;
		at %= n;
		k = k < n - at ? k : n - at;
		memcpy(p + at, data, k);
		data += k;
		size -= k;
	}
	return n;
}

/* The digests of pages, by the offsets that the header gives. */
static inline void fuzz_mend(uint8_t *p, size_t n)
{
	struct hl_urls_file f = {0};

	if (n < HL_URLS_HEAD || p[108] < HL_URLS_BITS_MIN ||
		p[108] > HL_URLS_BITS_MAX) {
		return;
	}
	f.head.bits = p[108];
	f.head.n = hl_urls_get32(p + 104);
	hl_urls_file_lay_out(&f, hl_urls_get64(p + 112));
	for (uint64_t i = 0; f.n_bytes == n && i < f.n_pages; i++) {
		uint64_t left = f.pages - i * HL_URLS_PAGE;

		crypto_hash_sha256(p + f.pages + HL_URLS_DIGEST * i,
			p + i * HL_URLS_PAGE,
			left < HL_URLS_PAGE ? left : HL_URLS_PAGE);
	}
}

#endif
