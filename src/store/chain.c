/* SPDX-License-Identifier: Apache-2.0 */
#include "store/chain.h"

#include <endian.h>
#include <sodium.h>

static void add(crypto_hash_sha256_state *state, int64_t v)
{
	uint64_t wide = htobe64((uint64_t)v);

	crypto_hash_sha256_update(
		state, (const unsigned char *)&wide, sizeof(wide));
}

void hl_store_chain(const unsigned char previous[HL_STORE_HASH_BYTES],
	const struct hl_store_entry *entry,
	unsigned char hash[HL_STORE_HASH_BYTES])
{
	static const unsigned char domain[] = "openhotline event 1";
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, domain, sizeof(domain));
	crypto_hash_sha256_update(&state, previous, HL_STORE_HASH_BYTES);
	add(&state, entry->seq);
	add(&state, entry->at_us);
	add(&state, entry->source);
	add(&state, entry->actor);
	add(&state, entry->kind);
	add(&state, entry->object_kind);
	add(&state, entry->object_id);
	add(&state, entry->a);
	add(&state, entry->b);
	crypto_hash_sha256_final(&state, hash);
}
