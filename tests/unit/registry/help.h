/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REGISTRY_HELP_H
#define REGISTRY_HELP_H

#include "fixture.h"
#include "registry/known.h"
#include "registry/proposal.h"

/* A hash that depends on the number only; PDQ of quality 90. */
struct hl_hash hash_no(enum hl_hash_kind kind, unsigned number);
struct hl_hash_set one_hash(enum hl_hash_kind kind, unsigned number);
/* The first `bits` bits the other way. */
struct hl_hash flipped(struct hl_hash hash, int bits);

/* An entry of a list of ours, typed by Sofie; its id. */
int64_t propose(struct fixture *f, int64_t list_id,
	const struct hl_hash_set *values, enum hl_outcome outcome);
/* The same, approved by Simon. */
int64_t put_entry(struct fixture *f, int64_t list_id,
	const struct hl_hash_set *values, enum hl_outcome outcome);
/* A partner's list in use, which may resolve. */
int64_t put_list(struct fixture *f, const char *name, bool negative);
/* Sofie says so, and what waits for it is approved. */
void set_resolve(struct fixture *f, int64_t list_id, bool resolve, int radius);
/* Simon approves what waits for a list, proposed by somebody else. */
void approve_all(struct fixture *f, int64_t list_id);

#endif
