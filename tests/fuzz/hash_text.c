/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/hash.h"

#include <assert.h>

/*
 * What is read as hashes is written as lines that are read as the same again;
 * what is refused names a line of the text and gives nothing.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(struct hl_buf *out, const struct hl_hash *hash)
{
	hl_buf_printf(out, "%s ",
		hl_vocab_name(&hl_vocab_hash_kind, (int)hash->kind));
	hl_hash_put(out, hash);
	if (hash->quality != HL_HASH_QUALITY_UNKNOWN) {
		hl_buf_printf(out, " %d", hash->quality);
	}
	hl_buf_put_c(out, '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HL_BUF_AUTO text = HL_BUF_INIT((size_t)1 << 16);
	struct hl_hash_set set, back;
	struct hl_hash_fault fault;
	int r = hl_hash_read_text(hl_str_mem(data, size), &set, &fault);

	if (r) {
		assert(fault.problem && fault.line >= 1 && !set.n);
		assert(fault.line <= size + 1);
		return 0;
	}
	assert(!fault.problem && set.n <= HL_HASH_TEXT_MAX);
	for (size_t i = 0; i < set.n; i++) {
		assert(hl_hash_bytes(set.at[i].kind));
		assert(!hl_hash_is_void(&set.at[i]));
		put(&text, &set.at[i]);
	}
	assert(!hl_hash_read_text(hl_buf_str(&text), &back, &fault));
	assert(back.n == set.n);
	for (size_t i = 0; i < set.n; i++) {
		assert(hl_hash_same(&set.at[i], &back.at[i]));
		assert(set.at[i].quality == back.at[i].quality);
	}
	return 0;
}
