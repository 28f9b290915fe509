/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_TESTS_URLS_LISTS_H
#define HL_TESTS_URLS_LISTS_H

/* Small lists of neutral hosts, for the tests of this room. */
#include "urls_file/make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>
#include <sodium.h>

#define LIST_MAX (64u << 20)

/* Rows and their bytes, of hosts "n0.example.org", "n1.example.org", …: row i
 * of version `version` has 1 + i % 30 items. Tier 0, for speed. */
struct rows {
	struct hl_urls_row *row;
	uint8_t (*sealed)[HL_URLS_SEALED_MAX];
	size_t n;
};

static inline struct hl_str host_of(uint64_t i, char out[64])
{
	return hl_str_mem(out, (size_t)snprintf(out, 64, "n%llu.example.org",
				       (unsigned long long)i));
}

static inline struct hl_urls_head head_of(uint64_t version, unsigned bits)
{
	struct hl_urls_head head = {.consumer = 7,
		.version = version,
		.epoch = 20779,
		.tier = 0,
		.canon = 1,
		.bits = bits};

	memset(head.hotline, 0xa1, sizeof(head.hotline));
	memset(head.prefilter, 0x5c, sizeof(head.prefilter));
	memset(head.k0, 0x33, sizeof(head.k0));
	return head;
}

static inline void row_make(const struct hl_urls_head *head, uint64_t i,
	uint64_t version, struct hl_urls_row *row,
	uint8_t sealed[HL_URLS_SEALED_MAX])
{
	struct hl_urls_item item[30];
	struct hl_urls_keys keys;
	char host[64];
	struct hl_str name = host_of(i, host);

	hl_urls_keys_tier0(head->k0, name, &keys);
	for (size_t k = 0; k < 30; k++) {
		item[k] = (struct hl_urls_item){.scope = HL_URLS_ITEM_PAGE,
			.entry = 1000 * i + k,
			.minute = 30000000,
			.path = hl_urls_path(keys.path, HL_STR("/a"))};
	}
	assert_int_equal(0, hl_urls_row_seal(&keys, version, item, 1 + i % 30,
				    sealed, &row->units, NULL));
	row->v = hl_urls_prefilter(head->prefilter, head->bits, name);
	memcpy(row->tag, keys.tag, sizeof(row->tag));
	row->sealed = sealed;
}

static inline void rows_fini(struct rows *rows)
{
	test_free(rows->row);
	test_free(rows->sealed);
}

/* Hosts [from, to) but each `skip`th; those that `again` divides are sealed
 * anew in the head's version, the others in version 1. */
static inline struct rows rows_of(const struct hl_urls_head *head,
	uint64_t from, uint64_t to, uint64_t skip, uint64_t again)
{
	size_t room = (size_t)(to - from) + 1;
	struct rows rows = {test_calloc(room, sizeof(struct hl_urls_row)),
		test_calloc(room, HL_URLS_SEALED_MAX), 0};

	for (uint64_t i = from; i < to; i++) {
		if (skip && i % skip == 0) {
			continue;
		}
		row_make(head, i, again && i % again == 0 ? head->version : 1,
			&rows.row[rows.n], rows.sealed[rows.n]);
		rows.n++;
	}
	return rows;
}

/* The file of these rows. */
static inline void list_of(const struct hl_urls_head *head, struct rows *rows,
	struct hl_buf *out, struct hl_urls_made *made)
{
	const struct hl_urls_sink sink = {out, hl_urls_sink_buf};
	struct hl_err err = {0};

	if (hl_urls_list_make(head, rows->row, rows->n, &sink, made, &err)) {
		fail_msg("%s", err.msg);
	}
	assert_int_equal(made->bytes, out->n);
}

/* Takes up what was just made. */
static inline void open_made(struct hl_urls_file *file,
	const struct hl_buf *bytes, const struct hl_urls_made *made)
{
	struct hl_err err = {0};

	if (hl_urls_file_open(file, bytes->p, bytes->n, made->root, &err)) {
		fail_msg("%s", err.msg);
	}
}

/* The row of host i opens and has what it was made of. */
static inline bool is_listed(struct hl_urls_file *file, uint64_t i)
{
	struct hl_urls_item item[HL_URLS_ITEMS_MAX];
	struct hl_urls_keys keys;
	uint32_t from, to, row, units;
	const uint8_t *sealed;
	char host[64];
	struct hl_str name = host_of(i, host);
	size_t n = 0;

	hl_urls_keys_tier0(file->head.k0, name, &keys);
	if (!hl_urls_file_find(file,
		    hl_urls_prefilter(
			    file->head.prefilter, file->head.bits, name),
		    &from, &to) ||
		!hl_urls_file_tagged(file, from, to, keys.tag, &row)) {
		return false;
	}
	assert_true(hl_urls_file_sealed(file, row, &sealed, &units));
	assert_int_equal(0, hl_urls_row_open(&keys, sealed, units, item, &n));
	assert_int_equal(n, 1 + i % 30);
	assert_int_equal(item[n - 1].entry, 1000 * i + n - 1);
	return true;
}

static inline int start(void **state)
{
	return sodium_init() < 0;
}

#endif
