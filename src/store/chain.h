/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_CHAIN_H
#define HL_STORE_CHAIN_H

#include <stdint.h>

#define HL_STORE_HASH_BYTES 32

/* One entry of the audit log as it is hashed. */
struct hl_store_entry {
	int64_t seq, at_us, source, actor, kind;
	int64_t object_kind, object_id, a, b;
};

/*
 * hash = SHA-256("openhotline event 1" 00 | previous hash | the nine numbers
 * above, 8 bytes each, big-endian). The first entry follows 32 zero bytes.
 */
void hl_store_chain(const unsigned char previous[HL_STORE_HASH_BYTES],
	const struct hl_store_entry *entry,
	unsigned char hash[HL_STORE_HASH_BYTES]);

#endif
