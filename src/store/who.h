/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_WHO_H
#define HL_STORE_WHO_H

#include "domain/authz.h"
#include "seal/ring.h"
#include "store/store.h"

/*
 * Who acts, and with what: the first argument of every service that staff
 * use. Filled from a session by whoever calls; services ask
 * hl_authz_check() with `actor` and open things with `ring`.
 */
struct hl_who {
	struct hl_authz_actor actor;
	const struct hl_seal_ring *ring; /* may lack keys; never NULL */
	struct hl_store *store;
	struct hl_arena *arena; /* of the request, secret */
};

#endif
