/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_STORE_EVENTS_H
#define HL_STORE_EVENTS_H

#include <stdbool.h>

#include "store/chain.h"
#include "store/store.h"

/*
 * Which entries of the audit log a process may write. The public process and
 * the worker write only what they themselves do, of nobody in person, and
 * about the kind of object that the event is about: who takes one of them
 * over can't make the log say that a member of staff did something. The
 * store sees no sessions, so the staff process is believed about the actor;
 * `source` tells which process wrote an entry.
 */
bool hl_store_event_allowed(
	enum hl_store_role role, const struct hl_store_entry *entry);

/* The list by itself, for the document. */
bool hl_store_event_of_role(enum hl_store_role role, int64_t kind);

#endif
