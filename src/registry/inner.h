/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REGISTRY_INNER_H
#define HL_REGISTRY_INNER_H

#include "base/time.h"
#include "registry/entry.h"
#include "registry/proposal.h"
#include "store/sql.h"

/* Inside the room only. */

int hl_registry_refuse(enum hl_registry_why *why, enum hl_registry_why is);
/* hl_authz_check() with this room's reasons. */
int hl_registry_check(const struct hl_who *who, enum hl_authz_action action,
	const struct hl_authz_object *object, enum hl_registry_why *why);
/* What hl_authz_check() is asked about. */
struct hl_authz_object hl_registry_object(const struct hl_registry_entry *e);

/* HL_CONFLICT of a batch becomes a refusal. */
int hl_registry_run(
	struct hl_tx *tx, enum hl_registry_why *why, struct hl_err *err);
void hl_registry_changed(struct hl_tx *tx, int64_t list_id, int64_t entry_id);
/* An outcome of a list (label 0) or label is another: its entries are, too. */
void hl_registry_outcome_changed(struct hl_tx *tx, int64_t list_id, int label);

/* The list for whoever may change it: not one that is retired. */
int hl_registry_list_live(const struct hl_who *who, int64_t id,
	struct hl_registry_list *now, enum hl_registry_why *why,
	struct hl_err *err);
bool hl_registry_radius_fits(int radius);
bool hl_registry_outcome_fits(enum hl_outcome outcome); /* or none */

/* The rest of a batch in which a list goes out of use. */
void hl_registry_retired(
	struct hl_tx *tx, const struct hl_who *who, int64_t list_id);

/* A proposal that changes nothing yet. */
struct hl_registry_proposal hl_registry_as_it_is(int64_t list_id);
/* What of `wanted` makes a list in use count for more than `now`. */
struct hl_registry_proposal hl_registry_more(const struct hl_registry_list *now,
	const struct hl_registry_list *wanted);
bool hl_registry_is_more(const struct hl_registry_proposal *p);
/* Adds it to a batch for a list as of this version; HL_REGISTRY_WAITS when
 * one is there. */
int hl_registry_proposal_add(struct hl_tx *tx, const struct hl_who *who,
	const struct hl_registry_proposal *p, int64_t version,
	enum hl_registry_why *why, struct hl_err *err);

/* The same as a batch of its own. */
int hl_registry_wait(const struct hl_who *who,
	const struct hl_registry_proposal *p, int64_t version,
	enum hl_registry_why *why, struct hl_err *err);

/* Parts of a list, as events tell which were changed. */
enum hl_registry_part {
	HL_REGISTRY_PART_SOURCE = 1,
	HL_REGISTRY_PART_RADIUS = 2,
	HL_REGISTRY_PART_RESOLVE = 4,
	HL_REGISTRY_PART_RESOLVE_RADIUS = 8,
	HL_REGISTRY_PART_OUTCOME = 16,
	HL_REGISTRY_PART_USE = 32,   /* goes out of it */
	HL_REGISTRY_PART_ENTRY = 64, /* is withdrawn */
};

/* One line of UTF-8 without control characters, 1 to max_chars characters. */
bool hl_registry_is_line(struct hl_str s, size_t max_chars);

#endif
