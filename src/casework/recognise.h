/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HL_CASEWORK_RECOGNISE_H
#define HL_CASEWORK_RECOGNISE_H

#include "casework/hashes.h"
#include "casework/inner.h"

/* Inside the room: resolving a case by what the registry says. */

/* The hashes of a case's item, as they are looked up. */
struct hl_casework_item_hashes {
	const struct hl_row_item_hashes *rows;
	struct hl_registry_asked *asked; /* beside them */
	size_t n;
	int64_t latest_us;
};
int hl_casework_item_hashes(const struct hl_who *who, int64_t case_id,
	struct hl_casework_item_hashes *out, struct hl_err *err);
int hl_casework_look_up(const struct hl_who *who,
	const struct hl_casework_known *known,
	const struct hl_casework_item_hashes *hashes,
	struct hl_registry_known *out, struct hl_err *err);

/* Whether the case is where the registry may resolve it. */
bool hl_casework_recognisable(const struct hl_casefile *c);

/* Asks nobody; tries again when somebody was faster. HL_NOTFOUND: nothing
 * resolves it, or it is no longer at its beginning. With only_new: leaves
 * cases in somebody's hands. */
int hl_casework_resolve(const struct hl_who *who,
	const struct hl_casework_known *known, int64_t case_id, bool only_new,
	struct hl_err *err);

#endif
