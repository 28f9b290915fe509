/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts/accounts.h"

#include "base/time.h"
#include "domain/event.h"
#include "store/sql.h"

static void add_epoch(
	struct hl_tx *tx, enum hl_key_kind kind, struct hl_str public_key)
{
	hl_tx_key_epoch_add(tx, &(struct hl_in_key_epoch_add){.kind = kind,
					.epoch = 1,
					.public_key = public_key,
					.created_at_us = hl_time_now_us()});
}

static void first_key(struct hl_seal_ring_keys *keys)
{
	keys->n = 1;
	keys->at[0].epoch = 1;
	hl_seal_keypair_new(&keys->at[0].pub, &keys->at[0].secret);
}

int hl_accounts_found(struct hl_store *store, struct hl_arena *arena,
	const struct hl_seal_pub *worker, struct hl_seal_ring *ring,
	struct hl_err *err)
{
	struct hl_tx *tx = hl_tx_begin(store, arena);

	*ring = (struct hl_seal_ring){.has_url = true, .url_epoch = 1};
	first_key(&ring->queue);
	first_key(&ring->identity);
	hl_seal_key_new(&ring->url);
	add_epoch(tx, HL_KEY_QUEUE, hl_seal_pub_str(&ring->queue.at[0].pub));
	add_epoch(tx, HL_KEY_IDENTITY,
		hl_seal_pub_str(&ring->identity.at[0].pub));
	add_epoch(tx, HL_KEY_URL_HASH, HL_STR(""));
	add_epoch(tx, HL_KEY_WORKER, hl_seal_pub_str(worker));
	hl_tx_event(tx, &(struct hl_store_event){.kind = HL_EVENT_SYSTEM_INIT,
				.object_kind = HL_OBJECT_SYSTEM});
	int r = hl_tx_run(tx, err);
	if (r) {
		hl_seal_ring_wipe(ring);
	}
	return r;
}
