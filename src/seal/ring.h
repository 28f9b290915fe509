/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_SEAL_RING_H
#define HL_SEAL_RING_H

#include "base/err.h"
#include "seal/key.h"

/*
 * The opened keys of one person, for as long as one request: what sessions
 * hand down to the services. Wiped by whoever filled it.
 */
#define HL_SEAL_RING_EPOCHS 64

struct hl_seal_ring_key {
	int64_t epoch;
	struct hl_seal_pub pub;
	struct hl_seal_secret secret;
};

struct hl_seal_ring_keys {
	size_t n;
	struct hl_seal_ring_key at[HL_SEAL_RING_EPOCHS]; /* newest first */
};

struct hl_seal_ring {
	struct hl_seal_ring_keys queue;    /* reports and cases */
	struct hl_seal_ring_keys identity; /* reporters' contacts */
	bool has_url;
	int64_t url_epoch;
	struct hl_seal_key url; /* of hl_seal_url_hash() */
};

/* The secret of an epoch, borrowed; NULL when this person does not hold
 * it. */
const struct hl_seal_secret *hl_seal_ring_find(
	const struct hl_seal_ring_keys *keys, int64_t epoch);

/* Adds a key; HL_E_LIMIT when the ring is full. */
int hl_seal_ring_add(struct hl_seal_ring_keys *keys,
	const struct hl_seal_ring_key *key, struct hl_err *err);

void hl_seal_ring_wipe(struct hl_seal_ring *ring);
#define HL_SEAL_RING_AUTO \
	__attribute__((cleanup(hl_seal_ring_wipe))) struct hl_seal_ring

#endif
