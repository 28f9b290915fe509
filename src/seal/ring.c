/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/ring.h"

#include <string.h>

const struct hl_seal_secret *hl_seal_ring_find(
	const struct hl_seal_ring_keys *keys, int64_t epoch)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (keys->at[i].epoch == epoch) {
			return &keys->at[i].secret;
		}
	}
	return NULL;
}

int hl_seal_ring_add(struct hl_seal_ring_keys *keys,
	const struct hl_seal_ring_key *key, struct hl_err *err)
{
	if (keys->n == HL_SEAL_RING_EPOCHS) {
		return HL_FAIL(err, HL_E_LIMIT, "more than %d key epochs",
			HL_SEAL_RING_EPOCHS);
	}
	keys->at[keys->n++] = *key;
	return 0;
}

void hl_seal_ring_wipe(struct hl_seal_ring *ring)
{
	explicit_bzero(ring, sizeof(*ring));
}
