/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CLI_ESCROW_H
#define HL_CLI_ESCROW_H

#include "base/buf.h"
#include "seal/ring.h"
#include "store/store.h"

/*
 * The keys on paper, for the day on which nobody is left who holds them:
 * docs/keys.md, "Escrow sheets".
 */
struct hl_cli_escrow_size {
	int k; /* sheets that are needed */
	int n; /* sheets that are made */
};

/* "2/3" as k and n; HL_E_INVALID for anything else. */
int hl_cli_escrow_parse(
	const char *text, struct hl_cli_escrow_size *out, struct hl_err *err);

/*
 * Appends n sheets with a share each of the queue key, of every epoch in the
 * ring, and of the key that finds addresses; and n more with a share each of
 * the identity key. Notes in the store which sets of shares these are, so
 * that they take the place of older sheets, and in the audit log that they
 * were made by `actor`, 0 for the host. sheets should be secret.
 */
struct hl_cli_escrow_order {
	struct hl_store *store;
	const struct hl_seal_ring *ring;
	struct hl_cli_escrow_size size;
	int64_t actor;
};
int hl_cli_escrow_make(const struct hl_cli_escrow_order *order,
	struct hl_buf *sheets, struct hl_err *err);

/*
 * `hotline user escrow LOGIN K/N`: new sheets of all that this supervisor
 * holds, by the password that stands in the first line of standard input.
 * argv[0] is the login. Prints the sheets; outcomes for hl_cli_fail().
 */
int hl_cli_escrow(struct hl_store *store, struct hl_arena *arena, char **argv,
	struct hl_err *err);

/*
 * Joins what was typed off the sheets: lines that begin with '#' and empty
 * lines are passed over, four lines are a share. HL_E_INVALID: mistyped, or
 * too few of a set; HL_E_CRYPTO: of another installation; the message says
 * which. The caller wipes the ring.
 */
int hl_cli_escrow_join(struct hl_store *store, struct hl_arena *arena,
	struct hl_str typed, struct hl_seal_ring *ring, struct hl_err *err);

/*
 * Hands what was joined to a user who holds no key. When the queue key in
 * use is a newer one than the joined, a new epoch begins, of which all who
 * hold the queue key get a share. HL_DENIED: the user holds keys, is not
 * active or is no supervisor; err says which. *renewed: an epoch has begun.
 */
struct hl_cli_escrow_heir {
	int64_t id;
	unsigned roles;
	bool active;
};
int hl_cli_escrow_hand_over(struct hl_store *store, struct hl_arena *arena,
	struct hl_seal_ring *ring, const struct hl_cli_escrow_heir *heir,
	bool *renewed, struct hl_err *err);

#endif
