/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_URLS_FILE_KEYS_H
#define HL_URLS_FILE_KEYS_H

/* What is derived of a host: docs/protocol/urllist.md, clause 2. Hosts and
 * paths are canonical. Nothing here allocates; any thread. */
#include "base/str.h"

enum {
	HL_URLS_ELEMENT = 32, /* bytes of N, X, k, k0 */
	HL_URLS_TAG = 16,
	HL_URLS_SEAL_KEY = 32,
	HL_URLS_PATH_KEY = 16,
	HL_URLS_PREFILTER_KEY = 16,
	HL_URLS_BITS_MIN = 12,
	HL_URLS_BITS_MAX = 36,
	/* Rows of a list, and bits of v that are a remainder. */
	HL_URLS_ROWS_MAX = 1 << 24,
	HL_URLS_REST_BITS = 12
};

struct hl_urls_keys {
	uint8_t tag[HL_URLS_TAG];
	uint8_t seal[HL_URLS_SEAL_KEY];
	uint8_t path[HL_URLS_PATH_KEY];
};

/* The tag alone, as an auditor needs it. */
void hl_urls_tag(const uint8_t n[HL_URLS_ELEMENT], uint8_t tag[HL_URLS_TAG]);
/* Tier 1, of N = k · HashToGroup(host). False for a host over 65,535 bytes. */
bool hl_urls_keys_of(const uint8_t n[HL_URLS_ELEMENT], struct hl_str host,
	struct hl_urls_keys *out);
/* The path key of keys whose seal key is set. */
void hl_urls_keys_path(struct hl_urls_keys *keys);
/* Tier 1, at the hotline: N and the keys. False for such a host, or a k that
 * gives no element. `n_out` may be NULL. */
bool hl_urls_keys_make(const uint8_t k[HL_URLS_ELEMENT], struct hl_str host,
	uint8_t n_out[HL_URLS_ELEMENT], struct hl_urls_keys *out);
/* Tier 0: with the list's own k0. */
void hl_urls_keys_tier0(const uint8_t k0[HL_URLS_ELEMENT], struct hl_str host,
	struct hl_urls_keys *out);

/* b for a list of n rows. */
unsigned hl_urls_bits(uint64_t n);
/* v: the upper b bits. */
uint64_t hl_urls_prefilter(const uint8_t key[HL_URLS_PREFILTER_KEY],
	unsigned bits, struct hl_str host);
/* What stands for a path in a row. */
uint64_t hl_urls_path(const uint8_t key[HL_URLS_PATH_KEY], struct hl_str path);

#endif
