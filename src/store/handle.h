/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_HANDLE_H
#define HL_STORE_HANDLE_H

#include "base/buf.h"
#include "store/engine.h"
#include "store/store.h"

/* Inside the room: what a handle is. Either engine or fd is set. */
struct hl_store {
	struct hl_engine *engine;
	enum hl_store_role role;
	int fd;
	bool owns_fd;
	uint32_t next_id; /* of requests on a link */
};

/*
 * Carries one request to the store and appends the answer's bytes; the fault
 * is about the way there, not about what the answer says.
 */
int hl_store_carry(struct hl_store *store, struct hl_str request,
	struct hl_buf *answer, struct hl_err *err);

/* The same over a link. */
int hl_store_link_carry(struct hl_store *store, struct hl_str request,
	struct hl_buf *answer, struct hl_err *err);

/*
 * Asks the store process at the administrator's socket to leave its database
 * file as it is, or ends that. HL_CONFLICT: somebody else has asked.
 */
int hl_store_hold(struct hl_store *store, bool on, struct hl_err *err);

#endif
