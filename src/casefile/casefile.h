/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEFILE_CASEFILE_H
#define HL_CASEFILE_CASEFILE_H

#include "domain/authz.h"
#include "domain/priority.h"
#include "store/tx.h"

/*
 * A case and its item in memory: loaded, changed, put back in one batch.
 * Every room that changes a case does it this way, so that no change of
 * state goes without its permission in the table, its event, its step in the
 * clock and the reporter's status:
 *
 *   struct hl_casefile c;
 *   r = hl_casefile_load(store, arena, id, &c, err);
 *   r = hl_casefile_act(&c, HL_ACTION_ACT, HL_EVENT_CASE_ACTIONING, err);
 *   c.now.holder = 0;
 *   tx = hl_tx_begin(store, arena);
 *   hl_casefile_put(tx, &c, actor);
 *   … more statements of the same change …
 *   r = hl_tx_run(tx, err);      HL_CONFLICT: load again
 */

/* The columns of `cases`; see the schema. */
struct hl_casefile_row {
	int state;
	int64_t state_at_us;
	int64_t priority;
	uint32_t reasons;
	int danger;
	bool is_test;
	int64_t holder, lease_until_us;
	int64_t first_by, second_by, third_by;
	int outcome;
	int closed_reason;
	int64_t closed_at_us;
	int64_t reopened;
	bool legal_hold;
	/* of the item */
	int item_state;
	uint32_t passed_to;
	int64_t removed_at_us;
};

struct hl_casefile_change {
	enum hl_event event;
	int64_t object_id;
	int64_t from, to;
};
#define HL_CASEFILE_CHANGES 8

struct hl_casefile {
	int64_t id, version, created_at_us;
	int64_t item_id;
	int item_kind;     /* enum hl_url_kind */
	int public_status; /* as stored */
	int64_t n_reports, n_independent;
	struct hl_str country; /* of the host, in the arena */
	int64_t erase_proposed_by;
	int64_t viewing_id; /* the holder's running viewing clock, or 0 */
	int64_t viewing_from_us;
	struct hl_casefile_row now; /* change this */
	struct hl_casefile_row was; /* as loaded */
	size_t n_changes;
	struct hl_casefile_change changes[HL_CASEFILE_CHANGES];
};

/* HL_NOTFOUND. For the roles staff and worker. */
int hl_casefile_load(struct hl_store *store, struct hl_arena *arena, int64_t id,
	struct hl_casefile *out, struct hl_err *err);
/* By its item. */
int hl_casefile_load_item(struct hl_store *store, struct hl_arena *arena,
	int64_t item_id, struct hl_casefile *out, struct hl_err *err);

/* What hl_authz_check() is asked about: the case as it is now. `c` NULL
 * stands for a case that does not exist. */
struct hl_authz_object hl_casefile_object(
	const struct hl_casefile *c, int64_t now_us);

/*
 * A transition of the case or of its item by the table of states, with its
 * event. HL_DENIED: the state does not know the action; nothing changed.
 * REOPEN and REAPPEAR begin a new cycle: reopened is raised, and REOPEN
 * clears assessors and outcome. CLOSE is hl_casefile_close().
 */
int hl_casefile_act(struct hl_casefile *c, enum hl_action action,
	enum hl_event event, struct hl_err *err);
int hl_casefile_item_act(struct hl_casefile *c, enum hl_action action,
	enum hl_event event, struct hl_err *err);
/* The end of a cycle, for a reason. HL_DENIED as above. */
int hl_casefile_close(
	struct hl_casefile *c, enum hl_close_reason reason, struct hl_err *err);
/* Everybody has been told: the case waits until the address is gone, or
 * closes as removed when it is. */
int hl_casefile_all_told(struct hl_casefile *c, struct hl_err *err);
/* An event about the case that is no change of state. */
void hl_casefile_note(
	struct hl_casefile *c, enum hl_event event, int64_t from, int64_t to);

/*
 * Adds the change to a batch: guarded by the version as loaded, with all
 * events, the step of the clock (closed and opened when step or holder
 * change), the viewing clock of a holder who lost the case, and the item's
 * public status. Once a load.
 */
void hl_casefile_put(struct hl_tx *tx, struct hl_casefile *c, int64_t actor);

/*
 * Takes from the worker what it could read of a case that is over: address,
 * compared look-ups, messages that will not go. In the batch that ends it.
 */
void hl_casefile_forget(struct hl_tx *tx, const struct hl_casefile *c);

#endif
