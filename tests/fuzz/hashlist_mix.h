/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FUZZ_HASHLIST_MIX_H
#define TESTS_FUZZ_HASHLIST_MIX_H

#include "exchange/record.h"

/* A digest of records, to compare two readings by. */
static inline void hashlist_mix(uint64_t *h, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		*h = (*h ^ ((const uint8_t *)p)[i]) * UINT64_C(0x100000001b3);
	}
	*h ^= n;
}

static inline void hashlist_mix_record(
	uint64_t *h, const struct hl_hashlist_record *r)
{
	const struct hl_str texts[] = {r->id, r->label, r->series, r->tags,
		r->owner, r->mime, r->updated};
	const uint64_t numbers[] = {r->size_bytes, r->known, r->set, r->media,
		r->deleted, r->line, r->offset};

	for (size_t i = 0; i < HL_ARRAY_LEN(texts); i++) {
		hashlist_mix(h, texts[i].p, texts[i].n);
	}
	hashlist_mix(h, numbers, sizeof(numbers));
	for (size_t i = 0; i < r->n_hashes; i++) {
		const struct hl_hashlist_hash *hash = &r->hashes[i];

		hashlist_mix(h, hash->bytes, sizeof(hash->bytes));
		hashlist_mix(h, &hash->kind, sizeof(hash->kind));
		hashlist_mix(h, &hash->at_ms, sizeof(hash->at_ms));
	}
	for (size_t i = 0; i < r->n_others; i++) {
		hashlist_mix(h, r->others[i].name.p, r->others[i].name.n);
		hashlist_mix(h, r->others[i].value.p, r->others[i].value.n);
	}
}

#endif
