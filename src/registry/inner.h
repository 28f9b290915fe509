/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_REGISTRY_INNER_H
#define HL_REGISTRY_INNER_H

#include "base/time.h"
#include "registry/entry.h"
#include "store/sql.h"

/* Inside the room only. */

int hl_registry_refuse(enum hl_registry_why *why, enum hl_registry_why is);
/* hl_authz_check() with this room's reasons. */
int hl_registry_check(const struct hl_who *who, enum hl_authz_action action,
	const struct hl_authz_object *object, enum hl_registry_why *why);
/* What hl_authz_check() is asked about. */
struct hl_authz_object hl_registry_object(const struct hl_registry_entry *e);

/* An entry of the audit log about a list or an entry. */
void hl_registry_event(struct hl_tx *tx, const struct hl_who *who,
	enum hl_event event, int64_t id, int64_t a, int64_t b);
/* HL_CONFLICT of a batch becomes a refusal. */
int hl_registry_run(
	struct hl_tx *tx, enum hl_registry_why *why, struct hl_err *err);
void hl_registry_changed(struct hl_tx *tx, int64_t list_id, int64_t entry_id);

/* One line of UTF-8 without control characters, 1 to max_chars characters. */
bool hl_registry_is_line(struct hl_str s, size_t max_chars);

#endif
