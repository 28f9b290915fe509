/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEFILE_SEALED_H
#define HL_CASEFILE_SEALED_H

#include "casefile/label.h"
#include "store/who.h"

/* Sealing and opening of what stands in rows; strings live in the arena. */

/* The public keys to seal to now. An epoch of 0: there is no such key. */
struct hl_casefile_keys {
	int64_t queue_epoch, identity_epoch, worker_epoch;
	struct hl_seal_pub queue, identity, worker;
};
/* HL_E_UNAVAILABLE while the installation has no queue key. */
int hl_casefile_keys(struct hl_store *store, struct hl_arena *arena,
	struct hl_casefile_keys *out, struct hl_err *err);

/* To a public key; *out is never empty after 0. */
int hl_casefile_seal(struct hl_arena *arena, const struct hl_seal_pub *to,
	const struct hl_seal_label *label, struct hl_str plain,
	struct hl_str *out, struct hl_err *err);

/*
 * With the queue key of that epoch. An empty value (erased, or never there)
 * opens to the absent view. HL_DENIED: the ring lacks the key.
 * HL_E_CRYPTO, HL_E_CORRUPT: the seal is broken.
 */
int hl_casefile_open(const struct hl_who *who, int64_t epoch,
	const struct hl_seal_label *label, struct hl_str sealed,
	struct hl_str *out, struct hl_err *err);

/*
 * The address of an item sealed to the worker, for the row: as it is, if the
 * worker has it, else opened and sealed again. HL_NOTFOUND: it is erased, or
 * there is no worker, or no such item. Else as hl_casefile_open().
 */
int hl_casefile_share_url(const struct hl_who *who, int64_t item_id,
	struct hl_str *out, struct hl_err *err);
/* Whether a fault of these is about the value or the ring, which its page
 * shows, and no reason to leave off the rest of the work. */
bool hl_casefile_unreadable(int r);

#endif
