/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_CACHE_H
#define HL_URLS_CACHE_H

/*
 * What the hotline confirmed, of a fixed number of hosts. Remembered is not
 * the answer but what it is made of, the host's tag and keys: with them every
 * version of the list of one epoch is asked without asking the hotline again.
 * Hosts are known by a keyed digest only. Any number of threads: nobody waits
 * for a lock; who cannot write at once does not.
 */
#include "urls_file/keys.h"

struct hl_urls_cache;

struct hl_urls_remembered {
	uint64_t host;  /* digest */
	uint64_t mark;  /* of the keys: another epoch or hotline has another */
	int64_t until;  /* seconds since 1970 */
	bool is_listed; /* is kept rather than one that is not */
	struct hl_urls_keys keys;
};

/* NULL: no memory. */
struct hl_urls_cache *hl_urls_cache_new(uint32_t n_hosts);
void hl_urls_cache_free(struct hl_urls_cache *cache);
uint64_t hl_urls_cache_bytes(const struct hl_urls_cache *cache);

/* The digest of a host in this cache. */
uint64_t hl_urls_cache_host(
	const struct hl_urls_cache *cache, struct hl_str host);
/* out->host and out->mark are set by the caller, the rest is found. */
bool hl_urls_cache_get(const struct hl_urls_cache *cache, int64_t now,
	struct hl_urls_remembered *out);
void hl_urls_cache_put(struct hl_urls_cache *cache, int64_t now,
	const struct hl_urls_remembered *what);

#endif
