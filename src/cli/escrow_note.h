/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_ESCROW_NOTE_H
#define HL_CLI_ESCROW_NOTE_H

#include "seal/escrow.h"
#include "store/tx.h"

/*
 * What the store remembers of escrow shares: no secret, only which set of
 * shares brings which epoch of which key back, the newest set of each. The keys
 * are the queue's, the identities' and the one that finds addresses again
 * (docs/keys.md, "Escrow").
 */
struct hl_cli_escrow_note {
	char set[9]; /* as struct hl_seal_share_info */
	int k, n;
	int64_t epoch;
};

/* "queue", "identity", "url-hash"; NULL for a key that is not escrowed.
 * Static. */
const char *hl_cli_escrow_name(enum hl_key_kind kind);

/* HL_NOTFOUND: no shares were made of this epoch of the key. */
int hl_cli_escrow_read(struct hl_store *store, struct hl_arena *arena,
	enum hl_key_kind kind, int64_t epoch, struct hl_cli_escrow_note *out,
	struct hl_err *err);
/* Of the newest epoch up to this one of which there are shares. */
int hl_cli_escrow_newest(struct hl_store *store, struct hl_arena *arena,
	enum hl_key_kind kind, int64_t epoch, struct hl_cli_escrow_note *out,
	struct hl_err *err);
/* Adds it to a batch, in the place of an older note. */
void hl_cli_escrow_put(struct hl_tx *tx, struct hl_arena *arena,
	enum hl_key_kind kind, const struct hl_cli_escrow_note *note);

#endif
